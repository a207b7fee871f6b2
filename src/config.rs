//! Settings: flag, environment, file and default, checked once into one `Config`.

mod answers;
mod dot_env;
mod edit;
mod environment;
mod file;
mod layers;
mod listing;
mod place;
mod remember;
mod resolve;
mod source;
mod values;

use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

use tracing::level_filters::LevelFilter;
use url::Url;

use crate::connect::{Script, SigningKey};
use crate::database::Database;
use crate::secret::Secret;
use crate::vault::{Key, VaultOptions};
pub use answers::Checked;
pub use edit::EditError;
pub use environment::Environment;
use file::File;
pub use listing::Entry;
pub use place::{Dirs, Place};
pub use source::{ConfigError, Setting, Source};
pub use values::{IdleTime, TellerEnvironment, Theme};

/// Everything that was decided before a database or the network is touched.
#[derive(Clone, Debug)]
pub struct Config {
    /// `None` where there is no home directory, as in some containers.
    pub dirs: Option<Dirs>,
    pub config_file: Option<ConfigFile>,
    pub dot_env_file: Option<PathBuf>,
    /// The built-in bank. It has a database of its own unless a flag names one.
    pub demo: Setting<bool>,
    pub database: Setting<Database>,
    /// A read replica of it.
    pub read_database: Option<Setting<Database>>,
    /// What a command names beside it, to copy to or to take from.
    pub other_database: Option<Setting<Database>>,
    /// Where backups go that are given no name.
    pub backup_dir: Setting<PathBuf>,
    pub read_only: Setting<bool>,
    pub environment: Setting<TellerEnvironment>,
    pub certificate: Option<Certificate>,
    /// Needed to link a bank, and for nothing else.
    pub application_id: Option<Setting<String>>,
    pub connect_products: Setting<Vec<String>>,
    /// With which Teller signs what Connect hands over.
    pub signing_key: Option<Setting<SigningKey>>,
    /// Another script than Teller's own: the built-in bank's, or a test's.
    pub connect_script: Option<Setting<Script>>,
    pub teller_url: Setting<Url>,
    pub teller_ca: Option<Setting<PathBuf>>,
    pub access_tokens: Setting<Vec<Secret>>,
    /// The first one seals access tokens; the others open what they sealed before.
    pub vault_keys: Setting<Vec<Key>>,
    /// Whether the system's keyring may keep the key.
    pub keyring: Setting<bool>,
    pub offline: Setting<bool>,
    pub sync_on_start: Setting<bool>,
    pub theme: Setting<Theme>,
    pub ascii: Setting<bool>,
    /// Lines of words instead of a picture, for screen readers and terminals that draw nothing.
    pub plain: Setting<bool>,
    /// Amounts are masked when the screen opens.
    pub hide_amounts: Setting<bool>,
    /// Nothing on the screen moves by itself.
    pub reduced_motion: Setting<bool>,
    pub mouse: Setting<bool>,
    /// Without a key for so long, a screen that has a passphrase locks.
    pub lock_after: Setting<IdleTime>,
    /// `NO_COLOR` is set.
    pub no_color: Setting<bool>,
    pub log_level: Setting<LevelFilter>,
    pub bind: Setting<IpAddr>,
    pub port: Setting<u16>,
    pub sync_every: Setting<Duration>,
    pub metrics: Setting<bool>,
    /// What Teller signs its webhooks with; none: they are not listened for.
    pub webhook_secrets: Setting<Vec<Secret>>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigFile {
    pub path: Setting<PathBuf>,
    /// Only the default file may be missing.
    pub found: bool,
}

/// Paths of PEM files, not opened before the bank is called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Certificate {
    pub cert: Setting<PathBuf>,
    pub key: Setting<PathBuf>,
}

impl Config {
    /// The replica to read from, where there is a server that it can be a replica of.
    pub fn replica(&self) -> Option<&Database> {
        let replica = &self.read_database.as_ref()?.value;
        matches!(self.database.value, Database::Postgres(_)).then_some(replica)
    }

    /// Where the key to the access tokens may be.
    pub fn vault(&self) -> VaultOptions {
        VaultOptions {
            given: self.vault_keys.value.clone(),
            use_keyring: self.keyring.value,
            file: self.dirs.as_ref().map(|dirs| dirs.config.join("key")),
        }
    }

    /// Told and no error: the same settings may serve a server now and a file the next time.
    pub fn unused_read_url(&self) -> Option<String> {
        let setting = self.read_database.as_ref().filter(|_| self.replica().is_none())?;
        Some(format!(
            "{} is not used: the database is a file, which has no replica",
            setting.origin
        ))
    }
}
