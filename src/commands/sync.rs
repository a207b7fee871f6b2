//! `passbook sync`: one sync in the foreground, its report, and its exit code.

use std::io::Write;

use chrono::{DateTime, NaiveDate, Utc};
use color_eyre::Report;
use serde::Serialize;
use tokio::sync::{mpsc, oneshot};
use tokio_util::sync::CancellationToken;

use super::table::{Align, Cell, Table};
use super::{Error, Result, find_account, interrupts, progress};
use crate::bank::{Bank, SyncError};
use crate::cli::SyncArgs;
use crate::domain::{
    AccountId, AccountResult, Currency, EnrollmentId, Outcome, SafeText, SyncReport, SyncRun,
};
use crate::exit::Exit;
use crate::store::Store;
use crate::sync::SyncRequest;

const COLUMNS: &[(&str, Align)] = &[
    ("INSTITUTION", Align::Left),
    ("ACCOUNT", Align::Left),
    ("RESULT", Align::Left),
    ("NEW", Align::Right),
    ("SETTLED", Align::Right),
    ("PAIRED", Align::Right),
    ("CHANGED", Align::Right),
    ("GONE", Align::Right),
    ("ASIDE", Align::Right),
    ("LEDGER", Align::Right),
];

#[derive(Serialize)]
struct Document<'a> {
    run: Run<'a>,
    sync: Vec<Row<'a>>,
    errors: Vec<Failure<'a>>,
}

#[derive(Serialize)]
struct Run<'a> {
    id: &'a str,
    started_at: DateTime<Utc>,
    finished_at: Option<DateTime<Utc>>,
    trigger: &'a str,
    full: bool,
    outcome: &'a Outcome,
    reason: Option<&'a str>,
}

#[derive(Serialize)]
struct Row<'a> {
    account_id: &'a AccountId,
    name: &'a str,
    institution: &'a str,
    enrollment: &'a EnrollmentId,
    outcome: &'a Outcome,
    new: i64,
    settled: i64,
    changed: i64,
    gone: i64,
    paired: i64,
    quarantined: i64,
    pages: i64,
    reached: Option<NaiveDate>,
    ledger: Option<String>,
    currency: Option<Currency>,
    code: Option<&'a str>,
    reason: Option<&'a str>,
}

/// Of an account, or of an enrollment as a whole.
#[derive(Serialize)]
struct Failure<'a> {
    enrollment: Option<&'a EnrollmentId>,
    account_id: Option<&'a AccountId>,
    institution: Option<&'a str>,
    code: Option<&'a str>,
    message: Option<&'a str>,
}

/// Ctrl-C and SIGTERM stop it at the next page; what was read by then is kept. The second one ends
/// the process where it stands.
pub async fn sync(
    bank: &Bank,
    store: &Store,
    args: &SyncArgs,
    out: &mut impl Write,
) -> Result<Exit> {
    let account = find_account(store, args.account.as_ref()).await?;
    let request = SyncRequest { full: args.full, account, enrollment: None, trigger: "command" };
    let (tell, events) = mpsc::channel(64);
    let cancel = CancellationToken::new();
    let (stopped, mut stop) = oneshot::channel();
    let watch = tokio::spawn(interrupts::watch(cancel.clone(), stopped));
    let (report, ()) =
        tokio::join!(bank.sync(store, &request, tell, cancel), progress::follow(events));
    watch.abort();
    let report = report.map_err(explain)?;
    write_report(&report, args.format.json, out)?;
    // A sync that was over before the signal came has not been stopped by it.
    match stop.try_recv() {
        Ok(signal) if report.run.outcome == Outcome::Stopped => Ok(signal),
        _ => Ok(exit_of(&report)),
    }
}

pub fn write_report(report: &SyncReport, json: bool, out: &mut impl Write) -> Result<()> {
    if json {
        serde_json::to_writer_pretty(&mut *out, &document(report)).map_err(std::io::Error::from)?;
        writeln!(out)?;
    } else {
        write_table(report, out)?;
    }
    out.flush()?;
    Ok(())
}

pub fn exit_of(report: &SyncReport) -> Exit {
    match report.run.outcome {
        Outcome::Ok | Outcome::Unjudged | Outcome::Skipped => Exit::Fine,
        Outcome::Offline => Exit::BankUnreachable,
        Outcome::Busy => Exit::Locked,
        Outcome::Failed if nothing_reached(report) => Exit::BankUnreachable,
        _ => Exit::PartialFailure,
    }
}

/// Whoever answered, it was not Teller in working order: a portal, a proxy, an outage.
fn nothing_reached(report: &SyncReport) -> bool {
    let unreached = |code: &str| matches!(code, "offline" | "unavailable" | "unexpected_answer");
    !report.failures.is_empty()
        && report.failures.iter().all(|failure| unreached(&failure.code))
        && report.run.results.is_empty()
}

fn explain(report: Report) -> Error {
    match report.downcast::<SyncError>() {
        Ok(error) => Error::NotSynced(error),
        Err(report) => report.into(),
    }
}

fn document(report: &SyncReport) -> Document<'_> {
    let SyncRun { id, started_at, finished_at, trigger, full, outcome, reason, results } =
        &report.run;
    Document {
        run: Run {
            id,
            started_at: *started_at,
            finished_at: *finished_at,
            trigger,
            full: *full,
            outcome,
            reason: reason.as_deref(),
        },
        sync: results.iter().map(row).collect(),
        errors: failures(report),
    }
}

fn row(result: &AccountResult) -> Row<'_> {
    Row {
        account_id: &result.account_id,
        name: &result.name,
        institution: &result.institution,
        enrollment: &result.enrollment_id,
        outcome: &result.outcome,
        new: result.new,
        settled: result.settled,
        changed: result.changed,
        gone: result.gone,
        paired: result.paired,
        quarantined: result.quarantined,
        pages: result.pages,
        reached: result.reached,
        ledger: result.ledger.map(|money| money.to_string()),
        currency: result.ledger.map(|money| money.currency),
        code: result.code.as_deref(),
        reason: result.reason.as_deref(),
    }
}

/// Enrollments first: an account that was only skipped after them is no failure of its own.
fn failures(report: &SyncReport) -> Vec<Failure<'_>> {
    let enrollments = report.failures.iter().map(|failure| Failure {
        enrollment: failure.enrollment_id.as_ref(),
        account_id: None,
        institution: failure.institution.as_deref(),
        code: Some(&failure.code),
        message: Some(&failure.message),
    });
    let failed = report.run.results.iter().filter(|result| {
        matches!(result.outcome, Outcome::Failed | Outcome::Offline | Outcome::Busy)
    });
    let accounts = failed.map(|result| Failure {
        enrollment: Some(&result.enrollment_id),
        account_id: Some(&result.account_id),
        institution: Some(&result.institution),
        code: result.code.as_deref(),
        message: result.reason.as_deref(),
    });
    enrollments.chain(accounts).collect()
}

fn write_table(report: &SyncReport, out: &mut impl Write) -> Result<()> {
    let mut table = Table::new(out, COLUMNS);
    for result in &report.run.results {
        table.row(cells(result))?;
    }
    table.finish("No account was synced.")?;
    for (who, reason) in reasons(&report.run.results) {
        writeln!(out, "{}: {}", SafeText::new(&who), SafeText::new(reason))?;
    }
    for result in report.run.results.iter().filter(|result| result.quarantined > 0) {
        let name = SafeText::new(&result.name);
        match result.quarantined {
            1 => writeln!(out, "{name}: 1 row could not be read; it is kept aside")?,
            count => writeln!(out, "{name}: {count} rows could not be read; they are kept aside")?,
        }
    }
    for failure in &report.failures {
        let message = SafeText::new(&failure.message);
        match &failure.institution {
            Some(institution) => writeln!(out, "{}: {message}", SafeText::new(institution))?,
            None => writeln!(out, "{message}")?,
        }
    }
    if let Some(consequence) = consequence(&report.run.outcome) {
        writeln!(out, "{consequence}")?;
    }
    Ok(())
}

/// Why accounts are not simply done. What several of one bank have in common is said once.
fn reasons(results: &[AccountResult]) -> Vec<(String, &str)> {
    let mut said: Vec<(&AccountResult, usize)> = Vec::new();
    for result in results.iter().filter(|result| result.reason.is_some()) {
        let same = |(first, _): &&mut (&AccountResult, usize)| {
            first.enrollment_id == result.enrollment_id && first.reason == result.reason
        };
        match said.iter_mut().find(same) {
            Some((_, count)) => *count += 1,
            None => said.push((result, 1)),
        }
    }
    let lines = said.into_iter().filter_map(|(first, count)| {
        let who = match count {
            1 => first.name.clone(),
            count => format!("{}, {count} accounts", first.institution),
        };
        Some((who, first.reason.as_deref()?))
    });
    lines.collect()
}

/// What the outcome means for what is stored, and what to do next.
fn consequence(outcome: &Outcome) -> Option<&'static str> {
    match outcome {
        Outcome::Partial | Outcome::Failed | Outcome::Offline => Some(
            "What was stored before is as it was, and what was read is kept: `passbook sync` goes \
             on from there.",
        ),
        Outcome::Stopped => Some(
            "Stopped: what was read by then is kept, and the next `passbook sync` goes on from \
             there.",
        ),
        Outcome::Busy => Some("Nothing is lost: what either passbook reads is kept."),
        _ => None,
    }
}

fn cells(result: &AccountResult) -> Vec<Cell> {
    vec![
        Cell::outside(&result.institution),
        Cell::outside(&result.name),
        Cell::outside(result.outcome.as_str()),
        Cell::ours(result.new.to_string()),
        Cell::ours(result.settled.to_string()),
        Cell::ours(result.paired.to_string()),
        Cell::ours(result.changed.to_string()),
        Cell::ours(result.gone.to_string()),
        Cell::ours(result.quarantined.to_string()),
        Cell::money(result.ledger),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{EnrollmentFailure, Money};

    fn result(id: &str, outcome: Outcome, reason: Option<&str>) -> AccountResult {
        AccountResult {
            enrollment_id: "enr_1".into(),
            account_id: id.into(),
            name: "Checking\u{1b}[2J ·0042".into(),
            institution: "First Bank".into(),
            outcome,
            new: 12,
            settled: 3,
            changed: 2,
            gone: 1,
            paired: 1,
            quarantined: 0,
            pages: 2,
            reached: NaiveDate::from_ymd_opt(2026, 11, 1),
            reason: reason.map(str::to_owned),
            code: reason.map(|_| "unavailable".to_owned()),
            ledger: reason.is_none().then(|| Money::new(123_456, Currency::USD)),
        }
    }

    fn report(outcome: Outcome, results: Vec<AccountResult>) -> SyncReport {
        let run = SyncRun {
            id: "run_1".into(),
            started_at: DateTime::from_timestamp(1_800_000_000, 0).unwrap(),
            finished_at: DateTime::from_timestamp(1_800_000_060, 0),
            trigger: "command".into(),
            full: false,
            outcome,
            reason: None,
            results,
        };
        let failure = EnrollmentFailure {
            enrollment_id: None,
            institution: Some("Second\u{202e} Bank".into()),
            code: "forbidden".into(),
            message: "connect again".into(),
        };
        SyncReport { run, failures: vec![failure] }
    }

    fn written(report: &SyncReport, json: bool) -> String {
        let mut out = Vec::new();
        write_report(report, json, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn json_tells_the_run_each_account_and_every_error() {
        let results = vec![
            result("acc_1", Outcome::Ok, None),
            result("acc_2", Outcome::Failed, Some("out of order")),
            result("acc_3", Outcome::Skipped, None),
        ];
        let written = written(&report(Outcome::Partial, results), true);
        let value: serde_json::Value = serde_json::from_str(&written).unwrap();
        assert_eq!(value["run"]["outcome"], "partial");
        assert_eq!(value["run"]["started_at"], "2027-01-15T08:00:00Z");
        assert_eq!(value["sync"].as_array().map(Vec::len), Some(3));
        let first = &value["sync"][0];
        assert_eq!((&first["new"], &first["settled"]), (&12.into(), &3.into()));
        assert_eq!((&first["changed"], &first["gone"]), (&2.into(), &1.into()));
        assert_eq!((&first["ledger"], &first["currency"]), (&"1234.56".into(), &"USD".into()));
        assert!(value["sync"][1]["ledger"].is_null());
        assert_eq!(
            value["errors"],
            serde_json::json!([
                {
                    "enrollment": null,
                    "account_id": null,
                    "institution": "Second\u{202e} Bank",
                    "code": "forbidden",
                    "message": "connect again",
                },
                {
                    "enrollment": "enr_1",
                    "account_id": "acc_2",
                    "institution": "First Bank",
                    "code": "unavailable",
                    "message": "out of order",
                },
            ])
        );
    }

    #[test]
    fn the_table_ends_with_what_to_do() {
        let results = vec![result("acc_2", Outcome::Failed, Some("out of order"))];
        let shown = written(&report(Outcome::Partial, results), false);
        assert!(!shown.contains(['\u{1b}', '\u{202e}']), "{shown:?}");
        assert!(shown.contains("·0042: out of order"), "{shown}");
        assert!(shown.contains("Bank: connect again\nWhat was stored before is"), "{shown}");
    }

    #[test]
    fn what_accounts_of_one_bank_have_in_common_is_said_once() {
        let mut other = result("acc_3", Outcome::Skipped, Some("out of order"));
        other.enrollment_id = "enr_2".into();
        let results = vec![
            result("acc_1", Outcome::Failed, Some("locked")),
            result("acc_2", Outcome::Skipped, Some("out of order")),
            other,
            result("acc_4", Outcome::Skipped, Some("out of order")),
            result("acc_5", Outcome::Ok, None),
        ];
        let said = reasons(&results);
        let said: Vec<_> = said.iter().map(|(who, reason)| (who.as_str(), *reason)).collect();
        let alone = "Checking\u{1b}[2J ·0042";
        let together = "First Bank, 2 accounts";
        assert_eq!(said, [(alone, "locked"), (together, "out of order"), (alone, "out of order")]);
    }

    #[test]
    fn the_exit_code_says_how_much_was_kept() {
        for (outcome, exit) in [
            (Outcome::Ok, Exit::Fine),
            (Outcome::Partial, Exit::PartialFailure),
            (Outcome::Failed, Exit::PartialFailure),
            (Outcome::Stopped, Exit::PartialFailure),
            (Outcome::Offline, Exit::BankUnreachable),
            (Outcome::Busy, Exit::Locked),
        ] {
            assert_eq!(exit_of(&report(outcome, Vec::new())), exit);
        }
    }

    #[test]
    fn an_outage_everywhere_is_an_unreachable_bank() {
        let mut out = report(Outcome::Failed, Vec::new());
        for failure in &mut out.failures {
            failure.code = "unavailable".to_owned();
        }
        assert!(!out.failures.is_empty());
        assert_eq!(exit_of(&out), Exit::BankUnreachable);
        out.run.results = vec![result("acc_2", Outcome::Failed, None)];
        assert_eq!(exit_of(&out), Exit::PartialFailure);
    }
}
