//! Long lists: windows around the selected row, jumps, and what holds at every step.

use proptest::prelude::*;

use super::fake::{Fake, setup};
use super::{key, press, selected};
use crate::app::list::TransactionList;
use crate::app::{App, Effect, Event};

const ROWS: u64 = 5_000;

fn list(app: &App) -> &TransactionList {
    app.list().unwrap()
}

#[test]
fn a_window_is_held_around_the_selected_row() {
    let fake = Fake::new(&["a"], ROWS);
    let mut app = fake.start(setup());
    press(&fake, &mut app, "l");
    for step in 1..=3_000_u64 {
        press(&fake, &mut app, "j");
        assert_eq!(selected(&app), format!("row {step}"));
        assert!(list(&app).rows().len() < 400, "{} rows are held", list(&app).rows().len());
    }
    assert_eq!((list(&app).place(), list(&app).count()), (Some(3_001), Some(ROWS)));
    for step in (0..3_000_u64).rev() {
        press(&fake, &mut app, "k");
        assert_eq!(selected(&app), format!("row {step}"));
    }
    assert_eq!(list(&app).place(), Some(1));
}

#[test]
fn keys_faster_than_answers_stop_at_the_edge_and_go_on() {
    let fake = Fake::new(&["a"], ROWS);
    let mut app = fake.start(setup());
    press(&fake, &mut app, "l");
    let mut waiting: Vec<Effect> = Vec::new();
    for _ in 0..500 {
        waiting.extend(app.update(key("j")));
    }
    let here = list(&app).selected_index();
    assert!(here + 12 < list(&app).rows().len(), "half a screen is left below the selected row");
    assert_eq!(waiting.len(), 1, "the same rows are asked for once");
    fake.answer(&mut app, waiting);
    assert_eq!(list(&app).selected_index(), here, "an answer moves nothing");
    press(&fake, &mut app, "j");
    assert_eq!(selected(&app), format!("row {}", here + 1));
}

#[test]
fn both_ends_are_one_key_away_however_far() {
    let fake = Fake::new(&["a"], ROWS);
    let mut app = fake.start(setup());
    press(&fake, &mut app, "l G");
    assert_eq!(selected(&app), format!("row {}", ROWS - 1));
    assert_eq!(list(&app).place(), Some(ROWS));
    press(&fake, &mut app, "k home");
    assert_eq!((selected(&app), list(&app).place()), ("row 0".to_owned(), Some(1)));
    assert!(list(&app).rows().len() < 400);
}

#[test]
fn moves_made_while_a_jump_is_under_way_are_made_after_it() {
    let fake = Fake::new(&["a"], ROWS);
    let mut app = fake.start(setup());
    press(&fake, &mut app, "l");
    let asked = app.update(key("G"));
    assert_eq!(app.update(key("k")), []);
    assert_eq!(selected(&app), "row 0", "the old rows stay in sight");
    fake.answer(&mut app, asked);
    assert_eq!(selected(&app), format!("row {}", ROWS - 2));
}

#[test]
fn months_are_jumped_over_near_and_far() {
    let fake = Fake::new(&["a"], ROWS);
    let mut app = fake.start(setup());
    press(&fake, &mut app, "l j [");
    let date = |app: &App| list(app).selected().unwrap().transaction.date.to_string();
    assert_eq!(date(&app), "2026-10-31");
    press(&fake, &mut app, "[ [ [ [");
    assert_eq!(date(&app), "2026-06-30");
    assert!(list(&app).rows().len() > 60, "rows stand above the month, too");
    press(&fake, &mut app, "]");
    assert_eq!(date(&app), "2026-07-31");
    press(&fake, &mut app, "] ] ] ] ]");
    assert_eq!(selected(&app), "row 0");
    let place = list(&app).place();
    assert_eq!(place, Some(1));
}

#[test]
fn the_place_is_counted_after_a_jump_into_the_middle() {
    let fake = Fake::new(&["a"], ROWS);
    let mut app = fake.start(setup());
    press(&fake, &mut app, "l [ [ [ [ [ [");
    let expected: u64 = selected(&app).trim_start_matches("row ").parse().unwrap();
    assert_eq!(list(&app).place(), Some(expected + 1));
}

#[test]
fn an_open_transaction_follows_the_row() {
    let fake = Fake::new(&["a"], ROWS);
    let mut app = fake.start(setup());
    press(&fake, &mut app, "l enter j j end");
    let detail = app.detail.as_ref().unwrap();
    assert_eq!(detail.row.transaction.description, format!("row {}", ROWS - 1));
    assert!(detail.loaded.is_some());
}

#[test]
fn a_reload_that_comes_while_another_is_under_way_is_made_after_it() {
    let mut fake = Fake::new(&["a"], 50);
    let mut app = fake.start(setup());
    press(&fake, &mut app, "l");
    let stale = fake.clone();
    let asked = app.update(Event::SyncFailed(String::new()));
    app.update(Event::SyncFailed(String::new()));
    fake.rows.retain(|row| row.transaction.description != "row 7");
    let mut effects = Vec::new();
    for effect in asked {
        effects.extend(app.update(stale.reply(&effect).unwrap()));
    }
    assert_eq!(list(&app).rows().len(), 50);
    fake.answer(&mut app, effects);
    assert_eq!(list(&app).rows().len(), 49);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whatever is pressed and whenever the answers come: the rows are neighbours in the store,
    /// the selected one is among them, and the place is right once all is answered.
    #[test]
    fn rows_are_always_neighbours(
        rows in 0_u64..700,
        keys in prop::collection::vec(prop::sample::select(vec![
            "j", "k", "ctrl-d", "ctrl-u", "end", "home", "[", "]", "answer", "answer", "reload",
        ]), 1..60),
        height in 1_u16..60,
    ) {
        let fake = Fake::new(&["a"], rows);
        let mut app = fake.start(setup());
        press(&fake, &mut app, "l");
        app.update(Event::Resize(80, height));
        let mut waiting: Vec<Effect> = Vec::new();
        for word in keys {
            match word {
                "answer" if !waiting.is_empty() => {
                    let reply = fake.reply(&waiting.remove(0));
                    waiting.extend(reply.into_iter().flat_map(|event| app.update(event)));
                }
                "answer" => {}
                "reload" => waiting.extend(app.update(Event::SyncFailed(String::new()))),
                word => waiting.extend(app.update(key(word))),
            }
            check(&app)?;
        }
        fake.answer(&mut app, waiting);
        check(&app)?;
        if rows > 0 {
            let number: u64 = selected(&app).trim_start_matches("row ").parse().unwrap();
            prop_assert_eq!(list(&app).place(), Some(number + 1));
            prop_assert_eq!(list(&app).count(), Some(rows));
        }
    }
}

fn check(app: &App) -> Result<(), TestCaseError> {
    let list = list(app);
    let numbers: Vec<u64> = list
        .rows()
        .iter()
        .map(|row| row.transaction.description.trim_start_matches("row ").parse().unwrap())
        .collect();
    prop_assert!(numbers.windows(2).all(|pair| pair[0] + 1 == pair[1]), "{:?}", numbers);
    prop_assert!(list.rows().is_empty() || list.selected().is_some());
    Ok(())
}
