//! Rows put together: how many, what came in, went out and is left, a line for each currency.

use super::canvas::Canvas;
use super::text::width;
use super::theme::Role;
use super::words::{number, tally};
use crate::app::App;
use crate::app::grouping::Grouping;
use crate::domain::{Currency, Group, GroupBy, Money, SafeText, Sum};

/// Where each column ends; those that do not fit are left out.
struct Columns {
    rows: u16,
    money_in: Option<u16>,
    money_out: Option<u16>,
    net: u16,
    /// Behind the sums, where currencies differ.
    codes: bool,
    decimals: u32,
}

/// Columns that a name needs at least.
const NAME: u16 = 18;

impl Columns {
    fn of(canvas: &Canvas, groups: &[Group]) -> Self {
        let sums = || groups.iter().flat_map(|group| &group.sums);
        let codes = sums().any(|sum| Some(sum.currency) != sums().next().map(|sum| sum.currency));
        let decimals = sums().map(|sum| sum.currency.exponent()).max().unwrap_or(2);
        let longest = |of: fn(&Sum) -> Money| {
            let widths = sums().map(|sum| width(&of(sum).signed()));
            u16::try_from(widths.max().unwrap_or(0).max(9)).unwrap_or(u16::MAX) + 2
        };
        let (received, spent) = (longest(|sum| sum.received()), longest(|sum| sum.money_out()));
        let net_width = longest(|sum| sum.net());
        let net = canvas.width().saturating_sub(if codes { 5 } else { 1 });
        let mut rows = net.saturating_sub(net_width);
        let fits = |rows: u16, columns: u16| rows >= NAME + 9 + columns;
        let money_out = fits(rows, spent).then_some(rows);
        rows -= if money_out.is_some() { spent } else { 0 };
        let money_in = (money_out.is_some() && fits(rows, received)).then_some(rows);
        rows -= if money_in.is_some() { received } else { 0 };
        Self { rows, money_in, money_out, net, codes, decimals }
    }
}

pub fn draw(canvas: &mut Canvas, app: &App, grouping: &Grouping) {
    if grouping.groups().is_empty() {
        let text = if grouping.is_loaded() { "No transactions, so no groups." } else { "…" };
        canvas.put(2, 1, text, Role::Muted);
        return;
    }
    let columns = Columns::of(canvas, grouping.groups());
    heading(canvas, grouping.by(), &columns);
    let (width, height) = (canvas.width(), canvas.height().saturating_sub(1));
    let mut lines = canvas.part(0, 1, width, height);
    draw_lines(&mut lines, app, grouping, &columns);
}

fn heading(canvas: &mut Canvas, by: GroupBy, columns: &Columns) {
    canvas.put(2, 0, &by.word().to_uppercase(), Role::Muted);
    canvas.put_right(columns.rows, 0, "ROWS", Role::Muted);
    for (end, word) in [(columns.money_in, "IN"), (columns.money_out, "OUT")] {
        if let Some(end) = end {
            canvas.put_right(end, 0, word, Role::Muted);
        }
    }
    canvas.put_right(columns.net, 0, "NET", Role::Muted);
}

fn draw_lines(canvas: &mut Canvas, app: &App, grouping: &Grouping, columns: &Columns) {
    let groups = grouping.groups();
    let height = usize::from(canvas.height());
    // The selected group stays in the middle, but for the ends.
    let above: usize = groups[..grouping.selected_index()].iter().map(|one| one.sums.len()).sum();
    let all: usize = groups.iter().map(|group| group.sums.len()).sum();
    let first = above.saturating_sub(height / 2).min(all.saturating_sub(height));
    let lines = groups.iter().enumerate().flat_map(|(place, group)| {
        group.sums.iter().enumerate().map(move |(line, sum)| (place, group, line, *sum))
    });
    for ((place, group, line, sum), y) in lines.skip(first).take(height).zip(0..) {
        if line == 0 {
            let start = columns.rows.saturating_sub(9);
            let name = app.group_name(group);
            canvas.put_outside(2, y, start.saturating_sub(3), &name, Role::Text);
        }
        draw_sum(canvas, y, sum, columns);
        canvas.line_target(y, place);
        if place == grouping.selected_index() {
            canvas.select(y, true);
        }
    }
}

fn draw_sum(canvas: &mut Canvas, y: u16, sum: Sum, columns: &Columns) {
    canvas.put_right(columns.rows, y, &tally(sum.rows), Role::Muted);
    let look = canvas.look;
    let (received, spent, net) = (sum.received(), sum.money_out(), sum.net());
    let columns_of = [
        (columns.money_in, received, look.money_role(received)),
        (columns.money_out, spent, Role::Text),
        (Some(columns.net), net, look.money_role(net)),
    ];
    for (end, money, role) in columns_of {
        let Some(end) = end else { continue };
        // Masked, nothing tells what is nothing.
        if money.minor == 0 && end != columns.net && !look.hidden {
            canvas.put_right(end, y, "·", Role::Muted);
            continue;
        }
        let text = (&*look.signed(money), money.currency.exponent());
        canvas.put_money(end, y, text, columns.decimals, role);
    }
    if columns.codes && sum.currency != Currency::NONE {
        canvas.put(columns.net + 1, y, sum.currency.code(), Role::Muted);
    }
}

/// `3 of 14`; with a plus while there may be more.
pub fn place(grouping: &Grouping, between: &str) -> String {
    let groups = grouping.groups().len();
    if groups == 0 {
        return String::new();
    }
    let more = if grouping.is_whole() { "" } else { "+" };
    let count = |count: usize| number(count as u64);
    format!("{}{between}{}{more}", count(grouping.selected_index() + 1), count(groups))
}

/// `By category: the most money moved first.`
pub fn facts(grouping: &Grouping) -> String {
    let order = match grouping.by() {
        GroupBy::Month => "newest first",
        _ => "the most money moved first",
    };
    let path = SafeText::new(grouping.by().word()).into_string();
    format!("by {path}, {order}   enter shows the rows of a group")
}
