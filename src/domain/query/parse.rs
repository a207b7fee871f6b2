//! From what was typed to words; what cannot be read is marked and left out.

use std::ops::Range;

use chrono::NaiveDate;

use super::amount::Amount;
use super::date::Period;
use super::lex::{Token, tokens};
use super::{Mark, Query, State, Term, Word};
use crate::domain::fold::fold;

/// Every key with what may stand behind it, as the screen offers them.
pub const KEYS: &[(&str, &str)] = &[
    ("acct:joint", "one account"),
    ("cat:fuel", "a category"),
    ("merchant:rowan", "by its name"),
    ("amt:>50", "over, any sign"),
    ("out:>50", "spent over 50"),
    ("amt:86.46", "exact amount"),
    ("since: until:", "date, month, 30d"),
    ("is:pending", "posted, transfer"),
    ("is:new", "since last sync"),
    ("has:note", "tag, change"),
    ("tag:shared", "your tags"),
    ("-word", "leave it out"),
    ("\"two words\"", "exact phrase"),
];

/// A word that was left out, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// Where it stands, in bytes.
    pub span: Range<usize>,
    pub sentence: String,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Parsed {
    pub query: Query,
    /// Where each term of the query stands.
    pub spans: Vec<Range<usize>>,
    pub mistakes: Vec<Mistake>,
}

/// Never fails as a whole.
pub fn parse(text: &str, today: NaiveDate) -> Parsed {
    let mut parsed = Parsed::default();
    for token in tokens(text) {
        match word(&token, today) {
            Ok(word) => {
                parsed.query.terms.push(Term { negated: token.negated, word });
                parsed.spans.push(token.span);
            }
            Err(sentence) => parsed.mistakes.push(Mistake { span: token.span, sentence }),
        }
    }
    parsed
}

fn word(token: &Token, today: NaiveDate) -> Result<Word, String> {
    let value = &token.value;
    let name = |of: fn(String) -> Word, what: &str| match fold(value).trim() {
        "" => Err(format!("{what} comes after the colon")),
        _ => Ok(of(value.clone())),
    };
    let Some(key) = token.key.as_deref() else { return text(token) };
    match key {
        "acct" | "account" => name(Word::Account, "an account's name or last digits"),
        "cat" | "category" => name(Word::Category, "a category"),
        "merchant" => name(Word::Merchant, "a merchant's name"),
        "tag" => name(Word::Tag, "one of your tags"),
        "id" => name(Word::Id, "the id of a transaction"),
        "amt" | "amount" => amount(key, Amount::parse(value)),
        "in" => amount(key, Amount::parse_side(value, Amount::In)),
        "out" => amount(key, Amount::parse_side(value, Amount::Out)),
        "since" | "from" => period(value, today).map(Word::Since),
        "until" | "to" => period(value, today).map(Word::Until),
        "month" => period(value, today).map(Word::Month),
        "is" => one_of(State::ALL, State::as_str, value)
            .map(Word::Is)
            .ok_or_else(|| format!("is: {}", list(State::ALL.iter().map(|state| state.as_str())))),
        "has" => one_of(Mark::ALL, Mark::as_str, value)
            .map(Word::Has)
            .ok_or_else(|| format!("has: {}", list(Mark::ALL.iter().map(|mark| mark.as_str())))),
        other => Err(format!("no filter is called {other}: (in quotes it is looked for as text)")),
    }
}

fn text(token: &Token) -> Result<Word, String> {
    match (fold(&token.value).trim(), token.negated) {
        ("", true) => Err("a minus leaves out the word right after it".to_owned()),
        ("", false) => Err("there is nothing to look for in this".to_owned()),
        _ => Ok(Word::Text(token.value.clone())),
    }
}

fn amount(key: &str, amount: Option<Amount>) -> Result<Word, String> {
    amount.map(Word::Amount).ok_or_else(|| match key {
        "in" | "out" => format!("{key}: wants an amount without a sign: {key}:>50, {key}:50..60"),
        _ => "amt: wants an amount: amt:>50, amt:50..60, amt:86.46, amt:<-20".to_owned(),
    })
}

fn period(value: &str, today: NaiveDate) -> Result<Period, String> {
    Period::parse(value, today).ok_or_else(|| {
        let example = today.format("%Y-%m");
        format!("a date is written {example}-01, {example}, 30d, sep or last-month")
    })
}

/// The word that was typed, or the only one that begins so.
fn one_of<T: Copy>(all: &[T], name: fn(T) -> &'static str, typed: &str) -> Option<T> {
    let typed = typed.to_lowercase().replace(['_', ' '], "-");
    let exact = all.iter().find(|one| name(**one) == typed);
    let mut beginning =
        all.iter().filter(|one| typed.len() > 1 && name(**one).starts_with(&*typed));
    let only = match (beginning.next(), beginning.next()) {
        (Some(only), None) => Some(only),
        _ => None,
    };
    exact.or(only).copied()
}

/// `a, b or c`.
fn list<'a>(words: impl Iterator<Item = &'a str>) -> String {
    let words: Vec<&str> = words.collect();
    let (last, rest) = words.split_last().expect("the sets have words");
    format!("{} or {last}", rest.join(", "))
}
