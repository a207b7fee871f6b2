//! A rule as a form has it, line by line, and back.

use super::accounts::{kept, told};
use super::{Rule, RuleError};
use crate::domain::category::LONGEST_NAME;
use crate::domain::query::{Amount, Names, Query, State, Term, Word, parse};

/// Which way the money goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Direction {
    #[default]
    Either,
    Out,
    In,
}

impl Direction {
    pub const ALL: [Self; 3] = [Self::Either, Self::Out, Self::In];

    pub fn word(self) -> &'static str {
        match self {
            Self::Either => "in or out",
            Self::Out => "out",
            Self::In => "in",
        }
    }
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RuleDraft {
    /// Words and "phrases" that all must be there; whatever else a search can say may stand here.
    pub contains: String,
    pub without: String,
    /// Names of accounts, with commas between them; none: any.
    pub accounts: String,
    /// As behind `amt:`.
    pub amount: String,
    pub direction: Direction,
    pub category: String,
    pub name: String,
    pub tag: String,
}

impl RuleDraft {
    pub fn of(rule: &Rule, names: &Names) -> Self {
        let said = |text: &Option<String>| text.clone().unwrap_or_default();
        let mut draft = Self {
            category: said(&rule.category),
            name: said(&rule.name),
            tag: said(&rule.tag),
            ..Self::default()
        };
        // No day can be asked about, so it does not matter which one today is.
        for term in parse(&told(&rule.query, names), chrono::NaiveDate::default()).query.terms {
            draft.take(&term);
        }
        draft
    }

    /// Each term where it belongs; one that has no line of its own stands among the words.
    fn take(&mut self, term: &Term) {
        let text = term.to_string();
        match &term.word {
            Word::Text(_) if term.negated => add(&mut self.without, &text[1..]),
            Word::Account(name) if !term.negated && !name.contains(',') => {
                let comma = if self.accounts.is_empty() { "" } else { ", " };
                self.accounts = format!("{}{comma}{name}", self.accounts);
            }
            Word::Amount(Amount::Either(_) | Amount::Signed(_))
                if !term.negated && self.amount.is_empty() =>
            {
                text.trim_start_matches("amt:").clone_into(&mut self.amount);
            }
            Word::Is(state) if !term.negated && self.direction == Direction::Either => {
                match state {
                    State::In => self.direction = Direction::In,
                    State::Out => self.direction = Direction::Out,
                    _ => add(&mut self.contains, &text),
                }
            }
            _ => add(&mut self.contains, &text),
        }
    }

    pub fn query(&self) -> String {
        let mut query = self.contains.trim().to_owned();
        for mut term in parse(&self.without, chrono::NaiveDate::default()).query.terms {
            term.negated = true;
            add(&mut query, &Query { terms: vec![term] }.to_string());
        }
        for name in self.accounts.split(',').map(str::trim).filter(|name| !name.is_empty()) {
            add(&mut query, &Word::Account(name.to_owned()).to_string());
        }
        let amount = self.amount.trim();
        if !amount.is_empty() {
            add(&mut query, &format!("amt:{}", amount.replace(' ', "")));
        }
        match self.direction {
            Direction::Either => {}
            Direction::Out => add(&mut query, "is:out"),
            Direction::In => add(&mut query, "is:in"),
        }
        query
    }

    /// The rule in the place of `old`, which may be a new one.
    pub fn rule(&self, old: &Rule, names: &Names) -> Result<Rule, RuleError> {
        let said = |text: &str| {
            let short: String = text.trim().chars().take(LONGEST_NAME).collect();
            Some(short.trim_end().to_owned()).filter(|text| !text.is_empty())
        };
        let rule = Rule {
            query: kept(&self.query(), names)?,
            category: said(&self.category),
            name: Some(self.name.trim().to_owned()).filter(|name| !name.is_empty()),
            tag: said(&self.tag),
            ..old.clone()
        };
        rule.check().map(|()| rule)
    }
}

fn add(line: &mut String, text: &str) {
    if !line.is_empty() {
        line.push(' ');
    }
    line.push_str(text);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Currency;
    use crate::domain::query::AccountName;

    fn names() -> Names {
        let account = |name: &str| AccountName {
            id: name.into(),
            name: name.to_owned(),
            last_four: None,
            also: Vec::new(),
            currency: Currency::USD,
        };
        let accounts = ["Joint Checking", "Cash", "Smith, J"].map(account).into();
        Names { accounts, ..Names::default() }
    }

    #[test]
    fn a_rule_is_taken_apart_into_lines_and_put_together_again() {
        let names = names();
        for query in [
            "rowan",
            "\"rowan market\" -refund amt:>50 is:out",
            "shell amt:5..9.50",
            "-\"a b\" amt:-20",
            "out:>5 rowan",
            "rowan amt:>5 amt:<9 is:in -is:out",
            "acct:\"Joint Checking\" rowan acct:Cash",
            "acct:\"Smith, J\" -acct:Cash rowan",
        ] {
            let rule = Rule { query: query.to_owned(), tag: Some("t".into()), ..Rule::default() };
            let draft = RuleDraft::of(&rule, &names);
            let back = draft.query();
            let words = |text: &str| {
                let mut words: Vec<String> = parse(text, chrono::NaiveDate::default())
                    .query
                    .terms
                    .iter()
                    .map(Term::to_string)
                    .collect();
                words.sort();
                words
            };
            assert_eq!(words(&back), words(query), "{query}");
        }
    }

    #[test]
    fn what_the_form_lacks_is_said() {
        let none = Names::default();
        let draft = RuleDraft { contains: "rowan".into(), ..RuleDraft::default() };
        assert_eq!(draft.rule(&Rule::default(), &none), Err(RuleError::GivesNothing));
        let draft = RuleDraft { tag: "t".into(), ..RuleDraft::default() };
        assert_eq!(draft.rule(&Rule::default(), &none), Err(RuleError::Empty));
        let draft = RuleDraft { amount: "lots".into(), tag: "t".into(), ..RuleDraft::default() };
        assert!(matches!(draft.rule(&Rule::default(), &none), Err(RuleError::Mistake(_))));
        let draft =
            RuleDraft { contains: "rowan".into(), tag: "x".repeat(60), ..RuleDraft::default() };
        assert_eq!(draft.rule(&Rule::default(), &none).unwrap().tag.unwrap().len(), LONGEST_NAME);
    }
}
