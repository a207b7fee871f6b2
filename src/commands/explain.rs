//! `passbook sync --explain`: what the last run read of each account's list, what it concluded, and
//! which charges it took for the same.

use std::collections::HashMap;
use std::io::Write;

use serde::Serialize;

use super::{Result, find_account, local};
use crate::cli::SyncArgs;
use crate::domain::counted;
use crate::domain::{
    AccountId, AccountResult, Explanation, FullBecause, Goal, Outcome, SafeText, Status,
    StoredTransaction, SyncRun, SyncStep, TransactionId,
};
use crate::store::Store;

/// Rows named of each kind; the rest is counted.
const NAMED: usize = 20;

#[derive(Serialize)]
struct Document<'a> {
    run_id: Option<&'a str>,
    accounts: Vec<Told<'a>>,
}

#[derive(Serialize)]
struct Told<'a> {
    account_id: &'a AccountId,
    institution: &'a str,
    name: &'a str,
    outcome: &'a Outcome,
    reason: Option<&'a str>,
    steps: &'a [SyncStep],
}

/// Reads the store alone: no bank is asked.
pub async fn explain(store: &Store, args: &SyncArgs, out: &mut impl Write) -> Result<()> {
    let only = find_account(store, args.account.as_ref()).await?;
    let run = store.load_runs(1).await?.pop();
    let told = match &run {
        Some(run) => store.load_explanations(&run.id).await?,
        None => Vec::new(),
    };
    let steps: HashMap<&AccountId, &Explanation> =
        told.iter().map(|told| (&told.account_id, told)).collect();
    let results = run.iter().flat_map(|run| &run.results);
    let results: Vec<(&AccountResult, &[SyncStep])> = results
        .filter(|result| only.as_ref().is_none_or(|only| *only == result.account_id))
        .map(|result| {
            let told = steps.get(&result.account_id).map_or(&[][..], |told| told.steps.as_slice());
            (result, told)
        })
        .collect();
    if args.format.json {
        let run_id = run.as_ref().map(|run| run.id.as_str());
        let document = Document { run_id, accounts: results.into_iter().map(self::told).collect() };
        serde_json::to_writer_pretty(&mut *out, &document).map_err(std::io::Error::from)?;
        writeln!(out)?;
    } else if let Some(run) = &run {
        write_run(run, out)?;
        for (result, steps) in results {
            let named = named(steps);
            let rows = store.load_rows(&result.account_id, &named).await?;
            write_account(result, steps, &rows, out)?;
        }
    } else {
        writeln!(out, "No sync has run yet: `passbook sync` starts one.")?;
    }
    out.flush()?;
    Ok(())
}

fn told<'a>((result, steps): (&'a AccountResult, &'a [SyncStep])) -> Told<'a> {
    Told {
        account_id: &result.account_id,
        institution: &result.institution,
        name: &result.name,
        outcome: &result.outcome,
        reason: result.reason.as_deref(),
        steps,
    }
}

fn write_run(run: &SyncRun, out: &mut impl Write) -> Result<()> {
    let (started, outcome) = (local(run.started_at), SafeText::new(run.outcome.as_str()));
    writeln!(out, "The sync of {started}, asked for by {}: {outcome}", run.trigger)?;
    if let Some(reason) = &run.reason {
        writeln!(out, "  {}", SafeText::new(reason))?;
    }
    Ok(())
}

/// The rows whose facts are printed.
fn named(steps: &[SyncStep]) -> Vec<TransactionId> {
    let mut ids = Vec::new();
    let mut pairs = 0;
    for step in steps {
        match step {
            SyncStep::Judged { gone, struck, withdrawn, excused, .. } => {
                for kind in [gone, struck, withdrawn, excused] {
                    ids.extend(kind.iter().take(NAMED).cloned());
                }
            }
            SyncStep::Paired { gone, came, .. } if pairs < NAMED => {
                pairs += 1;
                ids.extend([gone.clone(), came.clone()]);
            }
            _ => {}
        }
    }
    ids.sort();
    ids.dedup();
    ids
}

fn write_account(
    result: &AccountResult,
    steps: &[SyncStep],
    rows: &[StoredTransaction],
    out: &mut impl Write,
) -> Result<()> {
    let rows: HashMap<&TransactionId, &StoredTransaction> =
        rows.iter().map(|row| (&row.transaction.id, row)).collect();
    let (institution, name) = (SafeText::new(&result.institution), SafeText::new(&result.name));
    writeln!(out, "\n{institution} · {name}: {}", SafeText::new(result.outcome.as_str()))?;
    let mut pairs = 0;
    for step in steps {
        if matches!(step, SyncStep::Paired { .. }) {
            pairs += 1;
            if pairs > NAMED {
                continue;
            }
        }
        for line in lines(step, &rows) {
            writeln!(out, "  {line}")?;
        }
    }
    if pairs > NAMED {
        writeln!(out, "            and {} pairs more", pairs - NAMED)?;
    }
    let repeated = |step: &SyncStep| match step {
        SyncStep::Unjudged { reason } => Some(reason) == result.reason.as_ref(),
        _ => false,
    };
    if let Some(reason) = result.reason.as_ref().filter(|_| !steps.iter().any(repeated)) {
        writeln!(out, "  because   {}", SafeText::new(reason))?;
    }
    Ok(())
}

type Rows<'a> = HashMap<&'a TransactionId, &'a StoredTransaction>;

fn lines(step: &SyncStep, rows: &Rows<'_>) -> Vec<String> {
    match step {
        SyncStep::Goal(goal) => vec![format!("goal      {}", goal_in_words(goal))],
        SyncStep::Read { pages, rows, oldest, to_end, unfinished } => {
            let back = oldest.map_or(String::new(), |day| format!(", back to {day}"));
            let end = if *to_end { ", the end of the list proven" } else { "" };
            let mut lines = vec![format!(
                "read      {}, {}{back}{end}",
                counted(*pages, "page"),
                counted(*rows, "row")
            )];
            lines.extend(unfinished.as_ref().map(|why| format!("          not whole: {why}")));
            lines
        }
        SyncStep::Judged { known, listed, gone, struck, withdrawn, excused } => {
            let mut lines = vec![format!(
                "judged    {} were known of these days, {listed} of them listed again",
                counted(*known, "row")
            )];
            for (ids, word, meaning) in [
                (gone, "gone", "pending, and no longer listed: out of the totals, kept"),
                (struck, "missed", "posted, and missed by a full walk: kept, looked for once more"),
                (withdrawn, "withdrawn", "posted, and missed for good: out of the totals, kept"),
                (
                    excused,
                    "kept",
                    "not listed, unless as a row without an id: nothing is concluded",
                ),
            ] {
                if !ids.is_empty() {
                    lines.push(format!("{word:<10}{meaning}"));
                    lines.extend(
                        ids.iter()
                            .take(NAMED)
                            .map(|id| format!("            {}", row_in_words(id, rows))),
                    );
                }
                if ids.len() > NAMED {
                    lines.push(format!("            and {} more", ids.len() - NAMED));
                }
            }
            lines
        }
        SyncStep::Unjudged { reason } => {
            vec![format!("unjudged  {}", SafeText::new(reason))]
        }
        SyncStep::Paired { gone, came, tier } => vec![
            format!("paired    {}", row_in_words(gone, rows)),
            format!("       is {}", row_in_words(came, rows)),
            format!("          {}", tier_in_words(*tier)),
        ],
        SyncStep::BackFill { pages, oldest, done } => {
            let back = oldest.map_or(String::new(), |day| format!(", back to {day}"));
            let end = if *done { ", the whole history is stored" } else { ", to be gone on with" };
            vec![format!("filled in {} of older history{back}{end}", counted(*pages, "page"))]
        }
        SyncStep::SumDiffers => vec![
            "sum       ledger and posted rows no longer differ by what they did: the next sync \
             reads everything"
                .to_owned(),
        ],
    }
}

fn goal_in_words(goal: &Goal) -> String {
    match goal {
        Goal::First => "two weeks below the newest posted row: nothing was known yet".to_owned(),
        Goal::Window { until } => format!("down to {until}: below it nothing can still settle"),
        Goal::Full { because } => {
            let because = match because {
                FullBecause::Asked => "as asked",
                FullBecause::Due => "an earlier sync left something only the whole list can settle",
                FullBecause::Suspect => "an earlier list lacked too much to be believed",
                FullBecause::Weekly => "once a week everything is compared",
                FullBecause::Reissued => "the bank has issued ids anew",
            };
            format!("the whole list: {because}")
        }
    }
}

fn tier_in_words(tier: i64) -> &'static str {
    match tier {
        0 => "same day, amount and text: the bank issued its id anew",
        1 => "same amount and text, at most 14 days apart",
        2 => "same amount and akin text",
        _ => "same text, and an amount that a tip or a hold explains; nothing else could be meant",
    }
}

fn row_in_words(id: &TransactionId, rows: &Rows<'_>) -> String {
    let Some(row) = rows.get(id).map(|row| &row.transaction) else {
        return SafeText::new(id.as_str()).to_string();
    };
    let pending = if row.status == Status::Pending { " (pending)" } else { "" };
    format!(
        "{}  {:>12} {}  {}{pending}  {}",
        row.date,
        row.amount.grouped(),
        row.amount.currency,
        SafeText::new(&row.description),
        SafeText::new(id.as_str())
    )
}
