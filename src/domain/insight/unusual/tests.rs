use super::super::fact::sample::{day, fact};
use super::super::recurring::find_series;
use super::*;

fn of(kind: &str, facts: &[Fact], today: NaiveDate) -> Vec<String> {
    let series = find_series(facts, today);
    find_unusual(facts, &series, today)
        .into_iter()
        .filter(|found| found.kind.word() == kind)
        .map(|found| format!("{} {} ×{}", found.merchant, found.amount, found.rows.len()))
        .collect()
}

fn monthly(merchant: &str, amounts: &[i64]) -> Vec<Fact> {
    let row = |(month, &minor): (usize, &i64)| Fact {
        merchant: merchant.to_owned(),
        date: day(17) + chrono::Months::new(u32::try_from(month).unwrap()),
        ..fact("checking", &format!("{merchant}{month}"), 0, minor)
    };
    amounts.iter().enumerate().map(row).collect()
}

#[test]
fn a_price_that_rose_is_told_once_and_a_cut_is_not() {
    // Oct 18 is the fifth.
    let today = day(145);
    let rose = monthly("NETFLIX", &[-1_549, -1_549, -1_549, -1_549, -1_799]);
    assert_eq!(of("price", &rose, today), ["NETFLIX -17.99 ×1"]);
    let cut = monthly("NETFLIX", &[-1_799, -1_799, -1_799, -1_799, -1_549]);
    assert!(of("price", &cut, today).is_empty());
    let raise = monthly("ACME", &[261_000, 261_000, 261_000, 261_000, 270_000]);
    assert!(of("price", &raise, today).is_empty());
}

#[test]
fn fees_of_a_month_are_one_finding() {
    let fee = |id: &str, on: u64| Fact {
        kind: "fee".to_owned(),
        text: format!("FOREIGN TRANSACTION FEE {id}"),
        merchant: "FOREIGN TRANSACTION FEE".to_owned(),
        ..fact("card", id, on, -123)
    };
    let facts = [fee("1", 62), fee("2", 63), fee("3", 95)];
    assert_eq!(
        of("fee", &facts, day(100)),
        ["FOREIGN TRANSACTION FEE -1.23 ×1", "FOREIGN TRANSACTION FEE -2.46 ×2"]
    );
    assert_eq!(of("fee", &facts, day(200)).len(), 0);
}

#[test]
fn a_word_of_the_text_makes_a_fee_but_not_a_part_of_one() {
    let text = |text: &str| Fact { text: text.to_owned(), ..fact("checking", text, 5, -3_500) };
    assert_eq!(of("fee", &[text("OVERDRAFT 11/18")], day(9)).len(), 1);
    assert_eq!(of("fee", &[text("MONTHLY MAINTENANCE FEE")], day(9)).len(), 1);
    assert!(of("fee", &[text("BLUE KETTLE COFFEE")], day(9)).is_empty());
}

#[test]
fn somebody_large_and_never_paid_before_is_new() {
    let usual = |number: u64| Fact {
        merchant: format!("SHOP {}", number % 7),
        ..fact("checking", &number.to_string(), number * 3, -2_000)
    };
    let mut facts: Vec<Fact> = (0..40).map(usual).collect();
    let inn = Fact { merchant: "HARBORVIEW INN".to_owned(), ..fact("card", "inn", 118, -54_000) };
    facts.push(inn);
    assert_eq!(of("new", &facts, day(120)), ["HARBORVIEW INN -540.00 ×1"]);
    // Small, or paid before.
    facts[40].amount.minor = -1_999;
    assert!(of("new", &facts, day(120)).is_empty());
    facts[40].amount.minor = -54_000;
    facts.push(Fact { date: day(5), ..facts[40].clone() });
    assert!(of("new", &facts, day(120)).is_empty());
}
