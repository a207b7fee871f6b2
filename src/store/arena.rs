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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::query::{Names, parse};

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn known() -> Known {
        let month = |days: &[(&str, &str)]| {
            let days = days.iter().map(|(at, words)| (day(at), (*words).into())).collect();
            Arc::new(Month { stamp: "read".to_owned(), days })
        };
        let october =
            [("2026-10-01", "rowan market\nfuel"), ("2026-10-09", "bus"), ("2026-10-10", "bees")];
        let november = [
            ("2026-11-02", "rowan market"),
            ("2026-11-03", "zoe's cafe\nfuel"),
            ("2026-11-04", "x"),
        ];
        Known(BTreeMap::from([
            ("2026-10".to_owned(), month(&october)),
            ("2026-11".to_owned(), month(&november)),
        ]))
    }

    /// What is asked while the months have these stamps.
    fn days(text: &str, stamps: [(&str, &str); 2]) -> Option<Vec<String>> {
        let filter = parse(text, day("2026-11-22")).resolve(&Names::default());
        let stamps = stamps.map(|(month, stamp)| (month.to_owned(), stamp.to_owned()));
        let days = known().days(&filter, &stamps)?;
        Some(days.iter().map(NaiveDate::to_string).collect())
    }

    const AS_READ: [(&str, &str); 2] = [("2026-10", "read"), ("2026-11", "read")];

    #[test]
    fn the_days_that_hold_every_word_are_known() {
        let found = |text| days(text, AS_READ);
        assert_eq!(found("rowan").unwrap(), ["2026-10-01", "2026-11-02"]);
        assert_eq!(found("rowan fuel").unwrap(), ["2026-10-01"]);
        assert_eq!(found("rowan -fuel").unwrap(), ["2026-10-01", "2026-11-02"], "each row decides");
        assert_eq!(found("nowhere").unwrap(), [""; 0]);
        assert_eq!(found("-rowan"), None, "every day may have a row without it");
        assert_eq!(found("e"), None, "more days have it than not");
    }

    #[test]
    fn a_month_that_changed_since_or_is_new_counts_with_all_its_days() {
        let found = days("rowan", [("2026-10", "read"), ("2026-11", "another")]);
        assert_eq!(found, None, "nearly all days that there are");
        let mut known = known();
        let year = (1..10).map(|month| {
            let days = (1..=28).map(|day| NaiveDate::from_ymd_opt(2026, month, day).unwrap());
            let days = days.map(|day| (day, "bus".into())).collect();
            (format!("2026-{month:02}"), Arc::new(Month { stamp: "read".to_owned(), days }))
        });
        known.0.extend(year);
        let mut stamps: Vec<Stamp> =
            known.0.keys().map(|month| (month.clone(), "read".to_owned())).collect();
        stamps[1].1 = "another".to_owned();
        stamps.push(("2026-12".to_owned(), "new".to_owned()));
        let filter = parse("rowan", day("2026-11-22")).resolve(&Names::default());
        let found = known.days(&filter, &stamps).unwrap();
        assert_eq!(found.len(), 28 + 2 + 31, "February, the two days, December");
        assert!(found.contains(&day("2026-02-28")) && found.contains(&day("2026-12-31")));
    }
}
