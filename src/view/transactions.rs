//! The transactions of all accounts, newest first.

use super::canvas::Canvas;
use super::find;
use super::rows::{self, Shape};
use super::theme::Role;
use super::words::number;
use crate::app::App;
use crate::app::find::Part;
use crate::app::list::TransactionList;
use crate::domain::{Scope, Sort};

/// Lines below the rows that are looked for, on a small screen.
const FOOT: u16 = 3;

/// The rows that are looked for, with the sums of their months between.
pub fn draw_found(canvas: &mut Canvas, app: &App) {
    let Some(list) = app.list() else { return };
    let (width, height) = (canvas.width(), canvas.height());
    let shape = Shape {
        subtotals: canvas.look.wide,
        sums: false,
        focused: app.find.part != Part::Narrow,
        ..shape(app, list)
    };
    rows::heading(canvas, list, shape);
    let foot = if canvas.look.wide { 0 } else { FOOT };
    let rows = height.saturating_sub(1 + foot);
    let mut part = canvas.part(0, 1, width, rows);
    if let Some(text) = find::nothing(app, list) {
        part.put_cut(2, 1, width.saturating_sub(3), &text, Role::Muted);
        return;
    }
    let end = rows::draw(&mut part, app, list, shape);
    if canvas.look.wide {
        if list.is_whole() && end + 3 < rows {
            find::hidden(&mut canvas.part(0, 1, width, rows), app, end + 1);
        }
    } else {
        find::foot(&mut canvas.part(0, 1 + end.min(rows), width, FOOT), app);
        if app.find.part == Part::Line && end + FOOT + 2 < height {
            canvas.put_cut(1, height - 2, width.saturating_sub(2), find::WORDS, Role::Muted);
        }
    }
}

pub fn draw(canvas: &mut Canvas, app: &App) {
    let Some(list) = app.list() else { return };
    let shape = shape(app, list);
    rows::heading(canvas, list, shape);
    let (width, height) = (canvas.width(), canvas.height());
    let mut part = canvas.part(0, 1, width, height.saturating_sub(1));
    rows::draw(&mut part, app, list, shape);
}

fn shape(app: &App, list: &TransactionList) -> Shape {
    let accounts = || app.accounts.lines.iter().map(|line| line.overview.account.currency);
    let first = accounts().next();
    Shape {
        account: list.account().is_none(),
        category: true,
        tags: true,
        balance: list.account().is_some(),
        sums: list.scope() != Scope::Gone,
        codes: list.account().is_none() && accounts().any(|currency| Some(currency) != first),
        focused: true,
        ..Shape::default()
    }
    .chosen(app, Some(list))
}

/// `1,032 transactions in 6 accounts`.
pub fn summary(canvas: &mut Canvas, app: &App) {
    let levels = app.levels.path();
    if !levels.is_empty() {
        path(canvas, app, &levels);
        return;
    }
    let count = app.list().and_then(TransactionList::count);
    let lines = app.accounts.lines.iter().chain(&app.accounts.hidden);
    let accounts = lines.filter(|line| line.hand().is_none()).count();
    let text = match count {
        Some(count) => format!("{} transactions in {accounts} accounts", number(count)),
        None => format!("transactions of {accounts} accounts"),
    };
    let x = canvas.put(1, 0, &text, Role::Strong);
    let which = match app.list().map(TransactionList::scope) {
        Some(Scope::All) => ", withdrawn ones included",
        Some(Scope::Gone) => ", withdrawn by the bank",
        _ => "",
    };
    let x = canvas.put(x, 0, which, Role::Muted);
    let sort = app.list().map(TransactionList::sort).unwrap_or_default();
    if sort != Sort::default() {
        canvas.put(x, 0, &format!(", {}", sort.words()), Role::Muted);
    }
}

/// `by category ▸ dining ▸ by merchant   12 transactions`.
fn path(canvas: &mut Canvas, app: &App, path: &str) {
    let count =
        app.list().and_then(TransactionList::count).map(|count| number(count) + " transactions");
    let sort = app.list().map(TransactionList::sort).filter(|sort| *sort != Sort::default());
    let words = [count, sort.map(|sort| sort.words().to_owned())];
    let right = words.into_iter().flatten().collect::<Vec<_>>().join(", ");
    let end = canvas.width().saturating_sub(1);
    let start = canvas.put_right(end, 0, &right, Role::Muted);
    canvas.put_outside(1, 0, start.saturating_sub(3), path, Role::Strong);
}
