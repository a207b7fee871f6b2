//! The program as scripts meet it: options, documents on stdout, exit codes.

mod adoption;
mod backups;
mod categories;
mod connecting;
mod doctor;
mod export;
mod keeping;
mod manual;
mod migrate;
mod replica;
mod report;
mod rules;
mod unreachable;

use std::collections::BTreeSet;
use std::path::Path;

use assert_cmd::Command;
use predicates::prelude::*;
use predicates::str::contains;
use serde_json::Value;
use tempfile::TempDir;

/// A home directory in which nothing is configured; also the working directory.
struct Home(TempDir);

impl Home {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("a directory to test in"))
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn passbook(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_passbook"));
        command.args(arguments).env_clear().env("HOME", self.path()).env("TZ", "UTC");
        // Never the keyring of whoever runs the tests.
        command.env("PASSBOOK_KEYRING", "off");
        command.current_dir(self.path());
        command
    }

    /// The one document on stdout.
    fn json(&self, arguments: &[&str]) -> Value {
        let output = self.passbook(arguments).assert().success().get_output().stdout.clone();
        serde_json::from_slice(&output).expect("one JSON document")
    }
}

fn setting<'a>(document: &'a Value, name: &str) -> &'a Value {
    let rows = document["where"].as_array().expect("a list");
    rows.iter().find(|row| row["name"] == name).expect("a setting of that name")
}

#[test]
fn help_names_every_option_variable_and_command() {
    let mut assert = Home::new().passbook(&["--help"]).assert().success();
    for text in [
        "--database-url <URL>",
        "--environment <NAME>",
        "--cert <FILE>",
        "--cert-key <FILE>",
        "--teller-url <URL>",
        "--teller-ca <FILE>",
        "--demo",
        "--serve",
        "--bind <ADDR>",
        "--port <N>",
        "--sync-every <DURATION>",
        "--metrics",
        "--offline",
        "--read-only",
        "--config <FILE>",
        "--log-level <LEVEL>",
        "--no-dotenv",
        "--ascii",
        "--theme <THEME>",
        "--plain",
        "[env: DATABASE_URL]",
        "[env: TELLER_ENVIRONMENT]",
        "[env: TELLER_CERT_PATH]",
        "[env: TELLER_KEY_PATH]",
        "[env: TELLER_API_URL]",
        "[env: TELLER_CA_PATH]",
        "[env: PORT]",
        "[env: PASSBOOK_OFFLINE]",
        "[env: PASSBOOK_METRICS]",
        "[env: PASSBOOK_CONFIG]",
        "[env: LOG_LEVEL]",
        "TELLER_ACCESS_TOKEN",
        "POSTGRES_PASSWORD",
    ] {
        assert = assert.stdout(contains(text));
    }
    for command in [
        "sync",
        "enrollments",
        "key",
        "accounts",
        "transactions",
        "balances",
        "export",
        "report",
        "backup",
        "restore",
        "copy",
        "adopt",
        "lock",
        "db",
        "migrate",
        "doctor",
        "where",
        "completions",
        "man",
    ] {
        assert = assert.stdout(contains(format!("\n  {command} ")));
    }
}

#[test]
fn the_passphrase_is_set_from_lines_and_never_told() {
    let home = Home::new();
    let lock = |what: &str, lines: &str| {
        home.passbook(&["--demo", "lock", what]).write_stdin(lines.to_owned()).assert()
    };
    lock("status", "").success().stdout(contains("There is no passphrase."));
    lock("set", "planted\nplanter\n").code(2).stderr(contains("not the same"));
    lock("set", "").code(2);
    lock("set", "planted\nplanted\n").success().stdout(contains("does not encrypt"));
    lock("status", "").success().stdout(contains("A passphrase is set."));
    lock("remove", "wrong\n").code(2).stderr(contains("not the present one"));
    let told = lock("remove", "planted\n").success();
    assert!(!String::from_utf8_lossy(&told.get_output().stdout).contains("planted"));
    lock("status", "").success().stdout(contains("There is no passphrase."));
}

#[test]
fn a_theme_of_ones_own_is_known_by_its_file_and_its_mistakes_by_their_lines() {
    let home = Home::new();
    let themes = home.path().join(".config/passbook/themes");
    std::fs::create_dir_all(&themes).expect("a directory");
    home.passbook(&["--theme", "sepia", "where"]).assert().code(2).stderr(contains("must be dark"));
    std::fs::write(themes.join("sepia.toml"), "accent = \"brown\"\n").expect("a file");
    std::fs::write(themes.join("../keys.toml"), "zoom = \"x\"\nraw = \"x\"\n").expect("a file");
    let rows = home.json(&["--theme", "sepia", "where", "--json"]);
    assert_eq!(setting(&rows, "theme")["value"], "sepia");
    home.passbook(&["--demo", "doctor"]).assert().stdout(
        contains("themes/sepia.toml, line 1")
            .and(contains("keys, line 2: x is bound to zoom already")),
    );
}

#[test]
fn usage_errors_end_with_status_2_and_leave_stdout_empty() {
    for arguments in [
        &["--bogus"][..],
        &["frobnicate"],
        &["--environment", "moon"],
        &["--port", "80"],
        &["--serve", "--port", "eighty"],
        &["--serve", "accounts"],
        &["accounts", "--port", "80"],
        &["transactions", "--since", "yesterday"],
        &["transactions", "--status", "settled"],
        &["transactions", "--limit", "-1"],
        &["export"],
        &["export", "--format", "xls"],
        &["export", "--format", "csv", "--force"],
        &["export", "--format", "csv", "--since", "2026-02-02", "--until", "2026-02-01"],
        &["completions", "tcsh"],
        &["report"],
        &["report", "cash-flow", "--json", "--csv"],
        &["report", "cash-flow", "--months", "0"],
        &["report", "spending", "--month", "2026-13"],
        &["report", "net-worth", "--force"],
        &["transactions", "--limit", "0"],
        &["transactions", "--since", "2026-02-02", "--until", "2026-02-01"],
        &["where", "--database-url", "mysql://host/name"],
        &["where", "--cert", "only.pem"],
        &["where", "--config", "missing.toml"],
        &["sync", "--offline", "--demo"],
        &["sync", "--read-only", "--demo"],
        &["sync"],
    ] {
        let assert = Home::new().passbook(arguments).assert();
        assert.code(2).stdout("").stderr(contains("panicked").not());
    }
}

#[test]
fn a_day_that_cannot_be_read_is_told_what_one_looks_like() {
    for day in ["nope", "30d", "2026-11"] {
        let refused = Home::new().passbook(&["transactions", "--since", day]).assert().code(2);
        refused.stderr(contains("wants a day such as 2026-11-22"));
    }
}

#[test]
fn global_options_are_understood_on_both_sides_of_the_command() {
    let home = Home::new();
    for arguments in [["--offline", "where", "--json"], ["where", "--offline", "--json"]] {
        let document = home.json(&arguments);
        assert_eq!(setting(&document, "offline")["value"], "true");
        assert_eq!(setting(&document, "offline")["source"], "flag");
    }
}

#[test]
fn a_relative_database_is_shown_absolute() {
    let home = Home::new();
    let document = home.json(&["where", "--json", "--database-url", "sqlite:///ledger.db"]);
    let here = home.path().canonicalize().unwrap();
    let shown = setting(&document, "database")["value"].as_str().unwrap();
    assert_eq!(Path::new(shown), here.join("ledger.db"));
    assert!(!here.join("ledger.db").exists(), "`where` opens nothing");
}

#[test]
fn no_secret_is_ever_printed() {
    let home = Home::new();
    let url = "postgres://ann:hunter2@127.0.0.1:1/books";
    for (arguments, code) in [
        (&["where"][..], 0),
        (&["where", "--json"], 0),
        (&["accounts"], 3),
        (&["accounts", "--log-level", "trace"], 3),
        (&["where", "--database-url", "postgres://ann:hunter2#@127.0.0.1/books"], 2),
    ] {
        let mut command = home.passbook(arguments);
        command.env("DATABASE_URL", url).env("TELLER_ACCESS_TOKEN", "token_planted");
        let output = command.assert().code(code).get_output().clone();
        let printed = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
        assert!(!printed.contains("hunter2") && !printed.contains("planted"), "{printed}");
    }
}

#[test]
fn a_password_on_the_command_line_is_warned_of() {
    let home = Home::new();
    let url = "postgres://ann:hunter2@127.0.0.1:1/books";
    let assert = home.passbook(&["where", "--database-url", url]).assert().success();
    assert.stderr(contains("process list").and(contains("hunter2").not()));
}

#[test]
fn an_empty_store_is_made_privately_and_listed_as_empty() {
    let home = Home::new();
    for name in ["accounts", "transactions", "balances"] {
        assert_eq!(home.json(&[name, "--json"]), serde_json::json!({ name: [] }));
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let data = home.path().join(".local/share/passbook");
        let mode = |path: &Path| path.metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&data), 0o700);
        assert_eq!(mode(&data.join("passbook.db")), 0o600);
    }
}

#[test]
fn an_unknown_account_is_told_what_there_is() {
    let home = Home::new();
    let assert = home.passbook(&["balances", "--account", "acc_nope"]).assert().code(2);
    assert.stdout("").stderr(contains("acc_nope").and(contains("passbook sync")));
}

#[test]
fn tidying_says_what_goes_and_asks() {
    let home = Home::new();
    home.json(&["sync", "--demo", "--json"]);
    home.passbook(&["db", "tidy", "--demo", "--dry-run"])
        .assert()
        .success()
        .stdout(contains("WHAT STAYS").and(contains("found nothing")));
    // There is nothing to ask about; the room is given back all the same.
    home.passbook(&["db", "tidy", "--demo"]).assert().success().stdout(contains("Done"));
    home.passbook(&["db", "tidy", "--demo", "--read-only"]).assert().code(2);
    let document = home.json(&["db", "tidy", "--demo", "--yes", "--json"]);
    assert_eq!(document["tidied"]["equal_balances"], 0);
}

#[test]
fn a_reader_that_went_away_is_no_failure() {
    let home = Home::new();
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let status = std::process::Command::new(env!("CARGO_BIN_EXE_passbook"))
        .arg("where")
        .env_clear()
        .env("HOME", home.path())
        .stdout(writer)
        .status()
        .unwrap();
    assert_eq!(status.code(), Some(0));
}

#[test]
fn a_script_syncs_the_demo_and_reads_it_back() {
    let home = Home::new();
    let sync = home.json(&["sync", "--demo", "--json"]);
    assert_eq!(sync["run"]["outcome"], "ok");
    assert_eq!(sync["errors"], serde_json::json!([]));
    let new: i64 =
        sync["sync"].as_array().unwrap().iter().map(|row| row["new"].as_i64().unwrap()).sum();
    let accounts = home.json(&["accounts", "--demo", "--json"]);
    let accounts = accounts["accounts"].as_array().unwrap();
    assert!(accounts.len() >= 5, "{accounts:?}");
    assert!(accounts.iter().all(|row| row["ledger"].is_string()), "{accounts:?}");

    let all = home.json(&["transactions", "--demo", "--json"]);
    let rows = all["transactions"].as_array().unwrap();
    assert!(rows.len() > 1000, "more than one window is read: {}", rows.len());
    assert_eq!(
        i64::try_from(rows.len()).unwrap(),
        new,
        "an empty demo is filled by the sync itself"
    );
    let days: Vec<&str> = rows.iter().map(|row| row["date"].as_str().unwrap()).collect();
    assert!(days.windows(2).all(|pair| pair[0] >= pair[1]), "newest first");
    let keys: BTreeSet<String> =
        rows.iter().map(|row| format!("{} {}", row["account_id"], row["id"])).collect();
    assert_eq!(keys.len(), rows.len(), "each row once");

    let seven = home.json(&["transactions", "--demo", "--json", "--limit", "7"]);
    assert_eq!(seven["transactions"].as_array().unwrap(), &rows[..7]);

    let account = rows[0]["account_id"].as_str().unwrap();
    let (since, until) = (days[days.len() / 2], days[days.len() / 4]);
    let some = home.json(&[
        "transactions",
        "--demo",
        "--json",
        "--account",
        account,
        "--since",
        since,
        "--until",
        until,
        "--status",
        "posted",
    ]);
    let expected: Vec<&Value> = rows
        .iter()
        .filter(|row| row["account_id"] == account && row["status"] == "posted")
        .filter(|row| (since..=until).contains(&row["date"].as_str().unwrap()))
        .collect();
    assert!(!expected.is_empty());
    assert_eq!(some["transactions"].as_array().unwrap().iter().collect::<Vec<_>>(), expected);

    let query = "amt:>50 since:365d -is:pending";
    let found = home.json(&["transactions", "--demo", "--json", "--limit", "3", "--query", query]);
    let (found, totals) = (found["transactions"].as_array().unwrap(), &found["totals"]);
    assert_eq!(found.len(), 3);
    assert!(totals[0]["count"].as_i64().unwrap() > 3, "of all that match: {totals}");
    let mut table = home.passbook(&["transactions", "--demo", "--query", query]);
    table.assert().success().stdout(contains("AVERAGE"));
    let mut wrong = home.passbook(&["transactions", "--demo", "--query", "rowan amt:fifty"]);
    let wrong = wrong.assert().code(2).stdout("");
    wrong.stderr(contains("rowan amt:fifty\n").and(contains("        ^^^^^^^^^ amt: wants")));

    let real = home.json(&["accounts", "--json"]);
    assert_eq!(real["accounts"], serde_json::json!([]), "the real database stays untouched");
}

#[test]
fn a_sync_tells_exactly_what_came_and_went() {
    let home = Home::new();
    let stored = || {
        let live = home.json(&["transactions", "--demo", "--json"]);
        let ids = live["transactions"].as_array().unwrap().iter();
        ids.map(|row| row["id"].to_string()).collect::<BTreeSet<_>>()
    };
    home.json(&["sync", "--demo", "--json"]);
    let mut before = stored();
    for _ in 0..3 {
        let sync = home.json(&["sync", "--demo", "--json", "--full"]);
        assert_eq!(
            (&sync["run"]["full"], &sync["run"]["trigger"]),
            (&true.into(), &"command".into())
        );
        let mut expected = before.len();
        for row in sync["sync"].as_array().unwrap() {
            let count = |name: &str| usize::try_from(row[name].as_u64().unwrap()).unwrap();
            expected = expected + count("new") - count("gone");
        }
        // A pending row that settled under a new id is neither new nor gone, but one that was
        // listed for a while beside its posted row makes one of two.
        let explained = home.json(&["sync", "--demo", "--json", "--explain"]);
        for account in explained["accounts"].as_array().unwrap() {
            let steps = account["steps"].as_array().unwrap().iter();
            let pairs = steps.filter(|step| step["step"] == "paired");
            expected -= pairs.filter(|pair| before.contains(&pair["came"].to_string())).count();
        }
        before = stored();
        assert_eq!(before.len(), expected);
    }
}

#[test]
fn a_bank_that_cannot_be_reached_ends_with_status_5() {
    let home = Home::new();
    let mut command = home.passbook(&["sync", "--json", "--teller-url", "http://127.0.0.1:1"]);
    let assert = command.env("TELLER_ACCESS_TOKEN", "token_planted").assert().code(5);
    let document: Value = serde_json::from_slice(&assert.get_output().stdout).unwrap();
    assert_eq!(document["run"]["outcome"], "offline");
    assert_eq!(document["errors"][0]["code"], "offline");
}

#[test]
fn the_last_sync_can_be_explained_without_a_bank() {
    let home = Home::new();
    home.passbook(&["--demo", "sync"]).assert().success();
    home.passbook(&["--demo", "--offline", "sync", "--explain"])
        .assert()
        .success()
        .stdout(contains("asked for by command: ok").and(contains("goal      two weeks below")));
    let document = home.json(&["--demo", "--offline", "sync", "--explain", "--json"]);
    assert_eq!(document["accounts"].as_array().map(Vec::len), Some(6));
    assert_eq!(document["accounts"][0]["steps"][0]["depth"], "first");
    home.passbook(&["sync", "--explain", "--full"]).assert().code(2);
}
