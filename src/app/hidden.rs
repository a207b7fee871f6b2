//! A line that is typed without being shown: a passphrase, wiped when it is dropped.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use zeroize::Zeroizing;

use crate::secret::Secret;

/// Characters at most. The room for them is there from the beginning: a text that grows leaves
/// copies of itself in memory.
const LONGEST: usize = 128;

#[derive(Clone, PartialEq, Eq)]
pub struct Hidden(Zeroizing<String>);

impl Default for Hidden {
    fn default() -> Self {
        Self(Zeroizing::new(String::with_capacity(4 * LONGEST)))
    }
}

impl Hidden {
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Takes the key if it types or erases.
    pub fn key(&mut self, key: KeyEvent) -> bool {
        let held = key.modifiers.intersects(KeyModifiers::CONTROL | KeyModifiers::ALT);
        match key.code {
            KeyCode::Char(letter) if !held => self.push(letter),
            KeyCode::Backspace => {
                self.0.pop();
            }
            _ => return false,
        }
        true
    }

    pub fn paste(&mut self, text: &str) {
        text.chars().for_each(|letter| self.push(letter));
    }

    /// What was typed; the line is empty then.
    pub fn take(&mut self) -> Secret {
        let typed = std::mem::take(self);
        Secret::new(typed.0.as_str())
    }

    fn push(&mut self, letter: char) {
        if !letter.is_control() && self.0.chars().count() < LONGEST {
            self.0.push(letter);
        }
    }
}

impl std::fmt::Debug for Hidden {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("***")
    }
}
