//! What accounts are called in books: names that Beancount's rules allow, which hledger and ledger
//! take as well.

use std::collections::{HashMap, HashSet};

use unicode_normalization::UnicodeNormalization as _;
use unicode_properties::{GeneralCategory, UnicodeGeneralCategory as _};

use crate::domain::{AccountId, AccountKind, Frame};

/// Where what stood before the first row comes from.
pub const OPENING: &str = "Equity:Opening-Balances";
/// Where the values that were given by hand come from.
pub const VALUATIONS: &str = "Equity:Valuations";
/// Money on its way between own accounts.
pub const TRANSFERS: &str = "Assets:Transfers";
/// Characters of one part of a name.
const LONGEST: usize = 60;

#[derive(Default)]
pub struct Names {
    own: HashMap<AccountId, String>,
    categories: HashMap<(Option<String>, bool), String>,
    taken: HashSet<String>,
}

impl Names {
    pub fn new(frame: &Frame) -> Self {
        let mut names = Self::default();
        names.taken.extend([OPENING, VALUATIONS, TRANSFERS].map(str::to_owned));
        for account in &frame.accounts {
            let bank = component(&account.account.institution.name, "Bank");
            let root = match account.account.kind {
                AccountKind::Depository => "Assets:Bank",
                AccountKind::Credit => "Liabilities:Card",
                AccountKind::Other(_) => "Assets:Other",
            };
            let name = format!("{root}:{bank}:{}", component(&account.name(), "Account"));
            let name = names.take(name);
            names.own.insert(account.account.id.clone(), name);
        }
        for account in &frame.by_hand {
            let root = if account.owed { "Liabilities:Own" } else { "Assets:Own" };
            let name = names.take(format!("{root}:{}", component(&account.name, "Account")));
            names.own.insert(account.id.clone(), name);
        }
        for (category, money_in) in &frame.categories {
            names.category(category.as_deref(), *money_in);
        }
        names
    }

    pub fn own(&self, id: &AccountId) -> Option<&str> {
        self.own.get(id).map(String::as_str)
    }

    /// Money in is income, money out an expense, under what the row is filed under.
    pub fn category(&mut self, category: Option<&str>, money_in: bool) -> &str {
        let key = (category.map(str::to_owned), money_in);
        if !self.categories.contains_key(&key) {
            let root = if money_in { "Income" } else { "Expenses" };
            let name = component(category.unwrap_or_default(), "Uncategorised");
            let name = self.take(format!("{root}:{name}"));
            self.categories.insert(key.clone(), name);
        }
        &self.categories[&key]
    }

    /// All of them, in order.
    pub fn all(&self) -> Vec<&str> {
        let mut all: Vec<&str> = self.taken.iter().map(String::as_str).collect();
        all.sort_unstable();
        all
    }

    /// Two accounts of one name are told apart by a number.
    fn take(&mut self, name: String) -> String {
        let numbered = (2..).map(|number| format!("{name}-{number}"));
        let free = std::iter::once(name.clone()).chain(numbered);
        let name = free.into_iter().find(|name| !self.taken.contains(name)).unwrap_or(name);
        self.taken.insert(name.clone());
        name
    }
}

/// One part of a name: letters and digits with hyphens between, a capital or a digit first.
fn component(text: &str, otherwise: &str) -> String {
    let mut name = String::new();
    for letter in text.nfc() {
        match letter.general_category() {
            GeneralCategory::UppercaseLetter
            | GeneralCategory::LowercaseLetter
            | GeneralCategory::TitlecaseLetter
            | GeneralCategory::ModifierLetter
            | GeneralCategory::OtherLetter
            | GeneralCategory::DecimalNumber => name.push(letter),
            // A mark without a letter of its own with it.
            GeneralCategory::NonspacingMark | GeneralCategory::SpacingMark => {}
            _ if !name.is_empty() && !name.ends_with('-') => name.push('-'),
            _ => {}
        }
        if name.chars().count() >= LONGEST {
            break;
        }
    }
    let name = name.trim_end_matches('-');
    let Some(first) = name.chars().next() else { return otherwise.to_owned() };
    let rest = &name[first.len_utf8()..];
    let mut capital = first.to_uppercase();
    let is_first = |letter: char| {
        matches!(
            letter.general_category(),
            GeneralCategory::UppercaseLetter | GeneralCategory::DecimalNumber
        )
    };
    match (capital.next(), capital.next()) {
        (Some(capital), None) if is_first(capital) => format!("{capital}{rest}"),
        // Of a script without capitals, or a letter that has none.
        _ => format!("X-{name}"),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_are_as_beancount_wants_them() {
        for (text, expected) in [
            ("Everyday Checking 4821", "Everyday-Checking-4821"),
            ("dining", "Dining"),
            ("Food & Drink", "Food-Drink"),
            ("Größe", "Größe"),
            ("cafe\u{301}", "Café"),
            ("食費", "X-食費"),
            ("ßoss", "X-ßoss"),
            ("401(k)", "401-k"),
            ("--", "Other"),
            ("Assets:Bank", "Assets-Bank"),
            ("  ;\n2026-01-01 open", "2026-01-01-open"),
            ("", "Other"),
        ] {
            assert_eq!(component(text, "Other"), expected);
        }
    }

    proptest! {
        #[test]
        fn any_text_makes_one_part_of_a_name(text in any::<String>()) {
            let name = component(&text, "Other");
            prop_assert!(!name.contains([':', ' ', '\n', ';', '(', '"']));
            prop_assert!(name.chars().count() <= LONGEST + 3);
            prop_assert!(!name.is_empty());
        }
    }

    #[test]
    fn two_categories_never_share_a_name() {
        let mut names = Names::default();
        let one = names.category(Some("food drink"), false).to_owned();
        let other = names.category(Some("Food & Drink"), false).to_owned();
        assert_eq!((&*one, &*other), ("Expenses:Food-drink", "Expenses:Food-Drink"));
        let third = names.category(Some("Food / Drink"), false).to_owned();
        assert_eq!(third, "Expenses:Food-Drink-2");
        assert_eq!(names.category(None, true), "Income:Uncategorised");
    }
}
