//! `passbook accounts` with a word behind it.

use predicates::str::contains;
use serde_json::json;

use super::Home;

#[test]
fn an_account_is_kept_by_hand_from_the_first_value_to_the_last() {
    let home = Home::new();
    let ok = |arguments: &[&str]| home.passbook(arguments).assert().success();
    let add = ["accounts", "add", "House", "--kind", "house", "--value", "400,000"];
    ok(&[&add[..], &["--on", "2026-01-15"]].concat())
        .stdout("account added: House, 400,000.00 USD\n");
    ok(&["accounts", "add", "Loan from Sam", "--kind", "loan", "--value", "1200.50"]);
    ok(&["accounts", "value", "house", "412000", "--on", "2026-02-01"])
        .stdout("value of House on 2026-02-01: 412,000.00 USD\n");
    let values = home.json(&["accounts", "value", "house", "--json"]);
    let value = |date: &str, value: &str| json!({"date": date, "value": value, "currency": "USD"});
    let expected = [value("2026-02-01", "412000.00"), value("2026-01-15", "400000.00")];
    assert_eq!(values["values"], json!(expected));

    let listed = home.json(&["accounts", "--json"]);
    let house = &listed["accounts"][0];
    assert_eq!(house["id"], "by-hand:house");
    assert_eq!((&house["ledger"], &house["as_of"]), (&json!("412000.00"), &json!("2026-02-01")));
    assert_eq!((&house["bank_name"], &house["enrollment"]), (&json!(null), &json!(null)));
    assert_eq!(listed["accounts"][1]["ledger"], "-1200.50");

    ok(&["accounts", "order", "loan from sam"]);
    ok(&["accounts", "rename", "House", "Home"]);
    ok(&["accounts", "hide", "home"]).stdout("Home hidden\n");
    let listed = home.json(&["accounts", "--json"]);
    assert_eq!(listed["accounts"].as_array().map(Vec::len), Some(1));
    ok(&["accounts"]).stdout(contains("1 hidden account"));
    let all = home.json(&["accounts", "--all", "--json"]);
    assert_eq!(all["accounts"][1]["name"], "Home");
    ok(&["accounts", "show", "house"]);
    ok(&["accounts", "value", "house", "--on", "2026-02-01", "--remove"]);
    ok(&["accounts", "remove", "house", "--yes"]).stdout("account removed: Home, 1 value\n");
}

#[test]
fn what_cannot_be_done_is_said_and_changes_nothing() {
    let home = Home::new();
    let add = |name: &str, value: &str| {
        home.passbook(&["accounts", "add", name, "--kind", "cash", "--value", value]).assert()
    };
    add("Cash", "12.345").code(2).stderr(contains("12.345 is no amount (more decimals than USD"));
    add("Cash", "1.234,50").code(2).stderr(contains("not a plain decimal number"));
    add(" ", "1").code(2).stderr(contains("needs a name"));
    add("Cash", "1").success();
    add("cash", "2").success();
    for (arguments, why) in [
        (&["hide", "CASH"][..], "several accounts are called CASH"),
        (&["hide", "nobody"], "there is no account nobody; there are:"),
        (&["value", "cash", "5", "--on", "someday"], "someday is no day"),
        (&["value", "cash", "--on", "2020-01-01", "--remove"], "has no value of 2020-01-01"),
        (&["rename", "cash-2"], "needs a name"),
        (&["remove", "cash-2"], "say yes with --yes"),
    ] {
        let arguments = [&["accounts"], arguments].concat();
        home.passbook(&arguments).assert().code(2).stderr(contains(why));
    }
    home.passbook(&["accounts", "hide", "cash", "--read-only"]).assert().code(2);
    assert_eq!(home.json(&["accounts", "--json"])["accounts"].as_array().map(Vec::len), Some(2));
}
