//! `passbook where`: files, database and settings, each with what decided.

use std::io::Write;

use serde::Serialize;

use super::Result;
use super::document::Document;
use super::table::{Align, Cell, Table};
use crate::config::Entry;

const COLUMNS: &[(&str, Align)] =
    &[("NAME", Align::Left), ("VALUE", Align::Left), ("DECIDED BY", Align::Left)];

#[derive(Serialize)]
struct Row<'a> {
    name: &'a str,
    value: Option<&'a str>,
    source: String,
    /// The option, the variable, or the line of the file.
    origin: &'a str,
}

pub fn whereabouts(entries: &[Entry], json: bool, out: &mut impl Write) -> Result<()> {
    if json {
        let mut document = Document::start(out, "where")?;
        for entry in entries {
            document.row(&Row {
                name: entry.name,
                value: entry.value.as_deref(),
                source: entry.source.to_string(),
                origin: &entry.origin,
            })?;
        }
        document.finish()?;
    } else {
        let mut table = Table::new(out, COLUMNS);
        for entry in entries {
            table.row(vec![
                Cell::ours(entry.name),
                Cell::outside_or_unknown(entry.value.as_deref()),
                Cell::outside(&entry.origin),
            ])?;
        }
        table.finish("")?;
    }
    Ok(())
}
