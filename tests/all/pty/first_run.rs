//! The first start beside a file that the Python app left: looked at, viewed, copied.

use std::fs;

use super::terminal::Terminal;
use crate::program::{Home, PROGRAM};
use crate::support;

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
