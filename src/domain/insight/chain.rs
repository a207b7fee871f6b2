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

/// What may be one, before its days are looked at: that takes longest.
struct Run<'a> {
    cadence: Cadence,
    rows: Vec<&'a Fact>,
    missed: usize,
}

/// Nothing came at most so many times in a row.
const GAP: i64 = 2;

/// The likeliest chain among rows of one merchant in the order of time. `alone` says that these
/// are all of the merchant's rows: a few of them then mean more.
pub fn likeliest<'a>(rows: &[&'a Fact], alone: bool) -> Option<Chain<'a>> {
    let runs = Cadence::all().flat_map(|cadence| runs(rows, cadence));
    runs.filter(|run| run.may_convince(rows, alone))
        .filter_map(|run| Some((run.drift(), run.kept()?)))
        .min_by_key(|(drift, chain)| (rows.len() - chain.rows.len(), *drift))
        .map(|(_, chain)| chain)
}

/// Rows from which a chain is tried, at one cadence. A habit has thousands, and hides none.
const STARTS: usize = 40;

/// All runs at one cadence; each starts at the first row that none before it took.
fn runs<'a>(rows: &[&'a Fact], cadence: Cadence) -> Vec<Run<'a>> {
    let mut taken = vec![false; rows.len()];
    let mut runs = Vec::new();
    for _ in 0..STARTS {
        let Some(first) = taken.iter().position(|taken| !taken) else { break };
        let (places, missed) = follow(rows, &taken, first, cadence);
        for &place in &places {
            taken[place] = true;
        }
        if places.len() > 1 {
            let rows = places.iter().map(|&place| rows[place]).collect();
            runs.push(Run { cadence, rows, missed });
        }
    }
    runs
}

/// Places of the rows, and how many times nothing came.
fn follow(rows: &[&Fact], taken: &[bool], first: usize, cadence: Cadence) -> (Vec<usize>, usize) {
    let (mut places, mut missed) = (vec![first], 0);
    while let Some((place, times)) = next(rows, taken, places[places.len() - 1], cadence) {
        places.push(place);
        missed += times - 1;
    }
    (places, missed)
}

/// The row nearest to where the next one is due, and after how many times the cadence.
fn next(rows: &[&Fact], taken: &[bool], last: usize, cadence: Cadence) -> Option<(usize, usize)> {
    let after = |place: usize| (rows[place].date - rows[last].date).num_days();
    (1..=GAP).find_map(|times| {
        let due = times * cadence.length() / 100;
        let (from, until) = (due - cadence.tolerance(), due + cadence.tolerance());
        let start = rows.partition_point(|row| (row.date - rows[last].date).num_days() < from);
        let near = (start.max(last + 1)..rows.len()).take_while(|&place| after(place) <= until);
        let change = |place: usize| rows[place].amount.minor.abs_diff(rows[last].amount.minor);
        // Of two on the same day the one of the usual amount.
        let place = near
            .filter(|&place| !taken[place])
            .min_by_key(|&place| ((after(place) - due).abs(), change(place)))?;
        Some((place, usize::try_from(times).expect("small")))
    })
}

impl<'a> Run<'a> {
    fn span(&self) -> i64 {
        (self.rows[self.rows.len() - 1].date - self.rows[0].date).num_days()
    }

    /// By how much the mean interval is off the cadence, in thousandths.
    fn drift(&self) -> i64 {
        let steps = i64::try_from(self.rows.len() - 1 + self.missed).expect("few");
        (self.span() * 100 - steps * self.cadence.length()).abs() * 1_000
            / (steps * self.cadence.length())
    }

    fn same_amount(&self) -> bool {
        self.rows.windows(2).all(|two| two[0].amount == two[1].amount)
    }

    /// Chance makes chains too: the fewer the rows, the more the amounts differ and the more of the
    /// merchant's other rows there are, the more is asked.
    fn may_convince(&self, rows: &[&Fact], alone: bool) -> bool {
        let (first, last) = (self.rows[0].date, self.rows[self.rows.len() - 1].date);
        let within = || rows.iter().filter(|row| (first..=last).contains(&row.date)).count();
        let missable = if self.cadence <= Cadence::Monthly { 5 } else { 8 };
        self.rows.len() >= self.least(alone)
            && self.missed * missable <= self.rows.len()
            && self.rows.len() * 100 >= within() * self.share()
            && !self.is_two()
    }

    /// The chain, if enough of its rows keep to days of its own.
    fn kept(self) -> Option<Chain<'a>> {
        let dates: Vec<NaiveDate> = self.rows.iter().map(|row| row.date).collect();
        let schedule = Schedule::of(self.cadence, &dates);
        let enough = schedule.kept * 100 >= self.rows.len() * self.share();
        let Self { cadence, rows, missed } = self;
        enough.then_some(Chain { cadence, rows, missed, schedule })
    }

    /// Of a hundred rows so many must be right.
    fn share(&self) -> usize {
        if self.alike() { 70 } else { 85 }
    }

    fn least(&self, alone: bool) -> usize {
        let same = self.same_amount();
        match (self.cadence, alone) {
            (Cadence::Weekly | Cadence::Biweekly | Cadence::SemiMonthly, false) => 10,
            (Cadence::Weekly | Cadence::Biweekly | Cadence::SemiMonthly, true) => 5,
            (Cadence::Yearly, true) if same => 2,
            (Cadence::Monthly | Cadence::Yearly, true) if same => 3,
            (_, true) if same || self.alike() => 4,
            (Cadence::Monthly, false) if same => 4,
            (_, true) => 5,
            (_, false) => 6,
        }
    }

    fn sizes(&self) -> Vec<u64> {
        let mut sizes: Vec<u64> =
            self.rows.iter().map(|row| row.amount.minor.unsigned_abs()).collect();
        sizes.sort_unstable();
        sizes
    }

    /// Amounts within a quarter of each other.
    fn alike(&self) -> bool {
        let sizes = self.sizes();
        sizes[sizes.len() - 1] - sizes[0] <= sizes[0] / 4
    }

    /// Of two amounts far from each other, a third of the rows or more each: what seems to come
    /// twice a month is two bills.
    fn is_two(&self) -> bool {
        let sizes = self.sizes();
        let third = sizes.len().div_ceil(3);
        self.cadence <= Cadence::SemiMonthly
            && (third..=sizes.len() - third).any(|at| sizes[at] - sizes[at - 1] > sizes[at - 1] / 4)
    }
}
