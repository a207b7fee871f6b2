//! `passbook accounts` with a word behind it: what the user says about accounts, and keeps by hand.

use std::io::Write;

use chrono::NaiveDate;
use serde::Serialize;

use super::document::Document;
use super::question::agreed;
use super::table::{Align, Cell, Table};
use super::{Error, Result};
use crate::cli::{AccountsCommand, AddArgs, RemoveArgs, ValueArgs};
use crate::domain::keeping::{self, NewHand};
use crate::domain::query::Period;
use crate::domain::{
    AccountOverview, Currency, Edit, Edited, Hand, HandKind, Money, ParseMoneyError, SafeText,
    Zone, fold,
};
use crate::store::Store;

/// What is asked for cannot be done.
#[derive(Debug, thiserror::Error)]
pub enum KeepingError {
    #[error("several accounts are called {name}: name one by its id{ids}")]
    Ambiguous { name: SafeText, ids: String },
    #[error("{name} is a bank's account: only one that you keep by hand has values of yours")]
    OfBank { name: SafeText },
    #[error(
        "{name} is a bank's account, which stays: `passbook accounts hide` takes it out of sight"
    )]
    Stays { name: SafeText },
    #[error("{text} is no amount ({reason})")]
    Amount { text: SafeText, reason: ParseMoneyError },
    #[error("{text} is no currency: three letters such as USD")]
    Currency { text: SafeText },
    #[error("{text} is no day: write it as 2026-09-01, 30d or yesterday")]
    Day { text: SafeText },
    #[error("{name} has no value of {day}")]
    NoValue { name: SafeText, day: NaiveDate },
    #[error("an account kept by hand needs a name")]
    Nameless,
}

const COLUMNS: &[(&str, Align)] = &[
    ("DATE", Align::Left),
    ("VALUE", Align::Right),
    ("CHANGE", Align::Right),
    ("CUR", Align::Left),
];

#[derive(Serialize)]
struct Row {
    date: NaiveDate,
    value: String,
    currency: Currency,
}

/// The accounts as they stand, and today.
struct Known {
    accounts: Vec<AccountOverview>,
    today: NaiveDate,
}

pub async fn keep(store: &Store, command: &AccountsCommand, out: &mut impl Write) -> Result<()> {
    let today = Zone::Local.day(store.clock().now());
    let known = Known { accounts: store.load_overview(today, 1).await?.accounts, today };
    let edit = match command {
        AccountsCommand::Add(args) => known.add(args)?,
        AccountsCommand::Value(args) if args.only_lists() => {
            let hand = known.hand(&args.account)?;
            return list(hand, args.format.json, out);
        }
        AccountsCommand::Value(args) => known.value(args)?,
        AccountsCommand::Rename(args) => {
            let account = known.find(&args.account)?;
            let name = args.name.as_deref().unwrap_or_default();
            if account.hand.is_some() && name.trim().is_empty() {
                return Err(KeepingError::Nameless.into());
            }
            keeping::rename(account, name)
        }
        AccountsCommand::Hide(args) => keeping::hide(known.find(&args.account)?, true),
        AccountsCommand::Show(args) => keeping::hide(known.find(&args.account)?, false),
        AccountsCommand::Order(args) => {
            let found: Result<Vec<_>> =
                args.accounts.iter().map(|asked| known.find(asked)).collect();
            let first: Vec<_> = found?.into_iter().map(|found| found.account.id.clone()).collect();
            keeping::arrange(&known.accounts, &first)
        }
        AccountsCommand::Remove(args) => {
            let Some(edit) = known.remove(args)? else {
                writeln!(out, "Nothing was changed.")?;
                return Ok(out.flush()?);
            };
            edit
        }
    };
    tell_edited(&store.edit(&edit).await?, out)
}

/// What came of an edit, in a line.
pub(super) fn tell_edited(edited: &Edited, out: &mut impl Write) -> Result<()> {
    if edited.changed == 0 {
        writeln!(out, "It is so already: nothing was changed.")?;
    } else {
        writeln!(out, "{}", SafeText::new(&edited.sentence))?;
    }
    Ok(out.flush()?)
}

impl Known {
    /// By id, or by a name that no other account has.
    fn find(&self, asked: &str) -> Result<&AccountOverview> {
        let is_id = |account: &&AccountOverview| {
            let by_hand = account.hand.as_ref().is_some_and(|hand| hand.id.as_str() == asked);
            by_hand || account.account.id.as_str() == asked
        };
        if let Some(found) = self.accounts.iter().find(is_id) {
            return Ok(found);
        }
        let name = fold(asked.trim());
        let called = |account: &&AccountOverview| {
            [&*account.account.name, account.said_name()].iter().any(|own| fold(own) == name)
        };
        let found: Vec<&AccountOverview> = self.accounts.iter().filter(called).collect();
        match found[..] {
            [found] => Ok(found),
            [] => Err(self.unknown(asked)),
            _ => {
                let ids: Vec<String> =
                    found.iter().map(|found| format!("\n  {}", id(found))).collect();
                let ids = ids.concat();
                Err(KeepingError::Ambiguous { name: SafeText::new(asked), ids }.into())
            }
        }
    }

    fn unknown(&self, asked: &str) -> Error {
        let line = |account: &AccountOverview| {
            let institution = SafeText::new(&account.account.institution.name);
            let name = SafeText::new(&account.account.name);
            format!("\n  {}  {institution} · {name}", id(account))
        };
        let known = if self.accounts.is_empty() {
            "there is none yet: run `passbook sync`, or add one by hand".to_owned()
        } else {
            format!("there are:{}", self.accounts.iter().map(line).collect::<String>())
        };
        Error::UnknownAccount { id: SafeText::new(asked), known }
    }

    fn hand(&self, asked: &str) -> Result<&Hand> {
        let account = self.find(asked)?;
        let name = SafeText::new(&account.account.name);
        Ok(account.hand.as_ref().ok_or(KeepingError::OfBank { name })?)
    }

    fn add(&self, args: &AddArgs) -> Result<Edit> {
        let name = args.name.trim().to_owned();
        if name.is_empty() {
            return Err(KeepingError::Nameless.into());
        }
        let kind = HandKind::parse(&args.kind).expect("clap knows the kinds");
        let currency = Currency::parse(&args.currency)
            .ok_or_else(|| KeepingError::Currency { text: SafeText::new(&args.currency) })?;
        let value = amount(kind, &args.value, currency)?;
        let day = self.day(args.on.as_deref())?;
        Ok(keeping::add(&NewHand { name, kind, value, day }, &self.accounts))
    }

    fn value(&self, args: &ValueArgs) -> Result<Edit> {
        let hand = self.hand(&args.account)?;
        let day = self.day(args.on.as_deref())?;
        let Some(text) = &args.amount else {
            if hand.values.iter().all(|value| value.day != day) {
                let name = SafeText::new(&hand.account.name);
                return Err(KeepingError::NoValue { name, day }.into());
            }
            return Ok(keeping::drop_value(hand, day));
        };
        Ok(keeping::set_value(hand, day, amount(hand.account.kind, text, hand.currency())?))
    }

    /// `None` where that was not agreed to.
    fn remove(&self, args: &RemoveArgs) -> Result<Option<Edit>> {
        let account = self.find(&args.account)?;
        let name = SafeText::new(&account.account.name);
        let Some(hand) = &account.hand else {
            return Err(KeepingError::Stays { name }.into());
        };
        let agreed = agreed(args.yes, &format!("Remove {name} with all its values?"))?;
        Ok(agreed.then(|| keeping::remove(hand)))
    }

    /// A month or a year is meant from its first day on.
    fn day(&self, text: Option<&str>) -> Result<NaiveDate> {
        let Some(text) = text else { return Ok(self.today) };
        let period = Period::parse(text, self.today);
        let day = period.map(Period::first);
        Ok(day.ok_or_else(|| KeepingError::Day { text: SafeText::new(text) })?)
    }
}

/// As it can be typed.
fn id(account: &AccountOverview) -> SafeText {
    let by_hand = account.hand.as_ref().map(|hand| hand.id.as_str());
    SafeText::new(by_hand.unwrap_or(account.account.id.as_str()))
}

fn amount(kind: HandKind, text: &str, currency: Currency) -> Result<Money> {
    let wrong = |reason| KeepingError::Amount { text: SafeText::new(text), reason };
    Ok(kind.parse_value(text, currency).map_err(wrong)?)
}

/// Newest first.
fn list(hand: &Hand, json: bool, out: &mut impl Write) -> Result<()> {
    let currency = hand.currency();
    let money = |minor| Money::new(minor, currency);
    if json {
        let mut document = Document::start(out, "values")?;
        for value in hand.values.iter().rev() {
            let shown = money(value.minor).to_string();
            document.row(&Row { date: value.day, value: shown, currency })?;
        }
        return Ok(document.finish()?);
    }
    let mut table = Table::new(out, COLUMNS);
    for (index, value) in hand.values.iter().enumerate().rev() {
        let before = index.checked_sub(1).map(|index| hand.values[index].minor);
        let change = before.map(|before| money(value.minor.saturating_sub(before)).signed());
        table.row(vec![
            Cell::ours(value.day.to_string()),
            Cell::money(Some(money(value.minor))),
            change.map_or_else(Cell::unknown, Cell::ours),
            Cell::ours(currency.code()),
        ])?;
    }
    Ok(table.finish("It has no value yet.")?)
}
