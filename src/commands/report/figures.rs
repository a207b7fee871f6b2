//! Rows of figures, written in whichever way is asked for: all from the same values.

use std::io::{self, Write};

use chrono::NaiveDate;
use serde_json::{Map, Value};

use super::super::Result;
use super::super::document::{Document, write_json};
use super::super::table::{Align, Cell, Table};
use crate::domain::{Currency, Money};
use crate::export::text_cell;

/// What one report has found.
pub struct Figures {
    pub name: &'static str,
    pub columns: &'static [Column],
    pub rows: Vec<Vec<Figure>>,
    /// Of these rows a table for people holds some; `None`: all.
    pub brief: Option<Vec<usize>>,
    /// Told below the table.
    pub notes: Vec<String>,
    /// Instead of a table without rows.
    pub nothing: &'static str,
    pub svg: String,
}

pub struct Column {
    /// As JSON and CSV name it.
    pub name: &'static str,
    /// As it stands above the table.
    pub title: &'static str,
    pub align: Align,
}

pub enum Figure {
    Text(String),
    Unknown,
    Day(NaiveDate),
    /// By its first day.
    Month(NaiveDate),
    Currency(Currency),
    Money(Money),
    Percent(u8),
}

impl Figure {
    pub fn money(money: Option<Money>) -> Self {
        money.map_or(Self::Unknown, Self::Money)
    }

    fn plain(&self) -> Option<String> {
        Some(match self {
            Self::Unknown => return None,
            Self::Text(text) => text.clone(),
            Self::Day(day) => day.to_string(),
            Self::Month(day) => day.format("%Y-%m").to_string(),
            Self::Currency(currency) => currency.code().to_owned(),
            Self::Money(money) => money.to_string(),
            Self::Percent(percent) => percent.to_string(),
        })
    }

    fn json(&self) -> Value {
        match self {
            Self::Percent(percent) => Value::from(*percent),
            other => other.plain().map_or(Value::Null, Value::from),
        }
    }

    fn csv(&self) -> String {
        match self {
            Self::Text(text) => text_cell(text).into_owned(),
            other => other.plain().unwrap_or_default(),
        }
    }

    fn cell(&self) -> Cell {
        match self {
            Self::Text(text) => Cell::outside(text),
            Self::Money(money) => Cell::money(Some(*money)),
            Self::Percent(percent) => Cell::ours(format!("{percent} %")),
            other => Cell::ours(other.plain().unwrap_or_default()),
        }
    }
}

impl Figures {
    pub fn json(&self, out: &mut impl Write) -> Result<()> {
        if self.rows.is_empty() {
            return write_json(out, &serde_json::json!({ self.name: [] }));
        }
        let mut document = Document::start(out, self.name)?;
        for row in &self.rows {
            let names = self.columns.iter().map(|column| column.name.to_owned());
            document.row(&names.zip(row.iter().map(Figure::json)).collect::<Map<_, _>>())?;
        }
        Ok(document.finish()?)
    }

    pub fn csv(&self, out: &mut impl Write) -> Result<()> {
        let mut sheet =
            csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(&mut *out);
        sheet
            .write_record(self.columns.iter().map(|column| column.name))
            .map_err(io::Error::from)?;
        for row in &self.rows {
            sheet.write_record(row.iter().map(Figure::csv)).map_err(io::Error::from)?;
        }
        Ok(sheet.flush()?)
    }

    pub fn table(&self, out: &mut impl Write) -> Result<()> {
        let columns: Vec<(&'static str, Align)> =
            self.columns.iter().map(|column| (column.title, column.align)).collect();
        let mut table = Table::new(out, &columns);
        for (place, row) in self.rows.iter().enumerate() {
            if self.brief.as_ref().is_none_or(|brief| brief.contains(&place)) {
                table.row(row.iter().map(Figure::cell).collect())?;
            }
        }
        table.finish(self.nothing)?;
        for note in &self.notes {
            writeln!(out, "\n{note}")?;
        }
        Ok(())
    }
}

pub const fn column(name: &'static str, title: &'static str) -> Column {
    Column { name, title, align: Align::Left }
}

pub const fn amount(name: &'static str, title: &'static str) -> Column {
    Column { name, title, align: Align::Right }
}
