//! One throw-away Postgres cluster for the whole test process, or a server that was named; and one
//! more for a test that stops its own.

use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use sqlx::{Connection as _, PgConnection};
use tokio::sync::OnceCell;

use super::watched;
use crate::teller::authority::Authority;

struct Cluster {
    url: String,
    /// Of the authority that vouches for it, where it offers TLS.
    root: Option<PathBuf>,
    _watched: Option<Child>,
}

/// Where databases can be made: `TEST_DATABASE_URL`, else a cluster started from the server
/// programs found. None: said out loud once, or a failure if `PASSBOOK_TEST_POSTGRES=require`.
pub async fn server_url() -> Option<String> {
    cluster().await.map(|cluster| cluster.url.clone())
}

/// The root certificate with which the cluster can be verified; none for a server that was named.
pub async fn root_certificate() -> Option<PathBuf> {
    cluster().await?.root.clone()
}

async fn cluster() -> Option<&'static Cluster> {
    static CLUSTER: OnceCell<Option<Cluster>> = OnceCell::const_new();
    let cluster = CLUSTER.get_or_init(async || {
        let cluster = tokio::task::spawn_blocking(find_or_start).await.unwrap()?;
        wait_until_ready(&cluster.url).await;
        Some(cluster)
    });
    cluster.await.as_ref()
}

fn find_or_start() -> Option<Cluster> {
    if let Ok(url) = std::env::var("TEST_DATABASE_URL") {
        return Some(Cluster { url, root: None, _watched: None });
    }
    Some(start(&programs_or_say()?))
}

fn programs_or_say() -> Option<PathBuf> {
    if let Some(programs) = server_programs() {
        return Some(programs);
    }
    let required = std::env::var("PASSBOOK_TEST_POSTGRES").is_ok_and(|value| value == "require");
    assert!(!required, "PASSBOOK_TEST_POSTGRES=require, but there is no PostgreSQL server program");
    super::say_skipped("no PostgreSQL server program found");
    None
}

/// The directory of `initdb` and `postgres`: in the PATH, or where Debian keeps them.
fn server_programs() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut directories: Vec<PathBuf> = std::env::split_paths(&path).collect();
    let mut debian: Vec<(u32, PathBuf)> = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .filter_map(|entry| {
            let entry = entry.ok()?;
            Some((entry.file_name().to_str()?.parse().ok()?, entry.path().join("bin")))
        })
        .collect();
    debian.sort();
    directories.extend(debian.into_iter().rev().map(|(_, path)| path));
    directories
        .into_iter()
        .find(|path| path.join("initdb").exists() && path.join("postgres").exists())
        // Some of them may be linked elsewhere, and the rest are beside those.
        .map(|path| path.join("postgres").canonicalize().unwrap().parent().unwrap().to_owned())
}

/// A cluster that a test may stop, and start again.
pub struct OwnCluster {
    programs: PathBuf,
    home: PathBuf,
    port: u16,
    /// One for each start: the last one removes the directory.
    watched: Vec<Child>,
}

impl OwnCluster {
    /// `None`, said out loud, where there are no server programs.
    pub async fn start() -> Option<Self> {
        let programs = programs_or_say()?;
        let home = watched::directory("passbook-postgres-");
        init(&programs, &home);
        let port = watched::free_port();
        let mut cluster = Self { programs, home, port, watched: Vec::new() };
        cluster.start_again().await;
        Some(cluster)
    }

    /// A streaming replica of it, with all that it holds until then.
    pub async fn standby(&self) -> Self {
        let home = watched::directory("passbook-postgres-");
        let (data, port) = (home.join("data"), self.port.to_string());
        let from = ["-h", "127.0.0.1", "-p", &port, "-U", "postgres"];
        let how = ["-R", "-X", "stream", "--checkpoint=fast", "--no-sync", "-D", text(&data)];
        run(&self.programs.join("pg_basebackup"), &[&from[..], &how].concat());
        let (programs, port) = (self.programs.clone(), watched::free_port());
        let mut standby = Self { programs, home, port, watched: Vec::new() };
        standby.start_again().await;
        standby
    }

    /// As a machine that shuts down does: connections are ended, transactions rolled back.
    pub fn stop(&self) {
        self.control(&["stop", "-m", "fast", "-w"]);
    }

    /// As a machine that loses its power does.
    pub fn crash(&self) {
        self.control(&["stop", "-m", "immediate", "-w"]);
    }

    /// A standby becomes a primary.
    pub fn promote(&self) {
        self.control(&["promote", "-w"]);
    }

    fn control(&self, words: &[&str]) {
        let data = self.home.join("data");
        run(&self.programs.join("pg_ctl"), &[words, &["-D", text(&data)]].concat());
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    /// The copy of this database that stands here.
    pub fn copy_of(&self, at: &super::TestDatabase) -> super::TestDatabase {
        let mut url = url::Url::parse(&at.url()).unwrap();
        url.set_port(Some(self.port)).unwrap();
        super::TestDatabase::through(super::parse(url.as_str()))
    }

    pub async fn start_again(&mut self) {
        self.watched.push(launch(&self.programs, &self.home, self.port));
        wait_until_ready(&self.url()).await;
    }

    pub async fn restart(&mut self) {
        self.stop();
        self.start_again().await;
    }

    /// An empty database on it.
    pub async fn database(&self) -> super::TestDatabase {
        super::create_on(&self.url(), None).await
    }

    fn url(&self) -> String {
        url_at(self.port)
    }
}

fn url_at(port: u16) -> String {
    format!("postgres://postgres@127.0.0.1:{port}/postgres?sslmode=disable")
}

fn start(programs: &Path) -> Cluster {
    let home = watched::directory("passbook-postgres-");
    init(programs, &home);
    let root = offer_tls(&home, &home.join("data"));
    let port = watched::free_port();
    let watched = launch(programs, &home, port);
    Cluster { url: url_at(port), root: Some(root), _watched: Some(watched) }
}

fn init(programs: &Path, home: &Path) {
    let data = home.join("data");
    run(
        &programs.join("initdb"),
        &[
            "-D",
            text(&data),
            "-U",
            "postgres",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale=C",
            "--no-sync",
        ],
    );
}

fn launch(programs: &Path, home: &Path, port: u16) -> Child {
    let data = home.join("data");
    let with_tls = if data.join("server.key").exists() { "on" } else { "off" };
    // Loses nothing that was committed where only the server's processes end.
    let settings = [
        format!("ssl={with_tls}"),
        "listen_addresses=127.0.0.1".to_owned(),
        format!("port={port}"),
        format!("unix_socket_directories={}", text(home)),
        "max_connections=200".to_owned(),
        "fsync=off".to_owned(),
        "full_page_writes=off".to_owned(),
        "synchronous_commit=local".to_owned(),
    ];
    let mut args = vec!["-D", text(&data)];
    args.extend(settings.iter().flat_map(|setting| ["-c", setting.as_str()]));
    watched::start(home, "QUIT", &programs.join("postgres"), &args)
}

/// Leaves a certificate for the loopback address where the server looks for its own.
fn offer_tls(home: &Path, data: &Path) -> PathBuf {
    let authority = Authority::new();
    let server = authority.issue("127.0.0.1");
    let root = home.join("root.pem");
    std::fs::write(&root, authority.root.pem()).unwrap();
    std::fs::write(data.join("server.crt"), server.pem()).unwrap();
    let key = data.join("server.key");
    std::fs::write(&key, server.pkcs8()).unwrap();
    // The server takes no key that others may read, nor one of another user.
    std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o600)).unwrap();
    let owner = std::fs::metadata(data).unwrap();
    chown(&key, Some(owner.uid()), Some(owner.gid())).unwrap();
    root
}

fn run(program: &Path, args: &[&str]) {
    let words =
        watched::as_somebody().iter().copied().chain([text(program)]).chain(args.iter().copied());
    let words: Vec<&str> = words.collect();
    let mut command = Command::new(words[0]);
    let output = command.args(&words[1..]).stdin(Stdio::null()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

async fn wait_until_ready(url: &str) {
    let started = Instant::now();
    while let Err(error) = PgConnection::connect(url).await {
        assert!(started.elapsed() < Duration::from_mins(1), "no Postgres: {error}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

fn text(path: &Path) -> &str {
    path.to_str().expect("temporary paths are UTF-8")
}
