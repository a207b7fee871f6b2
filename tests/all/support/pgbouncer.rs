//! PgBouncer in transaction mode in front of the test server, where it is installed.

use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::Child;
use std::time::{Duration, Instant};

use passbook::database::Database;

use super::{TestDatabase, parse, postgres, watched};

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
    let at = postgres().await?;
    let Some(program) = program() else {
        super::say_skipped("no PgBouncer found");
        return None;
    };
    let Database::Postgres(server) = &at.database else { unreachable!("asked for Postgres") };
    let port = watched::free_port();
    let config = format!(
        "[databases]\n* = host={} port={}\n\
         [pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port}\nunix_socket_dir =\n\
         auth_type = any\npool_mode = transaction\ndefault_pool_size = 4\nmax_client_conn = 200\n",
        server.host, server.port,
    );
    // `any` signs everyone in as one user, which each database names.
    let user = server.user.as_deref().unwrap_or("postgres");
    let config = config.replace("\n[pgbouncer]", &format!(" user={user}\n[pgbouncer]"));
    let running = launch(&program, &config, port);
    let url = format!("postgres://{user}@127.0.0.1:{port}/{}?sslmode=disable", server.database);
    Some(Pooled { database: parse(&url), at, program, config, port, running })
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
