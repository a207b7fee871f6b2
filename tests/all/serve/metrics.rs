//! Metrics from outside: what they say, to whom, and what they keep to themselves.

use std::time::{Duration, Instant};

use super::exposition::Page;
use super::proxy::Way;
use super::server::{Server, get};
use super::{STOPS_WITHIN, behind_proxy, home_with_file};
use crate::program::Home;
use crate::support::{self, OwnCluster, TestDatabase};

fn page(server: &Server) -> Page {
    let (status, head, body) = server.get_text("/metrics");
    assert_eq!(status, 200, "{body}");
    assert!(head.contains("content-type: text/plain; version=0.0.4"), "{head}");
    Page::parse(&body)
}

#[test]
fn there_are_no_metrics_unless_asked_for() {
    let server = Server::start(home_with_file(), &["--serve"]);
    server.wait_for_health(200, "");
    assert_eq!(server.get("/metrics").0, 404);
    assert_eq!(server.stop(STOPS_WITHIN), Some(0));

    let home = home_with_file().with("PASSBOOK_METRICS", "true");
    let server = Server::start(home, &["--serve"]);
    server.wait_for_health(200, "");
    assert_eq!(page(&server).value("passbook_database_up", None), Some(1.0));
    assert_eq!(server.request("POST /metrics HTTP/1.1\r\nhost: x\r\n\r\n").0, 405);
    assert_eq!(server.get("/other").0, 404);
    assert_eq!(server.stop(STOPS_WITHIN), Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn metrics_are_well_formed_and_name_nobody() {
    let (home, text) = tokio::task::spawn_blocking(|| {
        let server = Server::start(Home::new(), &["--serve", "--demo", "--metrics"]);
        server.wait_until("a finished sync", || {
            get(server.address, "/health").1["last_sync_age_seconds"].is_number()
        });
        // The rows are counted once a minute: before this first scrape nobody asked.
        let (_, _, text) = server.get_text("/metrics");
        let (status, home) = server.stop_and_keep(STOPS_WITHIN);
        assert_eq!(status, Some(0));
        (home, text)
    })
    .await
    .unwrap();
    let page = Page::parse(&text);
    let at = TestDatabase::of_file(&home.path().join("data/passbook/demo.db"));
    let stored = async |sql: &str| at.ask(sql).await.remove(0).parse::<f64>().unwrap();
    let accounts = stored("select cast(count(*) as text) from pb_accounts").await;
    let transactions =
        stored("select cast(count(*) as text) from pb_transactions where life = 'live'").await;
    let version = stored("select cast(max(version) as text) from pb_migrations").await;
    assert!(accounts > 1.0 && transactions > 100.0);
    assert_eq!(page.value("passbook_accounts", None), Some(accounts));
    assert_eq!(page.value("passbook_transactions", None), Some(transactions));
    assert_eq!(page.value("passbook_schema_version", None), Some(version));
    assert_eq!(page.value("passbook_syncs", Some(("outcome", "ok"))), Some(1.0));
    assert_eq!(page.value("passbook_last_sync_outcome", Some(("outcome", "ok"))), Some(1.0));
    assert!(page.value("passbook_last_sync_age_seconds", None).unwrap() < 60.0);
    assert!(page.value("passbook_database_size_bytes", None).unwrap() > 100_000.0);
    assert!(page.value("passbook_database_queries_total", None).unwrap() > 100.0);
    assert_eq!(page.value("passbook_database_connections_max", Some(("pool", "write"))), Some(1.0));
    assert!(page.families.contains("passbook_build_info"), "{text}");
    histogram_adds_up(&page);
    names_nobody(&at, &page, &text).await;
}

fn histogram_adds_up(page: &Page) {
    for work in ["read", "write"] {
        let buckets = page.samples.iter().filter(|((name, labels), _)| {
            name == "passbook_database_work_seconds_bucket" && labels[0].1 == work
        });
        let bound = |word: &str| word.parse::<f64>().unwrap();
        let mut buckets: Vec<(f64, f64)> =
            buckets.map(|((_, labels), count)| (bound(&labels[1].1), *count)).collect();
        buckets.sort_by(|a, b| a.0.total_cmp(&b.0));
        assert!(buckets.is_sorted_by(|a, b| a.0 < b.0 && a.1 <= b.1), "{buckets:?}");
        let count = page.value("passbook_database_work_seconds_count", Some(("work", work)));
        assert_eq!(buckets.last().map(|last| (last.0, Some(last.1))), Some((f64::INFINITY, count)));
        assert!(count.unwrap() > 10.0);
    }
}

async fn names_nobody(at: &TestDatabase, page: &Page, text: &str) {
    const LABELS: [&str; 6] = ["engine", "le", "outcome", "pool", "version", "work"];
    for (_, labels) in page.samples.keys() {
        assert!(labels.iter().all(|(label, _)| LABELS.contains(&label.as_str())), "{labels:?}");
    }
    let told = at
        .ask_all(
            [
                "select id from pb_accounts",
                "select name from pb_accounts",
                "select id from pb_enrollments",
                "select institution_name from pb_enrollments",
                "select id from pb_sync_runs",
            ]
            .map(str::to_owned),
        )
        .await;
    assert!(told.len() > 5, "{told:?}");
    for secret in told.iter().map(String::as_str).chain(["demo.db", "localhost", "127.0.0.1"]) {
        assert!(!text.contains(secret), "{secret:?} in\n{text}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_is_away_is_a_metric_and_no_error() {
    let Some(at) = support::postgres().await else { return };
    let (proxy, home) = behind_proxy(&at).await;
    let story = tokio::task::spawn_blocking(move || {
        let server = Server::start(home, &["--serve", "--metrics"]);
        let up = |page: &Page| page.value("passbook_database_up", None);
        server.wait_for_health(503, "database_unreachable");
        assert_eq!(up(&page(&server)), Some(0.0), "before it was ever there");
        proxy.set(Way::Open);
        server.wait_for_health(200, "");
        server.wait_until("metrics", || up(&page(&server)) == Some(1.0));
        for way in [Way::Blocked, Way::Cut] {
            proxy.set(way);
            server.wait_until("its absence", || {
                let asked = Instant::now();
                let page = page(&server);
                // A machine that is busy needs some time of its own.
                assert!(asked.elapsed() < Duration::from_secs(3), "{:?}", asked.elapsed());
                assert!(page.value("passbook_schema_version", None).is_some(), "it stays known");
                up(&page) == Some(0.0)
            });
            assert_eq!(server.get("/livez").0, 200);
            assert_eq!(server.get("/health").0, 503);
            proxy.set(Way::Open);
            server.wait_until("its return", || up(&page(&server)) == Some(1.0));
        }
        assert_eq!(server.stop(STOPS_WITHIN), Some(0));
    });
    story.await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn how_far_a_replica_is_behind_is_a_metric() {
    let Some(primary) = OwnCluster::start().await else { return };
    let at = primary.database().await;
    let standby = primary.standby().await;
    let home = Home::new()
        .with("DATABASE_URL", at.url())
        .with("PASSBOOK_READ_URL", standby.copy_of(&at).url());
    let server = Server::start(home, &["--serve", "--metrics"]);
    server.wait_for_health(200, "");
    let shown = |name: &str| page(&server).value(name, None);
    server.wait_until("a look at the replica", || shown("passbook_replica_used") == Some(1.0));
    assert_eq!(shown("passbook_replica_lag_seconds"), Some(0.0));
    standby.stop();
    server.wait_until("it is missed", || shown("passbook_replica_used") == Some(0.0));
    assert_eq!(shown("passbook_replica_lag_seconds"), None);
    assert_eq!(shown("passbook_database_up"), Some(1.0));
    assert_eq!(server.stop(STOPS_WITHIN), Some(0));
}
