//! SQLite's files, damaged behind its back.

use std::fs;
use std::path::Path;

use passbook::database::Database;
use passbook::domain::TransactionQuery;
use passbook::store::{OpenError, Store, StoreOptions};
use sqlx::{AssertSqlSafe, Connection as _};

use crate::support::{
    self, TestDatabase,
    ledger::{self, Row, day},
};

async fn open(path: &Path) -> Result<Store, OpenError> {
    Store::open(StoreOptions::new(Database::Sqlite { path: path.to_owned() })).await
}

#[tokio::test]
async fn damage_at_twenty_places_is_told_or_does_no_harm() {
    let test = support::sqlite().open().await;
    ledger::account(&test.at, "acc_1").await;
    let rows: Vec<Row> =
        (0..400).map(|n| Row::new("acc_1", &format!("txn_{n:03}"), day("2026-01-01"))).collect();
    ledger::transactions(&test.at, &rows).await;
    test.store.close().await;
    let path = test.at.path();
    let whole = fs::read(&path).unwrap();
    for place in 0..20 {
        let mut damaged = whole.clone();
        let start = place * whole.len() / 20;
        damaged[start..start + 200].fill(0xa5);
        fs::write(&path, &damaged).unwrap();
        match open(&path).await {
            Ok(store) => {
                // Any answer is fine, a panic is not.
                store.load_accounts().await.ok();
                let query = TransactionQuery::newest(Some("acc_1".into()), 1000);
                store.load_transactions(&query).await.ok();
                store.close().await;
            }
            Err(error) => {
                let shown = path.display().to_string();
                assert!(error.to_string().contains(&shown), "{place}: {error}");
                assert_eq!(fs::read(&path).unwrap(), damaged, "{place}: {error}");
            }
        }
        for beside in ["-wal", "-shm"] {
            let beside = format!("{}{beside}", path.display());
            fs::remove_file(beside).ok();
        }
    }
}

/// In the file's header, and before each page of the log.
const LOG_HEADER: usize = 32;
const FRAME_HEADER: usize = 24;

#[tokio::test]
async fn a_log_cut_at_any_frame_holds_whole_commits_only() {
    let test = support::sqlite().open().await;
    // The last to leave would tidy up.
    let mut writer = test.at.connect_sqlite().await;
    // Two names a commit, long enough for several pages each.
    for number in 0..6 {
        let long = "x".repeat(6000);
        let sql = format!(
            "begin; insert into pb_settings values ('a{number}', '{long}');
             insert into pb_settings values ('b{number}', '{long}'); commit"
        );
        sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut writer).await.unwrap();
    }
    let path = test.at.path();
    let (file, log) =
        (fs::read(&path).unwrap(), fs::read(format!("{}-wal", path.display())).unwrap());
    writer.close().await.unwrap();
    test.store.close().await;
    let page = usize::try_from(u32::from_be_bytes(log[8..12].try_into().unwrap())).unwrap();

    let directory = tempfile::tempdir().unwrap();
    let mut most = 0;
    let frames = (log.len() - LOG_HEADER) / (FRAME_HEADER + page);
    assert!(frames > 12, "{frames} frames");
    for frame in 0..=frames {
        let cut = directory.path().join(format!("{frame}.db"));
        fs::write(&cut, &file).unwrap();
        let kept = &log[..LOG_HEADER + frame * (FRAME_HEADER + page)];
        fs::write(format!("{}-wal", cut.display()), kept).unwrap();
        open(&cut).await.unwrap().close().await;
        let sql = "select name from pb_settings where name like 'a_' or name like 'b_'
             order by substr(name, 2), name";
        let names = TestDatabase::of_file(&cut).ask(sql).await;
        let commits = names.len() / 2;
        let whole: Vec<String> =
            (0..commits).flat_map(|n| [format!("a{n}"), format!("b{n}")]).collect();
        assert_eq!(names, whole, "cut after frame {frame}");
        assert!(commits >= most, "cut after frame {frame}");
        most = commits;
    }
    assert_eq!(most, 6);
}
