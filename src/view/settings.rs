//! The settings: a form over the config file, with who decided each line, and a passphrase being
//! typed.

use super::canvas::Canvas;
use super::text::wrap;
use super::theme::Role;
use crate::app::App;
use crate::app::hidden::Hidden;
use crate::app::lock::{Changing, Step};
use crate::app::settings::{Decided, Form, Name, Setting};

const COLUMNS: u16 = 74;
const PROMISE: &str = "The passphrase keeps eyes off this screen. It does not encrypt the database: \
    whoever can read the file reads it without passbook.";

pub fn draw(canvas: &mut Canvas, app: &App, form: &Form) {
    let settings = &app.setup.feel.settings;
    let lines = u16::try_from(app.form_lines()).unwrap_or(u16::MAX);
    let mut area = boxed(canvas, lines.saturating_add(9));
    let mut inside = area.framed("Settings", "enter next value · shift-tab before · esc closes");
    let (width, height) = (inside.width(), inside.height());
    for (index, setting) in settings.iter().enumerate() {
        draw_setting(&mut inside, index, setting, form.selected);
    }
    let y = lines - 1;
    inside.put(2, y, "Passphrase", Role::Text);
    let is_set = if app.lock.has_passphrase { "set" } else { "none" };
    inside.put(25, y, is_set, Role::Strong);
    mark(&mut inside, y, usize::from(y), form.selected);
    inside.rule(0, lines, width, '┄');
    let (help, origin) = match settings.get(form.selected) {
        Some(setting) => (setting.name.help(), origin(setting)),
        None => (PROMISE, "enter sets, changes or removes it".to_owned()),
    };
    let room = usize::from(width.saturating_sub(3));
    let mut y = lines + 1;
    for line in wrap(help, room).iter().chain(&wrap(&origin, room)).take(3) {
        inside.put(2, y, line, Role::Muted);
        y += 1;
    }
    if settings.get(form.selected).is_some_and(|it| it.name == Name::Theme) && y < height {
        draw_preview(&mut inside.part(0, y, width, height - y));
    }
}

fn boxed<'a>(canvas: &'a mut Canvas, rows: u16) -> Canvas<'a> {
    let (width, height) = (canvas.width(), canvas.height());
    let columns = COLUMNS.min(width.saturating_sub(2));
    let top = if canvas.look.wide { 4 } else { 2 };
    canvas.part((width - columns) / 2, top, columns, rows.min(height.saturating_sub(top + 1)))
}

fn draw_setting(canvas: &mut Canvas, index: usize, setting: &Setting, selected: usize) {
    let y = u16::try_from(index).unwrap_or(u16::MAX);
    canvas.put(2, y, setting.name.label(), Role::Text);
    let value = match setting.value.as_str() {
        "true" => "on",
        "false" => "off",
        value => value,
    };
    let room = canvas.width().saturating_sub(26);
    let x = canvas.put_outside(25, y, 20.min(room), value, Role::Strong);
    let (word, role) = match setting.decided {
        Decided::Default => ("default", Role::Muted),
        Decided::File => ("config file", Role::Muted),
        Decided::Outside => ("overruled", Role::Warn),
    };
    let end = canvas.width().saturating_sub(2);
    if x + 2 < end {
        canvas.part(x + 2, y, end - x - 2, 1).put_right(end - x - 2, 0, word, role);
    }
    mark(canvas, y, index, selected);
}

fn mark(canvas: &mut Canvas, y: u16, index: usize, selected: usize) {
    canvas.line_target(y, index);
    if index == selected {
        canvas.select(y, true);
    }
}

fn origin(setting: &Setting) -> String {
    match setting.decided {
        Decided::Default => "By default; a change goes into the config file.".to_owned(),
        Decided::File => format!("From {}.", setting.origin),
        Decided::Outside => {
            format!("From {}, which wins over the config file.", setting.origin)
        }
    }
}

/// The roles as this theme shows them.
fn draw_preview(canvas: &mut Canvas) {
    let words = [
        ("text", Role::Text),
        ("name", Role::Strong),
        ("key", Role::Accent),
        ("label", Role::Muted),
        ("+2,610.00", Role::In),
        ("-86.46", Role::Out),
        ("! needs you", Role::Warn),
        ("✓ done", Role::Ok),
    ];
    let mut x = 2;
    for (word, role) in words {
        x = canvas.put(x, 0, word, role) + 2;
    }
}

pub fn draw_passphrase(canvas: &mut Canvas, app: &App, changing: &Changing) {
    let mut area = boxed(canvas, 11);
    let has = app.lock.has_passphrase;
    let title = if has { "Change the passphrase" } else { "Set a passphrase" };
    let mut inside = area.framed(title, "enter goes on · esc leaves it as it is");
    let (question, more) = match changing.step {
        Step::Old => ("The present passphrase", ""),
        Step::New if has => ("The new one", "Leave it empty to have none any more."),
        Step::New => ("The new one", ""),
        Step::Repeat => ("The new one once more", ""),
    };
    inside.put(2, 1, question, Role::Strong);
    typed(&mut inside, (2, 2), changing.line());
    inside.put(2, 3, more, Role::Muted);
    match (&changing.message, changing.busy) {
        (_, true) => inside.put(2, 4, "Working …", Role::Muted),
        (Some(message), _) => inside.put_outside(2, 4, inside.width() - 3, message, Role::Warn),
        _ => 0,
    };
    let room = usize::from(inside.width().saturating_sub(3));
    for (line, y) in wrap(PROMISE, room).iter().take(3).zip(6..) {
        inside.put(2, y, line, Role::Muted);
    }
}

/// Whether something was typed shows, how much does not.
pub fn typed(canvas: &mut Canvas, (x, y): (u16, u16), line: &Hidden) -> u16 {
    let shown = if line.is_empty() { "" } else { "••••••••" };
    let x = canvas.put(x, y, shown, Role::Strong);
    canvas.put(x, y, "▏", Role::Accent)
}
