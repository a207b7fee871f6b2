//! The passphrase of the screen, from the command line.

use std::io::{self, BufRead as _, IsTerminal as _, Write};

use super::{Error, Result};
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

/// A line that a terminal doesn't show; from anything else just a line.
fn hidden(question: &str) -> Result<Secret> {
    let stdin = io::stdin();
    let asks = stdin.is_terminal();
    if asks {
        let mut stderr = io::stderr();
        write!(stderr, "{question}")?;
        stderr.flush()?;
    }
    let echo = if asks { Some(NoEcho::begin()?) } else { None };
    let mut line = zeroize::Zeroizing::new(String::with_capacity(512));
    let read = stdin.lock().read_line(&mut line)?;
    drop(echo);
    if asks {
        writeln!(io::stderr())?;
    }
    if read == 0 {
        return Err(Error::NoPassphrase("there is nothing to read it from"));
    }
    Ok(Secret::new(line.trim_end_matches(['\r', '\n'])))
}

/// The terminal shows nothing that is typed until this is dropped.
#[cfg(unix)]
struct NoEcho(rustix::termios::Termios);

#[cfg(unix)]
impl NoEcho {
    fn begin() -> io::Result<Self> {
        use rustix::termios::{LocalModes, OptionalActions, tcgetattr, tcsetattr};
        let before = tcgetattr(io::stdin())?;
        let mut silent = before.clone();
        silent.local_modes.remove(LocalModes::ECHO);
        tcsetattr(io::stdin(), OptionalActions::Now, &silent)?;
        Ok(Self(before))
    }
}

#[cfg(unix)]
impl Drop for NoEcho {
    fn drop(&mut self) {
        use rustix::termios::{OptionalActions, tcsetattr};
        if let Err(error) = tcsetattr(io::stdin(), OptionalActions::Now, &self.0) {
            tracing::warn!(%error, "showing again what is typed");
        }
    }
}

#[cfg(not(unix))]
struct NoEcho;

#[cfg(not(unix))]
impl NoEcho {
    #[expect(clippy::unnecessary_wraps, reason = "the same signature on every system")]
    fn begin() -> io::Result<Self> {
        Ok(Self)
    }
}
