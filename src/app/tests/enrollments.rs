//! What is done to an enrollment on the sync screen.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::fake::{Fake, setup};
use super::key;
use crate::app::event::EnrollmentDeed;
use crate::app::overlay::Overlay;
use crate::app::{App, Effect, Event, Screen, Setup};
use crate::domain::{Enrollment, EnrollmentId, EnrollmentState, Institution, Standing, Target};

fn enrollment() -> Enrollment {
    let institution = Institution { id: "harbor".to_owned(), name: "Harbor".to_owned() };
    let mut one = Enrollment::healthy(EnrollmentId::from("enr_a"), institution);
    one.key_digest = Some("1a2b".to_owned());
    one
}

/// On the line of the one bank that is connected, and not synced yet.
fn on_sync(setup: Setup) -> App {
    on_sync_of(&enrollment(), setup)
}

fn on_sync_of(one: &Enrollment, setup: Setup) -> App {
    let mut app = Fake::new(&["a"], 3).start(setup);
    let mut overview = app.accounts.overview.clone();
    overview.enrollments = vec![one.clone()];
    app.update(Event::OverviewLoaded(Box::new(overview)));
    press(&mut app, "5");
    app.update(Event::RunsLoaded(Vec::new()));
    assert_eq!(app.enrollment_here(), Some(one));
    app
}

/// Nothing that it asks for is answered.
fn press(app: &mut App, name: &str) -> Vec<Effect> {
    app.update(key(name))
}

fn fill(app: &mut App, text: &str) {
    for letter in text.chars() {
        app.update(Event::Key(KeyEvent::new(KeyCode::Char(letter), KeyModifiers::NONE)));
    }
}

fn enter(app: &mut App) -> Vec<Effect> {
    press(app, "enter")
}

fn end() -> EnrollmentDeed {
    EnrollmentDeed::End(EnrollmentId::from("enr_a"))
}

#[test]
fn it_ends_only_under_its_own_name() {
    let mut app = on_sync(setup());
    press(&mut app, "D");
    fill(&mut app, "e");
    assert_eq!(enter(&mut app), [], "on to the name");
    fill(&mut app, "Harb");
    assert_eq!(enter(&mut app), []);
    let Some(Overlay::Form(form)) = &app.overlay else { panic!("the form stays") };
    assert!(form.wrong.as_deref().is_some_and(|why| why.contains("Harbor")), "{:?}", form.wrong);
    fill(&mut app, "OR");
    assert_eq!(enter(&mut app), [Effect::Enrollment(end())], "capitals do not matter");
    let told = Ok("Teller's access is ended".to_owned());
    app.update(Event::EnrollmentChanged { deed: end(), told });
    assert_eq!(app.sync.lines().count(), 0);
    assert!(app.notice.as_ref().unwrap().text.contains("ended"));
}

#[test]
fn keeping_it_is_what_enter_means_first() {
    let mut app = on_sync(setup());
    press(&mut app, "D");
    enter(&mut app);
    assert_eq!(enter(&mut app), []);
    assert!(app.overlay.is_none());
}

#[test]
fn its_last_repair_is_undone_from_there() {
    let mut app = on_sync_of(&Enrollment { repaired: true, ..enrollment() }, setup());
    press(&mut app, "D");
    fill(&mut app, "u");
    enter(&mut app);
    let undo = EnrollmentDeed::UndoRepair(EnrollmentId::from("enr_a"));
    assert_eq!(enter(&mut app), [Effect::Enrollment(undo)]);
}

#[test]
fn without_a_repair_none_is_offered_to_undo() {
    let mut app = on_sync(setup());
    press(&mut app, "D");
    fill(&mut app, "u");
    let Some(Overlay::Form(form)) = &app.overlay else { panic!("a form") };
    assert_eq!(form.choice(0), Some("keep it"), "no option begins with that letter");
    // The end is where it always was: a name that is typed ends it.
    fill(&mut app, "e");
    enter(&mut app);
    fill(&mut app, "Harbor");
    assert_eq!(enter(&mut app), [Effect::Enrollment(end())]);
}

#[test]
fn a_repair_made_while_the_form_is_open_does_not_change_what_was_chosen() {
    let mut app = on_sync(setup());
    press(&mut app, "D");
    fill(&mut app, "e");
    enter(&mut app);
    fill(&mut app, "Harbor");
    let mut overview = app.accounts.overview.clone();
    overview.enrollments[0].repaired = true;
    app.update(Event::OverviewLoaded(Box::new(overview)));
    assert_eq!(enter(&mut app), [Effect::Enrollment(end())]);
}

/// What enter asks for there: the bank that is signed in to again.
fn repaired(effects: &[Effect]) -> Option<&str> {
    match effects {
        [Effect::Connect(wish)] => Some(wish.repair.as_ref()?.enrollment.as_str()),
        _ => None,
    }
}

#[test]
fn enter_on_a_banks_problem_signs_in_to_it_as_on_the_sync_screen() {
    let ill = Enrollment { state: EnrollmentState::Disconnected, ..enrollment() };
    let mut app = on_sync_of(&ill, setup());
    assert_eq!(repaired(&enter(&mut app)), Some("enr_a"), "on the sync screen");
    let mut app = on_sync_of(&ill, setup());
    press(&mut app, "1");
    press(&mut app, "!");
    assert_eq!(repaired(&enter(&mut app)), Some("enr_a"));
    assert!(matches!(&app.overlay, Some(Overlay::Connecting(it)) if it.repair.is_some()));

    // One whose key is elsewhere, and a problem that no login mends.
    let mut app = on_sync(setup());
    let locked = vec![(EnrollmentId::from("enr_a"), "set PASSBOOK_KEY".to_owned())];
    let until = Some(app.now());
    app.update(Event::Standing(Standing { locked, certificate_until: until }));
    let places = crate::app::problems::problems(&app);
    let place = |text: &str| places.iter().position(|it| it.what.contains(text)).unwrap();
    for (place, wanted) in [(place("not synced here"), Some("enr_a")), (place("expires on"), None)]
    {
        app.overlay = Some(Overlay::Problems { selected: place });
        assert_eq!(repaired(&enter(&mut app)), wanted);
        assert_eq!(app.overlay.is_none(), wanted.is_none());
    }
    assert_eq!(app.screen, Screen::Sync);
}

#[test]
fn offline_the_problem_is_told_and_no_bank_called() {
    let ill = Enrollment { state: EnrollmentState::Refused, ..enrollment() };
    let mut app = on_sync_of(&ill, Setup { offline: true, ..setup() });
    press(&mut app, "!");
    assert_eq!(enter(&mut app), []);
    assert!(app.notice.as_ref().unwrap().text.contains("Offline"));
}

#[test]
fn a_name_is_an_edit_that_can_be_undone() {
    let mut app = on_sync(setup());
    press(&mut app, "m");
    fill(&mut app, " two");
    let effects = enter(&mut app);
    let [Effect::Edit(edit)] = effects.as_slice() else { panic!("{effects:?}") };
    let target = Target::Enrollment { id: EnrollmentId::from("enr_a") };
    assert_eq!(edit.sets, [(target, Some("Harbor two".to_owned()))]);
}

#[test]
fn what_must_not_be_written_or_asked_is_refused() {
    let mut app = on_sync(Setup { read_only: true, ..setup() });
    press(&mut app, "D");
    assert!(app.overlay.is_none() && app.notice.is_some());
    let mut app = on_sync(Setup { offline: true, ..setup() });
    press(&mut app, "D");
    fill(&mut app, "e");
    enter(&mut app);
    fill(&mut app, "Harbor");
    assert_eq!(enter(&mut app), []);
    assert!(app.notice.as_ref().unwrap().text.contains("Offline"));
}

#[test]
fn a_failure_changes_nothing_and_is_told() {
    let mut app = on_sync(setup());
    let told = Err("api.teller.io cannot be reached: nothing was changed".to_owned());
    assert_eq!(app.update(Event::EnrollmentChanged { deed: end(), told }), []);
    assert_eq!(app.sync.lines().count(), 1);
    assert!(app.notice.as_ref().unwrap().warning);
}

#[test]
fn a_key_that_is_missing_is_a_problem_of_that_bank() {
    let mut app = on_sync(setup());
    assert!(app.troubled().is_none());
    let locked = vec![(EnrollmentId::from("enr_a"), "set PASSBOOK_KEY".to_owned())];
    app.update(Event::Standing(Standing { locked, certificate_until: None }));
    assert!(app.troubled().is_some());
    let problems = crate::app::problems::problems(&app);
    assert!(problems.iter().any(|it| it.subject == "Harbor" && it.advice.contains("PASSBOOK_KEY")));
}

#[test]
fn a_bank_that_was_ended_is_neither_fresh_nor_a_problem() {
    let ended = |removed_at| {
        let one = Enrollment { removed_at, ..enrollment() };
        let mut app = Fake::new(&["a"], 3).start(setup());
        let mut overview = app.accounts.overview.clone();
        let institution = overview.accounts[0].account.institution.clone();
        overview.enrollments = vec![Enrollment { institution: institution.clone(), ..one }];
        overview.accounts[0].synced_at = Some(app.now() - chrono::TimeDelta::days(9));
        app.update(Event::OverviewLoaded(Box::new(overview)));
        let old = crate::app::problems::problems(&app);
        let old = old.iter().filter(|it| it.what.contains("not been synced")).count();
        (app.accounts.freshness(&institution.id).ended, old)
    };
    assert_eq!(ended(None), (false, 1));
    assert_eq!(ended(Some(chrono::DateTime::UNIX_EPOCH)), (true, 0));
}
