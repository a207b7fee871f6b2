//! Transactions line by line: only those in sight, in fixed columns, with the months' sums between.

mod columns;
mod months;

use chrono::NaiveDate;

use super::bands;
use super::canvas::Canvas;
use super::text::{width, words};
use super::theme::Role;
use super::words::{digits, plain, title};
use crate::app::App;
use crate::app::list::{TransactionList, month_of};
use crate::app::mouse::Target;
use crate::domain::{Life, Money, SafeText, Scope, Status, StoredTransaction};
use columns::Columns;
pub use columns::{Shape, heading};
pub use months::month;
use months::{draw_month, draw_subtotals, draw_year};

/// One line of the picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Line {
    Row(usize),
    /// Parts pending rows from posted ones.
    Parting,
    /// Below the last withdrawn row that the user has written a note about.
    NotedAbove,
    /// Below the last row of those that the list is sorted by.
    BandEnd(usize),
    /// Below the last row of a month, with the day of the next row.
    MonthEnd(NaiveDate, Option<NaiveDate>),
}

/// The rows around the selected one; returns the line below the last.
pub fn draw(canvas: &mut Canvas, app: &App, list: &TransactionList, shape: Shape) -> u16 {
    let height = usize::from(canvas.height());
    if list.rows().is_empty() {
        let text = match (list.is_loaded(), list.scope()) {
            (false, _) => "…",
            (_, Scope::Gone) => "Nothing: the bank has withdrawn no row for good.",
            _ => "No transactions yet.",
        };
        canvas.put(2, 1, text, Role::Muted);
        return 2;
    }
    let (lines, selected) = lines(list, app.today(), height, shape);
    // The selected line stays in the middle, but for the ends of the list.
    let first = selected.saturating_sub(height / 2).min(lines.len().saturating_sub(height));
    let columns = Columns::of(canvas, list, shape);
    for (line, y) in lines.iter().skip(first).take(height).zip(0..) {
        match *line {
            Line::Row(index) => {
                let row = &list.rows()[index];
                draw_row(canvas, app, y, row, columns, shape);
                let width = canvas.width();
                canvas.target((0, y), (width, 1), Target::Transaction(index));
                if app.picked.holds(row, list.selected()) {
                    canvas.put(0, y, "◆", Role::Accent);
                }
                if index == list.selected_index() {
                    canvas.select(y, shape.focused);
                }
            }
            Line::BandEnd(index) => {
                let (x, until) = (columns.description.0.saturating_sub(1), columns.sums_start());
                let sum = bands::draw(&mut *canvas, app, (list, index), (y, x, until));
                if let Some(sum) = sum.filter(|_| shape.sums || shape.subtotals) {
                    canvas.put(
                        until,
                        y,
                        &" ".repeat(usize::from(columns.amount - until)),
                        Role::Text,
                    );
                    let text = canvas.look.signed(sum);
                    money(canvas, columns.amount, y, &text, sum, (columns.decimals, Role::Muted));
                }
            }
            Line::MonthEnd(date, _) if shape.sums && list.holds_month(date) => {
                draw_month(canvas, app, y, (list, date), columns);
            }
            Line::MonthEnd(date, _) if shape.subtotals => {
                draw_subtotals(canvas, app, y, date, columns);
            }
            Line::Parting => dots(canvas, y),
            Line::NotedAbove => {
                dots(canvas, y);
                canvas.put(3, y, " ↑ with your note ", Role::Muted);
            }
            Line::MonthEnd(date, below) => {
                dots(canvas, y);
                draw_year(canvas, app, y, (date, below));
            }
        }
    }
    u16::try_from(lines.len() - first).unwrap_or(u16::MAX).min(canvas.height())
}

/// The lines for a screen above and below the selected row, and the selected one's place.
fn lines(
    list: &TransactionList,
    today: NaiveDate,
    height: usize,
    shape: Shape,
) -> (Vec<Line>, usize) {
    let rows = list.rows();
    let from = list.selected_index().saturating_sub(height);
    let until = (list.selected_index() + height + 1).min(rows.len());
    let pending = pending_block(rows, today);
    let mut lines = Vec::with_capacity(2 * (until - from));
    let mut selected = 0;
    for index in from..until {
        if index == list.selected_index() {
            selected = lines.len();
        }
        lines.push(Line::Row(index));
        if !list.sort().is_by_date() {
            lines.extend(bands::ends_below(list, index).then_some(Line::BandEnd(index)));
            continue;
        }
        let row = &rows[index].transaction;
        let Some(below) = rows.get(index + 1).map(|row| &row.transaction) else {
            if (shape.sums || shape.subtotals) && list.holds_month(row.date) {
                lines.push(Line::MonthEnd(row.date, None));
            }
            break;
        };
        if rows[index].noted && !rows[index + 1].noted {
            lines.push(Line::NotedAbove);
        } else if month_of(row.date) != month_of(below.date) {
            lines.push(Line::MonthEnd(row.date, Some(below.date)));
        } else if index + 1 == pending {
            lines.push(Line::Parting);
        }
    }
    (lines, selected)
}

/// Where pending rows on top of all others end; 0 where they stand among posted ones. What is dated
/// by mistake stands above, for itself.
fn pending_block(rows: &[StoredTransaction], today: NaiveDate) -> usize {
    let pending = |row: &&StoredTransaction| {
        row.life == Life::Live && row.transaction.status == Status::Pending
    };
    let above = rows.iter().take_while(|row| row.transaction.is_misdated(today)).count();
    let first = above + rows[above..].iter().take_while(pending).count();
    if first == above || rows[first..].iter().any(|row| pending(&row)) { 0 } else { first }
}

pub fn dots(canvas: &mut Canvas, y: u16) {
    canvas.rule(1, y, canvas.width().saturating_sub(2), '·');
}

fn draw_row(
    canvas: &mut Canvas,
    app: &App,
    y: u16,
    row: &StoredTransaction,
    columns: Columns,
    shape: Shape,
) {
    let transaction = &row.transaction;
    let pending = transaction.status == Status::Pending;
    let (date, role) = if shape.years {
        (transaction.date.format("%b %d %Y"), Role::Muted)
    } else if transaction.is_misdated(app.today()) {
        (transaction.date.format("%Y !"), Role::Warn)
    } else {
        (transaction.date.format("%b %d"), Role::Muted)
    };
    canvas.put(1, y, &date.to_string(), role);
    let gone = row.life != Life::Live;
    if let Some(x) = columns.glyph {
        let (sign, role) = sign(app, row);
        canvas.put(x, y, sign, role);
    }
    if let Some((x, room)) = columns.account {
        account(canvas, app, (x, y), room, row);
    }
    let (x, room) = columns.description;
    let role = if gone { Role::Muted } else { Role::Text };
    canvas.put_outside(x, y, room, title(row), role);
    if let (Some((x, room)), Some(category)) = (columns.category, &row.shown.category) {
        canvas.put_outside(x, y, room, &plain(category), Role::Muted);
    }
    if let (Some((x, room)), false) = (columns.tags, row.shown.tags.is_empty()) {
        canvas.put_outside(x, y, room, &row.shown.tags.join(" "), Role::Muted);
    }
    let amount = transaction.amount;
    let role = if pending || gone { Role::Muted } else { canvas.look.money_role(amount) };
    money(canvas, columns.amount, y, &canvas.look.signed(amount), amount, (columns.decimals, role));
    if shape.codes {
        canvas.put(columns.amount + 1, y, amount.currency.code(), Role::Muted);
    }
    let Some(end) = columns.balance else { return };
    match transaction.running_balance {
        _ if gone => {
            let word = if row.life == Life::Gone { "gone" } else { "replaced" };
            canvas.put_right(end, y, word, Role::Muted);
        }
        _ if pending => {
            let (word, role) = match transaction.long_pending(app.today()) {
                Some(days) => (format!("{days} days"), Role::Warn),
                None if canvas.look.wide => ("pending".to_owned(), Role::Muted),
                None => ("pend".to_owned(), Role::Muted),
            };
            canvas.put_right(end, y, &word, role);
        }
        Some(balance) => {
            let text = canvas.look.money(balance);
            money(canvas, end, y, &text, balance, (columns.decimals, Role::Muted));
        }
        None => {
            if let Some(balance) = row.computed_balance {
                let text = format!("≈{}", canvas.look.money(balance));
                money(canvas, end, y, &text, balance, (columns.decimals, Role::Muted));
            }
        }
    }
}

/// What marks a row out, before its description.
fn sign(app: &App, row: &StoredTransaction) -> (&'static str, Role) {
    let transaction = &row.transaction;
    match (&transaction.status, transaction.kind.as_str()) {
        _ if row.life != Life::Live => ("✗", Role::Muted),
        (Status::Pending, _) => ("~", Role::Warn),
        (_, "transfer") => ("⇄", Role::Muted),
        _ if row.shown.transfer => ("⇄", Role::Muted),
        _ if app.insights.recurs(&row.key()) => ("↻", Role::Muted),
        _ => ("", Role::Muted),
    }
}

fn money(
    canvas: &mut Canvas,
    end: u16,
    y: u16,
    text: &str,
    money: Money,
    (decimals, role): (u32, Role),
) {
    canvas.put_money(end, y, (text, money.currency.exponent()), decimals, role);
}

/// The name as far as it fits before the digits, which always show.
fn account(canvas: &mut Canvas, app: &App, (x, y): (u16, u16), room: u16, row: &StoredTransaction) {
    let id = &row.transaction.account_id;
    let Some(line) = app.accounts.find(id) else {
        canvas.put_outside(x, y, room, id.as_str(), Role::Muted);
        return;
    };
    name(
        canvas,
        (x, y),
        room,
        (&line.overview.account.name, line.overview.account.last_four.as_deref()),
    );
}

/// `Everyday ·4821` in so many columns.
pub fn name(
    canvas: &mut Canvas,
    (x, y): (u16, u16),
    room: u16,
    (name, last_four): (&str, Option<&str>),
) {
    let digits = digits(last_four);
    let columns = u16::try_from(width(&digits)).unwrap_or(room).min(room);
    let name = SafeText::new(name);
    let left = room.saturating_sub(if columns > 0 { columns + 1 } else { 0 });
    let shown = words(&name, usize::from(left));
    let x = canvas.put(x, y, &shown, Role::Text);
    if columns > 0 {
        canvas.put(x + 1, y, &digits, Role::Muted);
    }
}
