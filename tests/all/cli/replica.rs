//! `PASSBOOK_READ_URL` as the program shows it and uses it.

use predicates::prelude::*;
use predicates::str::contains;

use super::Home;
use super::doctor::{check, doctor};
use crate::support::{self, OwnCluster};

#[test]
fn the_listing_shows_the_replica_without_its_password() {
    let url = "postgres://ann:hunter2@replica.example/books?sslmode=require";
    Home::new()
        .passbook(&["where"])
        .env("DATABASE_URL", "postgres://ann@db.example/books")
        .env("PASSBOOK_READ_URL", url)
        .assert()
        .success()
        .stdout(contains("replica.example:5432/books").and(contains("hunter2").not()));
}

#[test]
fn a_file_has_no_replica_and_that_is_told() {
    let set = ("PASSBOOK_READ_URL", "postgres://ann:hunter2@replica.example/books");
    let home = Home::new();
    let told = contains("not used: the database is a file").and(contains("hunter2").not());
    home.passbook(&["where"]).env(set.0, set.1).assert().success().stdout(told);
    let file = home.path().join("books.db");
    let file = file.to_str().unwrap();
    home.passbook(&["migrate", "up", "--database-url", file]).assert().success();
    let (_, document) = doctor(&home, file, &[set], &[]);
    assert_eq!(check(&document, "replica")["outcome"], "warning", "{document:#}");
    let mut demo = home.passbook(&["--demo", "doctor"]);
    demo.env(set.0, set.1).assert().stdout(contains("replica").not());
}

#[test]
fn a_read_url_that_names_a_file_is_refused() {
    Home::new()
        .passbook(&["where"])
        .env("PASSBOOK_READ_URL", "/tmp/books.db")
        .assert()
        .code(2)
        .stderr(contains("must name a replica of a Postgres database"));
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_are_read_from_the_replica_and_the_doctor_looks_at_it() {
    let Some(primary) = OwnCluster::start().await else { return };
    let at = primary.database().await;
    Home::new().passbook(&["migrate", "up"]).env("DATABASE_URL", at.url()).assert().success();
    support::ledger::account(&at, "acc_1").await;
    let standby = primary.standby().await;
    let copy = standby.copy_of(&at);
    let (home, replica) = (Home::new(), copy.url());
    let both = [("DATABASE_URL", at.url()), ("PASSBOOK_READ_URL", replica.clone())];
    let look = || doctor(&home, &at.url(), &[("PASSBOOK_READ_URL", &replica)], &[]);
    let (code, document) = look();
    assert_eq!(code, 0, "{document:#}");
    let found = check(&document, "replica");
    assert_eq!(found["what"], "it follows its primary, 0 s behind", "{found:#}");

    let scans = "select cast(coalesce(sum(seq_scan + coalesce(idx_scan, 0)), 0) as text)
        from pg_stat_user_tables where relname = 'pb_accounts'";
    let before = copy.ask(scans).await;
    let accounts = || {
        let mut command = home.passbook(&["accounts"]);
        command.envs(both.clone()).assert().success().stdout(contains("acc_1"));
    };
    accounts();
    while copy.ask(scans).await == before {
        tokio::task::yield_now().await;
    }
    standby.stop();
    accounts();
    let (code, document) = look();
    let found = check(&document, "replica");
    assert_eq!((code, found["outcome"].as_str()), (0, Some("warning")), "{document:#}");
    assert!(found["what"].as_str().unwrap().contains("cannot be reached"), "{found:#}");
}
