//! The screen in the middle of a sync with a bank that the test holds still.

use std::time::{Duration, Instant};

use passbook::demo::{Bank, Fault, Match, Times};
use rustix::process::{Pid, Signal, kill_process};
use sqlx::Connection as _;

use super::terminal::Terminal;
use super::wait_for_screen;
use crate::faults::crashes::{
    assert_mends, is_locked, is_stopped, small_bank, stored, undisturbed,
};
use crate::program::{Home, PROGRAM, wait_for};
use crate::support::{self, OwnCluster, TestDatabase};

const SIGNALS: [(Signal, u32); 3] = [(Signal::TERM, 143), (Signal::HUP, 129), (Signal::INT, 130)];
/// Two seconds are promised; a busy test machine needs time to notice.
const SOON: Duration = Duration::from_secs(3);
/// No answer of the bank takes part in a frame; on a machine at rest it takes a few milliseconds.
const AT_ONCE: Duration = Duration::from_secs(1);

fn home(at: &TestDatabase, bank: &Bank) -> Home {
    Home::new()
        .with("DATABASE_URL", at.url())
        .with("TELLER_API_URL", bank.url())
        .with("TELLER_ACCESS_TOKEN", bank.tokens()[0].expose())
}

fn start(home: Home) -> Terminal {
    let terminal = Terminal::run(home, PROGRAM, &[]);
    terminal.wait_for(&["[1 Accounts]", "Sync"]);
    terminal
}

/// Ends as the signal says, and soon.
fn end(terminal: &mut Terminal, (signal, status): (Signal, u32)) {
    let sent = Instant::now();
    let pid = terminal.process();
    kill_process(pid, signal).unwrap();
    // One that was stopped gets it now.
    kill_process(pid, Signal::CONT).unwrap();
    assert_eq!(terminal.wait_for_exit().exit_code(), status);
    assert!(sent.elapsed() < SOON, "{signal:?}: {:?}", sent.elapsed());
    terminal.wait_until_restored();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn keys_answer_at_once_while_the_bank_stalls_or_drips() {
    let bank = small_bank().await;
    let at = support::sqlite();
    let mut terminal = start(home(&at, &bank));
    let drip = Fault::Drip { bytes: 20, pause: Duration::from_secs(1) };
    for fault in [Fault::Stall, Fault::StallAfter(100), drip] {
        let id = bank.faults().add(Match::transactions(), fault.clone(), Times::Always);
        terminal.press("r");
        wait_for("a request", || terminal.text(), || (bank.faults().hits(id) > 0).then_some(()));
        let mut slowest = Duration::ZERO;
        for (key, header) in
            [("5", "[5 Sync]"), ("2", "[2 Transactions]"), ("1", "[1 Accounts]")].repeat(7)
        {
            let pressed = Instant::now();
            terminal.press(key);
            terminal.wait_for(&[header, "syncing"]);
            slowest = slowest.max(pressed.elapsed());
        }
        assert!(slowest < AT_ONCE, "{fault:?}: {slowest:?}");
        bank.faults().clear();
        if !matches!(fault, Fault::Drip { .. }) {
            terminal.wait_for(&["Synced:"]);
        }
    }
    // The last answer still drips.
    terminal.press("q");
    assert_eq!(terminal.wait_for_exit().exit_code(), 0);
    terminal.wait_until_restored();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_signal_in_an_open_page_leaves_it_whole_or_not_at_all() {
    let bank = small_bank().await;
    let whole = undisturbed(&Home::new(), &support::sqlite(), &bank).await;
    let mut signals = SIGNALS.into_iter();
    let mut signal = signals.next();
    for step in (30..).step_by(9) {
        let Some(next) = signal else { break };
        let at = support::sqlite();
        let stop = format!("step:{step}:stop");
        let mut terminal = start(home(&at, &bank).with("PASSBOOK_FAIL_POINT", stop));
        terminal.press("r");
        let stopped = wait_for(
            "stop",
            || terminal.text(),
            || {
                let stopped = is_stopped(terminal.process());
                (stopped || terminal.text().contains("Synced:")).then_some(stopped)
            },
        );
        assert!(stopped, "no page was open at any step before {step}");
        if is_locked(&at).await {
            end(&mut terminal, next);
            assert_mends(&at, &bank, &whole, &format!("after {signal:?}")).await;
            signal = signals.next();
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_that_cannot_end_is_rolled_back_by_a_signal() {
    let Some(at) = support::postgres().await else { return };
    let bank = small_bank().await;
    let whole = undisturbed(&Home::new(), &at, &bank).await;
    for signal in SIGNALS {
        let at = support::postgres().await.unwrap();
        let mut terminal = start(home(&at, &bank));
        let mut other = sqlx::PgConnection::connect(&at.url()).await.unwrap();
        sqlx::raw_sql("begin; lock table pb_raw_replies in exclusive mode")
            .execute(&mut other)
            .await
            .unwrap();
        terminal.press("r");
        let waiting = "select cast(pid as text) from pg_stat_activity
             where datname = current_database() and wait_event_type = 'Lock'";
        while at.ask(waiting).await.is_empty() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        end(&mut terminal, signal);
        other.close().await.unwrap();
        while !at.ask(waiting).await.is_empty() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        let rows = at.ask("select cast(count(*) as text) from pb_transactions").await;
        assert_eq!(rows, ["0"], "{signal:?}");
        assert_mends(&at, &bank, &whole, &format!("after {signal:?}")).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_window_closed_in_mid_sync_leaves_no_process_behind() {
    let bank = small_bank().await;
    bank.faults().add(Match::transactions(), Fault::Stall, Times::Always);
    // With and without somebody who sends a SIGHUP.
    for words in ["", "setsid --wait "] {
        let at = support::sqlite();
        let home = home(&at, &bank).with("PASSBOOK", PROGRAM).with("SHELL", "/bin/sh");
        let status = home.path().join("status");
        let command = format!(
            "trap '' HUP; {words}sh -c 'echo $$ > job; exec \"$PASSBOOK\"'; \
             echo $? > status.new; mv status.new status"
        );
        let mut terminal = Terminal::run(home, "script", &["-qc", &command, "/dev/null"]);
        wait_for_screen(&terminal);
        terminal.press("r");
        terminal.wait_for(&["syncing"]);
        let process: Pid = terminal.job();
        let sent = Instant::now();
        terminal.kill();
        let told = wait_for("exit", || terminal.text(), || std::fs::read_to_string(&status).ok());
        assert!(sent.elapsed() < SOON, "{words}: {:?}", sent.elapsed());
        assert_eq!(told.trim(), "129", "{words}");
        // Idle or spinning: it must not be there at all.
        let left = std::fs::read_to_string(format!("/proc/{process}/stat"));
        assert!(left.is_err(), "{words}: {left:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_panic_in_mid_sync_is_a_notice_and_the_next_sync_works() {
    let bank = small_bank().await;
    let whole = undisturbed(&Home::new(), &support::sqlite(), &bank).await;
    let mut in_sync = 0;
    // A task as a whole, then a step deep in the sync, or in what the screen loads meanwhile.
    let tasks = (3..6).map(|task| format!("task:{task}:panic"));
    let steps = (40..100).step_by(12).map(|step| format!("step:{step}:panic"));
    for fail_point in tasks.chain(steps) {
        let at = support::sqlite();
        let mut terminal = start(home(&at, &bank).with("PASSBOOK_FAIL_POINT", &fail_point));
        terminal.press("r");
        // What is read after a sync may be struck too, and its notice is then the last one.
        let ends = ["The sync ended early", "Synced:", "Last runs: passbook has a fault"];
        terminal.wait_until("an end", |text| ends.iter().any(|end| text.contains(end)));
        if terminal.text().contains("The sync ended early") {
            in_sync += 1;
            terminal.wait_for(&["passbook has a fault here", "the log says more"]);
            let logs = std::fs::read_dir(terminal.home().path().join("state/passbook")).unwrap();
            let logs = logs.map(|file| std::fs::read_to_string(file.unwrap().path()).unwrap());
            assert!(logs.collect::<String>().contains("asked for by PASSBOOK_FAIL_POINT"));
            terminal.press("r");
            terminal.wait_for(&["Synced:"]);
        }
        terminal.press("q");
        assert_eq!(terminal.wait_for_exit().exit_code(), 0, "{fail_point}");
        terminal.wait_until_restored();
        assert_eq!(stored(&at).await, whole, "{fail_point}");
    }
    assert!(in_sync > 3, "only {in_sync} syncs were struck");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_goes_and_comes_back_under_the_screen_is_told_and_read_from_again() {
    let Some(mut cluster) = OwnCluster::start().await else { return };
    let (at, bank) = (cluster.database().await, small_bank().await);
    undisturbed(&Home::new(), &at, &bank).await;
    let mut terminal = start(home(&at, &bank));
    terminal.wait_for(&["Everyday Checking"]);
    cluster.crash();
    terminal.press("2");
    terminal.wait_for(&["cannot be reached; what is stored is safe"]);
    cluster.start_again().await;
    // What could not be read is asked for again by going there.
    terminal.press("1");
    terminal.press("r");
    terminal.wait_for(&["Synced:"]);
    terminal.press("2");
    terminal.wait_until("the rows", |text| {
        text.contains("[2 Transactions]") && !text.contains("cannot be reached")
    });
    end(&mut terminal, SIGNALS[0]);
}
