//! Mouse, lock, settings and plain lines, on a terminal as people have it.

use std::fs;
use std::io::Write as _;
use std::process::{Command, Stdio};

use super::terminal::Terminal;
use super::{start_demo, start_synced};
use crate::program::{Home, PROGRAM, wait_for};

/// The text's first cell, as the mouse counts: from one.
fn place_of(terminal: &Terminal, text: &str) -> (usize, usize) {
    let mut cells = terminal.cells();
    for cell in cells.iter_mut().flatten().filter(|cell| cell.is_empty()) {
        cell.push(' ');
    }
    let place = cells.iter().enumerate().find_map(|(y, line)| {
        let x = (0..line.len()).find(|x| line[*x..].concat().starts_with(text))?;
        Some((x + 1, y + 1))
    });
    place.unwrap_or_else(|| panic!("{text} is not on the screen:\n{}", terminal.text()))
}

fn click(terminal: &mut Terminal, text: &str) {
    let (x, y) = place_of(terminal, text);
    terminal.press(&format!("\x1b[<0;{x};{y}M\x1b[<0;{x};{y}m"));
}

#[test]
fn the_mouse_picks_opens_and_can_be_left_to_the_terminal() {
    let mut terminal = start_synced();
    click(&mut terminal, "5 Sync");
    terminal.wait_for(&["[5 Sync]"]);
    click(&mut terminal, "1 Accounts");
    terminal.wait_for(&["[1 Accounts]", "Rainy Day"]);
    click(&mut terminal, "Rainy Day");
    terminal.wait_until("that account", |text| {
        text.lines().any(|line| line.contains("▌") && line.contains("Rainy Day"))
    });
    terminal.press("\x1bm");
    terminal.wait_for(&["The mouse is the terminal's"]);
    assert!(!terminal.reports_mouse());
    terminal.press("\x1bm");
    wait_for("the mouse", || terminal.text(), || terminal.reports_mouse().then_some(()));
    terminal.press("\x03");
    terminal.wait_for_exit();
    terminal.wait_until_restored();
}

#[test]
fn a_theme_is_chosen_on_the_screen_and_kept_in_the_file_with_its_comments() {
    let home = Home::new();
    let config = home.path().join("config/passbook/config.toml");
    fs::create_dir_all(config.parent().unwrap()).unwrap();
    fs::write(&config, "# mine\nascii = false # no\n").unwrap();
    let mut terminal = Terminal::run(home, PROGRAM, &["--demo"]);
    terminal.wait_for(&["Accounts", "Sync"]);
    terminal.press(",");
    terminal.wait_for(&["Settings", "Theme", "dark"]);
    terminal.press("\r");
    let told = || fs::read_to_string(&config).unwrap();
    let kept = || (told() == "# mine\nascii = false # no\ntheme = \"light\"\n").then_some(());
    wait_for("the line in the file", told, kept);
    terminal.press("\x03");
    terminal.wait_for_exit();
    let mut terminal = Terminal::run(terminal.into_home(), PROGRAM, &["--demo", "--theme", "dark"]);
    terminal.wait_for(&["Accounts", "Sync"]);
    terminal.press(",");
    terminal.wait_for(&["overruled", "--theme, which wins"]);
    terminal.press("\x03");
    terminal.wait_for_exit();
}

fn set_passphrase(home: &Home, lines: &str) {
    let mut child = Command::new(PROGRAM)
        .args(["--demo", "lock", "set"])
        .env_clear()
        .envs(&home.environment)
        .current_dir(home.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(lines.as_bytes()).unwrap();
    assert!(child.wait().unwrap().success());
}

#[test]
fn a_passphrase_is_asked_for_before_anything_shows() {
    let home = Home::new();
    set_passphrase(&home, "sesame\nsesame\n");
    let mut terminal = Terminal::run(home, PROGRAM, &["--demo"]);
    terminal.wait_for(&["Locked. The passphrase, please:"]);
    terminal.press("q1?wrong\r");
    terminal.wait_for(&["That is not it."]);
    assert!(!terminal.text().contains("Checking"));
    terminal.press("sesame\r");
    terminal.wait_for(&["Everyday Checking"]);
    terminal.press("L");
    terminal.wait_for(&["Locked. The passphrase, please:"]);
    assert!(!terminal.text().contains("Checking"));
    terminal.press("\x03");
    assert_eq!(terminal.wait_for_exit().exit_code(), 0);
    terminal.wait_until_restored();
}

#[test]
fn a_dumb_terminal_is_written_to_line_by_line() {
    let home = Home::new().with("TERM", "dumb");
    let mut terminal = Terminal::run(home, PROGRAM, &["--demo"]);
    terminal.wait_for(&["Accounts."]);
    terminal.press("r");
    terminal.wait_for(&["Synced:"]);
    terminal.press("j");
    terminal.wait_for(&["Rainy Day Savings"]);
    // The sync may have told of that account, too: the next key's answer says that this one was seen.
    terminal.press("u");
    terminal.wait_for(&["Nothing to undo."]);
    let before = terminal.written().len();
    terminal.press("k");
    let told = wait_for(
        "that account",
        || terminal.text(),
        || {
            let written = terminal.written();
            let news = String::from_utf8_lossy(&written[before..]).into_owned();
            let told: Vec<_> = news.lines().map(str::to_owned).collect();
            told.iter().any(|line| line.starts_with("Everyday Checking")).then_some(told)
        },
    );
    // What came late may have been told as well, but no other row.
    assert!(!told.iter().any(|line| line.starts_with("Travel Card")), "{told:?}");
    terminal.press("\x03");
    assert_eq!(terminal.wait_for_exit().exit_code(), 0);
    assert!(!terminal.written().contains(&0x1b), "no escape sequence at all");
    terminal.wait_until_restored();
}

#[test]
fn a_storm_of_resizes_draws_few_frames_and_ends_right() {
    let mut terminal = start_demo();
    let before = terminal.written().len();
    for step in 0..200_u16 {
        terminal.resize(16 + step % 20, 70 + step % 60);
    }
    terminal.resize(36, 120);
    terminal.press("5");
    terminal.wait_for(&["[5 Sync]"]);
    terminal.press("1");
    terminal.wait_for(&["[1 Accounts]", "? keys"]);
    let written = terminal.written();
    let frame = b"\x1b[?2026h";
    let frames = written[before..].windows(frame.len()).filter(|it| it == frame).count();
    assert!(frames <= 60, "{frames} frames");
    let last = terminal.cells();
    assert!(last[35].concat().contains("keys"), "{}", terminal.text());
}
