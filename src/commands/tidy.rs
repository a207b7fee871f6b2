//! `passbook db tidy`: room is made where nobody can ask for anything any more.

use std::io::Write;

use serde_json::json;

use super::Result;
use super::document::write_json;
use super::question::agreed;
use super::table::{Align, Cell, Table};
use crate::cli::TidyArgs;
use crate::store::{Store, Tidied};

const COLUMNS: &[(&str, Align)] =
    &[("WHAT GOES", Align::Left), ("ROWS", Align::Right), ("WHAT STAYS", Align::Left)];

/// Says what goes and what stays, asks, and gives the room back.
pub async fn tidy(store: &Store, args: &TidyArgs, out: &mut impl Write) -> Result<()> {
    let untidy = store.count_untidy().await?;
    if !args.format.json {
        tell(&untidy, out)?;
    }
    if args.dry_run {
        if args.format.json {
            return write_json(out, &json!({ "untidy": untidy, "tidied": null }));
        }
        return Ok(out.flush()?);
    }
    let tidied = if untidy.is_nothing() {
        untidy
    } else {
        if !agreed(args.yes, "Remove these rows?")? {
            writeln!(out, "Nothing was changed.")?;
            return Ok(out.flush()?);
        }
        store.tidy().await?
    };
    store.compact().await?;
    if args.format.json {
        return write_json(out, &json!({ "untidy": untidy, "tidied": tidied }));
    }
    writeln!(out, "Done, and the room was given back.")?;
    Ok(out.flush()?)
}

fn tell(untidy: &Tidied, out: &mut impl Write) -> Result<()> {
    let mut table = Table::new(out, COLUMNS);
    for (what, rows, stays) in [
        (
            "balances between two equal ones of a day, older than 30 days",
            untidy.equal_balances,
            "every balance that was another one, and each day's first and last",
        ),
        (
            "syncs older than 90 days that found nothing",
            untidy.idle_syncs,
            "every sync that found something or failed",
        ),
        (
            "what syncs older than 90 days read and concluded, step by step",
            untidy.explanations,
            "what they found, and everything they changed",
        ),
        (
            "changes of running balances and processing states, older than a year",
            untidy.changes,
            "every change of an amount, a date, a text, a status",
        ),
        (
            "rows kept aside and read or withdrawn since, older than a year",
            untidy.resolved,
            "rows that still cannot be read",
        ),
        (
            "the bank's announcements, answered more than 90 days ago",
            untidy.announcements,
            "what the syncs that answered them found",
        ),
    ] {
        table.row(vec![Cell::ours(what), Cell::ours(rows.to_string()), Cell::ours(stays)])?;
    }
    Ok(table.finish("")?)
}
