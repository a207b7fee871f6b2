//! The first start beside what the Python app left: looked at, viewed, copied, used in place.

use std::fs;
use std::path::PathBuf;

use passbook::database::Database;

use super::terminal::Terminal;
use crate::program::{Home, PROGRAM};
use crate::support::{self, TestDatabase};

/// A home with such a file in it, and what it holds.
async fn home_with_app() -> (Home, Vec<u8>) {
    let home = Home::new();
    let made = support::sqlite_with_app().await;
    fs::copy(made.path(), home.path().join("devin_teller.db")).unwrap();
    let before = fs::read(made.path()).unwrap();
    (home, before)
}

fn start(home: Home) -> Terminal {
    let mut terminal = Terminal::run(home, PROGRAM, &[]);
    terminal.wait_for(&["Open the Python app's database", "devin_teller.db"]);
    terminal.press("2");
    terminal.wait_for(&["WHAT IS INSIDE", "shown as unknown instead of 0.00", "0 differ"]);
    terminal
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_python_app_left_is_told_then_copied_and_its_file_stays_as_it_was() {
    let (home, before) = home_with_app().await;
    let mut terminal = start(home);
    let own = terminal.home().path().join("data/passbook/passbook.db");
    terminal.press("d");
    terminal.wait_for(&["Transactions from"]);
    terminal.press("\x1b");
    terminal.wait_for(&["CHOOSE"]);
    assert!(!own.exists(), "nothing is written before a choice");
    terminal.press("c");
    terminal.wait_for(&["[1 Accounts]", "Taken over and compared: 8 transactions", "Café Kasse"]);
    terminal.press("q");
    assert_eq!(terminal.wait_for_exit().exit_code(), 0);
    assert!(own.exists());
    let now = fs::read(terminal.home().path().join("devin_teller.db")).unwrap();
    assert!(now == before, "the original is only read");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_only_viewed_leaves_nothing_behind() {
    let (home, before) = home_with_app().await;
    let mut terminal = start(home);
    terminal.press("v");
    terminal.wait_for(&["[1 Accounts]", "only viewed", "read-only", "Café Kasse"]);
    terminal.press("2");
    terminal.wait_for(&["HARBOR BOOKS"]);
    terminal.press("q");
    assert_eq!(terminal.wait_for_exit().exit_code(), 0);
    assert!(!terminal.home().path().join("data/passbook/passbook.db").exists());
    let now = fs::read(terminal.home().path().join("devin_teller.db")).unwrap();
    assert!(now == before, "the original is only read");
}

fn file(path: PathBuf) -> TestDatabase {
    TestDatabase::through(Database::Sqlite { path })
}

/// Everything that is not passbook's in this file.
async fn others(path: PathBuf) -> Vec<String> {
    let at = file(path);
    let mut found =
        at.ask("select sql from sqlite_master where sql not like '%pb_%' order by sql").await;
    for table in ["accounts", "balance_snapshots", "transactions"] {
        found.extend(at.ask(format!("select cast(count(*) as text) from {table}")).await);
    }
    found.extend(at.ask("select id || coalesce(amount, '') from transactions order by id").await);
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_used_in_place_is_the_database_from_then_on() {
    let (home, _) = home_with_app().await;
    let path = home.path().join("devin_teller.db");
    let were = others(path.clone()).await;
    let mut terminal = start(home);
    terminal.press("u");
    terminal.wait_for(&["[1 Accounts]", "a copy from before lies beside it", "Taken over"]);
    terminal.press("q");
    assert_eq!(terminal.wait_for_exit().exit_code(), 0);
    assert_eq!(others(path.clone()).await, were, "only pb_ tables were added");
    let copies = fs::read_dir(terminal.home().path()).unwrap().filter_map(|entry| {
        let name = entry.unwrap().file_name().into_string().unwrap();
        (name.starts_with("devin_teller.2") && name.ends_with(".v0.db")).then_some(name)
    });
    let copies: Vec<String> = copies.collect();
    assert_eq!(copies.len(), 1, "{copies:?}");
    let copy = terminal.home().path().join(&copies[0]);
    assert_eq!(others(copy).await, were);

    // The next start opens it, from wherever it is started; no other database was made.
    let home = terminal.into_home();
    assert!(!home.path().join("data/passbook/passbook.db").exists());
    let kept = fs::read_to_string(home.path().join("config/passbook/config.toml")).unwrap();
    assert!(kept.contains("devin_teller.db"), "{kept}");
    let mut terminal = Terminal::run(home, PROGRAM, &[]);
    terminal.wait_for(&["[1 Accounts]", "Café Kasse"]);
    terminal.press("q");
    assert_eq!(terminal.wait_for_exit().exit_code(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_offered_for_as_long_as_passbook_has_nothing_of_its_own() {
    let home = Home::new();
    let made = support::sqlite_with_app().await;
    // An amount that the saved record contradicts: refused when all of it has been read.
    made.run("update transactions set amount = 3 where id = 'txn_1'").await;
    let path = home.path().join("devin_teller.db");
    fs::copy(made.path(), &path).unwrap();
    let were = others(path.clone()).await;
    let mut terminal = Terminal::run(home, PROGRAM, &[]);
    terminal.wait_for(&["Open the Python app's database"]);
    terminal.press("2");
    terminal.wait_for(&["WHAT IS INSIDE", "1 differ"]);
    for key in ["c", "u"] {
        terminal.press(key);
        terminal.wait_for(&["1 amounts differ", "CHOOSE"]);
    }
    let tables = "select name from sqlite_master where name like 'pb_%'";
    let at = file(path.clone());
    assert_eq!(at.ask(tables).await, Vec::<String>::new(), "none of ours stays there");
    assert_eq!(others(path).await, were);
    terminal.press("q");
    assert_eq!(terminal.wait_for_exit().exit_code(), 0);
    assert!(terminal.home().path().join("data/passbook/passbook.db").exists(), "an empty one");

    made.run("update transactions set amount = -12.4 where id = 'txn_1'").await;
    fs::copy(made.path(), terminal.home().path().join("devin_teller.db")).unwrap();
    let mut terminal = start(terminal.into_home());
    terminal.press("c");
    terminal.wait_for(&["Taken over and compared: 8 transactions"]);
    terminal.press("q");
    assert_eq!(terminal.wait_for_exit().exit_code(), 0);
    let terminal = Terminal::run(terminal.into_home(), PROGRAM, &[]);
    terminal.wait_for(&["[1 Accounts]", "Café Kasse"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn tables_in_the_postgres_that_is_named_are_offered_before_any_is_made() {
    let Some(server) = support::postgres().await else { return };
    support::legacy::tables(&server).await;
    support::legacy::rows(&server).await;
    let zone = server.ask("select setting from pg_settings where name = 'log_timezone'").await;
    if !["UTC", "Etc/UTC"].contains(&zone[0].as_str()) {
        eprintln!("skipped: the server keeps its log in {}", zone[0]);
        return;
    }
    let tables = "select table_name from information_schema.tables where table_name like 'pb_%'";
    let home = Home::new().with("DATABASE_URL", server.url());
    let mut terminal = Terminal::run(home, PROGRAM, &[]);
    terminal.wait_for(&["Open the Python app's database", "nothing written yet"]);
    terminal.press("2");
    terminal.wait_for(&["WHAT IS INSIDE", "▌ u  Use it in place", "touches no existing one"]);
    assert_eq!(server.ask(tables).await, Vec::<String>::new());
    terminal.press("v");
    terminal.wait_for(&["[1 Accounts]", "only viewed", "Café Kasse"]);
    terminal.press("q");
    assert_eq!(terminal.wait_for_exit().exit_code(), 0);
    assert_eq!(server.ask(tables).await, Vec::<String>::new());

    let mut terminal = Terminal::run(terminal.into_home(), PROGRAM, &[]);
    terminal.wait_for(&["Open the Python app's database"]);
    terminal.press("2");
    terminal.wait_for(&["CHOOSE"]);
    terminal.press("\r");
    terminal.wait_for(&["[1 Accounts]", "Taken over and compared: 8 transactions"]);
    terminal.press("q");
    assert_eq!(terminal.wait_for_exit().exit_code(), 0);
    assert_eq!(server.ask("select count(*)::text from transactions").await, ["10"]);
    let home = terminal.into_home();
    assert!(!home.path().join("config").exists(), "the settings name it already");
    let terminal = Terminal::run(home, PROGRAM, &[]);
    terminal.wait_for(&["[1 Accounts]", "Café Kasse"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn tables_on_a_server_can_be_copied_into_a_file() {
    let Some(server) = support::postgres().await else { return };
    support::legacy::rewrite(&server).await;
    let home = Home::new().with("DATABASE_URL", server.url());
    let mut terminal = Terminal::run(home, PROGRAM, &[]);
    terminal.wait_for(&["Open the Python app's database"]);
    terminal.press("2");
    terminal.wait_for(&["CHOOSE"]);
    terminal.press("c");
    terminal.wait_for(&["[1 Accounts]", "SQLite", "DATABASE_URL names the other one"]);
    terminal.press("q");
    assert_eq!(terminal.wait_for_exit().exit_code(), 0);
    let mut home = terminal.into_home();
    home.environment.remove("DATABASE_URL");
    let terminal = Terminal::run(home, PROGRAM, &[]);
    terminal.wait_for(&["[1 Accounts]", "Checking"]);
}
