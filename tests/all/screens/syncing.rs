//! A sync of the household, stopped in the middle.
#![expect(clippy::unwrap_used, reason = "helpers of tests, which clippy does not see as such")]

use std::time::Duration;

use chrono::TimeDelta;
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use passbook::app::{App, Event};
use passbook::domain::{
    AccountResult, EnrollmentFailure, EnrollmentId, Outcome, RequestTry, Stage, SyncEvent, SyncRun,
};

use super::sample::{Sample, household, now, setup};

/// A request for the Travel Card, so many seconds after 09:45 and so many milliseconds long.
fn request(
    what: &str,
    (second, elapsed): (i64, u64),
    status: Option<u16>,
    rows: Option<usize>,
) -> SyncEvent {
    SyncEvent::Request(RequestTry {
        ended_at: now() + TimeDelta::seconds(second),
        method: "GET",
        path: format!("/accounts/…3390/{what}"),
        status,
        elapsed: Duration::from_millis(elapsed),
        rows,
        pause: None,
    })
}

fn result(sample: &Sample, index: usize, outcome: Outcome, reason: Option<&str>) -> AccountResult {
    let account = &sample.overview.accounts[index].account;
    let numbers = [(3, 2, 1), (1, 0, 0), (6, 4, 0), (2, 0, 0), (0, 0, 0), (0, 0, 0)][index];
    AccountResult {
        enrollment_id: account.enrollment_id.clone(),
        account_id: account.id.clone(),
        name: passbook::domain::label(&account.name, account.last_four.as_deref()),
        institution: account.institution.name.clone(),
        outcome,
        new: numbers.0,
        settled: numbers.1,
        changed: numbers.2,
        gone: i64::from(index == 2),
        paired: i64::from(index == 2) * 2,
        quarantined: i64::from(index == 3),
        pages: 3 - i64::try_from(index / 2).unwrap(),
        reached: "2026-11-20".parse().ok(),
        reason: reason.map(str::to_owned),
        code: None,
        ledger: sample.overview.accounts[index].latest.as_ref().and_then(|s| s.balance.ledger),
    }
}

pub fn failure() -> EnrollmentFailure {
    EnrollmentFailure {
        enrollment_id: Some(EnrollmentId::from("enr_northwind")),
        institution: Some("Northwind Bank".to_owned()),
        code: "enrollment.disconnected".to_owned(),
        message: "the bank asks you to sign in again".to_owned(),
    }
}

pub fn run(sample: &Sample, minutes_ago: i64, outcome: Outcome) -> SyncRun {
    let skipped = Outcome::Skipped;
    let outcomes = [Outcome::Ok, Outcome::Ok, Outcome::Ok, Outcome::Ok, skipped.clone(), skipped];
    let results = outcomes.into_iter().enumerate();
    let offline = outcome == Outcome::Offline;
    SyncRun {
        id: format!("run{minutes_ago}"),
        started_at: now() - TimeDelta::minutes(minutes_ago),
        finished_at: Some(now()),
        trigger: "key".to_owned(),
        full: false,
        reason: offline.then(|| "nothing changed, no network".to_owned()),
        results: if offline {
            Vec::new()
        } else {
            results.map(|(index, outcome)| result(sample, index, outcome, None)).collect()
        },
        outcome,
    }
}

pub fn syncing(size: (u16, u16)) -> (Sample, App) {
    let mut sample = household();
    let partial = || Outcome::Partial;
    sample.runs = vec![
        run(&sample, 135, partial()),
        run(&sample, 900, Outcome::Offline),
        run(&sample, 6_000, partial()),
    ];
    let mut app = sample.start(setup(size.0, size.1));
    for letter in ['5', 'r'] {
        let key = KeyEvent::new(KeyCode::Char(letter), KeyModifiers::NONE);
        sample.send(&mut app, Event::Key(key));
    }
    let events = ["northwind", "harbor", "platypus"].into_iter().map(|bank| {
        let accounts = sample.overview.accounts.iter().map(|account| account.account.clone());
        let accounts: Vec<_> = accounts.filter(|account| account.institution.id == bank).collect();
        SyncEvent::Listed {
            enrollment_id: accounts[0].enrollment_id.clone(),
            institution: accounts[0].institution.clone(),
            accounts,
        }
    });
    let started =
        SyncEvent::Started { run_id: "run0".to_owned(), started_at: now() - TimeDelta::seconds(8) };
    let travel = sample.overview.accounts[3].account.id.clone();
    let later = [
        SyncEvent::AccountDone(result(&sample, 0, Outcome::Ok, None)),
        SyncEvent::AccountDone(result(&sample, 1, Outcome::Ok, None)),
        SyncEvent::AccountDone(result(&sample, 2, Outcome::Ok, None)),
        SyncEvent::Progress { account_id: travel, stage: Stage::Page(2), new: 2 },
        SyncEvent::EnrollmentFailed(failure()),
        SyncEvent::AccountDone(result(&sample, 4, Outcome::Skipped, None)),
        SyncEvent::AccountDone(result(&sample, 5, Outcome::Skipped, None)),
        request("balances", (19, 412), Some(200), None),
        request("transactions?count=500", (20, 21), Some(429), None),
        SyncEvent::Retrying {
            path: "/accounts/…3390/transactions?count=500".to_owned(),
            delay: Duration::from_secs(2),
        },
        request("transactions?count=500", (23, 1_388), Some(200), Some(500)),
        request("transactions?count=500&from_id=…kl9w", (24, 90), None, None),
    ];
    let events: Vec<_> = [started].into_iter().chain(events).chain(later).collect();
    for event in events {
        sample.send(&mut app, Event::Sync(event));
    }
    (sample, app)
}
