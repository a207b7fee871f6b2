//! What everything is worth, day by day, and how well each day is known.

use std::collections::BTreeMap;

use chrono::{Datelike as _, Days, NaiveDate};

use super::super::Result;
use super::figures::{Column, Figure, Figures, amount, column};
use crate::chart::{self, Line};
use crate::cli::NetWorthArgs;
use crate::domain::{
    AccountOverview, Currency, Day, DayKind, History, Money, Overview, Snapshot, Zone,
};
use crate::store::Store;

const COLUMNS: &[Column] = &[
    column("date", "DATE"),
    amount("net_worth", "NET WORTH"),
    column("currency", "CUR"),
    column("known", "KNOWN"),
];

/// The accounts of one currency together.
struct Worth {
    currency: Currency,
    history: History,
    assets: i64,
    owed: i64,
    /// Accounts of which no balance is known: they count in nothing.
    unknown: usize,
}

pub async fn figures(store: &Store, args: &NetWorthArgs, today: NaiveDate) -> Result<Figures> {
    let overview = store.load_overview(today, args.days).await?;
    let days = usize::try_from(args.days).unwrap_or(usize::MAX);
    let worth = worth(&overview, today, days);
    let mut rows = Vec::new();
    let mut brief = Vec::new();
    for one in &worth {
        for day in &one.history.days {
            if is_last_of_month(day.date) || day.date == today {
                brief.push(rows.len());
            }
            rows.push(row(one.currency, day));
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

fn worth(overview: &Overview, today: NaiveDate, days: usize) -> Vec<Worth> {
    let mut histories: BTreeMap<Currency, Vec<History>> = BTreeMap::new();
    for account in overview.accounts.iter().filter(|account| !account.possible_duplicate) {
        let history = history(account, today, days);
        histories.entry(account.account.currency).or_default().push(history);
    }
    histories.into_iter().map(|(currency, accounts)| Worth::of(currency, &accounts)).collect()
}

fn history(overview: &AccountOverview, today: NaiveDate, days: usize) -> History {
    let ledger = |snapshot: &Snapshot| {
        Some((Zone::Local.day(snapshot.observed_at), snapshot.balance.ledger?.minor))
    };
    let measured = overview.snapshots.iter().filter_map(ledger).collect();
    let flows = overview.flows.iter().map(|flow| (flow.date, flow.minor)).collect();
    History::build(today, days, &measured, &flows, overview.reach)
}

impl Worth {
    fn of(currency: Currency, accounts: &[History]) -> Self {
        let known: Vec<&History> = accounts.iter().filter(|it| it.last().is_some()).collect();
        let days = known.first().map_or(&[][..], |history| &history.days);
        let sum = |(place, day): (usize, &Day)| {
            together(day.date, known.iter().map(|it| &it.days[place]))
        };
        let last = || known.iter().filter_map(|history| history.last());
        Self {
            currency,
            history: History { days: days.iter().enumerate().map(sum).collect() },
            assets: last().filter(|value| *value > 0).fold(0, i64::saturating_add),
            owed: last().filter(|value| *value < 0).fold(0, i64::saturating_add),
            unknown: accounts.len() - known.len(),
        }
    }
}

/// A day is only as well known as its least known account.
fn together<'a>(date: NaiveDate, accounts: impl Iterator<Item = &'a Day>) -> Day {
    let measured = Day { date, value: Some(0), kind: DayKind::Measured };
    accounts.fold(measured, |sum, day| {
        let value = sum.value.zip(day.value).map(|(sum, value)| sum.saturating_add(value));
        let kind = match (value, sum.kind, day.kind) {
            (None, ..) => DayKind::Unknown,
            (_, DayKind::Measured, DayKind::Measured) => DayKind::Measured,
            _ => DayKind::Rebuilt,
        };
        Day { date, value, kind }
    })
}

fn is_last_of_month(day: NaiveDate) -> bool {
    (day + Days::new(1)).day() == 1
}

fn row(currency: Currency, day: &Day) -> Vec<Figure> {
    let known = match day.kind {
        DayKind::Measured => "measured",
        DayKind::Rebuilt => "rebuilt",
        DayKind::Unknown => "missing",
    };
    vec![
        Figure::Day(day.date),
        Figure::money(day.value.map(|minor| Money::new(minor, currency))),
        Figure::Currency(currency),
        Figure::Text(known.to_owned()),
    ]
}

fn note(worth: &Worth) -> String {
    let money = |minor| Money::new(minor, worth.currency).grouped();
    let unknown = match worth.unknown {
        0 => String::new(),
        1 => " Of 1 account no balance is known: it counts in nothing.".to_owned(),
        many => format!(" Of {many} accounts no balance is known: they count in nothing."),
    };
    let (assets, owed) = (money(worth.assets), money(worth.owed));
    format!("Assets {assets}, owed {owed} {}.{unknown}", worth.currency)
}
