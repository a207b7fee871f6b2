//! The rows that could not be read: why, and as the bank sent them.

use super::canvas::Canvas;
use super::raw;
use super::text::wrap;
use super::theme::Role;
use super::words::{account_name, instant};
use crate::app::App;
use crate::app::action::Action;
use crate::app::overlay::Aside;
use crate::domain::{QuarantinedRow, TransactionId};

/// Rows for what is said below the list.
const ADVICE: u16 = 3;
const NONE: &str = "✓ No row of the bank's is kept aside.";

pub fn draw(canvas: &mut Canvas, app: &App, aside: &Aside) {
    let (width, height) = (canvas.width(), canvas.height());
    let columns = 96.min(width.saturating_sub(4));
    let most = height.saturating_sub(6).max(9);
    let found = aside.rows.as_ref().map_or(0, Vec::len);
    let rows = u16::try_from(found).unwrap_or(u16::MAX).saturating_mul(2);
    let rows = rows.saturating_add(ADVICE + 3).clamp(9, most);
    let rows = if aside.raw.is_some() { most } else { rows };
    let mut area = canvas.part((width - columns) / 2, 4, columns, rows);
    if let (Some(first), Some(row)) = (aside.raw, aside.chosen()) {
        let mut inside = area.framed("Kept aside ▸ as the bank sent it", "esc goes back");
        let (width, height) = (inside.width(), inside.height());
        inside.put_outside(1, 0, width.saturating_sub(2), &row.reason, Role::Warn);
        inside.rule(0, 1, width, '┄');
        let mut lines = inside.part(0, 2, width, height.saturating_sub(2));
        if lines.look.hidden {
            // Which of its lines hold one nobody can say of a row that is not as it should be.
            lines.put(2, 1, "Amounts are hidden: show them to look at it.", Role::Muted);
        } else {
            raw::draw(&mut lines, aside.raw_lines(), first);
        }
        return;
    }
    let key = app.setup.keymap.labels(Action::RetryAside).into_iter().next();
    let retry = match (aside.retrying, key) {
        _ if found == 0 => String::new(),
        (true, _) => "reading them once more … · ".to_owned(),
        (_, Some(key)) => format!("enter raw · {key} try again · "),
        (_, None) => "enter raw · ".to_owned(),
    };
    let mut inside = area.framed("Kept aside", &format!("{retry}esc closes"));
    match &aside.rows {
        None => {
            inside.put(2, 1, "…", Role::Muted);
        }
        Some(rows) if rows.is_empty() => {
            inside.put(2, 1, NONE, Role::Ok);
        }
        Some(rows) => draw_rows(&mut inside, app, aside, rows),
    }
}

fn draw_rows(canvas: &mut Canvas, app: &App, aside: &Aside, rows: &[QuarantinedRow]) {
    let (width, height) = (canvas.width(), canvas.height());
    let list = height.saturating_sub(ADVICE + 1);
    draw_list(&mut canvas.part(0, 0, width, list), app, aside, rows);
    canvas.rule(0, list, width, '┄');
    let advice = "The bank listed these rows, passbook could not read them, and no sum counts \
        them. A sync reads again what is still listed. Trying again asks no bank: a row stored \
        since has overtaken what is kept here.";
    let lines = wrap(advice, usize::from(width.saturating_sub(3)));
    for (line, y) in lines.iter().take(usize::from(ADVICE)).zip(list + 1..) {
        canvas.put(2, y, line, Role::Muted);
    }
}

/// Two lines each: when and whose, then why.
fn draw_list(canvas: &mut Canvas, app: &App, aside: &Aside, rows: &[QuarantinedRow]) {
    let fit = usize::from(canvas.height() / 2).max(1);
    let first = aside.selected.saturating_sub(fit / 2).min(rows.len().saturating_sub(fit));
    let shown = rows.iter().enumerate().skip(first).take(fit);
    let end = canvas.width().saturating_sub(1);
    for ((index, row), y) in shown.zip((0..).step_by(2)) {
        let x = canvas.put(2, y, &instant(app, row.last_seen_at), Role::Muted).max(14) + 2;
        let id = row.transaction_id.as_ref().map_or("no id", TransactionId::as_str);
        let start = end.saturating_sub(28);
        canvas.put_outside(start, y, 28, id, Role::Muted);
        let name = account_name(app, &row.account_id);
        canvas.put_outside(x, y, start.saturating_sub(x + 1), &name, Role::Strong);
        canvas.put_outside(4, y + 1, end.saturating_sub(4), &row.reason, Role::Text);
        canvas.line_target(y, index);
        canvas.line_target(y + 1, index);
        if index == aside.selected {
            canvas.select(y, true);
        }
    }
}
