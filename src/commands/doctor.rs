//! `passbook doctor`: the findings for people and machines, and the report that may be sent on.

use std::fs::File;
use std::io::{self, Write};
use std::path::Path;

use chrono::Utc;
use serde::Serialize;

use super::table::show_time;
use super::{Error, Result};
use crate::config::Entry;
use crate::doctor::{Finding, Outcome, exit_of};
use crate::domain::SafeText;
use crate::exit::Exit;
use crate::files::create_private_file;
use crate::secret::Secret;

/// Shorter ones would be found in ordinary words.
const SHORTEST_SECRET: usize = 4;

#[derive(Serialize)]
struct Document<'a> {
    exit: u8,
    checks: Vec<Row<'a>>,
}

#[derive(Serialize)]
struct Row<'a> {
    name: &'a str,
    outcome: &'static str,
    what: &'a str,
    cause: Option<&'a str>,
    remedy: Option<&'a str>,
    took_ms: f64,
}

/// Opened before anything is looked at: a file that is in the way is told at once.
pub fn create_report(path: &Path) -> Result<File> {
    create_private_file(path).map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => Error::InTheWay { path: path.to_owned() },
        _ => Error::Output(error),
    })
}

/// Prints the findings and ends with the code that fits them.
pub fn doctor(
    findings: &[Finding],
    secrets: &[Secret],
    json: bool,
    out: &mut impl Write,
) -> Result<Exit> {
    let exit = exit_of(findings);
    let text = if json {
        let checks = findings.iter().map(row).collect();
        let document = Document { exit: exit as u8, checks };
        serde_json::to_string_pretty(&document).map_err(io::Error::from)? + "\n"
    } else {
        let mut text = shown(findings);
        text.push('\n');
        text.push_str(&sum(findings));
        text
    };
    out.write_all(without_secrets(&text, secrets).as_bytes())?;
    out.flush()?;
    Ok(exit)
}

/// Findings and settings, to be read by somebody else: no secret and no amount is in it.
pub fn write_report(
    findings: &[Finding],
    settings: &[Entry],
    secrets: &[Secret],
    mut file: File,
) -> Result<()> {
    let mut text = format!(
        "passbook {}, {} {}, {}\n\n{}\n{}",
        env!("CARGO_PKG_VERSION"),
        std::env::consts::OS,
        std::env::consts::ARCH,
        Utc::now().format("%Y-%m-%d %H:%M UTC"),
        shown(findings),
        sum(findings)
    );
    text.push_str("\nSettings, and what decided them:\n\n");
    text.extend(settings.iter().map(setting));
    file.write_all(without_secrets(&text, secrets).as_bytes())?;
    Ok(file.sync_all()?)
}

fn row(finding: &Finding) -> Row<'_> {
    let Finding { name, verdict, took } = finding;
    Row {
        name,
        outcome: verdict.outcome.as_str(),
        what: &verdict.what,
        cause: verdict.cause.as_deref(),
        remedy: verdict.remedy.as_deref(),
        took_ms: took.as_secs_f64() * 1000.0,
    }
}

fn setting(entry: &Entry) -> String {
    let value = entry.value.as_deref().map_or_else(|| "-".to_owned(), safe);
    format!("{:14} {value}  ({})\n", entry.name, safe(&entry.origin))
}

fn shown(findings: &[Finding]) -> String {
    findings.iter().map(lines).collect()
}

/// One for what was found, and one each below it for the reason and what to do.
fn lines(finding: &Finding) -> String {
    let Finding { name, verdict, took } = finding;
    let (outcome, time) = (verdict.outcome.as_str(), show_time(*took));
    let more = [("likely", &verdict.cause), ("to do", &verdict.remedy)];
    let more = more.into_iter().filter_map(|(word, more)| Some((word, more.as_ref()?)));
    let mut lines = format!("{outcome:11}  {name:14}  {time:>7}  {}\n", safe(&verdict.what));
    lines.extend(more.map(|(word, more)| format!("{:38}{word}: {}\n", "", safe(more))));
    lines
}

fn sum(findings: &[Finding]) -> String {
    let count = |outcome| findings.iter().filter(|it| it.verdict.outcome == outcome).count();
    let warnings = match count(Outcome::Warning) {
        0 => String::new(),
        1 => " 1 warning.".to_owned(),
        count => format!(" {count} warnings."),
    };
    match count(Outcome::Failed) {
        0 => format!("Nothing failed.{warnings}\n"),
        1 => format!("1 check failed.{warnings}\n"),
        count => format!("{count} checks failed.{warnings}\n"),
    }
}

fn safe(text: &str) -> String {
    SafeText::new(text).to_string()
}

/// None should have come this far; this is the last door.
pub fn without_secrets(text: &str, secrets: &[Secret]) -> String {
    let long = secrets.iter().filter(|secret| secret.expose().len() >= SHORTEST_SECRET);
    long.fold(text.to_owned(), |text, secret| text.replace(secret.expose(), "***"))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::doctor::Verdict;

    fn findings() -> Vec<Finding> {
        let finding = |name, verdict| Finding { name, verdict, took: Duration::from_micros(1500) };
        vec![
            finding("server", Verdict::fine("db\u{1b}[2J answered")),
            finding("sign-in", Verdict::warning("token_planted").because("reason").so("remedy")),
            finding("database", Verdict::failed(Exit::DatabaseUnreachable, "gone")),
            finding("schema", Verdict::not_reached("no database")),
            finding("bank", Verdict::failed(Exit::BankUnreachable, "away")),
        ]
    }

    fn printed(json: bool) -> (Exit, String) {
        let mut out = Vec::new();
        let secrets = [Secret::new("token_planted"), Secret::new("a")];
        let exit = doctor(&findings(), &secrets, json, &mut out).unwrap();
        (exit, String::from_utf8(out).unwrap())
    }

    #[test]
    fn each_check_is_a_line_and_what_failed_first_decides() {
        let (exit, text) = printed(false);
        assert_eq!(exit, Exit::DatabaseUnreachable);
        assert!(text.contains("failed       database         1.5 ms  gone\n"), "{text}");
        assert!(text.contains("likely: reason\n") && text.contains("to do: remedy\n"), "{text}");
        assert!(text.ends_with("2 checks failed. 1 warning.\n"), "{text}");
        assert!(!text.contains('\u{1b}'), "{text}");
        let (exit, json) = printed(true);
        assert_eq!(exit, Exit::DatabaseUnreachable);
        let document: serde_json::Value = serde_json::from_str(&json).unwrap();
        assert_eq!(document["exit"], 3);
        assert_eq!(document["checks"][3]["outcome"], "not reached");
    }

    #[test]
    fn a_secret_that_came_this_far_goes_no_further() {
        for json in [false, true] {
            let (_, text) = printed(json);
            assert!(!text.contains("planted") && text.contains("answered"), "{text}");
        }
    }
}
