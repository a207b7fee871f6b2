//! `passbook migrate down`: what would be lost, a question, and the way back.

use std::io::Write;

use serde::Serialize;

use super::steps::version_of;
use super::{Target, look_at_one_that_exists};
use crate::cli::DownArgs;
use crate::commands::document::write_json;
use crate::commands::question::agreed;
use crate::commands::table::{Align, Cell, Table};
use crate::commands::{Error, Result};
use crate::domain::SafeText;
use crate::exit::Exit;
use crate::store::{Loss, Step, Store};

const COLUMNS: &[(&str, Align)] =
    &[("LOST", Align::Left), ("COLUMN", Align::Left), ("ROWS", Align::Right)];

const COPIED: &str = "All of it is put aside first.";
const NOT_COPIED: &str = "Nothing is put aside: take a copy first, with pg_dump.";

#[derive(Serialize)]
struct Report<'a> {
    from: i64,
    to: i64,
    taken_back: Vec<&'a str>,
    lost: Vec<Row<'a>>,
    done: bool,
    copy: Option<String>,
}

#[derive(Serialize)]
struct Row<'a> {
    table: &'a str,
    column: Option<&'a str>,
    rows: i64,
}

pub(super) async fn down(target: &Target, args: &DownArgs, out: &mut impl Write) -> Result<Exit> {
    let store = look_at_one_that_exists(target).await?;
    let plan = plan(&store, args.to).await;
    store.close().await;
    let (steps, lost) = plan?;
    let copied = store.is_kept_first(&target.options);
    let from = version_of(&steps);
    let names: Vec<&str> = steps
        .iter()
        .rev()
        .filter(|step| step.version > args.to && step.applied.is_some())
        .map(|step| step.name.as_str())
        .collect();
    if !args.format.json {
        tell(from, args.to, &names, &lost, out)?;
        writeln!(out, "{}\n", if copied { COPIED } else { NOT_COPIED })?;
        out.flush()?;
    }
    let question = format!("Go back from version {from} to {}?", args.to);
    let answer = agreed(args.yes, &question);
    let done = matches!(answer, Ok(true));
    let copy = if done { Store::migrate_down(&target.options, args.to).await? } else { None };
    let copy = copy.map(|path| path.display().to_string());
    if args.format.json {
        let (to, lost) = (args.to, lost.iter().map(row).collect());
        write_json(out, &Report { from, to, taken_back: names, lost, done, copy })?;
        return answer.map(|_| Exit::Fine);
    }
    if !answer? {
        writeln!(out, "Nothing was changed.")?;
        out.flush()?;
        return Ok(Exit::Fine);
    }
    if let Some(copy) = copy {
        writeln!(out, "What was there is in {}.", SafeText::new(&copy))?;
    }
    match args.to {
        0 => writeln!(out, "Nothing of passbook is left in the database.")?,
        to => writeln!(out, "The database is at version {to}.")?,
    }
    writeln!(
        out,
        "The next launch of this passbook brings it up to date again, without what was lost: start \
         the older one instead."
    )?;
    out.flush()?;
    Ok(Exit::Fine)
}

/// All that can be said before anything is done. A database that is not as its steps say is not
/// taken back.
async fn plan(store: &Store, to: i64) -> Result<(Vec<Step>, Vec<Loss>)> {
    let steps = store.load_steps().await?;
    if let Some(error) = store.refusal().await? {
        return Err(error.into());
    }
    let version = version_of(&steps);
    let known = to == 0 || steps.iter().any(|step| step.version == to && step.applied.is_some());
    if to >= version || !known {
        return Err(Error::NotDown { to, version });
    }
    let lost = store.load_losses(to).await?;
    Ok((steps, lost))
}

fn tell(from: i64, to: i64, names: &[&str], lost: &[Loss], out: &mut impl Write) -> Result<()> {
    writeln!(out, "From version {from} to {to}: {} would be taken back.\n", names.join(", "))?;
    let mut table = Table::new(out, COLUMNS);
    for loss in lost {
        table.row(vec![
            Cell::ours(loss.table.as_str()),
            loss.column.as_deref().map_or_else(|| Cell::ours("all"), Cell::ours),
            Cell::ours(loss.rows.to_string()),
        ])?;
    }
    table.finish("Nothing would be lost.")?;
    Ok(writeln!(out)?)
}

fn row(loss: &Loss) -> Row<'_> {
    Row { table: &loss.table, column: loss.column.as_deref(), rows: loss.rows }
}
