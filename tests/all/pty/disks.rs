//! The screen while its database's disk fails.

use std::fs::{Permissions, set_permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::faults::sync_demo;
use super::terminal::Terminal;
use crate::program::{Home, PROGRAM};
use crate::support::{TinyDisk, say_skipped};

/// From a screen of accounts: a sync that fails is told, and what is stored can be looked at.
fn fail_to_sync(terminal: &mut Terminal, told: &str) {
    terminal.press("r");
    terminal.wait_for(&["The sync ended early", told, "what is stored is safe"]);
    terminal.press("2");
    terminal.wait_for(&["[2 Transactions]", "DESCRIPTION", "1 of "]);
    terminal.press("jjj\r");
    terminal.wait_for(&["WHAT THE BANK TOLD US", "first seen"]);
    terminal.press("\x1b");
    terminal.wait_until("the list", |text| !text.contains("WHAT THE BANK TOLD US"));
    terminal.press("1");
    terminal.wait_for(&["[1 Accounts]", "NET WORTH"]);
}

fn succeed_to_sync(terminal: &mut Terminal) {
    terminal.press("r");
    terminal.wait_for(&["Synced:"]);
    terminal.press("q");
    assert_eq!(terminal.wait_for_exit().exit_code(), 0);
    terminal.wait_until_restored();
}

#[test]
fn a_disk_that_fills_up_is_a_notice_on_a_screen_that_goes_on() {
    let Some(disk) = TinyDisk::mount(16 * 1024) else { return };
    let home = Home::new().with("XDG_DATA_HOME", disk.path().to_str().unwrap());
    sync_demo(&home);
    let mut terminal = Terminal::run(home, PROGRAM, &["--demo"]);
    terminal.wait_for(&["Everyday Checking", "NET WORTH"]);
    disk.fill_but(0);
    fail_to_sync(&mut terminal, "is full");
    disk.make_room();
    succeed_to_sync(&mut terminal);
}

/// A directory with all that is in it.
struct Tree(PathBuf);

impl Tree {
    fn for_each(&self, change: impl Fn(&Path, bool)) {
        change(&self.0, true);
        for entry in self.0.read_dir().unwrap() {
            change(&entry.unwrap().path(), false);
        }
    }

    fn set_writable(&self, writable: bool) {
        let mode = |directory| match (writable, directory) {
            (true, true) => 0o700,
            (true, false) => 0o600,
            (false, true) => 0o500,
            (false, false) => 0o400,
        };
        self.for_each(|path, directory| {
            set_permissions(path, Permissions::from_mode(mode(directory))).unwrap();
        });
    }
}

/// Words before the program's name that make it run as somebody who may not write everywhere.
/// `None`, said out loud, where there is no such way.
fn as_nobody(home: &Home) -> Option<Vec<&'static str>> {
    const NOBODY: &str = "65534";
    if !rustix::process::geteuid().is_root() {
        return Some(Vec::new());
    }
    let words = vec!["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--"];
    let owner = Command::new("chown").args(["-R", NOBODY]).arg(home.path()).status();
    let reach = Command::new(words[0]).args(&words[1..]).args([PROGRAM, "--version"]).output();
    let able = owner.is_ok_and(|status| status.success())
        && reach.is_ok_and(|output| output.status.success());
    if !able {
        say_skipped("root may write everywhere, and nobody else can run the program");
        return None;
    }
    Some(words)
}

#[test]
fn files_that_may_not_be_written_any_more_are_a_notice_on_a_screen_that_goes_on() {
    let home = Home::new();
    sync_demo(&home);
    let Some(mut words) = as_nobody(&home) else { return };
    let data = Tree(home.path().join("data/passbook"));
    words.extend([PROGRAM, "--demo"]);
    let mut terminal = Terminal::run(home, words[0], &words[1..]);
    terminal.wait_for(&["Everyday Checking", "NET WORTH"]);
    data.set_writable(false);
    fail_to_sync(&mut terminal, "may not be written");
    data.set_writable(true);
    succeed_to_sync(&mut terminal);
}
