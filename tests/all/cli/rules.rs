//! `passbook rules`.

use predicates::str::contains;
use serde_json::json;

use super::Home;

#[test]
fn rules_are_previewed_made_moved_silenced_and_removed() {
    let home = Home::new();
    let ok =
        |arguments: &[&str]| home.passbook(&[&["rules"], arguments].concat()).assert().success();
    ok(&["preview", "rowan", "--category", "groceries"])
        .stdout(contains("It finds 0 and changes 0"));
    let told = home.json(&["rules", "preview", "rowan", "--tag", "t", "--json"]);
    assert_eq!(told, json!({"changes": [], "counts": {"found": 0, "changed": 0}}));
    ok(&["add", "\"rowan market\" -refund", "--category", "groceries"]).stdout(
        "a rule for \"rowan market\" -refund: category groceries\n\
             It is rule 1. It finds 0 and changes 0.\n",
    );
    ok(&["add", "shell amt:>20", "--category", "fuel", "--tag", "car"]);
    ok(&["move", "2", "1"]).stdout(contains("shell amt:>20 speaks as number 1"));
    ok(&["off", "1"]);
    let listed = home.json(&["rules", "--json"]);
    let first = &listed["rules"][0];
    assert_eq!((&first["number"], &first["query"]), (&json!(1), &json!("shell amt:>20")));
    assert_eq!((&first["paused"], &first["tag"]), (&json!(true), &json!("car")));
    ok(&["on", "1"]);
    ok(&["remove", "2"]);
    ok(&["list"]).stdout(contains("shell amt:>20  category fuel, tag car  on"));
}

#[test]
fn an_account_is_typed_and_told_by_name_and_kept_by_id() {
    let home = Home::new();
    home.passbook(&["sync", "--demo"]).assert().success();
    let ok = |arguments: &[&str]| {
        home.passbook(&[&["rules"], arguments, &["--demo"]].concat()).assert().success()
    };
    ok(&["preview", "acct:joint -acct:everyday", "--tag", "ours"])
        .stdout(contains("tags none → ours"));
    ok(&["add", "acct:joint kettle", "--tag", "ours"])
        .stdout(contains("a rule for acct:\"Joint Checking\" kettle: tag ours\n"));
    ok(&["list"]).stdout(contains("acct:\"Joint Checking\" kettle"));
    let listed = home.json(&["rules", "--demo", "--json"]);
    let query = listed["rules"][0]["query"].as_str().unwrap().to_owned();
    let accounts = home.json(&["accounts", "--demo", "--json"]);
    let id = accounts["accounts"].as_array().unwrap().iter().find_map(|account| {
        (account["name"] == "Joint Checking").then(|| account["id"].as_str().unwrap().to_owned())
    });
    assert_eq!(query, format!("acct:{} kettle", id.unwrap()));
    ok(&["remove", "1"]).stdout(contains("no rule for acct:\"Joint Checking\" kettle"));
}

#[test]
fn a_rule_that_cannot_be_is_refused() {
    let home = Home::new();
    for (arguments, why) in [
        (&["add", "rowan"][..], "a rule needs a category, a name or a tag to give"),
        (&["add", "", "--tag", "t"], "at least one word"),
        (&["preview", "tag:x", "--tag", "t"], "tag:x cannot stand in one"),
        (&["preview", "rowan since:30d", "--tag", "t"], ": since:30d cannot stand in one"),
        (&["add", "acct:nowhere", "--tag", "t"], "no account is called nowhere"),
        (&["remove", "1"], "there is no rule 1"),
    ] {
        let arguments = [&["rules"], arguments].concat();
        home.passbook(&arguments).assert().code(2).stderr(contains(why));
    }
    home.passbook(&["rules", "add", "x", "--tag", "t", "--read-only"]).assert().code(2);
}
