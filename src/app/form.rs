//! A few lines to fill in, one below the other: enter goes on to the next, and with the last is done.

use chrono::NaiveDate;
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::connecting::Repair;
use super::field::{Field, Typed};
use crate::domain::linking::Question;
use crate::domain::{AccountId, EnrollmentId, Rule};

/// What the lines are for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum About {
    /// A new account that is kept by hand.
    Add,
    Rename(AccountId),
    /// What it was worth on a day, instead of what is known of the `old` one.
    Value {
        account: AccountId,
        old: Option<NaiveDate>,
    },
    DropValue(AccountId, NaiveDate),
    Remove(AccountId),
    RenameEnrollment(EnrollmentId),
    EndEnrollment(EnrollmentId),
    /// What a bank can't be linked without.
    Connect {
        repair: Option<Repair>,
        /// A line each.
        questions: Vec<Question>,
    },
    /// Below this one.
    AddCategory(Option<String>),
    RenameCategory(String),
    /// A new one, or in the place of this one.
    Rule(Box<Rule>),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    Text(Field),
    /// `chosen` is always below the number of options.
    Choice {
        options: Vec<&'static str>,
        chosen: usize,
    },
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    pub label: &'static str,
    pub input: Input,
    /// Told below the lines while the cursor is here.
    pub hint: String,
}

impl Line {
    pub fn text(label: &'static str, text: &str, hint: impl Into<String>) -> Self {
        Self { label, input: Input::Text(Field::new(text)), hint: hint.into() }
    }

    pub fn choice(label: &'static str, options: Vec<&'static str>) -> Self {
        let hint = "space or a first letter chooses".to_owned();
        Self { label, input: Input::Choice { options, chosen: 0 }, hint }
    }

    /// Nothing, where there is no such option.
    pub fn choose(&mut self, option: usize) {
        if let Input::Choice { options, chosen } = &mut self.input
            && option < options.len()
        {
            *chosen = option;
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Form {
    pub about: About,
    pub title: String,
    /// Never empty.
    pub lines: Vec<Line>,
    /// Always below the number of lines.
    pub at: usize,
    /// Why it cannot be done like this.
    pub wrong: Option<String>,
}

impl Form {
    pub fn new(about: About, title: String, lines: Vec<Line>) -> Self {
        Self { about, title, lines, at: 0, wrong: None }
    }

    /// What is typed in a line; empty where there is nothing to type.
    pub fn text(&self, line: usize) -> &str {
        match self.lines.get(line).map(|line| &line.input) {
            Some(Input::Text(field)) => field.text().trim(),
            _ => "",
        }
    }

    pub fn chosen(&self, line: usize) -> usize {
        match self.lines.get(line).map(|line| &line.input) {
            Some(Input::Choice { chosen, .. }) => *chosen,
            _ => 0,
        }
    }

    /// As it is offered: which options there are may depend.
    pub fn choice(&self, line: usize) -> Option<&'static str> {
        match &self.lines.get(line)?.input {
            Input::Choice { options, chosen } => options.get(*chosen).copied(),
            Input::Text(_) => None,
        }
    }

    pub fn is_last(&self) -> bool {
        self.at + 1 == self.lines.len()
    }

    pub fn step(&mut self, lines: isize) {
        let last = self.lines.len().saturating_sub(1);
        self.at = self.at.saturating_add_signed(lines).min(last);
    }

    /// With the cursor where it is wrong.
    #[must_use]
    pub fn refuse(mut self, line: usize, why: impl Into<String>) -> Self {
        self.at = line.min(self.lines.len().saturating_sub(1));
        self.wrong = Some(why.into());
        self
    }

    pub fn key(&mut self, key: KeyEvent) -> Typed {
        match key.code {
            KeyCode::Tab | KeyCode::Down => self.step(1),
            KeyCode::BackTab | KeyCode::Up => self.step(-1),
            _ => {
                let Some(line) = self.lines.get_mut(self.at) else { return Typed::No };
                let typed = line.input.key(key);
                if typed == Typed::Changed {
                    self.wrong = None;
                }
                return typed;
            }
        }
        Typed::Moved
    }

    pub fn paste(&mut self, text: &str) {
        if let Some(Line { input: Input::Text(field), .. }) = self.lines.get_mut(self.at) {
            field.paste(text);
            self.wrong = None;
        }
    }
}

impl Input {
    fn key(&mut self, key: KeyEvent) -> Typed {
        let (options, chosen) = match self {
            Self::Text(field) => return field.key(key),
            Self::Choice { options, chosen } => (options, chosen),
        };
        let count = options.len();
        let after = |step: usize| (*chosen + step) % count;
        let next = match key.code {
            _ if key.modifiers.intersects(KeyModifiers::CONTROL | KeyModifiers::ALT) => {
                return Typed::No;
            }
            KeyCode::Char(' ') | KeyCode::Right => Some(after(1)),
            KeyCode::Left => Some(after(count - 1)),
            KeyCode::Char(letter) => {
                (1..=count).map(after).find(|&option| options[option].starts_with(letter))
            }
            KeyCode::Backspace => None,
            _ => return Typed::No,
        };
        match next {
            Some(next) => {
                *chosen = next;
                Typed::Changed
            }
            None => Typed::Moved,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn press(form: &mut Form, code: KeyCode) -> Typed {
        form.key(KeyEvent::new(code, KeyModifiers::NONE))
    }

    #[test]
    fn letters_go_into_the_line_and_choose_where_there_is_a_choice() {
        let lines = vec![
            Line::text("name", "", ""),
            Line::choice("kind", vec!["house", "car", "cash", "loan"]),
        ];
        let mut form = Form::new(About::Add, String::new(), lines);
        for letter in "qx 1".chars() {
            assert_eq!(press(&mut form, KeyCode::Char(letter)), Typed::Changed);
        }
        assert_eq!(form.text(0), "qx 1");
        press(&mut form, KeyCode::Down);
        let mut chosen = |code| {
            press(&mut form, code);
            form.chosen(1)
        };
        assert_eq!(chosen(KeyCode::Char('c')), 1);
        assert_eq!(chosen(KeyCode::Char('c')), 2);
        assert_eq!(chosen(KeyCode::Char('c')), 1);
        assert_eq!(chosen(KeyCode::Char('z')), 1, "nothing begins so");
        assert_eq!(chosen(KeyCode::Left), 0);
        assert_eq!(chosen(KeyCode::Left), 3);
        assert_eq!(chosen(KeyCode::Char(' ')), 0);
        assert_eq!(press(&mut form, KeyCode::Enter), Typed::No);
        assert_eq!(press(&mut form, KeyCode::Esc), Typed::No);
    }
}
