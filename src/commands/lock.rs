//! The passphrase of the screen, from the command line.

use std::io::Write;

use super::{Error, Result, hidden as hidden_line};
use crate::cli::LockCommand;
use crate::secret::Secret;
use crate::store::{PassphraseError, Store};

const PROMISE: &str = "It keeps eyes off the screen. It does not encrypt the database: whoever \
    can read the file reads it without passbook.";

pub async fn lock(store: &Store, command: LockCommand, out: &mut impl Write) -> Result<()> {
    let has = store.has_passphrase().await?;
    let old = |ask: bool| ask.then(|| hidden("Present passphrase: ")).transpose();
    match command {
        LockCommand::Set => {
            let old = old(has)?;
            let new = hidden("New passphrase: ")?;
            if new.expose().is_empty() {
                return Err(Error::NoPassphrase("it is empty"));
            }
            if new != hidden("The new one once more: ")? {
                return Err(Error::NoPassphrase("the two are not the same"));
            }
            set(store, old, Some(new)).await?;
            writeln!(out, "The passphrase is set: the screen asks for it from the next start on.")?;
            writeln!(out, "{PROMISE}")?;
        }
        LockCommand::Remove if has => {
            set(store, old(true)?, None).await?;
            writeln!(out, "The passphrase is removed: nothing locks any more.")?;
        }
        LockCommand::Remove => writeln!(out, "There is no passphrase.")?,
        LockCommand::Status => {
            writeln!(
                out,
                "{}",
                if has { "A passphrase is set." } else { "There is no passphrase." }
            )?;
        }
    }
    Ok(())
}

async fn set(store: &Store, old: Option<Secret>, new: Option<Secret>) -> Result<()> {
    store.set_passphrase(old, new).await.map_err(|error| match error {
        PassphraseError::Wrong => Error::NoPassphrase("that is not the present one"),
        PassphraseError::Store(report) => report.into(),
    })
}

/// A line that a terminal doesn't show.
fn hidden(question: &str) -> Result<Secret> {
    hidden_line::line(question)?.ok_or(Error::NoPassphrase("there is nothing to read it from"))
}
