//! Which columns a table has, where each stands, and the line above them.

use chrono::Datelike as _;

use crate::app::App;
use crate::app::columns::Column;
use crate::app::list::TransactionList;
use crate::domain::{Money, StoredTransaction};
use crate::view::canvas::Canvas;
use crate::view::text::width;
use crate::view::theme::Role;

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
pub(super) struct Columns {
    pub glyph: Option<u16>,
    pub account: Option<(u16, u16)>,
    pub description: (u16, u16),
    pub category: Option<(u16, u16)>,
    pub tags: Option<(u16, u16)>,
    pub amount: u16,
    pub balance: Option<u16>,
    pub decimals: u32,
}

impl Columns {
    pub fn of(canvas: &Canvas, list: &TransactionList, shape: Shape) -> Self {
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

    /// Where the amounts begin.
    pub fn sums_start(self) -> u16 {
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

/// The bank's, else the one that was reckoned: that has a sign before it.
fn balance_of(row: &StoredTransaction) -> Option<Money> {
    row.transaction.running_balance.or_else(|| {
        let balance = row.computed_balance?;
        // A place more for the sign.
        Some(Money::new(balance.minor.saturating_abs().saturating_neg(), balance.currency))
    })
}
