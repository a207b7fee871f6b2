//! What comes by itself: pay, bills, interest, transfers, card payments.

use chrono::{Datelike, Days, NaiveDate, Weekday};

use super::counterparties::{self as m, Counterparty};
use super::event::{Life, Movement};
use super::household::Slot;
use super::random::Random;

/// What the household knows on a morning.
#[derive(Clone, Copy, Debug)]
pub struct Outlook {
    pub seed: u64,
    pub first_day: NaiveDate,
    pub day: NaiveDate,
    /// Settled by last night, what is owed negative, by slot.
    pub ledgers: [i64; 6],
}

struct Bill {
    slot: Slot,
    /// Day of the month.
    on: u32,
    counterparty: &'static Counterparty,
    price: Price,
}

enum Price {
    Fixed(i64),
    Rises {
        from: i64,
        to: i64,
        after_months: i64,
    },
    /// By month, January first; each bill some percent off it.
    Seasonal([i64; 12]),
    /// In these months only.
    In([u32; 2], i64),
}

#[rustfmt::skip]
const BILLS: [Bill; 16] = [
    Bill { slot: Slot::Everyday, on: 7, counterparty: &m::MORTGAGE, price: Price::Fixed(148_200) },
    Bill { slot: Slot::Everyday, on: 19, counterparty: &m::UTILITIES, price: Price::Seasonal(
        [13_400, 12_900, 11_800, 9_600, 8_400, 9_900, 13_800, 14_600, 11_200, 8_900, 10_400, 12_700]) },
    Bill { slot: Slot::Everyday, on: 14, counterparty: &m::FIBER,
        price: Price::Rises { from: 6_500, to: 7_000, after_months: 9 } },
    Bill { slot: Slot::Everyday, on: 5, counterparty: &m::GYM, price: Price::Fixed(3_900) },
    Bill { slot: Slot::Everyday, on: 9, counterparty: &m::SOFTWARE, price: Price::Fixed(1_200) },
    Bill { slot: Slot::Everyday, on: 10, counterparty: &m::PROPERTY_TAX, price: Price::In([4, 10], -84_000) },
    Bill { slot: Slot::Everyday, on: 18, counterparty: &m::TAX_REFUND, price: Price::In([3, 3], 114_000) },
    Bill { slot: Slot::Everyday, on: 2, counterparty: &m::CHARITY, price: Price::Fixed(2_500) },
    Bill { slot: Slot::Platinum, on: 18, counterparty: &m::STREAMING,
        price: Price::Rises { from: 1_549, to: 1_799, after_months: 14 } },
    Bill { slot: Slot::Platinum, on: 3, counterparty: &m::MUSIC,
        price: Price::Rises { from: 999, to: 1_099, after_months: 17 } },
    Bill { slot: Slot::Platinum, on: 22, counterparty: &m::PHONE, price: Price::Fixed(4_500) },
    Bill { slot: Slot::Joint, on: 4, counterparty: &m::CHILD_CARE, price: Price::Fixed(78_000) },
    Bill { slot: Slot::Joint, on: 11, counterparty: &m::CAR_LOAN, price: Price::Fixed(31_244) },
    Bill { slot: Slot::Joint, on: 16, counterparty: &m::INSURANCE,
        price: Price::Rises { from: 9_640, to: 10_285, after_months: 11 } },
    Bill { slot: Slot::Joint, on: 21, counterparty: &m::HEATING, price: Price::Seasonal(
        [14_200, 13_600, 10_900, 7_400, 4_600, 3_100, 2_900, 2_800, 3_300, 5_800, 9_700, 12_800]) },
    Bill { slot: Slot::Joint, on: 15, counterparty: &m::CHARITY, price: Price::In([6, 12], -5_000) },
];

impl Outlook {
    /// One stream per topic and day.
    pub fn random(&self, topic: &str) -> Random {
        Random::of(self.seed, topic, self.number())
    }

    pub fn number(&self) -> i64 {
        i64::from(self.day.num_days_from_ce())
    }

    pub fn is_weekend(&self) -> bool {
        matches!(self.day.weekday(), Weekday::Sat | Weekday::Sun)
    }

    fn ledger(&self, slot: Slot) -> i64 {
        self.ledgers[slot.index()]
    }

    fn months(&self) -> i64 {
        let count = |day: NaiveDate| i64::from(day.year()) * 12 + i64::from(day.month0());
        count(self.day) - count(self.first_day)
    }

    fn is_last_of_month(&self) -> bool {
        (self.day + Days::new(1)).day() == 1
    }
}

pub fn movements(outlook: &Outlook) -> Vec<Movement> {
    let mut movements = Vec::new();
    movements.extend(pay(outlook));
    movements.extend(BILLS.iter().filter_map(|bill| bill.due(outlook)));
    movements.extend(interest(outlook));
    for (amount, from, to) in transfers(outlook) {
        // The two habits; the rest depends on what is there.
        let habit = match (outlook.day.day(), amount) {
            (1, 60_000) => Some("housekeeping"),
            (20, 50_000) => Some("saving"),
            _ => None,
        };
        movements.extend(transfer(outlook, amount, from, to).map(|half| match habit {
            Some(name) => half.standing(name),
            None => half,
        }));
    }
    movements.extend(card_payments(outlook));
    if outlook.day.day() == 3 && outlook.ledger(Slot::Savings) > 2_500_000 {
        movements.push(Movement::direct(Slot::Savings, -500_000, &m::BROKER));
    }
    movements
}

impl Bill {
    fn due(&self, outlook: &Outlook) -> Option<Movement> {
        if outlook.day.day() != self.on {
            return None;
        }
        let mut random = outlook.random(self.counterparty.text);
        let flow = self.price.flow(outlook, &mut random)?;
        if self.counterparty.kind == "card_payment" {
            let life = Life::Settles { on: outlook.day + Days::new(1), flow };
            let paid = Movement::by_card(self.slot, flow, self.counterparty, outlook.day, life);
            return Some(paid.standing(self.counterparty.text));
        }
        Some(Movement::direct(self.slot, flow, self.counterparty).standing(self.counterparty.text))
    }
}

impl Price {
    fn flow(&self, outlook: &Outlook, random: &mut Random) -> Option<i64> {
        match *self {
            Self::Fixed(price) => Some(-price),
            Self::Rises { from, to, after_months } => {
                Some(if outlook.months() < after_months { -from } else { -to })
            }
            Self::Seasonal(prices) => {
                let price = prices[usize::try_from(outlook.day.month0()).expect("0 to 11")];
                Some(-price * random.between(92, 109) / 100)
            }
            Self::In(months, flow) => months.contains(&outlook.day.month()).then_some(flow),
        }
    }
}

/// Due at a weekend means paid on Friday.
fn pay(outlook: &Outlook) -> Vec<Movement> {
    let reach = match outlook.day.weekday() {
        Weekday::Sat | Weekday::Sun => 0,
        Weekday::Fri => 3,
        _ => 1,
    };
    let years = i64::from(outlook.day.year() - outlook.first_day.year());
    let raised = |base: i64| base * (100 + 3 * years) / 100;
    let mut pay = Vec::new();
    for ahead in 0..reach {
        let due = Outlook { day: outlook.day + Days::new(ahead), ..*outlook };
        if due.day.day() == 15 || due.is_last_of_month() {
            pay.push((Slot::Everyday, raised(261_000), &m::PAYROLL));
        }
        if matches!(due.day.day(), 5 | 20) {
            pay.push((Slot::Joint, raised(126_000), &m::SECOND_PAYROLL));
        }
    }
    pay.into_iter()
        .map(|(slot, flow, from)| Movement::direct(slot, flow, from).standing(from.text))
        .collect()
}

/// Yearly rate in tenths of a percent, paid monthly on what is there.
fn interest(outlook: &Outlook) -> Vec<Movement> {
    let paying: &[(Slot, i64)] = match outlook.day.day() {
        1 => &[(Slot::Everyday, 5), (Slot::Savings, 34)],
        15 => &[(Slot::Deposit, 41)],
        _ => &[],
    };
    let interest = |&(slot, rate): &(Slot, i64)| (slot, outlook.ledger(slot) * rate / 12_000);
    paying
        .iter()
        .map(interest)
        .filter(|&(_, amount)| amount > 0)
        .map(|(slot, amount)| {
            Movement::direct(slot, amount, &m::INTEREST).standing(m::INTEREST.text)
        })
        .collect()
}

/// Habits, then the two rules that keep both checking accounts between too little and too much.
fn transfers(outlook: &Outlook) -> Vec<(i64, Slot, Slot)> {
    let (everyday, joint) = (outlook.ledger(Slot::Everyday), outlook.ledger(Slot::Joint));
    let savings = outlook.ledger(Slot::Savings);
    let dom = outlook.day.day();
    let mut transfers = Vec::new();
    match dom {
        1 => transfers.push((60_000, Slot::Everyday, Slot::Joint)),
        20 => transfers.push((50_000, Slot::Everyday, Slot::Savings)),
        26 if everyday > 350_000 => {
            transfers.push((in_fifties(everyday - 220_000), Slot::Everyday, Slot::Savings));
        }
        28 if joint > 350_000 => {
            transfers.push((in_fifties(joint - 230_000), Slot::Joint, Slot::Savings));
        }
        _ => {}
    }
    // Before the 7th the mortgage has to be there.
    let floor = if matches!(dom, 5 | 6) { 190_000 } else { 60_000 };
    if everyday < floor && savings > 150_000 {
        transfers.push((100_000, Slot::Savings, Slot::Everyday));
    }
    // Money from another bank takes a day, so the need is looked at every third day only.
    if joint < 95_000 && savings > 250_000 && dom.is_multiple_of(3) {
        transfers.push((80_000, Slot::Savings, Slot::Joint));
    }
    transfers
}

fn in_fifties(amount: i64) -> i64 {
    amount / 5_000 * 5_000
}

/// Both halves. Between banks the money is announced first and arrives the next day.
fn transfer(outlook: &Outlook, amount: i64, from: Slot, to: Slot) -> [Movement; 2] {
    let to_text = format!("TRANSFER TO {} {}", short_name(to), to.spec().last_four);
    let from_text = format!("TRANSFER FROM {} {}", short_name(from), from.spec().last_four);
    let sent = Movement::direct(from, -amount, &m::OWN_TRANSFER).saying(to_text);
    let mut received = Movement::direct(to, amount, &m::OWN_TRANSFER).saying(from_text);
    if from.spec().enrollment != to.spec().enrollment {
        received.life = Life::Settles { on: outlook.day + Days::new(1), flow: amount };
    }
    halves(outlook, sent, received)
}

/// Numbered by the day and the accounts between which it goes.
fn halves(outlook: &Outlook, mut sent: Movement, mut received: Movement) -> [Movement; 2] {
    let slots = sent.slot.index() * Slot::ALL.len() + received.slot.index();
    let number = outlook.number() * 100 + i64::try_from(slots).expect("two digits");
    // Two between the same accounts on one day differ in the amount, and that is what counts.
    sent.meaning.transfer = Some(number * 100_000_000 - sent.flow);
    received.meaning.transfer = sent.meaning.transfer;
    [sent, received]
}

fn short_name(slot: Slot) -> &'static str {
    if slot == Slot::Savings { "SAVINGS" } else { "CHECKING" }
}

/// What is owed, or as much of it as the checking account can spare.
fn card_payments(outlook: &Outlook) -> Vec<Movement> {
    let (from, card) = match outlook.day.day() {
        12 => (Slot::Everyday, Slot::Platinum),
        24 => (Slot::Joint, Slot::Travel),
        _ => return Vec::new(),
    };
    let spare = outlook.ledger(from) - 25_000;
    let amount = (-outlook.ledger(card)).min(spare);
    if amount <= 0 {
        return Vec::new();
    }
    let text = format!("CARD PAYMENT TO {}", card.spec().last_four);
    let sent = Movement::direct(from, -amount, &m::OWN_TRANSFER).saying(text);
    let mut received = Movement::direct(card, amount, &m::CARD_CREDIT);
    received.life = Life::Settles { on: outlook.day + Days::new(1), flow: amount };
    halves(outlook, sent, received).map(|half| half.standing(m::CARD_CREDIT.text)).into()
}
