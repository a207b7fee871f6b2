//! The state of a locked screen, and of a passphrase that is being typed.

use chrono::{DateTime, Utc};

use super::hidden::Hidden;
use crate::secret::Secret;

#[derive(Clone, Debug, Default)]
pub struct Lock {
    /// There is one to be asked for.
    pub has_passphrase: bool,
    /// `None`: open.
    pub locked: Option<Locked>,
    /// Wrong ones since the last right one.
    pub(super) wrong: u32,
    /// When the last key came.
    pub(super) touched: Option<DateTime<Utc>>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Locked {
    pub(super) typed: Hidden,
    pub checking: bool,
    pub wait_until: Option<DateTime<Utc>>,
    /// What came of the last try.
    pub message: Option<String>,
}

impl Locked {
    /// Whether anything was typed; how much is nobody's business.
    pub fn has_typed(&self) -> bool {
        !self.typed.is_empty()
    }
}

/// A passphrase being set, changed or removed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changing {
    pub step: Step,
    old: Hidden,
    new: Hidden,
    repeated: Hidden,
    pub busy: bool,
    pub message: Option<String>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Step {
    Old,
    #[default]
    New,
    Repeat,
}

impl Changing {
    pub fn line(&self) -> &Hidden {
        match self.step {
            Step::Old => &self.old,
            Step::New => &self.new,
            Step::Repeat => &self.repeated,
        }
    }

    pub fn line_mut(&mut self) -> &mut Hidden {
        match self.step {
            Step::Old => &mut self.old,
            Step::New => &mut self.new,
            Step::Repeat => &mut self.repeated,
        }
    }
}

impl Changing {
    /// From the beginning, with what there is to be told.
    pub fn begin(has_passphrase: bool, message: Option<String>) -> Self {
        let step = if has_passphrase { Step::Old } else { Step::New };
        Self { step, message, ..Self::default() }
    }

    /// Nothing was typed as the new one.
    pub fn is_new_empty(&self) -> bool {
        self.new.is_empty()
    }

    pub fn is_repeated(&self) -> bool {
        self.new == self.repeated
    }

    /// The old one and the new one, as far as there are any; all lines are empty then.
    pub fn take(&mut self, has_old: bool) -> (Option<Secret>, Option<Secret>) {
        self.repeated = Hidden::default();
        let old = has_old.then(|| self.old.take());
        (old, (!self.new.is_empty()).then(|| self.new.take()))
    }
}
