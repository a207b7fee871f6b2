//! Lines to fill in, above what they are about.

use super::canvas::Canvas;
use super::field;
use super::status;
use super::text::{width, wrap};
use super::theme::Role;
use crate::app::form::{About, Form, Input, Line};
use crate::domain::SafeText;

pub fn draw(canvas: &mut Canvas, form: &Form) {
    let (width, height) = (canvas.width(), canvas.height());
    let columns = 58.min(width.saturating_sub(2));
    let lines = u16::try_from(form.lines.len()).unwrap_or(u16::MAX);
    // Two rows of frame, a blank, and two for what is told about the line.
    let rows = lines.saturating_add(5).min(height.saturating_sub(2 + status::footer_rows(canvas)));
    let top = (height.saturating_sub(rows) / 3).max(2);
    let mut area = canvas.part((width - columns) / 2, top, columns, rows);
    let done = match (form.is_last(), &form.about) {
        (false, _) => "next",
        (true, About::Remove(_) | About::DropValue(..) | About::EndEnrollment(_)) => "does it",
        (true, About::Rule(_)) => "shows what changes",
        (true, About::Connect { .. }) => "goes on",
        (true, _) => "saves it",
    };
    let title = SafeText::new(&form.title);
    let mut inside = area.framed(&title, &format!("enter {done} · esc cancels"));
    let labels = form.lines.iter().map(|line| line.label.chars().count()).max().unwrap_or(0);
    let start = u16::try_from(labels).unwrap_or(0) + if labels > 0 { 3 } else { 1 };
    for ((index, line), y) in form.lines.iter().enumerate().zip(0..) {
        draw_line(&mut inside, (start, y), line, index == form.at);
    }
    let here = form.lines.get(form.at);
    let (text, role) = match (&form.wrong, here) {
        (Some(wrong), _) => (&**wrong, Role::Warn),
        (None, Some(line)) => (&*line.hint, Role::Muted),
        (None, None) => return,
    };
    let room = usize::from(inside.width().saturating_sub(2));
    for (text, y) in wrap(&SafeText::new(text), room).iter().take(2).zip(lines + 1..) {
        inside.put(1, y, text, role);
    }
}

fn draw_line(canvas: &mut Canvas, (x, y): (u16, u16), line: &Line, here: bool) {
    canvas.put(1, y, line.label, if here { Role::Accent } else { Role::Muted });
    let columns = canvas.width().saturating_sub(x + 1);
    match &line.input {
        Input::Text(text) => {
            field::draw(canvas, (x, y), columns, text, here, &[]);
        }
        Input::Choice { options, chosen } => draw_choice(canvas, (x, y), (options, *chosen), here),
    }
}

/// All that can be chosen where there is room, else what is.
fn draw_choice(
    canvas: &mut Canvas,
    (mut x, y): (u16, u16),
    (options, chosen): (&[&str], usize),
    here: bool,
) {
    let needed: usize = options.iter().map(|option| width(option) + 2).sum();
    let all = needed <= usize::from(canvas.width().saturating_sub(x));
    for (index, option) in options.iter().enumerate() {
        let is_chosen = index == chosen;
        if !all && !is_chosen {
            continue;
        }
        let (open, close, role) = match (is_chosen, here) {
            (true, true) => ("[", "]", Role::Accent),
            (true, false) => ("[", "]", Role::Strong),
            (false, _) => (" ", " ", Role::Muted),
        };
        x = canvas.put(x.saturating_sub(u16::from(index == 0)), y, open, role);
        x = canvas.put(x, y, option, role);
        x = canvas.put(x, y, close, role);
    }
}
