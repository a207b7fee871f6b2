//! The config file: TOML, every key known, every complaint with its line.

use std::fmt;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde::de::Visitor;
use toml::Spanned;

use super::source::{ConfigError, Source, Written};

#[derive(Default)]
pub(super) struct File {
    path: PathBuf,
    text: String,
    pub(super) keys: Keys,
}

pub(super) type Key = Option<Spanned<Scalar>>;

/// The options of the same names, and what only the file knows.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Keys {
    pub(super) database_url: Key,
    pub(super) read_url: Key,
    pub(super) read_only: Key,
    pub(super) environment: Key,
    pub(super) cert: Key,
    pub(super) cert_key: Key,
    pub(super) application_id: Key,
    pub(super) connect_products: Key,
    pub(super) signing_key: Key,
    pub(super) teller_url: Key,
    pub(super) teller_ca: Key,
    pub(super) keyring: Key,
    pub(super) offline: Key,
    pub(super) sync_on_start: Key,
    pub(super) theme: Key,
    pub(super) ascii: Key,
    pub(super) plain: Key,
    pub(super) hide_amounts: Key,
    pub(super) reduced_motion: Key,
    pub(super) mouse: Key,
    pub(super) lock_after: Key,
    pub(super) log_level: Key,
    pub(super) bind: Key,
    pub(super) port: Key,
    pub(super) sync_every: Key,
    pub(super) metrics: Key,
}

/// A string, number or switch as text, so that it is checked as an option or a variable is.
pub(super) struct Scalar(String);

impl File {
    /// A file that does not exist is an empty one, unless it `must_exist`.
    pub(super) fn read(path: &Path, must_exist: bool) -> Result<Option<Self>, ConfigError> {
        let text = match fs::read_to_string(path) {
            Ok(text) => text,
            Err(e) if e.kind() == ErrorKind::NotFound && !must_exist => return Ok(None),
            Err(e) => {
                let problem = format!("the config file cannot be read: {e}");
                return Err(ConfigError::new(path.display().to_string(), problem));
            }
        };
        Self::parse(path, text).map(Some)
    }

    pub(super) fn parse(path: &Path, text: String) -> Result<Self, ConfigError> {
        match toml::from_str(&text) {
            Ok(keys) => Ok(Self { path: path.to_owned(), text, keys }),
            // Its Display would print the line itself, which may hold a password.
            Err(error) => {
                let start = error.span().map_or(0, |span| span.start);
                Err(ConfigError::new(place(path, &text, start), error.message()))
            }
        }
    }

    pub(super) fn get(&self, key: impl FnOnce(&Keys) -> &Key) -> Option<Written> {
        let value = key(&self.keys).as_ref()?;
        Some(Written {
            text: value.get_ref().0.clone(),
            source: Source::File,
            origin: place(&self.path, &self.text, value.span().start),
        })
    }
}

fn place(path: &Path, text: &str, offset: usize) -> String {
    let before = text.get(..offset).unwrap_or(text);
    format!("line {} of {}", 1 + before.matches('\n').count(), path.display())
}

impl<'de> Deserialize<'de> for Scalar {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ScalarVisitor)
    }
}

struct ScalarVisitor;

impl Visitor<'_> for ScalarVisitor {
    type Value = Scalar;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string, a whole number, true or false")
    }

    fn visit_str<E: serde::de::Error>(self, value: &str) -> Result<Scalar, E> {
        if value.is_empty() {
            return Err(E::custom("an empty value: leave the line out instead"));
        }
        Ok(Scalar(value.to_owned()))
    }

    fn visit_i64<E: serde::de::Error>(self, value: i64) -> Result<Scalar, E> {
        Ok(Scalar(value.to_string()))
    }

    fn visit_bool<E: serde::de::Error>(self, value: bool) -> Result<Scalar, E> {
        Ok(Scalar(value.to_string()))
    }
}
