//! The real program in a home of its own, and the patience to wait for what it does.

#![expect(clippy::unwrap_used, reason = "what a test cannot set up shall end it")]

use std::collections::BTreeMap;
use std::path::Path;
use std::time::{Duration, Instant};

use tempfile::TempDir;

pub const PROGRAM: &str = env!("CARGO_BIN_EXE_passbook");

/// Generous: reached only by a test that fails.
pub const DEADLINE: Duration = Duration::from_mins(1);

/// A home directory and an environment in which nothing is set but what a test sets.
pub struct Home {
    directory: TempDir,
    pub environment: BTreeMap<&'static str, String>,
}

impl Home {
    pub fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let below = |name: &str| directory.path().join(name).to_str().unwrap().to_owned();
        let environment = BTreeMap::from([
            ("PATH", std::env::var("PATH").unwrap_or_default()),
            ("HOME", below("")),
            ("XDG_CONFIG_HOME", below("config")),
            ("XDG_DATA_HOME", below("data")),
            ("XDG_STATE_HOME", below("state")),
            ("XDG_CACHE_HOME", below("cache")),
            ("TERM", "xterm-256color".to_owned()),
            ("TZ", "UTC".to_owned()),
            // Never the keyring of whoever runs the tests.
            ("PASSBOOK_KEYRING", "off".to_owned()),
        ]);
        Self { directory, environment }
    }

    pub fn path(&self) -> &Path {
        self.directory.path()
    }

    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.environment.insert(name, value.into());
        self
    }
}

/// Asks again and again until there is an answer; `describe` tells what was seen instead.
pub fn wait_for<T>(
    what: &str,
    describe: impl Fn() -> String,
    mut look: impl FnMut() -> Option<T>,
) -> T {
    let started = Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(started.elapsed() < DEADLINE, "no {what} in time; instead:\n{}", describe());
        std::thread::sleep(Duration::from_millis(10));
    }
}
