//! Pictures of the tree of categories.

use passbook::domain::category::{Categories, CategoryTree, Placing};

use super::sample::{Sample, household};
use super::{app, check};

fn filed() -> Sample {
    let placing = |name: &str, parent: Option<&str>| Placing {
        name: name.to_owned(),
        parent: parent.map(str::to_owned),
    };
    let placings = vec![placing("eating out", Some("food")), placing("Für Sam 👶", None)];
    let names = [("bar", "eating out"), ("dining", "eating out"), ("transportation", "transport")];
    let tree = CategoryTree::new(placings).renaming(names.into());
    let rows = [("groceries", 412), ("eating out", 96), ("fuel", 58), ("general", 31), ("food", 2)];
    let rows = rows.into_iter().map(|(name, rows)| (name.to_owned(), rows)).collect();
    Sample { categories: Categories { tree, rows }, ..household() }
}

#[test]
fn the_tree_of_categories() {
    check("categories", |size| app(&filed(), size, "C j j j"));
}

#[test]
fn a_category_being_put_somewhere() {
    check("categories_moving", |size| app(&filed(), size, "C j j j > j j"));
    check("categories_adding", |size| app(&filed(), size, "C j j a"));
}

#[test]
fn the_banks_words_and_what_they_mean() {
    check("categories_words", |size| app(&filed(), size, "C tab j j"));
    check("categories_meaning", |size| app(&filed(), size, "C tab j j enter j"));
}
