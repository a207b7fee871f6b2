//! The tree of categories: Teller's words below a few heads, and what the user made of it.

mod edits;
mod filled;
mod renamed;

use std::collections::{BTreeMap, BTreeSet};

pub use edits::{CategoryError, LONGEST_NAME};
pub use filled::{Categories, CategoryLine};
pub use renamed::Renamed;

/// Every word by which Teller files a row.
pub const TELLERS: [&str; 28] = [
    "accommodation",
    "advertising",
    "bar",
    "charity",
    "clothing",
    "dining",
    "education",
    "electronics",
    "entertainment",
    "fuel",
    "general",
    "groceries",
    "health",
    "home",
    "income",
    "insurance",
    "investment",
    "loan",
    "office",
    "phone",
    "service",
    "shopping",
    "software",
    "sport",
    "tax",
    "transport",
    "transportation",
    "utilities",
];

/// Teller's own categories (the complete list of its documentation), each below its head.
const BUILT_IN: &[(&str, &[&str])] = &[
    ("home", &["accommodation", "insurance", "phone", "utilities"]),
    ("food", &["groceries"]),
    ("going out", &["bar", "dining", "entertainment", "sport"]),
    ("getting around", &["fuel", "transport", "transportation"]),
    ("shopping", &["clothing", "electronics", "software"]),
    ("health and learning", &["education", "health"]),
    ("money", &["investment", "loan", "tax"]),
    ("work", &["advertising", "office", "service"]),
    ("giving", &["charity"]),
    ("income", &[]),
    ("general", &[]),
];

/// Where the user wants a category: `parent` is `None` at the top.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Placing {
    pub name: String,
    pub parent: Option<String>,
}

/// Every known category with the one above it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CategoryTree {
    parents: BTreeMap<String, Option<String>>,
    renamed: Renamed,
}

impl Default for CategoryTree {
    fn default() -> Self {
        Self::new(Vec::new())
    }
}

impl CategoryTree {
    /// The built-in tree with the user's own placings over it.
    pub fn new(placings: Vec<Placing>) -> Self {
        let mut parents = BTreeMap::new();
        for (head, children) in BUILT_IN {
            parents.insert((*head).to_owned(), None);
            for child in *children {
                parents.insert((*child).to_owned(), Some((*head).to_owned()));
            }
        }
        let mut tree = Self { parents, renamed: Renamed::default() };
        for Placing { name, parent } in placings {
            if let Some(parent) = &parent {
                tree.parents.entry(parent.clone()).or_insert(None);
            }
            tree.parents.insert(name, parent);
        }
        tree
    }

    /// With these names in the place of others: one that goes by another name is no longer in the
    /// tree, and what stood below it stands below that one.
    #[must_use]
    pub fn renaming(mut self, renamed: Renamed) -> Self {
        let mut parents: BTreeMap<String, Option<String>> = BTreeMap::new();
        for (name, parent) in &self.parents {
            if renamed.resolve(name) == name {
                let parent = parent.as_deref().map(|above| renamed.resolve(above));
                let parent = parent.filter(|above| above != name).map(str::to_owned);
                parents.insert(name.clone(), parent);
            }
        }
        let above: BTreeSet<String> = parents.values().flatten().cloned().collect();
        for name in above {
            parents.entry(name).or_insert(None);
        }
        self.parents = parents;
        self.renamed = renamed;
        self
    }

    /// With these at its top, where it does not know them: a bank may have words of its own.
    #[must_use]
    pub fn knowing<'a>(mut self, names: impl IntoIterator<Item = &'a str>) -> Self {
        for name in names {
            self.parents.entry(name.to_owned()).or_insert(None);
        }
        self
    }

    /// What rows are shown under that somebody files under this name.
    pub fn shown<'a>(&'a self, name: &'a str) -> &'a str {
        self.renamed.resolve(name)
    }

    /// Other names that stand for this one, in their order.
    pub fn also(&self, name: &str) -> impl Iterator<Item = &str> {
        self.renamed.names().filter(move |other| *other != name && self.shown(other) == name)
    }

    pub fn knows(&self, name: &str) -> bool {
        self.parents.contains_key(name)
    }

    pub fn children<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.iter().filter(move |(_, parent)| *parent == Some(name)).map(|(child, _)| child)
    }

    /// This one and all below it.
    pub fn with_below<'a>(&'a self, name: &'a str) -> Vec<&'a str> {
        let mut all = vec![name];
        let mut seen = 0;
        while seen < all.len() {
            for child in self.children(all[seen]) {
                if !all.contains(&child) {
                    all.push(child);
                }
            }
            seen += 1;
        }
        all
    }

    /// In the order of names, with what stands above each.
    pub fn iter(&self) -> impl Iterator<Item = (&str, Option<&str>)> {
        self.parents.iter().map(|(name, parent)| (name.as_str(), parent.as_deref()))
    }

    pub fn parent(&self, name: &str) -> Option<&str> {
        self.parents.get(name)?.as_deref()
    }

    /// From this one up to the one at the top above it. A circle ends somewhere in it.
    pub fn path<'a>(&'a self, name: &'a str) -> Vec<&'a str> {
        let mut path = vec![name];
        while let Some(parent) = self.parent(path[path.len() - 1])
            && !path.contains(&parent)
        {
            path.push(parent);
        }
        path
    }

    /// The category at the top above this one: itself where nothing is.
    pub fn head<'a>(&'a self, name: &'a str) -> &'a str {
        self.path(name).pop().unwrap_or(name)
    }

    /// Each head with what lies below it, depth first: as a list shows the tree.
    pub fn lines(&self) -> Vec<(usize, &str)> {
        let mut lines = Vec::new();
        for (name, parent) in self.iter() {
            if parent.is_none() {
                self.add_below(name, 0, &mut lines);
            }
        }
        lines
    }

    fn add_below<'a>(&'a self, name: &'a str, depth: usize, lines: &mut Vec<(usize, &'a str)>) {
        lines.push((depth, name));
        for child in self.children(name) {
            if depth < self.parents.len() {
                self.add_below(child, depth + 1, lines);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn placing(name: &str, parent: Option<&str>) -> Placing {
        Placing { name: name.to_owned(), parent: parent.map(str::to_owned) }
    }

    #[test]
    fn every_category_of_tellers_has_a_head() {
        let tree = CategoryTree::default();
        let tellers = BUILT_IN.iter().flat_map(|(_, children)| *children).count();
        assert!(tellers >= 20);
        assert_eq!(tree.head("groceries"), "food");
        assert_eq!(tree.head("food"), "food");
        assert_eq!(tree.head("never heard of"), "never heard of");
        assert_eq!(tree.lines().len(), tree.iter().count(), "each stands in the list once");
    }

    #[test]
    fn each_of_tellers_words_has_its_place() {
        let tree = CategoryTree::default();
        assert!(TELLERS.is_sorted());
        assert!(TELLERS.iter().all(|word| tree.knows(word)));
        let ours = tree.iter().filter(|(name, _)| !TELLERS.contains(name));
        assert!(ours.into_iter().all(|(name, parent)| parent.is_none() && name != "general"));
    }

    #[test]
    fn what_goes_by_another_name_leaves_the_tree_and_its_children_move() {
        let names = [("food", "eating"), ("bar", "pubs"), ("dining", "pubs")];
        let tree = CategoryTree::new(vec![placing("pubs", Some("food"))]).renaming(names.into());
        assert_eq!(tree.parent("groceries"), Some("eating"));
        assert_eq!(tree.parent("pubs"), Some("eating"));
        assert!(!tree.knows("bar") && !tree.knows("food"));
        assert_eq!((tree.shown("bar"), tree.shown("fuel")), ("pubs", "fuel"));
        assert_eq!(tree.also("pubs").collect::<Vec<_>>(), ["bar", "dining"]);
        assert_eq!(tree.with_below("eating"), ["eating", "groceries", "pubs"]);
        assert_eq!(tree.lines().len(), tree.iter().count());
    }

    #[test]
    fn the_users_placings_come_before_the_built_in_ones() {
        let tree = CategoryTree::new(vec![
            placing("groceries", Some("household")),
            placing("pets", Some("household")),
            placing("fuel", None),
        ]);
        assert_eq!(tree.head("groceries"), "household");
        assert_eq!(tree.head("pets"), "household");
        assert_eq!(tree.head("fuel"), "fuel");
        assert_eq!(tree.head("transport"), "getting around");
    }

    #[test]
    fn a_circle_is_no_trap() {
        let tree = CategoryTree::new(vec![placing("a", Some("b")), placing("b", Some("a"))]);
        assert!(["a", "b"].contains(&tree.head("a")));
        tree.lines();
    }
}
