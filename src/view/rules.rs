//! The rules in their order, and what one would change before it is kept.

use super::canvas::Canvas;
use super::status;
use super::text::{width, wrap};
use super::theme::Role;
use super::words::{day, number};
use crate::app::App;
use crate::app::previewing::Previewing;
use crate::domain::query::Names;
use crate::domain::rule::{RuleChange, RulePreview, accounts, book};
use crate::domain::{Rule, SafeText};

const NONE: &str = "None yet. a makes one, and shows what it would change before it is kept. Or say a \
    category, a tag or a name of a row, and press tab before enter: then it is said of all rows alike, \
    and of those to come. What you say by hand always wins.";

/// A frame in the middle, as wide and high as lists need it.
fn frame<'a>(canvas: &'a mut Canvas<'_>, rows: u16) -> Canvas<'a> {
    let (width, height) = (canvas.width(), canvas.height());
    let columns = 90.min(width.saturating_sub(2));
    let rows = rows.min(height.saturating_sub(4 + status::footer_rows(canvas)));
    canvas.part((width - columns) / 2, 3, columns, rows)
}

/// Not before accounts have names.
pub fn draw(canvas: &mut Canvas, app: &App, rules: Option<&[Rule]>, selected: usize) {
    let mut area = frame(canvas, 20);
    let hint = "the first with a word for it wins · esc closes";
    let mut inside = area.framed("Rules", hint);
    let columns = inside.width().saturating_sub(2);
    match (rules, &app.find.names) {
        (None, _) | (_, None) => {
            inside.put(1, 0, "…", Role::Muted);
        }
        (Some([]), _) => {
            for (line, y) in wrap(NONE, usize::from(columns)).iter().zip(0..) {
                inside.put(1, y, line, Role::Text);
            }
        }
        (Some(rules), Some(names)) => draw_list(&mut inside, rules, names, selected),
    }
}

fn draw_list(canvas: &mut Canvas, rules: &[Rule], names: &Names, selected: usize) {
    let height = usize::from(canvas.height());
    let first = selected.saturating_sub(height / 2).min(rules.len().saturating_sub(height));
    let given: Vec<String> = rules.iter().map(|rule| format!("→ {}", book::gives(rule))).collect();
    let longest = given.iter().map(|given| width(given)).max().and_then(|it| it.try_into().ok());
    let room = canvas.width().saturating_sub(2);
    // A condition has half of it, and what the other half leaves.
    let start = room.saturating_sub(longest.unwrap_or(room)).max(canvas.width() / 2);
    for ((index, rule), y) in rules.iter().enumerate().skip(first).take(height).zip(0..) {
        let role = if rule.paused { Role::Muted } else { Role::Text };
        let x = if rule.paused { canvas.put(2, y, "off ", Role::Warn) } else { 2 };
        let query = accounts::told(&rule.query, names);
        canvas.put_outside(x, y, start.saturating_sub(x + 1), &query, role);
        canvas.put_outside(start, y, room.saturating_sub(start), &given[index], Role::Muted);
        canvas.line_target(y, index);
        if index == selected {
            canvas.select(y, true);
        }
    }
}

/// How many rows it finds, and the newest of those that change: before → after.
pub fn draw_preview(canvas: &mut Canvas, app: &App, previewing: &Previewing) {
    let mut area = frame(canvas, 24);
    let mut inside = area.framed("What the rule would change", "enter keeps it · esc back to it");
    let (width, height) = (inside.width(), inside.height());
    let names = app.find.names.clone().unwrap_or_default();
    let query = accounts::told(&previewing.rule.query, &names);
    inside.put_outside(1, 0, width.saturating_sub(2), &query, Role::Strong);
    let said = format!("→ {}", book::gives(&previewing.rule));
    inside.put_outside(1, 1, width.saturating_sub(2), &said, Role::Text);
    let Some(preview) = &previewing.preview else {
        inside.put(1, 2, "…", Role::Muted);
        return;
    };
    inside.put_cut(1, 2, width.saturating_sub(2), &counts(preview), Role::Muted);
    inside.rule(0, 3, width, '┄');
    let mut list = inside.part(0, 4, width, height.saturating_sub(4));
    let fit = usize::from(list.height() / 2).max(1);
    for (change, y) in preview.rows.iter().skip(previewing.top).take(fit).zip((0..).step_by(2)) {
        draw_change(&mut list, app, y, change);
    }
}

fn counts(preview: &RulePreview) -> String {
    let rows =
        |count: u64| format!("{} {}", number(count), if count == 1 { "row" } else { "rows" });
    let found = format!("finds {}", rows(preview.found));
    let stay = preview.found - preview.changed;
    match (preview.found, preview.changed) {
        (0, _) => "finds no row yet; it holds for those to come".to_owned(),
        (_, 0) => format!("{found}, and changes none: all is said by hand, or so already"),
        (_, changed) if stay == 0 => format!("{found}, and changes {}", number(changed)),
        (_, changed) => format!(
            "{found}, and changes {}; {} stay: said by hand, or so already",
            number(changed),
            number(stay)
        ),
    }
}

fn draw_change(canvas: &mut Canvas, app: &App, y: u16, change: &RuleChange) {
    let end = canvas.width().saturating_sub(1);
    canvas.put(1, y, &day(change.date, app.today()), Role::Muted);
    let amount = canvas.look.signed(change.amount);
    let start = canvas.put_right(end, y, &amount, canvas.look.money_role(change.amount));
    let room = start.saturating_sub(16);
    canvas.put_outside(14, y, room, &change.before.merchant, Role::Text);
    let told = change.differences().into_iter();
    let told = told.map(|(what, before, after)| format!("{what} {before} → {after}"));
    let told = SafeText::new(&told.collect::<Vec<_>>().join(" · ")).to_string();
    canvas.put_cut(14, y + 1, end.saturating_sub(15), &told, Role::Strong);
}
