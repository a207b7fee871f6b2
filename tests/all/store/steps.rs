//! The steps of the schema, told, taken back, and gone again.

use passbook::exit::Exit;
use passbook::store::{Difference, OpenError, StepState, Store, StoreOptions};

use crate::support::{self, TestDatabase, ledger};

/// Of all steps, oldest first.
fn versions() -> Vec<i64> {
    let migrator = sqlx::migrate!();
    let up = migrator.iter().filter(|migration| migration.migration_type.is_up_migration());
    up.map(|migration| migration.version).collect()
}

async fn as_is(at: &TestDatabase) -> Store {
    Store::open_as_is(StoreOptions { read_only: true, ..at.options() }).await.unwrap()
}

/// Tables of passbook's that are there.
async fn ours(at: &TestDatabase) -> Vec<String> {
    at.ask(if at.engine == "SQLite" {
        "select name from sqlite_master where type = 'table' and name like 'pb!_%' escape '!'"
    } else {
        "select cast(tablename as text) from pg_tables
            where schemaname = 'public' and tablename like 'pb!_%' escape '!'"
    })
    .await
}

#[tokio::test]
async fn every_step_says_when_how_long_and_by_whom() {
    for test in support::stores().await {
        let steps = test.store.load_steps().await.unwrap();
        assert_eq!(steps.len().to_string(), support::migrations());
        for step in &steps {
            assert_eq!(step.state, StepState::Applied);
            assert!(step.checksum.len() > 40 && !step.sentence.is_empty(), "{step:?}");
            let applied = step.applied.as_ref().unwrap();
            let ago = test.store.now().await.unwrap() - applied.at;
            assert!(ago.num_seconds().abs() < 120, "{}: {ago}", test.at.engine);
            assert!(applied.took.is_some());
            let by = applied.by.as_deref().unwrap();
            assert_eq!(by, concat!("passbook ", env!("CARGO_PKG_VERSION")));
        }
        assert_eq!(steps[1].name, "0002_explanations");
        assert!(steps[1].sentence.starts_with("What each pass over an account read"));
        // The first versions remembered only one maker for all.
        test.at.run("delete from pb_settings where name like 'migrated%'").await;
        let steps = test.store.load_steps().await.unwrap();
        assert!(steps.iter().all(|step| step.applied.as_ref().unwrap().by.is_none()));
    }
}

#[tokio::test]
async fn only_what_a_launch_applied_is_its_own() {
    for at in support::databases().await {
        Store::migrate_up(&at.options(), Some(1)).await.unwrap().close().await;
        at.run("update pb_settings set value = 'passbook 0.0.1' where name = 'migrated_by.1'")
            .await;
        let store = Store::open(at.options()).await.unwrap();
        let steps = store.load_steps().await.unwrap();
        let by = |step: usize| steps[step].applied.as_ref().unwrap().by.clone().unwrap();
        assert_eq!(by(0), "passbook 0.0.1", "{}", at.engine);
        assert_eq!(by(1), concat!("passbook ", env!("CARGO_PKG_VERSION")));
        store.close().await;
    }
}

#[tokio::test]
async fn steps_to_come_changed_ones_and_unknown_ones_are_told_apart() {
    for test in support::stores().await {
        test.store.close().await;
        let at = &test.at;
        at.run(
            "insert into pb_migrations (version, description, success, checksum, execution_time)
                select 9000, 'from the future', true, checksum, -1 from pb_migrations
                    where version = 1;
                delete from pb_migrations where version = 3;
                update pb_migrations set success = false where version = 2",
        )
        .await;
        let store = as_is(at).await;
        let steps = store.load_steps().await.unwrap();
        let state = |version| steps.iter().find(|step| step.version == version).unwrap().state;
        assert_eq!(state(1), StepState::Applied);
        assert_eq!(state(2), StepState::Changed);
        assert_eq!(state(3), StepState::Pending);
        assert_eq!(state(9000), StepState::Unknown);
        let last = steps.last().unwrap();
        assert_eq!(last.name, "9000_from_the_future");
        assert_eq!(last.applied.as_ref().unwrap().took, None);
        store.close().await;
    }
}

#[tokio::test]
async fn each_version_can_be_gone_back_to_and_come_back_from() {
    for test in support::stores().await {
        let at = &test.at;
        ledger::account(at, "acc_1").await;
        at.run("create table other (id text); insert into other values ('kept')").await;
        test.store.close().await;
        let versions = versions();
        for left in (0..versions.len()).rev() {
            let to = left.checked_sub(1).map_or(0, |last| versions[last]);
            let copy = Store::migrate_down(&at.options(), to).await.unwrap();
            assert_eq!(copy.is_some(), at.engine == "SQLite", "a file is copied first");
            assert!(copy.is_none_or(|copy| copy.exists()));
            let store = as_is(at).await;
            let steps = store.load_steps().await.unwrap();
            let applied = steps.iter().filter(|step| step.applied.is_some()).count();
            assert_eq!(applied, left, "{}", at.engine);
            store.close().await;
            if to == 0 {
                assert_eq!(ours(at).await, Vec::<String>::new(), "{}", at.engine);
            } else {
                let known = "select id from pb_accounts";
                assert_eq!(at.ask(known).await, ["acc_1"], "only what the step made is lost");
                let by = "select name from pb_settings where name like 'migrated%'";
                assert_eq!(at.ask(by).await.len(), left);
            }
            assert_eq!(at.ask("select id from other").await, ["kept"]);
            let again = Store::open(at.options()).await.unwrap();
            assert!(again.schema_is_current().await.unwrap());
            assert!(!again.load_drift().await.unwrap().found(), "{}: to {to}", at.engine);
            again.close().await;
        }
    }
}

#[tokio::test]
async fn what_would_be_lost_is_counted() {
    for test in support::stores().await {
        let at = &test.at;
        for id in ["acc_1", "acc_2", "acc_3"] {
            ledger::account(at, id).await;
        }
        at.run(
            "update pb_accounts set merged_into = 'acc_1' where id <> 'acc_1';
             insert into pb_sync_runs (id, started_at, started_by, full_walk, outcome)
                values ('run_1', '2026-01-01T00:00:00+00:00', 'command', false, 'ok');
             insert into pb_sync_explanations (run_id, account_id, steps)
                values ('run_1', 'acc_1', '[]')",
        )
        .await;
        let lost = |to: i64| {
            let store = test.store.clone();
            async move {
                let losses = store.load_losses(to).await.unwrap();
                let show = |loss: passbook::store::Loss| {
                    format!("{}.{}: {}", loss.table, loss.column.unwrap_or_default(), loss.rows)
                };
                losses.into_iter().map(show).collect::<Vec<_>>()
            }
        };
        let columns = ["pb_accounts.merged_into: 2", "pb_transactions.merged_from: 0"];
        let lost_in_two = lost(2).await;
        assert!(columns.iter().all(|line| lost_in_two.contains(&(*line).to_owned())));
        assert!(!lost_in_two.contains(&"pb_sync_explanations.: 1".to_owned()));
        assert!(lost(1).await.contains(&"pb_sync_explanations.: 1".to_owned()));
        assert!(lost(0).await.contains(&"pb_accounts.: 3".to_owned()));
        assert_eq!(lost(i64::MAX).await, Vec::<String>::new());
    }
}

#[tokio::test]
async fn a_way_back_that_fails_half_way_leaves_everything() {
    for test in support::stores().await {
        let at = &test.at;
        test.store.close().await;
        // The second step's table cannot go: another program's view stands on it, or it is no
        // table any more.
        at.run(if at.engine == "SQLite" {
            "drop table pb_sync_explanations; create view pb_sync_explanations as select 1 as one"
        } else {
            "create view other as select * from pb_sync_explanations"
        })
        .await;
        let error = Store::migrate_down(&at.options(), 1).await.unwrap_err();
        assert!(error.to_string().contains("pb_sync_explanations"), "{error}");
        let count = "select cast(count(*) as text) from pb_migrations";
        assert_eq!(at.ask(count).await, [support::migrations()], "{}", at.engine);
        at.ask("select merged_into from pb_accounts").await;
    }
}

#[tokio::test]
async fn no_way_leads_back_from_what_is_not_ours() {
    for test in support::stores().await {
        let at = &test.at;
        test.store.close().await;
        at.run("update pb_migrations set success = false where version = 2").await;
        let error = Store::migrate_down(&at.options(), 1).await.unwrap_err();
        assert!(
            matches!(&error, OpenError::ChangedMigration { name } if name == "0002_explanations"),
            "{error:?}"
        );
        at.run(
            "update pb_migrations set success = true;
             insert into pb_migrations (version, description, success, checksum, execution_time)
                select 9000, 'from the future', true, checksum, 0 from pb_migrations
                    where version = 1",
        )
        .await;
        let error = Store::migrate_down(&at.options(), 1).await.unwrap_err();
        assert_eq!(error.exit(), Exit::NewerDatabase, "{error:?}");
        let store = as_is(at).await;
        assert!(store.refusal().await.unwrap().is_some());
        store.close().await;
        assert!(ours(at).await.contains(&"pb_sync_explanations".to_owned()));
    }
}

#[tokio::test]
async fn a_step_that_comes_late_is_applied_and_remembered() {
    for test in support::stores().await {
        let at = &test.at;
        test.store.close().await;
        // As where two programs were made side by side, and this one has both their steps.
        at.run(
            "drop table pb_sync_explanations; delete from pb_migrations where version = 2;
             update pb_settings set value = 'passbook 0.0.1' where name like 'migrated%'",
        )
        .await;
        let store = as_is(at).await;
        let drift = store.load_drift().await.unwrap();
        let kinds: Vec<_> = drift.differences.iter().map(Difference::kind).collect();
        assert_eq!(kinds, ["missing_migration"], "{}", at.engine);
        store.close().await;
        let store = Store::open(at.options()).await.unwrap();
        let late = &store.load_steps().await.unwrap()[1];
        let by = late.applied.as_ref().unwrap().by.as_deref().unwrap();
        assert_eq!(by, concat!("passbook ", env!("CARGO_PKG_VERSION")), "{}", at.engine);
        store.close().await;
    }
}
