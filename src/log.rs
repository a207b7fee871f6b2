//! Where the log goes: a file behind the screen, stderr beside a command, JSON lines when headless.

use std::io;
use std::path::{Path, PathBuf};

use tracing::level_filters::LevelFilter;
use tracing::subscriber::set_global_default;
use tracing_appender::non_blocking::WorkerGuard;
use tracing_appender::rolling::{RollingFileAppender, Rotation};
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::{fmt, registry};

use crate::config::{Config, Setting, Source};
use crate::files::ensure_private_dir;

/// One file a day, so about a week.
const FILES_KEPT: usize = 7;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Destination {
    /// The screen owns the terminal.
    Files(PathBuf),
    Stderr,
    JsonStdout,
}

/// Writes out what is still buffered when dropped: keep it to the end of `main`.
#[must_use]
#[derive(Debug, Default)]
pub struct Guard {
    _writer: Option<WorkerGuard>,
}

/// Starts logging. Where that is impossible the program runs without a log.
pub fn start(destination: &Destination, level: LevelFilter) -> Guard {
    let filtered = registry().with(filter(level));
    // An error means a subscriber is already set: the first one stays.
    match destination {
        Destination::Files(directory) => {
            let Some(appender) = open_files(directory) else { return Guard::default() };
            let (writer, guard) = tracing_appender::non_blocking(appender);
            let layer =
                fmt::layer().with_ansi(false).log_internal_errors(false).with_writer(writer);
            set_global_default(filtered.with(layer)).ok();
            Guard { _writer: Some(guard) }
        }
        Destination::Stderr => {
            let layer =
                fmt::layer().with_ansi(false).log_internal_errors(false).with_writer(io::stderr);
            set_global_default(filtered.with(layer)).ok();
            Guard::default()
        }
        Destination::JsonStdout => {
            let layer = fmt::layer()
                .json()
                .flatten_event(true)
                .log_internal_errors(false)
                .with_writer(io::stdout);
            set_global_default(filtered.with(layer)).ok();
            Guard::default()
        }
    }
}

/// Commands stay quiet unless a flag asks: `LOG_LEVEL` is often set for the headless mode's sake.
pub fn command_level(config: &Config) -> LevelFilter {
    match &config.log_level {
        Setting { value, source: Source::Flag, .. } => *value,
        Setting { value, .. } => (*value).min(LevelFilter::WARN),
    }
}

/// Other crates only warn: at finer levels they log statements and headers.
fn filter(level: LevelFilter) -> Targets {
    Targets::new()
        .with_default(level.min(LevelFilter::WARN))
        .with_target(env!("CARGO_CRATE_NAME"), level)
}

fn open_files(directory: &Path) -> Option<RollingFileAppender> {
    // When told to keep a number of files the appender lists the directory at once, and complains
    // on stderr, into the screen, where there is none.
    ensure_private_dir(directory).ok()?;
    RollingFileAppender::builder()
        .rotation(Rotation::DAILY)
        .filename_prefix("passbook")
        .filename_suffix("log")
        .max_log_files(FILES_KEPT)
        .build(directory)
        .ok()
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::io::Write as _;

    use tracing::Level;

    use super::*;

    #[test]
    fn other_crates_only_warn() {
        for (level, ours, theirs) in [
            (LevelFilter::TRACE, Some(Level::TRACE), Some(Level::WARN)),
            (LevelFilter::INFO, Some(Level::INFO), Some(Level::WARN)),
            (LevelFilter::ERROR, Some(Level::ERROR), Some(Level::ERROR)),
            (LevelFilter::OFF, None, None),
        ] {
            let filter = filter(level);
            let loudest = |target| {
                let levels = [Level::TRACE, Level::DEBUG, Level::INFO, Level::WARN, Level::ERROR];
                levels.into_iter().find(|level| filter.would_enable(target, level))
            };
            assert_eq!(loudest("passbook::store"), ours, "{level}");
            assert_eq!(loudest("sqlx::query"), theirs, "{level}");
        }
    }

    #[test]
    fn the_directory_is_made_and_a_file_in_it() {
        let root = tempfile::tempdir().unwrap();
        let directory = root.path().join("state/passbook");
        writeln!(open_files(&directory).unwrap(), "a line").unwrap();
        let files: Vec<_> = fs::read_dir(&directory).unwrap().map(Result::unwrap).collect();
        assert_eq!(fs::read_to_string(files[0].path()).unwrap(), "a line\n");
    }

    #[test]
    fn a_directory_that_cannot_be_made_means_no_log() {
        let root = tempfile::tempdir().unwrap();
        fs::write(root.path().join("file"), "").unwrap();
        assert!(open_files(&root.path().join("file/below")).is_none());
    }
}
