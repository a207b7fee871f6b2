//! What the user says and chooses, on its way to where it is kept.

use super::work::Work;
use super::{Done, Effects, Writing};
use crate::app::Event;
use crate::app::exporting::Export;
use crate::app::settings::Name;
use crate::secret::Secret;
use crate::store::{PairError, Store};
use crate::tui::asking::{Edit, edit, notice};
use crate::tui::files;

impl Effects {
    /// Writes what the user has asked for.
    pub fn edit(&mut self, asked: Edit) {
        let Some(store) = self.store.clone() else { return };
        self.spawn(Work::Edit, async move {
            match edit(&store, asked).await {
                Ok(Some(event)) => Done::Answer(event),
                Ok(None) => Done::Silent,
                Err(PairError::Store(report)) => {
                    tracing::warn!("{report:#}");
                    Done::Answer(Event::EditFailed(notice(&report)))
                }
                Err(refusal) => Done::Answer(Event::EditFailed(refusal.to_string())),
            }
        });
    }

    pub fn check_passphrase(&mut self, given: Secret) {
        let Some(store) = self.store.clone() else { return };
        self.spawn(Work::CheckPassphrase, async move {
            let right = store.check_passphrase(given).await;
            Done::Answer(Event::PassphraseChecked(right.map_err(|report| notice(&report))))
        });
    }

    pub fn set_passphrase(&mut self, old: Option<Secret>, new: Option<Secret>) {
        let Some(store) = self.store.clone() else { return };
        self.spawn(Work::SetPassphrase, async move {
            let is_set = new.is_some();
            let set = store.set_passphrase(old, new).await;
            let set = set.map(|()| is_set).map_err(|refusal| refusal.to_string());
            Done::Answer(Event::PassphraseSet(set))
        });
    }

    pub fn write_setting(&mut self, writing: &Writing, name: Name, value: &str) {
        let written = writing(name, value);
        self.spawn(Work::WriteSetting(name), async move {
            Done::Answer(Event::SettingWritten { name, written: written.await })
        });
    }

    /// How the screen is to be the next time. Not worth a word where it fails: it is said again.
    pub fn remember(&mut self, name: &'static str, value: String) {
        let Some(store) = self.store.clone().filter(|store| !store.is_read_only()) else { return };
        self.spawn(Work::Remember, async move {
            if let Err(report) = store.save_setting(name, &value).await {
                tracing::warn!("{report:#}");
            }
            Done::Silent
        });
    }

    /// Writes a file while the screen goes on.
    pub fn export(&mut self, export: Export) {
        let Some(store) = self.store.as_ref().map(Store::reader) else { return };
        let path = export.path.clone();
        self.spawn(Work::Export(path.clone()), async move {
            let outcome = files::export(&store, export).await;
            Done::Answer(Event::Exported { path, outcome })
        });
    }
}
