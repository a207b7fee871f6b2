//! `passbook categories`.

use predicates::str::contains;
use serde_json::json;

use super::Home;

#[test]
fn the_tree_is_changed_and_listed() {
    let home = Home::new();
    let ok = |arguments: &[&str]| {
        home.passbook(&[&["categories"], arguments].concat()).assert().success()
    };
    ok(&["add", "pets", "--below", "home"]).stdout("category pets added below home\n");
    ok(&["rename", "pets", "animals"]);
    ok(&["move", "animals"]).stdout("category animals stands at the top\n");
    ok(&["map", "bar", "food"]).stdout("the bank's word bar means food\n");
    ok(&["merge", "dining", "food"]);
    let listed = home.json(&["categories", "--json"]);
    let listed = listed["categories"].as_array().unwrap();
    let line = |name: &str| listed.iter().find(|line| line["name"] == name);
    assert_eq!(line("animals").unwrap()["also"], json!(["pets"]));
    assert_eq!(line("animals").unwrap()["parent"], json!(null));
    assert_eq!(line("food").unwrap()["also"], json!(["bar", "dining"]));
    assert_eq!(line("groceries").unwrap()["depth"], 1);
    assert!(line("bar").is_none());
    let words = home.json(&["categories", "map", "--json"]);
    assert!(
        words["words"].as_array().unwrap().contains(&json!({"word": "bar", "category": "food"}))
    );
    ok(&["map", "bar"]);
    ok(&["remove", "animals", "--into", "home"]);
    ok(&["list"]).stdout(contains("  groceries"));
}

#[test]
fn what_cannot_be_done_is_said() {
    let home = Home::new();
    for (arguments, why) in [
        (&["add", "food"][..], "there is a category food already"),
        (&["move", "food", "groceries"], "food cannot stand below itself"),
        (&["remove", "general"], "say which category they go to"),
        (&["map", "xyz", "food"], "xyz is no word of the bank's"),
        (&["rename", "nothing", "x"], "no category is called nothing; nothing was changed"),
    ] {
        let arguments = [&["categories"], arguments].concat();
        home.passbook(&arguments).assert().code(2).stderr(contains(why));
    }
    home.passbook(&["categories", "add", "x", "--read-only"]).assert().code(2);
}
