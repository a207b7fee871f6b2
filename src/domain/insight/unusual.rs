//! What is worth a look: prices that rose, charges made twice, fees, somebody never paid before.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike, Days, NaiveDate};

use super::duplicates::{Duplicate, find_duplicates};
use super::fact::{Confidence, Fact, tokens};
use super::series::{Series, SeriesState};
use crate::domain::edit::ON;
use crate::domain::{AccountId, Currency, Edit, Money, Target, TransactionKey, counted};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The same for the same thing from day to day and under new ids: a dismissal holds on to it.
    pub id: String,
    pub kind: FindingKind,
    pub merchant: String,
    pub account: AccountId,
    /// Of all rows together.
    pub amount: Money,
    /// The newest row's.
    pub date: NaiveDate,
    /// Oldest first.
    pub rows: Vec<(NaiveDate, TransactionKey)>,
    pub confidence: Confidence,
    /// Sentences, none with an amount in it.
    pub why: Vec<String>,
}

impl Finding {
    /// As a dismissal calls what is found here.
    pub const DISMISSED: &str = "finding";

    /// The edit by which the user says that it is of no interest.
    pub fn dismissal(&self) -> Edit {
        dismiss(self.id.clone(), self.kind, &self.merchant)
    }
}

impl Duplicate {
    /// The same for a repeat that is none.
    pub fn dismissal(&self) -> Edit {
        dismiss(self.finding_id(), FindingKind::Twice, &self.merchant)
    }
}

fn dismiss(subject: String, kind: FindingKind, merchant: &str) -> Edit {
    let target = Target::Dismissal { kind: Finding::DISMISSED.to_owned(), subject };
    let sentence = format!("not interesting: {} {merchant}", kind.word());
    Edit { sentence, sets: vec![(target, Some(ON.to_owned()))] }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FindingKind {
    PriceRise { from: Money, to: Money, next: NaiveDate },
    Twice,
    Fee,
    New,
}

impl FindingKind {
    pub fn word(self) -> &'static str {
        match self {
            Self::PriceRise { .. } => "price",
            Self::Twice => "twice?",
            Self::Fee => "fee",
            Self::New => "new",
        }
    }
}

/// Older things have been seen, or never will be.
const RECENT: Days = Days::new(60);
const RECENT_RISES: Days = Days::new(100);
/// Before so many days of rows everybody is new.
const KNOWN_FOR: i64 = 90;

/// Newest first within each kind: rises, repeats, fees, new ones.
pub fn find_unusual(facts: &[Fact], series: &[Series], today: NaiveDate) -> Vec<Finding> {
    let mut found = rises(series, today);
    found.extend(twice(facts, today));
    found.extend(fees(facts, today));
    found.extend(never_seen(facts, series, today));
    found
}

fn rises(series: &[Series], today: NaiveDate) -> Vec<Finding> {
    let mut rises: Vec<Finding> = series
        .iter()
        .filter(|one| one.is_out() && one.state != SeriesState::Ended)
        .filter_map(|one| rise(one, today - RECENT_RISES))
        .collect();
    rises.sort_by(|a, b| (b.date, &a.id).cmp(&(a.date, &b.id)));
    rises
}

fn rise(series: &Series, since: NaiveDate) -> Option<Finding> {
    let (before, now) = series.last_change()?;
    if now.since < since || now.amount.minor >= before.amount.minor {
        return None;
    }
    let kind = FindingKind::PriceRise { from: before.amount, to: now.amount, next: series.next };
    let row = series.rows.last()?;
    Some(Finding {
        id: format!("price|{}|{}", series.id, now.amount),
        kind,
        merchant: series.merchant.clone(),
        account: series.account.clone(),
        amount: now.amount,
        date: now.since,
        rows: vec![(series.last, row.clone())],
        confidence: series.confidence,
        why: vec![
            format!("It comes {} and asked more since {}.", series.cadence.word(), on(now.since)),
            format!("The price before had held since {}.", on(before.since)),
        ],
    })
}

fn twice(facts: &[Fact], today: NaiveDate) -> Vec<Finding> {
    let recent =
        find_duplicates(facts).into_iter().filter(|found| found.rows[0].0 >= today - RECENT);
    recent
        .map(|found| Finding {
            id: found.finding_id(),
            kind: FindingKind::Twice,
            merchant: found.merchant,
            account: found.rows[0].1.account_id.clone(),
            amount: found.amount,
            date: found.rows[found.rows.len() - 1].0,
            rows: found.rows,
            confidence: found.confidence,
            why: found.why,
        })
        .collect()
}

/// Of one sort on one account in one month, in one currency.
type FeeGroup<'a> = (&'a AccountId, i32, u32, Vec<String>, Currency);

/// One finding for all fees of a sort in a month: a trip abroad leaves a dozen.
fn fees(facts: &[Fact], today: NaiveDate) -> Vec<Finding> {
    let mut groups: BTreeMap<FeeGroup, Vec<&Fact>> = BTreeMap::new();
    for fact in facts.iter().filter(|fact| fact.date >= today - RECENT && is_fee(fact)) {
        let (year, month) = (fact.date.year(), fact.date.month());
        let sort = fee_words(fact);
        let group = (&fact.key.account_id, year, month, sort, fact.amount.currency);
        groups.entry(group).or_default().push(fact);
    }
    let mut fees: Vec<Finding> =
        groups.into_iter().map(|(group, rows)| fee(&group, rows, facts)).collect();
    fees.sort_by(|a, b| (b.date, &a.id).cmp(&(a.date, &b.id)));
    fees
}

fn fee(group: &FeeGroup, mut rows: Vec<&Fact>, facts: &[Fact]) -> Finding {
    rows.sort_by_key(|fact| fact.order());
    let (account, year, month, sort, currency) = group;
    let newest = rows[rows.len() - 1];
    let sum = rows.iter().fold(0, |sum: i64, row| sum.saturating_add(row.amount.minor));
    let before = facts
        .iter()
        .filter(|fact| fact.date < rows[0].date && fact.key.account_id == **account)
        .filter(|fact| is_fee(fact) && fee_words(fact) == *sort)
        .map(|fact| fact.date)
        .max();
    let count = counted(u32::try_from(rows.len()).unwrap_or(u32::MAX), "row");
    let earlier = before.map_or_else(
        || "None like it is stored from before.".to_owned(),
        |date| format!("The one before was on {}.", on(date)),
    );
    Finding {
        id: format!("fee|{account}|{}|{year}-{month:02}|{currency}", sort.join(" ")),
        kind: FindingKind::Fee,
        merchant: if newest.merchant.is_empty() { sort.join(" ") } else { newest.merchant.clone() },
        account: (*account).clone(),
        amount: Money::new(sum, *currency),
        date: newest.date,
        rows: rows.iter().map(|row| (row.date, row.key.clone())).collect(),
        confidence: Confidence::of(if newest.kind == "fee" { 99 } else { 80 }),
        why: vec![format!("{count} that the bank's type or text calls a fee."), earlier],
    }
}

/// The words of its text without numbers, which differ from one to the next.
fn fee_words(fact: &Fact) -> Vec<String> {
    let text = if fact.text.is_empty() { &fact.merchant } else { &fact.text };
    let mut words = tokens(text);
    words.retain(|word| !word.chars().any(|c| c.is_ascii_digit()));
    words
}

fn is_fee(fact: &Fact) -> bool {
    const ALONE: [&str; 6] = ["FEE", "FEES", "OVERDRAFT", "NSF", "SURCHARGE", "GEBUEHR"];
    const PHRASES: [&str; 4] =
        ["SERVICE CHARGE", "FINANCE CHARGE", "INTEREST CHARGE", "MAINTENANCE CHARGE"];
    if !fact.is_out() || fact.kind == "card_payment" {
        return false;
    }
    let words = tokens(&fact.text);
    let said = || words.join(" ");
    fact.kind == "fee"
        || words.iter().any(|word| ALONE.contains(&word.as_str()))
        || PHRASES.iter().any(|phrase| said().contains(phrase))
}

/// Paid for the first time, and more than nine in ten payments.
fn never_seen(facts: &[Fact], series: &[Series], today: NaiveDate) -> Vec<Finding> {
    let Some(first) = facts.iter().map(|fact| fact.date).min() else { return Vec::new() };
    let large = large(facts);
    let regular: BTreeSet<&TransactionKey> = series.iter().flat_map(|one| &one.rows).collect();
    let mut found: Vec<Finding> = first_payments(facts)
        .into_values()
        .filter(|fact| fact.date >= today - RECENT && (fact.date - first).num_days() >= KNOWN_FOR)
        .filter(|fact| !regular.contains(&fact.key))
        .filter(|fact| {
            let limit = large.get(&fact.amount.currency);
            limit.is_some_and(|limit| fact.amount.minor.unsigned_abs() > *limit)
        })
        .map(|fact| Finding {
            id: format!("new|{}|{}", fact.merchant, fact.key.account_id),
            kind: FindingKind::New,
            merchant: fact.merchant.clone(),
            account: fact.key.account_id.clone(),
            amount: fact.amount,
            date: fact.date,
            rows: vec![(fact.date, fact.key.clone())],
            confidence: Confidence::of(90),
            why: vec![
                format!("Nobody of this name is in any account from {} on.", on(first)),
                "It is larger than nine in ten of your payments.".to_owned(),
            ],
        })
        .collect();
    found.sort_by(|a, b| (b.date, &a.id).cmp(&(a.date, &b.id)));
    found
}

fn first_payments(facts: &[Fact]) -> BTreeMap<&str, &Fact> {
    let mut firsts: BTreeMap<&str, &Fact> = BTreeMap::new();
    for fact in facts.iter().filter(|fact| is_payment(fact)) {
        let first = firsts.entry(&fact.merchant).or_insert(fact);
        if fact.order() < first.order() {
            *first = fact;
        }
    }
    firsts
}

fn is_payment(fact: &Fact) -> bool {
    let plain = !matches!(fact.kind.as_str(), "fee" | "transfer" | "atm" | "check");
    plain && fact.twin.is_none() && !fact.merchant.is_empty() && fact.is_out()
}

/// What nine in ten payments stay below, a currency each.
fn large(facts: &[Fact]) -> BTreeMap<Currency, u64> {
    let mut sizes: BTreeMap<Currency, Vec<u64>> = BTreeMap::new();
    for fact in facts.iter().filter(|fact| is_payment(fact)) {
        sizes.entry(fact.amount.currency).or_default().push(fact.amount.minor.unsigned_abs());
    }
    let ninth = |mut sizes: Vec<u64>| {
        let place = sizes.len() * 9 / 10;
        *sizes.select_nth_unstable(place).1
    };
    sizes.into_iter().map(|(currency, sizes)| (currency, ninth(sizes))).collect()
}

fn on(date: NaiveDate) -> String {
    date.format("%b %-d %Y").to_string()
}

#[cfg(test)]
mod tests;
