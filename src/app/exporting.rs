//! What goes out, how and where to.

use chrono::NaiveDate;
use crossterm::event::KeyEvent;

use super::field::{Field, Typed};
use crate::domain::{ExportFormat, TransactionQuery};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exporting {
    pub format: ExportFormat,
    pub path: Field,
    /// The rows that the screen shows, where these are not all there are.
    shown: Option<TransactionQuery>,
    /// All the same.
    pub everything: bool,
    /// The user chose a path: it no longer follows the format.
    own_path: bool,
    pub state: State,
}

/// How far it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    Asking,
    /// The file is there already: asked once more, it is replaced.
    InTheWay,
    Writing,
    Failed(String),
}

/// One file to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Export {
    pub query: TransactionQuery,
    pub format: ExportFormat,
    /// As it was typed: `~` is the home directory.
    pub path: String,
    pub replace: bool,
}

/// What became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Exported {
    Written(u64),
    InTheWay,
    Failed(String),
}

impl Exporting {
    pub fn new(shown: Option<TransactionQuery>, today: NaiveDate) -> Self {
        let format = ExportFormat::Csv;
        let all = TransactionQuery::newest(None, 0);
        let shown =
            shown.map(|query| TransactionQuery { anchor: all.anchor.clone(), limit: 0, ..query });
        let shown = shown.filter(|query| *query != all);
        let path = Field::new(&default_path(today, format));
        let everything = shown.is_none();
        Self { format, path, shown, everything, own_path: false, state: State::Asking }
    }

    /// Whether there is a choice between what is shown and everything.
    pub fn can_choose(&self) -> bool {
        self.shown.is_some()
    }

    pub fn key(&mut self, key: KeyEvent) -> Typed {
        let typed = self.path.key(key);
        if typed == Typed::Changed {
            self.own_path = true;
            self.state = State::Asking;
        }
        typed
    }

    pub fn paste(&mut self, text: &str) {
        self.path.paste(text);
        self.own_path = true;
        self.state = State::Asking;
    }

    pub fn turn_format(&mut self, by: isize, today: NaiveDate) {
        let all = ExportFormat::ALL;
        let place = all.iter().position(|format| *format == self.format).unwrap_or_default();
        let last = all.len() - 1;
        self.format = all[place.saturating_add_signed(by).min(last)];
        self.state = State::Asking;
        if !self.own_path {
            self.path = Field::new(&default_path(today, self.format));
        }
    }

    pub fn export(&self) -> Export {
        let shown = self.shown.clone().filter(|_| !self.everything);
        Export {
            query: shown.unwrap_or_else(|| TransactionQuery::newest(None, 0)),
            format: self.format,
            path: self.path.text().trim().to_owned(),
            replace: self.state == State::InTheWay,
        }
    }
}

fn default_path(today: NaiveDate, format: ExportFormat) -> String {
    format!("~/passbook-{today}.{}", format.extension())
}
