//! Accounts that are named, moved, hidden, and kept by hand.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::fake::{Fake, setup};
use super::press;
use crate::app::deed::How;
use crate::app::overlay::Overlay;
use crate::app::totals::totals;
use crate::app::{App, Effect, Event, Setup};
use crate::domain::{
    AccountField, Edit, Edited, Hand, HandAccount, HandAccountId, HandKind, HandValue, Target,
};

fn house() -> Hand {
    let value = |day: &str, minor| HandValue { day: day.parse().unwrap(), minor };
    Hand {
        id: "house".into(),
        account: HandAccount {
            name: "House".to_owned(),
            kind: HandKind::House,
            currency: "USD".to_owned(),
            position: 0,
            closed: false,
        },
        values: vec![value("2026-01-01", 40_000_000), value("2026-09-01", 41_200_000)],
    }
}

fn with_house() -> (Fake, App) {
    let fake = Fake { hands: vec![house()], ..Fake::new(&["a", "b"], 3) };
    let app = fake.start(setup());
    (fake, app)
}

fn edit_of(effects: Vec<Effect>) -> Edit {
    match effects.into_iter().next() {
        Some(Effect::Edit(edit)) => edit,
        other => panic!("{other:?}"),
    }
}

fn wrong(app: &App) -> Option<&str> {
    match &app.overlay {
        Some(Overlay::Form(form)) => form.wrong.as_deref(),
        _ => None,
    }
}

/// Types into the line that has the cursor.
fn fill(app: &mut App, text: &str) {
    for letter in text.chars() {
        let key = KeyEvent::new(KeyCode::Char(letter), KeyModifiers::NONE);
        assert_eq!(app.update(Event::Key(key)), []);
    }
}

#[test]
fn an_account_by_hand_is_added_line_by_line() {
    let fake = Fake::default();
    let mut app = fake.start(setup());
    press(&fake, &mut app, "A");
    assert_eq!(press(&fake, &mut app, "enter enter enter"), []);
    fill(&mut app, "18,500.5");
    press(&fake, &mut app, "enter");
    assert_eq!(press(&fake, &mut app, "enter"), []);
    assert_eq!(wrong(&app), Some("it needs a name"), "and the cursor is there");
    fill(&mut app, "quiet q car");
    press(&fake, &mut app, "enter");
    fill(&mut app, "l");
    let edit = edit_of(press(&fake, &mut app, "enter enter enter enter"));
    assert!(app.overlay.is_none());
    let id = || HandAccountId::from("quiet-q-car");
    let [(account, Some(json)), (value, Some(minor))] = &edit.sets[..] else { panic!("{edit:?}") };
    assert_eq!(*account, Target::HandAccount { id: id() });
    assert!(json.contains("\"loan\"") && json.contains("USD"), "{json}");
    assert_eq!(*value, Target::HandValue { id: id(), day: app.today() });
    assert_eq!(minor, "-1850050", "a loan is owed, however it is typed");
}

#[test]
fn what_cannot_be_read_is_said_where_it_stands() {
    let (fake, mut app) = with_house();
    press(&fake, &mut app, "j j +");
    fill(&mut app, "412,00");
    press(&fake, &mut app, "enter enter");
    assert_eq!(wrong(&app), Some("412,00: not a plain decimal number"));
    press(&fake, &mut app, "backspace backspace backspace backspace");
    fill(&mut app, "00");
    let edit = edit_of(press(&fake, &mut app, "enter enter"));
    assert_eq!(edit.sets[0].1.as_deref(), Some("410000"), "what was typed is kept");
}

#[test]
fn its_values_stand_where_a_banks_rows_do_and_can_be_changed() {
    let (fake, mut app) = with_house();
    press(&fake, &mut app, "j j enter");
    assert!(app.list().is_none());
    assert_eq!(app.accounts.value().map(|(place, it)| (place, it.minor)), Some((0, 41_200_000)));
    press(&fake, &mut app, "down down");
    assert_eq!(app.accounts.value().map(|(place, _)| place), Some(1));
    press(&fake, &mut app, "enter end");
    press(&fake, &mut app, "backspace");
    fill(&mut app, "5");
    let edit = edit_of(press(&fake, &mut app, "enter enter"));
    let day = "2026-01-01".parse().unwrap();
    let target = Target::HandValue { id: "house".into(), day };
    assert_eq!(edit.sets, [(target.clone(), Some("40000005".to_owned()))]);

    press(&fake, &mut app, "D");
    assert_eq!(press(&fake, &mut app, "enter"), [], "it stays unless that is chosen");
    press(&fake, &mut app, "D r");
    assert_eq!(edit_of(press(&fake, &mut app, "enter")).sets, [(target, None)]);
    press(&fake, &mut app, "esc D r");
    assert_eq!(edit_of(press(&fake, &mut app, "enter")).sets.len(), 3, "the account, all of it");
}

#[test]
fn a_banks_account_is_renamed_moved_and_hidden_but_never_removed() {
    let (fake, mut app) = with_house();
    press(&fake, &mut app, "m");
    fill(&mut app, "x");
    let id = || "a".into();
    let edit = edit_of(press(&fake, &mut app, "enter"));
    let name = Target::Account { id: id(), field: AccountField::Name };
    assert_eq!(edit.sets, [(name, Some("ax".to_owned()))]);
    let edit = edit_of(press(&fake, &mut app, "alt-j"));
    let place = Target::Account { id: id(), field: AccountField::Position };
    assert!(edit.sets.contains(&(place, Some("1".to_owned()))), "{edit:?}");
    assert_eq!(press(&fake, &mut app, "alt-k"), [], "it is the first");
    let edit = edit_of(press(&fake, &mut app, "x"));
    let hidden = Target::Account { id: id(), field: AccountField::Hidden };
    assert_eq!(edit.sets, [(hidden, Some("on".to_owned()))]);
    assert_eq!(press(&fake, &mut app, "D +"), []);
    assert!(app.overlay.is_none() && app.notice.is_some());
    press(&fake, &mut app, "enter");
    assert_eq!(press(&fake, &mut app, "alt-j"), [], "rows have the keys");
    let row = |target: &Target| matches!(target, Target::Row { .. });
    assert!(edit_of(press(&fake, &mut app, "x")).sets.iter().all(|(target, _)| row(target)));
}

#[test]
fn hidden_accounts_come_back_with_a_key_and_count_nowhere() {
    let fake = Fake { hidden: vec!["a"], ..Fake::new(&["a", "b"], 3) };
    let mut app = fake.start(setup());
    let shown =
        |app: &App| app.accounts.lines.iter().map(|line| line.id().to_string()).collect::<Vec<_>>();
    assert_eq!(shown(&app), ["b"]);
    assert!(app.accounts.find(&"a".into()).is_some(), "rows still know their account");
    let total = |app: &App| totals(&app.accounts.lines, app.today())[0].assets.minor;
    assert_eq!(total(&app), 5_000);
    press(&fake, &mut app, "H");
    assert_eq!(shown(&app), ["a", "b"]);
    assert_eq!(total(&app), 5_000);
    press(&fake, &mut app, "H");
    assert_eq!(shown(&app), ["b"]);
}

#[test]
fn what_was_changed_is_told_and_read_again() {
    let (_, mut app) = with_house();
    let edited = Edited { sentence: "b hidden".to_owned(), changed: 1, kept: 0 };
    let effects = app.update(Event::Edited { how: How::Made, edited: Some(edited) });
    assert!(effects.iter().any(|effect| matches!(effect, Effect::LoadOverview { .. })));
    assert_eq!(app.notice.unwrap().text, "Done: b hidden. u undoes it.");
}

#[test]
fn read_only_opens_no_form_and_writes_nothing() {
    let fake = Fake { hands: vec![house()], ..Fake::new(&["a"], 1) };
    let mut app = fake.start(Setup { read_only: true, ..setup() });
    for keys in ["A", "m", "x", "alt-j", "j", "+", "D"] {
        assert_eq!(press(&fake, &mut app, keys), [], "{keys}");
        assert!(app.overlay.is_none(), "{keys}");
    }
}

#[test]
fn net_worth_counts_what_is_kept_by_hand_and_says_what_banks_hold() {
    let (_, app) = with_house();
    let total = totals(&app.accounts.lines, app.today())[0];
    assert_eq!(total.net().minor, 41_210_000);
    assert_eq!(total.banks.map(|banks| banks.minor), Some(10_000));
    assert_eq!(total.accounts, 3);
}
