//! Names that stand for another: what was renamed, joined, or the bank's word for something.

use std::collections::BTreeMap;

/// Rows keep the name that somebody gave them: under which one they show is derived from here.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Renamed(BTreeMap<String, String>);

impl Renamed {
    /// What the name has become, over as many steps as there are. A circle ends somewhere in it.
    pub fn resolve<'a>(&'a self, name: &'a str) -> &'a str {
        let mut last = name;
        for _ in 0..self.0.len() {
            match self.0.get(last) {
                Some(next) if next != name => last = next,
                _ => break,
            }
        }
        last
    }

    /// Those that stand for another.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }
}

impl FromIterator<(String, String)> for Renamed {
    fn from_iter<T: IntoIterator<Item = (String, String)>>(names: T) -> Self {
        Self(names.into_iter().collect())
    }
}

impl<const N: usize> From<[(&str, &str); N]> for Renamed {
    fn from(names: [(&str, &str); N]) -> Self {
        names.iter().map(|(name, becomes)| ((*name).to_owned(), (*becomes).to_owned())).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_followed_to_what_it_is_now_and_a_circle_is_no_trap() {
        let names = Renamed::from([("a", "b"), ("b", "c"), ("x", "y"), ("y", "x")]);
        assert_eq!(names.resolve("a"), "c");
        assert_eq!(names.resolve("c"), "c");
        assert_eq!(names.resolve("never"), "never");
        assert!(["x", "y"].contains(&names.resolve("x")));
    }
}
