//! The members of one JSON object, each read by itself: a flaw names its field and hides its value.

use std::borrow::Cow;
use std::fmt;

use chrono::NaiveDate;
use serde::Deserialize;
use serde::de::{Deserializer, Error as _, MapAccess, Visitor};
use serde_json::value::RawValue;

use crate::domain::{Currency, Money, ParseMoneyError};
use crate::teller::Error;

/// Why an object cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Flaw {
    #[error("it is no object that can be read")]
    NoObject,
    #[error("`{0}` is missing")]
    Missing(&'static str),
    #[error("`{0}` is there twice")]
    Repeated(&'static str),
    #[error("`{field}` is {found}, not {wanted}")]
    Kind { field: &'static str, found: &'static str, wanted: &'static str },
    #[error("`{0}` holds half a character")]
    Surrogate(&'static str),
    #[error("`{0}` is no usable id")]
    Id(&'static str),
    #[error("`{0}` is no calendar date")]
    Date(&'static str),
    #[error("`{0}`: {1}")]
    Amount(&'static str, ParseMoneyError),
    #[error("`account_id` is another account's")]
    Foreign,
    #[error("it is listed twice")]
    ListedTwice,
    #[error("it holds bytes that are no UTF-8")]
    Encoding,
}

impl Flaw {
    /// As the failure of a reply that is one object, so that the flaw costs it entirely.
    pub fn of_reply(self) -> Error {
        Error::Unexpected { what: self.to_string(), request_id: None }
    }
}

type Result<T, E = Flaw> = std::result::Result<T, E>;

/// Longer ids would not fit the database's index; Teller's have 25 letters.
const LONGEST_ID: usize = 255;

/// Teller's objects have about ten; millions of tiny ones would cost memory for nothing.
const MOST_MEMBERS: usize = 1000;

pub(super) struct Fields<'a>(Vec<(Cow<'a, str>, &'a RawValue)>);

impl<'a> Fields<'a> {
    pub fn read(raw: &'a RawValue) -> Result<Self> {
        serde_json::from_str(raw.get()).map_err(|_| Flaw::NoObject)
    }

    /// `None` where it is missing or null.
    pub fn raw(&self, field: &'static str) -> Result<Option<&'a RawValue>> {
        let mut found = self.0.iter().filter(|(name, _)| name == field).map(|(_, raw)| *raw);
        let first = found.next();
        if found.next().is_some() {
            return Err(Flaw::Repeated(field));
        }
        Ok(first.filter(|raw| raw.get() != "null"))
    }

    /// `None` where it is missing or null. U+0000, which Postgres cannot keep, becomes U+FFFD.
    pub fn text(&self, field: &'static str) -> Result<Option<String>> {
        let Some(raw) = self.raw(field)? else { return Ok(None) };
        if kind(raw) != TEXT {
            return Err(Flaw::Kind { field, found: kind(raw), wanted: TEXT });
        }
        let text: String = serde_json::from_str(raw.get()).map_err(|_| Flaw::Surrogate(field))?;
        Ok(Some(if text.contains('\0') { text.replace('\0', "\u{FFFD}") } else { text }))
    }

    /// A word of an open set: `unknown` where the bank gave none.
    pub fn word(&self, field: &'static str) -> Result<String> {
        Ok(self.text(field)?.unwrap_or_else(|| "unknown".to_owned()))
    }

    /// A text that can be a key in the database and a segment of a URL.
    pub fn id(&self, field: &'static str) -> Result<String> {
        let id = self.text(field)?.ok_or(Flaw::Missing(field))?;
        let usable = (1..=LONGEST_ID).contains(&id.len())
            && !matches!(id.as_str(), "." | "..")
            && !id.contains(|c: char| c.is_control() || c == '\u{FFFD}');
        usable.then_some(id).ok_or(Flaw::Id(field))
    }

    /// A decimal as text, or as a JSON number by its own digits: never through a float.
    pub fn decimal(&self, field: &'static str, currency: Currency) -> Result<Option<Money>> {
        let Some(raw) = self.raw(field)? else { return Ok(None) };
        let digits = match kind(raw) {
            TEXT => self.text(field)?.unwrap_or_default(),
            NUMBER => raw.get().to_owned(),
            found => return Err(Flaw::Kind { field, found, wanted: "a decimal" }),
        };
        Money::parse(&digits, currency).map(Some).map_err(|error| Flaw::Amount(field, error))
    }

    pub fn date(&self, field: &'static str) -> Result<NaiveDate> {
        let text = self.text(field)?.ok_or(Flaw::Missing(field))?;
        // chrono would also take `2026-3-4` and years of five digits.
        let shaped = text.len() == 10 && text.bytes().all(|b| b.is_ascii_digit() || b == b'-');
        shaped.then(|| text.parse().ok()).flatten().ok_or(Flaw::Date(field))
    }

    /// The members of a nested object: none where it is missing or null.
    pub fn object(&self, field: &'static str) -> Result<Fields<'a>> {
        match self.raw(field)? {
            None => Ok(Fields(Vec::new())),
            Some(raw) if kind(raw) == OBJECT => Fields::read(raw),
            Some(raw) => Err(Flaw::Kind { field, found: kind(raw), wanted: OBJECT }),
        }
    }

    /// The elements of a nested list: none where it is missing or null.
    pub fn list(&self, field: &'static str) -> Result<Vec<&'a RawValue>> {
        let Some(raw) = self.raw(field)? else { return Ok(Vec::new()) };
        serde_json::from_str(raw.get()).map_err(|_| Flaw::Kind {
            field,
            found: kind(raw),
            wanted: "a list",
        })
    }
}

const TEXT: &str = "text";
const NUMBER: &str = "a number";
const OBJECT: &str = "an object";

fn kind(raw: &RawValue) -> &'static str {
    match raw.get().as_bytes().first() {
        Some(b'"') => TEXT,
        Some(b'{') => OBJECT,
        Some(b'[') => "a list",
        Some(b't' | b'f') => "a boolean",
        Some(b'n') => "null",
        _ => NUMBER,
    }
}

/// A name, borrowed from the reply unless it is escaped there.
#[derive(Deserialize)]
struct Name<'a>(#[serde(borrow)] Cow<'a, str>);

impl<'de: 'a, 'a> Deserialize<'de> for Fields<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members;

        impl<'de> Visitor<'de> for Members {
            type Value = Vec<(Cow<'de, str>, &'de RawValue)>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some((Name(name), raw)) = map.next_entry()? {
                    if members.len() == MOST_MEMBERS {
                        return Err(A::Error::custom("too many members"));
                    }
                    members.push((name, raw));
                }
                Ok(members)
            }
        }

        deserializer.deserialize_map(Members).map(Fields)
    }
}
