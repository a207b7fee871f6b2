//! How much memory a piece of work takes at its worst, as the system sees it.

use std::fs;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

use color_eyre::Result;

/// Often enough: what is bounded stays at its bound for longer.
const PAUSE: Duration = Duration::from_millis(1);

/// Bytes beyond those that were there before; `None` where the system does not tell.
pub fn peak<T>(work: impl FnOnce() -> Result<T>) -> Result<Option<u64>> {
    let Some(before) = taken() else { return work().map(|_| None) };
    let (over, most) = (AtomicBool::new(false), AtomicU64::new(before));
    thread::scope(|scope| {
        scope.spawn(|| {
            while !over.load(Ordering::Relaxed) {
                most.fetch_max(taken().unwrap_or(0), Ordering::Relaxed);
                thread::sleep(PAUSE);
            }
        });
        let worked = work();
        over.store(true, Ordering::Relaxed);
        worked
    })?;
    Ok(Some(most.into_inner() - before))
}

/// Without the pages of files, which the system lends and takes back.
fn taken() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("RssAnon:"))?;
    let kibibytes: u64 = line.split_whitespace().next()?.parse().ok()?;
    Some(kibibytes * 1024)
}
