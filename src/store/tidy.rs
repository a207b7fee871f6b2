//! Thinning what nobody can ask for any more: told first, and in one transaction.
//!
//! Facts stay for good: transactions, their bodies, every amount, date, text and status that the bank
//! has changed, every word of the user's, and each balance that was another one than before.

use chrono::{DateTime, TimeDelta, Utc};
use color_eyre::Result;
use color_eyre::eyre::WrapErr as _;
use serde::Serialize;

use super::Store;
use super::engine::{Engine, with_db, with_tx};

/// Balances younger than this are all kept.
const BALANCES: TimeDelta = TimeDelta::days(30);
/// How long each sync that found nothing is remembered, and what each one read and concluded.
const SYNCS: TimeDelta = TimeDelta::days(90);
/// How long the bank's changes to what is no fact about the money are kept.
const CHANGES: TimeDelta = TimeDelta::days(365);

/// What goes, or would go. Counts are rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Tidied {
    /// Between two that are equal, on the same day.
    pub equal_balances: u64,
    /// Finished well and found nothing.
    pub idle_syncs: u64,
    /// What older syncs read and concluded, step by step.
    pub explanations: u64,
    /// Of running balances and of how far the bank had processed a row.
    pub changes: u64,
    /// Rows kept aside that have been read or withdrawn since.
    pub resolved: u64,
    /// Announcements of the bank, answered long ago.
    pub announcements: u64,
}

impl Tidied {
    pub fn is_nothing(&self) -> bool {
        *self == Self::default()
    }
}

macro_rules! equal_balances {
    () => {
        "
    select account_id, observed_at from (
        select account_id, observed_at,
            case when lag(observed_at) over w is not null
                and lead(observed_at) over w is not null
                and ledger is not distinct from lag(ledger) over w
                and ledger is not distinct from lead(ledger) over w
                and available is not distinct from lag(available) over w
                and available is not distinct from lead(available) over w
                then 1 else 0 end as equal
        from pb_balance_snapshots
        window w as (
            partition by account_id, currency, substr(cast(observed_at as text), 1, 10)
            order by observed_at)
    ) as looked_at
    where equal = 1 and observed_at < $1"
    };
}

macro_rules! idle_syncs {
    () => {
        "
    select id from pb_sync_runs r
    where r.outcome = 'ok' and r.started_at < $1
        and not exists (
            select 1 from pb_sync_results s
            where s.run_id = r.id and (s.outcome <> 'ok' or s.new_rows <> 0 or s.settled_rows <> 0
                or s.changed_rows <> 0 or s.gone_rows <> 0 or s.paired_rows <> 0
                or s.quarantined_rows <> 0))
        and not exists (select 1 from pb_transaction_changes c where c.run_id = r.id)"
    };
}

macro_rules! explanations {
    () => {
        "
    from pb_sync_explanations
    where run_id in (select id from pb_sync_runs where started_at < $1)"
    };
}

macro_rules! changes_of_little {
    () => {
        "
    from pb_transaction_changes
    where field in ('running_balance', 'processing_status') and changed_at < $1"
    };
}

macro_rules! resolved {
    () => {
        "from pb_quarantine where resolved_at < $1"
    };
}

/// Nobody can deliver one again: its signature is believed for three minutes.
macro_rules! announcements {
    () => {
        "from pb_webhooks where handled_at < $1"
    };
}

/// The bodies of balances that are there no more.
const BODIES: &str = "
    delete from pb_raw_replies
    where kind = 'balance' and received_at < $1 and not exists (
        select 1 from pb_balance_snapshots b
        where b.account_id = pb_raw_replies.account_id
            and b.observed_at = pb_raw_replies.received_at)";

/// The instants before which things may go.
struct Limits {
    balances: DateTime<Utc>,
    syncs: DateTime<Utc>,
    changes: DateTime<Utc>,
}

impl Limits {
    fn at(now: DateTime<Utc>) -> Self {
        Self { balances: now - BALANCES, syncs: now - SYNCS, changes: now - CHANGES }
    }
}

macro_rules! delete {
    ($tx:ident, $sql:expr, $before:expr) => {
        sqlx::query($sql).bind($before).execute(&mut *$tx).await?.rows_affected()
    };
}

/// Outside any transaction, as both engines demand, and without a statement that has a name.
macro_rules! run_all {
    ($engine:expr, $statements:expr) => {{
        let mut session = $engine.write_plain().await?;
        for sql in $statements {
            sqlx::raw_sql(*sql).execute(&mut session).await?;
        }
        session.end(Ok(())).await
    }};
}

macro_rules! count {
    ($db:ident, $sql:expr, $before:expr) => {{
        let count: i64 = sqlx::query_scalar($sql).bind($before).fetch_one(&mut *$db).await?;
        count.unsigned_abs()
    }};
}

impl Store {
    /// What tidying would remove.
    pub async fn count_untidy(&self) -> Result<Tidied> {
        const BALANCES: &str = concat!("select count(*) from (", equal_balances!(), ") as found");
        const SYNCS: &str = concat!("select count(*) from (", idle_syncs!(), ") as found");
        with_db!(self, |db| {
            let limits = Limits::at(db.now().await?);
            Ok(Tidied {
                equal_balances: count!(db, BALANCES, limits.balances),
                idle_syncs: count!(db, SYNCS, limits.syncs),
                explanations: count!(
                    db,
                    concat!("select count(*) ", explanations!()),
                    limits.syncs
                ),
                changes: count!(
                    db,
                    concat!("select count(*) ", changes_of_little!()),
                    limits.changes
                ),
                resolved: count!(db, concat!("select count(*) ", resolved!()), limits.changes),
                announcements: count!(
                    db,
                    concat!("select count(*) ", announcements!()),
                    limits.syncs
                ),
            })
        })
        .wrap_err("counting what can be tidied")
    }

    /// Removes what [`Self::count_untidy`] counts.
    pub async fn tidy(&self) -> Result<Tidied> {
        const BALANCES: &str = concat!(
            "delete from pb_balance_snapshots where (account_id, observed_at) in (",
            equal_balances!(),
            ")"
        );
        with_tx!(self, |tx| {
            let limits = Limits::at(tx.now().await?);
            let explanations = delete!(tx, concat!("delete ", explanations!()), limits.syncs);
            let equal_balances = delete!(tx, BALANCES, limits.balances);
            delete!(tx, BODIES, limits.balances);
            // Their results tell which ones they are, and go first.
            let idle: Vec<String> =
                sqlx::query_scalar(idle_syncs!()).bind(limits.syncs).fetch_all(&mut *tx).await?;
            for id in &idle {
                for sql in [FORGET_RESULTS, FORGET_RUN] {
                    sqlx::query(sql).bind(id).execute(&mut *tx).await?;
                }
            }
            Ok(Tidied {
                equal_balances,
                idle_syncs: idle.len() as u64,
                explanations,
                changes: delete!(tx, concat!("delete ", changes_of_little!()), limits.changes),
                resolved: delete!(tx, concat!("delete ", resolved!()), limits.changes),
                announcements: delete!(tx, concat!("delete ", announcements!()), limits.syncs),
            })
        })
        .wrap_err("tidying the database")
    }

    /// Gives the room back and refreshes what the engine knows of its tables.
    pub async fn compact(&self) -> Result<()> {
        let compacted: sqlx::Result<()> = async {
            match self.engine() {
                Engine::Sqlite(engine) => run_all!(engine, SQLITE),
                Engine::Postgres(engine) => run_all!(engine, POSTGRES),
            }
        }
        .await;
        compacted.wrap_err("giving room back")
    }
}

const FORGET_RESULTS: &str = "delete from pb_sync_results where run_id = $1";
const FORGET_RUN: &str = "delete from pb_sync_runs where id = $1";

const SQLITE: &[&str] = &["vacuum", "analyze", "pragma wal_checkpoint(truncate)"];

/// The tables that tidying makes room in.
const POSTGRES: &[&str] = &[
    "vacuum (analyze) pb_balance_snapshots",
    "vacuum (analyze) pb_raw_replies",
    "vacuum (analyze) pb_sync_runs",
    "vacuum (analyze) pb_sync_results",
    "vacuum (analyze) pb_sync_explanations",
    "vacuum (analyze) pb_transaction_changes",
    "vacuum (analyze) pb_quarantine",
    "vacuum (analyze) pb_webhooks",
];
