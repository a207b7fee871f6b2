//! Lays out the screen.

mod account;
mod accounts;
mod aside;
mod bands;
mod builder;
mod canvas;
mod categories;
mod checks;
mod columns;
mod connecting;
mod detail;
mod duplicates;
mod editing;
mod exporting;
pub mod field;
mod find;
mod first_run;
mod form;
mod groups;
mod help;
mod insights;
mod lock;
mod log;
mod matching;
pub mod plain;
mod problems;
mod raw;
mod recurring;
mod rows;
mod rules;
mod runs;
mod settings;
mod sparkline;
mod status;
mod takeover;
pub mod text;
pub mod theme;
mod totals;
mod transactions;
mod valued;
mod why;
mod words;

mod sync;

use ratatui::Frame;
use ratatui::buffer::Buffer;

use crate::app::accounts::Pane;
use crate::app::find::Part;
use crate::app::mouse::Target;
use crate::app::overlay::Overlay;
use crate::app::{App, Screen};
use crate::domain::{Replica, Scope, label};
pub use canvas::Targets;
use canvas::{Canvas, Look};
use theme::Role;

/// Draws everything there is to see. Remembers nothing and cannot fail.
pub fn draw(frame: &mut Frame, app: &App) -> Targets {
    draw_on(frame.buffer_mut(), app)
}

/// The same without a terminal: fills the whole buffer.
pub fn draw_on(buffer: &mut Buffer, app: &App) -> Targets {
    let mut targets = Targets::default();
    let mut canvas = Canvas::new(buffer, &mut targets, Look::of(app));
    match &app.lock.locked {
        Some(locked) => lock::draw(&mut canvas, app, locked),
        None if canvas.width() < 60 || canvas.height() < 15 => {
            first_run::draw_too_small(&mut canvas);
        }
        None => draw_open(&mut canvas, app),
    }
    targets
}

fn draw_open(canvas: &mut Canvas, app: &App) {
    match app.screen {
        Screen::FirstRun => {
            first_run::draw(canvas, app);
            status::footer(canvas, app, ("Nothing has been created or changed yet.", ""));
        }
        Screen::Takeover => {
            if let Some(found) = &app.takeover {
                takeover::draw(canvas, app, found);
            }
            let promise = "If a count or a total differs afterwards, all of it is undone.";
            status::footer(canvas, app, (promise, ""));
        }
        Screen::Opening => {
            first_run::draw_opening(canvas, app);
            status::footer(canvas, app, ("", ""));
        }
        Screen::Accounts
        | Screen::Transactions
        | Screen::Insights
        | Screen::Recurring
        | Screen::Sync => draw_screen(canvas, app),
    }
    if app.overlay.is_some() {
        canvas.cover();
    }
    match &app.overlay {
        Some(Overlay::Help(help)) => help::draw(canvas, app, help),
        Some(Overlay::Problems { selected }) => problems::draw(canvas, app, *selected),
        Some(Overlay::Checks { top }) => checks::draw(canvas, app, *top),
        Some(Overlay::Matching(matching)) => matching::draw(canvas, app, matching),
        Some(Overlay::Aside(aside)) => aside::draw(canvas, app, aside),
        Some(Overlay::Settings(form)) => settings::draw(canvas, app, form),
        Some(Overlay::Passphrase(changing)) => {
            settings::draw_passphrase(canvas, app, changing);
        }
        Some(Overlay::Editing(words)) => editing::draw(canvas, app, words),
        Some(Overlay::Confirm(edit)) => editing::draw_confirm(canvas, edit),
        Some(Overlay::Rules { rules, selected }) => {
            rules::draw(canvas, app, rules.as_deref(), *selected);
        }
        Some(Overlay::Why((what, why))) => why::draw(canvas, what, why),
        Some(Overlay::Builder(found)) => builder::draw(canvas, app, found),
        Some(Overlay::Form(form)) => form::draw(canvas, form),
        Some(Overlay::Columns { selected }) => columns::draw(canvas, app, *selected),
        Some(Overlay::Duplicates(found)) => duplicates::draw(canvas, app, found),
        Some(Overlay::Preview(asked)) => rules::draw_preview(canvas, app, asked),
        Some(Overlay::Connecting(linking)) => connecting::draw(canvas, linking),
        Some(Overlay::Categories(tree)) => categories::draw(canvas, tree),
        Some(Overlay::Export(asked)) => exporting::draw(canvas, app, asked),
        None => {}
    }
    status::following(canvas, app);
}

fn draw_screen(canvas: &mut Canvas, app: &App) {
    status::header(canvas, app);
    let (width, height) = (canvas.width(), canvas.height());
    if app.detail.is_none() && matches!(app.screen, Screen::Insights | Screen::Recurring) {
        draw_derived(canvas, app);
        return;
    }
    let top = match (app.screen, &app.detail) {
        (Screen::Accounts, None) => totals::rows(app),
        (Screen::Transactions, None) if app.is_finding() => 2,
        _ => 1,
    };
    let mut above = canvas.part(0, 2, width, top);
    match (app.screen, &app.detail) {
        (_, Some(_)) => breadcrumb(&mut above, app),
        (Screen::Sync, _) => sync::summary(&mut above, app),
        (Screen::Transactions, _) if app.is_finding() => find::head(&mut above, app),
        (Screen::Transactions, _) => transactions::summary(&mut above, app),
        _ => totals::draw(&mut above, app),
    }
    canvas.rule(0, 2 + top, width, '─');
    let body = 3 + top;
    let rows = height.saturating_sub(body + status::footer_rows(canvas));
    let place = account::place(app, " of ");
    let facts = facts(app);
    status::footer(canvas, app, (&facts, &place));
    match (app.screen, &app.detail) {
        (_, Some(detail)) => draw_detail(canvas, app, detail, (body, rows)),
        (Screen::Sync, _) => sync::draw(&mut canvas.part(0, body, width, rows), app),
        (Screen::Transactions, _) => draw_transactions(canvas, app, (body, rows)),
        _ => draw_accounts(canvas, app, (body, rows)),
    }
}

/// The screens of what passbook itself found out.
fn draw_derived(canvas: &mut Canvas, app: &App) {
    let rows = canvas.height().saturating_sub(2 + status::footer_rows(canvas));
    let facts = match app.screen {
        Screen::Insights => insights::facts(app),
        _ => "Found by rule in your rows, announced by no bank. Press e for why.".to_owned(),
    };
    status::footer(canvas, app, (&facts, &recurring::place(app)));
    let mut body = canvas.part(0, 2, canvas.width(), rows);
    match app.screen {
        Screen::Insights => insights::draw(&mut body, app),
        _ => recurring::draw(&mut body, app),
    }
}

/// The line of facts above the hints.
fn facts(app: &App) -> String {
    if app.detail.is_some() {
        return "Bank data is read-only here: a sync keeps it as the bank tells it.".to_owned();
    }
    if !app.picked.is_empty() && app.list().is_some() {
        return picked(app);
    }
    if let Some(grouping) = app.levels.groups().filter(|_| app.shows_groups()) {
        return groups::facts(grouping);
    }
    match app.screen {
        Screen::Sync => match &app.replica {
            Replica::Unknown => {
                "You can keep browsing: press 1. Nothing half-finished is ever shown.".to_owned()
            }
            Replica::Used { behind } => {
                format!(
                    "Read from a replica, {} s behind; what you change shows at once.",
                    behind.as_secs()
                )
            }
            Replica::Unused(unfit) => format!("{unfit}: read from the primary."),
        },
        Screen::Transactions if app.is_finding() => find::saved(app),
        _ => match app.list().and_then(|list| list.selected()) {
            Some(row) => {
                let (gone, sort) = app
                    .list()
                    .map(|list| (list.scope() == Scope::Gone, list.sort()))
                    .unwrap_or_default();
                let order = match (gone, sort.reversed) {
                    (true, false) => "withdrawn, with your note first",
                    _ => sort.words(),
                };
                let month = row.transaction.date.format("%b %Y");
                match (sort.is_by_date(), app.screen) {
                    (true, Screen::Transactions) => {
                        format!("{month} ◂ ▸   {order}{}", status::orders(app))
                    }
                    (true, _) => format!("{month} ◂ ▸   {order}"),
                    (false, _) => format!("{order}{}", status::orders(app)),
                }
            }
            None if app.accounts.selected().is_some_and(|line| line.hand().is_some()) => {
                "Kept by hand: what was said of a day holds until the next.".to_owned()
            }
            None => String::new(),
        },
    }
}

/// How many rows are picked, with one sum a currency.
fn picked(app: &App) -> String {
    if app.picked.start().is_some() {
        return "A range begins here: move, v again picks all of it, esc lets go.".to_owned();
    }
    let look = Look::of(app);
    let sums = app.picked.sums();
    let sums = sums.iter().map(|sum| format!("{} {}", look.signed(*sum), sum.currency));
    let sums = sums.collect::<Vec<_>>().join("   ");
    let rows = words::number(app.picked.rows().len() as u64);
    format!("{rows} picked   {sums}   c n # m x say it of all of them, esc lets go")
}

/// All rows, or those that are looked for beside what narrows them down.
fn draw_transactions(canvas: &mut Canvas, app: &App, (body, rows): (u16, u16)) {
    let width = canvas.width();
    if let Some(groups) = app.levels.groups() {
        groups::draw(&mut canvas.part(0, body, width, rows), app, groups);
        return;
    }
    if !app.is_finding() {
        transactions::draw(&mut canvas.part(0, body, width, rows), app);
        return;
    }
    if !canvas.look.wide || canvas.look.plain {
        match app.find.part {
            Part::Narrow => find::side(&mut canvas.part(0, body, width, rows), app),
            _ => transactions::draw_found(&mut canvas.part(0, body, width, rows), app),
        }
        return;
    }
    let left = width - find::SIDE - 1;
    divide(canvas, left, (body, rows));
    transactions::draw_found(&mut canvas.part(0, body, left, rows), app);
    find::side(&mut canvas.part(left + 1, body, find::SIDE, rows), app);
}

/// Two panes side by side, or the one with the keys.
fn draw_accounts(canvas: &mut Canvas, app: &App, (body, rows): (u16, u16)) {
    let width = canvas.width();
    if app.accounts.zoomed || width < 80 || canvas.look.plain {
        let mut part = canvas.part(0, body, width, rows);
        match app.accounts.pane {
            Pane::Accounts => accounts::draw(&mut part, app),
            Pane::Transactions => account::draw(&mut part, app),
        }
        return;
    }
    let drawn = app.left_columns(width);
    let left = drawn.unwrap_or_else(|| accounts::columns(width, canvas.look.wide));
    divide(canvas, left, (body, rows));
    canvas.target((left, body), (1, rows), Target::Divider);
    canvas.target((0, body), (left, rows), Target::Pane(Pane::Accounts));
    let right = width.saturating_sub(left + 1);
    canvas.target((left + 1, body), (right, rows), Target::Pane(Pane::Transactions));
    accounts::draw(&mut canvas.part(0, body, left, rows), app);
    account::draw(&mut canvas.part(left + 1, body, width - left - 1, rows), app);
}

/// The upright line between two panes, joined to the rules above and below.
fn divide(canvas: &mut Canvas, x: u16, (body, rows): (u16, u16)) {
    if canvas.look.plain {
        return;
    }
    canvas.put(x, body - 1, "┬", Role::Muted);
    canvas.upright(x, body, rows, "│");
    canvas.put(x, body + rows, "┴", Role::Muted);
}

fn draw_detail(
    canvas: &mut Canvas,
    app: &App,
    detail: &crate::app::detail::Detail,
    (body, rows): (u16, u16),
) {
    let width = canvas.width();
    let left = if canvas.look.wide && !canvas.look.plain { detail::LIST_COLUMNS } else { 0 };
    let x = if left > 0 {
        divide(canvas, left, (body, rows));
        detail::draw_list(&mut canvas.part(0, body, left, rows), app);
        left + 1
    } else {
        0
    };
    let mut part = canvas.part(x, body, width - x, rows);
    if detail.raw.is_some() {
        detail::draw_raw(&mut part, detail);
    } else {
        detail::draw(&mut part, app, detail);
    }
}

/// Whose transaction it is, and where in the list it stands.
fn breadcrumb(canvas: &mut Canvas, app: &App) {
    let Some(detail) = &app.detail else { return };
    let end = canvas.width().saturating_sub(1);
    let place = account::place(app, " of ");
    let raw = if detail.raw.is_some() { " ▸ raw record" } else { "" };
    let start = canvas.put_right(end, 0, &format!("transaction {place}{raw}"), Role::Muted);
    let Some(line) = app.accounts.find(&detail.row.transaction.account_id) else { return };
    let account = &line.overview.account;
    let name = label(&account.name, account.last_four.as_deref());
    let x = canvas.put_outside(1, 0, start.saturating_sub(2), &name, Role::Strong);
    let room = start.saturating_sub(x + 5);
    canvas.put_outside(x + 3, 0, room, &account.institution.name, Role::Muted);
}
