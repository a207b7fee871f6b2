//! `passbook adopt`: what the Python app left, told first and then taken over.

use std::io::Write;
use std::path::PathBuf;

use serde_json::json;

use super::bar::Bar;
use super::document::write_json;
use super::question::agreed;
use super::table::{Align, Cell, Table};
use super::{Error, Result};
use crate::cli::AdoptArgs;
use crate::database::Database;
use crate::domain::counted;
use crate::domain::{Adopted, SafeText, Survey, SurveyZone, size};
use crate::store::Store;
use crate::store::adopt::{AdoptError, AdoptOptions, Legacy};
use crate::store::backup::{Made, Shelf};

/// Where the Python app's data may be.
#[derive(Clone, Debug)]
pub struct Sources {
    /// passbook's own database: the other tables may stand beside its own.
    pub own: Database,
    /// What the user named; then nothing else is looked at.
    pub named: Option<Database>,
    pub nearby: Vec<PathBuf>,
}

const INSIDE: &[(&str, Align)] =
    &[("WHAT IS INSIDE", Align::Left), ("ROWS", Align::Right), ("WHAT BECOMES OF IT", Align::Left)];

/// Says what is inside and what would become of it. Nothing is written, and no database of passbook's
/// own is made.
pub async fn look(sources: &Sources, args: &AdoptArgs, out: &mut impl Write) -> Result<()> {
    if let Some(directory) = &args.export {
        let written = find(sources).await?.export_others(directory).await?;
        return tell_exported(&written, args.format.json, out);
    }
    let options = options_of(args);
    let survey = find(sources).await?.survey(&options).await?;
    tell(&survey, None, args.format.json, out)
}

pub async fn adopt(
    store: &Store,
    sources: &Sources,
    shelf: &Shelf,
    args: &AdoptArgs,
    out: &mut impl Write,
) -> Result<()> {
    let options = options_of(args);
    let mut legacy = find(sources).await?;
    let survey = legacy.survey(&options).await?;
    legacy.expect_adoptable()?;
    if !args.format.json {
        tell(&survey, None, false, out)?;
    }
    let options = settle_zone(&legacy, &survey, options, args.yes)?;
    let offer = "Also keep what it kept by hand, as accounts kept by hand?";
    let asks = !survey.by_hand.is_empty() && !options.by_hand && !args.yes;
    let by_hand = options.by_hand || (asks && agreed(false, offer)?);
    let options = AdoptOptions { by_hand, ..options };
    let question =
        format!("Take this over into {}? The original is only read.", sources.own.masked());
    if !agreed(args.yes, &question)? {
        writeln!(out, "Nothing was changed.")?;
        return Ok(out.flush()?);
    }
    let before = keep(store, shelf, "adopt").await?;
    let adopted = store.adopt(&mut legacy, &sources.own, &options).await?;
    if args.format.json {
        return tell(&survey, Some((&adopted, before.as_ref())), true, out);
    }
    writeln!(out, "{}", adopted.sentence())?;
    if let Some(before) = &before {
        writeln!(out, "What passbook had before is in {}.", before.path.display())?;
    }
    for hint in hints(&survey, legacy.database == sources.own) {
        writeln!(out, "{hint}")?;
    }
    Ok(out.flush()?)
}

/// Gives up what adoption brought, after a backup.
pub async fn forget(
    store: &Store,
    shelf: &Shelf,
    args: &AdoptArgs,
    out: &mut impl Write,
) -> Result<()> {
    if store.count_adoptions().await? == 0 {
        if args.format.json {
            return write_json(out, &json!({ "forgotten": null }));
        }
        writeln!(out, "Nothing was taken over, so there is nothing to give up.")?;
        return Ok(out.flush()?);
    }
    let question = format!(
        "Remove what was taken over from the Python app? Your notes, and what a sync has met since, stay. \
         A backup is made first, in {}.",
        shelf.directory().display()
    );
    if !agreed(args.yes, &question)? {
        writeln!(out, "Nothing was changed.")?;
        return Ok(out.flush()?);
    }
    let before = keep(store, shelf, "forget").await?;
    let forgotten = store.forget_adopted().await?;
    if args.format.json {
        let backup = before.map(|made| made.path);
        return write_json(out, &json!({ "forgotten": forgotten, "backup": backup }));
    }
    writeln!(
        out,
        "Removed: {}, {}, {}, {} by hand. Kept, because a sync has met them since: {}.",
        counted(forgotten.transactions, "transaction"),
        counted(forgotten.balances, "balance"),
        counted(forgotten.accounts, "account"),
        forgotten.by_hand,
        counted(forgotten.kept, "transaction"),
    )?;
    if let Some(before) = &before {
        writeln!(out, "Everything as it was is in {}.", before.path.display())?;
    }
    Ok(out.flush()?)
}

fn options_of(args: &AdoptArgs) -> AdoptOptions {
    AdoptOptions { zone: args.zone.clone(), test_rows: args.test_rows, by_hand: args.hand_accounts }
}

fn tell_exported(written: &[(PathBuf, u64)], json: bool, out: &mut impl Write) -> Result<()> {
    if json {
        let files: Vec<_> =
            written.iter().map(|(path, rows)| json!({ "path": path, "rows": rows })).collect();
        return write_json(out, &json!({ "exported": files }));
    }
    for (path, count) in written {
        writeln!(out, "{}: {}", path.display(), counted(*count, "row"))?;
    }
    if written.is_empty() {
        writeln!(out, "There are no other tables to write out.")?;
    }
    Ok(out.flush()?)
}

/// The one that was named, or the only one there is.
async fn find(sources: &Sources) -> Result<Legacy> {
    if let Some(named) = &sources.named {
        return Ok(Legacy::open(named).await?);
    }
    let mut found = Vec::new();
    let has_own = match &sources.own {
        Database::Memory => false,
        Database::Sqlite { path } => path.exists(),
        Database::Postgres(_) => true,
    };
    if has_own {
        let own = Legacy::open(&sources.own).await?;
        if own.state.can_be_adopted() {
            found.push(own);
        }
    }
    for path in &sources.nearby {
        let database = Database::Sqlite { path: path.clone() };
        match Legacy::open(&database).await {
            Ok(legacy) if legacy.state.can_be_adopted() && database != sources.own => {
                found.push(legacy);
            }
            Ok(_) => {}
            Err(error) => tracing::warn!("{error}"),
        }
    }
    match found.len() {
        1 => Ok(found.remove(0)),
        0 => Err(AdoptError::Nothing {
            place: sources.own.masked(),
            sentence:
                "neither it nor a file in this directory, in python/ or one above was made by \
                the Python app: name its database, as in `passbook adopt FILE`"
                    .to_owned(),
        }
        .into()),
        _ => {
            let mut lines = Vec::new();
            for legacy in &mut found {
                let survey = legacy.survey(&AdoptOptions::default()).await?;
                lines.push(in_one_line(&survey));
            }
            let first = found[0].place();
            let found =
                format!("Several databases of the Python app were found:\n{}", lines.join("\n"));
            Err(Error::SeveralSources { found, first })
        }
    }
}

fn in_one_line(survey: &Survey) -> String {
    let size = survey.bytes.map(|bytes| format!(", {}", size(bytes)));
    let newest = survey.last_day.map(|day| format!(", newest {day}"));
    format!(
        "  {}  {} of {}{}{}",
        survey.place,
        counted(survey.transactions.unsigned_abs(), "transaction"),
        counted(survey.accounts.unsigned_abs(), "account"),
        size.unwrap_or_default(),
        newest.unwrap_or_default()
    )
}

/// A zone that is only guessed is agreed to, or not used.
fn settle_zone(
    legacy: &Legacy,
    survey: &Survey,
    options: AdoptOptions,
    yes: bool,
) -> Result<AdoptOptions> {
    let SurveyZone::Guessed(guess) = &survey.zone else { return Ok(options) };
    let question = format!(
        "Balance times there have no zone, and the server keeps its log in {guess}. Were they written in \
         {guess}?"
    );
    // `--yes` is to taking over, not to a zone that nobody has named.
    let zone = AdoptError::ZoneUnsaid { place: legacy.place(), guess: guess.clone() };
    match agreed(false, &question) {
        Ok(true) if !yes => Ok(AdoptOptions { zone: Some(guess.clone()), ..options }),
        _ => Err(zone.into()),
    }
}

async fn keep(store: &Store, shelf: &Shelf, before: &str) -> Result<Option<Made>> {
    if store.count_contents().await?.is_empty() {
        return Ok(None);
    }
    let bar = Bar::new("backing up what is there");
    Ok(Some(shelf.keep(store, before, &|done, all| bar.show(done, all)).await?))
}

fn tell(
    survey: &Survey,
    adopted: Option<(&Adopted, Option<&Made>)>,
    json: bool,
    out: &mut impl Write,
) -> Result<()> {
    if json {
        let (adopted, before) = adopted.unzip();
        let backup = before.flatten().map(|made| &made.path);
        let document = json!({ "source": survey, "adopted": adopted, "backup": backup });
        return write_json(out, &document);
    }
    writeln!(out, "{}  {}", survey.place, survey.engine)?;
    writeln!(out, "{} ({})", SafeText::new(survey.sentence), survey.state)?;
    let mut table = Table::new(out, INSIDE);
    for line in survey.inside() {
        let indent = "  ".repeat(line.depth);
        table.row(vec![
            Cell::outside_indented(&indent, &line.what),
            Cell::ours(line.rows.to_string()),
            Cell::ours(line.becomes),
        ])?;
    }
    table.finish("")?;
    if let (Some(first), Some(last)) = (survey.first_day, survey.last_day) {
        writeln!(out, "Transactions from {first} to {last}.")?;
    }
    for account in &survey.by_hand {
        writeln!(out, "Kept there by hand: {}.", SafeText::new(&account.sentence()))?;
    }
    writeln!(out, "{}", survey.money())?;
    writeln!(out, "{}", survey.times())?;
    // A question may follow, on another stream.
    Ok(out.flush()?)
}

/// What remains to be done, or not to be done.
fn hints(survey: &Survey, here: bool) -> Vec<String> {
    let mut hints = Vec::new();
    if survey.tokens > 0 {
        hints.push(format!(
            "{} in plain text in its table users: passbook has not read them. Once your banks are linked \
             here, empty that column.",
            if survey.tokens == 1 { "1 access token stands" } else { "Access tokens stand" }
        ));
    } else {
        hints.push(
            "Access tokens are not in there: the Python app kept them in the browser. Set \
             TELLER_ACCESS_TOKEN for the first sync."
                .to_owned(),
        );
    }
    if here {
        hints.push(
            "The Python app can go on using this database. Its `alembic check` will now list passbook's \
             tables, all named pb_…, as ones to remove: don't."
                .to_owned(),
        );
    }
    hints
}

impl From<AdoptError> for Error {
    fn from(error: AdoptError) -> Self {
        match error {
            AdoptError::Database(error) => color_eyre::Report::from(error).into(),
            error => Self::NotAdopted(error),
        }
    }
}
