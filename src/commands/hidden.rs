//! A line that a terminal does not show while it is typed; from anything else just a line.

use std::io::{self, BufRead as _, IsTerminal as _, Write as _};

use crate::secret::Secret;

/// `None` where there is nothing to read from.
pub(super) fn line(question: &str) -> io::Result<Option<Secret>> {
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
    Ok((read > 0).then(|| Secret::new(line.trim_end_matches(['\r', '\n']))))
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
