//! A `Config` as names, values and what decided, for `passbook where`: secrets masked.

use std::fmt::Display;
use std::path::PathBuf;

use super::source::Setting;
use super::values::show_duration;
use super::{Config, Source};
use crate::domain::counted;
use crate::secret::Secret;
use crate::vault::Key;

/// One line of the listing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    pub name: &'static str,
    /// `None`: not set, and nothing stands in for it.
    pub value: Option<String>,
    pub source: Source,
    /// What exactly decided, such as `PORT in /srv/.env`.
    pub origin: String,
}

impl Config {
    pub fn listing(&self) -> Vec<Entry> {
        let mut entries = self.files();
        let certificate = self.certificate.as_ref();
        let teller_url =
            self.teller_url.clone().map(|url| url.as_str().trim_end_matches('/').to_owned());
        entries.extend([
            entry("database", &self.database.clone().map(|database| database.masked())),
            self.read_url(),
            optional("backup_dir", Some(path(&self.backup_dir))),
            entry("demo", &self.demo),
            entry("read_only", &self.read_only),
            entry("environment", &self.environment),
            optional("cert", certificate.map(|pair| path(&pair.cert))),
            optional("cert_key", certificate.map(|pair| path(&pair.key))),
            optional("application_id", self.application_id.clone()),
            entry(
                "connect_products",
                &self.connect_products.clone().map(|products| products.join(",")),
            ),
            optional(
                "signing_key",
                self.signing_key.clone().map(|key| key.map(|key| key.to_string())),
            ),
            entry("teller_url", &teller_url),
            optional("teller_ca", self.teller_ca.as_ref().map(path)),
            secrets("access_tokens", "token", &self.access_tokens),
            self.vault_key(),
            entry("keyring", &self.keyring),
            entry("offline", &self.offline),
            entry("sync_on_start", &self.sync_on_start),
            entry("theme", &self.theme.clone().map(|theme| theme.as_str().to_owned())),
            entry("ascii", &self.ascii),
            entry("plain", &self.plain),
            entry("hide_amounts", &self.hide_amounts),
            entry("reduced_motion", &self.reduced_motion),
            entry("mouse", &self.mouse),
            entry("lock_after", &self.lock_after),
            entry("no_color", &self.no_color),
            entry("log_level", &self.log_level),
            entry("bind", &self.bind),
            entry("port", &self.port),
            entry("sync_every", &self.sync_every.clone().map(show_duration)),
            entry("metrics", &self.metrics),
            secrets("webhook_secrets", "secret", &self.webhook_secrets),
        ]);
        entries
    }

    /// What the environment gives; `passbook key where` looks further.
    fn vault_key(&self) -> Entry {
        let keys = &self.vault_keys;
        let digests: Vec<String> = keys.value.iter().map(Key::digest).collect();
        Entry {
            name: "key",
            value: (!digests.is_empty()).then(|| digests.join(", ")),
            source: keys.source,
            origin: keys.origin.clone(),
        }
    }

    fn read_url(&self) -> Entry {
        let replica = self.read_database.clone();
        let mut entry =
            optional("read_url", replica.map(|setting| setting.map(|replica| replica.masked())));
        if self.unused_read_url().is_some() {
            entry.origin.push_str(", not used: the database is a file");
        }
        entry
    }

    fn files(&self) -> Vec<Entry> {
        let mut config_file =
            optional("config_file", self.config_file.as_ref().map(|file| path(&file.path)));
        if self.config_file.as_ref().is_some_and(|file| !file.found) {
            config_file.origin.push_str(", does not exist");
        }
        let dot_env = self.dot_env_file.as_ref().map(|file| file.display().to_string());
        let dirs = self.dirs.as_ref();
        let dir = |dir: &PathBuf| Setting::default(dir.display().to_string());
        let keys_file = dirs.map(|dirs| dir(&dirs.config.join("keys.toml")));
        vec![
            config_file,
            optional("keys_file", keys_file),
            optional("dot_env", dot_env.map(Setting::default)),
            optional("data_dir", dirs.map(|dirs| dir(&dirs.data))),
            optional("state_dir", dirs.map(|dirs| dir(&dirs.state))),
        ]
    }
}

fn entry<T: Display>(name: &'static str, setting: &Setting<T>) -> Entry {
    Entry {
        name,
        value: Some(setting.value.to_string()),
        source: setting.source,
        origin: setting.origin.clone(),
    }
}

fn optional(name: &'static str, setting: Option<Setting<String>>) -> Entry {
    match setting {
        Some(setting) => entry(name, &setting),
        None => Entry { name, value: None, source: Source::Default, origin: "default".to_owned() },
    }
}

/// Secrets are counted, never shown.
fn secrets(name: &'static str, one: &str, setting: &Setting<Vec<Secret>>) -> Entry {
    let count = setting.value.len();
    Entry {
        name,
        value: (count > 0).then(|| counted(count, one)),
        source: setting.source,
        origin: setting.origin.clone(),
    }
}

fn path(setting: &Setting<PathBuf>) -> Setting<String> {
    setting.clone().map(|path| path.display().to_string())
}
