//! Questions before something that cannot be taken back easily.

use std::io::{self, IsTerminal as _, Write as _};

use super::{Error, Result};
use crate::domain::{SafeText, fold};

/// Whether to go on: `--yes` says so, else a person at a terminal is asked. Without either nothing
/// is done.
pub(super) fn agreed(yes: bool, question: &str) -> Result<bool> {
    if yes {
        return Ok(true);
    }
    let mut stderr = io::stderr();
    if !io::stdin().is_terminal() || !stderr.is_terminal() {
        return Err(Error::Unanswered { question: question.to_owned() });
    }
    write!(stderr, "{question} [y/N] ")?;
    stderr.flush()?;
    let mut answer = String::new();
    io::stdin().read_line(&mut answer)?;
    Ok(matches!(answer.trim().to_ascii_lowercase().as_str(), "y" | "yes"))
}

/// Whether to go on with what nothing takes back: `--yes`, or the word typed as it stands.
pub(super) fn confirmed(yes: bool, question: &str, word: &str) -> Result<bool> {
    if yes {
        return Ok(true);
    }
    let mut stderr = io::stderr();
    if !io::stdin().is_terminal() || !stderr.is_terminal() {
        return Err(Error::Unanswered { question: question.to_owned() });
    }
    write!(stderr, "{question}\nType {} to go on: ", SafeText::new(word))?;
    stderr.flush()?;
    let mut answer = String::new();
    io::stdin().read_line(&mut answer)?;
    Ok(fold(answer.trim()) == fold(word.trim()))
}
