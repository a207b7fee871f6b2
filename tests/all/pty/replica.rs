//! The screen on a database with a read replica that comes and goes.

use std::time::{Duration, Instant};

use super::terminal::Terminal;
use crate::faults::crashes::{small_bank, undisturbed};
use crate::program::{DEADLINE, Home, PROGRAM};
use crate::support::OwnCluster;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_replica_that_goes_is_told_on_a_screen_that_goes_on() {
    let Some(primary) = OwnCluster::start().await else { return };
    let (at, bank) = (primary.database().await, small_bank().await);
    undisturbed(&Home::new(), &at, &bank).await;
    let mut standby = primary.standby().await;
    let copy = standby.copy_of(&at);
    let home = Home::new()
        .with("DATABASE_URL", at.url())
        .with("PASSBOOK_READ_URL", copy.url())
        .with("PASSBOOK_OFFLINE", "1");
    let mut terminal = Terminal::run(home, PROGRAM, &[]);
    terminal.wait_for(&["Everyday Checking"]);
    terminal.press("5");
    terminal.wait_for(&["Read from a replica, 0 s behind"]);

    copy.run("select pg_wal_replay_pause()").await;
    at.run("insert into pb_settings (name, value) values ('seen', 'later')").await;
    let is_late = |text: &str| text.contains("s behind") && !text.contains(" 0 s behind");
    press_until(&mut terminal, "a replica that is behind", is_late);
    copy.run("select pg_wal_replay_resume()").await;

    standby.stop();
    let told = |text: &str| text.contains("The read replica") && text.contains("the primary.");
    press_until(&mut terminal, "a replica that is gone", told);
    terminal.press("1");
    terminal.wait_for(&["Everyday Checking", "replica unused"]);
    standby.start_again().await;
    press_until(&mut terminal, "a replica that is back", |text| text.contains("well again"));
    terminal.press("q");
    assert!(terminal.wait_for_exit().success());
}

/// Goes from screen to screen, which reads, until it shows so.
fn press_until(terminal: &mut Terminal, what: &str, shows: impl Fn(&str) -> bool) {
    let started = Instant::now();
    for keys in ["1", "j", "2", "5"].iter().cycle() {
        terminal.press(keys);
        std::thread::sleep(Duration::from_millis(40));
        if shows(&terminal.text()) {
            return;
        }
        assert!(started.elapsed() < DEADLINE, "no {what}: {}", terminal.text());
    }
}
