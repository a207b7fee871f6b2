//! What goes out, how and where to.

use super::canvas::Canvas;
use super::field;
use super::text::wrap;
use super::theme::Role;
use super::words::number;
use crate::app::App;
use crate::app::exporting::{Exporting, State};
use crate::app::list::TransactionList;
use crate::domain::{ExportFormat, SafeText};

const ROWS: u16 = 9;
/// Where values begin.
const VALUE: u16 = 10;

pub fn draw(canvas: &mut Canvas, app: &App, exporting: &Exporting) {
    let (width, height) = (canvas.width(), canvas.height());
    let columns = 64.min(width.saturating_sub(2));
    let mut area = canvas.part((width - columns) / 2, 4.min(height - ROWS), columns, ROWS);
    let hint = match exporting.state {
        State::InTheWay => "enter replaces it · esc closes",
        State::Writing => "esc closes, it goes on",
        _ => "enter writes · esc closes",
    };
    let mut inside = area.framed("Export", hint);
    let columns = inside.width();
    for (label, y) in ["rows", "format", "file"].into_iter().zip(0..) {
        inside.put(2, y, label, Role::Muted);
    }
    draw_rows(&mut inside, app, exporting);
    draw_formats(&mut inside, exporting.format);
    let typing = exporting.state != State::Writing;
    field::draw(&mut inside, (VALUE, 2), columns - VALUE - 1, &exporting.path, typing, &[]);
    let (text, role) = match &exporting.state {
        State::Asking if exporting.format.is_journal() => {
            ("Double-entry books, with opening balances and proofs.", Role::Muted)
        }
        State::Asking => ("Readable by you only; oldest first.", Role::Muted),
        State::InTheWay => ("This file is there already: enter replaces it.", Role::Warn),
        State::Writing => ("writing …", Role::Accent),
        State::Failed(why) => (&**why, Role::Warn),
    };
    let text = SafeText::new(text);
    for (line, y) in wrap(&text, usize::from(columns - 4)).iter().take(2).zip(4..) {
        inside.put(2, y, line, role);
    }
    let keys =
        if exporting.can_choose() { "↑ ↓ format   tab which rows" } else { "↑ ↓ format" };
    inside.put(2, ROWS - 3, keys, Role::Muted);
}

fn draw_rows(canvas: &mut Canvas, app: &App, exporting: &Exporting) {
    let list = app.list();
    let count = list.and_then(TransactionList::count).map(number);
    let shown = match count {
        Some(count) => format!("the {count} shown"),
        None => "those shown".to_owned(),
    };
    let mut x = VALUE;
    if exporting.can_choose() {
        x = choice(canvas, (x, 0), &shown, !exporting.everything) + 2;
    }
    choice(canvas, (x, 0), "everything", exporting.everything);
}

fn draw_formats(canvas: &mut Canvas, chosen: ExportFormat) {
    let mut x = VALUE;
    for format in ExportFormat::ALL {
        x = choice(canvas, (x, 1), format.name(), format == chosen) + 2;
    }
}

/// Marked by a sign, too: colour alone says nothing to many.
fn choice(canvas: &mut Canvas, (x, y): (u16, u16), text: &str, chosen: bool) -> u16 {
    let x = canvas.put(x, y, if chosen { "▌" } else { " " }, Role::Accent);
    canvas.put(x, y, text, if chosen { Role::Strong } else { Role::Muted })
}
