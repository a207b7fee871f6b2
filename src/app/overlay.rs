//! What lies on top of a screen: the help with its search line, the list of problems, or one of the
//! rows that something may be done about.

use super::builder::Builder;
use super::categories::Tree;
use super::connecting::Connecting;
use super::editing::Editing;
use super::exporting::Exporting;
use super::form::Form;
use super::help::Help;
use super::json;
use super::lock::Changing;
use super::settings;
use crate::domain::{Checked, Edit, Extent, QuarantinedRow, Rule, StoredTransaction};

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Overlay {
    /// The palette, too.
    Help(Help),
    Problems {
        selected: usize,
    },
    /// First check shown.
    Checks {
        top: usize,
    },
    Matching(Box<Matching>),
    /// Something is about to be said of some rows.
    Editing(Box<Editing>),
    /// An edit of several rows, before it is made.
    Confirm(Box<Edit>),
    /// `None` until the store has answered.
    Rules {
        rules: Option<Vec<Rule>>,
        selected: usize,
    },
    Categories(Box<Tree>),
    Aside(Aside),
    Settings(settings::Form),
    Passphrase(Box<Changing>),
    /// What is derived, and the reasons for it, a sentence each.
    Why((String, Vec<String>)),
    /// A filter in the making.
    Builder(Builder),
    /// Lines to fill in.
    Form(Form),
    Export(Box<Exporting>),
    /// Which of them lists have.
    Columns {
        selected: usize,
    },
    /// A bank that is being linked.
    Connecting(Box<Connecting>),
}

/// What passbook stands on, as it was looked at last.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Checks {
    /// How much is being looked at.
    pub running: Option<Extent>,
    /// Asked for meanwhile: looked at as soon as that has ended.
    pub next: Option<Extent>,
    /// `None` until there is an answer.
    pub found: Option<Checked>,
}

/// Which row a withdrawn one became, about to be said by hand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Matching {
    pub gone: StoredTransaction,
    /// The likeliest first; `None` until the store has answered.
    pub candidates: Option<Vec<StoredTransaction>>,
    /// Always below the number of candidates; 0 when there are none.
    pub selected: usize,
}

impl Matching {
    pub fn of(gone: StoredTransaction) -> Self {
        Self { gone, candidates: None, selected: 0 }
    }

    pub fn chosen(&self) -> Option<&StoredTransaction> {
        self.candidates.as_ref()?.get(self.selected)
    }

    pub fn move_by(&mut self, lines: isize) {
        let last = self.candidates.as_ref().map_or(0, |rows| rows.len().saturating_sub(1));
        self.selected = self.selected.saturating_add_signed(lines).min(last);
    }
}

/// The rows of the bank's that could not be read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Aside {
    /// The last listed first; `None` until the store has answered.
    pub rows: Option<Vec<QuarantinedRow>>,
    /// Always below the number of rows; 0 when there are none.
    pub selected: usize,
    /// First line shown of the raw row, when that is open.
    pub raw: Option<usize>,
    /// They are being read once more.
    pub retrying: bool,
    raw_lines: Vec<String>,
}

impl Aside {
    pub fn chosen(&self) -> Option<&QuarantinedRow> {
        self.rows.as_ref()?.get(self.selected)
    }

    /// The same row stays selected, if it is still there.
    pub fn show(&mut self, rows: Vec<QuarantinedRow>) {
        let same = |row: &QuarantinedRow| {
            let chosen = self.chosen();
            chosen
                .is_some_and(|was| (&was.account_id, &was.digest) == (&row.account_id, &row.digest))
        };
        let place = rows.iter().position(same);
        if place.is_none() {
            self.raw = None;
        }
        self.selected = place.unwrap_or(self.selected).min(rows.len().saturating_sub(1));
        self.rows = Some(rows);
    }

    pub fn open_raw(&mut self) {
        if let Some(row) = self.chosen() {
            let lines = json::indented(&row.raw);
            self.raw_lines = lines.iter().flat_map(|line| pieces(line)).collect();
            self.raw = Some(0);
        }
    }

    pub fn raw_lines(&self) -> &[String] {
        &self.raw_lines
    }

    /// Through the rows, or through the raw one, of which so many lines show.
    pub fn move_by(&mut self, lines: isize, height: usize) {
        if let Some(top) = &mut self.raw {
            let last = self.raw_lines.len().saturating_sub(height);
            *top = top.saturating_add_signed(lines).min(last);
            return;
        }
        let last = self.rows.as_ref().map_or(0, |rows| rows.len().saturating_sub(1));
        self.selected = self.selected.saturating_add_signed(lines).min(last);
    }
}

/// What is odd may stand anywhere in a line: a long one goes on in the next.
fn pieces(line: &str) -> Vec<String> {
    const LONGEST: usize = 60;
    let text = line.trim_start();
    let indent = &line[..line.len() - text.len()];
    let letters: Vec<char> = text.chars().collect();
    letters
        .chunks(LONGEST)
        .map(|piece| indent.chars().chain(piece.iter().copied()).collect())
        .collect()
}
