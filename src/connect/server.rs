//! The listener: hands out the page, takes one answer, and is gone after five minutes.

use std::io;
use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{Html, IntoResponse as _, Response};
use axum::routing::{get, post};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use rand::RngCore as _;
use serde::Serialize;
use serde_json::json;
use tokio::net::TcpListener;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::answer::{Answer, Progress, Told};
use super::door::Door;
use super::{Attempt, LIFE, Linked, page};
use crate::clock::Clock;

/// Far more than Connect's answer is.
const LARGEST_BODY: usize = 16 * 1024;
/// Attempts on one page: a script that exits without end is stopped.
const MOST_NONCES: usize = 100;
/// How long the page waits to be told whether the bank knows the token.
const LONGEST_CHECK: Duration = Duration::from_mins(3);
/// The last answer may still be on its way to the browser.
const LAST_ANSWER: Duration = Duration::from_secs(1);
/// Between two looks at the clock.
const LOOK: Duration = Duration::from_millis(500);

/// What the page tells.
#[derive(Debug)]
pub enum Happened {
    /// A browser has it.
    Opened,
    /// Connect can be opened.
    Ready,
    Started,
    /// Connect was left without an answer; another attempt is possible.
    Exited,
    /// Connect's script did not come.
    Blocked,
    Linked(Box<Linked>, Verdict),
    /// Nothing is accepted any more.
    Expired,
}

/// Tells the waiting page what became of the answer. Dropped, it sends the reader to the terminal.
#[derive(Debug)]
pub struct Verdict(oneshot::Sender<Said>);

#[derive(Debug, Serialize)]
struct Said {
    kept: bool,
    text: String,
}

impl Verdict {
    pub fn kept(self, text: impl Into<String>) {
        self.say(true, text.into());
    }

    pub fn refused(self, text: impl Into<String>) {
        self.say(false, text.into());
    }

    fn say(self, kept: bool, text: String) {
        // Nobody waits where the page was closed meanwhile.
        let _ = self.0.send(Said { kept, text });
    }
}

/// Serves until it is closed or dropped.
#[derive(Debug)]
pub struct Listener {
    address: String,
    port: u16,
    clock: Clock,
    until: DateTime<Utc>,
    happened: mpsc::Receiver<Happened>,
    stop: CancellationToken,
    serving: JoinHandle<()>,
}

struct Desk {
    door: Door,
    /// The unguessable part of the address.
    secret: String,
    attempt: Attempt,
    until: DateTime<Utc>,
    ledger: Mutex<Ledger>,
    tell: mpsc::Sender<Happened>,
}

#[derive(Default)]
struct Ledger {
    /// Given to a page that may still answer.
    nonces: Vec<String>,
    answered: bool,
}

/// On loopback alone. `port` in use is the only likely error.
pub async fn listen(attempt: Attempt) -> io::Result<Listener> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, attempt.port)).await?;
    let bound = listener.local_addr()?;
    let (tell, happened) = mpsc::channel(32);
    let clock = attempt.clock.clone();
    let until = clock.now() + LIFE;
    let desk = Desk {
        door: Door::new(bound.to_string()),
        secret: URL_SAFE_NO_PAD.encode(random::<32>()),
        attempt,
        until,
        ledger: Mutex::default(),
        tell,
    };
    let address = format!("{}/{}", desk.door.origin(), desk.secret);
    let stop = CancellationToken::new();
    let closing = stop.clone().cancelled_owned();
    let serving = tokio::spawn(async move {
        let served = axum::serve(listener, router(desk)).with_graceful_shutdown(closing).await;
        if let Err(error) = served {
            tracing::warn!(%error, "serving the page that links a bank");
        }
    });
    Ok(Listener { address, port: bound.port(), clock, until, happened, stop, serving })
}

impl Listener {
    /// Good for one link, and for five minutes.
    pub fn address(&self) -> &str {
        &self.address
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    /// Safe to drop: nothing is lost.
    pub async fn next(&mut self) -> Happened {
        loop {
            tokio::select! {
                biased;
                happened = self.happened.recv() => return happened.unwrap_or(Happened::Expired),
                () = tokio::time::sleep(LOOK) => {
                    if self.clock.now() >= self.until {
                        return Happened::Expired;
                    }
                }
            }
        }
    }

    /// Takes nothing more; what was said last still reaches the page.
    pub async fn close(mut self) {
        self.stop.cancel();
        // Who still reads after that has been told in the terminal, too.
        let _ = tokio::time::timeout(LAST_ANSWER, &mut self.serving).await;
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

fn router(desk: Desk) -> Router {
    let desk = Arc::new(desk);
    Router::new()
        .route("/{secret}", get(show))
        .route("/{secret}/progress", post(progress))
        .route("/{secret}/callback", post(callback))
        .layer(DefaultBodyLimit::max(LARGEST_BODY))
        .layer(middleware::from_fn_with_state(Arc::clone(&desk), guard))
        .with_state(desk)
}

/// Before anything else: who asks, for which page, and whether that is still open.
async fn guard(State(desk): State<Arc<Desk>>, request: Request, next: Next) -> Response {
    let refusal = desk.door.refusal(request.method(), request.uri(), request.headers());
    let secret = request.uri().path().split('/').nth(1).unwrap_or_default();
    let mut response = if let Some(status) = refusal {
        status.into_response()
    } else if secret != desk.secret {
        StatusCode::NOT_FOUND.into_response()
    } else if desk.is_over() {
        (StatusCode::GONE, Html(page::expired())).into_response()
    } else {
        next.run(request).await
    };
    page::protect(response.headers_mut());
    response
}

async fn show(State(desk): State<Arc<Desk>>) -> Response {
    let Some(nonce) = desk.new_nonce() else {
        return StatusCode::TOO_MANY_REQUESTS.into_response();
    };
    desk.tell(Happened::Opened);
    let policy_nonce = hex::encode(random::<16>());
    let page = page::Page {
        attempt: &desk.attempt,
        base: format!("/{}", desk.secret),
        nonce,
        seconds: (desk.until - desk.attempt.clock.now()).num_seconds(),
    };
    let policy = page.policy(&policy_nonce);
    let body = Html(page.html(&policy_nonce));
    ([(header::CONTENT_SECURITY_POLICY, policy)], body).into_response()
}

async fn progress(State(desk): State<Arc<Desk>>, body: Bytes) -> Response {
    let Ok(Progress { told }) = serde_json::from_slice(&body) else {
        return StatusCode::UNPROCESSABLE_ENTITY.into_response();
    };
    desk.tell(match told {
        Told::Ready => Happened::Ready,
        Told::Started => Happened::Started,
        Told::Exited => Happened::Exited,
        Told::Blocked => Happened::Blocked,
    });
    if told != Told::Exited {
        return StatusCode::NO_CONTENT.into_response();
    }
    // The next attempt begins here: it is signed with words of its own.
    match desk.new_nonce() {
        Some(nonce) => axum::Json(json!({ "nonce": nonce })).into_response(),
        None => StatusCode::TOO_MANY_REQUESTS.into_response(),
    }
}

async fn callback(State(desk): State<Arc<Desk>>, body: Bytes) -> Response {
    let refuse = |status: StatusCode, why: &str| (status, why.to_owned()).into_response();
    // What serde says of it may repeat a piece of it.
    let Ok(answer) = serde_json::from_slice::<Answer>(&body) else {
        return refuse(StatusCode::UNPROCESSABLE_ENTITY, "the answer is not as Connect gives it");
    };
    let linked = match answer.check(|nonce| desk.gave(nonce)) {
        Ok(linked) => Box::new(linked),
        Err(why) => return refuse(StatusCode::UNPROCESSABLE_ENTITY, why),
    };
    if !desk.accepts() {
        return refuse(StatusCode::CONFLICT, "an answer was accepted already");
    }
    let (say, said) = oneshot::channel();
    if desk.tell.send(Happened::Linked(linked, Verdict(say))).await.is_err() {
        return refuse(StatusCode::GONE, "passbook is no longer waiting for it");
    }
    match tokio::time::timeout(LONGEST_CHECK, said).await {
        Ok(Ok(said)) => axum::Json(said).into_response(),
        _ => StatusCode::NO_CONTENT.into_response(),
    }
}

impl Desk {
    fn ledger(&self) -> MutexGuard<'_, Ledger> {
        self.ledger.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_over(&self) -> bool {
        self.attempt.clock.now() >= self.until
    }

    fn new_nonce(&self) -> Option<String> {
        let mut ledger = self.ledger();
        if ledger.nonces.len() >= MOST_NONCES {
            return None;
        }
        let nonce = hex::encode(random::<16>());
        ledger.nonces.push(nonce.clone());
        Some(nonce)
    }

    fn gave(&self, nonce: &str) -> bool {
        self.ledger().nonces.iter().any(|given| given == nonce)
    }

    /// Once.
    fn accepts(&self) -> bool {
        !std::mem::replace(&mut self.ledger().answered, true)
    }

    /// Progress that nobody reads is old news.
    fn tell(&self, happened: Happened) {
        drop(self.tell.try_send(happened));
    }
}

fn random<const BYTES: usize>() -> [u8; BYTES] {
    let mut random = [0; BYTES];
    rand::rng().fill_bytes(&mut random);
    random
}
