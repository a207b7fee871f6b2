//! An older database with rows in it, whose upgrade is killed.

use std::os::unix::process::ExitStatusExt as _;

use super::crashes::{KILLED, finish, passbook, small_bank, stored, text, undisturbed};
use crate::program::Home;
use crate::support::{self, TestDatabase};

/// Back to what the first version made.
async fn downgrade(at: &TestDatabase) {
    let migrator = sqlx::migrate!();
    let mut down: Vec<_> = migrator
        .iter()
        .filter(|step| step.migration_type.is_down_migration() && step.version > 1)
        .collect();
    assert!(!down.is_empty(), "there is nothing to upgrade yet");
    down.sort_by_key(|step| std::cmp::Reverse(step.version));
    for step in down {
        at.run(step.sql.as_str().to_owned()).await;
    }
    at.run("delete from pb_migrations where version > 1").await;
}

async fn migrations(at: &TestDatabase) -> String {
    at.ask("select cast(count(*) as text) from pb_migrations").await.remove(0)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_upgrade_killed_at_any_step_leaves_the_old_schema_or_the_new_one_with_all_rows() {
    let bank = small_bank().await;
    for old in support::databases().await {
        let home = Home::new();
        let whole = undisturbed(&home, &old, &bank).await;
        downgrade(&old).await;
        let mut caught = 0;
        for step in 1.. {
            let at = support::copy_of(&old).await;
            let list = |fail_point: &str| {
                passbook(&home, &at, fail_point).args(["accounts", "--json"]).spawn().unwrap()
            };
            let first = finish(list(&format!("step:{step}:kill"))).await;
            let killed = first.status.signal() == Some(KILLED);
            assert!(killed || first.status.success(), "step {step}: {}", text(&first));
            let now = migrations(&at).await;
            assert!(now == "1" || now == support::migrations(), "step {step}: {now} migrations");
            caught += usize::from(now == "1");
            let second = finish(list("")).await;
            assert!(second.status.success(), "after step {step}: {}", text(&second));
            assert_eq!(migrations(&at).await, support::migrations());
            assert_eq!(stored(&at).await, whole, "after step {step} on {}", at.engine);
            if !killed {
                break;
            }
        }
        assert!(caught > 3, "only {caught} kills came before the new schema on {}", old.engine);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_way_back_killed_at_any_step_leaves_the_new_schema_or_the_old_one() {
    for new in support::databases().await {
        let home = Home::new();
        let launch = finish(passbook(&home, &new, "").args(["migrate", "up"]).spawn().unwrap());
        assert!(launch.await.status.success());
        let mut caught = 0;
        for step in 1.. {
            let at = support::copy_of(&new).await;
            let down = |fail_point: &str| {
                let mut command = passbook(&home, &at, fail_point);
                command.args(["migrate", "down", "--to", "1", "--yes"]).spawn().unwrap()
            };
            let first = finish(down(&format!("step:{step}:kill"))).await;
            let killed = first.status.signal() == Some(KILLED);
            assert!(killed || first.status.success(), "step {step}: {}", text(&first));
            let now = migrations(&at).await;
            assert!(now == "1" || now == support::migrations(), "step {step}: {now} migrations");
            if now != "1" {
                caught += 1;
                let second = finish(down("")).await;
                assert!(second.status.success(), "after step {step}: {}", text(&second));
                assert_eq!(migrations(&at).await, "1");
            }
            if !killed {
                break;
            }
        }
        assert!(caught > 3, "only {caught} kills came before the old schema on {}", new.engine);
    }
}
