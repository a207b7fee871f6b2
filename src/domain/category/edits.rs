//! What the user does to the tree, as edits.

use super::{Categories, CategoryTree, TELLERS};
use crate::domain::edit::{Edit, Target};

/// Letters of a tag or a category at most: they stand in columns, and in indexes of the database.
pub const LONGEST_NAME: usize = 40;

type Set = (Target, Option<String>);

/// Why the tree stays as it is.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CategoryError {
    #[error("a category needs a name")]
    Nameless,
    #[error("a name has {LONGEST_NAME} letters at most")]
    Long,
    #[error("there is a category {0} already")]
    Known(String),
    #[error("no category is called {0}")]
    Unknown(String),
    #[error("{0} cannot stand below itself")]
    Circle(String),
    #[error("{0} stands at the top and has rows: say which category they go to")]
    Whereto(String),
    #[error("{0} is no word of the bank's")]
    NotTheBanks(String),
}

fn place(name: &str, parent: Option<&str>) -> Set {
    let target = Target::Category { name: name.to_owned() };
    (target, Some(parent.unwrap_or_default().to_owned()))
}

fn unplace(name: &str) -> Set {
    (Target::Category { name: name.to_owned() }, None)
}

fn call(name: &str, becomes: Option<&str>) -> Set {
    (Target::CategoryName { name: name.to_owned() }, becomes.map(str::to_owned))
}

impl Categories {
    pub fn add(&self, name: &str, parent: Option<&str>) -> Result<Edit, CategoryError> {
        let name = self.tree.fresh(name)?;
        let parent = parent.map(|parent| self.tree.find(parent)).transpose()?;
        let below = parent.map(|parent| format!(" below {parent}")).unwrap_or_default();
        let sentence = format!("category {name} added{below}");
        Ok(Edit { sentence, sets: vec![call(name, None), place(name, parent)] })
    }

    /// Its rows, its rules and what stands below it go along; the old name is still understood.
    pub fn rename(&self, name: &str, to: &str) -> Result<Edit, CategoryError> {
        let (name, to) = (self.tree.find(name)?, self.tree.fresh(to)?);
        let sentence = format!("category {name} is called {to}");
        let sets = vec![call(to, None), place(to, self.tree.parent(name)), call(name, Some(to))];
        Ok(Edit { sentence, sets })
    }

    /// Below another one, or to the top.
    pub fn put_below(&self, name: &str, parent: Option<&str>) -> Result<Edit, CategoryError> {
        let name = self.tree.find(name)?;
        let parent = parent.map(|parent| self.tree.find(parent)).transpose()?;
        if parent.is_some_and(|parent| self.tree.with_below(name).contains(&parent)) {
            return Err(CategoryError::Circle(name.to_owned()));
        }
        let sentence = match parent {
            Some(parent) => format!("category {name} stands below {parent}"),
            None => format!("category {name} stands at the top"),
        };
        Ok(Edit { sentence, sets: vec![place(name, parent)] })
    }

    /// The one becomes part of the other.
    pub fn merge(&self, name: &str, into: &str) -> Result<Edit, CategoryError> {
        let (name, into) = (self.tree.find(name)?, self.tree.find(into)?);
        if name == into {
            return Err(CategoryError::Circle(name.to_owned()));
        }
        let sentence = format!("category {name} is part of {into}");
        Ok(Edit { sentence, sets: self.joined(name, into) })
    }

    fn joined(&self, name: &str, into: &str) -> Vec<Set> {
        let mut sets = vec![call(into, None)];
        if self.tree.with_below(name).contains(&into) {
            sets.push(place(into, self.tree.parent(name)));
        }
        sets.push(call(name, Some(into)));
        sets
    }

    /// Rows fall to the category above; of one at the top somebody must say where to.
    pub fn remove(&self, name: &str) -> Result<Edit, CategoryError> {
        let name = self.tree.find(name)?;
        let sentence = match (self.rows_of(name), self.tree.parent(name)) {
            (1.., Some(parent)) => format!("category {name} removed, its rows show under {parent}"),
            _ => format!("category {name} removed"),
        };
        let used = self.rows_of(name) > 0 || self.tree.also(name).next().is_some();
        let sets = match self.tree.parent(name) {
            Some(parent) => self.joined(name, parent),
            None if used || CategoryTree::default().knows(name) => {
                return Err(CategoryError::Whereto(name.to_owned()));
            }
            None => {
                let children = self.tree.children(name).map(|child| place(child, None));
                children.chain([unplace(name)]).collect()
            }
        };
        Ok(Edit { sentence, sets })
    }

    /// Under which category rows show that the bank files under this word; `None`: its own.
    pub fn map(&self, word: &str, to: Option<&str>) -> Result<Edit, CategoryError> {
        let known = TELLERS.contains(&word) || self.tree.knows(word);
        if !known {
            return Err(CategoryError::NotTheBanks(word.to_owned()));
        }
        let to = to.map(|to| self.tree.find(to)).transpose()?.filter(|to| *to != word);
        let Some(to) = to else {
            let sentence = format!("the bank's word {word} stands for itself");
            return Ok(Edit { sentence, sets: vec![call(word, None)] });
        };
        let sentence = format!("the bank's word {word} means {to}");
        let mut sets = vec![call(to, None)];
        if self.tree.with_below(word).contains(&to) {
            sets.push(place(to, self.tree.parent(word)));
        }
        sets.push(call(word, Some(to)));
        Ok(Edit { sentence, sets })
    }
}

impl CategoryTree {
    /// As the tree has it; a name from before is understood, too.
    fn find<'a>(&'a self, name: &'a str) -> Result<&'a str, CategoryError> {
        let name = self.shown(name.trim());
        if self.knows(name) { Ok(name) } else { Err(CategoryError::Unknown(name.to_owned())) }
    }

    fn fresh<'a>(&self, name: &'a str) -> Result<&'a str, CategoryError> {
        let name = name.trim();
        if name.is_empty() {
            return Err(CategoryError::Nameless);
        }
        if name.chars().count() > LONGEST_NAME {
            return Err(CategoryError::Long);
        }
        if self.knows(name) { Err(CategoryError::Known(name.to_owned())) } else { Ok(name) }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::super::{Placing, Renamed};
    use super::*;

    /// The tree as it is once the edits are made.
    fn after(edits: &[Edit]) -> Categories {
        let (mut placings, mut names) = (BTreeMap::new(), BTreeMap::new());
        for (target, value) in edits.iter().flat_map(|edit| &edit.sets) {
            let (kept, name) = match target {
                Target::Category { name } => (&mut placings, name),
                Target::CategoryName { name } => (&mut names, name),
                other => panic!("{other:?}"),
            };
            match value {
                Some(value) => kept.insert(name.clone(), value.clone()),
                None => kept.remove(name),
            };
        }
        let placing = |(name, parent): (String, String)| Placing {
            name,
            parent: Some(parent).filter(|parent| !parent.is_empty()),
        };
        let tree = CategoryTree::new(placings.into_iter().map(placing).collect());
        let tree = tree.renaming(names.into_iter().collect::<Renamed>());
        Categories { tree, rows: BTreeMap::new() }
    }

    fn steps(steps: &[&dyn Fn(&Categories) -> Edit]) -> Categories {
        let mut edits = Vec::new();
        for step in steps {
            edits.push(step(&after(&edits)));
        }
        after(&edits)
    }

    #[test]
    fn a_category_is_added_moved_renamed_and_removed() {
        let now = steps(&[
            &|it| it.add("pets", Some("home")).unwrap(),
            &|it| it.add("cats", Some("pets")).unwrap(),
            &|it| it.rename("pets", "animals").unwrap(),
            &|it| it.put_below("animals", None).unwrap(),
        ]);
        assert_eq!(now.tree.parent("cats"), Some("animals"));
        assert_eq!((now.tree.parent("animals"), now.tree.shown("pets")), (None, "animals"));
        let now = steps(&[
            &|it| it.add("pets", Some("home")).unwrap(),
            &|it| it.add("cats", Some("pets")).unwrap(),
            &|it| it.remove("pets").unwrap(),
        ]);
        assert_eq!((now.tree.parent("cats"), now.tree.shown("pets")), (Some("home"), "home"));
    }

    #[test]
    fn a_name_can_go_there_and_back() {
        let now = steps(&[&|it| it.rename("groceries", "shopping for food").unwrap(), &|it| {
            it.rename("shopping for food", "groceries").unwrap()
        }]);
        assert!(now.tree.knows("groceries") && !now.tree.knows("shopping for food"));
        assert_eq!(now.tree.parent("groceries"), Some("food"));
        assert_eq!(now.tree.shown("shopping for food"), "groceries");
    }

    #[test]
    fn a_head_can_become_part_of_its_own_child() {
        let now = steps(&[&|it| it.merge("food", "groceries").unwrap()]);
        assert_eq!((now.tree.parent("groceries"), now.tree.shown("food")), (None, "groceries"));
        assert_eq!(now.tree.lines().len(), now.tree.iter().count());
    }

    #[test]
    fn the_banks_words_are_mapped_and_given_back() {
        let now = steps(&[&|it| it.map("bar", Some("food")).unwrap()]);
        assert!(now.bank_words().contains(&("bar", "food")));
        let now = steps(&[&|it| it.map("bar", Some("food")).unwrap(), &|it| {
            it.map("bar", None).unwrap()
        }]);
        assert!(now.bank_words().contains(&("bar", "bar")));
    }

    #[test]
    fn what_cannot_be_is_said() {
        use CategoryError as E;

        let mut tree = Categories::default();
        tree.rows.insert("general".to_owned(), 3);
        let name = str::to_owned;
        assert_eq!(tree.add(" ", None), Err(E::Nameless));
        assert_eq!(tree.add(&"x".repeat(41), None), Err(E::Long));
        assert_eq!(tree.add("food", None), Err(E::Known(name("food"))));
        assert_eq!(tree.add("pets", Some("zoo")), Err(E::Unknown(name("zoo"))));
        assert_eq!(tree.put_below("food", Some("groceries")), Err(E::Circle(name("food"))));
        assert_eq!(tree.put_below("food", Some("food")), Err(E::Circle(name("food"))));
        assert_eq!(tree.merge("food", "food"), Err(E::Circle(name("food"))));
        assert_eq!(tree.remove("general"), Err(E::Whereto(name("general"))));
        assert_eq!(tree.map("xyz", Some("food")), Err(E::NotTheBanks(name("xyz"))));
    }
}
