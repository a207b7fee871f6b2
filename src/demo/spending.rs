//! What people spend as the days go: shops, tips, fuel holds, returns, trips.

use chrono::Days;

use super::counterparties::{self as m, Counterparty};
use super::event::{Life, Movement};
use super::household::Slot;
use super::random::Random;
use super::standing::Outlook;

struct Habit {
    /// Names the stream of chance.
    topic: &'static str,
    slot: Slot,
    counterparties: &'static [Counterparty],
    /// Percent of weekdays, of weekend days.
    chance: [i64; 2],
    /// Minor units, small ones likelier.
    price: [i64; 2],
    manner: Manner,
}

enum Manner {
    Plain,
    /// Now and then the same again on the same day, to the cent.
    Twice,
    /// The tip comes on top when the bill settles.
    Tip,
    /// A round sum is held until the pump has reported.
    Hold,
    /// May be sent, and charged, in two parcels.
    Parcels,
    Cash,
    Check,
    Sent,
}

#[rustfmt::skip]
const HABITS: [Habit; 16] = [
    Habit { topic: "groceries", slot: Slot::Everyday, counterparties: &m::GROCERS, chance: [24, 36], price: [1_900, 12_500], manner: Manner::Plain },
    Habit { topic: "corner shop", slot: Slot::Platinum, counterparties: &m::GROCERS, chance: [9, 12], price: [900, 11_000], manner: Manner::Plain },
    Habit { topic: "big shop", slot: Slot::Joint, counterparties: &m::BIG_GROCERS, chance: [8, 45], price: [4_500, 19_000], manner: Manner::Plain },
    Habit { topic: "coffee", slot: Slot::Everyday, counterparties: &m::CAFES, chance: [45, 38], price: [375, 1_450], manner: Manner::Twice },
    Habit { topic: "lunch", slot: Slot::Platinum, counterparties: &m::RESTAURANTS, chance: [16, 24], price: [1_400, 7_800], manner: Manner::Tip },
    Habit { topic: "dinner", slot: Slot::Joint, counterparties: &m::RESTAURANTS, chance: [4, 18], price: [3_200, 11_500], manner: Manner::Tip },
    Habit { topic: "fuel", slot: Slot::Everyday, counterparties: &m::FUEL, chance: [13, 12], price: [2_900, 6_600], manner: Manner::Hold },
    Habit { topic: "pharmacy", slot: Slot::Everyday, counterparties: &m::PHARMACIES, chance: [5, 4], price: [600, 8_800], manner: Manner::Plain },
    Habit { topic: "orders", slot: Slot::Platinum, counterparties: &m::ONLINE, chance: [11, 15], price: [900, 15_500], manner: Manner::Parcels },
    Habit { topic: "outings", slot: Slot::Platinum, counterparties: &m::OUTINGS, chance: [2, 20], price: [1_200, 6_400], manner: Manner::Plain },
    Habit { topic: "home", slot: Slot::Joint, counterparties: &m::HOME, chance: [3, 14], price: [1_100, 16_000], manner: Manner::Plain },
    Habit { topic: "transit", slot: Slot::Travel, counterparties: &m::TRANSIT, chance: [22, 8], price: [250, 1_400], manner: Manner::Plain },
    Habit { topic: "day trips", slot: Slot::Travel, counterparties: &m::RESTAURANTS, chance: [4, 20], price: [1_800, 9_000], manner: Manner::Tip },
    Habit { topic: "cash", slot: Slot::Everyday, counterparties: &m::ATMS, chance: [6, 7], price: [4_000, 16_000], manner: Manner::Cash },
    Habit { topic: "checks", slot: Slot::Everyday, counterparties: &[m::CHECK], chance: [3, 0], price: [2_500, 18_000], manner: Manner::Check },
    Habit { topic: "sitter", slot: Slot::Joint, counterparties: &[m::SITTER], chance: [1, 16], price: [4_000, 9_000], manner: Manner::Sent },
];

const RETURNED_AFTER: Days = Days::new(9);

/// Three trips a year, each somewhere within its 122 days.
const TRIP_EVERY: i64 = 122;

pub fn movements(outlook: &Outlook) -> Vec<Movement> {
    let mut movements: Vec<Movement> =
        HABITS.iter().flat_map(|habit| habit.movements(outlook)).collect();
    movements.extend(refund(outlook));
    movements.extend(trip(outlook));
    movements
}

impl Habit {
    fn movements(&self, outlook: &Outlook) -> Vec<Movement> {
        let mut random = outlook.random(self.topic);
        if !random.percent(self.chance[usize::from(outlook.is_weekend())]) {
            return Vec::new();
        }
        let counterparty = random.pick(self.counterparties);
        let price = random.skewed(self.price[0], self.price[1]);
        match self.manner {
            Manner::Plain => vec![self.by_card(outlook, &mut random, counterparty, price, price)],
            Manner::Twice => {
                let times = if random.percent(6) { 2 } else { 1 };
                let charge = |_| {
                    let mut charge = self.by_card(outlook, &mut random, counterparty, price, price);
                    charge.meaning.repeat = times > 1;
                    charge
                };
                (0..times).map(charge).collect()
            }
            Manner::Tip => {
                let tip = if random.percent(80) { random.between(15, 22) } else { 0 };
                let claimed = price * (100 + tip) / 100;
                vec![self.by_card(outlook, &mut random, counterparty, price, claimed)]
            }
            Manner::Hold => {
                let held = *random.pick(&[100, 7_500]);
                vec![self.by_card(outlook, &mut random, counterparty, held, price)]
            }
            Manner::Parcels => vec![self.parcels(outlook, &mut random, counterparty, price)],
            Manner::Cash => self.cash(&mut random, counterparty, price),
            Manner::Check => {
                let text = format!("CHECK {}", 1_000 + outlook.number() % 9_000);
                vec![Movement::direct(self.slot, -price / 100 * 100, counterparty).saying(text)]
            }
            Manner::Sent => vec![Movement::direct(self.slot, -price / 500 * 500, counterparty)],
        }
    }

    fn by_card(
        &self,
        outlook: &Outlook,
        random: &mut Random,
        counterparty: &Counterparty,
        authorised: i64,
        claimed: i64,
    ) -> Movement {
        let life = Life::of_card(random, outlook.day, -claimed);
        Movement::by_card(self.slot, -authorised, counterparty, outlook.day, life)
    }

    fn parcels(
        &self,
        outlook: &Outlook,
        random: &mut Random,
        counterparty: &Counterparty,
        price: i64,
    ) -> Movement {
        let mut order = self.by_card(outlook, random, counterparty, price, price);
        if let Life::Renewed { on, flow, .. } = order.life {
            let first = flow * random.between(20, 60) / 100;
            order.life = Life::Splits { on, flows: [first, flow - first] };
        }
        order
    }

    fn cash(&self, random: &mut Random, counterparty: &Counterparty, price: i64) -> Vec<Movement> {
        let mut cash = vec![Movement::direct(self.slot, -price / 2_000 * 2_000, counterparty)];
        if random.percent(20) {
            cash.push(Movement::direct(self.slot, -300, &m::ATM_FEE));
        }
        cash
    }
}

/// Some orders go back: the day's orders are drawn again, just as they were drawn then.
fn refund(outlook: &Outlook) -> Option<Movement> {
    let then = Outlook { day: outlook.day - RETURNED_AFTER, ..*outlook };
    let mut random = outlook.random("refund");
    if then.day < outlook.first_day || !random.percent(18) {
        return None;
    }
    let orders =
        HABITS.iter().find(|habit| habit.topic == "orders").expect("the habit of ordering");
    let order = orders.movements(&then).pop()?;
    let (_, flow) = order.posting(then.day)?;
    let life = Life::Settles { on: outlook.day + Days::new(2), flow: -flow };
    let text = format!("{} RETURN", order.text);
    Some(Movement { flow: -flow, life, ..order.saying(text) })
}

/// Tickets a month ahead, a hotel that holds more than it takes, meals abroad with their fee.
fn trip(outlook: &Outlook) -> Vec<Movement> {
    let block = outlook.number().div_euclid(TRIP_EVERY);
    let mut plan = Random::of(outlook.seed, "trip", block);
    let departure = plan.between(35, 112);
    let nights = plan.between(4, 7);
    let away = outlook.number().rem_euclid(TRIP_EVERY) - departure;
    let mut random = outlook.random("abroad");
    let card = |price: i64, held: i64, counterparty: &Counterparty, on: i64| {
        let on = outlook.day + Days::new(on.cast_unsigned());
        let life = Life::Settles { on, flow: -price };
        Movement::by_card(Slot::Travel, -held, counterparty, outlook.day, life)
    };
    if away == -30 {
        let fare = random.between(18_000, 46_000);
        return vec![card(fare, fare, &m::AIRLINE, 2)];
    }
    let mut movements = Vec::new();
    if away == 0 {
        let bill = nights * random.between(7_900, 12_900);
        movements.push(card(bill, 90_000, &m::HOTEL, nights + 1));
    }
    if (0..nights).contains(&away) {
        let meal = random.skewed(1_100, 7_400);
        movements.push(card(meal, meal, random.pick(&m::ABROAD), 2));
        if random.percent(60) {
            movements.push(Movement::direct(Slot::Travel, -meal * 3 / 100, &m::FOREIGN_FEE));
        }
    }
    movements
}
