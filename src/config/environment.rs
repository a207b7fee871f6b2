//! Environment variables: the process's own, then those of `.env`.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use super::dot_env;
use super::source::{ConfigError, Source, Written};
use super::values;
use crate::database::encode_part;

/// What begins as passbook's own variables do, and is read: here, by the tests, or in a debug build.
const READ: [&str; 24] = [
    "PASSBOOK_BACKUP_DIR",
    "PASSBOOK_CONFIG",
    "PASSBOOK_CONNECT_SCRIPT",
    "PASSBOOK_FAIL_POINT",
    "PASSBOOK_KEY",
    "PASSBOOK_KEYRING",
    "PASSBOOK_METRICS",
    "PASSBOOK_MUTANT",
    "PASSBOOK_OFFLINE",
    "PASSBOOK_READ_URL",
    "PASSBOOK_TEST_BOOKS",
    "PASSBOOK_TEST_BROWSER",
    "PASSBOOK_TEST_KEYRING",
    "PASSBOOK_TEST_POOLER",
    "PASSBOOK_TEST_POSTGRES",
    "TELLER_ACCESS_TOKEN",
    "TELLER_API_URL",
    "TELLER_APPLICATION_ID",
    "TELLER_CA_PATH",
    "TELLER_CERT_PATH",
    "TELLER_ENVIRONMENT",
    "TELLER_KEY_PATH",
    "TELLER_SIGNING_KEY",
    "TELLER_WEBHOOK_SECRETS",
];

/// Empty variables count as unset, as they do for most programs that Docker and Render start.
#[derive(Clone, Default)]
pub struct Environment {
    process: BTreeMap<String, String>,
    dot_env: BTreeMap<String, String>,
    dot_env_file: Option<PathBuf>,
}

impl Environment {
    pub fn new<N: Into<String>, V: Into<String>>(
        process: impl IntoIterator<Item = (N, V)>,
    ) -> Self {
        let process =
            process.into_iter().map(|(name, value)| (name.into(), value.into())).collect();
        Self { process, ..Self::default() }
    }

    /// Variables that are not UTF-8 are read as far as they go, and fail where they are used.
    pub fn of_process() -> Self {
        let text = |text: std::ffi::OsString| text.to_string_lossy().into_owned();
        Self::new(std::env::vars_os().map(|(name, value)| (text(name), text(value))))
    }

    /// Adds the `.env` of a directory, if it has one. A folder of that name is a Python habit.
    pub fn read_dot_env(&mut self, directory: &Path) -> Result<(), ConfigError> {
        let path = directory.join(".env");
        if !path.is_file() {
            return Ok(());
        }
        let error = |problem| ConfigError::new(path.display().to_string(), problem);
        let text = fs::read_to_string(&path).map_err(|e| error(format!("cannot be read: {e}")))?;
        let values = dot_env::parse(&text).map_err(|e| {
            ConfigError::new(format!("line {} of {}", e.line, path.display()), e.problem)
        })?;
        self.dot_env = values;
        self.dot_env_file = Some(path);
        Ok(())
    }

    pub fn dot_env_file(&self) -> Option<&Path> {
        self.dot_env_file.as_deref()
    }

    /// A variable of the process itself, where it is set to something.
    pub fn process(&self, name: &str) -> Option<&str> {
        self.process.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// Names that look like passbook's and are read by nobody, in order, each once.
    pub fn unread(&self) -> Vec<&str> {
        let names = self.process.keys().chain(self.dot_env.keys()).map(String::as_str);
        let names =
            names.filter(|name| name.starts_with("PASSBOOK_") || name.starts_with("TELLER_"));
        let unread: BTreeSet<&str> = names.filter(|name| !READ.contains(name)).collect();
        unread.into_iter().collect()
    }

    pub(super) fn get(&self, name: &str) -> Option<Written> {
        let set = |values: &BTreeMap<String, String>| {
            values.get(name).filter(|value| !value.is_empty()).cloned()
        };
        if let Some(text) = set(&self.process) {
            return Some(Written { text, source: Source::Environment, origin: name.to_owned() });
        }
        let text = set(&self.dot_env)?;
        let file = self.dot_env_file.as_deref().unwrap_or(Path::new(".env"));
        let origin = format!("{name} in {}", file.display());
        Some(Written { text, source: Source::DotEnv, origin })
    }

    pub(super) fn text(&self, name: &str) -> Option<String> {
        self.get(name).map(|written| written.text)
    }

    /// `DATABASE_URL`, or the URL that the variables of Postgres's own image add up to.
    pub(super) fn database_url(&self) -> Result<Option<Written>, ConfigError> {
        let url = self.get("DATABASE_URL");
        let parts =
            (self.get("POSTGRES_USER"), self.get("POSTGRES_PASSWORD"), self.get("POSTGRES_DB"));
        let (None, (Some(user), Some(password), Some(database))) = (&url, parts) else {
            return Ok(url);
        };
        let host = self.text("POSTGRES_HOST").unwrap_or_else(|| "localhost".to_owned());
        let port = match self.get("POSTGRES_PORT") {
            Some(written) => written.read(values::port)?.value,
            None => 5432,
        };
        let in_process = |written: &Written| written.source == Source::Environment;
        let all_in_process = [&user, &password, &database].into_iter().all(in_process);
        let [name, word, host, database] =
            [&user.text, &password.text, &host, &database.text].map(|part| encode_part(part));
        Ok(Some(Written {
            text: format!("postgres://{name}:{word}@{host}:{port}/{database}"),
            source: if all_in_process { Source::Environment } else { Source::DotEnv },
            origin: format!("{}, POSTGRES_PASSWORD, POSTGRES_DB", user.origin),
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_variable_that_the_settings_name_is_known_as_read() {
        for line in include_str!("resolve.rs").lines() {
            for name in line.split('"').skip(1).step_by(2) {
                let ours = name.starts_with("PASSBOOK_") || name.starts_with("TELLER_");
                assert!(!ours || READ.contains(&name), "{name}");
            }
        }
    }

    #[test]
    fn a_name_that_nobody_reads_is_told_once() {
        let environment =
            Environment::new([("TELLER_TOKEN", "a"), ("TELLER_API_URL", "b"), ("HOME", "c")]);
        assert_eq!(environment.unread(), ["TELLER_TOKEN"]);
    }
}
