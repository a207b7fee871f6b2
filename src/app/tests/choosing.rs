//! A file that was found on the first run: told, then copied or viewed, and left again.

use std::path::PathBuf;

use super::fake::{Fake, setup};
use super::press;
use crate::app::takeover::Way;
use crate::app::{App, Effect, Event, FirstRun, Found, FoundPlace, Opened, Screen, Setup};
use crate::domain::Survey;

fn place() -> FoundPlace {
    FoundPlace::File(PathBuf::from("/home/ann/devin_teller.db"))
}

fn first_run() -> App {
    let file = Found { place: place(), shown: "~/devin_teller.db".to_owned() };
    let first_run = FirstRun { found: vec![file], ..FirstRun::default() };
    App::start(Setup { first_run: Some(first_run), opened: false, ..setup() }).0
}

fn told() -> App {
    let mut app = first_run();
    press(&Fake::default(), &mut app, "2");
    app.update(Event::Surveyed { place: place(), survey: Ok(Box::default()) });
    app
}

fn taken(way: Way) -> Vec<Effect> {
    vec![Effect::TakeOver { place: place(), way, by_hand: false }]
}

#[test]
fn a_file_that_was_found_is_read_before_anything_else() {
    let fake = Fake::default();
    for keys in ["2", "j enter"] {
        let mut app = first_run();
        assert_eq!(press(&fake, &mut app, keys), [Effect::Survey(place())], "{keys}");
        assert_eq!(app.screen, Screen::Takeover);
        assert_eq!(press(&fake, &mut app, "c u v enter d y"), [], "nothing is known of it yet");
    }
    let mut app = first_run();
    assert_eq!(press(&fake, &mut app, "3"), [Effect::OpenDefault], "the others come after it");
}

#[test]
fn each_way_has_a_key_and_enter_takes_the_selected_one() {
    let fake = Fake::default();
    for (keys, way) in [
        ("c", Way::Copy),
        ("u", Way::InPlace),
        ("v", Way::View),
        ("enter", Way::Copy),
        ("j enter", Way::InPlace),
        ("j j j enter", Way::View),
    ] {
        let mut app = told();
        assert_eq!(press(&fake, &mut app, keys), taken(way), "{keys}");
        assert_eq!(press(&fake, &mut app, "c u v enter esc"), [], "it is being done");
        assert_eq!(app.screen, Screen::Takeover);
        assert_eq!(press(&fake, &mut app, "q"), [Effect::Quit]);
    }
}

#[test]
fn an_error_keeps_the_user_there_and_another_try_is_free() {
    let fake = Fake::default();
    let mut app = told();
    press(&fake, &mut app, "c");
    app.update(Event::TakeOverFailed("the disk is full".to_owned()));
    let takeover = app.takeover.as_ref().unwrap();
    assert_eq!((takeover.failure.as_deref(), takeover.taking), (Some("the disk is full"), None));
    assert_eq!(press(&fake, &mut app, "v"), taken(Way::View));
    assert_eq!(app.takeover.as_ref().unwrap().failure, None);
}

#[test]
fn a_file_that_cannot_be_read_can_only_be_left() {
    let fake = Fake::default();
    let mut app = first_run();
    press(&fake, &mut app, "2");
    app.update(Event::Surveyed { place: place(), survey: Err("it is another program's".into()) });
    assert_eq!(press(&fake, &mut app, "c enter d"), []);
    press(&fake, &mut app, "esc");
    assert_eq!((app.screen, app.takeover), (Screen::FirstRun, None));
}

#[test]
fn a_late_answer_about_a_file_that_was_left_changes_nothing() {
    let mut app = first_run();
    press(&Fake::default(), &mut app, "2 esc");
    app.update(Event::Surveyed { place: place(), survey: Ok(Box::default()) });
    assert_eq!((app.screen, app.takeover), (Screen::FirstRun, None));
}

#[test]
fn the_report_scrolls_is_copied_and_closes_first() {
    let fake = Fake::default();
    let mut app = first_run();
    press(&fake, &mut app, "2");
    let differing = (0..90).map(|number| format!("txn_{number}")).collect();
    let survey = Survey { differing, ..Survey::default() };
    app.update(Event::Surveyed { place: place(), survey: Ok(Box::new(survey)) });
    press(&fake, &mut app, "d j j j k");
    assert_eq!(app.takeover.as_ref().unwrap().report, Some(2));
    press(&fake, &mut app, "G");
    let top = app.takeover.as_ref().unwrap().report.unwrap();
    assert!((60..100).contains(&top), "{top}");
    let copied = press(&fake, &mut app, "y");
    assert!(matches!(&copied[..], [Effect::Copy(text)] if text.contains("txn_89")), "{copied:?}");
    assert_eq!(press(&fake, &mut app, "enter"), [], "no way is chosen unseen");
    press(&fake, &mut app, "esc");
    assert_eq!(app.takeover.as_ref().unwrap().report, None);
    assert_eq!(app.screen, Screen::Takeover);
}

#[test]
fn what_was_taken_over_is_told_on_the_accounts() {
    let mut app = told();
    press(&Fake::default(), &mut app, "c");
    let notice = Some("Taken over".to_owned());
    app.update(Event::Opened(Opened { notice, ..Opened::default() }));
    assert_eq!((app.screen, &app.takeover), (Screen::Accounts, &None));
    assert_eq!(app.notice.unwrap().text, "Taken over");
}

#[test]
fn tables_beside_passbooks_own_are_offered_and_best_used_where_they_are() {
    let fake = Fake::default();
    let (mut app, _) = App::start(Setup { opened: false, ..setup() });
    let found = Found { place: FoundPlace::Own, shown: "postgres://db/teller".to_owned() };
    let first_run = FirstRun { found: vec![found], postgres: true, ..FirstRun::default() };
    app.update(Event::Offered(Box::new(first_run)));
    assert_eq!(app.screen, Screen::FirstRun);
    assert_eq!(press(&fake, &mut app, "2"), [Effect::Survey(FoundPlace::Own)]);
    app.update(Event::Surveyed { place: FoundPlace::Own, survey: Ok(Box::default()) });
    let way = Way::InPlace;
    let place = FoundPlace::Own;
    assert_eq!(press(&fake, &mut app, "enter"), [Effect::TakeOver { place, way, by_hand: false }]);
    app.update(Event::TakeOverFailed("the server is away".to_owned()));
    assert_eq!(press(&fake, &mut app, "esc 4"), [Effect::OpenDefault], "without any of it");
}
