//! Amounts as people ask for them: `>50`, `50..60`, `86.46`, `<-20`, with marks as people type them.

use std::fmt;

use crate::domain::Money;

/// A number without a currency: `digits` tenths, hundredths … as `decimals` says. Never negative,
/// and without zeros at its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Number {
    digits: i64,
    decimals: u32,
}

/// Which numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Test<N> {
    Exactly(N),
    Over(N),
    AtLeast(N),
    Under(N),
    AtMost(N),
    /// Both ends included, the lower first.
    Between(N, N),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Amount {
    /// No sign was typed: money in and money out alike.
    Either(Test<Number>),
    /// A sign was typed: negative numbers are marked so.
    Signed(Test<Signed>),
    In(Test<Number>),
    Out(Test<Number>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Signed {
    pub negative: bool,
    pub number: Number,
}

/// The whole minor units of one currency that a test means, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    pub low: i64,
    pub high: i64,
}

impl Number {
    /// Apostrophes, blanks and currency signs mean nothing. Of points and commas the last one is the
    /// decimal mark, unless it comes twice or is a comma before exactly three digits.
    pub fn parse(text: &str) -> Option<Self> {
        let blank = |letter: char| letter.is_whitespace() || "'’_$€£¥₹".contains(letter);
        let text: String = text.chars().filter(|letter| !blank(*letter)).collect();
        let mark = text.rfind(['.', ',']).filter(|&at| {
            let sign = &text[at..=at];
            let thousands = sign == "," && text.len() - at == 4 && text.len() > 4;
            let mixed = text[..at].contains(if sign == "," { '.' } else { ',' });
            text.matches(sign).count() == 1 && (mixed || !thousands)
        });
        let (whole, fraction) = mark.map_or((&*text, ""), |at| (&text[..at], &text[at + 1..]));
        let whole = ungrouped(whole)?;
        let numeric = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if !numeric(fraction) || whole.is_empty() && fraction.is_empty() || fraction.len() > 9 {
            return None;
        }
        let fraction = fraction.trim_end_matches('0');
        let digits = format!("0{whole}{fraction}").parse().ok()?;
        let decimals = u32::try_from(fraction.len()).ok()?;
        Some(Self { digits, decimals })
    }

    fn key(self, decimals: u32) -> i128 {
        i128::from(self.digits) * 10_i128.pow(decimals - self.decimals)
    }
}

/// Digits without the marks between thousands, each of which must stand before three of them.
fn ungrouped(whole: &str) -> Option<String> {
    let mut groups = whole.split(['.', ',']);
    let first = groups.next()?;
    let rest: Vec<&str> = groups.collect();
    let numeric = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let grouped = rest.is_empty() || (1..=3).contains(&first.len());
    let right = rest.iter().all(|group| group.len() == 3 && numeric(group));
    (numeric(first) && grouped && right).then(|| format!("{first}{}", rest.concat()))
}

impl Ord for Number {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        let decimals = self.decimals.max(other.decimals);
        self.key(decimals).cmp(&other.key(decimals))
    }
}

impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

/// `1234.5`: read back as the same.
impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let decimals = self.decimals as usize;
        let digits = format!("{:0width$}", self.digits, width = decimals + 1);
        let (whole, fraction) = digits.split_at(digits.len() - decimals);
        if decimals == 0 { f.write_str(whole) } else { write!(f, "{whole}.{fraction}") }
    }
}

impl Signed {
    fn parse(text: &str) -> Option<(Self, bool)> {
        let (negative, rest) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text.strip_prefix('+').unwrap_or(text)),
        };
        let number = Number::parse(rest)?;
        Some((Self { negative: negative && number.digits > 0, number }, rest != text))
    }

    fn key(self, decimals: u32) -> i128 {
        let key = self.number.key(decimals);
        if self.negative { -key } else { key }
    }
}

impl Ord for Signed {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        let decimals = self.number.decimals.max(other.number.decimals);
        self.key(decimals).cmp(&other.key(decimals))
    }
}

impl PartialOrd for Signed {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

/// The sign always shows: it was said.
impl fmt::Display for Signed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", if self.negative { '-' } else { '+' }, self.number)
    }
}

impl<N: Copy + Ord> Test<N> {
    fn map<M: Copy + Ord>(self, change: impl Fn(N) -> M) -> Test<M> {
        match self {
            Self::Exactly(n) => Test::Exactly(change(n)),
            Self::Over(n) => Test::Over(change(n)),
            Self::AtLeast(n) => Test::AtLeast(change(n)),
            Self::Under(n) => Test::Under(change(n)),
            Self::AtMost(n) => Test::AtMost(change(n)),
            Self::Between(low, high) => Test::Between(change(low), change(high)),
        }
    }
}

impl<N: fmt::Display> fmt::Display for Test<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exactly(n) => write!(f, "{n}"),
            Self::Over(n) => write!(f, ">{n}"),
            Self::AtLeast(n) => write!(f, ">={n}"),
            Self::Under(n) => write!(f, "<{n}"),
            Self::AtMost(n) => write!(f, "<={n}"),
            Self::Between(low, high) => write!(f, "{low}..{high}"),
        }
    }
}

/// What stands behind `amt:`, and whether any of its numbers has a sign.
fn test(text: &str) -> Option<(Test<Signed>, bool)> {
    let one = |rest: &str, test: fn(Signed) -> Test<Signed>| {
        Signed::parse(rest.trim()).map(|(number, said)| (test(number), said))
    };
    for (sign, test) in [
        (">=", Test::AtLeast as fn(Signed) -> _),
        ("<=", Test::AtMost),
        ("≥", Test::AtLeast),
        ("≤", Test::AtMost),
        (">", Test::Over),
        ("<", Test::Under),
        ("=", Test::Exactly),
    ] {
        if let Some(rest) = text.strip_prefix(sign) {
            return one(rest, test);
        }
    }
    let Some((low, high)) = text.split_once("..") else { return one(text, Test::Exactly) };
    match (low.trim(), high.trim()) {
        ("", "") => None,
        ("", high) => one(high, Test::AtMost),
        (low, "") => one(low, Test::AtLeast),
        (low, high) => {
            let ((low, one), (high, other)) = (Signed::parse(low)?, Signed::parse(high)?);
            Some((Test::Between(low.min(high), low.max(high)), one || other))
        }
    }
}

impl Amount {
    pub fn parse(text: &str) -> Option<Self> {
        let (read, said) = test(text)?;
        Some(if said { Self::Signed(read) } else { Self::Either(read.map(|n| n.number)) })
    }

    /// Behind `in:` and `out:`, which say the sign themselves.
    pub fn parse_side(text: &str, side: fn(Test<Number>) -> Self) -> Option<Self> {
        let (read, said) = test(text)?;
        (!said).then(|| side(read.map(|n| n.number)))
    }

    /// The amounts that are meant, in minor units of a currency with so many decimals: two spans
    /// where they lie on both sides of zero.
    pub fn spans(self, exponent: u32) -> Vec<Span> {
        let plain = |test: Test<Number>| test.map(|number| Signed { negative: false, number });
        let mirrored = |span: Span| Span { low: -span.high, high: -span.low };
        let spans = match self {
            Self::Signed(test) => vec![span(test, exponent)],
            Self::Either(test) => {
                let span = clamped(span(plain(test), exponent), 0);
                vec![span, mirrored(span)]
            }
            Self::In(test) => vec![clamped(span(plain(test), exponent), 1)],
            Self::Out(test) => vec![mirrored(clamped(span(plain(test), exponent), 1))],
        };
        spans.into_iter().filter(|span| span.low <= span.high).collect()
    }

    pub fn matches(self, amount: Money) -> bool {
        let meant = |span: &Span| (span.low..=span.high).contains(&amount.minor);
        self.spans(amount.currency.exponent()).iter().any(meant)
    }
}

/// Far above any sum of money, and far from the end of the numbers that hold one.
const MOST: i64 = i64::MAX / 4;

fn clamped(span: Span, lowest: i64) -> Span {
    Span { low: span.low.max(lowest), ..span }
}

fn span(test: Test<Signed>, exponent: u32) -> Span {
    let floor = |n: Signed| rounded(n, exponent, i128::div_euclid);
    let ceil =
        |n: Signed| -rounded(Signed { negative: !n.negative, ..n }, exponent, i128::div_euclid);
    match test {
        Test::Exactly(n) => Span { low: ceil(n), high: floor(n) },
        Test::Over(n) => Span { low: floor(n) + 1, high: MOST },
        Test::AtLeast(n) => Span { low: ceil(n), high: MOST },
        Test::Under(n) => Span { low: -MOST, high: ceil(n) - 1 },
        Test::AtMost(n) => Span { low: -MOST, high: floor(n) },
        Test::Between(low, high) => Span { low: ceil(low), high: floor(high) },
    }
}

fn rounded(signed: Signed, exponent: u32, divide: fn(i128, i128) -> i128) -> i64 {
    let minor = divide(
        signed.key(signed.number.decimals) * 10_i128.pow(exponent),
        10_i128.pow(signed.number.decimals),
    );
    i64::try_from(minor).unwrap_or(if minor < 0 { -MOST } else { MOST }).clamp(-MOST, MOST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_read_as_people_type_them() {
        for (text, expected) in [
            ("50", Some("50")),
            ("86.46", Some("86.46")),
            ("86,46", Some("86.46")),
            ("1,234.56", Some("1234.56")),
            ("1.234,56", Some("1234.56")),
            ("1'234.50", Some("1234.5")),
            ("1 234,5", Some("1234.5")),
            ("1,234", Some("1234")),
            ("1.234", Some("1.234")),
            ("1,234,567", Some("1234567")),
            ("1.234.567", Some("1234567")),
            ("12,34,567", None),
            ("$50", Some("50")),
            ("50€", Some("50")),
            (".5", Some("0.5")),
            ("5.", Some("5")),
            ("1,2,3", None),
            ("", None),
            (".", None),
            ("x", None),
            ("99999999999999999999", None),
        ] {
            let read = Number::parse(text).map(|number| number.to_string());
            assert_eq!(read.as_deref(), expected, "{text:?}");
        }
    }

    #[test]
    fn an_amount_means_either_sign_unless_one_is_said() {
        use crate::domain::Currency;
        let matches = |text: &str, minor: i64| {
            Amount::parse(text).unwrap().matches(Money::new(minor, Currency::USD))
        };
        for (text, yes, no) in [
            (">50", &[5001, -5001][..], &[5000, -5000, 0][..]),
            (">=50", &[5000, -5000], &[4999]),
            ("<50", &[4999, -4999, 0], &[5000, -5000]),
            ("86.46", &[8646, -8646], &[8645]),
            ("50..60", &[5000, -6000], &[4999, 6001, -6001]),
            ("60..50", &[5500], &[6001]),
            ("..60", &[0, -6000], &[6001]),
            ("<-20", &[-2001], &[-2000, 2001]),
            ("-86.46", &[-8646], &[8646]),
            ("+86.46", &[8646], &[-8646]),
            ("-10..10", &[-1000, 0, 1000], &[-1001]),
            (">0.001", &[1, -1], &[0]),
            ("0.001", &[], &[0, 1]),
        ] {
            assert!(yes.iter().all(|minor| matches(text, *minor)), "{text}");
            assert!(!no.iter().any(|minor| matches(text, *minor)), "{text}");
        }
    }

    #[test]
    fn each_currency_counts_in_its_own_units() {
        let over = Amount::parse(">50").unwrap();
        assert_eq!(over.spans(0)[0].low, 51);
        assert_eq!(over.spans(2)[0].low, 5_001);
        assert_eq!(over.spans(3)[0].low, 50_001);
        let out = Amount::parse_side("<0.5", Amount::Out).unwrap();
        assert_eq!(out.spans(0), []);
        assert_eq!(out.spans(2), [Span { low: -49, high: -1 }]);
    }
}
