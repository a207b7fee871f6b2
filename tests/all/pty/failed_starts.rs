//! A start that fails with the screen up: what was checked, a report, another try, the exit code.

use std::fs;

use super::terminal::Terminal;
use crate::program::{Home, PROGRAM};

/// The first run has been answered, and a file is in the way of the data directory.
fn start() -> Terminal {
    let home = Home::new();
    fs::write(home.path().join("data"), "").unwrap();
    let mut terminal = Terminal::run(home, PROGRAM, &["--offline"]);
    terminal.wait_for(&["Connect a bank with Teller"]);
    terminal.press("2");
    terminal.wait_for(&["cannot be opened", "✓  configuration", "data directory", "exit code 3"]);
    terminal
}

#[test]
fn a_failed_start_ends_with_its_exit_code_when_it_is_left() {
    let mut terminal = start();
    terminal.press("q");
    assert_eq!(terminal.wait_for_exit().exit_code(), 3);
    terminal.wait_until_restored();
}

#[test]
fn a_failed_start_writes_a_report_and_opens_once_the_reason_is_gone() {
    let mut terminal = start();
    terminal.press("d");
    terminal.wait_for(&["The report is in"]);
    let state = terminal.home().path().join("state/passbook");
    let names = fs::read_dir(state).unwrap().map(|entry| entry.unwrap().path());
    let reports: Vec<_> =
        names.filter(|path| path.extension().is_some_and(|ending| ending == "txt")).collect();
    let report = fs::read_to_string(&reports[0]).unwrap();
    assert!(report.contains("data directory") && report.contains("Settings"), "{report}");
    fs::remove_file(terminal.home().path().join("data")).unwrap();
    terminal.press("t");
    terminal.wait_for(&["[1 Accounts]"]);
    terminal.press("!");
    terminal.press("d");
    terminal.wait_for(&["Checks", "integrity", "terminal"]);
    terminal.press("\x1b");
    terminal.wait_until("no checks", |text| !text.contains("integrity"));
    terminal.press("q");
    assert_eq!(terminal.wait_for_exit().exit_code(), 0);
}

/// Long before a first frame is due, and all the same not in the shell.
#[test]
fn a_start_that_fails_at_once_shows_the_page_too() {
    // Bound, so that no other test gets the port, and never listening.
    let socket = tokio::net::TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let closed = socket.local_addr().unwrap().port();
    let url = format!("postgres://ann:secret@127.0.0.1:{closed}/passbook?sslmode=disable");
    for (url, told) in
        [(url.as_str(), "nothing listens at"), ("broken.db", "not a SQLite database")]
    {
        let home = Home::new().with("DATABASE_URL", url);
        fs::write(home.path().join("broken.db"), "no database at all").unwrap();
        let mut terminal = Terminal::run(home, PROGRAM, &["--offline"]);
        terminal.wait_for(&["cannot be opened", told, "WHAT WAS CHECKED", "exit code 3"]);
        terminal.resize(24, 80);
        terminal.wait_for(&["try again", "exit code 3"]);
        terminal.press("q");
        assert_eq!(terminal.wait_for_exit().exit_code(), 3);
        terminal.wait_until_restored();
        terminal.wait_for(&["passbook: "]);
    }
}
