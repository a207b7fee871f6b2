//! A known token and a known key, driven through every path and looked for afterwards: the database
//! may hold the token sealed, and nothing else may hold either.

use std::fs;
use std::io::Read as _;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::process::Output;

use passbook::demo::{Fault, Match, Times};
use passbook::vault::Key;

use super::program::{Place, places};
use crate::faults::crashes::{finish, text};
use crate::program::{Home, wait_for};
use crate::support::secrets::Secrets;

struct Canary {
    place: Place,
    secrets: Secrets,
}

impl Canary {
    fn new(place: Place, key: &Key) -> Self {
        let mut secrets = Secrets::of_key(key);
        secrets.add("the token", place.bank.tokens().remove(0).expose());
        Self { place, secrets }
    }

    fn assert_absent(&self, place: &str, bytes: &[u8]) {
        self.secrets.assert_absent(place, bytes);
    }

    fn assert_silent(&self, words: &[&str], output: &Output) {
        let place = words.join(" ");
        self.assert_absent(&place, &output.stdout);
        self.assert_absent(&place, &output.stderr);
    }

    /// As talkative as it can be made.
    async fn drive(&self, words: &[&str], fail_point: &str) -> Output {
        let mut command = self.place.command(words, fail_point);
        command.env("LOG_LEVEL", "trace").env("RUST_BACKTRACE", "full").env("RUST_LOG", "trace");
        let output = finish(command.spawn().unwrap()).await;
        self.assert_silent(words, &output);
        output
    }

    /// Every file below a directory but those named, backups unpacked.
    fn assert_no_file_holds_it(&self, directory: &Path, but: &[PathBuf]) -> usize {
        let mut seen = 0;
        for entry in fs::read_dir(directory).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                seen += self.assert_no_file_holds_it(&path, but);
            } else if !but.contains(&path) {
                // SQLite's own beside the database come and go.
                let Ok(bytes) = fs::read(&path) else { continue };
                let mut unpacked = Vec::new();
                // Most files are no backups.
                let _ =
                    flate2::read::MultiGzDecoder::new(bytes.as_slice()).read_to_end(&mut unpacked);
                self.assert_absent(&path.display().to_string(), &bytes);
                self.assert_absent(&path.display().to_string(), &unpacked);
                seen += 1;
            }
        }
        seen
    }
}

async fn canaries() -> Vec<Canary> {
    let mut canaries = Vec::new();
    for place in places().await {
        let key = Key::new_random();
        let file = place.home.path().join("config/passbook/key");
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(&file, format!("{}\n", key.text().expose())).unwrap();
        set_mode(&file, 0o600);
        place.add(0).await;
        canaries.push(Canary::new(place, &key));
    }
    canaries
}

fn set_mode(path: &Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_known_token_and_a_known_key_are_found_nowhere() {
    for canary in canaries().await {
        let home = canary.place.home.path().to_owned();
        let key_file = home.join("config/passbook/key");
        for words in [
            &["sync"][..],
            &["sync", "--json", "--full"],
            &["enrollments"],
            &["enrollments", "list", "--json", "--all"],
            &["enrollments", "rename", "nobody", "x"],
            &["key", "where"],
            &["key", "where", "--json"],
            &["key", "show"],
            &["where"],
            &["where", "--json"],
            &["accounts", "--json"],
            &["transactions", "--json"],
            &["export", "--format", "jsonl"],
            &["export", "--format", "csv", "--output", "rows.csv"],
            &["doctor", "--report", "report.txt"],
            &["doctor", "--json"],
            &["backup", "all.backup"],
            &["key", "rotate", "--json"],
        ] {
            canary.drive(words, "").await;
        }
        // A panic in the middle, with all that a backtrace has to say.
        for step in [3, 20, 45] {
            let struck = canary.drive(&["sync"], &format!("step:{step}:panic")).await;
            assert!(text(&struck).contains("panic") || step > 20, "{}", text(&struck));
        }
        // Every way in which the bank fails.
        let faults = canary.place.bank.faults();
        for fault in [
            Fault::Hangup,
            Fault::Cut(10),
            Fault::Rewrite { from: "[".to_owned(), to: "<html>".to_owned() },
        ] {
            let id = faults.add(Match::any(), fault, Times::Always);
            canary.drive(&["sync", "--json"], "").await;
            canary.drive(&["enrollments", "remove", "nobody", "--yes"], "").await;
            faults.remove(id);
        }
        set_mode(&key_file, 0o644);
        let refused = canary.drive(&["sync"], "").await;
        assert!(text(&refused).contains("chmod 600"), "{}", text(&refused));
        set_mode(&key_file, 0o600);
        canary.place.bank.enroll_again(0);
        canary.drive(&["sync"], "").await;

        let files = canary.assert_no_file_holds_it(&home, &[key_file]);
        assert!(files >= 3, "only {files} files were looked at");
        let dump = "select coalesce(sealed_token, '') || ' ' || coalesce(key_digest, '') || ' '
            || coalesce(token_digest, '') from pb_enrollments";
        let kept = canary.place.at.ask(dump).await.join("\n");
        canary.assert_absent("the table of enrollments", kept.as_bytes());
        assert!(kept.contains("pb1."), "the token is kept sealed: {kept}");
        if canary.place.at.engine == "SQLite" {
            let directory = canary.place.at.path().parent().unwrap().to_owned();
            assert!(canary.assert_no_file_holds_it(&directory, &[]) > 0);
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_process_list_shows_them_and_no_other_process_reads_the_memory() {
    for canary in canaries().await {
        let faults = canary.place.bank.faults();
        let stall = faults.add(Match::transactions(), Fault::Stall, Times::Always);
        let child = canary.place.command(&["sync"], "").spawn().unwrap();
        let process = PathBuf::from(format!("/proc/{}", child.id()));
        wait_for("a request", String::new, || (faults.hits(stall) > 0).then_some(()));
        for file in ["cmdline", "environ", "status"] {
            // One that may not be read tells nobody anything.
            let bytes = fs::read(process.join(file)).unwrap_or_default();
            canary.assert_absent(file, &bytes);
        }
        let limits = fs::read_to_string(process.join("limits")).unwrap_or_default();
        let core = limits.lines().find(|line| line.starts_with("Max core file size"));
        assert!(core.is_none_or(|line| line.split_whitespace().nth(4) == Some("0")), "{core:?}");
        let owner = fs::metadata(process.join("environ")).unwrap().uid();
        assert_eq!(owner, 0, "what is not dumpable belongs to root");
        faults.clear();
        assert!(finish(child).await.status.success());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_restored_elsewhere_holds_tokens_that_only_the_key_opens() {
    for canary in canaries().await {
        let file = canary.place.home.path().join("all.backup");
        let made = canary.place.run(&["backup", file.to_str().unwrap()]).await;
        assert!(text(&made).contains("passbook key show"), "{}", text(&made));
        let there = Place {
            home: Home::new(),
            at: crate::support::sqlite(),
            bank: canary.place.bank.clone(),
        };
        let restored = there.run(&["restore", file.to_str().unwrap(), "--yes"]).await;
        assert!(restored.status.success(), "{}", text(&restored));
        assert_eq!(there.list().await["enrollments"][0]["token"], "locked");
        let shown = canary.place.run(&["key", "show", "--yes"]).await;
        let key = String::from_utf8(shown.stdout).unwrap();
        let there = there.elsewhere(&[("PASSBOOK_KEY", key.trim())]);
        assert!(there.run(&["sync"]).await.status.success());
    }
}
