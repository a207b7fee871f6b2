//! What a row is called, filed under and found by: the bank's facts with the user's words over them.

use super::fold::fold;
use super::said::{Annotation, BankWords, Said};

/// Longest texts, in bytes: all of them stand in one index, and a row of a Postgres index holds
/// 2,704 bytes at most.
const MOST_WORDS: usize = 1_200;
const MOST_MERCHANT: usize = 240;
const MOST_CATEGORY: usize = 120;
const MOST_TAGS: usize = 240;

/// Derived, kept beside the row, and made anew whenever what it derives from changes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shown {
    /// Never empty but for a row without any text.
    pub merchant: String,
    pub category: Option<String>,
    pub tags: Vec<String>,
    /// Counts in no insight.
    pub left_out: bool,
    /// One half of a transfer between own accounts.
    pub transfer: bool,
}

impl Shown {
    /// What merchants are sorted and told apart by.
    pub fn merchant_key(&self) -> String {
        merchant_key(&self.merchant)
    }

    /// What was said by hand comes first, then what rules say, then the bank's own words. Whether a
    /// row is half of a transfer is not to be seen in its own words: `false` here.
    pub fn of(bank: BankWords<'_>, own: &Annotation, said: &Said) -> Self {
        let name = own.name.as_deref().or(said.name.as_deref()).or(bank.counterparty());
        let name = name.map_or_else(|| merchant(bank.description), |name| name.trim().to_owned());
        let category = own.category.as_deref().or(said.category.as_deref()).or(bank.category);
        let mut room = MOST_TAGS;
        let fits = |tag: &String| {
            room = room.saturating_sub(tag.len() + 1);
            room > 0
        };
        Self {
            merchant: cut(name, MOST_MERCHANT),
            category: category.map(|name| cut(name.to_owned(), MOST_CATEGORY)),
            tags: tags(own, said).into_iter().take_while(fits).collect(),
            left_out: own.left_out,
            transfer: false,
        }
    }
}

/// A name without case and marks: names that differ in nothing else are one merchant's.
pub fn merchant_key(name: &str) -> String {
    cut(fold(name), MOST_MERCHANT)
}

/// The user's own, and those of rules that were not taken off by hand.
fn tags(own: &Annotation, said: &Said) -> Vec<String> {
    let given = said.tags.iter().filter(|tag| !own.untagged.contains(tag));
    let mut tags: Vec<String> = own.tags.iter().chain(given).cloned().collect();
    tags.sort_unstable();
    tags.dedup();
    tags
}

/// What a search looks into. Folded, a line each: description, counterparty, own name, note, tags.
pub fn search_words(bank: BankWords<'_>, own: &Annotation, said: &Said) -> String {
    let name = own.name.as_deref().or(said.name.as_deref());
    let texts = [Some(bank.description), bank.counterparty(), name, own.note.as_deref()];
    let tags = tags(own, said);
    let texts = texts.into_iter().flatten().chain(tags.iter().map(String::as_str));
    let lines: Vec<String> = texts.map(fold).collect();
    cut(lines.join("\n"), MOST_WORDS)
}

/// A merchant's name out of the bank's text: without the numbers of stores, cards and days.
fn merchant(description: &str) -> String {
    let is_name = |word: &&str| {
        let digits = word.chars().filter(char::is_ascii_digit).count();
        digits == 0 || (digits < 3 && !word.starts_with('#') && !word.contains('/'))
    };
    let words: Vec<&str> = description.split_whitespace().filter(is_name).collect();
    if words.is_empty() { description.trim().to_owned() } else { words.join(" ") }
}

fn cut(mut text: String, most: usize) -> String {
    if text.len() > most {
        text.truncate(text.floor_char_boundary(most));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Currency, Money};

    fn bank<'a>(description: &'a str, counterparty: Option<&'a str>) -> BankWords<'a> {
        let amount = Money::new(-450, Currency::USD);
        BankWords { account: "", description, counterparty, category: Some("general"), amount }
    }

    #[test]
    fn the_users_words_come_before_the_banks() {
        let row = bank("ROWAN MKT #0221 PORTLAND 11/18", Some("Rowan Market"));
        let plain = Shown::of(row, &Annotation::default(), &Said::default());
        assert_eq!(plain.merchant, "Rowan Market");
        assert_eq!(plain.category.as_deref(), Some("general"));
        let words = search_words(row, &Annotation::default(), &Said::default());
        assert_eq!(words, "rowan mkt #0221 portland 11/18\nrowan market");
        let own = Annotation {
            note: Some("weekly shop".to_owned()),
            category: Some("groceries".to_owned()),
            name: Some("Rowan’s".to_owned()),
            tags: vec!["Shared".to_owned()],
            left_out: true,
            ..Annotation::default()
        };
        let shown = Shown::of(row, &own, &Said::default());
        assert_eq!(shown.merchant, "Rowan’s");
        assert_eq!(shown.category.as_deref(), Some("groceries"));
        assert_eq!(shown.tags, ["Shared"]);
        assert!(shown.left_out);
        let words = search_words(row, &own, &Said::default());
        assert!(words.ends_with("\nrowan's\nweekly shop\nshared"), "{words}");
    }

    #[test]
    fn without_a_counterparty_numbers_leave_the_banks_text() {
        for (text, name) in [
            ("ROWAN MKT #0221 PORTLAND OR 11/18", "ROWAN MKT PORTLAND OR"),
            ("7 Eleven 4411223", "7 Eleven"),
            ("1234567", "1234567"),
            ("", ""),
        ] {
            let shown = Shown::of(bank(text, Some("  ")), &Annotation::default(), &Said::default());
            assert_eq!(shown.merchant, name);
        }
    }

    #[test]
    fn however_long_the_texts_they_fit_into_an_index() {
        let long = "ü".repeat(5_000);
        let own = Annotation {
            note: Some(long.clone()),
            tags: vec!["tag".to_owned(), long.clone()],
            ..Annotation::default()
        };
        let row = BankWords { category: Some(&long), ..bank(&long, Some(&long)) };
        let shown = Shown::of(row, &own, &Said::default());
        let texts = [&search_words(row, &own, &Said::default()), &shown.merchant];
        let texts = texts.into_iter().chain(&shown.category).chain(&shown.tags);
        let bytes = texts.map(String::len).sum::<usize>() + shown.merchant_key().len();
        assert!(bytes < 2_200, "{bytes}");
    }
}
