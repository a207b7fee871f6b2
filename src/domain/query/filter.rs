//! A query with its names looked up: what is asked of every row.

use chrono::{DateTime, NaiveDate, Utc};

use super::amount::Amount;
use super::parse::{Mistake, Parsed};
use super::{Mark, Query, State, Word};
use crate::domain::fold::fold;
use crate::domain::{AccountId, Currency};

/// What the words behind `acct:`, `cat:` and `tag:` can mean, and since when a row is new.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Names {
    pub accounts: Vec<AccountName>,
    pub categories: Vec<CategoryName>,
    pub tags: Vec<String>,
    /// When the last sync that saw the banks began.
    pub synced_at: Option<DateTime<Utc>>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountName {
    pub id: AccountId,
    /// The user's own, else the bank's.
    pub name: String,
    pub last_four: Option<String>,
    /// Other names it goes by: the bank's own for it, the institution's.
    pub also: Vec<String>,
    pub currency: Currency,
}

/// A place in the tree of categories.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CategoryName {
    pub name: String,
    pub parent: Option<String>,
    /// Names from before, and the bank's words for it.
    pub also: Vec<String>,
}

/// All of the clauses must hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    pub clauses: Vec<Clause>,
    /// Of all accounts: what a number means depends on them.
    pub currencies: Vec<Currency>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clause {
    pub negated: bool,
    pub check: Check,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Check {
    /// As typed, and folded.
    Text(String, String),
    /// Any of these: id and name.
    Accounts(Vec<(AccountId, String)>),
    /// Any of these: what was found by the word, and with all that lies below it.
    Categories {
        named: Vec<String>,
        all: Vec<String>,
    },
    Tags(Vec<String>),
    /// Any of these in its name: as typed, and folded.
    Merchants(Vec<(String, String)>),
    /// All of its name; as it is shown, and folded.
    Merchant {
        name: String,
        key: String,
    },
    Amount(Amount),
    Since(NaiveDate),
    Until(NaiveDate),
    /// Within any of these, first and last day.
    Months(Vec<(NaiveDate, NaiveDate)>),
    Is(State),
    /// First seen then or later.
    New(DateTime<Utc>),
    Has(Mark),
    Ids(Vec<String>),
    /// Any of these: never typed, but known to be all that can hold the rest.
    Days(Vec<NaiveDate>),
}

impl Parsed {
    /// Looks names up; one that means nothing is one more mistake.
    pub fn resolve(&mut self, names: &Names) -> Filter {
        let mut filter = Filter { clauses: Vec::new(), currencies: names.currencies() };
        let terms = std::mem::take(&mut self.query.terms);
        let spans = std::mem::take(&mut self.spans);
        for (term, span) in terms.into_iter().zip(spans) {
            match check(&term.word, names) {
                Ok(check) => {
                    filter.add(term.negated, check);
                    self.query.terms.push(term);
                    self.spans.push(span);
                }
                Err(sentence) => self.mistakes.push(Mistake { span, sentence }),
            }
        }
        self.mistakes.sort_by_key(|mistake| mistake.span.start);
        if filter.is_empty() { Filter::default() } else { filter }
    }
}

impl Query {
    /// What is left of it once names that mean nothing are taken out.
    pub fn resolve(&self, names: &Names) -> Filter {
        let spans = vec![0..0; self.terms.len()];
        Parsed { query: self.clone(), spans, mistakes: Vec::new() }.resolve(names)
    }
}

impl Filter {
    pub fn is_empty(&self) -> bool {
        self.clauses.is_empty()
    }

    /// Whether it asks for rows that the bank no longer lists.
    pub fn wants_gone(&self) -> bool {
        self.clauses.contains(&Clause { negated: false, check: Check::Is(State::Gone) })
    }

    /// The same on whatever day.
    #[must_use]
    pub fn on_any_day(&self) -> Self {
        let dated = |clause: &&Clause| {
            let check = &clause.check;
            let dated = matches!(check, Check::Since(_) | Check::Until(_) | Check::Months(_));
            clause.negated || !dated
        };
        let clauses = self.clauses.iter().filter(dated).cloned().collect();
        Self { clauses, currencies: self.currencies.clone() }
    }

    /// The first and the last day that any row can have.
    pub fn days(&self) -> (Option<NaiveDate>, Option<NaiveDate>) {
        let (mut since, mut until): (Option<NaiveDate>, Option<NaiveDate>) = (None, None);
        for clause in self.clauses.iter().filter(|clause| !clause.negated) {
            let (first, last) = match &clause.check {
                Check::Since(day) => (Some(*day), None),
                Check::Until(day) => (None, Some(*day)),
                Check::Months(months) => (
                    months.iter().map(|(first, _)| *first).min(),
                    months.iter().map(|(_, last)| *last).max(),
                ),
                _ => continue,
            };
            since = since.max(first);
            until = match (until, last) {
                (Some(one), Some(other)) => Some(one.min(other)),
                (one, other) => one.or(other),
            };
        }
        (since, until)
    }

    /// One of a kind that a row has one of joins the others of that kind.
    fn add(&mut self, negated: bool, check: Check) {
        let joined = self
            .clauses
            .iter_mut()
            .filter(|clause| !clause.negated && !negated)
            .any(|clause| clause.check.join(&check));
        let clause = Clause { negated, check };
        if !joined && !self.clauses.contains(&clause) {
            self.clauses.push(clause);
        }
    }
}

impl Check {
    /// Whether the other was taken in.
    fn join(&mut self, other: &Self) -> bool {
        match (self, other) {
            (Self::Accounts(mine), Self::Accounts(other)) => take_in(mine, other),
            (Self::Months(mine), Self::Months(other)) => take_in(mine, other),
            (Self::Ids(mine), Self::Ids(other)) => take_in(mine, other),
            (Self::Merchants(mine), Self::Merchants(other)) => take_in(mine, other),
            (
                Self::Categories { named, all },
                Self::Categories { named: other, all: other_all },
            ) => {
                take_in(all, other_all);
                take_in(named, other)
            }
            _ => false,
        }
    }
}

fn take_in<T: Clone + PartialEq>(mine: &mut Vec<T>, other: &[T]) -> bool {
    for one in other {
        if !mine.contains(one) {
            mine.push(one.clone());
        }
    }
    true
}

fn check(word: &Word, names: &Names) -> Result<Check, String> {
    Ok(match word {
        Word::Text(text) => Check::Text(text.clone(), fold(text)),
        Word::Account(typed) => Check::Accounts(names.accounts(typed)?),
        Word::Category(typed) => names.categories(typed)?,
        Word::Tag(typed) => Check::Tags(names.tags(typed)?),
        Word::Merchant(typed) => Check::Merchants(vec![(typed.clone(), fold(typed))]),
        Word::Amount(amount) => Check::Amount(*amount),
        Word::Since(period) => Check::Since(period.first()),
        Word::Until(period) => Check::Until(period.last()),
        Word::Month(period) => Check::Months(vec![(period.first(), period.last())]),
        Word::Is(State::New) => {
            Check::New(names.synced_at.ok_or("nothing is new: no sync has run yet")?)
        }
        Word::Is(state) => Check::Is(*state),
        Word::Has(mark) => Check::Has(*mark),
        Word::Id(id) => Check::Ids(vec![id.clone()]),
    })
}

impl Names {
    fn currencies(&self) -> Vec<Currency> {
        let mut currencies: Vec<Currency> =
            self.accounts.iter().map(|account| account.currency).collect();
        currencies.sort_unstable();
        currencies.dedup();
        currencies
    }

    /// The shortest word that means this account alone.
    pub fn account_word(&self, id: &AccountId) -> Word {
        let account = self.accounts.iter().find(|account| account.id == *id);
        let names = account.into_iter().flat_map(|account| {
            [account.last_four.as_ref(), Some(&account.name)].into_iter().flatten()
        });
        let alone = |typed: &&String| {
            self.accounts(typed).is_ok_and(|found| found.len() == 1 && found[0].0 == *id)
        };
        Word::Account(names.filter(|name| !name.is_empty()).find(alone).unwrap_or(&id.0).clone())
    }

    fn accounts(&self, typed: &str) -> Result<Vec<(AccountId, String)>, String> {
        let found = best(typed, &self.accounts, |account| {
            let own = [Some(&account.name), account.last_four.as_ref(), Some(&account.id.0)];
            own.into_iter().flatten().chain(&account.also).map(String::as_str).collect()
        });
        if found.is_empty() {
            return Err(format!("no account is called {typed}"));
        }
        let pair = |account: &AccountName| (account.id.clone(), account.shown());
        Ok(found.into_iter().map(pair).collect())
    }

    fn categories(&self, typed: &str) -> Result<Check, String> {
        let found = best(typed, &self.categories, |category| {
            std::iter::once(&category.name).chain(&category.also).map(String::as_str).collect()
        });
        if found.is_empty() {
            return Err(format!("no category is called {typed}"));
        }
        let named: Vec<String> = found.iter().map(|category| category.name.clone()).collect();
        let all = self.with_children(named.clone());
        Ok(Check::Categories { named, all })
    }

    /// These and every category below them.
    pub fn with_children(&self, mut all: Vec<String>) -> Vec<String> {
        let mut seen = 0;
        while seen < all.len() {
            let below = |category: &&CategoryName| category.parent.as_ref() == Some(&all[seen]);
            let below: Vec<String> = self
                .categories
                .iter()
                .filter(below)
                .map(|category| category.name.clone())
                .collect();
            take_in(&mut all, &below);
            seen += 1;
        }
        all
    }

    fn tags(&self, typed: &str) -> Result<Vec<String>, String> {
        let found = best(typed, &self.tags, |tag| vec![tag]);
        if found.is_empty() {
            return Err(format!("no tag is called {typed}"));
        }
        Ok(found.into_iter().cloned().collect())
    }
}

impl AccountName {
    /// `Everyday Checking ·4821`.
    pub fn shown(&self) -> String {
        match &self.last_four {
            Some(digits) => format!("{} ·{digits}", self.name),
            None => self.name.clone(),
        }
    }
}

/// Those that have the name exactly, or else those that have it somewhere in one of theirs.
fn best<'a, T>(typed: &str, all: &'a [T], names: impl Fn(&'a T) -> Vec<&'a str>) -> Vec<&'a T> {
    let typed = fold(typed.trim());
    let typed = typed.trim_start_matches('·');
    let any = |holds: fn(&str, &str) -> bool| -> Vec<&'a T> {
        all.iter().filter(|one| names(one).iter().any(|name| holds(&fold(name), typed))).collect()
    };
    let exact = any(|name, typed| name == typed);
    if exact.is_empty() { any(|name, typed| name.contains(typed)) } else { exact }
}
