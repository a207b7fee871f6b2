//! The tree with what stands in it, as a list shows it.

use std::collections::BTreeMap;

use super::{CategoryTree, TELLERS};

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Categories {
    pub tree: CategoryTree,
    /// Live rows by the category that they show under.
    pub rows: BTreeMap<String, u64>,
}

/// One category in the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CategoryLine<'a> {
    pub name: &'a str,
    pub depth: usize,
    /// Of its own.
    pub rows: u64,
    /// With all below it.
    pub all_rows: u64,
    /// One of the bank's own words.
    pub bank: bool,
    /// Names that stand for it.
    pub also: Vec<&'a str>,
}

impl Categories {
    /// In the order of the tree.
    pub fn lines(&self) -> Vec<CategoryLine<'_>> {
        let line = |(depth, name)| CategoryLine {
            name,
            depth,
            rows: self.rows_of(name),
            all_rows: self.tree.with_below(name).into_iter().map(|one| self.rows_of(one)).sum(),
            bank: TELLERS.contains(&name),
            also: self.tree.also(name).collect(),
        };
        self.tree.lines().into_iter().map(line).collect()
    }

    pub fn rows_of(&self, name: &str) -> u64 {
        self.rows.get(name).copied().unwrap_or(0)
    }

    /// Each word of the bank's with the category that its rows show under.
    pub fn bank_words(&self) -> Vec<(&'static str, &str)> {
        TELLERS.iter().map(|word| (*word, self.tree.shown(word))).collect()
    }
}
