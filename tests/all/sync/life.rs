//! A bank that works: everything arrives, nothing doubles, words stay with their rows.

use chrono::Days;
use passbook::demo::{Edit, NewRow};
use passbook::domain::{Life, Outcome, Status, StoredTransaction};
use passbook::sync::SyncRequest;

use super::world::{World, result, worlds};
use crate::support;

#[tokio::test]
async fn the_first_sync_brings_the_whole_history() {
    for world in worlds().await {
        let report = world.sync().await;
        assert_eq!(report.run.outcome, Outcome::Ok, "{report:#?}");
        world.assert_agrees().await;
        let overview = world.store().load_overview(world.bank.today(), 90).await.unwrap();
        assert_eq!(overview.accounts.len(), 6);
        assert!(overview.accounts.iter().all(|account| account.complete));
        for account in &overview.accounts {
            let truth = world.bank.balance(&account.account.id);
            let ledger = account.latest.as_ref().unwrap().balance.ledger.unwrap().to_string();
            let owed = world.is_card(&account.account.id).await;
            let ours = if owed { ledger.trim_start_matches('-') } else { &ledger };
            assert_eq!(ours, truth.ledger.trim_start_matches('-'));
            assert_eq!(owed, ledger.starts_with('-'), "{}", account.account.name);
        }
    }
}

#[tokio::test]
async fn rows_stand_in_the_banks_own_order() {
    for world in worlds().await {
        for _ in 0..5 {
            world.sync().await;
            world.advance(1);
        }
        world.sync().await;
        for account in world.bank.account_ids() {
            let truth: Vec<_> = world.bank.truth(&account).into_iter().map(|row| row.id).collect();
            let stored: Vec<_> = world
                .stored(&account, false)
                .await
                .into_iter()
                .map(|row| row.transaction.id)
                .collect();
            assert_eq!(stored, truth, "{account} on {}", world.test.at.engine);
        }
    }
}

#[tokio::test]
async fn a_sync_that_finds_nothing_new_asks_little_and_writes_nothing() {
    for world in worlds().await {
        world.sync().await;
        let tables = [
            "pb_transactions",
            "pb_transaction_changes",
            "pb_balance_snapshots",
            "pb_raw_replies",
            "pb_links",
            "pb_days",
        ];
        let mut before = Vec::new();
        for table in tables {
            before.push(world.count(table).await);
        }
        world.bank.clear_requests();
        let report = world.sync().await;
        let requests = world.bank.requests().len();
        let accounts = world.bank.account_ids().len();
        // One list of accounts for each of the two enrollments, two requests for each account,
        // and the deposit's short list is read to its proven end.
        assert!(requests <= 2 + 2 * accounts + 6, "{requests} requests");
        for result in &report.run.results {
            let news = (result.new, result.settled, result.changed, result.gone, result.paired);
            assert_eq!(news, (0, 0, 0, 0, 0), "{result:?}");
        }
        for (table, before) in tables.into_iter().zip(before) {
            assert_eq!(world.count(table).await, before, "{table}");
        }
    }
}

#[tokio::test]
async fn sixty_days_of_syncs_always_agree_with_the_bank() {
    for world in worlds().await {
        world.sync().await;
        let mut settled = 0;
        for _ in 0..60 {
            world.advance(1);
            let report = world.sync().await;
            assert_eq!(report.run.outcome, Outcome::Ok, "{report:#?}");
            settled += report.run.results.iter().map(|result| result.settled).sum::<i64>();
            world.assert_agrees().await;
        }
        assert!(settled > 20, "pending rows settle on the way: {settled}");
        let doubled = world
            .test
            .at
            .ask(
                "select cast(count(*) as text) from pb_links a join pb_links b
                on a.account_id = b.account_id and a.posted_id = b.posted_id
                and a.pending_id <> b.pending_id",
            )
            .await;
        assert_eq!(doubled, ["0"], "no posted row has two pendings");
        assert_sums_agree(&world).await;
    }
}

/// The sums that the sync keeps are those of the rows.
async fn assert_sums_agree(world: &World) {
    let kept =
        "select account_id || ' ' || cast(day as text) || ' ' || cast(entries as text) || ' '
        || cast(posted as text) || ' ' || cast(money_in as text) || ' ' || cast(money_out as text)
        from pb_days order by account_id, day";
    let plain = "select account_id || ' ' || cast(date as text) || ' ' || cast(count(*) as text) || ' '
        || cast(sum(case when status = 'posted' then amount else 0 end) as text) || ' '
        || cast(sum(case when amount > 0 then amount else 0 end) as text) || ' '
        || cast(sum(case when amount < 0 then amount else 0 end) as text)
        from pb_transactions where life = 'live' group by account_id, date order by account_id, date";
    assert_eq!(world.test.at.ask(kept).await, world.test.at.ask(plain).await);
}

#[tokio::test]
async fn a_note_stays_with_its_charge_whatever_becomes_of_it() {
    for world in worlds().await {
        world.sync().await;
        let mut noted: Vec<(String, StoredTransaction)> = Vec::new();
        for round in 0..40 {
            for account in world.bank.account_ids() {
                for row in world.stored(&account, false).await {
                    let pending = row.transaction.status == Status::Pending;
                    let known = noted.iter().any(|(_, noted)| noted.key() == row.key());
                    if pending && !known {
                        let note = format!("note {round} {}", row.transaction.id);
                        world
                            .test.at
                            .run(format!(
                                "insert into pb_annotations (account_id, transaction_id, note, edited_at)
                                 values ('{account}', '{}', '{note}', '2026-01-01T00:00:00+00:00')
                                 on conflict (account_id, transaction_id) do update
                                 set note = pb_annotations.note || ' / ' || excluded.note",
                                row.transaction.id
                            ))
                            .await;
                        noted.push((note, row));
                    }
                }
            }
            world.advance(1);
            world.sync().await;
        }
        assert!(noted.len() > 20, "{} pendings were seen", noted.len());
        let mut moved = 0;
        for (note, row) in noted {
            let mut key = row.key();
            loop {
                let detail = world.store().load_detail(&key).await.unwrap().unwrap();
                if let Some(next) = detail.stored.replaced_by.clone() {
                    moved += 1;
                    key.id = next;
                    continue;
                }
                let kept = detail.annotation.note.unwrap_or_default();
                assert!(kept.contains(&note), "{note}: {kept}");
                break;
            }
        }
        assert!(moved > 0, "some charges settle under a new id");
    }
}

#[tokio::test]
async fn a_posted_row_the_bank_takes_away_goes_after_two_full_walks() {
    for world in worlds().await {
        world.sync().await;
        let account = &world.bank.account_ids()[0];
        let row =
            world.bank.truth(account).into_iter().find(|row| row.status == Status::Posted).unwrap();
        world.bank.edit(account, Edit::Withdraw(row.id.clone()));
        for expected_gone in [0, 0, 1] {
            let report = world.sync().await;
            assert_eq!(result(&report, account).gone, expected_gone);
        }
        world.assert_account_agrees(account).await;
        let kept = world.stored(account, true).await;
        let gone = kept.iter().find(|stored| stored.transaction.id == row.id).unwrap();
        assert_eq!(gone.life, Life::Gone);

        world.bank.edit(account, Edit::Restore(row.id.clone()));
        world.full_sync().await;
        world.assert_account_agrees(account).await;
        assert_sums_agree(&world).await;
    }
}

#[tokio::test]
async fn a_row_back_dated_far_below_the_window_is_found() {
    for world in worlds().await {
        world.sync().await;
        let everyday = &world.bank.account_ids()[0];
        let late = NewRow {
            id: "txn_late".into(),
            date: world.bank.today() - Days::new(40),
            amount: -1234,
            description: "FORGOTTEN CHARGE".to_owned(),
            status: Status::Posted,
        };
        world.bank.edit(everyday, Edit::Insert(late));
        world.sync().await;
        world.sync().await;
        world.assert_account_agrees(everyday).await;
    }
}

#[tokio::test]
async fn reissued_ids_double_nothing() {
    for world in worlds().await {
        world.sync().await;
        let account = &world.bank.account_ids()[2];
        world.bank.edit(account, Edit::ReissueIds);
        for _ in 0..4 {
            world.sync().await;
        }
        world.assert_account_agrees(account).await;
        assert_sums_agree(&world).await;
    }
}

#[tokio::test]
async fn a_long_history_is_paged_and_complete() {
    for at in support::databases().await {
        let world = World::new(at, 60, 2_345).await;
        let report = world.sync().await;
        assert_eq!(report.run.outcome, Outcome::Ok, "{report:#?}");
        world.assert_agrees().await;
        assert_sums_agree(&world).await;
        let everyday = world.bank.account_ids()[0].clone();
        let truth: Vec<_> = world.bank.truth(&everyday).into_iter().map(|row| row.id).collect();
        let stored: Vec<_> = world
            .stored(&everyday, false)
            .await
            .into_iter()
            .map(|row| row.transaction.id)
            .collect();
        assert_eq!(stored, truth, "the order holds over page boundaries");
    }
}

#[tokio::test]
async fn one_account_can_be_synced_alone() {
    for world in worlds().await {
        world.sync().await;
        world.bank.clear_requests();
        let account = world.bank.account_ids()[3].clone();
        let request = SyncRequest {
            account: Some(account.clone()),
            trigger: "command",
            ..SyncRequest::default()
        };
        let report = world.run(&request).await;
        assert_eq!(report.run.results.len(), 1);
        let others = world.bank.account_ids().into_iter().filter(|id| *id != account);
        for other in others {
            let asked = |path: &str| path.contains(other.as_str());
            assert!(!world.bank.requests().iter().any(|request| asked(&request.path)));
        }
    }
}
