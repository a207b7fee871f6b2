//! Rules: what rows that a condition finds are called, where nothing was said by hand.

use chrono::{DateTime, NaiveDate};
use serde::{Deserialize, Serialize};

use super::account::AccountId;
use super::category::Renamed;
use super::fold::fold;
use super::query::{Check, Facts, Filter, Names, State, Word, parse};
use super::said::{BankWords, Said};
use super::transaction::{Life, Status};
use super::words::id;

id! {
    /// Passbook's own.
    RuleId
}

/// One rule as it is kept. What it says nothing about stays as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rule {
    pub id: RuleId,
    /// Lower ones speak first.
    pub position: i64,
    /// In the language of a search: words and amounts.
    pub query: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tag: Option<String>,
    /// Kept, and silent.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub paused: bool,
}

/// Why a rule cannot be kept.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RuleError {
    #[error("a rule needs at least one word that a row must contain, or an amount")]
    Empty,
    #[error("{0}")]
    Mistake(String),
    #[error("a rule looks at what the bank says of a row: {0} cannot stand in one")]
    NotForRules(String),
    #[error("a rule needs a category, a name or a tag to give")]
    GivesNothing,
}

impl Rule {
    /// Whether it can be kept.
    pub fn check(&self) -> Result<(), RuleError> {
        if self.category.is_none() && self.name.is_none() && self.tag.is_none() {
            return Err(RuleError::GivesNothing);
        }
        Condition::of(&self.query).map(drop)
    }
}

/// What rows a rule finds.
#[derive(Clone, Debug)]
struct Condition(Filter);

impl Condition {
    /// Only of what the bank itself says: a rule that looked at the user's words would feed on what
    /// it gives.
    fn of(text: &str) -> Result<Self, RuleError> {
        // No day can be asked about, so it does not matter which one today is.
        let parsed = parse(text, NaiveDate::default());
        if let Some(mistake) = parsed.mistakes.first() {
            return Err(RuleError::Mistake(mistake.sentence.clone()));
        }
        let terms = &parsed.query.terms;
        if let Some(term) = terms.iter().find(|term| !is_the_banks(&term.word)) {
            return Err(RuleError::NotForRules(term.to_string()));
        }
        if terms.iter().all(|term| term.negated) {
            return Err(RuleError::Empty);
        }
        Ok(Self(parsed.query.resolve(&Names::default())))
    }

    fn holds(&self, row: BankWords<'_>) -> bool {
        let texts = [Some(row.description), row.counterparty];
        let words = texts.into_iter().flatten().map(fold).collect::<Vec<_>>().join("\n");
        self.0.matches(&Facts {
            account_id: &AccountId::default(),
            id: "",
            date: NaiveDate::default(),
            amount: row.amount,
            status: &Status::Posted,
            life: &Life::Live,
            words: &words,
            category: None,
            tags: &[],
            merchant: "",
            noted: false,
            named: false,
            changed: false,
            transfer: false,
            left_out: false,
            first_seen_at: DateTime::default(),
        })
    }

    /// A folded text that every row it finds contains, if it asks for any.
    fn text(&self) -> Option<&str> {
        self.0.clauses.iter().find_map(|clause| match &clause.check {
            Check::Text(_, folded) if !clause.negated => Some(&**folded),
            _ => None,
        })
    }
}

fn is_the_banks(word: &Word) -> bool {
    matches!(word, Word::Text(_) | Word::Amount(_) | Word::Is(State::In | State::Out))
}

/// All rules, in their order, and the names that categories go by.
#[derive(Clone, Debug, Default)]
pub struct Rules(Vec<(Rule, Condition)>, Renamed);

impl Rules {
    /// Those that can be read, lower positions first.
    pub fn new(mut rules: Vec<Rule>) -> Self {
        rules.sort_by(|a, b| (a.position, &a.id).cmp(&(b.position, &b.id)));
        rules.retain(|rule| !rule.paused);
        let ready = |rule: Rule| {
            let condition = Condition::of(&rule.query).ok()?;
            Some((rule, condition))
        };
        Self(rules.into_iter().filter_map(ready).collect(), Renamed::default())
    }

    #[must_use]
    pub fn renaming(self, renamed: Renamed) -> Self {
        Self(self.0, renamed)
    }

    /// What a category goes by that somebody files rows under, whoever it is.
    pub fn shown_category(&self, name: &str) -> String {
        self.1.resolve(name).to_owned()
    }

    /// The first rule with a word for it wins; tags add up.
    pub fn said(&self, row: BankWords<'_>) -> Said {
        let mut said = Said::default();
        for (rule, condition) in &self.0 {
            if !condition.holds(row) {
                continue;
            }
            said.category = said.category.or_else(|| rule.category.clone());
            said.name = said.name.or_else(|| rule.name.clone());
            said.tags.extend(rule.tag.clone().filter(|tag| !said.tags.contains(tag)));
        }
        said
    }

    /// Whether any of them finds the row.
    pub fn find(&self, row: BankWords<'_>) -> bool {
        self.0.iter().any(|(_, condition)| condition.holds(row))
    }

    /// Folded texts of which every row that any of the rules finds contains one; `None` where a
    /// rule may find any row.
    pub fn texts(&self) -> Option<Vec<&str>> {
        self.0.iter().map(|(_, condition)| condition.text()).collect()
    }

    pub fn iter(&self) -> impl Iterator<Item = &Rule> {
        self.0.iter().map(|(rule, _)| rule)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Currency, Money};

    fn row(description: &str, minor: i64) -> BankWords<'_> {
        let amount = Money::new(minor, Currency::USD);
        BankWords { description, counterparty: None, category: Some("general"), amount }
    }

    fn rule(id: &str, position: i64, query: &str) -> Rule {
        Rule { id: id.into(), position, query: query.to_owned(), ..Rule::default() }
    }

    #[test]
    fn the_first_rule_with_a_word_for_it_wins_and_tags_add_up() {
        let rules = Rules::new(vec![
            Rule {
                category: Some("fun".into()),
                tag: Some("late".into()),
                ..rule("r2", 2, "rowan")
            },
            Rule { category: Some("food".into()), ..rule("r1", 1, "rowan out:>50") },
            Rule { name: Some("Rowan".into()), tag: Some("late".into()), ..rule("r3", 3, "mkt") },
        ]);
        let dear = rules.said(row("ROWÁN MKT #12", -8_646));
        assert_eq!(dear.category.as_deref(), Some("food"));
        assert_eq!(dear.name.as_deref(), Some("Rowan"));
        assert_eq!(dear.tags, ["late"]);
        assert_eq!(rules.said(row("ROWAN", -100)).category.as_deref(), Some("fun"));
        assert_eq!(rules.said(row("elsewhere", -100)), Said::default());
        assert_eq!(rules.texts(), Some(vec!["rowan", "rowan", "mkt"]));
    }

    #[test]
    fn a_rule_looks_at_what_the_bank_says_and_at_something() {
        let check = |query: &str| {
            Rule { tag: Some("t".into()), ..rule("r", 0, query) }.check().map_err(|e| e.to_string())
        };
        assert_eq!(check("rowan -refund amt:>5 is:out"), Ok(()));
        for query in ["", "-rowan", "tag:shared rowan", "since:30d rowan", "acct:joint", "amt:x"] {
            assert!(check(query).is_err(), "{query}");
        }
        assert_eq!(rule("r", 0, "rowan").check(), Err(RuleError::GivesNothing));
        let any = Rules::new(vec![rule("r", 0, "amt:>50")]);
        assert_eq!(any.texts(), None);
    }
}
