//! Headless mode: answers health checks and metrics, syncs on a schedule, and stops when told to.

mod backoff;
mod health;
mod listener;
mod metrics;
mod rests;
mod schedule;
mod webhooks;

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use color_eyre::Report;
use futures_util::future::BoxFuture;
use tokio::net::TcpListener;
use tokio::sync::{Notify, watch};
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use crate::bank::Bank;
use crate::clock::Clock;
use crate::exit::Exit;
use crate::secret::Secret;
use crate::store::{OpenError, Store, StoreOptions};
use health::{Health, Reason};
use listener::{BoundedListener, SMALL_REQUEST};
use metrics::Metrics;
use schedule::Schedule;
use webhooks::{LARGE_REQUEST, Webhooks};

/// Half-sent requests would hold a graceful stop for as long as they like.
const LAST_ANSWERS: Duration = Duration::from_secs(5);
/// For the open account transaction of a running sync.
const LAST_TRANSACTION: Duration = Duration::from_secs(7);
const LAST_GOODBYE: Duration = Duration::from_secs(1);
const FIRST_RETRY: Duration = Duration::from_secs(1);
const LAST_RETRY: Duration = Duration::from_secs(30);

/// Takes in what another program may have written since, before a run; tells the log what that was.
pub type TakeIn = Box<dyn Fn(Store) -> BoxFuture<'static, ()> + Send + Sync>;

/// Makes the bank once the store is open.
pub type MakeBank = Box<dyn FnOnce(Store) -> BoxFuture<'static, color_eyre::Result<Bank>> + Send>;

pub struct Options {
    pub address: SocketAddr,
    pub sync_every: Duration,
    /// Whether `/metrics` is answered too.
    pub metrics: bool,
    /// With any, `/webhooks/teller` is answered too.
    pub webhook_secrets: Vec<Secret>,
    pub store: StoreOptions,
    pub take_in: TakeIn,
    pub bank: MakeBank,
}

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("{0} is taken: another program listens there; choose another --port")]
    PortTaken(SocketAddr),
    #[error("listening on {address}: {error}")]
    Listen { address: SocketAddr, error: io::Error },
    #[error("waiting for signals: {0}")]
    Signals(io::Error),
    #[error(transparent)]
    Open(#[from] OpenError),
    #[error("{0:#}")]
    Bank(Report),
}

impl Error {
    pub fn exit(&self) -> Exit {
        match self {
            Self::PortTaken(_) => Exit::PortTaken,
            Self::Listen { .. } => Exit::Usage,
            Self::Open(error) => error.exit(),
            Self::Signals(_) | Self::Bank(_) => Exit::Internal,
        }
    }
}

/// What there is to be healthy about.
#[derive(Clone)]
enum Phase {
    Opening(Reason),
    Open(Store),
    Stopping,
}

/// Serves until SIGTERM or SIGINT, or until it is clear that this database can't be used.
pub async fn run(options: Options) -> Result<(), Error> {
    let listener = listen(options.address).await?;
    let stop = stop_on_signal().map_err(Error::Signals)?;
    let (phase, phases) = watch::channel(Phase::Opening(Reason::Starting));
    let news = Arc::new(Notify::new());
    let max_bytes = if options.webhook_secrets.is_empty() { SMALL_REQUEST } else { LARGE_REQUEST };
    let router = router(&options, &phases, &news);
    let server = axum::serve(BoundedListener::new(listener, max_bytes), router)
        .with_graceful_shutdown(stop.clone().cancelled_owned());
    let mut server = tokio::spawn(server.into_future());
    let last_answers = async {
        stop.cancelled().await;
        if timeout(LAST_ANSWERS, &mut server).await.is_err() {
            tracing::warn!("half-sent requests were cut off");
            server.abort();
        }
    };
    let work = async {
        let worked = work(options, &phase, news, &stop).await;
        stop.cancel();
        worked
    };
    tokio::join!(work, last_answers).0
}

fn router(options: &Options, phases: &watch::Receiver<Phase>, news: &Arc<Notify>) -> Router {
    let clock = &options.store.clock;
    let mut router = Health::new(phases.clone(), clock.clone()).router();
    if options.metrics {
        router = router.merge(Metrics::new(phases.clone(), clock.clone()).router());
    }
    if !options.webhook_secrets.is_empty() {
        tracing::info!(secrets = options.webhook_secrets.len(), "webhooks: POST /webhooks/teller");
        let secrets = options.webhook_secrets.clone();
        // Teller signs by the world's time, whatever time the built-in bank has come to.
        let webhooks = Webhooks::new(secrets, phases.clone(), Clock::default(), news.clone());
        router = router.merge(webhooks.router());
    }
    router
}

async fn listen(address: SocketAddr) -> Result<TcpListener, Error> {
    let listener = TcpListener::bind(address).await.map_err(|error| match error.kind() {
        io::ErrorKind::AddrInUse => Error::PortTaken(address),
        _ => Error::Listen { address, error },
    })?;
    let address = listener.local_addr().unwrap_or(address);
    tracing::info!(%address, "listening");
    Ok(listener)
}

/// Opens the store and keeps the schedule until stopped.
async fn work(
    options: Options,
    phase: &watch::Sender<Phase>,
    news: Arc<Notify>,
    stop: &CancellationToken,
) -> Result<(), Error> {
    let Some(opened) = stop.run_until_cancelled(open(&options.store, phase)).await else {
        return Ok(());
    };
    let store = opened?;
    phase.send_replace(Phase::Open(store.clone()));
    let bank = (options.bank)(store.clone()).await.map_err(Error::Bank)?;
    let clock = options.store.clock;
    let schedule = Schedule {
        store: store.clone(),
        bank,
        take_in: options.take_in,
        clock,
        every: options.sync_every,
        news,
    };
    let mut schedule = tokio::spawn(schedule.keep(stop.clone()));

    stop.cancelled().await;
    phase.send_replace(Phase::Stopping);
    if timeout(LAST_TRANSACTION, &mut schedule).await.is_err() {
        tracing::warn!("the running sync was cut short; its open page is rolled back");
        schedule.abort();
    }
    if timeout(LAST_GOODBYE, store.close()).await.is_err() {
        tracing::warn!("the database did not take leave in time");
    }
    Ok(())
}

/// Tries until the database is there: a server may come up after this one.
async fn open(options: &StoreOptions, phase: &watch::Sender<Phase>) -> Result<Store, OpenError> {
    let mut pause = FIRST_RETRY;
    loop {
        let error = match Store::open(options.clone()).await {
            Ok(store) => return Ok(store),
            Err(error) => error,
        };
        if !error.may_pass() {
            return Err(error);
        }
        let reason = match error.exit() {
            Exit::Locked => Reason::DatabaseLocked,
            _ => Reason::DatabaseUnreachable,
        };
        tracing::warn!(retry_seconds = pause.as_secs(), "{error}");
        phase.send_replace(Phase::Opening(reason));
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(LAST_RETRY);
    }
}

/// A token that the first SIGTERM or SIGINT cancels.
#[cfg(unix)]
fn stop_on_signal() -> io::Result<CancellationToken> {
    use tokio::signal::unix::{SignalKind, signal};

    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let stop = CancellationToken::new();
    let cancel = stop.clone();
    tokio::spawn(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        tracing::info!("stopping");
        cancel.cancel();
    });
    Ok(stop)
}

#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "the same signature on every system")]
fn stop_on_signal() -> io::Result<CancellationToken> {
    let stop = CancellationToken::new();
    let cancel = stop.clone();
    tokio::spawn(async move {
        // An error means that no such signal can come.
        if tokio::signal::ctrl_c().await.is_ok() {
            cancel.cancel();
        }
    });
    Ok(stop)
}
