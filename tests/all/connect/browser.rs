//! Chromium without a window, driven over `WebDriver`; it reaches this computer and nothing else.

#![expect(clippy::unwrap_used, reason = "what a test cannot set up shall end it")]

use std::io::{BufRead as _, BufReader};
use std::os::unix::process::CommandExt as _;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use fantoccini::elements::Element;
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use rustix::process::{Pid, Signal, kill_process_group};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::PATIENCE;
use crate::support;

const TRIES: usize = 5;
/// Between two looks at the page.
const LOOK: Duration = Duration::from_millis(20);

/// What the page is asked to look like.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Colours {
    Light,
    Dark,
}

pub struct Browser {
    pub client: Client,
    driver: Child,
    _profile: TempDir,
}

impl Drop for Browser {
    fn drop(&mut self) {
        // The browser's processes are of the driver's group, and outlive it. They may have ended.
        let _ = kill_process_group(Pid::from_child(&self.driver), Signal::KILL);
        let _ = self.driver.wait();
    }
}

/// `None`, said out loud, where there is no Chromium. `PASSBOOK_TEST_BROWSER=require` makes that an
/// error.
pub async fn start(colours: Colours) -> Option<Browser> {
    let found =
        program(&["chromium", "chromium-browser", "google-chrome"]).zip(program(&["chromedriver"]));
    let Some((chromium, driver)) = found else {
        support::say_missing("PASSBOOK_TEST_BROWSER", "chromium or its driver");
        return None;
    };
    let profile = tempfile::tempdir().unwrap();
    // Its port may be taken between the choice and the listening.
    let started = (0..TRIES).find_map(|_| start_driver(&driver));
    let (driver, port) = started.expect("the driver says its port");
    let capabilities = capabilities(&chromium, &profile, colours);
    let client = ClientBuilder::new(HttpConnector::new())
        .capabilities(capabilities)
        .connect(&format!("http://127.0.0.1:{port}"))
        .await
        .expect("the browser starts");
    Some(Browser { client, driver, _profile: profile })
}

fn program(names: &[&str]) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    let directories: Vec<PathBuf> = std::env::split_paths(&path).collect();
    let places = names.iter().flat_map(|name| directories.iter().map(move |dir| dir.join(name)));
    places.into_iter().find(|place| place.is_file())
}

/// It says on which port it listens; `None` where it ends without.
fn start_driver(program: &PathBuf) -> Option<(Child, u16)> {
    let mut driver = Command::new(program)
        .arg("--port=0")
        .process_group(0)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let lines = BufReader::new(driver.stdout.take().unwrap()).lines();
    let port = lines.map_while(Result::ok).find_map(|line| {
        let (_, port) = line.split_once("started successfully on port ")?;
        port.trim_end_matches('.').parse().ok()
    });
    if port.is_none() {
        driver.wait().unwrap();
    }
    Some((driver, port?))
}

fn capabilities(
    chromium: &PathBuf,
    profile: &TempDir,
    colours: Colours,
) -> serde_json::Map<String, Value> {
    let scheme = match colours {
        Colours::Dark => 0,
        Colours::Light => 1,
    };
    let mut arguments = vec![
        "--headless=new".to_owned(),
        "--disable-gpu".to_owned(),
        "--disable-dev-shm-usage".to_owned(),
        "--no-first-run".to_owned(),
        "--disable-background-networking".to_owned(),
        "--disable-component-update".to_owned(),
        "--disable-sync".to_owned(),
        "--disable-extensions".to_owned(),
        "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1".to_owned(),
        "--force-color-profile=srgb".to_owned(),
        "--window-size=1000,900".to_owned(),
        format!("--blink-settings=preferredColorScheme={scheme}"),
        format!("--user-data-dir={}", profile.path().display()),
    ];
    if rustix::process::geteuid().is_root() {
        // Its sandbox refuses to run as root, and CI is.
        arguments.push("--no-sandbox".to_owned());
    }
    let options = json!({ "args": arguments, "binary": chromium });
    let capabilities = json!({ "browserName": "chrome", "goog:chromeOptions": options });
    capabilities.as_object().unwrap().clone()
}

impl Browser {
    pub async fn open(&self, address: &str) {
        self.client.goto(address).await.unwrap();
    }

    pub async fn find(&self, css: &str) -> Element {
        let found = self.client.wait().at_most(PATIENCE).for_element(Locator::Css(css)).await;
        found.unwrap_or_else(|error| panic!("{css}: {error}"))
    }

    /// Once it may be clicked.
    pub async fn click(&self, css: &str) {
        let element = self.find(css).await;
        self.wait(css, async || element.is_enabled().await.unwrap()).await;
        self.wait(css, async || element.is_displayed().await.unwrap()).await;
        element.click().await.unwrap();
    }

    pub async fn shows(&self, css: &str, words: &str) {
        let element = self.find(css).await;
        let what = format!("{css} says {words:?}");
        self.wait(&what, async || element.text().await.unwrap().contains(words)).await;
    }

    pub async fn fill(&self, css: &str, text: &str) {
        let element = self.find(css).await;
        self.wait(css, async || element.is_displayed().await.unwrap()).await;
        element.clear().await.unwrap();
        element.send_keys(text).await.unwrap();
    }

    /// Goes on inside Connect's own frame.
    pub async fn enter_connect(&self) {
        self.find("#teller-connect-window").await.enter_frame().await.unwrap();
    }

    pub async fn leave_connect(&self) {
        self.client.enter_parent_frame().await.unwrap();
    }

    /// From the page through the bank's form; without a bank where the page has chosen it.
    pub async fn sign_in(&self, bank: Option<&str>, username: &str) {
        self.click("#open").await;
        self.enter_connect().await;
        if let Some(bank) = bank {
            self.click(&format!("[data-bank={bank}]")).await;
        }
        self.fill("#username", username).await;
        self.click("#login [type=submit]").await;
        self.leave_connect().await;
    }

    /// Into the directory that `PASSBOOK_TEST_SHOTS` names, if it does.
    pub async fn shoot(&self, name: &str) {
        let Some(directory) = std::env::var_os("PASSBOOK_TEST_SHOTS") else { return };
        let picture = self.client.screenshot().await.unwrap();
        let path = PathBuf::from(directory).join(format!("{name}.png"));
        std::fs::write(path, picture).unwrap();
    }

    async fn wait(&self, what: &str, condition: impl AsyncFn() -> bool) {
        let started = Instant::now();
        while !condition().await {
            if started.elapsed() > PATIENCE {
                let source = self.client.source().await.unwrap_or_default();
                panic!("never: {what}\n{source}");
            }
            tokio::time::sleep(LOOK).await;
        }
    }
}
