//! Pictures of lists in other orders, of groups, of chosen columns, and of reckoned balances.

use passbook::app::App;
use passbook::domain::{Currency, Money};

use super::sample::{Sample, household};
use super::{app, check, picture};

/// A household of which the bank gives the balance of every third row alone.
fn reckoned() -> Sample {
    let mut sample = household();
    for (number, row) in sample.rows.iter_mut().enumerate() {
        if number % 3 > 0 {
            row.computed_balance = row.transaction.running_balance.take();
        }
    }
    sample
}

/// With some rows in yen.
fn of_two_currencies() -> Sample {
    let mut sample = household();
    for row in sample.rows.iter_mut().step_by(5) {
        let yen = Currency::parse("JPY").unwrap();
        row.transaction.amount = Money::new(row.transaction.amount.minor / 100, yen);
    }
    sample
}

#[test]
fn a_list_in_every_order() {
    for (name, keys) in [
        ("sorted_by_amount", "2 s"),
        ("sorted_by_name", "2 s s"),
        ("sorted_by_category", "2 s s s"),
        ("sorted_by_account", "2 s s s s"),
        ("sorted_reversed", "2 S"),
    ] {
        check(name, |size| app(&household(), size, keys));
    }
    check("sorted_account", |size| app(&household(), size, "l s s s"));
}

#[test]
fn rows_in_groups() {
    for (name, keys) in [
        ("groups_by_category", "2 g c"),
        ("groups_by_month", "l g t j"),
        ("groups_nested", "2 g c enter g m"),
        ("groups_opened", "2 g m j enter"),
    ] {
        check(name, |size| app(&household(), size, keys));
    }
    check("groups_of_two_currencies", |size| app(&of_two_currencies(), size, "2 g a"));
    check("groups_masked", |size| app(&household(), size, "2 g c p"));
}

#[test]
fn columns_to_choose_from() {
    check("columns", |size| app(&household(), size, "2 | j"));
    check("columns_chosen", |size| app(&household(), size, "2 | enter j enter j enter esc"));
}

#[test]
fn balances_that_passbook_reckoned() {
    check("balances_computed", |size| app(&reckoned(), size, "l"));
    check("balances_explained", |size| app(&reckoned(), size, "l j j e"));
}

#[test]
fn on_the_narrowest_screen_what_matters_stays() {
    let narrow = |keys: &str| -> App { app(&household(), (60, 15), keys) };
    let sorted = picture(&narrow("2 s"));
    assert!(sorted.contains("DATE") && sorted.contains("DESCRIPTION") && sorted.contains("AMOUNT"));
    let groups = picture(&narrow("2 g c"));
    assert!(groups.contains("CATEGORY") && groups.contains("ROWS") && groups.contains("NET"));
}

#[test]
fn orders_and_groups_are_hinted_at_where_there_is_room() {
    let bottom = |size, keys| {
        let picture = picture(&app(&household(), size, keys));
        picture.lines().skip(21).collect::<Vec<_>>().join("\n")
    };
    for (size, told) in [
        ((120, 36), "newest first   s sorts by the next, S reverses, g groups"),
        ((100, 24), "s sort  g group  ? keys"),
        ((80, 24), "do…  ? keys"),
    ] {
        let bottom = bottom(size, "2");
        assert!(bottom.contains(told), "{size:?}\n{bottom}");
    }
    assert!(!bottom((120, 36), "1").contains("sorts by"), "its list is not what one looks at");
}
