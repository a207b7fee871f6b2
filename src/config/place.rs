//! Where the process stands: working directory, home, and the platform's directories.

use std::io;
use std::path::{Path, PathBuf};

use directories::{BaseDirs, ProjectDirs};

use crate::database::{DatabaseUrlError, PostgresDefaults, Surroundings};

/// passbook's own directories. None of them need exist: who writes there creates it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dirs {
    pub config: PathBuf,
    pub data: PathBuf,
    pub state: PathBuf,
}

#[derive(Clone, Debug, Default)]
pub struct Place {
    pub working_dir: PathBuf,
    pub home: Option<PathBuf>,
    /// `None` where there is no home directory, as in some containers.
    pub dirs: Option<Dirs>,
    /// The directory in which a Postgres on this computer listens, when there is one.
    pub postgres_socket: Option<PathBuf>,
}

impl Place {
    pub fn of_process() -> io::Result<Self> {
        let dirs = ProjectDirs::from("", "", "passbook").map(|dirs| Dirs {
            config: dirs.config_dir().to_owned(),
            data: dirs.data_dir().to_owned(),
            // Only Linux has one.
            state: dirs.state_dir().unwrap_or(dirs.data_dir()).to_owned(),
        });
        let sockets = ["/var/run/postgresql", "/run/postgresql", "/tmp"].map(Path::new);
        Ok(Self {
            working_dir: std::env::current_dir()?,
            home: BaseDirs::new().map(|dirs| dirs.home_dir().to_owned()),
            dirs,
            postgres_socket: sockets
                .into_iter()
                .find(|directory| directory.join(".s.PGSQL.5432").exists())
                .map(Path::to_owned),
        })
    }

    /// Files near the working directory that bear a name under which the Python app kept its data:
    /// it made one wherever it was started from.
    pub fn python_apps(&self) -> Vec<PathBuf> {
        const NAMES: [&str; 4] = ["devin_teller.db", "dt_codex.db", "dt_devin.db", "teller.db"];
        let above = self.working_dir.parent().unwrap_or(&self.working_dir);
        let directories =
            [self.working_dir.clone(), self.working_dir.join("python"), above.to_owned()];
        let paths = directories.iter().flat_map(|directory| NAMES.map(|name| directory.join(name)));
        // One that was only opened once, by mistake, is empty.
        let holds_something =
            |path: &PathBuf| path.metadata().is_ok_and(|file| file.is_file() && file.len() > 0);
        paths.filter(holds_something).collect()
    }

    /// Absolute, with `~` expanded.
    pub(super) fn path(&self, text: &str) -> Result<PathBuf, DatabaseUrlError> {
        self.surroundings(PostgresDefaults::default()).absolute(text)
    }

    /// A path as people read it: `~/…` below the home directory.
    pub fn show(&self, path: &Path) -> String {
        let below_home = self.home.as_ref().and_then(|home| path.strip_prefix(home).ok());
        match below_home {
            Some(rest) => format!("~/{}", rest.display()),
            None => path.display().to_string(),
        }
    }

    pub(super) fn surroundings(&self, postgres: PostgresDefaults) -> Surroundings<'_> {
        Surroundings { working_dir: &self.working_dir, home: self.home.as_deref(), postgres }
    }
}
