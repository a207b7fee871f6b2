//! A bank linked from the screen: what is asked, what shows, and how it is left.

use super::*;
use crate::app::connecting::{At, Connecting, Told};
use crate::app::form::Form;
use crate::domain::linking::{
    Answers, Browser, Doubt, LinkedBank, Linking, Missing, Place, Question,
};
use crate::domain::{Enrollment, EnrollmentState, Institution};

fn connecting(app: &App) -> Option<&Connecting> {
    match &app.overlay {
        Some(Overlay::Connecting(connecting)) => Some(connecting),
        _ => None,
    }
}

fn form(app: &App) -> &Form {
    match &app.overlay {
        Some(Overlay::Form(form)) => form,
        other => panic!("{other:?}"),
    }
}

fn place() -> Place {
    let address = "http://127.0.0.1:4077/secret".to_owned();
    Place { address, port: 4077, browser: Browser::Opened }
}

fn bank() -> LinkedBank {
    LinkedBank {
        enrollment: "enr_new".into(),
        institution: "Harbor Credit Union".to_owned(),
        accounts: Vec::new(),
        known: false,
        open: 0,
        told: Vec::new(),
    }
}

fn tell(app: &mut App, attempt: u32, told: Told) -> Vec<Effect> {
    app.update(Event::Connect { attempt, told })
}

/// An attempt whose page is served.
fn started(fake: &Fake) -> App {
    let mut app = fake.start(setup());
    press(fake, &mut app, "B");
    tell(&mut app, 1, Told::Step(Linking::Waiting(place())));
    app
}

#[test]
fn a_key_begins_it_and_what_happens_is_followed() {
    let fake = Fake::new(&["a"], 1);
    let mut app = fake.start(Setup { can_sync: false, ..setup() });
    let effects = press(&fake, &mut app, "B");
    let [Effect::Connect(wish)] = &effects[..] else { panic!("{effects:?}") };
    assert_eq!((wish.attempt, &wish.repair, wish.answers.0.len()), (1, &None, 0));
    tell(&mut app, 1, Told::Step(Linking::Waiting(place())));
    tell(&mut app, 1, Told::Step(Linking::Opened));
    let shown = connecting(&app).unwrap();
    assert_eq!(shown.place.as_ref(), Some(&place()), "the address stays");
    assert_eq!(shown.at, At::Step(Linking::Opened));
    assert_eq!(press(&fake, &mut app, "y"), [Effect::Copy(place().address)]);
    let effects = tell(&mut app, 1, Told::Linked(Box::new(bank())));
    assert!(effects.iter().any(|it| matches!(it, Effect::LoadOverview { .. })), "{effects:?}");
    assert!(app.setup.can_sync);
    let effects = press(&fake, &mut app, "r");
    assert_eq!(effects, [Effect::StartSync { full: false, account: None }]);
    assert_eq!(app.overlay, None);
}

#[test]
fn leaving_ends_it_and_late_answers_change_nothing() {
    let fake = Fake::new(&["a"], 1);
    let mut app = started(&fake);
    assert_eq!(press(&fake, &mut app, "esc"), [Effect::StopConnect]);
    assert_eq!(app.overlay, None);
    tell(&mut app, 1, Told::Step(Linking::Ready));
    assert_eq!(app.overlay, None);
    press(&fake, &mut app, "B");
    tell(&mut app, 1, Told::Failed("the first one".to_owned()));
    assert_eq!(connecting(&app).unwrap().at, At::Beginning, "this is the second");
}

#[test]
fn a_doubt_is_answered_by_enter_and_esc_and_is_no_end() {
    let fake = Fake::new(&["a"], 1);
    for (key, yes) in [("enter", true), ("esc", false)] {
        let mut app = started(&fake);
        tell(&mut app, 1, Told::Doubt(Doubt::Unsigned("Harbor".to_owned())));
        assert_eq!(press(&fake, &mut app, "r"), [], "no sync meanwhile");
        assert_eq!(press(&fake, &mut app, key), [Effect::DecideConnect(yes)]);
        assert!(connecting(&app).unwrap().is_going());
    }
}

#[test]
fn what_failed_is_told_and_enter_tries_again() {
    let fake = Fake::new(&["a"], 1);
    let mut app = started(&fake);
    tell(&mut app, 1, Told::Failed("it has expired".to_owned()));
    let effects = press(&fake, &mut app, "enter");
    assert!(matches!(&effects[..], [Effect::Connect(wish)] if wish.attempt == 2), "{effects:?}");
    tell(&mut app, 2, Told::Failed("again".to_owned()));
    assert_eq!(press(&fake, &mut app, "esc"), [], "there is nothing to stop");
    assert_eq!(app.overlay, None);
}

#[test]
fn what_is_missing_is_asked_and_what_is_wrong_is_marked() {
    use Question as Q;
    let fake = Fake::new(&["a"], 1);
    let mut app = fake.start(setup());
    press(&fake, &mut app, "B");
    let questions = [(Q::ApplicationId, ""), (Q::Environment, "development"), (Q::Certificate, "")];
    let questions = questions.map(|(asked, known)| (asked, known.to_owned())).to_vec();
    tell(&mut app, 1, Told::Missing(Missing { questions: questions.clone(), wrong: None }));
    for letter in "app_1".chars() {
        app.update(Event::Key(KeyEvent::new(KeyCode::Char(letter), KeyModifiers::NONE)));
    }
    let effects = press(&fake, &mut app, "enter enter enter");
    let [Effect::Connect(wish)] = &effects[..] else { panic!("{effects:?}") };
    let answer = |question| wish.answers.get(question);
    assert_eq!(answer(Q::ApplicationId), Some("app_1"));
    assert_eq!(answer(Q::Environment), Some("development"));
    assert_eq!(answer(Q::Certificate), None);
    assert_ne!(wish.answers, Answers::default());

    let wrong = Some((Q::Certificate, "has expired".to_owned()));
    tell(&mut app, 2, Told::Missing(Missing { questions, wrong }));
    assert_eq!((form(&app).at, form(&app).wrong.as_deref()), (2, Some("has expired")));
    assert_eq!(press(&fake, &mut app, "esc"), []);
    assert_eq!(app.overlay, None);
}

#[test]
fn a_bank_that_wants_a_new_login_is_signed_in_to_with_enter() {
    let fake = Fake::new(&["a"], 1);
    let mut app = fake.start(setup());
    app.update(Event::Sync(SyncEvent::EnrollmentFailed(EnrollmentFailure {
        enrollment_id: Some(EnrollmentId::from("enr")),
        institution: Some("Bank".to_owned()),
        code: "enrollment.disconnected.user_action.mfa_required".to_owned(),
        message: "connect again".to_owned(),
    })));
    let effects = press(&fake, &mut app, "5 enter");
    let [Effect::Connect(wish)] = &effects[..] else { panic!("{effects:?}") };
    let repair = wish.repair.as_ref().unwrap();
    assert_eq!((repair.enrollment.as_str(), repair.institution.as_str()), ("enr", "Bank"));
    assert_eq!(connecting(&app).unwrap().title(), "Sign in to Bank again");
}

#[test]
fn what_an_earlier_run_found_is_mended_with_enter_too() {
    let fake = Fake::new(&["a"], 1);
    let mut app = fake.start(setup());
    let institution = Institution { id: "bank".to_owned(), name: "Bank".to_owned() };
    let one = Enrollment::healthy(EnrollmentId::from("enr"), institution);
    let mut overview = fake.overview();
    overview.enrollments = vec![Enrollment { state: EnrollmentState::Refused, ..one.clone() }];
    app.update(Event::OverviewLoaded(Box::new(overview.clone())));
    let effects = press(&fake, &mut app, "5 enter");
    assert!(matches!(&effects[..], [Effect::Connect(_)]), "{effects:?}");
    press(&fake, &mut app, "esc");
    overview.enrollments = vec![one];
    app.update(Event::OverviewLoaded(Box::new(overview)));
    assert_eq!(press(&fake, &mut app, "5 enter"), [], "a bank that is well needs no login");
}

#[test]
fn it_is_refused_where_nothing_may_be_called_or_written() {
    let fake = Fake::new(&["a"], 1);
    for setup in [Setup { offline: true, ..setup() }, Setup { read_only: true, ..setup() }] {
        let mut app = fake.start(setup);
        assert_eq!(press(&fake, &mut app, "B"), []);
        assert!(app.overlay.is_none() && app.notice.is_some());
    }
    let mut app = fake.start(setup());
    press(&fake, &mut app, "r");
    assert_eq!(press(&fake, &mut app, "B"), [], "a sync is running");
}

#[test]
fn the_first_run_opens_the_store_and_then_connects() {
    let fake = Fake::new(&[], 0);
    let first_run = Some(FirstRun::default());
    let (mut app, _) = App::start(Setup { first_run, opened: false, ..setup() });
    assert_eq!(app.update(key("2")), [Effect::OpenDefault]);
    let effects = app.update(Event::Opened(Opened::default()));
    assert!(effects.iter().any(|it| matches!(it, Effect::Connect(_))), "{effects:?}");
    fake.answer(&mut app, effects);
    assert!(connecting(&app).is_some());

    let with_token = FirstRun { token: true, ..FirstRun::default() };
    let setup = Setup { first_run: Some(with_token), opened: false, ..setup() };
    let (mut app, _) = App::start(setup);
    app.update(key("2"));
    app.update(Event::Opened(Opened::default()));
    assert!(connecting(&app).is_none(), "there is a token already");
}
