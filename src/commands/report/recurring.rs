//! What comes again and again, when next, and what it comes to in a month.

use std::collections::BTreeSet;

use chrono::NaiveDate;

use super::super::Result;
use super::figures::{Column, Figure, Figures, amount, column};
use crate::chart::{self, Band};
use crate::domain::insight::{Series, SeriesState};
use crate::domain::{Currency, Money};
use crate::store::Store;

const COLUMNS: &[Column] = &[
    column("merchant", "WHO"),
    column("cadence", "HOW OFTEN"),
    amount("usual", "USUALLY"),
    column("currency", "CUR"),
    amount("a_month", "A MONTH"),
    column("next", "NEXT"),
    column("state", "STATE"),
    amount("confidence", "SURE"),
    column("price_since", "PRICE SINCE"),
    column("account_id", "ACCOUNT"),
];

pub async fn figures(store: &Store, today: NaiveDate) -> Result<Figures> {
    let mut series = store.load_patterns(today).await?.series;
    series.sort_by_key(|one| (one.sum.usual().currency, a_month(one).minor));
    let running = series.iter().filter(|one| one.state != SeriesState::Ended && one.twin.is_none());
    let bands = |one: &Series| Band {
        name: one.merchant.clone(),
        amount: a_month(one),
        usual: None,
        money_in: !a_month(one).is_negative(),
    };
    let bands: Vec<Band> = running.clone().map(bands).collect();
    let months: Vec<Money> = running.clone().map(a_month).collect();
    Ok(Figures {
        name: "recurring",
        columns: COLUMNS,
        rows: series.iter().map(row).collect(),
        brief: None,
        notes: notes(&months),
        nothing: "Nothing comes again and again, as far as can be seen.",
        svg: chart::bands("Recurring, a month", &bands),
    })
}

/// A line for each currency.
fn notes(months: &[Money]) -> Vec<String> {
    let currencies: BTreeSet<Currency> = months.iter().map(|money| money.currency).collect();
    let note = |currency: Currency| {
        let of_it = months.iter().filter(|money| money.currency == currency);
        let (money_in, out) = of_it.fold((0, 0), |(money_in, out): (i64, i64), money| {
            (money_in.saturating_add(money.minor.max(0)), out.saturating_add(money.minor.min(0)))
        });
        let money = |minor| Money::new(minor, currency).signed();
        format!("A month of these: in {}, out {} {currency}.", money(money_in), money(out))
    };
    currencies.into_iter().map(note).collect()
}

/// What it comes to in a twelfth of a year.
fn a_month(series: &Series) -> Money {
    let usual = series.sum.usual();
    let year = i128::from(usual.minor) * i128::from(series.cadence.per_year());
    Money::new(i64::try_from(year / 12).unwrap_or(usual.minor), usual.currency)
}

fn row(series: &Series) -> Vec<Figure> {
    let state = match series.state {
        SeriesState::Running => "running",
        SeriesState::Late => "late",
        SeriesState::Ended => "ended",
    };
    let usual = series.sum.usual();
    let since = series.prices.last().filter(|_| series.sum.is_fixed());
    vec![
        Figure::Text(series.merchant.clone()),
        Figure::Text(series.cadence.word().to_owned()),
        Figure::Money(usual),
        Figure::Currency(usual.currency),
        Figure::Money(a_month(series)),
        Figure::Day(series.next),
        Figure::Text(state.to_owned()),
        Figure::Percent(series.confidence.percent()),
        since.map_or(Figure::Unknown, |price| Figure::Day(price.since)),
        Figure::Text(series.account.to_string()),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_currency_is_told_once_whatever_stands_between() {
        let euros = Currency::parse("EUR").unwrap();
        let months = [(-1_000, Currency::USD), (-500, euros), (250_000, Currency::USD)];
        let months = months.map(|(minor, currency)| Money::new(minor, currency));
        assert_eq!(
            notes(&months),
            [
                "A month of these: in 0.00, out -5.00 EUR.",
                "A month of these: in +2,500.00, out -10.00 USD."
            ]
        );
    }
}
