//! Banks that keep to Teller's words, but not to what one would expect of them.

use chrono::Days;
use passbook::demo::{Edit, Fault, Match, NewRow, Reply, Times};
use passbook::domain::{Outcome, Status};
use serde_json::json;

use super::world::{World, result, worlds};
use crate::support;

#[tokio::test]
async fn a_day_of_more_rows_than_a_page_ends_a_list_too() {
    for at in support::databases().await {
        let world = World::new(at, 60, 0).await;
        let everyday = world.bank.account_ids()[0].clone();
        let oldest = world.bank.truth(&everyday).last().unwrap().date - Days::new(1);
        for number in 0..25 {
            let row = NewRow {
                id: format!("txn_tie_{number}").as_str().into(),
                date: oldest,
                amount: -100 - number,
                description: "OPENING DAY".to_owned(),
                status: Status::Posted,
            };
            world.bank.edit(&everyday, Edit::Insert(row));
        }
        world.bank.faults().add(Match::transactions(), Fault::Short(10), Times::Always);
        let report = world.sync().await;
        assert_eq!(result(&report, &everyday).outcome, Outcome::Ok, "{report:#?}");
        world.assert_agrees().await;
        let overview = world.store().load_overview(world.bank.today(), 90).await.unwrap();
        assert!(overview.accounts.iter().all(|account| account.complete));
        let report = world.full_sync().await;
        assert_eq!(report.run.outcome, Outcome::Ok, "{report:#?}");
    }
}

#[tokio::test]
async fn accounts_that_move_to_a_new_enrollment_go_on_as_they_are() {
    for world in worlds().await {
        for _ in 0..3 {
            world.sync().await;
            world.advance(1);
        }
        let before = world.bank.enrollment_ids()[0].clone();
        let rename = Fault::Rewrite { from: before.to_string(), to: "enr_linked_anew".to_owned() };
        world.bank.faults().add(Match::path("/accounts"), rename, Times::Always);
        world.advance(3);
        let report = world.sync().await;
        assert_eq!(report.run.outcome, Outcome::Ok, "{report:#?}");
        let everyday = &world.bank.account_ids()[0];
        assert_eq!(result(&report, everyday).enrollment_id.as_str(), "enr_linked_anew");
        world.assert_agrees().await;
    }
}

#[tokio::test]
async fn ids_issued_anew_are_followed_below_the_window_too() {
    for world in worlds().await {
        // No ledger: no sum tells that rows below the window have other ids.
        let card = &world.bank.account_ids()[2];
        let unknown = Fault::Replace { pointer: "/ledger".to_owned(), value: json!(null) };
        world.bank.faults().add(Match::balances().account(card), unknown, Times::Always);
        world.bank.faults().add(Match::transactions(), Fault::Short(5), Times::Always);
        world.sync().await;
        world.bank.edit(card, Edit::ReissueIds);
        for _ in 0..3 {
            world.sync().await;
        }
        world.assert_account_agrees(card).await;
    }
}

#[tokio::test]
async fn an_empty_page_in_mid_history_is_no_end() {
    for at in support::databases().await {
        let world = World::new(at, 60, 2_000).await;
        let everyday = world.bank.account_ids()[0].clone();
        let which = Match::transactions().account(&everyday).with("from_id");
        let slip = Times::After { pass: 1, then: 1 };
        world.bank.faults().add(which, Fault::body("[]"), slip);
        let report = world.sync().await;
        assert_eq!(report.run.outcome, Outcome::Ok, "{report:#?}");
        world.assert_agrees().await;
    }
}

#[tokio::test]
async fn a_row_that_comes_above_a_half_read_history_is_found() {
    for at in support::databases().await {
        let world = World::new(at, 60, 2_000).await;
        let everyday = world.bank.account_ids()[0].clone();
        let which = Match::transactions().account(&everyday).with("from_id");
        let page = Fault::Answer(Reply::new(200, "text/html", "<html>"));
        world.bank.faults().add(which, page, Times::After { pass: 2, then: 1 });
        let report = world.sync().await;
        assert_eq!(result(&report, &everyday).outcome, Outcome::Failed);

        let late = NewRow {
            id: "txn_late".into(),
            date: world.bank.truth(&everyday)[700].date,
            amount: -4200,
            description: "LATE BOOKING".to_owned(),
            status: Status::Posted,
        };
        assert!(late.date < world.bank.today() - Days::new(30), "far below the window");
        world.bank.edit(&everyday, Edit::Insert(late));
        for _ in 0..2 {
            world.sync().await;
        }
        world.assert_agrees().await;
    }
}
