//! The words of the commands that list rows, or write them out.

use std::path::PathBuf;

use chrono::NaiveDate;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, value_parser};

use super::Format;
use crate::domain::{ExportFormat, SortKey};

#[derive(Args, Clone, Debug, Default)]
pub struct TransactionsArgs {
    /// Only those that match, with totals: the language of / on the screen
    ///
    /// Such as 'rowan amt:>50 since:2026-09 -cat:dining'. Words and "phrases" are looked for in
    /// descriptions, names, notes and tags; acct: cat: tag: merchant: amt: in: out: since: until: month: is:
    /// has: id: ask for more, and a minus leaves out what follows it.
    #[arg(long, value_name = "QUERY", allow_hyphen_values = true)]
    pub query: Option<String>,
    /// Only this account
    #[arg(long, value_name = "ID")]
    pub account: Option<String>,
    /// First day, YYYY-MM-DD
    #[arg(long, value_name = "DATE", value_parser = day)]
    pub since: Option<NaiveDate>,
    /// Last day, YYYY-MM-DD
    #[arg(long, value_name = "DATE", value_parser = day)]
    pub until: Option<NaiveDate>,
    /// Only settled ones, or only those that are not
    #[arg(long, value_parser = PossibleValuesParser::new(["pending", "posted"]))]
    pub status: Option<String>,
    /// Order; default: date, the newest first
    ///
    /// Amounts from the most money out to the most money in, names and categories from A to Z; of
    /// two currencies the rows of each stand together. Rows alike in it stand newest first.
    #[arg(long, value_name = "KEY", value_parser = sort_keys())]
    pub sort: Option<SortKey>,
    /// The same list from its other end
    #[arg(long)]
    pub reverse: bool,
    /// Rows at most; default: all
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    #[arg(value_parser = value_parser!(u64).range(1..))]
    pub limit: Option<u64>,
    /// Also those the bank withdrew
    #[arg(long)]
    pub gone: bool,
    /// Only those the bank withdrew and that became no other, the ones with your notes first
    #[arg(long, conflicts_with = "gone")]
    pub gone_only: bool,
    #[command(flatten)]
    pub format: Format,
}

#[derive(Args, Clone, Debug)]
pub struct ExportArgs {
    /// csv, jsonl (a JSON object a line), or a journal of hledger, beancount or ledger
    #[arg(long, value_name = "FORMAT", value_parser = export_format())]
    pub format: ExportFormat,
    /// Only this account
    #[arg(long, value_name = "ID")]
    pub account: Option<String>,
    /// First day, YYYY-MM-DD
    #[arg(long, value_name = "DATE", value_parser = day)]
    pub since: Option<NaiveDate>,
    /// Last day, YYYY-MM-DD
    #[arg(long, value_name = "DATE", value_parser = day)]
    pub until: Option<NaiveDate>,
    /// Only those that match, as for `passbook transactions`
    #[arg(long, value_name = "QUERY", allow_hyphen_values = true)]
    pub query: Option<String>,
    /// A new file, readable by you only; default: standard output
    #[arg(long, short, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Replace the file where it exists
    #[arg(long, requires = "output")]
    pub force: bool,
}

fn day(text: &str) -> Result<NaiveDate, &'static str> {
    text.parse().map_err(|_| "wants a day such as 2026-11-22")
}

fn sort_keys() -> impl TypedValueParser<Value = SortKey> {
    PossibleValuesParser::new(SortKey::ALL.map(SortKey::as_str))
        .map(|word| SortKey::parse(&word).expect("one of the words"))
}

fn export_format() -> impl TypedValueParser<Value = ExportFormat> {
    let names = ExportFormat::ALL.map(ExportFormat::name);
    PossibleValuesParser::new(names)
        .map(|name| ExportFormat::named(&name).expect("one of the names"))
}

#[derive(Args, Clone, Debug, Default)]
pub struct BalancesArgs {
    /// Only this account
    #[arg(long, value_name = "ID")]
    pub account: Option<String>,
    /// First day, YYYY-MM-DD
    #[arg(long, value_name = "DATE", value_parser = day)]
    pub since: Option<NaiveDate>,
    #[command(flatten)]
    pub format: Format,
}

#[derive(Args, Clone, Debug, Default)]
pub struct QuarantineArgs {
    /// Read them once more first: a newer passbook may know what an older one did not
    #[arg(long)]
    pub retry: bool,
    /// Print the rows themselves, one a line
    #[arg(long, conflicts_with = "json")]
    pub raw: bool,
    #[command(flatten)]
    pub format: Format,
}
