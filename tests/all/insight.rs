//! What detection finds in the built-in bank, whose truth is known: precision, recall, and floors.

mod household;

use std::collections::BTreeSet;

use chrono::{Days, Months, NaiveDate};
use passbook::domain::TransactionKey;
use passbook::domain::insight::{
    FindingKind, Parted, Series, find_duplicates, find_series, find_transfers, find_unusual,
};

use household::Household;

/// Different households, two years each, as `docs/insights.md` has them.
const SEEDS: [u64; 8] = [1, 2, 3, 5, 8, 13, 21, 34];

/// Found and right, found and wrong, missed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Score {
    right: usize,
    wrong: usize,
    missed: usize,
}

impl Score {
    fn of<T: Ord>(found: &BTreeSet<T>, truth: &BTreeSet<T>) -> Self {
        let right = found.intersection(truth).count();
        Self { right, wrong: found.len() - right, missed: truth.len() - right }
    }

    fn and(self, other: Self) -> Self {
        Self {
            right: self.right + other.right,
            wrong: self.wrong + other.wrong,
            missed: self.missed + other.missed,
        }
    }

    fn precision(self) -> f64 {
        ratio(self.right, self.right + self.wrong)
    }

    fn recall(self) -> f64 {
        ratio(self.right, self.right + self.missed)
    }

    #[track_caller]
    fn holds(self, what: &str, precision: f64, recall: f64) {
        let told = format!(
            "{what}: precision {:.3}, recall {:.3}, {self:?}",
            self.precision(),
            self.recall()
        );
        println!("{told}");
        assert!(self.precision() >= precision && self.recall() >= recall, "{told}");
    }
}

#[expect(clippy::cast_precision_loss, reason = "a few thousand at most")]
fn ratio(part: usize, whole: usize) -> f64 {
    if whole == 0 { 1.0 } else { part as f64 / whole as f64 }
}

async fn over_all_seeds(score: impl Fn(&Household) -> Score) -> Score {
    let mut sum = Score::default();
    for seed in SEEDS {
        let one = score(&Household::of(seed).await);
        if one.wrong + one.missed > 0 {
            println!("seed {seed}: {one:?}");
        }
        sum = sum.and(one);
    }
    sum
}

fn transfers(household: &Household) -> Score {
    let found = find_transfers(&household.facts, &household.own, &Parted::new());
    let found = found.into_iter().map(|pair| (pair.out, pair.into)).collect();
    Score::of(&found, &household.transfers())
}

#[tokio::test]
async fn transfers_are_found() {
    over_all_seeds(transfers).await.holds("transfers", 0.99, 0.99);
}

#[tokio::test]
async fn transfers_are_found_where_no_text_names_an_account() {
    let score = over_all_seeds(|household| transfers(&household.without_digits())).await;
    score.holds("transfers, no digits", 0.97, 0.97);
}

#[tokio::test]
async fn transfers_are_found_by_the_half_that_says_so() {
    let score = over_all_seeds(|household| transfers(&household.with_bare_arrivals())).await;
    score.holds("transfers, one half bare", 0.95, 0.95);
}

fn series(household: &Household) -> Vec<Series> {
    let mut facts = household.facts.clone();
    let own = &household.own;
    for pair in find_transfers(&facts, own, &Parted::new()) {
        for fact in &mut facts {
            if fact.key == pair.out {
                fact.twin = Some(pair.into.account_id.clone());
            } else if fact.key == pair.into {
                fact.twin = Some(pair.out.account_id.clone());
            }
        }
    }
    find_series(&facts, household.today)
}

#[tokio::test]
async fn series_are_found_with_their_rows() {
    over_all_seeds(score_series).await.holds("series", 0.93, 0.98);
}

/// A series is right where it has four in five of the rows that it should, and no more others.
fn score_series(household: &Household) -> Score {
    let truth = household.series();
    let (mut score, mut right) = (Score::default(), BTreeSet::new());
    for one in series(household) {
        let rows: BTreeSet<_> = one.rows.iter().cloned().collect();
        let is = |of: &BTreeSet<TransactionKey>| {
            of.intersection(&rows).count() * 5 >= rows.len().max(of.len()) * 4
        };
        match truth.iter().find(|(_, of)| is(of)) {
            Some((name, _)) => {
                right.insert(name);
            }
            None => score.wrong += 1,
        }
    }
    score.right = right.len();
    score.missed = truth.len() - right.len();
    score
}

#[tokio::test]
async fn the_next_day_of_a_series_is_known() {
    let mut score = Score::default();
    for seed in SEEDS {
        let now = Household::of(seed).await;
        let later = Household::on(seed, now.today + Days::new(45)).await;
        let (truth, to_come) = (now.series(), later.series());
        for one in series(&now).iter().filter(|one| one.is_running()) {
            let Some((name, _)) = truth.iter().find(|(_, rows)| rows.contains(&one.rows[0])) else {
                continue;
            };
            let after = later.facts.iter().filter(|fact| to_come[name].contains(&fact.key));
            let after = after.filter(|fact| fact.date > one.last && !one.rows.contains(&fact.key));
            match after.map(|fact| fact.date).min() {
                Some(date) if (date - one.next).num_days().abs() <= 2 => score.right += 1,
                Some(_) => score.wrong += 1,
                // Due beyond what the later day sees.
                None => {}
            }
        }
    }
    score.holds("next day within two", 0.97, 1.0);
}

#[tokio::test]
async fn charges_made_twice_are_found() {
    let score = over_all_seeds(|household| {
        let found = find_duplicates(&household.facts)
            .into_iter()
            .map(|found| found.rows.into_iter().map(|(_, key)| key).collect::<BTreeSet<_>>())
            .collect();
        Score::of(&found, &household.repeats())
    })
    .await;
    score.holds("twice", 0.9, 0.95);
}

/// Five subscriptions and bills of the household ask more at some time in the two years.
#[tokio::test]
async fn prices_that_rise_are_found_when_they_do() {
    let mut score = Score::default();
    for (seed, months) in SEEDS.into_iter().zip([9, 11, 14, 17, 9, 11, 14, 17]) {
        let rise = NaiveDate::from_ymd_opt(2024, 11, 22).unwrap() + Months::new(months);
        let household = Household::on(seed, rise + Days::new(30)).await;
        let found = find_unusual(&household.facts, &series(&household), household.today);
        let rises =
            found.iter().filter(|found| matches!(found.kind, FindingKind::PriceRise { .. }));
        let found: BTreeSet<&str> = rises.map(|found| found.merchant.as_str()).collect();
        score = score.and(Score::of(&found, &Household::risen(&[months])));
    }
    score.holds("price rises", 0.95, 0.95);
}

#[tokio::test]
async fn fees_are_found() {
    let score = over_all_seeds(|household| {
        let series = series(household);
        let found = find_unusual(&household.facts, &series, household.today);
        let fees = found.iter().filter(|found| found.kind == FindingKind::Fee);
        let fees = fees.flat_map(|fee| fee.rows.iter().map(|(_, key)| key.clone())).collect();
        Score::of(&fees, &household.recent_fees())
    })
    .await;
    score.holds("fees", 0.99, 0.99);
}
