//! The rows of a question from the oldest on, as they stand at one instant, with all that is kept
//! about each: what an export is made of.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use color_eyre::Result;
use tokio::sync::mpsc;

use super::sql::{Rows, Sql};
use super::{ROWS_A_STATEMENT, asking, words_of};
use crate::domain::{
    AccountId, AccountSum, Anchor, Annotation, Currency, Frame, HandKind, Money, OtherHalf,
    OutgoingAccount, OutgoingRow, Scope, Sort, Status, StoredTransaction, TransactionId,
    TransactionKey, TransactionQuery, ValuedAccount,
};
use crate::store::Store;
use crate::store::accounts::{AccountRow, account_columns, arrange};
use crate::store::engine::with_snapshot;
use crate::store::transaction_row::TransactionRow;

/// One piece of the stream: the frame first.
#[derive(Debug)]
pub enum Outgoing {
    Frame(Box<Frame>),
    /// Oldest first.
    Rows(Vec<OutgoingRow>),
}

/// Rows read at a time.
const PAGE: u32 = 1000;

const ACCOUNTS: &str = concat!(
    "select ",
    account_columns!(),
    ", w.name as own_name from pb_accounts a
     left join pb_account_words w on w.account_id = a.id where a.merged_into is null"
);

const SUMS: &str = "
    select account_id, currency, min(day) as first_day, cast(sum(posted) as bigint) as posted,
        cast(sum(case when day < $1 then posted else 0 end) as bigint) as before
    from pb_days group by account_id, currency order by account_id, currency";

const MEASURED: &str = "
    select account_id, observed_at, ledger, currency from pb_balance_snapshots
    where ledger is not null order by account_id, observed_at";

const CATEGORIES: &str = "
    select distinct shown_category, cast(case when amount > 0 then 1 else 0 end as bigint)
    from pb_transactions where life = 'live'";

const ALL_TAGS: &str = "select distinct tag from pb_tags where not removed";

const BY_HAND: &str = "
    select h.id, h.name, h.kind, h.currency, v.day, v.amount
    from pb_hand_accounts h join pb_hand_values v on v.account_id = h.id
    order by h.position, h.id, v.day";

/// Twins of rows that the pair was found from, and of those that it was found for.
const TWINS: [&str; 2] = [
    "select f.account_id, f.transaction_id, t.account_id as twin_account_id, t.id as twin_id,
        t.date, t.amount, t.currency, t.status
    from asked join pb_transfers f
        on f.account_id = asked.account_id and f.transaction_id = asked.id and not f.parted
    join pb_transactions t
        on t.account_id = f.twin_account_id and t.id = f.twin_id and t.life = 'live'",
    "select f.twin_account_id as account_id, f.twin_id as transaction_id,
        t.account_id as twin_account_id, t.id as twin_id, t.date, t.amount, t.currency, t.status
    from asked join pb_transfers f
        on f.twin_account_id = asked.account_id and f.twin_id = asked.id and not f.parted
    join pb_transactions t
        on t.account_id = f.account_id and t.id = f.transaction_id and t.life = 'live'",
];

#[derive(sqlx::FromRow)]
struct NamedAccount {
    #[sqlx(flatten)]
    account: AccountRow,
    own_name: Option<String>,
}

#[derive(sqlx::FromRow)]
struct SumRow {
    account_id: AccountId,
    currency: String,
    first_day: NaiveDate,
    posted: i64,
    before: i64,
}

#[derive(sqlx::FromRow)]
struct ValueRow {
    id: AccountId,
    name: String,
    kind: String,
    currency: String,
    day: NaiveDate,
    amount: i64,
}

#[derive(sqlx::FromRow)]
struct TwinRow {
    account_id: AccountId,
    transaction_id: TransactionId,
    twin_account_id: AccountId,
    twin_id: TransactionId,
    date: NaiveDate,
    amount: i64,
    currency: String,
    status: String,
}

/// What stands around the rows; for books all of it.
macro_rules! frame {
    ($db:ident, $since:expr, $books:expr) => {{
        let mut accounts: Vec<NamedAccount> = sqlx::query_as(ACCOUNTS).fetch_all(&mut *$db).await?;
        arrange(&mut accounts, |row| &row.account);
        let accounts = accounts.into_iter().map(OutgoingAccount::from).collect();
        let mut frame = Frame { accounts, ..Frame::default() };
        if $books {
            // Nothing stands before the first day there is.
            let since: NaiveDate = $since.unwrap_or(NaiveDate::MIN);
            let since = since.max(EARLIEST);
            let sums: Vec<SumRow> = sqlx::query_as(SUMS).bind(since).fetch_all(&mut *$db).await?;
            let measured: Vec<(AccountId, DateTime<Utc>, i64, String)> =
                sqlx::query_as(MEASURED).fetch_all(&mut *$db).await?;
            let categories: Vec<(Option<String>, i64)> =
                sqlx::query_as(CATEGORIES).fetch_all(&mut *$db).await?;
            let values: Vec<ValueRow> = sqlx::query_as(BY_HAND).fetch_all(&mut *$db).await?;
            add_sums(&mut frame, sums);
            add_measured(&mut frame, measured);
            // Sorted here: the engines differ in how they sort text.
            frame.categories =
                categories.into_iter().map(|(name, money_in)| (name, money_in > 0)).collect();
            frame.categories.sort_unstable();
            frame.tags = sqlx::query_scalar(ALL_TAGS).fetch_all(&mut *$db).await?;
            frame.tags.sort_unstable();
            frame.by_hand = valued(values);
        }
        frame
    }};
}

/// Both engines know this day.
const EARLIEST: NaiveDate = NaiveDate::from_ymd_opt(1, 1, 1).expect("a day");

macro_rules! twins_of {
    ($db:ident, $rows:expr) => {{
        let halves: Vec<&StoredTransaction> =
            $rows.iter().filter(|row| row.shown.transfer).collect();
        let mut twins: HashMap<TransactionKey, OtherHalf> = HashMap::new();
        for chunk in halves.chunks(ROWS_A_STATEMENT) {
            for select in TWINS {
                let found: Vec<TwinRow> =
                    asking!(chunk, select).build_query_as().fetch_all(&mut *$db).await?;
                twins.extend(found.into_iter().map(TwinRow::split));
            }
        }
        twins
    }};
}

impl Store {
    /// Sends the frame, then every row that the query means, whatever its anchor and limit. Ends
    /// early where nobody listens any more.
    pub async fn send_out(
        &self,
        query: &TransactionQuery,
        books: bool,
        parts: mpsc::Sender<Outgoing>,
    ) -> Result<()> {
        let (anchor, sort) = (Anchor::Oldest, Sort::default());
        let mut query = TransactionQuery { anchor, sort, limit: PAGE, ..query.clone() };
        with_snapshot!(self, Result<()>, |db| {
            let frame = frame!(db, query.since, books);
            if parts.send(Outgoing::Frame(Box::new(frame))).await.is_err() {
                return Ok(());
            }
            loop {
                let mut rows: Vec<StoredTransaction> = Vec::new();
                for &kind in Rows::of(&query) {
                    let mut sql = Sql::window(&query, kind);
                    let found: Vec<TransactionRow> =
                        sql.build_query_as().fetch_all(&mut *db).await?;
                    let noted = kind == Rows::Noted;
                    rows.extend(
                        found.into_iter().map(|row| StoredTransaction { noted, ..row.into() }),
                    );
                }
                // One more than the limit was asked for, of each kind.
                if query.scope != Scope::Live {
                    rows.sort_by_cached_key(StoredTransaction::position);
                }
                let more = rows.len() > PAGE as usize;
                rows.truncate(PAGE as usize);
                let Some(last) = rows.last() else { return Ok(()) };
                query.anchor = Anchor::Newer(last.position());
                let words = words_of!(db, rows);
                let twins = twins_of!(db, rows);
                let rows = together(rows, words, twins);
                if parts.send(Outgoing::Rows(rows)).await.is_err() || !more {
                    return Ok(());
                }
            }
        })
    }
}

fn together(
    rows: Vec<StoredTransaction>,
    mut words: HashMap<TransactionKey, Annotation>,
    mut twins: HashMap<TransactionKey, OtherHalf>,
) -> Vec<OutgoingRow> {
    let row = |stored: StoredTransaction| {
        let key = stored.key();
        let own = words.remove(&key).unwrap_or_default();
        OutgoingRow { own, twin: twins.remove(&key), stored }
    };
    rows.into_iter().map(row).collect()
}

fn money(minor: i64, currency: &str) -> Money {
    Money::new(minor, Currency::parse(currency).unwrap_or(Currency::NONE))
}

/// Those of an account in the frame.
fn of<'a>(frame: &'a mut Frame, id: &AccountId) -> Option<&'a mut OutgoingAccount> {
    frame.accounts.iter_mut().find(|account| account.account.id == *id)
}

fn add_sums(frame: &mut Frame, sums: Vec<SumRow>) {
    for row in sums {
        let currency = Currency::parse(&row.currency).unwrap_or(Currency::NONE);
        let SumRow { first_day, posted, before, .. } = row;
        if let Some(account) = of(frame, &row.account_id) {
            account.sums.push(AccountSum { currency, first_day, posted, before });
        }
    }
}

fn add_measured(frame: &mut Frame, measured: Vec<(AccountId, DateTime<Utc>, i64, String)>) {
    for (id, at, minor, currency) in measured {
        if let Some(account) = of(frame, &id) {
            account.measured.push((at, money(minor, &currency)));
        }
    }
}

fn valued(rows: Vec<ValueRow>) -> Vec<ValuedAccount> {
    let mut accounts: Vec<ValuedAccount> = Vec::new();
    for row in rows {
        let value = (row.day, money(row.amount, &row.currency));
        match accounts.last_mut().filter(|account| account.id == row.id) {
            Some(account) => account.values.push(value),
            None => accounts.push(ValuedAccount {
                id: row.id,
                name: row.name,
                owed: HandKind::parse(&row.kind).is_some_and(HandKind::is_owed),
                values: vec![value],
            }),
        }
    }
    accounts
}

impl From<NamedAccount> for OutgoingAccount {
    fn from(row: NamedAccount) -> Self {
        let (own_name, account) = (row.own_name, row.account.into());
        Self { account, own_name, sums: Vec::new(), measured: Vec::new() }
    }
}

impl TwinRow {
    fn split(self) -> (TransactionKey, OtherHalf) {
        let key = TransactionKey { account_id: self.account_id, id: self.transaction_id };
        let twin = TransactionKey { account_id: self.twin_account_id, id: self.twin_id };
        let amount = money(self.amount, &self.currency);
        let status = Status::from(self.status.as_str());
        (key, OtherHalf { key: twin, date: self.date, amount, status })
    }
}
