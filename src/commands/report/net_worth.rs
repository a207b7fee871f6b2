//! What everything is worth, day by day, and how well each day is known.

use chrono::{Datelike as _, Days, NaiveDate};

use super::super::Result;
use super::figures::{Column, Figure, Figures, amount, column};
use crate::chart::{self, Line};
use crate::cli::NetWorthArgs;
use crate::domain::insight::NetWorth;
use crate::domain::{Day, DayKind, Money, Zone};
use crate::store::Store;

const COLUMNS: &[Column] = &[
    column("date", "DATE"),
    amount("net_worth", "NET WORTH"),
    column("currency", "CUR"),
    column("known", "KNOWN"),
];

pub async fn figures(store: &Store, args: &NetWorthArgs, today: NaiveDate) -> Result<Figures> {
    let overview = store.load_overview(today, args.days).await?;
    let worth = NetWorth::all(&overview, today, args.days as usize, Zone::Local);
    let mut rows = Vec::new();
    let mut brief = Vec::new();
    for one in &worth {
        for day in &one.history.days {
            if is_last_of_month(day.date) || day.date == today {
                brief.push(rows.len());
            }
            rows.push(row(one, day));
        }
    }
    let lines: Vec<Line<'_>> =
        worth.iter().map(|one| Line { currency: one.currency, history: &one.history }).collect();
    Ok(Figures {
        name: "net_worth",
        columns: COLUMNS,
        rows,
        brief: Some(brief),
        notes: worth.iter().map(note).collect(),
        nothing: "Nothing is known yet: run `passbook sync` first.",
        svg: chart::lines("Net worth", &lines),
    })
}

fn is_last_of_month(day: NaiveDate) -> bool {
    (day + Days::new(1)).day() == 1
}

fn row(worth: &NetWorth, day: &Day) -> Vec<Figure> {
    let known = match day.kind {
        DayKind::Measured => "measured",
        DayKind::Rebuilt => "rebuilt",
        DayKind::Unknown => "missing",
    };
    let value = day.value.map(|minor| Money::new(minor, worth.currency));
    vec![
        Figure::Day(day.date),
        Figure::money(value),
        Figure::Currency(worth.currency),
        Figure::Text(known.to_owned()),
    ]
}

fn note(worth: &NetWorth) -> String {
    let money = |minor| Money::new(minor, worth.currency).grouped();
    let unknown = match worth.unknown {
        0 => String::new(),
        1 => " Of 1 account no balance is known: it counts in nothing.".to_owned(),
        many => format!(" Of {many} accounts no balance is known: they count in nothing."),
    };
    let (assets, owed) = (money(worth.assets), money(worth.owed));
    format!("Assets {assets}, owed {owed} {}.{unknown}", worth.currency)
}
