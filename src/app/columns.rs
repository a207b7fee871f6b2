//! Which columns a list of transactions has, chosen on an overlay and kept across runs. Date,
//! description and amount never leave.

use std::fmt;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Column {
    Account,
    Category,
    Tags,
    Balance,
    /// The sign of a pending row, a transfer, one that recurs.
    Sign,
}

impl Column {
    pub const ALL: [Self; 5] =
        [Self::Account, Self::Category, Self::Tags, Self::Balance, Self::Sign];

    pub fn word(self) -> &'static str {
        match self {
            Self::Account => "account",
            Self::Category => "category",
            Self::Tags => "tags",
            Self::Balance => "balance",
            Self::Sign => "sign",
        }
    }

    pub fn help(self) -> &'static str {
        match self {
            Self::Account => "where a list holds several",
            Self::Category => "yours, else the bank's",
            Self::Tags => "yours, and those of rules",
            Self::Balance => "of one account, ≈ computed",
            Self::Sign => "~ pending ⇄ transfer ↻ recurring",
        }
    }
}

/// A screen that is too narrow for all of them leaves some out all the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Columns {
    shown: [bool; Column::ALL.len()],
}

impl Default for Columns {
    fn default() -> Self {
        Self { shown: Column::ALL.map(|column| column != Column::Tags) }
    }
}

impl Columns {
    pub fn has(self, column: Column) -> bool {
        self.shown[column as usize]
    }

    pub fn toggle(&mut self, column: Column) {
        self.shown[column as usize] ^= true;
    }

    /// As they are kept: words of a later version are passed over.
    pub fn parse(text: &str) -> Self {
        let words: Vec<&str> = text.split(',').map(str::trim).collect();
        Self { shown: Column::ALL.map(|column| words.contains(&column.word())) }
    }
}

impl fmt::Display for Columns {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = Column::ALL.into_iter().filter(|column| self.has(*column));
        f.write_str(&shown.map(Column::word).collect::<Vec<_>>().join(","))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_is_read_back() {
        let mut columns = Columns::default();
        for column in Column::ALL {
            assert_eq!(Columns::parse(&columns.to_string()), columns);
            let before = columns.has(column);
            columns.toggle(column);
            assert_ne!(columns.has(column), before);
        }
        assert_eq!(Columns::parse(&columns.to_string()), columns);
        assert_eq!(Columns::parse("tags, of-later").to_string(), "tags");
    }
}
