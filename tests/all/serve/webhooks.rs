//! Webhooks from outside: believed, kept once, answered at once, worked on afterwards.

use std::io::Write as _;
use std::net::TcpStream;
use std::time::Instant;

use hmac::{Hmac, KeyInit as _, Mac as _};
use passbook::demo::{Fault, Match, Times};
use serde_json::json;
use sha2::Sha256;

use super::super::faults::crashes::small_bank;
use super::super::program::{DEADLINE, Home};
use super::super::support::{self, TestDatabase};
use super::server::Server;
use super::{STOPS_WITHIN, home_with_file};

const SECRETS: &str = "whsec_planted_old, whsec_planted_new";
const NEW: &str = "whsec_planted_new";

/// As Teller sends it, signed by one secret.
fn signed(secret: &str, body: &str, seconds_from_now: i64) -> String {
    let time = chrono::Utc::now().timestamp() + seconds_from_now;
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(format!("{time}.{body}").as_bytes());
    let signature = hex::encode(mac.finalize().into_bytes());
    posted(&format!("teller-signature: t={time},v1={signature}\r\n"), body)
}

fn posted(headers: &str, body: &str) -> String {
    let length = body.len();
    format!(
        "POST /webhooks/teller HTTP/1.1\r\nhost: x\r\n{headers}content-length: {length}\r\n\r\n{body}"
    )
}

fn event(id: &str, kind: &str, payload: &serde_json::Value) -> String {
    let now = chrono::Utc::now().to_rfc3339();
    json!({"id": id, "type": kind, "payload": payload, "timestamp": now}).to_string()
}

fn send(server: &Server, request: &str) -> u16 {
    server.request(request).0
}

fn listening(home: Home, arguments: &[&str]) -> Server {
    let server = Server::start(home.with("TELLER_WEBHOOK_SECRETS", SECRETS), arguments);
    server.wait_for_health(200, "");
    server
}

#[test]
fn only_what_teller_signed_is_believed() {
    let server = listening(home_with_file(), &["--serve"]);
    let test = event("wh_1", "webhook.test", &json!({}));
    assert_eq!(send(&server, &signed("whsec_planted_old", &test, 0)), 200);
    assert_eq!(send(&server, &signed(NEW, &test, 170)), 200);
    assert_eq!(send(&server, &signed(NEW, &test, -190)), 401);
    assert_eq!(send(&server, &signed("whsec_other", &test, 0)), 401);
    assert_eq!(send(&server, &posted("", &test)), 401);
    assert_eq!(send(&server, &posted("teller-signature: t=1,v1=00\r\n", &test)), 401);
    assert_eq!(send(&server, &signed(NEW, "no event", 0)), 400);
    let unknown = event("wh_2", "payment.settled", &json!({"amount": "1.00"}));
    assert_eq!(send(&server, &signed(NEW, &unknown, 0)), 200);
    assert_eq!(server.get("/webhooks/teller").0, 405);
    server.wait_for_line(
        "a webhook was refused: its signature is older than three minutes, or from the future; \
         more of them are told at level debug",
    );
    assert_eq!(server.stop(STOPS_WITHIN), Some(0));
}

#[test]
fn without_a_secret_nobody_listens() {
    let server = Server::start(home_with_file(), &["--serve"]);
    server.wait_for_health(200, "");
    let test = event("wh_1", "webhook.test", &json!({}));
    assert_eq!(send(&server, &signed("", &test, 0)), 404);
}

#[test]
fn a_flood_of_bodies_and_slow_senders_leave_health_alone() {
    let server = listening(home_with_file(), &["--serve"]);
    let slow: Vec<TcpStream> = (0..200)
        .map(|number| {
            let mut stream = TcpStream::connect(server.address).unwrap();
            let head = "POST /webhooks/teller HTTP/1.1\r\nhost: x\r\nteller-signature: t=1,v1=00\r\n\
                        content-length: 1000000\r\n\r\n";
            // One that was put out already needs no more.
            let _ = stream.write_all(head.as_bytes());
            let _ = stream.write_all(&vec![b'x'; number * 100]);
            stream
        })
        .collect();
    assert_eq!(server.get("/health").0, 200);
    drop(slow);
    let test = event("wh_1", "webhook.test", &json!({"more": "x".repeat(900_000)}));
    server.wait_until("a place for a body", || send(&server, &signed(NEW, &test, 0)) == 200);
    let long = event("wh_2", "webhook.test", &json!({"more": "x".repeat(1024 * 1024)}));
    let mut stream = TcpStream::connect(server.address).unwrap();
    let _ = stream.write_all(signed(NEW, &long, 0).as_bytes());
    assert_eq!(server.get("/health").0, 200);
    assert_eq!(server.stop(STOPS_WITHIN), Some(0));
}

/// A demo that has synced once and waits for hours.
fn demo(url: &str) -> Server {
    let server = listening(Home::new(), &["--serve", "--demo", "--database-url", url]);
    server.wait_until("a first sync", || {
        server.get("/health").1["last_sync_age_seconds"].is_number()
    });
    server
}

async fn wait_for_answer(at: &TestDatabase, sql: &str, expected: &[&str]) {
    let asked = Instant::now();
    loop {
        let answer = at.ask(sql).await;
        if answer == expected {
            return;
        }
        assert!(asked.elapsed() < DEADLINE, "{sql}: {answer:?} on {}", at.engine);
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
}

const OUTCOMES: &str = "
    select id || ' ' || coalesce(outcome, 'to do') from pb_webhooks order by id";
const RUNS: &str = "
    select cast(count(*) as text) from pb_sync_runs where started_by = 'webhook'";

#[tokio::test(flavor = "multi_thread")]
async fn new_transactions_are_synced_from_that_bank_alone_and_once() {
    for at in support::databases().await {
        let server = demo(&at.url());
        let banks = at.ask("select id from pb_enrollments order by id").await;
        assert!(banks.len() > 1, "{banks:?}");
        let payload = json!({"enrollment_id": banks[0], "transactions": []});
        let news = event("wh_a", "transactions.processed", &payload);
        assert_eq!(send(&server, &signed(NEW, &news, 0)), 200);
        wait_for_answer(&at, OUTCOMES, &["wh_a ok"]).await;
        assert_eq!(send(&server, &signed(NEW, &news, 0)), 200);
        let stranger = json!({"enrollment_id": "enr_stranger"});
        let news = event("wh_b", "transactions.processed", &stranger);
        assert_eq!(send(&server, &signed(NEW, &news, 0)), 200);
        wait_for_answer(&at, OUTCOMES, &["wh_a ok", "wh_b no such enrollment here"]).await;
        assert_eq!(at.ask(RUNS).await, ["1"]);
        let synced = "
            select distinct enrollment_id from pb_sync_results
            where run_id in (select id from pb_sync_runs where started_by = 'webhook')";
        assert_eq!(at.ask(synced).await, banks[..1]);
        assert_eq!(server.stop(STOPS_WITHIN), Some(0));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_link_is_marked_with_its_reason_unless_it_was_synced_since() {
    for at in support::databases().await {
        let server = demo(&at.url());
        let banks = at.ask("select id from pb_enrollments order by id").await;
        let payload = json!({"enrollment_id": banks[0], "reason": "disconnected.account_locked"});
        let mut lost: serde_json::Value =
            serde_json::from_str(&event("wh_a", "enrollment.disconnected", &payload)).unwrap();
        lost["timestamp"] = json!("2020-01-01T00:00:00Z");
        assert_eq!(send(&server, &signed(NEW, &lost.to_string(), 0)), 200);
        // The demo's clock is at or behind ours once it has synced.
        (lost["id"], lost["timestamp"]) = (json!("wh_b"), json!("2999-01-01T00:00:00Z"));
        assert_eq!(send(&server, &signed(NEW, &lost.to_string(), 0)), 200);
        let outcomes = ["wh_a it was synced since", "wh_b marked as disconnected"];
        wait_for_answer(&at, OUTCOMES, &outcomes).await;
        let marked = "select state || ' ' || reason from pb_enrollments where reason is not null";
        let expected = ["disconnected enrollment.disconnected.account_locked"];
        assert_eq!(at.ask(marked).await, expected);
        assert_eq!(server.stop(STOPS_WITHIN), Some(0));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_stopped_server_left_to_do_is_done_by_the_next() {
    for at in support::databases().await {
        assert_eq!(demo(&at.url()).stop(STOPS_WITHIN), Some(0));
        at.run(
            "insert into pb_webhooks (id, type, enrollment_id, received_at)
            select 'wh_left', 'transactions.processed', min(id), min(first_seen_at)
            from pb_enrollments",
        )
        .await;
        let server = demo(&at.url());
        wait_for_answer(&at, OUTCOMES, &["wh_left ok"]).await;
        assert_eq!(at.ask(RUNS).await, ["1"]);
        assert_eq!(server.stop(STOPS_WITHIN), Some(0));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_bank_out_of_reach_announced_is_asked_for_again() {
    let (at, bank) = (support::sqlite(), small_bank().await);
    let server = || {
        let home = Home::new()
            .with("DATABASE_URL", at.url())
            .with("TELLER_API_URL", bank.url())
            .with("TELLER_ACCESS_TOKEN", bank.tokens()[0].expose());
        listening(home, &["--serve"])
    };
    let first = server();
    first
        .wait_until("a first sync", || first.get("/health").1["last_sync_age_seconds"].is_number());
    let out = bank.faults().add(Match::any(), Fault::Hangup, Times::Always);
    let payload = json!({"enrollment_id": bank.enrollment_ids()[0].as_str()});
    let news = event("wh_a", "transactions.processed", &payload);
    assert_eq!(send(&first, &signed(NEW, &news, 0)), 200);
    let told = first.wait_for_line("it could not be reached: asked again");
    assert_eq!(told["seconds"], 60, "{told}");
    assert_eq!(at.ask(OUTCOMES).await, ["wh_a to do"]);
    // A second one of the same bank does not call on it any sooner.
    let news = event("wh_b", "transactions.processed", &payload);
    assert_eq!(send(&first, &signed(NEW, &news, 0)), 200);
    assert_eq!(first.stop(STOPS_WITHIN), Some(0));
    assert_eq!(at.ask(RUNS).await, ["1"]);
    bank.faults().remove(out);
    let second = server();
    wait_for_answer(&at, OUTCOMES, &["wh_a ok", "wh_b ok"]).await;
    assert_eq!(at.ask(RUNS).await, ["2"], "one sync answers both");
    assert_eq!(second.stop(STOPS_WITHIN), Some(0));
}
