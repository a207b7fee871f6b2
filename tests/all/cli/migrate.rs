//! `passbook migrate`, as a script and as a person meets it.

use predicates::prelude::*;
use predicates::str::contains;
use serde_json::{Value, json};

use super::Home;
use crate::support::{self, TestDatabase};

fn passbook(home: &Home, at: &TestDatabase, arguments: &[&str]) -> assert_cmd::Command {
    let mut command = home.passbook(arguments);
    command.env("DATABASE_URL", at.url());
    command
}

fn document(home: &Home, at: &TestDatabase, arguments: &[&str], code: i32) -> Value {
    let output = passbook(home, at, arguments).assert().code(code).get_output().stdout.clone();
    serde_json::from_slice(&output).unwrap()
}

#[test]
fn before_the_first_launch_everything_is_to_come_and_nothing_is_made() {
    let home = Home::new();
    let status = home.json(&["migrate", "status", "--json"]);
    let steps = status["steps"].as_array().unwrap().len();
    assert_eq!((&status["version"], &status["pending"]), (&json!(0), &json!(steps)));
    home.passbook(&["migrate", "status"]).assert().success().stdout(contains("no file yet"));
    home.passbook(&["migrate", "history"]).assert().success().stdout(contains("No step"));
    home.passbook(&["migrate", "check"]).assert().code(3).stderr(contains("no database"));
    home.passbook(&["migrate", "down", "--to", "0", "--yes"]).assert().code(3);
    assert!(!home.path().join(".local").exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn up_tells_what_it_applied_and_status_when_and_by_whom() {
    for at in support::databases().await {
        let home = Home::new();
        passbook(&home, &at, &["migrate", "up", "--to", "2"])
            .assert()
            .success()
            .stdout(contains("applied 0002_explanations").and(contains("at version 2; the next")));
        let status = document(&home, &at, &["migrate", "status", "--json"], 0);
        assert_eq!(
            (&status["version"], &status["steps"][2]["state"]),
            (&json!(2), &json!("pending"))
        );
        let up = document(&home, &at, &["migrate", "up", "--json"], 0);
        assert!(up["applied"].as_array().unwrap().contains(&json!("0003_joined_accounts")));
        let history = document(&home, &at, &["migrate", "history", "--json"], 0);
        let steps = history["history"].as_array().unwrap();
        assert_eq!(steps.len().to_string(), support::migrations());
        assert!(steps.iter().all(|step| {
            step["applied_by"].as_str().unwrap().starts_with("passbook ")
                && step["took_ms"].is_number()
                && step["applied_at"].is_string()
        }));
        passbook(&home, &at, &["migrate", "status"])
            .assert()
            .success()
            .stdout(contains("up to date").and(contains("What each pass over an account read")));
        passbook(&home, &at, &["migrate", "up", "--to", "1"])
            .assert()
            .code(2)
            .stderr(contains("migrate down"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn down_asks_a_terminal_or_does_nothing() {
    for at in support::databases().await {
        let home = Home::new();
        passbook(&home, &at, &["migrate", "up"]).assert().success();
        passbook(&home, &at, &["migrate", "down", "--to", "1"])
            .assert()
            .code(2)
            .stdout(contains("pb_sync_explanations").and(contains("merged_into")))
            .stdout(contains("All of it is put aside first."))
            .stderr(contains("nothing was changed").and(contains("--yes")));
        let plan = document(&home, &at, &["migrate", "down", "--to", "1", "--json"], 2);
        assert_eq!(plan["done"], json!(false));
        let status = document(&home, &at, &["migrate", "status", "--json"], 0);
        assert_eq!(status["pending"], json!(0));
        for wrong in ["98", "99"] {
            passbook(&home, &at, &["migrate", "down", "--to", wrong, "--yes"]).assert().code(2);
        }
        passbook(&home, &at, &["migrate", "down", "--to", "1", "--yes", "--read-only"])
            .assert()
            .code(2)
            .stderr(contains("read_only"));
        let down = document(&home, &at, &["migrate", "down", "--to", "1", "--yes", "--json"], 0);
        assert_eq!((&down["done"], &down["to"]), (&json!(true), &json!(1)));
        let copy = down["copy"].as_str().unwrap();
        let kind = if at.engine == "SQLite" { ".db" } else { "-before-down.jsonl.gz" };
        assert!(copy.ends_with(kind) && std::path::Path::new(copy).exists(), "{copy}");
        passbook(&home, &at, &["migrate", "down", "--to", "0", "--yes"])
            .assert()
            .success()
            .stdout(contains("Nothing of passbook is left").and(contains("next launch")));
        let status = document(&home, &at, &["migrate", "status", "--json"], 0);
        assert_eq!(status["version"], json!(0));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn check_ends_with_status_1_where_the_tables_differ() {
    for at in support::databases().await {
        let home = Home::new();
        passbook(&home, &at, &["migrate", "up"]).assert().success();
        at.run("create table other (id text)").await;
        let check = document(&home, &at, &["migrate", "check", "--json"], 0);
        let rows = check["check"].as_array().unwrap();
        assert!(rows.iter().any(|row| row["kind"] == "other_program" && row["table"] == "other"));
        at.run("drop index pb_days_by_day").await;
        passbook(&home, &at, &["migrate", "check"])
            .assert()
            .code(1)
            .stdout(contains("pb_days_by_day is missing").and(contains("--repair-indexes")));
        passbook(&home, &at, &["migrate", "up", "--repair-indexes"])
            .assert()
            .success()
            .stdout(contains("made the index pb_days_by_day"));
        passbook(&home, &at, &["migrate", "check"]).assert().success();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn grants_are_printed_for_a_server_only() {
    for at in support::databases().await {
        let home = Home::new();
        passbook(&home, &at, &["migrate", "up"]).assert().success();
        let grants = passbook(&home, &at, &["migrate", "grants", "--role", "Ann's"]).assert();
        if at.engine == "SQLite" {
            grants.code(2).stderr(contains("no roles"));
        } else {
            grants.success().stdout(contains("grant usage, create on schema public to \"Ann's\";"));
            let rows = document(&home, &at, &["migrate", "grants", "--json"], 0);
            let statements = rows["grants"].as_array().unwrap();
            assert!(statements.iter().any(|row| row["purpose"] == "read"
                && row["statement"] == "grant select on public.pb_days to passbook"));
        }
    }
}
