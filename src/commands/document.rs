//! One JSON object around a list whose rows come one by one.

use std::io::{self, Write};

use serde::Serialize;

use super::Result;

pub(super) struct Document<'a, W: Write> {
    out: &'a mut W,
    empty: bool,
}

impl<'a, W: Write> Document<'a, W> {
    /// Starts `{"name": [`.
    pub(super) fn start(out: &'a mut W, name: &str) -> io::Result<Self> {
        write!(out, "{{\"{name}\": [")?;
        Ok(Self { out, empty: true })
    }

    /// A row a line, so that line-minded tools can read along.
    pub(super) fn row(&mut self, row: &impl Serialize) -> io::Result<()> {
        self.out.write_all(if self.empty { b"\n  " } else { b",\n  " })?;
        self.empty = false;
        serde_json::to_writer(&mut *self.out, row).map_err(io::Error::from)
    }

    /// One more list after the rows, at once.
    pub(super) fn finish_with(self, name: &str, rest: &impl Serialize) -> io::Result<()> {
        let end = if self.empty { "" } else { "\n" };
        write!(self.out, "{end}], \"{name}\": ")?;
        serde_json::to_writer(&mut *self.out, rest).map_err(io::Error::from)?;
        self.out.write_all(b"}\n")?;
        self.out.flush()
    }

    pub(super) fn finish(self) -> io::Result<()> {
        self.out.write_all(if self.empty { b"]}\n" } else { b"\n]}\n" })?;
        self.out.flush()
    }
}

/// A whole document at once.
pub(super) fn write_json(out: &mut impl Write, document: &impl Serialize) -> Result<()> {
    serde_json::to_writer_pretty(&mut *out, document).map_err(io::Error::from)?;
    writeln!(out)?;
    Ok(out.flush()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_of_any_length_is_json() {
        for rows in [vec![], vec!["a\n\"\u{1b}"], vec!["a", "b", "c"]] {
            let mut out = Vec::new();
            let mut document = Document::start(&mut out, "rows").unwrap();
            for row in &rows {
                document.row(row).unwrap();
            }
            document.finish().unwrap();
            let value: serde_json::Value = serde_json::from_slice(&out).unwrap();
            assert_eq!(value, serde_json::json!({ "rows": rows }));
        }
    }
}
