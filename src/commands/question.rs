//! Questions before something that cannot be taken back easily.

use std::io::{self, IsTerminal as _, Write as _};

use super::{Error, Result};

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
