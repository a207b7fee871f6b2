//! What the Python app left, taken over and then synced: old rows settle, retire, or stay.

use chrono::TimeDelta;
use passbook::demo::TruthRow;
use passbook::domain::{AccountId, Currency, Life, Money, Status};
use passbook::store::adopt::{AdoptOptions, Legacy};

use super::world::{World, worlds};
use crate::support::{self, TestDatabase, legacy};

/// The bank's rows of these accounts, as the Python app stored them on this day and never after.
async fn remembered(world: &World, accounts: &[AccountId]) -> TestDatabase {
    let at = support::sqlite();
    legacy::tables(&at).await;
    for (account, kind) in accounts.iter().zip(["depository", "credit"]) {
        at.run(format!(
            "insert into accounts (id, name, institution_id, type) values
                ('{account}', 'Remembered', 'harbor', '{kind}')"
        ))
        .await;
        for row in world.bank.truth(account) {
            let status = row.status.as_str();
            let record = format!(r#"{{"status": "{status}", "amount": "{}"}}"#, row.amount);
            let text = row.description.replace('\'', "''");
            at.run(format!(
                "insert into transactions values ('{}', '{account}', '{}', '{text}', {}, '{record}')",
                row.id, row.date, row.amount
            ))
            .await;
        }
    }
    at
}

/// Accounts whose currency no bank has said.
async fn assumed(world: &World) -> usize {
    let overview = world.store().load_overview(world.bank.today(), 1).await.unwrap();
    overview.accounts.iter().filter(|account| account.currency_assumed).count()
}

#[tokio::test]
async fn old_rows_settle_or_retire_at_the_first_syncs_and_nothing_doubles() {
    for world in worlds().await {
        let accounts = &world.bank.account_ids()[..2];
        let app = remembered(&world, accounts).await;
        let pending = app.ask("select id from transactions where raw like '%pending%'").await;
        assert!(!pending.is_empty(), "some are to settle");
        // Ten days go by in which the Python app was not looked at.
        world.advance(10);
        let mut source = Legacy::open(&app.database).await.unwrap();
        let options =
            AdoptOptions { zone: Some("UTC".to_owned()), test_rows: false, by_hand: false };
        let own = &world.test.at.database;
        let adopted = world.store().adopt(&mut source, own, &options).await.unwrap();
        assert!(adopted.transactions > 90, "{adopted:?}");
        assert_eq!(assumed(&world).await, 2, "the Python app recorded no currency");
        for _ in 0..2 {
            world.full_sync().await;
            world.later(TimeDelta::hours(7));
        }
        assert_eq!(assumed(&world).await, 0, "the bank has said it");
        for account in accounts {
            world.assert_account_agrees(account).await;
            let rows = world.stored(account, true).await;
            for row in rows.iter().filter(|row| pending.contains(&row.transaction.id.0)) {
                let settled = row.transaction.status == Status::Posted;
                let retired = row.life != Life::Live;
                assert!(settled || retired, "{row:?}");
            }
        }
        // The accounts have their real names and enrollment now.
        let names =
            world.test.at.ask("select name from pb_accounts where name = 'Remembered'").await;
        assert_eq!(names, Vec::<String>::new());
        // What a sync has met is the bank's, and is not given up.
        let forgotten = world.store().forget_adopted().await.unwrap();
        assert!(forgotten.kept > 80, "{forgotten:?}");
        world.assert_account_agrees(&accounts[0]).await;
    }
}

/// The Python app kept the first amount of a charge for ever; the bank has posted it with a tip.
#[tokio::test]
async fn a_tip_is_found_at_the_first_sync_also_of_a_charge_that_was_taken_over() {
    for world in worlds().await {
        let accounts = &world.bank.account_ids()[..1];
        let truth = world.bank.truth(&accounts[0]);
        let merchant = |row: &TruthRow| row.description.get(..6).map(str::to_owned);
        let cents = |row: &TruthRow| Money::parse(&row.amount, Currency::USD).unwrap().minor;
        let alone = |row: &&TruthRow| {
            let alike = truth.iter().filter(|other| merchant(other) == merchant(row));
            row.status == Status::Posted && cents(row) < -1000 && alike.count() == 1
        };
        let tipped = truth.iter().find(alone).expect("a merchant that was met but once");
        let before = Money::new(cents(tipped) * 5 / 6, Currency::USD);
        let app = remembered(&world, accounts).await;
        app.run(format!(
            "update transactions set id = 'txn_before_tip', amount = {before},
                raw = '{{\"status\": \"pending\", \"amount\": \"{before}\"}}'
            where id = '{}'",
            tipped.id
        ))
        .await;
        let mut source = Legacy::open(&app.database).await.unwrap();
        let own = &world.test.at.database;
        world.store().adopt(&mut source, own, &AdoptOptions::default()).await.unwrap();
        // However late the first sync comes.
        world.later(TimeDelta::days(5));
        world.sync().await;
        let rows = world.stored(&accounts[0], true).await;
        let row = rows.iter().find(|row| row.transaction.id.as_str() == "txn_before_tip").unwrap();
        assert_eq!((&row.life, &row.replaced_by), (&Life::Replaced, &Some(tipped.id.clone())));
        world.assert_account_agrees(&accounts[0]).await;
    }
}
