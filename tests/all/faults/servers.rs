//! A server that goes away or turns read-only while the real program is in the middle of a sync.

use super::crashes::{Sleeper, assert_mends, small_bank, text, undisturbed};
use crate::program::Home;
use crate::support;

/// What happens to connections when a server stops, without the other tests noticing.
const END_ALL: &str = "select cast(count(pg_terminate_backend(pid)) as text) from pg_stat_activity
     where datname = current_database() and pid <> pg_backend_pid()";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn connections_lost_in_mid_sync_double_nothing() {
    let Some(at) = support::postgres().await else { return };
    let bank = small_bank().await;
    let home = Home::new();
    let whole = undisturbed(&home, &at, &bank).await;
    for step in (4..).step_by(20) {
        at.empty().await;
        let Some(sleeper) = Sleeper::at(step, &home, &at, &bank) else { break };
        at.ask(END_ALL).await;
        let woken = sleeper.wake().await;
        assert!(woken.status.code().is_some(), "step {step}: {}", text(&woken));
        assert_mends(&at, &bank, &whole, &format!("after step {step}")).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_turns_read_only_in_mid_sync_is_told() {
    let Some(at) = support::postgres().await else { return };
    let bank = small_bank().await;
    let home = Home::new();
    let whole = undisturbed(&home, &at, &bank).await;
    let name = at.ask("select cast(current_database() as text)").await.remove(0);
    for step in (4..).step_by(20) {
        at.empty().await;
        let Some(sleeper) = Sleeper::at(step, &home, &at, &bank) else { break };
        at.run(format!("alter database {name} set default_transaction_read_only = on")).await;
        at.ask(END_ALL).await;
        let woken = sleeper.wake().await;
        let code = woken.status.code();
        assert!(code.is_some_and(|code| code != 101), "step {step}: {}", text(&woken));
        assert!(code == Some(0) || text(&woken).contains("read-only"), "{}", text(&woken));
        at.run(format!(
            "begin read write;
             alter database {name} reset default_transaction_read_only; commit"
        ))
        .await;
        assert_mends(&at, &bank, &whole, &format!("after step {step}")).await;
    }
}
