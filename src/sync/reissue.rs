//! Ids issued anew: which rows that went are listed under which new id.

use std::collections::{HashMap, HashSet};
use std::hash::Hash;

use chrono::{DateTime, Utc};

use super::pair::Candidate;
use crate::domain::{Pair, TransactionId};

/// Fewer rows than this are no whole list of which one could say that it came anew.
const A_LIST: usize = 5;

/// Posted rows that went for posted rows that came with the same day, amount and text: ids that
/// the bank issued anew. The k-th goes with the k-th; both slices in the same order.
pub fn twins(went: &[Candidate], came: &[Candidate]) -> Vec<Pair> {
    let mut waiting: HashMap<_, Vec<&Candidate>> = HashMap::new();
    for row in came.iter().rev() {
        waiting.entry((row.date, row.amount, row.description.as_str())).or_default().push(row);
    }
    went.iter()
        .filter_map(|row| {
            let twin = waiting.get_mut(&(row.date, row.amount, row.description.as_str()))?.pop()?;
            Some(Pair { gone: row.id.clone(), came: twin.id.clone(), tier: 0 })
        })
        .collect()
}

/// As [`twins`], also where ids were issued anew twice since the list was judged: then a row leads to
/// one that came since then and is gone already, and this one to what is listed now. In the order in
/// which words are carried.
pub fn chains(went: &[Candidate], came: &[Candidate], judged: Option<DateTime<Utc>>) -> Vec<Pair> {
    let since = |row: &&Candidate| judged.is_some_and(|judged| row.first_seen_at > judged);
    let (middle, old): (Vec<&Candidate>, Vec<&Candidate>) = went.iter().partition(since);
    let owned = |rows: Vec<&Candidate>| rows.into_iter().cloned().collect::<Vec<_>>();
    let (middle, old) = (owned(middle), owned(old));
    let second = twins(&middle, came);
    let leads_on = |pair: &Pair| second.iter().any(|next| next.gone == pair.came);
    let first: Vec<Pair> = twins(&old, &middle).into_iter().filter(leads_on).collect();
    let left = |rows: &[Candidate], taken: &dyn Fn(&TransactionId) -> bool| {
        rows.iter().filter(|row| !taken(&row.id)).cloned().collect::<Vec<_>>()
    };
    let followed: HashSet<&TransactionId> = first.iter().map(|pair| &pair.gone).collect();
    let reached: HashSet<&TransactionId> = second.iter().map(|pair| &pair.came).collect();
    let (old, came) =
        (left(&old, &|id| followed.contains(id)), left(came, &|id| reached.contains(id)));
    let direct = twins(&old, &came);
    first.iter().chain(&second).chain(&direct).cloned().collect()
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

        // A second coffee that came and got another id is a second coffee.
        let second = [row("a1", 1, -5, "CAFE"), later(row("b2", 1, -5, "CAFE"))];
        let told = chains(&second, &came[..2], judged);
        assert_eq!(told.len(), 2, "{told:?}");
        let fresh = [row("a1", 1, -5, "CAFE"), later(row("b1", 1, -5, "CAFE"))];
        assert_eq!(chains(&fresh, &[], judged), [], "what leads nowhere is followed nowhere");
    }
}
