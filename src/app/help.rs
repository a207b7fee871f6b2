//! The table of actions to look through, as help or as palette: what is typed narrows it, enter
//! runs the chosen line.

use crossterm::event::KeyEvent;
use frizbee::{Config, Matcher};

use super::action::{ACTIONS, Context, Entry};
use super::field::{Field, Typed};
use super::keymap::Keymap;
use crate::domain::fold;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Help {
    pub search: Field,
    /// Always below the number of matches; 0 when there are none.
    pub selected: usize,
    /// Without headings, and what works here first.
    pub palette: bool,
}

impl Help {
    pub fn palette() -> Self {
        Self { palette: true, ..Self::default() }
    }

    /// The lines that hold every word of the search; where there is none, those that nearly do, the
    /// nearest first.
    pub fn matches(&self, keymap: &Keymap, here: Context) -> Vec<&'static Entry> {
        let search = fold(self.search.text());
        let words: Vec<&str> = search.split_whitespace().collect();
        let lines: Vec<String> = ACTIONS.iter().map(|entry| line(entry, keymap)).collect();
        let holds = |line: &String| words.iter().all(|word| line.contains(word));
        let mut found: Vec<&Entry> = ACTIONS
            .iter()
            .zip(&lines)
            .filter(|(_, line)| holds(line))
            .map(|(entry, _)| entry)
            .collect();
        if found.is_empty() {
            found = nearest(&words, &lines).into_iter().map(|index| &ACTIONS[index]).collect();
        }
        if self.palette {
            found.sort_by_key(|entry| !entry.applies(here));
        }
        found
    }

    pub fn move_by(&mut self, lines: isize, keymap: &Keymap, here: Context) {
        let last = self.matches(keymap, here).len().saturating_sub(1);
        self.selected = self.selected.saturating_add_signed(lines).min(last);
    }

    /// Takes the key if it types or edits.
    pub fn key(&mut self, key: KeyEvent) -> bool {
        let typed = self.search.key(key);
        if typed == Typed::Changed {
            self.selected = 0;
        }
        typed != Typed::No
    }

    pub fn paste(&mut self, text: &str) {
        self.search.paste(text);
        self.selected = 0;
    }
}

/// What is searched of an action: its name, its help and its keys.
fn line(entry: &Entry, keymap: &Keymap) -> String {
    let keys = keymap.labels(entry.action).join(" ");
    fold(&format!("{} {} {keys}", entry.name.replace('_', " "), entry.help))
}

/// Places of the lines in which each word is found letter by letter, one in four mistyped.
fn nearest(words: &[&str], lines: &[String]) -> Vec<usize> {
    let mut scores: Vec<Option<u32>> = vec![Some(0); lines.len()];
    for word in words {
        let typos = u16::try_from(word.chars().count() / 4).unwrap_or(u16::MAX);
        let config = Config { max_typos: Some(typos), ..Config::default() };
        let mut of_word = vec![None; lines.len()];
        for found in Matcher::new(*word, &config).match_list(lines) {
            of_word[found.index as usize] = Some(u32::from(found.score));
        }
        for (score, more) in scores.iter_mut().zip(of_word) {
            *score = score.zip(more).map(|(score, more)| score + more);
        }
    }
    let mut found: Vec<(u32, usize)> =
        scores.iter().enumerate().filter_map(|(index, score)| Some(((*score)?, index))).collect();
    found.sort_by_key(|(score, index)| (u32::MAX - score, *index));
    found.into_iter().map(|(_, index)| index).collect()
}

#[cfg(test)]
mod tests {
    use super::super::action::Action;
    use super::*;

    fn found(search: &str) -> Vec<Action> {
        let help = Help { search: Field::new(search), ..Help::default() };
        let found = help.matches(&Keymap::default(), Context::Accounts);
        found.into_iter().map(|entry| entry.action).collect()
    }

    #[test]
    fn every_word_counts_in_any_order_case_and_accent() {
        assert_eq!(found("amounts HÍDE"), [Action::HideAmounts]);
        assert_eq!(found("ctrl-z"), [Action::Suspend]);
        assert_eq!(found("").len(), ACTIONS.len());
    }

    #[test]
    fn a_slip_and_a_skipped_letter_are_forgiven_where_nothing_fits() {
        assert_eq!(found("suspned").first(), Some(&Action::Suspend));
        assert_eq!(found("hdamounts").first(), Some(&Action::HideAmounts));
        assert_eq!(found("zzzzqqqq"), []);
    }

    #[test]
    fn the_palette_offers_first_what_works_here() {
        let here = Context::Sync;
        let offered = Help::palette().matches(&Keymap::default(), here);
        let works: Vec<bool> = offered.iter().map(|entry| entry.applies(here)).collect();
        assert!(works.is_sorted_by(|one, other| one >= other), "{works:?}");
        assert_eq!(offered.len(), ACTIONS.len());
    }
}
