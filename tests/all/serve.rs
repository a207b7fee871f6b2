//! The headless mode from outside: health up and down, one listener a port, a quick and clean stop.

#![expect(clippy::unwrap_used, reason = "what a test cannot set up shall end it")]

mod exposition;
mod metrics;
mod proxy;
mod server;
mod webhooks;

use std::io::Write as _;
use std::net::TcpStream;
use std::time::{Duration, Instant};

use passbook::database::Database;
use passbook::store::Store;
use passbook::store::adopt::{AdoptOptions, Legacy};
use serde_json::json;

use super::program::{DEADLINE, Home};
use super::support::{self, OwnCluster, TestDatabase};
use proxy::{Proxy, Way};
use server::{Server, get};

const STOPS_WITHIN: Duration = Duration::from_secs(10);

fn home_with_file() -> Home {
    let home = Home::new();
    let url = format!("sqlite:///{}", home.path().join("ledger.db").display());
    home.with("DATABASE_URL", url)
}

/// A home whose database is reached by a way that is still cut.
async fn behind_proxy(at: &TestDatabase) -> (Proxy, Home) {
    let Database::Postgres(postgres) = &at.database else { unreachable!("asked for Postgres") };
    let upstream = format!("{}:{}", postgres.host, postgres.port);
    let upstream = tokio::net::lookup_host(upstream).await.unwrap().next().unwrap();
    let proxy = Proxy::start(upstream, Way::Cut).await;
    let mut url = url::Url::parse(postgres.url.expose()).unwrap();
    url.set_ip_host(proxy.address.ip()).unwrap();
    url.set_port(Some(proxy.address.port())).unwrap();
    (proxy, Home::new().with("DATABASE_URL", url.to_string()))
}

#[test]
fn a_fresh_file_becomes_healthy_and_nothing_but_health_is_served() {
    let server = Server::start(home_with_file(), &["--serve"]);
    let health = server.wait_for_health(200, "");
    assert_eq!(health, json!({"status": "ok", "reason": null, "last_sync_age_seconds": null}));
    assert_eq!(server.get("/readyz").0, 200);
    assert_eq!(server.get("/livez").0, 200);
    for path in ["/", "/accounts", "/health/x", "/index.html"] {
        assert_eq!(server.get(path), (404, json!({})), "{path}");
    }
    assert_eq!(server.request("POST /health HTTP/1.1\r\nhost: x\r\n\r\n").0, 405);
    assert_eq!(server.stop(STOPS_WITHIN), Some(0));
}

#[test]
fn a_taken_port_ends_with_status_8() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let output = Server::command(&home_with_file(), &["--serve", "--port", &port])
        .output()
        .expect("the program runs");
    assert_eq!(output.status.code(), Some(8));
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(told.contains(&port) && told.contains("taken"), "{told}");
}

#[test]
fn a_path_that_is_wrong_is_told_at_once() {
    let home =
        Home::new().with("DATABASE_URL", "sqlite:////no/such/directory/ledger.db".to_owned());
    let output = Server::command(&home, &["--serve"]).output().expect("the program runs");
    assert_eq!(output.status.code(), Some(3));
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(told.contains("/no/such/directory does not exist"), "{told}");
}

#[test]
fn slow_clients_keep_nobody_out_and_delay_no_stop() {
    let server = Server::start(home_with_file(), &["--serve"]);
    server.wait_for_health(200, "");
    let half_sent: Vec<TcpStream> = (0..300)
        .map(|_| {
            let mut stream = TcpStream::connect(server.address).unwrap();
            stream.write_all(b"GET /health HTTP/1.1\r\nhost: x").unwrap();
            stream
        })
        .collect();
    let asked = Instant::now();
    assert_eq!(server.get("/health").0, 200);
    assert!(asked.elapsed() < Duration::from_secs(4), "{:?}", asked.elapsed());
    assert_eq!(server.stop(STOPS_WITHIN), Some(0));
    drop(half_sent);
}

#[test]
fn an_endless_request_is_cut_off() {
    let server = Server::start(home_with_file(), &["--serve"]);
    server.wait_for_health(200, "");
    let mut stream = TcpStream::connect(server.address).unwrap();
    stream.write_all(b"GET /health HTTP/1.1\r\n").unwrap();
    let line = [b"x: ".as_slice(), &[b'y'; 1000], b"\r\n"].concat();
    // The kernel takes some of it before it hears of the reset.
    let cut = (0..100_000).any(|_| stream.write_all(&line).is_err());
    assert!(cut, "100 MB of headers were taken");
    assert_eq!(server.get("/health").0, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn health_follows_the_database_down_and_up_again() {
    let Some(at) = support::postgres().await else { return };
    let (proxy, home) = behind_proxy(&at).await;
    let story = tokio::task::spawn_blocking(move || {
        // It comes up before its database does.
        let server = Server::start(home, &["--serve"]);
        server.wait_for_health(503, "database_unreachable");
        assert_eq!(server.get("/livez").0, 200);
        proxy.set(Way::Open);
        server.wait_for_health(200, "");
        proxy.set(Way::Cut);
        server.wait_for_health(503, "database_unreachable");
        proxy.set(Way::Open);
        server.wait_for_health(200, "");
        proxy.set(Way::Blocked);
        server.wait_for_health(503, "database_slow");
        assert_eq!(server.get("/livez").0, 200);
        proxy.set(Way::Open);
        server.wait_for_health(200, "");
        assert_eq!(server.stop(STOPS_WITHIN), Some(0));
    });
    story.await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_schema_that_moves_on_is_not_healthy() {
    for at in support::databases().await {
        let url = at.url();
        let server = tokio::task::spawn_blocking(move || {
            let server = Server::start(Home::new().with("DATABASE_URL", url), &["--serve"]);
            server.wait_for_health(200, "");
            server
        });
        let server = server.await.unwrap();
        at.run("update pb_migrations set version = version + 1000").await;
        let waited = tokio::task::spawn_blocking(move || {
            server.wait_for_health(503, "schema_newer");
            server.stop(STOPS_WITHIN)
        });
        assert_eq!(waited.await.unwrap(), Some(0));
    }
}

#[test]
fn the_schedule_syncs_at_first_and_a_restart_waits_for_its_turn() {
    let home = Home::new();
    let server = Server::start(home, &["--serve", "--demo"]);
    server.wait_until("a finished sync", || {
        let (_, health) = get(server.address, "/health");
        health["last_sync_age_seconds"].is_number()
    });
    let (status, home) = server.stop_and_keep(STOPS_WITHIN);
    assert_eq!(status, Some(0));

    let server = Server::start(home, &["--serve", "--demo"]);
    let pause = server.wait_for_line("next sync");
    let seconds = pause["seconds"].as_u64().unwrap();
    assert!(seconds > 3600, "{pause}");
    assert_eq!(server.stop(STOPS_WITHIN), Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_python_app_writes_meanwhile_is_taken_in_at_each_scheduled_sync() {
    for at in support::databases().await {
        support::legacy::tables(&at).await;
        support::legacy::rows(&at).await;
        let store = Store::open(at.options()).await.unwrap();
        let mut legacy = Legacy::open(&at.database).await.unwrap();
        let utc = AdoptOptions { zone: Some("UTC".to_owned()), test_rows: false, by_hand: false };
        store.adopt(&mut legacy, &at.database, &utc).await.unwrap();
        drop(legacy);
        store.close().await;
        let url = at.url();
        let server = tokio::task::spawn_blocking(move || {
            let arguments = ["--serve", "--demo", "--database-url", &url, "--sync-every", "1s"];
            let server = Server::start(Home::new(), &arguments);
            server.wait_for_line("synced");
            server
        });
        let server = server.await.unwrap();
        at.run(
            "insert into transactions values ('txn_late', 'acc_1', '2025-10-09', 'LATE', -1, null)",
        )
        .await;
        let late = "select cast(amount as text) from pb_transactions where id = 'txn_late'";
        let deadline = Instant::now() + DEADLINE;
        while at.ask(late).await.is_empty() {
            assert!(Instant::now() < deadline, "the row was not taken in on {}", at.engine);
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        let stopped = tokio::task::spawn_blocking(move || server.stop(STOPS_WITHIN));
        assert_eq!(stopped.await.unwrap(), Some(0));
    }
}

#[test]
fn sigterm_in_the_middle_of_a_sync_is_a_clean_stop() {
    let server = Server::start(Home::new(), &["--serve", "--demo", "--sync-every", "1s"]);
    server.wait_for_line("sync started");
    assert_eq!(server.stop(STOPS_WITHIN), Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_crashes_under_the_schedule_is_synced_to_again_once_it_is_back() {
    let Some(mut cluster) = OwnCluster::start().await else { return };
    let at = cluster.database().await;
    let words = ["--serve", "--demo", "--sync-every", "1s", "--database-url", &at.url()];
    let server = Server::start(Home::new(), &words);
    let runs = "select cast(count(*) as text) from pb_sync_runs where outcome = 'ok'";
    server.wait_for_line("synced");
    cluster.crash();
    server.wait_for_health(503, "database_unreachable");
    cluster.start_again().await;
    server.wait_for_health(200, "");
    let before = at.ask(runs).await;
    let started = Instant::now();
    while at.ask(runs).await == before {
        assert!(started.elapsed() < Duration::from_secs(40), "no sync any more");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(server.stop(STOPS_WITHIN), Some(0));
}
