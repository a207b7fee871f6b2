//! What the screen has decided, kept in the config file for the next start.

use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::path::Path;

use toml::Value;

use super::source::Setting;
use super::{Config, File};
use crate::database::Database;
use crate::files::ensure_private_dir;

impl Config {
    /// From now on passbook's database is this file: for this process, and by a line of its own in the
    /// config file for the next one. What a flag or a variable names then wins, as always.
    ///
    /// Only for where no database was named at all: a second line would be an error in the file.
    pub fn settle_on(&mut self, path: &Path) -> io::Result<()> {
        let database = Database::Sqlite { path: path.to_owned() };
        let remembered = self.remember(&database);
        self.database = Setting::chosen(database);
        remembered
    }

    fn remember(&self, database: &Database) -> io::Result<()> {
        let file = self.config_file.as_ref().ok_or_else(|| io::Error::other("there is no home"))?;
        let path = &file.path.value;
        let url = url(database).ok_or_else(|| io::Error::other("no URL can hold that path"))?;
        let before = match fs::read_to_string(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
            read => read?,
        };
        let end = if before.is_empty() || before.ends_with('\n') { "" } else { "\n" };
        let line = format!("{end}database_url = {}\n", Value::String(url));
        File::parse(path, format!("{before}{line}")).map_err(io::Error::other)?;
        if let Some(directory) = path.parent() {
            ensure_private_dir(directory)?;
        }
        // Added to, never written anew: it may be a link, and what stands there is the user's.
        OpenOptions::new().append(true).create(true).open(path)?.write_all(line.as_bytes())
    }
}

/// A file as the settings name it, if they can: a URL has no way to write every path.
fn url(database: &Database) -> Option<String> {
    let Database::Sqlite { path } = database else { return None };
    let url = format!("sqlite:///{}", path.to_str()?);
    (Database::parse(&url, Path::new("/")).as_ref() == Ok(database)).then_some(url)
}
