//! Questions before something that cannot be taken back easily, and for what is not known yet.

use std::io::{self, IsTerminal as _, Write as _};

use super::{Error, Result};
use crate::domain::{SafeText, fold};

/// Whether to go on: `--yes` says so, else a person at a terminal is asked. Without either nothing
/// is done.
pub(super) fn agreed(yes: bool, question: &str) -> Result<bool> {
    if yes {
        return Ok(true);
    }
    if asks_nobody() {
        return Err(Error::Unanswered { question: question.to_owned() });
    }
    said_yes(question, false)
}

/// There is no terminal to ask and to answer on.
pub(super) fn asks_nobody() -> bool {
    !io::stdin().is_terminal() || !io::stderr().is_terminal()
}

/// `usual` is what enter alone means.
pub(super) fn said_yes(question: &str, usual: bool) -> Result<bool> {
    let choices = if usual { "[Y/n]" } else { "[y/N]" };
    Ok(match line(&format!("{question} {choices} "))?.to_ascii_lowercase().as_str() {
        "" => usual,
        answer => matches!(answer, "y" | "yes"),
    })
}

/// One line; empty where what is `known` shall stay.
pub(super) fn ask_line(what: &str, known: &str) -> Result<String> {
    let known = if known.is_empty() { String::new() } else { format!(" [{known}]") };
    line(&format!("{what}{known}: "))
}

fn line(prompt: &str) -> Result<String> {
    let mut stderr = io::stderr();
    write!(stderr, "{prompt}")?;
    stderr.flush()?;
    let mut answer = String::new();
    if io::stdin().read_line(&mut answer)? == 0 {
        return Err(Error::Unanswered { question: prompt.trim_end().to_owned() });
    }
    Ok(answer.trim().to_owned())
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
