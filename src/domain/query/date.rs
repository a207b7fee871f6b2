//! Days as people write them: `30d`, `2026-09`, `last month`, `sep`, `yesterday`.

use std::fmt;

use chrono::{Datelike as _, Days, Months, NaiveDate};

/// A day, or all days of a month or a year.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Period {
    Day(NaiveDate),
    /// By its first day.
    Month(NaiveDate),
    Year(i32),
}

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];
/// Years that anybody's bank knows.
const YEARS: std::ops::RangeInclusive<i32> = 1900..=2199;

impl Period {
    pub fn parse(text: &str, today: NaiveDate) -> Option<Self> {
        let text = text.trim().to_lowercase().replace(['-', '/', '_'], " ");
        let words: Vec<&str> = text.split_whitespace().collect();
        match words[..] {
            ["today"] => Some(Self::Day(today)),
            ["yesterday"] => Some(Self::Day(today.pred_opt()?)),
            ["this" | "last", _] => named(&words, today),
            [word] => number_of(word, today).or_else(|| month_by_name(word, None, today)),
            [word, year] if word.starts_with(|c: char| c.is_ascii_alphabetic()) => {
                month_by_name(word, Some(year_of(year)?), today)
            }
            [year, number] => month(year_of(year)?, number.parse().ok()?),
            [year, month, day] => {
                let (month, day) = (month.parse().ok()?, day.parse().ok()?);
                NaiveDate::from_ymd_opt(year_of(year)?, month, day).map(Self::Day)
            }
            _ => None,
        }
    }

    pub fn first(self) -> NaiveDate {
        match self {
            Self::Day(day) | Self::Month(day) => day,
            Self::Year(year) => NaiveDate::from_ymd_opt(year, 1, 1).unwrap_or(NaiveDate::MIN),
        }
    }

    pub fn last(self) -> NaiveDate {
        let next = match self {
            Self::Day(day) => return day,
            Self::Month(first) => first.checked_add_months(Months::new(1)),
            Self::Year(year) => NaiveDate::from_ymd_opt(year + 1, 1, 1),
        };
        next.and_then(|day| day.pred_opt()).unwrap_or(NaiveDate::MAX)
    }
}

/// Read back as the same.
impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Day(day) => write!(f, "{}", day.format("%Y-%m-%d")),
            Self::Month(first) => write!(f, "{}", first.format("%Y-%m")),
            Self::Year(year) => write!(f, "{year}"),
        }
    }
}

/// `last month`, `this year`; a week is known by the Monday it begins with.
fn named(words: &[&str], today: NaiveDate) -> Option<Period> {
    let last = u32::from(words[0] == "last");
    let first = today.with_day(1)?;
    match words[1] {
        "month" => first.checked_sub_months(Months::new(last)).map(Period::Month),
        "year" => Some(Period::Year(today.year() - last.cast_signed())),
        "week" => {
            let since = today.weekday().num_days_from_monday() + 7 * last;
            today.checked_sub_days(Days::new(since.into())).map(Period::Day)
        }
        _ => None,
    }
}

/// `30d`, `2w`, `3m`, `1y` back from today; `2025`.
fn number_of(word: &str, today: NaiveDate) -> Option<Period> {
    if let Some(year) = year_of(word) {
        return Some(Period::Year(year));
    }
    let digits = word.trim_end_matches(|letter: char| letter.is_ascii_alphabetic());
    let count: u32 = digits.parse().ok()?;
    let months = |months: u32| today.checked_sub_months(Months::new(months));
    let day = match &word[digits.len()..] {
        "d" | "day" | "days" => today.checked_sub_days(Days::new(count.into())),
        "w" | "week" | "weeks" => today.checked_sub_days(Days::new(7 * u64::from(count))),
        "m" | "month" | "months" => months(count),
        "y" | "year" | "years" => months(count.checked_mul(12)?),
        _ => return None,
    };
    day.filter(|day| YEARS.contains(&day.year())).map(Period::Day)
}

fn year_of(word: &str) -> Option<i32> {
    let year = word.parse().ok()?;
    (word.len() == 4 && YEARS.contains(&year)).then_some(year)
}

/// The latest month of that name that has begun, unless the year is said.
fn month_by_name(word: &str, year: Option<i32>, today: NaiveDate) -> Option<Period> {
    let known = |name: &&str| word.len() >= 3 && name.starts_with(word);
    let sept = word == "sept";
    let index = if sept { 8 } else { MONTHS.iter().position(known)? };
    let number = u32::try_from(index).ok()? + 1;
    let past = today.year() - i32::from(number > today.month());
    month(year.unwrap_or(past), number)
}

fn month(year: i32, month: u32) -> Option<Period> {
    NaiveDate::from_ymd_opt(year, month, 1).map(Period::Month)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<String> {
        let today = "2026-11-22".parse().unwrap();
        let period = Period::parse(text, today)?;
        Some(format!("{} {}", period.first(), period.last()))
    }

    #[test]
    fn days_are_read_as_people_write_them() {
        for (text, expected) in [
            ("30d", "2026-10-23 2026-10-23"),
            ("2w", "2026-11-08 2026-11-08"),
            ("3m", "2026-08-22 2026-08-22"),
            ("1y", "2025-11-22 2025-11-22"),
            ("2026-09", "2026-09-01 2026-09-30"),
            ("2026/9/3", "2026-09-03 2026-09-03"),
            ("2026-09-01", "2026-09-01 2026-09-01"),
            ("2024-02", "2024-02-01 2024-02-29"),
            ("2025", "2025-01-01 2025-12-31"),
            ("sep", "2026-09-01 2026-09-30"),
            ("sept", "2026-09-01 2026-09-30"),
            ("Dec", "2025-12-01 2025-12-31"),
            ("november", "2026-11-01 2026-11-30"),
            ("sep 2025", "2025-09-01 2025-09-30"),
            ("sep-2025", "2025-09-01 2025-09-30"),
            ("today", "2026-11-22 2026-11-22"),
            ("yesterday", "2026-11-21 2026-11-21"),
            ("last month", "2026-10-01 2026-10-31"),
            ("last-month", "2026-10-01 2026-10-31"),
            ("this month", "2026-11-01 2026-11-30"),
            ("last year", "2025-01-01 2025-12-31"),
            ("this-week", "2026-11-16 2026-11-16"),
            ("last week", "2026-11-09 2026-11-09"),
        ] {
            assert_eq!(read(text).as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn what_is_no_date_is_none() {
        for text in ["", "x", "se", "2026-13", "2026-02-30", "99999999999d", "last", "-", "12"] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
