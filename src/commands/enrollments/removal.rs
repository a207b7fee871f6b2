//! Ending an enrollment: at Teller first, then here; what it has brought stays unless asked.

use std::io::Write;

use serde_json::json;

use super::{Desk, find, kept_at};
use crate::bank::{EndError, Ended};
use crate::cli::RemoveEnrollmentArgs;
use crate::commands::document::write_json;
use crate::commands::question::confirmed;
use crate::commands::{Error, Result};
use crate::domain::{SafeText, counted};

pub(super) async fn remove(
    desk: &Desk<'_>,
    args: &RemoveEnrollmentArgs,
    out: &mut impl Write,
) -> Result<()> {
    let one = find(desk.store, &args.enrollment).await?;
    let name = SafeText::new(one.label());
    let accounts = desk.store.load_accounts().await?;
    let own = accounts.iter().filter(|account| account.enrollment_id == one.id).count();
    let own = counted(own as u64, "account");
    let history = if args.with_history {
        format!("Its {own} with all rows, notes and balances go too, after a backup.")
    } else {
        format!("Its {own} and their history stay.")
    };
    let spent = if one.environment == "development" {
        " One of Teller's 100 free enrollments stays spent."
    } else {
        ""
    };
    let question =
        format!("This ends Teller's access to {name} and wipes its token. {history}{spent}");
    if !confirmed(args.yes, &question, one.label())? {
        writeln!(out, "Nothing was changed.")?;
        return Ok(out.flush()?);
    }
    let backup = if args.with_history {
        let path = desk.shelf.name(desk.store.clock().now())?;
        Some(desk.store.back_up(path, &|_, _| ()).await?.path)
    } else {
        None
    };
    let ended = end(desk, &one.id, args.forget_anyway).await?;
    desk.store.end_enrollment(&one.id).await?;
    let forgotten = match &backup {
        Some(_) => Some(desk.store.forget_history(&one.id).await?),
        None => None,
    };
    if args.format.json {
        let removed = json!({
            "id": one.id, "told": ended.is_some(), "already_gone": ended == Some(Ended::Before),
            "backup": backup, "accounts_removed": forgotten,
        });
        return write_json(out, &json!({ "removed": removed }));
    }
    let told = match ended {
        Some(Ended::Now) => "Teller's access is ended",
        Some(Ended::Before) => "Teller's access had ended before",
        None => "Teller was not told, and its access stays until it ends by itself",
    };
    writeln!(out, "{name} is removed: {told}, and no token of it is kept here.")?;
    match (&backup, forgotten) {
        (Some(path), Some(accounts)) => {
            let accounts = counted(accounts, "account");
            writeln!(out, "{accounts} removed with everything. {}", kept_at(path))?;
        }
        _ => writeln!(out, "What it has brought stays, and can be browsed as before.")?,
    }
    Ok(out.flush()?)
}

/// `None`: not told, as the user wants it.
async fn end(
    desk: &Desk<'_>,
    id: &crate::domain::EnrollmentId,
    anyway: bool,
) -> Result<Option<Ended>> {
    match desk.bank.end(desk.store, id).await {
        Ok(ended) => Ok(Some(ended)),
        Err(EndError::Store(report)) => Err(report.into()),
        Err(error) if anyway => {
            tracing::warn!("{error}");
            Ok(None)
        }
        Err(error) => Err(Error::NotEnded(error)),
    }
}
