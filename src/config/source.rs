//! Where a value came from, kept beside it for `where` and for messages.

use std::fmt;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    Flag,
    Environment,
    DotEnv,
    File,
    Default,
}

/// A checked value that remembers what decided it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting<T> {
    pub value: T,
    pub source: Source,
    /// For people: `--port`, `PORT in /srv/.env`, `line 3 of /etc/passbook.toml`.
    pub origin: String,
}

/// A value that cannot be used. The problem repeats nothing that may be secret.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{origin}: {problem}")]
pub struct ConfigError {
    pub origin: String,
    pub problem: String,
}

/// A value as written. Without `Debug`: it may be a token or hold a password.
pub(super) struct Written {
    pub(super) text: String,
    pub(super) source: Source,
    pub(super) origin: String,
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Flag => "flag",
            Self::Environment => "environment",
            Self::DotEnv => ".env",
            Self::File => "file",
            Self::Default => "default",
        })
    }
}

impl<T> Setting<T> {
    pub fn default(value: T) -> Self {
        Self { value, source: Source::Default, origin: "default".to_owned() }
    }

    /// By the user, on the first screen.
    pub(super) fn chosen(value: T) -> Self {
        Self { value, source: Source::Flag, origin: "the first screen".to_owned() }
    }

    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Setting<U> {
        Setting { value: change(self.value), source: self.source, origin: self.origin }
    }
}

impl ConfigError {
    pub(super) fn new(origin: impl Into<String>, problem: impl fmt::Display) -> Self {
        Self { origin: origin.into(), problem: problem.to_string() }
    }
}

impl Written {
    pub(super) fn flag(name: &str, text: &str) -> Self {
        Self { text: text.to_owned(), source: Source::Flag, origin: name.to_owned() }
    }

    pub(super) fn read<T, E: fmt::Display>(
        self,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Result<Setting<T>, ConfigError> {
        match parse(&self.text) {
            Ok(value) => Ok(Setting { value, source: self.source, origin: self.origin }),
            Err(problem) => Err(ConfigError::new(self.origin, problem)),
        }
    }
}
