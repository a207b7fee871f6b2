//! The rows that count in figures of income and spending.

use std::sync::Arc;

use chrono::{Datelike as _, Months, NaiveDate};

use super::super::Result;
use crate::domain::query::{Check, Clause, Filter, State};
use crate::domain::{Summary, TransactionQuery};
use crate::store::Store;

/// What all of these days come to, without transfers and without what the user leaves out.
pub async fn counted(store: &Store, (since, until): (NaiveDate, NaiveDate)) -> Result<Summary> {
    let without = |state| Clause { negated: true, check: Check::Is(state) };
    let clauses = vec![without(State::Transfer), without(State::LeftOut)];
    let filter = Arc::new(Filter { clauses, ..Filter::default() });
    let newest = TransactionQuery::newest(None, 0);
    let query = TransactionQuery { since: Some(since), until: Some(until), filter, ..newest };
    Ok(store.load_summary(&query).await?)
}

/// Its first day.
pub fn month_of(day: NaiveDate) -> NaiveDate {
    day.with_day(1).expect("every month has a first day")
}

/// First and last day of so many months, that of `month` being the last.
pub fn months(month: NaiveDate, count: u32) -> (NaiveDate, NaiveDate) {
    let month = month_of(month);
    let first = month.checked_sub_months(Months::new(count.saturating_sub(1))).unwrap_or(month);
    let last = month.checked_add_months(Months::new(1)).and_then(|day| day.pred_opt());
    (first, last.unwrap_or(month))
}
