//! Rows that look alike: the groups with their reasons, and one group's rows side by side.

use super::canvas::Canvas;
use super::status;
use super::text::wrap;
use super::theme::Role;
use super::words::{account_name, day, plain, title};
use crate::app::App;
use crate::app::doubles::{Doubles, OpenDouble};
use crate::domain::insight::Duplicate;
use crate::domain::{SafeText, StoredTransaction, counted};

/// Rows at the bottom for the reasons of the selected group.
const WHY: u16 = 4;

pub fn draw(canvas: &mut Canvas, app: &App, doubles: &Doubles) {
    let (width, height) = (canvas.width(), canvas.height());
    let columns = 96.min(width.saturating_sub(2));
    let rows = height.saturating_sub(4 + status::footer_rows(canvas));
    let mut area = canvas.part((width - columns) / 2, 3, columns, rows);
    let groups = app.insights.duplicates();
    if let (Some(open), Some(group)) = (&doubles.open, groups.get(doubles.selected)) {
        let name = SafeText::new(&group.merchant);
        let hint = "x leaves this one out of insights · esc back";
        let mut inside = area.framed(&format!("{name}: side by side"), hint);
        draw_open(&mut inside, app, open);
    } else {
        let hint = "found by rule, no bank says it · esc closes";
        let mut inside = area.framed("Rows that look alike", hint);
        draw_groups(&mut inside, app, groups, doubles.selected);
    }
}

fn draw_groups(canvas: &mut Canvas, app: &App, groups: &[Duplicate], selected: usize) {
    if groups.is_empty() {
        let done = app.insights.looked_through(&app.accounts);
        let text = if done { "No two rows of the last two years look alike." } else { "…" };
        canvas.put(2, 0, text, Role::Muted);
        return;
    }
    let (width, height) = (canvas.width(), canvas.height());
    let list_rows = height.saturating_sub(WHY + 1);
    let fit = usize::from(list_rows);
    let first = selected.saturating_sub(fit / 2).min(groups.len().saturating_sub(fit));
    let mut list = canvas.part(0, 0, width, list_rows);
    for ((index, group), y) in groups.iter().enumerate().skip(first).take(fit).zip(0..) {
        draw_group(&mut list, app, y, group);
        list.line_target(y, index);
        if index == selected {
            list.select(y, true);
        }
    }
    canvas.rule(0, list_rows, width, '┄');
    let Some(group) = groups.get(selected) else { return };
    let why = format!("{} {}% sure.", group.why.join(" "), group.confidence.percent());
    let lines = wrap(&SafeText::new(&why), usize::from(width.saturating_sub(2)));
    for (line, y) in lines.iter().take(usize::from(WHY)).zip(list_rows + 1..) {
        canvas.put(1, y, line, Role::Muted);
    }
}

fn draw_group(canvas: &mut Canvas, app: &App, y: u16, group: &Duplicate) {
    let end = canvas.width().saturating_sub(1);
    let dates: Vec<String> = group.rows.iter().map(|(date, _)| day(*date, app.today())).collect();
    let dates = match &dates[..] {
        [first, .., last] if first != last => format!("{first}, {last}"),
        [first, ..] => first.clone(),
        [] => String::new(),
    };
    canvas.put_cut(2, y, 22, &dates, Role::Muted);
    let start = canvas.put_right(end, y, &canvas.look.money(group.amount), Role::Text);
    let times = counted(group.rows.len() as u64, "row");
    let where_ = if group.across { format!("{times}, two accounts") } else { times };
    let start = canvas.put_right(start.min(end.saturating_sub(13)), y, &where_, Role::Muted);
    canvas.put_outside(26, y, start.saturating_sub(28), &group.merchant, Role::Text);
}

fn draw_open(canvas: &mut Canvas, app: &App, open: &OpenDouble) {
    let Some(rows) = &open.rows else {
        canvas.put(2, 0, "…", Role::Muted);
        return;
    };
    let Some(left) = rows.get(open.at.min(rows.len().saturating_sub(2))) else {
        canvas.put(2, 0, "They are no longer there.", Role::Muted);
        return;
    };
    let right = rows.get(open.at.min(rows.len().saturating_sub(2)) + 1);
    let half = canvas.width().saturating_sub(12) / 2;
    for (row, x) in [(Some(left), 12), (right, 12 + half)] {
        let Some(row) = row else { continue };
        let here = rows.get(open.at).is_some_and(|at| at.key() == row.key());
        let role = if here { Role::Accent } else { Role::Muted };
        let sign = if here { "▌" } else { " " };
        let place = rows.iter().position(|other| other.key() == row.key()).unwrap_or(0) + 1;
        canvas.put(x - 2, 0, &format!("{sign} row {place} of {}", rows.len()), role);
    }
    let pairs = facts(canvas, app, left).into_iter();
    let others = right.map(|row| facts(canvas, app, row)).unwrap_or_default();
    for ((index, (label, text)), y) in pairs.enumerate().zip(2..) {
        canvas.put(1, y, label, Role::Muted);
        let other = others.get(index).map_or("", |(_, text)| text.as_str());
        // What differs stands out: it is what the question is about.
        let role = if other == text { Role::Text } else { Role::Strong };
        canvas.put_outside(12, y, half.saturating_sub(2), &text, role);
        canvas.put_outside(12 + half, y, half.saturating_sub(1), other, role);
    }
}

fn facts(canvas: &Canvas, app: &App, row: &StoredTransaction) -> Vec<(&'static str, String)> {
    let transaction = &row.transaction;
    let account = account_name(app, &transaction.account_id);
    let amount = canvas.look.signed(transaction.amount);
    let left_out = if row.shown.left_out { "left out" } else { "count" };
    vec![
        ("Who", title(row).to_owned()),
        ("Date", transaction.date.format("%a, %b %-d %Y").to_string()),
        ("Amount", format!("{amount} {}", transaction.amount.currency)),
        ("Account", account),
        ("Bank text", transaction.description.clone()),
        ("Category", row.shown.category.clone().unwrap_or_else(|| "none".to_owned())),
        ("Type", plain(&transaction.kind)),
        ("Status", plain(transaction.status.as_str())),
        ("Seen first", row.first_seen_at.format("%b %-d %Y").to_string()),
        ("Insights", left_out.to_owned()),
        ("Teller id", transaction.id.to_string()),
    ]
}
