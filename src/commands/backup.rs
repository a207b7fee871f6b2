//! `passbook backup`, `restore` and `copy`: everything into a file, out of one, or into another
//! database.

use std::io::Write;
use std::path::{Path, PathBuf};

use serde::Serialize;
use serde_json::json;

use super::bar::Bar;
use super::document::write_json;
use super::question::agreed;
use super::table::{Align, Cell, Table};
use super::{Error, Result};
use crate::cli::{BackupArgs, CopyArgs, RestoreArgs};
use crate::domain::counted;
use crate::domain::{Currency, Money, SafeText, size};
use crate::store::backup::{self, BackupError, Header, Made, Manifest, Shelf};
use crate::store::{Store, StoreOptions};

const COLUMNS: &[(&str, Align)] = &[
    ("ACCOUNT", Align::Left),
    ("TRANSACTIONS", Align::Right),
    ("SUM", Align::Right),
    ("CUR", Align::Left),
];

pub async fn backup(
    store: &Store,
    shelf: &Shelf,
    args: &BackupArgs,
    out: &mut impl Write,
) -> Result<()> {
    let path = match &args.file {
        Some(path) => path.clone(),
        None => shelf.name(store.clock().now())?,
    };
    let bar = Bar::new("backing up");
    let made = store.back_up(path, &|done, all| bar.show(done, all)).await;
    drop(bar);
    let made = made?;
    if args.format.json {
        return write_json(out, &json!({ "backup": made }));
    }
    writeln!(
        out,
        "{}: {}, {}. It was read back and compared.",
        made.path.display(),
        contents(&made.manifest),
        size(made.bytes)
    )?;
    tell_of_key(store, out).await?;
    Ok(out.flush()?)
}

/// Without the key the tokens in it do not open.
async fn tell_of_key(store: &Store, out: &mut impl Write) -> Result<()> {
    let sealed = store.load_sealed_tokens().await?.len();
    if sealed > 0 {
        let tokens = counted(sealed as u64, "access token");
        writeln!(
            out,
            "It holds {tokens}, sealed. Keep the key too: `passbook key show` prints it."
        )?;
    }
    Ok(())
}

/// What a backup holds, without opening any database: the whole file is read and compared.
pub async fn check_backup(args: &RestoreArgs, out: &mut impl Write) -> Result<()> {
    let (header, manifest) = backup::read_backup(&args.file).await?;
    if args.format.json {
        #[derive(Serialize)]
        struct Document<'a> {
            path: &'a Path,
            #[serde(flatten)]
            header: &'a Header,
            #[serde(flatten)]
            manifest: &'a Manifest,
        }
        let document = Document { path: &args.file, header: &header, manifest: &manifest };
        return write_json(out, &json!({ "backup": document }));
    }
    writeln!(
        out,
        "{} is whole: {}. Made {} by {} from {}, schema version {}.",
        args.file.display(),
        contents(&manifest),
        super::local(header.made_at),
        SafeText::new(&header.made_by),
        SafeText::new(&header.engine),
        header.version
    )?;
    let mut table = Table::new(out, COLUMNS);
    for sum in &manifest.accounts {
        let money = Currency::parse(&sum.currency).map(|currency| Money::new(sum.sum, currency));
        table.row(vec![
            Cell::outside(&sum.account_id),
            Cell::ours(sum.rows.to_string()),
            Cell::money(money),
            Cell::outside(&sum.currency),
        ])?;
    }
    Ok(table.finish("No transactions.")?)
}

/// Puts a backup in the place of what is there. That is backed up first, if it is anything.
pub async fn restore(
    store: &Store,
    options: &StoreOptions,
    shelf: &Shelf,
    args: &RestoreArgs,
    out: &mut impl Write,
) -> Result<()> {
    // A damaged file is told before anything is asked.
    backup::read_backup(&args.file).await?;
    let shelf = shelf.while_using(&args.file);
    let Some(before) = make_room(store, &shelf, "restore", args.yes).await? else {
        return no(out);
    };
    store.close().await;
    let bar = Bar::new("restoring");
    let restored = backup::restore(&args.file, options, &|done, all| bar.show(done, all)).await;
    drop(bar);
    tell(&restored?, before.as_ref(), &options.database.masked(), args.format.json, out)
}

/// Puts everything that this database holds into another one, in the place of what is there.
pub async fn copy(
    store: &Store,
    target: &StoreOptions,
    shelf: &Shelf,
    args: &CopyArgs,
    out: &mut impl Write,
) -> Result<()> {
    let other = Store::open(target.clone()).await.map_err(BackupError::from)?;
    if store.is_the_same_as(&other).await? {
        other.close().await;
        return Err(BackupError::Same.into());
    }
    let before = make_room(&other, shelf, "copy", args.yes).await;
    other.close().await;
    let Some(before) = before? else { return no(out) };
    let bar = Bar::new("copying");
    let copied = store.copy_to(target, &|done, all| bar.show(done, all)).await;
    drop(bar);
    tell(&copied?, before.as_ref(), &target.database.masked(), args.format.json, out)
}

/// Asks, and backs up what will be replaced: `None` if the answer was no, `Some(None)` if nothing is
/// there.
async fn make_room(
    store: &Store,
    shelf: &Shelf,
    before: &str,
    yes: bool,
) -> Result<Option<Option<Made>>> {
    let contents = store.count_contents().await?;
    if contents.is_empty() {
        return Ok(Some(None));
    }
    let question = format!(
        "The database holds {} of {} already. Replace all of it? A backup is made first, in {}.",
        counted(contents.transactions, "transaction"),
        counted(contents.accounts, "account"),
        shelf.directory().display()
    );
    if !agreed(yes, &question)? {
        return Ok(None);
    }
    let bar = Bar::new("backing up what is there");
    let made = shelf.keep(store, before, &|done, all| bar.show(done, all)).await?;
    drop(bar);
    Ok(Some(Some(made)))
}

fn no(out: &mut impl Write) -> Result<()> {
    writeln!(out, "Nothing was changed.")?;
    Ok(out.flush()?)
}

fn tell(
    manifest: &Manifest,
    before: Option<&Made>,
    database: &str,
    json: bool,
    out: &mut impl Write,
) -> Result<()> {
    let before = before.map(|made| &made.path);
    if json {
        #[derive(Serialize)]
        struct Document<'a> {
            database: &'a str,
            replaced: Option<&'a PathBuf>,
            #[serde(flatten)]
            manifest: &'a Manifest,
        }
        return write_json(out, &Document { database, replaced: before, manifest });
    }
    writeln!(
        out,
        "{database} now holds {}: counts, sums and every row were compared.",
        contents(manifest)
    )?;
    if let Some(before) = before {
        writeln!(out, "What was there before is in {}.", before.display())?;
    }
    Ok(out.flush()?)
}

fn contents(manifest: &Manifest) -> String {
    let count =
        |table, noun| counted(usize::try_from(manifest.count(table)).unwrap_or(usize::MAX), noun);
    format!(
        "{} of {}, {}",
        count("pb_transactions", "transaction"),
        count("pb_accounts", "account"),
        count("pb_balance_snapshots", "balance")
    )
}

impl From<BackupError> for Error {
    fn from(error: BackupError) -> Self {
        match error {
            BackupError::Database(error) => color_eyre::Report::from(error).into(),
            error => Self::NotBackedUp(error),
        }
    }
}
