//! When the next sync is due, and the task that runs it.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use rand::Rng as _;
use tokio::sync::{Notify, mpsc};
use tokio_util::sync::CancellationToken;

use super::TakeIn;
use super::backoff::{FIRST_PAUSE, retry};
use super::rests::Rests;
use crate::bank::Bank;
use crate::clock::Clock;
use crate::domain::{EnrollmentId, Outcome, SyncEvent, SyncReport};
use crate::store::Store;
use crate::sync::SyncRequest;

/// Share of the interval by which a run may come later, so that many servers don't ask at once.
const JITTER: f64 = 0.1;
/// Failed runs stretch the interval, doubled up to this many times.
const MOST_DOUBLINGS: u32 = 3;
/// Runs looked at to find one that has finished.
const RUNS: u32 = 10;

pub struct Schedule {
    pub store: Store,
    pub bank: Bank,
    pub take_in: TakeIn,
    pub clock: Clock,
    pub every: Duration,
    /// Woken when the bank has announced something.
    pub news: Arc<Notify>,
}

/// How it went so far.
#[derive(Default)]
struct Course {
    /// Runs in a row that reached nobody.
    failed: u32,
    /// Tries in a row that could not even be recorded.
    faults: u32,
    /// What this process did counts even where the store doesn't tell of it.
    last_here: Option<DateTime<Utc>>,
}

/// Why a pause ended.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Woken {
    Due,
    Announced,
    Stopped,
}

impl Schedule {
    /// Syncs until stopped; a run that is under way then finishes its open account transaction.
    pub async fn keep(self, stop: CancellationToken) {
        if !self.wait_for_a_bank(&stop).await {
            return;
        }
        // What was announced to a process that has gone since.
        self.news.notify_one();
        let mut course = Course::default();
        let mut rests = Rests::default();
        while !stop.is_cancelled() {
            match self.run_when_due(&course, &mut rests, &stop).await {
                Ok(None) => {}
                Ok(Some(report)) => {
                    let failed = if reached_nobody(&report) { course.failed + 1 } else { 0 };
                    course = Course { failed, faults: 0, last_here: Some(self.clock.now()) };
                }
                Err(report) => {
                    tracing::error!("{report:#}");
                    sleep(retry(self.every, course.faults), &stop).await;
                    course.faults += 1;
                    // What was announced may be what failed: it is looked at again.
                    self.news.notify_one();
                }
            }
        }
    }

    /// A bank may be connected from another computer, on the same database. False: stopped before.
    async fn wait_for_a_bank(&self, stop: &CancellationToken) -> bool {
        let mut told = false;
        loop {
            match self.bank.can_sync(&self.store).await {
                Ok(true) => return true,
                Ok(false) if told => {}
                Ok(false) => {
                    tracing::info!("no bank is connected: nothing is synced until one is");
                    told = true;
                }
                Err(report) => tracing::error!("{report:#}"),
            }
            if !sleep(FIRST_PAUSE, stop).await {
                return false;
            }
        }
    }

    /// `None`: something else came before the run was due.
    async fn run_when_due(
        &self,
        course: &Course,
        rests: &mut Rests,
        stop: &CancellationToken,
    ) -> color_eyre::Result<Option<SyncReport>> {
        let last = last_scheduled(&self.store).await?.max(course.last_here);
        let jitter = rand::rng().random_range(0.0..JITTER);
        let pause = pause(self.every, last, self.clock.now(), course.failed, jitter);
        tracing::info!(seconds = pause.as_secs(), "next sync");
        match self.wait(pause, stop).await {
            Woken::Due => {
                let request = SyncRequest { trigger: "schedule", ..SyncRequest::default() };
                self.run_once(&request, stop).await.map(Some)
            }
            Woken::Announced => {
                self.answer_announced(rests, stop).await?;
                Ok(None)
            }
            Woken::Stopped => Ok(None),
        }
    }

    async fn wait(&self, pause: Duration, stop: &CancellationToken) -> Woken {
        tokio::select! {
            biased;
            () = stop.cancelled() => Woken::Stopped,
            () = tokio::time::sleep(pause) => Woken::Due,
            () = self.news.notified() => Woken::Announced,
        }
    }

    /// One sync for each enrollment that was announced, however often it was.
    async fn answer_announced(
        &self,
        rests: &mut Rests,
        stop: &CancellationToken,
    ) -> color_eyre::Result<()> {
        let mut announced: BTreeMap<EnrollmentId, Vec<String>> = BTreeMap::new();
        for (enrollment, announcement) in self.store.load_announced().await? {
            announced.entry(enrollment).or_default().push(announcement);
        }
        for (enrollment, announcements) in announced {
            if rests.is_resting(&enrollment, Instant::now()) {
                continue;
            }
            let request = SyncRequest {
                enrollment: Some(enrollment.clone()),
                trigger: "webhook",
                ..SyncRequest::default()
            };
            let report = self.run_once(&request, stop).await?;
            if stop.is_cancelled() {
                return Ok(());
            }
            if busy(&report) {
                tracing::info!(%enrollment, "another passbook is syncing it: asked again soon");
                self.ask_again(FIRST_PAUSE);
                continue;
            }
            if unreachable(&report)
                && let Some(pause) = rests.begin(&enrollment, Instant::now(), self.every)
            {
                let seconds = pause.as_secs();
                tracing::info!(%enrollment, seconds, "it could not be reached: asked again");
                self.ask_again(pause);
                continue;
            }
            rests.end(&enrollment);
            let outcome = report.run.outcome.to_string();
            self.store.finish_announced(&announcements, &outcome).await?;
        }
        Ok(())
    }

    fn ask_again(&self, pause: Duration) {
        let news = self.news.clone();
        tokio::spawn(async move {
            tokio::time::sleep(pause).await;
            news.notify_one();
        });
    }

    async fn run_once(
        &self,
        request: &SyncRequest,
        stop: &CancellationToken,
    ) -> color_eyre::Result<SyncReport> {
        (self.take_in)(self.store.clone()).await;
        let (tell, mut events) = mpsc::channel(64);
        let run = self.bank.sync(&self.store, request, tell, stop.clone());
        let log = async {
            while let Some(event) = events.recv().await {
                log_event(&event);
            }
        };
        let report = tokio::join!(run, log).0?;
        let run = &report.run;
        if reached_nobody(&report) {
            tracing::warn!(outcome = %run.outcome, reason = run.reason, "sync failed");
        } else {
            tracing::info!(outcome = %run.outcome, accounts = run.results.len(), "synced");
        }
        Ok(report)
    }
}

/// False when stopped before the time was over.
async fn sleep(pause: Duration, stop: &CancellationToken) -> bool {
    stop.run_until_cancelled(tokio::time::sleep(pause)).await.is_some()
}

/// When the latest finished run ended.
pub async fn last_finished(store: &Store) -> color_eyre::Result<Option<DateTime<Utc>>> {
    Ok(store.load_runs(RUNS).await?.into_iter().filter_map(|run| run.finished_at).max())
}

/// As [`last_finished`], without those that a webhook asked of one bank.
async fn last_scheduled(store: &Store) -> color_eyre::Result<Option<DateTime<Utc>>> {
    let runs = store.load_runs(RUNS).await?.into_iter();
    Ok(runs.filter(|run| run.trigger != "webhook").filter_map(|run| run.finished_at).max())
}

/// How long from now to the next run. What was synced lately waits its turn, a restart or not.
fn pause(
    every: Duration,
    last: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
    failed: u32,
    jitter: f64,
) -> Duration {
    let Some(last) = last else { return Duration::ZERO };
    let interval = (every * 2_u32.pow(failed.min(MOST_DOUBLINGS))).mul_f64(1.0 + jitter);
    // A run in the future was recorded under a wrong clock: it must not stop all syncing.
    let since = (now - last).to_std().unwrap_or_default();
    interval.saturating_sub(since)
}

fn busy(report: &SyncReport) -> bool {
    report.run.results.iter().any(|result| result.outcome == Outcome::Busy)
}

/// What it announced is not there yet, for no reason of its own.
fn unreachable(report: &SyncReport) -> bool {
    report.failures.iter().any(|failure| failure.code == "offline")
}

fn reached_nobody(report: &SyncReport) -> bool {
    matches!(report.run.outcome, Outcome::Failed | Outcome::Offline)
}

/// Ids and counts only: no name and no amount.
fn log_event(event: &SyncEvent) {
    match event {
        SyncEvent::Started { run_id, .. } => tracing::info!(run_id, "sync started"),
        SyncEvent::EnrollmentFailed(failure) => tracing::warn!(
            enrollment_id = failure.enrollment_id.as_ref().map(EnrollmentId::as_str),
            code = failure.code,
            message = failure.message,
            "enrollment failed"
        ),
        SyncEvent::AccountDone(result) => tracing::info!(
            account_id = result.account_id.as_str(),
            outcome = %result.outcome,
            new = result.new,
            settled = result.settled,
            changed = result.changed,
            gone = result.gone,
            pages = result.pages,
            reason = result.reason,
            code = result.code,
            "account synced"
        ),
        SyncEvent::Request(request) => tracing::debug!(
            method = request.method,
            path = request.path,
            status = request.status,
            elapsed_ms = u64::try_from(request.elapsed.as_millis()).unwrap_or(u64::MAX),
            rows = request.rows,
            "request"
        ),
        SyncEvent::Listed { .. }
        | SyncEvent::Progress { .. }
        | SyncEvent::Retrying { .. }
        | SyncEvent::Finished(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    const EVERY: Duration = Duration::from_hours(6);

    fn pause_after(hours: Option<i64>, failed: u32) -> u64 {
        let now = DateTime::UNIX_EPOCH + TimeDelta::days(20_000);
        let last = hours.map(|hours| now - TimeDelta::hours(hours));
        pause(EVERY, last, now, failed, 0.0).as_secs()
    }

    #[test]
    fn a_restart_waits_for_what_is_left_of_the_interval() {
        assert_eq!(pause_after(Some(1), 0), 5 * 3600);
        assert_eq!(pause_after(Some(7), 0), 0);
        assert_eq!(pause_after(None, 0), 0);
        assert_eq!(pause_after(Some(-48), 0), 6 * 3600);
    }

    #[test]
    fn failed_runs_stretch_the_interval_but_not_for_ever() {
        assert_eq!(pause_after(Some(0), 1), 12 * 3600);
        assert_eq!(pause_after(Some(0), 2), 24 * 3600);
        assert_eq!(pause_after(Some(0), 3), pause_after(Some(0), 30));
    }

    #[test]
    fn ten_minutes_of_server_errors_see_a_handful_of_runs() {
        let every = Duration::from_mins(1);
        let start = DateTime::UNIX_EPOCH;
        let (mut runs, mut now, mut last) = (0, start, None);
        while now - start < TimeDelta::minutes(10) {
            // The run itself takes no time, which makes for the most of them.
            now += pause(every, last, now, runs, 0.0);
            last = Some(now);
            runs += 1;
        }
        assert!((2..=4).contains(&runs), "{runs} runs of at most five tries each");
    }

    #[test]
    fn jitter_only_makes_it_later() {
        let now = DateTime::UNIX_EPOCH;
        assert_eq!(pause(EVERY, Some(now), now, 0, 0.1), EVERY.mul_f64(1.1));
    }
}
