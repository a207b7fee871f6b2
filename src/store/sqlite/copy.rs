//! The dated copy of a file that is about to be changed in its structure.

use std::path::{Path, PathBuf};
use std::{fs, io};

use chrono::{DateTime, TimeDelta, Utc};
use sqlx::{ConnectOptions as _, Connection as _};

use super::{File, Role};
use crate::files;
use crate::store::error::OpenError;

const KEPT: usize = 3;

/// Copies the committed state. Before an update the caller holds the write lock.
pub(super) async fn make(file: &File, version: i64) -> Result<PathBuf, OpenError> {
    let failed = |reason: String| OpenError::Copy { reason };
    let target = create(&file.path, version).map_err(|error| failed(error.to_string()))?;
    if let Err(error) = fill(file, &target).await {
        // Half a copy would only mislead; what went wrong is told either way.
        fs::remove_file(&target).ok();
        return Err(failed(error));
    }
    forget_old_ones(&file.path, &target);
    Ok(target)
}

async fn fill(file: &File, target: &Path) -> Result<(), String> {
    let name = target.to_str().ok_or("the path is not UTF-8")?;
    let copied = async {
        let mut connection = file.options(Role::Writer).connect().await?;
        sqlx::query("vacuum into $1").bind(name).execute(&mut connection).await?;
        connection.close().await
    };
    copied.await.map_err(|error: sqlx::Error| error.to_string())?;
    fs::File::open(target).and_then(|file| file.sync_all()).map_err(|error| error.to_string())
}

/// An empty file under a name of its own: an update that was killed may have left a copy in this
/// very second.
fn create(path: &Path, version: i64) -> io::Result<PathBuf> {
    let mut now = Utc::now();
    loop {
        let target = target(path, version, now);
        match files::create_private_file(&target) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                now += TimeDelta::seconds(1);
            }
            created => return created.map(|_| target),
        }
    }
}

/// `passbook.db` → `passbook.2026-11-23T031500.v1.db`.
fn target(path: &Path, version: i64, at: DateTime<Utc>) -> PathBuf {
    let (stem, extension) = parts(path);
    let date = at.format("%Y-%m-%dT%H%M%S");
    path.with_file_name(format!("{stem}.{date}.v{version}.{extension}"))
}

fn parts(path: &Path) -> (String, String) {
    let part = |part: Option<&std::ffi::OsStr>| {
        part.map_or_else(|| "db".to_owned(), |part| part.to_string_lossy().into_owned())
    };
    (part(path.file_stem()), part(path.extension()))
}

/// Whether `name` is a copy of the database at `path`.
fn is_copy(path: &Path, name: &str) -> bool {
    let (stem, extension) = parts(path);
    let middle = name
        .strip_prefix(&format!("{stem}."))
        .and_then(|rest| rest.strip_suffix(&format!(".{extension}")))
        .and_then(|rest| rest.split_once(".v"));
    middle.is_some_and(|(date, version)| {
        date.len() == "2026-11-23T031500".len()
            && date.chars().all(|c| c.is_ascii_digit() || c == '-' || c == 'T')
            && !version.is_empty()
            && version.chars().all(|c| c.is_ascii_digit())
    })
}

/// The date comes first in the name: oldest first. Of several in one second the version decides,
/// which is no order in time: the one just `made` stays whatever its name.
fn forget_old_ones(path: &Path, made: &Path) {
    if let Some(directory) = path.parent() {
        let old = |name: &str| is_copy(path, name) && made.file_name() != Some(name.as_ref());
        files::keep_newest(directory, KEPT - 1, old);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_copies_of_this_very_file_are_forgotten() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("passbook.db");
        let copies = ["passbook.2024-01-01T000000.v1.db", "passbook.2025-01-01T000000.v9.db"];
        let others = [
            "passbook.db",
            "passbook.old.db",
            "demo.2024-01-01T000000.v1.db",
            "passbook.2024-01-01T000000.vacation.db",
        ];
        // The one just made would sort first in its second.
        let newest = ["passbook.2026-01-01T000000.v1.db", "passbook.2026-01-01T000000.v9.db"];
        for name in copies.iter().chain(&others).chain(&newest) {
            fs::write(directory.path().join(name), "").unwrap();
        }

        forget_old_ones(&path, &directory.path().join(newest[0]));

        let exists = |name: &str| directory.path().join(name).exists();
        assert!(!exists(copies[0]), "the oldest of four copies goes");
        assert!(exists(copies[1]) && newest.iter().all(|name| exists(name)));
        assert!(others.iter().all(|name| exists(name)));
    }
}
