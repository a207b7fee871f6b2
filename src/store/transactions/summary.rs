//! What all rows that match come to.

use std::sync::Arc;

use chrono::{Days, NaiveDate};
use color_eyre::Result;
use color_eyre::eyre::WrapErr as _;

use super::sql::Sql;
use crate::domain::{AccountId, Currency, Sum, Summary, TransactionQuery};
use crate::store::Store;
use crate::store::engine::with_db;

const ACCOUNT: i32 = 0;
const CATEGORY: i32 = 1;

#[derive(sqlx::FromRow)]
struct SumRow {
    kind: i32,
    day: Option<NaiveDate>,
    name: Option<String>,
    currency: String,
    entries: i64,
    money_in: i64,
    money_out: i64,
}

impl Store {
    /// Of all rows that the query means, whatever its anchor and limit.
    pub async fn load_summary(&self, query: &TransactionQuery) -> Result<Summary> {
        let beyond = beyond(query);
        let (rows, counts) = with_db!(self, |db| {
            let rows: Vec<SumRow> = Sql::sums(query).build_query_as().fetch_all(&mut *db).await?;
            let mut counts = [0_i64; 2];
            for (count, query) in counts.iter_mut().zip(&beyond) {
                if let Some(query) = query {
                    *count =
                        Sql::count(query, None).build_query_scalar().fetch_one(&mut *db).await?;
                }
            }
            Ok((rows, counts))
        })
        .wrap_err("adding up transactions")?;
        let [before, after] = counts;
        Ok(Summary { before, after, ..summary(rows) })
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

fn summary(rows: Vec<SumRow>) -> Summary {
    let mut summary = Summary::default();
    for row in rows {
        let currency = Currency::parse(&row.currency).unwrap_or(Currency::NONE);
        let SumRow { entries: rows, money_in, money_out, .. } = row;
        let sum = Sum { currency, rows, money_in, money_out };
        match (row.kind, row.day) {
            (ACCOUNT, _) => summary.add_account(AccountId(row.name.unwrap_or_default()), sum),
            (CATEGORY, _) => summary.add_category(row.name, sum),
            (_, day) => summary.add_day(day.unwrap_or_default(), sum),
        }
    }
    summary.sort();
    summary
}
