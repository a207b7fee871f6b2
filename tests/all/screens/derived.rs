//! Pictures of what passbook finds out by itself: insights, what recurs, and why.

use chrono::{Months, NaiveDate};
use passbook::app::App;
use passbook::domain::insight::{CashFlow, Fact, Flows, Patterns, Spending, SpendingLine};
use passbook::domain::{CategoryTree, Currency, Money, MonthTotals, TransactionKey};

use super::sample::{Sample, household, usd};
use super::{app, check};

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// So many rows a month apart, the last on `last`; `amounts` from the oldest on, the last repeated.
fn monthly(account: &str, merchant: &str, last: &str, amounts: &[&str]) -> Vec<Fact> {
    let count = 8_usize;
    let row = |back: usize| {
        let amount = amounts[(count - 1 - back).min(amounts.len() - 1)];
        Fact {
            key: TransactionKey {
                account_id: account.into(),
                id: format!("txn_{merchant}_{back}").as_str().into(),
            },
            date: day(last) - Months::new(u32::try_from(back).unwrap()),
            amount: usd(amount),
            merchant: merchant.to_owned(),
            text: String::new(),
            kind: "ach".to_owned(),
            category: None,
            pending: false,
            twin: None,
        }
    };
    (0..count).map(row).collect()
}

fn once(account: &str, merchant: &str, date: &str, amount: &str, kind: &str) -> Fact {
    let mut one = monthly(account, merchant, date, &[amount]).remove(0);
    one.key.id = format!("txn_{merchant}_{date}").as_str().into();
    kind.clone_into(&mut one.kind);
    merchant.clone_into(&mut one.text);
    one
}

fn patterns(sample: &Sample) -> Patterns {
    let ids: Vec<&str> =
        sample.overview.accounts.iter().map(|line| line.account.id.as_str()).collect();
    let (checking, card) = (ids[0], ids[2]);
    let mut facts = monthly(checking, "Acme Corp payroll", "2026-11-15", &["2610.00"]);
    facts.extend(monthly(checking, "Harbor CU mortgage", "2026-11-07", &["-1482.00"]));
    facts.extend(monthly(checking, "Kestrel Gym", "2026-11-05", &["-39.00"]));
    let power =
        ["-96.10", "-84.20", "-99.00", "-138.05", "-146.30", "-112.00", "-89.15", "-118.03"];
    facts.extend(monthly(checking, "City Water & Power", "2026-11-19", &power));
    let netflix = ["-15.49", "-15.49", "-15.49", "-15.49", "-15.49", "-15.49", "-15.49", "-17.99"];
    facts.extend(monthly(card, "Netflix", "2026-11-18", &netflix));
    facts.push(once(checking, "Paper & Ink", "2026-11-09", "-12.00", "card_payment"));
    facts.push(once(checking, "Paper & Ink", "2026-11-10", "-12.00", "card_payment"));
    facts.push(once(card, "LATE FEE", "2026-10-28", "-29.00", "fee"));
    facts.push(once(card, "Harborview Inn", "2026-11-14", "-1540.00", "card_payment"));
    Patterns::find(&facts, &std::collections::BTreeSet::new(), day("2026-11-22"))
}

fn flows() -> Flows {
    let months = [
        ("2026-06-01", 524_000, -461_020),
        ("2026-07-01", 524_000, -590_275),
        ("2026-08-01", 536_000, -448_810),
        ("2026-09-01", 536_000, -470_266),
        ("2026-10-01", 561_000, -498_031),
        ("2026-11-01", 613_112, -492_657),
    ];
    let sums = |(month, money_in, money_out)| (day(month), MonthTotals { money_in, money_out });
    let line = |&(name, spent, average): &(&str, i64, i64)| SpendingLine {
        name: name.to_owned(),
        spent,
        average,
        opens: false,
    };
    let lines = [
        ("loan", 148_200, 148_200),
        ("shopping", 84_620, 61_000),
        ("groceries", 61_243, 58_010),
        ("accommodation", 54_000, 0),
        ("insurance", 40_250, 40_250),
        ("dining", 28_410, 31_880),
        ("utilities", 25_803, 25_900),
        ("fuel", 17_635, 17_600),
        ("health", 14_318, 9_000),
        ("phone", 7_000, 7_000),
        ("entertainment", 6_178, 4_629),
        ("", 5_000, 7_400),
    ];
    Flows {
        flows: vec![CashFlow { currency: Currency::USD, months: months.map(sums).into() }],
        spending: vec![Spending {
            currency: Currency::USD,
            lines: lines.iter().map(line).collect(),
            quiet: vec![line(&("bar", 0, 4_200))],
        }],
        tree: CategoryTree::default(),
    }
}

fn known() -> Sample {
    let sample = household();
    Sample { patterns: patterns(&sample), flows: flows(), ..sample }
}

fn foreign() -> Sample {
    let mut sample = known();
    let francs = Currency::parse("CHF").unwrap();
    let last = sample.overview.accounts.last_mut().unwrap();
    last.account.currency = francs;
    for snapshot in last.snapshots.iter_mut().chain(&mut last.latest) {
        for money in snapshot.balance.ledger.iter_mut().chain(&mut snapshot.balance.available) {
            *money = Money::new(money.minor, francs);
        }
    }
    sample
}

#[test]
fn insights() {
    check("insights", |size| app(&known(), size, "3"));
}

#[test]
fn insights_of_nothing() {
    check("insights_empty", |size| app(&Sample::default(), size, "3"));
}

#[test]
fn insights_masked() {
    check("insights_masked", |size| app(&known(), size, "3 tab p"));
}

#[test]
fn insights_in_two_currencies() {
    check("insights_currencies", |size| app(&foreign(), size, "3 $"));
}

#[test]
fn why_something_is_worth_a_look() {
    check("insights_why", |size| app(&known(), size, "3 tab tab e"));
}

#[test]
fn what_recurs() {
    check("recurring", |size| app(&known(), size, "4 j j"));
}

#[test]
fn what_recurs_masked() {
    check("recurring_masked", |size| app(&known(), size, "4 p"));
}

#[test]
fn nothing_recurs() {
    check("recurring_empty", |size| app(&Sample::default(), size, "4"));
}

#[test]
fn what_is_due_soon_stands_below_the_accounts() {
    check("due_soon", |size| app(&known(), size, ""));
}

/// Where the letters of a screen say something.
fn says(app: &App, text: &str) -> bool {
    super::picture(app).contains(text)
}

#[test]
fn a_month_drills_into_its_rows_and_esc_comes_back() {
    let sample = known();
    let mut app = app(&sample, (120, 36), "3 enter");
    assert!(says(&app, "[2 Transactions]"));
    super::press(&sample, &mut app, "esc");
    assert!(says(&app, "[3 Insights]"));
}

#[test]
fn a_line_of_the_spending_drills_into_rows_of_its_own() {
    let sample = known();
    let mut app = app(&sample, (120, 36), "3 tab enter");
    assert!(says(&app, "▸ money") && says(&app, "▌ loan"), "the head opens first");
    let name = app.insights.spending_lines()[0].name.clone();
    super::press(&sample, &mut app, "enter");
    let rows = app.list().unwrap().rows();
    assert!(rows.iter().all(|row| row.shown.category.as_ref() == Some(&name)), "{name}");
    assert!(rows.iter().all(|row| !row.shown.transfer && !row.shown.left_out));
    super::press(&sample, &mut app, "esc");
    assert!(says(&app, "[3 Insights]") && says(&app, "▸ money"), "back in the head");
    super::press(&sample, &mut app, "esc");
    assert!(says(&app, "[3 Insights]") && !says(&app, "▸ money"));
}

#[test]
fn a_head_of_the_spending_opens_to_what_is_below_it() {
    check("insights_opened", |size| app(&known(), size, "3 tab j enter"));
}

#[test]
fn a_dismissed_finding_leaves_at_once() {
    let sample = known();
    let mut app = app(&sample, (120, 36), "3");
    assert!(says(&app, "went from 15.49 to 17.99"));
    super::press(&sample, &mut app, "tab tab x");
    assert!(!says(&app, "went from 15.49 to 17.99"));
}
