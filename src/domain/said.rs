//! What the bank, the user and the user's rules say of one row.

use super::money::Money;

/// What the bank says, as far as it can be shown under another name.
#[derive(Clone, Copy, Debug)]
pub struct BankWords<'a> {
    /// The account that it stands in.
    pub account: &'a str,
    pub description: &'a str,
    pub counterparty: Option<&'a str>,
    pub category: Option<&'a str>,
    pub amount: Money,
}

impl<'a> BankWords<'a> {
    pub fn counterparty(&self) -> Option<&'a str> {
        self.counterparty.filter(|name| !name.trim().is_empty())
    }
}

/// What rules say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Said {
    pub category: Option<String>,
    pub name: Option<String>,
    pub tags: Vec<String>,
}

/// The user's own words about a row. A sync never writes them, but carries them to a row's new id.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Annotation {
    pub note: Option<String>,
    pub category: Option<String>,
    pub name: Option<String>,
    pub tags: Vec<String>,
    /// Tags that rules give, taken off this row.
    pub untagged: Vec<String>,
    /// Counts in no insight; the row stays in every list.
    pub left_out: bool,
}
