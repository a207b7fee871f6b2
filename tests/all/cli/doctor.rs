//! `passbook doctor`: each check fails alone, nothing is changed, and no report tells a secret.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use predicates::prelude::*;
use predicates::str::contains;
use serde_json::{Value, json};

use super::Home;
use crate::support::{self, TestDatabase, ledger, pgbouncer, proxy};

const CHECKS: [&str; 18] = [
    "configuration",
    "environment",
    "data directory",
    "server",
    "encryption",
    "sign-in",
    "database",
    "integrity",
    "clock",
    "rights",
    "schema",
    "drift",
    "write test",
    "persistence",
    "pooler",
    "certificate",
    "bank",
    "enrollments",
];

type Outcomes = BTreeMap<String, String>;

/// Asks on this database, offline, and nothing else set but for what is given.
pub fn doctor(home: &Home, url: &str, more: &[(&str, &str)], words: &[&str]) -> (i32, Value) {
    let mut command = home.passbook(&["doctor", "--json"]);
    command.env("DATABASE_URL", url).env("PASSBOOK_OFFLINE", "1").args(words);
    command.envs(more.iter().copied());
    let output = command.assert().get_output().clone();
    let document = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr)));
    (output.status.code().unwrap(), document)
}

fn outcomes(document: &Value) -> Outcomes {
    let rows = document["checks"].as_array().unwrap().iter();
    let text = |row: &Value, name: &str| row[name].as_str().unwrap().to_owned();
    rows.map(|row| (text(row, "name"), text(row, "outcome"))).collect()
}

pub fn check<'a>(document: &'a Value, name: &str) -> &'a Value {
    document["checks"].as_array().unwrap().iter().find(|row| row["name"] == name).unwrap()
}

/// What is not as it is on a healthy system; what could not be looked at for that reason aside.
fn changed(healthy: &Outcomes, document: &Value) -> Vec<(String, String)> {
    let found = outcomes(document);
    found
        .into_iter()
        .filter(|(name, outcome)| healthy[name] != *outcome && outcome != "not reached")
        .collect()
}

fn set_up(home: &Home, at: &TestDatabase) {
    let mut command = home.passbook(&["migrate", "up"]);
    command.env("DATABASE_URL", at.url()).assert().success();
    if at.engine == "SQLite" {
        fs::set_permissions(at.path(), fs::Permissions::from_mode(0o600)).unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_healthy_system_is_told_to_be_one() {
    for at in support::databases().await {
        let home = Home::new();
        set_up(&home, &at);
        let (code, document) = doctor(&home, &at.url(), &[], &[]);
        let found = outcomes(&document);
        assert_eq!(code, 0, "{}: {document:#}", at.engine);
        assert!(CHECKS.iter().all(|name| found.contains_key(*name)), "{found:?}");
        assert!(found.values().all(|outcome| outcome == "ok" || outcome == "skipped"), "{found:?}");
        let which = check(&document, "database")["what"].as_str().unwrap();
        assert!(which.starts_with(at.engine), "{which}");
        for name in ["schema", "drift", "write test", "persistence"] {
            assert_eq!(found[name], "ok", "{}", at.engine);
        }
        let rows = document["checks"].as_array().unwrap();
        assert!(rows.iter().all(|row| row["took_ms"].is_number()));
    }
}

#[test]
fn the_demo_is_healthy_too_and_its_bank_answers() {
    let home = Home::new();
    home.passbook(&["--demo", "doctor"])
        .assert()
        .success()
        .stdout(contains("passbook was never started").and(contains("Nothing failed. 1 warning.")));
    assert!(!home.path().join(".local").exists(), "doctor makes nothing");
    home.passbook(&["--demo", "sync"]).assert().success();
    home.passbook(&["--demo", "doctor"])
        .assert()
        .success()
        .stdout(contains("the built-in bank answers").and(contains("Harbor Credit Union healthy")));
}

#[test]
fn without_settings_what_needs_none_is_looked_at_all_the_same() {
    let home = Home::new();
    let (code, document) =
        doctor(&home, "sqlite:///a.db", &[("TELLER_ENVIRONMENT", "moon"), ("TELLER_X", "1")], &[]);
    assert_eq!(code, 2);
    let found = outcomes(&document);
    assert_eq!(found["configuration"], "failed");
    assert_eq!(found["environment"], "warning");
    assert_eq!(found["data directory"], "ok");
    assert_eq!(found["database"], "not reached");
    assert_eq!(found["terminal"], "skipped");
}

#[tokio::test(flavor = "multi_thread")]
async fn each_check_fails_alone() {
    let no_table = "create table pb_stray (id text)";
    let newer =
        "insert into pb_migrations (version, description, success, checksum, execution_time)
        select 9000, 'from the future', true, checksum, 0 from pb_migrations where version = 1";
    let ill = "update pb_enrollments set state = 'disconnected',
        reason = 'enrollment.disconnected.account_locked'";
    for (sql, name, outcome, code) in [
        (no_table, "drift", "failed", 1),
        (newer, "schema", "failed", 6),
        (ill, "enrollments", "failed", 4),
    ] {
        for at in support::databases().await {
            let home = Home::new();
            set_up(&home, &at);
            ledger::account(&at, "acc_1").await;
            let healthy = outcomes(&doctor(&home, &at.url(), &[], &[]).1);
            at.run(sql).await;
            let (ended, document) = doctor(&home, &at.url(), &[], &[]);
            let expected = [(name.to_owned(), outcome.to_owned())];
            assert_eq!(changed(&healthy, &document), expected, "{}: {document:#}", at.engine);
            assert_eq!(ended, code, "{}: {name}", at.engine);
            assert_eq!(document["exit"], json!(code));
            let found = check(&document, name);
            assert!(found["cause"].is_string() && found["remedy"].is_string(), "{found:#}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_lies_around_the_database_fails_alone() {
    let at = support::sqlite();
    let home = Home::new();
    set_up(&home, &at);
    let healthy = outcomes(&doctor(&home, &at.url(), &[], &[]).1);
    let assert = |more: &[(&str, &str)], words: &[&str], name: &str, outcome: &str, code: i32| {
        let (ended, document) = doctor(&home, &at.url(), more, words);
        let expected = [(name.to_owned(), outcome.to_owned())];
        assert_eq!(changed(&healthy, &document), expected, "{document:#}");
        assert_eq!(ended, code, "{name}");
    };
    assert(&[("TELLER_TOKEN", "a")], &[], "environment", "warning", 0);
    assert(&[], &["--environment", "production"], "certificate", "failed", 2);
    let files = ["--cert", "none.pem", "--cert-key", "none.key"];
    assert(&[], &files, "certificate", "failed", 2);
    let nobody = [("PASSBOOK_OFFLINE", "0"), ("TELLER_ACCESS_TOKEN", "token_a")];
    assert(&nobody, &["--teller-url", "http://127.0.0.1:1"], "bank", "failed", 5);

    fs::set_permissions(at.path(), fs::Permissions::from_mode(0o644)).unwrap();
    assert(&[], &[], "data directory", "warning", 0);
    fs::set_permissions(at.path(), fs::Permissions::from_mode(0o600)).unwrap();

    let refuse = "create trigger refuse before insert on pb_settings
        begin select raise(abort, 'no room for this'); end";
    at.run(refuse).await;
    let (code, document) = doctor(&home, &at.url(), &[], &[]);
    assert_eq!((code, &check(&document, "write test")["outcome"]), (1, &json!("failed")));
    at.run("drop trigger refuse").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disk_without_room_is_told() {
    let Some(disk) = support::TinyDisk::mount(4 * 1024) else { return };
    let at = TestDatabase::of_file(&disk.path().join("passbook.db"));
    let home = Home::new();
    set_up(&home, &at);
    let (code, document) = doctor(&home, &at.url(), &[], &[]);
    let found = check(&document, "data directory");
    assert_eq!((code, &found["outcome"]), (3, &json!("failed")), "{document:#}");
    assert!(found["remedy"].as_str().unwrap().contains("make room"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_damaged_inside_is_found() {
    let at = support::sqlite();
    let home = Home::new();
    set_up(&home, &at);
    ledger::account(&at, "acc_1").await;
    let root =
        at.ask("select cast(rootpage as text) from sqlite_master where name = 'pb_days_by_day'");
    let page: usize = root.await[0].parse().unwrap();
    let mut bytes = fs::read(at.path()).unwrap();
    bytes[(page - 1) * 4096..page * 4096].fill(0xa5);
    fs::write(at.path(), bytes).unwrap();
    let (code, document) = doctor(&home, &at.url(), &[], &[]);
    assert_eq!(code, 3, "{document:#}");
    assert_eq!(check(&document, "integrity")["outcome"], "failed");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_is_looked_at_stage_by_stage() {
    let Some(at) = support::postgres().await else { return };
    let home = Home::new();
    set_up(&home, &at);
    let healthy = outcomes(&doctor(&home, &at.url(), &[], &[]).1);
    let without_tls = proxy::without_tls(&at).await;
    let changed_url = |change: &dyn Fn(&mut url::Url)| {
        let mut url = url::Url::parse(&at.url()).unwrap();
        change(&mut url);
        String::from(url)
    };
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    for (change, name) in [
        (
            &(|url: &mut url::Url| url.set_port(Some(closed)).unwrap()) as &dyn Fn(&mut url::Url),
            "server",
        ),
        (
            &|url: &mut url::Url| {
                url.set_port(Some(without_tls)).unwrap();
                url.set_query(Some("sslmode=require"));
            },
            "encryption",
        ),
        (&|url: &mut url::Url| url.set_username("nobody_such").unwrap(), "sign-in"),
        (&|url: &mut url::Url| url.set_path("no_such_books"), "database"),
    ] {
        let (code, document) = doctor(&home, &changed_url(change), &[], &[]);
        assert_eq!(changed(&healthy, &document), [(name.to_owned(), "failed".to_owned())]);
        assert_eq!(code, 3, "{name}");
        assert_eq!(check(&document, "schema")["outcome"], "not reached");
    }
    let encrypted = changed_url(&|url| url.set_query(Some("sslmode=require")));
    let (code, document) = doctor(&home, &encrypted, &[], &[]);
    let told = check(&document, "encryption")["what"].as_str().unwrap();
    assert!(code == 0 && told.contains("TLSv1.3") && told.contains("not checked"), "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pooler_between_is_told_and_everything_works_through_it() {
    let Some(pooled) = pgbouncer::start().await else { return };
    let through = TestDatabase::through(pooled.database.clone());
    let home = Home::new();
    set_up(&home, &through);
    for to in ["2", "1"] {
        let mut down = home.passbook(&["migrate", "down", "--to", to, "--yes"]);
        down.env("DATABASE_URL", through.url()).assert().success();
    }
    set_up(&home, &through);
    let (code, document) = doctor(&home, &through.url(), &[], &[]);
    assert_eq!(code, 0, "{document:#}");
    let told = check(&document, "pooler")["what"].as_str().unwrap();
    assert!(told.starts_with("a transaction pooler stands between"), "{told}");
    assert!(outcomes(&document).values().all(|outcome| outcome == "ok" || outcome == "skipped"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_container_is_hinted_at_beside_its_compose_file() {
    let home = Home::new();
    let url = "postgres://ann:hunter2@localhost:1/books";
    let remedy = |document: &Value| check(document, "server")["remedy"].to_string();
    assert!(!remedy(&doctor(&home, url, &[], &[]).1).contains("docker"));
    fs::write(home.path().join("compose.yaml"), "services:").unwrap();
    assert!(remedy(&doctor(&home, url, &[], &[]).1).contains("docker compose up"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_server_does_wrong_fails_alone() {
    let forward = "create function public.clock_timestamp() returns timestamptz language sql as
        'select pg_catalog.clock_timestamp() + interval ''1 hour''';
        do $$ begin execute format('alter database %I set search_path = public, pg_catalog',
            current_database()); end $$";
    // Refused at the commit, which the write test never comes to.
    let at_the_end = "create function refuse() returns trigger language plpgsql as
        $$ begin raise exception 'not kept'; end $$;
        create constraint trigger refuse after insert on pb_settings
            deferrable initially deferred for each row execute function refuse()";
    for (sql, name, code) in [(forward, "clock", 1), (at_the_end, "persistence", 1)] {
        let Some(at) = support::postgres().await else { return };
        let home = Home::new();
        set_up(&home, &at);
        let healthy = outcomes(&doctor(&home, &at.url(), &[], &[]).1);
        at.run(sql).await;
        let (ended, document) = doctor(&home, &at.url(), &[], &[]);
        let expected = [(name.to_owned(), "failed".to_owned())];
        assert_eq!(changed(&healthy, &document), expected, "{document:#}");
        assert_eq!(ended, code, "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_without_rights_is_told_so() {
    let Some(at) = support::postgres().await else { return };
    let home = Home::new();
    set_up(&home, &at);
    let role = format!("doctor_{}", std::process::id());
    at.run(format!(
        "create role {role} login; grant select on all tables in schema public to {role}"
    ))
    .await;
    let mut url = url::Url::parse(&at.url()).unwrap();
    url.set_username(&role).unwrap();
    let (code, document) = doctor(&home, url.as_str(), &[], &[]);
    let found = check(&document, "rights");
    assert_eq!((code, &found["outcome"]), (3, &json!("failed")), "{document:#}");
    assert!(found["remedy"].as_str().unwrap().contains("migrate grants"));
    let (code, document) = doctor(&home, url.as_str(), &[], &["--read-only"]);
    assert_eq!((code, &check(&document, "rights")["outcome"]), (0, &json!("ok")), "{document:#}");
    at.run(format!("drop owned by {role}; drop role {role}")).await;
}

/// Every row of every table that a person would miss, as text.
async fn everything(at: &TestDatabase) -> Vec<String> {
    let tables = ["pb_settings", "pb_enrollments", "pb_accounts", "pb_transactions", "pb_days"];
    let ask = |table: &str| {
        let row = if at.engine == "SQLite" { "count(*)" } else { "md5(string_agg(t::text, '|'))" };
        format!("select coalesce(cast({row} as text), '') from {table} t")
    };
    let names = "select name from pb_settings order by name".to_owned();
    at.ask_all(tables.map(ask).into_iter().chain([names])).await
}

#[tokio::test(flavor = "multi_thread")]
async fn doctor_leaves_the_database_as_it_was() {
    for at in support::databases().await {
        let home = Home::new();
        set_up(&home, &at);
        ledger::account(&at, "acc_1").await;
        let before = everything(&at).await;
        doctor(&home, &at.url(), &[], &[]);
        assert_eq!(everything(&at).await, before, "{}", at.engine);
        // What one left behind that was killed goes with the next.
        at.run("insert into pb_settings (name, value) values ('doctor.killed', 'kept')").await;
        let (code, document) = doctor(&home, &at.url(), &[], &["--read-only"]);
        assert_eq!(code, 0, "{document:#}");
        for name in ["write test", "persistence"] {
            assert_eq!(check(&document, name)["outcome"], "skipped");
        }
        doctor(&home, &at.url(), &[], &[]);
        assert_eq!(everything(&at).await, before, "{}", at.engine);
    }
}

fn mode(path: &Path) -> u32 {
    path.metadata().unwrap().permissions().mode() & 0o777
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_holds_no_secret_and_no_amount_and_replaces_nothing() {
    for at in support::databases().await {
        let home = Home::new();
        set_up(&home, &at);
        ledger::account(&at, "acc_1").await;
        ledger::snapshot(&at, "acc_1", "2026-01-01T00:00:00+00:00", 7_654_321).await;
        let row = ledger::Row {
            amount: 1_234_567,
            ..ledger::Row::new("acc_1", "txn_1", ledger::day("2026-01-01"))
        };
        ledger::transactions(&at, &[row]).await;
        at.run("update pb_transactions set description = 'PLANTED SHOP 12345.67'").await;
        let mut url = url::Url::parse(&at.url()).unwrap();
        if at.engine == "Postgres" {
            url.set_password(Some("hunter2%40planted")).unwrap();
        }
        let report = home.path().join("report.txt");
        let words = ["--report", "report.txt", "--teller-url", "http://127.0.0.1:1"];
        let more = [
            ("TELLER_ACCESS_TOKEN", "token_planted,test_token_planted_too"),
            ("TELLER_TOKEN", "planted_elsewhere"),
            ("PASSBOOK_OFFLINE", "0"),
        ];
        let (code, document) = doctor(&home, url.as_str(), &more, &words);
        assert_eq!(code, 5, "{document:#}");
        assert_eq!(mode(&report), 0o600);
        let text = fs::read_to_string(&report).unwrap();
        for found in [text.as_str(), &document.to_string()] {
            for planted in
                ["planted", "hunter2", "PLANTED", "1234567", "12345.67", "12,345.67", "76543"]
            {
                assert!(!found.contains(planted), "{planted} in {found}");
            }
        }
        assert!(text.contains("TELLER_TOKEN is set") && text.contains("2 tokens"), "{text}");
        assert!(text.contains("persistence") && text.contains("database  "), "{text}");

        fs::write(&report, "mine").unwrap();
        let again = home.passbook(&["doctor", "--offline", "--report", "report.txt"]).assert();
        again.code(2).stdout("").stderr(contains("replaces nothing"));
        assert_eq!(fs::read_to_string(&report).unwrap(), "mine");
    }
}
