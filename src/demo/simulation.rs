//! The household's days, one after the other: what happened is a function of seed and first day.

use std::collections::BTreeMap;

use chrono::{Datelike, NaiveDate};

use super::event::{Event, Movement};
use super::household::Slot;
use super::random::Random;
use super::standing::Outlook;
use super::{spending, standing};

pub struct Simulation {
    seed: u64,
    first_day: NaiveDate,
    /// The first day not lived yet.
    next_day: NaiveDate,
    events: Vec<Event>,
    ledgers: [i64; 6],
    /// What settles on a day, by slot.
    postings: BTreeMap<NaiveDate, [i64; 6]>,
}

impl Simulation {
    pub fn new(seed: u64, first_day: NaiveDate) -> Self {
        Self {
            seed,
            first_day,
            next_day: first_day,
            events: Vec::new(),
            ledgers: Slot::ALL.map(|slot| slot.spec().opening),
            postings: BTreeMap::new(),
        }
    }

    /// Everything that began up to this day, oldest first. Days already lived never change.
    pub fn events(&mut self, through: NaiveDate) -> &[Event] {
        while self.next_day <= through {
            self.live(self.next_day);
            self.next_day = self.next_day.succ_opt().expect("a day before the end of time");
        }
        &self.events[..self.events.partition_point(|event| event.day <= through)]
    }

    fn live(&mut self, day: NaiveDate) {
        while let Some(settled) = self.postings.first_entry().filter(|e| *e.key() < day) {
            for (ledger, flow) in self.ledgers.iter_mut().zip(settled.remove()) {
                *ledger += flow;
            }
        }
        let outlook =
            Outlook { seed: self.seed, first_day: self.first_day, day, ledgers: self.ledgers };
        let mut movements = standing::movements(&outlook);
        movements.extend(spending::movements(&outlook));
        // No bank lists them in the order somebody thought of them.
        outlook.random("order").shuffle(&mut movements);
        for (index, movement) in (0..).zip(movements) {
            self.admit(day, index, movement);
        }
    }

    fn admit(&mut self, day: NaiveDate, index: u32, movement: Movement) {
        if let Some((on, flow)) = movement.posting(day) {
            self.postings.entry(on).or_default()[movement.slot.index()] += flow;
        }
        let number = i64::from(day.num_days_from_ce()) * 1_000 + i64::from(index);
        let mut random = Random::of(self.seed, "event", number);
        let id = format!("txn_{}", random.word(21));
        let lag = u64::from(random.percent(35));
        self.events.push(Event { day, index, id, lag, movement });
    }
}

#[cfg(test)]
mod tests {
    use chrono::Days;

    use super::*;

    fn first_day() -> NaiveDate {
        NaiveDate::from_ymd_opt(2024, 11, 22).unwrap()
    }

    #[test]
    fn the_days_are_the_same_however_they_are_reached() {
        let last = first_day() + Days::new(90);
        let mut at_once = Simulation::new(3, first_day());
        let mut by_day = Simulation::new(3, first_day());
        for day in first_day().iter_days().take(91) {
            by_day.events(day);
        }
        let told = |s: &mut Simulation| format!("{:?}", s.events(last));
        assert_eq!(told(&mut at_once), told(&mut by_day));
    }

    #[test]
    fn balances_stay_plausible_for_years_whatever_the_seed() {
        for seed in 0..12 {
            let mut simulation = Simulation::new(seed, first_day());
            for day in first_day().iter_days().take(8 * 365) {
                simulation.events(day);
                let [everyday, savings, platinum, joint, travel, deposit] = simulation.ledgers;
                let told = format!("seed {seed}, {day}: {:?}", simulation.ledgers);
                assert!((0..1_000_000).contains(&everyday), "everyday, {told}");
                assert!((0..1_000_000).contains(&joint), "joint, {told}");
                assert!((100_000..3_500_000).contains(&savings), "savings, {told}");
                assert!((-500_000..40_000).contains(&platinum), "platinum, {told}");
                assert!((-600_000..40_000).contains(&travel), "travel, {told}");
                assert!((2_500_000..3_600_000).contains(&deposit), "deposit, {told}");
            }
        }
    }

    #[test]
    fn every_way_to_settle_occurs_within_two_years() {
        use super::super::event::Life;
        let mut simulation = Simulation::new(1, first_day());
        let lives: Vec<Life> = simulation
            .events(first_day() + Days::new(730))
            .iter()
            .map(|event| event.movement.life)
            .collect();
        let count = |of: fn(&Life) -> bool| lives.iter().filter(|life| of(life)).count();
        assert!(count(|l| matches!(l, Life::Settles { .. })) > 500);
        assert!(count(|l| matches!(l, Life::Direct)) > 300);
        assert!(count(|l| matches!(l, Life::Renewed { .. })) > 50);
        assert!(count(|l| matches!(l, Life::Renewed { on, old_goes, .. } if old_goes > on)) > 5);
        assert!(count(|l| matches!(l, Life::Splits { .. })) > 3);
        assert!(count(|l| matches!(l, Life::Vanishes { .. })) > 5);
    }
}
