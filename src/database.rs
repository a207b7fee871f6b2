//! Which database is meant: reads every form of `DATABASE_URL` once, and shows it without its password.

mod postgres;
mod sqlite;
mod tls;

use std::path::{Path, PathBuf};

pub(crate) use postgres::encode as encode_part;
pub use postgres::{Postgres, PostgresDefaults};
pub use tls::SslMode;

/// A checked choice of database; nothing has been opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Database {
    /// Gone when the program ends.
    Memory,
    Sqlite {
        /// Always absolute.
        path: PathBuf,
    },
    Postgres(Postgres),
}

/// What a URL leaves open is taken from here.
#[derive(Clone, Debug)]
pub struct Surroundings<'a> {
    /// Absolute; relative paths are resolved against it.
    pub working_dir: &'a Path,
    /// What `~` stands for.
    pub home: Option<&'a Path>,
    /// Values of libpq's own environment variables.
    pub postgres: PostgresDefaults,
}

const ACCEPTED: &str = "accepted are sqlite:///relative.db, sqlite:////absolute.db, a path ending \
    in .db, .sqlite or .sqlite3, sqlite::memory:, and postgres://user:password@host:5432/name";

/// None of the messages repeats the URL: a password may stand anywhere in one that is malformed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DatabaseUrlError {
    #[error("it is neither a database URL nor a database file: {ACCEPTED}")]
    NotAUrl,
    #[error("{scheme}:// is not a database passbook knows: {ACCEPTED}")]
    UnknownScheme { scheme: String },
    #[error("it names no file: {ACCEPTED}")]
    NoFile,
    #[error("it asks SQLite for a read-only file: leave that out and use --read-only")]
    ReadOnlyFile,
    #[error("SQLite's file: URIs are not read: give the path itself")]
    FileUri,
    #[error("~ cannot be expanded: the home directory is unknown")]
    NoHome,
    #[error(
        "it is no valid Postgres URL ({0}): characters such as @ : / ? # % in the user name or \
         the password must be percent-encoded, # as %23 for example"
    )]
    MalformedPostgres(&'static str),
    #[error("it names several hosts: passbook connects to one")]
    SeveralHosts,
    #[error(
        "{0} must be disable, allow, prefer, require, verify-ca or verify-full (or true or false \
         for ssl)"
    )]
    UnknownSslMode(&'static str),
    #[error("plain text to {host} is refused: leave sslmode out, or use sslmode=require")]
    PlainTextRefused { host: String },
}

impl<'a> Surroundings<'a> {
    /// Nothing but the working directory is known.
    pub fn new(working_dir: &'a Path) -> Self {
        Self { working_dir, home: None, postgres: PostgresDefaults::default() }
    }

    /// Absolute, with `~` expanded and `.` taken out; `..` stays, for symbolic links give it meaning.
    pub fn absolute(&self, path: &str) -> Result<PathBuf, DatabaseUrlError> {
        let path = match path.strip_prefix('~') {
            Some(rest) if rest.is_empty() || rest.starts_with('/') => {
                let home = self.home.ok_or(DatabaseUrlError::NoHome)?;
                home.join(rest.trim_start_matches('/'))
            }
            _ => PathBuf::from(path),
        };
        Ok(self.working_dir.join(path).components().collect())
    }
}

impl Database {
    /// Reads a URL or path with nothing but the working directory to complete it.
    pub fn parse(text: &str, working_dir: &Path) -> Result<Self, DatabaseUrlError> {
        Self::parse_in(text, &Surroundings::new(working_dir))
    }

    pub fn parse_in(text: &str, surroundings: &Surroundings) -> Result<Self, DatabaseUrlError> {
        let text = text.trim();
        let Some((scheme, rest)) = split_scheme(text) else {
            return sqlite::parse_path(text, surroundings);
        };
        // SQLAlchemy names the driver after a plus: postgresql+psycopg2.
        let dialect = scheme.split('+').next().unwrap_or_default().to_ascii_lowercase();
        match dialect.as_str() {
            "sqlite" => sqlite::parse_url(rest, surroundings),
            "postgres" | "postgresql" => {
                let rest = rest
                    .strip_prefix("//")
                    .ok_or(DatabaseUrlError::MalformedPostgres("no // after the scheme"))?;
                postgres::parse(rest, surroundings).map(Self::Postgres)
            }
            _ => Err(DatabaseUrlError::UnknownScheme { scheme: dialect }),
        }
    }

    pub fn has_password(&self) -> bool {
        matches!(self, Self::Postgres(postgres) if postgres.has_password())
    }

    /// For people, complete but for the password.
    pub fn masked(&self) -> String {
        match self {
            Self::Memory => "sqlite::memory:".to_owned(),
            Self::Sqlite { path } => path.display().to_string(),
            Self::Postgres(postgres) => postgres.masked(),
        }
    }

    /// A few words for the header: the engine, and whose machine it is.
    pub fn label(&self) -> String {
        match self {
            Self::Memory => "SQLite · in memory".to_owned(),
            Self::Sqlite { .. } => "SQLite · this computer".to_owned(),
            Self::Postgres(postgres) if tls::is_this_computer(&postgres.host) => {
                "Postgres · this computer".to_owned()
            }
            Self::Postgres(postgres) => format!("Postgres · {}", postgres.host),
        }
    }
}

/// Splits `scheme:rest` where a scheme stands: before `://`, or `sqlite` before any colon.
fn split_scheme(text: &str) -> Option<(&str, &str)> {
    let (scheme, rest) = text.split_once(':')?;
    let is_scheme = scheme.len() <= 32
        && scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c));
    let known = scheme.eq_ignore_ascii_case("sqlite") || rest.starts_with("//");
    (is_scheme && known).then_some((scheme, rest))
}

#[cfg(test)]
mod tests;
