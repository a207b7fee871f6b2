//! Orders of a list, and groups of its rows: where they lead, and how one comes back.

use proptest::prelude::*;

use super::fake::{Fake, row, setup};
use super::{key, press, selected};
use crate::app::action::Context;
use crate::app::{App, Effect, Event, Screen};
use crate::domain::{GroupKey, Sort, SortKey};

/// Two accounts whose rows have names, categories and amounts of their own.
fn fake() -> Fake {
    let mut fake = Fake::new(&["a", "b"], 300);
    for (number, row) in (0..).zip(&mut fake.rows) {
        row.transaction.amount.minor = (number * 7_919) % 5_000 - 4_000;
        row.shown.merchant = format!("Shop {}", number % 7);
        row.shown.category = (number % 4 > 0).then(|| format!("cat {}", number % 4));
    }
    fake
}

fn sort(app: &App) -> Sort {
    app.list().unwrap().sort()
}

#[test]
fn s_goes_through_the_orders_and_the_selected_row_stays() {
    let fake = fake();
    let mut app = fake.start(setup());
    press(&fake, &mut app, "2 j j j j j");
    let row = selected(&app);
    for key in SortKey::ALL.into_iter().cycle().skip(1).take(5) {
        press(&fake, &mut app, "s");
        assert_eq!((sort(&app), selected(&app)), (Sort::by(key), row.clone()));
        press(&fake, &mut app, "S");
        assert_eq!((sort(&app), selected(&app)), (Sort::by(key).reverse(), row.clone()));
    }
}

#[test]
fn who_has_not_moved_sees_what_comes_first_in_the_new_order() {
    let fake = fake();
    let mut app = fake.start(setup());
    press(&fake, &mut app, "2 s");
    let list = app.list().unwrap();
    let least = list.rows().iter().map(|row| row.transaction.amount.minor).min();
    assert_eq!(list.selected().map(|row| row.transaction.amount.minor), least);
    assert_eq!(list.selected_index(), 0);
}

#[test]
fn a_list_of_one_account_is_not_sorted_by_account() {
    let fake = fake();
    let mut app = fake.start(setup());
    press(&fake, &mut app, "l");
    let keys: Vec<SortKey> = (0..4)
        .map(|_| {
            press(&fake, &mut app, "s");
            sort(&app).key
        })
        .collect();
    assert_eq!(keys, [SortKey::Amount, SortKey::Description, SortKey::Category, SortKey::Date]);
}

#[test]
fn a_search_is_sorted_and_a_sorted_list_is_searched() {
    let fake = fake();
    let mut app = fake.start(setup());
    press(&fake, &mut app, "2 s / 1 7 enter home");
    let rows = app.list().unwrap().rows();
    assert!(rows.len() > 20 && rows.iter().all(|row| row.transaction.description.contains("17")));
    assert!(rows.is_sorted_by_key(|row| row.transaction.amount.minor));
    press(&fake, &mut app, "S home");
    let rows = app.list().unwrap().rows();
    assert!(rows.is_sorted_by_key(|row| -row.transaction.amount.minor));
}

#[test]
fn months_are_jumped_over_in_both_orders_of_dates_and_in_no_other() {
    let fake = fake();
    let mut app = fake.start(setup());
    let day = |app: &App| app.list().unwrap().selected().unwrap().transaction.date.to_string();
    press(&fake, &mut app, "2 [");
    assert_eq!(day(&app), "2026-10-31", "the newest row of the month before");
    press(&fake, &mut app, "S ]");
    assert_eq!(day(&app), "2026-11-01", "the oldest row of the month after");
    press(&fake, &mut app, "[ [");
    assert_eq!(day(&app), "2026-09-01");
    press(&fake, &mut app, "s");
    let before = selected(&app);
    press(&fake, &mut app, "]");
    assert_eq!(selected(&app), before);
    assert!(app.notice.as_ref().unwrap().text.contains("only by date"));
}

#[test]
fn groups_lead_to_their_rows_and_esc_back_to_where_one_was() {
    let fake = fake();
    let mut app = fake.start(setup());
    press(&fake, &mut app, "2 j j g c");
    assert_eq!(app.context(), Context::Groups);
    assert!(app.list().is_none());
    let before = app.all.as_ref().unwrap().selected_index();
    press(&fake, &mut app, "j");
    let group = app.levels.groups().unwrap().selected().unwrap().clone();
    press(&fake, &mut app, "enter");
    let list = app.list().unwrap();
    assert_eq!(list.count(), Some(group.rows().unsigned_abs()));
    let GroupKey::Category(category) = &group.key else { panic!("{group:?}") };
    assert!(list.rows().iter().all(|row| row.shown.category == *category));

    // Within the group, by merchant; within that, its rows.
    press(&fake, &mut app, "j g m j j enter");
    let rows = app.list().unwrap().rows();
    let name = rows[0].shown.merchant.clone();
    assert!(!rows.is_empty());
    assert!(rows.iter().all(|row| row.shown.merchant == name && row.shown.category == *category));
    assert_eq!(app.levels.path().matches('▸').count(), 3);

    press(&fake, &mut app, "esc");
    assert_eq!(app.levels.groups().unwrap().selected_index(), 2);
    press(&fake, &mut app, "esc");
    assert_eq!(app.list().unwrap().selected_index(), 1);
    press(&fake, &mut app, "esc");
    assert_eq!(app.levels.groups().unwrap().selected().unwrap().key, group.key);
    press(&fake, &mut app, "esc");
    assert!(app.levels.is_empty());
    assert_eq!((app.screen, app.list().unwrap().selected_index()), (Screen::Transactions, before));
}

#[test]
fn an_accounts_rows_are_grouped_and_esc_leads_back_to_the_account() {
    let fake = fake();
    let mut app = fake.start(setup());
    press(&fake, &mut app, "l j g t");
    let months = app.levels.groups().unwrap();
    assert_eq!(months.rows().account.as_ref().unwrap().as_str(), "a");
    let sorted = |groups: &[crate::domain::Group]| groups.is_sorted_by(|a, b| a.key > b.key);
    assert!(months.groups().len() > 2 && sorted(months.groups()), "the newest month first");
    press(&fake, &mut app, "g a");
    assert_eq!(app.levels.groups().unwrap().groups().len(), 1, "grouped anew, not once more");
    press(&fake, &mut app, "enter g n");
    assert_eq!((app.screen, selected(&app)), (Screen::Accounts, "row 1".to_owned()));
}

#[test]
fn groups_of_a_search_are_those_of_what_it_finds() {
    let fake = fake();
    let mut app = fake.start(setup());
    press(&fake, &mut app, "2 / 1 7 enter g m");
    let groups = app.levels.groups().unwrap();
    let rows: i64 = groups.groups().iter().map(crate::domain::Group::rows).sum();
    assert_eq!(rows, 2 * 13, "17, 117, 217 and 170 to 179, of two accounts");
    press(&fake, &mut app, "esc");
    assert_eq!(app.find.field.text(), "17", "the search is still there");
}

#[test]
fn an_older_answer_about_groups_changes_nothing() {
    let fake = fake();
    let mut app = fake.start(setup());
    press(&fake, &mut app, "2");
    app.update(key("g"));
    let older = app.update(key("c"));
    app.update(key("g"));
    let newer = app.update(key("m"));
    fake.answer(&mut app, newer);
    let before = app.levels.groups().unwrap().groups().to_vec();
    fake.answer(&mut app, older);
    assert_eq!(app.levels.groups().unwrap().groups(), before);
}

#[test]
fn rows_that_come_later_are_in_the_groups() {
    let mut fake = fake();
    let mut app = fake.start(setup());
    press(&fake, &mut app, "2 g a");
    fake.rows.push(row("a", 900));
    let effects = app.reload(None);
    fake.answer(&mut app, effects);
    let groups = app.levels.groups().unwrap().groups();
    assert_eq!(groups.iter().map(crate::domain::Group::rows).sum::<i64>(), 601);
}

#[test]
fn a_failed_question_can_be_asked_again() {
    let fake = fake();
    let mut app = fake.start(setup());
    press(&fake, &mut app, "2");
    app.update(key("g"));
    let asked = app.update(key("c"));
    let [Effect::LoadGroups(query)] = &asked[..] else { panic!("{asked:?}") };
    let what = crate::app::Load::Groups(query.clone());
    app.update(Event::LoadFailed { what, message: "gone".to_owned() });
    assert!(app.notice.as_ref().unwrap().text.contains("Groups"));
    let effects = app.reload(None);
    fake.answer(&mut app, effects);
    assert!(app.levels.groups().unwrap().is_loaded());
}

proptest! {
    /// Whatever keys come, the list is sorted, and the selected row is one of it.
    #[test]
    fn a_list_stays_in_its_order_whatever_is_pressed(
        keys in prop::collection::vec(
            prop::sample::select(vec!["s", "S", "j", "k", "G", "home", "ctrl-d", "ctrl-u", "[", "]"]),
            1..40,
        )
    ) {
        let fake = fake();
        let mut app = fake.start(setup());
        press(&fake, &mut app, "2");
        for word in keys {
            press(&fake, &mut app, word);
            let list = app.list().unwrap();
            let sort = list.sort();
            let places: Vec<_> = list.rows().iter().map(|row| sort.position(row)).collect();
            prop_assert!(places.is_sorted_by(|one, other| sort.is_above(one, other)));
            prop_assert!(list.selected().is_some());
        }
    }
}
