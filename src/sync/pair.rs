//! Which posted row a vanished pending one became. Pairing moves words and a link, never money.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

use super::words::Words;
use crate::domain::{Currency, Money, Pair, Status, StoredTransaction, TransactionId};

/// How long a settled charge may be listed beside the pending one that it was.
const SIDE_BY_SIDE: TimeDelta = TimeDelta::days(3);

/// A row that may be one side of a pair.
#[derive(Clone, Debug)]
pub struct Candidate {
    pub id: TransactionId,
    pub date: NaiveDate,
    pub amount: Money,
    pub description: String,
    pub posted: bool,
    pub first_seen_at: DateTime<Utc>,
    /// It went, or came, in this very walk.
    pub this_walk: bool,
    /// Of one that vanished: when the bank was last known to list it.
    pub listed_until: Option<DateTime<Utc>>,
    words: Words,
}

impl Candidate {
    pub fn new(stored: &StoredTransaction, this_walk: bool) -> Self {
        let row = &stored.transaction;
        Self {
            id: row.id.clone(),
            date: row.date,
            amount: row.amount,
            words: Words::of(&row.description),
            posted: row.status == Status::Posted,
            description: row.description.clone(),
            first_seen_at: stored.first_seen_at,
            listed_until: stored.gone_at,
            this_walk,
        }
    }
}

/// One-to-one pairs over vanished pendings and posted rows, best tier first.
///
/// `changed_amounts` allows the tier whose amounts differ: only when the account was judged
/// within the last three days, or never. `parted` holds pairs (gone, came) the user has parted for good.
pub fn pairs(
    gone: &[Candidate],
    came: &[Candidate],
    changed_amounts: bool,
    parted: &HashSet<(TransactionId, TransactionId)>,
) -> Vec<Pair> {
    let mut possible = possible_pairs(gone, came, changed_amounts, parted);
    possible.sort_by_key(|&(tier, g, c)| {
        let (gone, came) = (&gone[g], &came[c]);
        let together = gone.this_walk && came.this_walk;
        (
            tier == 3,
            // What came as the other went is nearer than a date can be.
            !(together && gone.words.same(&came.words)),
            tier,
            !together,
            (came.date - gone.date).num_days().abs(),
            (gone.date, gone.first_seen_at, gone.id.clone()),
            (came.date, came.id.clone()),
        )
    });
    let (mut taken_gone, mut taken_came) = (HashSet::new(), HashSet::new());
    let mut chosen = Vec::new();
    for (tier, g, c) in possible {
        if !taken_gone.contains(&g) && !taken_came.contains(&c) {
            taken_gone.insert(g);
            taken_came.insert(c);
            chosen.push(Pair { gone: gone[g].id.clone(), came: came[c].id.clone(), tier });
        }
    }
    chosen
}

/// Every pair some tier allows. Looked up by amount and by first word, never all with all.
fn possible_pairs(
    gone: &[Candidate],
    came: &[Candidate],
    changed_amounts: bool,
    parted: &HashSet<(TransactionId, TransactionId)>,
) -> Vec<(i64, usize, usize)> {
    let mut by_amount: HashMap<Money, Vec<usize>> = HashMap::new();
    let mut by_word: HashMap<&str, Vec<usize>> = HashMap::new();
    for (index, row) in came.iter().enumerate() {
        by_amount.entry(row.amount).or_default().push(index);
        if let Some(word) = row.words.first() {
            by_word.entry(word).or_default().push(index);
        }
    }
    let mut possible = Vec::new();
    let mut adjusted = Vec::new();
    for (g, row) in gone.iter().enumerate() {
        let allowed = |c: &usize| {
            plausible(row, &came[*c]) && !parted.contains(&(row.id.clone(), came[*c].id.clone()))
        };
        for &c in by_amount.get(&row.amount).into_iter().flatten().filter(|c| allowed(c)) {
            possible.extend(equal_amount_tier(row, &came[c]).map(|tier| (tier, g, c)));
        }
        if changed_amounts && let Some(word) = row.words.first() {
            let alike = by_word.get(word).into_iter().flatten().filter(|c| allowed(c));
            adjusted.extend(alike.filter(|c| adjusted_amount(row, &came[**c])).map(|&c| (3, g, c)));
        }
    }
    // Another amount is believed only where nothing else could be meant, on either side.
    let count = |side: fn(&(i64, usize, usize)) -> usize| {
        let mut counts: HashMap<usize, usize> = HashMap::new();
        for pair in &adjusted {
            *counts.entry(side(pair)).or_default() += 1;
        }
        counts
    };
    let (gone_counts, came_counts) = (count(|pair| pair.1), count(|pair| pair.2));
    possible.extend(
        adjusted.into_iter().filter(|(_, g, c)| gone_counts[g] == 1 && came_counts[c] == 1),
    );
    possible
}

fn plausible(gone: &Candidate, came: &Candidate) -> bool {
    let days = (came.date - gone.date).num_days();
    (-2..=31).contains(&days)
        && gone.amount.currency == came.amount.currency
        && gone.amount.minor.signum() == came.amount.minor.signum()
        && came.first_seen_at >= gone.first_seen_at
        // A bank lists a settled charge for a day or two beside the pending one. Listed side by
        // side for longer they are two.
        && gone.listed_until.is_none_or(|until| until - came.first_seen_at <= SIDE_BY_SIDE)
}

fn equal_amount_tier(gone: &Candidate, came: &Candidate) -> Option<i64> {
    let near = (came.date - gone.date).num_days().abs() <= 14;
    match (gone.words.same(&came.words), gone.words.akin(&came.words)) {
        (true, _) if near => Some(1),
        (true, _) => Some(2),
        (false, true) if near => Some(2),
        // Equal amounts with no word in common: measured wrong every time.
        _ => None,
    }
}

/// A tip was added, or a hold became the real charge.
fn adjusted_amount(gone: &Candidate, came: &Candidate) -> bool {
    let days = (came.date - gone.date).num_days();
    let (before, after) =
        (i128::from(gone.amount.minor.abs()), i128::from(came.amount.minor.abs()));
    gone.this_walk
        && came.this_walk
        && (-1..=10).contains(&days)
        && gone.amount != came.amount
        && gone.words.same(&came.words)
        && ((after * 100 >= before * 80 && after * 100 <= before * 135) || is_hold(gone.amount))
}

/// Up to one unit, or a multiple of five: what terminals ask for before the amount is known.
fn is_hold(amount: Money) -> bool {
    let unit = 10_i64.pow(Currency::exponent(amount.currency));
    amount.minor.abs() <= unit || amount.minor % (5 * unit) == 0
}

#[cfg(test)]
impl Candidate {
    /// Posted, of a day of October 2026.
    pub fn made_up(id: &str, day: u32, minor: i64, description: &str) -> Self {
        Self {
            id: id.into(),
            date: NaiveDate::from_ymd_opt(2026, 10, day).expect("a real day"),
            amount: Money::new(minor, Currency::USD),
            description: description.to_owned(),
            posted: true,
            first_seen_at: DateTime::UNIX_EPOCH,
            listed_until: None,
            this_walk: true,
            words: Words::of(description),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(id: &str, day: u32, minor: i64, description: &str) -> Candidate {
        Candidate::made_up(id, day, minor, description)
    }

    fn told(gone: &[Candidate], came: &[Candidate]) -> Vec<(String, String, i64)> {
        pairs(gone, came, true, &HashSet::new())
            .into_iter()
            .map(|pair| (pair.gone.0, pair.came.0, pair.tier))
            .collect()
    }

    fn pair(gone: &str, came: &str, tier: i64) -> (String, String, i64) {
        (gone.to_owned(), came.to_owned(), tier)
    }

    #[test]
    fn equal_amount_and_text_is_the_same_charge() {
        let gone = [row("p", 1, -500, "ROWAN MARKET PENDING")];
        let came = [row("q", 3, -500, "Rowan Market #0221"), row("r", 3, -500, "Kestrel Gym")];
        assert_eq!(told(&gone, &came), [pair("p", "q", 1)]);
    }

    #[test]
    fn equal_amount_without_a_common_word_is_never_paired() {
        assert_eq!(told(&[row("p", 1, -500, "ROWAN")], &[row("q", 2, -500, "GYM")]), []);
    }

    #[test]
    fn the_nearest_twin_wins_and_no_row_is_used_twice() {
        let gone = [row("p1", 1, -500, "CAFE"), row("p2", 2, -500, "CAFE")];
        let came = [row("q2", 3, -500, "CAFE"), row("q1", 2, -500, "CAFE")];
        assert_eq!(told(&gone, &came), [pair("p2", "q1", 1), pair("p1", "q2", 1)]);
    }

    #[test]
    fn a_tip_is_believed_only_when_nothing_else_could_be_meant() {
        let gone = [row("p", 1, -2000, "CORNER BISTRO")];
        assert_eq!(told(&gone, &[row("q", 2, -2400, "CORNER BISTRO")]), [pair("p", "q", 3)]);
        assert_eq!(
            told(&gone, &[row("q", 2, -9000, "CORNER BISTRO")]),
            [pair("p", "q", 3)],
            "hold"
        );
        let two = [row("q", 2, -2400, "CORNER BISTRO"), row("r", 2, -2300, "CORNER BISTRO")];
        assert_eq!(told(&gone, &two), []);
        assert_eq!(
            pairs(&gone, &[row("q", 2, -2400, "CORNER BISTRO")], false, &HashSet::new()),
            []
        );
    }

    #[test]
    fn signs_dates_and_first_sights_must_fit() {
        let gone = [row("p", 10, -500, "CAFE")];
        assert_eq!(told(&gone, &[row("q", 10, 500, "CAFE")]), []);
        assert_eq!(told(&gone, &[row("q", 7, -500, "CAFE")]), []);
        let mut early = row("q", 10, -500, "CAFE");
        early.first_seen_at = DateTime::from_timestamp(-1, 0).unwrap();
        assert_eq!(told(&gone, &[early]), []);
    }

    #[test]
    fn what_was_listed_side_by_side_for_days_is_two_charges() {
        let gone = |days: i64| Candidate {
            listed_until: DateTime::from_timestamp(days * 86_400, 0),
            ..row("p", 1, -500, "CAFE")
        };
        let came = [row("q", 2, -500, "CAFE")];
        assert_eq!(told(&[gone(3)], &came), [pair("p", "q", 1)]);
        assert_eq!(told(&[gone(4)], &came), []);
    }

    #[test]
    fn what_came_as_the_other_went_wins_over_a_nearer_date() {
        let earlier = Candidate { this_walk: false, ..row("q", 5, -500, "CAFE") };
        let came = [earlier, row("r", 25, -500, "CAFE")];
        assert_eq!(told(&[row("p", 1, -500, "CAFE")], &came), [pair("p", "r", 2)]);
    }

    #[test]
    fn a_pair_parted_by_hand_stays_parted() {
        let parted = HashSet::from([("p".into(), "q".into())]);
        let (gone, came) = ([row("p", 1, -500, "CAFE")], [row("q", 1, -500, "CAFE")]);
        assert_eq!(pairs(&gone, &came, true, &parted), []);
    }
}
