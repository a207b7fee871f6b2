//! Clocks that are wrong: the bank's dates decide, and nothing waits for a day that never comes.

use chrono::{Days, TimeDelta};
use passbook::demo::{Edit, Fault, Match, Times};
use passbook::domain::{Outcome, Status};

use super::world::{World, worlds};

/// A day and ten years, either way.
const ERRORS: [i64; 4] = [1, -1, 3_650, -3_650];

/// The latest snapshot of each account, in the order of their ids.
async fn latest_snapshots(world: &World) -> Vec<String> {
    world
        .test
        .at
        .ask(
            "select cast(max(observed_at) as text) from pb_balance_snapshots
             group by account_id order by account_id",
        )
        .await
}

#[tokio::test]
async fn a_clock_that_is_wrong_and_then_set_right_changes_no_row_and_no_order() {
    for error in ERRORS {
        for world in worlds().await {
            world.sync().await;
            let mut latest = latest_snapshots(&world).await;
            for step in [error, 0, -error, 0] {
                world.later(TimeDelta::days(step));
                world.bank.advance(1);
                let before = world.count("pb_balance_snapshots").await;
                let report = world.sync().await;
                assert_eq!(report.run.outcome, Outcome::Ok, "{error} days off: {report:#?}");
                world.assert_agrees().await;
                let now = latest_snapshots(&world).await;
                assert!(latest.iter().zip(&now).all(|(was, is)| was <= is), "{latest:?} {now:?}");
                let rise = latest.iter().zip(&now).filter(|(was, is)| was < is).count();
                let more = world.count("pb_balance_snapshots").await.parse::<usize>().unwrap()
                    - before.parse::<usize>().unwrap();
                assert_eq!(rise, more, "each new snapshot is the latest of its account");
                latest = now;
            }
            let overview = world.store().load_overview(world.bank.today(), 90).await.unwrap();
            for account in &overview.accounts {
                let truth = world.bank.balance(&account.account.id).ledger;
                let ledger = account.latest.as_ref().unwrap().balance.ledger.unwrap().to_string();
                assert_eq!(ledger.trim_start_matches('-'), truth.trim_start_matches('-'));
            }
        }
    }
}

#[tokio::test]
async fn an_audit_under_a_fast_clock_does_not_put_off_the_next_one() {
    for world in worlds().await {
        // No ledger: only the weekly audit can find what changes below the window.
        let card = world.bank.account_ids()[2].clone();
        let unknown =
            Fault::Replace { pointer: "/ledger".to_owned(), value: serde_json::json!(null) };
        world.bank.faults().add(Match::balances().account(&card), unknown, Times::Always);
        world.later(TimeDelta::days(3_650));
        world.full_sync().await;
        world.later(TimeDelta::days(-3_650));
        let window = world.bank.today() - Days::new(30);
        let rows = world.bank.truth(&card);
        let old = rows.iter().find(|row| row.status == Status::Posted && row.date < window);
        world.bank.edit(&card, Edit::Withdraw(old.unwrap().id.clone()));
        for _ in 0..3 {
            world.sync().await;
        }
        world.assert_account_agrees(&card).await;
    }
}

#[tokio::test]
async fn a_list_doubted_under_a_fast_clock_is_believed_in_the_end() {
    for world in worlds().await {
        world.sync().await;
        let card = world.bank.account_ids()[2].clone();
        for row in world.bank.truth(&card).iter().filter(|row| row.status == Status::Posted) {
            if row.date > world.bank.today() - Days::new(40) {
                world.bank.edit(&card, Edit::Withdraw(row.id.clone()));
            }
        }
        world.later(TimeDelta::days(3_650));
        for _ in 0..2 {
            world.sync().await;
        }
        world.later(TimeDelta::days(-3_650));
        for _ in 0..3 {
            world.sync().await;
            world.later(TimeDelta::hours(7));
        }
        world.assert_account_agrees(&card).await;
    }
}

#[tokio::test]
async fn a_pause_asked_for_under_a_fast_clock_ends_with_it() {
    for world in worlds().await {
        world.sync().await;
        world.later(TimeDelta::days(3_650));
        let which = Match::path("/accounts").token(0);
        world.bank.faults().add(which, Fault::rate_limited(Some("900")), Times::Next(1));
        assert_eq!(world.sync().await.failures[0].code, "rate_limited");
        world.later(TimeDelta::days(-3_650));
        assert_eq!(world.sync().await.run.outcome, Outcome::Ok);
    }
}

#[tokio::test]
async fn a_lease_taken_under_a_fast_clock_ends_with_it() {
    for world in worlds().await {
        world.sync().await;
        world.later(TimeDelta::days(3_650));
        let id = world.bank.enrollment_ids()[0].clone();
        world.store().take_lease(id.as_str(), "another").await.unwrap().unwrap();
        world.later(TimeDelta::days(-3_650));
        assert_eq!(world.sync().await.run.outcome, Outcome::Ok);
    }
}
