//! What rows a rule finds.

use chrono::{DateTime, NaiveDate};

use super::RuleError;
use crate::domain::account::AccountId;
use crate::domain::category::Renamed;
use crate::domain::fold::fold;
use crate::domain::query::{Check, Facts, Filter, Names, Query, State, Term, Word, parse};
use crate::domain::said::BankWords;
use crate::domain::transaction::{Life, Status};

#[derive(Clone, Debug)]
pub(super) struct Condition {
    filter: Filter,
    /// Any of these; none: any.
    accounts: Vec<AccountId>,
    but_not: Vec<AccountId>,
}

/// Where the rows that a rule finds are, as far as a database can look for them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reach<'a> {
    /// Folded; each of the rows contains it.
    pub text: Option<&'a str>,
    /// None: any.
    pub accounts: &'a [AccountId],
}

impl Condition {
    /// Only of what the bank itself says: a rule that looked at the user's words would feed on what
    /// it gives.
    pub fn of(text: &str) -> Result<Self, RuleError> {
        // No day can be asked about, so it does not matter which one today is.
        let parsed = parse(text, NaiveDate::default());
        if let Some(mistake) = parsed.mistakes.first() {
            return Err(RuleError::Mistake(mistake.sentence.clone()));
        }
        let terms = parsed.query.terms;
        if let Some(place) = terms.iter().position(|term| !is_the_banks(&term.word)) {
            return Err(RuleError::NotForRules(text[parsed.spans[place].clone()].to_owned()));
        }
        if terms.iter().all(|term| term.negated) {
            return Err(RuleError::Empty);
        }
        Ok(Self::from(terms))
    }

    fn from(terms: Vec<Term>) -> Self {
        let (mut accounts, mut but_not, mut rest) = (Vec::new(), Vec::new(), Vec::new());
        for term in terms {
            match term.word {
                Word::Account(id) if term.negated => but_not.push(AccountId(id)),
                Word::Account(id) => accounts.push(AccountId(id)),
                _ => rest.push(term),
            }
        }
        let filter = Query { terms: rest }.resolve(&Names::default());
        Self { filter, accounts, but_not }
    }

    pub fn follow(&mut self, merged: &Renamed) {
        for AccountId(id) in self.accounts.iter_mut().chain(&mut self.but_not) {
            *id = merged.resolve(id).to_owned();
        }
    }

    pub fn looks_at_accounts(&self) -> bool {
        !self.accounts.is_empty() || !self.but_not.is_empty()
    }

    pub fn holds(&self, row: BankWords<'_>) -> bool {
        let among = |ids: &[AccountId]| ids.iter().any(|id| id.as_str() == row.account);
        if !self.accounts.is_empty() && !among(&self.accounts) || among(&self.but_not) {
            return false;
        }
        let texts = [Some(row.description), row.counterparty];
        let words = texts.into_iter().flatten().map(fold).collect::<Vec<_>>().join("\n");
        self.filter.matches(&Facts {
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

    pub fn reach(&self) -> Reach<'_> {
        let text = self.filter.clauses.iter().find_map(|clause| match &clause.check {
            Check::Text(_, folded) if !clause.negated => Some(&**folded),
            _ => None,
        });
        Reach { text, accounts: &self.accounts }
    }
}

fn is_the_banks(word: &Word) -> bool {
    matches!(
        word,
        Word::Text(_) | Word::Account(_) | Word::Amount(_) | Word::Is(State::In | State::Out)
    )
}
