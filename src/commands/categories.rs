//! `passbook categories`: the tree, and what the user makes of it.

use std::io::Write;

use serde::Serialize;

use super::document::Document;
use super::keeping::tell_edited;
use super::table::{Align, Cell, Table};
use super::{Error, Result};
use crate::cli::{CategoriesArgs, CategoriesCommand, RemoveCategoryArgs};
use crate::domain::category::CategoryLine;
use crate::domain::{Categories, CategoryError, Edit};
use crate::store::Store;

const COLUMNS: &[(&str, Align)] = &[
    ("CATEGORY", Align::Left),
    ("ROWS", Align::Right),
    ("WITH ALL BELOW", Align::Right),
    ("THE BANK'S", Align::Left),
    ("ALSO", Align::Left),
];

const WORDS: &[(&str, Align)] = &[("THE BANK SAYS", Align::Left), ("IT MEANS", Align::Left)];

#[derive(Serialize)]
struct Row<'a> {
    name: &'a str,
    parent: Option<&'a str>,
    depth: usize,
    rows: u64,
    all_rows: u64,
    /// One of the bank's own words.
    bank: bool,
    also: &'a [&'a str],
}

#[derive(Serialize)]
struct Word<'a> {
    word: &'a str,
    category: &'a str,
}

pub async fn categories(store: &Store, args: &CategoriesArgs, out: &mut impl Write) -> Result<()> {
    let known = store.load_categories().await?;
    let edit = match &args.command {
        None => return list(&known, args.format.json, out),
        Some(CategoriesCommand::List(format)) => return list(&known, format.json, out),
        Some(CategoriesCommand::Add(args)) => known.add(&args.name, args.below.as_deref()),
        Some(CategoriesCommand::Rename(args)) => known.rename(&args.name, &args.to),
        Some(CategoriesCommand::Move(args)) => known.put_below(&args.name, args.below.as_deref()),
        Some(CategoriesCommand::Merge(args)) => known.merge(&args.name, &args.into),
        Some(CategoriesCommand::Remove(args)) => remove(&known, args),
        Some(CategoriesCommand::Map(args)) => match &args.word {
            None => return list_words(&known, args.format.json, out),
            Some(word) => known.map(word, args.to.as_deref()),
        },
    };
    let edit = edit.map_err(Error::NotFiled)?;
    tell_edited(&store.edit(&edit).await?, out)
}

fn remove(
    known: &Categories,
    args: &RemoveCategoryArgs,
) -> std::result::Result<Edit, CategoryError> {
    match &args.into {
        Some(into) => known.merge(&args.name, into),
        None => known.remove(&args.name),
    }
}

fn list(known: &Categories, json: bool, out: &mut impl Write) -> Result<()> {
    let lines = known.lines();
    if json {
        let mut document = Document::start(out, "categories")?;
        for line in &lines {
            document.row(&row(known, line))?;
        }
        return Ok(document.finish()?);
    }
    let mut table = Table::new(out, COLUMNS);
    for line in &lines {
        table.row(vec![
            Cell::outside_indented(&"  ".repeat(line.depth), line.name),
            Cell::ours(line.rows.to_string()),
            Cell::ours(line.all_rows.to_string()),
            Cell::ours(if line.bank { "yes" } else { "" }),
            Cell::outside(&line.also.join(", ")),
        ])?;
    }
    Ok(table.finish("No categories.")?)
}

fn row<'a>(known: &'a Categories, line: &'a CategoryLine<'a>) -> Row<'a> {
    Row {
        name: line.name,
        parent: known.tree.parent(line.name),
        depth: line.depth,
        rows: line.rows,
        all_rows: line.all_rows,
        bank: line.bank,
        also: &line.also,
    }
}

fn list_words(known: &Categories, json: bool, out: &mut impl Write) -> Result<()> {
    if json {
        let mut document = Document::start(out, "words")?;
        for (word, category) in known.bank_words() {
            document.row(&Word { word, category })?;
        }
        return Ok(document.finish()?);
    }
    let mut table = Table::new(out, WORDS);
    for (word, category) in known.bank_words() {
        let means = if word == category { Cell::unknown() } else { Cell::outside(category) };
        table.row(vec![Cell::ours(word), means])?;
    }
    Ok(table.finish("")?)
}
