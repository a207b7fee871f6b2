//! Scripts of searches: what is typed, what is asked, what stays on the screen meanwhile.

use super::*;
use crate::app::find::Part;
use crate::domain::{Search, TransactionQuery};

/// Types letters, answering what they ask for.
fn type_in(fake: &Fake, app: &mut App, text: &str) {
    for letter in text.chars() {
        let effects =
            app.update(Event::Key(KeyEvent::new(KeyCode::Char(letter), KeyModifiers::NONE)));
        fake.answer(app, effects);
    }
}

fn alt(digit: char) -> Event {
    Event::Key(KeyEvent::new(KeyCode::Char(digit), KeyModifiers::ALT))
}

fn shown(app: &App) -> usize {
    app.list().map_or(0, |list| list.rows().len())
}

#[test]
fn a_search_filters_while_it_is_typed_from_wherever_one_is() {
    let fake = Fake::new(&["a", "b"], 30);
    for before in ["", "l enter", "l i", "5", "2"] {
        let mut app = fake.start(setup());
        press(&fake, &mut app, before);
        press(&fake, &mut app, "/");
        assert_eq!((app.screen, app.context()), (Screen::Transactions, Context::Find), "{before}");
        type_in(&fake, &mut app, "row 17");
        assert_eq!(shown(&app), 2, "one of each account");
        assert_eq!(app.find.summary().unwrap().rows(), 2);
    }
}

#[test]
fn every_printable_key_goes_into_the_line() {
    let fake = Fake::new(&["a"], 3);
    let mut app = fake.start(setup());
    press(&fake, &mut app, "/");
    let printable: String = (' '..='~').collect();
    type_in(&fake, &mut app, &printable);
    assert_eq!(app.find.field.text(), printable);
    assert_eq!(app.context(), Context::Find);
}

#[test]
fn the_rows_stay_until_the_new_ones_are_there_and_late_ones_change_nothing() {
    let fake = Fake::new(&["a"], 30);
    let mut app = fake.start(setup());
    press(&fake, &mut app, "/");
    let mut asked = Vec::new();
    for letter in "row 17".chars() {
        let key = KeyEvent::new(KeyCode::Char(letter), KeyModifiers::NONE);
        asked.push(app.update(Event::Key(key)));
        assert_eq!(shown(&app), 30, "never a blank screen");
    }
    let last = asked.pop().unwrap();
    for effects in asked {
        fake.answer(&mut app, effects);
        assert_eq!(shown(&app), 30);
    }
    fake.answer(&mut app, last);
    assert_eq!((shown(&app), selected(&app)), (1, "row 17".to_owned()));
}

#[test]
fn enter_keeps_the_filter_backspace_drops_its_last_word_and_esc_all_of_it() {
    let fake = Fake::new(&["a", "b"], 30);
    let mut app = fake.start(setup());
    press(&fake, &mut app, "/");
    type_in(&fake, &mut app, "row acct:b 17");
    let effects = press(&fake, &mut app, "enter");
    assert_eq!(effects, [Effect::KeepSearch(Search::made("row acct:b 17"))]);
    assert_eq!((app.context(), shown(&app)), (Context::Transactions, 1));
    press(&fake, &mut app, "backspace");
    assert_eq!((app.find.field.text(), shown(&app)), ("row acct:b", 30));
    press(&fake, &mut app, "esc");
    assert_eq!((app.find.field.text(), shown(&app), app.screen), ("", 60, Screen::Transactions));
    press(&fake, &mut app, "esc");
    assert_eq!(app.screen, Screen::Accounts);
}

#[test]
fn down_goes_into_the_results_and_up_brings_older_searches() {
    let fake = Fake::new(&["a"], 30);
    let mut app = fake.start(setup());
    for word in ["17", "18"] {
        press(&fake, &mut app, "/");
        type_in(&fake, &mut app, word);
        press(&fake, &mut app, "down");
        assert_eq!(app.find.part, Part::Rows);
        press(&fake, &mut app, "esc");
    }
    press(&fake, &mut app, "/");
    type_in(&fake, &mut app, "ro");
    let mut seen = Vec::new();
    for key in ["up", "up", "up", "down", "down"] {
        press(&fake, &mut app, key);
        seen.push(app.find.field.text().to_owned());
    }
    assert_eq!(seen, ["18", "17", "17", "18", "ro"]);
}

#[test]
fn the_narrowing_list_adds_its_word() {
    let fake = Fake::new(&["a", "b"], 30);
    let mut app = fake.start(setup());
    press(&fake, &mut app, "/");
    type_in(&fake, &mut app, "row");
    press(&fake, &mut app, "tab");
    let offered: Vec<_> =
        app.find.narrowings().iter().map(|it| (it.term.to_string(), it.sum.rows)).collect();
    assert_eq!(offered[..2], [("acct:a".to_owned(), 30), ("acct:b".to_owned(), 30)]);
    press(&fake, &mut app, "down enter");
    assert_eq!((app.find.field.text(), shown(&app)), ("row acct:b", 30));
    press(&fake, &mut app, "esc");
    assert_eq!((app.find.part, app.find.field.text()), (Part::Rows, "row acct:b"));
}

#[test]
fn a_search_is_kept_under_a_key_and_brought_back() {
    let mut fake = Fake::new(&["a"], 30);
    let mut app = fake.start(setup());
    press(&fake, &mut app, "/");
    type_in(&fake, &mut app, "17");
    press(&fake, &mut app, "ctrl-s");
    type_in(&fake, &mut app, "my q");
    let effects = press(&fake, &mut app, "enter");
    let kept = Search { query: "17".to_owned(), name: Some("my q".to_owned()), slot: Some(1) };
    assert_eq!(effects, [Effect::KeepSearch(kept.clone())]);
    fake.searches = vec![kept];
    let mut app = fake.start(setup());
    let effects = app.update(alt('1'));
    fake.answer(&mut app, effects);
    assert_eq!((app.screen, app.find.field.text(), shown(&app)), (Screen::Transactions, "17", 1));
    app.update(alt('2'));
    assert!(app.notice.as_ref().unwrap().text.contains("No search is kept under 2"));
}

#[test]
fn a_wrong_word_is_left_out_and_said() {
    let fake = Fake::new(&["a"], 30);
    let mut app = fake.start(setup());
    press(&fake, &mut app, "/");
    type_in(&fake, &mut app, "17 acct:nobody amt:x");
    assert_eq!(shown(&app), 1);
    let marked: Vec<_> = app.find.mistakes().iter().map(|it| it.span.clone()).collect();
    assert_eq!(marked, [3..14, 15..20]);
}

#[test]
fn a_filter_is_built_step_by_step() {
    let fake = Fake::new(&["a", "b"], 30);
    let mut app = fake.start(setup());
    press(&fake, &mut app, "f");
    assert_eq!(app.context(), Context::Builder);
    press(&fake, &mut app, "enter down");
    let effects = press(&fake, &mut app, "enter");
    assert_eq!(effects, [Effect::KeepSearch(Search::made("acct:b"))]);
    assert_eq!((app.screen, app.find.field.text()), (Screen::Transactions, "acct:b"));
    assert_eq!(shown(&app), 30);
    press(&fake, &mut app, "f");
    type_in(&fake, &mut app, "amount");
    press(&fake, &mut app, "enter");
    type_in(&fake, &mut app, ">1.25");
    press(&fake, &mut app, "enter");
    assert_eq!((app.find.field.text(), shown(&app)), ("acct:b amt:>1.25", 4));
    press(&fake, &mut app, "f enter esc esc");
    assert_eq!(app.overlay, None);
}

#[test]
fn a_name_is_asked_for_where_the_keys_are_and_they_go_back_there() {
    let fake = Fake::new(&["a"], 30);
    let mut app = fake.start(setup());
    press(&fake, &mut app, "/");
    type_in(&fake, &mut app, "17");
    press(&fake, &mut app, "enter ctrl-s");
    assert_eq!(app.context(), Context::Find);
    press(&fake, &mut app, "esc");
    assert_eq!((app.context(), app.find.field.text()), (Context::Transactions, "17"));
}

#[test]
fn no_id_stands_where_the_names_of_accounts_are_still_to_come() {
    let fake = Fake::new(&["acc_1", "acc_2"], 30);
    let mut app = fake.start(setup());
    let effects = app.update(key("/"));
    let (names, others): (Vec<_>, Vec<_>) =
        effects.into_iter().partition(|effect| *effect == Effect::LoadNames);
    fake.answer(&mut app, others);
    type_in(&fake, &mut app, "row");
    let of_accounts = |app: &App| {
        let all = app.find.narrowings().into_iter();
        all.filter(|it| it.heading == "By account").map(|it| it.label).collect::<Vec<_>>()
    };
    assert!(app.find.summary().is_some(), "it is known what would be left");
    assert_eq!(of_accounts(&app), [] as [&str; 0]);
    let names_of = |name: &str| {
        let mut names = fake.names();
        names.accounts[0].name = name.to_owned();
        names
    };
    assert!(!names.is_empty());
    app.update(Event::NamesLoaded(names_of("Joint")));
    assert_eq!(of_accounts(&app), ["Joint", "acc_2"]);
}

/// Whether the sums of all rows are asked for.
fn asks_sums(effects: &[Effect]) -> bool {
    effects.iter().any(|effect| matches!(effect, Effect::LoadSummary(_)))
}

#[test]
fn an_empty_line_tells_what_all_rows_come_to_as_they_are_now() {
    let fake = Fake::new(&["a"], 30);
    let mut app = fake.start(setup());
    press(&fake, &mut app, "2");
    let effects = app.update(key("/"));
    assert!(asks_sums(&effects));
    fake.answer(&mut app, effects);
    assert_eq!(app.find.summary().unwrap().rows(), 30);
    press(&fake, &mut app, "esc");
    assert!(!asks_sums(&app.update(key("/"))), "they are known");
    press(&fake, &mut app, "esc");
    let effects = app.refresh_find(false);
    let all = Effect::CountTransactions(TransactionQuery::newest(None, 0));
    assert!(effects.contains(&all), "how many there are in all changes with a sync");
    assert!(app.find.summary().is_none());
    assert!(asks_sums(&app.update(key("/"))));
}

#[test]
fn sums_of_an_older_search_do_not_stand_beside_one_that_failed() {
    let fake = Fake::new(&["a"], 30);
    let mut app = fake.start(setup());
    press(&fake, &mut app, "/");
    type_in(&fake, &mut app, "row 1");
    assert!(app.find.is_summed());
    let effects = app.update(Event::Key(KeyEvent::new(KeyCode::Char('7'), KeyModifiers::NONE)));
    let Some(Effect::LoadTransactions(query)) = effects.first() else { panic!("{effects:?}") };
    let what = Load::Transactions(query.clone());
    app.update(Event::LoadFailed { what, message: "the database cannot be reached".to_owned() });
    assert!(app.find.summary().is_none());
}

#[test]
fn a_backspace_too_many_leaves_the_keys_in_the_line() {
    let fake = Fake::new(&["a"], 3);
    let mut app = fake.start(setup());
    press(&fake, &mut app, "/");
    app.update(key("backspace"));
    type_in(&fake, &mut app, "coffee");
    assert_eq!((app.context(), app.find.field.text()), (Context::Find, "coffee"));
}
