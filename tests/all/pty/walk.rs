//! A walk through every screen, and the flows of a day, all by keys.

use std::process::Command;

use passbook::database::Database;

use super::start_synced;
use super::terminal::Terminal;
use crate::program::PROGRAM;
use crate::support::TestDatabase;

const ESC: &str = "\x1b";
const ENTER: &str = "\r";
/// ctrl-s
const KEEP: &str = "\x13";

/// What a key shows, and whether it lies over the screen: then esc takes it away again.
struct Stop {
    key: &'static str,
    shows: &'static [&'static str],
    over: bool,
}

const fn screen(key: &'static str, shows: &'static [&'static str]) -> Stop {
    Stop { key, shows, over: false }
}

const fn over(key: &'static str, shows: &'static [&'static str]) -> Stop {
    Stop { key, shows, over: true }
}

/// Texts that stand there at 120 columns and at 80.
const WALK: &[Stop] = &[
    screen("1", &["Everyday", "assets"]),
    over("?", &["Keys", "esc closes"]),
    over(":", &["search keys"]),
    over(",", &["Settings", "Theme"]),
    over("!", &["Problems", "Nothing needs you"]),
    over("A", &["Add an account by hand", "name"]),
    over("f", &["account", "category"]),
    screen("2", &["transactions in 6 accounts"]),
    over("c", &["Category of", "groceries"]),
    over("n", &["Note of"]),
    over("#", &["Tag of"]),
    over("m", &["Merchant name of"]),
    over("=", &["Rules"]),
    over("E", &["Export", "hledger"]),
    over("/", &["/ ▏"]),
    over(ENTER, &["WHAT THE BANK TOLD US"]),
    screen("3", &["CASH FLOW", "SPENDING"]),
    over("e", &["Why is this here"]),
    screen("4", &["ACME CORP"]),
    over("e", &["Why is this here"]),
    screen("5", &["LAST RUNS"]),
];

fn walk(terminal: &mut Terminal) {
    let mut at: &[&str] = &[];
    for stop in WALK {
        terminal.press(stop.key);
        terminal.wait_for(stop.shows);
        if stop.over {
            terminal.press(ESC);
            terminal.wait_until(&format!("no {:?} after esc", stop.shows), |text| {
                !stop.shows.iter().all(|part| text.contains(part))
                    && at.iter().all(|part| text.contains(part))
            });
        } else {
            at = stop.shows;
        }
    }
}

#[test]
fn every_screen_opens_and_closes_at_both_sizes() {
    let mut terminal = start_synced();
    walk(&mut terminal);
    terminal.resize(24, 80);
    terminal.wait_for(&["[5 Sync]"]);
    walk(&mut terminal);
    // No key is left that something hidden would take.
    terminal.press("q");
    assert_eq!(terminal.wait_for_exit().exit_code(), 0);
    terminal.wait_until_restored();
}

/// Waits until it is left: a key right behind esc would be one with alt.
fn leave_find(terminal: &mut Terminal) {
    terminal.press(ESC);
    terminal.wait_until("no search", |text| !text.contains("WORDS YOU CAN TYPE"));
}

fn restart(mut terminal: Terminal) -> Terminal {
    terminal.press("q");
    assert_eq!(terminal.wait_for_exit().exit_code(), 0);
    let terminal = Terminal::run(terminal.into_home(), PROGRAM, &["--demo"]);
    terminal.wait_for(&["Everyday Checking", "NET WORTH"]);
    terminal
}

#[test]
fn a_note_is_kept_found_undone_and_redone_over_restarts() {
    let mut terminal = start_synced();
    terminal.press("2");
    terminal.wait_for(&["transactions in 6 accounts"]);
    terminal.press("n");
    terminal.wait_for(&["Note of"]);
    terminal.press("shared with Robin");
    terminal.press(KEEP);
    terminal.wait_until("the box closed", |text| !text.contains("Note of"));

    let mut terminal = restart(terminal);
    terminal.press("/");
    terminal.wait_for(&["every transaction of all accounts"]);
    terminal.press("has:note rob");
    terminal.wait_for(&["1 of 2,"]);
    leave_find(&mut terminal);
    terminal.press("u");
    terminal.wait_for(&["ndone"]);

    let mut terminal = restart(terminal);
    terminal.press("2");
    terminal.wait_for(&["transactions in 6 accounts"]);
    terminal.press("U");
    terminal.wait_for(&["gain"]);
    terminal.press("/");
    terminal.press("robin");
    terminal.wait_for(&["1 of 2,"]);
}

#[test]
fn an_account_by_hand_counts_in_what_one_has() {
    let mut terminal = start_synced();
    terminal.press("A");
    terminal.wait_for(&["Add an account by hand"]);
    for line in ["Summer House", "", "", "250,000"] {
        terminal.press(line);
        terminal.press(ENTER);
    }
    terminal.press(ENTER);
    terminal.wait_for(&["Summer House", "250,000.00"]);
    let mut terminal = restart(terminal);
    terminal.wait_for(&["Summer House", "250,000.00"]);
    terminal.press("u");
    terminal.wait_until("no house", |text| !text.contains("Summer House  "));
}

#[test]
fn what_is_found_on_the_screen_is_what_the_command_finds() {
    let mut terminal = start_synced();
    let home = terminal.home();
    let output = Command::new(PROGRAM)
        .args(["transactions", "--demo", "--query", "coffee out:>10", "--json"])
        .env_clear()
        .envs(&home.environment)
        .current_dir(home.path())
        .output()
        .expect("the program runs");
    let listed: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let found = listed["transactions"].as_array().expect("a list").len();
    assert!(found > 0);
    terminal.press("/");
    terminal.press("coffee out:>10");
    terminal.wait_for(&["BLUE KETTLE COFFEE", &format!(" {found} of ")]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_note_is_kept_though_the_screen_is_left_while_the_database_is_busy() {
    let mut terminal = start_synced();
    let file = terminal.home().path().join("data/passbook/demo.db");
    let at = TestDatabase::through(Database::Sqlite { path: file });
    terminal.press("2");
    terminal.wait_for(&["transactions in 6 accounts"]);
    let mut other = at.connect_sqlite().await;
    sqlx::raw_sql("begin immediate").execute(&mut other).await.unwrap();
    terminal.press("n");
    terminal.wait_for(&["Note of"]);
    terminal.press("in a hurry");
    terminal.press(KEEP);
    terminal.wait_until("the box closed", |text| !text.contains("Note of"));
    terminal.press("q");
    terminal.wait_until_left();
    sqlx::raw_sql("rollback").execute(&mut other).await.unwrap();
    assert_eq!(terminal.wait_for_exit().exit_code(), 0);
    assert_eq!(at.ask("select note from pb_annotations").await, ["in a hurry"]);
}
