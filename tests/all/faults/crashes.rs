//! The real program, killed or stopped right before any one of its steps.

use std::os::unix::process::ExitStatusExt as _;
use std::process::{Child, Command, Output, Stdio};

use chrono::{Days, Utc};
use passbook::demo::{Bank, BankOptions, Fault, Match, Times};
use rustix::process::{Pid, Signal, kill_process};
use sqlx::Connection as _;

use crate::program::{Home, PROGRAM, wait_for};
use crate::support::{self, TestDatabase};

pub const KILLED: i32 = 9;

/// Few days, so that there are few steps.
pub async fn small_bank() -> Bank {
    let today = Utc::now().date_naive();
    let first_day = today - Days::new(2);
    Bank::start(BankOptions { seed: 7, first_day, today, extra_rows: 0 }).await.unwrap()
}

/// `passbook sync` of the bank's first enrollment; `fail_point` may be empty.
pub fn sync(home: &Home, at: &TestDatabase, bank: &Bank, fail_point: &str) -> Command {
    let mut command = passbook(home, at, fail_point);
    command.args(["sync", "--json", "--teller-url", &bank.url()]);
    command.env("TELLER_ACCESS_TOKEN", bank.tokens()[0].expose());
    command
}

/// The program on this database, without any words yet.
pub fn passbook(home: &Home, at: &TestDatabase, fail_point: &str) -> Command {
    let mut command = Command::new(PROGRAM);
    command.env_clear().envs(&home.environment).current_dir(home.path());
    command.env("DATABASE_URL", at.url());
    if !fail_point.is_empty() {
        command.env("PASSBOOK_FAIL_POINT", fail_point);
    }
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// Elsewhere, for the bank answers on the threads of the test.
pub async fn finish(child: Child) -> Output {
    tokio::task::spawn_blocking(move || child.wait_with_output().unwrap()).await.unwrap()
}

pub fn text(output: &Output) -> String {
    let (out, err) = (&output.stdout, &output.stderr);
    format!("{}\n{}{}", output.status, String::from_utf8_lossy(out), String::from_utf8_lossy(err))
}

/// All that a sync stores, times and runs aside, in the order of the lists.
pub async fn stored(at: &TestDatabase) -> Vec<String> {
    let questions = [
        "select account_id || ' ' || id || ' ' || cast(date as text) || ' '
             || cast(amount as text) || ' ' || description || ' ' || status || ' ' || life || ' '
             || cast(digest as text)
         from pb_transactions order by account_id, date, seq, id",
        "select id || ' ' || name || ' ' || status from pb_accounts order by id",
        "select account_id || ' ' || cast(day as text) || ' ' || cast(entries as text) || ' '
             || cast(posted as text) || ' ' || cast(money_in as text) || ' '
             || cast(money_out as text)
         from pb_days order by account_id, day",
        "select distinct account_id || ' ' || cast(ledger as text) || ' '
             || coalesce(cast(available as text), '')
         from pb_balance_snapshots order by 1",
        "select account_id || ' ' || coalesce(cast(head as text), 'none') || ' '
             || cast(coalesce(opening, 0) as text) || ' '
             || case when done then 'done' else 'open' end
         from pb_sync_state order by account_id",
        "select distinct kind || ' ' || account_id || ' ' || body
         from pb_raw_replies where kind = 'transaction' order by 1",
        "select account_id || ' ' || transaction_id from pb_transaction_changes order by id",
        "select account_id || ' ' || pending_id || ' ' || posted_id from pb_links order by 1",
    ];
    at.ask_all(questions.map(str::to_owned)).await
}

/// What one undisturbed sync stores.
pub async fn undisturbed(home: &Home, at: &TestDatabase, bank: &Bank) -> Vec<String> {
    let output = finish(sync(home, at, bank, "").spawn().unwrap()).await;
    assert!(output.status.success(), "{}", text(&output));
    stored(at).await
}

/// The next program finds nothing in its way, and then the same is stored.
pub async fn assert_mends(at: &TestDatabase, bank: &Bank, whole: &[String], when: &str) {
    let next = finish(sync(&Home::new(), at, bank, "").spawn().unwrap()).await;
    assert!(next.status.success(), "{when} on {}: {}", at.engine, text(&next));
    assert_eq!(stored(at).await, whole, "{when} on {}", at.engine);
}

/// Kills the first launch right before one step and starts again unaided. Whether there was such
/// a step.
async fn survives(at: &TestDatabase, bank: &Bank, step: usize, whole: &[String]) -> bool {
    let home = Home::new();
    let fail_point = format!("step:{step}:kill");
    let first = finish(sync(&home, at, bank, &fail_point).spawn().unwrap()).await;
    let killed = first.status.signal() == Some(KILLED);
    assert!(killed || first.status.success(), "step {step}: {}", text(&first));
    if killed {
        assert_mends(at, bank, whole, &format!("after step {step}")).await;
    } else {
        assert_eq!(stored(at).await, whole, "step {step} on {}", at.engine);
    }
    killed
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_survives_a_kill_at_every_step_from_the_first_launch_on() {
    let bank = small_bank().await;
    let whole = undisturbed(&Home::new(), &support::sqlite(), &bank).await;
    let every_second = async |first: usize| {
        for step in (first..).step_by(2) {
            if !survives(&support::sqlite(), &bank, step, &whole).await {
                break;
            }
        }
    };
    tokio::join!(every_second(1), every_second(2));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_survives_a_kill_at_every_step_from_the_first_launch_on() {
    let Some(at) = support::postgres().await else { return };
    let bank = small_bank().await;
    let whole = undisturbed(&Home::new(), &at, &bank).await;
    // The first launch has a new database each time.
    for step in 1..14 {
        survives(&support::postgres().await.unwrap(), &bank, step, &whole).await;
    }
    let every_second = async |first: usize| {
        let at = support::postgres().await.unwrap();
        undisturbed(&Home::new(), &at, &bank).await;
        for step in (first..).step_by(2) {
            at.empty().await;
            if !survives(&at, &bank, step, &whole).await {
                break;
            }
        }
    };
    tokio::join!(every_second(1), every_second(2));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sync_told_to_stop_says_what_is_kept_and_ends_with_the_signals_number() {
    for at in support::databases().await {
        for (signal, code) in [(Signal::INT, 130), (Signal::TERM, 143)] {
            let bank = small_bank().await;
            bank.faults().add(Match::transactions(), Fault::Stall, Times::Always);
            let home = Home::new();
            let mut command = passbook(&home, &at, "");
            command.args(["sync", "--teller-url", &bank.url()]);
            command.env("TELLER_ACCESS_TOKEN", bank.tokens()[0].expose());
            let child = command.spawn().unwrap();
            bank.faults().stalled(1).await;
            kill_process(Pid::from_child(&child), signal).unwrap();
            let output = finish(child).await;
            assert_eq!(output.status.code(), Some(code), "{}", text(&output));
            assert!(text(&output).contains("\nStopped: what was read"), "{}", text(&output));

            bank.faults().clear();
            let next = finish(sync(&home, &at, &bank, "").spawn().unwrap()).await;
            assert!(next.status.success(), "{} {}", at.engine, text(&next));
        }
    }
}

pub fn is_stopped(pid: Pid) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    stat.rsplit_once(')').is_some_and(|(_, rest)| rest.trim_start().starts_with('T'))
}

/// A program that sleeps right before a step. Dropped, it is ended: a test that fails leaves
/// nobody asleep.
pub struct Sleeper(Option<Child>);

impl Sleeper {
    /// `None` if it ended before that step.
    pub fn at(step: usize, home: &Home, at: &TestDatabase, bank: &Bank) -> Option<Self> {
        Self::of(sync(home, at, bank, ""), step)
    }

    /// As [`Sleeper::at`], of any command.
    pub fn of(mut command: Command, step: usize) -> Option<Self> {
        let child =
            command.env("PASSBOOK_FAIL_POINT", format!("step:{step}:stop")).spawn().unwrap();
        let pid = Pid::from_child(&child);
        let mut sleeper = Self(Some(child));
        let ended = wait_for(
            "stop",
            || format!("step {step}"),
            || match sleeper.child().try_wait().unwrap() {
                Some(_) => Some(true),
                None => is_stopped(pid).then_some(false),
            },
        );
        (!ended).then_some(sleeper)
    }

    pub async fn wake(mut self) -> Output {
        let child = self.0.take().expect("woken once");
        kill_process(Pid::from_child(&child), Signal::CONT).unwrap();
        finish(child).await
    }

    fn child(&mut self) -> &mut Child {
        self.0.as_mut().expect("not woken yet")
    }
}

impl Drop for Sleeper {
    fn drop(&mut self) {
        if let Some(mut child) = self.0.take() {
            // It may have ended by itself.
            let _ = child.kill();
            let _ = kill_process(Pid::from_child(&child), Signal::CONT);
            let _ = child.wait();
        }
    }
}

/// Whether somebody sleeps in the middle of a transaction: others then wait for it, as they must.
pub async fn is_locked(at: &TestDatabase) -> bool {
    if at.engine == "Postgres" {
        let sql = "select cast(count(*) as text) from pg_stat_activity
             where datname = current_database() and state like 'idle in transaction%'";
        return at.ask(sql).await != ["0"];
    }
    let mut other = at.connect_sqlite().await;
    let begun = sqlx::raw_sql("pragma busy_timeout = 0; begin immediate; rollback");
    let locked = begun.execute(&mut other).await.is_err();
    other.close().await.unwrap();
    locked
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sleeper_whose_lease_ran_out_wakes_up_and_stops_itself() {
    let bank = small_bank().await;
    let mut whole = Vec::new();
    for at in support::databases().await {
        whole = undisturbed(&Home::new(), &at, &bank).await;
    }
    for engine in 0..support::databases().await.len() {
        let mut told = 0;
        for step in (12..).step_by(8) {
            let at = support::databases().await.swap_remove(engine);
            let home = Home::new();
            let Some(sleeper) = Sleeper::at(step, &home, &at, &bank) else { break };
            if is_locked(&at).await {
                continue;
            }
            at.run("update pb_leases set expires_at = '2000-01-01T00:00:00+00:00'").await;
            let other = finish(sync(&home, &at, &bank, "").spawn().unwrap()).await;
            assert!(other.status.success(), "beside step {step}: {}", text(&other));
            assert_eq!(stored(&at).await, whole, "beside step {step} on {}", at.engine);

            let woken = sleeper.wake().await;
            assert!(woken.status.code().is_some(), "{}", text(&woken));
            told += usize::from(text(&woken).contains("another passbook has taken over"));
            assert_eq!(stored(&at).await, whole, "woken at step {step} on {}", at.engine);
        }
        assert!(told > 0, "no sleeper was told");
    }
}
