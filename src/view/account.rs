//! The selected account: what it holds, its ninety days, its transactions.

use chrono::Datelike;

use super::accounts::severity;
use super::canvas::Canvas;
use super::groups;
use super::rows::{self, Shape};
use super::sparkline;
use super::text::wrap;
use super::theme::Role;
use super::valued;
use super::words::{day, instant, number};
use crate::app::accounts::{AccountLine, Pane};
use crate::app::list::TransactionList;
use crate::app::problems::Severity;
use crate::app::{App, Screen};
use crate::domain::{Money, SafeText, Scope, label};

pub fn draw(canvas: &mut Canvas, app: &App) {
    let Some(line) = app.accounts.selected() else {
        draw_empty(canvas, app);
        return;
    };
    let gone = app.list().is_some_and(|list| list.scope() == Scope::Gone);
    let shape = Shape {
        category: canvas.look.wide,
        tags: true,
        balance: true,
        sums: canvas.look.wide && !gone,
        focused: app.accounts.pane == Pane::Transactions,
        ..Shape::default()
    }
    .chosen(app, app.list());
    let top = if canvas.look.wide {
        draw_wide(canvas, app, line)
    } else {
        draw_compact(canvas, app, line)
    };
    if let Some(hand) = line.hand() {
        let (width, height) = (canvas.width(), canvas.height().saturating_sub(top));
        valued::draw(&mut canvas.part(0, top, width, height), app, hand);
        return;
    }
    let Some(list) = app.list() else { return };
    let (width, height) = (canvas.width(), canvas.height());
    if canvas.look.wide {
        rows::heading(&mut canvas.part(0, top, width, 1), list, shape);
        let mut part = canvas.part(0, top + 1, width, height.saturating_sub(top + 1));
        rows::draw(&mut part, app, list, shape);
    } else {
        let mut part = canvas.part(0, top, width, height.saturating_sub(top + 1));
        rows::draw(&mut part, app, list, shape);
        draw_place(canvas, app, list, height.saturating_sub(1));
    }
}

/// Name, figures, and the chart as high as the pane allows; returns the rows used.
fn draw_wide(canvas: &mut Canvas, app: &App, line: &AccountLine) -> u16 {
    let (width, height) = (canvas.width(), canvas.height());
    let end = width.saturating_sub(1);
    let account = &line.overview.account;
    let latest = line.overview.latest.as_ref();
    let available = latest.and_then(|snapshot| snapshot.balance.available);
    let right = match (line.hand(), available) {
        (Some(hand), _) => hand.account.kind.title().to_owned(),
        (None, Some(money)) => format!("available {}", canvas.look.money(money)),
        (None, None) => "available unknown".to_owned(),
    };
    let start = canvas.put_right(end, 0, &right, Role::Text);
    let name = label(&account.name, account.last_four.as_deref());
    let x = canvas.put_outside(1, 0, start.saturating_sub(2), &name, Role::Strong);
    let room = start.saturating_sub(x + 4);
    canvas.put_outside(x + 3, 0, room, &account.institution.name, Role::Muted);

    let ledger = line.ledger().map_or("unknown".to_owned(), |ledger| canvas.look.money(ledger));
    let what = match line.hand() {
        Some(hand) if hand.account.kind.is_owed() => "owed",
        Some(_) => "worth",
        None => "ledger",
    };
    let mut x = canvas.put(1, 1, &format!("{what} {ledger}"), Role::Text);
    if line.overview.pending != 0 {
        let pending = Money::new(line.overview.pending, account.currency);
        let text = format!("pending {}", canvas.look.money(pending));
        x = canvas.put(x + 3, 1, &text, Role::Muted);
    }
    let mut x = canvas.put(x + 3, 1, account.currency.code(), Role::Muted);
    if line.overview.currency_assumed {
        x = canvas.put(x, 1, ", assumed until the next sync", Role::Muted);
    }
    let since = line.hand().and_then(|hand| hand.value_on(app.today()));
    let since = since.map(|value| format!("since {}", day(value.day, app.today())));
    let measured =
        latest.map(|snapshot| format!("measured {}", instant(app, snapshot.observed_at)));
    if let Some(text) = since.or(measured) {
        let room = end.saturating_sub(x + 2);
        canvas.part(x + 2, 1, room, 1).put_right(room, 0, &text, Role::Muted);
    }
    let rows = if height >= 24 { 6 } else { 4 };
    let mut part = canvas.part(0, 2, width, rows);
    sparkline::chart(&mut part, &line.history, |minor| Money::new(minor, account.currency));
    canvas.rule(0, 2 + rows, width, '┄');
    3 + rows
}

/// Name and figures in two lines; returns the rows used.
fn draw_compact(canvas: &mut Canvas, app: &App, line: &AccountLine) -> u16 {
    let end = canvas.width().saturating_sub(1);
    let account = &line.overview.account;
    let available = line.overview.latest.as_ref().and_then(|latest| latest.balance.available);
    let right = available.map(|money| format!("avail {}", canvas.look.money(money)));
    let since = line.hand().and_then(|hand| hand.value_on(app.today()));
    let since = since.map(|value| format!("since {}", day(value.day, app.today())));
    let right = since.or(right);
    let start = canvas.put_right(end, 0, &right.unwrap_or_default(), Role::Text);
    let room = start.saturating_sub(2);
    rows::name(canvas, (1, 0), room, (&account.name, account.last_four.as_deref()));
    let ledger = line.ledger().map_or("unknown".to_owned(), |ledger| canvas.look.money(ledger));
    let mut start = canvas.put_right(end, 1, &ledger, Role::Text);
    if line.overview.currency_assumed {
        let text = format!("{} assumed", account.currency.code());
        start = canvas.put_right(start.saturating_sub(3), 1, &text, Role::Muted);
    }
    sparkline::draw(canvas, (1, 1), start.saturating_sub(3).min(60), &line.history);
    2
}

/// The last row of the pane where no line below has room for it: month, counts, place.
fn draw_place(canvas: &mut Canvas, app: &App, list: &TransactionList, y: u16) {
    let Some(row) = list.selected() else { return };
    let date = row.transaction.date;
    if !list.sort().is_by_date() {
        canvas.put(1, y, list.sort().words(), Role::Muted);
        let end = canvas.width().saturating_sub(1);
        canvas.put_right(end, y, &place(app, "/"), Role::Text);
        return;
    }
    let mut x = canvas.put(
        1,
        y,
        &format!(
            "{} ◂ ▸",
            date.format(if date.year() == app.today().year() { "%b" } else { "%b %Y" })
        ),
        Role::Muted,
    );
    if list.scope() == Scope::Gone {
        canvas.put(x + 2, y, "withdrawn", Role::Muted);
    } else if list.holds_month(date) {
        let month = rows::month(list, date);
        x = canvas.put(x + 2, y, &format!("{} posted", month.posted), Role::Muted);
        if month.pending > 0 {
            canvas.put(x + 2, y, &format!("{} pending", month.pending), Role::Muted);
        }
    }
    let end = canvas.width().saturating_sub(1);
    canvas.put_right(end, y, &place(app, "/"), Role::Text);
}

/// `3 of 214`, as far as it is known.
pub fn place(app: &App, between: &str) -> String {
    if app.screen == Screen::Accounts
        && let Some(place) = app.accounts.selected().and_then(|line| valued::place(app, line))
    {
        return place;
    }
    if app.shows_groups()
        && let Some(grouping) = app.levels.groups()
    {
        return groups::place(grouping, between);
    }
    let Some(list) = app.list().filter(|list| !list.rows().is_empty()) else {
        return String::new();
    };
    let shown = |number: Option<u64>| number.map_or("…".to_owned(), self::number);
    format!("{}{between}{}", shown(list.place()), shown(list.count()))
}

fn draw_empty(canvas: &mut Canvas, app: &App) {
    let (sign, role) = severity(Severity::NeedsYou);
    if let Some((what, why)) = app.failed_reads.first() {
        canvas.put(2, 4, sign, role);
        let text = SafeText::new(&format!("{what}: {why}"));
        let lines = wrap(&text, usize::from(canvas.width().saturating_sub(6)));
        for (line, y) in lines.iter().take(4).zip(4..) {
            canvas.put(4, y, line, Role::Text);
        }
        canvas.put(4, 9, "Nothing was lost. ctrl-l tries again.", Role::Muted);
        return;
    }
    if !app.accounts.loaded {
        return;
    }
    canvas.put(3, 5, "Nothing to show, and that is fine.", Role::Text);
    let lines: [&str; 3] = if !app.accounts.hidden.is_empty() {
        ["Every account is hidden, as you wanted.", "A search still finds their rows.", ""]
    } else if app.sync.running {
        ["Asking the bank for your accounts …", "Press 5 to watch, ctrl-x to stop.", ""]
    } else if app.setup.offline {
        ["Offline, as asked: nothing is fetched.", "Start without --offline to sync.", ""]
    } else if app.setup.can_sync {
        [
            "Press r to fetch your accounts from the bank.",
            "Until then nothing leaves this computer.",
            "",
        ]
    } else {
        [
            "Press B to connect a bank with Teller,",
            "or run  passbook --demo  to look around",
            "with made-up data.",
        ]
    };
    for (line, y) in lines.into_iter().zip(7..) {
        canvas.put(3, y, line, Role::Muted);
    }
}
