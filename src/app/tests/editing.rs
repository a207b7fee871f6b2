//! Scripts of edits: rows picked, something said of them, taken back.

use super::*;
use crate::app::deed::How;
use crate::domain::query::{CategoryName, Names};
use crate::domain::{Edit, Edited, Field as Said, Rule, Target};

fn type_in(app: &mut App, text: &str) {
    for letter in text.chars() {
        app.update(Event::Key(KeyEvent::new(KeyCode::Char(letter), KeyModifiers::NONE)));
    }
}

fn told_names(app: &mut App) {
    let category = |name: &str, parent: Option<&str>| CategoryName {
        name: name.to_owned(),
        parent: parent.map(str::to_owned),
        also: Vec::new(),
    };
    app.update(Event::NamesLoaded(Names {
        categories: vec![
            category("food", None),
            category("groceries", Some("food")),
            category("income", None),
        ],
        tags: vec!["shared".to_owned()],
        ..Names::default()
    }));
}

/// The one edit among the effects.
fn edit(effects: Vec<Effect>) -> Edit {
    let edits = effects.into_iter().filter_map(|effect| match effect {
        Effect::Edit(edit) => Some(edit),
        _ => None,
    });
    let edits: Vec<Edit> = edits.collect();
    let [edit] = &edits[..] else { panic!("{edits:?}") };
    edit.clone()
}

fn set(edit: &Edit) -> Vec<(String, Said, Option<String>)> {
    let row = |(target, value): &(Target, Option<String>)| match target {
        Target::Row { key, field } => (key.id.to_string(), field.clone(), value.clone()),
        other => panic!("{other:?}"),
    };
    edit.sets.iter().map(row).collect()
}

#[test]
fn a_note_is_typed_with_every_key_and_kept_with_ctrl_s() {
    let fake = Fake::new(&["a"], 9);
    let mut app = fake.start(setup());
    press(&fake, &mut app, "l");
    let effects = app.update(key("n"));
    fake.answer(&mut app, effects);
    assert_eq!(app.context(), Context::Note);
    type_in(&mut app, "half is for q, /x 5");
    app.update(key("enter"));
    type_in(&mut app, "Sam");
    let made = edit(app.update(key("ctrl-s")));
    assert_eq!(made.sentence, "note on row 0");
    let note = Some("half is for q, /x 5\nSam".to_owned());
    assert_eq!(set(&made), [("txn_000000".to_owned(), Said::Note, note)]);
    assert_eq!(app.context(), Context::Accounts);
    let edited = Edited { sentence: made.sentence, changed: 1, kept: 0 };
    let effects = app.update(Event::Edited { how: How::Made, edited: Some(edited) });
    assert!(notice(&app).contains("u undoes it"), "{}", notice(&app));
    assert!(effects.iter().any(|effect| matches!(effect, Effect::LoadTransactions(_))));
    assert_eq!(app.update(key("u")), [Effect::Undo]);
    assert_eq!(app.update(key("U")), [Effect::Redo]);
}

#[test]
fn a_note_that_was_changed_is_left_only_after_a_question() {
    let fake = Fake::new(&["a"], 9);
    let mut app = fake.start(setup());
    press(&fake, &mut app, "l n esc");
    assert_eq!(app.context(), Context::Accounts, "nothing was typed");
    press(&fake, &mut app, "n");
    type_in(&mut app, "Sam");
    press(&fake, &mut app, "esc");
    assert_eq!(app.context(), Context::Note);
    type_in(&mut app, "!");
    press(&fake, &mut app, "esc");
    assert_eq!(app.context(), Context::Note, "it asks again for what came since");
    press(&fake, &mut app, "esc");
    assert_eq!(app.context(), Context::Accounts);
}

#[test]
fn a_category_is_chosen_from_the_tree_or_made_new() {
    let fake = Fake::new(&["a"], 9);
    let mut app = fake.start(setup());
    press(&fake, &mut app, "l c");
    told_names(&mut app);
    type_in(&mut app, "groc");
    assert_eq!(set(&edit(app.update(key("enter"))))[0].2.as_deref(), Some("groc"), "a new one");
    press(&fake, &mut app, "c");
    type_in(&mut app, "GRÖC");
    app.update(key("down"));
    assert_eq!(set(&edit(app.update(key("enter"))))[0].2.as_deref(), Some("groceries"));
    press(&fake, &mut app, "c");
    for _ in 0..10 {
        app.update(key("down"));
    }
    assert_eq!(set(&edit(app.update(key("enter"))))[0].2, None, "the bank's own again");
    press(&fake, &mut app, "c");
    type_in(&mut app, &"x".repeat(200));
    let long = set(&edit(app.update(key("enter"))))[0].2.clone().unwrap();
    assert_eq!(long.len(), 40, "no column and no index holds more");
    press(&fake, &mut app, "c esc");
    assert_eq!(app.context(), Context::Accounts);
}

#[test]
fn picked_rows_are_edited_together_and_let_go_with_esc() {
    let fake = Fake::new(&["a"], 9);
    let mut app = fake.start(setup());
    press(&fake, &mut app, "l space space #");
    told_names(&mut app);
    type_in(&mut app, "shared");
    let made = edit(app.update(key("enter")));
    assert_eq!(made.sentence, "tag shared on 2 transactions");
    let ids: Vec<String> = set(&made).into_iter().map(|(id, _, _)| id).collect();
    assert_eq!(ids, ["txn_000000", "txn_000001"]);
    press(&fake, &mut app, "esc");
    assert!(app.picked.is_empty());
    assert_eq!(app.accounts.pane, Pane::Transactions, "esc goes back one step, not two");
    press(&fake, &mut app, "esc");
    assert_eq!(app.accounts.pane, Pane::Accounts);
}

#[test]
fn a_range_and_all_rows_are_asked_of_the_store() {
    let fake = Fake::new(&["a"], 9);
    let mut app = fake.start(setup());
    press(&fake, &mut app, "l j v j j");
    let list = app.list().unwrap();
    let (top, bottom) = (list.rows()[1].position(), list.rows()[3].position());
    assert!(app.picked.holds(&list.rows()[2], list.selected()), "seen while it grows");
    let effects = app.update(key("v"));
    let [Effect::LoadPicked { query, ends: Some(ends) }] = &effects[..] else {
        panic!("{effects:?}")
    };
    assert_eq!(*ends, (top, bottom));
    let rows = fake.rows[1..4].to_vec();
    app.update(Event::PickedLoaded { query: query.clone(), rows });
    assert_eq!(app.picked.rows().len(), 3);
    let x = app.update(key("x"));
    assert_eq!((x, app.context()), (Vec::new(), Context::Confirm), "several only after a question");
    assert_eq!(edit(app.update(key("enter"))).sentence, "3 transactions left out of insights");
    let ctrl_a = KeyEvent::new(KeyCode::Char('a'), KeyModifiers::CONTROL);
    let effects = app.update(Event::Key(ctrl_a));
    assert!(matches!(&effects[..], [Effect::LoadPicked { ends: None, .. }]), "{effects:?}");
}

#[test]
fn all_alike_make_a_rule_that_is_counted_first() {
    let fake = Fake::new(&["a"], 9);
    let mut app = fake.start(setup());
    press(&fake, &mut app, "l c");
    told_names(&mut app);
    app.update(Event::RulesLoaded(Vec::new()));
    let effects = app.update(key("tab"));
    let [Effect::CountRule(draft)] = &effects[..] else { panic!("{effects:?}") };
    assert_eq!(draft.query, "\"row 0\"");
    app.update(Event::RuleCounted { rule: draft.clone(), rows: 41 });
    app.update(key("down"));
    let made = edit(app.update(key("enter")));
    assert_eq!(made.sentence, "category of all like \"row 0\": groceries");
    let (Target::Rule { id }, Some(text)) = &made.sets[0] else { panic!("{made:?}") };
    let rule: Rule = serde_json::from_str(text).unwrap();
    assert_eq!((&rule.id, rule.category.as_deref()), (id, Some("groceries")));
    // The same again changes that rule; it does not make another.
    press(&fake, &mut app, "m");
    app.update(Event::RulesLoaded(vec![rule.clone()]));
    app.update(key("tab"));
    let again = edit(app.update(key("enter")));
    assert_eq!(again.sets[0].0, made.sets[0].0);
}

#[test]
fn what_may_not_be_written_is_said() {
    let fake = Fake::new(&["a"], 9);
    let mut app = fake.start(Setup { read_only: true, ..setup() });
    press(&fake, &mut app, "l");
    for pressed in ["c", "n", "#", "m", "x", "u", "U"] {
        assert_eq!(app.update(key(pressed)), [], "{pressed}");
        assert!(notice(&app).starts_with("Read-only"), "{pressed}: {}", notice(&app));
    }
}

#[test]
fn what_was_typed_comes_back_where_it_could_not_be_kept() {
    let fake = Fake::new(&["a"], 9);
    let mut app = fake.start(setup());
    press(&fake, &mut app, "l");
    let effects = app.update(key("n"));
    fake.answer(&mut app, effects);
    type_in(&mut app, "half is for Sam");
    let sent = edit(app.update(key("ctrl-s")));
    app.update(Event::EditFailed("the database cannot be reached".to_owned()));
    assert_eq!(app.context(), Context::Note);
    let told = &app.notice.as_ref().unwrap().text;
    assert!(told.contains("still here: the database cannot be reached"), "{told}");
    assert_eq!(edit(app.update(key("ctrl-s"))), sent, "the same key tries again");
    press(&fake, &mut app, "?");
    app.update(Event::EditFailed("still not".to_owned()));
    assert_eq!(app.context(), Context::Note, "above whatever was opened meanwhile");
    assert_eq!(edit(app.update(key("ctrl-s"))), sent);
    let edited = Edited { sentence: "a note".to_owned(), changed: 1, kept: 0 };
    app.update(Event::Edited { how: How::Made, edited: Some(edited) });
    app.update(Event::EditFailed("another".to_owned()));
    assert!(app.overlay.is_none(), "what was kept does not come back");
}

#[test]
fn picked_rows_are_left_out_whichever_pane_has_the_keys() {
    let fake = Fake::new(&["a"], 9);
    let mut app = fake.start(setup());
    press(&fake, &mut app, "space");
    assert!(app.picked.is_empty() && app.notice.is_some(), "no row has the keys");
    press(&fake, &mut app, "2 space space 1");
    assert_eq!(app.picked.rows().len(), 2);
    assert_eq!(app.update(key("x")), [], "a question first");
    assert!(matches!(app.overlay, Some(Overlay::Confirm(_))));
}
