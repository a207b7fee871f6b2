//! What can be searched, kept in memory: the words of every row, a day at a time.
//!
//! No index of either engine finds a part of a word, so the database holds every row against it: a
//! sixth of a second and more for a million. Here the days are found on which some row has it, in a
//! few thousandths, and the database then looks at those alone. It has the last word: a day too many
//! costs a little time and changes no answer. A day too few would; so a month whose stamp is not the
//! one that it was read under counts with all its days, until it is read anew.

mod loading;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use chrono::{Months, NaiveDate};
use memchr::memmem::Finder;

use crate::domain::TransactionQuery;
use crate::domain::query::{Check, Clause, Filter};

/// With more days than one in so many the database is about as quick in its own order.
const WORTHWHILE: usize = 2;

/// Those of a store, once somebody means to search it.
#[derive(Default)]
pub(super) struct Arena {
    known: Mutex<Option<Arc<Known>>>,
    /// Held by the one who is reading.
    reading: tokio::sync::Mutex<()>,
}

/// By month, as `pb_word_stamps` calls it.
#[derive(Default)]
pub(super) struct Known(BTreeMap<String, Arc<Month>>);

struct Month {
    stamp: String,
    /// The words of each day's rows, one after the other.
    days: Vec<(NaiveDate, Box<str>)>,
}

/// A month and its stamp.
pub(super) type Stamp = (String, String);

pub(super) const STAMPS: &str = "select month, stamp from pb_word_stamps order by month";

/// The same question of those days alone that can hold what was typed, as far as it is known.
macro_rules! narrowed {
    ($store:expr, $db:ident, $query:expr) => {{
        let query: &$crate::domain::TransactionQuery = $query;
        match $store.arena().asked(query) {
            None => std::borrow::Cow::Borrowed(query),
            Some(known) => {
                use $crate::store::arena::{STAMPS, Stamp};
                let stamps: Vec<Stamp> = sqlx::query_as(STAMPS).fetch_all(&mut *$db).await?;
                known.narrow(query, &stamps)
            }
        }
    }};
}
pub(super) use narrowed;

impl Arena {
    /// What is known, if the query has a word to be found in it.
    pub fn asked(&self, query: &TransactionQuery) -> Option<Arc<Known>> {
        texts(&query.filter).next().and_then(|_| self.known())
    }

    fn known(&self) -> Option<Arc<Known>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn learn(&self, known: Known) {
        *self.known.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(known));
    }
}

impl Known {
    /// Stamps must be read before the rows are.
    pub fn narrow<'a>(
        &self,
        query: &'a TransactionQuery,
        stamps: &[Stamp],
    ) -> Cow<'a, TransactionQuery> {
        let Some(days) = self.days(&query.filter, stamps) else { return Cow::Borrowed(query) };
        let mut filter = Filter::clone(&query.filter);
        filter.clauses.push(Clause { negated: false, check: Check::Days(days) });
        Cow::Owned(TransactionQuery { filter: Arc::new(filter), ..query.clone() })
    }

    /// Every day on which some row may have all of the words; `None` where that is no help.
    fn days(&self, filter: &Filter, stamps: &[Stamp]) -> Option<Vec<NaiveDate>> {
        let words: Vec<Finder> = texts(filter).map(Finder::new).collect();
        let (mut found, mut all) = (Vec::new(), 0);
        for (month, stamp) in stamps {
            let before = found.len();
            if let Some(known) = self.0.get(month).filter(|known| known.stamp == *stamp) {
                found.extend(known.with(&words));
                all += known.days.len();
            } else {
                found.extend(days_of(month)?);
                all += found.len() - before;
            }
        }
        (found.len() * WORTHWHILE <= all).then_some(found)
    }

    fn is_fresh(&self, month: &str, stamp: &str) -> bool {
        self.0.get(month).is_some_and(|known| known.stamp == stamp)
    }
}

impl Month {
    fn with<'a>(&'a self, words: &'a [Finder]) -> impl Iterator<Item = NaiveDate> + 'a {
        let has_all = |text: &str| words.iter().all(|word| word.find(text.as_bytes()).is_some());
        self.days.iter().filter(move |(_, text)| has_all(text)).map(|(day, _)| *day)
    }
}

/// What every row of the answer must have somewhere, folded.
fn texts(filter: &Filter) -> impl Iterator<Item = &str> {
    filter.clauses.iter().filter(|clause| !clause.negated).filter_map(|clause| {
        match &clause.check {
            Check::Text(_, folded) => Some(folded.as_str()),
            _ => None,
        }
    })
}

/// Of `2026-11`.
fn days_of(month: &str) -> Option<impl Iterator<Item = NaiveDate>> {
    let (first, next) = bounds(month)?;
    Some(first.iter_days().take_while(move |day| *day < next))
}

/// The first day of a month, and that of the next.
fn bounds(month: &str) -> Option<(NaiveDate, NaiveDate)> {
    let first: NaiveDate = format!("{month}-01").parse().ok()?;
    Some((first, first.checked_add_months(Months::new(1))?))
}
