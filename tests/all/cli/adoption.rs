//! `adopt` as a person and a script meet it.

use std::fs;

use predicates::prelude::*;
use predicates::str::contains;

use super::Home;
use crate::support;

/// A file as the Python app leaves it, under this name in the working directory.
async fn app(home: &Home, name: &str) {
    let made = support::sqlite_with_app().await;
    let path = home.path().join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::copy(made.path(), path).unwrap();
}

#[tokio::test]
async fn what_lies_in_the_directory_is_found_told_and_taken_with_a_yes() {
    let home = Home::new();
    app(&home, "python/devin_teller.db").await;
    fs::write(home.path().join("devin_teller.db"), "").unwrap();
    let before = fs::read(home.path().join("python/devin_teller.db")).unwrap();

    let told = home.passbook(&["adopt", "--dry-run"]).assert().success();
    told.stdout(
        contains("python/devin_teller.db")
            .and(contains("without Alembic"))
            .and(contains("still marked pending"))
            .and(contains("shown as unknown instead of 0.00"))
            .and(contains("0 differ")),
    );
    assert!(!home.path().join(".local/share/passbook/passbook.db").exists(), "nothing was made");
    let document = home.json(&["adopt", "--dry-run", "--json"]);
    assert_eq!(document["source"]["transactions"], 10);
    assert_eq!(document["adopted"], serde_json::Value::Null);

    home.passbook(&["adopt"]).assert().code(2).stderr(contains("--yes"));
    let taken = home.json(&["adopt", "--yes", "--json"]);
    assert_eq!(taken["adopted"]["transactions"], 8);
    let rows = home.json(&["transactions", "--json"]);
    assert_eq!(rows["transactions"].as_array().unwrap().len(), 8);
    assert_eq!(home.json(&["accounts", "--json"])["accounts"][0]["currency_assumed"], true);
    home.passbook(&["accounts"]).assert().success().stdout(contains("assumed until the next sync"));
    home.passbook(&["adopt", "--yes"])
        .assert()
        .success()
        .stdout(contains("all of it already").and(contains("TELLER_ACCESS_TOKEN")));
    assert_eq!(fs::read(home.path().join("python/devin_teller.db")).unwrap(), before);

    home.passbook(&["adopt", "--forget"]).assert().code(2).stderr(contains("--yes"));
    home.passbook(&["adopt", "--forget", "--yes"])
        .assert()
        .success()
        .stdout(contains("Removed: 8 transactions").and(contains("-before-forget")));
    assert_eq!(home.json(&["transactions", "--json"])["transactions"], serde_json::json!([]));
    home.passbook(&["adopt", "--forget", "--yes"])
        .assert()
        .success()
        .stdout(contains("Nothing was"));
}

#[tokio::test]
async fn several_are_listed_and_none_is_a_clear_no() {
    let home = Home::new();
    home.passbook(&["adopt"]).assert().code(2).stderr(contains("name its database"));
    app(&home, "devin_teller.db").await;
    app(&home, "python/devin_teller.db").await;
    home.passbook(&["adopt"])
        .assert()
        .code(2)
        .stdout("")
        .stderr(contains("10 transactions of 4 accounts").and(contains("one after the other")));
    home.passbook(&["adopt", "devin_teller.db", "--yes"]).assert().success();
    home.passbook(&["adopt", "missing.db", "--yes"])
        .assert()
        .code(3)
        .stderr(contains("missing.db"));
    fs::write(home.path().join("text.db"), "no database at all").unwrap();
    home.passbook(&["adopt", "text.db", "--yes"]).assert().code(3).stderr(contains("not a SQLite"));
}

#[tokio::test]
async fn tables_that_stay_are_written_out_as_they_are() {
    let home = Home::new();
    let made = support::sqlite_with_app().await;
    support::legacy::llc_tables(&made, 10).await;
    made.run("insert into llc_members values (1, 'O''Hara, \"Ann\"'), (2, null)").await;
    fs::copy(made.path(), home.path().join("teller.db")).unwrap();
    let document = home.json(&["adopt", "--export", "out", "--json"]);
    assert_eq!(document["exported"].as_array().unwrap().len(), 10);
    let members = fs::read_to_string(home.path().join("out/llc_members.csv")).unwrap();
    assert_eq!(members, "id,name\n1,\"O'Hara, \"\"Ann\"\"\"\n2,\n");
    home.passbook(&["adopt", "--export", "out"]).assert().code(2).stderr(contains("llc_account"));
    assert!(!home.path().join(".local/share/passbook/passbook.db").exists(), "nothing was taken");
}

/// As at Render: passbook's own database is the one in which the Python app's tables stand.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tables_beside_passbooks_own_are_taken_without_naming_them() {
    let Some(server) = support::postgres().await else { return };
    support::legacy::tables(&server).await;
    support::legacy::rows(&server).await;
    support::legacy::versions(&server, &[support::legacy::HEAD]).await;
    let home = Home::new();
    let url = server.url();
    tokio::task::block_in_place(|| {
        let adopt = ["adopt", "--database-url", &url, "--zone", "UTC", "--yes"];
        home.passbook(&adopt)
            .assert()
            .success()
            .stdout(contains("8 transactions of 4 accounts").and(contains("alembic check")));
        let rows = home.json(&["transactions", "--database-url", &url, "--json"]);
        assert_eq!(rows["transactions"].as_array().unwrap().len(), 8);
    });
    assert_eq!(
        server.ask("select version_num from alembic_version").await,
        [support::legacy::HEAD]
    );
}
