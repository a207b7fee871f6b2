//! What a user sees and does on the page.

use serde_json::json;

use super::browser::{Browser, Colours, start};
use super::*;

const SECURITY: Option<&str> = Some("security_cu");

#[tokio::test(flavor = "multi_thread")]
async fn a_bank_is_linked_with_the_keyboard_alone() {
    let Some(browser) = start(Colours::Light).await else { return };
    let bank = bank().await;
    let mut listener = listen(attempt(&bank.connect_script())).await;
    browser.open(listener.address()).await;
    until(&mut listener, |it| matches!(it, Happened::Ready)).await;
    browser.shoot("ready-light").await;
    browser.shows(".environment", "Nothing real is touched").await;
    browser.shows(".kept", "~/.local/share/passbook/passbook.db").await;
    // The button has the focus as soon as it can be pressed.
    browser.shows("#open:focus", "Choose your bank").await;
    browser.client.active_element().await.unwrap().send_keys("\u{e007}").await.unwrap();
    browser.enter_connect().await;
    browser.find("[data-bank=security_cu]").await.send_keys("\u{e007}").await.unwrap();
    browser.shoot("frame-light").await;
    browser.find("#username:focus").await;
    browser.find("#password").await.send_keys("\u{e007}").await.unwrap();
    browser.leave_connect().await;

    let (linked, verdict) = linked(&mut listener).await;
    browser.shows("#status", "Checking with the bank").await;
    assert_eq!(linked.institution_name, "Security Credit Union");
    assert_eq!(linked.institution_id.as_deref(), Some("security_cu"));
    assert!(linked.token.expose().starts_with("test_token_"));
    verdict.kept("Security Credit Union is connected.");
    browser.shows("#status.done", "Security Credit Union is connected.").await;
    browser.shoot("kept-light").await;
    assert_is_nowhere(&browser, linked.token.expose()).await;
}

/// Neither in the page nor in what the browser keeps.
async fn assert_is_nowhere(browser: &Browser, token: &str) {
    let kept = "return [document.documentElement.outerHTML, location.href, document.cookie, \
                JSON.stringify(localStorage), JSON.stringify(sessionStorage), \
                JSON.stringify(performance.getEntries())].join()";
    let kept = browser.client.execute(kept, vec![]).await.unwrap();
    assert!(!kept.as_str().unwrap().contains(token), "the token is in the page");
    let frames = browser.client.find_all(fantoccini::Locator::Css("iframe")).await.unwrap();
    assert!(frames.is_empty(), "Connect lies over the page still");
}

#[tokio::test(flavor = "multi_thread")]
async fn leaving_connect_allows_another_attempt_with_words_of_its_own() {
    let Some(browser) = start(Colours::Light).await else { return };
    let bank = bank().await;
    let mut listener = listen(attempt(&bank.connect_script())).await;
    browser.open(listener.address()).await;
    browser.click("#open").await;
    browser.enter_connect().await;
    browser.click("#leave").await;
    browser.leave_connect().await;
    until(&mut listener, |it| matches!(it, Happened::Exited)).await;
    browser.shows("#status", "try again whenever you like").await;
    let frames = browser.client.find_all(fantoccini::Locator::Css("iframe")).await.unwrap();
    assert_eq!(frames.len(), 1, "the first frame is gone before the second comes");
    let first: String = nonce_of_page(&browser).await;
    browser.sign_in(SECURITY, "username").await;
    let (linked, verdict) = linked(&mut listener).await;
    assert_ne!(linked.nonce, first);
    assert_eq!(linked.trust(Some(&worked_key()), "sandbox"), signed());
    assert_eq!(linked.trust(Some(&worked_key()), "production"), connect::Trust::Unsigned);
    verdict.refused("The bank does not know it.");
    browser.shows("#trouble", "The bank does not know it.").await;
    browser.shows("#status", "Nothing was stored.").await;
}

async fn nonce_of_page(browser: &Browser) -> String {
    let read = "return JSON.parse(document.getElementById('attempt').textContent).setup.nonce";
    browser.client.execute(read, vec![]).await.unwrap().as_str().unwrap().to_owned()
}

/// Whose seed is the bytes 0 to 31: the built-in bank signs with it.
fn worked_key() -> connect::SigningKey {
    connect::SigningKey::parse("A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg=").unwrap()
}

fn signed() -> connect::Trust {
    connect::Trust::Signed(connect::Variant::Digest)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_bank_asks_beside_the_password_is_answered_in_the_frame() {
    let Some(browser) = start(Colours::Dark).await else { return };
    let bank = bank().await;
    let mut listener = listen(attempt(&bank.connect_script())).await;
    browser.open(listener.address()).await;
    browser.sign_in(SECURITY, "otp").await;
    browser.enter_connect().await;
    browser.fill("#code", "1234").await;
    browser.click("#login [type=submit]").await;
    browser.shows("#wrong", "That is not the answer").await;
    browser.shoot("frame-dark").await;
    browser.fill("#code", "0000").await;
    browser.click("#login [type=submit]").await;
    browser.leave_connect().await;
    linked(&mut listener).await;
    browser.shows("#status", "look at your terminal").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repair_names_the_bank_and_skips_the_list() {
    let Some(browser) = start(Colours::Dark).await else { return };
    let bank = bank().await;
    let (token, id) = (bank.tokens()[0].clone(), bank.enrollment_ids()[0].clone());

    let mut listener = listen(repair(&bank)).await;
    browser.open(listener.address()).await;
    browser.shows("h1", "Sign in to Harbor Credit Union again").await;
    browser.shoot("repair-dark").await;
    browser.sign_in(None, "username").await;
    let (same, _) = linked(&mut listener).await;
    assert_eq!((&same.token, same.enrollment_id.as_str()), (&token, id.as_str()));

    bank.renew_token(0);
    let mut listener = listen(repair(&bank)).await;
    browser.open(listener.address()).await;
    browser.sign_in(None, "username").await;
    let (renewed, _) = linked(&mut listener).await;
    assert_ne!(renewed.token, token);
    assert_eq!(renewed.enrollment_id, id.as_str());

    let before = repair(&bank);
    bank.enroll_again(0);
    let mut listener = listen(before).await;
    browser.open(listener.address()).await;
    browser.sign_in(None, "username").await;
    let (changed, _) = linked(&mut listener).await;
    assert_ne!(changed.enrollment_id, id.as_str());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_script_that_does_not_come_is_said_and_can_be_tried_again() {
    let Some(browser) = start(Colours::Light).await else { return };
    // Nobody listens there; and Teller's own has no name here.
    for script in ["http://127.0.0.1:9/connect.js", "https://cdn.teller.io/connect/connect.js"] {
        let mut listener = listen(attempt(script)).await;
        browser.open(listener.address()).await;
        until(&mut listener, |it| matches!(it, Happened::Blocked)).await;
        browser.shows("#trouble", "Teller's script did not load").await;
        browser.shows("#trouble", "ad blocker").await;
        let open = browser.find("#open").await;
        assert!(!open.is_enabled().await.unwrap());
        browser.shoot("blocked-light").await;
        browser.click("#again").await;
        until(&mut listener, |it| matches!(it, Happened::Opened)).await;
        until(&mut listener, |it| matches!(it, Happened::Blocked)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_script_that_was_emptied_is_one_that_did_not_come() {
    let Some(browser) = start(Colours::Dark).await else { return };
    let bank = bank().await;
    // As some blockers do it: it loads, and there is nothing in it.
    let emptied = bank.url() + "/connect/nothing.js";
    let mut listener = listen(attempt(&emptied)).await;
    browser.open(listener.address()).await;
    until(&mut listener, |it| matches!(it, Happened::Blocked)).await;
    browser.shows("#trouble", "Teller's script did not load").await;
    browser.shoot("blocked-dark").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn after_five_minutes_the_page_has_expired() {
    let Some(browser) = start(Colours::Light).await else { return };
    let bank = bank().await;
    let attempt = attempt(&bank.connect_script());
    let clock = attempt.clock.clone();
    let mut listener = listen(attempt).await;
    browser.open(listener.address()).await;
    until(&mut listener, |it| matches!(it, Happened::Ready)).await;
    clock.advance(connect::LIFE);
    until(&mut listener, |it| matches!(it, Happened::Expired)).await;
    // What is answered all the same comes too late.
    browser.sign_in(SECURITY, "username").await;
    browser.shows("#trouble", "This page has expired").await;
    browser.client.refresh().await.unwrap();
    browser.shows("h1", "This page has expired").await;
    listener.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn text_stands_out_from_its_ground_in_light_and_in_dark() {
    let bank = bank().await;
    for colours in [Colours::Light, Colours::Dark] {
        let Some(browser) = start(colours).await else { return };
        let listener = listen(attempt(&bank.connect_script())).await;
        browser.open(listener.address()).await;
        browser.find("#open:enabled").await;
        let ground = luminance(&browser, "main", "background-color").await;
        assert_eq!(ground > 0.5, colours == Colours::Light);
        for css in ["h1", ".lead", "dt", "footer", ".mark", "#status"] {
            let text = luminance(&browser, css, "color").await;
            let ratio = (text.max(ground) + 0.05) / (text.min(ground) + 0.05);
            assert!(ratio >= 4.5, "{css}: {ratio}");
        }
        // At the width of a telephone nothing is cut off.
        browser.client.set_window_size(360, 800).await.unwrap();
        let wide =
            "const page = document.documentElement; return page.scrollWidth - page.clientWidth";
        assert_eq!(browser.client.execute(wide, vec![]).await.unwrap(), json!(0));
        browser.shoot(if colours == Colours::Dark { "narrow-dark" } else { "narrow-light" }).await;
    }
}

/// As WCAG reckons it.
async fn luminance(browser: &Browser, css: &str, property: &str) -> f64 {
    let value = browser.find(css).await.css_value(property).await.unwrap();
    let numbers = value.trim_matches(|letter: char| !letter.is_ascii_digit());
    let channel = |text: &str| {
        let share = text.trim().parse::<f64>().unwrap() / 255.0;
        if share <= 0.04045 { share / 12.92 } else { ((share + 0.055) / 1.055).powf(2.4) }
    };
    let weights = [0.2126, 0.7152, 0.0722];
    numbers.split(',').zip(weights).map(|(text, weight)| channel(text) * weight).sum()
}
