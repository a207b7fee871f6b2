//! What passbook stands on, as it was found: on the page of a failed start, and over a screen.

use super::canvas::Canvas;
use super::status::footer_rows;
use super::text::{cut, pad, wrap};
use super::theme::Role;
use crate::app::App;
use crate::app::action::Action;
use crate::app::checks::sign;
use crate::domain::{Check, Extent, Judgement, SafeText};

/// Rows that the sentence of the failure may take, and the likely cause.
const LONGEST: usize = 3;

/// Below the heading of a start that failed.
pub fn draw_failed(canvas: &mut Canvas, app: &App, mut y: u16) {
    let (width, gap) = (canvas.width(), u16::from(canvas.look.wide));
    let room = usize::from(width.saturating_sub(8));
    for line in wrap(&SafeText::new(&app.opening.text), room).iter().take(LONGEST) {
        canvas.put(4, y, line, Role::Text);
        y += 1;
    }
    y += gap;
    canvas.rule(4, y, width.saturating_sub(8), '┄');
    canvas.put(4, y + 1, "WHAT WAS CHECKED", Role::Muted);
    y += 2;
    let likely = likely(app, room);
    let kept = u16::try_from(likely.len()).unwrap_or(0) + 5 + 3 * gap;
    let rows = canvas.height().saturating_sub(y + kept + footer_rows(canvas));
    match &app.checks.found {
        None => {
            canvas.put(6, y, "looking …", Role::Muted);
            y += 1;
        }
        Some(checked) => {
            let checks = checked.up_to_failed();
            let failed = checks.iter().position(|it| it.judgement == Judgement::Failed);
            let rows = usize::from(rows);
            // What failed is always among them.
            let first = failed.map_or(0, |place| (place + 2).saturating_sub(rows));
            for check in checks.iter().skip(first).take(rows) {
                draw_check(canvas, 6, y, check);
                y += 1;
            }
        }
    }
    y += gap;
    for (row, line) in likely.iter().enumerate() {
        let role = if row == 0 { Role::Muted } else { Role::Text };
        canvas.put(4, y, line, role);
        y += 1;
    }
    canvas.rule(4, y, width.saturating_sub(8), '┄');
    y = draw_keys(canvas, app, y + 1);
    if gap > 0 {
        canvas.put(4, y + 1, "Nothing was changed.", Role::Text);
    }
}

/// Empty until something is known.
fn likely(app: &App, room: usize) -> Vec<String> {
    let Some(failed) = app.checks.found.as_ref().and_then(|checked| checked.first_failed()) else {
        return Vec::new();
    };
    let texts = [&failed.cause, &failed.remedy].into_iter().flatten();
    let lines = texts.flat_map(|text| wrap(&SafeText::new(text), room));
    let mut likely = vec!["MOST LIKELY".to_owned()];
    likely.extend(lines.take(LONGEST));
    likely
}

fn draw_keys(canvas: &mut Canvas, app: &App, mut y: u16) -> u16 {
    let quit = format!("quit, exit code {}", app.exit as u8);
    for (action, does) in [
        (Action::TryAgain, "try again"),
        (Action::RunChecks, running(app)),
        (Action::CopyReport, "copy this report"),
        (Action::Quit, &quit),
    ] {
        let key = app.setup.keymap.labels(action).first().cloned().unwrap_or_default();
        let x = canvas.put(6, y, &pad(&key, 3), Role::Accent);
        canvas.put(x, y, does, Role::Text);
        y += 1;
    }
    y
}

/// What the key for all checks does, or is doing already.
fn running(app: &App) -> &'static str {
    match (app.checks.next, app.checks.running) {
        (Some(_), _) => "all checks follow these, and then the report is written",
        (None, Some(Extent::Report)) => "running all checks, the bank too, for the report …",
        (None, _) => "run all checks, the bank too, and write a report",
    }
}

fn draw_check(canvas: &mut Canvas, x: u16, y: u16, check: &Check) {
    let role = match check.judgement {
        Judgement::Fine => Role::Ok,
        Judgement::Warning | Judgement::Failed => Role::Warn,
        Judgement::NotLookedAt => Role::Muted,
    };
    canvas.put(x, y, sign(check.judgement), role);
    canvas.put(x + 3, y, &cut(check.name, 15), Role::Text);
    let room = canvas.width().saturating_sub(x + 20);
    let role = if role == Role::Muted { role } else { Role::Text };
    canvas.put_outside(x + 19, y, room, &check.what, role);
}

/// All of them, on top of a screen.
pub fn draw(canvas: &mut Canvas, app: &App, top: usize) {
    let (width, height) = (canvas.width(), canvas.height());
    let columns = 100.min(width.saturating_sub(4));
    let rows = height.saturating_sub(6).max(8);
    let mut area = canvas.part((width - columns) / 2, 3, columns, rows);
    let mut inside = area.framed("Checks", "esc closes · nothing was changed");
    let Some(checked) = app.checks.found.as_ref().filter(|_| app.checks.running.is_none()) else {
        inside.put(2, 1, "Looking at everything passbook stands on …", Role::Muted);
        return;
    };
    let (columns, rows) = (inside.width(), inside.height().saturating_sub(2));
    let mut list = inside.part(0, 1, columns, rows);
    let first = top.min(checked.checks.len().saturating_sub(1));
    let mut y = 0;
    for check in &checked.checks[first..] {
        draw_check(&mut list, 1, y, check);
        y += 1;
        let told = matches!(check.judgement, Judgement::Warning | Judgement::Failed);
        let more = [&check.cause, &check.remedy].into_iter().flatten().filter(|_| told);
        for line in more
            .flat_map(|text| wrap(&SafeText::new(text), usize::from(columns.saturating_sub(21))))
        {
            list.put(20, y, &line, Role::Muted);
            y += 1;
        }
    }
}
