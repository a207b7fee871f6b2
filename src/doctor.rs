//! `passbook doctor`: what passbook stands on, looked at piece by piece; each check alone.
//!
//! Nothing that a check needs may end the others: what cannot be looked at any more says so. A
//! check gathers what it needs, and a plain function next to it judges that.

mod bank;
mod database;
mod disk;
mod finding;
mod keeping;
mod key;
mod settings;
mod terminal;
mod unreachable;

use std::path::PathBuf;

pub use finding::{Examination, Finding, Outcome, Verdict};

use crate::config::{Config, ConfigError, Dirs, Environment};
use crate::exit::Exit;
use crate::secret::Secret;
use crate::teller::ClientOptions;
use crate::vault::Key;

/// All that is known before anything is looked at.
pub struct Subject {
    pub config: Result<Config, ConfigError>,
    /// With what `.env` says, where it can be read.
    pub environment: Environment,
    pub dirs: Option<Dirs>,
    pub working_dir: PathBuf,
    /// The user's keys and themes.
    pub own_files: OwnFiles,
    /// How Teller would be asked; `None` in the demo, and where the settings cannot be read.
    pub teller: Option<ClientOptions>,
}

/// What of the user's own files was read for the screen, and what of them was left out, by line.
#[derive(Clone, Debug, Default)]
pub struct OwnFiles {
    pub read: Vec<String>,
    pub problems: Vec<String>,
}

/// Looks at everything there is, in the order in which one thing needs the other.
pub async fn examine(subject: &Subject) -> Vec<Finding> {
    let mut examination = Examination::default();
    examination.look("configuration", async { settings::configuration(&subject.config) }).await;
    examination.look("environment", async { settings::environment(&subject.environment) }).await;
    let config = subject.config.as_ref().ok();
    let own_files = async { settings::own_files(&subject.own_files) };
    examination.look("keys and themes", own_files).await;
    let directory = async { disk::data_directory(config, subject.dirs.as_ref()) };
    examination.look("data directory", directory).await;
    let store = database::examine(config, &subject.working_dir, &mut examination).await;
    keeping::examine(config, store.as_ref(), &mut examination).await;
    bank::examine(config, subject.teller.as_ref(), store.as_ref(), &mut examination).await;
    if let Some(store) = store {
        store.close().await;
    }
    let terminal = async { terminal::look(&subject.environment) };
    examination.look("terminal", terminal).await;
    examination.into_findings()
}

/// 0 where nothing failed, else the code of what failed first: the rest may follow from it.
pub fn exit_of(findings: &[Finding]) -> Exit {
    let failed = findings.iter().find(|finding| finding.verdict.outcome == Outcome::Failed);
    failed.map_or(Exit::Fine, |finding| finding.verdict.exit)
}

/// All that no report may hold, in every form in which it may be written.
pub fn secrets_of(config: &Config) -> Vec<Secret> {
    let mut secrets = config.access_tokens.value.clone();
    secrets.extend(config.vault_keys.value.iter().map(Key::text));
    let named = [Some(&config.database), config.read_database.as_ref()];
    for setting in named.into_iter().flatten() {
        if let crate::database::Database::Postgres(postgres) = &setting.value {
            secrets.extend(postgres.passwords());
        }
    }
    secrets
}
