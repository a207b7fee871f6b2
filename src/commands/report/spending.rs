//! What a month cost, beside what is usual.

use std::collections::HashMap;

use chrono::{Datelike as _, NaiveDate};

use super::super::Result;
use super::figures::{Column, Figure, Figures, amount, column};
use crate::chart::{self, Band};
use crate::cli::SpendingArgs;
use crate::domain::insight::{Spending, SpendingBy, SpendingLine};
use crate::domain::{CategoryTree, Currency, Money};
use crate::store::Store;

const COLUMNS: &[Column] = &[
    column("name", "WHAT FOR"),
    column("currency", "CUR"),
    amount("spent", "SPENT"),
    amount("average", "USUALLY"),
    amount("difference", "DIFFERENCE"),
];
/// Below the heads of the tree: a sum holds those of the lines below it.
const DEEPER: &[Column] = &[
    column("name", "WHAT FOR"),
    column("below", "BELOW"),
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
    let tree = store.load_category_tree().await?;
    let lines: Vec<Told> = match by {
        SpendingBy::Category => {
            spending.iter().flat_map(|one| below(one, &tree, None, args.depth)).collect()
        }
        _ => spending.iter().flat_map(flat).collect(),
    };
    let heads = lines.iter().filter(|told| told.below.is_none());
    let bands: Vec<Band> =
        heads.take(CHARTED).map(|told| band(told.currency, &told.line)).collect();
    let deeper = by == SpendingBy::Category && args.depth > 1;
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
        columns: if deeper { DEEPER } else { COLUMNS },
        rows: lines.iter().map(|told| row(told, deeper)).collect(),
        brief: None,
        notes,
        nothing: "Nothing was spent in that month.",
        svg: chart::bands(&title, &bands),
    })
}

/// A line, and the category that it was opened from.
struct Told {
    currency: Currency,
    below: Option<String>,
    line: SpendingLine,
}

fn flat(spending: &Spending) -> impl Iterator<Item = Told> {
    let told =
        |line: &SpendingLine| Told { currency: spending.currency, below: None, line: line.clone() };
    spending.lines.iter().map(told)
}

/// Each line, and what it opens to after it.
fn below(spending: &Spending, tree: &CategoryTree, above: Option<&str>, depth: u8) -> Vec<Told> {
    let mut told = Vec::new();
    for line in spending.rolled(tree, above) {
        let inside = if depth > 1 && line.opens {
            below(spending, tree, Some(&line.name), depth - 1)
        } else {
            Vec::new()
        };
        let (currency, above) = (spending.currency, above.map(str::to_owned));
        told.push(Told { currency, below: above, line });
        told.extend(inside);
    }
    told
}

fn row(told: &Told, deeper: bool) -> Vec<Figure> {
    let Told { currency, below, line } = told;
    let money = |minor| Figure::Money(Money::new(minor, *currency));
    let below = below.clone().map_or(Figure::Unknown, Figure::Text);
    let mut row = vec![Figure::Text(name(line).to_owned())];
    row.extend(deeper.then_some(below));
    row.extend([
        Figure::Currency(*currency),
        money(line.spent),
        money(line.average),
        money(line.spent.saturating_sub(line.average)),
    ]);
    row
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
