//! Keys and pasted text, on their way to a line that is typed into or to an action.

use crossterm::event::{KeyCode, KeyEvent, KeyEventKind};

use super::action::{Action, Context};
use super::editing::What;
use super::field::Typed;
use super::keymap::Found as Pressed;
use super::overlay::Overlay;
use super::{App, Effect, Screen};

impl App {
    pub(super) fn key(&mut self, event: KeyEvent) -> Vec<Effect> {
        if event.kind == KeyEventKind::Release {
            return Vec::new();
        }
        self.touch();
        if self.is_locked() {
            return self.lock_key(event);
        }
        self.notice = None;
        let typed = match &mut self.overlay {
            Some(Overlay::Help(help)) => help.key(event),
            Some(Overlay::Passphrase(changing)) => changing.line_mut().key(event),
            Some(Overlay::Builder(builder)) => builder.key(event) != Typed::No,
            Some(Overlay::Form(form)) => form.key(event) != Typed::No,
            Some(Overlay::Editing(editing)) => editing.key(event) != Typed::No,
            _ => false,
        };
        if typed {
            return Vec::new();
        }
        if self.type_into_export(event) {
            return Vec::new();
        }
        if self.context() == Context::Find
            && let Some(effects) = self.type_into_find(event)
        {
            return effects;
        }
        if self.screen == Screen::FirstRun
            && self.overlay.is_none()
            && let KeyCode::Char(letter) = event.code
            && let Some(choice) = "123456789".find(letter)
            && let Some(first_run) = &self.setup.first_run
            && choice < first_run.choices().len()
        {
            self.choice = choice;
            return self.choose();
        }
        self.pressed.push(event.into());
        match self.setup.keymap.find(&self.pressed, self.context()) {
            Pressed::Action(action) => {
                self.pressed.clear();
                self.following_shown = false;
                self.act(action)
            }
            Pressed::Prefix => Vec::new(),
            Pressed::Nothing => {
                self.pressed.clear();
                self.following_shown = false;
                Vec::new()
            }
        }
    }

    pub(super) fn paste(&mut self, text: &str) -> Vec<Effect> {
        if self.is_locked() {
            self.lock_paste(text);
            return Vec::new();
        }
        let in_find = self.context() == Context::Find;
        match &mut self.overlay {
            Some(Overlay::Help(help)) => help.paste(text),
            Some(Overlay::Passphrase(changing)) => changing.line_mut().paste(text),
            Some(Overlay::Form(form)) => form.paste(text),
            Some(Overlay::Editing(editing)) => editing.paste(text),
            Some(Overlay::Export(exporting)) => exporting.paste(text),
            _ if in_find => {
                self.find.paste(text);
                return self.read_find();
            }
            _ => {}
        }
        Vec::new()
    }

    /// Where the keys go.
    pub fn context(&self) -> Context {
        if self.is_locked() {
            return Context::Locked;
        }
        match &self.overlay {
            Some(Overlay::Help(_)) => Context::Help,
            Some(Overlay::Problems { .. }) => Context::Problems,
            Some(Overlay::Checks { .. }) => Context::Checks,
            Some(Overlay::Matching(_)) => Context::Matching,
            Some(Overlay::Aside(_)) => Context::Aside,
            Some(Overlay::Settings(_)) => Context::Settings,
            Some(Overlay::Passphrase(_)) => Context::Passphrase,
            Some(Overlay::Why(_)) => Context::Why,
            Some(Overlay::Builder(_)) => Context::Builder,
            Some(Overlay::Form(_)) => Context::Form,
            Some(Overlay::Editing(editing)) if editing.what == What::Note => Context::Note,
            Some(Overlay::Editing(_)) => Context::Editing,
            Some(Overlay::Confirm(_)) => Context::Confirm,
            Some(Overlay::Rules { .. }) => Context::Rules,
            Some(Overlay::Categories(_)) => Context::Categories,
            Some(Overlay::Preview(_)) => Context::Preview,
            Some(Overlay::Duplicates(_)) => Context::Duplicates,
            Some(Overlay::Export(_)) => Context::Export,
            Some(Overlay::Columns { .. }) => Context::Columns,
            Some(Overlay::Connecting(_)) => Context::Connecting,
            None => self.context_below(),
        }
    }

    /// Where the keys go once the overlay is closed.
    pub fn context_below(&self) -> Context {
        let raw = self.detail.as_ref().map(|detail| detail.raw.is_some());
        match (self.screen, raw) {
            (Screen::FirstRun, _) => Context::FirstRun,
            (Screen::Takeover, _) => Context::Takeover,
            (Screen::Opening, _) => Context::Opening,
            (Screen::Sync, _) => Context::Sync,
            (Screen::Insights, None) => Context::Insights,
            (Screen::Recurring, None) => Context::Recurring,
            (_, Some(true)) => Context::Raw,
            (_, Some(false)) => Context::Detail,
            (Screen::Accounts, None) => Context::Accounts,
            (Screen::Transactions, None) if self.levels.groups().is_some() => Context::Groups,
            (Screen::Transactions, None) if self.find.is_typing() => Context::Find,
            (Screen::Transactions, None) => Context::Transactions,
        }
    }

    /// What may follow the keys pressed so far, once they have been held back for a moment.
    pub fn following(&self) -> Option<Vec<(String, Action)>> {
        let wanted = self.following_shown && !self.pressed.is_empty();
        wanted.then(|| self.setup.keymap.following(&self.pressed, self.context()))
    }
}
