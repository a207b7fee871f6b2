//! Money that moves, and how a bank comes to show it: pending, settled, replaced or dropped.

use chrono::{Days, NaiveDate};

use super::counterparties::{Counterparty, Party};
use super::household::Slot;
use super::random::Random;

/// What happens to one account on one day, and how it will settle.
#[derive(Clone, Debug)]
pub struct Movement {
    pub slot: Slot,
    /// As authorised, minor units: negative leaves.
    pub flow: i64,
    pub text: String,
    pub posted_text: String,
    pub kind: &'static str,
    pub category: Option<&'static str>,
    pub party: Party,
    pub life: Life,
    pub meaning: Meaning,
}

/// What a row is, which no bank says: what detection ought to find out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Meaning {
    /// The same number on both halves of a transfer, and on no other row.
    pub transfer: Option<i64>,
    /// Of which standing payment it is one: its name, and the place of its account.
    pub series: Option<(&'static str, usize)>,
    /// The same was charged once more on that day.
    pub repeat: bool,
}

/// A movement with its place in time and its ids.
#[derive(Clone, Debug)]
pub struct Event {
    pub day: NaiveDate,
    /// Place among the movements of that day.
    pub index: u32,
    /// The id while pending, and for most for ever.
    pub id: String,
    /// Days from the first listing until category and counterparty are known.
    pub lag: u64,
    pub movement: Movement,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Life {
    /// Posted on the day itself, never pending.
    Direct,
    /// Pending, then posted under the same id with this flow.
    Settles { on: NaiveDate, flow: i64 },
    /// Pending, then posted as a new row; the old one is listed until the day it goes.
    Renewed { on: NaiveDate, flow: i64, old_goes: NaiveDate },
    /// One order, two parcels: two posted rows for one pending.
    Splits { on: NaiveDate, flows: [i64; 2] },
    /// An authorisation that was never claimed.
    Vanishes { on: NaiveDate },
}

impl Movement {
    /// Posted at once: transfers, interest, fees, payroll.
    pub fn direct(slot: Slot, flow: i64, counterparty: &Counterparty) -> Self {
        Self {
            slot,
            flow,
            text: counterparty.text.to_owned(),
            posted_text: counterparty.text.to_owned(),
            kind: counterparty.kind,
            category: counterparty.category,
            party: counterparty.party(),
            life: Life::Direct,
            meaning: Meaning::default(),
        }
    }

    /// Paid with a card: pending first; where it happened is known on posting.
    pub fn by_card(
        slot: Slot,
        flow: i64,
        counterparty: &Counterparty,
        day: NaiveDate,
        life: Life,
    ) -> Self {
        let place = format!("{} {} {}", counterparty.text, counterparty.place, day.format("%m/%d"));
        Self { posted_text: place, life, ..Self::direct(slot, flow, counterparty) }
    }

    /// One of a series on this account.
    pub fn standing(mut self, name: &'static str) -> Self {
        self.meaning.series = Some((name, self.slot.index()));
        self
    }

    pub fn saying(self, text: String) -> Self {
        Self { posted_text: text.clone(), text, ..self }
    }

    /// What reaches the ledger, and when.
    pub fn posting(&self, day: NaiveDate) -> Option<(NaiveDate, i64)> {
        match self.life {
            Life::Direct => Some((day, self.flow)),
            Life::Settles { on, flow } | Life::Renewed { on, flow, .. } => Some((on, flow)),
            Life::Splits { on, flows } => Some((on, flows.iter().sum())),
            Life::Vanishes { .. } => None,
        }
    }
}

impl Life {
    /// How most card payments end, `flow` being what is finally claimed.
    pub fn of_card(random: &mut Random, day: NaiveDate, flow: i64) -> Self {
        let on = day + Days::new(random.between(1, 3).cast_unsigned());
        match random.between(1, 100) {
            1..=2 => {
                // A few hang for weeks, as failed charges do.
                let days = if random.percent(15) { 23 } else { random.between(2, 5) };
                Self::Vanishes { on: day + Days::new(days.cast_unsigned()) }
            }
            3..=14 => {
                let lingers = if random.percent(25) { random.between(1, 2) } else { 0 };
                let old_goes = on + Days::new(lingers.cast_unsigned());
                Self::Renewed { on, flow, old_goes }
            }
            _ => Self::Settles { on, flow },
        }
    }
}
