//! `passbook migrate up`: what every launch does, said aloud.

use std::io::Write;

use serde::Serialize;

use super::steps::version_of;
use super::{Target, look};
use crate::cli::UpArgs;
use crate::commands::document::write_json;
use crate::commands::{Error, Result};
use crate::exit::Exit;
use crate::store::{Step, StepState, Store};

#[derive(Serialize)]
struct Report<'a> {
    version: i64,
    applied: Vec<&'a str>,
    /// Indexes that were missing and are there again.
    repaired: Vec<String>,
}

pub(super) async fn up(target: &Target, args: &UpArgs, out: &mut impl Write) -> Result<Exit> {
    let before = match look(target).await? {
        Some(store) => {
            let steps = store.load_steps().await;
            store.close().await;
            steps?
        }
        None => Vec::new(),
    };
    let version = version_of(&before);
    if let Some(to) = args.to.filter(|to| *to < version) {
        return Err(Error::NotUp { to, version });
    }
    let store = Store::migrate_up(&target.options, args.to).await?;
    let done = async {
        let steps = store.load_steps().await?;
        let repaired = if args.repair_indexes { store.repair_indexes().await? } else { Vec::new() };
        Ok::<_, Error>((steps, repaired))
    };
    let done = done.await;
    store.close().await;
    let (steps, repaired) = done?;
    let was_there =
        |step: &Step| before.iter().any(|old| old.version == step.version && old.applied.is_some());
    let new = steps.iter().filter(|step| step.applied.is_some() && !was_there(step));
    let applied: Vec<&str> = new.map(|step| step.name.as_str()).collect();
    let version = version_of(&steps);
    if args.format.json {
        write_json(out, &Report { version, applied, repaired })?;
        return Ok(Exit::Fine);
    }
    for name in &applied {
        writeln!(out, "applied {name}")?;
    }
    for name in &repaired {
        writeln!(out, "made the index {name}, which was missing")?;
    }
    if args.repair_indexes && repaired.is_empty() {
        writeln!(out, "No index was missing.")?;
    }
    match steps.iter().filter(|step| step.state == StepState::Pending).count() {
        0 => writeln!(out, "The database is up to date, at version {version}.")?,
        _ => writeln!(out, "The database is at version {version}; the next launch goes on.")?,
    }
    out.flush()?;
    Ok(Exit::Fine)
}
