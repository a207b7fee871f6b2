//! A bank connected from the screen, with the built-in bank and a real browser.

use super::terminal::Terminal;
use super::{Home, PROGRAM, start_demo};
use crate::connect::browser::{Browser, Colours, start};

/// The address as the screen shows it.
fn address(terminal: &Terminal) -> String {
    terminal.wait_for(&["http://127.0.0.1:", "waiting for a browser"]);
    let text = terminal.text();
    let found = text.split_whitespace().find(|word| word.starts_with("http://127.0.0.1:"));
    found.expect("an address").to_owned()
}

async fn sign_in(browser: &Browser, address: &str, username: &str) {
    browser.open(address).await;
    browser.sign_in(Some("security_cu"), username).await;
}

/// An escape and a letter in one are another key.
fn leave(terminal: &mut Terminal) {
    terminal.press("\x1b");
    terminal.wait_until("it is closed", |text| !text.contains("╭─ Connect a bank"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bank_is_connected_from_the_screen_and_synced() {
    let Some(browser) = start(Colours::Dark).await else { return };
    let mut terminal = start_demo();
    terminal.press("B");
    let address = address(&terminal);
    terminal.wait_for(&["This computer shows no windows", "ssh -L"]);
    sign_in(&browser, &address, "username").await;
    terminal.wait_for(&["Security Credit Union is connected.", "Pocket Checking ·7310"]);
    browser.shows("#status.done", "Security Credit Union is connected").await;
    terminal.press("r");
    terminal.wait_for(&["Synced:", "Holiday Savings"]);
    terminal.press("q");
    assert_eq!(terminal.wait_for_exit().exit_code(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bank_that_ends_the_login_is_signed_in_to_again() {
    let Some(browser) = start(Colours::Light).await else { return };
    let mut terminal = start_demo();
    terminal.press("B");
    let first = address(&terminal);
    sign_in(&browser, &first, "username").await;
    terminal.wait_for(&["Security Credit Union is connected."]);
    // The next login there is one that the bank ends at once.
    leave(&mut terminal);
    terminal.press("B");
    let second = address(&terminal);
    sign_in(&browser, &second, "disconnected").await;
    terminal.wait_for(&["he bank ended the connection"]);
    leave(&mut terminal);
    terminal.press("r");
    terminal.wait_for(&["Sync in part"]);
    terminal.press("5");
    terminal.wait_for(&["SECURITY CREDIT UNION NEEDS YOU", "Sign in again"]);
    // Past two banks with three accounts each.
    terminal.press("jjjjjjjj");
    terminal.press("\r");
    terminal.wait_for(&["Sign in to Security Credit Union again"]);
    let third = address(&terminal);
    browser.open(&third).await;
    browser.sign_in(None, "username").await;
    terminal.wait_for(&["Security Credit Union is connected again."]);
    terminal.press("r");
    terminal.wait_for(&["Synced:"]);
}

#[test]
fn leaving_it_changes_nothing_and_keys_never_wait() {
    let mut terminal = start_demo();
    terminal.press("B");
    let first = address(&terminal);
    terminal.press("\x1b");
    terminal.wait_for(&["Cancelled: no bank was connected"]);
    terminal.press("B");
    let second = address(&terminal);
    assert_ne!(first, second, "each attempt has an address of its own");
    terminal.press("q");
    terminal.press("q");
    assert_eq!(terminal.wait_for_exit().exit_code(), 0);
}

#[test]
fn the_first_run_asks_for_what_is_missing_and_keeps_it() {
    let mut terminal = Terminal::run(Home::new(), PROGRAM, &[]);
    terminal.wait_for(&["Connect a bank with Teller"]);
    terminal.press("2");
    terminal.wait_for(&["application id", "environment", "certificate"]);
    terminal.press("token_x\r\r\r\r");
    terminal.wait_for(&["is an access token"]);
    terminal.press("\x15app_tried1\r\r\r\r");
    address(&terminal);
    let config = terminal.home().path().join("config/passbook/config.toml");
    let kept = std::fs::read_to_string(config).unwrap();
    assert_eq!(kept, "application_id = \"app_tried1\"\nenvironment = \"sandbox\"\n");
}
