//! Why a database could not be opened: what happened, what that means for the data, what to do.

use std::path::PathBuf;

use crate::exit::Exit;

/// Each message is complete and holds no secret.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    // The file --------------------------------------------------------------------------------
    #[error("there is no database at {}; --read-only creates none: start once without it", .path.display())]
    Missing { path: PathBuf },
    #[error("the directory {} does not exist, so no database was opened: create it, or name another file", .path.display())]
    NoDirectory { path: PathBuf },
    #[error("{} is a directory, not a database: name a file in it, such as {}", .path.display(), .path.join("passbook.db").display())]
    IsDirectory { path: PathBuf },
    #[error("{} is not a SQLite database; it was left as it is: name another file", .path.display())]
    NotADatabase { path: PathBuf },
    #[error("the database {} is damaged ({reason}); it was left as it is: put back a copy of it, such as the dated ones that passbook leaves beside it, or move it away and `passbook restore` a backup", .path.display())]
    Corrupt { path: PathBuf, reason: String },
    #[error("{} cannot be written ({reason}); nothing was changed: make the file and its directory writable, or use --read-only", .path.display())]
    NotWritable { path: PathBuf, reason: String },
    #[error("{} cannot be read ({reason}); nothing was changed: check its permissions", .path.display())]
    NotReadable { path: PathBuf, reason: String },
    #[error("the disk that holds {} is full; what was stored before is safe: make room and start again", .path.display())]
    DiskFull { path: PathBuf },
    #[error("another program holds {} locked; nothing was changed: close it and start again", .database)]
    Locked { database: String },

    // The server ------------------------------------------------------------------------------
    #[error("the root certificate {}, which the database URL names, {reason}: check sslrootcert", .path.display())]
    RootCertificate { path: PathBuf, reason: String },
    #[error(
        "no machine is called {host}; nothing was changed: check the host in the database URL, and the network"
    )]
    UnknownHost { host: String },
    #[error(
        "nothing listens at {server}; nothing was changed: start Postgres there, or check host and port"
    )]
    Refused { server: String },
    #[error(
        "{server} did not answer within {seconds} s; nothing was changed: check the network, a firewall between, and host and port"
    )]
    TimedOut { server: String, seconds: u64 },
    #[error(
        "{server} offers no TLS, which sslmode={mode} demands; nothing was sent: switch it on there, or use sslmode=disable on a network you trust"
    )]
    NoTls { server: String, mode: &'static str },
    #[error(
        "the encrypted connection to {server} failed ({reason}); nothing was sent: check the certificate, sslrootcert, sslmode and the clock"
    )]
    Tls { server: String, reason: String },
    #[error("{server} takes encrypted connections only; nothing was changed: use sslmode=require")]
    TlsDemanded { server: String },
    #[error(
        "{server} refused the sign-in of {user}; nothing was changed: check user and password in the database URL"
    )]
    SignIn { server: String, user: String },
    #[error(
        "{server} has no database {database}; nothing was changed: create it, or check the name in the database URL"
    )]
    NoDatabase { server: String, database: String },
    #[error(
        "{user} may not do what passbook needs on {server} ({reason}): grant the right; nothing was changed"
    )]
    NoRight { server: String, user: String, reason: String },
    #[error(
        "{server} has no connection left; nothing was changed: close other programs or raise max_connections"
    )]
    TooManyConnections { server: String },
    #[error(
        "{server} was still starting up after {seconds} s; nothing was changed: start passbook again when it is ready"
    )]
    StillStarting { server: String, seconds: u64 },
    #[error(
        "{server} closed the connection; what it stores is whole: start passbook again once it is back"
    )]
    Gone { server: String },
    #[error(
        "{server} is a read-only standby; nothing was changed: name the primary in the database URL, or use --read-only"
    )]
    Standby { server: String },
    #[error(
        "{server} could not be used ({reason}); nothing was changed: see its log, then start passbook again"
    )]
    Server { server: String, reason: String },

    // The schema ------------------------------------------------------------------------------
    #[error(
        "this database was made by a newer passbook ({made_by}): update this one; nothing was changed"
    )]
    Newer { made_by: String },
    #[error(
        "the database is at an older version; --read-only changes nothing: start once without it"
    )]
    Outdated,
    #[error(
        "the migration {name} was changed after it had run on this database: use the passbook that made it; nothing was changed"
    )]
    ChangedMigration { name: String },
    #[error("changing the tables failed ({reason}); the database is as it was before")]
    Migration { reason: String },
    #[error(
        "the copy of the database before its update could not be made ({reason}); nothing was changed: make room for it"
    )]
    Copy { reason: String },
}

impl OpenError {
    pub fn exit(&self) -> Exit {
        match self {
            Self::Newer { .. } => Exit::NewerDatabase,
            Self::Locked { .. } => Exit::Locked,
            Self::RootCertificate { .. } => Exit::Usage,
            Self::ChangedMigration { .. } | Self::Migration { .. } => Exit::Internal,
            _ => Exit::DatabaseUnreachable,
        }
    }

    /// A server may come up and a lock be let go; a path that is wrong stays wrong.
    pub fn may_pass(&self) -> bool {
        match self {
            Self::Missing { .. }
            | Self::NoDirectory { .. }
            | Self::IsDirectory { .. }
            | Self::NotADatabase { .. }
            | Self::Corrupt { .. }
            | Self::NotWritable { .. }
            | Self::NotReadable { .. } => false,
            other => matches!(other.exit(), Exit::DatabaseUnreachable | Exit::Locked),
        }
    }
}
