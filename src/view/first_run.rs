//! Before there is anything to show: how to begin, and the wait for the store.

use super::canvas::Canvas;
use super::checks;
use super::status::footer_rows;
use super::text::{width, wrap};
use super::theme::Role;
use crate::app::{App, Choice, FirstRun};

pub fn draw(canvas: &mut Canvas, app: &App) {
    let Some(first_run) = &app.setup.first_run else { return };
    let wide = canvas.look.wide;
    let (left, end) = (if wide { 30 } else { 4 }, canvas.width().saturating_sub(1));
    canvas.put(1, 0, "passbook", Role::Strong);
    let gap = if wide { "    " } else { " · " };
    // To a server there was a connection, or nobody could tell what it holds.
    let so_far = if first_run.postgres { "nothing written yet" } else { "no network used yet" };
    canvas.put_right(end, 0, &format!("first run{gap}{so_far}"), Role::Muted);
    canvas.rule(0, 1, canvas.width(), '─');
    let mut y = if wide { 4 } else { 2 };
    canvas.put(left, y, "Your bank accounts, in your terminal, on your own disk.", Role::Strong);
    if wide {
        y += 2;
        canvas.put(left, y, "How would you like to begin?", Role::Text);
    }
    y += 2;
    let room = canvas.height().saturating_sub(y + footer_rows(canvas));
    let choices = first_run.choices();
    // Without the blank lines before any is left out.
    let rows = if choices.len() * 3 <= usize::from(room) { 3 } else { 2 };
    let fit = usize::from(room / rows).max(1);
    let first = (app.choice + 1).saturating_sub(fit);
    for (index, choice) in choices.into_iter().enumerate().skip(first).take(fit) {
        let (title, line) = words(choice, first_run);
        if index == app.choice {
            canvas.put(left - 2 + if wide { 2 } else { 0 }, y, "▌", Role::Accent);
        }
        let x = left + if wide { 2 } else { 0 };
        canvas.line_target(y, index);
        canvas.line_target(y + 1, index);
        canvas.put(x, y, &(index + 1).to_string(), Role::Accent);
        canvas.put(x + 3, y, title, Role::Strong);
        let room = canvas.width().saturating_sub(x + 4);
        canvas.put_outside(x + 3, y + 1, room, &line, Role::Muted);
        y += rows;
    }
    if y + 5 + u16::from(wide) + footer_rows(canvas) <= canvas.height() {
        places(canvas, first_run, (left, y));
    }
}

fn words(choice: Choice, first_run: &FirstRun) -> (&'static str, String) {
    match choice {
        Choice::Demo => (
            "Look around with made-up data",
            "Two years of an imaginary household, in a database of its own.".to_owned(),
        ),
        Choice::Found(file) => ("Open the Python app's database", format!("Found: {}", file.shown)),
        Choice::Connect if first_run.token => (
            "Connect a bank with Teller",
            "TELLER_ACCESS_TOKEN is set: press r once the screen is open.".to_owned(),
        ),
        Choice::Connect => (
            "Connect a bank with Teller",
            "In your browser; try it free with the sandbox: nothing real is touched.".to_owned(),
        ),
        Choice::Postgres if first_run.postgres => {
            ("Use a Postgres database", format!("DATABASE_URL is set: {}", first_run.database))
        }
        Choice::Postgres => (
            "Use a Postgres database",
            "Set DATABASE_URL to postgres://… and start again.".to_owned(),
        ),
    }
}

fn places(canvas: &mut Canvas, first_run: &FirstRun, (x, mut y): (u16, u16)) {
    let columns = canvas.width().saturating_sub(x + 4);
    canvas.rule(x.saturating_sub(2), y, columns, '┄');
    y += 1;
    if canvas.look.wide {
        canvas.put(x, y, "Where things will live", Role::Text);
        y += 1;
    }
    let x = if canvas.look.wide { x + 2 } else { x };
    let network = format!("{} only, and only when you press r", first_run.bank_host);
    let log = first_run.log.clone().unwrap_or_default();
    let private = if first_run.postgres { "" } else { "   (only you can read it)" };
    let data = format!("{}{private}", first_run.database);
    for (label, text) in [
        ("data", data.as_str()),
        ("settings", &first_run.config),
        ("log", &log),
        ("network", &network),
    ] {
        if text.is_empty() {
            continue;
        }
        canvas.put(x, y, label, Role::Muted);
        canvas.put_outside(x + 11, y, canvas.width().saturating_sub(x + 12), text, Role::Text);
        y += 1;
    }
}

/// A calm page while the store opens, or the reason why it does not.
pub fn draw_opening(canvas: &mut Canvas, app: &App) {
    let end = canvas.width().saturating_sub(1);
    canvas.put(1, 0, "passbook", Role::Strong);
    let failed = app.opening.warning;
    canvas.put_right(end, 0, if failed { "could not open" } else { "opening" }, Role::Muted);
    canvas.rule(0, 1, canvas.width(), '─');
    let y = if canvas.look.wide { 4 } else { 3 };
    let heading = if failed { "The database cannot be opened." } else { "Opening the database" };
    canvas.put(4, y, heading, if failed { Role::Warn } else { Role::Strong });
    if failed {
        checks::draw_failed(canvas, app, y + 1 + u16::from(canvas.look.wide));
        return;
    }
    let text = crate::domain::SafeText::new(&app.opening.text);
    let shown = if *text == *heading { "" } else { &text };
    let room = usize::from(canvas.width().saturating_sub(8));
    for (line, y) in wrap(shown, room).iter().take(8).zip(y + 2..) {
        canvas.put(4, y, line, Role::Muted);
    }
}

/// Too small for any screen: says so, in as many words as fit.
pub fn draw_too_small(canvas: &mut Canvas) {
    let (columns, rows) = (canvas.width(), canvas.height());
    let long = format!("passbook needs 60 by 15; this is {columns} by {rows}. Keys still work.");
    let text = [long.as_str(), "passbook needs 60 by 15", "60x15, please", "60x15"]
        .into_iter()
        .find(|text| width(text) <= usize::from(columns));
    let text = text.unwrap_or("·");
    let x = columns.saturating_sub(u16::try_from(width(text)).unwrap_or(columns)) / 2;
    canvas.put(x, rows.saturating_sub(1) / 2, text, Role::Text);
}
