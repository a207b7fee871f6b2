//! Tables that are not as the migrations make them: each way, told and left alone.

use passbook::store::Difference;

use crate::support::{self, TestStore};

/// What was found, as words for machines.
async fn kinds(test: &TestStore) -> Vec<String> {
    let drift = test.store.load_drift().await.unwrap();
    assert_eq!(drift.found(), drift.differences.iter().any(Difference::is_drift));
    drift.differences.iter().map(|it| format!("{} {}", it.kind(), it.table())).collect()
}

#[tokio::test]
async fn a_database_that_passbook_made_is_as_expected() {
    for test in support::stores().await {
        assert_eq!(kinds(&test).await, Vec::<String>::new(), "{}", test.at.engine);
        let drift = test.store.load_drift().await.unwrap();
        assert!(drift.tables.len() >= 17 && drift.tables.contains(&"pb_days".to_owned()));
    }
}

#[tokio::test]
async fn every_difference_is_found_and_named() {
    let retype = "alter table pb_sync_runs drop column reason;
        alter table pb_sync_runs add column reason bigint";
    let loosen = "alter table pb_sync_runs drop column outcome;
        alter table pb_sync_runs add column outcome text";
    let other_columns =
        "drop index pb_days_by_day; create index pb_days_by_day on pb_days (currency)";
    let other_rows = "drop index pb_transactions_pending;
        create index pb_transactions_pending on pb_transactions (account_id, date)";
    let newer =
        "insert into pb_migrations (version, description, success, checksum, execution_time)
        select 9000, 'from the future', true, checksum, 0 from pb_migrations where version = 1";
    for (change, found) in [
        ("drop table pb_tags", "missing_table pb_tags"),
        ("create table pb_strange (id text)", "unknown_table pb_strange"),
        ("create table other (id text)", "other_program other"),
        ("alter table pb_quarantine drop column resolved_at", "missing_column pb_quarantine"),
        ("alter table pb_days add column colour text", "extra_column pb_days"),
        (retype, "other_type pb_sync_runs"),
        (loosen, "other_nullability pb_sync_runs"),
        ("drop index pb_transactions_by_date", "missing_index pb_transactions"),
        (other_columns, "other_index pb_days"),
        (other_rows, "other_index pb_transactions"),
        (
            "update pb_migrations set success = false where version = 2",
            "changed_migration pb_migrations",
        ),
        (newer, "unknown_migration pb_migrations"),
    ] {
        for test in support::stores().await {
            test.at.run(change).await;
            assert_eq!(kinds(&test).await, [found], "{}: {change}", test.at.engine);
        }
    }
}

#[tokio::test]
async fn an_older_database_is_compared_with_what_it_was_then() {
    for test in support::stores().await {
        test.store.close().await;
        passbook::store::Store::migrate_down(&test.at.options(), 1).await.unwrap();
        let options = passbook::store::StoreOptions { read_only: true, ..test.at.options() };
        let store = passbook::store::Store::open_as_is(options).await.unwrap();
        let drift = store.load_drift().await.unwrap();
        assert!(
            drift.differences.iter().all(|it| matches!(it, Difference::PendingStep { .. })),
            "{:?}",
            drift.differences
        );
        store.close().await;
    }
}

#[tokio::test]
async fn missing_indexes_are_made_again_and_others_left_alone() {
    for test in support::stores().await {
        test.at
            .run(
                "drop index pb_transactions_by_date; drop index pb_transactions_pending;
                 drop index pb_days_by_day; create index pb_days_by_day on pb_days (currency)",
            )
            .await;
        let made = test.store.repair_indexes().await.unwrap();
        assert_eq!(made, ["pb_transactions_by_date", "pb_transactions_pending"]);
        assert_eq!(kinds(&test).await, ["other_index pb_days"], "{}", test.at.engine);
        assert_eq!(test.store.repair_indexes().await.unwrap(), Vec::<String>::new());
    }
}
