//! A bank that fails: what came before is kept, nothing is concluded, the next sync mends it.

use chrono::TimeDelta;
use passbook::demo::{Edit, Fault, Match, Times};
use passbook::domain::{EnrollmentState, Outcome};
use passbook::sync::{self, SyncRequest};
use serde_json::json;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::world::{World, result, worlds};
use crate::support;

#[tokio::test]
async fn an_unreachable_bank_changes_nothing() {
    for world in worlds().await {
        world.sync().await;
        let rows = world.count("pb_transactions").await;
        world.advance(1);
        world.bank.faults().add(Match::any(), Fault::Hangup, Times::Always);
        let report = world.sync().await;
        assert_eq!(report.run.outcome, Outcome::Offline, "{report:#?}");
        assert_eq!(report.failures.len(), 2);
        assert_eq!(world.count("pb_transactions").await, rows);
        world.bank.faults().clear();
        world.sync().await;
        world.assert_agrees().await;
    }
}

#[tokio::test]
async fn a_page_cut_short_is_asked_for_again() {
    for world in worlds().await {
        for cut in [0, 1, 40, 700] {
            world.bank.faults().add(Match::transactions(), Fault::Cut(cut), Times::Next(2));
            let report = world.sync().await;
            assert_eq!(report.run.outcome, Outcome::Ok, "{report:#?}");
        }
        world.assert_agrees().await;
    }
}

#[tokio::test]
async fn a_disconnected_enrollment_does_not_stop_the_other() {
    for world in worlds().await {
        world.sync().await;
        world.advance(2);
        let code = "user_action.mfa_required";
        world.bank.faults().add(
            Match::path("/accounts/*/balances").token(1),
            Fault::disconnected(code),
            Times::Always,
        );
        let report = world.sync().await;
        assert_eq!(report.run.outcome, Outcome::Partial);
        assert_eq!(report.failures.len(), 1);
        assert_eq!(report.failures[0].code, "enrollment.disconnected.user_action.mfa_required");
        let accounts = world.bank.account_ids();
        for account in &accounts[..3] {
            assert_eq!(result(&report, account).outcome, Outcome::Ok);
            world.assert_account_agrees(account).await;
        }
        assert_eq!(result(&report, &accounts[3]).outcome, Outcome::Failed);
        assert_eq!(result(&report, &accounts[4]).outcome, Outcome::Skipped);

        let overview = world.store().load_overview(world.bank.today(), 90).await.unwrap();
        let broken: Vec<_> = overview
            .enrollments
            .iter()
            .filter(|enrollment| enrollment.state == EnrollmentState::Disconnected)
            .collect();
        assert_eq!(broken.len(), 1);

        world.bank.faults().clear();
        assert_eq!(world.sync().await.run.outcome, Outcome::Ok);
        world.assert_agrees().await;
        let overview = world.store().load_overview(world.bank.today(), 90).await.unwrap();
        assert!(overview.enrollments.iter().all(|e| e.state == EnrollmentState::Healthy));
    }
}

#[tokio::test]
async fn a_closed_account_keeps_its_history_and_is_asked_no_more() {
    for world in worlds().await {
        world.sync().await;
        let account = world.bank.account_ids()[4].clone();
        let rows = world.stored(&account, false).await.len();
        world.bank.edit(&account, Edit::Close { reason: String::new() });
        let report = world.sync().await;
        assert_eq!(result(&report, &account).outcome, Outcome::Skipped);
        world.bank.clear_requests();
        world.sync().await;
        let asked = world.bank.requests().iter().any(|r| r.path.contains(account.as_str()));
        assert!(!asked, "a closed account is left alone");
        assert_eq!(world.stored(&account, false).await.len(), rows);
    }
}

#[tokio::test]
async fn an_empty_list_withdraws_nothing() {
    for world in worlds().await {
        world.sync().await;
        let rows = world.count("pb_transactions where life = 'live'").await;
        world.bank.faults().add(Match::transactions(), Fault::body("[]"), Times::Always);
        for _ in 0..3 {
            let report = world.sync().await;
            let everyday = result(&report, &world.bank.account_ids()[0]);
            assert_eq!(everyday.outcome, Outcome::Unjudged, "{everyday:?}");
            world.later(TimeDelta::hours(7));
        }
        assert_eq!(world.count("pb_transactions where life = 'live'").await, rows);
        world.bank.faults().clear();
        world.sync().await;
        world.assert_agrees().await;
    }
}

#[tokio::test]
async fn no_accounts_listed_removes_none() {
    for world in worlds().await {
        world.sync().await;
        world.bank.faults().add(Match::path("/accounts"), Fault::body("[]"), Times::Always);
        let report = world.sync().await;
        assert_eq!(report.failures[0].code, "no_accounts");
        assert_eq!(world.store().load_accounts().await.unwrap().len(), 6);
    }
}

#[tokio::test]
async fn unreadable_rows_cost_only_themselves() {
    for world in worlds().await {
        let everyday = world.bank.account_ids()[0].clone();
        for (pointer, value) in [("/3/amount", json!("1e5")), ("/5/date", json!("someday"))] {
            let fault = Fault::Replace { pointer: pointer.to_owned(), value };
            let which = Match::transactions().account(&everyday).without("from_id");
            world.bank.faults().add(which, fault, Times::Always);
        }
        let report = world.sync().await;
        assert_eq!(result(&report, &everyday).quarantined, 2, "{report:#?}");
        let rows = world.stored(&everyday, false).await.len();
        assert_eq!(rows, world.bank.truth(&everyday).len() - 2);
        assert_eq!(world.count("pb_quarantine where resolved_at is null").await, "2");

        world.bank.faults().clear();
        world.later(TimeDelta::seconds(2));
        world.sync().await;
        world.assert_agrees().await;
        assert_eq!(world.count("pb_quarantine where resolved_at is null").await, "0");
    }
}

#[tokio::test]
async fn odd_pages_still_make_a_whole_list() {
    for at in support::databases().await {
        let world = World::new(at, 60, 1_300).await;
        let switch = world.bank.faults().add(Match::transactions(), Fault::Short(7), Times::Always);
        let report = world.sync().await;
        assert_eq!(report.run.outcome, Outcome::Ok, "{report:#?}");
        world.assert_agrees().await;
        world.bank.faults().remove(switch);
        world.full_sync().await;
        world.assert_agrees().await;
    }
}

#[tokio::test]
async fn a_bank_that_ignores_the_cursor_ends_the_walk() {
    for at in support::databases().await {
        let world = World::new(at, 60, 1_300).await;
        world.sync().await;
        world.bank.faults().add(Match::transactions(), Fault::IgnoreFromId, Times::Always);
        world.bank.clear_requests();
        let report = world.full_sync().await;
        assert_eq!(result(&report, &world.bank.account_ids()[0]).outcome, Outcome::Unjudged);
        assert!(world.bank.requests().len() < 60);
        world.bank.faults().clear();
        world.full_sync().await;
        world.assert_agrees().await;
    }
}

#[tokio::test]
async fn a_list_that_changes_while_it_is_read_is_read_again() {
    for at in support::databases().await {
        let world = World::new(at, 60, 1_300).await;
        let everyday = world.bank.account_ids()[0].clone();
        let which = Match::transactions().account(&everyday).with("from_id");
        world.bank.faults().add(which, Fault::NewRowAfter, Times::Next(1));
        let report = world.full_sync().await;
        assert_eq!(report.run.outcome, Outcome::Ok, "{report:#?}");
        world.assert_agrees().await;
    }
}

#[tokio::test]
async fn two_passbooks_never_sync_one_enrollment_at_once() {
    for world in worlds().await {
        world.sync().await;
        let id = world.bank.enrollment_ids()[0].clone();
        let lease = world.store().take_lease(id.as_str(), "another").await.unwrap().unwrap();
        let report = world.sync().await;
        let accounts = world.bank.account_ids();
        assert_eq!(result(&report, &accounts[0]).outcome, Outcome::Busy);
        assert_eq!(result(&report, &accounts[3]).outcome, Outcome::Ok);
        world.store().release_lease(&lease).await.unwrap();
        assert_eq!(world.sync().await.run.outcome, Outcome::Ok);
        // Its holder died: the lease runs out by itself.
        world.store().take_lease(id.as_str(), "another").await.unwrap().unwrap();
        world.later(TimeDelta::seconds(91));
        assert_eq!(world.sync().await.run.outcome, Outcome::Ok);
    }
}

#[tokio::test]
async fn a_lease_lost_on_the_way_stops_the_pass() {
    for world in worlds().await {
        let everyday = world.bank.account_ids()[0].clone();
        world.sync().await;
        world.advance(1);
        let stall = world.bank.faults().add(
            Match::transactions().account(&everyday),
            Fault::Stall,
            Times::Next(1),
        );
        let rows = world.stored(&everyday, true).await.len();
        let (report, ()) = tokio::join!(world.sync(), async {
            world.bank.faults().stalled(1).await;
            // Meanwhile the lease runs out and another passbook takes over.
            let id = world.bank.enrollment_ids()[0].clone();
            world.later(TimeDelta::seconds(91));
            world.store().take_lease(id.as_str(), "another").await.unwrap().unwrap();
            world.bank.faults().remove(stall);
            world.bank.faults().release();
        });
        assert_eq!(result(&report, &everyday).outcome, Outcome::Busy, "{report:#?}");
        assert_eq!(world.stored(&everyday, true).await.len(), rows, "nothing was written");
    }
}

#[tokio::test]
async fn a_sync_stopped_in_mid_history_goes_on_next_time() {
    for at in support::databases().await {
        let world = World::new(at, 60, 3_000).await;
        let everyday = world.bank.account_ids()[0].clone();
        let which = Match::transactions().account(&everyday).with("from_id");
        world.bank.faults().add(which, Fault::Stall, Times::After { pass: 3, then: 1 });
        let cancel = CancellationToken::new();
        let (events, mut inbox) = mpsc::channel(64);
        let drain = tokio::spawn(async move { while inbox.recv().await.is_some() {} });
        let request = SyncRequest { trigger: "key", ..SyncRequest::default() };
        let accesses = world.accesses();
        let (report, ()) = tokio::join!(
            sync::run(world.store(), &accesses, &request, events, cancel.clone()),
            async {
                world.bank.faults().stalled(1).await;
                cancel.cancel();
            }
        );
        assert_eq!(report.unwrap().run.outcome, Outcome::Stopped);
        drain.await.unwrap();
        world.bank.faults().clear();
        let stored = world.stored(&everyday, false).await.len();
        assert!(stored >= 1_000, "what came before the stop is kept: {stored}");

        world.bank.clear_requests();
        world.sync().await;
        world.assert_agrees().await;
        let pages =
            world.bank.requests().iter().filter(|r| r.path.contains(everyday.as_str())).count();
        assert!(pages < 12, "it goes on where it stopped: {pages} requests");
    }
}

#[tokio::test]
async fn a_bank_that_asks_to_wait_is_left_alone_until_then() {
    for world in worlds().await {
        world.sync().await;
        let which = Match::path("/accounts").token(0);
        world.bank.faults().add(which, Fault::rate_limited(Some("900")), Times::Next(1));
        let report = world.sync().await;
        assert_eq!(report.failures[0].code, "rate_limited");
        world.bank.clear_requests();
        let report = world.sync().await;
        assert_eq!(report.failures[0].code, "rate_limited");
        assert!(world.bank.requests().iter().all(|request| request.token_index != Some(0)));
        world.later(TimeDelta::minutes(16));
        assert_eq!(world.sync().await.run.outcome, Outcome::Ok);
    }
}
