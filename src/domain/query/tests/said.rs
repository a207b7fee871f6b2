//! Reads the line in words as a person would, knowing nothing of how it was made.

use chrono::{Datelike as _, NaiveDate};

use super::{Row, names};
use crate::domain::Status;
use crate::domain::fold::fold;

pub fn holds(part: &str, row: &Row) -> bool {
    let is = |prefix: &str| part.strip_prefix(prefix);
    if let Some(rest) = is("not in ") {
        return !within(rest, row);
    }
    if let Some(rest) = is("in ") {
        return within(rest, row);
    }
    if let Some(rest) = is("category ") {
        return category(rest, row);
    }
    if let Some(text) = is("text ") {
        return row.words.contains(&fold(text.trim_matches('"')));
    }
    if let Some(day) = is("from ") {
        return row.date >= date(day);
    }
    if let Some(day) = is("before ") {
        return row.date < date(day);
    }
    if let Some(day) = is("until ") {
        return row.date <= date(day);
    }
    if let Some(day) = is("after ") {
        return row.date > date(day);
    }
    let [noted, named, changed, transfer, left_out, new] = row.flags;
    let minor = row.amount.minor;
    match part {
        "with a note" => noted,
        "without a note" => !noted,
        "with a tag" => !row.tags.is_empty(),
        "without a tag" => row.tags.is_empty(),
        "with a category" => row.category.is_some(),
        "without a category" => row.category.is_none(),
        "with a name of yours" => named,
        "without a name of yours" => !named,
        "changed by the bank" => changed,
        "never changed by the bank" => !changed,
        "pending" => row.status == Status::Pending,
        "posted" => row.status == Status::Posted,
        "transfers" => transfer,
        "left out of insights" => left_out,
        "new since the last sync" => new,
        "money in" => minor > 0,
        "money out" => minor < 0,
        "withdrawn by the bank" => false,
        _ => rest(part, row),
    }
}

fn rest(part: &str, row: &Row) -> bool {
    let is = |prefix: &str| part.strip_prefix(prefix);
    let minor = row.amount.minor;
    if let Some(text) = is("without ") {
        return !row.words.contains(&fold(text.trim_matches('"')));
    }
    if let Some(tags) = is("tagged ") {
        return tags.split(" or ").any(|tag| row.tags.iter().any(|own| own == tag));
    }
    if let Some(names) = is("merchant ") {
        let own = fold(&row.merchant);
        return names.split(" or ").any(|name| own.contains(&fold(name)));
    }
    if let Some(ids) = is("id ") {
        return ids.split(" or ").any(|id| row.id == id);
    }
    if let Some(test) = is("spent ") {
        return minor < 0 && number(test, -value(row));
    }
    if let Some(test) = is("received ") {
        return minor > 0 && number(test, value(row));
    }
    if let Some(test) = is("amount ").and_then(|test| test.strip_suffix(", either sign")) {
        return number(test, value(row).abs());
    }
    if let Some(test) = is("amount ").and_then(|test| test.strip_suffix(", as signed")) {
        return number(test, value(row));
    }
    let Some(negated) = is("not ") else { panic!("nobody understands {part:?}") };
    let known = [
        "amount",
        "pending",
        "posted",
        "spent",
        "received",
        "tagged",
        "merchant ",
        "id ",
        "transfers",
        "left out",
        "new since",
        "money",
        "withdrawn",
    ];
    if known.iter().any(|word| negated.starts_with(word)) {
        !holds(negated, row)
    } else {
        !category(negated, row)
    }
}

fn within(places: &str, row: &Row) -> bool {
    places.split(" or ").any(|place| {
        if let Some(account) = names().accounts.iter().find(|account| account.shown() == place) {
            return account.id == row.account;
        }
        if let Ok(year) = place.parse::<i32>() {
            return row.date.year() == year;
        }
        match NaiveDate::parse_from_str(&format!("1 {place}"), "%d %b %Y") {
            Ok(month) => (month.year(), month.month()) == (row.date.year(), row.date.month()),
            Err(_) => row.date == date(place),
        }
    })
}

fn category(said: &str, row: &Row) -> bool {
    let (said, below) = said.strip_suffix(" and below").map_or((said, false), |said| (said, true));
    let parent = |name: &str| {
        names().categories.into_iter().find(|one| one.name == name).and_then(|one| one.parent)
    };
    row.category.as_deref().is_some_and(|own| {
        said.split(" or ").any(|one| own == one || below && parent(own).as_deref() == Some(one))
    })
}

fn date(day: &str) -> NaiveDate {
    NaiveDate::parse_from_str(day, "%b %d %Y").unwrap()
}

/// In thousandths.
fn value(row: &Row) -> i64 {
    row.amount.minor * 10_i64.pow(3 - row.amount.currency.exponent())
}

fn number(test: &str, value: i64) -> bool {
    let read = |text: &str| {
        let (sign, digits) = text.strip_prefix('-').map_or((1, text), |rest| (-1, rest));
        let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
        sign * format!("{whole}{part:0<3}").parse::<i64>().unwrap()
    };
    let is = |prefix: &str| test.strip_prefix(prefix).map(read);
    match (is("exactly "), is("over "), is("at least "), is("under "), is("at most ")) {
        (Some(n), ..) => value == n,
        (_, Some(n), ..) => value > n,
        (_, _, Some(n), ..) => value >= n,
        (_, _, _, Some(n), _) => value < n,
        (.., Some(n)) => value <= n,
        _ => {
            let (low, high) = test.split_once(" to ").unwrap();
            (read(low)..=read(high)).contains(&value)
        }
    }
}
