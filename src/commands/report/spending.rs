//! What a month cost, beside what is usual.

use std::collections::{BTreeMap, HashMap};

use chrono::{Months, NaiveDate};

use super::super::Result;
use super::counted::{counted, month_of, months};
use super::figures::{Column, Figure, Figures, amount, column};
use crate::chart::{self, Band};
use crate::cli::SpendingArgs;
use crate::domain::{Currency, Money, Sum, Summary};
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
const MONTHS_BEFORE: u32 = 3;

/// What one thing cost: what came back is taken off.
struct Line {
    name: String,
    currency: Currency,
    spent: i64,
    /// Of the three months before, each.
    average: i64,
}

pub async fn figures(store: &Store, args: &SpendingArgs, today: NaiveDate) -> Result<Figures> {
    let month = month_of(args.month.unwrap_or(today));
    let before = month.checked_sub_months(Months::new(1)).unwrap_or(month);
    let now = counted(store, months(month, 1)).await?;
    let earlier = counted(store, months(before, MONTHS_BEFORE)).await?;
    let names = if args.by == "account" { account_names(store).await? } else { HashMap::new() };
    let sums = |summary: &Summary| spent(summary, &args.by, &names);
    let lines = lines(sums(&now), &sums(&earlier));
    let bands: Vec<Band> = lines.iter().take(CHARTED).map(Line::band).collect();
    let title = format!("Spending by {}, {}", args.by, month.format("%B %Y"));
    let mut notes = totals(&lines, month);
    if month == month_of(today) {
        notes.push("The month is not over. Usually is the mean of the three before.".to_owned());
    }
    Ok(Figures {
        name: "spending",
        columns: COLUMNS,
        rows: lines.iter().map(Line::row).collect(),
        brief: None,
        notes,
        nothing: "Nothing was spent in that month.",
        svg: chart::bands(&title, &bands),
    })
}

type Spent = BTreeMap<(Currency, String), i64>;

/// What was spent more than came back, by name.
fn spent(summary: &Summary, by: &str, names: &HashMap<String, String>) -> Spent {
    let category = |(name, sum): &(Option<String>, Sum)| {
        (name.clone().unwrap_or_else(|| "uncategorised".to_owned()), *sum)
    };
    let sums: Vec<(String, Sum)> = if by == "account" {
        let name = |id: &str| names.get(id).cloned().unwrap_or_else(|| id.to_owned());
        summary.accounts.iter().map(|(id, sum)| (name(id.as_str()), *sum)).collect()
    } else {
        summary.categories.iter().map(category).collect()
    };
    let mut spent = Spent::new();
    for (name, sum) in sums {
        // Of an account everything that went out counts: what came in was not for that.
        let minor = if by == "account" { sum.spent() } else { -sum.net() }.minor;
        let so_far = spent.entry((sum.currency, name)).or_default();
        *so_far = so_far.saturating_add(minor);
    }
    spent
}

/// By currency, the dearest first; without what only brought money in.
fn lines(now: Spent, earlier: &Spent) -> Vec<Line> {
    let line = |((currency, name), spent): ((Currency, String), i64)| {
        let before = earlier.get(&(currency, name.clone())).copied().unwrap_or_default();
        let average = (before / i64::from(MONTHS_BEFORE)).max(0);
        Line { name, currency, spent, average }
    };
    let mut lines: Vec<Line> = now.into_iter().filter(|(_, spent)| *spent > 0).map(line).collect();
    lines.sort_by_key(|line| (line.currency, std::cmp::Reverse(line.spent)));
    lines
}

impl Line {
    fn row(&self) -> Vec<Figure> {
        let money = |minor| Figure::Money(Money::new(minor, self.currency));
        vec![
            Figure::Text(self.name.clone()),
            Figure::Currency(self.currency),
            money(self.spent),
            money(self.average),
            money(self.spent.saturating_sub(self.average)),
        ]
    }

    fn band(&self) -> Band {
        let money = |minor| Money::new(minor, self.currency);
        Band {
            name: self.name.clone(),
            amount: money(self.spent),
            usual: Some(money(self.average)),
            money_in: false,
        }
    }
}

fn totals(lines: &[Line], month: NaiveDate) -> Vec<String> {
    let mut totals: BTreeMap<Currency, i64> = BTreeMap::new();
    for line in lines {
        let total = totals.entry(line.currency).or_default();
        *total = total.saturating_add(line.spent);
    }
    let total = |(currency, minor)| {
        let money = Money::new(minor, currency).grouped();
        format!("{money} {currency} in {}.", month.format("%B %Y"))
    };
    totals.into_iter().map(total).collect()
}

async fn account_names(store: &Store) -> Result<HashMap<String, String>> {
    let accounts = store.load_names().await?.accounts.into_iter();
    Ok(accounts.map(|account| (account.id.0, account.name)).collect())
}
