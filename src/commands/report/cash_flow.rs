//! What came in and went out, month by month; transfers and what is left out count in neither.

use std::collections::BTreeMap;

use chrono::{Months, NaiveDate};

use super::super::Result;
use super::counted::{counted, months};
use super::figures::{Column, Figure, Figures, amount, column};
use crate::chart::{self, Bars};
use crate::cli::CashFlowArgs;
use crate::domain::{Currency, Money, MonthTotals, Summary};
use crate::store::Store;

const COLUMNS: &[Column] = &[
    column("month", "MONTH"),
    column("currency", "CUR"),
    amount("in", "IN"),
    amount("out", "OUT"),
    amount("net", "NET"),
];

/// The months of one currency, oldest first, none left out.
struct Flow {
    currency: Currency,
    months: Vec<(NaiveDate, MonthTotals)>,
}

pub async fn figures(store: &Store, args: &CashFlowArgs, today: NaiveDate) -> Result<Figures> {
    let span = months(today, args.months);
    let flows = flows(&counted(store, span).await?, span);
    let bars: Vec<Bars<'_>> =
        flows.iter().map(|flow| Bars { currency: flow.currency, months: &flow.months }).collect();
    Ok(Figures {
        name: "cash_flow",
        columns: COLUMNS,
        rows: flows.iter().flat_map(Flow::rows).collect(),
        brief: None,
        notes: flows.iter().map(note).collect(),
        nothing: "No transactions in these months.",
        svg: chart::bars("Cash flow", &bars),
    })
}

fn flows(summary: &Summary, (first, last): (NaiveDate, NaiveDate)) -> Vec<Flow> {
    let empty: BTreeMap<NaiveDate, MonthTotals> = (0..)
        .map_while(|count| first.checked_add_months(Months::new(count)))
        .take_while(|month| *month <= last)
        .map(|month| (month, MonthTotals::default()))
        .collect();
    let mut flows: BTreeMap<Currency, BTreeMap<NaiveDate, MonthTotals>> = BTreeMap::new();
    for (month, sum) in &summary.months {
        let totals = MonthTotals { money_in: sum.money_in, money_out: sum.money_out };
        flows.entry(sum.currency).or_insert_with(|| empty.clone()).insert(*month, totals);
    }
    let flow = |(currency, months): (Currency, BTreeMap<_, _>)| Flow {
        currency,
        months: months.into_iter().collect(),
    };
    flows.into_iter().map(flow).collect()
}

impl Flow {
    fn rows(&self) -> impl Iterator<Item = Vec<Figure>> {
        let money = |minor| Figure::Money(Money::new(minor, self.currency));
        self.months.iter().map(move |(month, sums)| {
            vec![
                Figure::Month(*month),
                Figure::Currency(self.currency),
                money(sums.money_in),
                money(sums.money_out),
                money(sums.net()),
            ]
        })
    }

    fn total(&self) -> MonthTotals {
        self.months.iter().fold(MonthTotals::default(), |sum, (_, month)| MonthTotals {
            money_in: sum.money_in.saturating_add(month.money_in),
            money_out: sum.money_out.saturating_add(month.money_out),
        })
    }
}

fn note(flow: &Flow) -> String {
    let total = flow.total();
    let money = |minor| Money::new(minor, flow.currency).signed();
    let (money_in, out, net) = (money(total.money_in), money(total.money_out), money(total.net()));
    format!("In {money_in}, out {out}, net {net} {}. Transfers count in neither.", flow.currency)
}
