//! The error that ends the process, with its exit code.

use std::fmt::Display;

use passbook::config::ConfigError;
use passbook::exit::Exit;
use passbook::store::OpenError;
use passbook::{commands, serve, tui};

/// Told once, on stderr.
pub struct Failure {
    pub exit: Exit,
    pub message: String,
}

impl Failure {
    pub fn new(exit: Exit, message: impl Display) -> Self {
        Self { exit, message: message.to_string() }
    }
}

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Self {
        Self::new(Exit::Usage, error)
    }
}

impl From<OpenError> for Failure {
    fn from(error: OpenError) -> Self {
        Self::new(error.exit(), error)
    }
}

impl From<commands::Error> for Failure {
    fn from(error: commands::Error) -> Self {
        Self::new(error.exit(), error)
    }
}

impl From<serve::Error> for Failure {
    fn from(error: serve::Error) -> Self {
        Self::new(error.exit(), error)
    }
}

impl From<tui::Error> for Failure {
    fn from(error: tui::Error) -> Self {
        Self::new(error.exit(), error)
    }
}
