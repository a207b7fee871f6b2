//! Rows that the bank lists without an id: which known rows they may be.

use std::collections::{HashMap, HashSet};

use super::evidence::Absent;
use super::pair::Candidate;
use crate::domain::{Pair, TransactionId};
use crate::store::ledger::KnownRow;
use crate::teller::Charge;

/// Charges without an id, each of which excuses one row for not being listed.
pub struct Nameless<'a> {
    charges: Vec<&'a Charge>,
    texts: HashMap<&'a TransactionId, &'a str>,
    /// Rows about which nothing is concluded.
    pub excused: Vec<TransactionId>,
}

impl<'a> Nameless<'a> {
    /// `gone` tells the texts of absent rows.
    pub fn new(charges: &'a [Charge], gone: &'a [Candidate]) -> Self {
        let texts = gone.iter().map(|row| (&row.id, row.description.as_str())).collect();
        Self { charges: charges.iter().collect(), texts, excused: Vec::new() }
    }

    /// Excuses rows that are a charge in every respect, one each.
    pub fn excuse_alike(&mut self, absent: &mut Absent<'_>, followed: &[Pair]) {
        let mut left = Vec::new();
        for charge in std::mem::take(&mut self.charges) {
            let mut rows = open(absent, followed).into_iter();
            match rows.find(|row| self.is_alike(charge, row)) {
                Some(row) => self.excuse(absent, row),
                None => left.push(charge),
            }
        }
        self.charges = left;
    }

    /// Excuses what the others may be all the same: rows of their day and amount, or else the only one
    /// of either. `followed` are known to be listed under other ids.
    pub fn excuse_likely(&mut self, absent: &mut Absent<'_>, followed: &[Pair]) {
        for charge in std::mem::take(&mut self.charges) {
            let rows = open(absent, followed);
            let those = |is: fn(&Charge, &KnownRow) -> bool| {
                rows.iter().copied().filter(|row| is(charge, row)).collect::<Vec<_>>()
            };
            let same = those(same_money);
            let near =
                those(|charge, row| charge.date == row.date || charge.amount.minor == row.minor);
            let meant = if same.is_empty() && near.len() == 1 { near } else { same };
            for row in meant {
                self.excuse(absent, row);
            }
        }
    }

    fn is_alike(&self, charge: &Charge, row: &KnownRow) -> bool {
        same_money(charge, row)
            && charge.posted == row.posted
            && self.texts.get(&row.id).is_none_or(|text| *text == charge.description)
    }

    fn excuse(&mut self, absent: &mut Absent<'_>, row: &KnownRow) {
        absent.pending.retain(|other| other.id != row.id);
        absent.posted.retain(|other| other.id != row.id);
        self.excused.push(row.id.clone());
    }
}

fn same_money(charge: &Charge, row: &KnownRow) -> bool {
    charge.date == row.date && charge.amount.minor == row.minor
}

/// Absent rows that are not known to be listed under another id.
fn open<'a>(absent: &Absent<'a>, followed: &[Pair]) -> Vec<&'a KnownRow> {
    let followed: HashSet<&TransactionId> = followed.iter().map(|pair| &pair.gone).collect();
    let rows = absent.pending.iter().chain(&absent.posted).copied();
    rows.filter(|row| !followed.contains(&row.id)).collect()
}
