//! The columns of lists: chosen on an overlay, kept, and there again at the next start.

use super::fake::{Fake, setup};
use super::press;
use crate::app::action::Context;
use crate::app::columns::{Column, Columns};
use crate::app::{App, Effect, Event, Opened, Setup};

#[test]
fn a_column_is_left_out_kept_and_shown_again() {
    let fake = Fake::new(&["a"], 9);
    let mut app = fake.start(setup());
    press(&fake, &mut app, "2 | j");
    assert_eq!(app.context(), Context::Columns);
    let kept = press(&fake, &mut app, "enter");
    assert!(!app.columns.has(Column::Category));
    assert_eq!(kept, [Effect::KeepColumns(app.columns)]);
    press(&fake, &mut app, "space");
    assert_eq!(app.columns, Columns::default());
    press(&fake, &mut app, "|");
    assert_eq!(app.context(), Context::Transactions, "the key that opens it closes it");
}

#[test]
fn what_was_chosen_before_is_there_at_the_next_start() {
    let (mut app, _) = App::start(Setup { opened: false, ..setup() });
    let columns = Some(Columns::parse("tags"));
    app.update(Event::Opened(Opened { columns, ..Opened::default() }));
    assert!(app.columns.has(Column::Tags) && !app.columns.has(Column::Account));
}
