//! What banks do over days and weeks: charges that stay pending, rows that move, accounts linked
//! anew, lists in no order.

use chrono::Days;
use passbook::demo::{Alteration, Edit, Fault, Match, NewRow, Reply, Times};
use passbook::domain::{EnrollmentState, Life, Outcome, Status};

use super::world::{World, result, worlds};
use crate::support;

#[tokio::test]
async fn a_charge_that_stays_pending_for_weeks_stays_until_it_settles() {
    for world in worlds().await {
        let everyday = world.bank.account_ids()[0].clone();
        let charge = NewRow {
            id: "txn_slow".into(),
            date: world.bank.today(),
            amount: -5000,
            description: "SLOW HOTEL".to_owned(),
            status: Status::Pending,
        };
        world.bank.edit(&everyday, Edit::Insert(charge));
        for _ in 0..8 {
            let report = world.sync().await;
            assert_eq!(report.run.outcome, Outcome::Ok, "{report:#?}");
            world.assert_agrees().await;
            world.advance(5);
        }
        let settled = Alteration { status: Some(Status::Posted), ..Alteration::default() };
        world.bank.edit(&everyday, Edit::Alter("txn_slow".into(), settled));
        for _ in 0..2 {
            world.sync().await;
        }
        world.assert_agrees().await;
        let kept = world.stored(&everyday, true).await;
        let row = kept.iter().find(|row| row.transaction.id.as_str() == "txn_slow").unwrap();
        assert_eq!((&row.life, &row.transaction.status), (&Life::Live, &Status::Posted));
    }
}

#[tokio::test]
async fn a_posted_row_back_dated_by_days_or_months_is_followed() {
    for at in support::databases().await {
        let world = World::new(at, 120, 0).await;
        world.sync().await;
        let everyday = world.bank.account_ids()[0].clone();
        for days in [3, 60] {
            let truth = world.bank.truth(&everyday);
            let row = truth.iter().find(|row| row.status == Status::Posted).unwrap();
            let date = Some(row.date - Days::new(days));
            let moved = Alteration { date, ..Alteration::default() };
            world.bank.edit(&everyday, Edit::Alter(row.id.clone(), moved));
            for _ in 0..3 {
                world.sync().await;
            }
            world.assert_account_agrees(&everyday).await;
            let was = format!("pb_transaction_changes where transaction_id = '{}'", row.id);
            assert_ne!(world.count(&was).await, "0", "the old date is kept");
        }
    }
}

#[tokio::test]
async fn an_account_linked_anew_is_asked_about_and_counted_once() {
    for world in worlds().await {
        world.sync().await;
        let before = world.store().load_overview(world.bank.today(), 90).await.unwrap();
        let rows = world.stored(&world.bank.account_ids()[0], false).await.len();
        world.bank.enroll_again(0);
        for _ in 0..2 {
            world.sync().await;
        }
        let after = world.store().load_overview(world.bank.today(), 90).await.unwrap();
        assert_eq!(after.accounts.len(), before.accounts.len() + 3);
        let doubtful: Vec<_> = after.accounts.iter().filter(|a| a.possible_duplicate).collect();
        assert_eq!(doubtful.len(), 3);
        let new = &world.bank.account_ids()[..3];
        assert!(doubtful.iter().all(|account| new.contains(&account.account.id)));
        assert_eq!(after.month, before.month, "nothing is counted twice");
        assert_eq!(world.stored(&new[0], false).await.len(), rows);
    }
}

#[tokio::test]
async fn pages_in_no_order_lose_nothing_and_withdraw_nothing() {
    for world in worlds().await {
        world.sync().await;
        let live = world.count("pb_transactions where life = 'live'").await;
        world.bank.faults().add(Match::transactions(), Fault::Shuffle, Times::Always);
        world.bank.faults().add(Match::transactions(), Fault::Short(20), Times::Always);
        world.bank.clear_requests();
        for _ in 0..3 {
            world.full_sync().await;
        }
        assert!(world.bank.requests().len() < 3 * 6 * 4 * 20);
        assert_eq!(world.count("pb_transactions where life = 'live'").await, live);
        world.bank.faults().clear();
        for _ in 0..2 {
            world.full_sync().await;
        }
        world.assert_agrees().await;
    }
}

#[tokio::test]
async fn the_page_of_a_captive_portal_is_told_as_what_it_is() {
    for world in worlds().await {
        world.sync().await;
        let rows = world.count("pb_transactions where life = 'live'").await;
        let portal = Reply::new(200, "text/html", "<html>Accept our terms</html>");
        world.bank.faults().add(Match::any(), Fault::Answer(portal), Times::Always);
        world.advance(1);
        let report = world.sync().await;
        assert_eq!(report.failures.len(), 2);
        for failure in &report.failures {
            assert!(failure.message.contains("not Teller's answer"), "{failure:?}");
            assert!(failure.message.contains("text/html"), "{failure:?}");
        }
        assert_eq!(world.count("pb_transactions where life = 'live'").await, rows);
        world.bank.faults().clear();
        assert_eq!(world.sync().await.run.outcome, Outcome::Ok);
        world.assert_agrees().await;
    }
}

#[tokio::test]
async fn a_storm_of_server_errors_ends_the_pass_after_five_tries_each() {
    for world in worlds().await {
        world.sync().await;
        let rows = world.count("pb_transactions").await;
        let storm = Fault::Answer(Reply::error(503, "unavailable", "later"));
        world.bank.faults().add(Match::any(), storm, Times::Always);
        world.bank.clear_requests();
        let report = world.sync().await;
        assert_eq!(report.run.outcome, Outcome::Failed, "{report:#?}");
        assert_eq!(world.bank.requests().len(), 2 * 5);
        assert_eq!(world.count("pb_transactions").await, rows);
    }
}

#[tokio::test]
async fn a_refused_token_needs_repair_and_the_other_bank_goes_on() {
    for world in worlds().await {
        world.sync().await;
        world.advance(1);
        let refusal = Fault::Answer(Reply::forbidden());
        let refused = Match::path("/accounts").token(0);
        world.bank.faults().add(refused, refusal, Times::Always);
        let report = world.sync().await;
        assert_eq!(report.run.outcome, Outcome::Partial, "{report:#?}");
        assert_eq!(report.failures.len(), 1);
        let joint = world.bank.account_ids()[3].clone();
        assert_eq!(result(&report, &joint).outcome, Outcome::Ok);
        world.assert_account_agrees(&joint).await;
        let overview = world.store().load_overview(world.bank.today(), 90).await.unwrap();
        let mut states = overview.enrollments.iter().map(|enrollment| &enrollment.state);
        assert!(states.any(|state| *state == EnrollmentState::Refused));
        world.bank.faults().clear();
        assert_eq!(world.sync().await.run.outcome, Outcome::Ok);
        world.assert_agrees().await;
    }
}
