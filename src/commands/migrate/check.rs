//! `passbook migrate check`: the tables as they are beside those that passbook expects.

use std::io::Write;

use serde::Serialize;

use super::{Target, look_at_one_that_exists};
use crate::commands::Result;
use crate::commands::document::write_json;
use crate::commands::table::{Align, Cell, Table};
use crate::exit::Exit;
use crate::store::{Difference, Drift};

const COLUMNS: &[(&str, Align)] = &[("TABLE", Align::Left), ("WHAT WAS FOUND", Align::Left)];

#[derive(Serialize)]
struct Report<'a> {
    drift: bool,
    check: Vec<Row<'a>>,
}

#[derive(Serialize)]
struct Row<'a> {
    table: &'a str,
    /// `same`, or what kind of difference it is.
    kind: &'static str,
    drift: bool,
    sentence: String,
}

pub(super) async fn check(target: &Target, json: bool, out: &mut impl Write) -> Result<Exit> {
    let store = look_at_one_that_exists(target).await?;
    let drift = store.load_drift().await;
    store.close().await;
    let drift = drift?;
    let exit = if drift.found() { Exit::Internal } else { Exit::Fine };
    let rows = rows(&drift);
    if json {
        write_json(out, &Report { drift: drift.found(), check: rows })?;
        return Ok(exit);
    }
    let mut table = Table::new(out, COLUMNS);
    for row in &rows {
        table.row(vec![Cell::outside(row.table), Cell::outside(&row.sentence)])?;
    }
    table.finish("Nothing of passbook is there.")?;
    let missing_index =
        drift.differences.iter().any(|it| matches!(it, Difference::MissingIndex { .. }));
    if missing_index {
        writeln!(out, "\n`passbook migrate up --repair-indexes` makes the missing indexes.")?;
    }
    out.flush()?;
    Ok(exit)
}

/// Table by table, then what is in no table of ours.
fn rows(drift: &Drift) -> Vec<Row<'_>> {
    let mut rows = Vec::new();
    for table in &drift.tables {
        let before = rows.len();
        let found = drift.differences.iter().filter(|it| it.table() == table);
        rows.extend(found.map(row));
        if rows.len() == before {
            let sentence = "as expected".to_owned();
            rows.push(Row { table, kind: "same", drift: false, sentence });
        }
    }
    let others = |it: &&Difference| drift.tables.iter().all(|table| it.table() != table);
    rows.extend(drift.differences.iter().filter(others).map(row));
    rows
}

fn row(difference: &Difference) -> Row<'_> {
    Row {
        table: difference.table(),
        kind: difference.kind(),
        drift: difference.is_drift(),
        sentence: difference.to_string(),
    }
}
