//! The language of `/` and `--query`: words that a row must match, as they were typed.
//!
//! ```text
//! rowan amt:>50 since:2026-09 -cat:dining
//! ```
//!
//! A row has one account, one category, one merchant, one month and one id: several of one kind mean any of them.
//! Of everything else each word must hold.

mod amount;
mod date;
mod filter;
mod lex;
mod matching;
mod meaning;
mod parse;

#[cfg(test)]
mod tests;

use std::fmt;

pub use amount::{Amount, Number, Signed, Span, Test};
pub use date::Period;
pub use filter::{AccountName, CategoryName, Check, Clause, Filter, Names};
pub use matching::Facts;
pub use meaning::Form;
pub use parse::{KEYS, Mistake, Parsed, parse};

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Query {
    /// As typed, in that order.
    pub terms: Vec<Term>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Term {
    pub negated: bool,
    pub word: Word,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Word {
    /// A word or a phrase anywhere in what is written about a row.
    Text(String),
    Account(String),
    Category(String),
    Tag(String),
    /// Part of who it went to or came from.
    Merchant(String),
    Amount(Amount),
    Since(Period),
    Until(Period),
    Month(Period),
    Is(State),
    Has(Mark),
    Id(String),
}

/// Declares a closed set of words that stand behind a colon.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$note:meta])* $variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $name {
            $($(#[$note])* $variant,)+
        }

        impl $name {
            pub const ALL: &[Self] = &[$(Self::$variant,)+];

            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)+
                }
            }
        }
    };
}

words! {
    /// What a row is.
    State {
        Pending = "pending",
        Posted = "posted",
        Transfer = "transfer",
        /// First seen by the last sync.
        New = "new",
        LeftOut = "left-out",
        In = "in",
        Out = "out",
        /// No longer listed by the bank.
        Gone = "gone",
    }
}

words! {
    /// What was added to a row.
    Mark {
        Note = "note",
        Tag = "tag",
        /// The user's own, a rule's or the bank's.
        Category = "category",
        /// Something that the bank changed since it was first seen.
        Change = "change",
        Name = "name",
    }
}

impl Query {
    pub fn is_empty(&self) -> bool {
        self.terms.is_empty()
    }
}

/// Read back as the same query.
impl fmt::Display for Query {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, term) in self.terms.iter().enumerate() {
            let blank = if index > 0 { " " } else { "" };
            write!(f, "{blank}{term}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Term {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.negated { "-" } else { "" };
        write!(f, "{sign}{}", self.word)
    }
}

impl fmt::Display for Word {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let quoted = lex::quoted;
        match self {
            Self::Text(text) => f.write_str(&quoted(text)),
            Self::Account(name) => write!(f, "acct:{}", quoted(name)),
            Self::Category(name) => write!(f, "cat:{}", quoted(name)),
            Self::Tag(name) => write!(f, "tag:{}", quoted(name)),
            Self::Merchant(name) => write!(f, "merchant:{}", quoted(name)),
            Self::Amount(Amount::Either(test)) => write!(f, "amt:{test}"),
            Self::Amount(Amount::Signed(test)) => write!(f, "amt:{test}"),
            Self::Amount(Amount::In(test)) => write!(f, "in:{test}"),
            Self::Amount(Amount::Out(test)) => write!(f, "out:{test}"),
            Self::Since(period) => write!(f, "since:{period}"),
            Self::Until(period) => write!(f, "until:{period}"),
            Self::Month(period) => write!(f, "month:{period}"),
            Self::Is(state) => write!(f, "is:{}", state.as_str()),
            Self::Has(mark) => write!(f, "has:{}", mark.as_str()),
            Self::Id(id) => write!(f, "id:{}", quoted(id)),
        }
    }
}

/// What was typed without its last word: what `backspace` leaves.
pub fn without_last(text: &str) -> &str {
    let start = lex::tokens(text).last().map_or(0, |token| token.span.start);
    text[..start].trim_end()
}

/// What was typed with one more word; `acct:"Joint Checking"` stands only once.
pub fn with_word(text: &str, term: &Term) -> String {
    let word = term.to_string();
    let there = lex::tokens(text).iter().any(|token| text[token.span.clone()] == word);
    match (text.trim(), there) {
        (text, true) => text.to_owned(),
        ("", _) => word,
        (text, _) => format!("{text} {word}"),
    }
}
