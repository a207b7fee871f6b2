//! The words of `passbook enrollments` and `passbook key`, from outside.

use std::io::Write as _;
use std::process::{Command, Output, Stdio};

use passbook::demo::{Bank, Fault, Match, Reply, Times};
use serde_json::Value;

use crate::faults::crashes::{finish, passbook, small_bank, text};
use crate::program::Home;
use crate::support::{self, TestDatabase};

/// A computer on a database, with a bank to reach.
pub struct Place {
    pub home: Home,
    pub at: TestDatabase,
    pub bank: Bank,
}

/// One on each engine.
pub async fn places() -> Vec<Place> {
    let mut places = Vec::new();
    for at in support::databases().await {
        places.push(Place { home: Home::new(), at, bank: small_bank().await });
    }
    places
}

impl Place {
    /// Another computer on the same database.
    pub fn elsewhere(&self, environment: &[(&'static str, &str)]) -> Self {
        let mut home = Home::new();
        for (name, value) in environment {
            home = home.with(name, *value);
        }
        Self { home, at: self.at.again(), bank: self.bank.clone() }
    }

    pub fn command(&self, words: &[&str], fail_point: &str) -> Command {
        let mut command = passbook(&self.home, &self.at, fail_point);
        command.args(words).env("TELLER_API_URL", self.bank.url());
        command
    }

    pub async fn run(&self, words: &[&str]) -> Output {
        self.run_at(words, "").await
    }

    pub async fn run_at(&self, words: &[&str], fail_point: &str) -> Output {
        finish(self.command(words, fail_point).spawn().unwrap()).await
    }

    /// With a line on standard input.
    pub async fn say(&self, words: &[&str], line: &str) -> Output {
        self.say_at(words, line, "").await
    }

    pub async fn say_at(&self, words: &[&str], line: &str, fail_point: &str) -> Output {
        let mut child = self.command(words, fail_point).stdin(Stdio::piped()).spawn().unwrap();
        // One that was killed does not listen.
        let _ = writeln!(child.stdin.take().unwrap(), "{line}");
        finish(child).await
    }

    pub async fn add(&self, enrollment: usize) {
        let token = self.bank.tokens().remove(enrollment);
        let added = self.say(&["enrollments", "add", "--token-stdin"], token.expose()).await;
        assert!(added.status.success(), "{}", text(&added));
    }

    pub async fn list(&self) -> Value {
        let listed = self.run(&["enrollments", "--json"]).await;
        serde_json::from_slice(&listed.stdout).unwrap_or_else(|_| panic!("{}", text(&listed)))
    }

    async fn accounts(&self) -> usize {
        let accounts = self.run(&["accounts", "--json"]).await;
        let document: Value = serde_json::from_slice(&accounts.stdout).unwrap();
        document["accounts"].as_array().unwrap().len()
    }
}

fn told(output: &Output, words: &[&str]) {
    let text = text(output);
    for word in words {
        assert!(text.contains(word), "{word} in {text}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_from_elsewhere_is_kept_synced_named_and_ended() {
    for place in places().await {
        let token = place.bank.tokens().remove(0);
        let added = place.say(&["enrollments", "add", "--token-stdin"], token.expose()).await;
        told(&added, &["is connected: 3 accounts", "A key was made", "keyring is not used"]);

        let synced = place.run(&["sync"]).await;
        assert!(synced.status.success(), "{}", text(&synced));
        let listed = place.list().await;
        let row = &listed["enrollments"][0];
        assert_eq!((&row["token"], &row["state"]), (&"sealed".into(), &"healthy".into()));
        assert_eq!(row["accounts"], 3);
        assert!(row["last_success_at"].is_string() && row["what"].is_null());

        let bank = row["institution"].as_str().unwrap().to_owned();
        told(&place.run(&["enrollments", "rename", &bank, "Ours"]).await, &["name of", "Ours"]);
        assert_eq!(place.list().await["enrollments"][0]["name"], "Ours");

        let unasked = place.run(&["enrollments", "remove", "Ours"]).await;
        assert_eq!(unasked.status.code(), Some(2), "{}", text(&unasked));
        told(&unasked, &["--yes"]);
        let removed = place.run(&["enrollments", "remove", "ours", "--yes"]).await;
        told(&removed, &["Teller's access is ended", "What it has brought stays"]);
        assert!(place.bank.requests().iter().any(|request| request.method == "DELETE"));
        assert_eq!(place.list().await["enrollments"].as_array().unwrap().len(), 0);
        assert_eq!(place.accounts().await, 3);
        let sealed = "select coalesce(sealed_token, 'wiped') from pb_enrollments";
        assert_eq!(place.at.ask(sealed).await, ["wiped"]);
        told(&place.run(&["sync"]).await, &["no bank is connected", "passbook connect"]);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_computer_browses_without_the_key_and_syncs_with_it() {
    for place in places().await {
        place.add(0).await;
        assert!(place.run(&["sync"]).await.status.success());
        let there = place.elsewhere(&[]);
        assert_eq!(there.accounts().await, 3);
        let shut = there.run(&["sync"]).await;
        assert_eq!(shut.status.code(), Some(4), "{}", text(&shut));
        told(&shut, &["the key", "PASSBOOK_KEY", "passbook key show"]);
        let row = there.list().await["enrollments"][0].clone();
        assert_eq!(row["token"], "locked");
        assert!(row["to_do"].as_str().unwrap().contains("PASSBOOK_KEY"), "{row}");
        told(&there.run(&["key", "where"]).await, &["which is not here"]);
        told(&there.run(&["doctor", "--offline"]).await, &["key", "PASSBOOK_KEY"]);

        let unasked = place.run(&["key", "show"]).await;
        assert!(unasked.stdout.is_empty() && unasked.status.code() == Some(2));
        let shown = place.run(&["key", "show", "--yes"]).await;
        let key = String::from_utf8(shown.stdout).unwrap();
        let there = place.elsewhere(&[("PASSBOOK_KEY", key.trim())]);
        let synced = there.run(&["sync"]).await;
        assert!(synced.status.success(), "{}", text(&synced));
        told(&there.run(&["key", "where"]).await, &["PASSBOOK_KEY", "seals"]);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_change_of_keys_cut_short_at_any_step_leaves_tokens_that_open() {
    for place in places().await {
        place.add(0).await;
        place.add(1).await;
        let mut cut = 0;
        for step in 1.. {
            let ended = place.run_at(&["key", "rotate"], &format!("step:{step}:kill")).await;
            for row in place.list().await["enrollments"].as_array().unwrap() {
                assert_eq!(row["token"], "sealed", "step {step}");
            }
            if ended.status.success() {
                break;
            }
            assert!(ended.status.code().is_none(), "{}", text(&ended));
            cut += 1;
        }
        assert!(cut > 7, "only {cut} steps");
        let dropped = place.run(&["key", "rotate", "--forget-old"]).await;
        told(&dropped, &["2 tokens sealed", "Dropped"]);
        assert!(place.run(&["sync"]).await.status.success());
        let document: Value =
            serde_json::from_slice(&place.run(&["key", "where", "--json"]).await.stdout).unwrap();
        assert_eq!(document["keys"].as_array().unwrap().len(), 1);
        assert_eq!(document["keys"][0]["tokens"], 2);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_in_the_environment_is_changed_by_putting_a_new_one_before_it() {
    let place = Place { home: Home::new(), at: support::sqlite(), bank: small_bank().await };
    let fresh = |place: &Place| place.command(&["key", "new"], "").output().unwrap().stdout;
    let [new, old] = [(); 2].map(|()| String::from_utf8(fresh(&place)).unwrap().trim().to_owned());
    let place = place.elsewhere(&[("PASSBOOK_KEY", &old)]);
    place.add(0).await;
    let alone = place.run(&["key", "rotate"]).await;
    assert_eq!(alone.status.code(), Some(2));
    told(&alone, &["PASSBOOK_KEY=NEW,OLD"]);
    let both = place.elsewhere(&[("PASSBOOK_KEY", &format!("{new},{old}"))]);
    told(&both.run(&["key", "rotate"]).await, &["1 token sealed with it anew"]);
    let only_new = place.elsewhere(&[("PASSBOOK_KEY", &new)]);
    assert!(only_new.run(&["sync"]).await.status.success());
    let broken = place.elsewhere(&[("PASSBOOK_KEY", "hunter2")]);
    let refused = broken.run(&["sync"]).await;
    assert_eq!(refused.status.code(), Some(2));
    assert!(text(&refused).contains("PASSBOOK_KEY") && !text(&refused).contains("hunter2"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bank_out_of_reach_removes_nothing_unless_told_to() {
    for place in places().await {
        place.add(0).await;
        let id = place.list().await["enrollments"][0]["id"].as_str().unwrap().to_owned();
        place.bank.stop().await;
        let failed = place.run(&["enrollments", "remove", &id, "--yes"]).await;
        assert_eq!(failed.status.code(), Some(5), "{}", text(&failed));
        told(&failed, &["nothing was changed", "--forget-anyway"]);
        assert_eq!(place.list().await["enrollments"][0]["token"], "sealed");
        let words = ["enrollments", "remove", &id, "--yes", "--forget-anyway"];
        told(&place.run(&words).await, &["Teller was not told"]);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_teller_has_ended_already_is_removed_all_the_same() {
    for (status, code) in [
        (403, "forbidden"),
        (404, "not_found"),
        (410, "account.closed"),
        (404, "enrollment.disconnected"),
    ] {
        let place = Place { home: Home::new(), at: support::sqlite(), bank: small_bank().await };
        place.add(0).await;
        let reply = Reply::error(status, code, "gone");
        let answer = Fault::Answer(reply);
        place.bank.faults().add(Match::path("/accounts"), answer, Times::Always);
        let id = place.list().await["enrollments"][0]["id"].as_str().unwrap().to_owned();
        let removed = place.run(&["enrollments", "remove", &id, "--yes"]).await;
        assert!(removed.status.success(), "{code}: {}", text(&removed));
        assert_eq!(place.list().await["enrollments"].as_array().unwrap().len(), 0);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn history_goes_only_when_asked_and_after_a_backup() {
    for place in places().await {
        place.add(0).await;
        place.add(1).await;
        assert!(place.run(&["sync"]).await.status.success());
        let rows = "select cast(count(*) as text) from pb_transactions";
        let all: usize = place.at.ask(rows).await[0].parse().unwrap();
        let id = place.list().await["enrollments"][0]["id"].as_str().unwrap().to_owned();
        let words = ["enrollments", "remove", &id, "--yes", "--with-history", "--json"];
        let removed = place.run(&words).await;
        let document: Value = serde_json::from_slice(&removed.stdout)
            .unwrap_or_else(|_| panic!("{}", text(&removed)));
        assert_eq!(document["removed"]["accounts_removed"], 3);
        let backup = document["removed"]["backup"].as_str().unwrap();
        assert!(std::path::Path::new(backup).exists());
        let left: usize = place.at.ask(rows).await[0].parse().unwrap();
        assert!(0 < left && left < all, "{left} of {all}");
        assert_eq!(place.accounts().await, 3);
        assert!(place.run(&["sync"]).await.status.success());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tokens_are_never_arguments_and_each_kind_of_wrong_one_is_told() {
    let place = Place { home: Home::new(), at: support::sqlite(), bank: small_bank().await };
    let bare = place.run(&["enrollments", "add"]).await;
    assert_eq!(bare.status.code(), Some(2));
    told(&bare, &["passbook connect", "--token-stdin"]);
    for (line, word) in [
        ("app_pa7q2k4m9xv3t8b1a0000", "application id"),
        ("two words", "no access token"),
        ("", "no access token"),
        ("token_live0001", "--environment development"),
        ("test_token_nobody", "Teller refused the access token"),
    ] {
        let refused = place.say(&["enrollments", "add", "--token-stdin"], line).await;
        assert!(!refused.status.success(), "{line}");
        told(&refused, &[word]);
        let shown = text(&refused);
        assert!(line.is_empty() || !shown.contains(line), "{shown}");
    }
    assert_eq!(place.list().await["enrollments"].as_array().unwrap().len(), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_of_the_environment_wins_and_each_enrollment_is_synced_once() {
    let place = Place { home: Home::new(), at: support::sqlite(), bank: small_bank().await };
    place.add(0).await;
    let token = place.bank.tokens().remove(0);
    let mut there = place.elsewhere(&[("TELLER_ACCESS_TOKEN", token.expose())]);
    there.at = place.at.again();
    place.bank.clear_requests();
    // Without the key of the other computer: the environment's own token is enough.
    assert!(there.run(&["sync"]).await.status.success());
    let lists = place.bank.requests().into_iter().filter(|it| it.path == "/accounts").count();
    assert_eq!(lists, 1);
    assert_eq!(there.list().await["enrollments"][0]["token"], "environment");
}
