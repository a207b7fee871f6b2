//! The screen from outside, in a pseudo-terminal: the main job, and every way out of it.

#![expect(clippy::unwrap_used, reason = "what a test cannot set up shall end it")]

mod banks;
mod canary;
mod connecting;
mod disks;
mod failed_starts;
mod faults;
mod feel;
mod first_run;
mod flows;
mod replica;
mod terminal;
mod walk;

use std::process::Command;
use std::time::{Duration, Instant};

use rustix::process::{Signal, kill_process};

use crate::program::{Home, PROGRAM, wait_for};
use terminal::Terminal;

fn start_demo() -> Terminal {
    let terminal = Terminal::run(Home::new(), PROGRAM, &["--demo"]);
    terminal.wait_for(&["Accounts", "Sync"]);
    terminal
}

/// Starts the built-in bank's screen and syncs it.
fn start_synced() -> Terminal {
    let mut terminal = start_demo();
    terminal.press("r");
    terminal.wait_for(&["Everyday Checking", "Synced:"]);
    terminal
}

#[test]
fn the_main_job_from_start_to_quit() {
    let mut terminal = start_synced();
    terminal.wait_for(&["Harbor Credit Union", "Northwind Bank", "NET WORTH", "synced"]);

    // Into the transactions of the first account, and into one of them.
    terminal.press("\t");
    terminal.press("\r");
    terminal.wait_for(&["WHAT THE BANK TOLD US", "first seen"]);
    terminal.resize(24, 80);
    terminal.wait_for(&["WHAT THE BANK TOLD US", "Teller id"]);
    terminal.press("\x1b");
    terminal.wait_until("the accounts at 80x24", |text| {
        text.contains("[1 Acct]") && !text.contains("WHAT THE BANK TOLD US")
    });

    terminal.press("5");
    terminal.wait_for(&["[5 Sync]"]);
    terminal.press("q");
    let status = terminal.wait_for_exit();
    assert_eq!(status.exit_code(), 0, "{status}");
    terminal.wait_until_restored();
    let data = terminal.home().path().join("data/passbook");
    assert!(data.join("demo.db").exists(), "{}", data.display());
    assert!(!data.join("demo.db-wal").exists(), "all is in the one file that people copy");
}

#[test]
fn a_key_pressed_during_a_resize_is_not_kept_waiting() {
    let mut terminal = start_demo();
    for _ in 0..20 {
        for (rows, columns, key, header) in
            [(24, 80, "5", "[5 Sync]"), (36, 120, "1", "[1 Accounts]")]
        {
            terminal.resize(rows, columns);
            terminal.press(key);
            terminal.wait_for(&[header]);
        }
    }
}

#[test]
fn a_second_start_shows_what_the_first_one_stored() {
    let home = Home::new();
    let sync = Command::new(PROGRAM)
        .args(["--demo", "sync"])
        .env_clear()
        .envs(&home.environment)
        .current_dir(home.path())
        .output()
        .unwrap();
    assert!(sync.status.success(), "{}", String::from_utf8_lossy(&sync.stderr));
    let mut terminal = Terminal::run(home, PROGRAM, &["--demo", "--offline"]);
    terminal.wait_for(&["Everyday Checking", "Northwind Bank", "NET WORTH"]);
    terminal.press("\x03");
    assert_eq!(terminal.wait_for_exit().exit_code(), 0);
    terminal.wait_until_restored();
}

#[test]
fn a_deadly_signal_restores_the_terminal_and_tells_its_number() {
    for (signal, status) in [(Signal::TERM, 143), (Signal::HUP, 129), (Signal::INT, 130)] {
        let mut terminal = start_demo();
        let sent = Instant::now();
        kill_process(terminal.process(), signal).unwrap();
        assert_eq!(terminal.wait_for_exit().exit_code(), status);
        assert!(sent.elapsed() < Duration::from_secs(4), "{:?}", sent.elapsed());
        terminal.wait_until_restored();
    }
}

#[test]
fn sigterm_in_the_middle_of_a_sync_ends_it_too() {
    let mut terminal = start_demo();
    terminal.press("r");
    terminal.wait_for(&["syncing"]);
    kill_process(terminal.process(), Signal::TERM).unwrap();
    assert_eq!(terminal.wait_for_exit().exit_code(), 143);
    terminal.wait_until_restored();
}

#[test]
fn a_closed_window_ends_the_program() {
    // Within `script`, which is a terminal that can be killed. The second program has no
    // controlling terminal, so that nobody sends it a SIGHUP.
    for words in ["\"$PASSBOOK\" --demo", "setsid --wait \"$PASSBOOK\" --demo"] {
        let home = Home::new().with("PASSBOOK", PROGRAM).with("SHELL", "/bin/sh");
        let status = home.path().join("status");
        let command = format!("trap '' HUP; {words}; echo $? > status.new; mv status.new status");
        let mut terminal = Terminal::run(home, "script", &["-qc", &command, "/dev/null"]);
        wait_for_screen(&terminal);
        terminal.kill();
        let told = wait_for("exit", || terminal.text(), || std::fs::read_to_string(&status).ok());
        assert_eq!(told.trim(), "129", "{words}");
    }
}

/// In a shell with job control, whose prompt is `ready> `.
fn start_in_shell() -> Terminal {
    let home = Home::new().with("PS1", "ready> ").with("PASSBOOK", PROGRAM);
    let mut terminal = Terminal::run(home, "sh", &["-i", "-m"]);
    terminal.wait_for(&["ready> "]);
    terminal.press("sh -c 'echo $$ > job; exec \"$0\" --demo' \"$PASSBOOK\"\r");
    wait_for_screen(&terminal);
    terminal
}

fn wait_for_screen(terminal: &Terminal) {
    terminal.wait_until("the screen", |text| text.contains("Sync") && !text.contains("ready>"));
}

/// The shell has the terminal, in the modes that it gives to its commands.
fn assert_shell(terminal: &mut Terminal) {
    terminal.wait_until("a prompt", |text| text.trim_end().ends_with("ready>"));
    terminal.wait_until_left();
    terminal.press("stty -a; echo that is\\ all\r");
    terminal.wait_for(&["that is all"]);
    let modes = terminal.text();
    assert!(modes.contains(" icanon") && modes.contains(" echo "), "{modes}");
    terminal.press("clear\r");
    terminal.wait_until("an empty screen", |text| text.trim() == "ready>");
}

#[test]
fn ctrl_z_gives_the_shell_back_and_fg_the_screen() {
    let mut terminal = start_in_shell();
    for (rows, columns, header) in [(24, 80, "[1 Acct]"), (36, 120, "[1 Accounts]")] {
        terminal.press("\x1a");
        assert_shell(&mut terminal);
        terminal.resize(rows, columns);
        terminal.press("fg; echo left with $?\r");
        wait_for_screen(&terminal);
        terminal.wait_for(&[header]);
    }
    terminal.press("q");
    terminal.wait_for(&["left with 0"]);
    assert_shell(&mut terminal);
}

#[test]
fn a_stop_from_outside_gives_the_shell_back_too() {
    let mut terminal = start_in_shell();
    kill_process(terminal.job(), Signal::TSTP).unwrap();
    assert_shell(&mut terminal);
    terminal.press("fg\r");
    wait_for_screen(&terminal);
    terminal.press("\x1a");
    assert_shell(&mut terminal);
    terminal.press("kill -TERM %1; fg; echo left with $?\r");
    terminal.wait_for(&["left with 143"]);
    assert_shell(&mut terminal);
}

#[test]
fn without_a_terminal_it_says_so_and_what_to_do() {
    let home = Home::new();
    let output = Command::new(PROGRAM)
        .arg("--demo")
        .env_clear()
        .envs(&home.environment)
        .current_dir(home.path())
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(told.contains("terminal") && told.contains("passbook accounts"), "{told}");
    assert!(output.stdout.is_empty());
}

#[test]
fn a_way_back_is_asked_about_on_the_terminal() {
    for (answer, told) in [
        ("no\r", "Nothing was changed."),
        ("\r", "Nothing was changed."),
        ("yes\r", "at version 1."),
    ] {
        let home = Home::new().with("PASSBOOK", PROGRAM);
        let words = "\"$PASSBOOK\" migrate up >&2 && \"$PASSBOOK\" migrate down --to 1";
        let mut terminal = Terminal::run(home, "sh", &["-c", words]);
        terminal.wait_for(&["pb_sync_explanations", "Go back from version", "[y/N]"]);
        terminal.press(answer);
        terminal.wait_for(&[told]);
        assert_eq!(terminal.wait_for_exit().exit_code(), 0);
    }
}

#[test]
fn the_terminal_is_one_of_the_things_that_doctor_looks_at() {
    for (term, locale, told) in [
        ("xterm-256color", "C.UTF-8", "120×36, 256 colours, Unicode, clipboard likely"),
        ("dumb", "C.UTF-8", "set TERM to what the terminal is"),
        ("xterm", "C", "or use --ascii"),
    ] {
        let home = Home::new().with("TERM", term).with("LANG", locale);
        let mut terminal = Terminal::run(home, PROGRAM, &["--demo", "--offline", "doctor"]);
        terminal.wait_for(&["terminal", told, "Nothing failed."]);
        assert_eq!(terminal.wait_for_exit().exit_code(), 0);
    }
}

#[test]
fn a_dumb_terminal_is_told_apart() {
    let home = Home::new().with("TERM", "dumb");
    let config = home.path().join("drawn.toml");
    std::fs::write(&config, "plain = false\n").unwrap();
    let config = config.to_str().unwrap();
    let mut terminal = Terminal::run(home, PROGRAM, &["--demo", "--config", config]);
    assert_eq!(terminal.wait_for_exit().exit_code(), 2);
    terminal.wait_for(&["TERM=dumb"]);
    terminal.wait_until_restored();
}
