//! Scripts of the tree of categories: keys in, edits out, and what is asked before.

use super::*;
use crate::domain::{Categories, Edit, Edited, Target};

fn fake() -> Fake {
    let mut categories = Categories::default();
    categories.rows.insert("groceries".to_owned(), 41);
    categories.rows.insert("general".to_owned(), 3);
    Fake { categories, ..Fake::new(&["a"], 5) }
}

fn type_in(app: &mut App, text: &str) {
    for letter in text.chars() {
        app.update(Event::Key(KeyEvent::new(KeyCode::Char(letter), KeyModifiers::NONE)));
    }
}

fn edit(effects: &[Effect]) -> Edit {
    let [Effect::Edit(edit)] = effects else { panic!("{effects:?}") };
    edit.clone()
}

/// To the line of this name.
fn go_to(app: &mut App, name: &str) {
    app.update(key("home"));
    for _ in 0..60 {
        let Some(Overlay::Categories(tree)) = &app.overlay else { panic!("no tree is open") };
        if tree.name().as_deref() == Some(name) {
            return;
        }
        app.update(key("down"));
    }
    panic!("no line is called {name}");
}

#[test]
fn a_category_is_added_below_the_chosen_one() {
    let (fake, mut app) = opened();
    go_to(&mut app, "food");
    press(&fake, &mut app, "a");
    assert_eq!(app.context(), Context::Form);
    type_in(&mut app, "bakery a/q");
    let made = edit(&press(&fake, &mut app, "enter"));
    assert_eq!(made.sentence, "category bakery a/q added below food");
    assert_eq!(app.context(), Context::Categories, "the tree is back");
    press(&fake, &mut app, "a esc");
    assert_eq!(app.context(), Context::Categories);
    press(&fake, &mut app, "a");
    type_in(&mut app, "food");
    assert_eq!(press(&fake, &mut app, "enter"), [], "there is one already");
    assert_eq!(app.context(), Context::Form);
}

fn opened() -> (Fake, App) {
    let fake = fake();
    let mut app = fake.start(setup());
    press(&fake, &mut app, "C");
    (fake, app)
}

#[test]
fn a_category_is_renamed_moved_joined_and_removed() {
    let (fake, mut app) = opened();
    go_to(&mut app, "groceries");
    press(&fake, &mut app, "m");
    type_in(&mut app, " shop");
    let made = edit(&press(&fake, &mut app, "enter"));
    assert_eq!(made.sentence, "category groceries is called groceries shop");
    press(&fake, &mut app, ">");
    go_to(&mut app, "home");
    assert_eq!(
        edit(&press(&fake, &mut app, "enter")).sentence,
        "category groceries stands below home"
    );
    press(&fake, &mut app, "M");
    go_to(&mut app, "food");
    assert_eq!(
        edit(&press(&fake, &mut app, "enter")).sentence,
        "category groceries is part of food"
    );
    let made = edit(&press(&fake, &mut app, "D"));
    assert_eq!(made.sentence, "category groceries removed, its rows show under food");
    let name = Target::CategoryName { name: "groceries".to_owned() };
    assert!(made.sets.contains(&(name, Some("food".to_owned()))));
}

#[test]
fn where_rows_have_nowhere_to_go_it_asks() {
    let (fake, mut app) = opened();
    go_to(&mut app, "general");
    assert_eq!(press(&fake, &mut app, "D"), []);
    assert!(notice(&app).contains("choose what it becomes part of"), "{}", notice(&app));
    go_to(&mut app, "shopping");
    assert_eq!(
        edit(&press(&fake, &mut app, "enter")).sentence,
        "category general is part of shopping"
    );
    press(&fake, &mut app, "D esc");
    assert_eq!(app.context(), Context::Categories, "esc lets go of the question alone");
    go_to(&mut app, "general");
}

#[test]
fn the_banks_words_are_mapped_into_the_tree() {
    let (fake, mut app) = opened();
    press(&fake, &mut app, "tab");
    go_to(&mut app, "bar");
    press(&fake, &mut app, "enter");
    go_to(&mut app, "food");
    assert_eq!(edit(&press(&fake, &mut app, "enter")).sentence, "the bank's word bar means food");
    press(&fake, &mut app, "enter home");
    let itself = edit(&press(&fake, &mut app, "enter"));
    assert_eq!(itself.sentence, "the bank's word bar stands for itself");
}

#[test]
fn its_rows_open_and_esc_comes_back_to_the_tree() {
    let (fake, mut app) = opened();
    go_to(&mut app, "food");
    press(&fake, &mut app, "enter");
    assert_eq!(app.context(), Context::Transactions);
    press(&fake, &mut app, "esc");
    assert_eq!(app.context(), Context::Categories);
    press(&fake, &mut app, "esc");
    assert_eq!(app.context(), Context::Accounts);
}

#[test]
fn what_was_changed_is_read_again_and_undone_in_place() {
    let (_, mut app) = opened();
    let edited = Edited { sentence: "category a added".to_owned(), changed: 1, kept: 0 };
    let effects = app.update(Event::Edited { how: How::Made, edited: Some(edited) });
    assert!(effects.contains(&Effect::LoadCategories));
    assert_eq!(app.update(key("u")), [Effect::Undo]);
}

#[test]
fn read_only_changes_nothing() {
    let fake = fake();
    let mut app = fake.start(Setup { read_only: true, ..setup() });
    press(&fake, &mut app, "C");
    for keys in ["a", "m", ">", "M", "D"] {
        assert_eq!(press(&fake, &mut app, keys), [], "{keys}");
        assert_eq!(app.context(), Context::Categories, "{keys}");
    }
}

#[test]
fn the_chooser_leads_to_the_tree() {
    let fake = fake();
    let mut app = fake.start(setup());
    press(&fake, &mut app, "l c ctrl-t");
    assert_eq!(app.context(), Context::Categories);
}
