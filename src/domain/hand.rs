//! Accounts that no bank tells about: a house, a loan, cash, with what they were worth and when.

use std::collections::BTreeMap;

use chrono::{NaiveDate, TimeDelta};
use serde::{Deserialize, Serialize};

use super::account::{Account, AccountId, AccountKind, AccountStatus, Institution};
use super::fold::fold;
use super::history::History;
use super::money::{Currency, Money, ParseMoneyError};
use super::words::id;

id! {
    /// Of an account that the user keeps by hand: its name in plain letters, so that it can be typed.
    HandAccountId
}

/// Stands in the place of an institution's id.
pub const BY_HAND: &str = "by-hand";
/// A value is worth a reminder after so long.
const OLD: TimeDelta = TimeDelta::days(60);
/// Letters of an id.
const LONGEST_ID: usize = 40;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HandAccount {
    pub name: String,
    pub kind: HandKind,
    /// ISO 4217.
    pub currency: String,
    /// Its place among those kept by hand.
    pub position: i64,
    #[serde(default)]
    pub closed: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HandKind {
    House,
    Car,
    Cash,
    /// Anything else of worth.
    Asset,
    Loan,
    /// Any other debt.
    Owed,
}

impl HandKind {
    pub const ALL: [Self; 6] =
        [Self::House, Self::Car, Self::Cash, Self::Asset, Self::Loan, Self::Owed];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::House => "house",
            Self::Car => "car",
            Self::Cash => "cash",
            Self::Asset => "asset",
            Self::Loan => "loan",
            Self::Owed => "owed",
        }
    }

    pub fn title(self) -> &'static str {
        match self {
            Self::Asset => "other asset",
            Self::Owed => "other debt",
            kind => kind.as_str(),
        }
    }

    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }

    /// A debt: its values are negative, however they are typed.
    pub fn is_owed(self) -> bool {
        matches!(self, Self::Loan | Self::Owed)
    }

    /// Reads `412,000` or `412000.50` exactly.
    pub fn parse_value(self, text: &str, currency: Currency) -> Result<Money, ParseMoneyError> {
        let money = Money::parse(&ungrouped(text.trim())?, currency)?;
        Ok(if self.is_owed() && money.minor > 0 { -money } else { money })
    }
}

/// Without the commas between thousands; a comma anywhere else is an error, for it may be somebody's
/// decimal point.
fn ungrouped(text: &str) -> Result<String, ParseMoneyError> {
    let (whole, fraction) = text.split_at(text.find('.').unwrap_or(text.len()));
    let mut groups = whole.split(',');
    let first = groups.next().unwrap_or_default();
    let rest: Vec<&str> = groups.collect();
    let fits = (1..=3).contains(&first.trim_start_matches('-').len())
        && rest.iter().all(|group| group.len() == 3);
    if !rest.is_empty() && !fits {
        return Err(ParseMoneyError::Malformed);
    }
    Ok(format!("{first}{}{fraction}", rest.concat()))
}

/// What it was worth from that day on: minor units, negative where owed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HandValue {
    pub day: NaiveDate,
    pub minor: i64,
}

/// One such account with all its values, oldest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hand {
    pub id: HandAccountId,
    pub account: HandAccount,
    pub values: Vec<HandValue>,
}

impl Hand {
    pub fn currency(&self) -> Currency {
        Currency::parse(&self.account.currency).unwrap_or(Currency::NONE)
    }

    /// The value that holds on this day; `None` before the first.
    pub fn value_on(&self, day: NaiveDate) -> Option<HandValue> {
        self.values.iter().copied().rfind(|value| value.day <= day)
    }

    /// What was said of a day holds until the next; before the first nothing is known.
    pub fn history(&self, today: NaiveDate, days: usize) -> History {
        let measured = self.values.iter().map(|value| (value.day, value.minor)).collect();
        let reach = self.values.first().and_then(|first| first.day.succ_opt());
        History::build(today, days, &measured, &BTreeMap::new(), reach)
    }

    /// Days since the value that holds today, where that is long enough to be looked at again.
    pub fn days_old(&self, today: NaiveDate) -> Option<i64> {
        let age = today - self.value_on(today)?.day;
        (age > OLD).then(|| age.num_days())
    }

    /// As it stands among the accounts of banks.
    pub fn as_account(&self) -> Account {
        Account {
            id: account_id(&self.id),
            enrollment_id: BY_HAND.into(),
            institution: Institution { id: BY_HAND.to_owned(), name: "By hand".to_owned() },
            name: self.account.name.clone(),
            kind: AccountKind::Other(self.account.kind.as_str().to_owned()),
            subtype: None,
            currency: self.currency(),
            last_four: None,
            status: if self.account.closed { AccountStatus::Closed } else { AccountStatus::Open },
            has_balances: false,
            has_transactions: false,
        }
    }
}

/// No bank's id begins like this.
pub fn account_id(id: &HandAccountId) -> AccountId {
    AccountId(format!("{BY_HAND}:{id}"))
}

/// Its name in plain letters, with a number where that is taken.
pub fn new_id(name: &str, taken: impl Fn(&HandAccountId) -> bool) -> HandAccountId {
    let letters = fold(name);
    let words = letters.split(|letter: char| !letter.is_alphanumeric());
    let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
    let plain: String = words.join("-").chars().take(LONGEST_ID).collect();
    let plain = if plain.is_empty() { "account".to_owned() } else { plain };
    let numbered = (2..).map(|number| HandAccountId(format!("{plain}-{number}")));
    let mut ids = std::iter::once(HandAccountId(plain.clone())).chain(numbered);
    ids.find(|id| !taken(id)).expect("one of endlessly many is free")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::DayKind;

    fn usd(kind: HandKind, text: &str) -> Result<i64, ParseMoneyError> {
        kind.parse_value(text, Currency::USD).map(|money| money.minor)
    }

    #[test]
    fn a_value_is_read_exactly_and_a_debt_is_negative() {
        for text in ["412000", "412,000", " 412,000.00 ", "412000.0"] {
            assert_eq!(usd(HandKind::House, text), Ok(41_200_000), "{text}");
            assert_eq!(usd(HandKind::Loan, text), Ok(-41_200_000), "{text}");
        }
        assert_eq!(usd(HandKind::Owed, "-5"), Ok(-500));
        assert_eq!(usd(HandKind::Cash, "-1,234.5"), Ok(-123_450));
        assert_eq!(usd(HandKind::Loan, "0"), Ok(0));
        for text in ["", "412,00", "4,12,000", "1234,567", ",500", "1.000,50", "12k", "1,000,"] {
            assert_eq!(usd(HandKind::House, text), Err(ParseMoneyError::Malformed), "{text}");
        }
        let precise = Err(ParseMoneyError::TooPrecise(Currency::USD));
        assert_eq!(usd(HandKind::House, "1.005"), precise);
        let yen = Currency::parse("JPY").unwrap();
        assert_eq!(HandKind::Cash.parse_value("1,200", yen).map(|yen| yen.minor), Ok(1_200));
    }

    #[test]
    fn an_id_is_the_name_in_plain_letters_and_no_other_has_it() {
        let free = |_: &HandAccountId| false;
        assert_eq!(new_id("Müllers  Häuschen!", free).as_str(), "mullers-hauschen");
        assert_eq!(new_id("·", free).as_str(), "account");
        let taken = |id: &HandAccountId| ["house", "house-2"].contains(&id.as_str());
        assert_eq!(new_id("House", taken).as_str(), "house-3");
    }

    #[test]
    fn a_value_holds_until_the_next() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let value = |on: &str, minor| HandValue { day: day(on), minor };
        let hand = Hand {
            id: "house".into(),
            account: HandAccount {
                name: "House".to_owned(),
                kind: HandKind::House,
                currency: "USD".to_owned(),
                position: 0,
                closed: false,
            },
            values: vec![value("2026-01-01", 1), value("2026-09-01", 2)],
        };
        let on = |text: &str| hand.value_on(day(text)).map(|value| value.minor);
        assert_eq!(on("2025-12-31"), None);
        assert_eq!(on("2026-08-31"), Some(1));
        assert_eq!(on("2026-09-01"), Some(2));
        let shown = |last: &str, days| {
            let days = hand.history(day(last), days).days;
            days.iter().map(|day| (day.value, day.kind)).collect::<Vec<_>>()
        };
        let (said, since) = (DayKind::Measured, DayKind::Rebuilt);
        let first = [(None, DayKind::Unknown), (Some(1), said), (Some(1), since)];
        assert_eq!(shown("2026-01-02", 3), first);
        assert_eq!(shown("2026-09-02", 3), [(Some(1), since), (Some(2), said), (Some(2), since)]);
        assert_eq!(hand.days_old(day("2026-10-31")), None);
        assert_eq!(hand.days_old(day("2026-11-22")), Some(82));
    }
}
