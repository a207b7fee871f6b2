//! What recurs, what is due next, and where known items alone would bring each account.

use super::canvas::Canvas;
use super::insights::account_name;
use super::theme::Role;
use crate::app::App;
use crate::app::insights::AHEAD;
use crate::domain::insight::{Due, Series, SeriesState, Sum};
use crate::domain::{Currency, Money, SafeText};

/// `3 of 28`.
pub fn place(app: &App) -> String {
    let count = app.insights.all_series().len();
    match app.screen {
        crate::app::Screen::Recurring if count > 0 => {
            format!("{} of {count}", app.insights.series + 1)
        }
        _ => String::new(),
    }
}

pub fn draw(canvas: &mut Canvas, app: &App) {
    let (width, height) = (canvas.width(), canvas.height());
    title(canvas, app);
    canvas.rule(0, 1, width, '─');
    if app.insights.all_series().is_empty() {
        let text = if app.insights.looked_through(&app.accounts) {
            "Nothing recurs yet: it takes three rows or more of one merchant."
        } else {
            "…"
        };
        canvas.put(2, 3, text, Role::Muted);
        return;
    }
    if canvas.look.wide {
        let left = 72;
        super::divide(canvas, left, (2, height - 2));
        list(&mut canvas.part(0, 2, left, height - 2), app);
        side(&mut canvas.part(left + 1, 2, width - left - 1, height - 2), app);
    } else {
        let below = height.saturating_sub(7);
        list(&mut canvas.part(0, 2, width, below.saturating_sub(2)), app);
        canvas.rule(0, below, width, '─');
        let half = width / 2;
        super::divide(canvas, half, (below + 1, height - below - 1));
        upcoming(&mut canvas.part(0, below + 1, half, height - below - 1), app);
        ahead(&mut canvas.part(half + 1, below + 1, width - half - 1, height - below - 1), app);
    }
}

/// What a month of it all costs and brings, in the currency of most accounts.
fn title(canvas: &mut Canvas, app: &App) {
    let x = canvas.put(1, 0, "RECURRING", Role::Muted);
    if canvas.look.wide {
        canvas.put(x + 2, 0, "found by rule", Role::Muted);
    }
    let running =
        || app.insights.all_series().iter().filter(|one| one.is_running() && one.twin.is_none());
    let Some(currency) = most_used(running().map(|one| one.sum.usual().currency)) else { return };
    let of = |out: bool| {
        let sums = running().filter(|one| one.is_out() == out).map(Series::monthly);
        let sum = sums
            .filter(|sum| sum.currency == currency)
            .fold(0, |sum: i64, one| sum.saturating_add(one.minor));
        canvas.look.money(Money::new(sum, currency))
    };
    let text = format!("a month ≈  in {}   out {}   {currency}", of(false), of(true));
    canvas.put_right(canvas.width().saturating_sub(1), 0, &text, Role::Text);
}

fn most_used(currencies: impl Iterator<Item = Currency>) -> Option<Currency> {
    let mut counts = std::collections::BTreeMap::new();
    for currency in currencies {
        *counts.entry(currency).or_insert(0_usize) += 1;
    }
    counts.into_iter().max_by_key(|(_, count)| *count).map(|(currency, _)| currency)
}

fn list(canvas: &mut Canvas, app: &App) {
    let end = canvas.width().saturating_sub(1);
    for (x, name) in [(2, "NEXT"), (10, "WHO"), (34, "HOW OFTEN")] {
        canvas.put(x, 0, name, Role::Muted);
    }
    canvas.put_right(end - 14, 0, "USUAL", Role::Muted);
    canvas.put_right(end - 7, 0, "CHANGE", Role::Muted);
    canvas.put_right(end, 0, "SURE", Role::Muted);
    let rows = usize::from(canvas.height().saturating_sub(1));
    let series = app.insights.all_series();
    let first = (app.insights.series + 1).saturating_sub(rows);
    for (index, one) in series.iter().enumerate().skip(first).take(rows) {
        let y = u16::try_from(index - first + 1).unwrap_or(u16::MAX);
        line(canvas, app, y, one);
        canvas.line_target(y, index);
        if index == app.insights.series {
            canvas.select(y, true);
        }
    }
}

fn line(canvas: &mut Canvas, app: &App, y: u16, series: &Series) {
    let look = canvas.look;
    let end = canvas.width().saturating_sub(1);
    let muted = if series.is_running() { Role::Text } else { Role::Muted };
    let next = match series.state {
        SeriesState::Running => series.next.format("%b %d").to_string(),
        SeriesState::Late => "late".to_owned(),
        SeriesState::Ended => "ended".to_owned(),
    };
    let role = if series.state == SeriesState::Late { Role::Warn } else { muted };
    canvas.put(2, y, &next, role);
    canvas.put_outside(10, y, 23, &who(app, series), muted);
    canvas.put_cut(34, y, 16, series.cadence.word(), Role::Muted);
    let usual = series.sum.usual();
    let sign = if series.sum.is_fixed() { "" } else { "≈ " };
    let role = if series.is_running() { look.money_role(usual) } else { Role::Muted };
    canvas.put_right(end - 14, y, &format!("{sign}{}", look.signed(usual)), role);
    if let Some((before, now)) = series.last_change() {
        let up = now.amount.minor.unsigned_abs() > before.amount.minor.unsigned_abs();
        let sign = if up { "▲" } else { "▼" };
        let sign = if look.hidden { "•" } else { sign };
        canvas.put_right(end - 7, y, &format!("{sign}{}", now.since.format("%b%y")), Role::Muted);
    }
    canvas.put_right(end, y, &format!("{}%", series.confidence.percent()), Role::Muted);
}

fn who(app: &App, series: &Series) -> String {
    let Some(twin) = &series.twin else { return series.merchant.clone() };
    let name = app.accounts.find(twin).map(|line| line.overview.account.name.clone());
    format!("⇄ {}", name.unwrap_or_else(|| series.merchant.clone()))
}

fn side(canvas: &mut Canvas, app: &App) {
    let Some(series) = app.insights.all_series().get(app.insights.series) else { return };
    let width = canvas.width();
    let used = selected(canvas, app, series);
    canvas.rule(0, used, width, '┄');
    let rest = canvas.height().saturating_sub(used + 1);
    let ahead_rows = 6.min(rest / 2);
    upcoming(&mut canvas.part(0, used + 1, width, rest - ahead_rows - 1), app);
    canvas.rule(0, used + rest - ahead_rows, width, '┄');
    ahead(&mut canvas.part(0, used + 1 + rest - ahead_rows, width, ahead_rows), app);
}

/// Its account and its prices; returns the rows used.
fn selected(canvas: &mut Canvas, app: &App, series: &Series) -> u16 {
    let end = canvas.width().saturating_sub(1);
    let look = canvas.look;
    let start = canvas.put_right(end, 0, series.confidence.word(), Role::Muted);
    canvas.put_outside(1, 0, start.saturating_sub(2), &who(app, series), Role::Strong);
    let account = app.accounts.find(&series.account);
    let name = account.map_or("", |line| line.overview.account.name.as_str());
    let rows = series.rows.len();
    let seen = format!("{rows} rows, last {}", series.last.format("%b %-d"));
    let start = canvas.put_right(end, 1, &seen, Role::Muted);
    canvas.put_outside(1, 1, start.saturating_sub(2), &SafeText::new(name), Role::Muted);
    let mut y = 2;
    match series.sum {
        Sum::Varies { usual, from, to } => {
            canvas.put(2, y, "usually ≈", Role::Muted);
            canvas.put_right(end, y, &look.signed(usual), Role::Text);
            canvas.put(2, y + 1, "lately between", Role::Muted);
            let between = format!("{} and {}", look.signed(from), look.signed(to));
            canvas.put_right(end, y + 1, &between, Role::Text);
            y += 2;
        }
        Sum::Fixed(_) => {
            for price in series.prices.iter().rev().take(4) {
                let since = price.since.format("since %b %-d %Y").to_string();
                canvas.put(2, y, &since, Role::Muted);
                canvas.put_right(end, y, &look.signed(price.amount), Role::Text);
                y += 1;
            }
        }
    }
    y
}

fn upcoming(canvas: &mut Canvas, app: &App) {
    let end = canvas.width().saturating_sub(1);
    canvas.put(1, 0, "UPCOMING", Role::Muted);
    canvas.put_right(end, 0, &format!("next {AHEAD} days, expected"), Role::Muted);
    let due = app.insights.due(app.today(), AHEAD);
    let room = usize::from(canvas.height().saturating_sub(1));
    for (index, due_) in due.iter().enumerate().take(room) {
        let y = u16::try_from(index + 1).unwrap_or(u16::MAX);
        if index + 1 == room && due.len() > room {
            canvas.put(2, y, &format!("and {} more", due.len() - index), Role::Muted);
            return;
        }
        due_line(canvas, app, y, due_);
    }
}

/// Also below the accounts.
pub fn due_line(canvas: &mut Canvas, app: &App, y: u16, due: &Due) {
    let look = canvas.look;
    let end = canvas.width().saturating_sub(1);
    let sign = if due.is_fixed { "" } else { "~ " };
    let role = look.money_role(due.amount);
    let start = canvas.put_right(end, y, &format!("{sign}{}", look.signed(due.amount)), role);
    let date = if due.late { "late  ".to_owned() } else { due.date.format("%b %d").to_string() };
    let x = canvas.put(2, y, &date, if due.late { Role::Warn } else { Role::Muted });
    let twin = due.twin.as_ref().and_then(|twin| app.accounts.find(twin));
    let name = twin
        .map_or_else(|| due.merchant.clone(), |line| format!("⇄ {}", line.overview.account.name));
    canvas.put_outside(x + 2, y, start.saturating_sub(x + 3), &name, Role::Text);
}

fn ahead(canvas: &mut Canvas, app: &App) {
    let end = canvas.width().saturating_sub(1);
    canvas.put(1, 0, "AHEAD", Role::Muted);
    canvas.put_right(end, 0, "known items only, cautious", Role::Muted);
    let ahead = app.insights.ahead(&app.accounts.overview, app.today(), AHEAD);
    for (ahead, y) in ahead.iter().zip(1..canvas.height()) {
        let lowest = format!(
            "lowest ≈ {} {}",
            canvas.look.money(ahead.lowest),
            ahead.lowest_on.format("%b %d")
        );
        let start = canvas.put_right(end, y, &lowest, Role::Text);
        let name = account_name(app, ahead);
        canvas.put_outside(2, y, start.saturating_sub(3), &name, Role::Muted);
    }
}
