//! Beancount's books: dated directives in any order, every name declared, strings in quotes.

use std::fmt::Write as _;

use chrono::{Days, NaiveDate};

use super::entry::{Declared, Dialect, Entry, Proof, readable};
use super::text::{quoted, tag};

/// Before any bank's first row.
const BEGINNING: &str = "1700-01-01";
/// It reads no later year.
const LAST: NaiveDate = NaiveDate::from_ymd_opt(2099, 12, 31).expect("a day");

pub struct Beancount;

impl Dialect for Beancount {
    fn head(&self, declared: &Declared<'_>) -> String {
        let mut text = "option \"title\" \"passbook\"\n".to_owned();
        for currency in &declared.currencies {
            let _ = writeln!(text, "option \"operating_currency\" \"{currency}\"");
        }
        text.push('\n');
        for currency in &declared.currencies {
            let _ = writeln!(text, "{BEGINNING} commodity {currency}");
        }
        for account in &declared.accounts {
            let _ = writeln!(text, "{BEGINNING} open {account}");
        }
        text.push('\n');
        text
    }

    fn entry(&self, entry: &Entry<'_>) -> String {
        let flag = if entry.pending { '!' } else { '*' };
        let mut text = format!("{} {flag} ", readable(entry.date));
        let _ = write!(text, "{} {}", quoted(entry.payee), quoted(entry.narration));
        for tag in entry.tags.iter().filter_map(|name| tag(name)) {
            let _ = write!(text, " #{tag}");
        }
        text.push('\n');
        if let Some(id) = entry.id {
            let _ = writeln!(text, "  id: {}", quoted(id));
        }
        for (name, value) in &entry.notes {
            let _ = writeln!(text, "  {name}: {}", quoted(value));
        }
        if !entry.tags.is_empty() {
            let _ = writeln!(text, "  tags: {}", quoted(&entry.tags.join(" ")));
        }
        for (account, amount) in &entry.postings {
            let _ = writeln!(text, "  {account}  {amount} {}", amount.currency);
        }
        text.push('\n');
        text
    }

    /// Such a line holds at the start of its day: here of the day after.
    fn proof(&self, proof: &Proof<'_>) -> String {
        let day = readable(proof.date) + Days::new(1);
        if day > LAST {
            return String::new();
        }
        let (balance, currency) = (proof.balance, proof.balance.currency);
        let mut text = String::new();
        if proof.pending.minor != 0 {
            let _ = writeln!(text, "; {} {currency} of it are pending", proof.pending);
        }
        // To the cent: left to itself it lets one pass.
        let _ = writeln!(text, "{day} balance {}  {balance} ~ 0 {currency}\n", proof.account);
        text
    }
}
