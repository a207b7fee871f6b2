//! What the tasks are for, and what becomes of it when one of them panics.

use crate::app::connecting::Told;
use crate::app::exporting::Exported;
use crate::app::settings::Name;
use crate::app::{Event, FoundPlace, Load};
use crate::domain::Checked;
use crate::exit::Exit;

/// What a task was for, should it panic.
#[derive(Clone)]
pub(super) enum Work {
    Open,
    Survey(FoundPlace),
    TakeOver,
    Check,
    Load(Load),
    Edit,
    CheckPassphrase,
    SetPassphrase,
    WriteSetting(Name),
    Remember,
    PrepareSearch,
    Sync,
    Standing,
    Enrollment,
    /// The number of the attempt.
    Connect(u32),
    /// To the path that was typed.
    Export(String),
}

impl Work {
    /// Whether the first picture has to wait for it: counts may come later.
    pub fn is_needed(&self) -> bool {
        match self {
            Self::Open => true,
            Self::Load(load) => !matches!(load, Load::Count(_) | Load::Summary(_) | Load::Patterns),
            Self::Survey(_)
            | Self::TakeOver
            | Self::Check
            | Self::Edit
            | Self::CheckPassphrase
            | Self::SetPassphrase
            | Self::WriteSetting(_)
            | Self::Remember
            | Self::PrepareSearch
            | Self::Sync
            | Self::Standing
            | Self::Enrollment
            | Self::Connect(_)
            | Self::Export(_) => false,
        }
    }

    /// What the user has said or chosen, on its way to where it is kept.
    pub fn is_the_users(&self) -> bool {
        match self {
            Self::Edit
            | Self::Enrollment
            | Self::SetPassphrase
            | Self::WriteSetting(_)
            | Self::Remember => true,
            Self::Open
            | Self::Load(_)
            | Self::Survey(_)
            | Self::TakeOver
            | Self::Check
            | Self::CheckPassphrase
            | Self::PrepareSearch
            | Self::Sync
            | Self::Standing
            | Self::Connect(_)
            | Self::Export(_) => false,
        }
    }

    /// What the screen is told instead of the answer.
    pub fn panicked(self) -> Event {
        let message = "passbook has a fault here; what is stored is safe, and the log says more";
        match self {
            Self::Open => Event::OpenFailed { sentence: message.to_owned(), exit: Exit::Fine },
            Self::Check => {
                let report = Some(Err(message.to_owned()));
                Event::Checked(Checked { checks: Vec::new(), report })
            }
            Self::Survey(place) => Event::Surveyed { place, survey: Err(message.to_owned()) },
            Self::TakeOver => Event::TakeOverFailed(message.to_owned()),
            Self::CheckPassphrase => Event::PassphraseChecked(Err(message.to_owned())),
            Self::SetPassphrase => Event::PassphraseSet(Err(message.to_owned())),
            Self::WriteSetting(name) => {
                Event::SettingWritten { name, written: Err(message.to_owned()) }
            }
            Self::Remember | Self::PrepareSearch | Self::Standing | Self::Enrollment => {
                Event::Notice(message.to_owned())
            }
            Self::Edit => Event::EditFailed(message.to_owned()),
            Self::Export(path) => {
                Event::Exported { path, outcome: Exported::Failed(message.to_owned()) }
            }
            Self::Sync => Event::SyncFailed(message.to_owned()),
            Self::Connect(attempt) => {
                Event::Connect { attempt, told: Told::Failed(message.to_owned()) }
            }
            Self::Load(what) => Event::LoadFailed { what, message: message.to_owned() },
        }
    }
}
