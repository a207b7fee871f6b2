//! The tree of categories on the screen: which line is chosen, and what is about to become of it.

use crate::domain::{Categories, category::CategoryLine};

/// What a second line is being chosen for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Putting {
    /// To stand below it, or at the top.
    Below,
    /// To become part of it.
    Into,
    /// A word of the bank's, to mean it, or itself.
    Meaning,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choosing {
    pub what: Putting,
    pub name: String,
}

/// One line of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Line<'a> {
    /// No category: the top of the tree, or the bank's word itself.
    None,
    Category(CategoryLine<'a>),
    /// A word of the bank's, and the category that it means.
    Word(&'a str, &'a str),
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tree {
    /// `None` until the store has answered.
    pub known: Option<Categories>,
    /// The bank's words are listed, not the tree.
    pub words: bool,
    pub choosing: Option<Choosing>,
    /// Always below the number of lines; 0 when there are none.
    selected: usize,
    /// Where the keys were before something was being chosen.
    left: usize,
}

impl Line<'_> {
    pub fn name(&self) -> Option<&str> {
        match self {
            Self::None => None,
            Self::Category(line) => Some(line.name),
            Self::Word(word, _) => Some(word),
        }
    }
}

impl Tree {
    pub fn lines(&self) -> Vec<Line<'_>> {
        let Some(known) = &self.known else { return Vec::new() };
        let tree = || known.lines().into_iter().map(Line::Category);
        match &self.choosing {
            Some(Choosing { what: Putting::Into, name }) => {
                tree().filter(|line| line.name() != Some(name)).collect()
            }
            Some(_) => std::iter::once(Line::None).chain(tree()).collect(),
            None if self.words => {
                known.bank_words().into_iter().map(|(word, to)| Line::Word(word, to)).collect()
            }
            None => tree().collect(),
        }
    }

    pub fn selected(&self) -> usize {
        self.selected
    }

    /// The chosen category, or the chosen word of the bank's.
    pub fn name(&self) -> Option<String> {
        self.lines().get(self.selected).and_then(Line::name).map(str::to_owned)
    }

    pub fn move_by(&mut self, lines: isize) {
        let last = self.lines().len().saturating_sub(1);
        self.selected = self.selected.saturating_add_signed(lines).min(last);
    }

    /// The same name stays chosen where it still stands.
    pub fn show(&mut self, known: Categories) {
        let name = self.name();
        self.known = Some(known);
        let place = self.lines().iter().position(|line| line.name() == name.as_deref());
        self.selected = place.unwrap_or(self.selected);
        self.move_by(0);
    }

    pub fn turn(&mut self) {
        self.words = !self.words;
        self.choosing = None;
        self.selected = 0;
    }

    /// Begins to choose what the chosen line is put to.
    pub fn put(&mut self, what: Putting) {
        if let Some(name) = self.name().filter(|_| self.choosing.is_none()) {
            self.choosing = Some(Choosing { what, name });
            self.left = std::mem::take(&mut self.selected);
        }
    }

    /// `false`: nothing was being chosen.
    pub fn back(&mut self) -> bool {
        let was = self.choosing.take().is_some();
        if was {
            self.selected = self.left;
        }
        was
    }
}
