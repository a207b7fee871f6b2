//! What was looked at where something does not work, and what was found.

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Judgement {
    Fine,
    Warning,
    Failed,
    /// What it needs failed before, or there is nothing to look at.
    NotLookedAt,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    pub name: &'static str,
    pub judgement: Judgement,
    pub what: String,
    pub cause: Option<String>,
    pub remedy: Option<String>,
}

/// How much is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// Everything but the bank: nothing is sent to anybody but the database.
    WithoutBank,
    Everything,
    /// The same, written into a report too.
    Report,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Checked {
    /// In the order in which one thing needs the other.
    pub checks: Vec<Check>,
    /// Where the report was written, or why it was not.
    pub report: Option<Result<String, String>>,
}

impl Checked {
    /// What most likely is the reason for all that follows.
    pub fn first_failed(&self) -> Option<&Check> {
        self.checks.iter().find(|check| check.judgement == Judgement::Failed)
    }

    /// Up to what failed first, and what therefore could not be looked at.
    pub fn up_to_failed(&self) -> &[Check] {
        let failed = |check: &Check| check.judgement == Judgement::Failed;
        let Some(place) = self.checks.iter().position(failed) else { return &self.checks };
        let unseen = |check: &&Check| check.judgement == Judgement::NotLookedAt;
        let after = self.checks[place + 1..].iter().take_while(unseen).count();
        &self.checks[..=place + after]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checked(judgements: &[Judgement]) -> Checked {
        let check = |judgement: &Judgement| Check {
            name: "check",
            judgement: *judgement,
            what: String::new(),
            cause: None,
            remedy: None,
        };
        Checked { checks: judgements.iter().map(check).collect(), report: None }
    }

    #[test]
    fn what_failed_first_is_the_last_but_for_what_it_kept_from_being_looked_at() {
        use Judgement::{Failed, Fine, NotLookedAt as Unseen, Warning};
        for (judgements, shown) in [
            (&[Fine, Warning, Failed, Unseen, Unseen, Fine, Failed][..], 5),
            (&[Failed], 1),
            (&[Fine, Warning], 2),
            (&[], 0),
        ] {
            assert_eq!(checked(judgements).up_to_failed().len(), shown, "{judgements:?}");
        }
    }
}
