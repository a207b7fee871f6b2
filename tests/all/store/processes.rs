//! Whole processes that open one database at once, or are killed while they do.

use std::process::{Child, Command, Stdio};
use std::time::Duration;

use passbook::database::Database;
use passbook::store::{Store, StoreOptions};

use crate::support::{self, TestDatabase};

const DATABASE: &str = "PASSBOOK_TEST_OPEN_AND_LEAVE";

/// Not a test by itself: what the other processes run.
#[tokio::test]
async fn open_and_leave() {
    let Ok(url) = std::env::var(DATABASE) else { return };
    let database = Database::parse(&url, &std::env::temp_dir()).unwrap();
    let store = Store::open(StoreOptions::new(database)).await.unwrap();
    assert!(store.schema_is_current().await.unwrap());
    store.save_setting("opened by", "another process").await.unwrap();
    store.close().await;
}

fn another_process(at: &TestDatabase) -> Child {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "store::processes::open_and_leave"]).env(DATABASE, at.url());
    command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
}

#[tokio::test]
async fn processes_launched_at_once_on_an_empty_database_all_succeed() {
    for at in support::databases().await {
        let children: Vec<Child> = (0..4).map(|_| another_process(&at)).collect();
        for mut child in children {
            assert!(child.wait().unwrap().success(), "{}", at.engine);
        }
        let opened = at.ask("select value from pb_settings where name = 'opened by'").await;
        assert_eq!(opened, ["another process"]);
        assert_eq!(
            at.ask("select cast(count(*) as text) from pb_migrations").await,
            [support::migrations()]
        );
    }
}

#[tokio::test]
async fn a_process_killed_at_any_moment_leaves_a_database_that_opens() {
    for at in support::databases().await {
        // Later and later, until one is not caught any more.
        for milliseconds in (1..).step_by(3) {
            let mut child = another_process(&at);
            std::thread::sleep(Duration::from_millis(milliseconds));
            child.kill().unwrap();
            if child.wait().unwrap().success() {
                break;
            }
        }
        let store = Store::open(at.options()).await.unwrap();
        assert!(store.schema_is_current().await.unwrap(), "{}", at.engine);
        assert!(store.load_setting("opened by").await.unwrap().is_some());
        store.close().await;
    }
}
