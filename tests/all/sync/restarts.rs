//! A database server that goes away under a sync and comes back: the same store goes on with it.

use passbook::demo::{Fault, Match, Times};
use passbook::domain::{Outcome, SyncReport};
use passbook::store::explain;
use passbook::sync::SyncRequest;

use super::world::World;
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
