//! Tokens from elsewhere: kept as a new enrollment, or as the repair of one that is known.

use std::io::Write;

use serde::Serialize;
use serde_json::json;

use super::{Desk, find};
use crate::cli::{AddTokenArgs, RepairArgs};
use crate::commands::document::write_json;
use crate::commands::question::agreed;
use crate::commands::{Error, Result, hidden};
use crate::domain::{Account, AccountId, SafeText, counted};
use crate::enroll::{self, Answer, EnrollError, Found, Fresh, Kept, Kind, Match, Verdict};
use crate::vault::InUse;

#[derive(Serialize)]
struct Document<'a> {
    id: &'a str,
    institution: &'a str,
    /// `new`, `known` or `replaced`.
    kind: &'static str,
    accounts: Vec<&'a str>,
    /// Old and new id: joined at the end of the next sync.
    to_join: &'a [(AccountId, AccountId)],
    /// Accounts that wait for an answer.
    open: usize,
    key: String,
    key_made: bool,
}

pub(super) async fn add(desk: &Desk<'_>, args: &AddTokenArgs, out: &mut impl Write) -> Result<()> {
    let fresh = read(desk, args.token_stdin)?;
    let spent = fresh.environment == "development";
    let found = look(desk, fresh).await?;
    if spent && found.kind == Kind::New && !found.beside.is_empty() {
        let used = enroll::development_spent(desk.store).await?;
        let question = format!(
            "{} is connected already, and this token has spent another of Teller's {} free \
             enrollments (known here: {used}). Keep both logins?",
            SafeText::new(&found.institution.name),
            enroll::DEVELOPMENT_LIMIT
        );
        if !agreed(args.yes, &question)? {
            writeln!(out, "Nothing was changed.")?;
            return Ok(out.flush()?);
        }
    }
    keep(desk, found, &[], args.format.json, out).await
}

pub(super) async fn repair(desk: &Desk<'_>, args: &RepairArgs, out: &mut impl Write) -> Result<()> {
    let one = find(desk.store, &args.enrollment).await?;
    let mut fresh = read(desk, args.token_stdin)?;
    fresh.repairs = Some(one.id.clone());
    fresh.environment.clone_from(&one.environment);
    let found = look(desk, fresh).await?;
    let answers = answers(&found, args)?;
    keep(desk, found, &answers, args.format.json, out).await
}

pub(super) async fn undo(desk: &Desk<'_>, args: &RepairArgs, out: &mut impl Write) -> Result<()> {
    let one = find(desk.store, &args.enrollment).await?;
    let undone = desk.store.undo_repair(&one.id).await?;
    if args.format.json {
        let (rows, back) = (undone.rows, &undone.back);
        return write_json(
            out,
            &json!({ "undone": { "accounts": undone.accounts, "rows": rows, "back": back } }),
        );
    }
    for (old, new) in &undone.accounts {
        writeln!(
            out,
            "{} is an account of its own again, as it was before the repair; {} may be it: \
             `passbook merge {}` joins them, with --no they stay two.",
            SafeText::new(old.as_str()),
            SafeText::new(new.as_str()),
            SafeText::new(new.as_str())
        )?;
    }
    for back in &undone.back {
        writeln!(out, "The enrollment {} is there again.", SafeText::new(back.as_str()))?;
    }
    writeln!(out, "{} under old ids again.", counted(undone.rows as u64, "row"))?;
    Ok(out.flush()?)
}

/// The token, never from an argument: those show in the process list.
fn read(desk: &Desk<'_>, from_stdin: bool) -> Result<Fresh> {
    if !from_stdin {
        return Err(Error::NoTokenGiven);
    }
    let line = hidden::line("Access token: ")?.ok_or(EnrollError::NoToken)?;
    let mut fresh = Fresh::read(line.expose(), desk.environment)?;
    let sandbox = fresh.token.expose().starts_with("test_");
    if sandbox {
        "sandbox".clone_into(&mut fresh.environment);
    } else if fresh.token.expose().starts_with("token_")
        && desk.environment == "sandbox"
        && desk.teller_is_real()
    {
        return Err(Error::LiveToken);
    }
    Ok(fresh)
}

async fn look(desk: &Desk<'_>, fresh: Fresh) -> Result<Found> {
    let client = desk.bank.client(&fresh.environment).map_err(EnrollError::Bank)?;
    Ok(enroll::look(&client, desk.store, fresh).await?)
}

async fn keep(
    desk: &Desk<'_>,
    found: Found,
    answers: &[Answer],
    json: bool,
    out: &mut impl Write,
) -> Result<()> {
    let kind = found.kind.clone();
    let unreadable = found.unreadable;
    let kept = enroll::keep(desk.store, desk.vault, found, answers).await?;
    if json {
        return write_json(out, &json!({ "enrollment": document(&kept, &kind) }));
    }
    tell(&kept, &kind, out)?;
    if unreadable > 0 {
        writeln!(out, "{} could not be read.", counted(unreadable as u64, "account"))?;
    }
    writeln!(out, "`passbook sync` fetches what is new.")?;
    Ok(out.flush()?)
}

fn document<'a>(kept: &'a Kept, kind: &Kind) -> Document<'a> {
    Document {
        id: kept.enrollment.as_str(),
        institution: &kept.institution.name,
        kind: match kind {
            Kind::New => "new",
            Kind::Known => "known",
            Kind::Replaces(_) => "replaced",
        },
        accounts: kept.accounts.iter().map(|account| account.id.as_str()).collect(),
        to_join: &kept.to_join,
        open: kept.open,
        key: kept.key.place.to_string(),
        key_made: kept.key.made,
    }
}

fn tell(kept: &Kept, kind: &Kind, out: &mut impl Write) -> Result<()> {
    let bank = SafeText::new(&kept.institution.name);
    let word = if *kind == Kind::New { "connected" } else { "connected again" };
    let accounts = counted(kept.accounts.len() as u64, "account");
    writeln!(out, "{bank} is {word}: {accounts}.")?;
    for account in &kept.accounts {
        writeln!(out, "  {}", name(account))?;
    }
    if !kept.to_join.is_empty() {
        let joined = counted(kept.to_join.len() as u64, "account");
        writeln!(
            out,
            "{joined} under a new id, known by its rows: the next sync joins it with the old one. \
             `passbook enrollments repair {} --undo` takes that back.",
            SafeText::new(kept.enrollment.as_str())
        )?;
    }
    if kept.open > 0 {
        let open = counted(kept.open as u64, "account");
        writeln!(
            out,
            "{open} may be there already: left out of totals until `passbook merge` says."
        )?;
    }
    for sentence in about_key(&kept.key) {
        writeln!(out, "{sentence}")?;
    }
    Ok(())
}

/// Said when a key is made, for it is needed elsewhere.
fn about_key(key: &InUse) -> Vec<String> {
    if !key.made {
        return Vec::new();
    }
    let mut told = Vec::new();
    if let Some(why) = &key.keyring_absent {
        told.push(format!("The system's keyring is not used: {}.", SafeText::new(why)));
    }
    told.push(format!(
        "A key was made and is kept in {}: the token is sealed with it. Backups hold sealed tokens \
         only, so keep the key too: `passbook key show` prints it.",
        key.place
    ));
    told
}

/// What the options say, then what a person at the terminal says.
fn answers(found: &Found, args: &RepairArgs) -> Result<Vec<Answer>> {
    let mut answers = Vec::new();
    for text in &args.same {
        let (new, old) = text.split_once('=').unwrap_or((text, ""));
        let known = found.matches.iter().find(|found| found.account.id.as_str() == new);
        let old_id = known.and_then(|found| {
            let mut ids = found.candidates.iter().map(|candidate| &candidate.account.id);
            ids.find(|id| id.as_str() == old).cloned()
        });
        match (known, old, old_id) {
            (Some(known), "new", _) => answers.push((known.account.id.clone(), None)),
            (Some(known), _, Some(old)) => answers.push((known.account.id.clone(), Some(old))),
            _ => {
                return Err(Error::NoSuchMatch { text: SafeText::new(text), known: listed(found) });
            }
        }
    }
    for question in found.questions() {
        if args.yes || answers.iter().any(|(new, _)| *new == question.account.id) {
            continue;
        }
        for candidate in &question.candidates {
            let asked = format!(
                "{} came under a new id. Is it {} of before ({} of {} rows are the same)?",
                name(&question.account),
                name(&candidate.account),
                candidate.overlap.same,
                candidate.overlap.compared
            );
            match agreed(false, &asked) {
                Ok(true) => {
                    let old = candidate.account.id.clone();
                    answers.push((question.account.id.clone(), Some(old)));
                    break;
                }
                Ok(false) => {}
                // Without a terminal the question stays open.
                Err(Error::Unanswered { .. }) => break,
                Err(error) => return Err(error),
            }
        }
    }
    Ok(answers)
}

fn listed(found: &Found) -> String {
    let line = |found: &Match| {
        let olds = found.candidates.iter().map(|old| SafeText::new(old.account.id.as_str()));
        let olds: Vec<String> = olds.map(|id| id.to_string()).collect();
        let sure = matches!(found.verdict, Verdict::Sure(_));
        let word = if sure { ", by its rows" } else { "" };
        format!("\n  {}={}{word}", SafeText::new(found.account.id.as_str()), olds.join(" or "))
    };
    found.matches.iter().map(line).collect()
}

fn name(account: &Account) -> String {
    let name = SafeText::new(&account.name);
    match &account.last_four {
        Some(digits) => format!("{name} ·{}", SafeText::new(digits)),
        None => name.to_string(),
    }
}
