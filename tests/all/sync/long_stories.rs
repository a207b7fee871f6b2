//! What banks do over days and weeks: charges that stay pending, rows that move, accounts linked
//! anew, lists in no order.

use chrono::{Days, TimeDelta};
use passbook::demo::{Alteration, Edit, Fault, Match, NewRow, Reply, Times, TruthRow};
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

/// Banks list ninety days, or so many rows: what falls off the end was not withdrawn.
#[tokio::test]
async fn what_ages_out_of_the_banks_list_stays() {
    for world in worlds().await {
        world.sync().await;
        let everyday = world.bank.account_ids()[0].clone();
        let before = world.stored(&everyday, false).await.len();
        let sum = world.store().load_posted_sum(&everyday).await.unwrap();
        // First a few rows a day, then a good part of the list at once.
        for rows in [3, 3, 3, 3, 25] {
            let truth = world.bank.truth(&everyday);
            let posted = truth.iter().rev().filter(|row| row.status == Status::Posted);
            for row in posted.take(rows) {
                world.bank.edit(&everyday, Edit::Withdraw(row.id.clone()));
            }
            for _ in 0..3 {
                world.later(TimeDelta::hours(7));
                let report = world.full_sync().await;
                let told = result(&report, &everyday);
                assert_eq!((&told.outcome, told.gone), (&Outcome::Ok, 0), "{told:?}");
            }
        }
        assert_eq!(world.stored(&everyday, false).await.len(), before);
        assert_eq!(world.store().load_posted_sum(&everyday).await.unwrap(), sum);
        // A row that is missing in between was withdrawn all the same.
        let truth = world.bank.truth(&everyday);
        let oldest = truth.last().unwrap().date;
        let posted = |row: &&TruthRow| row.status == Status::Posted && row.date > oldest;
        let inside = truth.iter().rev().find(posted).unwrap();
        world.bank.edit(&everyday, Edit::Withdraw(inside.id.clone()));
        for _ in 0..2 {
            world.full_sync().await;
        }
        assert_eq!(world.stored(&everyday, false).await.len(), before - 1);
    }
}

/// Nobody knows the day of the last row, so its place tells that the list ends there.
#[tokio::test]
async fn a_list_that_ends_with_an_unreadable_row_is_judged() {
    for at in support::databases().await {
        let world = World::new(at, 60, 0).await;
        let everyday = world.bank.account_ids()[0].clone();
        let truth = world.bank.truth(&everyday);
        let oldest = truth.last().unwrap().id.clone();
        // A member twice: the row has an id, and nothing else that could be read.
        let from = format!("\"id\":\"{oldest}\"");
        let last = Fault::Rewrite { to: format!("{from},\"date\":1"), from };
        world.bank.faults().add(Match::transactions().account(&everyday), last, Times::Always);
        world.bank.faults().add(Match::transactions(), Fault::Short(20), Times::Always);
        for _ in 0..2 {
            let report = world.full_sync().await;
            let told = result(&report, &everyday);
            assert_eq!(told.outcome, Outcome::Ok, "{told:?}");
        }
        let state = world.store().load_sync_state(&everyday).await.unwrap();
        assert!(state.done && state.judged_at.is_some(), "{state:?}");
        assert_eq!(world.count("pb_quarantine where resolved_at is null").await, "1");
        // Once the bank lists it no more, nobody waits for it.
        world.bank.edit(&everyday, Edit::Withdraw(oldest));
        world.later(TimeDelta::seconds(2));
        world.full_sync().await;
        assert_eq!(world.count("pb_quarantine where resolved_at is null").await, "0");
    }
}

#[tokio::test]
async fn words_follow_a_charge_that_gets_another_id_while_pending() {
    for world in worlds().await {
        let card = world.bank.account_ids()[0].clone();
        world.sync().await;
        let pending = |row: &passbook::domain::StoredTransaction| {
            row.transaction.status == Status::Pending && row.life == Life::Live
        };
        let noted: Vec<_> = world.stored(&card, false).await.into_iter().filter(pending).collect();
        assert!(!noted.is_empty());
        for row in &noted {
            let note = format!(
                "insert into pb_annotations (account_id, transaction_id, note, edited_at)
                values ('{card}', '{0}', 'about {0}', '2026-11-22T10:00:00+00:00')",
                row.transaction.id
            );
            world.test.at.run(note).await;
        }
        world.bank.edit(&card, Edit::ReissueIds);
        let report = world.sync().await;
        assert_eq!(result(&report, &card).settled, 0, "nothing has settled");
        let mut found = Vec::new();
        for row in world.stored(&card, false).await.iter().filter(|row| pending(row)) {
            let detail = world.store().load_detail(&row.key()).await.unwrap().unwrap();
            found.push(detail.annotation.note.unwrap());
        }
        let mut expected: Vec<_> =
            noted.iter().map(|row| format!("about {}", row.transaction.id)).collect();
        found.sort();
        expected.sort();
        assert_eq!(found, expected);
    }
}
