//! Rows as detection reads them, packed: one by one, a quarter of a million would take seconds.

use chrono::NaiveDate;
use color_eyre::Result;
use color_eyre::eyre::{OptionExt as _, WrapErr as _};

use crate::domain::insight::Fact;
use crate::domain::{AccountId, Currency, Money, TransactionKey};
use crate::store::Store;
use crate::store::engine::with_db;

/// Stand between fields and rows: the information separators, which no bank writes.
const FIELD: char = '\u{1f}';
const ROW: char = '\u{1e}';

/// Fees are known by their text, which is read of those rows alone that may be one.
const FACTS: &str = "
    select t.merchant, t.currency, string_agg(
        t.account_id || '\u{1f}' || t.id || '\u{1f}' || cast(t.date as text)
        || '\u{1f}' || cast(t.amount as text) || '\u{1f}' || t.status || '\u{1f}' || t.type
        || '\u{1f}' || coalesce(t.shown_category, '')
        || '\u{1f}' || case when t.transfer then coalesce(
            (select p.twin_account_id from pb_transfers p where p.account_id = t.account_id
                and p.transaction_id = t.id and not p.parted),
            (select p.account_id from pb_transfers p where p.twin_account_id = t.account_id
                and p.twin_id = t.id and not p.parted), '') else '' end
        || '\u{1f}' || case when t.type = 'fee' or t.words like '%fee%'
            or t.words like '%charge%' or t.words like '%overdraft%' or t.words like '%nsf%'
            then t.description else '' end,
        '\u{1e}') as rows
    from pb_transactions t
    where t.life = 'live' and t.date >= $1 and not t.left_out
        and t.account_id not in (select id from pb_accounts where duplicate_of is not null)
    group by t.merchant, t.currency";

impl Store {
    /// Live rows from this day on that count in insights.
    pub(super) async fn load_facts(&self, since: NaiveDate) -> Result<Vec<Fact>> {
        let groups: Vec<(String, String, String)> =
            with_db!(self, |db| sqlx::query_as(FACTS).bind(since).fetch_all(db).await)
                .wrap_err("loading rows to find patterns in")?;
        let mut facts = Vec::new();
        for (merchant, currency, rows) in &groups {
            let currency = Currency::parse(currency).unwrap_or(Currency::NONE);
            for row in rows.split(ROW) {
                facts.push(unpack(merchant, currency, row)?);
            }
        }
        Ok(facts)
    }
}

fn unpack(merchant: &str, currency: Currency, row: &str) -> Result<Fact> {
    let mut fields = row.split(FIELD);
    let mut field = || fields.next().ok_or_eyre("a row to find patterns in has nine fields");
    let filled = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    Ok(Fact {
        key: TransactionKey { account_id: field()?.into(), id: field()?.into() },
        date: field()?.parse()?,
        amount: Money::new(field()?.parse()?, currency),
        pending: field()? == "pending",
        kind: field()?.to_owned(),
        category: filled(field()?),
        twin: filled(field()?).map(AccountId),
        text: field()?.to_owned(),
        merchant: merchant.to_owned(),
    })
}
