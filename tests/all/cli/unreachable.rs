//! The eight ways in which a database on a server cannot be reached, each made to happen.

use predicates::str::contains;

use super::Home;
use super::doctor::{check, doctor};
use crate::support::{self, TestDatabase, proxy};

/// What is told, by the check that it stops at and by a command that needs the database.
fn assert_told(url: &str, stage: &str, doctor_says: &str, command_says: &str) {
    let home = Home::new();
    let (code, document) = doctor(&home, url, &[], &[]);
    let found = check(&document, stage);
    assert_eq!((code, &*found["outcome"].to_string()), (3, "\"failed\""), "{document:#}");
    let what = found["what"].as_str().unwrap();
    assert!(what.contains(doctor_says), "{what}");
    assert!(found["cause"].is_string() && found["remedy"].is_string(), "{found:#}");
    let mut command = home.passbook(&["accounts"]);
    command.env("DATABASE_URL", url).assert().code(3).stderr(contains(command_says));
}

fn changed(at: &TestDatabase, change: impl FnOnce(&mut url::Url)) -> String {
    let mut url = url::Url::parse(&at.url()).unwrap();
    change(&mut url);
    url.into()
}

#[test]
fn a_name_that_nobody_has() {
    // Longer than a name may be: whoever resolves names refuses it without asking another.
    let name = "a".repeat(64);
    let url = format!("postgres://ann:hunter2@{name}.localhost/books?sslmode=disable");
    let told = format!("no machine is called {name}.localhost");
    assert_told(&url, "server", &told, &told);
}

#[test]
fn a_port_where_nobody_listens() {
    let held = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = held.local_addr().unwrap().port();
    drop(held);
    let told = format!("nothing listens at 127.0.0.1:{port}");
    assert_told(&format!("postgres://ann@127.0.0.1:{port}/books"), "server", &told, &told);
}

#[test]
fn a_server_that_never_answers() {
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = silent.local_addr().unwrap().port();
    let url = format!("postgres://ann@127.0.0.1:{port}/books?sslmode=disable&connect_timeout=1");
    let told = format!("127.0.0.1:{port} did not answer within 1 s");
    assert_told(&url, "server", &told, &told);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_without_tls_where_it_is_demanded() {
    let Some(at) = support::postgres_direct().await else { return };
    let port = proxy::without_tls(&at).await;
    let url = changed(&at, |url| {
        url.set_port(Some(port)).unwrap();
        url.set_query(Some("sslmode=require"));
    });
    assert_told(&url, "encryption", "refuses TLS, which sslmode=require demands", "offers no TLS");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_demands_tls() {
    // One that was started here, so that its rules can be changed, and that offers it.
    if support::root_certificate().await.is_none() {
        return;
    }
    let Some(at) = support::postgres_direct().await else { return };
    let name = at.ask("select cast(current_database() as text)").await.remove(0);
    let file = at.ask("select current_setting('hba_file')").await.remove(0);
    let rules = std::fs::read_to_string(&file).unwrap();
    let encrypted_only = format!("hostssl {name} all all trust\nhostnossl {name} all all reject\n");
    std::fs::write(&file, encrypted_only + &rules).unwrap();
    at.run("select pg_reload_conf()").await;
    while at.is_reached().await {
        tokio::task::yield_now().await;
    }
    let told = "requires TLS, and it was not used";
    assert_told(&at.url(), "encryption", told, "takes encrypted connections only");
    let encrypted = changed(&at, |url| url.set_query(Some("sslmode=require")));
    let home = Home::new();
    let mut command = home.passbook(&["accounts"]);
    command.env("DATABASE_URL", encrypted).assert().success();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_whom_the_server_does_not_know() {
    let Some(at) = support::postgres_direct().await else { return };
    let url = changed(&at, |url| url.set_username("nobody_such").unwrap());
    let told = "refused the sign-in of nobody_such";
    assert_told(&url, "sign-in", told, told);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_was_never_made() {
    let Some(at) = support::postgres_direct().await else { return };
    let url = changed(&at, |url| url.set_path("no_such_books"));
    let told = "has no database no_such_books";
    assert_told(&url, "database", told, told);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_who_may_not_use_the_database() {
    let Some(at) = support::postgres_direct().await else { return };
    let name = at.ask("select cast(current_database() as text)").await.remove(0);
    let role = format!("outside_{}", std::process::id());
    at.run(format!("revoke connect on database {name} from public; create role {role} login"))
        .await;
    let url = changed(&at, |url| url.set_username(&role).unwrap());
    let doctor_says = format!("{role} lacks a right on ");
    assert_told(&url, "database", &doctor_says, "may not do what passbook needs");
    at.run(format!("drop role {role}")).await;
}
