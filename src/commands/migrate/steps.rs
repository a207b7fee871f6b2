//! `passbook migrate status` and `history`: each step with when, by whom, and what it is.

use std::io::Write;

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::{Target, look};
use crate::commands::document::write_json;
use crate::commands::table::{Align, Cell, Table};
use crate::commands::{Result, local};
use crate::domain::SafeText;
use crate::exit::Exit;
use crate::store::{AppliedStep, Step, StepState};

/// As many digits as tell any two steps apart.
const SHORT: usize = 12;

const COLUMNS: &[(&str, Align)] = &[
    ("STEP", Align::Left),
    ("STATE", Align::Left),
    ("APPLIED", Align::Left),
    ("TOOK", Align::Right),
    ("BY", Align::Left),
    ("CHECKSUM", Align::Left),
    ("WHAT IT IS", Align::Left),
];

#[derive(Serialize)]
struct Status<'a> {
    database: &'a str,
    version: i64,
    newest: i64,
    pending: usize,
    steps: Vec<Row<'a>>,
}

#[derive(Serialize)]
struct History<'a> {
    history: Vec<Row<'a>>,
}

#[derive(Serialize)]
struct Row<'a> {
    version: i64,
    name: &'a str,
    sentence: &'a str,
    state: &'static str,
    checksum: &'a str,
    applied_at: Option<DateTime<Utc>>,
    took_ms: Option<f64>,
    applied_by: Option<&'a str>,
}

pub(super) async fn status(target: &Target, json: bool, out: &mut impl Write) -> Result<Exit> {
    let (steps, exists) = load(target).await?;
    let version = version_of(&steps);
    let ours = steps.iter().filter(|step| step.state != StepState::Unknown);
    let newest = ours.map(|step| step.version).max().unwrap_or(0);
    let pending = steps.iter().filter(|step| step.state == StepState::Pending).count();
    if json {
        let steps = steps.iter().map(row).collect();
        write_json(out, &Status { database: &target.name, version, newest, pending, steps })?;
        return Ok(Exit::Fine);
    }
    writeln!(out, "database  {}", SafeText::new(&target.name))?;
    let more = match pending {
        _ if !exists => "; there is no file yet".to_owned(),
        0 if version > newest => "; a newer passbook made it".to_owned(),
        0 => "; up to date".to_owned(),
        1 => "; 1 step is still to come".to_owned(),
        count => format!("; {count} steps are still to come"),
    };
    writeln!(out, "version   {version}, newest {newest}{more}\n")?;
    write_table(&steps, out)?;
    Ok(Exit::Fine)
}

pub(super) async fn history(target: &Target, json: bool, out: &mut impl Write) -> Result<Exit> {
    let (mut steps, _) = load(target).await?;
    steps.retain(|step| step.applied.is_some());
    steps.sort_by_key(|step| (step.applied.as_ref().map(|applied| applied.at), step.version));
    if json {
        write_json(out, &History { history: steps.iter().map(row).collect() })?;
    } else {
        write_table(&steps, out)?;
    }
    Ok(Exit::Fine)
}

/// The steps, and whether there is a database at all.
async fn load(target: &Target) -> Result<(Vec<Step>, bool)> {
    let Some(store) = look(target).await? else { return Ok((Step::all_pending(), false)) };
    let steps = store.load_steps().await;
    store.close().await;
    Ok((steps?, true))
}

pub(super) fn version_of(steps: &[Step]) -> i64 {
    let applied = steps.iter().filter(|step| step.applied.is_some());
    applied.map(|step| step.version).max().unwrap_or(0)
}

fn write_table(steps: &[Step], out: &mut impl Write) -> Result<()> {
    let mut table = Table::new(out, COLUMNS);
    for step in steps {
        table.row(cells(step))?;
    }
    Ok(table.finish("No step was applied yet: nothing of passbook is there.")?)
}

fn cells(step: &Step) -> Vec<Cell> {
    let applied = step.applied.as_ref();
    vec![
        Cell::outside(&step.name),
        Cell::ours(step.state.as_str()),
        applied.map_or_else(Cell::unknown, |applied| Cell::ours(local(applied.at))),
        Cell::took(applied.and_then(|applied| applied.took)),
        Cell::outside_or_unknown(applied.and_then(|applied| applied.by.as_deref())),
        Cell::ours(step.checksum.get(..SHORT).unwrap_or(&step.checksum)),
        Cell::outside(&step.sentence),
    ]
}

fn row(step: &Step) -> Row<'_> {
    let applied = step.applied.as_ref();
    let took = applied.and_then(|applied| applied.took);
    Row {
        version: step.version,
        name: &step.name,
        sentence: &step.sentence,
        state: step.state.as_str(),
        checksum: &step.checksum,
        applied_at: applied.map(|applied| applied.at),
        took_ms: took.map(|took| took.as_secs_f64() * 1000.0),
        applied_by: applied.and_then(|AppliedStep { by, .. }| by.as_deref()),
    }
}
