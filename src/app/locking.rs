//! Locking and unlocking: nothing of the data shows and no key reaches it until the passphrase is
//! right. It keeps eyes off the screen; the file on the disk it does not protect.

use std::time::Duration;

use chrono::TimeDelta;
use crossterm::event::{KeyCode, KeyEvent};

use super::action::{Action, Context};
use super::event::Effect;
use super::hidden::Hidden;
use super::keymap::Found;
use super::lock::{Changing, Locked, Step};
use super::overlay::Overlay;
use super::{App, Notice};

/// Wrong tries that cost nothing.
const FREE_TRIES: u32 = 2;
const FIRST_WAIT: i64 = 5;
const LONGEST_WAIT: i64 = 300;

impl App {
    pub fn is_locked(&self) -> bool {
        self.lock.locked.is_some()
    }

    /// By its key: says how, where there is no passphrase.
    pub(super) fn lock_now(&mut self) {
        if self.lock.has_passphrase {
            self.lock_screen();
        } else {
            self.tell("There is no passphrase yet: set one with , or `passbook lock set`.");
        }
    }

    pub(super) fn lock_screen(&mut self) {
        self.lock.locked = Some(Locked::default());
        self.pressed.clear();
        self.following_shown = false;
        // An answer that comes later must not reach the clipboard, nor may half a passphrase wait.
        self.copy_json_of = None;
        self.dragging = false;
        if matches!(self.overlay, Some(Overlay::Passphrase(_))) {
            self.overlay = None;
        }
    }

    /// A key, a click or a turn of the wheel: somebody is there.
    pub(super) fn touch(&mut self) {
        self.lock.touched = Some(self.now());
        self.opens_late = false;
    }

    pub(super) fn lock_if_idle(&mut self) {
        if self.lock_due().is_some_and(|left| left.is_zero()) {
            self.lock_screen();
        }
    }

    /// How long until it locks by itself.
    pub(super) fn lock_due(&self) -> Option<Duration> {
        let after = self.setup.feel.lock_after?;
        if !self.lock.has_passphrase || self.is_locked() {
            return None;
        }
        let idle = self.now() - self.lock.touched?;
        Some(after.saturating_sub(idle.to_std().unwrap_or_default()))
    }

    /// How long until another try is allowed.
    pub fn lock_wait(&self) -> Option<TimeDelta> {
        let until = self.lock.locked.as_ref()?.wait_until?;
        Some(until - self.now()).filter(|left| *left > TimeDelta::zero())
    }

    pub(super) fn lock_paste(&mut self, text: &str) {
        if let Some(locked) = &mut self.lock.locked {
            locked.typed.paste(text);
        }
    }

    /// Only the passphrase, and leaving: no other action is reached from here.
    pub(super) fn lock_key(&mut self, key: KeyEvent) -> Vec<Effect> {
        let waits = self.lock_wait().is_some();
        let Some(locked) = &mut self.lock.locked else { return Vec::new() };
        if locked.typed.key(key) {
            locked.message = None;
            return Vec::new();
        }
        match key.code {
            KeyCode::Esc => locked.typed = Hidden::default(),
            KeyCode::Enter if !waits && !locked.checking && locked.has_typed() => {
                locked.checking = true;
                return vec![Effect::CheckPassphrase(locked.typed.take())];
            }
            _ => match self.setup.keymap.find(&[key.into()], Context::Locked) {
                Found::Action(Action::QuitNow) => return vec![Effect::Quit],
                Found::Action(Action::Suspend) => return vec![Effect::Suspend],
                Found::Action(Action::Redraw) => return vec![Effect::Redraw],
                _ => {}
            },
        }
        Vec::new()
    }

    pub(super) fn passphrase_checked(&mut self, right: Result<bool, String>) {
        let now = self.now();
        let Some(locked) = &mut self.lock.locked else { return };
        locked.checking = false;
        match right {
            Ok(true) => {
                self.lock.locked = None;
                self.lock.wrong = 0;
                self.notice = None;
                self.touch();
            }
            Ok(false) => {
                self.lock.wrong += 1;
                locked.message = Some("That is not it.".to_owned());
                locked.wait_until = wait_after(self.lock.wrong).map(|wait| now + wait);
            }
            Err(message) => locked.message = Some(message),
        }
    }

    pub(super) fn change_passphrase(&mut self) -> Vec<Effect> {
        if self.setup.read_only {
            self.tell("Read-only: a passphrase would be written. Start without --read-only.");
            return Vec::new();
        }
        let changing = Changing::begin(self.lock.has_passphrase, None);
        self.overlay = Some(Overlay::Passphrase(Box::new(changing)));
        Vec::new()
    }

    /// Enter, while a passphrase is being changed: the next line, or all of it.
    pub(super) fn next_passphrase_line(&mut self, mut changing: Box<Changing>) -> Vec<Effect> {
        changing.message = None;
        let remove = self.lock.has_passphrase && changing.is_new_empty();
        let mut effects = Vec::new();
        match changing.step {
            _ if changing.busy => {}
            Step::Old => changing.step = Step::New,
            Step::New if remove => effects = vec![send(&mut changing, true)],
            Step::New if changing.is_new_empty() => {
                changing.message = Some("Type a passphrase, or esc to leave it.".to_owned());
            }
            Step::New => changing.step = Step::Repeat,
            Step::Repeat if changing.is_repeated() => {
                effects = vec![send(&mut changing, self.lock.has_passphrase)];
            }
            Step::Repeat => {
                let message = Some("The two are not the same: once more.".to_owned());
                *changing = Changing::begin(self.lock.has_passphrase, message);
            }
        }
        self.overlay = Some(Overlay::Passphrase(changing));
        effects
    }

    pub(super) fn passphrase_set(&mut self, set: Result<bool, String>) {
        match set {
            Ok(is_set) => {
                self.lock.has_passphrase = is_set;
                self.touch();
                self.overlay = None;
                self.tell(if is_set {
                    "The passphrase is set. L locks; so does a start, and time without a key."
                } else {
                    "The passphrase is removed: nothing locks any more."
                });
            }
            Err(message) => {
                if let Some(Overlay::Passphrase(changing)) = &mut self.overlay {
                    **changing = Changing::begin(self.lock.has_passphrase, Some(message));
                } else {
                    self.notice = Some(Notice { text: message, warning: true });
                }
            }
        }
    }
}

fn send(changing: &mut Changing, has_old: bool) -> Effect {
    changing.busy = true;
    let (old, new) = changing.take(has_old);
    Effect::SetPassphrase { old, new }
}

/// Each wrong try after the free ones doubles the wait.
fn wait_after(wrong: u32) -> Option<TimeDelta> {
    let doublings = wrong.checked_sub(FREE_TRIES + 1)?;
    let wait = FIRST_WAIT.saturating_mul(1_i64 << doublings.min(20));
    Some(TimeDelta::seconds(wait.min(LONGEST_WAIT)))
}
