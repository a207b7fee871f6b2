//! What stands between the rows of two months.

use chrono::{Datelike as _, NaiveDate};

use super::columns::Columns;
use super::money;
use crate::app::App;
use crate::app::list::{TransactionList, month_of};
use crate::domain::{Life, Money, Status, Sum};
use crate::view::canvas::Canvas;
use crate::view::theme::Role;

/// `········ Nov total      -242.43`, one sum for each currency.
pub(super) fn draw_subtotals(
    canvas: &mut Canvas,
    app: &App,
    y: u16,
    date: NaiveDate,
    columns: Columns,
) {
    let name = date.format(if date.year() == app.today().year() { " %b total" } else { " %b %Y" });
    let x = columns.description.0.saturating_sub(1);
    canvas.rule(1, y, x.saturating_sub(1), '·');
    canvas.put(x, y, &name.to_string(), Role::Muted);
    let summary = app.find.summary().filter(|_| app.find.is_summed());
    let sums =
        summary.into_iter().flat_map(|summary| summary.month(date.with_day(1).unwrap_or(date)));
    let mut sums = sums.map(Sum::net);
    if let (Some(sum), None) = (sums.next(), sums.next()) {
        let text = canvas.look.signed(sum);
        money(canvas, columns.amount, y, &text, sum, (columns.decimals, Role::Muted));
    }
}

/// Days say no year: where another one begins below, the line between the months does.
pub(super) fn draw_year(
    canvas: &mut Canvas,
    app: &App,
    y: u16,
    (date, below): (NaiveDate, Option<NaiveDate>),
) {
    let Some(below) = below else { return };
    if below.year() != app.today().year() || below.year() != date.year() {
        canvas.put(3, y, &below.format(" %b %Y ").to_string(), Role::Muted);
    }
}

/// Count and sum of a month whose rows are all here; pending ones are only counted.
pub struct Month {
    pub posted: usize,
    pub pending: usize,
    /// `None` where currencies differ.
    pub sum: Option<Money>,
}

pub fn month(list: &TransactionList, date: NaiveDate) -> Month {
    let live = list.rows().iter().filter(|row| row.life == Life::Live);
    let rows = live.map(|row| &row.transaction);
    let rows = rows.filter(|row| month_of(row.date) == month_of(date));
    let (mut posted, mut pending, mut sums) = (0, 0, Vec::new());
    for row in rows {
        if row.status == Status::Pending {
            pending += 1;
        } else {
            posted += 1;
            sums.push(row.amount);
        }
    }
    let sum = sums.split_first().and_then(|(first, rest)| {
        rest.iter().try_fold(*first, |sum, amount| sum.checked_add(*amount))
    });
    Month { posted, pending, sum }
}

pub(super) fn draw_month(
    canvas: &mut Canvas,
    app: &App,
    y: u16,
    (list, date): (&TransactionList, NaiveDate),
    columns: Columns,
) {
    let month = month(list, date);
    let so_far = month_of(date) == month_of(app.today());
    let this_year = date.year() == app.today().year();
    let name = match (so_far, this_year) {
        (true, _) => date.format("%b so far"),
        (_, true) => date.format("%b total"),
        (_, false) => date.format("%b %Y"),
    };
    let name = name.to_string();
    canvas.put(1, y, &name, Role::Muted);
    let facts = format!("{} posted", month.posted);
    match columns.category {
        Some((x, _)) => canvas.put(x, y, &facts, Role::Muted),
        None => canvas.put(columns.description.0.max(14), y, &facts, Role::Muted),
    };
    if let Some(sum) = month.sum {
        let text = canvas.look.signed(sum);
        money(canvas, columns.amount, y, &text, sum, (columns.decimals, Role::Muted));
    }
    if let (Some(end), 1..) = (columns.balance, month.pending) {
        canvas.put_right(end, y, &format!("{} pending", month.pending), Role::Muted);
    }
}
