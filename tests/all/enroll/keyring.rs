//! With a keyring of the system: GNOME's, on a message bus of the test's own.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use serde_json::Value;

use super::program::Place;
use crate::faults::crashes::{small_bank, text};
use crate::program::{DEADLINE, Home};
use crate::support;

/// Bus and keyring, ended with it.
struct Session {
    address: String,
    bus: Child,
    keyring: Child,
}

impl Session {
    /// `None`, said out loud, where the programs are not there. `PASSBOOK_TEST_KEYRING=require`
    /// makes that an error.
    fn start(home: &Path) -> Option<Self> {
        let Ok(mut bus) = Command::new("dbus-daemon")
            .args(["--session", "--nofork", "--nopidfile", "--print-address=1"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
        else {
            return absent();
        };
        let mut address = String::new();
        BufReader::new(bus.stdout.take().unwrap()).read_line(&mut address).unwrap();
        let address = address.trim().to_owned();
        let Ok(mut keyring) = Command::new("gnome-keyring-daemon")
            .args(["--unlock", "--foreground", "--components=secrets"])
            .env_clear()
            .env("HOME", home)
            .env("XDG_RUNTIME_DIR", home)
            .env("XDG_DATA_HOME", home.join("keyrings"))
            .env("DBUS_SESSION_BUS_ADDRESS", &address)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
        else {
            end(&mut bus);
            return absent();
        };
        keyring.stdin.take().unwrap().write_all(b"planted passphrase").unwrap();
        Some(Self { address, bus, keyring })
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        end(&mut self.keyring);
        end(&mut self.bus);
    }
}

fn end(child: &mut Child) {
    // It may have ended by itself.
    let _ = child.kill();
    let _ = child.wait();
}

fn absent() -> Option<Session> {
    support::say_missing("PASSBOOK_TEST_KEYRING", "dbus-daemon or gnome-keyring-daemon");
    None
}

async fn keys(place: &Place) -> Value {
    let told = place.run(&["key", "where", "--json"]).await;
    serde_json::from_slice(&told.stdout).unwrap_or_else(|_| panic!("{}", text(&told)))
}

#[tokio::test(flavor = "multi_thread")]
async fn the_systems_keyring_keeps_the_key_and_without_it_nothing_is_synced() {
    let directory = tempfile::tempdir().unwrap();
    let Some(session) = Session::start(directory.path()) else { return };
    let home = Home::new()
        .with("PASSBOOK_KEYRING", "on")
        .with("DBUS_SESSION_BUS_ADDRESS", session.address.clone());
    let place = Place { home, at: support::sqlite(), bank: small_bank().await };
    let asked = std::time::Instant::now();
    while keys(&place).await["keyring"] != "answers" {
        assert!(asked.elapsed() < DEADLINE, "{}", keys(&place).await);
    }
    place.add(0).await;
    let found = keys(&place).await;
    assert_eq!(found["keys"][0]["place"], "the system's keyring", "{found}");
    assert_eq!(found["keys"][0]["tokens"], 1, "{found}");
    let file = place.home.path().join("config/passbook/key");
    assert!(!file.exists(), "the key is in the keyring alone");
    let rotated = place.run(&["key", "rotate"]).await;
    assert!(rotated.status.success(), "{}", text(&rotated));
    let synced = place.run(&["sync"]).await;
    assert!(synced.status.success(), "{}", text(&synced));

    // The keyring goes, as on another computer: what is stored stays readable, and nothing is made anew.
    drop(session);
    let synced = place.run(&["sync"]).await;
    assert!(!synced.status.success());
    assert!(text(&synced).contains("PASSBOOK_KEY"), "{}", text(&synced));
    let listed = place.run(&["transactions", "--limit", "1"]).await;
    assert!(listed.status.success(), "{}", text(&listed));
    assert!(!file.exists(), "no other key takes its place");
}
