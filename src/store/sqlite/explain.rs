//! SQLite's error codes in the words of [`OpenError`].

use super::File;
use crate::store::error::OpenError;
use crate::store::migrate;
use crate::store::trouble::Trouble;

const BUSY: i32 = 5;
const LOCKED: i32 = 6;
const PERM: i32 = 3;
const READONLY: i32 = 8;
const IOERR: i32 = 10;
const CORRUPT: i32 = 11;
const FULL: i32 = 13;
const CANTOPEN: i32 = 14;
const NOTADB: i32 = 26;
const IOERR_SHMSIZE: i32 = IOERR | (19 << 8);

fn extended(error: &sqlx::Error) -> Option<i32> {
    error.as_database_error()?.code()?.parse().ok()
}

/// The primary result code: the low byte of the extended one.
fn code(error: &sqlx::Error) -> Option<i32> {
    Some(extended(error)? & 0xff)
}

pub(super) fn is_busy(error: &sqlx::Error) -> bool {
    matches!(code(error), Some(BUSY | LOCKED))
}

/// What an extended result code means to whoever has the file open already.
pub(in crate::store) fn trouble(code: i32) -> Option<Trouble> {
    match code & 0xff {
        BUSY | LOCKED => Some(Trouble::Locked),
        FULL => Some(Trouble::DiskFull),
        // The index of the log could not grow.
        IOERR if code == IOERR_SHMSIZE => Some(Trouble::DiskFull),
        PERM | READONLY | CANTOPEN => Some(Trouble::NotWritable),
        CORRUPT | NOTADB => Some(Trouble::Damaged),
        _ => None,
    }
}

/// SQLite's own sentence, without sqlx's around it.
fn reason(error: &sqlx::Error) -> String {
    error.as_database_error().map_or_else(|| error.to_string(), |error| error.message().to_owned())
}

impl File {
    pub(in crate::store) fn explain(&self, error: sqlx::Error) -> OpenError {
        let path = self.path.clone();
        let error = match error {
            sqlx::Error::Migrate(error) => match migrate::explain(*error) {
                Ok(refusal) => return refusal,
                Err(error) => error,
            },
            other => other,
        };
        let reason = reason(&error);
        if extended(&error).and_then(trouble) == Some(Trouble::DiskFull) {
            return OpenError::DiskFull { path };
        }
        match code(&error) {
            Some(BUSY | LOCKED) => OpenError::Locked { database: path.display().to_string() },
            Some(NOTADB) => OpenError::NotADatabase { path },
            Some(CORRUPT) => OpenError::Corrupt { path, reason },
            Some(PERM | READONLY | CANTOPEN) => OpenError::NotWritable { path, reason },
            Some(IOERR) => OpenError::NotReadable { path, reason },
            _ => OpenError::Migration { reason },
        }
    }
}

#[cfg(test)]
mod tests {
    use color_eyre::Report;
    use sqlx::sqlite::SqliteConnectOptions;
    use sqlx::{ConnectOptions as _, Connection as _};

    use super::*;

    #[tokio::test]
    async fn a_lock_is_told_from_other_faults() {
        let directory = tempfile::tempdir().unwrap();
        let options = SqliteConnectOptions::new()
            .filename(directory.path().join("a.db"))
            .create_if_missing(true)
            .busy_timeout(std::time::Duration::ZERO);
        let mut first = options.connect().await.unwrap();
        let mut second = options.connect().await.unwrap();
        let held = first.begin_with("begin immediate").await.unwrap();
        let locked = second.begin_with("begin immediate").await.map(drop).unwrap_err();
        let locked = Report::new(locked).wrap_err("keeping an account");
        assert_eq!(Trouble::of(&locked), Some(Trouble::Locked));
        drop(held);
        let wrong = sqlx::query("select").execute(&mut second).await.unwrap_err();
        assert_eq!(Trouble::of(&Report::new(wrong)), None);
    }
}
