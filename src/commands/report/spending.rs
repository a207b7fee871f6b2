//! What a month cost, beside what is usual.

use std::collections::HashMap;

use chrono::{Datelike as _, NaiveDate};

use super::super::Result;
use super::figures::{Column, Figure, Figures, amount, column};
use crate::chart::{self, Band};
use crate::cli::SpendingArgs;
use crate::domain::insight::{Spending, SpendingBy, SpendingLine};
use crate::domain::{Currency, Money};
use crate::store::Store;

const COLUMNS: &[Column] = &[
    column("name", "WHAT FOR"),
    column("currency", "CUR"),
    amount("spent", "SPENT"),
    amount("average", "USUALLY"),
    amount("difference", "DIFFERENCE"),
];
/// A chart shows as many of the dearest.
const CHARTED: usize = 24;

pub async fn figures(store: &Store, args: &SpendingArgs, today: NaiveDate) -> Result<Figures> {
    let month = args.month.unwrap_or(today);
    let by = match args.by.as_str() {
        "merchant" => SpendingBy::Merchant,
        "account" => SpendingBy::Account,
        _ => SpendingBy::Category,
    };
    let mut spending = store.load_spending(month, by).await?;
    if by == SpendingBy::Account {
        name_accounts(store, &mut spending).await?;
    }
    let lines =
        || spending.iter().flat_map(|one| one.lines.iter().map(|line| (one.currency, line)));
    let bands: Vec<Band> =
        lines().take(CHARTED).map(|(currency, line)| band(currency, line)).collect();
    let title = format!("Spending by {}, {}", by.word(), month.format("%B %Y"));
    let total = |one: &Spending| {
        format!("{} {} in {}.", one.total().grouped(), one.currency, month.format("%B %Y"))
    };
    let mut notes: Vec<String> = spending.iter().map(total).collect();
    if (month.year(), month.month()) == (today.year(), today.month()) {
        notes.push("The month is not over. Usually is the mean of the three before.".to_owned());
    }
    Ok(Figures {
        name: "spending",
        columns: COLUMNS,
        rows: lines().map(|(currency, line)| row(currency, line)).collect(),
        brief: None,
        notes,
        nothing: "Nothing was spent in that month.",
        svg: chart::bands(&title, &bands),
    })
}

fn row(currency: Currency, line: &SpendingLine) -> Vec<Figure> {
    let money = |minor| Figure::Money(Money::new(minor, currency));
    vec![
        Figure::Text(name(line).to_owned()),
        Figure::Currency(currency),
        money(line.spent),
        money(line.average),
        money(line.spent.saturating_sub(line.average)),
    ]
}

fn name(line: &SpendingLine) -> &str {
    if line.name.is_empty() { "uncategorised" } else { &line.name }
}

fn band(currency: Currency, line: &SpendingLine) -> Band {
    let money = |minor| Money::new(minor, currency);
    Band {
        name: name(line).to_owned(),
        amount: money(line.spent),
        usual: Some(money(line.average)),
        money_in: false,
    }
}

async fn name_accounts(store: &Store, spending: &mut [Spending]) -> Result<()> {
    let names = store.load_names().await?.accounts;
    let names: HashMap<String, String> =
        names.into_iter().map(|account| (account.id.0, account.name)).collect();
    for line in spending.iter_mut().flat_map(|one| &mut one.lines) {
        if let Some(name) = names.get(&line.name) {
            line.name.clone_from(name);
        }
    }
    Ok(())
}
