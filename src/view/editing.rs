//! What the user says of rows: the line to type in, what is offered for it, and the rules.

use super::canvas::Canvas;
use super::field;
use super::status;
use super::text::wrap;
use super::theme::Role;
use super::words::number;
use crate::app::App;
use crate::app::editing::{Editing, Offer, What, of};
use crate::domain::{Edit, SafeText, counted};

pub fn draw(canvas: &mut Canvas, app: &App, editing: &Editing) {
    let (width, height) = (canvas.width(), canvas.height());
    let list = matches!(editing.what, What::Category | What::Tag);
    let columns = if list { 52 } else { 72 }.min(width.saturating_sub(2));
    let note = editing.what == What::Note;
    let rows = if list {
        20
    } else if note {
        14
    } else {
        8
    }
    .min(height.saturating_sub(4 + status::footer_rows(canvas)));
    let mut area = canvas.part((width - columns) / 2, 3, columns, rows);
    let title = format!("{} of {}", editing.what.title(), of(&editing.rows));
    let hint = match editing.what {
        What::Note if editing.leaving => "esc again lets it go · ctrl-s keeps it",
        What::Note => "ctrl-s keeps it · enter new line · esc back",
        _ => "enter keeps it · tab all alike · esc back",
    };
    let mut inside = area.framed(&SafeText::new(&title), hint);
    let columns = inside.width();
    if note {
        draw_note(&mut inside, editing);
        return;
    }
    field::draw(&mut inside, (1, 0), columns.saturating_sub(2), &editing.field, true, &[]);
    inside.rule(0, 1, columns, '┄');
    draw_reach(&mut inside, editing);
    if list {
        let height = inside.height();
        let mut part = inside.part(0, 3, columns, height.saturating_sub(3));
        draw_offers(&mut part, app, editing);
    } else {
        let text = "Empty: the bank's own name again.";
        inside.put_outside(1, 4, columns.saturating_sub(2), text, Role::Muted);
    }
}

/// The lines around the cursor.
fn draw_note(canvas: &mut Canvas, editing: &Editing) {
    let (columns, height) = (canvas.width(), canvas.height().saturating_sub(2));
    let (lines, at, fit) = (editing.pad.lines(), editing.pad.at(), usize::from(height));
    let first = at.saturating_sub(fit / 2).min(lines.len().saturating_sub(fit));
    for ((index, line), y) in lines.iter().enumerate().skip(first).take(fit).zip(0..) {
        field::draw(canvas, (1, y), columns.saturating_sub(2), line, index == at, &[]);
    }
    canvas.rule(0, height, columns, '┄');
    let (text, role) = if editing.leaving {
        ("What you typed is not kept yet: esc again lets it go.", Role::Warn)
    } else {
        let text = "Yours: no sync touches it, and it follows the charge when its id changes.";
        (text, Role::Muted)
    };
    canvas.put_cut(1, height + 1, columns.saturating_sub(2), text, role);
}

/// Whether only these rows are meant, or all alike.
fn draw_reach(canvas: &mut Canvas, editing: &Editing) {
    let these = counted(editing.rows.len() as u64, "row");
    let (text, role) = if editing.alike {
        let query = editing.draft().map(|rule| rule.query).unwrap_or_default();
        let found = editing.alike_rows.map_or("…".to_owned(), |rows| {
            format!("{} {}", number(rows), if rows == 1 { "row" } else { "rows" })
        });
        let text = format!("○ only {these}   ● all alike: {query}, {found} now, and all to come");
        (text, Role::Text)
    } else {
        (format!("● only {these}   ○ all alike"), Role::Muted)
    };
    let columns = canvas.width().saturating_sub(2);
    canvas.put_outside(1, 2, columns, &text, role);
}

fn draw_offers(canvas: &mut Canvas, app: &App, editing: &Editing) {
    let names = app.find.names.clone().unwrap_or_default();
    let offers = editing.offers(&names);
    if offers.is_empty() {
        canvas.put(2, 0, "type a tag, or the beginning of one", Role::Muted);
    }
    let height = usize::from(canvas.height());
    let first = editing.selected().saturating_sub(height / 2);
    let first = first.min(offers.len().saturating_sub(height));
    for ((index, offer), y) in offers.iter().enumerate().skip(first).take(height).zip(0..) {
        draw_offer(canvas, y, offer, editing.rows.len());
        canvas.line_target(y, index);
        if index == editing.selected() {
            canvas.select(y, true);
        }
    }
}

fn draw_offer(canvas: &mut Canvas, y: u16, offer: &Offer, rows: usize) {
    let mark = match offer.have {
        0 => "",
        have if have == rows => "✓",
        _ => "some",
    };
    let end = canvas.width().saturating_sub(1);
    let end = canvas.put_right(end, y, mark, Role::Ok);
    let x = 2 + 2 * u16::try_from(offer.depth).unwrap_or(0);
    let role = if offer.value.is_none() { Role::Muted } else { Role::Text };
    canvas.put_cut(x, y, end.saturating_sub(x + 1), &SafeText::new(&offer.label), role);
}

/// A question before several rows are changed.
pub fn draw_confirm(canvas: &mut Canvas, edit: &Edit) {
    let (width, height) = (canvas.width(), canvas.height());
    let columns = 60.min(width.saturating_sub(2));
    let mut area = canvas.part((width - columns) / 2, height / 3, columns, 7);
    let mut inside = area.framed("Several rows at once", "enter does it · esc does not");
    let text = format!("{}?", edit.sentence);
    let room = usize::from(inside.width().saturating_sub(4));
    for (line, y) in wrap(&SafeText::new(&text), room).iter().take(3).zip(1..) {
        inside.put(2, y, line, Role::Text);
    }
    inside.put(2, 4, "It can be undone.", Role::Muted);
}
