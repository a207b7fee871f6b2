//! What a database that fails in use means to the user: what happened, what is safe, what to do.

use color_eyre::Report;
use sqlx::error::DatabaseError;
use sqlx::sqlite::SqliteError;

use super::attempts::bare;
use super::sqlite;
use crate::exit::Exit;

/// Failures that the user can do something about. The unit of work that failed was rolled back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Trouble {
    #[error("another program holds the database locked; try again once it is done")]
    Locked,
    #[error(
        "the database took too long to answer, so the question was given up; what is stored is safe: \
         try again once it is less busy"
    )]
    Slow,
    #[error("the disk of the database is full; what is stored is safe: make room and try again")]
    DiskFull,
    #[error(
        "the database may not be written; what is stored is safe: make its file and directory \
         writable and try again"
    )]
    NotWritable,
    #[error(
        "the database is damaged; it was left as it is: put back a copy of it, such as the dated \
         ones that passbook leaves beside it"
    )]
    Damaged,
    #[error("the database server is read-only; what is stored is safe: try again once it is not")]
    ReadOnlyServer,
    #[error(
        "the database cannot be reached; what is stored is safe: try again once its server runs"
    )]
    Unreachable,
}

impl Trouble {
    pub fn of(report: &Report) -> Option<Self> {
        match bare(database_error(report)?) {
            sqlx::Error::Io(_) => Some(Self::Unreachable),
            sqlx::Error::Database(error) => Self::of_answer(&**error),
            _ => None,
        }
    }

    fn of_answer(error: &(dyn DatabaseError + 'static)) -> Option<Self> {
        let code = error.code()?;
        // Postgres has codes of its own, some of which read as SQLite's.
        if error.try_downcast_ref::<SqliteError>().is_some() {
            return sqlite::trouble(code.parse().ok()?);
        }
        match &*code {
            "25006" => Some(Self::ReadOnlyServer),
            "53100" => Some(Self::DiskFull),
            "55P03" => Some(Self::Locked),
            "57014" => Some(Self::Slow),
            "57P01" | "57P02" | "57P03" => Some(Self::Unreachable),
            code if code.starts_with("08") => Some(Self::Unreachable),
            _ => None,
        }
    }

    pub fn exit(self) -> Exit {
        if self == Self::Locked { Exit::Locked } else { Exit::DatabaseUnreachable }
    }
}

fn database_error(report: &Report) -> Option<&sqlx::Error> {
    report.chain().find_map(|cause| cause.downcast_ref())
}

/// One sentence, whatever it was.
pub fn explain(report: &Report) -> String {
    if let Some(trouble) = Trouble::of(report) {
        return trouble.to_string();
    }
    let cause = report.root_cause();
    match database_error(report) {
        Some(_) => format!("the database failed: {cause}"),
        None => cause.to_string(),
    }
}
