//! SQLite's file: who may read it, what stands in the way, what is copied.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use passbook::database::Database;
use passbook::exit::Exit;
use passbook::store::{OpenError, Store, StoreOptions};

use crate::support;

async fn open(path: &Path) -> Result<Store, OpenError> {
    Store::open(StoreOptions::new(Database::Sqlite { path: path.to_owned() })).await
}

async fn refusal(path: &Path) -> OpenError {
    open(path).await.map(|_| ()).unwrap_err()
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

fn names(directory: &Path) -> Vec<String> {
    let entries = fs::read_dir(directory).unwrap();
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[tokio::test]
async fn the_file_and_those_beside_it_are_private() {
    let test = support::sqlite().open().await;
    test.store.save_setting("key", "value").await.unwrap();
    let path = test.at.path();
    let directory = path.parent().unwrap();
    assert_eq!(names(directory), ["passbook.db", "passbook.db-shm", "passbook.db-wal"]);
    for name in names(directory) {
        assert_eq!(mode(&directory.join(&name)), 0o600, "{name}");
    }
    test.store.close().await;
    assert_eq!(names(directory), ["passbook.db"], "the last one to leave tidies up");
}

#[tokio::test]
async fn an_empty_file_is_an_empty_database() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("empty.db");
    fs::write(&path, "").unwrap();
    let store = open(&path).await.unwrap();
    assert!(store.schema_is_current().await.unwrap());
    store.close().await;
}

#[tokio::test]
async fn what_is_no_database_is_left_as_it_is() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("notes.db");
    for content in [&b"hello"[..], b"SQLite format 2\0and more", &[0; 4096]] {
        fs::write(&path, content).unwrap();
        let error = refusal(&path).await;
        assert!(matches!(error, OpenError::NotADatabase { .. }), "{error}");
        assert_eq!(error.exit(), Exit::DatabaseUnreachable);
        assert_eq!(fs::read(&path).unwrap(), content);
    }
    assert_eq!(names(directory.path()), ["notes.db"]);
}

#[tokio::test]
async fn a_damaged_file_is_told_and_left_as_it_is() {
    let test = support::sqlite().open().await;
    test.store.close().await;
    let path = test.at.path();
    let whole = fs::read(&path).unwrap();
    // The header's page size; the schema's first page; half of the file missing.
    let mut damages = vec![whole.clone(), whole.clone(), whole[..whole.len() / 2].to_vec()];
    damages[0][16..18].fill(0x33);
    damages[1][100..900].fill(0xff);
    for damaged in damages {
        fs::write(&path, &damaged).unwrap();
        let error = refusal(&path).await;
        let told = matches!(error, OpenError::Corrupt { .. } | OpenError::NotADatabase { .. });
        assert!(told, "{error:?}");
        assert!(
            error.to_string().contains("left as it is")
                || error.to_string().contains("left as it was"),
            "{error}"
        );
        assert_eq!(fs::read(&path).unwrap(), damaged);
    }
}

#[tokio::test]
async fn what_stands_in_the_way_is_named() {
    let directory = tempfile::tempdir().unwrap();
    let error = refusal(directory.path()).await;
    assert!(matches!(error, OpenError::IsDirectory { .. }), "{error}");

    let error = refusal(&directory.path().join("not/there/passbook.db")).await;
    assert!(matches!(error, OpenError::NoDirectory { .. }), "{error}");
    assert!(names(directory.path()).is_empty(), "no directory was made");
}

#[tokio::test]
async fn a_directory_that_may_not_be_written_is_named() {
    if rustix::process::geteuid().is_root() {
        support::say_skipped("root may write anywhere");
        return;
    }
    let directory = tempfile::tempdir().unwrap();
    fs::set_permissions(directory.path(), fs::Permissions::from_mode(0o500)).unwrap();
    let error = refusal(&directory.path().join("passbook.db")).await;
    assert!(matches!(error, OpenError::NotWritable { .. }), "{error}");
}

#[tokio::test]
async fn a_full_disk_is_told() {
    let Some(disk) = support::TinyDisk::mount(64) else { return };
    let error = refusal(&disk.path().join("passbook.db")).await;
    assert!(matches!(error, OpenError::DiskFull { .. }), "{error:?}");
}

#[tokio::test]
async fn a_disk_that_was_full_before_the_start_is_told_as_such() {
    let Some(disk) = support::TinyDisk::mount(2048) else { return };
    let path = disk.path().join("passbook.db");
    open(&path).await.unwrap().close().await;
    for room in (0..).step_by(8) {
        disk.fill_but(room);
        let opened = open(&path).await;
        disk.make_room();
        match opened {
            Ok(store) => {
                store.close().await;
                break;
            }
            Err(error) => assert!(matches!(error, OpenError::DiskFull { .. }), "{error:?}"),
        }
    }
}

#[tokio::test]
async fn a_lock_that_stays_is_told() {
    let at = support::sqlite();
    let store = Store::open(at.options()).await.unwrap();
    store.close().await;
    let mut other = at.connect_sqlite().await;
    sqlx::raw_sql("pragma locking_mode = exclusive; begin exclusive")
        .execute(&mut other)
        .await
        .unwrap();
    let error = refusal(&at.path()).await;
    assert!(matches!(error, OpenError::Locked { .. }), "{error:?}");
    assert_eq!(error.exit(), Exit::Locked);
}

#[tokio::test]
async fn a_file_with_content_is_copied_before_its_structure_changes() {
    let at = support::sqlite();
    at.run("create table other (word text); insert into other values ('kept')").await;
    let store = Store::open(at.options()).await.unwrap();
    store.close().await;

    let directory = at.path().parent().unwrap().to_owned();
    let copies: Vec<String> =
        names(&directory).into_iter().filter(|name| name.contains(".v0.")).collect();
    let [copy] = &copies[..] else { panic!("one copy, not {copies:?}") };
    let copy = directory.join(copy);
    assert_eq!(mode(&copy), 0o600);
    let of_copy = support::TestDatabase::of_file(&copy);
    assert_eq!(of_copy.ask("select word from other").await, ["kept"]);
    assert_eq!(of_copy.ask("select name from sqlite_master").await, ["other"]);
}

#[tokio::test]
async fn a_new_file_needs_no_copy() {
    let test = support::sqlite().open().await;
    test.store.close().await;
    assert_eq!(names(test.at.path().parent().unwrap()), ["passbook.db"]);
}

#[tokio::test]
async fn reading_only_leaves_no_trace_beside_the_file() {
    let test = support::sqlite().open().await;
    test.store.save_setting("key", "value").await.unwrap();
    test.store.close().await;
    let path = test.at.path();
    let before = fs::read(&path).unwrap();

    let options = StoreOptions { read_only: true, ..test.at.options() };
    let store = Store::open(options).await.unwrap();
    assert_eq!(store.load_setting("key").await.unwrap().as_deref(), Some("value"));
    assert_eq!(names(path.parent().unwrap()), ["passbook.db"]);
    store.close().await;
    assert_eq!(fs::read(&path).unwrap(), before);
}

#[tokio::test]
async fn the_engine_is_built_without_one_lock_for_all_page_caches() {
    let at = support::sqlite();
    let options = at.ask("pragma compile_options").await;
    assert!(options.iter().any(|option| option.starts_with("ENABLE_FTS")), "{options:?}");
    assert!(!options.iter().any(|option| option.contains("MEMORY_MANAGEMENT")), "{options:?}");
}

#[tokio::test]
async fn a_database_in_memory_outlives_its_connections() {
    let store = Store::open(StoreOptions::new(Database::Memory)).await.unwrap();
    store.save_setting("key", "value").await.unwrap();
    // A query nobody waits for ends its connection.
    for _ in 0..20 {
        drop(tokio::time::timeout(std::time::Duration::ZERO, store.save_setting("a", "b")).await);
        drop(tokio::time::timeout(std::time::Duration::ZERO, store.load_setting("a")).await);
    }
    assert_eq!(store.load_setting("key").await.unwrap().as_deref(), Some("value"));
}
