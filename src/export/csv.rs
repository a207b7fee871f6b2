//! CSV (RFC 4180) for spreadsheets, which take a text that begins like a formula for one.

use std::borrow::Cow;
use std::io::{self, Write};

use ::csv::{Terminator, Writer, WriterBuilder};

use super::row::Accounts;
use crate::domain::{Frame, OutgoingRow};

const HEADER: &[&str] = &[
    "date",
    "account",
    "institution",
    "description",
    "merchant",
    "amount",
    "currency",
    "status",
    "category",
    "note",
    "tags",
    "left_out",
    "transfer",
    "type",
    "running_balance",
    "counterparty",
    "bank_category",
    "own_category",
    "own_name",
    "life",
    "account_id",
    "id",
    "twin_account_id",
    "twin_id",
];

pub struct Csv<W: Write> {
    out: Writer<W>,
    accounts: Accounts,
}

impl<W: Write> Csv<W> {
    pub fn new(out: W) -> Self {
        let out = WriterBuilder::new().terminator(Terminator::CRLF).from_writer(out);
        Self { out, accounts: Accounts::default() }
    }
}

impl<W: Write> Csv<W> {
    pub fn start(&mut self, frame: &Frame) -> io::Result<()> {
        self.accounts = Accounts::new(frame);
        self.out.write_record(HEADER)?;
        Ok(())
    }

    pub fn row(&mut self, row: &OutgoingRow) -> io::Result<()> {
        let (stored, shown) = (&row.stored, &row.stored.shown);
        let transaction = &stored.transaction;
        let names = self.accounts.of(&transaction.account_id);
        let twin = row.twin.as_ref().map(|twin| &twin.key);
        let optional = |text: Option<&str>| text.map(cell).unwrap_or_default().into_owned();
        let cells: [Cow<'_, str>; HEADER.len()] = [
            transaction.date.to_string().into(),
            optional(names.map(|names| &*names.account)).into(),
            optional(names.map(|names| &*names.institution)).into(),
            cell(&transaction.description),
            cell(&shown.merchant),
            transaction.amount.to_string().into(),
            transaction.amount.currency.code().into(),
            cell(transaction.status.as_str()),
            optional(shown.category.as_deref()).into(),
            optional(row.own.note.as_deref()).into(),
            cell(&row.own.tags.join(" ")).into_owned().into(),
            flag(shown.left_out).into(),
            flag(shown.transfer).into(),
            cell(&transaction.kind),
            transaction.running_balance.map(|money| money.to_string()).unwrap_or_default().into(),
            optional(transaction.counterparty.as_deref()).into(),
            optional(transaction.category.as_deref()).into(),
            optional(row.own.category.as_deref()).into(),
            optional(row.own.name.as_deref()).into(),
            cell(stored.life.as_str()),
            cell(transaction.account_id.as_str()),
            cell(transaction.id.as_str()),
            optional(twin.map(|key| key.account_id.as_str())).into(),
            optional(twin.map(|key| key.id.as_str())).into(),
        ];
        self.out.write_record(cells.iter().map(|cell| cell.as_bytes()))?;
        Ok(())
    }

    pub fn finish(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

fn flag(on: bool) -> &'static str {
    if on { "yes" } else { "" }
}

/// A text that no spreadsheet computes: an apostrophe before what would begin a formula. Blanks
/// before it count, for some programs skip them.
pub fn cell(text: &str) -> Cow<'_, str> {
    let text = one_line(text);
    let begins = text.trim_start().chars().next();
    // The wide forms are turned into the plain ones where a file is opened in East Asia.
    let formula = begins
        .is_some_and(|first| matches!(first, '=' | '+' | '-' | '@' | '＝' | '＋' | '－' | '＠'));
    if formula { format!("'{text}").into() } else { text }
}

/// A cell may hold line ends, but many a program that reads CSV line by line does not expect them.
fn one_line(text: &str) -> Cow<'_, str> {
    if text.contains(char::is_control) {
        text.replace(char::is_control, " ").into()
    } else {
        text.into()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_begins_like_a_formula_is_text_for_every_spreadsheet() {
        for (text, written) in [
            ("Rowan Market", "Rowan Market"),
            ("=1+1", "'=1+1"),
            ("+1", "'+1"),
            ("-86.46", "'-86.46"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("  =1", "'  =1"),
            ("＝1", "'＝1"),
            ("a=1", "a=1"),
            ("\t=1", "' =1"),
            ("one\r\ntwo", "one  two"),
            ("", ""),
            ("'=1", "'=1"),
        ] {
            assert_eq!(cell(text), written);
        }
    }

    proptest! {
        #[test]
        fn no_cell_begins_a_formula_or_breaks_a_line(text in any::<String>()) {
            let cell = cell(&text);
            prop_assert!(!cell.trim_start().starts_with(['=', '+', '-', '@']));
            prop_assert!(!cell.contains(char::is_control));
        }
    }
}
