//! What one does with rows, categories and rules in a day, by keys, at both sizes. Each flow takes
//! back what it did, so that one start serves several.

use super::start_synced;
use super::terminal::{COLUMNS, ROWS, Terminal};

const ESC: &str = "\x1b";
const ENTER: &str = "\r";
/// ctrl-s
const KEEP: &str = "\x13";
/// ctrl-u
const EMPTY: &str = "\x15";

/// The flow on a wide screen and on a narrow one.
fn at_both_sizes(terminal: &mut Terminal, flow: fn(&mut Terminal)) {
    for (rows, columns, header) in [(ROWS, COLUMNS, "1 Accounts"), (24, 80, "1 Acct ")] {
        terminal.resize(rows, columns);
        terminal.wait_for(&[header]);
        flow(terminal);
    }
}

/// A key, and what it shows.
fn press(terminal: &mut Terminal, key: &str, shows: &[&str]) {
    terminal.press(key);
    terminal.wait_for(shows);
}

/// A key that takes this away.
fn leave(terminal: &mut Terminal, key: &str, shown: &str) {
    terminal.press(key);
    terminal.wait_until(&format!("no {shown}"), |text| !text.contains(shown));
}

fn transactions(terminal: &mut Terminal) {
    press(terminal, "2", &["transactions in 6 accounts"]);
}

/// What is chosen in the list that lies over the screen.
fn chosen(text: &str) -> &str {
    text.lines().find_map(|line| Some(line.split_once("│▌")?.1)).unwrap_or_default()
}

/// Down to the line that begins so.
fn down_to(terminal: &mut Terminal, begins: &str) {
    loop {
        let before = chosen(&terminal.text()).to_owned();
        if before.trim_start().starts_with(begins) {
            return;
        }
        terminal.press("j");
        terminal.wait_until(&format!("the line after {before}"), |text| chosen(text) != before);
    }
}

/// Fills in the lines of a form, the first one first, and sends it off.
fn fill_in(terminal: &mut Terminal, lines: &[&str]) {
    for line in lines {
        terminal.press(line);
        terminal.press(ENTER);
    }
}

fn categories(terminal: &mut Terminal) {
    transactions(terminal);
    press(terminal, "C", &["Categories", "fuel"]);
    down_to(terminal, "fuel");
    press(terminal, "m", &["Name of the category fuel"]);
    terminal.press(EMPTY);
    terminal.press("petrol");
    press(terminal, ENTER, &["Done: category fuel is called petrol", "petrol  also fuel"]);
    press(terminal, "M", &["petrol becomes part of"]);
    down_to(terminal, "transport ");
    press(terminal, ENTER, &["Done: category petrol is part of transport", "also fuel and"]);
    down_to(terminal, "charity");
    press(terminal, ">", &["charity stands below"]);
    down_to(terminal, "home");
    press(terminal, ENTER, &["Done: ", "charity"]);
    for undone in ["charity", "petrol is part of", "fuel is called petrol"] {
        press(terminal, "u", &["Undone: ", undone]);
    }
    leave(terminal, ESC, "Categories");
}

fn rules(terminal: &mut Terminal) {
    transactions(terminal);
    press(terminal, "=", &["Rules", "None yet"]);
    press(terminal, "a", &["A new rule", "account"]);
    // Contains, but not, account, amount, money, category, name, tag.
    fill_in(terminal, &["blue kettle", "", "everyday", "", "", "", "Blue Kettle"]);
    press(terminal, "beans\r", &["What the rule would change", "finds "]);
    press(terminal, ENTER, &["Done: a rule for blue kettle acct:", "│▌ blue kettle acct:"]);
    press(terminal, " ", &["off blue kettle"]);
    press(terminal, " ", &["is on"]);
    press(terminal, ENTER, &["A rule", "account     Everyday Checking"]);
    leave(terminal, ESC, "but not");
    leave(terminal, ESC, "first with a word for it");
    press(terminal, "/", &["/ ▏"]);
    press(terminal, "tag:beans", &["/ tag:beans", "Blue Kettle"]);
    leave(terminal, ESC, "/ tag:beans");
    press(terminal, "=", &["blue kettle acct:"]);
    press(terminal, "x", &["no rule for blue kettle", "None yet"]);
    leave(terminal, ESC, "first with a word for it");
}

#[test]
fn categories_and_rules_are_changed_by_keys_and_taken_back() {
    let mut terminal = start_synced();
    at_both_sizes(&mut terminal, categories);
    at_both_sizes(&mut terminal, rules);
}

fn duplicates(terminal: &mut Terminal) {
    transactions(terminal);
    press(terminal, "d", &["Rows that look alike", "2 rows"]);
    press(terminal, ENTER, &["side by side", "Seen first"]);
    press(terminal, ESC, &["Rows that look alike"]);
    press(terminal, "x", &["Done: not interesting: twice?"]);
    press(terminal, "u", &["Undone: not interesting: twice?"]);
    leave(terminal, ESC, "Rows that look alike");
}

fn columns(terminal: &mut Terminal) {
    transactions(terminal);
    terminal.wait_for(&["ACCOUNT", "CATEGORY"]);
    press(terminal, "|", &["Columns", "account"]);
    press(terminal, ENTER, &["▌   account"]);
    leave(terminal, ESC, "Columns");
    terminal.wait_until("no column of accounts", |text| !text.contains("ACCOUNT"));
    press(terminal, "|", &["Columns"]);
    press(terminal, ENTER, &["▌ ✓ account"]);
    leave(terminal, ESC, "Columns");
    terminal.wait_for(&["ACCOUNT"]);
}

fn orders(terminal: &mut Terminal) {
    transactions(terminal);
    press(terminal, "s", &["most money out first", "MERIDIAN BROKERAGE"]);
    press(terminal, "S", &["most money in first", "+"]);
    terminal.press("S");
    for order in ["by name, A to Z", "by category, A to Z", "by account, A to Z", "newest first"] {
        press(terminal, "s", &[order]);
    }
}

fn groups(terminal: &mut Terminal) {
    transactions(terminal);
    press(terminal, "ga", &["by account", "ROWS", "Joint Checking"]);
    press(terminal, "gc", &["by category", "groceries"]);
    press(terminal, ENTER, &["by category ▸ income", "DESCRIPTION"]);
    press(terminal, "gm", &["by category ▸ income ▸ by merchant", "ACME CORP"]);
    press(terminal, ENTER, &["income ▸ by merchant ▸ ACME CORP", "DESCRIPTION"]);
    press(terminal, ESC, &["income ▸ by merchant", "ROWS"]);
    press(terminal, ESC, &["by category ▸ income", "DESCRIPTION"]);
    press(terminal, ESC, &["by category", "groceries"]);
    press(terminal, ESC, &["transactions in 6 accounts"]);
}

#[test]
fn rows_are_looked_at_alike_in_columns_orders_and_groups() {
    let mut terminal = start_synced();
    for flow in [duplicates, columns, orders, groups] {
        at_both_sizes(&mut terminal, flow);
    }
}

fn saved_search(terminal: &mut Terminal) {
    transactions(terminal);
    press(terminal, "/", &["/ ▏"]);
    press(terminal, "meridian", &["MERIDIAN BROKERAGE", " of 2,"]);
    press(terminal, KEEP, &["keep it as"]);
    terminal.press("broker");
    press(terminal, ENTER, &["Kept: alt-1 brings it back"]);
    leave(terminal, ESC, "/ meridian");
    press(terminal, "1", &["NET ", "Rainy Day"]);
    // alt-1
    press(terminal, "\x1b1", &["/ meridian", "MERIDIAN BROKERAGE"]);
    leave(terminal, ESC, "/ meridian");
}

fn long_note(terminal: &mut Terminal) {
    transactions(terminal);
    press(terminal, "n", &["Note of"]);
    for line in ["half of it is Robin's", "who pays in May"] {
        terminal.press(line);
        terminal.press(ENTER);
    }
    press(terminal, "and no later", &["half of it", "who pays", "and no later"]);
    leave(terminal, KEEP, "Note of");
    press(terminal, ENTER, &["WHAT THE BANK TOLD US", "who pays in May"]);
    press(terminal, "u", &["Undone: note on"]);
    leave(terminal, ESC, "WHAT THE BANK TOLD US");
}

fn parted_transfer(terminal: &mut Terminal) {
    transactions(terminal);
    press(terminal, "/", &["/ ▏"]);
    press(terminal, "is:transfer", &["⇄"]);
    terminal.press(ENTER);
    press(terminal, ENTER, &["WHAT THE BANK TOLD US", "o opens it"]);
    leave(terminal, "P", "o opens it");
    press(terminal, "u", &["Undone: ", "o opens it"]);
    leave(terminal, ESC, "WHAT THE BANK TOLD US");
    leave(terminal, ESC, "is:transfer");
}

#[test]
fn searches_notes_and_parted_transfers_are_kept_by_keys() {
    let mut terminal = start_synced();
    for flow in [saved_search, long_note, parted_transfer] {
        at_both_sizes(&mut terminal, flow);
    }
}
