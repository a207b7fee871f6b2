//! `--query`: the same language as on the screen, and what all that it finds comes to.

use std::fmt;
use std::io::Write;
use std::sync::Arc;

use chrono::NaiveDate;
use serde::Serialize;

use super::Result;
use super::table::{Align, Cell, Table};
use crate::domain::query::{Filter, Mistake, parse};
use crate::domain::{Currency, SafeText, Sum, Summary};
use crate::store::Store;

const COLUMNS: &[(&str, Align)] = &[
    ("TOTAL", Align::Right),
    ("CUR", Align::Left),
    ("IN", Align::Right),
    ("OUT", Align::Right),
    ("NET", Align::Right),
    ("AVERAGE", Align::Right),
];

/// What could not be understood, with a sign below each word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Misunderstood {
    text: String,
    mistakes: Vec<Mistake>,
}

#[derive(Serialize)]
pub(super) struct Total {
    currency: Currency,
    count: i64,
    r#in: String,
    out: String,
    net: String,
    average: String,
}

/// What the words mean, with names as they stand in this store.
pub(super) async fn filter(store: &Store, text: &str, today: NaiveDate) -> Result<Arc<Filter>> {
    let mut parsed = parse(text, today);
    let filter = parsed.resolve(&store.load_names().await?);
    if parsed.mistakes.is_empty() {
        return Ok(Arc::new(filter));
    }
    let mistakes = parsed.mistakes;
    Err(super::Error::Misunderstood(Misunderstood { text: text.to_owned(), mistakes }))
}

/// One for each currency.
pub(super) fn totals(summary: &Summary) -> Vec<Total> {
    let total = |sum: &Sum| Total {
        currency: sum.currency,
        count: sum.rows,
        r#in: sum.received().to_string(),
        out: (-sum.spent()).to_string(),
        net: sum.net().to_string(),
        average: sum.average().to_string(),
    };
    summary.total.iter().map(total).collect()
}

/// The same as lines below the rows.
pub(super) fn write_totals(out: &mut impl Write, summary: &Summary) -> Result<()> {
    if summary.total.is_empty() {
        return Ok(());
    }
    writeln!(out)?;
    let mut table = Table::new(out, COLUMNS);
    for sum in &summary.total {
        table.row(vec![
            Cell::ours(sum.rows.to_string()),
            Cell::ours(sum.currency.code()),
            Cell::money(Some(sum.received())),
            Cell::money(Some(-sum.spent())),
            Cell::money(Some(sum.net())),
            Cell::money(Some(sum.average())),
        ])?;
    }
    Ok(table.finish("")?)
}

impl fmt::Display for Misunderstood {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the query cannot be understood")?;
        for Mistake { span, sentence } in &self.mistakes {
            let before = shown(&self.text[..span.start]);
            let word = shown(&self.text[span.clone()]);
            let after = shown(&self.text[span.end..]);
            let columns = |text: &str| unicode_width::UnicodeWidthStr::width(text);
            let blank = " ".repeat(columns(&before));
            let marks = "^".repeat(columns(&word).max(1));
            write!(f, "\n  {before}{word}{after}\n  {blank}{marks} {}", SafeText::new(sentence))?;
        }
        Ok(())
    }
}

/// Made safe for a terminal, every blank kept, so that the signs stand below their word.
fn shown(text: &str) -> String {
    let safe = |letter: char| if letter.is_control() { '\u{2426}' } else { letter };
    text.chars().map(safe).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sign_stands_below_the_word() {
        let text = "日本 amt:fifty x";
        let parsed = parse(text, "2026-11-22".parse().unwrap());
        let error = Misunderstood { text: text.to_owned(), mistakes: parsed.mistakes };
        assert_eq!(
            error.to_string(),
            "the query cannot be understood\n  日本 amt:fifty x\n       ^^^^^^^^^ amt: wants an amount: \
             amt:>50, amt:50..60, amt:86.46, amt:<-20"
        );
    }
}
