//! A server that goes away or turns read-only while the real program is in the middle of a sync.

use std::process::Child;

use passbook::demo::Bank;
use rustix::process::{Pid, Signal, kill_process};

use super::crashes::{finish, is_stopped, small_bank, stored, sync, text, undisturbed};
use crate::program::{Home, wait_for};
use crate::support::{self, TestDatabase};

/// What happens to connections when a server stops, without the other tests noticing.
const END_ALL: &str = "select cast(count(pg_terminate_backend(pid)) as text) from pg_stat_activity
     where datname = current_database() and pid <> pg_backend_pid()";

/// A sync that sleeps right before this step; `None` if it ended first.
fn asleep(home: &Home, at: &TestDatabase, bank: &Bank, step: usize) -> Option<Child> {
    let mut child = sync(home, at, bank, &format!("step:{step}:stop")).spawn().unwrap();
    let ended = wait_for(
        "stop",
        || format!("step {step}"),
        || match child.try_wait().unwrap() {
            Some(_) => Some(true),
            None => is_stopped(&child).then_some(false),
        },
    );
    (!ended).then_some(child)
}

fn wake(child: &Child) {
    kill_process(Pid::from_child(child), Signal::CONT).unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn connections_lost_in_mid_sync_double_nothing() {
    let Some(at) = support::postgres().await else { return };
    let bank = small_bank().await;
    let home = Home::new();
    let whole = undisturbed(&home, &at, &bank).await;
    for step in (12..).step_by(20) {
        let at = support::postgres().await.unwrap();
        let Some(child) = asleep(&home, &at, &bank, step) else { break };
        at.ask(END_ALL).await;
        wake(&child);
        let woken = finish(child).await;
        assert!(woken.status.code().is_some(), "step {step}: {}", text(&woken));
        let next = finish(sync(&home, &at, &bank, "").spawn().unwrap()).await;
        assert!(next.status.success(), "after step {step}: {}", text(&next));
        assert_eq!(stored(&at).await, whole, "after step {step}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_turns_read_only_in_mid_sync_is_told() {
    let Some(at) = support::postgres().await else { return };
    let bank = small_bank().await;
    let home = Home::new();
    let whole = undisturbed(&home, &at, &bank).await;
    for step in (12..).step_by(20) {
        let at = support::postgres().await.unwrap();
        let name = at.ask("select cast(current_database() as text)").await.remove(0);
        let Some(child) = asleep(&home, &at, &bank, step) else { break };
        at.run(format!("alter database {name} set default_transaction_read_only = on")).await;
        at.ask(END_ALL).await;
        wake(&child);
        let woken = finish(child).await;
        let code = woken.status.code();
        assert!(code.is_some_and(|code| code != 101), "step {step}: {}", text(&woken));
        assert!(code == Some(0) || text(&woken).contains("read-only"), "{}", text(&woken));
        at.run(format!(
            "begin read write;
             alter database {name} reset default_transaction_read_only; commit"
        ))
        .await;
        let next = finish(sync(&home, &at, &bank, "").spawn().unwrap()).await;
        assert!(next.status.success(), "after step {step}: {}", text(&next));
        assert_eq!(stored(&at).await, whole, "after step {step}");
    }
}
