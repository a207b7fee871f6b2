//! Ids issued anew: which rows that went are listed under which new id.

use std::collections::{HashMap, HashSet};
use std::hash::Hash;

use chrono::{DateTime, NaiveDate, Utc};

use super::pair::Candidate;
use crate::domain::{Money, Pair, TransactionId};

/// Fewer rows than this are no whole list of which one could say that it came anew.
const A_LIST: usize = 5;

/// Rows that went for rows that came with the same day, amount and text: ids that the bank issued anew.
/// The k-th goes with the k-th; both slices in the same order.
pub fn twins(went: &[Candidate], came: &[Candidate]) -> Vec<Pair> {
    chains(went, came, None)
}

/// As [`twins`], also where ids were issued anew twice: where fewer rows came than went, a row leads to
/// one that came `since` and is gone already, and this one to what is listed now. In the order in which
/// words are carried.
pub fn chains(went: &[Candidate], came: &[Candidate], since: Option<DateTime<Utc>>) -> Vec<Pair> {
    let mut places: HashMap<Facts<'_>, [Vec<&Candidate>; 2]> = HashMap::new();
    let mut keys = Vec::new();
    for (side, rows) in [went, came].into_iter().enumerate() {
        for row in rows {
            let sides = places.entry(facts(row)).or_insert_with(|| {
                keys.push(facts(row));
                Default::default()
            });
            sides[side].push(row);
        }
    }
    let (mut first, mut second) = (Vec::new(), Vec::new());
    for [went, came] in keys.iter().filter_map(|key| places.get(key)) {
        let is_later = |row: &&Candidate| since.is_some_and(|since| row.first_seen_at > since);
        let (middle, old): (Vec<&Candidate>, Vec<&Candidate>) = if went.len() > came.len() {
            went.iter().partition(|row| is_later(row))
        } else {
            (Vec::new(), went.clone())
        };
        let middle = &middle[..middle.len().min(came.len())];
        first.extend(old.iter().zip(middle).map(|(gone, came)| pair(gone, came)));
        second.extend(middle.iter().zip(came).map(|(gone, came)| pair(gone, came)));
        let direct = old.iter().skip(middle.len()).zip(came.iter().skip(middle.len()));
        second.extend(direct.map(|(gone, came)| pair(gone, came)));
    }
    first.extend(second);
    first
}

type Facts<'a> = (NaiveDate, Money, &'a str);

fn facts(row: &Candidate) -> Facts<'_> {
    (row.date, row.amount, row.description.as_str())
}

fn pair(gone: &Candidate, came: &Candidate) -> Pair {
    Pair { gone: gone.id.clone(), came: came.id.clone(), tier: 0 }
}

/// What the bank edited as it issued ids anew: of `twins`' leftovers the only one of a day and amount,
/// or of a day and text, on either side. Believed where twins, these and `more`, outnumber such rows two
/// to one, or where nearly a whole list is found again so.
pub fn edited(went: &[Candidate], came: &[Candidate], twins: &[Pair], more: usize) -> Vec<Pair> {
    let all = went.len();
    let followed: HashSet<&TransactionId> =
        twins.iter().flat_map(|pair| [&pair.gone, &pair.came]).collect();
    let left = |rows: &[Candidate]| -> Vec<Candidate> {
        rows.iter().filter(|row| !followed.contains(&row.id)).cloned().collect()
    };
    let (mut went, mut came) = (left(went), left(came));
    let mut pairs = only_ones(&went, &came, |row| (row.date, row.amount));
    went.retain(|row| pairs.iter().all(|pair| pair.gone != row.id));
    came.retain(|row| pairs.iter().all(|pair| pair.came != row.id));
    pairs.extend(only_ones(&went, &came, |row| (row.date, row.description.clone())));
    let found = pairs.len() + twins.len();
    let nearly_all = found >= A_LIST && found * 10 >= all * 9;
    if pairs.len() * 2 <= twins.len() + more || nearly_all { pairs } else { Vec::new() }
}

/// Pairs of rows that no other row on their side shares `key` with.
fn only_ones<K: Eq + Hash>(
    went: &[Candidate],
    came: &[Candidate],
    key: impl Fn(&Candidate) -> K,
) -> Vec<Pair> {
    let mut sides: HashMap<K, [Vec<&TransactionId>; 2]> = HashMap::new();
    for (side, rows) in [went, came].into_iter().enumerate() {
        for row in rows {
            sides.entry(key(row)).or_default()[side].push(&row.id);
        }
    }
    let only = |row: &Candidate| match sides.get(&key(row))?.each_ref().map(Vec::as_slice) {
        [&[gone], &[came]] => Some(Pair { gone: gone.clone(), came: came.clone(), tier: 0 }),
        _ => None,
    };
    went.iter().filter_map(only).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(id: &str, day: u32, minor: i64, description: &str) -> Candidate {
        Candidate::made_up(id, day, minor, description)
    }

    #[test]
    fn what_was_edited_as_its_id_changed_is_known_by_elimination() {
        let eliminated = |went: &[Candidate], came: &[Candidate]| -> Vec<(String, String)> {
            let twins = twins(went, came);
            let pairs = edited(went, came, &twins, 0).into_iter();
            pairs.map(|pair| (pair.gone.0, pair.came.0)).collect()
        };
        let twin =
            |side: &'static str| (1..=4).map(move |n| row(&format!("{side}{n}"), n, -9, "GYM"));
        let went = |rows: &[Candidate]| twin("a").chain(rows.iter().cloned()).collect::<Vec<_>>();
        let came = |rows: &[Candidate]| twin("b").chain(rows.iter().cloned()).collect::<Vec<_>>();

        let (text, amount) = (row("p", 7, -500, "CAFE"), row("q", 8, -700, "BAR"));
        let now = [row("x", 7, -500, "Coffee shop"), row("y", 8, -750, "BAR")];
        let told = eliminated(&went(&[text.clone(), amount.clone()]), &came(&now));
        assert_eq!(told, [("p".into(), "x".into()), ("q".into(), "y".into())]);

        let two = [row("x", 7, -500, "Coffee shop"), row("y", 7, -500, "Kiosk")];
        assert_eq!(
            eliminated(&went(std::slice::from_ref(&text)), &came(&two)),
            [],
            "either could be meant"
        );
        let far = [row("x", 9, -500, "CAFE")];
        assert_eq!(eliminated(&went(std::slice::from_ref(&text)), &came(&far)), [], "another day");
        assert_eq!(eliminated(&[text], &now[..1]), [], "nothing says that ids were issued anew");
        let list = |text: &str| {
            (1..=9)
                .map(|n| row(&format!("{text}{n}"), n, -500 - i64::from(n), text))
                .collect::<Vec<_>>()
        };
        let all = eliminated(&list("old"), &list("new"));
        assert_eq!(all.len(), 9, "every text of a list may change at once");
        assert_eq!(eliminated(&list("old"), &list("new")[..7]), [], "but not of most of it");
    }

    #[test]
    fn reissued_ids_go_kth_with_kth() {
        let went = [row("a", 1, -5, "CAFE"), row("b", 1, -5, "CAFE"), row("c", 1, -7, "CAFE")];
        let came = [row("x", 1, -5, "CAFE"), row("y", 1, -5, "CAFE"), row("z", 2, -7, "CAFE")];
        let told: Vec<_> =
            twins(&went, &came).into_iter().map(|pair| (pair.gone.0, pair.came.0)).collect();
        assert_eq!(told, [("a".into(), "x".into()), ("b".into(), "y".into())]);
    }

    #[test]
    fn ids_issued_anew_twice_lead_from_the_first_to_the_last() {
        let judged = DateTime::from_timestamp(100, 0);
        let later = |mut row: Candidate| {
            row.first_seen_at = DateTime::from_timestamp(200, 0).unwrap();
            row
        };
        let old = [row("a1", 1, -5, "CAFE"), row("a2", 1, -5, "CAFE"), row("a3", 2, -7, "GYM")];
        let middle = [later(row("b1", 1, -5, "CAFE")), later(row("b2", 1, -5, "CAFE"))];
        let came = [row("c1", 1, -5, "CAFE"), row("c2", 1, -5, "CAFE"), row("c3", 2, -7, "GYM")];
        let told: Vec<_> = chains(&[&old[..], &middle[..]].concat(), &came, judged)
            .into_iter()
            .map(|pair| (pair.gone.0, pair.came.0))
            .collect();
        let expected = [("a1", "b1"), ("a2", "b2"), ("b1", "c1"), ("b2", "c2"), ("a3", "c3")];
        assert_eq!(told, expected.map(|(gone, came)| (gone.to_owned(), came.to_owned())));

        // A second coffee is a second coffee, whenever it came.
        let second = [row("a1", 1, -5, "CAFE"), later(row("b2", 1, -5, "CAFE"))];
        let told = chains(&second, &came[..2], judged);
        let told: Vec<_> =
            told.iter().map(|pair| (pair.gone.as_str(), pair.came.as_str())).collect();
        assert_eq!(told, [("a1", "c1"), ("b2", "c2")]);
        let fresh = [row("a1", 1, -5, "CAFE"), later(row("b1", 1, -5, "CAFE"))];
        assert_eq!(chains(&fresh, &[], judged), [], "what leads nowhere is followed nowhere");
    }
}
