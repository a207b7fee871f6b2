//! Why a database cannot be reached, how far one came, and the one thing to do.

use std::path::{Path, PathBuf};

use super::finding::Verdict;
use crate::database::{Database, Postgres};
use crate::exit::Exit;
use crate::store::OpenError;

/// The way to a database in four stages; one that fails leaves those after it untried.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Stage {
    Server,
    Encryption,
    SignIn,
    Database,
}

/// What is known of the place beside the error itself.
pub(super) struct Near {
    pub at_render: bool,
    pub on_this_computer: bool,
    /// The compose file in the working directory or above it.
    pub compose_file: Option<PathBuf>,
}

impl Stage {
    pub const ALL: [(Self, &'static str); 4] = [
        (Self::Server, "server"),
        (Self::Encryption, "encryption"),
        (Self::SignIn, "sign-in"),
        (Self::Database, "database"),
    ];

    /// Where this error stopped the way.
    pub fn of(error: &OpenError) -> Self {
        match error {
            OpenError::UnknownHost { .. }
            | OpenError::Refused { .. }
            | OpenError::TimedOut { .. }
            | OpenError::StillStarting { .. }
            | OpenError::TooManyConnections { .. }
            | OpenError::Gone { .. }
            | OpenError::Server { .. } => Self::Server,
            OpenError::RootCertificate { .. }
            | OpenError::NoTls { .. }
            | OpenError::Tls { .. }
            | OpenError::TlsDemanded { .. } => Self::Encryption,
            OpenError::SignIn { .. } => Self::SignIn,
            _ => Self::Database,
        }
    }
}

impl Near {
    pub fn of(database: &Database, working_dir: &Path) -> Self {
        let Database::Postgres(postgres) = database else {
            return Self { at_render: false, on_this_computer: true, compose_file: None };
        };
        Self {
            at_render: Postgres::is_at_render(postgres),
            on_this_computer: postgres.is_on_this_computer(),
            compose_file: compose_file(working_dir),
        }
    }

    fn container(&self) -> Option<String> {
        let file = self.compose_file.as_ref().filter(|_| self.on_this_computer)?;
        let directory = file.parent().unwrap_or(Path::new("."));
        Some(format!(
            "if it runs in the container of {}, start that: cd {} && docker compose up --detach",
            file.display(),
            directory.display()
        ))
    }
}

fn compose_file(working_dir: &Path) -> Option<PathBuf> {
    const NAMES: [&str; 4] =
        ["compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml"];
    let paths =
        working_dir.ancestors().flat_map(|directory| NAMES.map(|name| directory.join(name)));
    paths.into_iter().find(|path| path.is_file())
}

pub(super) fn explain(error: &OpenError, near: &Near) -> Verdict {
    let (what, cause, remedy) = match error {
        OpenError::UnknownHost { host } => (
            format!("no machine is called {host}"),
            "the host in the database URL is misspelt, or the network that knows it is not there",
            "check the host in the database URL, and the network".to_owned(),
        ),
        OpenError::Refused { server } => (
            format!("nothing listens at {server}"),
            "Postgres is not running there, or listens on another port",
            near.container()
                .unwrap_or_else(|| "start Postgres there, or correct host and port".to_owned()),
        ),
        OpenError::TimedOut { server, seconds } if near.at_render => (
            format!("{server} did not answer within {seconds} s"),
            "Render lets in only the addresses on the database's allow-list",
            "add this computer's address to the allow-list of the database in Render's dashboard"
                .to_owned(),
        ),
        OpenError::TimedOut { server, seconds } => (
            format!("{server} did not answer within {seconds} s"),
            "a firewall between drops what is sent, or the host is another one",
            "check the firewall and the host in the database URL".to_owned(),
        ),
        OpenError::NoTls { server, mode } => (
            format!("{server} refuses TLS, which sslmode={mode} demands"),
            "the server was set up without a certificate",
            "switch ssl on there, or use sslmode=disable on a network you trust".to_owned(),
        ),
        OpenError::Tls { server, reason } => (
            format!("the encrypted connection to {server} failed: {reason}"),
            "the server's certificate is not one that this computer trusts, or a clock is wrong",
            "check sslrootcert and sslmode in the database URL, and the clock".to_owned(),
        ),
        OpenError::TlsDemanded { server } => (
            format!("{server} requires TLS, and it was not used"),
            "sslmode in the database URL asks for plain text",
            "use sslmode=require, or leave sslmode out".to_owned(),
        ),
        OpenError::SignIn { server, user } => (
            format!("{server} refused the sign-in of {user}"),
            "the password was changed, or belongs to another user",
            "copy user and password into the database URL again".to_owned(),
        ),
        OpenError::NoDatabase { server, database } => (
            format!("{server} has no database {database}"),
            "it was never created there, or is called otherwise",
            format!("create it (createdb {database}), or correct the name in the database URL"),
        ),
        OpenError::NoRight { server, user, reason } => (
            format!("{user} lacks a right on {server}: {reason}"),
            "the role was never granted what passbook needs",
            "have what `passbook migrate grants` prints run by the database's owner".to_owned(),
        ),
        other => return Verdict::of_sentence(other.exit(), &other.to_string()),
    };
    Verdict::failed(error.exit(), what).because(cause).so(remedy)
}

/// Nothing was made yet, and nothing is wrong.
pub(super) fn missing(path: &Path, read_only: bool) -> Verdict {
    let what = format!("there is no {} yet", path.display());
    if read_only {
        return Verdict::failed(Exit::DatabaseUnreachable, what)
            .because("--read-only creates nothing")
            .so("start passbook once without it, or name another file");
    }
    Verdict::warning(what)
        .because("passbook was never started with these settings")
        .so("start it: the first launch makes the database")
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::super::finding::Outcome;
    use super::*;

    fn errors() -> Vec<(OpenError, Stage)> {
        let server = || "db.example:5432".to_owned();
        vec![
            (OpenError::UnknownHost { host: "db.example".to_owned() }, Stage::Server),
            (OpenError::Refused { server: server() }, Stage::Server),
            (OpenError::TimedOut { server: server(), seconds: 10 }, Stage::Server),
            (OpenError::NoTls { server: server(), mode: "require" }, Stage::Encryption),
            (OpenError::TlsDemanded { server: server() }, Stage::Encryption),
            (OpenError::SignIn { server: server(), user: "ann".to_owned() }, Stage::SignIn),
            (OpenError::NoDatabase { server: server(), database: "b".to_owned() }, Stage::Database),
            (
                OpenError::NoRight {
                    server: server(),
                    user: "ann".to_owned(),
                    reason: "permission denied".to_owned(),
                },
                Stage::Database,
            ),
        ]
    }

    fn near() -> Near {
        Near { at_render: false, on_this_computer: false, compose_file: None }
    }

    #[test]
    fn eight_ways_not_to_reach_a_database_have_words_of_their_own() {
        let (mut whats, mut causes, mut remedies) =
            (HashSet::new(), HashSet::new(), HashSet::new());
        for (error, stage) in errors() {
            let found = explain(&error, &near());
            assert_eq!(Stage::of(&error), stage, "{error:?}");
            let ended = (found.outcome, found.exit);
            assert_eq!(ended, (Outcome::Failed, Exit::DatabaseUnreachable));
            whats.insert(found.what);
            causes.insert(found.cause.unwrap());
            remedies.insert(found.remedy.unwrap());
        }
        assert_eq!((whats.len(), causes.len(), remedies.len()), (8, 8, 8));
    }

    #[test]
    fn any_other_way_ends_with_what_its_own_sentence_says() {
        let found = explain(&OpenError::NotADatabase { path: "/a.db".into() }, &near());
        assert_eq!(found.what, "/a.db is not a SQLite database; it was left as it is");
        assert_eq!(found.remedy.as_deref(), Some("name another file"));
    }

    #[test]
    fn renders_allow_list_is_named_where_it_may_be_the_reason() {
        let silent = OpenError::TimedOut { server: "dpg.render.com:5432".to_owned(), seconds: 10 };
        let at_render = Near { at_render: true, ..near() };
        assert!(explain(&silent, &at_render).remedy.unwrap().contains("allow-list"));
        assert!(!explain(&silent, &near()).remedy.unwrap().contains("allow-list"));
    }

    #[test]
    fn a_container_is_hinted_at_where_one_may_be_meant() {
        let root = tempfile::tempdir().unwrap();
        let below = root.path().join("a/b");
        std::fs::create_dir_all(&below).unwrap();
        assert_eq!(compose_file(&below).filter(|path| path.starts_with(root.path())), None);
        std::fs::write(root.path().join("docker-compose.yml"), "services:").unwrap();
        let found = compose_file(&below);
        assert_eq!(found, Some(root.path().join("docker-compose.yml")));
        let refused = OpenError::Refused { server: "localhost:5432".to_owned() };
        let here = Near { on_this_computer: true, compose_file: found.clone(), ..near() };
        assert!(explain(&refused, &here).remedy.unwrap().contains("docker compose up"));
        let elsewhere = Near { compose_file: found, ..near() };
        assert!(!explain(&refused, &elsewhere).remedy.unwrap().contains("docker"));
    }
}
