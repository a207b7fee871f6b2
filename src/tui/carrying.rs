//! Hands each thing that the state asks for to who does it.

use std::io;

use super::asking::{Edit, load_of};
use super::effects::{Ask, COLUMNS, DIVIDER};
use super::surface::Surface;
use super::{EventLoop, Leave, terminal};
use crate::app::Effect;

impl EventLoop {
    pub(super) fn carry_out(
        &mut self,
        effects: Vec<Effect>,
        trigger: &'static str,
    ) -> io::Result<()> {
        let (loads, effects): (Vec<_>, Vec<_>) =
            effects.into_iter().partition(|effect| load_of(effect).is_some());
        self.effects.load(loads);
        for effect in effects {
            match effect {
                Effect::StartSync { full, account } => {
                    self.effects.start_sync(full, account, trigger);
                }
                Effect::MakePair { gone, came } => {
                    self.effects.edit(Edit::MakePair { gone, came });
                }
                Effect::PartPair(posted) => self.effects.edit(Edit::PartPair(posted)),
                Effect::PrepareSearch => self.effects.prepare_search(),
                Effect::KeepSearch(search) => self.effects.edit(Edit::KeepSearch(search)),
                Effect::Edit(edit) => self.effects.edit(Edit::Say(edit)),
                Effect::Undo => self.effects.edit(Edit::Undo),
                Effect::Redo => self.effects.edit(Edit::Redo),
                Effect::RetryQuarantine => self.effects.edit(Edit::RetryQuarantine),
                Effect::StopSync => self.effects.stop_sync(),
                Effect::Enrollment(deed) => self.effects.enrollment(deed),
                Effect::Connect(wish) => self.effects.connect(&self.linker, wish),
                Effect::DecideConnect(yes) => self.effects.connector.decide(yes),
                Effect::StopConnect => self.effects.connector.stop(),
                Effect::Export(export) => self.effects.export(export),
                Effect::Copy(text) => copy(text)?,
                Effect::Suspend => self.suspend()?,
                Effect::Redraw => match &mut self.surface {
                    Some(Surface::Picture(screen)) => screen.forget()?,
                    Some(Surface::Lines(lines)) => lines.forget(),
                    None => {}
                },
                Effect::CheckPassphrase(given) => self.effects.check_passphrase(given),
                Effect::SetPassphrase { old, new } => self.effects.set_passphrase(old, new),
                Effect::WriteSetting { name, value } => {
                    self.effects.write_setting(&self.writing, name, &value);
                }
                Effect::KeepDivider { share } => self.effects.remember(DIVIDER, share.to_string()),
                Effect::KeepColumns(columns) => {
                    self.effects.remember(COLUMNS, columns.to_string());
                }
                Effect::CaptureMouse(on) => terminal::capture_mouse(on)?,
                Effect::Quit => self.leave = Some(Leave::Quit),
                Effect::OpenDemo => self.leave = Some(Leave::OpenDemo),
                Effect::OpenDefault => {
                    self.failure = None;
                    let asked = self.app.setup.first_run.is_some();
                    let ask = if asked { Ask::No } else { Ask::IfNothingIsKept };
                    self.effects.open(&self.opening, ask);
                }
                Effect::Check(extent) => self.effects.check(&self.checks, extent),
                Effect::Survey(place) => self.effects.survey(&self.surveying, place),
                Effect::TakeOver { place, way, by_hand } => {
                    self.effects.take_over(&self.taking_over, place, way, by_hand);
                }
                load => unreachable!("{load:?} was taken above"),
            }
        }
        Ok(())
    }
}

/// Both ways at once: whichever the terminal does not take is lost without a word.
fn copy(text: String) -> io::Result<()> {
    terminal::copy(&text)?;
    tokio::task::spawn_blocking(move || {
        if let Err(error) = terminal::copy_by_tmux(&text) {
            tracing::debug!(%error, "copying through tmux");
        }
    });
    Ok(())
}
