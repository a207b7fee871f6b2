//! Exports as other programs read them.

use std::collections::BTreeMap;
use std::fs;

use predicates::prelude::*;
use predicates::str::contains;
use serde_json::Value;

use super::Home;
use crate::support::books::{Balances, Program, plain};

/// The built-in bank, some days old, so that charges have settled and others are pending.
fn some_days() -> Home {
    let home = Home::new();
    for _ in 0..4 {
        home.json(&["sync", "--demo", "--json"]);
    }
    home
}

fn text(home: &Home, arguments: &[&str]) -> String {
    let arguments = [&["export", "--demo", "--offline"], arguments].concat();
    let output = home.passbook(&arguments).assert().success().get_output().stdout.clone();
    String::from_utf8(output).unwrap()
}

fn rows(home: &Home, arguments: &[&str]) -> Vec<Value> {
    let lines = text(home, &[&["--format", "jsonl"], arguments].concat());
    lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// The ledger of every account as passbook lists it, by name and last four digits.
fn measured(home: &Home) -> BTreeMap<String, String> {
    let document = home.json(&["accounts", "--demo", "--offline", "--json"]);
    let accounts = document["accounts"].as_array().unwrap().iter();
    let ledgers = accounts.map(|row| {
        let name =
            format!("{} {}", row["name"].as_str().unwrap(), row["last_four"].as_str().unwrap());
        (name.replace(' ', "-"), plain(row["ledger"].as_str().unwrap()).to_owned())
    });
    ledgers.collect()
}

/// Without the money on its way, which no bank tells about.
fn by_name(balances: Balances) -> BTreeMap<String, String> {
    let name = |account: String| account.rsplit(':').next().unwrap().to_owned();
    let balances = balances.into_iter().map(|((account, _), number)| (name(account), number));
    balances.filter(|(name, _)| name != "Transfers").collect()
}

#[test]
fn books_are_accepted_and_agree_on_every_balance() {
    let home = some_days();
    let expected: BTreeMap<_, _> =
        measured(&home).into_iter().filter(|(_, ledger)| ledger != "0").collect();
    assert!(expected.len() >= 5, "{expected:?}");
    for program in Program::installed() {
        let file = home.path().join(program.format());
        let path = file.to_str().unwrap();
        text(&home, &["--format", program.format(), "--output", path]);
        program.check(&file);
        assert_eq!(by_name(program.balances(&file)), expected, "{program:?}");
    }
}

#[test]
fn books_of_some_days_and_of_one_account_are_accepted_too() {
    let home = some_days();
    let all = rows(&home, &[]);
    let day = |at: usize| all[at]["date"].as_str().unwrap();
    let (since, until) = (day(all.len() / 2), day(all.len() - 40));
    let account = all[0]["account_id"].as_str().unwrap();
    for program in Program::installed() {
        for (name, arguments) in [
            ("since", &["--since", since][..]),
            ("until", &["--until", until]),
            ("both", &["--since", since, "--until", until]),
            ("account", &["--account", account]),
            ("account_since", &["--account", account, "--since", since]),
            ("nothing", &["--until", "1990-01-01"]),
        ] {
            let file = home.path().join(format!("{name}.{}", program.format()));
            let books = text(&home, &[&["--format", program.format()], arguments].concat());
            fs::write(&file, books).unwrap();
            program.check(&file);
            let balances = by_name(program.balances(&file));
            for (name, ledger) in measured(&home) {
                let there = balances.get(&name);
                let whole = !arguments.contains(&"--until");
                assert!(!whole || there.is_none_or(|it| *it == ledger), "{program:?} {name}");
            }
        }
    }
}

#[test]
fn csv_and_json_lines_hold_every_row_oldest_first() {
    let home = some_days();
    let listed = home.json(&["transactions", "--demo", "--offline", "--json"]);
    let mut listed: Vec<Value> = listed["transactions"].as_array().unwrap().clone();
    listed.reverse();
    let lines = rows(&home, &[]);
    assert_eq!(lines.len(), listed.len());
    for (line, row) in lines.iter().zip(&listed) {
        for (name, value) in row.as_object().unwrap() {
            assert_eq!(&line[name], value, "{name}");
        }
        let minor = line["amount_minor"].as_i64().unwrap();
        let amount = row["amount"].as_str().unwrap().replace('.', "");
        assert_eq!(minor, amount.parse::<i64>().unwrap());
    }
    let sheet = text(&home, &["--format", "csv"]);
    assert!(sheet.ends_with("\r\n"));
    let mut reader = csv::Reader::from_reader(sheet.as_bytes());
    let names = reader.headers().unwrap().clone();
    let records: Vec<BTreeMap<String, String>> = reader
        .records()
        .map(|record| {
            let record = record.unwrap();
            names.iter().zip(&record).map(|(n, v)| (n.to_owned(), v.to_owned())).collect()
        })
        .collect();
    assert_eq!(records.len(), listed.len());
    for (record, row) in records.iter().zip(&listed) {
        for name in ["id", "account_id", "date", "amount", "currency", "status"] {
            assert_eq!(Value::from(record[name].clone()), row[name], "{name}");
        }
    }
    assert_eq!(text(&home, &["--format", "csv"]), sheet, "the same bytes again");
}

#[test]
fn a_file_is_the_users_alone_and_replaces_nothing_unasked() {
    let home = some_days();
    let arguments = ["export", "--demo", "--offline", "--format", "csv", "--output", "all.csv"];
    home.passbook(&arguments).assert().success().stdout(contains("transactions"));
    let written = fs::read(home.path().join("all.csv")).unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = home.path().join("all.csv").metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    fs::write(home.path().join("all.csv"), "mine").unwrap();
    home.passbook(&arguments).assert().code(2).stderr(contains("--force"));
    assert_eq!(fs::read(home.path().join("all.csv")).unwrap(), b"mine");
    home.passbook(&[&arguments[..], &["--force"]].concat()).assert().success();
    assert_eq!(fs::read(home.path().join("all.csv")).unwrap(), written);
    for (place, why) in [("no/such/place.csv", "make that first"), (".", "name a file in it")] {
        let nowhere = [&arguments[..6], &[place]].concat();
        let refused = home.passbook(&nowhere).assert().code(2);
        refused.stderr(contains("nothing was changed").and(contains(why)));
    }
    let left: Vec<_> =
        fs::read_dir(home.path()).unwrap().map(|it| it.unwrap().file_name()).collect();
    assert!(!left.iter().any(|name| name.to_string_lossy().contains(".part")), "{left:?}");
}

#[test]
fn a_reader_that_has_seen_enough_is_no_failure() {
    let home = some_days();
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_passbook"))
        .args(["export", "--demo", "--offline", "--format", "jsonl"])
        .env_clear()
        .env("HOME", home.path())
        .stdout(writer)
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    let said = predicate::str::is_empty();
    assert!(said.eval(&String::from_utf8_lossy(&output.stderr)));
}
