//! What all rows that match come to.

use std::sync::Arc;

use chrono::{Days, NaiveDate};
use color_eyre::Result;
use color_eyre::eyre::WrapErr as _;

use super::sql::Sql;
use crate::domain::{AccountId, Currency, Sum, Summary, TransactionQuery};
use crate::store::Store;
use crate::store::arena::narrowed;
use crate::store::engine::with_db;

#[derive(sqlx::FromRow)]
struct DayRow {
    day: NaiveDate,
    name: AccountId,
    #[sqlx(flatten)]
    figures: Figures,
}

#[derive(sqlx::FromRow)]
struct CategoryRow {
    name: Option<String>,
    #[sqlx(flatten)]
    figures: Figures,
}

#[derive(sqlx::FromRow)]
pub(super) struct Figures {
    currency: String,
    entries: i64,
    money_in: i64,
    money_out: i64,
}

impl From<Figures> for Sum {
    fn from(figures: Figures) -> Self {
        let currency = Currency::parse(&figures.currency).unwrap_or(Currency::NONE);
        let Figures { entries: rows, money_in, money_out, .. } = figures;
        Self { currency, rows, money_in, money_out }
    }
}

impl Store {
    /// Of all rows that the query means, whatever its anchor and limit.
    pub async fn load_summary(&self, query: &TransactionQuery) -> Result<Summary> {
        let (days, categories, counts) = with_db!(self, |db| {
            let query = &*narrowed!(self, db, query);
            let beyond = beyond(query);
            let mut days = Sql::sums_by_day(query);
            let days: Vec<DayRow> = days.build_query_as().fetch_all(&mut *db).await?;
            let mut categories = Sql::sums_by_category(query);
            let categories: Vec<CategoryRow> =
                categories.build_query_as().fetch_all(&mut *db).await?;
            let mut counts = [0_i64; 2];
            for (count, query) in counts.iter_mut().zip(&beyond) {
                if let Some(query) = query {
                    *count =
                        Sql::count(query, None).build_query_scalar().fetch_one(&mut *db).await?;
                }
            }
            Ok((days, categories, counts))
        })
        .wrap_err("adding up transactions")?;
        let [before, after] = counts;
        Ok(Summary { before, after, ..summary(days, categories) })
    }
}

/// The same on the days before and after those that are meant.
fn beyond(query: &TransactionQuery) -> [Option<TransactionQuery>; 2] {
    let (first, last) = query.filter.days();
    let elsewhere =
        || TransactionQuery { filter: Arc::new(query.filter.on_any_day()), ..query.clone() };
    let before = first.and_then(|day| day.checked_sub_days(Days::new(1)));
    let after = last.and_then(|day| day.checked_add_days(Days::new(1)));
    [
        before.map(|day| TransactionQuery { until: Some(day), ..elsewhere() }),
        after.map(|day| TransactionQuery { since: Some(day), ..elsewhere() }),
    ]
}

fn summary(days: Vec<DayRow>, categories: Vec<CategoryRow>) -> Summary {
    let mut summary = Summary::default();
    for row in days {
        let sum = row.figures.into();
        summary.add_account(row.name, sum);
        summary.add_day(row.day, sum);
    }
    for row in categories {
        summary.add_category(row.name, row.figures.into());
    }
    summary.sort();
    summary
}
