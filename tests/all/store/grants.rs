//! Roles that have exactly what `migrate grants` prints, and what they can then do.

use passbook::database::Database;
use passbook::store::{OpenError, Purpose, Store, StoreOptions};

use crate::support::{self, TestDatabase, ledger};

/// A role that may sign in and nothing else, dropped with all its rights.
struct Role<'a> {
    at: &'a TestDatabase,
    name: String,
}

impl<'a> Role<'a> {
    async fn new(at: &'a TestDatabase, what_for: &str) -> Self {
        let name = format!("Grants {what_for} {}", std::process::id());
        at.run(format!("create role \"{name}\" login")).await;
        Self { at, name }
    }

    async fn grant(&self, store: &Store, purpose: Purpose) {
        let grants = store.load_grants(&self.name).await.unwrap().unwrap();
        for grant in grants.iter().filter(|grant| grant.purpose == purpose) {
            self.at.run(grant.statement.clone()).await;
        }
    }

    fn options(&self) -> StoreOptions {
        let Database::Postgres(postgres) = &self.at.database else { unreachable!() };
        let mut url = url::Url::parse(postgres.url.expose()).unwrap();
        url.set_username(&self.name.replace(' ', "%20")).unwrap();
        let database = Database::parse(url.as_str(), &std::env::temp_dir()).unwrap();
        StoreOptions::new(database)
    }

    async fn drop(self) {
        let name = &self.name;
        self.at.run(format!("reassign owned by \"{name}\" to postgres")).await;
        self.at.run(format!("drop owned by \"{name}\"; drop role \"{name}\"")).await;
    }
}

#[tokio::test]
async fn a_role_may_run_passbook_and_migrate_it() {
    let Some(at) = support::postgres_direct().await else { return };
    at.run("revoke all on schema public from public").await;
    let database = at.ask("select cast(current_database() as text)").await.remove(0);
    at.run(format!("revoke all on database {database} from public")).await;
    let role = Role::new(&at, "migrate").await;
    // On an empty database first.
    let options = StoreOptions { read_only: true, ..at.options() };
    let admin = Store::open_as_is(options).await.unwrap();
    let error = Store::open(role.options()).await.unwrap_err();
    assert!(matches!(error, OpenError::NoRight { .. }), "{error:?}");
    role.grant(&admin, Purpose::Migrate).await;
    let store = Store::open(role.options()).await.unwrap();
    store.save_setting("key", "value").await.unwrap();
    store.close().await;
    Store::migrate_down(&role.options(), 0).await.unwrap();
    // Then on one that another role has made.
    Store::open(at.options()).await.unwrap().close().await;
    role.grant(&admin, Purpose::Migrate).await;
    Store::migrate_down(&role.options(), 1).await.unwrap();
    let store = Store::open(role.options()).await.unwrap();
    assert!(store.schema_is_current().await.unwrap());
    store.close().await;
    admin.close().await;
    role.drop().await;
}

#[tokio::test]
async fn a_role_may_run_passbook_and_make_no_table() {
    let Some(at) = support::postgres_direct().await else { return };
    // As before Postgres 15.
    at.run("grant create on schema public to public").await;
    let test = at.open().await;
    let role = Role::new(&test.at, "run").await;
    role.grant(&test.store, Purpose::Run).await;
    let store = Store::open(role.options()).await.unwrap();
    store.save_setting("key", "value").await.unwrap();
    ledger::account(&test.at, "acc_1").await;
    assert_eq!(store.load_accounts().await.unwrap().len(), 1);
    store.close().await;
    test.store.close().await;
    Store::migrate_down(&test.at.options(), 1).await.unwrap();
    let error = Store::open(role.options()).await.unwrap_err();
    assert!(matches!(error, OpenError::NoRight { .. }), "{error:?}");
    role.drop().await;
}

#[tokio::test]
async fn a_role_may_only_look() {
    let Some(at) = support::postgres_direct().await else { return };
    let test = at.open().await;
    let role = Role::new(&test.at, "read").await;
    role.grant(&test.store, Purpose::Read).await;
    ledger::account(&test.at, "acc_1").await;
    let looking = StoreOptions { read_only: true, ..role.options() };
    let store = Store::open(looking).await.unwrap();
    assert_eq!(store.load_accounts().await.unwrap().len(), 1);
    assert!(!store.load_drift().await.unwrap().found());
    store.close().await;
    let store = Store::open(role.options()).await.unwrap();
    let error = store.save_setting("key", "value").await.unwrap_err();
    assert!(format!("{error:#}").contains("permission denied"), "{error:#}");
    store.close().await;
    role.drop().await;
}

#[tokio::test]
async fn a_file_knows_no_roles() {
    let test = support::sqlite().open().await;
    assert_eq!(test.store.load_grants("passbook").await.unwrap(), None);
}
