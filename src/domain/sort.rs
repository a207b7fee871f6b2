//! The orders of a list, and what leads in each.

use super::money::Currency;

/// What a list is sorted by. Rows that are alike in it stand newest first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SortKey {
    #[default]
    Date,
    Amount,
    /// The merchant's name, without regard to case.
    Description,
    Category,
    Account,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sort {
    pub key: SortKey,
    /// The same list, read from its other end.
    pub reversed: bool,
}

/// The part of a row's place that comes before its date: low ones stand above.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Lead {
    #[default]
    None,
    /// Currencies are never compared: the rows of each stand together.
    Amount(Currency, i64),
    Name(String),
    /// Those without a category stand below all others.
    Category {
        missing: bool,
        name: String,
    },
    /// The account's place among all, by name.
    Account(u32),
}

impl SortKey {
    pub const ALL: [Self; 5] =
        [Self::Date, Self::Amount, Self::Description, Self::Category, Self::Account];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Date => "date",
            Self::Amount => "amount",
            Self::Description => "description",
            Self::Category => "category",
            Self::Account => "account",
        }
    }

    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|key| key.as_str() == word)
    }
}

impl Sort {
    pub fn by(key: SortKey) -> Self {
        Self { key, reversed: false }
    }

    #[must_use]
    pub fn reverse(self) -> Self {
        Self { reversed: !self.reversed, ..self }
    }

    pub fn is_by_date(self) -> bool {
        self.key == SortKey::Date
    }

    /// `newest first`.
    pub fn words(self) -> &'static str {
        match (self.key, self.reversed) {
            (SortKey::Date, false) => "newest first",
            (SortKey::Date, true) => "oldest first",
            (SortKey::Amount, false) => "most money out first",
            (SortKey::Amount, true) => "most money in first",
            (SortKey::Description, false) => "by name, A to Z",
            (SortKey::Description, true) => "by name, Z to A",
            (SortKey::Category, false) => "by category, A to Z",
            (SortKey::Category, true) => "by category, Z to A",
            (SortKey::Account, false) => "by account, A to Z",
            (SortKey::Account, true) => "by account, Z to A",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_is_known_by_its_word_and_says_its_order() {
        for key in SortKey::ALL {
            assert_eq!(SortKey::parse(key.as_str()), Some(key));
            let sort = Sort::by(key);
            assert_ne!(sort.words(), sort.reverse().words());
            assert_eq!(sort.reverse().reverse(), sort);
        }
        assert_eq!(SortKey::parse("nothing"), None);
    }

    #[test]
    fn what_has_no_category_stands_below_what_has_one() {
        let category = |name: &str| Lead::Category { missing: name.is_empty(), name: name.into() };
        assert!(category("zoo") < category(""));
        assert!(category("dining") < category("zoo"));
    }
}
