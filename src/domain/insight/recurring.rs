//! Which rows form series: by merchant first, by account and amount where a merchant has several.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use super::chain::{Chain, likeliest};
use super::fact::Fact;
use super::series::Series;
use crate::domain::{AccountId, Currency, TransactionKey};

/// One merchant's rows in one currency and direction; transfers by the account across.
type Group<'a> = (&'a str, Option<(&'a AccountId, &'a AccountId)>, Currency, bool);

/// More rows than this are a habit: no search through them for what they might hide.
const HABIT: usize = 1_500;

/// The order of `facts` does not matter. Running ones first, then by next day.
pub fn find_series(facts: &[Fact], today: NaiveDate) -> Vec<Series> {
    let mut series: Vec<Series> = groups(facts)
        .into_values()
        .filter(|rows| rows.len() <= HABIT)
        .flat_map(|rows| chains(&rows))
        .map(|chain| Series::of(&chain, today))
        .collect();
    series.sort_by(|a, b| a.rows[0].cmp(&b.rows[0]));
    name(&mut series);
    series.sort_by(|a, b| {
        (!a.is_running(), a.next, &a.merchant, &a.id).cmp(&(
            !b.is_running(),
            b.next,
            &b.merchant,
            &b.id,
        ))
    });
    series
}

fn groups(facts: &[Fact]) -> BTreeMap<Group<'_>, Vec<&Fact>> {
    let mut groups: BTreeMap<Group, Vec<&Fact>> = BTreeMap::new();
    for fact in facts.iter().filter(|fact| fact.amount.minor != 0) {
        let between = fact.twin.as_ref().map(|twin| (&fact.key.account_id, twin));
        let merchant = if between.is_some() { "" } else { fact.merchant.as_str() };
        if between.is_none() && merchant.is_empty() {
            continue;
        }
        let group = (merchant, between, fact.amount.currency, fact.is_out());
        groups.entry(group).or_default().push(fact);
    }
    for rows in groups.values_mut() {
        rows.sort_by_key(|fact| fact.order());
    }
    groups
}

/// From the whole to ever smaller parts: a merchant is mostly one series, sometimes one an
/// account, sometimes one an amount among purchases.
const STAGES: [Stage; 4] = [
    Stage { parts: whole, alone: true },
    Stage { parts: by_account, alone: true },
    Stage { parts: by_size, alone: false },
    Stage { parts: by_amount, alone: false },
];

struct Stage {
    parts: for<'a> fn(&[&'a Fact]) -> Parts<'a>,
    /// A part is all that the merchant has there.
    alone: bool,
}

fn chains<'a>(rows: &[&'a Fact]) -> Vec<Chain<'a>> {
    let mut free = rows.to_vec();
    let mut found = Vec::new();
    for stage in STAGES {
        for part in (stage.parts)(&free) {
            let alone = stage.alone && is_all(&part, rows);
            let Some(chain) = likeliest(&part, alone) else { continue };
            let taken: BTreeSet<&TransactionKey> = chain.rows.iter().map(|row| &row.key).collect();
            free.retain(|row| !taken.contains(&row.key));
            found.push(chain);
        }
    }
    found
}

/// Whether nothing of the merchant in the accounts of this part was given to another series.
fn is_all(part: &[&Fact], rows: &[&Fact]) -> bool {
    let accounts: BTreeSet<&AccountId> = part.iter().map(|row| &row.key.account_id).collect();
    rows.iter().filter(|row| accounts.contains(&row.key.account_id)).count() == part.len()
}

type Parts<'a> = Vec<Vec<&'a Fact>>;

fn whole<'a>(rows: &[&'a Fact]) -> Parts<'a> {
    vec![rows.to_vec()]
}

fn by_account<'a>(rows: &[&'a Fact]) -> Parts<'a> {
    split(rows, |row| row.key.account_id.clone())
}

fn by_amount<'a>(rows: &[&'a Fact]) -> Parts<'a> {
    split(rows, |row| (row.key.account_id.clone(), row.amount.minor))
}

/// Amounts of one account that lie close together, apart from the next by more than a fifth.
fn by_size<'a>(rows: &[&'a Fact]) -> Parts<'a> {
    let mut parts = Parts::new();
    for mut rows in by_account(rows) {
        rows.sort_by_key(|row| (row.amount.minor.unsigned_abs(), row.order()));
        let far = |a: &&Fact, b: &&Fact| {
            let (a, b) = (a.amount.minor.unsigned_abs(), b.amount.minor.unsigned_abs());
            b - a > a / 5
        };
        for part in rows.chunk_by(|a, b| !far(a, b)) {
            let mut part = part.to_vec();
            part.sort_by_key(|row| row.order());
            parts.push(part);
        }
    }
    parts
}

fn split<'a, K: Ord>(rows: &[&'a Fact], key: impl Fn(&Fact) -> K) -> Parts<'a> {
    let mut parts: BTreeMap<K, Vec<&Fact>> = BTreeMap::new();
    for row in rows {
        parts.entry(key(row)).or_default().push(row);
    }
    parts.into_values().collect()
}

/// A name that holds as rows come and go: numbered only where nothing else tells two apart.
fn name(series: &mut [Series]) {
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for one in series {
        let way = if one.is_out() { "out" } else { "in" };
        let whom = one.twin.as_ref().map_or(one.merchant.as_str(), AccountId::as_str);
        let base = format!("{whom}|{}|{way}|{}", one.account, one.cadence.word());
        let number = seen.entry(base.clone()).or_default();
        *number += 1;
        one.id = if *number == 1 { base } else { format!("{base}|{number}") };
    }
}

#[cfg(test)]
mod tests;
