//! An export: asked for on top of the screen, written behind it.

use crossterm::event::KeyEvent;

use super::App;
use super::event::Effect;
use super::exporting::{Exported, Exporting, State};
use super::field::Typed;
use super::list::TransactionList;
use super::overlay::Overlay;
use crate::domain::counted;

impl App {
    /// Asks how and where to.
    pub(super) fn ask_export(&mut self) -> Vec<Effect> {
        let shown = self.list().map(TransactionList::question);
        self.overlay = Some(Overlay::Export(Box::new(Exporting::new(shown, self.today()))));
        Vec::new()
    }

    /// Whether the key typed or edited the path.
    pub(super) fn type_into_export(&mut self, key: KeyEvent) -> bool {
        match &mut self.overlay {
            Some(Overlay::Export(exporting)) => exporting.key(key) != Typed::No,
            _ => false,
        }
    }

    pub(super) fn move_in_export(&mut self, by: isize) -> Vec<Effect> {
        let today = self.today();
        if let Some(Overlay::Export(exporting)) = &mut self.overlay {
            exporting.turn_format(by.signum(), today);
        }
        Vec::new()
    }

    /// From what is shown to everything, and back.
    pub(super) fn turn_export(&mut self) -> Vec<Effect> {
        if let Some(Overlay::Export(exporting)) = &mut self.overlay
            && exporting.can_choose()
        {
            exporting.everything = !exporting.everything;
        }
        Vec::new()
    }

    /// The question stays until it is known whether the file was written.
    pub(super) fn export(&mut self, mut exporting: Box<Exporting>) -> Vec<Effect> {
        let export = exporting.export();
        let busy = exporting.state == State::Writing;
        let effects =
            if busy || export.path.is_empty() { Vec::new() } else { vec![Effect::Export(export)] };
        if !effects.is_empty() {
            exporting.state = State::Writing;
        }
        self.overlay = Some(Overlay::Export(exporting));
        effects
    }

    pub(super) fn exported(&mut self, path: &str, outcome: Exported) {
        let writing = match &mut self.overlay {
            Some(Overlay::Export(exporting)) if exporting.state == State::Writing => {
                Some(exporting)
            }
            _ => None,
        };
        match (outcome, writing) {
            (Exported::Written(rows), writing) => {
                if writing.is_some() {
                    self.overlay = None;
                }
                self.tell(format!("Exported {} to {path}.", counted(rows, "transaction")));
            }
            (Exported::InTheWay, Some(exporting)) => exporting.state = State::InTheWay,
            (Exported::Failed(why), Some(exporting)) => exporting.state = State::Failed(why),
            (Exported::InTheWay, None) => {
                self.warn(format!("{path} is there already: nothing was exported."));
            }
            (Exported::Failed(why), None) => self.warn(why),
        }
    }
}
