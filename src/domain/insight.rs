//! What rows tell together: transfers, series, repeats, oddities. Found by rule, never the bank's word.

mod ahead;
mod business;
mod cadence;
mod chain;
mod duplicates;
mod fact;
mod flow;
mod matching;
mod recurring;
mod rolled;
mod schedule;
mod series;
mod transfers;
mod unusual;
mod worth;

pub use ahead::{Due, LookAhead, look_ahead, upcoming};
pub use cadence::Cadence;
pub use duplicates::{Duplicate, find_duplicates};
pub use fact::{Confidence, Fact, Own};
pub use flow::{
    Against, CashFlow, Flows, InsightsQuery, Spending, SpendingBy, SpendingLine, month_of,
};
pub use recurring::find_series;
pub use series::{Price, Series, SeriesState, Sum};
pub use transfers::{Parted, TransferPair, explain_pair, find_transfers};
pub use unusual::{Finding, FindingKind, find_unusual};
pub use worth::NetWorth;

use std::collections::BTreeSet;

use chrono::{Months, NaiveDate};

/// Rows so old say nothing about what comes next; two of what is yearly fit.
pub const LOOKED_THROUGH: Months = Months::new(26);

/// All that is found in the rows of the last two years.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Patterns {
    pub series: Vec<Series>,
    /// Without those that the user has no interest in.
    pub findings: Vec<Finding>,
    /// Every likely repeat, however old: newest first, without those of no interest.
    pub duplicates: Vec<Duplicate>,
}

impl Patterns {
    pub fn find(facts: &[Fact], dismissed: &BTreeSet<String>, today: NaiveDate) -> Self {
        let series = find_series(facts, today);
        let mut findings = find_unusual(facts, &series, today);
        findings.retain(|finding| !dismissed.contains(&finding.id));
        let mut duplicates = find_duplicates(facts);
        duplicates.retain(|found| !dismissed.contains(&found.finding_id()));
        Self { series, findings, duplicates }
    }
}
