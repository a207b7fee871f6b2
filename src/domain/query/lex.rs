//! Where words begin and end in what was typed.

use std::ops::Range;

/// One word as it was typed: `-cat:"dining out"`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    pub span: Range<usize>,
    pub negated: bool,
    /// `cat`, in small letters, where a colon follows letters.
    pub key: Option<String>,
    pub value: String,
    /// The value stood in quotes: it is meant to the letter.
    pub quoted: bool,
}

pub fn tokens(text: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(start) = next_start(text, at) {
        let token = token(text, start);
        at = token.span.end;
        tokens.push(token);
    }
    tokens
}

fn next_start(text: &str, at: usize) -> Option<usize> {
    text[at..].find(|letter: char| !letter.is_whitespace()).map(|blanks| at + blanks)
}

fn token(text: &str, start: usize) -> Token {
    let negated = text[start..].starts_with('-');
    let begin = start + usize::from(negated);
    let letters = text[begin..].find(|letter: char| !letter.is_ascii_alphabetic());
    let key = letters
        .filter(|&letters| letters > 0 && text[begin + letters..].starts_with(':'))
        .map(|letters| text[begin..begin + letters].to_ascii_lowercase());
    let begin = begin + key.as_ref().map_or(0, |key| key.len() + 1);
    let (value, quoted, end) = value(text, begin);
    let mut token = Token { span: start..end, negated, key, value, quoted };
    if !quoted && matches!(token.key.as_deref(), Some("since" | "until" | "month")) {
        join_date(text, &mut token);
    }
    token
}

/// In quotes to the next quote, or to the end while that is still to be typed.
fn value(text: &str, begin: usize) -> (String, bool, usize) {
    let Some(inside) = text[begin..].strip_prefix('"') else {
        let rest = &text[begin..];
        let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
        return (rest[..end].to_owned(), false, begin + end);
    };
    let mut value = String::new();
    let mut letters = inside.char_indices();
    while let Some((at, letter)) = letters.next() {
        match letter {
            '"' => return (value, true, begin + 1 + at + 1),
            '\\' => value.extend(letters.next().map(|(_, letter)| letter)),
            _ => value.push(letter),
        }
    }
    (value, true, text.len())
}

/// `since:last month` and `month:sep 2025` are one word each, though a blank stands in them.
fn join_date(text: &str, token: &mut Token) {
    let Some(start) = next_start(text, token.span.end) else { return };
    let rest = &text[start..];
    let next = &rest[..rest.find(char::is_whitespace).unwrap_or(rest.len())];
    let first = token.value.to_lowercase();
    let period = matches!(&*next.to_lowercase(), "month" | "year" | "week");
    let year = next.len() == 4 && next.bytes().all(|digit| digit.is_ascii_digit());
    let named = first.len() >= 3 && first.bytes().all(|letter| letter.is_ascii_alphabetic());
    if matches!(&*first, "last" | "this") && period || named && year {
        token.value = format!("{} {next}", token.value);
        token.span.end = start + next.len();
    }
}

/// As it is to be typed so that it is read back the same: in quotes where it must be.
pub fn quoted(value: &str) -> String {
    let plain = !value.is_empty()
        && !value.starts_with(['-', '"'])
        && !value.contains(|letter: char| letter.is_whitespace() || letter == ':');
    if plain {
        return value.to_owned();
    }
    format!("\"{}\"", value.replace('\\', "\\\\").replace('"', "\\\""))
}
