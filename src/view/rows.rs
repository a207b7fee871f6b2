//! Transactions line by line: only those in sight, in fixed columns, with the months' sums between.

use chrono::{Datelike, NaiveDate};

use super::bands;
use super::canvas::Canvas;
use super::text::{width, words};
use super::theme::Role;
use super::words::{digits, plain, title};
use crate::app::App;
use crate::app::columns::Column;
use crate::app::list::{TransactionList, month_of};
use crate::app::mouse::Target;
use crate::domain::{Life, Money, SafeText, Scope, Status, StoredTransaction, Sum};

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

/// What a table shows besides date, description and amount.
#[derive(Clone, Copy, Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a column or not")]
pub struct Shape {
    pub account: bool,
    pub category: bool,
    pub tags: bool,
    pub balance: bool,
    /// Sums below each month; otherwise a dotted line.
    pub sums: bool,
    /// Sums of all that is looked for below each month, loaded or not.
    pub subtotals: bool,
    /// Currencies differ: each amount says its own.
    pub codes: bool,
    pub focused: bool,
    /// Pending, transfer, recurring: a sign before the description.
    pub signs: bool,
    /// Days of several years stand side by side: each says its own.
    pub years: bool,
}

/// Columns that ` 2025` needs.
const YEAR: u16 = 5;
/// Columns that tags have.
const TAGS: u16 = 15;

impl Shape {
    /// Without what the user has left out.
    pub fn chosen(self, app: &App, list: Option<&TransactionList>) -> Self {
        let this_year = app.today().year();
        let other = |row: &StoredTransaction| row.transaction.date.year() != this_year;
        let unordered = list.filter(|list| !list.sort().is_by_date());
        let has = |column| app.columns.has(column);
        Self {
            account: self.account && has(Column::Account),
            category: self.category && has(Column::Category),
            tags: self.tags && has(Column::Tags),
            balance: self.balance && has(Column::Balance),
            signs: has(Column::Sign),
            years: unordered.is_some_and(|list| list.rows().iter().any(other)),
            ..self
        }
    }
}

/// Where each column stands. An end is the column after the last.
#[derive(Clone, Copy, Debug)]
struct Columns {
    glyph: Option<u16>,
    account: Option<(u16, u16)>,
    description: (u16, u16),
    category: Option<(u16, u16)>,
    tags: Option<(u16, u16)>,
    amount: u16,
    balance: Option<u16>,
    decimals: u32,
}

impl Columns {
    fn of(canvas: &Canvas, list: &TransactionList, shape: Shape) -> Self {
        let wide = canvas.look.wide;
        let rows = list.rows();
        let amounts = extremes(rows.iter().map(|row| row.transaction.amount));
        let most = amounts.map(|money| money.currency.exponent()).max().unwrap_or(2);
        let longest = |of: fn(&StoredTransaction) -> Option<Money>, gap: u16| {
            let widths = extremes(rows.iter().filter_map(of)).map(|money| width(&money.signed()));
            let longest = widths.max().unwrap_or(0).max(9);
            u16::try_from(longest).unwrap_or(u16::MAX).saturating_add(gap)
        };
        let end = canvas.width().saturating_sub(1);
        let codes = if shape.codes { 4 } else { 0 };
        let amount_width = longest(|row| Some(row.transaction.amount), 2);
        let balance_width = longest(balance_of, if wide { 2 } else { 1 });
        // The balance leaves before the description or the amount does.
        let fits = 20 + amount_width + balance_width <= end;
        let balance = (shape.balance && fits).then_some(end);
        let amount = end.saturating_sub(if balance.is_some() { balance_width } else { codes });
        let amount_start = amount.saturating_sub(amount_width);
        let signs = if wide { 9 } else { 8 } + if shape.years { YEAR } else { 0 };
        let glyph = shape.signs.then_some(signs);
        let mut start = if shape.signs { signs + 2 } else { signs };
        let account = shape.account.then(|| {
            let columns = if wide { 22 } else { 16 };
            let place = (start, columns);
            start += columns + 1;
            place
        });
        let room = amount_start.saturating_sub(start);
        let category = (shape.category && room >= 36).then(|| {
            let columns = if room > 60 { 18 } else { 14 };
            (amount_start - columns, columns - 1)
        });
        let until = category.map_or(amount_start, |(start, _)| start - 1);
        // Tags leave before the category does.
        let tags = (shape.tags && until.saturating_sub(start) >= 36)
            .then(|| (until.saturating_sub(TAGS), TAGS - 1));
        let until = tags.map_or(until, |(start, _)| start - 1);
        let description = (start, until.saturating_sub(start));
        Self { glyph, account, description, category, tags, amount, balance, decimals: most }
    }
}

impl Columns {
    /// Where the amounts begin.
    fn sums_start(self) -> u16 {
        let (x, room) = self.category.unwrap_or(self.description);
        x + room
    }
}

/// The lowest and the highest of each currency: no other is longer when written, and writing out
/// all that are loaded would take most of a frame's time.
fn extremes(amounts: impl Iterator<Item = Money>) -> impl Iterator<Item = Money> {
    let mut extremes: Vec<[Money; 2]> = Vec::new();
    for amount in amounts {
        match extremes.iter_mut().find(|[low, _]| low.currency == amount.currency) {
            Some([low, high]) => {
                low.minor = low.minor.min(amount.minor);
                high.minor = high.minor.max(amount.minor);
            }
            None => extremes.push([amount; 2]),
        }
    }
    extremes.into_iter().flatten()
}

/// The heading of the columns, on the first row.
pub fn heading(canvas: &mut Canvas, list: &TransactionList, shape: Shape) {
    let columns = Columns::of(canvas, list, shape);
    canvas.put(1, 0, "DATE", Role::Muted);
    if let Some((x, _)) = columns.account {
        canvas.put(x, 0, "ACCOUNT", Role::Muted);
    }
    canvas.put(columns.description.0, 0, "DESCRIPTION", Role::Muted);
    if let Some((x, _)) = columns.category {
        canvas.put(x, 0, "CATEGORY", Role::Muted);
    }
    if let Some((x, _)) = columns.tags {
        canvas.put(x, 0, "TAGS", Role::Muted);
    }
    canvas.put_right(columns.amount, 0, "AMOUNT", Role::Muted);
    if let Some(end) = columns.balance {
        canvas.put_right(end, 0, "BALANCE", Role::Muted);
    }
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

/// `········ Nov total      -242.43`, one sum for each currency.
fn draw_subtotals(canvas: &mut Canvas, app: &App, y: u16, date: NaiveDate, columns: Columns) {
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
fn draw_year(
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

/// The bank's, else the one that was reckoned: that has a sign before it.
fn balance_of(row: &StoredTransaction) -> Option<Money> {
    row.transaction.running_balance.or_else(|| {
        let balance = row.computed_balance?;
        // A place more for the sign.
        Some(Money::new(balance.minor.saturating_abs().saturating_neg(), balance.currency))
    })
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

fn draw_month(
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
