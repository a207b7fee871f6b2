//! Cash flow and spending: sums over the index that covers them, transfers and what is left out not in.

use std::collections::BTreeMap;

use chrono::{Months, NaiveDate};
use color_eyre::Result;
use color_eyre::eyre::{OptionExt as _, WrapErr as _};

use crate::domain::insight::{CashFlow, Spending, SpendingBy, SpendingLine, month_of};
use crate::domain::{Currency, MonthTotals};
use crate::store::Store;
use crate::store::engine::with_db;

macro_rules! counted_rows {
    () => {
        "from pb_transactions where life = 'live' and not transfer and not left_out
            and date >= $1 and date < $2
            and account_id not in (select id from pb_accounts where duplicate_of is not null) "
    };
}

/// By day, as the index has them: neither engine names months alike, and the days fold in no time.
const FLOWS: &str = concat!(
    "select currency, string_agg(cast(date as text) || '|' || cast(money_in as text) || '|'
        || cast(money_out as text), ',')
    from (select date, currency,
            cast(sum(case when amount > 0 then amount else 0 end) as bigint) as money_in,
            cast(sum(case when amount < 0 then amount else 0 end) as bigint) as money_out ",
    counted_rows!(),
    "group by date, currency) days group by currency"
);

macro_rules! spending {
    ($name:literal) => {
        concat!(
            "select currency, ",
            $name,
            " as name, cast(sum(case when date >= $3 then amount else 0 end) as bigint) as spent,
                cast(sum(case when date < $3 then amount else 0 end) as bigint) as before ",
            counted_rows!(),
            "group by currency, ",
            $name
        )
    };
}

const BY_CATEGORY: &str = spending!("coalesce(shown_category, '')");
const BY_MERCHANT: &str = spending!("merchant");
const BY_ACCOUNT: &str = spending!("account_id");

const MONTHS_BEFORE: u32 = 3;

impl Store {
    /// The months from `first`'s up to that of `last`, a currency each.
    pub async fn load_cash_flow(&self, first: NaiveDate, last: NaiveDate) -> Result<Vec<CashFlow>> {
        let (since, until) = (month_of(first), month_of(last) + Months::new(1));
        let packed: Vec<(String, String)> =
            with_db!(self, |db| sqlx::query_as(FLOWS).bind(since).bind(until).fetch_all(db).await)
                .wrap_err("loading the cash flow")?;
        let mut flows = Vec::new();
        for (currency, days) in &packed {
            let currency = Currency::parse(currency).unwrap_or(Currency::NONE);
            let days = days.split(',').map(day).collect::<Result<Vec<_>>>()?;
            flows.push(CashFlow::of(currency, days, (since, last)));
        }
        flows.sort_by_key(|flow| flow.currency);
        Ok(flows)
    }

    /// What the month of `month` cost, beside the mean of the three before it.
    pub async fn load_spending(&self, month: NaiveDate, by: SpendingBy) -> Result<Vec<Spending>> {
        let month = month_of(month);
        let sql = match by {
            SpendingBy::Category => BY_CATEGORY,
            SpendingBy::Merchant => BY_MERCHANT,
            SpendingBy::Account => BY_ACCOUNT,
        };
        let (since, until) = (month - Months::new(MONTHS_BEFORE), month + Months::new(1));
        let rows: Vec<(String, String, i64, i64)> = with_db!(self, |db| {
            sqlx::query_as(sql).bind(since).bind(until).bind(month).fetch_all(db).await
        })
        .wrap_err("loading the spending")?;
        Ok(spending(rows))
    }
}

fn day(packed: &str) -> Result<(NaiveDate, MonthTotals)> {
    let mut fields = packed.split('|');
    let mut field = || fields.next().ok_or_eyre("a day of cash flow has three fields");
    let (date, money_in, money_out) = (field()?.parse()?, field()?.parse()?, field()?.parse()?);
    Ok((date, MonthTotals { money_in, money_out }))
}

fn spending(rows: Vec<(String, String, i64, i64)>) -> Vec<Spending> {
    let mut all: BTreeMap<Currency, Spending> = BTreeMap::new();
    for (currency, name, now, before) in rows {
        let currency = Currency::parse(&currency).unwrap_or(Currency::NONE);
        let average = before.saturating_neg() / i64::from(MONTHS_BEFORE);
        let spent = now.saturating_neg().max(0);
        let line = SpendingLine { name, spent, average, opens: false };
        let nothing = || Spending { currency, lines: Vec::new(), quiet: Vec::new() };
        let of = all.entry(currency).or_insert_with(nothing);
        match (spent > 0, average > 0) {
            (true, _) => of.lines.push(line),
            (false, true) => of.quiet.push(line),
            (false, false) => {}
        }
    }
    all.retain(|_, one| !one.lines.is_empty());
    let mut spending: Vec<Spending> = all.into_values().collect();
    for one in &mut spending {
        one.lines.sort_by(|a, b| (b.spent, &a.name).cmp(&(a.spent, &b.name)));
        one.quiet.sort_by(|a, b| (b.average, &a.name).cmp(&(a.average, &b.name)));
    }
    spending
}
