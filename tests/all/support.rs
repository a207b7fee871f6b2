//! What tests of several rooms share: stores on every engine, and rows to put into them.

#![expect(clippy::unwrap_used, reason = "what a test cannot set up shall end it")]

pub mod books;
mod cluster;
pub mod ledger;
pub mod legacy;
pub mod pgbouncer;
pub mod proxy;
pub mod secrets;
mod tiny_disk;
mod watched;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

pub use cluster::{OwnCluster, root_certificate};
use passbook::database::Database;
use passbook::store::{Store, StoreOptions};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, Connection as _, PgConnection, SqliteConnection};
use tempfile::TempDir;
pub use tiny_disk::TinyDisk;

/// An empty database of its own for one test: a file in a directory, or a database on the server.
/// Gone when dropped.
pub struct TestDatabase {
    pub engine: &'static str,
    pub database: Database,
    /// The same without the pooler between, where there is one.
    direct: Option<Database>,
    directory: Option<TempDir>,
    on_server: Option<String>,
}

/// An open store on a database of its own.
pub struct TestStore {
    // First: its connections close before the database goes.
    pub store: Store,
    pub at: TestDatabase,
}

/// One database on each engine. Without a Postgres server this says so and is SQLite alone.
pub async fn databases() -> Vec<TestDatabase> {
    let mut databases = vec![sqlite()];
    databases.extend(postgres().await);
    databases
}

/// One empty store on each engine.
pub async fn stores() -> Vec<TestStore> {
    let mut stores = Vec::new();
    for at in databases().await {
        stores.push(at.open().await);
    }
    stores
}

pub fn sqlite() -> TestDatabase {
    let directory = tempfile::tempdir().unwrap();
    let database = Database::Sqlite { path: directory.path().join("passbook.db") };
    let directory = Some(directory);
    TestDatabase { engine: "SQLite", database, direct: None, directory, on_server: None }
}

/// A file as the Python app leaves it.
pub async fn sqlite_with_app() -> TestDatabase {
    let at = sqlite();
    legacy::tables(&at).await;
    legacy::rows(&at).await;
    at
}

/// How many migrations a database of this program has been through.
pub fn migrations() -> String {
    let migrator = sqlx::migrate!();
    let up = migrator.iter().filter(|migration| migration.migration_type.is_up_migration());
    up.count().to_string()
}

/// `None` where no server is to be had. Behind a pooler where `PASSBOOK_TEST_POOLER` asks for it.
pub async fn postgres() -> Option<TestDatabase> {
    Some(behind_pooler(unpooled().await?).await)
}

/// For a story about the connection itself, its encryption or its user: `None`, said out loud,
/// where everything goes through a pooler.
pub async fn postgres_direct() -> Option<TestDatabase> {
    if pgbouncer::is_before_all() {
        say_skipped("this story is about connections without a pooler");
        return None;
    }
    unpooled().await
}

async fn unpooled() -> Option<TestDatabase> {
    Some(create_on(&cluster::server_url().await?, None).await)
}

async fn behind_pooler(at: TestDatabase) -> TestDatabase {
    if !pgbouncer::is_before_all() {
        return at;
    }
    let mut at = at;
    let pooled = pgbouncer::before(&at.database).await;
    at.direct = Some(std::mem::replace(&mut at.database, pooled));
    at
}

/// A database of its own that holds what another one does, to which nobody is connected.
pub async fn copy_of(at: &TestDatabase) -> TestDatabase {
    if let (Some(server), Database::Postgres(model)) = (&at.on_server, &at.database) {
        // The pooler keeps its connections, and a model must have none.
        if at.direct.is_some() {
            let end = "select pg_terminate_backend(pid) from pg_stat_activity \
                where datname = current_database() and pid <> pg_backend_pid()";
            at.run(end).await;
        }
        return behind_pooler(create_on(server, Some(&model.database)).await).await;
    }
    let copy = sqlite();
    std::fs::copy(at.path(), copy.path()).unwrap();
    copy
}

async fn create_on(server: &str, model: Option<&str>) -> TestDatabase {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let number = COUNT.fetch_add(1, Ordering::Relaxed);
    let name = format!("passbook_test_{}_{number}", std::process::id());
    let mut admin = PgConnection::connect(server).await.unwrap();
    let model = model.map(|model| format!(" template {model}")).unwrap_or_default();
    let create = format!("create database {name}{model}");
    sqlx::raw_sql(AssertSqlSafe(create)).execute(&mut admin).await.unwrap();
    admin.close().await.unwrap();
    let mut url = url::Url::parse(server).unwrap();
    url.set_path(&name);
    TestDatabase {
        engine: "Postgres",
        database: parse(url.as_str()),
        direct: None,
        directory: None,
        on_server: Some(server.to_owned()),
    }
}

fn parse(url: &str) -> Database {
    Database::parse(url, &std::env::temp_dir()).unwrap()
}

#[expect(clippy::explicit_write, reason = "the test harness keeps eprintln! to itself")]
pub fn say_skipped(why: &str) {
    use std::io::Write as _;
    writeln!(std::io::stderr(), "skipped: {why}").unwrap();
}

/// Says that a test is left out for want of programs; an error where `variable` requires them.
pub fn say_missing(variable: &str, programs: &str) {
    let required = std::env::var(variable).is_ok_and(|it| it == "require");
    assert!(!required, "{variable} requires {programs}, which is not installed");
    say_skipped(&format!("{programs} is not installed"));
}

impl TestDatabase {
    /// A file that is there already and stays.
    pub fn of_file(path: &Path) -> Self {
        let database = Database::Sqlite { path: path.to_owned() };
        Self { engine: "SQLite", database, direct: None, directory: None, on_server: None }
    }

    /// The same database once more; it goes with the first one.
    pub fn again(&self) -> Self {
        let (database, direct) = (self.database.clone(), self.direct.clone());
        Self { engine: self.engine, database, direct, directory: None, on_server: None }
    }

    /// The same database, reached another way.
    pub fn through(database: Database) -> Self {
        Self { engine: "Postgres", database, direct: None, directory: None, on_server: None }
    }

    /// As `DATABASE_URL` names it.
    pub fn url(&self) -> String {
        match &self.database {
            Database::Postgres(postgres) => postgres.url.expose().to_owned(),
            _ => format!("sqlite:///{}", self.path().display()),
        }
    }

    pub fn options(&self) -> StoreOptions {
        StoreOptions::new(self.database.clone())
    }

    pub async fn open(self) -> TestStore {
        let store = Store::open(self.options()).await.unwrap();
        TestStore { store, at: self }
    }

    /// The file of a SQLite database.
    pub fn path(&self) -> PathBuf {
        match &self.database {
            Database::Sqlite { path } => path.clone(),
            other => panic!("{} is no file", other.masked()),
        }
    }

    /// Runs statements behind the store's back, on a connection of their own.
    pub async fn run(&self, sql: impl Into<String>) {
        let sql = sqlx::raw_sql(AssertSqlSafe(sql.into()));
        if let Some(mut connection) = self.connect_postgres().await {
            sql.execute(&mut connection).await.unwrap();
            connection.close().await.unwrap();
        } else {
            let mut connection = self.connect_sqlite().await;
            sql.execute(&mut connection).await.unwrap();
            connection.close().await.unwrap();
        }
    }

    /// The first column of each row, as text.
    pub async fn ask(&self, sql: impl Into<String>) -> Vec<String> {
        self.ask_all([sql.into()]).await
    }

    /// The answers one after the other, on one connection.
    pub async fn ask_all(&self, questions: impl IntoIterator<Item = String>) -> Vec<String> {
        let mut answers: Vec<String> = Vec::new();
        let questions = questions.into_iter().map(AssertSqlSafe);
        if let Some(mut connection) = self.connect_postgres().await {
            for sql in questions {
                answers.extend(sqlx::query_scalar(sql).fetch_all(&mut connection).await.unwrap());
            }
        } else {
            let mut connection = self.connect_sqlite().await;
            for sql in questions {
                answers.extend(sqlx::query_scalar(sql).fetch_all(&mut connection).await.unwrap());
            }
        }
        answers
    }

    /// Leaves the schema of a Postgres database and nothing else: cheaper than a new one.
    pub async fn empty(&self) {
        let tables = "select cast(string_agg(quote_ident(table_name), ', ') as text)
             from information_schema.tables
             where table_name like 'pb_%' and table_name not in ('pb_migrations', 'pb_settings')";
        let tables = self.ask(tables).await.remove(0);
        self.run(format!("truncate {tables}")).await;
    }

    /// A connection of its own to the server itself; `None` of a file.
    pub async fn connect_postgres(&self) -> Option<PgConnection> {
        let Database::Postgres(server) = self.direct.as_ref().unwrap_or(&self.database) else {
            return None;
        };
        Some(PgConnection::connect(server.url.expose()).await.unwrap())
    }

    /// Whether the server lets anybody in.
    pub async fn is_reached(&self) -> bool {
        PgConnection::connect(&self.url()).await.is_ok()
    }

    /// A connection of its own, with SQLite's own defaults.
    pub async fn connect_sqlite(&self) -> SqliteConnection {
        let options = SqliteConnectOptions::new().filename(self.path()).create_if_missing(true);
        SqliteConnection::connect_with(&options).await.unwrap()
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("this happened on {}, {}", self.engine, self.database.masked());
        }
        let (Some(server), Database::Postgres(postgres)) = (self.on_server.take(), &self.database)
        else {
            drop(self.directory.take());
            return;
        };
        let sql = format!("drop database if exists {} with (force)", postgres.database);
        let dropping = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            runtime.block_on(async {
                let mut admin = PgConnection::connect(&server).await?;
                sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut admin).await?;
                admin.close().await
            })
        });
        // A database left behind on a throw-away server harms nobody.
        if !matches!(dropping.join(), Ok(Ok(()))) {
            eprintln!("the database {} was left behind", postgres.database);
        }
    }
}
