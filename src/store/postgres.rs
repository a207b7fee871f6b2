//! Postgres: how the server is reached, what stands between, and how it is brought up to date.

mod explain;
pub(super) mod shape;

use std::path::PathBuf;
use std::str::FromStr as _;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::FutureExt as _;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use sqlx::postgres::{PgConnectOptions, PgConnection, PgSslMode};
use sqlx::{ConnectOptions as _, Connection as _, Postgres, Row as _};
use tokio::time::timeout;

use super::attempts::{Attempts, timed_out};
use super::engine::PostgresEngine;
use super::error::OpenError;
use super::migrate::{self, Direction};
use super::options::StoreOptions;
use super::pool::{Connect, Member, Pool};
use super::replica::Way;
use crate::database::{self, SslMode};
use crate::fail_point::{self, Kind};

const CONNECTIONS: u32 = 5;
const CONNECT: Duration = Duration::from_secs(10);
const START_UP: Duration = Duration::from_secs(30);
/// Any number, as long as every passbook takes the same: "passbook" in ASCII.
const MIGRATION_LOCK: &str = "set local lock_timeout = '30s'; \
     select pg_advisory_xact_lock(8097879365906395499); deallocate all";
/// `deallocate` because the connection may be a pooler's, with another program's statements on it
/// under the names that sqlx is about to use; afterwards, so as not to leave ours.
const FORGET_STATEMENTS: &str = "deallocate all";

/// A server with all that is needed to reach it.
#[derive(Clone)]
pub(super) struct Server {
    options: PgConnectOptions,
    ssl_mode: SslMode,
    /// Host and port, for messages.
    name: String,
    user: String,
    database: String,
    /// How long it may take to answer a call.
    patience: Duration,
    /// Read only where the server is to be verified.
    root_certificate: Option<PathBuf>,
    /// Ports and names under which hosting services offer their poolers.
    looks_pooled: bool,
}

/// What a server says about itself.
struct Identity {
    direct: bool,
    standby: bool,
}

/// Asked for when a connection starts. Postgres keeps it for the session; a transaction pooler
/// refuses it or drops it, for its own connections to the server are shared.
const PROBE: [(&str, &str); 1] = [("passbook.direct", "on")];
const IDENTIFY: &str = "select coalesce(current_setting('passbook.direct', true), '') = 'on', \
     pg_is_in_recovery() or current_setting('transaction_read_only') = 'on'";

impl Server {
    pub fn new(postgres: &database::Postgres) -> Result<Self, OpenError> {
        let name = format!("{}:{}", postgres.host, postgres.port);
        let options = PgConnectOptions::from_str(postgres.url.expose())
            .map_err(|error| OpenError::Server { server: name.clone(), reason: error.to_string() })?
            .application_name("passbook")
            // A strict PgBouncer refuses start-up parameters that it does not track.
            .extra_float_digits(None)
            .disable_statement_logging();
        Ok(Self {
            ssl_mode: postgres.ssl_mode,
            patience: postgres.connect_timeout.unwrap_or(CONNECT),
            root_certificate: postgres
                .ssl_root_cert
                .clone()
                .filter(|_| matches!(postgres.ssl_mode, SslMode::VerifyCa | SslMode::VerifyFull)),
            user: options.get_username().to_owned(),
            database: postgres.database.clone(),
            looks_pooled: matches!(postgres.port, 6432 | 6543) || postgres.host.contains("pooler"),
            name,
            options,
        })
    }

    pub async fn open(&self, options: &StoreOptions) -> Result<PostgresEngine, OpenError> {
        self.check_root_certificate()?;
        let mut first = self.connect_patiently(options).await?;
        let explain = |error| self.explain(error);
        let identity = identify(&mut first).await.map_err(explain)?;
        if identity.standby && !options.read_only {
            return Err(OpenError::Standby { server: self.name.clone() });
        }
        let pool = Pool::new(CONNECTIONS, self.connector());
        let pooler = self.looks_pooled || !identity.direct;
        pool.adopt(Member { connection: first, stop: None });
        tracing::debug!(pooler, "connected to Postgres");
        let clock = options.clock.clone();
        let read_only = options.read_only;
        let meter = Arc::default();
        Ok(PostgresEngine { pool, pooler, replica: None, read_only, clock, meter })
    }

    /// How it is reached as a replica of another one.
    pub fn way(&self) -> Way {
        let (server, explaining) = (self.clone(), self.clone());
        Way {
            connect: Box::new(move || {
                let server = server.clone();
                async move {
                    let unreadable = |error: OpenError| sqlx::Error::Configuration(error.into());
                    server.check_root_certificate().map_err(unreadable)?;
                    let connection = if server.looks_pooled {
                        server.connect(&server.options).await?
                    } else {
                        server.connect_asking().await?
                    };
                    Ok(Member { connection, stop: None })
                }
                .boxed()
            }),
            explain: Box::new(move |error| {
                let sentence = explaining.explain(error).to_string();
                // What follows is about a program that could not start.
                sentence.split("; nothing was").next().unwrap_or_default().to_owned()
            }),
        }
    }

    /// sqlx would tell of a file that is not there as of a server that is not there, and takes one
    /// without a certificate for one that trusts nobody.
    fn check_root_certificate(&self) -> Result<(), OpenError> {
        let Some(path) = &self.root_certificate else { return Ok(()) };
        let reason = match CertificateDer::pem_file_iter(path).map(|mut found| found.next()) {
            Ok(Some(Ok(_))) => return Ok(()),
            Ok(None) => "holds no certificate".to_owned(),
            Ok(Some(Err(error))) | Err(error) => format!("cannot be read ({error})"),
        };
        Err(OpenError::RootCertificate { path: path.clone(), reason })
    }

    /// Waits for a server that says it is starting up, and tells so.
    async fn connect_patiently(&self, options: &StoreOptions) -> Result<PgConnection, OpenError> {
        let started = Instant::now();
        loop {
            let error = match self.connect_asking().await {
                Ok(connection) => return Ok(connection),
                Err(error) => error,
            };
            if !explain::is_starting_up(&error) {
                return Err(self.explain(error));
            }
            if started.elapsed() > START_UP {
                let seconds = START_UP.as_secs();
                return Err(OpenError::StillStarting { server: self.name.clone(), seconds });
            }
            let waited = started.elapsed().as_secs();
            options.tell(&format!("{} is starting up: waiting ({waited} s)", self.name));
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
    }

    fn connector(&self) -> Connect<Postgres> {
        let server = self.clone();
        Box::new(move || {
            let server = server.clone();
            async move {
                let connection = server.connect(&server.options).await?;
                Ok(Member { connection, stop: None })
            }
            .boxed()
        })
    }

    /// Moves the tables in one transaction that holds passbook's lock, on a connection of its own:
    /// nothing of it reaches the pool, whatever happens.
    pub async fn migrate(&self, direction: Direction) -> Result<(), OpenError> {
        let mut attempts = Attempts::default();
        loop {
            match self.try_migrating(direction).await {
                Err(error) if attempts.again(&error).await => {}
                outcome => return outcome.map_err(|error| self.explain(error)),
            }
        }
    }

    async fn try_migrating(&self, direction: Direction) -> sqlx::Result<()> {
        let mut connection = self.connect_apart().await?;
        fail_point::pass(Kind::Step);
        let mut tx = connection.begin().await?;
        fail_point::pass(Kind::Step);
        lock_for_change(&mut tx).await?;
        migrate::move_on_postgres(direction, &mut tx).await?;
        fail_point::pass(Kind::Step);
        forget_statements(&mut tx).await?;
        fail_point::pass(Kind::Step);
        tx.commit().await?;
        connection.close().await
    }

    /// For what changes the structure: on a connection of its own, which keeps no statement.
    pub async fn connect_to_change(&self) -> Result<PgConnection, OpenError> {
        self.connect_apart().await.map_err(|error| self.explain(error))
    }

    async fn connect_apart(&self) -> sqlx::Result<PgConnection> {
        self.connect(&self.options.clone().statement_cache_capacity(0)).await
    }

    /// sqlx knows no time-out of its own: a silent server would be waited for without end.
    async fn connect(&self, options: &PgConnectOptions) -> sqlx::Result<PgConnection> {
        let connected = timeout(self.patience, connect_by_mode(options, self.ssl_mode)).await;
        connected.unwrap_or_else(|_| Err(timed_out()))
    }

    /// With the question that tells whether a transaction pooler stands between.
    async fn connect_asking(&self) -> sqlx::Result<PgConnection> {
        match self.connect(&self.options.clone().options(PROBE)).await {
            Err(error) if explain::is_about_options(&error) => self.connect(&self.options).await,
            outcome => outcome,
        }
    }
}

/// One passbook at a time changes the structure.
pub(super) async fn lock_for_change(tx: &mut PgConnection) -> sqlx::Result<()> {
    sqlx::raw_sql(MIGRATION_LOCK).execute(tx).await.map(drop)
}

pub(super) async fn forget_statements(tx: &mut PgConnection) -> sqlx::Result<()> {
    sqlx::raw_sql(FORGET_STATEMENTS).execute(tx).await.map(drop)
}

/// What libpq does for `allow` and `prefer`, of which sqlx does only the first half.
async fn connect_by_mode(
    options: &PgConnectOptions,
    ssl_mode: SslMode,
) -> sqlx::Result<PgConnection> {
    let second = match ssl_mode {
        SslMode::Allow => PgSslMode::Require,
        SslMode::Prefer => PgSslMode::Disable,
        _ => return options.connect().await,
    };
    match options.connect().await {
        Err(error) if explain::is_about_encryption(&error) => {
            options.clone().ssl_mode(second).connect().await.map_err(|_| error)
        }
        outcome => outcome,
    }
}

async fn identify(connection: &mut PgConnection) -> sqlx::Result<Identity> {
    let row = sqlx::raw_sql(IDENTIFY).fetch_one(connection).await?;
    Ok(Identity { direct: row.try_get(0)?, standby: row.try_get(1)? })
}
