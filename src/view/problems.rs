//! What is wrong or needs the user, with what to do about the chosen one.

use super::accounts::severity;
use super::canvas::Canvas;
use super::text::wrap;
use super::theme::Role;
use super::words::instant;
use crate::app::App;
use crate::app::problems::{Problem, problems};
use crate::domain::SafeText;

/// Rows for the advice below the list.
const ADVICE: u16 = 4;

pub fn draw(canvas: &mut Canvas, app: &App, selected: usize) {
    let problems = problems(app);
    let (width, height) = (canvas.width(), canvas.height());
    let columns = 90.min(width.saturating_sub(4));
    let rows = u16::try_from(problems.len()).unwrap_or(u16::MAX).saturating_mul(2);
    let rows = rows.saturating_add(ADVICE + 4).clamp(8, height.saturating_sub(6).max(8));
    let mut area = canvas.part((width - columns) / 2, 4, columns, rows);
    let mut inside = area.framed("Problems", "esc closes · nothing was lost");
    if problems.is_empty() {
        inside.put(2, 1, "✓ Nothing needs you.", Role::Ok);
        return;
    }
    let (width, height) = (inside.width(), inside.height());
    let list = height.saturating_sub(ADVICE + 2);
    draw_list(&mut inside.part(0, 1, width, list), app, &problems, selected);
    inside.rule(0, list + 1, width, '┄');
    let Some(problem) = problems.get(selected) else { return };
    let advice = SafeText::new(&problem.advice);
    let room = usize::from(width.saturating_sub(3));
    for (line, y) in wrap(&advice, room).iter().take(usize::from(ADVICE)).zip(list + 2..) {
        inside.put(2, y, line, Role::Text);
    }
}

/// Two rows each: when and who, then what.
fn draw_list(canvas: &mut Canvas, app: &App, problems: &[Problem], selected: usize) {
    let fit = usize::from(canvas.height() / 2).max(1);
    let first = selected.saturating_sub(fit / 2).min(problems.len().saturating_sub(fit));
    for ((index, problem), y) in
        problems.iter().enumerate().skip(first).take(fit).zip((0..).step_by(2))
    {
        let (sign, role) = severity(problem.severity);
        canvas.put(1, y, sign, role);
        let at = problem.at.map(|at| instant(app, at)).unwrap_or_default();
        let x = canvas.put(3, y, &at, Role::Muted);
        let x = if at.is_empty() { x } else { x + 2 };
        let room = canvas.width().saturating_sub(x + 1);
        canvas.put_outside(x, y, room, &problem.subject, Role::Strong);
        let room = canvas.width().saturating_sub(6);
        canvas.put_outside(5, y + 1, room, &problem.what, Role::Text);
        canvas.line_target(y, index);
        canvas.line_target(y + 1, index);
        if index == selected {
            canvas.select(y, true);
        }
    }
}
