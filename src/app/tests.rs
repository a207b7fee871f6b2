//! Scripts: keys and answers in, state and effects out.

mod by_hand;
mod categories;
mod checks;
mod choosing;
mod columns;
mod doubling;
mod editing;
mod enrollments;
mod exporting;
mod fake;
mod feel;
mod finding;
mod keeping;
mod late;
mod linking;
mod ruling;
mod scrolling;
mod sorting;

use crossterm::event::{KeyCode, KeyEvent, KeyEventKind, KeyModifiers};

use super::accounts::Pane;
use super::action::{ACTIONS, Action, Context};
use super::deed::How;
use super::overlay::Overlay;
use super::problems::problems;
use super::*;
use crate::domain::{
    AccountResult, EnrollmentFailure, EnrollmentId, Outcome, SyncEvent, SyncReport, SyncRun, Unfit,
};
use fake::{Fake, now, setup};

fn key(word: &str) -> Event {
    let (word, modifiers) = match (word.strip_prefix("ctrl-"), word.strip_prefix("alt-")) {
        (Some(rest), _) => (rest, KeyModifiers::CONTROL),
        (None, Some(rest)) => (rest, KeyModifiers::ALT),
        (None, None) => (word, KeyModifiers::NONE),
    };
    let code = match word {
        "enter" => KeyCode::Enter,
        "esc" => KeyCode::Esc,
        "tab" => KeyCode::Tab,
        "down" => KeyCode::Down,
        "end" => KeyCode::End,
        "up" => KeyCode::Up,
        "space" => KeyCode::Char(' '),
        "home" => KeyCode::Home,
        "backspace" => KeyCode::Backspace,
        letter => KeyCode::Char(letter.chars().next().unwrap()),
    };
    Event::Key(KeyEvent::new(code, modifiers))
}

/// Presses keys, answers the reads, and returns what is left to do.
fn press(fake: &Fake, app: &mut App, keys: &str) -> Vec<Effect> {
    let mut others = Vec::new();
    for word in keys.split_whitespace() {
        let effects = app.update(key(word));
        others.extend(fake.answer(app, effects));
    }
    others
}

fn selected(app: &App) -> String {
    let row = app.list().and_then(|list| list.selected());
    row.map(|row| row.transaction.description.clone()).unwrap_or_default()
}

#[test]
fn opening_asks_for_the_accounts_and_then_for_the_rows_of_the_first() {
    let fake = Fake::new(&["a", "b", "c"], 5);
    let (mut app, effects) = App::start(setup());
    assert_eq!(effects, [Effect::LoadOverview { today: app.today(), days: 90 }]);
    let effects = app.update(Event::OverviewLoaded(Box::new(fake.overview())));
    let asked: Vec<_> = effects
        .iter()
        .map(|effect| match effect {
            Effect::LoadTransactions(query) => query.account.as_ref().unwrap().as_str(),
            Effect::LoadPatterns { .. } => "patterns",
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(asked, ["a", "b", "patterns"], "the selected account, the next one down, the rest");
}

#[test]
fn a_late_answer_changes_nothing() {
    let fake = Fake::new(&["a"], 500);
    let mut app = fake.start(setup());
    press(&fake, &mut app, "l j");
    let rows = app.list().unwrap().rows().len();
    let query = crate::domain::TransactionQuery::newest(Some("a".into()), 7);
    let window = Fake::new(&["a"], 1).window(&query);
    assert_eq!(app.update(Event::TransactionsLoaded { query: query.clone(), window }), []);
    assert_eq!((app.list().unwrap().rows().len(), selected(&app)), (rows, "row 1".to_owned()));
    app.update(Event::CountLoaded { query, count: 9 });
    assert_eq!(app.list().unwrap().count(), Some(500));
}

#[test]
fn a_detail_for_a_row_left_behind_is_dropped() {
    let fake = Fake::new(&["a"], 9);
    let mut app = fake.start(setup());
    press(&fake, &mut app, "l");
    let first = app.update(key("enter"));
    let second = app.update(key("j"));
    fake.answer(&mut app, second);
    fake.answer(&mut app, first);
    let detail = app.detail.as_ref().unwrap();
    assert_eq!(detail.loaded.as_ref().unwrap().stored.transaction.description, "row 1");
}

#[test]
fn a_match_is_undone_only_where_there_is_one() {
    let fake = Fake::new(&["a"], 9);
    let mut app = fake.start(setup());
    press(&fake, &mut app, "l enter");
    assert_eq!(app.update(key("u")), [Effect::Undo], "what an earlier session did");
    app.update(Event::Edited { how: How::Undone, edited: None });
    assert!(app.notice.as_ref().unwrap().text.starts_with("Nothing to undo"));

    let detail = app.detail.clone().unwrap();
    let mut loaded = detail.loaded.clone().unwrap();
    loaded.predecessor = Some("txn_old".into());
    app.update(Event::DetailLoaded { key: detail.key(), detail: Some(loaded) });
    assert_eq!(app.update(key("u")), [Effect::PartPair(detail.key())]);
    let effects = app.update(Event::PairParted { gone: detail.key() });
    assert!(app.notice.as_ref().unwrap().text.starts_with("Match undone"));
    assert!(effects.contains(&Effect::LoadDetail(detail.key())));

    app.setup.read_only = true;
    assert_eq!(app.update(key("u")), []);
}

#[test]
fn an_answer_for_a_list_that_is_no_longer_kept_is_dropped() {
    let fake = Fake::new(&["a", "b", "c", "d", "e"], 9);
    let (mut app, effects) = App::start(setup());
    let first = effects.iter().filter_map(|effect| fake.reply(effect)).collect::<Vec<_>>();
    let asked: Vec<_> = first.into_iter().flat_map(|event| app.update(event)).collect();
    press(&fake, &mut app, "G");
    for effect in &asked {
        assert_eq!(app.update(fake.reply(effect).unwrap()), []);
    }
    assert_eq!(app.list().unwrap().account().unwrap().as_str(), "e");
}

#[test]
fn esc_undoes_one_step_at_a_time() {
    let fake = Fake::new(&["a"], 9);
    let mut app = fake.start(setup());
    press(&fake, &mut app, "2 enter i ?");
    let contexts = std::iter::from_fn(|| {
        app.update(key("esc"));
        Some(app.context())
    });
    let expected = [
        Context::Raw,
        Context::Detail,
        Context::Transactions,
        Context::Accounts,
        Context::Accounts,
    ];
    assert_eq!(contexts.take(5).collect::<Vec<_>>(), expected);
}

#[test]
fn q_closes_what_is_open_and_then_quits() {
    let fake = Fake::new(&["a"], 9);
    let mut app = fake.start(setup());
    assert_eq!(press(&fake, &mut app, "l enter ? "), []);
    assert_eq!(press(&fake, &mut app, "esc q"), []);
    assert_eq!(app.context(), Context::Accounts);
    assert_eq!(press(&fake, &mut app, "q"), [Effect::Quit]);
    assert_eq!(press(&fake, &mut app, "? ctrl-c"), [Effect::Quit]);
}

#[test]
fn a_prefix_waits_for_its_second_key_and_shows_what_may_follow() {
    let fake = Fake::new(&["a"], 9);
    let mut app = fake.start(setup());
    press(&fake, &mut app, "l j j g");
    assert_eq!(selected(&app), "row 2");
    assert_eq!(app.following(), None);
    assert_eq!(app.animating(), Some(Duration::from_millis(300)));
    app.update(Event::Tick(now()));
    let following = app.following().unwrap();
    assert_eq!(following[0], ("g".to_owned(), Action::First));
    let keys: Vec<&str> = following.iter().map(|(keys, _)| &**keys).collect();
    assert_eq!(keys, ["g", "a", "c", "m", "t", "n"]);
    press(&fake, &mut app, "g");
    assert_eq!((selected(&app), app.following()), ("row 0".to_owned(), None));
    press(&fake, &mut app, "j g esc");
    assert_eq!((selected(&app), app.context()), ("row 1".to_owned(), Context::Accounts));
    assert_eq!(app.accounts.pane, Pane::Transactions, "esc dropped the prefix only");
}

#[test]
fn a_released_key_does_nothing() {
    let fake = Fake::new(&["a"], 9);
    let mut app = fake.start(setup());
    let mut released = KeyEvent::new(KeyCode::Char('q'), KeyModifiers::NONE);
    released.kind = KeyEventKind::Release;
    assert_eq!(app.update(Event::Key(released)), []);
}

#[test]
fn the_help_finds_an_action_and_runs_it() {
    let fake = Fake::new(&["a"], 9);
    let mut app = fake.start(setup());
    press(&fake, &mut app, "? h i d e space o r");
    let Some(Overlay::Help(help)) = &app.overlay else { panic!("no help") };
    assert_eq!(help.matches(&app.setup.keymap, app.context_below()).len(), 1);
    press(&fake, &mut app, "enter");
    assert!(app.hidden && app.overlay.is_none());
    press(&fake, &mut app, "? z z z enter");
    assert!(app.overlay.is_some(), "nothing found, nothing run");
    press(&fake, &mut app, "backspace backspace backspace esc");
    assert!(app.overlay.is_none());
}

#[test]
fn every_action_of_the_help_can_be_run() {
    let fake = Fake::new(&["a"], 9);
    for (index, entry) in ACTIONS.iter().enumerate() {
        let mut app = fake.start(setup());
        press(&fake, &mut app, "l ?");
        for _ in 0..index {
            app.update(key("down"));
        }
        let effects = app.update(key("enter"));
        fake.answer(&mut app, effects);
        let help = matches!(entry.action, Action::Help | Action::Palette);
        assert_eq!(matches!(app.overlay, Some(Overlay::Help(_))), help, "{}", entry.name);
    }
}

#[test]
fn copying_says_what_and_asks_for_the_record_where_it_must() {
    let fake = Fake::new(&["a"], 9);
    let mut app = fake.start(setup());
    let copied = |app: &mut App, keys: &str| press(&fake, app, keys);
    assert_eq!(copied(&mut app, "y a"), [Effect::Copy("50.00".to_owned())]);
    assert_eq!(copied(&mut app, "l y a"), [Effect::Copy("-1.00".to_owned())]);
    assert_eq!(copied(&mut app, "y i"), [Effect::Copy("txn_000000".to_owned())]);
    let row = "2026-11-22\trow 0\t-1.00 USD\ta".to_owned();
    assert_eq!(copied(&mut app, "y y"), [Effect::Copy(row)]);
    let record = "{\"id\":\"txn_000000\"}".to_owned();
    assert_eq!(copied(&mut app, "y j"), [Effect::Copy(record.clone())]);
    assert_eq!(copied(&mut app, "enter y j"), [Effect::Copy(record)]);
    assert_eq!(app.notice.as_ref().unwrap().text, "Copied the record.");
}

#[test]
fn a_sync_starts_once_and_only_where_it_may() {
    let fake = Fake::new(&["a"], 9);
    let start = Effect::StartSync { full: false, account: None };
    let mut app = fake.start(setup());
    assert_eq!(press(&fake, &mut app, "r r"), std::slice::from_ref(&start));
    assert_eq!(press(&fake, &mut app, "ctrl-x"), [Effect::StopSync]);
    for refuse in [
        Setup { offline: true, ..setup() },
        Setup { read_only: true, ..setup() },
        Setup { can_sync: false, ..setup() },
    ] {
        let mut app = fake.start(refuse);
        assert_eq!(press(&fake, &mut app, "r R"), []);
        assert!(app.notice.is_some());
    }
    let (mut app, effects) = App::start(Setup { sync_on_start: true, ..setup() });
    assert_eq!(fake.answer(&mut app, effects), [start], "after the first screen is there");
}

#[test]
fn a_sync_that_ends_early_shows_the_last_runs_again() {
    let fake = Fake::new(&["a"], 9);
    let mut app = fake.start(setup());
    press(&fake, &mut app, "r");
    assert_eq!(app.sync.started_at, None, "the store says when");
    let effects = app.update(Event::SyncFailed("the database is locked".to_owned()));
    assert!(effects.iter().any(|effect| matches!(effect, Effect::LoadRuns { .. })), "{effects:?}");
    assert!(!app.sync.running);
}

#[test]
fn one_failure_is_one_problem() {
    let fake = Fake::new(&["a"], 9);
    let mut app = fake.start(setup());
    let SyncEvent::Finished(mut report) = report(Outcome::Offline) else { unreachable!() };
    report.run.results.clear();
    report.run.reason = Some("the bank cannot be reached".to_owned());
    report.failures.push(EnrollmentFailure {
        enrollment_id: None,
        institution: None,
        code: "offline".to_owned(),
        message: "the bank cannot be reached".to_owned(),
    });
    app.update(Event::Sync(SyncEvent::Finished(report)));
    let told: Vec<String> = problems(&app).into_iter().map(|problem| problem.what).collect();
    assert_eq!(told, ["the bank cannot be reached"]);
}

#[test]
fn an_account_that_is_another_one_now_is_no_problem_any_more() {
    let told = |known: &'static str| {
        let mut app = Fake::new(&[known], 9).start(setup());
        app.update(Event::Sync(report(Outcome::Failed)));
        problems(&app).into_iter().filter(|problem| problem.subject == "a").count()
    };
    assert_eq!((told("a"), told("b")), (1, 0), "the last run told of a");
}

fn report(outcome: Outcome) -> SyncEvent {
    let result = AccountResult {
        enrollment_id: EnrollmentId::from("enr"),
        account_id: "a".into(),
        name: "a".to_owned(),
        institution: "Bank".to_owned(),
        outcome: outcome.clone(),
        new: 1,
        settled: 0,
        changed: 0,
        gone: 0,
        paired: 0,
        quarantined: 0,
        pages: 1,
        reached: None,
        reason: None,
        code: None,
        ledger: None,
    };
    let run = SyncRun {
        id: "run".to_owned(),
        started_at: now(),
        finished_at: Some(now()),
        trigger: "key".to_owned(),
        full: false,
        outcome,
        reason: None,
        results: vec![result],
    };
    SyncEvent::Finished(SyncReport { run, failures: Vec::new() })
}

#[test]
fn a_reload_after_a_sync_keeps_the_selected_row() {
    let mut fake = Fake::new(&["a"], 900);
    let mut app = fake.start(setup());
    press(&fake, &mut app, "l j j j r");
    let mut fresh = fake::row("a", 0);
    fresh.transaction.id = "txn_new".into();
    fresh.sequence += 1;
    fake.rows.push(fresh);
    let effects = app.update(Event::Sync(report(Outcome::Ok)));
    fake.answer(&mut app, effects);
    assert_eq!(selected(&app), "row 3");
    assert_eq!((app.list().unwrap().place(), app.list().unwrap().count()), (Some(5), Some(901)));
    assert!(!app.sync.running);
    assert_eq!(app.notice.as_ref().unwrap().text, "Synced: 1 new, 0 settled.");
}

#[test]
fn a_row_that_is_gone_leaves_its_place_to_the_next() {
    let mut fake = Fake::new(&["a"], 900);
    let mut app = fake.start(setup());
    press(&fake, &mut app, "l j j j r");
    fake.rows.retain(|row| row.transaction.description != "row 3");
    let effects = app.update(Event::Sync(report(Outcome::Partial)));
    fake.answer(&mut app, effects);
    assert_eq!(selected(&app), "row 4");
    assert!(app.notice.as_ref().unwrap().warning);
}

#[test]
fn reads_that_fail_are_told_and_asked_again() {
    let fake = Fake::new(&["a"], 9);
    let (mut app, effects) = App::start(setup());
    let failed = |what: Load| Event::LoadFailed { what, message: "locked".to_owned() };
    assert_eq!(effects.len(), 1);
    app.update(failed(Load::Overview));
    assert_eq!(app.notice.as_ref().unwrap().text, "Accounts: locked");
    assert_eq!(app.failed_reads.len(), 1);
    press(&fake, &mut app, "ctrl-l");
    assert!(app.accounts.loaded && app.failed_reads.is_empty());

    let effects = app.update(key("2"));
    let Effect::LoadTransactions(query) = &effects[0] else { panic!("{effects:?}") };
    app.update(failed(Load::Transactions(query.clone())));
    press(&fake, &mut app, "j");
    assert_eq!(app.list().unwrap().rows().len(), 9, "the next key asks again");
}

#[test]
fn two_overviews_are_never_asked_for_at_once() {
    let fake = Fake::new(&["a"], 9);
    let mut app = fake.start(setup());
    let overviews = |effects: &[Effect]| {
        effects.iter().filter(|effect| matches!(effect, Effect::LoadOverview { .. })).count()
    };
    let first = app.update(Event::Sync(report(Outcome::Ok)));
    let second = app.update(Event::Sync(report(Outcome::Ok)));
    assert_eq!((overviews(&first), overviews(&second)), (1, 0));
    let after = app.update(Event::OverviewLoaded(Box::new(fake.overview())));
    assert_eq!(overviews(&after), 1, "the first answer was stale before it came");
}

#[test]
fn nothing_ticks_where_nothing_moves() {
    let (mut app, _) = App::start(setup());
    assert_eq!(app.animating(), None);
    let fake = Fake::new(&["a"], 9);
    app = fake.start(setup());
    assert_eq!(app.animating(), Some(Duration::from_mins(1)));
    press(&fake, &mut app, "r");
    assert_eq!(app.animating(), Some(Duration::from_secs(1)));
}

#[test]
fn a_new_day_asks_for_new_days() {
    let fake = Fake::new(&["a"], 9);
    let mut app = fake.start(setup());
    assert_eq!(app.update(Event::Tick(now())), []);
    let effects = app.update(Event::Tick(now() + chrono::TimeDelta::days(1)));
    assert_eq!(effects, [Effect::LoadOverview { today: app.today(), days: 90 }]);
}

#[test]
fn a_first_run_opens_what_is_chosen_and_nothing_before() {
    let first_run = |postgres| Setup {
        first_run: Some(FirstRun { postgres, ..FirstRun::default() }),
        opened: false,
        ..setup()
    };
    let fake = Fake::default();
    for (keys, postgres, effects) in [
        ("enter", false, vec![Effect::OpenDemo]),
        ("j enter", false, vec![Effect::OpenDefault]),
        ("j j enter", false, vec![]),
        ("j j enter", true, vec![Effect::OpenDefault]),
        ("1", false, vec![Effect::OpenDemo]),
        ("2", false, vec![Effect::OpenDefault]),
        ("3", true, vec![Effect::OpenDefault]),
        ("r 3 5 p i", false, vec![]),
    ] {
        let (mut app, start) = App::start(first_run(postgres));
        assert_eq!(start, []);
        assert_eq!(press(&fake, &mut app, keys), effects, "{keys}");
    }
}

#[test]
fn an_opened_store_shows_its_accounts() {
    let (mut app, effects) = App::start(Setup { opened: false, ..setup() });
    assert_eq!((app.screen, effects), (Screen::Opening, vec![]));
    app.update(Event::Opening("waiting".to_owned()));
    let effects = app.update(Event::Opened(Opened::default()));
    assert_eq!(app.screen, Screen::Accounts);
    assert_eq!(effects.len(), 1);
}

#[test]
fn a_replica_is_told_of_once_when_it_goes_and_once_when_it_is_back() {
    let (mut app, _) = App::start(setup());
    let used = Replica::Used { behind: Duration::ZERO };
    let late = |seconds| Replica::Unused(Unfit::TooFarBehind(Duration::from_secs(seconds)));
    let mut told = |replica| {
        app.notice = None;
        app.update(Event::Replica(replica));
        app.notice.take().map(|notice| notice.text)
    };
    assert_eq!(told(used.clone()), None, "as it should be");
    let text = told(late(31)).unwrap();
    assert_eq!(text, "The read replica is 31 s behind: reading from the primary.");
    assert_eq!(told(late(32)), None, "only later");
    assert!(told(Replica::Unused(Unfit::OtherDatabase)).unwrap().contains("another database"));
    assert_eq!(told(used).unwrap(), "The read replica is well again: reading from it.");
}

fn notice(app: &App) -> &str {
    app.notice.as_ref().map_or("", |notice| &notice.text)
}
