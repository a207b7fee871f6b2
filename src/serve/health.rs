//! What the health check answers: whether this process can do its work, and in one word why not.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use chrono::{DateTime, Utc};
use serde::Serialize;
use tokio::sync::{Mutex, watch};
use tokio::time::{Instant, timeout};

use super::Phase;
use crate::clock::Clock;
use crate::store::{Schema, Store};

/// A database that takes longer is too slow to work with.
const PATIENCE: Duration = Duration::from_secs(1);
/// Many who ask at once get one answer.
const FRESH: Duration = Duration::from_millis(500);

/// Why the answer is 503.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    Starting,
    Stopping,
    DatabaseUnreachable,
    DatabaseSlow,
    DatabaseLocked,
    SchemaOld,
    SchemaNewer,
    SchemaChanged,
}

#[derive(Serialize)]
struct Body {
    status: &'static str,
    reason: Option<Reason>,
    last_sync_age_seconds: Option<i64>,
}

/// Answers the health check, and nothing else.
#[derive(Clone)]
pub struct Health(Arc<Shared>);

struct Shared {
    phase: watch::Receiver<Phase>,
    clock: Clock,
    /// Held while the database is asked.
    last: Mutex<Option<Probe>>,
}

#[derive(Clone, Copy)]
struct Probe {
    at: Instant,
    reason: Option<Reason>,
    last_sync: Option<DateTime<Utc>>,
}

impl Health {
    pub fn new(phase: watch::Receiver<Phase>, clock: Clock) -> Self {
        Self(Arc::new(Shared { phase, clock, last: Mutex::default() }))
    }

    pub fn router(self) -> Router {
        Router::new()
            .route("/livez", get(|| async { answer(StatusCode::OK, ok()) }))
            .route("/health", get(ready))
            .route("/readyz", get(ready))
            .fallback(|| async { bare(StatusCode::NOT_FOUND) })
            .method_not_allowed_fallback(|| async { bare(StatusCode::METHOD_NOT_ALLOWED) })
            .with_state(self)
    }

    async fn check(&self) -> Body {
        let phase = self.0.phase.borrow().clone();
        let (reason, last_sync) = match phase {
            Phase::Open(store) => {
                let probe = self.probe(&store).await;
                (probe.reason, probe.last_sync)
            }
            Phase::Opening(reason) => (Some(reason), None),
            Phase::Stopping => (Some(Reason::Stopping), None),
        };
        Body {
            status: if reason.is_none() { "ok" } else { "unavailable" },
            reason,
            last_sync_age_seconds: last_sync
                .map(|instant| (self.0.clock.now() - instant).num_seconds().max(0)),
        }
    }

    async fn probe(&self, store: &Store) -> Probe {
        let mut last = self.0.last.lock().await;
        if let Some(probe) = last.filter(|probe| probe.at.elapsed() < FRESH) {
            return probe;
        }
        let known = last.and_then(|probe| probe.last_sync);
        let (reason, last_sync) = match timeout(PATIENCE, ask(store)).await {
            Ok(Ok((reason, last_sync))) => (reason, last_sync),
            Ok(Err(report)) => {
                tracing::warn!("health: {report:#}");
                (Some(Reason::DatabaseUnreachable), known)
            }
            Err(_) => (Some(Reason::DatabaseSlow), known),
        };
        let probe = Probe { at: Instant::now(), reason, last_sync };
        *last = Some(probe);
        probe
    }
}

async fn ask(store: &Store) -> color_eyre::Result<(Option<Reason>, Option<DateTime<Utc>>)> {
    store.ping().await?;
    match store.schema().await? {
        Schema::Current => Ok((None, super::schedule::last_finished(store).await?)),
        Schema::Behind(_) => Ok((Some(Reason::SchemaOld), None)),
        Schema::Newer => Ok((Some(Reason::SchemaNewer), None)),
        Schema::Changed(_) => Ok((Some(Reason::SchemaChanged), None)),
    }
}

async fn ready(State(health): State<Health>) -> Response {
    let body = health.check().await;
    let status =
        if body.reason.is_none() { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    answer(status, body)
}

fn ok() -> Body {
    Body { status: "ok", reason: None, last_sync_age_seconds: None }
}

/// One request a connection: an idle one would hold a place.
fn answer(status: StatusCode, body: Body) -> Response {
    let headers = [(header::CONNECTION, "close"), (header::CACHE_CONTROL, "no-store")];
    (status, headers, Json(body)).into_response()
}

pub(super) fn bare(status: StatusCode) -> Response {
    (status, [(header::CONNECTION, "close")], Json(serde_json::json!({}))).into_response()
}
