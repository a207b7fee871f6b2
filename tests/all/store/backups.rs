//! Everything into a file and out of it again, between engines, and what a damaged file does: nothing.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use chrono::Days;
use passbook::exit::Exit;
use passbook::store::backup::{self, BackupError, Manifest, Shelf};
use passbook::store::{Store, StoreOptions};
use tempfile::TempDir;

use crate::support::ledger::{self, Row};
use crate::support::{self, TestDatabase, TestStore};

const ROWS: u64 = 2_300;

fn quietly(_: u64, _: u64) {}

/// Something in every kind of table, with text that no format likes.
async fn fill(at: &TestDatabase) {
    ledger::account(at, "acc_1").await;
    ledger::account(at, "acc_2").await;
    let first = ledger::day("2020-01-01");
    let rows: Vec<Row> = (0..ROWS)
        .map(|number| {
            let account = if number % 3 == 0 { "acc_1" } else { "acc_2" };
            let amount = i64::try_from(number).unwrap() * 37 - 40_000;
            let life = if number % 50 == 0 { "gone" } else { "live" };
            let day = first + Days::new(number / 4);
            Row { amount, life, ..Row::new(account, &format!("txn_{number}"), day) }
        })
        .collect();
    ledger::transactions(at, &rows).await;
    ledger::snapshot(at, "acc_1", "2026-11-01T10:00:00+00:00", i64::MAX).await;
    at.run(
        "insert into pb_annotations (account_id, transaction_id, note, edited_at)
            values ('acc_1', 'txn_3', 'a \"note\", naïve \\ 東京
of two lines', '2026-11-22T10:00:00+00:00');
         insert into pb_tags (account_id, transaction_id, tag, edited_at)
            values ('acc_1', 'txn_3', 'O''Hara', '2026-11-22T10:00:00+00:00');
         insert into pb_links (account_id, pending_id, posted_id, made_by, parted, made_at)
            values ('acc_1', 'txn_0', 'txn_3', 'hand', true, '2026-11-22T10:00:00+00:00');
         insert into pb_raw_replies (account_id, kind, id, body, received_at)
            values ('acc_1', 'transaction', 'txn_3', '{\"id\": \"txn_3\"}',
                '2026-11-22T10:00:00+00:00');
         insert into pb_sync_state (account_id, head, done, empty_seen, audit_due)
            values ('acc_1', '2026-11-22', true, false, true)",
    )
    .await;
}

async fn filled() -> Vec<TestStore> {
    let mut stores = Vec::new();
    for test in support::stores().await {
        fill(&test.at).await;
        stores.push(test);
    }
    stores
}

/// What a database holds, added up; its file goes with the directory.
async fn sums(store: &Store) -> Manifest {
    let directory = tempfile::tempdir().unwrap();
    back_up(store, &directory).await.1
}

async fn back_up(store: &Store, directory: &TempDir) -> (PathBuf, Manifest) {
    let path = directory.path().join("everything.jsonl.gz");
    let made = store.back_up(path.clone(), &quietly).await.unwrap();
    (path, made.manifest)
}

fn names(directory: &Path) -> Vec<String> {
    let entries = fs::read_dir(directory).unwrap();
    entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

#[tokio::test]
async fn a_backup_of_either_engine_restores_into_either() {
    for source in filled().await {
        let directory = tempfile::tempdir().unwrap();
        let (path, manifest) = back_up(&source.store, &directory).await;
        assert_eq!(manifest.count("pb_transactions"), ROWS);
        assert_eq!(manifest.accounts.len(), 2);
        assert_eq!(names(directory.path()), ["everything.jsonl.gz"]);
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        let (header, read) = backup::read_backup(&path).await.unwrap();
        assert_eq!((header.engine.as_str(), &read), (source.at.engine, &manifest));

        for target in support::databases().await {
            let restored = backup::restore(&path, &target.options(), &quietly).await.unwrap();
            assert_eq!(restored, manifest);
            let store = Store::open(target.options()).await.unwrap();
            assert!(store.schema_is_current().await.unwrap());
            let found = sums(&store).await;
            assert_eq!(manifest.difference(&found), None, "{} {}", source.at.engine, target.engine);
            let notes = target.ask("select note from pb_annotations").await;
            assert_eq!(notes, source.at.ask("select note from pb_annotations").await);
            store.close().await;
        }
    }
}

#[tokio::test]
async fn what_was_there_is_replaced_by_a_copy_and_nothing_of_it_stays() {
    for source in filled().await {
        for target in support::stores().await {
            ledger::account(&target.at, "acc_old").await;
            target
                .at
                .run("create table strange (id text); insert into strange values ('kept')")
                .await;
            assert!(!source.store.is_the_same_as(&target.store).await.unwrap());
            let copied = source.store.copy_to(&target.at.options(), &quietly).await.unwrap();
            assert_eq!(copied.difference(&sums(&source.store).await), None);
            // The store that was open all the while goes on.
            let accounts = target.store.load_accounts().await.unwrap();
            let ids: Vec<&str> = accounts.iter().map(|account| account.id.as_str()).collect();
            assert_eq!(ids, ["acc_1", "acc_2"]);
            assert_eq!(target.at.ask("select id from strange").await, ["kept"]);
        }
    }
}

#[tokio::test]
async fn a_database_knows_itself_under_another_name() {
    for test in support::stores().await {
        let again = Store::open(test.at.options()).await.unwrap();
        assert!(test.store.is_the_same_as(&again).await.unwrap());
        assert_eq!(test.store.load_setting("same_as").await.unwrap(), None);
        again.close().await;
    }
}

#[tokio::test]
async fn a_backup_never_replaces_a_file() {
    for test in support::stores().await {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("mine");
        fs::write(&path, "precious").unwrap();
        let error = test.store.back_up(path.clone(), &quietly).await.unwrap_err();
        assert!(matches!(error, BackupError::Exists { .. }), "{error}");
        assert_eq!(fs::read_to_string(&path).unwrap(), "precious");
        let nowhere = directory.path().join("no/such/directory");
        let error = test.store.back_up(nowhere, &quietly).await.unwrap_err();
        assert!(matches!(error, BackupError::NotWritten { .. }), "{error}");
        assert_eq!(names(directory.path()), ["mine"]);
    }
}

/// Cut off and changed at many places: each is told, and the database stays as it was.
#[tokio::test]
async fn a_damaged_backup_changes_nothing() {
    let source = support::stores().await.remove(0);
    ledger::account(&source.at, "acc_1").await;
    ledger::transactions(&source.at, &[Row::new("acc_1", "txn_1", ledger::day("2026-01-01"))])
        .await;
    let directory = tempfile::tempdir().unwrap();
    let (path, _) = back_up(&source.store, &directory).await;
    let whole = fs::read(&path).unwrap();
    for target in support::stores().await {
        ledger::account(&target.at, "acc_mine").await;
        let before = sums(&target.store).await;
        let try_it = async |bytes: &[u8]| {
            fs::write(&path, bytes).unwrap();
            backup::restore(&path, &target.at.options(), &quietly).await
        };
        for place in (0..whole.len()).step_by(whole.len() / 20) {
            let error = try_it(&whole[..place]).await.unwrap_err();
            assert_ne!(error.exit(), Exit::Fine);
            assert!(error.to_string().contains("nothing was changed"), "{error}");
        }
        // Past the head of the format, every bit counts.
        for place in (12..whole.len()).step_by(whole.len() / 20) {
            let mut bytes = whole.clone();
            bytes[place] ^= 0x10;
            let error = try_it(&bytes).await.unwrap_err();
            assert!(error.to_string().contains("nothing was changed"), "{error}");
        }
        assert_eq!(before.difference(&sums(&target.store).await), None, "{}", target.at.engine);
        try_it(&whole).await.unwrap();
    }
}

/// Valid JSON and valid compression, but not what was written: only the sums can tell.
#[tokio::test]
async fn a_row_edited_in_a_backup_is_noticed() {
    use std::io::{Read as _, Write as _};
    let source = filled().await.remove(0);
    let directory = tempfile::tempdir().unwrap();
    let (path, _) = back_up(&source.store, &directory).await;
    let mut text = String::new();
    let file = fs::File::open(&path).unwrap();
    flate2::read::GzDecoder::new(file).read_to_string(&mut text).unwrap();
    let write = |text: &str| {
        let file = fs::File::create(&path).unwrap();
        let mut out = flate2::write::GzEncoder::new(file, flate2::Compression::fast());
        out.write_all(text.as_bytes()).unwrap();
        out.finish().unwrap();
    };
    let edited = text.replacen("ROW txn_77", "ROW txn_78", 1);
    assert_ne!(edited, text);
    write(&edited);
    let target = support::sqlite();
    let error = backup::restore(&path, &target.options(), &quietly).await.unwrap_err();
    assert!(matches!(error, BackupError::Damaged { .. }), "{error}");
    write(&text.replacen("\"version\":", "\"version\":9", 1));
    let error = backup::restore(&path, &target.options(), &quietly).await.unwrap_err();
    assert_eq!(error.exit(), Exit::NewerDatabase, "{error}");
    write(&text.replacen("\"passbook_backup\":1", "\"passbook_backup\":2", 1));
    let error = backup::read_backup(&path).await.unwrap_err();
    assert_eq!(error.exit(), Exit::NewerDatabase, "{error}");
    write("{\"hello\": 1}\n");
    let error = backup::read_backup(&path).await.unwrap_err();
    assert!(matches!(error, BackupError::NotABackup { .. }), "{error}");
    fs::write(&path, "SQLite format 3\0").unwrap();
    let error = backup::read_backup(&path).await.unwrap_err();
    assert!(matches!(error, BackupError::NotABackup { .. }), "{error}");
}

/// The tables of the first version, as a passbook of that time left them.
#[tokio::test]
async fn an_older_database_is_backed_up_before_its_update_and_its_backup_restores_today() {
    for test in support::stores().await {
        ledger::account(&test.at, "acc_1").await;
        test.store.close().await;
        let at = &test.at;
        Store::migrate_down(&at.options(), 1).await.unwrap();

        let directory = tempfile::tempdir().unwrap();
        let shelf = Shelf::new(directory.path().join("backups"));
        let options = StoreOptions { shelf: Some(shelf.clone()), ..at.options() };
        let store = Store::open(options).await.unwrap();
        if at.engine == "SQLite" {
            // A file is copied as it is, beside itself.
            assert!(!shelf.directory().exists());
            assert_eq!(
                names(at.path().parent().unwrap()).iter().filter(|n| n.contains(".v1.")).count(),
                1
            );
        } else {
            let name = names(shelf.directory()).remove(0);
            assert!(name.contains("-before-update"), "{name}");
            let path = shelf.directory().join(name);
            let (header, manifest) = backup::read_backup(&path).await.unwrap();
            assert_eq!((header.version, manifest.count("pb_accounts")), (1, 1));
            for target in support::databases().await {
                backup::restore(&path, &target.options(), &quietly).await.unwrap();
                let store = Store::open(target.options()).await.unwrap();
                assert!(store.schema_is_current().await.unwrap());
                assert_eq!(store.load_accounts().await.unwrap().len(), 1);
                store.close().await;
            }
        }
        store.close().await;
    }
}

/// Two tables that always change together are never seen apart.
#[tokio::test]
async fn a_backup_is_of_one_instant_while_others_write() {
    for test in filled().await {
        let writer = Store::open(test.at.options()).await.unwrap();
        let at = test.at;
        let store = test.store;
        let writing = async {
            for number in 0..200 {
                at.run(format!(
                    "begin;
                     insert into pb_settings (name, value) values ('key {number}', '');
                     insert into pb_tags (account_id, transaction_id, tag, edited_at)
                        values ('a', 'b', '{number}', '2026-11-22T10:00:00+00:00');
                     commit"
                ))
                .await;
            }
        };
        let backing_up = async {
            let mut seen = Vec::new();
            for _ in 0..8 {
                let found = sums(&store).await;
                seen.push(found.count("pb_settings") - found.count("pb_tags"));
            }
            seen
        };
        let ((), seen) = tokio::join!(writing, backing_up);
        assert!(seen.iter().all(|apart| *apart == seen[0]), "{}: {seen:?}", at.engine);
        writer.close().await;
        store.close().await;
    }
}
