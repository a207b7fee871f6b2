//! An export as a file: whole under its name, or not there at all.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write as _};
use std::path::{Path, PathBuf};

use super::{ExportError, Passed, Request, write};
use crate::files::create_private_file;
use crate::store::Store;

/// Writes beside the file and renames at the end: readable by the user only, and it replaces
/// another one only where that is asked for.
pub async fn to_file(
    store: &Store,
    request: &Request,
    path: &Path,
    replace: bool,
    passed: &Passed<'_>,
) -> Result<u64, ExportError> {
    check(path, replace)?;
    let part = Part::create(path)?;
    let mut out = BufWriter::with_capacity(1 << 16, part.file());
    let rows = write(store, request, &mut out, passed).await.map_err(|error| match error {
        ExportError::Output(error) => not_written(path, &error),
        other => other,
    })?;
    out.flush().map_err(|error| not_written(path, &error))?;
    drop(out);
    part.keep(path, replace)?;
    Ok(rows)
}

/// The same for what is already at hand.
pub fn write_file(path: &Path, bytes: &[u8], replace: bool) -> Result<(), ExportError> {
    check(path, replace)?;
    let part = Part::create(path)?;
    part.file().write_all(bytes).map_err(|error| not_written(path, &error))?;
    part.keep(path, replace)
}

/// What can be told before anything is read.
fn check(path: &Path, replace: bool) -> Result<(), ExportError> {
    let refused = |reason| Err(ExportError::NoPlace { path: path.to_owned(), reason });
    let above = path.parent().filter(|above| !above.as_os_str().is_empty());
    if path.is_dir() {
        return refused("it is a directory: name a file in it");
    }
    if above.is_some_and(|above| !above.exists()) {
        return refused("its directory does not exist: make that first, or name another");
    }
    if !replace && path.symlink_metadata().is_ok() {
        return Err(ExportError::Exists { path: path.to_owned() });
    }
    Ok(())
}

/// The file in the making; gone again unless it is kept.
struct Part {
    path: PathBuf,
    file: File,
    kept: bool,
}

impl Part {
    fn create(path: &Path) -> Result<Self, ExportError> {
        let failed = |error: io::Error| not_written(path, &error);
        let name = path.file_name().ok_or_else(|| failed(io::ErrorKind::IsADirectory.into()))?;
        let mut part = OsString::from(".");
        part.push(name);
        part.push(format!(".{}.part", std::process::id()));
        let part = path.with_file_name(part);
        let file = create_private_file(&part).map_err(failed)?;
        Ok(Self { path: part, file, kept: false })
    }

    fn file(&self) -> &File {
        &self.file
    }

    fn keep(mut self, path: &Path, replace: bool) -> Result<(), ExportError> {
        let failed = |error: io::Error| match error.kind() {
            io::ErrorKind::AlreadyExists => ExportError::Exists { path: path.to_owned() },
            _ => not_written(path, &error),
        };
        self.file.sync_all().map_err(failed)?;
        if replace {
            fs::rename(&self.path, path).map_err(failed)?;
            self.kept = true;
        } else {
            // A rename would replace what came there meanwhile; a second name never does.
            match fs::hard_link(&self.path, path) {
                Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
                    // A file system that knows no second names.
                    fs::rename(&self.path, path).map_err(failed)?;
                    self.kept = true;
                }
                linked => linked.map_err(failed)?,
            }
        }
        Ok(())
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        if !self.kept {
            // Half an export would only mislead; one that stays is hidden and says what it is.
            fs::remove_file(&self.path).ok();
        }
    }
}

fn not_written(path: &Path, error: &io::Error) -> ExportError {
    ExportError::NotWritten { path: path.to_owned(), reason: error.to_string() }
}
