//! The transactions of all accounts, newest first.

use super::canvas::Canvas;
use super::rows::{self, Shape};
use super::theme::Role;
use super::words::number;
use crate::app::App;
use crate::app::list::TransactionList;
use crate::domain::Scope;

pub fn draw(canvas: &mut Canvas, app: &App) {
    let Some(list) = app.list() else { return };
    let accounts = || app.accounts.lines.iter().map(|line| line.overview.account.currency);
    let first = accounts().next();
    let shape = Shape {
        account: true,
        category: true,
        sums: list.scope() != Scope::Gone,
        codes: accounts().any(|currency| Some(currency) != first),
        focused: true,
        ..Shape::default()
    };
    rows::heading(canvas, list, shape);
    let (width, height) = (canvas.width(), canvas.height());
    let mut part = canvas.part(0, 1, width, height.saturating_sub(1));
    rows::draw(&mut part, app, list, shape);
}

/// `1,032 transactions in 6 accounts`.
pub fn summary(canvas: &mut Canvas, app: &App) {
    let count = app.list().and_then(TransactionList::count);
    let accounts = app.accounts.lines.len();
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
    canvas.put(x, 0, which, Role::Muted);
}
