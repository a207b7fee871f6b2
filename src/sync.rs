//! One pass, Teller → store: enrollments side by side, the accounts of one in turn, everything
//! told on the way.

mod account;
mod back_fill;
mod enrollment;
mod evidence;
mod judge;
mod nameless;
mod observer;
mod order;
mod pair;
mod pass;
mod quarantine;
mod reissue;
mod resequence;
mod walk;
mod words;

pub use quarantine::retry_quarantine;

use std::sync::Arc;

use color_eyre::eyre::eyre;
use color_eyre::{Report, Result};
use tokio::sync::{Semaphore, mpsc};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::domain::{
    Account, AccountId, AccountResult, EnrollmentFailure, EnrollmentId, Outcome, SyncEvent,
    SyncReport, SyncRun,
};
use crate::secret::Secret;
use crate::store::{self, Store};
use crate::teller::Client;

/// Enrollments asked at once.
const SIDE_BY_SIDE: usize = 4;

#[derive(Clone, Debug, Default)]
pub struct SyncRequest {
    /// Read whole histories again instead of a window.
    pub full: bool,
    /// Only this account.
    pub account: Option<AccountId>,
    /// Only this enrollment.
    pub enrollment: Option<EnrollmentId>,
    /// What asked for it: `key`, `command`, `schedule`, `start`, `webhook`.
    pub trigger: &'static str,
}

/// One login's way in.
#[derive(Clone)]
pub struct Access {
    pub client: Client,
    pub token: Secret,
    /// Teller's environment, kept with the enrollment.
    pub environment: String,
    /// Which enrollment the token is for, where that is known.
    pub enrollment: Option<EnrollmentId>,
}

/// All logins of one run.
#[derive(Default)]
pub struct Ways {
    pub open: Vec<Access>,
    /// Those that there is no way into, each with its reason.
    pub shut: Vec<EnrollmentFailure>,
}

/// Tells what happens to whoever listens; a full channel loses progress, never a result.
#[derive(Clone)]
pub struct Events(mpsc::Sender<SyncEvent>);

impl Events {
    pub fn tell(&self, event: SyncEvent) {
        // Progress is replaced by the next one, and a listener that left needs none.
        let _ = self.0.try_send(event);
    }

    pub async fn tell_surely(&self, event: SyncEvent) {
        // A listener that left needs none.
        let _ = self.0.send(event).await;
    }
}

/// Runs one sync to its end, or to the next page boundary once `cancel` is set.
///
/// Failures of the bank are part of the report; an error means the store failed.
pub async fn run(
    store: &Store,
    accesses: &[Access],
    request: &SyncRequest,
    events: mpsc::Sender<SyncEvent>,
    cancel: CancellationToken,
) -> Result<SyncReport> {
    let ways = Ways { open: accesses.to_vec(), shut: Vec::new() };
    run_ways(store, ways, request, events, cancel).await
}

/// The same, where some logins are known to be shut.
pub async fn run_ways(
    store: &Store,
    ways: Ways,
    request: &SyncRequest,
    events: mpsc::Sender<SyncEvent>,
    cancel: CancellationToken,
) -> Result<SyncReport> {
    let events = Events(events);
    let mut run = SyncRun {
        id: Uuid::now_v7().to_string(),
        started_at: store.now().await?,
        finished_at: None,
        trigger: request.trigger.to_owned(),
        full: request.full,
        outcome: Outcome::Running,
        reason: None,
        results: Vec::new(),
    };
    store.start_run(&run).await?;
    events.tell(SyncEvent::Started { run_id: run.id.clone(), started_at: run.started_at });

    let shared = Arc::new(enrollment::Shared {
        store: store.clone(),
        request: request.clone(),
        run_id: run.id.clone(),
        events: events.clone(),
        cancel: cancel.clone(),
        claimed: std::sync::Mutex::default(),
    });
    let places = Arc::new(Semaphore::new(SIDE_BY_SIDE));
    let mut tasks = JoinSet::new();
    for access in ways.open {
        let (shared, places) = (shared.clone(), places.clone());
        tasks.spawn(async move {
            let _place = places.acquire_owned().await.expect("the semaphore is never closed");
            enrollment::sync(&shared, &access).await
        });
    }
    let mut failures = ways.shut;
    for failure in &failures {
        events.tell_surely(SyncEvent::EnrollmentFailed(failure.clone())).await;
    }
    let mut broken = None;
    while let Some(ended) = tasks.join_next().await {
        match ended {
            Ok(Ok(part)) => {
                run.results.extend(part.results);
                failures.extend(part.failures);
            }
            Ok(Err(report)) => broken = Some(report),
            Err(panic) => {
                tracing::error!("a sync task ended early: {panic}");
                broken = Some(eyre!(
                    "passbook has a fault here; what is stored is safe, and the log says more"
                ));
            }
        }
    }
    if let Some(report) = broken {
        record_failure(store, run, &report).await;
        return Err(report);
    }
    run.results.sort_by(|a, b| (&a.institution, &a.name).cmp(&(&b.institution, &b.name)));
    run.finished_at = Some(store.now().await?);
    run.outcome = outcome(&run.results, &failures, cancel.is_cancelled());
    run.reason = failures.first().map(|failure| failure.message.clone());
    join_repaired(store).await;
    // Derived, and found anew the next time: no reason to call the sync failed.
    if let Err(report) = store.refresh_transfers().await {
        tracing::warn!("{report:#}");
    }
    store.finish_run(&run).await?;
    let report = SyncReport { run, failures };
    events.tell_surely(SyncEvent::Finished(report.clone())).await;
    Ok(report)
}

/// What the user has answered, now that the histories under new ids are read. Asked for again at the
/// end of the next sync where it fails.
async fn join_repaired(store: &Store) {
    match store.join_repaired().await {
        Ok(joined) => {
            for joined in joined {
                tracing::info!(moved = joined.moved, known = joined.known, "joined an account");
                if let Some(former) = joined.former.filter(|former| former.accounts == 0) {
                    let enrollment_id = former.enrollment.as_str();
                    tracing::info!(enrollment_id, "it was the last one there: not synced any more");
                }
            }
        }
        Err(report) => tracing::warn!("{report:#}"),
    }
}

/// As far as a failing database lets itself be told: its first failure is the one that counts.
async fn record_failure(store: &Store, mut run: SyncRun, report: &Report) {
    run.outcome = Outcome::Failed;
    run.reason = Some(store::explain(report));
    let recorded = async {
        run.finished_at = Some(store.now().await?);
        store.finish_run(&run).await
    };
    if let Err(again) = recorded.await {
        tracing::warn!("{again:#}");
    }
}

fn outcome(results: &[AccountResult], failures: &[EnrollmentFailure], stopped: bool) -> Outcome {
    let fine = |result: &AccountResult| matches!(result.outcome, Outcome::Ok | Outcome::Unjudged | Outcome::Skipped if result.code.is_none());
    let offline = |code: &str| code == "offline";
    if stopped {
        Outcome::Stopped
    } else if failures.is_empty() && results.iter().all(fine) {
        Outcome::Ok
    } else if results.iter().any(fine) {
        Outcome::Partial
    } else if !failures.is_empty() && failures.iter().all(|failure| offline(&failure.code)) {
        Outcome::Offline
    } else if !results.is_empty() && results.iter().all(|r| r.outcome == Outcome::Busy) {
        Outcome::Busy
    } else {
        Outcome::Failed
    }
}

fn blank_result(account: &Account, outcome: Outcome) -> AccountResult {
    let name = match &account.last_four {
        Some(digits) => format!("{} ·{digits}", account.name),
        None => account.name.clone(),
    };
    AccountResult {
        enrollment_id: account.enrollment_id.clone(),
        account_id: account.id.clone(),
        name,
        institution: account.institution.name.clone(),
        outcome,
        new: 0,
        settled: 0,
        changed: 0,
        gone: 0,
        paired: 0,
        quarantined: 0,
        pages: 0,
        reached: None,
        reason: None,
        code: None,
        ledger: None,
    }
}
