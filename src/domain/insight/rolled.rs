//! Spending along the tree of categories: what is above stands for all that is below it.

use super::flow::{Spending, SpendingLine};
use crate::domain::CategoryTree;

impl Spending {
    /// The heads of the tree, or what stands below one category: its children and, by the name of
    /// the category itself, its own rows. The dearest first. A sum is always that of the lines
    /// which it opens to.
    pub fn rolled(&self, tree: &CategoryTree, below: Option<&str>) -> Vec<SpendingLine> {
        let mut rolled: Vec<SpendingLine> = Vec::new();
        for leaf in self.lines.iter().chain(&self.quiet) {
            let Some(name) = step(tree, &leaf.name, below) else { continue };
            let place = rolled.iter().position(|line| line.name == name).unwrap_or_else(|| {
                rolled.push(SpendingLine { name: name.to_owned(), ..SpendingLine::default() });
                rolled.len() - 1
            });
            let line = &mut rolled[place];
            line.spent = line.spent.saturating_add(leaf.spent);
            line.average = line.average.saturating_add(leaf.average.max(0));
            line.opens |= leaf.name != name;
        }
        if below.is_none() {
            rolled.retain(|line| line.spent > 0);
        }
        rolled.sort_by(|a, b| (b.spent, &a.name).cmp(&(a.spent, &b.name)));
        rolled
    }
}

/// Where a category is counted, one step below another one or at the top. `None`: nowhere there.
fn step<'a>(tree: &'a CategoryTree, name: &'a str, below: Option<&str>) -> Option<&'a str> {
    let path = tree.path(name);
    match below {
        None => path.last().copied(),
        Some(above) if above == name => Some(name),
        Some(above) => {
            let place = path.iter().position(|one| *one == above)?;
            path.get(place.checked_sub(1)?).copied()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Currency, Placing};

    fn line(name: &str, spent: i64, average: i64) -> SpendingLine {
        SpendingLine { name: name.to_owned(), spent, average, opens: false }
    }

    fn spending() -> Spending {
        Spending {
            currency: Currency::USD,
            lines: vec![
                line("groceries", 600, 500),
                line("cheese", 50, 0),
                line("food", 20, 10),
                line("fuel", 30, 30),
                line("", 5, 0),
            ],
            quiet: vec![line("bar", 0, 90), line("bakery", 0, 7)],
        }
    }

    fn tree() -> CategoryTree {
        let below = |name: &str, parent: &str| Placing {
            name: name.to_owned(),
            parent: Some(parent.to_owned()),
        };
        CategoryTree::new(vec![below("cheese", "groceries"), below("bakery", "food")])
    }

    fn told(lines: &[SpendingLine]) -> Vec<(&str, i64, i64, bool)> {
        lines.iter().map(|it| (&*it.name, it.spent, it.average, it.opens)).collect()
    }

    #[test]
    fn heads_stand_for_what_is_below_and_open_to_lines_of_the_same_sum() {
        let (spending, tree) = (spending(), tree());
        let heads = spending.rolled(&tree, None);
        assert_eq!(
            told(&heads),
            [("food", 670, 517, true), ("getting around", 30, 30, true), ("", 5, 0, false)],
            "going out cost nothing this month"
        );
        let food = spending.rolled(&tree, Some("food"));
        assert_eq!(
            told(&food),
            [("groceries", 650, 500, true), ("food", 20, 10, false), ("bakery", 0, 7, false)]
        );
        let groceries = spending.rolled(&tree, Some("groceries"));
        assert_eq!(told(&groceries), [("groceries", 600, 500, false), ("cheese", 50, 0, false)]);
        let sum = |lines: &[SpendingLine]| lines.iter().map(|line| line.spent).sum::<i64>();
        assert_eq!((sum(&food), sum(&groceries)), (670, 650));
        assert_eq!(sum(&heads), spending.total().minor);
    }

    #[test]
    fn a_circle_in_the_tree_loses_no_money() {
        let circle = |name: &str, parent: &str| Placing {
            name: name.to_owned(),
            parent: Some(parent.to_owned()),
        };
        let tree = CategoryTree::new(vec![circle("fuel", "food"), circle("food", "fuel")]);
        let rolled = spending().rolled(&tree, None);
        assert_eq!(rolled.iter().map(|line| line.spent).sum::<i64>(), 705);
    }
}
