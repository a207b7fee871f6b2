//! Pictures of a search: while it is typed, kept, narrowed down, mistaken and in vain.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use passbook::app::{App, Event, Setup};
use passbook::domain::Search;

use super::sample::{Sample, household, setup};
use super::{check, press};

const SEARCH: &str = "rowan amt:>50 since:2026-10 -cat:dining";

fn with_searches() -> Sample {
    let kept = |slot: i64, name: &str, query: &str| Search {
        query: query.to_owned(),
        name: Some(name.to_owned()),
        slot: Some(slot),
    };
    let searches = vec![
        kept(2, "over 500", "amt:>500"),
        kept(1, "groceries", "cat:groceries"),
        kept(3, "subscriptions", "netflix"),
    ];
    Sample { searches, ..household() }
}

fn typed(setup: Setup, text: &str, then: &str) -> App {
    let sample = with_searches();
    let mut app = sample.start(setup);
    press(&sample, &mut app, "/");
    for letter in text.chars() {
        let key = KeyEvent::new(KeyCode::Char(letter), KeyModifiers::NONE);
        sample.send(&mut app, Event::Key(key));
    }
    press(&sample, &mut app, then);
    app
}

#[test]
fn a_search_while_it_is_typed() {
    check("finding", |size| typed(setup(size.0, size.1), SEARCH, ""));
    check("finding_ascii", |size| {
        typed(Setup { ascii: true, ..setup(size.0, size.1) }, SEARCH, "enter down")
    });
    check("finding_masked", |size| typed(setup(size.0, size.1), SEARCH, "enter p"));
}

#[test]
fn a_search_about_to_be_typed() {
    check("finding_begun", |size| typed(setup(size.0, size.1), "", ""));
}

#[test]
fn a_search_narrowed_down() {
    check("finding_narrowed", |size| typed(setup(size.0, size.1), "rowan", "tab down down"));
}

#[test]
fn a_search_with_a_wrong_word_and_one_in_vain() {
    check("finding_mistaken", |size| typed(setup(size.0, size.1), "rowan amt:fifty x:y", ""));
    check("finding_nothing", |size| typed(setup(size.0, size.1), "rowan until:2026-08", ""));
}

#[test]
fn a_search_about_to_be_kept() {
    let sample = with_searches();
    check("finding_naming", |size| {
        let mut app = typed(setup(size.0, size.1), SEARCH, "");
        let key = KeyEvent::new(KeyCode::Char('s'), KeyModifiers::CONTROL);
        sample.send(&mut app, Event::Key(key));
        press(&sample, &mut app, "m y");
        app
    });
}

#[test]
fn a_filter_in_the_making() {
    let sample = with_searches();
    check("finding_built", |size| {
        let mut app = typed(setup(size.0, size.1), "rowan", "enter");
        press(&sample, &mut app, "f enter");
        app
    });
}
