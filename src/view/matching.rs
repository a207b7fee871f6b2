//! What a withdrawn row may have become: one is to be chosen.

use super::canvas::Canvas;
use super::text::wrap;
use super::theme::Role;
use super::words::{day, title};
use crate::app::App;
use crate::app::overlay::Matching;
use crate::domain::counted;
use crate::domain::{Money, StoredTransaction};

/// Rows for the withdrawn one, with the rule below it.
const HEAD: u16 = 3;
const NOTHING: &str = "Nothing fits. A match is a posted row that the bank lists in this account: in \
    the same direction and currency, from 2 days before to 31 days after, and no other row's match.";

pub fn draw(canvas: &mut Canvas, app: &App, matching: &Matching) {
    let (width, height) = (canvas.width(), canvas.height());
    let columns = 90.min(width.saturating_sub(4));
    let found = matching.candidates.as_ref().map_or(0, Vec::len);
    let rows = u16::try_from(found).unwrap_or(u16::MAX).saturating_mul(2);
    let rows = rows.saturating_add(HEAD + 2).clamp(10, height.saturating_sub(6).max(10));
    let mut area = canvas.part((width - columns) / 2, 4, columns, rows);
    let hint = if found > 0 { "enter matches them for good · esc closes" } else { "esc closes" };
    let mut inside = area.framed("Which charge did it become?", hint);
    draw_row(&mut inside.part(0, 0, columns, 2), app, &matching.gone);
    inside.put(8, 0, "✗", Role::Muted);
    draw_right(&mut inside, 1, "withdrawn by the bank", Role::Warn);
    let (width, height) = (inside.width(), inside.height());
    inside.rule(0, HEAD - 1, width, '┄');
    let mut list = inside.part(0, HEAD, width, height.saturating_sub(HEAD));
    match &matching.candidates {
        None => {
            list.put(2, 0, "…", Role::Muted);
        }
        Some(rows) if rows.is_empty() => {
            for (line, y) in wrap(NOTHING, usize::from(width.saturating_sub(4))).iter().zip(0..) {
                list.put(1, y, line, Role::Text);
            }
        }
        Some(rows) => draw_candidates(&mut list, app, matching, rows),
    }
}

/// Two lines each: the row, then how far it is from the withdrawn one.
fn draw_candidates(
    canvas: &mut Canvas,
    app: &App,
    matching: &Matching,
    rows: &[StoredTransaction],
) {
    let fit = usize::from(canvas.height() / 2).max(1);
    let first = matching.selected.saturating_sub(fit / 2).min(rows.len().saturating_sub(fit));
    let shown = rows.iter().enumerate().skip(first).take(fit);
    let width = canvas.width();
    for ((index, row), y) in shown.zip((0..).step_by(2)) {
        draw_row(&mut canvas.part(0, y, width, 2), app, row);
        draw_right(canvas, y + 1, &apart(canvas, &matching.gone, row), Role::Muted);
        canvas.line_target(y, index);
        canvas.line_target(y + 1, index);
        if index == matching.selected {
            canvas.select(y, true);
        }
    }
}

fn draw_row(canvas: &mut Canvas, app: &App, row: &StoredTransaction) {
    let transaction = &row.transaction;
    canvas.put(1, 0, &day(transaction.date, app.today()), Role::Muted);
    let amount = transaction.amount;
    let text = format!("{} {}", canvas.look.signed(amount), amount.currency);
    let end = canvas.width().saturating_sub(1);
    let start = canvas.put_right(end, 0, &text, canvas.look.money_role(amount));
    let room = |x: u16, end: u16| end.saturating_sub(x + 2);
    canvas.put_outside(TITLE, 0, room(TITLE, start), title(row), Role::Strong);
    canvas.put_outside(
        TITLE,
        1,
        room(TITLE, end - APART.min(end)),
        &transaction.description,
        Role::Muted,
    );
}

/// Where a row's name begins, behind the longest day.
const TITLE: u16 = 14;
/// Columns at the end of its second line.
const APART: u16 = 28;

fn draw_right(canvas: &mut Canvas, y: u16, text: &str, role: Role) {
    let end = canvas.width().saturating_sub(1);
    canvas.put_right(end, y, text, role);
}

/// `2 days later, 1.46 more`.
fn apart(canvas: &Canvas, gone: &StoredTransaction, came: &StoredTransaction) -> String {
    let (gone, came) = (&gone.transaction, &came.transaction);
    let days = (came.date - gone.date).num_days();
    let when = match days {
        0 => "same day".to_owned(),
        1.. => format!("{} later", counted(days, "day")),
        _ => format!("{} before", counted(-days, "day")),
    };
    if canvas.look.hidden {
        return when;
    }
    let size = |money: Money| i128::from(money.minor).abs();
    let more = size(came.amount) - size(gone.amount);
    let apart = Money::new(i64::try_from(more.abs()).unwrap_or(i64::MAX), gone.amount.currency);
    match more {
        0 => format!("{when}, same amount"),
        1.. => format!("{when}, {} more", canvas.look.money(apart)),
        _ => format!("{when}, {} less", canvas.look.money(apart)),
    }
}
