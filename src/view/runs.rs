//! The last runs of the sync, and below them its log of requests.

use super::canvas::Canvas;
use super::log;
use super::text;
use super::theme::Role;
use super::words::{instant, tally};
use crate::app::App;
use crate::app::problems::outcome_word;
use crate::domain::{AccountResult, Outcome, SyncRun};

/// The last runs, then as much of the log as there is room for.
pub fn draw(canvas: &mut Canvas, app: &App, before: usize) {
    let (width, height) = (canvas.width(), canvas.height());
    if height < 2 {
        return;
    }
    canvas.rule(1, 0, width.saturating_sub(1), '┄');
    if height < 4 && !app.sync.log.is_empty() {
        log::draw_latest(&mut canvas.part(0, 1, width, 1), app);
        return;
    }
    let log = if app.sync.log.is_empty() { 0 } else { (height / 3).min(8) };
    let rows = height.saturating_sub(2 + log);
    canvas.put(1, 1, "LAST RUNS", Role::Muted);
    let runs = &app.sync.runs;
    let chosen = app.sync.selected.checked_sub(before).filter(|index| *index < runs.len());
    let first = (chosen.unwrap_or(0) + 1).saturating_sub(usize::from(rows));
    let shown = runs.iter().enumerate().skip(first).take(usize::from(rows));
    let columns = columns(shown.clone().map(|(_, run)| run));
    for ((index, run), y) in shown.zip(2..) {
        draw_run(canvas, app, y, run, columns);
        canvas.line_target(y, before + index);
        if chosen == Some(index) {
            canvas.select(y, true);
        }
    }
    let shown = u16::try_from(runs.len()).unwrap_or(rows).min(rows);
    log::draw(&mut canvas.part(0, 2 + shown, width, height.saturating_sub(2 + shown)), app);
}

fn draw_run(canvas: &mut Canvas, app: &App, y: u16, run: &SyncRun, columns: [u16; 5]) {
    canvas.put(2, y, &instant(app, run.started_at), Role::Muted);
    let role = match run.outcome {
        Outcome::Ok => Role::Ok,
        Outcome::Running | Outcome::Stopped => Role::Muted,
        _ => Role::Warn,
    };
    canvas.put_cut(18, y, 13, &ended(run), role);
    if let Some(reason) = run.reason.as_ref().filter(|_| run.results.is_empty()) {
        canvas.put_outside(32, y, canvas.width().saturating_sub(33), reason, Role::Text);
        return;
    }
    if run.outcome == Outcome::Running {
        return;
    }
    for (fact, x) in facts(run).iter().zip(columns) {
        canvas.put(x, y, fact, Role::Text);
    }
    let room = canvas.width().saturating_sub(columns[4] + 1);
    if let Some(trouble) = trouble(run).filter(|_| room >= 12) {
        canvas.put_outside(columns[4], y, room, &trouble, Role::Muted);
    }
}

/// `12 new`, `3 settled`, `0 changed`, `1 gone`.
fn facts(run: &SyncRun) -> [String; 4] {
    let fact = |of: fn(&AccountResult) -> i64, word: &str| {
        format!("{} {word}", tally(run.results.iter().map(of).sum()))
    };
    [
        fact(|result| result.new, "new"),
        fact(|result| result.settled, "settled"),
        fact(|result| result.changed, "changed"),
        fact(|result| result.gone, "gone"),
    ]
}

/// Where each fact begins, and where what comes after them does.
fn columns<'a>(runs: impl Iterator<Item = &'a SyncRun>) -> [u16; 5] {
    let mut widths = [6, 9, 9, 6];
    for run in runs {
        for (width, fact) in widths.iter_mut().zip(facts(run)) {
            *width = text::width(&fact).max(*width);
        }
    }
    let mut columns = [32; 5];
    for (index, width) in widths.into_iter().enumerate() {
        let width = u16::try_from(width).unwrap_or(u16::MAX);
        columns[index + 1] = width.saturating_add(columns[index]).saturating_add(3);
    }
    columns
}

/// `Northwind Bank skipped`: the first bank that was not synced well.
fn trouble(run: &SyncRun) -> Option<String> {
    let bad = |result: &&AccountResult| {
        !matches!(result.outcome, Outcome::Ok | Outcome::Running | Outcome::Stopped)
    };
    let result = run.results.iter().find(bad)?;
    Some(format!("{} {}", result.institution, outcome_word(&result.outcome)))
}

/// `✓ 4 of 6`, `! offline`.
pub fn ended(run: &SyncRun) -> String {
    let all = run.results.len();
    let fine = run.results.iter().filter(|result| result.outcome == Outcome::Ok).count();
    match &run.outcome {
        Outcome::Ok => format!("✓ {fine} of {all}"),
        Outcome::Partial => format!("! {fine} of {all}"),
        Outcome::Running => "running".to_owned(),
        Outcome::Stopped => format!("stopped {fine}/{all}"),
        outcome => format!("! {}", outcome_word(outcome)),
    }
}
