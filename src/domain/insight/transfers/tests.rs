use proptest::prelude::*;

use super::super::fact::sample::{fact, own};
use super::*;

fn accounts() -> [Own; 3] {
    [
        own("checking", AccountKind::Depository, "4821"),
        own("savings", AccountKind::Depository, "9034"),
        own("card", AccountKind::Credit, "1177"),
    ]
}

/// Pairs as `out→in`.
fn found(facts: &[Fact], parted: &Parted) -> Vec<String> {
    find_transfers(facts, &accounts(), parted)
        .iter()
        .map(|pair| format!("{}→{}", pair.out.id, pair.into.id))
        .collect()
}

fn transfer(account: &str, id: &str, day: u64, minor: i64) -> Fact {
    let kind = "transfer".to_owned();
    Fact { kind, text: "ONLINE TRANSFER".to_owned(), ..fact(account, id, day, minor) }
}

#[test]
fn the_same_amount_both_ways_within_days_is_a_pair() {
    let out = transfer("checking", "out", 5, -50_000);
    for (day, pairs) in [(3, 1), (5, 1), (9, 1), (2, 0), (14, 0)] {
        let facts = [out.clone(), transfer("savings", "in", day, 50_000)];
        assert_eq!(found(&facts, &Parted::new()).len(), pairs, "on day {day}");
    }
}

#[test]
fn amount_currency_and_account_have_to_fit() {
    let out = transfer("checking", "out", 5, -50_000);
    let mut euros = transfer("savings", "in", 5, 50_000);
    euros.amount.currency = Currency::parse("EUR").unwrap();
    for other in
        [euros, transfer("savings", "in", 5, 50_001), transfer("checking", "in", 5, 50_000)]
    {
        assert!(found(&[out.clone(), other], &Parted::new()).is_empty());
    }
}

#[test]
fn a_purchase_and_a_refund_elsewhere_are_no_transfer() {
    let shop = |account, id, minor| Fact {
        kind: "card_payment".to_owned(),
        merchant: "HILLTOP BOOKS".to_owned(),
        ..fact(account, id, 5, minor)
    };
    assert!(
        found(&[shop("checking", "a", -2_000), shop("card", "b", 2_000)], &Parted::new())
            .is_empty()
    );
    // Without a word for it, an equal amount is chance.
    let bare = [fact("checking", "a", 5, -2_000), fact("savings", "b", 5, 2_000)];
    assert!(found(&bare, &Parted::new()).is_empty());
}

#[test]
fn a_card_is_paid_off_by_a_transfer() {
    let out = Fact {
        text: "ACH PMT 1177 WEB".to_owned(),
        kind: "ach".to_owned(),
        ..fact("checking", "out", 5, -82_011)
    };
    let into = Fact {
        text: "PAYMENT RECEIVED THANK YOU".to_owned(),
        kind: "payment".to_owned(),
        ..fact("card", "in", 7, 82_011)
    };
    assert_eq!(found(&[into, out], &Parted::new()), ["out→in"]);
}

#[test]
fn pay_of_the_same_size_is_left_alone() {
    let pay = Fact {
        category: Some("income".to_owned()),
        merchant: "ACME".to_owned(),
        ..fact("savings", "pay", 5, 50_000)
    };
    let facts = [transfer("checking", "out", 5, -50_000), pay];
    assert!(found(&facts, &Parted::new()).is_empty());
}

#[test]
fn the_text_that_names_the_account_wins_over_the_nearer_day() {
    let named = Fact {
        text: "TRANSFER TO SAVINGS 9034".to_owned(),
        ..transfer("checking", "out", 5, -50_000)
    };
    let facts = [named, transfer("card", "near", 5, 50_000), transfer("savings", "far", 6, 50_000)];
    assert_eq!(found(&facts, &Parted::new()), ["out→far"]);
}

#[test]
fn a_parted_pair_stays_parted_and_frees_both() {
    let facts = [
        transfer("checking", "out", 5, -50_000),
        transfer("savings", "first", 5, 50_000),
        transfer("savings", "second", 6, 50_000),
    ];
    assert_eq!(found(&facts, &Parted::new()), ["out→first"]);
    let parted = [(facts[0].key.clone(), facts[1].key.clone())].into();
    assert_eq!(found(&facts, &parted), ["out→second"]);
}

#[test]
fn a_pair_says_why_without_an_amount() {
    let facts = [transfer("checking", "out", 5, -50_000), transfer("savings", "in", 6, 50_000)];
    let pair = explain_pair(&facts[0], &facts[1], &accounts()).unwrap();
    assert_eq!(
        pair.why[0],
        "The same amount left one of your accounts and came into another, the day after it left."
    );
    assert!(pair.why.iter().all(|sentence| !sentence.contains("500")));
}

fn rows() -> impl Strategy<Value = Vec<Fact>> {
    let row = (0..3_usize, 0..12_u64, 1..3_i64, any::<bool>());
    prop::collection::vec(row, 0..14).prop_map(|rows| {
        let row = |(index, (account, day, size, out)): (usize, (usize, u64, i64, bool))| {
            let minor = if out { -size * 1_000 } else { size * 1_000 };
            transfer(["checking", "savings", "card"][account], &index.to_string(), day, minor)
        };
        rows.into_iter().enumerate().map(row).collect()
    })
}

proptest! {
    #[test]
    fn no_row_is_in_two_pairs_and_each_pair_holds(facts in rows()) {
        let pairs = find_transfers(&facts, &accounts(), &Parted::new());
        let mut ends: Vec<&TransactionKey> =
            pairs.iter().flat_map(|pair| [&pair.out, &pair.into]).collect();
        ends.sort();
        prop_assert!(ends.windows(2).all(|two| two[0] != two[1]));
        let of = |key: &TransactionKey| facts.iter().find(|fact| fact.key == *key).unwrap();
        for pair in &pairs {
            let (out, into) = (of(&pair.out), of(&pair.into));
            prop_assert_eq!(out.amount, -into.amount);
            prop_assert_ne!(&out.key.account_id, &into.key.account_id);
        }
    }

    #[test]
    fn the_order_of_rows_does_not_matter(
        (facts, shuffled) in rows().prop_flat_map(|rows| {
            (Just(rows.clone()), Just(rows).prop_shuffle())
        })
    ) {
        prop_assert_eq!(
            find_transfers(&facts, &accounts(), &Parted::new()),
            find_transfers(&shuffled, &accounts(), &Parted::new())
        );
    }

    #[test]
    fn what_was_parted_never_comes_back(facts in rows()) {
        let mut parted = Parted::new();
        for _ in 0..4 {
            for pair in find_transfers(&facts, &accounts(), &parted) {
                prop_assert!(parted.insert((pair.out, pair.into)));
            }
        }
    }
}
