//! What comes from elsewhere than from the page: another page, another name, no browser at all.

use axum::Router;
use axum::response::Html;
use axum::routing::get;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use super::browser::{Colours, start};
use super::*;

const ANSWER: &str = r#"{"nonce":"NONCE","accessToken":"test_token_forged","user":{"id":"usr_1"},
    "enrollment":{"id":"enr_1","institution":{"name":"Example Credit Union"}}}"#;

/// One request as it is written, and all that came back.
async fn send(listener: &Listener, request: &str) -> String {
    let mut stream = TcpStream::connect(("127.0.0.1", listener.port())).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut reply = Vec::new();
    let read = stream.read_to_end(&mut reply);
    tokio::time::timeout(PATIENCE, read).await.unwrap().unwrap();
    String::from_utf8_lossy(&reply).into_owned()
}

fn path(listener: &Listener) -> &str {
    let (_, path) = listener.address().rsplit_once('/').unwrap();
    path
}

fn get_as(host: &str, path: &str) -> String {
    format!("GET /{path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n")
}

/// As the page's own script would, but for `headers` that replace its own.
fn post(listener: &Listener, body: &str, headers: &[(&str, &str)]) -> String {
    let host = format!("127.0.0.1:{}", listener.port());
    let origin = format!("http://{host}");
    let usual = [
        ("Host", host.as_str()),
        ("Origin", &origin),
        ("Content-Type", "application/json"),
        ("X-Passbook", "connect"),
        ("Connection", "close"),
    ];
    let own = usual.iter().filter(|(name, _)| headers.iter().all(|(other, _)| other != name));
    let lines: Vec<String> =
        own.chain(headers).map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    let (path, length, lines) = (path(listener), body.len(), lines.concat());
    format!("POST /{path}/callback HTTP/1.1\r\n{lines}Content-Length: {length}\r\n\r\n{body}")
}

async fn page(listener: &Listener) -> String {
    send(listener, &get_as(&format!("127.0.0.1:{}", listener.port()), path(listener))).await
}

/// That a page was given.
async fn nonce(listener: &Listener) -> String {
    let page = page(listener).await;
    let (_, rest) = page.split_once(r#""nonce":""#).unwrap();
    rest.split('"').next().unwrap().to_owned()
}

fn status(reply: &str) -> u16 {
    reply.split(' ').nth(1).unwrap().parse().unwrap()
}

/// Nothing at all was accepted.
fn assert_untouched(happened: &Happened) {
    assert!(!matches!(happened, Happened::Linked(..)), "{happened:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_on_another_port_cannot_answer_in_the_pages_name() {
    let Some(browser) = start(Colours::Light).await else { return };
    let bank = bank().await;
    let mut listener = listen(attempt(&bank.connect_script())).await;
    let nonce = nonce(&listener).await;
    let (address, body) = (listener.address().to_owned(), ANSWER.replace("NONCE", &nonce));
    let other = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let evil = format!("http://{}", other.local_addr().unwrap());
    let site = Router::new().route("/", get(async || Html("<title>evil</title>")));
    tokio::spawn(async move { axum::serve(other, site).await });
    browser.open(&evil).await;
    // It knows everything that there is to know, even the way.
    let tried = [
        json!({ "method": "POST", "body": body, "headers": {
            "Content-Type": "application/json", "X-Passbook": "connect" } }),
        json!({ "method": "POST", "mode": "no-cors", "body": body, "headers": {
            "Content-Type": "text/plain" } }),
        json!({ "method": "GET" }),
    ];
    for how in tried {
        let script = "const [url, how, done] = arguments; \
                      fetch(url, how).then((it) => done(it.status), () => done('refused'));";
        let url = format!("{address}{}", if how["method"] == "POST" { "/callback" } else { "" });
        let ended = browser.client.execute_async(script, vec![json!(url), how.clone()]).await;
        let ended = ended.unwrap();
        // What is sent blindly has an answer that nobody may read: 0.
        assert!(ended == json!("refused") || ended == json!(0), "{how}: {ended}");
    }
    let framed = "const frame = document.createElement('iframe'); frame.src = arguments[0]; \
                  const done = arguments[1]; frame.onload = () => done(frame.contentWindow.length); \
                  document.body.append(frame);";
    browser.client.execute_async(framed, vec![json!(address)]).await.unwrap();
    // The page's own answer comes through all the same, and is the first.
    browser.open(&address).await;
    browser.sign_in(Some("security_cu"), "username").await;
    let (linked, _) = linked(&mut listener).await;
    assert_ne!(linked.token.expose(), "test_token_forged");
}

#[tokio::test]
async fn a_name_that_was_bound_to_this_computer_finds_nothing() {
    let mut listener = listen(attempt("http://127.0.0.1:9/connect.js")).await;
    let port = listener.port();
    for host in [format!("evil.test:{port}"), format!("localhost:{port}"), "127.0.0.1".to_owned()] {
        let reply = send(&listener, &get_as(&host, path(&listener))).await;
        assert_eq!(status(&reply), 421, "{host}");
        assert!(!reply.contains("passbook"), "{reply}");
        let nonce = nonce(&listener).await;
        let body = ANSWER.replace("NONCE", &nonce);
        let reply = send(&listener, &post(&listener, &body, &[("Host", &host)])).await;
        assert_eq!(status(&reply), 421, "{host}");
    }
    let absolute = get_as(&format!("127.0.0.1:{port}"), path(&listener))
        .replace("GET /", &format!("GET http://evil.test:{port}/"));
    assert_eq!(status(&send(&listener, &absolute).await), 421);
    assert_untouched(&listener.next().await);
}

#[tokio::test]
async fn a_callback_needs_the_right_way_origin_kind_and_size() {
    let listener = listen(attempt("http://127.0.0.1:9/connect.js")).await;
    let nonce = nonce(&listener).await;
    let body = ANSWER.replace("NONCE", &nonce);
    let long = body.replace("usr_1", &"x".repeat(17 * 1024));
    for (header, body, wanted) in [
        (("Origin", "http://evil.test"), &body, 403),
        (("Origin", "null"), &body, 403),
        (("X-Passbook", ""), &body, 403),
        (("Sec-Fetch-Site", "cross-site"), &body, 403),
        (("Content-Type", "text/plain"), &body, 415),
        (("Accept", "*/*"), &long, 413),
        (("Accept", "*/*"), &body.replace(&nonce, "another"), 422),
        (("Accept", "*/*"), &body.replace("test_token_forged", "app_1"), 422),
        (("Accept", "*/*"), &"[]".to_owned(), 422),
    ] {
        let reply = send(&listener, &post(&listener, body, &[header])).await;
        assert_eq!(status(&reply), wanted, "{header:?} {reply}");
        assert!(!reply.contains("token_forged"), "{reply}");
        assert!(!reply.to_ascii_lowercase().contains("access-control"), "{reply}");
    }
    let elsewhere = post(&listener, &body, &[]).replace(path(&listener), &"0".repeat(64));
    assert_eq!(status(&send(&listener, &elsewhere).await), 404);
}

#[tokio::test]
async fn one_answer_is_accepted_and_what_became_of_it_is_told() {
    let mut listener = listen(attempt("http://127.0.0.1:9/connect.js")).await;
    let nonce = nonce(&listener).await;
    let request = post(&listener, &ANSWER.replace("NONCE", &nonce), &[]);
    let mut stream = TcpStream::connect(("127.0.0.1", listener.port())).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let (linked, verdict) = linked(&mut listener).await;
    assert_eq!(linked.nonce, nonce);
    let second = send(&listener, &request).await;
    assert_eq!(status(&second), 409);
    verdict.kept("Kept.");
    let mut reply = String::new();
    stream.read_to_string(&mut reply).await.unwrap();
    let (_, body) = reply.split_once("\r\n\r\n").unwrap();
    let body: Value = serde_json::from_str(body).unwrap();
    assert_eq!(body, json!({ "kept": true, "text": "Kept." }));
}

#[tokio::test]
async fn every_answer_forbids_what_no_page_of_ours_needs() {
    let listener = listen(attempt("https://cdn.teller.io/connect/connect.js")).await;
    let host = format!("127.0.0.1:{}", listener.port());
    let nothing = send(&listener, &get_as(&host, "nothing")).await;
    let whole = page(&listener).await;
    for reply in [&nothing, &whole] {
        for line in [
            "referrer-policy: no-referrer",
            "cache-control: no-store",
            "x-content-type-options: nosniff",
            "x-frame-options: DENY",
            "cross-origin-opener-policy: same-origin-allow-popups",
            "cross-origin-resource-policy: same-origin",
            "content-security-policy: default-src 'none'; ",
        ] {
            assert!(reply.contains(line), "{line}\n{reply}");
        }
    }
    assert!(whole.contains("script-src 'nonce-"), "{whole}");
    assert!(whole.contains(" https://cdn.teller.io; frame-src https://teller.io; "), "{whole}");
    let again = page(&listener).await;
    assert_ne!(policy(&whole), policy(&again), "the same nonce twice");
}

fn policy(reply: &str) -> &str {
    reply.lines().find(|line| line.starts_with("content-security-policy")).unwrap()
}

#[tokio::test]
async fn a_port_that_is_taken_is_an_error_and_one_that_is_asked_for_is_used() {
    let first = listen(attempt("http://127.0.0.1:9/connect.js")).await;
    let port = first.port();
    let again = || Attempt { port, ..attempt("http://127.0.0.1:9/connect.js") };
    assert!(connect::listen(again()).await.is_err());
    first.close().await;
    assert_eq!(listen(again()).await.port(), port);
}
