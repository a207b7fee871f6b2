//! Everything that is kept about one transaction.

use chrono::{DateTime, Datelike as _, Months, NaiveDate, Utc};
use color_eyre::Result;
use color_eyre::eyre::WrapErr as _;

use super::Store;
use super::engine::with_db;
use super::transaction_row::TransactionRow;
use crate::domain::{
    Annotation, Change, Currency, Money, StoredTransaction, Transaction, TransactionDetail,
    TransactionId, TransactionKey,
};

/// The row with the user's words about it and the bank's own text.
const ROW: &str = "
    select t.*, a.note as own_note, a.category as own_category, a.name as own_name,
        coalesce(a.left_out, false) as own_left_out, r.body as raw
    from pb_transactions t
        left join pb_annotations a on a.account_id = t.account_id and a.transaction_id = t.id
        left join pb_raw_replies r
            on r.account_id = t.account_id and r.kind = 'transaction' and r.id = t.id
    where t.account_id = $1 and t.id = $2";

const TAGS: &str = "
    select tag from pb_tags
    where account_id = $1 and transaction_id = $2 and not removed order by tag";

/// The row and those it replaced, each with its changes: oldest row first. A row without changes
/// has one line all the same.
const CHANGES: &str = "
    with recursive line (id, steps) as (
        select cast($2 as text), 0
        union all
        select t.id, l.steps + 1
        from line l join pb_transactions t
            on t.account_id = $1 and t.life <> 'live' and t.replaced_by = l.id
        where l.steps < 20
    )
    select t.id, t.born, t.amount, t.currency, t.first_seen_at,
        c.changed_at, c.field, c.old_value, c.new_value
    from line l
        join pb_transactions t on t.account_id = $1 and t.id = l.id
        left join pb_transaction_changes c on c.account_id = $1 and c.transaction_id = l.id
    order by l.steps desc, t.id, c.id";

const TWIN: &str = "
    select t.* from pb_transfers p join pb_transactions t
        on t.account_id = p.twin_account_id and t.id = p.twin_id
    where p.account_id = $1 and p.transaction_id = $2 and not p.parted
    union all
    select t.* from pb_transfers p join pb_transactions t
        on t.account_id = p.account_id and t.id = p.transaction_id
    where p.twin_account_id = $1 and p.twin_id = $2 and not p.parted";

const ALIKE: &str = "
    select * from pb_transactions
    where life = 'live' and counterparty is not null and counterparty = $1
    order by date desc, account_id desc, seq desc, id desc
    limit 12";

/// By month, as 2026-11.
const ALIKE_MONTHS: &str = "
    select substr(cast(date as text), 1, 7), count(*), cast(sum(amount) as bigint)
    from pb_transactions
    where life = 'live' and counterparty is not null and counterparty = $1
        and date >= $2 and date <= $3 and currency = $4
    group by substr(cast(date as text), 1, 7)";

#[derive(sqlx::FromRow)]
struct DetailRow {
    #[sqlx(flatten)]
    row: TransactionRow,
    own_note: Option<String>,
    own_category: Option<String>,
    own_name: Option<String>,
    own_left_out: bool,
    raw: Option<String>,
}

#[derive(sqlx::FromRow)]
struct ChangeRow {
    id: TransactionId,
    born: String,
    amount: i64,
    currency: String,
    first_seen_at: DateTime<Utc>,
    changed_at: Option<DateTime<Utc>>,
    field: Option<String>,
    old_value: Option<String>,
    new_value: Option<String>,
}

/// Month, rows, sum.
type MonthRow = (String, i64, i64);

impl Store {
    pub async fn load_detail(&self, key: &TransactionKey) -> Result<Option<TransactionDetail>> {
        let account = &key.account_id;
        with_db!(self, |db| {
            let row = sqlx::query_as(ROW).bind(account).bind(&key.id);
            let Some(row): Option<DetailRow> = row.fetch_optional(&mut *db).await? else {
                return Ok(None);
            };
            let tags = sqlx::query_scalar(TAGS).bind(account).bind(&key.id);
            let tags = tags.fetch_all(&mut *db).await?;
            let changes = sqlx::query_as(CHANGES).bind(account).bind(&key.id);
            let changes: Vec<ChangeRow> = changes.fetch_all(&mut *db).await?;
            let mut detail = row.into_detail(tags, &changes);
            if detail.stored.shown.transfer {
                let twin = sqlx::query_as(TWIN).bind(account).bind(&key.id);
                let twin: Option<TransactionRow> = twin.fetch_optional(&mut *db).await?;
                detail.twin = twin.map(|row| Box::new(row.into()));
            }
            let Transaction { counterparty, date, amount, .. } = &detail.stored.transaction;
            if let Some(counterparty) = counterparty {
                let alike: Vec<TransactionRow> =
                    sqlx::query_as(ALIKE).bind(counterparty).fetch_all(&mut *db).await?;
                let months = months_until(*date);
                let sums = sqlx::query_as(ALIKE_MONTHS).bind(counterparty).bind(months[0]);
                let sums = sums.bind(date).bind(amount.currency.code()).fetch_all(db).await?;
                detail.alike_months = by_month(&months, &sums);
                detail.alike = alike.into_iter().map(StoredTransaction::from).collect();
            }
            Ok(Some(detail))
        })
        .wrap_err("loading a transaction")
    }
}

impl DetailRow {
    fn into_detail(self, tags: Vec<String>, changes: &[ChangeRow]) -> TransactionDetail {
        let stored = StoredTransaction::from(self.row);
        // Oldest first: the last other one is the one right before.
        let mut others = changes.iter().rev().map(|change| &change.id);
        let predecessor = others.find(|id| **id != stored.transaction.id).cloned();
        TransactionDetail {
            stored,
            annotation: Annotation {
                note: self.own_note,
                category: self.own_category,
                name: self.own_name,
                tags,
                untagged: Vec::new(),
                left_out: self.own_left_out,
            },
            changes: tell(changes),
            raw: self.raw,
            alike: Vec::new(),
            alike_months: Vec::new(),
            predecessor,
            twin: None,
        }
    }
}

/// What was first seen, worked out backwards from what changed since; then the changes themselves.
fn tell(rows: &[ChangeRow]) -> Vec<Change> {
    let Some(oldest) = rows.first() else { return Vec::new() };
    let currency = Currency::parse(&oldest.currency).unwrap_or(Currency::NONE);
    let amount = rows
        .iter()
        .find(|row| row.id == oldest.id && row.field.as_deref() == Some("amount"))
        .and_then(|row| row.old_value.clone())
        .unwrap_or_else(|| Money::new(oldest.amount, currency).to_string());
    let first_seen = Change {
        changed_at: oldest.first_seen_at,
        field: "first_seen".to_owned(),
        old: None,
        new: Some(format!("{} {amount}", oldest.born)),
    };
    let later = rows.iter().filter_map(|row| {
        Some(Change {
            changed_at: row.changed_at?,
            field: row.field.clone()?,
            old: row.old_value.clone(),
            new: row.new_value.clone(),
        })
    });
    std::iter::once(first_seen).chain(later).collect()
}

/// The first days of the twelve months that end with the one of `last`.
fn months_until(last: NaiveDate) -> Vec<NaiveDate> {
    let month = last.with_day(1).expect("every month has a first day");
    (0..12).rev().map(|back| month - Months::new(back)).collect()
}

fn by_month(months: &[NaiveDate], rows: &[MonthRow]) -> Vec<(NaiveDate, i64, i64)> {
    let of = |month: &NaiveDate| {
        let name = month.format("%Y-%m").to_string();
        let row = rows.iter().find(|(month, ..)| *month == name);
        row.map_or((*month, 0, 0), |&(_, count, sum)| (*month, count, sum))
    };
    months.iter().map(of).collect()
}
