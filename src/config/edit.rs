//! Changing one line of the config file: comments, order and all other lines stay as they are.

use std::fs;
use std::io::{self, ErrorKind, Write as _};
use std::path::Path;

use toml_edit::{DocumentMut, Item, Value, value};

use super::Config;
use super::file::File;
use super::source::ConfigError;
use crate::files::ensure_private_dir;

#[derive(Debug, thiserror::Error)]
pub enum EditError {
    #[error("{0}")]
    Unreadable(#[from] ConfigError),
    #[error("the config file cannot be written: {0}")]
    Unwritable(#[from] io::Error),
}

impl Config {
    /// Sets `name` in the config file, for the next start; `None` leaves its line out.
    pub fn write(&self, name: &str, new: Option<&str>) -> Result<(), EditError> {
        let file = self.config_file.as_ref().ok_or_else(|| io::Error::other("there is no home"))?;
        set(&file.path.value, name, new)
    }
}

/// Sets `name` in the file at `path`, which need not exist; `None` leaves the line out.
pub(super) fn set(path: &Path, name: &str, new: Option<&str>) -> Result<(), EditError> {
    let text = match fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == ErrorKind::NotFound => String::new(),
        Err(error) => return Err(error.into()),
    };
    let changed = changed(path, &text, name, new)?;
    if let Some(directory) = path.parent() {
        ensure_private_dir(directory)?;
    }
    // A link to the file is followed: the file itself may be kept elsewhere.
    let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let beside = target.with_extension("toml.new");
    let mut file = fs::File::create(&beside)?;
    file.write_all(changed.as_bytes())?;
    file.sync_all()?;
    if let Ok(old) = fs::metadata(&target) {
        fs::set_permissions(&beside, old.permissions())?;
    }
    fs::rename(&beside, &target)?;
    Ok(())
}

/// The text with the new line in it, which must still be a config file.
fn changed(path: &Path, text: &str, name: &str, new: Option<&str>) -> Result<String, ConfigError> {
    File::parse(path, text.to_owned())?;
    let mut document: DocumentMut =
        text.parse().map_err(|_| ConfigError::new(path.display().to_string(), "is no TOML"))?;
    match (new, document.get_mut(name).and_then(Item::as_value_mut)) {
        (None, _) => {
            document.remove(name);
        }
        (Some(new), Some(old)) => {
            // What stands behind the value, a comment perhaps, belongs to the line.
            let decor = old.decor().clone();
            *old = typed(new);
            *old.decor_mut() = decor;
        }
        (Some(new), None) => {
            document.insert(name, value(typed(new)));
        }
    }
    let changed = document.to_string();
    File::parse(path, changed.clone())?;
    Ok(changed)
}

fn typed(text: &str) -> Value {
    match text {
        "true" => true.into(),
        "false" => false.into(),
        text => text.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(text: &str, name: &str, new: Option<&str>) -> String {
        changed(Path::new("config.toml"), text, name, new).unwrap()
    }

    #[test]
    fn only_the_one_line_changes() {
        let text = "# mine\ntheme = \"dark\"  # at night\n\nascii = false\n# end\n";
        assert_eq!(
            after(text, "theme", Some("light")),
            "# mine\ntheme = \"light\"  # at night\n\nascii = false\n# end\n"
        );
        assert_eq!(after(text, "ascii", None), "# mine\ntheme = \"dark\"  # at night\n# end\n");
        assert_eq!(after("", "mouse", Some("false")), "mouse = false\n");
        assert_eq!(
            after("port = 1\n", "lock_after", Some("5m")),
            "port = 1\nlock_after = \"5m\"\n"
        );
    }

    #[test]
    fn a_file_that_is_broken_is_left_alone() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("config.toml");
        std::fs::write(&path, "theme = \n").unwrap();
        assert!(set(&path, "ascii", Some("true")).is_err());
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "theme = \n");
    }

    #[test]
    fn a_file_that_is_missing_is_made_with_its_directory() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("passbook/config.toml");
        set(&path, "ascii", Some("true")).unwrap();
        set(&path, "theme", Some("light")).unwrap();
        let written = std::fs::read_to_string(&path).unwrap();
        assert_eq!(written, "ascii = true\ntheme = \"light\"\n");
        assert_eq!(std::fs::read_dir(path.parent().unwrap()).unwrap().count(), 1);
    }
}
