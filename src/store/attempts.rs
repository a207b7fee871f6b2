//! Which failures pass by themselves, and the count of how often a unit of work was tried.

use std::io::ErrorKind;
use std::time::Duration;

use sqlx::migrate::MigrateError;

/// What a unit of work may fail with: it tells whether the database was the reason.
pub(crate) trait Failure: From<sqlx::Error> {
    fn database_error(&self) -> Option<&sqlx::Error>;
}

impl Failure for sqlx::Error {
    fn database_error(&self) -> Option<&sqlx::Error> {
        Some(self)
    }
}

impl Failure for color_eyre::Report {
    fn database_error(&self) -> Option<&sqlx::Error> {
        self.downcast_ref()
    }
}

/// A network that went silent would be waited for without end: twice what a statement may take.
const UNIT: Duration = Duration::from_mins(1);

pub(super) async fn in_time<T, F: Failure>(
    unit: impl Future<Output = Result<T, F>>,
) -> Result<T, F> {
    tokio::time::timeout(UNIT, unit).await.unwrap_or_else(|_| Err(F::from(timed_out())))
}

pub(super) fn timed_out() -> sqlx::Error {
    sqlx::Error::Io(ErrorKind::TimedOut.into())
}

pub(super) fn is_time_out(error: &sqlx::Error) -> bool {
    matches!(error, sqlx::Error::Io(error) if error.kind() == ErrorKind::TimedOut)
}

/// Counts how often one unit of work was tried.
#[derive(Default)]
pub(super) struct Attempts(u32);

impl Attempts {
    const MOST: u32 = 3;

    /// Whether the failure passes by itself; if so, returns after a short pause.
    pub async fn again(&mut self, failure: &impl Failure) -> bool {
        self.0 += 1;
        let passing = failure.database_error().is_some_and(is_passing);
        if !passing || self.0 >= Self::MOST {
            return false;
        }
        tokio::time::sleep(Duration::from_millis(50) * self.0 * self.0).await;
        true
    }
}

/// Conflicts with another session, connections that broke, and a server that takes no writes since
/// another one took over: the whole unit may be repeated.
pub(super) fn is_passing(error: &sqlx::Error) -> bool {
    match bare(error) {
        // A time-out was long enough once.
        sqlx::Error::Io(_) => !is_time_out(error),
        sqlx::Error::Database(error) => error.code().is_some_and(|code| {
            matches!(&*code, "25006" | "25P03" | "40001" | "40P01" | "57P01" | "57P02" | "57P03")
                || (code.len() == 5 && code.starts_with("08"))
        }),
        _ => false,
    }
}

/// What the engine said, out of the words of a migration that it said it to.
pub(super) fn bare(error: &sqlx::Error) -> &sqlx::Error {
    match error {
        sqlx::Error::Migrate(migration) => match &**migration {
            MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => error,
            _ => error,
        },
        error => error,
    }
}
