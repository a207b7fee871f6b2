//! Ages, days and names as short words.

use chrono::{DateTime, Datelike, NaiveDate, Utc};

use super::text;
use super::theme::Role;
use crate::app::App;
use crate::app::accounts::Freshness;
use crate::app::problems::is_old;
use crate::domain::{AccountId, SafeText, StoredTransaction, label};

/// `4 min ago`, `6 days`; in the short form `4m`, `6d`.
pub fn age(app: &App, at: DateTime<Utc>, short: bool) -> String {
    let age = app.now() - at;
    let (minutes, hours, days) = (age.num_minutes(), age.num_hours(), age.num_days());
    match (minutes, hours, days, short) {
        (..1, _, _, true) => "now".to_owned(),
        (..1, _, _, false) => "just now".to_owned(),
        (..60, _, _, true) => format!("{minutes}m"),
        (..60, _, _, false) => format!("{minutes} min ago"),
        (_, ..24, _, true) => format!("{hours}h"),
        (_, ..24, _, false) => format!("{hours} h ago"),
        (_, _, 1, false) => "1 day".to_owned(),
        (_, _, ..15, true) => format!("{days}d"),
        (_, _, ..15, false) => format!("{days} days"),
        _ => day(app.setup.zone.day(at), app.today()),
    }
}

/// The sign that goes with an age, and its role.
pub fn freshness_sign(app: &App, freshness: Freshness) -> (&'static str, Role) {
    match freshness {
        Freshness { ended: true, .. } => ("○", Role::Muted),
        Freshness { needs_you: true, .. } => ("!", Role::Warn),
        Freshness { at: None, .. } => ("○", Role::Muted),
        Freshness { at: Some(at), .. } if is_old(app.now(), at) => ("◐", Role::Warn),
        _ => ("●", Role::Ok),
    }
}

/// `Nov 22`, with the year when it is not this one.
pub fn day(date: NaiveDate, today: NaiveDate) -> String {
    let this_year = date.year() == today.year();
    date.format(if this_year { "%b %d" } else { "%b %d %Y" }).to_string()
}

/// `Nov 22 09:41` on the wall clock.
pub fn instant(app: &App, at: DateTime<Utc>) -> String {
    let wall = app.setup.zone.at(at);
    if wall.date() == app.today() {
        return wall.format("today %H:%M").to_string();
    }
    let this_year = wall.year() == app.today().year();
    wall.format(if this_year { "%b %d %H:%M" } else { "%b %d %Y" }).to_string()
}

/// Who it went to or came from, as the user or the bank calls them; the bank's text when nobody is
/// named.
pub fn title(row: &StoredTransaction) -> &str {
    let named = row.own_name().into_iter().chain(row.transaction.counterparty.as_deref());
    let mut texts = named.chain([&*row.transaction.description, "(no description)"]);
    texts.find(|text| !text.trim().is_empty()).unwrap_or_default()
}

/// `·4821`, or nothing. What is longer than eight columns is no account's ending, and is cut.
pub fn digits(last_four: Option<&str>) -> String {
    let cut = |digits: &str| format!("·{}", text::cut(&SafeText::new(digits), 8));
    last_four.map(cut).unwrap_or_default()
}

/// `Everyday Checking ·4821`, or the id of an account that is not listed.
pub fn account_name(app: &App, id: &AccountId) -> String {
    own_label(app, id, id.as_str())
}

/// As the user calls the account, or as somebody else `said` where it is not listed.
pub fn own_label(app: &App, id: &AccountId, said: &str) -> String {
    app.accounts.find(id).map_or_else(
        || said.to_owned(),
        |line| {
            let account = &line.overview.account;
            label(&account.name, account.last_four.as_deref())
        },
    )
}

/// `card payment` for `card_payment`.
pub fn plain(word: &str) -> String {
    word.replace('_', " ")
}

/// `1,032`.
pub fn number(count: u64) -> String {
    let digits = count.to_string();
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// `1 row`, `1,032 rows`.
pub fn counted_rows(count: i64) -> String {
    format!("{} {}", tally(count), if count == 1 { "row" } else { "rows" })
}

/// `1,032` for a count that the store keeps signed.
pub fn tally(count: i64) -> String {
    let sign = if count < 0 { "-" } else { "" };
    format!("{sign}{}", number(count.unsigned_abs()))
}
