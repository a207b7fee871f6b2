//! The directory that holds the database: there, private, and with room.

use std::fs;
use std::path::{Path, PathBuf};

use super::finding::Verdict;
use crate::config::{Config, Dirs};
use crate::database::Database;
use crate::exit::Exit;

const MIB: u64 = 1 << 20;
/// A migration copies the file, and a log grows beside it.
const LITTLE: u64 = 100 * MIB;
const TOO_LITTLE: u64 = 5 * MIB;

/// What was seen of a directory and of the file in it.
#[derive(Clone, Debug)]
struct Seen {
    directory: PathBuf,
    exists: bool,
    /// It is passbook's own, which creates it.
    own: bool,
    /// Of directory and file, those whose bits let others in: path, mode, and the right one.
    open: Vec<(PathBuf, u32, u32)>,
    free: Option<u64>,
}

/// Without settings, passbook's own directory.
pub(super) fn data_directory(config: Option<&Config>, dirs: Option<&Dirs>) -> Verdict {
    let file = match config.map(|config| &config.database.value) {
        Some(Database::Memory) => return Verdict::skipped("the database is in memory"),
        Some(Database::Sqlite { path }) => Some(path.clone()),
        Some(Database::Postgres(_)) | None => None,
    };
    let own = dirs.map(|dirs| dirs.data.clone());
    let Some(directory) =
        file.as_deref().and_then(Path::parent).map(Path::to_owned).or(own.clone())
    else {
        return Verdict::skipped("there is no home directory, so there is no data directory");
    };
    let needed = file.is_some();
    let exists = directory.is_dir();
    let own = own.is_some_and(|own| own == directory);
    let mut open = Vec::new();
    if own {
        open.extend(open_to_others(&directory, 0o700));
    }
    if let Some(file) = &file {
        open.extend(open_to_others(file, 0o600));
    }
    let free = free_space(&directory);
    judge(&Seen { directory, exists, own, open, free }, needed)
}

fn judge(seen: &Seen, needed: bool) -> Verdict {
    let shown = seen.directory.display();
    if !seen.exists {
        return if seen.own || !needed {
            Verdict::fine(format!("{shown} is not there yet; passbook makes it when it needs it"))
        } else {
            Verdict::failed(Exit::DatabaseUnreachable, format!("{shown} does not exist"))
                .because("the path of the database is misspelt, or a disk is not mounted")
                .so("create the directory, or name another file")
        };
    }
    let room = seen.free.map_or_else(String::new, |free| format!(", {} MiB free", free / MIB));
    if needed && seen.free.is_some_and(|free| free < TOO_LITTLE) {
        return Verdict::failed(Exit::DatabaseUnreachable, format!("{shown}{room}"))
            .because("the disk is full; what is stored is safe")
            .so("make room on it");
    }
    if let Some((path, mode, right)) = seen.open.first() {
        let path = path.display();
        return Verdict::warning(format!("others may enter {path} (mode {mode:04o}){room}"))
            .because("it was made by another program, or its mode was changed")
            .so(format!("chmod {right:o} {path}"));
    }
    if needed && seen.free.is_some_and(|free| free < LITTLE) {
        return Verdict::warning(format!("{shown}{room}"))
            .because("the disk is nearly full: an update copies the database first")
            .so("make room on it");
    }
    Verdict::fine(format!("{shown}{room}"))
}

#[cfg(unix)]
fn open_to_others(path: &Path, right: u32) -> Option<(PathBuf, u32, u32)> {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = fs::metadata(path).ok()?.permissions().mode() & 0o777;
    (mode & 0o077 != 0).then(|| (path.to_owned(), mode, right))
}

#[cfg(not(unix))]
fn open_to_others(_: &Path, _: u32) -> Option<(PathBuf, u32, u32)> {
    None
}

#[cfg(unix)]
fn free_space(directory: &Path) -> Option<u64> {
    let found = rustix::fs::statvfs(directory).ok()?;
    Some(found.f_bavail.saturating_mul(found.f_frsize))
}

#[cfg(not(unix))]
fn free_space(_: &Path) -> Option<u64> {
    None
}

#[cfg(test)]
mod tests {
    use super::super::finding::Outcome;
    use super::*;

    fn healthy() -> Seen {
        let directory = PathBuf::from("/data");
        Seen { directory, exists: true, own: true, open: Vec::new(), free: Some(10_000 * MIB) }
    }

    #[test]
    fn a_directory_can_be_missing_open_or_full() {
        assert_eq!(judge(&healthy(), true).outcome, Outcome::Fine);
        let missing = Seen { exists: false, free: None, ..healthy() };
        assert_eq!(judge(&missing, true).outcome, Outcome::Fine, "passbook makes its own");
        let named = Seen { own: false, ..missing };
        let found = judge(&named, true);
        assert_eq!((found.outcome, found.exit), (Outcome::Failed, Exit::DatabaseUnreachable));
        let open = Seen { open: vec![("/data/a.db".into(), 0o644, 0o600)], ..healthy() };
        let found = judge(&open, true);
        assert_eq!(found.outcome, Outcome::Warning);
        assert_eq!(found.remedy.as_deref(), Some("chmod 600 /data/a.db"));
        for (free, outcome) in [(0, Outcome::Failed), (50 * MIB, Outcome::Warning)] {
            let found = judge(&Seen { free: Some(free), ..healthy() }, true);
            assert_eq!(found.outcome, outcome, "{found:?}");
            let unused = judge(&Seen { free: Some(free), ..healthy() }, false);
            assert_eq!(unused.outcome, Outcome::Fine, "a server's database needs no room here");
        }
    }
}
