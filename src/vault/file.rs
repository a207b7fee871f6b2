//! The key in a file that only its owner reads, for where there is no keyring.

use std::fs::{self, File, TryLockError};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use super::key::Key;
use crate::files::{create_private_file, ensure_private_dir};
use crate::secret::Secret;

/// Far more than a few keys need.
const LARGEST: u64 = 64 * 1024;

/// Why the file is of no use. Holds nothing of what is in it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FileError {
    #[error("the key file {} may be read by others, so it is not used: `chmod 600 {}`", .0.display(), .0.display())]
    Open(PathBuf),
    #[error("the key file {} belongs to another user, so it is not used", .0.display())]
    Foreign(PathBuf),
    #[error("the key file {} is not a plain file, so it is not used", .0.display())]
    NoFile(PathBuf),
    #[error("the key file {} holds no key", .0.display())]
    NoKey(PathBuf),
    #[error("the key file {} cannot be used: {reason}", .path.display())]
    Failed { path: PathBuf, reason: String },
}

type Result<T> = std::result::Result<T, FileError>;

/// `None` where there is no such file.
pub(super) fn read(path: &Path) -> Result<Option<Vec<Key>>> {
    let metadata = match fs::symlink_metadata(path) {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(failed(path, &error)),
    };
    if !metadata.is_file() {
        return Err(FileError::NoFile(path.to_owned()));
    }
    check_owner(path, &metadata)?;
    let mut text = Zeroizing::new(String::with_capacity(1024));
    File::open(path)
        .and_then(|file| file.take(LARGEST).read_to_string(&mut text))
        .map_err(|error| failed(path, &error))?;
    let keys = Key::parse_list(&text).map_err(|_| FileError::NoKey(path.to_owned()))?;
    if keys.is_empty() { Err(FileError::NoKey(path.to_owned())) } else { Ok(Some(keys)) }
}

#[cfg(unix)]
fn check_owner(path: &Path, metadata: &fs::Metadata) -> Result<()> {
    use std::os::unix::fs::MetadataExt as _;
    if metadata.uid() != rustix::process::geteuid().as_raw() {
        return Err(FileError::Foreign(path.to_owned()));
    }
    if metadata.mode() & 0o077 != 0 {
        return Err(FileError::Open(path.to_owned()));
    }
    Ok(())
}

#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "the same signature on every system")]
fn check_owner(_: &Path, _: &fs::Metadata) -> Result<()> {
    Ok(())
}

/// In the place of what was there, at once: whoever reads finds the old keys or these.
pub(super) fn write(path: &Path, text: &Secret) -> Result<()> {
    let directory = path.parent().unwrap_or(Path::new("."));
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let beside = directory.join(format!(".{name}.{}", std::process::id()));
    let kept = || -> io::Result<()> {
        ensure_private_dir(directory)?;
        // Left by a passbook that was killed here, under the same number.
        if beside.exists() {
            fs::remove_file(&beside)?;
        }
        let mut file = create_private_file(&beside)?;
        file.write_all(text.expose().as_bytes())?;
        file.write_all(b"\n")?;
        file.sync_all()?;
        fs::rename(&beside, path)?;
        #[cfg(unix)]
        File::open(directory)?.sync_all()?;
        Ok(())
    };
    kept().map_err(|error| failed(path, &error))
}

/// One passbook at a time makes or changes keys; waits for the other.
pub(super) fn lock(path: &Path) -> Result<File> {
    let beside = path.with_extension("lock");
    let locked = || -> io::Result<File> {
        ensure_private_dir(path.parent().unwrap_or(Path::new(".")))?;
        let file = match create_private_file(&beside) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => File::open(&beside)?,
            other => other?,
        };
        match file.try_lock() {
            Err(TryLockError::WouldBlock) => file.lock()?,
            Err(TryLockError::Error(error)) => return Err(error),
            Ok(()) => {}
        }
        Ok(file)
    };
    locked().map_err(|error| failed(path, &error))
}

fn failed(path: &Path, error: &io::Error) -> FileError {
    FileError::Failed { path: path.to_owned(), reason: error.to_string() }
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn a_file_is_made_for_its_owner_alone_and_read_back() {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join("passbook/key");
        assert_eq!(read(&path), Ok(None));
        let key = Key::new_random();
        write(&path, &key.text()).unwrap();
        assert_eq!((mode(&path), mode(path.parent().unwrap())), (0o600, 0o700));
        assert_eq!(read(&path), Ok(Some(vec![key])));
        let other = Key::new_random();
        write(&path, &other.text()).unwrap();
        assert_eq!(read(&path), Ok(Some(vec![other])));
        assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1);
    }

    #[test]
    fn what_others_may_read_or_what_is_no_file_is_refused_with_what_to_do() {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join("key");
        write(&path, &Key::new_random().text()).unwrap();
        for open in [0o640, 0o604, 0o660, 0o644] {
            fs::set_permissions(&path, fs::Permissions::from_mode(open)).unwrap();
            let error = read(&path).unwrap_err();
            assert_eq!(error, FileError::Open(path.clone()));
            assert!(error.to_string().contains("chmod 600"));
        }
        let link = root.path().join("link");
        std::os::unix::fs::symlink(&path, &link).unwrap();
        assert_eq!(read(&link), Err(FileError::NoFile(link)));
        let empty = root.path().join("empty");
        write(&empty, &Secret::new("")).unwrap();
        assert_eq!(read(&empty), Err(FileError::NoKey(empty)));
    }
}
