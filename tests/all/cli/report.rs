//! Reports against what their figures are made of.

use std::collections::BTreeMap;
use std::fs;

use predicates::prelude::*;
use predicates::str::contains;
use serde_json::Value;

use super::Home;

fn minor(text: &Value) -> i64 {
    text.as_str().unwrap().replace('.', "").parse().unwrap()
}

fn synced() -> Home {
    let home = Home::new();
    home.json(&["sync", "--demo", "--json"]);
    home
}

fn rows(home: &Home, arguments: &[&str]) -> Vec<Value> {
    let flags = [&["report"], arguments, &["--demo", "--offline", "--json"]].concat();
    let document = home.json(&flags);
    let list = document.as_object().unwrap().values().next().unwrap();
    list.as_array().unwrap().clone()
}

#[test]
fn net_worth_of_today_is_what_the_accounts_add_up_to() {
    let home = synced();
    let accounts = home.json(&["accounts", "--demo", "--offline", "--json"]);
    let accounts = accounts["accounts"].as_array().unwrap();
    let sum: i64 = accounts.iter().map(|row| minor(&row["ledger"])).sum();
    let days = rows(&home, &["net-worth", "--days", "40"]);
    assert_eq!(days.len(), 40);
    let last = days.last().unwrap();
    assert_eq!((minor(&last["net_worth"]), &last["known"]), (sum, &"measured".into()));
    let table = ["report", "net-worth", "--days", "40", "--demo", "--offline"];
    let assert = home.passbook(&table).assert().success();
    assert.stdout(contains("NET WORTH").and(contains("Assets ")));
}

#[test]
fn cash_flow_is_the_sum_of_the_months_rows() {
    let home = synced();
    let listed = home.json(&[
        "transactions",
        "--demo",
        "--offline",
        "--json",
        "--query",
        "-is:transfer -is:left-out",
    ]);
    let mut expected: BTreeMap<String, (i64, i64)> = BTreeMap::new();
    for row in listed["transactions"].as_array().unwrap() {
        let month = row["date"].as_str().unwrap()[..7].to_owned();
        let (money_in, out) = expected.entry(month).or_default();
        let amount = minor(&row["amount"]);
        *if amount > 0 { money_in } else { out } += amount;
    }
    let months = rows(&home, &["cash-flow", "--months", "6"]);
    assert_eq!(months.len(), 6);
    for row in &months {
        let (money_in, out) = expected[row["month"].as_str().unwrap()];
        assert_eq!((minor(&row["in"]), minor(&row["out"])), (money_in, out), "{row}");
        assert_eq!(minor(&row["net"]), money_in + out);
    }
}

#[test]
fn spending_is_told_beside_what_is_usual() {
    let home = synced();
    let months = rows(&home, &["cash-flow", "--months", "2"]);
    let last = months[0]["month"].as_str().unwrap();
    let query = format!("-is:transfer -is:left-out month:{last}");
    let listed = home.json(&["transactions", "--demo", "--offline", "--json", "--query", &query]);
    let mut expected: BTreeMap<String, i64> = BTreeMap::new();
    for row in listed["transactions"].as_array().unwrap() {
        let category = row["category"].as_str().unwrap_or("uncategorised").to_owned();
        *expected.entry(category).or_default() -= minor(&row["amount"]);
    }
    expected.retain(|_, spent| *spent > 0);
    let heads = rows(&home, &["spending", "--month", last]);
    let told = rows(&home, &["spending", "--month", last, "--depth", "9"]);
    let opens = |row: &Value| {
        told.iter().any(|other| other["below"] == row["name"] && row["below"] != row["name"])
    };
    let sum = |rows: &[Value]| rows.iter().map(|row| minor(&row["spent"])).sum::<i64>();
    let told: Vec<Value> =
        told.iter().filter(|row| !opens(row) && minor(&row["spent"]) > 0).cloned().collect();
    assert_eq!(sum(&heads), sum(&told), "heads stand for what is below them");
    assert!(told.len() > 5 && heads.len() < told.len(), "{told:?}");
    let amounts: Vec<i64> = heads.iter().map(|row| minor(&row["spent"])).collect();
    assert!(amounts.is_sorted_by(|one, next| one >= next), "the dearest first");
    let name = |row: &Value| row["name"].as_str().unwrap().to_owned();
    let by_name: BTreeMap<String, i64> =
        told.iter().map(|row| (name(row), minor(&row["spent"]))).collect();
    assert_eq!(by_name, expected, "what came back is taken off");
    for row in &told {
        assert_eq!(minor(&row["difference"]), minor(&row["spent"]) - minor(&row["average"]));
    }
    for by in ["merchant", "account"] {
        let told = rows(&home, &["spending", "--month", last, "--by", by]);
        assert!(told.iter().all(|row| minor(&row["spent"]) > 0), "{told:?}");
    }
    assert_eq!(rows(&home, &["spending", "--month", "1990-01"]), Vec::<Value>::new());
}

#[test]
fn a_chart_is_a_private_file_and_csv_says_the_same() {
    let home = synced();
    for name in ["net-worth", "cash-flow", "spending", "recurring"] {
        let file = format!("{name}.svg");
        let arguments = ["report", name, "--demo", "--offline", "--csv", "--svg", &file];
        let output = home.passbook(&arguments).assert().success().get_output().stdout.clone();
        let mut reader = csv::Reader::from_reader(&output[..]);
        assert_eq!(reader.records().count(), rows(&home, &[name]).len(), "{name}");
        let path = home.path().join(&file);
        let svg = fs::read_to_string(&path).unwrap();
        assert!(svg.contains("<desc id=") && svg.ends_with("</svg>\n"), "{svg}");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        }
        home.passbook(&arguments).assert().code(2).stdout("").stderr(contains("--force"));
        home.passbook(&[&arguments[..], &["--force"]].concat()).assert().success();
    }
}

#[test]
fn without_data_a_report_says_so() {
    let home = Home::new();
    for name in ["net-worth", "cash-flow", "spending", "recurring"] {
        assert_eq!(home.json(&["report", name, "--json"]).as_object().unwrap().len(), 1);
        home.passbook(&["report", name])
            .assert()
            .success()
            .stdout(predicate::str::is_empty().not());
    }
}
