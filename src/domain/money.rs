//! Money as signed minor units of one currency: read exactly, shown exactly, never a float.

use std::fmt;

use serde::{Deserialize, Serialize};

/// An ISO 4217 code. Any three letters are kept, known to the standard or not.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Currency([u8; 3]);

impl Currency {
    pub const USD: Self = Self(*b"USD");
    /// ISO 4217's code for "no currency": stands where the bank named none, or none we can read.
    pub const NONE: Self = Self(*b"XXX");

    /// Reads three ASCII letters, in either case.
    pub fn parse(code: &str) -> Option<Self> {
        let bytes: [u8; 3] = code.trim().as_bytes().try_into().ok()?;
        bytes
            .iter()
            .all(u8::is_ascii_alphabetic)
            .then(|| Self(bytes.map(|b| b.to_ascii_uppercase())))
    }

    pub fn code(&self) -> &str {
        std::str::from_utf8(&self.0).expect("three ASCII letters")
    }

    /// Decimals of the minor unit: 0 for JPY, 3 for KWD; 2 where the standard defines none.
    pub fn exponent(self) -> u32 {
        iso_currency::Currency::from_code(self.code())
            .and_then(iso_currency::Currency::exponent)
            .map_or(2, u32::from)
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.code())
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl Serialize for Currency {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
    }
}

impl<'de> Deserialize<'de> for Currency {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let code = String::deserialize(deserializer)?;
        Self::parse(&code).ok_or_else(|| serde::de::Error::custom("not a three-letter currency"))
    }
}

/// An amount in minor units. Negative leaves you, or is owed.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Money {
    /// Minor units: cents for USD, whole yen for JPY.
    pub minor: i64,
    pub currency: Currency,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ParseMoneyError {
    #[error("not a plain decimal number")]
    Malformed,
    #[error("more decimals than {0} has")]
    TooPrecise(Currency),
    #[error("too large to be kept exactly")]
    TooLarge,
}

impl Money {
    pub const fn new(minor: i64, currency: Currency) -> Self {
        Self { minor, currency }
    }

    /// Reads `-12.3` exactly: `-?[0-9]{1,15}(\.[0-9]+)?`. Zeros may follow the currency's last
    /// decimal; any other further digit is an error, never rounded away.
    pub fn parse(text: &str, currency: Currency) -> Result<Self, ParseMoneyError> {
        let (negative, digits) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (whole, fraction) = match digits.split_once('.') {
            Some((_, "")) => return Err(ParseMoneyError::Malformed),
            Some(parts) => parts,
            None => (digits, ""),
        };
        let numeric = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
        if whole.is_empty() || !numeric(whole) || !numeric(fraction) {
            return Err(ParseMoneyError::Malformed);
        }
        if whole.len() > 15 {
            return Err(ParseMoneyError::TooLarge);
        }
        let exponent = currency.exponent() as usize;
        let kept = &fraction[..fraction.len().min(exponent)];
        if fraction[kept.len()..].bytes().any(|b| b != b'0') {
            return Err(ParseMoneyError::TooPrecise(currency));
        }
        let mut minor: i64 = 0;
        let padding = std::iter::repeat_n(b'0', exponent - kept.len());
        for digit in whole.bytes().chain(kept.bytes()).chain(padding) {
            minor = minor
                .checked_mul(10)
                .and_then(|m| m.checked_add(i64::from(digit - b'0')))
                .ok_or(ParseMoneyError::TooLarge)?;
        }
        Ok(Self::new(if negative { -minor } else { minor }, currency))
    }

    /// `None` where currencies differ or the sum does not fit.
    pub fn checked_add(self, other: Self) -> Option<Self> {
        if self.currency != other.currency {
            return None;
        }
        self.minor.checked_add(other.minor).map(|minor| Self { minor, ..self })
    }

    pub fn is_negative(self) -> bool {
        self.minor < 0
    }

    /// `-1,942.68`: for people. `Display` is the same without grouping: for programs.
    pub fn grouped(self) -> String {
        let plain = self.to_string();
        let (sign, digits) = plain.strip_prefix('-').map_or(("", plain.as_str()), |d| ("-", d));
        let (whole, fraction) = digits.split_at(digits.find('.').unwrap_or(digits.len()));
        let mut grouped = String::with_capacity(plain.len() + whole.len() / 3);
        grouped.push_str(sign);
        for (index, digit) in whole.chars().enumerate() {
            if index > 0 && (whole.len() - index).is_multiple_of(3) {
                grouped.push(',');
            }
            grouped.push(digit);
        }
        grouped.push_str(fraction);
        grouped
    }

    /// As [`Money::grouped`], with a plus before money that comes in.
    pub fn signed(self) -> String {
        if self.minor > 0 { format!("+{}", self.grouped()) } else { self.grouped() }
    }
}

impl std::ops::Neg for Money {
    type Output = Self;

    /// Saturates at `i64::MIN`, which [`Money::parse`] never yields.
    fn neg(self) -> Self {
        Self { minor: self.minor.saturating_neg(), ..self }
    }
}

/// The exact decimal, `-1942.68`, without the currency.
impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let exponent = self.currency.exponent() as usize;
        let sign = if self.minor < 0 { "-" } else { "" };
        let digits = format!("{:0width$}", self.minor.unsigned_abs(), width = exponent + 1);
        let (whole, fraction) = digits.split_at(digits.len() - exponent);
        if exponent == 0 {
            f.pad(&format!("{sign}{whole}"))
        } else {
            f.pad(&format!("{sign}{whole}.{fraction}"))
        }
    }
}

impl fmt::Debug for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self} {}", self.currency)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn usd(text: &str) -> Result<i64, ParseMoneyError> {
        Money::parse(text, Currency::USD).map(|money| money.minor)
    }

    #[test]
    fn plain_decimals_are_read_exactly() {
        for (text, minor) in [
            ("0", 0),
            ("-0.00", 0),
            ("5", 500),
            ("-12.3", -1230),
            ("96.95", 9695),
            ("1.5000", 150),
            ("007.10", 710),
            ("999999999999999.99", 99_999_999_999_999_999),
        ] {
            assert_eq!(usd(text), Ok(minor), "{text}");
        }
    }

    #[test]
    fn anything_else_is_refused_and_never_rounded() {
        for text in ["", "-", ".5", "5.", "+5", "1e5", "NaN", "1,000.00", " 5", "5 ", "--5", "٣"] {
            assert_eq!(usd(text), Err(ParseMoneyError::Malformed), "{text}");
        }
        assert_eq!(usd("1.005"), Err(ParseMoneyError::TooPrecise(Currency::USD)));
        assert_eq!(usd("1000000000000000"), Err(ParseMoneyError::TooLarge));
    }

    #[test]
    fn each_currency_has_its_own_decimals() {
        let money = |text, code| Money::parse(text, Currency::parse(code).unwrap());
        assert_eq!(money("1200", "JPY").unwrap().minor, 1200);
        assert_eq!(money("1200.00", "JPY").unwrap().to_string(), "1200");
        assert!(money("1200.5", "JPY").is_err());
        assert_eq!(money("1.234", "KWD").unwrap().to_string(), "1.234");
        assert_eq!(money("1.5", "BTC").unwrap().minor, 150);
        assert!(money("9999999999999.9999", "CLF").is_ok());
        assert_eq!(money("999999999999999.9999", "CLF"), Err(ParseMoneyError::TooLarge));
    }

    #[test]
    fn currencies_are_three_letters_in_either_case() {
        assert_eq!(Currency::parse("usd"), Some(Currency::USD));
        for code in ["", "US", "USDT", "U$D", "€"] {
            assert_eq!(Currency::parse(code), None, "{code}");
        }
    }

    #[test]
    fn people_read_groups_of_three() {
        for (minor, text) in
            [(0, "0.00"), (-5, "-0.05"), (-194_268, "-1,942.68"), (100_000_000, "1,000,000.00")]
        {
            assert_eq!(Money::new(minor, Currency::USD).grouped(), text);
        }
        assert_eq!(Money::new(261_000, Currency::USD).signed(), "+2,610.00");
        assert_eq!(Money::new(0, Currency::USD).signed(), "0.00");
    }

    #[test]
    fn currencies_are_never_added() {
        let dollars = Money::new(1, Currency::USD);
        assert_eq!(dollars.checked_add(Money::new(1, Currency::NONE)), None);
        assert_eq!(dollars.checked_add(Money::new(i64::MAX, Currency::USD)), None);
    }

    proptest! {
        #[test]
        fn text_to_money_to_text_is_the_same(minor in any::<i64>(), code in prop::sample::select(vec!["USD", "JPY", "KWD", "CLF", "QQQ"])) {
            let money = Money::new(minor / 100_000, Currency::parse(code).unwrap());
            prop_assert_eq!(Money::parse(&money.to_string(), money.currency), Ok(money));
        }

        #[test]
        fn no_text_makes_it_panic(text in "\\PC*") {
            let _ = usd(&text);
        }
    }
}
