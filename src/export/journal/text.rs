//! Text from outside made harmless for books: one line, and no character that means something there.

use crate::domain::SafeText;

/// Bytes of a text: ledger reads lines of up to 4,095.
const LONGEST: usize = 800;

/// One printable line.
pub fn line(text: &str) -> String {
    let mut text = SafeText::new(text).into_string();
    if text.len() > LONGEST {
        text.truncate(text.floor_char_boundary(LONGEST));
    }
    text
}

/// For the line of a payee: a semicolon begins a comment, a bar parts payee and note.
pub fn payee(text: &str) -> String {
    line(text).replace(';', ",").replace('|', "/")
}

/// For a comment: a bracket begins a date there, and a comma ends a value and may begin another.
pub fn comment(text: &str) -> String {
    line(text).replace('[', "(").replace(']', ")").replace(',', ";")
}

/// Between quotes.
pub fn quoted(text: &str) -> String {
    format!("\"{}\"", line(text).replace('\\', "\\\\").replace('"', "\\\""))
}

/// Letters, digits and hyphens, as all three allow in a tag; `None` where nothing is left.
pub fn tag(text: &str) -> Option<String> {
    let fits = |letter: char| letter.is_ascii_alphanumeric() || "-_".contains(letter);
    let tag: String = text.chars().map(|c| if fits(c) { c } else { '-' }).take(60).collect();
    let tag = tag.trim_matches('-').to_owned();
    (!tag.is_empty()).then_some(tag)
}

/// Between round brackets, or in a link.
pub fn code(id: &str) -> String {
    let fits = |letter: char| letter.is_ascii_alphanumeric() || "-_.".contains(letter);
    id.chars().map(|letter| if fits(letter) { letter } else { '_' }).take(80).collect()
}
