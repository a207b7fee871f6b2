//! A disk of its own that is soon full: a file system in memory, where we may mount one.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;

/// Unmounted when dropped.
pub struct TinyDisk(TempDir);

impl TinyDisk {
    /// A disk of so many KiB. `None`, said out loud, where mounting is not allowed.
    pub fn mount(size: u64) -> Option<Self> {
        let directory = tempfile::tempdir().unwrap();
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", &format!("size={size}k"), "tmpfs"]).arg(directory.path());
        let mounted = mount.stderr(Stdio::null()).status().is_ok_and(|status| status.success());
        if !mounted {
            super::say_skipped("no right to mount a small disk");
            return None;
        }
        Some(Self(directory))
    }

    pub fn path(&self) -> &Path {
        self.0.path()
    }

    /// Leaves no more room than so many KiB.
    pub fn fill_but(&self, room: u64) {
        let mut ballast = fs::File::create(self.ballast()).unwrap();
        let block = [0; 4096];
        while ballast.write_all(&block).is_ok() {}
        let most = ballast.metadata().unwrap().len();
        ballast.set_len(most.saturating_sub(room * 1024)).unwrap();
    }

    pub fn make_room(&self) {
        fs::remove_file(self.ballast()).unwrap();
    }

    fn ballast(&self) -> PathBuf {
        self.path().join("ballast")
    }
}

impl Drop for TinyDisk {
    fn drop(&mut self) {
        let mut unmount = Command::new("umount");
        let unmounted = unmount.arg("-l").arg(self.path()).status();
        if !unmounted.is_ok_and(|status| status.success()) {
            eprintln!("{} is still mounted", self.path().display());
        }
        fs::remove_dir(self.path()).ok();
    }
}
