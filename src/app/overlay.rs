//! What lies on top of a screen: the help with its search line, or the list of problems.

use super::action::{ACTIONS, Entry};
use super::keymap::Keymap;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Overlay {
    Help(Help),
    Problems { selected: usize },
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Help {
    pub search: String,
    /// Always below the number of matches; 0 when there are none.
    pub selected: usize,
}

impl Help {
    /// The lines of the table that hold every word of the search, in its order.
    pub fn matches(&self, keymap: &Keymap) -> Vec<&'static Entry> {
        let search = self.search.to_lowercase();
        let holds = |entry: &&Entry| {
            let keys = keymap.labels(entry.action).join(" ");
            let text = format!("{} {} {keys}", entry.name.replace('_', " "), entry.help);
            let text = text.to_lowercase();
            search.split_whitespace().all(|word| text.contains(word))
        };
        ACTIONS.iter().filter(holds).collect()
    }

    pub fn move_by(&mut self, lines: isize, keymap: &Keymap) {
        let last = self.matches(keymap).len().saturating_sub(1);
        self.selected = self.selected.saturating_add_signed(lines).min(last);
    }

    pub fn type_letter(&mut self, letter: char) {
        // Longer than any line of help there is nothing to find.
        if self.search.chars().count() < 40 && !letter.is_control() {
            self.search.push(letter);
            self.selected = 0;
        }
    }

    pub fn erase(&mut self) {
        self.search.pop();
        self.selected = 0;
    }
}
