//! One enrollment: whose accounts they are, whose turn it is, and what to do when the bank says no.

use std::collections::HashSet;
use std::sync::Mutex;

use chrono::{DateTime, TimeDelta, Utc};
use color_eyre::Result;
use tokio_util::sync::CancellationToken;

use super::observer::{observed, observed_for};
use super::pass::{Pass, Stop};
use super::{Access, Events, SyncRequest, blank_result};
use crate::domain::{
    Account, AccountResult, AccountStatus, EnrollmentFailure, EnrollmentId, EnrollmentState,
    Institution, Outcome, SafeText, Stage, SyncEvent, SyncStep,
};
use crate::store::leases::Lease;
use crate::store::listing::EnrollmentWrite;
use crate::store::{self, Store};
use crate::teller;

/// A bank is left alone no longer than this at a time. A pause that ends later was noted under a
/// wrong clock.
const LONGEST_REST: TimeDelta = TimeDelta::days(7);

const REMOVED: &str = "this login was removed, or all its accounts are found under another, and its \
    token is still in TELLER_ACCESS_TOKEN: take it out there, or connect the bank again";

/// What all enrollments of a run have in common.
pub struct Shared {
    pub store: Store,
    pub request: SyncRequest,
    pub run_id: String,
    pub events: Events,
    pub cancel: CancellationToken,
    /// Enrollments already taken in this run: two tokens may open the same one.
    pub claimed: Mutex<HashSet<EnrollmentId>>,
}

/// What one enrollment adds to the report.
#[derive(Default)]
pub struct Part {
    pub results: Vec<AccountResult>,
    pub failures: Vec<EnrollmentFailure>,
}

/// Syncs everything that one token opens. Failures of the bank end up in the part.
pub async fn sync(shared: &Shared, access: &Access) -> Result<Part> {
    let store = &shared.store;
    let known = match &access.enrollment {
        Some(id) => store.load_enrollment(id).await?,
        None => store.load_enrollment_of(&access.token).await?,
    };
    if let Some(known) = known.as_ref().filter(|known| known.removed) {
        let (id, institution) = (known.id.clone(), known.institution.clone());
        return Ok(failed(shared, id, institution, "removed", REMOVED.to_owned()));
    }
    if let Some(known) = &known
        && let Some(until) = known.not_before
        && let rest = until - store.now().await?
        && rest > TimeDelta::zero()
        && rest <= LONGEST_REST
    {
        let message = asked_to_wait(until);
        return Ok(failed(
            shared,
            known.id.clone(),
            known.institution.clone(),
            "rate_limited",
            message,
        ));
    }
    if let (Some(known), Some(only)) = (&known, &shared.request.account)
        && store.load_enrollment_with(only).await?.is_some_and(|owner| owner != known.id)
    {
        return Ok(Part::default());
    }
    if let (Some(known), Some(only)) = (&known, &shared.request.enrollment)
        && known.id != *only
    {
        return Ok(Part::default());
    }
    let access =
        Access { client: observed(access, &shared.events, store.clock()), ..access.clone() };
    let listing = access.client.list_accounts(&access.token);
    let Some(listing) = shared.cancel.run_until_cancelled(listing).await else {
        return Ok(Part::default());
    };
    let listed = match listing {
        Ok(listed) => listed,
        Err(error) => {
            let known = known.map(|known| (known.id, known.institution));
            return enrollment_failed(shared, known, &error).await;
        }
    };
    if listed.accounts.is_empty() {
        let message = "the bank listed no accounts; what is stored is kept".to_owned();
        let (id, institution) = known.map(|known| (known.id, known.institution)).unzip();
        return Ok(Part {
            failures: vec![EnrollmentFailure {
                enrollment_id: id,
                institution: institution.map(|institution| institution.name),
                code: "no_accounts".to_owned(),
                message,
            }],
            ..Part::default()
        });
    }
    let mut part = Part::default();
    for rejected in &listed.rejected {
        let name = rejected.id.as_ref().map_or("an account", |id| id.as_str());
        part.failures.push(EnrollmentFailure {
            enrollment_id: None,
            institution: None,
            code: "unreadable_account".to_owned(),
            message: SafeText::new(&format!(
                "{name} could not be read ({}); the others are kept",
                rejected.reason
            ))
            .to_string(),
        });
    }
    for group in by_enrollment(listed.accounts) {
        let id = group[0].0.enrollment_id.clone();
        if shared.request.enrollment.as_ref().is_some_and(|only| *only != id) {
            continue;
        }
        if shared.claimed.lock().expect("no holder panics").insert(id) {
            sync_group(shared, &access, group, &mut part).await?;
        }
    }
    Ok(part)
}

/// One token opens one enrollment, but nothing breaks if a bank ever lists two.
fn by_enrollment(accounts: Vec<(Account, String)>) -> Vec<Vec<(Account, String)>> {
    let mut groups: Vec<Vec<(Account, String)>> = Vec::new();
    for listed in accounts {
        let id = &listed.0.enrollment_id;
        match groups.iter_mut().find(|group| group[0].0.enrollment_id == *id) {
            Some(group) => group.push(listed),
            None => groups.push(vec![listed]),
        }
    }
    groups
}

async fn sync_group(
    shared: &Shared,
    access: &Access,
    listed: Vec<(Account, String)>,
    part: &mut Part,
) -> Result<()> {
    let (store, first) = (&shared.store, &listed[0].0);
    let (id, institution) = (first.enrollment_id.clone(), first.institution.clone());
    let write = EnrollmentWrite {
        id: &id,
        institution: &institution,
        environment: &access.environment,
        token: &access.token,
        accounts: &listed,
    };
    let mut accounts = store.write_enrollment(&write).await?;
    if let Some(only) = &shared.request.account {
        accounts.retain(|account| account.id == *only);
    }
    if accounts.is_empty() {
        return Ok(());
    }
    shared.events.tell(SyncEvent::Listed {
        enrollment_id: id.clone(),
        institution: institution.clone(),
        accounts: accounts.clone(),
    });
    let Some(lease) = store.take_lease(id.as_str(), &shared.run_id).await? else {
        for account in &accounts {
            let mut result = blank_result(account, Outcome::Busy);
            result.reason = Some("another passbook is syncing this bank right now".to_owned());
            done(shared, result, &[], part).await?;
        }
        return Ok(());
    };
    let _tenure = store.hold(&lease);
    let ended = sync_accounts(shared, access, &lease, &accounts, part).await;
    store.release_lease(&lease).await?;
    let healthy = match ended? {
        Some(error) => {
            let known = Some((id.clone(), institution));
            let failed = enrollment_failed(shared, known, &error).await?;
            part.failures.extend(failed.failures);
            false
        }
        None => !shared.cancel.is_cancelled(),
    };
    if healthy {
        store.write_enrollment_health(&id, &EnrollmentState::Healthy, None, None).await?;
    }
    Ok(())
}

/// The accounts in turn. An error that concerns the enrollment ends it: the rest is skipped.
async fn sync_accounts(
    shared: &Shared,
    access: &Access,
    lease: &Lease,
    accounts: &[Account],
    part: &mut Part,
) -> Result<Option<teller::Error>> {
    let mut fatal: Option<teller::Error> = None;
    let mut lost = false;
    for account in accounts {
        let skip = if shared.cancel.is_cancelled() {
            Some((Outcome::Stopped, "stopped before its turn".to_owned(), None))
        } else if lost {
            Some((Outcome::Busy, "another passbook has taken over".to_owned(), None))
        } else if let Some(error) = &fatal {
            Some((Outcome::Skipped, format!("skipped: {error}"), Some(error.code().to_owned())))
        } else if account.status == AccountStatus::Closed && !shared.request.full {
            Some((
                Outcome::Skipped,
                "closed; its history is kept, and a full sync asks for it again".to_owned(),
                None,
            ))
        } else {
            None
        };
        if let Some((outcome, reason, code)) = skip {
            let reason = Some(reason);
            let result = AccountResult { reason, code, ..blank_result(account, outcome) };
            done(shared, result, &[], part).await?;
            continue;
        }
        shared.events.tell(SyncEvent::Progress {
            account_id: account.id.clone(),
            stage: Stage::Waiting,
            new: 0,
        });
        let mut pass = Pass::new(
            &shared.store,
            observed_for(access, &shared.events, shared.store.clock(), account),
            &access.token,
            account,
            lease,
            &shared.run_id,
            &shared.cancel,
            &shared.events,
        );
        let stop = pass.run(&shared.request).await.err();
        let (mut result, steps) = (pass.result, pass.steps);
        match stop {
            None if account.status == AccountStatus::Closed => {
                shared.store.write_account_status(&account.id, &AccountStatus::Open).await?;
            }
            None => {}
            Some(Stop::Cancelled) => result.outcome = Outcome::Stopped,
            Some(Stop::LeaseLost) => {
                lost = true;
                result.outcome = Outcome::Busy;
                result.reason = Some("another passbook has taken over".to_owned());
            }
            Some(Stop::Store(report)) => {
                tracing::error!("keeping an account: {report:#}");
                result.outcome = Outcome::Failed;
                result.code = Some("database".to_owned());
                result.reason = Some(store::explain(&report));
            }
            Some(Stop::Teller(error)) => {
                if matches!(error, teller::Error::AccountClosed { .. }) {
                    shared.store.write_account_status(&account.id, &AccountStatus::Closed).await?;
                    result.outcome = Outcome::Skipped;
                } else {
                    result.outcome = Outcome::Failed;
                    result.code = Some(error.code().to_owned());
                }
                result.reason = Some(error.to_string());
                fatal = fatal.or(error.concerns_enrollment().then_some(error));
            }
        }
        done(shared, result, &steps, part).await?;
    }
    Ok(fatal)
}

async fn done(
    shared: &Shared,
    result: AccountResult,
    steps: &[SyncStep],
    part: &mut Part,
) -> Result<()> {
    shared.store.write_result(&shared.run_id, &result, steps).await?;
    shared.events.tell_surely(SyncEvent::AccountDone(result.clone())).await;
    part.results.push(result);
    Ok(())
}

/// Keeps what is wrong with an enrollment, so that the screen can say it at the next start too.
async fn enrollment_failed(
    shared: &Shared,
    known: Option<(EnrollmentId, Institution)>,
    error: &teller::Error,
) -> Result<Part> {
    let store = &shared.store;
    let (id, institution) = known.unzip();
    let not_before = match error {
        teller::Error::RateLimited { retry_after: Some(wait), .. } => {
            let wait = TimeDelta::from_std(*wait).unwrap_or(LONGEST_REST);
            Some(store.now().await? + wait.min(LONGEST_REST))
        }
        _ => None,
    };
    if let Some(id) = &id {
        let state = match error {
            teller::Error::Disconnected { .. } => Some(EnrollmentState::Disconnected),
            teller::Error::TokenRefused { .. } => Some(EnrollmentState::Refused),
            _ => None,
        };
        if let Some(state) = state {
            store.write_enrollment_health(id, &state, Some(error.code()), not_before).await?;
        } else if not_before.is_some() {
            store.write_not_before(id, not_before).await?;
        }
    }
    let failure = EnrollmentFailure {
        enrollment_id: id,
        institution: institution.map(|institution| institution.name),
        code: error.code().to_owned(),
        message: not_before
            .map_or_else(|| SafeText::new(&error.to_string()).to_string(), asked_to_wait),
    };
    shared.events.tell_surely(SyncEvent::EnrollmentFailed(failure.clone())).await;
    Ok(Part { failures: vec![failure], ..Part::default() })
}

fn asked_to_wait(until: DateTime<Utc>) -> String {
    format!("too many requests: the bank asked to wait until {} UTC", until.format("%b %-d %H:%M"))
}

fn failed(
    shared: &Shared,
    id: EnrollmentId,
    institution: Institution,
    code: &str,
    message: String,
) -> Part {
    let failure = EnrollmentFailure {
        enrollment_id: Some(id),
        institution: Some(institution.name),
        code: code.to_owned(),
        message,
    };
    shared.events.tell(SyncEvent::EnrollmentFailed(failure.clone()));
    Part { failures: vec![failure], ..Part::default() }
}
