//! A database server that goes away under a sync and comes back: the same store goes on with it.

use passbook::demo::{Fault, Match, Times};
use passbook::domain::{Outcome, SyncReport};
use passbook::store::explain;
use passbook::sync::SyncRequest;

use super::world::World;
use crate::support::proxy::Door;
use crate::support::{OwnCluster, TestDatabase, pgbouncer};

/// A day's sync during which something happens while the bank keeps one request waiting.
async fn interrupted(
    world: &World,
    request: usize,
    happens: impl AsyncFnOnce(),
) -> color_eyre::Result<SyncReport> {
    world.advance(1);
    let faults = world.bank.faults();
    faults.add(Match::any(), Fault::Stall, Times::After { pass: request, then: 1 });
    let meanwhile = async {
        faults.stalled(1).await;
        happens().await;
        faults.clear();
    };
    let sync = SyncRequest { trigger: "command", ..SyncRequest::default() };
    let (report, ()) = tokio::join!(world.try_run(&sync), meanwhile);
    report
}

/// Tried again with success, or told in words.
fn assert_told(report: color_eyre::Result<SyncReport>) {
    let reason = match report {
        Ok(report) if report.run.outcome == Outcome::Ok => return,
        Ok(report) => {
            let reasons = report.run.results.into_iter().filter_map(|result| result.reason);
            reasons.collect::<Vec<_>>().join("; ")
        }
        Err(report) => explain(&report),
    };
    assert!(reason.contains("cannot be reached; what is stored is safe"), "{reason}");
}

async fn assert_goes_on(world: &World) {
    let report = world.sync().await;
    assert_eq!(report.run.outcome, Outcome::Ok, "{report:#?}");
    world.assert_agrees().await;
}

#[tokio::test]
async fn a_server_restarted_in_mid_sync_is_tried_again_and_one_that_stays_away_is_told() {
    let Some(mut cluster) = OwnCluster::start().await else { return };
    let world = World::new(cluster.database().await, 60, 0).await;
    for request in [1, 5] {
        assert_told(interrupted(&world, request, async || cluster.restart().await).await);
        assert_goes_on(&world).await;
    }
    for request in [2, 4] {
        let crash = async || {
            cluster.crash();
            cluster.start_again().await;
        };
        assert_told(interrupted(&world, request, crash).await);
        assert_goes_on(&world).await;
    }
    for request in [0, 3] {
        let report = interrupted(&world, request, async || cluster.stop()).await;
        assert!(report.is_err(), "{report:#?}");
        assert_told(report);
        let error = world.store().load_accounts().await.unwrap_err();
        assert!(explain(&error).contains("cannot be reached"), "{error:?}");
        cluster.start_again().await;
        assert_goes_on(&world).await;
    }
}

#[tokio::test]
async fn a_pooler_between_is_right_also_when_it_restarts_in_mid_sync() {
    let Some(mut pooled) = pgbouncer::start().await else { return };
    let at = TestDatabase::through(pooled.database.clone());
    let world = World::new(at, 60, 0).await;
    assert_goes_on(&world).await;
    for request in [1, 5] {
        assert_told(interrupted(&world, request, async || pooled.restart()).await);
        assert_goes_on(&world).await;
    }
}

/// Nothing is committed before the standby has it, or a fail-over would lose it.
async fn replicate_at_once(at: &TestDatabase) {
    let name = at.ask("select cast(current_database() as text)").await.remove(0);
    at.run(format!("alter database {name} set synchronous_commit = remote_apply")).await;
    at.run("alter system set synchronous_standby_names = '*'").await;
    at.run("select pg_reload_conf()").await;
}

#[tokio::test]
async fn a_standby_that_takes_over_in_mid_sync_goes_on_where_the_primary_was() {
    for request in [1, 4] {
        let Some(primary) = OwnCluster::start().await else { return };
        let at = primary.database().await;
        let standby = primary.standby().await;
        let door = Door::before(&at).await;
        let world = World::new(TestDatabase::through(door.database.clone()), 60, 0).await;
        replicate_at_once(&at).await;
        assert_goes_on(&world).await;
        world.store().save_setting("own", "edit").await.unwrap();
        let fail_over = async || {
            primary.crash();
            standby.promote();
            door.lead_to(standby.port());
        };
        assert_told(interrupted(&world, request, fail_over).await);
        let own = world.store().load_setting("own").await.unwrap();
        assert_eq!(own.as_deref(), Some("edit"));
        assert_goes_on(&world).await;
    }
}

#[tokio::test]
async fn a_program_led_to_a_standby_for_a_while_writes_again_once_it_is_led_to_the_primary() {
    let Some(primary) = OwnCluster::start().await else { return };
    let at = primary.database().await;
    let standby = primary.standby().await;
    let door = Door::before(&at).await;
    let world = World::new(TestDatabase::through(door.database.clone()), 60, 0).await;
    assert_goes_on(&world).await;
    door.lead_to(standby.port());
    at.ask(
        "select cast(count(pg_terminate_backend(pid)) as text) from pg_stat_activity
         where datname = current_database() and pid <> pg_backend_pid()",
    )
    .await;
    let refused = world.store().save_setting("own", "lost").await.unwrap_err();
    assert!(explain(&refused).contains("server is read-only"), "{refused:?}");
    // Several connections to the standby wait in the pool.
    let read = || world.store().load_setting("own");
    let (one, two, three) = tokio::join!(read(), read(), read());
    assert_eq!([one.unwrap(), two.unwrap(), three.unwrap()], [None, None, None]);
    door.lead_to(primary.port());
    world.store().save_setting("own", "kept").await.unwrap();
    assert_eq!(world.store().load_setting("own").await.unwrap().as_deref(), Some("kept"));
    assert_goes_on(&world).await;
}
