//! The lock, the mouse and the settings.

use std::time::Duration;

use chrono::TimeDelta;

use super::fake::{Fake, now, setup};
use super::{key, press, selected};
use crate::app::accounts::Pane;
use crate::app::action::Context;
use crate::app::feel::Feel;
use crate::app::mouse::{Mouse, Target};
use crate::app::settings::{Decided, Name, Setting};
use crate::app::{App, Effect, Event, Opened, Screen, Setup};
use crate::secret::Secret;

fn setting(name: Name, value: &str, decided: Decided) -> Setting {
    Setting { name, value: value.to_owned(), decided, origin: "--theme".to_owned() }
}

fn with(feel: Feel) -> Setup {
    Setup { feel, ..setup() }
}

/// As a database with a passphrase opens.
fn locked(fake: &Fake, feel: Feel) -> App {
    let mut app = fake.start(Setup { opened: false, ..with(feel) });
    let opened = Opened { passphrase: true, can_sync: true, ..Opened::default() };
    let effects = app.update(Event::Opened(opened));
    fake.answer(&mut app, effects);
    app
}

fn unlock(app: &mut App) {
    app.update(Event::PassphraseChecked(Ok(true)));
}

fn later(app: &mut App, seconds: i64) {
    let now = app.now() + TimeDelta::seconds(seconds);
    app.update(Event::Tick(now));
}

#[test]
fn a_database_with_a_passphrase_opens_locked_and_no_key_reaches_it() {
    let fake = Fake::new(&["a", "b"], 9);
    let mut app = locked(&fake, Feel::default());
    assert_eq!(app.context(), Context::Locked);
    assert!(app.accounts.loaded, "it is read all the same");
    for word in "q ? : 5 2 p j l y y r ! , L 1".split(' ') {
        assert_eq!(press(&fake, &mut app, word), [], "{word}");
    }
    app.update(Event::Mouse(Mouse::Press {
        target: Some(Target::Tab(Screen::Sync)),
        double: true,
    }));
    assert!(app.screen == Screen::Accounts && app.overlay.is_none() && !app.hidden);
    let effects = press(&fake, &mut app, "esc s e c enter");
    assert_eq!(effects, [Effect::CheckPassphrase(Secret::new("sec"))]);
    assert_eq!(press(&fake, &mut app, "x enter"), [], "one at a time");
    unlock(&mut app);
    assert_eq!(app.context(), Context::Accounts);
    assert_eq!(press(&fake, &mut app, "ctrl-c"), [Effect::Quit]);
}

#[test]
fn leaving_is_always_possible() {
    let fake = Fake::new(&["a"], 9);
    let mut app = locked(&fake, Feel::default());
    assert_eq!(press(&fake, &mut app, "ctrl-z"), [Effect::Suspend]);
    assert_eq!(press(&fake, &mut app, "ctrl-c"), [Effect::Quit]);
}

#[test]
fn wrong_tries_cost_more_and_more_time() {
    let fake = Fake::new(&["a"], 9);
    let mut app = locked(&fake, Feel::default());
    let mut waits = Vec::new();
    for _ in 0..12 {
        assert_eq!(press(&fake, &mut app, "x enter").len(), 1);
        app.update(Event::PassphraseChecked(Ok(false)));
        let wait = app.lock_wait().map_or(0, |wait| wait.num_seconds());
        if wait > 0 {
            assert_eq!(press(&fake, &mut app, "x enter"), [], "not yet");
            press(&fake, &mut app, "esc");
            later(&mut app, wait);
        }
        waits.push(wait);
    }
    assert_eq!(waits, [0, 0, 5, 10, 20, 40, 80, 160, 300, 300, 300, 300]);
    press(&fake, &mut app, "x enter");
    unlock(&mut app);
    assert!(!app.is_locked());
}

#[test]
fn time_without_a_key_locks_and_a_sync_goes_on() {
    let fake = Fake::new(&["a"], 9);
    let feel = Feel { lock_after: Some(Duration::from_mins(5)), ..Feel::default() };
    let mut app = locked(&fake, feel.clone());
    unlock(&mut app);
    press(&fake, &mut app, "r");
    later(&mut app, 200);
    press(&fake, &mut app, "j");
    later(&mut app, 299);
    assert!(!app.is_locked());
    assert_eq!(app.animating(), Some(Duration::from_secs(1)));
    later(&mut app, 1);
    assert!(app.is_locked() && app.sync.running);
    let mut open = fake.start(with(feel));
    later(&mut open, 100_000);
    assert!(!open.is_locked(), "without a passphrase nothing locks");
}

#[test]
fn what_was_asked_for_before_it_locked_reaches_no_clipboard() {
    let fake = Fake::new(&["a"], 9);
    let mut app = locked(&fake, Feel::default());
    unlock(&mut app);
    press(&fake, &mut app, "l y");
    let asked = app.update(key("j"));
    press(&fake, &mut app, "L");
    assert!(app.is_locked());
    assert_eq!(fake.answer(&mut app, asked), []);
}

#[test]
fn a_passphrase_is_typed_twice_and_the_old_one_first() {
    let fake = Fake::new(&["a"], 9);
    let mut app = fake.start(setup());
    press(&fake, &mut app, "L");
    assert!(app.notice.as_ref().is_some_and(|it| it.text.contains("no passphrase")));
    press(&fake, &mut app, ", end enter");
    assert_eq!(app.context(), Context::Passphrase);
    assert_eq!(press(&fake, &mut app, "q , enter q . enter"), [], "not the same");
    let effects = press(&fake, &mut app, "q , enter q , enter");
    let new = Some(Secret::new("q,"));
    assert_eq!(effects, [Effect::SetPassphrase { old: None, new }]);
    app.update(Event::PassphraseSet(Ok(true)));
    press(&fake, &mut app, "L");
    assert!(app.is_locked());
    unlock(&mut app);
    let effects = press(&fake, &mut app, ", end enter q , enter enter");
    assert_eq!(effects, [Effect::SetPassphrase { old: Some(Secret::new("q,")), new: None }]);
    app.update(Event::PassphraseSet(Ok(false)));
    press(&fake, &mut app, "L");
    assert!(!app.is_locked());
}

fn press_on(app: &mut App, target: Target, double: bool) -> Vec<Effect> {
    app.update(Event::Mouse(Mouse::Press { target: Some(target), double }))
}

#[test]
fn a_click_selects_and_a_second_one_opens() {
    let fake = Fake::new(&["a", "b"], 30);
    let mut app = fake.start(setup());
    let effects = press_on(&mut app, Target::Transaction(4), false);
    fake.answer(&mut app, effects);
    assert_eq!((app.accounts.pane, selected(&app).as_str()), (Pane::Transactions, "row 4"));
    assert!(app.detail.is_none());
    press_on(&mut app, Target::Transaction(4), true);
    assert!(app.detail.is_some());
    press(&fake, &mut app, "esc");
    let effects = press_on(&mut app, Target::Account(1), false);
    fake.answer(&mut app, effects);
    assert_eq!((app.accounts.pane, app.accounts.selected_index()), (Pane::Accounts, 1));
    press_on(&mut app, Target::Tab(Screen::Sync), false);
    assert_eq!(app.screen, Screen::Sync);
    press_on(&mut app, Target::Hint(crate::app::action::Action::Help), false);
    press_on(&mut app, Target::Line(3), false);
    assert!(
        matches!(&app.overlay, Some(crate::app::overlay::Overlay::Help(help)) if help.selected == 3)
    );
}

#[test]
fn the_wheel_moves_what_it_is_over_and_the_keys_stay() {
    let fake = Fake::new(&["a", "b", "c", "d", "e"], 30);
    let mut app = fake.start(setup());
    let wheel = |target| Event::Mouse(Mouse::Wheel { target: Some(target), down: true });
    let effects = app.update(wheel(Target::Pane(Pane::Transactions)));
    fake.answer(&mut app, effects);
    assert_eq!((app.accounts.pane, selected(&app).as_str()), (Pane::Accounts, "row 3"));
    let effects = app.update(wheel(Target::Account(0)));
    fake.answer(&mut app, effects);
    assert_eq!(app.accounts.selected_index(), 3);
}

#[test]
fn the_line_between_the_panes_is_drawn_and_remembered() {
    let fake = Fake::new(&["a"], 9);
    let mut app = fake.start(Setup { size: (120, 36), ..setup() });
    assert_eq!(app.left_columns(120), None);
    let drag = |app: &mut App, column| app.update(Event::Mouse(Mouse::Drag { column }));
    drag(&mut app, 60);
    assert_eq!(app.left_columns(120), None, "the line was not taken");
    press_on(&mut app, Target::Divider, false);
    drag(&mut app, 60);
    assert_eq!(app.left_columns(120), Some(60));
    drag(&mut app, 1);
    assert_eq!(app.left_columns(120), Some(26), "neither pane vanishes");
    drag(&mut app, 60);
    let effects = app.update(Event::Mouse(Mouse::Release));
    assert_eq!(effects, [Effect::KeepDivider { share: 500 }]);
    assert_eq!(app.left_columns(80), Some(36), "the right pane keeps its columns");
}

fn some_settings() -> Feel {
    let settings = vec![
        setting(Name::Theme, "dark", Decided::Outside),
        setting(Name::Ascii, "false", Decided::Default),
        setting(Name::Mouse, "true", Decided::File),
        setting(Name::LockAfter, "10m", Decided::Default),
    ];
    Feel { settings, ..Feel::default() }
}

#[test]
fn a_setting_shows_at_once_and_is_written() {
    let fake = Fake::new(&["a"], 9);
    let mut app = fake.start(with(some_settings()));
    let effects = press(&fake, &mut app, ", j enter");
    let value = "true".to_owned();
    assert_eq!(effects, [Effect::WriteSetting { name: Name::Ascii, value }]);
    assert!(app.setup.ascii);
    app.update(Event::SettingWritten { name: Name::Ascii, written: Ok("config.toml".to_owned()) });
    let ascii = &app.setup.feel.settings[1];
    assert_eq!((ascii.decided, ascii.origin.as_str()), (Decided::File, "config.toml"));
    let effects = press(&fake, &mut app, "j enter");
    assert!(effects.contains(&Effect::CaptureMouse(false)), "{effects:?}");
    press(&fake, &mut app, "j tab");
    assert_eq!(app.setup.feel.lock_after, Some(Duration::from_mins(30)));
    app.update(Event::SettingWritten {
        name: Name::LockAfter,
        written: Err("the disk is full".to_owned()),
    });
    assert!(app.notice.is_some_and(|notice| notice.warning));
}

#[test]
fn what_an_option_decides_changes_for_now_and_says_so() {
    let fake = Fake::new(&["a"], 9);
    let mut app = fake.start(with(some_settings()));
    press(&fake, &mut app, ", enter");
    assert_eq!(app.setup.theme.name, "light");
    let notice = app.notice.clone().unwrap();
    assert!(notice.text.contains("--theme decides again"), "{}", notice.text);
    app.update(Event::SettingWritten { name: Name::Theme, written: Ok(String::new()) });
    assert_eq!(app.setup.feel.settings[0].decided, Decided::Outside);
}

#[test]
fn with_reduced_motion_a_sync_asks_for_no_frames_of_its_own() {
    let fake = Fake::new(&["a"], 9);
    for (calm, pause) in [(false, 1), (true, 60)] {
        let mut app = fake.start(with(Feel { calm, ..Feel::default() }));
        press(&fake, &mut app, "r");
        app.update(Event::Tick(now()));
        assert_eq!(app.animating(), Some(Duration::from_secs(pause)), "{calm}");
    }
}

#[test]
fn amounts_can_be_hidden_from_the_beginning() {
    let fake = Fake::new(&["a"], 9);
    let settings = vec![setting(Name::HideAmounts, "true", Decided::File)];
    assert!(fake.start(with(Feel { settings, ..Feel::default() })).hidden);
}
