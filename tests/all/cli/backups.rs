//! `backup`, `restore` and `copy` as a person and a script meet them.

use predicates::prelude::*;
use predicates::str::contains;

use super::Home;
use crate::support;

#[test]
fn a_backup_is_made_checked_and_restored_and_nothing_goes_without_a_yes() {
    let home = Home::new();
    home.json(&["sync", "--demo", "--json"]);
    let transactions = home.json(&["transactions", "--demo", "--json"]);
    let made = home.json(&["backup", "--demo", "--json"]);
    let path = made["backup"]["path"].as_str().unwrap().to_owned();
    assert!(path.contains("/passbook/backups/passbook-2"), "{path}");
    let count = transactions["transactions"].as_array().unwrap().len();
    assert!(made["backup"]["tables"]["pb_transactions"]["rows"].as_u64().unwrap() >= count as u64);

    // A file name of one's own, and words for people.
    let own = home.passbook(&["backup", "--demo", "mine.jsonl.gz"]).assert().success();
    own.stdout(contains("mine.jsonl.gz").and(contains("read back and compared")));
    home.passbook(&["backup", "--demo", "mine.jsonl.gz"])
        .assert()
        .code(2)
        .stdout("")
        .stderr(contains("never replaces a file"));
    home.passbook(&["restore", "mine.jsonl.gz", "--dry-run"])
        .assert()
        .success()
        .stdout(contains("is whole").and(contains("acc_")));
    assert!(!home.path().join(".local/share/passbook/passbook.db").exists(), "nothing was opened");

    // Into a database of its own: nothing is there, so nothing is asked.
    home.passbook(&["restore", &path]).assert().success().stdout(contains("now holds"));
    assert_eq!(home.json(&["transactions", "--json"]), transactions);

    // What is there is only replaced with a yes, and then kept.
    let refused = home.passbook(&["restore", &path]).assert().code(2).stdout("");
    refused.stderr(contains("Replace all of it?").and(contains("--yes")));
    let restored = home.json(&["restore", &path, "--yes", "--json"]);
    let replaced = restored["replaced"].as_str().unwrap();
    assert!(replaced.contains("-before-restore"), "{replaced}");
    home.passbook(&["restore", replaced, "--dry-run"]).assert().success();

    home.passbook(&["restore", "nothing.gz", "--yes"])
        .assert()
        .code(2)
        .stderr(contains("nothing.gz").and(contains("nothing was changed")));
    home.passbook(&["restore", &path, "--yes", "--read-only"]).assert().code(2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everything_moves_from_one_engine_to_the_other_and_back() {
    let Some(server) = support::postgres().await else { return };
    let home = Home::new();
    tokio::task::block_in_place(|| {
        home.json(&["sync", "--demo", "--json"]);
        let transactions = home.json(&["transactions", "--demo", "--json"]);
        let url = server.url();
        home.passbook(&["copy", "--demo", "--to", &url])
            .assert()
            .success()
            .stdout(contains("every row").and(contains("now holds")));
        let there = ["transactions", "--database-url", &url, "--json"];
        assert_eq!(home.json(&there), transactions);
        home.passbook(&["copy", "--demo", "--to", &url]).assert().code(2).stderr(contains("--yes"));
        home.json(&["copy", "--database-url", &url, "--to", "back.db", "--json"]);
        let back = ["transactions", "--database-url", "back.db", "--json"];
        assert_eq!(home.json(&back), transactions);
        home.passbook(&["copy", "--database-url", "back.db", "--to", "sqlite:///./back.db"])
            .assert()
            .code(2)
            .stderr(contains("same database"));
    });
}
