//! How a setting is changed on the screen: it shows at once, and is written for the next start.

use std::time::Duration;

use super::App;
use super::action::Action;
use super::event::Effect;
use super::help::Help;
use super::overlay::Overlay;
use super::settings::{Decided, Form, Name, Setting};

const LOCK_TIMES: [&str; 5] = ["never", "1m", "5m", "10m", "30m"];
const SWITCH: [&str; 2] = ["false", "true"];

impl App {
    /// What the keys for how the screen behaves ask for.
    pub(super) fn feel(&mut self, action: Action) -> Vec<Effect> {
        match action {
            Action::Help => self.look_up(Help::default()),
            Action::Palette => self.look_up(Help::palette()),
            Action::Settings => self.toggle(Overlay::Settings(Form::default())),
            Action::NextTheme => self.next_theme(),
            Action::ToggleMouse => self.toggle_mouse(),
            _ => {
                self.lock_now();
                Vec::new()
            }
        }
    }

    /// Opens the help or the palette; its own key closes it, that of the other changes over.
    fn look_up(&mut self, help: Help) -> Vec<Effect> {
        let open = matches!(&self.overlay, Some(Overlay::Help(it)) if it.palette == help.palette);
        self.overlay = (!open).then_some(Overlay::Help(help));
        Vec::new()
    }

    fn next_theme(&mut self) -> Vec<Effect> {
        let settings = &self.setup.feel.settings;
        let Some(selected) = settings.iter().position(|it| it.name == Name::Theme) else {
            return Vec::new();
        };
        let effects = self.turn_setting(&Form { selected }, true);
        self.tell(format!("The theme is {}.", self.setup.theme.name));
        effects
    }

    /// For now; the setting stays as it is.
    fn toggle_mouse(&mut self) -> Vec<Effect> {
        let on = !self.setup.feel.mouse;
        self.setup.feel.mouse = on;
        self.tell(if on {
            "Clicks and the wheel are passbook's. Hold shift to select text."
        } else {
            "The mouse is the terminal's: select text as everywhere."
        });
        vec![Effect::CaptureMouse(on)]
    }

    /// Lines of the form: the settings, and the passphrase below them.
    pub fn form_lines(&self) -> usize {
        self.setup.feel.settings.len() + 1
    }

    /// What the chosen line can be, in order; empty on the line of the passphrase.
    pub fn choices(&self, setting: &Setting) -> Vec<String> {
        match setting.name {
            Name::Theme => self.setup.feel.themes.iter().map(|theme| theme.name.clone()).collect(),
            Name::LockAfter => {
                let mut times = LOCK_TIMES.map(str::to_owned).to_vec();
                if !times.contains(&setting.value) {
                    times.push(setting.value.clone());
                }
                times
            }
            _ => SWITCH.map(str::to_owned).to_vec(),
        }
    }

    /// The next value of the chosen line, or the one before; it shows at once and is written.
    pub(super) fn turn_setting(&mut self, form: &Form, forward: bool) -> Vec<Effect> {
        let Some(setting) = self.setup.feel.settings.get(form.selected).cloned() else {
            return self.change_passphrase();
        };
        let choices = self.choices(&setting);
        let at = choices.iter().position(|choice| *choice == setting.value).unwrap_or(0);
        let step = if forward { 1 } else { choices.len() - 1 };
        let value = choices[(at + step) % choices.len()].clone();
        let applied = self.apply(setting.name, &value);
        self.setup.feel.settings[form.selected].value.clone_from(&value);
        if setting.decided == Decided::Outside {
            self.tell(format!(
                "{} is in use until you quit; at the next start {} decides again.",
                setting.name.label(),
                setting.origin
            ));
        }
        applied.into_iter().chain([Effect::WriteSetting { name: setting.name, value }]).collect()
    }

    fn apply(&mut self, name: Name, value: &str) -> Option<Effect> {
        let on = value == "true";
        let feel = &mut self.setup.feel;
        match name {
            Name::Theme => {
                if let Some(theme) = feel.themes.iter().find(|theme| theme.name == value) {
                    self.setup.theme = theme.clone();
                }
            }
            Name::Ascii => self.setup.ascii = on,
            Name::ReducedMotion => feel.calm = on,
            Name::LockAfter => feel.lock_after = minutes(value),
            Name::Mouse => {
                feel.mouse = on;
                return Some(Effect::CaptureMouse(on));
            }
            Name::HideAmounts | Name::Plain => {}
        }
        None
    }

    pub(super) fn setting_written(&mut self, name: Name, written: Result<String, String>) {
        match written {
            Ok(origin) => {
                let settings = &mut self.setup.feel.settings;
                if let Some(setting) = settings.iter_mut().find(|setting| setting.name == name)
                    && setting.decided != Decided::Outside
                {
                    setting.decided = Decided::File;
                    setting.origin = origin;
                }
            }
            Err(message) => {
                self.warn(format!("{} is in use but not kept: {message}", name.label()));
            }
        }
    }
}

/// `5m`, `1h`, `90s`, `1h30m`; `None` is never.
fn minutes(text: &str) -> Option<Duration> {
    let mut seconds = 0;
    let mut number = 0_u64;
    for letter in text.chars() {
        match (letter, letter.to_digit(10)) {
            (_, Some(digit)) => number = number * 10 + u64::from(digit),
            ('d', _) => seconds += std::mem::take(&mut number) * 86_400,
            ('h', _) => seconds += std::mem::take(&mut number) * 3600,
            ('m', _) => seconds += std::mem::take(&mut number) * 60,
            ('s', _) => seconds += std::mem::take(&mut number),
            _ => return None,
        }
    }
    (seconds > 0).then(|| Duration::from_secs(seconds))
}
