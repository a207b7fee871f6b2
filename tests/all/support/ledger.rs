//! Rows for tests that read, written with plain SQL: they depend on no write of the store.

use std::fmt::Write as _;

use chrono::NaiveDate;
use passbook::domain::{Annotation, BankWords, Currency, Money, Said, Shown, search_words};

use super::TestDatabase;

/// One row of `pb_transactions`: a posted, live one of 1.00 unless said otherwise.
#[derive(Clone, Debug)]
pub struct Row {
    pub account: String,
    pub id: String,
    pub date: NaiveDate,
    pub seq: i64,
    pub amount: i64,
    pub currency: &'static str,
    pub status: &'static str,
    pub life: &'static str,
    pub replaced_by: Option<String>,
    pub counterparty: Option<String>,
}

impl Row {
    pub fn new(account: &str, id: &str, date: NaiveDate) -> Self {
        Self {
            account: account.to_owned(),
            id: id.to_owned(),
            date,
            seq: 0,
            amount: 100,
            currency: "USD",
            status: "posted",
            life: "live",
            replaced_by: None,
            counterparty: None,
        }
    }
}

pub fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// An account in dollars of the one enrollment `enr_1`.
pub async fn account(at: &TestDatabase, id: &str) {
    at.run(format!(
        "insert into pb_enrollments (id, institution_id, institution_name, environment, state,
            first_seen_at)
         values ('enr_1', 'harbor', 'Harbor Credit Union', 'sandbox', 'healthy',
            '2026-01-01T00:00:00+00:00')
         on conflict (id) do nothing;
         insert into pb_accounts (id, enrollment_id, institution_id, institution_name, name, type,
            subtype, currency, last_four, status, has_balances, has_transactions, position,
            first_seen_at)
         values ('{id}', 'enr_1', 'harbor', 'Harbor Credit Union', 'Account {id}', 'depository',
            'checking', 'USD', '0042', 'open', true, true,
            (select count(*) from pb_accounts), '2026-01-01T00:00:00+00:00')"
    ))
    .await;
}

/// Inserts the rows and makes the sums of the days from what is then there.
pub async fn transactions(at: &TestDatabase, rows: &[Row]) {
    for chunk in rows.chunks(1_000) {
        let mut sql = "insert into pb_transactions (account_id, id, date, seq, amount, currency, \
            description, status, type, life, replaced_by, counterparty, born, first_seen_at, \
            first_run, recheck, strikes, fence, digest, words, merchant, merchant_key) values "
            .to_owned();
        for (index, row) in chunk.iter().enumerate() {
            let comma = if index == 0 { "" } else { ", " };
            let Row { account, id, date, seq, amount, currency, status, life, .. } = row;
            let replaced_by = text(row.replaced_by.as_deref());
            let description = format!("ROW {id}");
            let bank = BankWords {
                description: &description,
                counterparty: row.counterparty.as_deref(),
                category: None,
                amount: Money::new(*amount, Currency::USD),
            };
            let (own, said) = (Annotation::default(), Said::default());
            let words = search_words(bank, &own, &said);
            let shown = Shown::of(bank, &own, &said);
            let (merchant, key) = (&shown.merchant, shown.merchant_key());
            let counterparty = text(row.counterparty.as_deref());
            write!(
                sql,
                "{comma}('{account}', '{id}', '{date}', {seq}, {amount}, '{currency}', '{description}', \
                 '{status}', 'card_payment', '{life}', {replaced_by}, {counterparty}, '{status}', \
                 '{date}T12:00:00+00:00', 'run_1', 0, 0, 0, 0, '{words}', '{merchant}', '{key}')"
            )
            .unwrap();
        }
        at.run(sql).await;
    }
    at.run(
        "delete from pb_days;
         insert into pb_days (account_id, day, currency, entries, posted, money_in, money_out)
         select account_id, date, currency, count(*),
            sum(case when status = 'posted' then amount else 0 end),
            sum(case when amount > 0 then amount else 0 end),
            sum(case when amount < 0 then amount else 0 end)
         from pb_transactions where life = 'live' group by account_id, date, currency;
         delete from pb_word_stamps;
         insert into pb_word_stamps (month, stamp)
         select distinct substr(cast(date as text), 1, 7), 'old' from pb_transactions",
    )
    .await;
}

pub async fn snapshot(at: &TestDatabase, account: &str, instant: &str, ledger: i64) {
    at.run(format!(
        "insert into pb_balance_snapshots (account_id, observed_at, ledger, available, currency)
         values ('{account}', '{instant}', {ledger}, null, 'USD')"
    ))
    .await;
}

fn text(value: Option<&str>) -> String {
    value.map_or_else(|| "null".to_owned(), |value| format!("'{value}'"))
}
