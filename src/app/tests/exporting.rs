//! What is asked before a file is written, and what is told after.

use super::*;
use crate::app::exporting::{Exported, State};
use crate::app::overlay::Overlay;
use crate::domain::ExportFormat;

fn state(app: &App) -> Option<State> {
    match &app.overlay {
        Some(Overlay::Export(exporting)) => Some(exporting.state.clone()),
        _ => None,
    }
}

fn type_in(app: &mut App, text: &str) {
    for letter in text.chars() {
        app.update(Event::Key(KeyEvent::new(KeyCode::Char(letter), KeyModifiers::NONE)));
    }
}

fn asked(effects: &[Effect]) -> &crate::app::exporting::Export {
    match effects {
        [Effect::Export(export)] => export,
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_is_shown_goes_out_unless_everything_is_asked_for() {
    let fake = Fake::new(&["a", "b"], 30);
    let mut app = fake.start(setup());
    press(&fake, &mut app, "E");
    assert_eq!(app.context(), Context::Export);
    let effects = app.update(key("enter"));
    let export = asked(&effects);
    assert_eq!(export.query.account, Some("a".into()), "the account that is open");
    assert_eq!(export.path, "~/passbook-2026-11-22.csv");
    assert!(!export.replace);
    assert_eq!(state(&app), Some(State::Writing));
    assert_eq!(app.update(key("enter")), [], "once is enough");

    let mut app = fake.start(setup());
    press(&fake, &mut app, "E tab");
    assert_eq!(asked(&app.update(key("enter"))).query.account, None);

    let mut app = fake.start(setup());
    press(&fake, &mut app, "/");
    type_in(&mut app, "row 17");
    press(&fake, &mut app, "down E");
    let query = asked(&app.update(key("enter"))).query.clone();
    assert!(!query.filter.is_empty(), "what was found");
}

#[test]
fn the_path_follows_the_format_until_it_is_typed() {
    let fake = Fake::new(&["a"], 3);
    let mut app = fake.start(setup());
    press(&fake, &mut app, "E down down");
    let export = asked(&app.update(key("enter"))).clone();
    assert_eq!(export.format, ExportFormat::Hledger);
    assert_eq!(export.path, "~/passbook-2026-11-22.journal");

    let mut app = fake.start(setup());
    press(&fake, &mut app, "E");
    type_in(&mut app, "jqE?");
    press(&fake, &mut app, "down");
    let export = asked(&app.update(key("enter"))).clone();
    assert_eq!(export.path, "~/passbook-2026-11-22.csvjqE?", "every letter is one of the path");
    assert_eq!(export.format, ExportFormat::JsonLines);
}

#[test]
fn a_file_in_the_way_is_replaced_only_when_asked_once_more() {
    let fake = Fake::new(&["a"], 3);
    let mut app = fake.start(setup());
    press(&fake, &mut app, "E");
    let path = asked(&app.update(key("enter"))).path.clone();
    app.update(Event::Exported { path: path.clone(), outcome: Exported::InTheWay });
    assert_eq!(state(&app), Some(State::InTheWay));
    assert!(asked(&app.update(key("enter"))).replace);
    app.update(Event::Exported { path, outcome: Exported::Written(1) });
    assert_eq!(state(&app), None);
    let notice = app.notice.clone().unwrap();
    assert_eq!(notice.text, "Exported 1 transaction to ~/passbook-2026-11-22.csv.");

    press(&fake, &mut app, "E");
    let path = asked(&app.update(key("enter"))).path.clone();
    app.update(Event::Exported { path, outcome: Exported::InTheWay });
    type_in(&mut app, "2");
    assert!(!asked(&app.update(key("enter"))).replace, "another file");
}

#[test]
fn an_export_goes_on_behind_the_screen() {
    let fake = Fake::new(&["a"], 3);
    let mut app = fake.start(setup());
    press(&fake, &mut app, "E");
    let path = asked(&app.update(key("enter"))).path.clone();
    press(&fake, &mut app, "esc j");
    assert_eq!(state(&app), None);
    for (outcome, warning) in
        [(Exported::Written(3), false), (Exported::Failed("disk full".to_owned()), true)]
    {
        app.update(Event::Exported { path: path.clone(), outcome });
        assert_eq!(app.notice.as_ref().map(|notice| notice.warning), Some(warning));
    }
}
