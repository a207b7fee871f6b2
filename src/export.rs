//! What is taken out of passbook: rows in the words of other programs, from one instant of the store.
//!
//! ```text
//! Store::send_out ─→ Frame, then pages of rows ─→ a Sheet of the format ─→ a file or stdout
//! ```

mod csv;
mod file;
mod journal;
mod json_lines;
mod row;

use std::io::{self, Write};
use std::path::PathBuf;

use color_eyre::Report;
use tokio::sync::mpsc;

pub use csv::cell as text_cell;
pub use file::{to_file, write_file};
pub use row::BankRow;

use crate::domain::{ExportFormat, Frame, OutgoingRow, Scope, TransactionQuery, Zone};
use crate::exit::Exit;
use crate::store::{Outgoing, Store};

/// Which rows, and how they are written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// Anchor and limit mean nothing here.
    pub query: TransactionQuery,
    pub format: ExportFormat,
    /// In which measured balances have their day.
    pub zone: Zone,
}

impl Request {
    /// Whether rows in between may be missing, so that nothing can be said of balances.
    fn is_partial(&self) -> bool {
        let query = &self.query;
        query.status.is_some() || query.scope != Scope::Live || !query.filter.is_empty()
    }
}

#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    #[error("writing the output: {0}")]
    Output(#[from] io::Error),
    #[error("{} exists already: name another file, or replace it with --force", .path.display())]
    Exists { path: PathBuf },
    #[error("{} cannot be written ({reason}); nothing was changed", .path.display())]
    NotWritten { path: PathBuf, reason: String },
    #[error("{} cannot be written: {reason}; nothing was changed", .path.display())]
    NoPlace { path: PathBuf, reason: &'static str },
    #[error(transparent)]
    Store(#[from] Report),
}

impl ExportError {
    pub fn exit(&self) -> Exit {
        match self {
            Self::Exists { .. } | Self::NoPlace { .. } => Exit::Usage,
            Self::Output(_) | Self::NotWritten { .. } | Self::Store(_) => Exit::Internal,
        }
    }
}

/// One format, written row by row.
enum Sheet<W: Write> {
    Csv(csv::Csv<W>),
    JsonLines(json_lines::JsonLines<W>),
    Journal(journal::Journal<W>),
}

impl<W: Write> Sheet<W> {
    fn new(request: &Request, out: W) -> Self {
        match request.format {
            ExportFormat::Csv => Self::Csv(csv::Csv::new(out)),
            ExportFormat::JsonLines => Self::JsonLines(json_lines::JsonLines::new(out)),
            ExportFormat::Hledger | ExportFormat::Beancount | ExportFormat::Ledger => {
                Self::Journal(journal::Journal::new(request, out))
            }
        }
    }

    fn start(&mut self, frame: &Frame) -> io::Result<()> {
        match self {
            Self::Csv(sheet) => sheet.start(frame),
            Self::JsonLines(sheet) => {
                sheet.start(frame);
                Ok(())
            }
            Self::Journal(sheet) => sheet.start(frame),
        }
    }

    fn row(&mut self, row: &OutgoingRow) -> io::Result<()> {
        match self {
            Self::Csv(sheet) => sheet.row(row),
            Self::JsonLines(sheet) => sheet.row(row),
            Self::Journal(sheet) => sheet.row(row),
        }
    }

    fn finish(&mut self) -> io::Result<()> {
        match self {
            Self::Csv(sheet) => sheet.finish(),
            Self::JsonLines(sheet) => sheet.finish(),
            Self::Journal(sheet) => sheet.finish(),
        }
    }
}

/// Told how many rows have passed.
pub type Passed<'a> = dyn Fn(u64) + Send + Sync + 'a;

/// Pages read ahead of the writing.
const PAGES_AHEAD: usize = 2;

/// Writes all rows, oldest first, and says how many these were.
pub async fn write<W: Write>(
    store: &Store,
    request: &Request,
    out: W,
    passed: &Passed<'_>,
) -> Result<u64, ExportError> {
    let (sender, mut parts) = mpsc::channel(PAGES_AHEAD);
    let sent = store.send_out(&request.query, request.format.is_journal(), sender);
    let written = async {
        let mut sheet = Sheet::new(request, out);
        let mut rows = 0;
        while let Some(part) = parts.recv().await {
            match part {
                Outgoing::Frame(frame) => sheet.start(&frame)?,
                Outgoing::Rows(page) => {
                    for row in &page {
                        sheet.row(row)?;
                    }
                    rows += page.len() as u64;
                    passed(rows);
                }
            }
        }
        // Half of a list, where the store failed, is not ended as a whole one.
        Ok::<_, io::Error>((sheet, rows))
    };
    let (sent, written) = tokio::join!(sent, written);
    let (mut sheet, rows) = written?;
    sent?;
    sheet.finish()?;
    Ok(rows)
}
