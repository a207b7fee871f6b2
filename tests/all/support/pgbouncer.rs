//! PgBouncer in transaction mode in front of the test server, where it is installed.

use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::Child;
use std::time::{Duration, Instant};

use passbook::database::{Database, Postgres};
use tokio::sync::OnceCell;

use super::{TestDatabase, parse, unpooled, watched};

/// A pooler with few server connections, before a database of its own.
pub struct Pooled {
    pub at: TestDatabase,
    /// The same database, through the pooler.
    pub database: Database,
    program: PathBuf,
    config: String,
    port: u16,
    running: Child,
}

impl Pooled {
    /// Its clients and its connections to the server are cut off.
    pub fn restart(&mut self) {
        // The watch ends it once we let go of the pipe.
        drop(self.running.stdin.take());
        self.running.wait().unwrap();
        self.running = launch(&self.program, &self.config, self.port);
    }
}

/// `None`, said out loud, where PgBouncer or Postgres is missing.
pub async fn start() -> Option<Pooled> {
    let at = unpooled().await?;
    let Some(program) = program() else {
        super::say_skipped("no PgBouncer found");
        return None;
    };
    let Database::Postgres(server) = &at.database else { unreachable!("asked for Postgres") };
    let port = watched::free_port();
    let config = config(server, port);
    let running = launch(&program, &config, port);
    Some(Pooled { database: behind(server, port), at, program, config, port, running })
}

/// Whether every database on the test server is to be reached through a pooler.
pub fn is_before_all() -> bool {
    std::env::var("PASSBOOK_TEST_POOLER").is_ok_and(|value| !matches!(&*value, "" | "0"))
}

/// The same database, through the one pooler before them all.
pub async fn before(database: &Database) -> Database {
    static POOLER: OnceCell<(u16, Child)> = OnceCell::const_new();
    let Database::Postgres(server) = database else { unreachable!("asked for Postgres") };
    let pooler = POOLER.get_or_init(async || {
        let program = program().expect("PASSBOOK_TEST_POOLER needs PgBouncer, and there is none");
        let port = watched::free_port();
        (port, launch(&program, &config(server, port), port))
    });
    behind(server, pooler.await.0)
}

fn behind(server: &Postgres, port: u16) -> Database {
    let user = user(server);
    parse(&format!("postgres://{user}@127.0.0.1:{port}/{}?sslmode=disable", server.database))
}

/// `any` signs everyone in as one user, which each database names.
fn config(server: &Postgres, port: u16) -> String {
    format!(
        "[databases]\n* = host={} port={} user={}\n\
         [pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port}\nunix_socket_dir =\n\
         auth_type = any\npool_mode = transaction\ndefault_pool_size = 4\nmax_client_conn = 200\n",
        server.host,
        server.port,
        user(server),
    )
}

fn user(server: &Postgres) -> &str {
    server.user.as_deref().unwrap_or("postgres")
}

fn launch(program: &Path, config: &str, port: u16) -> Child {
    let home = watched::directory("passbook-pgbouncer-");
    let file = home.join("pgbouncer.ini");
    std::fs::write(&file, config).unwrap();
    let child = watched::start(&home, "KILL", program, &[file.to_str().unwrap()]);
    wait_for(port, &home);
    child
}

fn program() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path)
        .chain([PathBuf::from("/usr/sbin")])
        .map(|directory| directory.join("pgbouncer"))
        .find(|program| program.exists())
}

fn wait_for(port: u16, home: &Path) {
    let started = Instant::now();
    while TcpStream::connect(("127.0.0.1", port)).is_err() {
        let log = || std::fs::read_to_string(home.join("log")).unwrap_or_default();
        assert!(started.elapsed() < Duration::from_secs(20), "PgBouncer did not start:\n{}", log());
        std::thread::sleep(Duration::from_millis(20));
    }
}
