//! One account as the bank shows it on one day: rows in order, running balances, sums.

use std::cmp::Reverse;
use std::collections::HashMap;

use chrono::{Days, NaiveDate};

use super::counterparties::Party;
use super::event::{Event, Life, Meaning};
use super::household::Slot;
use super::random::Random;
use crate::domain::Status;

#[derive(Clone, Debug)]
pub struct Row {
    pub id: String,
    pub date: NaiveDate,
    /// Place among the rows of one date: never changes, so running balances never do.
    pub order: (NaiveDate, u32),
    /// Minor units in Teller's sign: a card's purchases are positive.
    pub amount: i64,
    pub description: String,
    pub status: Status,
    pub kind: &'static str,
    /// Posted rows of depository accounts only.
    pub running_balance: Option<i64>,
    /// Whether enrichment is complete; no question of settlement.
    pub enriched: bool,
    pub category: Option<&'static str>,
    pub party: Party,
    pub meaning: Meaning,
}

/// Amounts in Teller's sign: what is owed on a card is positive.
pub struct Book {
    /// Newest first.
    pub rows: Vec<Row>,
    places: HashMap<String, usize>,
    pub ledger: i64,
    pub available: i64,
}

impl Row {
    pub fn is_pending(&self) -> bool {
        self.status == Status::Pending
    }

    pub fn processing_status(&self) -> &'static str {
        if self.enriched { "complete" } else { "pending" }
    }
}

impl Book {
    /// `opening` is the ledger before the oldest row, in Teller's sign.
    pub fn new(slot: Slot, opening: i64, mut rows: Vec<Row>) -> Self {
        rows.sort_by_key(|row| Reverse((row.date, row.is_pending(), row.order)));
        let (mut ledger, mut pending) = (opening, 0);
        for row in rows.iter_mut().rev() {
            if row.is_pending() {
                pending += row.amount;
                row.running_balance = None;
            } else {
                ledger += row.amount;
                row.running_balance = (!slot.is_card()).then_some(ledger);
            }
        }
        let available = match slot.spec().limit {
            Some(limit) => limit - ledger - pending,
            None => ledger + pending,
        };
        let places = rows.iter().enumerate().map(|(place, row)| (row.id.clone(), place)).collect();
        Self { rows, places, ledger, available }
    }

    pub fn place(&self, id: &str) -> Option<usize> {
        self.places.get(id).copied()
    }
}

/// A flow (what leaves is negative) as Teller signs it on this account, and back.
pub fn signed(slot: Slot, flow: i64) -> i64 {
    if slot.is_card() { -flow } else { flow }
}

/// The rows that an event shows on this day: none, one or, when parcels or a new id cross, two.
pub fn rows_of(event: &Event, today: NaiveDate) -> Vec<Row> {
    let movement = &event.movement;
    let pending = || pending_row(event, today);
    let posted = |part, on, flow| posted_row(event, today, part, on, flow);
    match movement.life {
        Life::Direct => vec![posted(0, event.day, movement.flow)],
        Life::Settles { on, flow } if on <= today => vec![posted(0, on, flow)],
        Life::Renewed { on, flow, old_goes } if on <= today => {
            let mut rows = vec![posted(1, on, flow)];
            rows.extend((today < old_goes).then(pending));
            rows
        }
        Life::Splits { on, flows } if on <= today => {
            vec![posted(1, on, flows[0]), posted(2, on, flows[1])]
        }
        Life::Vanishes { on } if on <= today => Vec::new(),
        _ => vec![pending()],
    }
}

fn pending_row(event: &Event, today: NaiveDate) -> Row {
    let movement = &event.movement;
    let known = event.day + Days::new(event.lag) <= today;
    Row {
        id: event.id.clone(),
        date: event.day,
        order: (event.day, event.index * 3),
        amount: signed(movement.slot, movement.flow),
        description: movement.text.clone(),
        status: Status::Pending,
        kind: movement.kind,
        running_balance: None,
        enriched: known,
        category: movement.category.filter(|_| known),
        party: if known { movement.party } else { Party::Unknown },
        meaning: movement.meaning,
    }
}

/// Part 0 keeps the pending row's id; others are new rows, enriched anew.
fn posted_row(event: &Event, today: NaiveDate, part: u32, on: NaiveDate, flow: i64) -> Row {
    let movement = &event.movement;
    let listed_since = if part == 0 { event.day } else { on };
    let known = listed_since + Days::new(event.lag) <= today;
    let id = if part == 0 { event.id.clone() } else { new_id(&event.id, part.into()) };
    Row {
        id,
        date: on,
        order: (event.day, event.index * 3 + part),
        amount: signed(movement.slot, flow),
        description: movement.posted_text.clone(),
        status: Status::Posted,
        enriched: known,
        category: movement.category.filter(|_| known),
        party: if known { movement.party } else { Party::Unknown },
        ..pending_row(event, today)
    }
}

/// Another id for the same thing, always the same one.
pub fn new_id(old: &str, number: i64) -> String {
    format!("txn_{}", Random::of(0, old, number).word(21))
}

#[cfg(test)]
mod tests {
    use super::super::counterparties::GROCERS;
    use super::super::event::Movement;
    use super::*;

    fn day(number: u64) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 3, 1).unwrap() + Days::new(number)
    }

    /// Status, amount and whether the id is the first one, on day 0, 1, 2 …
    fn shown(slot: Slot, life: Life) -> Vec<Vec<(&'static str, i64, bool)>> {
        let movement = Movement::by_card(slot, -1_000, &GROCERS[0], day(0), life);
        let event = Event { day: day(0), index: 0, id: "txn_first".into(), lag: 1, movement };
        let brief = |row: Row| {
            let status = if row.is_pending() { "pending" } else { "posted" };
            (status, row.amount, row.id == "txn_first")
        };
        let on = |today| rows_of(&event, today).into_iter().map(brief).collect();
        (0..5).map(|number| on(day(number))).collect()
    }

    #[test]
    fn each_life_is_shown_as_banks_show_it() {
        let pending = || vec![("pending", -1_000, true)];
        let on = day(2);
        let settled = || vec![("posted", -1_200, true)];
        assert_eq!(
            shown(Slot::Everyday, Life::Settles { on, flow: -1_200 }),
            [pending(), pending(), settled(), settled(), settled()]
        );
        let renewed = Life::Renewed { on, flow: -1_000, old_goes: day(3) };
        let new = ("posted", -1_000, false);
        assert_eq!(
            shown(Slot::Everyday, renewed),
            [pending(), pending(), vec![new, ("pending", -1_000, true)], vec![new], vec![new]]
        );
        let splits = Life::Splits { on, flows: [-300, -700] };
        let parcels = || vec![("posted", 300, false), ("posted", 700, false)];
        let charge = || vec![("pending", 1_000, true)];
        assert_eq!(
            shown(Slot::Platinum, splits),
            [charge(), charge(), parcels(), parcels(), parcels()]
        );
        assert_eq!(
            shown(Slot::Everyday, Life::Vanishes { on }),
            [pending(), pending(), vec![], vec![], vec![]]
        );
    }

    #[test]
    fn enrichment_may_come_after_the_row() {
        let movement = Movement::direct(Slot::Everyday, -1_000, &GROCERS[0]);
        let event = Event { day: day(0), index: 0, id: "txn_first".into(), lag: 1, movement };
        let row = |today| rows_of(&event, today).remove(0);
        let (first, second) = (row(day(0)), row(day(1)));
        assert_eq!((first.processing_status(), first.category), ("pending", None));
        assert_eq!((second.processing_status(), second.category), ("complete", Some("groceries")));
        assert_eq!((first.party, second.party), (Party::Unknown, GROCERS[0].party()));
    }
}
