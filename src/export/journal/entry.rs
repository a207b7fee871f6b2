//! What stands in books, whichever program reads them.

use chrono::NaiveDate;

use crate::domain::{Currency, Money};

/// One movement of money.
pub struct Entry<'a> {
    pub date: NaiveDate,
    pub pending: bool,
    /// Teller's id, where it is a row of the bank's.
    pub id: Option<&'a str>,
    pub payee: &'a str,
    pub narration: &'a str,
    pub notes: Vec<(&'static str, String)>,
    pub tags: &'a [String],
    /// These add up to nothing.
    pub postings: Vec<(&'a str, Money)>,
}

/// A balance that was measured and that the entries before it explain.
pub struct Proof<'a> {
    /// It holds at the end of this day.
    pub date: NaiveDate,
    pub account: &'a str,
    /// What the entries add up to.
    pub balance: Money,
    /// How much of it is pending, which the bank's own figure leaves out.
    pub pending: Money,
}

/// What is named in the entries.
pub struct Declared<'a> {
    pub accounts: Vec<&'a str>,
    pub currencies: Vec<Currency>,
    /// As they stand in the books.
    pub tags: Vec<String>,
}

/// The names of all notes that an entry may have.
pub const NOTES: &[&str] =
    &["description", "note", "tags", "teller-id", "bank-date", "left-out", "twin-id"];

/// How one program wants it written.
pub trait Dialect {
    fn head(&self, declared: &Declared<'_>) -> String;
    fn entry(&self, entry: &Entry<'_>) -> String;
    fn proof(&self, proof: &Proof<'_>) -> String;
}

/// Beancount reads the years 1700 to 2099, and a bank's mistake must not end the file.
pub fn readable(date: NaiveDate) -> NaiveDate {
    let day = |year, month, day| NaiveDate::from_ymd_opt(year, month, day).expect("a day");
    date.clamp(day(1700, 1, 1), day(2099, 12, 31))
}
