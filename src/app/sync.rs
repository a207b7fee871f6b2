//! State of the sync screen: the run in progress bank by bank, the last runs, the request log.

use std::collections::VecDeque;

use chrono::{DateTime, Utc};

use super::accounts::{AccountLine, Accounts};
use super::connecting::Repair;
use crate::domain::{
    AccountId, AccountResult, Enrollment, EnrollmentFailure, EnrollmentId, Outcome, RequestTry,
    Stage, SyncEvent, SyncReport, SyncRun, label,
};

/// Requests remembered for the log.
const LOG: usize = 200;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Progress {
    /// At work, with the new rows found so far.
    Stage(Stage, i64),
    Done(Box<AccountResult>),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountProgress {
    pub account_id: AccountId,
    /// Name and last four.
    pub name: String,
    pub progress: Progress,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BankProgress {
    pub enrollment_id: Option<EnrollmentId>,
    pub name: String,
    pub accounts: Vec<AccountProgress>,
    pub failure: Option<EnrollmentFailure>,
}

impl BankProgress {
    pub fn is_well(&self) -> bool {
        let well = |account: &AccountProgress| match &account.progress {
            Progress::Done(result) => result.outcome == Outcome::Ok,
            Progress::Stage(..) => true,
        };
        self.accounts.iter().all(well)
    }

    /// Nothing went wrong, but the user ended it before its end.
    pub fn is_stopped(&self) -> bool {
        let stopped = |account: &AccountProgress| {
            matches!(&account.progress, Progress::Done(result)
            if matches!(result.outcome, Outcome::Ok | Outcome::Stopped))
        };
        !self.is_well() && self.accounts.iter().all(stopped)
    }

    /// What signing in again would mend.
    pub fn repair(&self) -> Option<Repair> {
        let code = self.failure.as_ref()?.code.as_str();
        if code != "forbidden" && !code.starts_with("enrollment.disconnected") {
            return None;
        }
        let enrollment = self.enrollment_id.clone()?;
        Some(Repair { enrollment, institution: self.name.clone() })
    }

    pub fn is_done(&self) -> bool {
        self.accounts.iter().all(|account| matches!(account.progress, Progress::Done(_)))
    }
}

#[derive(Clone, Debug, Default)]
pub struct Sync {
    /// From the key until the report.
    pub running: bool,
    pub stopping: bool,
    /// Once the run is in the store, whose clock it is told by.
    pub started_at: Option<DateTime<Utc>>,
    /// Of the run in progress, or of the last one.
    pub banks: Vec<BankProgress>,
    /// The report of the run that this screen saw finish last.
    pub report: Option<SyncReport>,
    /// Newest first.
    pub runs: Vec<SyncRun>,
    pub runs_loaded: bool,
    /// Oldest first.
    pub log: VecDeque<RequestTry>,
    /// Place among the lines: banks with their accounts, then the runs.
    pub selected: usize,
}

/// A line that can be selected.
#[derive(Clone, Copy, Debug)]
pub enum Line<'a> {
    Bank(&'a BankProgress),
    Account(&'a BankProgress, &'a AccountProgress),
    Run(&'a SyncRun),
}

impl Sync {
    pub fn begin(&mut self) {
        self.running = true;
        self.stopping = false;
        self.started_at = None;
        self.banks.clear();
        self.report = None;
        self.selected = 0;
    }

    /// Ended without a report.
    pub fn end(&mut self) {
        self.running = false;
        self.stopping = false;
    }

    pub fn happened(&mut self, event: SyncEvent) {
        match event {
            SyncEvent::Started { started_at, .. } => {
                if !self.running {
                    self.begin();
                }
                self.started_at = Some(started_at);
            }
            SyncEvent::Listed { enrollment_id, institution, accounts } => {
                let accounts = accounts.into_iter().map(|account| AccountProgress {
                    account_id: account.id,
                    name: label(&account.name, account.last_four.as_deref()),
                    progress: Progress::Stage(Stage::Waiting, 0),
                });
                let accounts = accounts.collect();
                let enrollment_id = Some(enrollment_id);
                self.banks.retain(|bank| bank.enrollment_id != enrollment_id);
                self.banks.push(BankProgress {
                    enrollment_id,
                    name: institution.name,
                    accounts,
                    failure: None,
                });
            }
            SyncEvent::EnrollmentFailed(failure) => self.fail(failure),
            SyncEvent::Progress { account_id, stage, new } => {
                if let Some(account) = self.account(&account_id) {
                    account.progress = Progress::Stage(stage, new);
                }
            }
            SyncEvent::AccountDone(result) => self.finish(result),
            SyncEvent::Request(request) => {
                self.log.push_back(request);
                if self.log.len() > LOG {
                    self.log.pop_front();
                }
            }
            SyncEvent::Retrying { path, delay } => {
                let waits = |tried: &&mut RequestTry| tried.path == path && tried.pause.is_none();
                if let Some(tried) = self.log.iter_mut().rfind(waits) {
                    tried.pause = Some(delay);
                }
            }
            SyncEvent::Finished(report) => {
                self.end();
                for result in &report.run.results {
                    self.finish(result.clone());
                }
                self.runs.retain(|run| run.id != report.run.id);
                self.runs.insert(0, report.run.clone());
                self.report = Some(report);
            }
        }
    }

    fn account(&mut self, id: &AccountId) -> Option<&mut AccountProgress> {
        let mut accounts = self.banks.iter_mut().flat_map(|bank| &mut bank.accounts);
        accounts.find(|account| account.account_id == *id)
    }

    fn fail(&mut self, failure: EnrollmentFailure) {
        let id = &failure.enrollment_id;
        let bank = self.banks.iter_mut().find(|bank| id.is_some() && bank.enrollment_id == *id);
        match bank {
            Some(bank) => bank.failure = Some(failure),
            None => self.banks.push(BankProgress {
                enrollment_id: failure.enrollment_id.clone(),
                name: failure.institution.clone().unwrap_or_else(|| "A bank".to_owned()),
                accounts: Vec::new(),
                failure: Some(failure),
            }),
        }
    }

    /// Banks answer in any order: they stand as they do among the accounts, new ones below.
    pub fn arrange(&mut self, known: &Accounts) {
        let place = |known_as: &dyn Fn(&AccountLine) -> bool| {
            known.lines.iter().position(known_as).unwrap_or(usize::MAX)
        };
        for bank in &mut self.banks {
            let of = |account: &AccountProgress| place(&|line| *line.id() == account.account_id);
            bank.accounts.sort_by_cached_key(of);
        }
        self.banks.sort_by_cached_key(|bank| {
            let named = |line: &AccountLine| line.overview.account.institution.name == bank.name;
            (place(&named), bank.name.clone())
        });
    }

    /// Enrollments that are kept here or want something have their line though no run has told of
    /// them.
    pub fn know(&mut self, enrollments: &[Enrollment]) {
        if self.running {
            return;
        }
        let told = |one: &&Enrollment| {
            one.removed_at.is_none() && (one.key_digest.is_some() || one.ailment().is_some())
        };
        for one in enrollments.iter().filter(told) {
            let id = Some(one.id.clone());
            if self.banks.iter().all(|bank| bank.enrollment_id != id) {
                self.banks.push(BankProgress {
                    enrollment_id: id,
                    name: one.institution.name.clone(),
                    accounts: Vec::new(),
                    failure: None,
                });
            }
        }
    }

    /// An account that was not listed, because its bank failed before, gets its line here.
    fn finish(&mut self, result: AccountResult) {
        let progress = Progress::Done(Box::new(result.clone()));
        if let Some(account) = self.account(&result.account_id) {
            account.progress = progress;
            return;
        }
        let account =
            AccountProgress { account_id: result.account_id, name: result.name, progress };
        let id = Some(result.enrollment_id);
        match self.banks.iter_mut().find(|bank| bank.enrollment_id == id) {
            Some(bank) => bank.accounts.push(account),
            None => self.banks.push(BankProgress {
                enrollment_id: id,
                name: result.institution,
                accounts: vec![account],
                failure: None,
            }),
        }
    }

    /// The runs as the store has them; the latest fills the table until a run is seen here.
    pub fn show_runs(&mut self, runs: Vec<SyncRun>) {
        self.runs = runs;
        self.runs_loaded = true;
        let untold =
            self.banks.iter().all(|bank| bank.accounts.is_empty() && bank.failure.is_none());
        if untold && !self.running {
            let results = self.runs.first().map(|run| run.results.clone());
            for result in results.unwrap_or_default() {
                self.finish(result);
            }
        }
        self.move_by(0);
    }

    pub fn latest_run(&self) -> Option<&SyncRun> {
        self.report.as_ref().map(|report| &report.run).or_else(|| self.runs.first())
    }

    pub fn failures(&self) -> &[EnrollmentFailure] {
        self.report.as_ref().map_or(&[], |report| &report.failures)
    }

    /// Accounts done, and all that are known.
    pub fn done(&self) -> (usize, usize) {
        let accounts = || self.banks.iter().flat_map(|bank| &bank.accounts);
        let done = accounts().filter(|account| matches!(account.progress, Progress::Done(_)));
        (done.count(), accounts().count())
    }

    pub fn lines(&self) -> impl Iterator<Item = Line<'_>> {
        let banks = self.banks.iter().flat_map(|bank| {
            let accounts = bank.accounts.iter().map(move |account| Line::Account(bank, account));
            std::iter::once(Line::Bank(bank)).chain(accounts)
        });
        banks.chain(self.runs.iter().map(Line::Run))
    }

    pub fn move_by(&mut self, lines: isize) {
        let last = self.lines().count().saturating_sub(1);
        self.selected = self.selected.saturating_add_signed(lines).min(last);
    }

    /// The first line that needs attention, unless the user has chosen one.
    pub fn troubled(&self) -> Option<Line<'_>> {
        let bad = |line: &Line<'_>| match line {
            Line::Bank(bank) => bank.failure.is_some(),
            Line::Account(_, account) => matches!(&account.progress, Progress::Done(result)
                if matches!(result.outcome, Outcome::Failed | Outcome::Offline | Outcome::Unjudged)),
            Line::Run(_) => false,
        };
        self.lines().find(bad)
    }
}
