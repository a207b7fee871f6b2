//! Known secrets in use while every screen is looked at: nothing that the terminal received holds one.

use std::fs;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use passbook::demo::{Fault, Match, Reply, Times};
use passbook::vault::Key;

use super::terminal::Terminal;
use crate::enroll::program::Place;
use crate::faults::crashes::small_bank;
use crate::program::{Home, PROGRAM};
use crate::support;
use crate::support::secrets::Secrets;

const WEBHOOK_SECRET: &str = "whsec_canary_5f1d9a70c2";
const ESC: &str = "\x1b";
const ENTER: &str = "\r";

/// A terminal whose every picture is looked through.
struct Watched {
    terminal: Terminal,
    secrets: Secrets,
}

impl Watched {
    /// Presses a key and waits for what it shows.
    fn see(&mut self, key: &str, shows: &[&str]) {
        self.terminal.press(key);
        self.terminal.wait_for(shows);
        let text = self.terminal.text();
        // A long word is broken at the edge of its box.
        let unbroken: String =
            text.chars().filter(|it| !it.is_whitespace() && *it != '│').collect();
        for text in [text, unbroken] {
            self.secrets.assert_absent(&format!("{shows:?}"), text.as_bytes());
        }
    }

    /// The same of what lies over a screen, which is left again.
    fn peek(&mut self, key: &str, shows: &[&str]) {
        self.see(key, shows);
        self.terminal.press(ESC);
        self.terminal.wait_until(&format!("no {shows:?} after esc"), |text| {
            !shows.iter().all(|part| text.contains(part))
        });
    }

    fn copies(&self) -> Vec<Vec<u8>> {
        let written = self.terminal.written();
        let text = String::from_utf8_lossy(&written);
        let begun = text.split("\x1b]52;c;").skip(1);
        let coded = begun.map(|rest| rest.split(['\x1b', '\x07']).next().unwrap());
        coded.map(|text| STANDARD.decode(text).unwrap()).collect()
    }
}

/// Without what moves the cursor and colours the cells: only changed cells are written.
fn plain(written: &[u8]) -> Vec<u8> {
    let mut plain = Vec::new();
    let mut bytes = written.iter().copied().peekable();
    while let Some(byte) = bytes.next() {
        if byte == 0x1b && bytes.next_if_eq(&b'[').is_some() {
            // Up to the letter that ends it.
            bytes.by_ref().find(|byte| (0x40..=0x7e).contains(byte));
        } else {
            plain.push(byte);
        }
    }
    plain
}

/// One login is sealed with the key and one comes from the environment; the webhook's secret is read as
/// well, for it stands beside them.
async fn watched() -> (Place, Watched) {
    let key = Key::new_random();
    let (at, bank) = (support::sqlite(), small_bank().await);
    let mut secrets = Secrets::of_key(&key);
    for token in bank.tokens() {
        secrets.add("a token", token.expose());
    }
    secrets.add("the webhook secret", WEBHOOK_SECRET);
    let home = || {
        Home::new()
            .with("DATABASE_URL", at.url())
            .with("TELLER_API_URL", bank.url())
            .with("TELLER_ACCESS_TOKEN", bank.tokens()[1].expose())
            .with("PASSBOOK_KEY", key.text().expose())
            .with("TELLER_WEBHOOK_SECRETS", WEBHOOK_SECRET)
            .with("LOG_LEVEL", "trace")
            .with("RUST_BACKTRACE", "full")
    };
    let terminal_home = home();
    let place = Place { home: home(), at, bank };
    place.add(0).await;
    let terminal = Terminal::run(terminal_home, PROGRAM, &[]);
    terminal.wait_for(&["[1 Accounts]", "Sync"]);
    (place, Watched { terminal, secrets })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_screen_shows_or_copies_a_secret_in_use() {
    let (place, mut watched) = watched().await;
    watched.see("r", &["Synced:", "Everyday Checking"]);
    watched.peek("?", &["Keys", "esc closes"]);
    watched.peek(":", &["search keys"]);
    watched.peek(",", &["Settings", "Theme"]);
    watched.see("\t", &["[1 Accounts]"]);
    watched.see(ENTER, &["WHAT THE BANK TOLD US"]);
    watched.see("yy", &["Copied"]);
    watched.see("i", &["\"details\""]);
    watched.see("yj", &["Copied the record"]);
    watched.see(ESC, &["WHAT THE BANK TOLD US"]);
    watched.see("5", &["[5 Sync]", "LAST RUNS"]);
    watched.peek("m", &["Name of"]);
    watched.peek("D", &["What shall become of", "keep it"]);

    // The bank has nothing to say but what it was asked with.
    let echo = format!("no such token: {}", place.bank.tokens()[0].expose());
    for (status, code) in [(400, "bad_request"), (403, "forbidden")] {
        let answer = Fault::Answer(Reply::error(status, code, &echo));
        let on = if status == 403 { Match::any() } else { Match::transactions() };
        let fault = place.bank.faults().add(on, answer, Times::Always);
        watched.see("r", &["Press !"]);
        watched.see("5", &["[5 Sync]"]);
        place.bank.faults().remove(fault);
    }
    watched.see("!", &["Problems", "refused the access token"]);
    watched.see("j", &["Problems"]);
    watched.see("d", &["Checks", "sealed token", "clipboard"]);
    watched.see("y", &["Copied the report"]);
    watched.see(ESC, &["[5 Sync]"]);
    watched.see("!", &["Problems", "refused the access token"]);
    watched.see(ENTER, &["Sign in to", "again", "application id"]);
    watched.see(ESC, &["[5 Sync]"]);
    watched.terminal.press("\x03");
    assert_eq!(watched.terminal.wait_for_exit().exit_code(), 0);
    watched.terminal.wait_until_restored();

    let copies = watched.copies();
    let told = String::from_utf8_lossy(&copies.concat()).into_owned();
    assert!(told.contains("\"running_balance\""), "what is copied is looked through: {told}");
    let written = watched.terminal.written();
    assert!(copies.len() > 2 && written.len() > 20_000, "{} bytes", written.len());
    let plain = plain(&written);
    assert!(String::from_utf8_lossy(&plain).contains("WHAT THE BANK TOLD US"), "texts are whole");
    for bytes in copies.into_iter().chain([plain, written]) {
        watched.secrets.assert_absent("what the terminal received", &bytes);
    }
    let logs = fs::read_dir(watched.terminal.home().path().join("state/passbook")).unwrap();
    let logs: Vec<_> = logs.map(|file| fs::read(file.unwrap().path()).unwrap()).collect();
    watched.secrets.assert_absent("the log", &logs.concat());
}
