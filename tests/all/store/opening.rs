//! First launches, later ones, older and newer databases.

use passbook::database::Database;
use passbook::exit::Exit;
use passbook::store::{OpenError, Store, StoreOptions};
use tokio::task::JoinSet;

use crate::support::{self, TestDatabase, ledger};

fn read_only(at: &TestDatabase) -> StoreOptions {
    StoreOptions { read_only: true, ..at.options() }
}

#[tokio::test]
async fn an_empty_database_is_set_up_and_opens_again() {
    for test in support::stores().await {
        assert!(test.store.schema_is_current().await.unwrap());
        test.store.save_setting("key", "value").await.unwrap();
        test.store.close().await;
        let again = Store::open(test.at.options()).await.unwrap();
        assert_eq!(again.load_setting("key").await.unwrap().as_deref(), Some("value"));
        assert!(again.schema_is_current().await.unwrap());
    }
}

#[tokio::test]
async fn eight_first_launches_at_once_all_succeed() {
    for at in support::databases().await {
        let mut launches = JoinSet::new();
        for _ in 0..8 {
            launches.spawn(Store::open(at.options()));
        }
        let stores: Vec<Store> =
            launches.join_all().await.into_iter().collect::<Result<_, _>>().unwrap();
        for store in &stores {
            assert!(store.schema_is_current().await.unwrap(), "{}", at.engine);
        }
        assert_eq!(
            at.ask("select cast(count(*) as text) from pb_migrations").await,
            [support::migrations()]
        );
        for store in &stores {
            store.close().await;
        }
    }
}

#[tokio::test]
async fn a_newer_database_is_refused_and_named() {
    for test in support::stores().await {
        test.store.close().await;
        let at = &test.at;
        at.run(
            "insert into pb_migrations (version, description, success, checksum, execution_time)
                select 9000, 'from the future', true, checksum, 0 from pb_migrations
                    where version = 1;
                update pb_settings set value = 'passbook 7.0' where name = 'made_by'",
        )
        .await;
        let error = Store::open(at.options()).await.unwrap_err();
        assert_eq!(error.exit(), Exit::NewerDatabase);
        assert!(error.to_string().contains("passbook 7.0"), "{error}");
        let versions = at.ask("select cast(max(version) as text) from pb_migrations").await;
        assert_eq!(versions, ["9000"], "nothing was changed");
    }
}

#[tokio::test]
async fn a_newer_database_may_be_read_while_it_has_our_columns() {
    for test in support::stores().await {
        test.store.save_setting("key", "value").await.unwrap();
        test.store.close().await;
        let at = &test.at;
        at.run(
            "insert into pb_migrations (version, description, success, checksum, execution_time)
                select 9000, 'from the future', true, checksum, 0 from pb_migrations
                    where version = 1;
                alter table pb_accounts add column colour text",
        )
        .await;
        let store = Store::open(read_only(at)).await.unwrap();
        assert_eq!(store.load_setting("key").await.unwrap().as_deref(), Some("value"));
        assert!(!store.schema_is_current().await.unwrap());
        store.close().await;

        at.run("alter table pb_accounts rename column name to title").await;
        let error = Store::open(read_only(at)).await.unwrap_err();
        assert_eq!(error.exit(), Exit::NewerDatabase, "{}: {error}", at.engine);
    }
}

#[tokio::test]
async fn a_changed_migration_is_named() {
    for test in support::stores().await {
        test.store.close().await;
        let checksum = if test.at.engine == "SQLite" { "x'00'" } else { "'\\x00'" };
        test.at.run(format!("update pb_migrations set checksum = {checksum}")).await;
        let error = Store::open(test.at.options()).await.unwrap_err();
        assert!(matches!(&error, OpenError::ChangedMigration { name } if name == "0001_ledger"));
        assert_eq!(error.exit(), Exit::Internal);
    }
}

#[tokio::test]
async fn read_only_creates_nothing_and_asks_for_no_directory() {
    let root = tempfile::tempdir().unwrap();
    let path = root.path().join("never/started/ledger.db");
    let options = StoreOptions { read_only: true, ..StoreOptions::new(Database::Sqlite { path }) };
    let error = Store::open(options).await.unwrap_err();
    assert!(matches!(error, OpenError::Missing { .. }), "{error}");
}

#[tokio::test]
async fn read_only_wants_a_database_that_is_set_up() {
    for at in support::databases().await {
        if at.engine == "SQLite" {
            let error = Store::open(read_only(&at)).await.unwrap_err();
            assert!(matches!(error, OpenError::Missing { .. }), "{error}");
            assert!(!at.path().exists(), "nothing was created");
            at.run("create table other (id text)").await;
        }
        let error = Store::open(read_only(&at)).await.unwrap_err();
        assert!(matches!(error, OpenError::Outdated), "{}: {error}", at.engine);
    }
}

#[tokio::test]
async fn a_read_only_store_reads_and_refuses_to_write() {
    for test in support::stores().await {
        ledger::account(&test.at, "acc_1").await;
        let store = Store::open(read_only(&test.at)).await.unwrap();
        assert_eq!(store.load_accounts().await.unwrap().len(), 1);
        let error = store.save_setting("key", "value").await.unwrap_err();
        assert!(format!("{error:#}").contains("--read-only"), "{error:#}");
        // What another program writes meanwhile is seen.
        test.store.save_setting("key", "value").await.unwrap();
        assert_eq!(store.load_setting("key").await.unwrap().as_deref(), Some("value"));
        store.close().await;
    }
}

#[tokio::test]
async fn a_half_made_schema_is_never_left_behind() {
    for at in support::databases().await {
        // The last table of the first migration is in the way: it fails at its end.
        at.run("create table pb_sync_results (note text)").await;
        let error = Store::open(at.options()).await.unwrap_err();
        assert!(error.to_string().contains("pb_sync_results"), "{error}");
        let tables = if at.engine == "SQLite" {
            "select name from sqlite_master where type = 'table' order by name"
        } else {
            "select cast(tablename as text) from pg_tables where schemaname = 'public'"
        };
        assert_eq!(at.ask(tables).await, ["pb_sync_results"], "{}", at.engine);
        at.run("drop table pb_sync_results").await;
        Store::open(at.options()).await.unwrap().close().await;
    }
}

#[tokio::test]
async fn a_launch_cut_short_anywhere_leaves_nothing_or_everything() {
    for at in support::databases().await {
        for microseconds in (0..40).map(|step| step * 500) {
            let open = Store::open(at.options());
            let limit = std::time::Duration::from_micros(microseconds);
            drop(tokio::time::timeout(limit, open).await);
        }
        let store = Store::open(at.options()).await.unwrap();
        assert!(store.schema_is_current().await.unwrap());
        store.close().await;
    }
}

/// The tables that are passbook's own.
const OURS: &str = "select name from sqlite_master
    where type = 'table' and name like 'pb!_%' escape '!' and name <> 'pb_migrations'";
const OURS_ON_POSTGRES: &str = "select cast(tablename as text) from pg_tables
    where schemaname = 'public' and tablename like 'pb!_%' escape '!'
        and tablename <> 'pb_migrations'";

#[tokio::test]
async fn every_migration_can_be_taken_back() {
    let mut migrator = sqlx::migrate!();
    migrator.dangerous_set_table_name("pb_migrations");
    for test in support::stores().await {
        test.store.close().await;
        let at = &test.at;
        let ours = if let Some(mut connection) = at.connect_postgres().await {
            migrator.undo(&mut connection, 0).await.unwrap();
            OURS_ON_POSTGRES
        } else {
            migrator.undo(&mut at.connect_sqlite().await, 0).await.unwrap();
            OURS
        };
        assert!(at.ask(ours).await.is_empty(), "{}", at.engine);
        let again = Store::open(at.options()).await.unwrap();
        assert!(again.schema_is_current().await.unwrap());
        again.close().await;
    }
}
