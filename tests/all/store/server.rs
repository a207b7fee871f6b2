//! Postgres servers that cannot be used, are not ready yet, or go away.

use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex};

use passbook::database::Database;
use passbook::domain::TransactionQuery;
use passbook::exit::Exit;
use passbook::store::{OpenError, Progress, Store, StoreOptions, Trouble};

use crate::support::{self, ledger, proxy};
use crate::teller::authority::Authority;

async fn refusal(url: &str) -> OpenError {
    let database = Database::parse(url, &std::env::temp_dir()).unwrap();
    let error = Store::open(StoreOptions::new(database)).await.map(|_| ()).unwrap_err();
    assert!(!error.to_string().contains("s3cret"), "{error}");
    error
}

/// The URL of a database on the test server, with other parts in it.
fn changed(at: &support::TestDatabase, change: impl FnOnce(&mut url::Url)) -> String {
    let Database::Postgres(postgres) = &at.database else { unreachable!("asked for Postgres") };
    let mut url = url::Url::parse(postgres.url.expose()).unwrap();
    change(&mut url);
    url.into()
}

#[tokio::test]
async fn a_port_where_nothing_listens_and_a_name_nobody_has_are_told_apart() {
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let error = refusal(&format!("postgres://me:s3cret@127.0.0.1:{port}/ledger")).await;
    assert!(matches!(&error, OpenError::Refused { .. }), "{error:?}");
    assert!(error.to_string().contains(&format!("127.0.0.1:{port}")), "{error}");
    assert_eq!(error.exit(), Exit::DatabaseUnreachable);

    let error = refusal("postgres://me:s3cret@no-such-machine.invalid/ledger").await;
    assert!(matches!(&error, OpenError::UnknownHost { host } if host == "no-such-machine.invalid"));

    let error = refusal("postgres:///ledger?host=/no/such/directory").await;
    assert!(matches!(&error, OpenError::Refused { .. }), "{error:?}");
}

#[tokio::test]
async fn what_the_server_refuses_is_told_apart() {
    let Some(at) = support::postgres_direct().await else { return };
    let error = refusal(&changed(&at, |url| url.set_path("no_such_ledger"))).await;
    assert!(
        matches!(&error, OpenError::NoDatabase { database, .. } if database == "no_such_ledger")
    );

    let error = refusal(&changed(&at, |url| url.set_username("nobody_such").unwrap())).await;
    assert!(matches!(&error, OpenError::SignIn { user, .. } if user == "nobody_such"), "{error:?}");

    let port = proxy::without_tls(&at).await;
    let tls = |url: &mut url::Url| {
        url.set_port(Some(port)).unwrap();
        url.set_query(Some("sslmode=require"));
    };
    let error = refusal(&changed(&at, tls)).await;
    assert!(matches!(&error, OpenError::NoTls { mode: "require", .. }), "{error:?}");

    let role = format!("limited_{}", std::process::id());
    at.run(format!("create role {role} login")).await;
    at.run("revoke create on schema public from public").await;
    let error = refusal(&changed(&at, |url| url.set_username(&role).unwrap())).await;
    assert!(matches!(&error, OpenError::NoRight { user, .. } if *user == role), "{error:?}");
    at.run(format!("drop role {role}")).await;
}

#[tokio::test]
async fn a_server_without_tls_is_used_where_the_mode_allows() {
    let Some(at) = support::postgres_direct().await else { return };
    let port = proxy::without_tls(&at).await;
    for mode in ["disable", "allow", "prefer"] {
        let url = changed(&at, |url| {
            url.set_port(Some(port)).unwrap();
            url.set_query(Some(&format!("sslmode={mode}")));
        });
        let database = Database::parse(&url, &std::env::temp_dir()).unwrap();
        let store = Store::open(StoreOptions::new(database)).await.unwrap();
        store.ping().await.unwrap();
        store.close().await;
    }
}

#[tokio::test]
async fn a_standby_is_only_for_reading() {
    let Some(at) = support::postgres_direct().await else { return };
    let test = at.open().await;
    test.store.close().await;
    let Database::Postgres(postgres) = &test.at.database else { unreachable!() };
    let name = &postgres.database;
    test.at.run(format!("alter database {name} set default_transaction_read_only = on")).await;
    let error = Store::open(test.at.options()).await.unwrap_err();
    assert!(matches!(error, OpenError::Standby { .. }), "{error:?}");
    let options = StoreOptions { read_only: true, ..test.at.options() };
    Store::open(options).await.unwrap().ping().await.unwrap();
}

#[tokio::test]
async fn a_server_that_starts_up_is_waited_for_and_told() {
    let Some(at) = support::postgres_direct().await else { return };
    let proxy = proxy::before(&at, 2).await;
    let told = Arc::new(Mutex::new(Vec::new()));
    let lines = Arc::clone(&told);
    let progress: Progress =
        Arc::new(move |line: &str| lines.lock().unwrap().push(line.to_owned()));
    let options =
        StoreOptions { progress: Some(progress), ..StoreOptions::new(proxy.database.clone()) };
    let store = Store::open(options).await.unwrap();
    store.ping().await.unwrap();
    store.close().await;
    let told = told.lock().unwrap();
    let waiting = told.iter().filter(|line| line.contains("is starting up: waiting")).count();
    assert_eq!(waiting, 2, "{told:?}");
}

#[tokio::test]
async fn a_steady_key_press_costs_one_round_trip() {
    let Some(at) = support::postgres_direct().await else { return };
    let proxy = proxy::before(&at, 0).await;
    let store = Store::open(StoreOptions::new(proxy.database.clone())).await.unwrap();
    ledger::account(&at, "acc_1").await;
    let query = TransactionQuery::newest(Some("acc_1".into()), 50);
    store.load_transactions(&query).await.unwrap();
    let before = proxy.spoken.load(Ordering::SeqCst);
    for _ in 0..20 {
        store.load_transactions(&query).await.unwrap();
    }
    assert_eq!(proxy.spoken.load(Ordering::SeqCst) - before, 20);
    store.close().await;
}

#[tokio::test]
async fn connections_that_the_server_ended_are_replaced() {
    let Some(at) = support::postgres_direct().await else { return };
    let test = at.open().await;
    // All five wait in the pool.
    let together: Vec<_> = (0..5)
        .map(|_| {
            let store = test.store.clone();
            tokio::spawn(async move { store.save_setting("key", "value").await.unwrap() })
        })
        .collect();
    for task in together {
        task.await.unwrap();
    }
    let end_all = "select cast(count(pg_terminate_backend(pid)) as text) from pg_stat_activity
        where datname = current_database() and application_name = 'passbook'";
    for _ in 0..2 {
        test.at.ask(end_all).await;
        assert_eq!(test.store.load_setting("key").await.unwrap().as_deref(), Some("value"));
        test.at.ask(end_all).await;
        test.store.save_setting("key", "value").await.unwrap();
    }
}

#[tokio::test]
async fn a_conflict_with_another_session_is_tried_again() {
    let Some(at) = support::postgres().await else { return };
    let test = at.open().await;
    test.store.save_setting("key", "old").await.unwrap();
    // The first writer of the row meets a conflict, the second does not.
    test.at
        .run(
            "create sequence tries;
             create function refuse_once() returns trigger language plpgsql as $$
             begin
                 if nextval('tries') = 1 then
                     raise exception 'conflict' using errcode = '40001';
                 end if;
                 return new;
             end $$;
             create trigger refuse before update on pb_settings
                 for each row execute function refuse_once()",
        )
        .await;
    test.store.save_setting("key", "new").await.unwrap();
    assert_eq!(test.store.load_setting("key").await.unwrap().as_deref(), Some("new"));
}

#[tokio::test]
async fn every_ssl_mode_does_what_it_says() {
    let Some(root) = support::root_certificate().await else { return };
    let Some(at) = support::postgres_direct().await else { return };
    let files = tempfile::tempdir().unwrap();
    let stranger = files.path().join("stranger.pem");
    std::fs::write(&stranger, Authority::new().root.pem()).unwrap();
    for (mode, root, encrypted) in [
        ("disable", None, Some("false")),
        ("allow", None, Some("false")),
        ("prefer", None, Some("true")),
        ("require", None, Some("true")),
        ("require", Some(&root), Some("true")),
        ("verify-ca", Some(&root), Some("true")),
        ("verify-full", Some(&root), Some("true")),
        // Signed by nobody that this computer trusts.
        ("verify-full", None, None),
        ("require", Some(&stranger), None),
        ("verify-ca", Some(&stranger), None),
    ] {
        let url = changed(&at, |url| {
            url.query_pairs_mut().clear().append_pair("sslmode", mode);
            if let Some(root) = root {
                url.query_pairs_mut().append_pair("sslrootcert", root.to_str().unwrap());
            }
        });
        if let Some(encrypted) = encrypted {
            let database = Database::parse(&url, files.path()).unwrap();
            let store = Store::open(StoreOptions::new(database)).await.unwrap();
            store.ping().await.unwrap();
            let seen = "select distinct cast(ssl as text) from pg_stat_ssl s \
                 join pg_stat_activity a using (pid) \
                 where a.application_name = 'passbook' and a.datname = current_database()";
            assert_eq!(at.ask(seen).await, [encrypted], "{mode}");
            store.close().await;
            let left = "select cast(count(*) as text) from pg_stat_activity \
                 where application_name = 'passbook' and datname = current_database()";
            while at.ask(left).await != ["0"] {
                tokio::task::yield_now().await;
            }
        } else {
            assert!(matches!(refusal(&url).await, OpenError::Tls { .. }), "{mode}");
        }
    }
}

#[tokio::test]
async fn a_root_certificate_that_is_no_use_is_named() {
    let files = tempfile::tempdir().unwrap();
    let empty = files.path().join("empty.pem");
    std::fs::write(&empty, "").unwrap();
    for path in [empty, files.path().to_owned(), files.path().join("missing.pem")] {
        let shown = path.to_str().unwrap();
        let error = refusal(&format!(
            "postgres://me:s3cret@localhost/ledger?sslmode=verify-full&sslrootcert={shown}"
        ))
        .await;
        assert!(matches!(error, OpenError::RootCertificate { .. }), "{error}");
        assert!(error.to_string().contains(shown), "{error}");
        assert_eq!(error.exit(), Exit::Usage);
    }
}

#[tokio::test]
async fn a_table_that_another_session_holds_is_told_as_locked() {
    let Some(at) = support::postgres().await else { return };
    let test = at.open().await;
    let mut other = test.at.connect_postgres().await.expect("on a server");
    sqlx::raw_sql("begin; lock table pb_settings").execute(&mut other).await.unwrap();
    let report = test.store.save_setting("key", "value").await.unwrap_err();
    assert_eq!(Trouble::of(&report), Some(Trouble::Locked), "{report:?}");
    assert_eq!(Trouble::Locked.exit(), Exit::Locked);
    sqlx::raw_sql("rollback").execute(&mut other).await.unwrap();
    test.store.save_setting("key", "value").await.unwrap();
}
