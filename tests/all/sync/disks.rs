//! A disk that fills up under a sync.

use passbook::domain::{Outcome, TransactionQuery};
use passbook::store::explain;
use passbook::sync::SyncRequest;

use super::world::World;
use crate::support::{TestDatabase, TinyDisk};

/// What a page writes, it writes together: one line for each row without its company.
async fn half_written(at: &TestDatabase) -> Vec<String> {
    let mut found = Vec::new();
    for sql in [
        "select 'no raw record of ' || t.id from pb_transactions t
         where not exists (select 1 from pb_raw_replies r where r.account_id = t.account_id
            and r.kind = 'transaction' and r.id = t.id)",
        "select 'no row of ' || r.id from pb_raw_replies r where r.kind = 'transaction'
            and not exists (select 1 from pb_transactions t
                where r.account_id = t.account_id and r.id = t.id)",
        "select 'another sum of ' || account_id || ' ' || day from (
            select account_id, day, entries, posted from pb_days except
            select account_id, date, count(*),
                sum(case when status = 'posted' then amount else 0 end)
            from pb_transactions where life = 'live' group by account_id, date)",
        "select integrity_check from pragma_integrity_check where integrity_check <> 'ok'",
    ] {
        found.extend(at.ask(sql).await);
    }
    found
}

#[tokio::test]
async fn a_disk_that_fills_up_in_mid_sync_is_told_and_nothing_is_half_written() {
    let Some(disk) = TinyDisk::mount(8 * 1024) else { return };
    let at = TestDatabase::of_file(&disk.path().join("passbook.db"));
    let world = World::new(at, 60, 0).await;
    let query = TransactionQuery::newest(None, 1000);
    world.store().load_transactions(&query).await.unwrap();
    let request = SyncRequest { trigger: "command", ..SyncRequest::default() };
    let mut told = 0;
    for room in (0..).step_by(32) {
        disk.fill_but(room);
        let report = world.try_run(&request).await;
        world.store().load_transactions(&query).await.unwrap();
        world.store().load_overview(world.bank.today(), 90).await.unwrap();
        assert_eq!(half_written(&world.test.at).await, Vec::<String>::new(), "{room} KiB left");
        disk.make_room();
        let reason = match report {
            Ok(report) if report.run.outcome == Outcome::Ok => break,
            Ok(report) => {
                let reasons = report.run.results.into_iter().filter_map(|result| result.reason);
                reasons.collect::<Vec<_>>().join("; ")
            }
            Err(report) => explain(&report),
        };
        assert!(reason.contains("is full; what is stored is safe: make room"), "{reason}");
        told += 1;
    }
    assert!(told > 3, "the disk was full {told} times");
    world.assert_agrees().await;
}

#[tokio::test]
async fn the_sync_after_a_full_disk_waits_for_nobody() {
    let Some(disk) = TinyDisk::mount(8 * 1024) else { return };
    let at = TestDatabase::of_file(&disk.path().join("passbook.db"));
    let world = World::new(at, 60, 0).await;
    let request = SyncRequest { trigger: "command", ..SyncRequest::default() };
    for room in [100, 200] {
        disk.fill_but(room);
        assert!(world.try_run(&request).await.is_err(), "{room} KiB are enough");
        disk.make_room();
    }
    let report = world.sync().await;
    assert_eq!(report.run.outcome, Outcome::Ok, "{report:#?}");
    world.assert_agrees().await;
}
