//! What a primary and a replica say about themselves, and whether the two belong together.

use std::time::Duration;

use sqlx::postgres::PgConnection;
use sqlx::{FromRow as _, Row as _};

use crate::domain::Unfit;

/// The primary at an instant.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub(super) struct Head {
    /// In its log: whatever could be read by then was logged before.
    pub position: i64,
    #[sqlx(flatten)]
    pub identity: Identity,
    /// The newest sync of all. A replica that has come so far holds it; another database does not.
    pub run: Option<String>,
}

/// The replica at an instant.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(super) struct Seen {
    pub standby: bool,
    /// No transaction pooler stands between.
    pub direct: bool,
    pub server: String,
    pub replayed: Option<i64>,
    pub received: Option<i64>,
    /// Seconds since the newest replayed transaction was committed.
    pub since_commit: Option<f64>,
    #[sqlx(flatten)]
    pub identity: Identity,
}

/// The same on a primary and its replicas: a replica is a copy of the files.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub(super) struct Identity {
    /// `None` where it may not be asked for, as the next.
    pub system: Option<String>,
    /// Grows with each fail-over.
    pub timeline: Option<i32>,
    pub database_oid: i64,
    pub table_oid: Option<i64>,
}

macro_rules! identity {
    ($system:literal, $timeline:literal) => {
        concat!(
            $system,
            " as system, ",
            $timeline,
            " as timeline, (select cast(oid as bigint) from pg_database \
                where datname = current_database()) as database_oid, \
              cast(cast(to_regclass('pb_sync_runs') as oid) as bigint) as table_oid"
        )
    };
}

macro_rules! head {
    ($system:literal) => {
        concat!(
            "select cast(pg_current_wal_insert_lsn() - '0/0'::pg_lsn as bigint) as position, \
             (select id from pb_sync_runs order by started_at desc, id desc limit 1) as run, ",
            identity!(
                $system,
                "cast(cast(('x' || substr(pg_walfile_name(pg_current_wal_insert_lsn()), 1, 8)) \
                    as bit(32)) as int)"
            )
        )
    };
}

macro_rules! seen {
    ($system:literal, $timeline:literal) => {
        concat!(
            "select pg_is_in_recovery() as standby, \
             coalesce(current_setting('passbook.direct', true), '') = 'on' as direct, \
             cast(pg_postmaster_start_time() as text) as server, \
             cast(pg_last_wal_replay_lsn() - '0/0'::pg_lsn as bigint) as replayed, \
             cast(pg_last_wal_receive_lsn() - '0/0'::pg_lsn as bigint) as received, \
             cast(extract(epoch from clock_timestamp() - pg_last_xact_replay_timestamp()) \
                as float8) as since_commit, ",
            identity!($system, $timeline)
        )
    };
}

/// Each with its second text, for a role that may not ask for the first.
pub(super) const HEAD: [&str; 2] = [
    head!("(select cast(system_identifier as text) from pg_control_system())"),
    head!("cast(null as text)"),
];
pub(super) const SEEN: [&str; 2] = [
    seen!(
        "(select cast(system_identifier as text) from pg_control_system())",
        "greatest((select timeline_id from pg_control_checkpoint()), \
            (select min_recovery_end_timeline from pg_control_recovery()), \
            (select received_tli from pg_stat_wal_receiver))"
    ),
    seen!("cast(null as text)", "cast(null as int)"),
];
const SERVER: &str = "select cast(pg_postmaster_start_time() as text)";
const HAS_RUN: &str = "select exists (select from pb_sync_runs where id = $1)";

/// A server that was started once: no other began in the same microsecond.
pub(super) async fn server(connection: &mut PgConnection) -> sqlx::Result<String> {
    sqlx::raw_sql(SERVER).fetch_one(connection).await?.try_get(0)
}

/// Without a statement: a pooler may stand between, which is still to be found out.
pub(super) async fn see(connection: &mut PgConnection) -> sqlx::Result<Seen> {
    let [full, unsure] = SEEN;
    let row = match sqlx::raw_sql(full).fetch_one(&mut *connection).await {
        Err(error) if is_refused(&error) => sqlx::raw_sql(unsure).fetch_one(connection).await?,
        outcome => outcome?,
    };
    Seen::from_row(&row)
}

pub(super) async fn has_run(connection: &mut PgConnection, id: &str) -> sqlx::Result<bool> {
    sqlx::query_scalar(HAS_RUN).bind(id).fetch_one(connection).await
}

pub(super) fn is_refused(error: &sqlx::Error) -> bool {
    error.as_database_error().is_some_and(|error| error.code().as_deref() == Some("42501"))
}

impl Seen {
    /// Whether it is one that can be read from at all.
    pub fn check(&self) -> Result<(), Unfit> {
        if !self.direct {
            return Err(Unfit::Pooled);
        }
        if !self.standby {
            return Err(Unfit::Writable);
        }
        Ok(())
    }

    pub fn compare(&self, head: &Head) -> Result<(), Unfit> {
        let (here, there) = (&self.identity, &head.identity);
        let differs = |here: &Option<String>, there: &Option<String>| {
            here.as_ref().zip(there.as_ref()).is_some_and(|(here, there)| here != there)
        };
        if differs(&here.system, &there.system) || here.database_oid != there.database_oid {
            return Err(Unfit::OtherDatabase);
        }
        // Where it has none yet, the migration is still on its way.
        if here.table_oid.is_some() && here.table_oid != there.table_oid {
            return Err(Unfit::OtherDatabase);
        }
        match (here.timeline, there.timeline) {
            (Some(here), Some(there)) if here < there => Err(Unfit::LeftBehind),
            _ => Ok(()),
        }
    }

    /// How old the newest is that it shows while more has arrived. An idle primary sends nothing:
    /// where all was replayed, an old commit is no lag.
    pub fn outstanding(&self) -> Duration {
        let all_replayed = self.received == self.replayed;
        let seconds = self.since_commit.filter(|_| !all_replayed).unwrap_or_default();
        Duration::try_from_secs_f64(seconds).unwrap_or_default()
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    fn identity() -> Identity {
        let system = Some("7".to_owned());
        Identity { system, timeline: Some(2), database_oid: 5, table_oid: Some(9) }
    }

    pub fn head(position: i64) -> Head {
        Head { position, identity: identity(), run: None }
    }

    pub fn seen(replayed: i64) -> Seen {
        Seen {
            standby: true,
            direct: true,
            server: "now".to_owned(),
            replayed: Some(replayed),
            received: Some(replayed),
            since_commit: Some(3600.0),
            identity: identity(),
        }
    }

    #[test]
    fn only_a_replica_of_the_same_database_is_read_from() {
        assert_eq!(seen(1).compare(&head(1)), Ok(()));
        let other = |change: fn(&mut Identity)| {
            let mut seen = seen(1);
            change(&mut seen.identity);
            seen.compare(&head(1))
        };
        assert_eq!(other(|it| it.system = Some("8".to_owned())), Err(Unfit::OtherDatabase));
        assert_eq!(other(|it| it.database_oid = 6), Err(Unfit::OtherDatabase));
        assert_eq!(other(|it| it.table_oid = Some(8)), Err(Unfit::OtherDatabase));
        assert_eq!(other(|it| it.timeline = Some(1)), Err(Unfit::LeftBehind));
        for fine in [|it: &mut Identity| it.system = None, |it: &mut Identity| it.timeline = None] {
            assert_eq!(other(fine), Ok(()));
        }
        assert_eq!(other(|it| it.table_oid = None), Ok(()), "it is still on its way");
    }

    #[test]
    fn what_takes_writes_or_is_shared_is_not_read_from() {
        assert_eq!(Seen { standby: false, ..seen(1) }.check(), Err(Unfit::Writable));
        assert_eq!(Seen { direct: false, ..seen(1) }.check(), Err(Unfit::Pooled));
        assert_eq!(seen(1).check(), Ok(()));
    }

    #[test]
    fn an_idle_primary_is_no_lag() {
        assert_eq!(seen(1).outstanding(), Duration::ZERO);
        let behind = Seen { received: Some(2), ..seen(1) };
        assert_eq!(behind.outstanding(), Duration::from_hours(1));
    }
}
