//! Columns for people, written as the rows come: memory stays bounded however many there are.

use std::io::{self, Write};
use std::time::Duration;

use unicode_width::UnicodeWidthStr as _;

use crate::domain::{Money, SafeText};

/// Rows looked at before the widths are settled; a wider cell further down pushes its line out.
const MEASURED: usize = 1000;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Align {
    Left,
    Right,
}

/// Text that is safe for a terminal.
pub(super) struct Cell(String);

pub(super) struct Table<'a, W: Write> {
    out: &'a mut W,
    columns: Vec<(&'static str, Align)>,
    widths: Vec<usize>,
    waiting: Vec<Vec<Cell>>,
    settled: bool,
}

impl Cell {
    /// From the bank, or from the user.
    pub(super) fn outside(text: &str) -> Self {
        Self::ours(SafeText::new(text).to_string())
    }

    /// A part of what the line above says.
    pub(super) fn outside_indented(indent: &str, text: &str) -> Self {
        Self::ours(format!("{indent}{}", SafeText::new(text)))
    }

    pub(super) fn ours(text: impl Into<String>) -> Self {
        let text = text.into();
        Self(if text.is_empty() { "-".to_owned() } else { text })
    }

    pub(super) fn unknown() -> Self {
        Self::ours("")
    }

    pub(super) fn outside_or_unknown(text: Option<&str>) -> Self {
        text.map_or_else(Self::unknown, Self::outside)
    }

    pub(super) fn took(took: Option<Duration>) -> Self {
        took.map_or_else(Self::unknown, |took| Self::ours(show_time(took)))
    }

    pub(super) fn money(money: Option<Money>) -> Self {
        money.map_or_else(Self::unknown, |money| Self::ours(money.grouped()))
    }
}

impl<'a, W: Write> Table<'a, W> {
    pub(super) fn new(out: &'a mut W, columns: &[(&'static str, Align)]) -> Self {
        let columns = columns.to_vec();
        let widths = columns.iter().map(|(title, _)| title.width()).collect();
        Self { out, columns, widths, waiting: Vec::new(), settled: false }
    }

    pub(super) fn row(&mut self, cells: Vec<Cell>) -> io::Result<()> {
        if self.settled {
            return write_line(self.out, &self.columns, &self.widths, &cells);
        }
        for (width, cell) in self.widths.iter_mut().zip(&cells) {
            *width = (*width).max(cell.0.width());
        }
        self.waiting.push(cells);
        if self.waiting.len() == MEASURED { self.settle() } else { Ok(()) }
    }

    /// Without a single row it says `nothing` instead of a head.
    pub(super) fn finish(self, nothing: &str) -> io::Result<()> {
        self.finish_and_return(nothing).map(|_| ())
    }

    /// The same, for what comes below it.
    pub(super) fn finish_and_return(mut self, nothing: &str) -> io::Result<&'a mut W> {
        if !self.settled && self.waiting.is_empty() {
            writeln!(self.out, "{nothing}")?;
        } else {
            self.settle()?;
        }
        self.out.flush()?;
        Ok(self.out)
    }

    fn settle(&mut self) -> io::Result<()> {
        if !self.settled {
            let titles: Vec<Cell> =
                self.columns.iter().map(|(title, _)| Cell::ours(*title)).collect();
            write_line(self.out, &self.columns, &self.widths, &titles)?;
            self.settled = true;
        }
        for cells in self.waiting.drain(..) {
            write_line(self.out, &self.columns, &self.widths, &cells)?;
        }
        Ok(())
    }
}

fn write_line(
    out: &mut impl Write,
    columns: &[(&str, Align)],
    widths: &[usize],
    cells: &[Cell],
) -> io::Result<()> {
    let mut line = String::new();
    for ((Cell(text), &width), (_, align)) in cells.iter().zip(widths).zip(columns) {
        let padding = " ".repeat(width.saturating_sub(text.width()));
        let (before, after) = match align {
            Align::Left => ("", padding.as_str()),
            Align::Right => (padding.as_str(), ""),
        };
        if !line.is_empty() {
            line += "  ";
        }
        line.extend([before, text, after]);
    }
    writeln!(out, "{}", line.trim_end())
}

/// `0.4 ms`, `12 ms`, `3.2 s`.
pub(super) fn show_time(took: Duration) -> String {
    let milliseconds = took.as_secs_f64() * 1000.0;
    match milliseconds {
        few if few < 10.0 => format!("{few:.1} ms"),
        some if some < 1000.0 => format!("{some:.0} ms"),
        many => format!("{:.1} s", many / 1000.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const COLUMNS: &[(&str, Align)] = &[("NAME", Align::Left), ("SUM", Align::Right)];

    fn table(rows: &[[&str; 2]]) -> String {
        let mut out = Vec::new();
        let mut table = Table::new(&mut out, COLUMNS);
        for cells in rows {
            table.row(cells.iter().map(|text| Cell::outside(text)).collect()).unwrap();
        }
        table.finish("nothing here").unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn columns_line_up_by_what_a_terminal_shows() {
        assert_eq!(
            table(&[["Café", "1.00"], ["東京", "-20.00"], ["", "3"]]),
            "NAME     SUM\nCafé    1.00\n東京  -20.00\n-          3\n"
        );
        assert_eq!(table(&[]), "nothing here\n");
    }

    #[test]
    fn text_from_the_bank_cannot_steer_the_terminal() {
        let shown = table(&[["\u{1b}[31mred\u{7}\r\nnext\u{202e}", "1"]]);
        assert_eq!(shown.lines().count(), 2, "{shown:?}");
        assert!(!shown.contains(['\u{1b}', '\u{7}', '\r']), "{shown:?}");
    }

    #[test]
    fn rows_beyond_those_measured_are_written_at_once() {
        let mut out = Vec::new();
        let mut table = Table::new(&mut out, COLUMNS);
        for index in 0..=MEASURED + 1 {
            table.row(vec![Cell::ours(format!("row {index}")), Cell::ours("1")]).unwrap();
            assert!(table.waiting.len() < MEASURED);
        }
        table.finish("").unwrap();
        assert_eq!(String::from_utf8(out).unwrap().lines().count(), MEASURED + 3);
    }
}
