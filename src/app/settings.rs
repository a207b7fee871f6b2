//! The settings that can be changed on the screen: a form over the config file, with what decided
//! each of them.

/// Of the config file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Name {
    Theme,
    Ascii,
    HideAmounts,
    ReducedMotion,
    Mouse,
    Plain,
    LockAfter,
}

impl Name {
    pub const ALL: [Self; 7] = [
        Self::Theme,
        Self::Ascii,
        Self::HideAmounts,
        Self::ReducedMotion,
        Self::Mouse,
        Self::Plain,
        Self::LockAfter,
    ];

    /// As the config file calls it.
    pub fn key(self) -> &'static str {
        match self {
            Self::Theme => "theme",
            Self::Ascii => "ascii",
            Self::HideAmounts => "hide_amounts",
            Self::ReducedMotion => "reduced_motion",
            Self::Mouse => "mouse",
            Self::Plain => "plain",
            Self::LockAfter => "lock_after",
        }
    }

    pub fn label(self) -> &'static str {
        match self {
            Self::Theme => "Theme",
            Self::Ascii => "ASCII only",
            Self::HideAmounts => "Hide amounts at start",
            Self::ReducedMotion => "Reduced motion",
            Self::Mouse => "Mouse",
            Self::Plain => "Plain lines",
            Self::LockAfter => "Lock when idle",
        }
    }

    pub fn help(self) -> &'static str {
        match self {
            Self::Theme => "Your own go into the directory themes beside the config file.",
            Self::Ascii => "Draw with ASCII characters only.",
            Self::HideAmounts => "Mask every amount when passbook opens; p shows them.",
            Self::ReducedMotion => "Nothing moves by itself: a sync tells its steps, not its time.",
            Self::Mouse => "Clicks, wheel, dragging. Hold shift to select text all the same.",
            Self::Plain => "Lines of words for a screen reader, from the next start on.",
            Self::LockAfter => "After so long without a key, if there is a passphrase.",
        }
    }
}

/// Who decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decided {
    Default,
    File,
    /// An option or a variable, which wins over the file.
    Outside,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    pub name: Name,
    pub value: String,
    pub decided: Decided,
    /// `--theme`, `line 3 of …`.
    pub origin: String,
}

/// The settings screen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Form {
    /// Always a line of the form.
    pub selected: usize,
}
