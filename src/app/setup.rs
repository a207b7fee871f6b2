//! What the screen is told once, when it starts.

use std::path::PathBuf;

use chrono::{DateTime, Utc};

use super::feel::Feel;
use super::keymap::Keymap;
use super::theme::Theme;
use crate::domain::Zone;

#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own")]
pub struct Setup {
    pub now: DateTime<Utc>,
    pub zone: Zone,
    /// `SQLite · this computer`; empty while nothing is open.
    pub store_label: String,
    /// The store is open already, so its first screen can be asked for at once.
    pub opened: bool,
    pub demo: bool,
    pub offline: bool,
    pub read_only: bool,
    /// Whether any enrollment or token is known, so that `r` has somebody to ask.
    pub can_sync: bool,
    pub sync_on_start: bool,
    pub ascii: bool,
    pub theme: Theme,
    pub feel: Feel,
    /// False under `NO_COLOR`.
    pub colour: bool,
    /// Columns and rows.
    pub size: (u16, u16),
    /// Asks how to begin instead of opening anything.
    pub first_run: Option<FirstRun>,
    pub keymap: Keymap,
    /// What was wrong with the user's keys and themes, a line each.
    pub keymap_problems: Vec<String>,
}

/// What is known before anything is opened. Paths are as people read them: `~/…`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FirstRun {
    /// The database that the configuration names; a password in it is masked.
    pub database: String,
    /// Whether that database is on a Postgres server.
    pub postgres: bool,
    pub config: String,
    pub log: Option<String>,
    /// Whether an access token was found in the environment.
    pub token: bool,
    /// The host a sync would talk to.
    pub bank_host: String,
    /// What the Python app may have left.
    pub found: Vec<Found>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    pub place: FoundPlace,
    /// As people read it; a password is masked.
    pub shown: String,
}

/// Where the Python app's tables stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FoundPlace {
    /// In a file that nothing names.
    File(PathBuf),
    /// In the very database that the settings name for passbook.
    Own,
}

/// How to begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choice<'a> {
    Demo,
    Found(&'a Found),
    Connect,
    Postgres,
}

impl FirstRun {
    /// In the order in which they are numbered.
    pub fn choices(&self) -> Vec<Choice<'_>> {
        let mut choices = vec![Choice::Demo];
        choices.extend(self.found.iter().map(Choice::Found));
        choices.extend([Choice::Connect, Choice::Postgres]);
        choices
    }
}
