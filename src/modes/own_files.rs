//! The user's own files for the screen, beside the settings: keys and themes.

use std::fs;
use std::io;
use std::path::Path;

use passbook::app::Keymap;
use passbook::app::theme::Theme;
use passbook::config::Dirs;
use passbook::doctor;

pub struct OwnFiles {
    pub keymap: Keymap,
    /// passbook's own first.
    pub themes: Vec<Theme>,
    pub read: Vec<String>,
    /// What was left out, a line each.
    pub problems: Vec<String>,
}

impl OwnFiles {
    pub fn read(dirs: Option<&Dirs>) -> Self {
        let mut own = Self {
            keymap: Keymap::default(),
            themes: Theme::all(),
            read: Vec::new(),
            problems: Vec::new(),
        };
        if let Some(dirs) = dirs {
            own.read_keys(&dirs.config.join("keys.toml"));
            own.read_themes(&dirs.config.join("themes"));
        }
        own
    }

    fn read_keys(&mut self, path: &Path) {
        if let Some(text) = self.text(path) {
            let (keymap, problems) = Keymap::with_user_keys(&text);
            self.keymap = keymap;
            self.problems.extend(problems);
        }
    }

    fn read_themes(&mut self, directory: &Path) {
        let Ok(entries) = fs::read_dir(directory) else { return };
        let mut paths: Vec<_> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
        paths.retain(|path| path.extension().is_some_and(|it| it == "toml"));
        paths.sort_unstable();
        for path in paths {
            let Some(name) = path.file_stem().and_then(|name| name.to_str()) else { continue };
            let Some(text) = self.text(&path) else { continue };
            let (theme, problems) = Theme::of_user(name, &text);
            self.problems.extend(problems);
            // One of the same name takes the place of passbook's own.
            match self.themes.iter_mut().find(|known| known.name == theme.name) {
                Some(known) => *known = theme,
                None => self.themes.push(theme),
            }
        }
    }

    /// `None` where there is no such file.
    fn text(&mut self, path: &Path) -> Option<String> {
        match fs::read_to_string(path) {
            Ok(text) => {
                self.read.push(path.display().to_string());
                Some(text)
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => {
                self.problems.push(format!("{}: {error}", path.display()));
                None
            }
        }
    }

    pub fn for_doctor(self) -> doctor::OwnFiles {
        doctor::OwnFiles { read: self.read, problems: self.problems }
    }
}
