//! Rows that follow each other at one cadence, picked from among others.

use chrono::NaiveDate;

use super::cadence::Cadence;
use super::fact::Fact;
use super::schedule::Schedule;

/// Oldest first.
#[derive(Clone, Debug)]
pub struct Chain<'a> {
    pub cadence: Cadence,
    pub rows: Vec<&'a Fact>,
    /// Left out within: times that nothing came.
    pub missed: usize,
    pub schedule: Schedule,
}

/// Nothing came at most so many times in a row.
const GAP: i64 = 2;

/// The likeliest chain among rows of one merchant in the order of time. `alone` says that these
/// are all of the merchant's rows: a few of them then mean more.
pub fn likeliest<'a>(rows: &[&'a Fact], alone: bool) -> Option<Chain<'a>> {
    let chains = Cadence::all().flat_map(|cadence| chains(rows, cadence));
    chains
        .filter(|chain| chain.convinces(rows, alone))
        .min_by_key(|chain| (rows.len() - chain.rows.len(), chain.drift()))
}

/// All chains at one cadence; each starts at the first row that none before it took.
fn chains<'a>(rows: &[&'a Fact], cadence: Cadence) -> Vec<Chain<'a>> {
    let mut free: Vec<&Fact> = rows.to_vec();
    let mut chains = Vec::new();
    while let Some(first) = free.first().copied() {
        let chain = follow(&free, first, cadence);
        free.retain(|row| !chain.rows.iter().any(|taken| taken.key == row.key));
        if chain.rows.len() > 1 {
            chains.push(chain);
        }
    }
    chains
}

fn follow<'a>(rows: &[&'a Fact], first: &'a Fact, cadence: Cadence) -> Chain<'a> {
    let mut taken = vec![first];
    let mut missed = 0;
    let mut from = 0;
    while let Some((place, times)) = next(rows, from, taken[taken.len() - 1], cadence) {
        taken.push(rows[place]);
        missed += times - 1;
        from = place + 1;
    }
    let dates: Vec<NaiveDate> = taken.iter().map(|row| row.date).collect();
    let schedule = Schedule::of(cadence, &dates);
    Chain { cadence, rows: taken, missed, schedule }
}

/// The row nearest to where the next one is due, and after how many times the cadence.
fn next(rows: &[&Fact], from: usize, last: &Fact, cadence: Cadence) -> Option<(usize, usize)> {
    (1..=GAP).find_map(|times| {
        let due = times * cadence.length() / 100;
        let off = |row: &&Fact| ((row.date - last.date).num_days() - due).abs();
        let near = rows.iter().enumerate().skip(from).filter(|(_, row)| off(row) <= cadence.tolerance());
        // Of two on the same day the one of the usual amount.
        let change = |row: &Fact| (row.amount.minor - last.amount.minor).unsigned_abs();
        let (place, _) = near.min_by_key(|(_, row)| (off(row), change(row)))?;
        Some((place, usize::try_from(times).expect("small")))
    })
}

impl Chain<'_> {
    fn span(&self) -> i64 {
        (self.rows[self.rows.len() - 1].date - self.rows[0].date).num_days()
    }

    /// By how much the mean interval is off the cadence, in thousandths.
    fn drift(&self) -> i64 {
        let steps = i64::try_from(self.rows.len() - 1 + self.missed).expect("few");
        (self.span() * 100 - steps * self.cadence.length()).abs() * 1_000
            / (steps * self.cadence.length())
    }

    pub fn same_amount(&self) -> bool {
        self.rows.windows(2).all(|two| two[0].amount == two[1].amount)
    }

    /// Chance makes chains too: the fewer the rows and the more the amounts differ, the more is asked.
    fn convinces(&self, rows: &[&Fact], alone: bool) -> bool {
        let least = match (self.cadence, self.same_amount()) {
            (Cadence::Yearly, true) if alone => 2,
            (Cadence::Weekly | Cadence::Biweekly | Cadence::SemiMonthly, _) => 5,
            (Cadence::Monthly, true) if alone => 3,
            (Cadence::Yearly, _) => 3,
            (_, true) => 4,
            (_, false) => 5 - usize::from(self.alike() && alone),
        };
        let (first, last) = (self.rows[0].date, self.rows[self.rows.len() - 1].date);
        let within = rows.iter().filter(|row| (first..=last).contains(&row.date)).count();
        self.rows.len() >= least
            && self.missed * 5 <= self.rows.len()
            && self.rows.len() * 100 >= within * 75
            && self.schedule.kept * 100 >= self.rows.len() * 70
    }

    /// Amounts within a quarter of each other.
    fn alike(&self) -> bool {
        let sizes = || self.rows.iter().map(|row| row.amount.minor.unsigned_abs());
        let (low, high) = (sizes().min().unwrap_or(0), sizes().max().unwrap_or(0));
        high - low <= low / 4
    }
}
