//! Postgres' error codes in the words of [`OpenError`].

use std::error::Error as _;
use std::io::{self, ErrorKind};

use sqlx::error::DatabaseError;

use super::Server;
use crate::store::error::OpenError;
use crate::store::migrate;

fn has_code(error: &sqlx::Error, code: &str) -> bool {
    error.as_database_error().is_some_and(|error| error.code().as_deref() == Some(code))
}

/// A pooler passes the sentence on, but not the code.
pub(super) fn is_starting_up(error: &sqlx::Error) -> bool {
    has_code(error, "57P03")
        || error.as_database_error().is_some_and(|error| error.message().contains("starting up"))
}

/// Whether another try, encrypted instead of plain or the other way round, may go better.
pub(super) fn is_about_encryption(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Tls(_) => true,
        sqlx::Error::Io(error) => error.kind() == ErrorKind::InvalidData,
        sqlx::Error::Database(error) => error.code().as_deref() == Some("28000"),
        _ => false,
    }
}

/// Whether the connection is refused for a start-up option, as poolers do.
pub(super) fn is_about_options(error: &sqlx::Error) -> bool {
    error.as_database_error().is_some_and(|error| {
        let message = error.message();
        message.contains("option") || message.contains("startup parameter")
    })
}

fn names_no_database(message: &str) -> bool {
    message.contains("no such database")
        || message.contains("database \"") && message.ends_with("does not exist")
}

impl Server {
    pub(in crate::store) fn explain(&self, error: sqlx::Error) -> OpenError {
        let server = self.name.clone();
        match error {
            sqlx::Error::Migrate(error) => {
                migrate::explain(*error).unwrap_or_else(|error| match self.explain(error) {
                    OpenError::Server { reason, .. } => OpenError::Migration { reason },
                    known => known,
                })
            }
            sqlx::Error::Database(error) => self.explain_answer(&*error),
            sqlx::Error::Io(error) => self.explain_io(&error),
            sqlx::Error::Tls(error) if error.to_string().contains("does not support TLS") => {
                OpenError::NoTls { server, mode: self.ssl_mode.as_str() }
            }
            sqlx::Error::Tls(error) => OpenError::Tls { server, reason: error.to_string() },
            other => OpenError::Server { server, reason: other.to_string() },
        }
    }

    fn explain_answer(&self, error: &dyn DatabaseError) -> OpenError {
        let server = self.name.clone();
        let user = self.user.clone();
        let reason = error.message().to_owned();
        match error.code().as_deref().unwrap_or_default() {
            "28000" if reason.contains("no encryption") => OpenError::TlsDemanded { server },
            "28000" | "28P01" => OpenError::SignIn { server, user },
            "3D000" => OpenError::NoDatabase { server, database: self.database.clone() },
            // A pooler has words of its own, and one code for all of them.
            _ if reason.contains("authentication failed") => OpenError::SignIn { server, user },
            _ if names_no_database(&reason) => {
                OpenError::NoDatabase { server, database: self.database.clone() }
            }
            "42501" => OpenError::NoRight { server, user, reason },
            "53300" => OpenError::TooManyConnections { server },
            "55P03" => OpenError::Locked { database: format!("{} on {server}", self.database) },
            "25006" => OpenError::Standby { server },
            "57P01" | "57P02" => OpenError::Gone { server },
            _ => OpenError::Server { server, reason },
        }
    }

    fn explain_io(&self, error: &io::Error) -> OpenError {
        let server = self.name.clone();
        match error.kind() {
            ErrorKind::TimedOut => OpenError::TimedOut { server, seconds: self.patience.as_secs() },
            // Not found: a unix socket that is not there.
            ErrorKind::ConnectionRefused | ErrorKind::NotFound => OpenError::Refused { server },
            ErrorKind::ConnectionReset
            | ErrorKind::ConnectionAborted
            | ErrorKind::BrokenPipe
            | ErrorKind::UnexpectedEof => OpenError::Gone { server },
            // How rustls tells what it did not like.
            ErrorKind::InvalidData => OpenError::Tls { server, reason: error.to_string() },
            // Resolving a name has no kind of its own.
            _ if error.to_string().contains("lookup") => {
                OpenError::UnknownHost { host: self.options.get_host().to_owned() }
            }
            _ => {
                let reason = error.source().map_or_else(|| error.to_string(), ToString::to_string);
                OpenError::Server { server, reason }
            }
        }
    }
}
