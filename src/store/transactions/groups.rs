//! What rows come to by account, category, merchant or month.
//!
//! Folded by the database, so that few rows come back. Where nothing was typed, accounts and months
//! are added up from the sums of days that the sync keeps, categories and merchants each in the order
//! of an index of their own, a currency at a time: nothing is sorted but the groups.

use chrono::{DateTime, Datelike as _, NaiveDate, Utc};
use color_eyre::Result;
use color_eyre::eyre::WrapErr as _;
use sqlx::{Database, Encode, Type};

use super::sql::{FIGURES, Sql};
use super::summary::Figures;
use crate::domain::{
    AccountId, Currency, Group, GroupBy, GroupKey, GroupQuery, Groups, Scope, Sum, TransactionQuery,
};
use crate::store::Store;
use crate::store::arena::narrowed;
use crate::store::engine::with_db;

/// Every currency that a live row is in, that of most accounts first.
const CURRENCIES: &str = "
    select d.currency from (select distinct currency from pb_days) d
    order by (select count(*) from pb_accounts a where a.currency = d.currency) desc, d.currency";

#[derive(sqlx::FromRow)]
struct NamedRow {
    /// What the group has in common; nothing for nothing.
    key: String,
    name: String,
    #[sqlx(flatten)]
    figures: Figures,
}

#[derive(sqlx::FromRow)]
struct DayRow {
    day: NaiveDate,
    #[sqlx(flatten)]
    figures: Figures,
}

impl Store {
    /// The largest groups first, by the money moved in the main currency; months the newest first.
    pub async fn load_groups(&self, query: &GroupQuery) -> Result<Groups> {
        let by = query.by;
        let (main, mut groups) = with_db!(self, |db| {
            let rows = narrowed!(self, db, &query.rows);
            let query = &GroupQuery { rows: rows.into_owned(), ..query.clone() };
            let rows = &query.rows;
            let mut currencies: Vec<String> =
                sqlx::query_scalar(CURRENCIES).fetch_all(&mut *db).await?;
            if rows.scope == Scope::Gone || currencies.is_empty() {
                // Rows that the sums of days know nothing of: a few, and in whatever currency.
                currencies.clear();
            }
            let main = currencies.first().and_then(|code| Currency::parse(code));
            let groups = if by == GroupBy::Month {
                let mut sql = Sql::months(rows);
                let days: Vec<DayRow> = sql.build_query_as().fetch_all(&mut *db).await?;
                Groups::collect(days.into_iter().map(DayRow::split))
            } else {
                let mut sql = match by {
                    GroupBy::Account => Sql::accounts(rows),
                    _ => Sql::largest(query, &currencies),
                };
                let sums: Vec<NamedRow> = sql.build_query_as().fetch_all(&mut *db).await?;
                Groups::collect(sums.into_iter().map(|row| row.split(by)))
            };
            Ok((main.unwrap_or(Currency::NONE), groups))
        })
        .wrap_err("adding up groups")?;
        Groups::sort(&mut groups, main);
        Ok(cut(groups, query.limit))
    }
}

fn cut(mut groups: Vec<Group>, limit: u32) -> Groups {
    let limit = limit as usize;
    let at_end = groups.len() <= limit;
    groups.truncate(limit);
    Groups { groups, at_end }
}

impl NamedRow {
    fn split(self, by: GroupBy) -> (GroupKey, String, Sum) {
        let key = match by {
            GroupBy::Account => GroupKey::Account(AccountId(self.key)),
            GroupBy::Category => GroupKey::Category(Some(self.key).filter(|key| !key.is_empty())),
            GroupBy::Merchant | GroupBy::Month => GroupKey::Merchant(self.key),
        };
        (key, self.name, self.figures.into())
    }
}

impl DayRow {
    fn split(self) -> (GroupKey, String, Sum) {
        let key = GroupKey::Month(self.day.with_day(1).unwrap_or(self.day));
        let name = key.to_string();
        (key, name, self.figures.into())
    }
}

const SUMS: &str = "cast(sum(entries) as bigint) as entries, \
     cast(sum(money_in) as bigint) as money_in, cast(sum(money_out) as bigint) as money_out";

/// How the newest row of the merchant spells it.
const NEWEST_NAME: &str = "coalesce((select t.merchant from pb_transactions t \
     where t.life = 'live' and t.merchant_key = sums.key \
     order by t.date desc, t.account_id desc, t.seq desc, t.id desc limit 1), sums.key)";

impl<DB> Sql<DB>
where
    DB: Database,
    DB::Arguments: Default,
    String: for<'q> Encode<'q, DB> + Type<DB>,
    NaiveDate: for<'q> Encode<'q, DB> + Type<DB>,
    DateTime<Utc>: for<'q> Encode<'q, DB> + Type<DB>,
    i64: for<'q> Encode<'q, DB> + Type<DB>,
{
    pub fn months(query: &TransactionQuery) -> Self {
        let mut sql = Self::empty();
        sql.push(format_args!("select day, currency, {SUMS} from "));
        sql.by_day(query);
        sql.push(" group by day, currency order by day desc");
        sql
    }

    pub fn accounts(query: &TransactionQuery) -> Self {
        let mut sql = Self::empty();
        sql.push(format_args!("select name as key, name, currency, {SUMS} from "));
        sql.by_day(query);
        sql.push(" group by name, currency");
        sql
    }

    /// Sums by day and account, from those that the sync keeps wherever these say enough.
    fn by_day(&mut self, query: &TransactionQuery) {
        let kept = query.filter.is_empty() && query.status.is_none() && query.scope != Scope::Gone;
        self.push("(");
        if kept {
            self.push(
                "select day, account_id as name, currency, entries, money_in, money_out \
                 from pb_days where 1 = 1",
            );
            self.of_days(query);
        } else {
            self.sums(
                query,
                "date as day, account_id as name, currency",
                "date, account_id, currency",
            );
        }
        self.push(") days");
    }

    /// The groups that most money moved in, by the first of the currencies.
    pub fn largest(query: &GroupQuery, currencies: &[String]) -> Self {
        let (column, name) = match query.by {
            GroupBy::Merchant => ("merchant_key", NEWEST_NAME),
            _ => ("shown_category", "sums.key"),
        };
        let key = format!("coalesce({column}, '') as key");
        let mut sql = Self::empty();
        sql.push("with sums as materialized (");
        for (index, currency) in currencies.iter().enumerate() {
            sql.push(if index > 0 { " union all " } else { "" });
            sql.push(format_args!(
                "select {key}, max(currency) as currency, {FIGURES} from pb_transactions where "
            ));
            sql.filter(&query.rows, super::sql::Rows::Live);
            // Not a plain comparison: it would lead into the index that begins with currencies.
            sql.push(" and coalesce(currency, '') = ").push_bind(currency.clone());
            // The index in the order of this column knows nothing of what was typed.
            let search = !query.rows.filter.is_empty();
            let by = if search { format!("coalesce({column}, '')") } else { column.to_owned() };
            sql.push(format_args!(" group by {by}"));
        }
        if currencies.is_empty() {
            sql.sums(&query.rows, &format!("{key}, currency"), &format!("{column}, currency"));
        }
        let main = currencies.first().cloned().unwrap_or_default();
        sql.push("), largest as (select key, max(case when currency = ").push_bind(main);
        sql.push(
            " then money_in - money_out else 0 end) as moved, sum(entries) as entries from sums \
             group by key order by moved desc, entries desc, key limit ",
        );
        sql.push_bind(i64::from(query.limit) + 1);
        sql.push(format_args!(
            ") select sums.key, {name} as name, sums.currency, sums.entries, sums.money_in, \
             sums.money_out from largest join sums on sums.key = largest.key"
        ));
        sql
    }
}
