//! The tree of categories: Teller's words below a few heads, and what the user made of it.

use std::collections::BTreeMap;

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
        let mut tree = Self { parents };
        for Placing { name, parent } in placings {
            if let Some(parent) = &parent {
                tree.parents.entry(parent.clone()).or_insert(None);
            }
            tree.parents.insert(name, parent);
        }
        tree
    }

    /// In the order of names, with what stands above each.
    pub fn iter(&self) -> impl Iterator<Item = (&str, Option<&str>)> {
        self.parents.iter().map(|(name, parent)| (name.as_str(), parent.as_deref()))
    }

    pub fn parent(&self, name: &str) -> Option<&str> {
        self.parents.get(name)?.as_deref()
    }

    /// The category at the top above this one: itself where nothing is. A circle ends somewhere
    /// in it.
    pub fn head<'a>(&'a self, name: &'a str) -> &'a str {
        let mut head = name;
        for _ in 0..self.parents.len() {
            match self.parent(head) {
                Some(parent) if parent != name => head = parent,
                _ => break,
            }
        }
        head
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
        for (child, parent) in self.iter() {
            if parent == Some(name) && depth < self.parents.len() {
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
