//! Rows that may be one charge made twice, or one charge told twice.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::fact::{Confidence, Fact};
use crate::domain::{Money, TransactionKey};

/// Two rows or more of one merchant and amount, within days of each other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Duplicate {
    /// The same for the same repeat, whatever ids the bank gives out.
    pub id: String,
    pub merchant: String,
    pub amount: Money,
    /// Oldest first.
    pub rows: Vec<(NaiveDate, TransactionKey)>,
    /// Seen in more than one account: perhaps the same account linked twice.
    pub across: bool,
    pub confidence: Confidence,
    pub why: Vec<String>,
}

impl Duplicate {
    /// As what is worth a look calls it: dismissed there, it is dismissed here.
    pub fn finding_id(&self) -> String {
        format!("twice|{}", self.id)
    }
}

const DAYS: i64 = 2;
/// As often around that time is a habit, as a bus fare is.
const HABIT: usize = 4;
const HABIT_DAYS: i64 = 15;

/// All likely repeats, newest first. The order of `facts` does not matter.
pub fn find_duplicates(facts: &[Fact]) -> Vec<Duplicate> {
    let mut groups: BTreeMap<_, Vec<&Fact>> = BTreeMap::new();
    for fact in facts.iter().filter(|fact| may_repeat(fact)) {
        let key = (fact.merchant.as_str(), fact.amount.currency, fact.amount.minor);
        groups.entry(key).or_default().push(fact);
    }
    let mut found: Vec<Duplicate> = groups.into_values().flat_map(repeats).collect();
    found.sort_by(|a, b| (&b.rows[0], &a.id).cmp(&(&a.rows[0], &b.id)));
    found
}

/// Fees and interest repeat by themselves, a transfer has its other half.
fn may_repeat(fact: &Fact) -> bool {
    fact.is_out()
        && !fact.merchant.is_empty()
        && fact.twin.is_none()
        && !matches!(fact.kind.as_str(), "fee" | "interest" | "transfer" | "atm")
}

fn repeats(mut rows: Vec<&Fact>) -> Vec<Duplicate> {
    rows.sort_by_key(|fact| fact.order());
    let near = |a: &&Fact, b: &&Fact| (b.date - a.date).num_days() <= DAYS;
    let busy = |date: NaiveDate| {
        let around = rows.iter().filter(|row| (row.date - date).num_days().abs() <= HABIT_DAYS);
        around.count() >= HABIT
    };
    let alike = rows.chunk_by(near).filter(|rows| rows.len() > 1 && !is_settling(rows));
    alike.filter(|rows| !busy(rows[0].date)).map(duplicate).collect()
}

/// A pending row and the posted one that takes its place stand side by side for a day or two.
fn is_settling(rows: &[&Fact]) -> bool {
    let pending = rows.iter().filter(|row| row.pending).count();
    let one_account = rows.iter().all(|row| row.key.account_id == rows[0].key.account_id);
    one_account && pending > 0 && pending < rows.len() && rows.len() == 2
}

fn duplicate(rows: &[&Fact]) -> Duplicate {
    let (first, last) = (rows[0], rows[rows.len() - 1]);
    let across = rows.iter().any(|row| row.key.account_id != first.key.account_id);
    let days = (last.date - first.date).num_days();
    let mut confidence = 75 - days * 10 - if across { 25 } else { 0 };
    let mut why = vec![match days {
        0 => "The same merchant and amount, on the same day.".to_owned(),
        1 => "The same merchant and amount, on two days running.".to_owned(),
        days => format!("The same merchant and amount, {days} days apart."),
    }];
    if across {
        why.push("In two of your accounts: perhaps one account is linked twice.".to_owned());
    }
    if first.text == last.text && !first.text.is_empty() {
        confidence += 10;
        why.push("The bank's text is the same, too.".to_owned());
    }
    Duplicate {
        id: format!(
            "{}|{}|{}|{}|{}",
            first.merchant, first.key.account_id, first.amount, first.amount.currency, first.date
        ),
        merchant: first.merchant.clone(),
        amount: first.amount,
        rows: rows.iter().map(|row| (row.date, row.key.clone())).collect(),
        across,
        confidence: Confidence::of(confidence),
        why,
    }
}

#[cfg(test)]
mod tests {
    use super::super::fact::sample::fact;
    use super::*;

    fn charge(account: &str, id: &str, day: u64, minor: i64) -> Fact {
        Fact { merchant: "PAPER & INK".to_owned(), ..fact(account, id, day, minor) }
    }

    fn found(facts: &[Fact]) -> Vec<(usize, bool)> {
        find_duplicates(facts).iter().map(|found| (found.rows.len(), found.across)).collect()
    }

    #[test]
    fn the_same_charge_within_two_days_is_a_repeat() {
        for (day, count) in [(0, 1), (1, 1), (2, 1), (3, 0)] {
            let facts = [charge("a", "1", 9, -1_200), charge("a", "2", 9 + day, -1_200)];
            assert_eq!(found(&facts).len(), count, "{day} days apart");
        }
        assert!(found(&[charge("a", "1", 9, -1_200), charge("a", "2", 9, -1_300)]).is_empty());
        assert!(found(&[charge("a", "1", 9, 1_200), charge("a", "2", 9, 1_200)]).is_empty());
    }

    #[test]
    fn a_habit_is_no_repeat() {
        let fares: Vec<Fact> =
            (0..5).map(|day| charge("a", &day.to_string(), day * 2, -250)).collect();
        assert!(found(&fares).is_empty());
    }

    #[test]
    fn a_charge_that_settles_is_no_repeat() {
        let mut pending = charge("a", "1", 9, -1_200);
        pending.pending = true;
        assert!(found(&[pending.clone(), charge("a", "2", 10, -1_200)]).is_empty());
        let both = Fact { pending: true, ..charge("a", "2", 10, -1_200) };
        assert_eq!(found(&[pending, both]), [(2, false)]);
    }

    #[test]
    fn an_account_linked_twice_shows() {
        let facts = [charge("a", "1", 9, -1_200), charge("b", "2", 9, -1_200)];
        assert_eq!(found(&facts), [(2, true)]);
    }
}
