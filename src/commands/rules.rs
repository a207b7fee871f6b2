//! `passbook rules`: what they find and say, and what a new one would change.

use std::io::Write;

use chrono::NaiveDate;
use serde::Serialize;

use super::document::Document;
use super::keeping::tell_edited;
use super::table::{Align, Cell, Table};
use super::{Error, Result};
use crate::cli::{NewRuleArgs, RuleArgs, RulesArgs, RulesCommand};
use crate::domain::query::Names;
use crate::domain::rule::{RuleChange, RulePreview, accounts, book};
use crate::domain::{Currency, Rule, RuleDraft, RuleError, Shown};
use crate::store::Store;

const COLUMNS: &[(&str, Align)] =
    &[("N", Align::Right), ("FINDS", Align::Left), ("SAYS", Align::Left), ("STATE", Align::Left)];

const CHANGES: &[(&str, Align)] = &[
    ("DATE", Align::Left),
    ("AMOUNT", Align::Right),
    ("CUR", Align::Left),
    ("NAME", Align::Left),
    ("CHANGE", Align::Left),
];

/// What is asked for cannot be done.
#[derive(Debug, thiserror::Error)]
pub enum RulingError {
    #[error("there is no rule {number}: {count} are listed by `passbook rules`")]
    Unknown { number: usize, count: usize },
    #[error(transparent)]
    Rule(#[from] RuleError),
}

#[derive(Serialize)]
struct Row<'a> {
    number: usize,
    #[serde(flatten)]
    rule: &'a Rule,
}

#[derive(Serialize)]
struct Change<'a> {
    date: NaiveDate,
    amount: String,
    currency: Currency,
    before: Side<'a>,
    after: Side<'a>,
}

#[derive(Serialize)]
struct Side<'a> {
    name: &'a str,
    category: Option<&'a str>,
    tags: &'a [String],
}

impl<'a> Side<'a> {
    fn of(shown: &'a Shown) -> Self {
        let category = shown.category.as_deref();
        Self { name: &shown.merchant, category, tags: &shown.tags }
    }
}

pub async fn rules(store: &Store, args: &RulesArgs, out: &mut impl Write) -> Result<()> {
    let (known, names) = (store.load_rules().await?, store.load_names().await?);
    let chosen = |args: &RuleArgs| Ok::<_, Error>(&known[find(&known, args.number)?]);
    let edit = match &args.command {
        None => return list(&known, &names, args.format.json, out),
        Some(RulesCommand::List(format)) => return list(&known, &names, format.json, out),
        Some(RulesCommand::Preview(args)) => {
            let rule = new(&args.rule, &names).map_err(ruling)?;
            return preview(store, &rule, args.format.json, out).await;
        }
        Some(RulesCommand::Add(args)) => {
            let rule = new(args, &names).map_err(ruling)?;
            let found = store.preview_rule(&rule).await?;
            tell_edited(&store.edit(&book::save(rule, &known, &names)).await?, out)?;
            writeln!(out, "It is rule {}. {}", known.len() + 1, counts(&found))?;
            return Ok(out.flush()?);
        }
        Some(RulesCommand::Move(args)) => {
            let (from, to) = (find(&known, args.number)?, find(&known, args.to)?);
            match book::put(&known, from, to, &names) {
                Some(edit) => edit,
                None => return tell_edited(&crate::domain::Edited::default(), out),
            }
        }
        Some(RulesCommand::Off(args)) => book::pause(chosen(args)?, true, &names),
        Some(RulesCommand::On(args)) => book::pause(chosen(args)?, false, &names),
        Some(RulesCommand::Remove(args)) => book::remove(chosen(args)?, &names),
    };
    tell_edited(&store.edit(&edit).await?, out)
}

fn ruling(error: RuleError) -> Error {
    Error::NotRuled(error.into())
}

fn new(args: &NewRuleArgs, names: &Names) -> std::result::Result<Rule, RuleError> {
    let said = |text: &Option<String>| text.clone().unwrap_or_default();
    let draft = RuleDraft {
        contains: args.query.clone(),
        category: said(&args.category),
        name: said(&args.name),
        tag: said(&args.tag),
        ..RuleDraft::default()
    };
    draft.rule(&Rule::default(), names)
}

/// The place of a rule in the list.
fn find(known: &[Rule], number: usize) -> Result<usize> {
    let place = number.checked_sub(1).filter(|place| *place < known.len());
    place.ok_or(Error::NotRuled(RulingError::Unknown { number, count: known.len() }))
}

fn list(known: &[Rule], names: &Names, json: bool, out: &mut impl Write) -> Result<()> {
    let numbered = (1..).zip(known);
    if json {
        let mut document = Document::start(out, "rules")?;
        for (number, rule) in numbered {
            document.row(&Row { number, rule })?;
        }
        return Ok(document.finish()?);
    }
    let mut table = Table::new(out, COLUMNS);
    for (number, rule) in numbered {
        table.row(vec![
            Cell::ours(number.to_string()),
            Cell::outside(&accounts::told(&rule.query, names)),
            Cell::outside(&book::gives(rule)),
            Cell::ours(if rule.paused { "off" } else { "on" }),
        ])?;
    }
    Ok(table.finish("No rules yet: `passbook rules add` makes one.")?)
}

async fn preview(store: &Store, rule: &Rule, json: bool, out: &mut impl Write) -> Result<()> {
    let preview = store.preview_rule(rule).await?;
    if json {
        let mut document = Document::start(out, "changes")?;
        for change in &preview.rows {
            document.row(&told(change))?;
        }
        let counts = serde_json::json!({ "found": preview.found, "changed": preview.changed });
        return Ok(document.finish_with("counts", &counts)?);
    }
    let mut table = Table::new(out, CHANGES);
    for change in &preview.rows {
        let differences = change.differences().into_iter();
        let differences = differences.map(|(what, from, to)| format!("{what} {from} → {to}"));
        table.row(vec![
            Cell::ours(change.date.to_string()),
            Cell::money(Some(change.amount)),
            Cell::ours(change.amount.currency.code()),
            Cell::outside(&change.before.merchant),
            Cell::outside(&differences.collect::<Vec<_>>().join("; ")),
        ])?;
    }
    let out = table.finish_and_return("No row would change.")?;
    writeln!(out, "\n{}", counts(&preview))?;
    Ok(out.flush()?)
}

fn counts(preview: &RulePreview) -> String {
    format!("It finds {} and changes {}.", preview.found, preview.changed)
}

fn told(change: &RuleChange) -> Change<'_> {
    Change {
        date: change.date,
        amount: change.amount.to_string(),
        currency: change.amount.currency,
        before: Side::of(&change.before),
        after: Side::of(&change.after),
    }
}
