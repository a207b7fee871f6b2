//! `POST /webhooks/teller`: believed when signed, kept, answered at once; the work comes after.
//!
//! What is announced is a hint to sync, no more: the rows in it are not read.

use std::fmt::Display;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use axum::routing::post;
use tokio::sync::{Notify, Semaphore, watch};
use tokio::time::timeout;

use super::Phase;
use super::health::bare;
use super::listener::SMALL_REQUEST;
use crate::clock::Clock;
use crate::domain::Announcement;
use crate::secret::Secret;
use crate::store::{Announced, Store};
use crate::teller::webhook;

/// An event carries whole transactions, some 500 bytes each.
const MAX_BODY: usize = 1024 * 1024;
/// What a connection may send where bodies are expected.
pub const LARGE_REQUEST: usize = MAX_BODY + SMALL_REQUEST;
/// Bodies held at once; who comes while all places are taken may come again.
const PLACES: usize = 8;
/// For the body to arrive, and again for the database to keep what it says.
const PATIENCE: Duration = Duration::from_secs(2);
/// Between two refusals that are told aloud.
const QUIET: Duration = Duration::from_mins(1);

#[derive(Clone)]
pub struct Webhooks(Arc<Shared>);

struct Shared {
    secrets: Vec<Secret>,
    phase: watch::Receiver<Phase>,
    clock: Clock,
    /// Woken when there is something to sync.
    news: Arc<Notify>,
    places: Semaphore,
    /// When a refusal was last told aloud: anybody may send anything, as often as they like.
    complained: Mutex<Option<Instant>>,
}

impl Webhooks {
    /// `secrets` holds at least one: without any there is nothing to believe.
    pub fn new(
        secrets: Vec<Secret>,
        phase: watch::Receiver<Phase>,
        clock: Clock,
        news: Arc<Notify>,
    ) -> Self {
        let places = Semaphore::new(PLACES);
        let complained = Mutex::default();
        Self(Arc::new(Shared { secrets, phase, clock, news, places, complained }))
    }

    pub fn router(self) -> Router {
        Router::new()
            .route("/webhooks/teller", post(receive))
            .method_not_allowed_fallback(|| async { bare(StatusCode::METHOD_NOT_ALLOWED) })
            .with_state(self)
    }

    async fn take(&self, headers: &HeaderMap, body: Body) -> Result<(), StatusCode> {
        let signature = headers.get(webhook::SIGNATURE).and_then(|value| value.to_str().ok());
        let Some(signature) = signature else {
            return Err(self.refuse(StatusCode::UNAUTHORIZED, &webhook::Refusal::Unsigned));
        };
        let _place = self.0.places.try_acquire().map_err(|_| StatusCode::SERVICE_UNAVAILABLE)?;
        let body = timeout(PATIENCE, to_bytes(body, MAX_BODY))
            .await
            .map_err(|_| StatusCode::REQUEST_TIMEOUT)?
            .map_err(|_| StatusCode::PAYLOAD_TOO_LARGE)?;
        webhook::verify(signature, &body, &self.0.secrets, self.0.clock.now())
            .map_err(|refusal| self.refuse(StatusCode::UNAUTHORIZED, &refusal))?;
        let announcement =
            webhook::parse(&body).map_err(|why| self.refuse(StatusCode::BAD_REQUEST, &why))?;
        drop(body);
        self.keep(&announcement).await
    }

    async fn keep(&self, announcement: &Announcement) -> Result<(), StatusCode> {
        let store = self.store().ok_or(StatusCode::SERVICE_UNAVAILABLE)?;
        let kept = timeout(PATIENCE, store.keep_announcement(announcement)).await;
        let announced = match kept {
            Ok(Ok(announced)) => announced,
            Ok(Err(report)) => {
                tracing::warn!("a webhook could not be kept: {report:#}");
                return Err(StatusCode::SERVICE_UNAVAILABLE);
            }
            Err(_) => {
                tracing::warn!("a webhook could not be kept: the database is slow");
                return Err(StatusCode::SERVICE_UNAVAILABLE);
            }
        };
        let outcome = match announced {
            Announced::Again => "it was delivered before",
            Announced::ToDo => "a sync follows",
            Announced::Done(outcome) => outcome,
        };
        let news = &announcement.news;
        tracing::info!(id = announcement.id, ?news, outcome, "webhook");
        if announced == Announced::ToDo {
            self.0.news.notify_one();
        }
        Ok(())
    }

    fn refuse(&self, status: StatusCode, why: &dyn Display) -> StatusCode {
        let mut complained = self.0.complained.lock().expect("no holder panics");
        if complained.is_none_or(|at| at.elapsed() >= QUIET) {
            *complained = Some(Instant::now());
            tracing::warn!("a webhook was refused: {why}; more of them are told at level debug");
        } else {
            tracing::debug!("a webhook was refused: {why}");
        }
        status
    }

    fn store(&self) -> Option<Store> {
        match &*self.0.phase.borrow() {
            Phase::Open(store) => Some(store.clone()),
            Phase::Opening(_) | Phase::Stopping => None,
        }
    }
}

async fn receive(State(webhooks): State<Webhooks>, headers: HeaderMap, body: Body) -> Response {
    bare(webhooks.take(&headers, body).await.err().unwrap_or(StatusCode::OK))
}
