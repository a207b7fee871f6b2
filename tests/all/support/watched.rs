//! Servers that end with the test process, however that ends.

use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// Runs `$3…` beside a shell that holds the reading end of a pipe from us. The pipe breaks with
/// this process, panicked or killed; the shell then stops the server and removes the directory.
const WATCH: &str = r#"
    directory=$1
    signal=$2
    shift 2
    "$@" > "$directory/log" 2>&1 < /dev/null &
    server=$!
    read -r _
    kill -"$signal" "$server"
    wait "$server"
    rm -rf "$directory"
"#;

/// `signal` ends the server, then `directory` is removed. The child must be kept: dropping it
/// closes the pipe.
pub fn start(directory: &Path, signal: &str, program: &Path, args: &[&str]) -> Child {
    let mut command = Command::new("sh");
    command.args(["-c", WATCH, "watch"]).arg(directory).arg(signal);
    command.args(as_somebody()).arg(program).args(args);
    // A group of its own: Ctrl-C ends the tests, and they end the server.
    command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).process_group(0);
    command.spawn().unwrap()
}

/// A directory that the server may write, whoever runs it.
pub fn directory(name: &str) -> std::path::PathBuf {
    let directory = tempfile::Builder::new().prefix(name).tempdir().unwrap().keep();
    if am_root() {
        let owner = Command::new("chown").arg("postgres").arg(&directory).status().unwrap();
        assert!(owner.success(), "chown postgres {}", directory.display());
    }
    directory
}

/// Postgres and PgBouncer refuse to run as root: words that go before their names.
pub fn as_somebody() -> &'static [&'static str] {
    if am_root() {
        &["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", "--"]
    } else {
        &[]
    }
}

fn am_root() -> bool {
    rustix::process::geteuid().is_root()
}

pub fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}
