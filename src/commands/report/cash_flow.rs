//! What came in and went out, month by month; transfers and what is left out count in neither.

use chrono::{Months, NaiveDate};

use super::super::Result;
use super::figures::{Column, Figure, Figures, amount, column};
use crate::chart::{self, Bars};
use crate::cli::CashFlowArgs;
use crate::domain::insight::CashFlow;
use crate::domain::{Currency, Money, MonthTotals};
use crate::store::Store;

const COLUMNS: &[Column] = &[
    column("month", "MONTH"),
    column("currency", "CUR"),
    amount("in", "IN"),
    amount("out", "OUT"),
    amount("net", "NET"),
];

pub async fn figures(store: &Store, args: &CashFlowArgs, today: NaiveDate) -> Result<Figures> {
    let first = today.checked_sub_months(Months::new(args.months - 1)).unwrap_or(today);
    let flows = store.load_cash_flow(first, today).await?;
    let rows = flows
        .iter()
        .flat_map(|flow| flow.months.iter().map(|(month, sums)| row(*month, *sums, flow.currency)));
    let bars: Vec<Bars<'_>> =
        flows.iter().map(|flow| Bars { currency: flow.currency, months: &flow.months }).collect();
    Ok(Figures {
        name: "cash_flow",
        columns: COLUMNS,
        rows: rows.collect(),
        brief: None,
        notes: flows.iter().map(note).collect(),
        nothing: "No transactions in these months.",
        svg: chart::bars("Cash flow", &bars),
    })
}

fn row(month: NaiveDate, sums: MonthTotals, currency: Currency) -> Vec<Figure> {
    let money = |minor| Figure::Money(Money::new(minor, currency));
    vec![
        Figure::Month(month),
        Figure::Currency(currency),
        money(sums.money_in),
        money(sums.money_out),
        money(sums.net()),
    ]
}

fn note(flow: &CashFlow) -> String {
    let total = flow.total();
    let money = |minor| Money::new(minor, flow.currency).signed();
    let (money_in, out) = (money(total.money_in), money(total.money_out));
    let saved = flow.saved().map(|tenths| {
        let sign = if tenths < 0 { "-" } else { "" };
        let tenths = tenths.unsigned_abs();
        format!(", {sign}{}.{} % of what came in", tenths / 10, tenths % 10)
    });
    let (net, saved) = (money(total.net()), saved.unwrap_or_default());
    format!("In {money_in}, out {out}, net {net} {}{saved}. Transfers are left out.", flow.currency)
}
