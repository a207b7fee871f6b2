//! `passbook connect`: what it needs, what it refuses, and the whole way with the built-in bank.

use std::io::{BufRead as _, BufReader, Read as _};
use std::process::{Child, Command as Process, Stdio};

use passbook::database::Database;
use rustix::process::{Pid, Signal, kill_process};

use super::*;
use crate::connect::browser::{Colours, start};
use crate::support::TestDatabase;
use crate::teller::authority::Authority;

#[test]
fn what_is_missing_is_named_where_nobody_can_be_asked() {
    let home = Home::new();
    let ended = home.passbook(&["connect"]).assert().code(2);
    let id_alone = contains("application_id (TELLER_APPLICATION_ID)").and(contains("cert").not());
    ended.stderr(id_alone.and(contains("nothing was")));
    assert!(!home.path().join(".config").exists(), "nothing is written before an answer");
    let mut half = home.passbook(&["connect", "--environment", "development"]);
    half.env("TELLER_APPLICATION_ID", "app_1");
    half.assert().code(2).stderr(contains("cert (TELLER_CERT_PATH)"));
}

#[test]
fn a_token_is_no_application_id_and_a_stranger_no_script() {
    let home = Home::new();
    let with = |name: &str, value: &str| {
        let mut command = home.passbook(&["connect", "--no-browser"]);
        command.env("TELLER_APPLICATION_ID", "app_1").env(name, value);
        command.assert().code(2)
    };
    with("TELLER_APPLICATION_ID", "test_token_planted")
        .stderr(contains("is an access token").and(contains("planted").not()));
    with("PASSBOOK_CONNECT_SCRIPT", "https://evil.test/connect.js")
        .stderr(contains("cdn.teller.io"));
    with("TELLER_SIGNING_KEY", "abc").stderr(contains("token signing key"));
    home.passbook(&["connect", "--offline"]).assert().code(2).stderr(contains("offline is on"));
    home.passbook(&["connect", "--demo", "--repair", "nobody", "--no-browser"])
        .assert()
        .code(2)
        .stderr(contains("these are connected"));
}

#[test]
fn a_port_that_is_taken_ends_with_its_own_status() {
    let home = Home::new();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    home.passbook(&["connect", "--demo", "--no-browser", "--port", &port])
        .assert()
        .code(8)
        .stderr(contains(format!("cannot be served on port {port}")));
}

/// The running command, and the address that it printed.
struct Running {
    child: Child,
    address: String,
}

fn run(home: &Home, arguments: &[&str]) -> Running {
    let mut child = Process::new(env!("CARGO_BIN_EXE_passbook"))
        .args(arguments)
        .env_clear()
        .env("HOME", home.path())
        .current_dir(home.path())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines().map_while(Result::ok);
    let address = lines.find(|line| line.contains("http://127.0.0.1:")).expect("an address");
    // Read on, or the command would wait for its reader.
    std::thread::spawn(move || lines.for_each(drop));
    Running { child, address: address.trim().to_owned() }
}

impl Running {
    fn end(mut self) -> (i32, String) {
        let mut out = String::new();
        self.child.stdout.take().unwrap().read_to_string(&mut out).unwrap();
        (self.child.wait().unwrap().code().unwrap(), out)
    }
}

#[test]
fn ctrl_c_leaves_everything_as_it_was() {
    let home = Home::new();
    let running = run(&home, &["connect", "--demo"]);
    let pid = Pid::from_child(&running.child);
    kill_process(pid, Signal::INT).unwrap();
    let (code, out) = running.end();
    assert_eq!((code, out.as_str()), (130, ""));
    let accounts = home.json(&["accounts", "--demo", "--json"]);
    assert_eq!(accounts["accounts"].as_array().unwrap().len(), 6);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_development_enrollments_are_left_is_told_before_one_is_spent() {
    let home = Home::new();
    home.passbook(&["migrate", "up", "--database-url", "linked.db"]).assert().success();
    let at = TestDatabase::through(Database::Sqlite { path: home.path().join("linked.db") });
    at.run(
        "insert into pb_enrollments (id, institution_id, institution_name, environment, state,
            first_seen_at, linked_at)
        values ('enr_a', 'harbor_cu', 'Harbor Credit Union', 'development', 'healthy',
            '2026-01-01T00:00:00+00:00', '2026-01-01T00:00:00+00:00')",
    )
    .await;
    let own = Authority::new().issue("app");
    std::fs::write(home.path().join("cert.pem"), own.certificate.pem()).unwrap();
    std::fs::write(home.path().join("key.pem"), own.key.serialize_pem()).unwrap();
    let mut command = home.passbook(&["connect", "--no-browser", "--institution", "harbor_cu"]);
    command.args(["--database-url", "linked.db", "--environment", "development"]);
    command.args(["--cert", "cert.pem", "--cert-key", "key.pem"]);
    command.env("TELLER_APPLICATION_ID", "app_1").env("TELLER_API_URL", "http://127.0.0.1:9");
    // Nobody is there to say that it shall be spent all the same.
    let told = contains("1 of the 100 development enrollments")
        .and(contains("Connected already: Harbor Credit Union"))
        .and(contains("--repair"));
    command.assert().stderr(told.and(contains("http://127.0.0.1:").not()));
    assert_eq!(at.ask("select cast(count(*) as text) from pb_enrollments").await, ["1"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_whole_way_with_the_built_in_bank() {
    let Some(browser) = start(Colours::Light).await else { return };
    let home = Home::new();
    let running = run(&home, &["connect", "--demo", "--sync"]);
    browser.open(&running.address).await;
    browser.sign_in(Some("security_cu"), "challenge").await;
    browser.enter_connect().await;
    browser.fill("#code", "blue").await;
    browser.click("#login [type=submit]").await;
    browser.leave_connect().await;
    browser.shows("#status.done", "Security Credit Union is connected").await;
    let (code, out) = tokio::task::spawn_blocking(|| running.end()).await.unwrap();
    assert_eq!(code, 0, "{out}");
    assert!(out.contains("Security Credit Union is connected, with 2 accounts:"), "{out}");
    assert!(out.contains("Pocket Checking ·7310"), "{out}");
    let accounts = home.json(&["accounts", "--demo", "--json"]);
    let rows = accounts["accounts"].as_array().unwrap();
    let pocket = rows.iter().find(|row| row["name"] == "Pocket Checking").expect("it is stored");
    assert!(!pocket["ledger"].is_null(), "it was synced: {pocket}");

    // The next start of the built-in bank knows it, too.
    let sync = home.json(&["sync", "--demo", "--json"]);
    let synced = sync["sync"].as_array().unwrap();
    assert_eq!(synced.iter().filter(|row| row["outcome"] == "ok").count(), 8, "{sync}");
}
