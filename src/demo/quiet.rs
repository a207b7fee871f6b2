//! What happens at the bank that the household has yet to connect: little.

use chrono::{Datelike, NaiveDate, Weekday};

use super::counterparties::{self as m, GROCERS};
use super::event::{Event, Life, Movement};
use super::household::Slot;
use super::random::Random;

/// Every Saturday's errand, an allowance and interest each month. Beside the simulation, so that no
/// row of the household's is another than it was.
pub fn events(seed: u64, first_day: NaiveDate, today: NaiveDate) -> Vec<Event> {
    let days = first_day.iter_days().take_while(|day| *day <= today);
    days.flat_map(|day| movements(seed, day))
        .map(|(day, movement)| event(seed, day, movement))
        .collect()
}

fn movements(seed: u64, day: NaiveDate) -> Vec<(NaiveDate, Movement)> {
    let mut movements = Vec::new();
    if day.day() == 1 {
        let allowance = Movement::direct(Slot::Pocket, 18_000, &m::OWN_TRANSFER);
        movements.push(allowance.saying("MONTHLY ALLOWANCE".to_owned()));
        movements.push(Movement::direct(Slot::Holiday, 212, &m::INTEREST));
    }
    if day.weekday() == Weekday::Sat {
        let mut random = Random::of(seed, "errand", i64::from(day.num_days_from_ce()));
        let flow = -random.between(1_800, 4_900);
        let shop = random.pick(&GROCERS);
        let life = Life::Settles { on: day + chrono::Days::new(2), flow };
        movements.push(Movement::by_card(Slot::Pocket, flow, shop, day, life));
    }
    movements.into_iter().map(|movement| (day, movement)).collect()
}

fn event(seed: u64, day: NaiveDate, movement: Movement) -> Event {
    let number =
        i64::from(day.num_days_from_ce()) * 10 + i64::try_from(movement.slot.index()).unwrap_or(9);
    let topic = if movement.flow > 0 { "quiet in" } else { "quiet out" };
    let id = format!("txn_{}", Random::of(seed, topic, number).word(21));
    Event { day, index: u32::from(movement.flow > 0), id, lag: 0, movement }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn ids_are_each_their_own_and_the_past_stays_as_it_was() {
        let first = NaiveDate::from_ymd_opt(2024, 11, 22).unwrap();
        let later = first + chrono::Days::new(400);
        let ids = |today| -> Vec<String> {
            events(1, first, today).into_iter().map(|event| event.id).collect()
        };
        let all = ids(later);
        assert!(all.len() > 60, "{}", all.len());
        assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), all.len());
        let before = ids(first + chrono::Days::new(100));
        assert_eq!(all[..before.len()], before[..]);
    }
}
