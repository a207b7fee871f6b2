//! Scripts of an enter that comes before its rows.

use super::*;
use crate::domain::StoredTransaction;

/// The effects of the keys, of which nothing is answered yet.
fn pressed(app: &mut App, keys: &str) -> Vec<Effect> {
    keys.split(' ').flat_map(|word| app.update(key(word))).collect()
}

#[test]
fn enter_before_the_rows_opens_the_first_once_they_are_there() {
    let fake = Fake::new(&["a", "b"], 30);
    let mut app = fake.start(setup());
    let asked = pressed(&mut app, "2 enter");
    assert!(app.detail.is_none());
    fake.answer(&mut app, asked);
    assert_eq!(app.context(), Context::Detail);
    assert_eq!(
        Some(app.detail.as_ref().unwrap().key()),
        app.list().unwrap().selected().map(StoredTransaction::key)
    );
}

#[test]
fn enter_before_the_groups_opens_the_largest_once_they_are_there() {
    let fake = Fake::new(&["a", "b"], 30);
    let mut app = fake.start(setup());
    press(&fake, &mut app, "2");
    let asked = pressed(&mut app, "g a enter");
    assert_eq!(app.context(), Context::Groups);
    fake.answer(&mut app, asked);
    assert_eq!(app.context(), Context::Transactions);
    assert_eq!(app.levels.path(), "by account ▸ a");
}

#[test]
fn any_other_key_and_a_read_that_failed_let_it_go() {
    let fake = Fake::new(&["a", "b"], 30);
    for other in ["j", "g", "p"] {
        let mut app = fake.start(setup());
        let asked = pressed(&mut app, &format!("2 enter {other}"));
        fake.answer(&mut app, asked);
        assert!(app.detail.is_none(), "{other}");
    }
    let mut app = fake.start(setup());
    let asked = pressed(&mut app, "2 enter");
    app.update(Event::LoadFailed { what: Load::Names, message: "gone".to_owned() });
    fake.answer(&mut app, asked);
    assert!(app.detail.is_none());
}
