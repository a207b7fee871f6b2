//! One cell of any table, typed: as the engines read and bind it, and as a backup spells it.

use chrono::{DateTime, NaiveDate, SecondsFormat, Utc};
use serde::{Serialize, Serializer};
use serde_json::Value as Json;

/// The types that migrations may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    Integer,
    Boolean,
    Date,
    Instant,
}

impl Kind {
    /// As a migration declares it.
    pub fn of(declared: &str) -> Option<Self> {
        Some(match declared {
            "text" => Self::Text,
            "bigint" => Self::Integer,
            "boolean" => Self::Boolean,
            "date" => Self::Date,
            "timestamptz" => Self::Instant,
            _ => return None,
        })
    }
}

/// `None` is null, of its column's type: Postgres wants to know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Value {
    Text(Option<String>),
    Integer(Option<i64>),
    Boolean(Option<bool>),
    Date(Option<NaiveDate>),
    Instant(Option<DateTime<Utc>>),
}

/// In the order of the table's columns.
pub(super) type Row = Vec<Value>;

impl Value {
    /// `None` where the JSON is of another type.
    pub fn read(kind: Kind, json: Json) -> Option<Self> {
        Some(match (kind, json) {
            (Kind::Text, Json::Null) => Self::Text(None),
            (Kind::Text, Json::String(text)) => Self::Text(Some(text)),
            (Kind::Integer, Json::Null) => Self::Integer(None),
            (Kind::Integer, Json::Number(number)) => Self::Integer(Some(number.as_i64()?)),
            (Kind::Boolean, Json::Null) => Self::Boolean(None),
            (Kind::Boolean, Json::Bool(is)) => Self::Boolean(Some(is)),
            (Kind::Date, Json::Null) => Self::Date(None),
            (Kind::Date, Json::String(text)) => Self::Date(Some(text.parse().ok()?)),
            (Kind::Instant, Json::Null) => Self::Instant(None),
            (Kind::Instant, Json::String(text)) => {
                Self::Instant(Some(DateTime::parse_from_rfc3339(&text).ok()?.to_utc()))
            }
            _ => return None,
        })
    }
}

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Text(text) => text.serialize(serializer),
            Self::Integer(integer) => integer.serialize(serializer),
            Self::Boolean(is) => is.serialize(serializer),
            Self::Date(date) => date.map(|date| date.to_string()).serialize(serializer),
            Self::Instant(at) => {
                at.map(|at| at.to_rfc3339_opts(SecondsFormat::AutoSi, true)).serialize(serializer)
            }
        }
    }
}

/// A row as it stands in a backup, and as it is added up: a JSON array on one line.
pub(super) fn line(row: &[Value]) -> Vec<u8> {
    serde_json::to_vec(row).expect("cells are plain JSON")
}

/// The cell at a place of a row that a query gave, of either engine.
macro_rules! get {
    ($row:expr, $index:expr, $kind:expr) => {
        match $kind {
            Kind::Text => Value::Text($row.try_get($index)?),
            Kind::Integer => Value::Integer($row.try_get($index)?),
            Kind::Boolean => Value::Boolean($row.try_get($index)?),
            Kind::Date => Value::Date($row.try_get($index)?),
            Kind::Instant => Value::Instant($row.try_get($index)?),
        }
    };
}

/// Binds a cell with the given method of a query or a query builder.
macro_rules! bind {
    ($query:expr, $bind:ident, $value:expr) => {
        match $value {
            Value::Text(text) => $query.$bind(text),
            Value::Integer(integer) => $query.$bind(integer),
            Value::Boolean(is) => $query.$bind(is),
            Value::Date(date) => $query.$bind(date),
            Value::Instant(at) => $query.$bind(at),
        }
    };
}

pub(super) use {bind, get};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_cell_comes_back_as_it_went() {
        let at = DateTime::from_timestamp(1_800_000_000, 0);
        for (kind, value, text) in [
            (Kind::Text, Value::Text(Some("a\"\n␦".to_owned())), r#""a\"\n␦""#),
            (Kind::Integer, Value::Integer(Some(i64::MIN)), "-9223372036854775808"),
            (Kind::Boolean, Value::Boolean(Some(true)), "true"),
            (Kind::Date, Value::Date(NaiveDate::from_ymd_opt(2026, 3, 1)), r#""2026-03-01""#),
            (Kind::Instant, Value::Instant(at), r#""2027-01-15T08:00:00Z""#),
            (Kind::Text, Value::Text(None), "null"),
            (Kind::Instant, Value::Instant(None), "null"),
        ] {
            let json = serde_json::to_string(&value).unwrap();
            assert_eq!(json, text);
            let read = serde_json::from_str(&json).unwrap();
            assert_eq!(Value::read(kind, read), Some(value));
        }
        assert_eq!(Value::read(Kind::Integer, serde_json::json!("7")), None);
        assert_eq!(Value::read(Kind::Integer, serde_json::json!(1.5)), None);
    }
}
