//! What is wrong or needs the user, gathered from all that the screen knows.

use chrono::{DateTime, TimeDelta, Utc};

use super::App;
use super::accounts::AccountLine;
use crate::domain::{AccountResult, Enrollment, EnrollmentId, EnrollmentState, Outcome, SyncRun};

/// Figures older than this are called old.
const OLD: TimeDelta = TimeDelta::days(2);
/// Time enough to ask for a new certificate.
const SOON: TimeDelta = TimeDelta::days(30);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    /// Waits for the user.
    NeedsYou,
    /// Worth knowing.
    Note,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    pub severity: Severity,
    pub at: Option<DateTime<Utc>>,
    /// The bank, the account, or what was tried.
    pub subject: String,
    /// What happened, in a few words.
    pub what: String,
    /// What it means for the data and the one thing to do.
    pub advice: String,
    /// Of a bank as a whole: enter signs in to it again where that mends it.
    pub enrollment: Option<EnrollmentId>,
}

/// The most pressing first.
pub fn problems(app: &App) -> Vec<Problem> {
    let enrollments = app.accounts.overview.enrollments.iter();
    let mut problems: Vec<Problem> = enrollments.filter_map(enrollment).collect();
    for failure in app.sync.failures() {
        let subject = failure.institution.clone().unwrap_or_else(|| "The bank".to_owned());
        if problems.iter().all(|problem| problem.subject != subject) {
            problems.push(Problem {
                severity: Severity::NeedsYou,
                at: None,
                subject,
                what: failure.message.clone(),
                advice: format!("Everything saved before is still here. Code: {}", failure.code),
                enrollment: failure.enrollment_id.clone(),
            });
        }
    }
    if let Some(run) = app.sync.latest_run().or(app.accounts.overview.last_run.as_ref()) {
        problems.extend(of_run(run, app));
    }
    problems.extend(of_standing(app));
    problems.extend(of_accounts(app));
    problems.extend(of_reads(app));
    problems.sort_by_key(|problem| problem.severity != Severity::NeedsYou);
    problems
}

fn enrollment(enrollment: &Enrollment) -> Option<Problem> {
    let ailment = enrollment.ailment()?;
    let code = enrollment.reason.as_deref().unwrap_or(enrollment.state.as_str());
    Some(Problem {
        severity: Severity::NeedsYou,
        at: enrollment.last_success_at,
        subject: enrollment.label().to_owned(),
        what: ailment.short.to_owned(),
        advice: format!(
            "{}{}: {}. Enter opens the sign-in page. Everything up to the last sync is saved, and the \
             accounts keep their history, notes and categories. Teller code: {code}",
            ailment.what[..1].to_uppercase(),
            &ailment.what[1..],
            ailment.remedy
        ),
        enrollment: Some(enrollment.id.clone()),
    })
}

/// Keys that are missing, and a certificate near its end.
fn of_standing(app: &App) -> impl Iterator<Item = Problem> + '_ {
    let locked = app.standing.locked.iter().map(|(id, why)| Problem {
        severity: Severity::NeedsYou,
        at: None,
        subject: app.enrollment(id).map_or("A bank", |one| one.label()).to_owned(),
        what: "can be browsed, but not synced here".to_owned(),
        advice: why.clone(),
        enrollment: Some(id.clone()),
    });
    let until = app.standing.certificate_until.filter(|until| *until - app.now() < SOON);
    let certificate = until.map(|until| Problem {
        severity: if until < app.now() { Severity::NeedsYou } else { Severity::Note },
        at: None,
        subject: "Teller's certificate".to_owned(),
        what: format!("expires on {}", until.date_naive()),
        advice:
            "Get a new one in Teller's dashboard, and put its two files where the old ones are: \
            after that day no bank outside the sandbox can be synced."
                .to_owned(),
        enrollment: None,
    });
    locked.chain(certificate)
}

fn of_run<'a>(run: &'a SyncRun, app: &'a App) -> impl Iterator<Item = Problem> + 'a {
    let at = Some(run.finished_at.unwrap_or(run.started_at));
    let told =
        |reason: &&String| app.sync.failures().iter().any(|failure| failure.message == **reason);
    let whole = run.reason.as_ref().filter(|reason| !told(reason)).map(|reason| Problem {
        severity: Severity::NeedsYou,
        at,
        subject: "The last sync".to_owned(),
        what: reason.clone(),
        advice: "Nothing was changed. Press r to try again.".to_owned(),
        enrollment: None,
    });
    let known = |result: &AccountResult| {
        let mut enrollments = app.accounts.overview.enrollments.iter();
        enrollments.any(|enrollment| {
            enrollment.institution.name == result.institution
                && enrollment.state != EnrollmentState::Healthy
                && (result.outcome == Outcome::Skipped || result.code == enrollment.reason)
        })
    };
    // One that was joined with another since is no matter any more.
    let there = |result: &AccountResult| {
        let mut accounts = app.accounts.overview.accounts.iter();
        accounts.any(|it| it.account.id == result.account_id)
    };
    let results = run.results.iter().filter(move |result| {
        let bad = !matches!(result.outcome, Outcome::Ok | Outcome::Running | Outcome::Stopped);
        // A bank that waits for the user is told once, not once an account.
        bad && there(result) && !known(result)
    });
    let accounts = results.map(move |result| Problem {
        severity: if result.outcome == Outcome::Failed {
            Severity::NeedsYou
        } else {
            Severity::Note
        },
        at,
        subject: result.name.clone(),
        what: result.reason.clone().unwrap_or_else(|| outcome_word(&result.outcome).to_owned()),
        advice: format!(
            "{}: what was saved before is still here. Press r to try again.",
            result.institution
        ),
        enrollment: None,
    });
    whole.into_iter().chain(accounts)
}

pub fn outcome_word(outcome: &Outcome) -> &str {
    match outcome {
        Outcome::Running => "running",
        Outcome::Ok => "done",
        Outcome::Unjudged => "kept, not judged",
        Outcome::Skipped => "skipped",
        Outcome::Busy => "another passbook syncs it",
        Outcome::Failed => "failed",
        Outcome::Offline => "offline",
        Outcome::Stopped => "stopped",
        Outcome::Partial => "in part",
        Outcome::Other(word) => word,
    }
}

fn of_accounts(app: &App) -> impl Iterator<Item = Problem> + '_ {
    let note = |at, subject: String, what: &str, advice: &str| Problem {
        severity: Severity::Note,
        at,
        subject,
        what: what.to_owned(),
        advice: advice.to_owned(),
        enrollment: None,
    };
    let accounts = app.accounts.lines.iter().flat_map(move |line| {
        let account = &line.overview.account;
        let latest = line.overview.latest.as_ref();
        let twin = line.overview.possible_duplicate.then(|| {
            note(
                None,
                account.name.clone(),
                "may be an account you have already, under a new id",
                &format!(
                    "It is left out of all totals until you say: `passbook merge {}`.",
                    account.id
                ),
            )
        });
        let silent = (latest.is_some() && line.ledger().is_none()).then(|| {
            note(
                latest.map(|snapshot| snapshot.observed_at),
                account.name.clone(),
                "the bank sent no ledger balance",
                "It shows as unknown and is left out of the totals.",
            )
        });
        twin.into_iter().chain(silent)
    });
    let values = app.accounts.lines.iter().filter_map(move |line| {
        let days = line.hand()?.days_old(app.today())?;
        let what = format!("value is {days} days old");
        let name = line.overview.account.name.clone();
        Some(note(
            None,
            name,
            &what,
            "It still counts as it stands. Press + on it to say what it is now.",
        ))
    });
    let old = institutions(app).filter_map(move |(id, name)| {
        let freshness = app.accounts.freshness(id);
        let told = freshness.needs_you || freshness.ended;
        let at = freshness.at.filter(|at| is_old(app.now(), *at) && !told)?;
        let advice = "What was saved is still right for that day. Press r to sync.";
        Some(note(Some(at), name.to_owned(), "has not been synced for days", advice))
    });
    let quarantined = app.accounts.overview.quarantined;
    let unread = (quarantined > 0).then(|| {
        let rows = if quarantined == 1 { "row" } else { "rows" };
        note(
            None,
            "Syncs".to_owned(),
            &format!("could not read {quarantined} {rows}"),
            "They are kept aside as the bank sent them, and are tried again at each sync. On the \
             sync screen a shows them.",
        )
    });
    accounts.chain(old).chain(unread).chain(values)
}

/// Each institution once, in the order of the accounts.
fn institutions(app: &App) -> impl Iterator<Item = (&str, &str)> {
    let lines = &app.accounts.lines;
    lines.iter().enumerate().filter_map(move |(index, line)| {
        let institution = &line.overview.account.institution;
        let known = |line: &AccountLine| line.overview.account.institution.id == institution.id;
        (!lines[..index].iter().any(known)).then_some((&*institution.id, &*institution.name))
    })
}

fn of_reads(app: &App) -> impl Iterator<Item = Problem> + '_ {
    let failure = |(subject, message): &(String, String)| Problem {
        severity: Severity::NeedsYou,
        at: None,
        subject: subject.clone(),
        what: message.clone(),
        advice: "The screen keeps what it had. ctrl-l tries again.".to_owned(),
        enrollment: None,
    };
    let keys = app.setup.keymap_problems.iter().map(|line| Problem {
        severity: Severity::Note,
        at: None,
        subject: "Your keys".to_owned(),
        what: line.clone(),
        advice: "That line was left out; all others are in use.".to_owned(),
        enrollment: None,
    });
    app.failed_reads.iter().map(failure).chain(keys)
}

pub fn is_old(now: DateTime<Utc>, at: DateTime<Utc>) -> bool {
    now - at > OLD
}
