//! A start that fails: told at once, looked into behind the page, and tried again.

use super::fake::{Fake, setup};
use super::press;
use crate::app::overlay::Overlay;
use crate::app::{App, Effect, Event, Opened, Screen, Setup};
use crate::domain::{Check, Checked, Extent, Judgement};
use crate::exit::Exit;

fn failing() -> App {
    let (mut app, _) = App::start(Setup { opened: false, ..setup() });
    assert_eq!(fail(&mut app), [Effect::Check(Extent::WithoutBank)]);
    app
}

fn fail(app: &mut App) -> Vec<Effect> {
    let sentence = "the server is away".to_owned();
    app.update(Event::OpenFailed { sentence, exit: Exit::DatabaseUnreachable })
}

fn checked(report: Option<Result<String, String>>) -> Event {
    let check = Check {
        name: "server",
        judgement: Judgement::Failed,
        what: "nobody answers".to_owned(),
        cause: Some("it is off".to_owned()),
        remedy: None,
    };
    Event::Checked(Checked { checks: vec![check], report })
}

#[test]
fn a_failed_start_is_looked_into_and_what_was_found_can_be_copied() {
    let fake = Fake::default();
    let mut app = failing();
    assert!(app.checks.running.is_some() && app.opening.warning);
    app.update(checked(None));
    let copied = press(&fake, &mut app, "y");
    let told = |text: &str| {
        ["the server is away", "! server", "nobody answers", "likely: it is off"]
            .iter()
            .all(|words| text.lines().filter(|line| line.contains(words)).count() == 1)
            && text.lines().count() == 3
    };
    assert!(matches!(&copied[..], [Effect::Copy(text)] if told(text)), "{copied:?}");
    assert_eq!(press(&fake, &mut app, "q"), [Effect::Quit]);
}

#[test]
fn another_try_starts_afresh_and_a_late_answer_changes_nothing() {
    let fake = Fake::default();
    let mut app = failing();
    assert_eq!(press(&fake, &mut app, "t"), [Effect::OpenDefault]);
    assert!(!app.opening.warning);
    assert_eq!(press(&fake, &mut app, "t d"), [], "it is being opened");
    app.update(checked(None));
    assert_eq!(app.checks.found, None);
    fail(&mut app);
    assert!(app.checks.running.is_some() && app.checks.found.is_none());
    press(&fake, &mut app, "t");
    app.update(Event::Opened(Opened::default()));
    assert_eq!(app.screen, Screen::Accounts);
}

#[test]
fn all_checks_are_run_for_a_report_and_where_that_is_is_told() {
    let fake = Fake::default();
    let mut app = failing();
    app.update(checked(None));
    assert_eq!(press(&fake, &mut app, "d"), [Effect::Check(Extent::Report)]);
    app.update(checked(Some(Ok("~/report.txt".to_owned()))));
    assert!(app.notice.as_ref().unwrap().text.contains("~/report.txt"));
    press(&fake, &mut app, "d");
    app.update(checked(Some(Err("the disk is full".to_owned()))));
    assert!(app.notice.as_ref().unwrap().warning);
}

#[test]
fn all_checks_asked_for_while_others_run_follow_them_once() {
    let fake = Fake::default();
    let mut app = failing();
    assert_eq!(press(&fake, &mut app, "d d"), [], "the first ones are not over");
    assert_eq!(app.update(checked(None)), [Effect::Check(Extent::Report)]);
    assert_eq!(press(&fake, &mut app, "d"), [], "they are being run");
    assert_eq!(app.update(checked(Some(Ok("~/report.txt".to_owned())))), []);
    fail(&mut app);
    press(&fake, &mut app, "d t");
    assert_eq!(app.update(checked(None)), [], "another try was asked for instead");
}

#[test]
fn the_list_of_problems_leads_to_the_checks() {
    let fake = Fake::new(&["a"], 9);
    let mut app = fake.start(setup());
    assert_eq!(press(&fake, &mut app, "! d"), [Effect::Check(Extent::Everything)]);
    assert_eq!(app.overlay, Some(Overlay::Checks { top: 0 }));
    app.update(checked(None));
    assert!(matches!(&press(&fake, &mut app, "j enter y")[..], [Effect::Copy(_)]));
    assert_eq!(app.overlay, Some(Overlay::Checks { top: 0 }), "there is but one");
    press(&fake, &mut app, "esc");
    assert_eq!((&app.overlay, app.screen), (&None, Screen::Accounts));
}
