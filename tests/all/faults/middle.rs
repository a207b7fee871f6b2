//! A server that goes away in the middle of any command: all or nothing, told, and again.

use std::process::{Command, Output};

use passbook::demo::Bank;

use super::crashes::{
    Sleeper, assert_mends, finish, passbook, small_bank, stored, sync, text, undisturbed,
};
use crate::program::Home;
use crate::support::{self, OwnCluster, TestDatabase};

/// What happens to the server while the program sleeps.
#[derive(Clone, Copy, Debug)]
enum Blow {
    /// Gracefully, as for an update of it.
    Restart,
    Crash,
    /// It goes on without the program's connections.
    Cut,
}

const BLOWS: [Blow; 3] = [Blow::Crash, Blow::Cut, Blow::Restart];

/// A server, and a database on it that one sync has filled.
struct Scene {
    cluster: OwnCluster,
    at: TestDatabase,
    bank: Bank,
    home: Home,
    whole: Vec<String>,
}

impl Scene {
    async fn new() -> Option<Self> {
        let cluster = OwnCluster::start().await?;
        let at = cluster.database().await;
        let (bank, home) = (small_bank().await, Home::new());
        let whole = undisturbed(&home, &at, &bank).await;
        Some(Self { cluster, at, bank, home, whole })
    }

    fn command(&self, words: &[&str]) -> Command {
        let mut command = passbook(&self.home, &self.at, "");
        command.args(words);
        command
    }

    async fn run(&self, words: &[&str]) -> Output {
        finish(self.command(words).spawn().unwrap()).await
    }

    async fn strike(&mut self, blow: Blow) {
        match blow {
            Blow::Restart => self.cluster.restart().await,
            Blow::Crash => {
                self.cluster.crash();
                self.cluster.start_again().await;
            }
            Blow::Cut => {
                let cut = "select cast(count(pg_terminate_backend(pid)) as text)
                     from pg_stat_activity
                     where datname = current_database() and pid <> pg_backend_pid()";
                self.at.ask(cut).await;
            }
        }
    }

    /// One blow in the middle of what sleeps at `step`, each in its turn. `None`: there is no such
    /// step any more.
    async fn interrupt(&mut self, command: Command, step: usize) -> Option<Output> {
        let sleeper = Sleeper::of(command, step)?;
        let blow = BLOWS[step % BLOWS.len()];
        self.strike(blow).await;
        let woken = sleeper.wake().await;
        assert!(
            matches!(woken.status.code(), Some(0 | 3 | 4)),
            "{blow:?} before step {step}: {}",
            text(&woken)
        );
        let words = ["cannot be reached", "nothing listens", "closed the connection"];
        let told = words.iter().any(|words| text(&woken).contains(words));
        assert!(woken.status.success() || told, "{blow:?} before {step}: {}", text(&woken));
        Some(woken)
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sync_is_gone_on_with() {
    let Some(mut scene) = Scene::new().await else { return };
    for step in (4..).step_by(31) {
        scene.at.empty().await;
        let command = sync(&scene.home, &scene.at, &scene.bank, "");
        if scene.interrupt(command, step).await.is_none() {
            break;
        }
        assert_mends(&scene.at, &scene.bank, &scene.whole, &format!("after step {step}")).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_first_launch_has_every_table_or_none() {
    let Some(mut scene) = Scene::new().await else { return };
    for step in 1..20 {
        scene.at = scene.cluster.database().await;
        let Some(_) = scene.interrupt(scene.command(&["migrate", "up"]), step).await else { break };
        let next = scene.run(&["migrate", "up"]).await;
        assert!(next.status.success(), "after step {step}: {}", text(&next));
        let check = scene.run(&["migrate", "check"]).await;
        assert!(check.status.success(), "after step {step}: {}", text(&check));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_is_whole_or_not_there() {
    let Some(mut scene) = Scene::new().await else { return };
    for step in (1..).step_by(4) {
        let file = scene.home.path().join(format!("{step}.backup"));
        let name = file.to_str().unwrap().to_owned();
        let Some(woken) = scene.interrupt(scene.command(&["backup", &name]), step).await else {
            break;
        };
        assert_eq!(file.exists(), woken.status.success(), "step {step}: {}", text(&woken));
        if file.exists() {
            let read = scene.run(&["restore", &name, "--dry-run"]).await;
            assert!(read.status.success(), "step {step}: {}", text(&read));
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_restore_puts_back_everything_or_changes_nothing() {
    let Some(mut scene) = Scene::new().await else { return };
    let file = scene.home.path().join("whole.backup").to_str().unwrap().to_owned();
    let made = scene.run(&["backup", &file]).await;
    assert!(made.status.success(), "{}", text(&made));
    let words = ["restore", &file, "--yes"];
    for step in (1..).step_by(9) {
        scene.at.empty().await;
        let before = stored(&scene.at).await;
        let Some(woken) = scene.interrupt(scene.command(&words), step).await else { break };
        let after = stored(&scene.at).await;
        let right = if woken.status.success() { &scene.whole } else { &before };
        // An answer that was lost may have been a yes.
        assert!(after == *right || after == scene.whole, "step {step}: {}", text(&woken));
        let again = scene.run(&words).await;
        assert!(again.status.success(), "after step {step}: {}", text(&again));
        assert_eq!(stored(&scene.at).await, scene.whole, "after step {step}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_copy_from_and_to_a_server_is_whole_or_none() {
    let Some(mut scene) = Scene::new().await else { return };
    for step in (1..).step_by(13) {
        let file = support::sqlite();
        let words = ["copy", "--to", &file.url(), "--yes"];
        let Some(woken) = scene.interrupt(scene.command(&words), step).await else { break };
        if woken.status.success() {
            assert_eq!(stored(&file).await, scene.whole, "step {step}");
        }
        let again = scene.run(&words).await;
        assert!(again.status.success(), "after step {step}: {}", text(&again));
        assert_eq!(stored(&file).await, scene.whole, "after step {step}");

        let target = scene.cluster.database().await;
        let words = ["copy", "--to", &target.url(), "--yes"];
        let mut back = passbook(&scene.home, &file, "");
        back.args(words);
        if scene.interrupt(back, step).await.is_none() {
            continue;
        }
        let mut again = passbook(&scene.home, &file, "");
        let again = finish(again.args(words).spawn().unwrap()).await;
        assert!(again.status.success(), "back after step {step}: {}", text(&again));
        assert_eq!(stored(&target).await, scene.whole, "back after step {step}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_edit_that_was_acknowledged_is_kept() {
    let Some(mut scene) = Scene::new().await else { return };
    let store = passbook::store::Store::open(scene.at.options()).await.unwrap();
    let writer = {
        let store = store.clone();
        tokio::spawn(async move {
            let (mut kept, mut told) = (Vec::new(), 0);
            for number in 0..400 {
                let name = format!("edit {number}");
                match store.save_setting(&name, "made").await {
                    Ok(()) => kept.push(name),
                    Err(report) => {
                        let sentence = passbook::store::explain(&report);
                        assert!(sentence.contains("what is stored is safe"), "{report:?}");
                        told += 1;
                    }
                }
                tokio::time::sleep(std::time::Duration::from_millis(10)).await;
            }
            (kept, told)
        })
    };
    for blow in BLOWS {
        tokio::time::sleep(std::time::Duration::from_millis(300)).await;
        scene.strike(blow).await;
    }
    let (kept, told) = writer.await.unwrap();
    assert!(kept.len() > 300, "{} kept, {told} told", kept.len());
    for name in &kept {
        assert_eq!(store.load_setting(name).await.unwrap().as_deref(), Some("made"), "{name}");
    }
    store.close().await;
}
