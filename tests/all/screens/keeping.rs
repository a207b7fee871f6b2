//! Pictures of accounts that are kept by hand, hidden, or called by other names.

use passbook::app::{App, Setup};
use passbook::domain::{AccountOverview, Hand, HandAccount, HandKind, HandValue};

use super::sample::{Sample, household, setup};
use super::{app, app_with, check, press};

fn hand(name: &str, kind: HandKind, position: i64, values: &[(&str, i64)]) -> AccountOverview {
    let value = |(day, minor): &(&str, i64)| HandValue { day: day.parse().unwrap(), minor: *minor };
    let hand = Hand {
        id: name.to_lowercase().as_str().into(),
        account: HandAccount {
            name: name.to_owned(),
            kind,
            currency: "USD".to_owned(),
            position,
            closed: false,
        },
        values: values.iter().map(value).collect(),
    };
    AccountOverview::by_hand(hand, false)
}

/// The household with its house, which was valued long ago, and what it owes for it.
fn with_house() -> Sample {
    let mut sample = household();
    let house =
        [("2025-03-01", 39_000_000), ("2026-05-15", 40_500_000), ("2026-09-01", 41_200_000)];
    let mortgage = [
        ("2026-08-01", -28_840_210),
        ("2026-09-01", -28_775_644),
        ("2026-10-01", -28_710_817),
        ("2026-11-01", -28_645_017),
        ("2027-01-01", -28_512_000),
    ];
    sample.overview.accounts.push(hand("House", HandKind::House, 0, &house));
    sample.overview.accounts.push(hand("Mortgage", HandKind::Loan, 1, &mortgage));
    sample
}

/// One account out of sight, and one by a name of one's own.
fn with_words() -> Sample {
    let mut sample = household();
    sample.overview.accounts[3].hidden = true;
    let renamed = &mut sample.overview.accounts[1];
    renamed.bank_name = Some(std::mem::replace(&mut renamed.account.name, "Für später".to_owned()));
    sample
}

fn typed(sample: &Sample, app: &mut App, text: &str) {
    let keys: Vec<String> = text
        .chars()
        .map(|letter| if letter == ' ' { "space".to_owned() } else { letter.to_string() })
        .collect();
    press(sample, app, &keys.join(" "));
}

#[test]
fn accounts_with_those_kept_by_hand() {
    check("by_hand", |size| app(&with_house(), size, "j"));
    check("by_hand_masked", |size| app(&with_house(), size, "G p"));
}

#[test]
fn the_values_of_an_account_kept_by_hand() {
    check("by_hand_values", |size| app(&with_house(), size, "G l j"));
    check("by_hand_ascii", |(width, height)| {
        let ascii = Setup { ascii: true, ..setup(width, height) };
        app_with(&with_house(), ascii, "G l")
    });
}

#[test]
fn a_form_to_fill_in() {
    check("by_hand_adding", |size| {
        let sample = Sample::default();
        let mut app = app_with(&sample, Setup { can_sync: false, ..setup(size.0, size.1) }, "A");
        typed(&sample, &mut app, "Boat");
        press(&sample, &mut app, "enter");
        app
    });
    check("by_hand_wrong", |size| {
        let sample = with_house();
        let mut app = app(&sample, size, "G +");
        typed(&sample, &mut app, "1.234,50");
        press(&sample, &mut app, "enter enter");
        app
    });
    check("by_hand_removing", |size| app(&with_house(), size, "G D r"));
    check("renaming", |size| app(&with_words(), size, "j m"));
}

#[test]
fn accounts_out_of_sight_and_shown_again() {
    check("hidden", |size| app(&with_words(), size, ""));
    check("hidden_shown", |size| app(&with_words(), size, "H j j j"));
    check("hidden_all", |size| {
        let mut sample = household();
        sample.overview.accounts.iter_mut().for_each(|account| account.hidden = true);
        app(&sample, size, "")
    });
}
