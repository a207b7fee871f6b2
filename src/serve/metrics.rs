//! What `/metrics` answers: asked of the database with little patience, and of many scrapes once.

mod page;
mod text;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use tokio::sync::{Mutex, watch};
use tokio::time::{Instant, timeout};

use super::Phase;
use super::health::bare;
use crate::clock::Clock;
use crate::domain::Replica;
use crate::store::{Extent, Store, Vitals};

/// For everything that is asked: the answer shall be there within a second.
const PATIENCE: Duration = Duration::from_millis(800);
/// Many who ask at once get one answer.
const FRESH: Duration = Duration::from_millis(500);
/// Counting rows is work for the database.
const EXTENT_FRESH: Duration = Duration::from_mins(1);

#[derive(Clone)]
pub struct Metrics(Arc<Shared>);

struct Shared {
    phase: watch::Receiver<Phase>,
    clock: Clock,
    /// Held while the database is asked: at most one connection is taken from the others.
    known: Mutex<Known>,
}

/// What the database last said; it stays known while the database is away.
#[derive(Clone, Default)]
struct Known {
    asked: Option<Instant>,
    up: bool,
    vitals: Option<Vitals>,
    measured: Option<Instant>,
    extent: Option<Extent>,
    /// Where one was named.
    replica: Option<Replica>,
}

impl Metrics {
    pub fn new(phase: watch::Receiver<Phase>, clock: Clock) -> Self {
        Self(Arc::new(Shared { phase, clock, known: Mutex::default() }))
    }

    pub fn router(self) -> Router {
        Router::new()
            .route("/metrics", get(show))
            .method_not_allowed_fallback(|| async { bare(StatusCode::METHOD_NOT_ALLOWED) })
            .with_state(self)
    }

    async fn page(&self) -> String {
        let phase = self.0.phase.borrow().clone();
        match phase {
            Phase::Open(store) => {
                let known = self.ask(&store).await;
                page::write(Some(&store), &known, self.0.clock.now())
            }
            Phase::Opening(_) | Phase::Stopping => {
                page::write(None, &Known::default(), self.0.clock.now())
            }
        }
    }

    async fn ask(&self, store: &Store) -> Known {
        let mut known = self.0.known.lock().await;
        if known.asked.is_some_and(|at| at.elapsed() < FRESH) {
            return known.clone();
        }
        known.up = false;
        match timeout(PATIENCE, known.refresh(store)).await {
            Ok(Ok(())) => {}
            Ok(Err(report)) => tracing::warn!("metrics: {report:#}"),
            Err(_) => tracing::warn!("metrics: the database did not answer in time"),
        }
        known.asked = Some(Instant::now());
        known.clone()
    }
}

impl Known {
    /// Cut short anywhere, it leaves what was learnt until then.
    async fn refresh(&mut self, store: &Store) -> color_eyre::Result<()> {
        store.ping().await?;
        self.up = true;
        let reader = store.reader();
        self.vitals = Some(reader.load_vitals().await?);
        self.replica = store.watch_replica().map(|replica| replica.borrow().clone());
        if self.measured.is_none_or(|at| at.elapsed() >= EXTENT_FRESH) {
            // Once a minute also where it takes too long.
            self.measured = Some(Instant::now());
            self.extent = Some(reader.load_extent().await?);
        }
        Ok(())
    }
}

/// One request a connection: an idle one would hold a place.
async fn show(State(metrics): State<Metrics>) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8"),
        (header::CONNECTION, "close"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    (headers, metrics.page().await).into_response()
}
