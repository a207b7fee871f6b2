//! Directories and files that only their owner may enter.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io;
use std::path::Path;

/// Creates a directory and its parents, 0700 from the first moment; what exists stays as it is.
pub fn ensure_private_dir(path: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt as _;
        builder.mode(0o700);
    }
    builder.create(path)
}

/// Creates an empty file, 0600 from the first moment; one that exists is an error.
pub fn create_private_file(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    options.open(path)
}

/// Lets the oldest of some files go, as their names are in order, but for the last `kept` of them. What
/// cannot be removed is told in the log: it is in nobody's way.
pub fn keep_newest(directory: &Path, kept: usize, is_one: impl Fn(&str) -> bool) {
    let Ok(entries) = fs::read_dir(directory) else { return };
    let mut names: Vec<String> = entries
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter(|name| is_one(name))
        .collect();
    names.sort_unstable();
    let surplus = names.len().saturating_sub(kept);
    for name in &names[..surplus] {
        if let Err(error) = fs::remove_file(directory.join(name)) {
            tracing::warn!(%error, "removing an old copy of the database");
        }
    }
}

#[cfg(all(test, unix))]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn new_directories_are_private_and_old_ones_left_alone() {
        let root = tempfile::tempdir().unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        let old = root.path().join("old");
        fs::create_dir(&old).unwrap();
        fs::set_permissions(&old, fs::Permissions::from_mode(0o755)).unwrap();

        ensure_private_dir(&old.join("a/b")).unwrap();
        ensure_private_dir(&old.join("a/b")).unwrap();

        assert_eq!(mode(&old), 0o755);
        assert_eq!(mode(&old.join("a")), 0o700);
        assert_eq!(mode(&old.join("a/b")), 0o700);
    }

    #[test]
    fn new_files_are_private_and_old_ones_an_error() {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join("new");
        create_private_file(&path).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert!(create_private_file(&path).is_err());
    }

    #[test]
    fn a_file_in_the_way_is_an_error() {
        let root = tempfile::tempdir().unwrap();
        let file = root.path().join("file");
        fs::write(&file, "").unwrap();
        assert!(ensure_private_dir(&file).is_err());
    }
}
