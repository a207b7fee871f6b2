//! A line on stderr that fills up as rows pass.

use std::io::{self, IsTerminal as _, Write as _};
use std::sync::Mutex;
use std::time::{Duration, Instant};

const CELLS: u64 = 30;
/// Often enough to look alive; each look costs a write.
const GAP: Duration = Duration::from_millis(100);

/// Nothing on anything but a terminal.
pub(super) struct Bar {
    what: &'static str,
    shown: bool,
    last: Mutex<Option<Instant>>,
}

impl Bar {
    pub(super) fn new(what: &'static str) -> Self {
        Self { what, shown: io::stderr().is_terminal(), last: Mutex::default() }
    }

    pub(super) fn show(&self, done: u64, all: u64) {
        let Ok(mut last) = self.last.lock() else { return };
        if !self.shown || last.is_some_and(|last| last.elapsed() < GAP) {
            return;
        }
        *last = Some(Instant::now());
        // A line that cannot be shown is no reason to stop.
        let _ = write!(io::stderr(), "\r\x1b[K{}", line(self.what, done, all));
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        if self.shown {
            // As above.
            let _ = write!(io::stderr(), "\r\x1b[K");
        }
    }
}

fn line(what: &str, done: u64, all: u64) -> String {
    let done = done.min(all);
    let filled = (done * CELLS).checked_div(all).unwrap_or(CELLS);
    let percent = (done * 100).checked_div(all).unwrap_or(100);
    let bar = "#".repeat(usize::try_from(filled).unwrap_or_default());
    format!("{what}  [{bar:<30}] {percent:>3} %  {done} of {all} rows")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_is_full_at_the_end_and_never_fuller() {
        let half = line("restoring", 5, 10);
        assert_eq!(half, format!("restoring  [{:<30}]  50 %  5 of 10 rows", "#".repeat(15)));
        assert_eq!(line("x", 12, 10), line("x", 10, 10));
        assert!(line("x", 0, 0).contains("100 %"));
    }
}
