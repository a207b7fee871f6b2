//! `passbook report`: figures as a table, as JSON or as CSV, and as a chart beside.

mod cash_flow;
mod figures;
mod net_worth;
mod recurring;
mod spending;

use std::io::Write;

use super::Result;
use crate::cli::{ReportArgs, ReportCommand};
use crate::domain::{SafeText, Zone};
use crate::export;
use crate::store::Store;
use figures::Figures;

pub async fn report(store: &Store, command: &ReportCommand, out: &mut impl Write) -> Result<()> {
    let today = Zone::Local.day(store.clock().now());
    let figures = match command {
        ReportCommand::NetWorth(args) => net_worth::figures(store, args, today).await?,
        ReportCommand::CashFlow(args) => cash_flow::figures(store, args, today).await?,
        ReportCommand::Spending(args) => spending::figures(store, args, today).await?,
        ReportCommand::Recurring(_) => recurring::figures(store, today).await?,
    };
    let args = command.args();
    if let Some(path) = &args.svg {
        export::write_file(path, figures.svg.as_bytes(), args.force)?;
    }
    write(&figures, args, out)?;
    Ok(out.flush()?)
}

fn write(figures: &Figures, args: &ReportArgs, out: &mut impl Write) -> Result<()> {
    if args.json {
        return figures.json(out);
    }
    if args.csv {
        return figures.csv(out);
    }
    figures.table(out)?;
    if let Some(path) = &args.svg {
        writeln!(out, "\nChart: {}", SafeText::new(&path.display().to_string()))?;
    }
    Ok(())
}
