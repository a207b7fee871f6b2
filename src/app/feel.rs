//! How the screen behaves, apart from what it shows: most of it can be set on the settings screen.

use std::time::Duration;

use super::settings::{Name, Setting};
use super::theme::{Depth, Theme};

#[derive(Clone, Debug)]
pub struct Feel {
    /// Those to choose from.
    pub themes: Vec<Theme>,
    pub depth: Depth,
    /// Lines of words instead of a picture.
    pub plain: bool,
    /// Nothing moves by itself.
    pub calm: bool,
    /// Clicks and the wheel are passbook's; otherwise all of the mouse is the terminal's.
    pub mouse: bool,
    /// Without a key for so long, a screen that has a passphrase locks.
    pub lock_after: Option<Duration>,
    /// What the settings screen offers.
    pub settings: Vec<Setting>,
}

impl Default for Feel {
    fn default() -> Self {
        Self {
            themes: Theme::all(),
            depth: Depth::default(),
            plain: false,
            calm: false,
            mouse: true,
            lock_after: None,
            settings: Vec::new(),
        }
    }
}

impl Feel {
    /// Whether the settings mask all amounts to begin with.
    pub(super) fn is_hidden_at_start(&self) -> bool {
        self.settings.iter().any(|it| it.name == Name::HideAmounts && it.value == "true")
    }
}
