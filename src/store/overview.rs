//! What the accounts screen opens with: every account with its balances, its days and this month.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Datelike as _, Days, Months, NaiveDate, NaiveTime, Utc};
use color_eyre::Result;
use color_eyre::eyre::WrapErr as _;
use sqlx::QueryBuilder;

use super::Store;
use super::accounts::{
    AccountRow, ENROLLMENTS, EnrollmentRow, account_columns, arrange, from_accounts,
};
use super::engine::with_db;
use super::hand::{self, HandRow, ValueRow};
use super::packed::Packed;
use super::runs::{self, RESULTS, RUNS, ResultRow, RunRow};
use crate::domain::{
    Account, AccountId, AccountOverview, Currency, Enrollment, Flow, MonthTotals, Overview,
    Snapshot,
};

const ACCOUNTS: &str = concat!(
    "select ",
    account_columns!(),
    ", a.name as bank_name, coalesce(w.hidden, false) as hidden, a.duplicate_of,
        case when a.enrollment_id like 'python-app:%' and not exists (
            select 1 from pb_raw_replies r where r.account_id = a.id and r.kind = 'account')
            then true else false end as currency_assumed,
        s.done, s.cursor_date, s.judged_at,
        (select min(date) from pb_transactions t where t.account_id = a.id and t.life = 'live')
            as oldest,
        (select cast(coalesce(sum(amount), 0) as bigint) from pb_transactions t
            where t.account_id = a.id and t.life = 'live' and t.status = 'pending') as pending ",
    from_accounts!(),
    "left join pb_sync_state s on s.account_id = a.id
    where a.merged_into is null"
);

/// Those from the instant `$1` on and the last one before it.
const SNAPSHOTS: &str = "
    select s.account_id, string_agg(cast(s.observed_at as text)
        || '|' || coalesce(cast(s.ledger as text), '')
        || '|' || coalesce(cast(s.available as text), '')
        || '|' || s.currency, ',') as rows
    from pb_accounts a join pb_balance_snapshots s on s.account_id = a.id
        and s.observed_at >= coalesce(
            (select max(p.observed_at) from pb_balance_snapshots p
                where p.account_id = a.id and p.observed_at < $1), $1)
    group by s.account_id";

/// The sums of the days, less what counts in no insight: transfers between own accounts, and rows
/// that the user left out.
const MONTH: &str = "
    select d.currency, cast(sum(d.money_in) as bigint), cast(sum(d.money_out) as bigint)
    from pb_days d join pb_accounts a on a.id = d.account_id
    where d.day >= $1 and d.day < $2 and a.duplicate_of is null
        and a.id not in (select account_id from pb_account_words where hidden)
    group by d.currency
    union all
    select t.currency, cast(-sum(case when t.amount > 0 then t.amount else 0 end) as bigint),
        cast(-sum(case when t.amount < 0 then t.amount else 0 end) as bigint)
    from pb_transactions t join pb_accounts a on a.id = t.account_id
    where t.life = 'live' and t.date >= $1 and t.date < $2 and (t.transfer or t.left_out)
        and a.duplicate_of is null
        and a.id not in (select account_id from pb_account_words where hidden)
    group by t.currency";

const QUARANTINED: &str = "select count(*) from pb_quarantine where resolved_at is null";

#[derive(sqlx::FromRow)]
struct OverviewRow {
    #[sqlx(flatten)]
    account: AccountRow,
    bank_name: String,
    hidden: bool,
    duplicate_of: Option<AccountId>,
    /// Taken over without a record of the bank's.
    currency_assumed: bool,
    done: Option<bool>,
    cursor_date: Option<NaiveDate>,
    judged_at: Option<DateTime<Utc>>,
    oldest: Option<NaiveDate>,
    pending: i64,
}

/// Currency, money in, money out.
type MonthRow = (String, i64, i64);

/// All that is read, as the database hands it over.
struct Rows {
    accounts: Vec<OverviewRow>,
    hands: Vec<HandRow>,
    values: Vec<ValueRow>,
    snapshots: HashMap<AccountId, Vec<Snapshot>>,
    flows: HashMap<AccountId, Vec<Flow>>,
    month: Vec<MonthRow>,
    enrollments: Vec<EnrollmentRow>,
    runs: Vec<RunRow>,
    results: Vec<ResultRow>,
    quarantined: i64,
}

impl Store {
    /// `days` days up to and including `today`, and the month of `today`.
    pub async fn load_overview(&self, today: NaiveDate, days: u32) -> Result<Overview> {
        let first = today - Days::new(u64::from(days.saturating_sub(1)));
        let month = today.with_day(1).expect("every month has a first day");
        let next_month = month + Months::new(1);
        let rows = with_db!(self, |db| {
            let mut accounts: Vec<OverviewRow> =
                sqlx::query_as(ACCOUNTS).fetch_all(&mut *db).await?;
            arrange(&mut accounts, |row| &row.account);
            let snapshots: Vec<Packed> =
                sqlx::query_as(SNAPSHOTS).bind(start_of(first)).fetch_all(&mut *db).await?;
            let snapshots = unpack(snapshots, Packed::snapshots)?;
            let mut flows = Vec::new();
            if !accounts.is_empty() {
                let mut sql = QueryBuilder::new(FLOWS_SINCE);
                sql.push_values(&accounts, |mut account, row| {
                    let known = snapshots.get(row.account.id()).map_or(&[][..], Vec::as_slice);
                    account.push_bind(row.account.id()).push_bind(flows_since(first, known));
                });
                sql.push(FLOWS);
                flows = sql.build_query_as().fetch_all(&mut *db).await?;
            }
            Ok(Rows {
                accounts,
                hands: sqlx::query_as(hand::ACCOUNTS).fetch_all(&mut *db).await?,
                values: sqlx::query_as(hand::VALUES).fetch_all(&mut *db).await?,
                snapshots,
                flows: unpack(flows, Packed::flows)?,
                month: sqlx::query_as(MONTH)
                    .bind(month)
                    .bind(next_month)
                    .fetch_all(&mut *db)
                    .await?,
                enrollments: sqlx::query_as(ENROLLMENTS).fetch_all(&mut *db).await?,
                runs: sqlx::query_as(RUNS).bind(1_i64).fetch_all(&mut *db).await?,
                results: sqlx::query_as(RESULTS).bind(1_i64).fetch_all(&mut *db).await?,
                quarantined: sqlx::query_scalar(QUARANTINED).fetch_one(db).await?,
            })
        })
        .wrap_err("loading the overview")?;
        Ok(rows.into())
    }
}

/// Each account with the day from which its flows are wanted.
const FLOWS_SINCE: &str = "with wanted (account_id, since) as (";
const FLOWS: &str = ")
    select d.account_id, string_agg(cast(d.day as text) || '|' || cast(d.posted as text), ',') as rows
    from wanted w
        join pb_accounts a on a.id = w.account_id
        join pb_days d on d.account_id = w.account_id and d.day >= w.since
            and d.currency = a.currency
    group by d.account_id";

/// A day may begin up to 14 hours before its UTC namesake.
fn start_of(day: NaiveDate) -> DateTime<Utc> {
    (day - Days::new(1)).and_time(NaiveTime::MIN).and_utc()
}

/// The balance is carried on from the first snapshot, which may be older than the days shown.
fn flows_since(first: NaiveDate, snapshots: &[Snapshot]) -> NaiveDate {
    let oldest = snapshots.first().map(|snapshot| snapshot.observed_at.date_naive() - Days::new(1));
    oldest.map_or(first, |day| day.min(first))
}

fn unpack<T>(
    accounts: Vec<Packed>,
    rows: fn(&Packed) -> Result<Vec<T>>,
) -> sqlx::Result<HashMap<AccountId, Vec<T>>> {
    let unpacked = accounts.into_iter().map(|packed| {
        let rows = rows(&packed).map_err(|error| sqlx::Error::Decode(error.into()))?;
        Ok((packed.account_id, rows))
    });
    unpacked.collect()
}

impl From<Rows> for Overview {
    fn from(rows: Rows) -> Self {
        let (mut snapshots, mut flows) = (rows.snapshots, rows.flows);
        let accounts = rows.accounts.into_iter().map(|row| {
            let snapshots = snapshots.remove(row.account.id()).unwrap_or_default();
            let flows = flows.remove(row.account.id()).unwrap_or_default();
            row.into_overview(snapshots, flows)
        });
        let by_hand = hand::assemble(rows.hands, rows.values);
        let mut month: BTreeMap<Currency, MonthTotals> = BTreeMap::new();
        for (currency, money_in, money_out) in rows.month {
            let currency = Currency::parse(&currency).unwrap_or(Currency::NONE);
            let totals = month.entry(currency).or_default();
            totals.money_in = totals.money_in.saturating_add(money_in);
            totals.money_out = totals.money_out.saturating_add(money_out);
        }
        Self {
            accounts: accounts.chain(by_hand).collect(),
            enrollments: rows.enrollments.into_iter().map(Enrollment::from).collect(),
            month,
            last_run: runs::assemble(rows.runs, rows.results).pop(),
            quarantined: rows.quarantined,
        }
    }
}

impl OverviewRow {
    fn into_overview(self, snapshots: Vec<Snapshot>, flows: Vec<Flow>) -> AccountOverview {
        let complete = self.done.unwrap_or(false);
        // Of the day where the back-fill stands, some rows may still be missing.
        let partly = self.cursor_date.or(self.oldest).map(|day| day + Days::new(1));
        let own_name = self.account.name() != self.bank_name;
        AccountOverview {
            bank_name: own_name.then_some(self.bank_name),
            hidden: self.hidden,
            hand: None,
            latest: snapshots.last().cloned(),
            snapshots,
            flows,
            reach: if complete { self.oldest } else { partly },
            pending: self.pending,
            complete,
            synced_at: self.judged_at,
            currency_assumed: self.currency_assumed,
            possible_duplicate: self.duplicate_of.is_some(),
            account: Account::from(self.account),
        }
    }
}
