//! JSON Lines: an object a row, exact, with everything that passbook knows of it.

use std::io::{self, Write};

use super::row::{Accounts, Whole};
use crate::domain::{Frame, OutgoingRow};

pub struct JsonLines<W> {
    out: W,
    accounts: Accounts,
}

impl<W> JsonLines<W> {
    pub fn new(out: W) -> Self {
        Self { out, accounts: Accounts::default() }
    }
}

impl<W: Write> JsonLines<W> {
    pub fn start(&mut self, frame: &Frame) {
        self.accounts = Accounts::new(frame);
    }

    pub fn row(&mut self, row: &OutgoingRow) -> io::Result<()> {
        serde_json::to_writer(&mut self.out, &Whole::new(row, &self.accounts))?;
        self.out.write_all(b"\n")
    }

    pub fn finish(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}
