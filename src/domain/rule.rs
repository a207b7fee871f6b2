//! Rules: what rows that a condition finds are called, where nothing was said by hand.

pub mod accounts;
pub mod book;
mod condition;
mod draft;
mod preview;

use serde::{Deserialize, Serialize};

use super::category::Renamed;
use super::said::{BankWords, Said};
use super::words::id;
use condition::Condition;

pub use condition::Reach;
pub use draft::{Direction, RuleDraft};
pub use preview::{RuleChange, RulePreview};

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
    /// In the language of a search: words, amounts, and accounts by their ids.
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
    #[error("a rule needs at least one word that a row must contain, an amount or an account")]
    Empty,
    #[error("{0}")]
    Mistake(String),
    #[error("{0}")]
    NoAccount(String),
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

/// All rules, in their order, the names that categories go by, and the accounts that became others.
#[derive(Clone, Debug, Default)]
pub struct Rules {
    ready: Vec<(Rule, Condition)>,
    renamed: Renamed,
    merged: Renamed,
}

impl Rules {
    /// Those that can be read, lower positions first.
    pub fn new(mut rules: Vec<Rule>) -> Self {
        rules.sort_by(|a, b| (a.position, &a.id).cmp(&(b.position, &b.id)));
        rules.retain(|rule| !rule.paused);
        let ready = |rule: Rule| {
            let condition = Condition::of(&rule.query).ok()?;
            Some((rule, condition))
        };
        Self { ready: rules.into_iter().filter_map(ready).collect(), ..Self::default() }
    }

    #[must_use]
    pub fn renaming(self, renamed: Renamed) -> Self {
        Self { renamed, ..self }
    }

    /// A rule that names an account means the one that it was joined with.
    #[must_use]
    pub fn following(mut self, merged: Renamed) -> Self {
        self.ready.iter_mut().for_each(|(_, condition)| condition.follow(&merged));
        Self { merged, ..self }
    }

    /// Whether any of them holds for some accounts only.
    pub fn look_at_accounts(&self) -> bool {
        self.ready.iter().any(|(_, condition)| condition.looks_at_accounts())
    }

    /// What a category goes by that somebody files rows under, whoever it is.
    pub fn shown_category(&self, name: &str) -> String {
        self.renamed.resolve(name).to_owned()
    }

    /// The first rule with a word for it wins; tags add up.
    pub fn said(&self, row: BankWords<'_>) -> Said {
        let mut said = Said::default();
        for (rule, condition) in &self.ready {
            if !condition.holds(row) {
                continue;
            }
            said.category = said.category.or_else(|| rule.category.clone());
            said.name = said.name.or_else(|| rule.name.clone());
            said.tags.extend(rule.tag.clone().filter(|tag| !said.tags.contains(tag)));
        }
        said
    }

    /// With this one in the place of the one of its id, or behind all.
    #[must_use]
    pub fn with(&self, rule: &Rule) -> Self {
        let others = self.iter().filter(|other| other.id != rule.id).cloned();
        let last = self.iter().map(|other| other.position + 1).max().unwrap_or(1);
        let position = if rule.id.0.is_empty() { last } else { rule.position };
        let rule = Rule { position, paused: false, ..rule.clone() };
        self.instead(others.chain([rule]).collect())
    }

    /// Others in the place of all; what is known of categories and accounts stays.
    #[must_use]
    pub fn instead(&self, rules: Vec<Rule>) -> Self {
        Self::new(rules).renaming(self.renamed.clone()).following(self.merged.clone())
    }

    /// Whether any of them finds the row.
    pub fn find(&self, row: BankWords<'_>) -> bool {
        self.ready.iter().any(|(_, condition)| condition.holds(row))
    }

    /// Every row that any of the rules finds is within one of these.
    pub fn reach(&self) -> Vec<Reach<'_>> {
        self.ready.iter().map(|(_, condition)| condition.reach()).collect()
    }

    pub fn iter(&self) -> impl Iterator<Item = &Rule> {
        self.ready.iter().map(|(rule, _)| rule)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Currency, Money};

    fn row(description: &str, minor: i64) -> BankWords<'_> {
        let amount = Money::new(minor, Currency::USD);
        BankWords { account: "acc_1", description, counterparty: None, category: None, amount }
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
        let texts: Vec<_> = rules.reach().iter().map(|reach| reach.text).collect();
        assert_eq!(texts, [Some("rowan"), Some("rowan"), Some("mkt")]);
    }

    #[test]
    fn a_rule_looks_at_what_the_bank_says_and_at_something() {
        let check = |query: &str| {
            Rule { tag: Some("t".into()), ..rule("r", 0, query) }.check().map_err(|e| e.to_string())
        };
        assert_eq!(check("rowan -refund amt:>5 is:out"), Ok(()));
        assert_eq!(check("acct:acc_1"), Ok(()), "all rows of an account");
        for query in ["", "-rowan", "-acct:acc_1", "tag:shared rowan", "since:30d rowan", "amt:x"] {
            assert!(check(query).is_err(), "{query}");
        }
        assert_eq!(rule("r", 0, "rowan").check(), Err(RuleError::GivesNothing));
        let any = Rules::new(vec![rule("r", 0, "amt:>50")]);
        assert_eq!(any.reach(), [Reach { text: None, accounts: &[] }]);
    }

    #[test]
    fn a_rule_may_hold_for_some_accounts_only_and_follows_them() {
        let tagged = |query: &str| {
            let rule = Rule { tag: Some("t".into()), ..rule("r", 0, query) };
            Rules::new(vec![rule])
        };
        let found = |rules: &Rules| -> Vec<bool> {
            let of = |account| BankWords { account, ..row("ROWAN MKT", -100) };
            ["acc_1", "acc_2", "acc_3"].iter().map(|account| rules.find(of(account))).collect()
        };
        assert_eq!(found(&tagged("acct:acc_1 rowan acct:acc_2")), [true, true, false]);
        assert_eq!(found(&tagged("rowan -acct:acc_1 -acct:acc_2")), [false, false, true]);
        assert_eq!(found(&tagged("acct:acc_1 shell")), [false; 3]);
        assert_eq!(found(&tagged("acct:ACC_1")), [false; 3], "an id is one to the letter");
        let merged = Renamed::from([("acc_1", "acc_2"), ("acc_2", "acc_3")]);
        let rules = tagged("acct:acc_1 rowan").following(merged);
        assert_eq!(found(&rules), [false, false, true]);
        let changed = Rule { tag: Some("u".into()), ..rule("r", 0, "acct:acc_2") };
        assert_eq!(found(&rules.with(&changed)), [false, false, true]);
        let reach = rules.reach();
        assert_eq!((reach[0].text, reach[0].accounts), (Some("rowan"), &["acc_3".into()][..]));
    }
}
