//! The words of `passbook report`.

use std::path::PathBuf;

use chrono::NaiveDate;
use clap::builder::PossibleValuesParser;
use clap::{Args, Subcommand, value_parser};

#[derive(Clone, Debug, Subcommand)]
pub enum ReportCommand {
    /// What everything is worth day by day, and how well that is known
    NetWorth(NetWorthArgs),
    /// What came in and went out, month by month; transfers count in neither
    CashFlow(CashFlowArgs),
    /// What a month cost, beside the three months before
    Spending(SpendingArgs),
    /// What comes again and again, how much it is and when it comes next
    Recurring(ReportArgs),
}

impl ReportCommand {
    pub fn args(&self) -> &ReportArgs {
        match self {
            Self::NetWorth(args) => &args.report,
            Self::CashFlow(args) => &args.report,
            Self::Spending(args) => &args.report,
            Self::Recurring(args) => args,
        }
    }
}

#[derive(Args, Clone, Debug, Default)]
pub struct ReportArgs {
    /// Print one JSON document instead of a table
    #[arg(long)]
    pub json: bool,
    /// Print CSV instead of a table
    #[arg(long, conflicts_with = "json")]
    pub csv: bool,
    /// Also draw it, into a new file that only you can read
    #[arg(long, value_name = "FILE")]
    pub svg: Option<PathBuf>,
    /// Replace the file where it exists
    #[arg(long, requires = "svg")]
    pub force: bool,
}

#[derive(Args, Clone, Debug)]
pub struct NetWorthArgs {
    /// Up to today
    #[arg(long, value_name = "N", default_value_t = 365)]
    #[arg(value_parser = value_parser!(u32).range(1..=36_500))]
    pub days: u32,
    #[command(flatten)]
    pub report: ReportArgs,
}

#[derive(Args, Clone, Debug)]
pub struct CashFlowArgs {
    /// Up to this one
    #[arg(long, value_name = "N", default_value_t = 12)]
    #[arg(value_parser = value_parser!(u32).range(1..=1_200))]
    pub months: u32,
    #[command(flatten)]
    pub report: ReportArgs,
}

#[derive(Args, Clone, Debug)]
pub struct SpendingArgs {
    /// YYYY-MM; default: this month
    #[arg(long, value_name = "MONTH", value_parser = month)]
    pub month: Option<NaiveDate>,
    /// What it is told apart by
    #[arg(long, value_name = "WHAT", default_value = "category")]
    #[arg(value_parser = PossibleValuesParser::new(["category", "merchant", "account"]))]
    pub by: String,
    /// Steps down the tree of categories; 1: its heads alone
    #[arg(long, value_name = "N", default_value_t = 1)]
    #[arg(value_parser = value_parser!(u8).range(1..=20))]
    pub depth: u8,
    #[command(flatten)]
    pub report: ReportArgs,
}

/// Its first day.
fn month(text: &str) -> Result<NaiveDate, String> {
    format!("{text}-01").parse().map_err(|_| "not a month such as 2026-09".to_owned())
}
