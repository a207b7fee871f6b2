//! What everything adds up to: a line for each currency, above every screen of figures.

use super::canvas::Canvas;
use super::theme::Role;
use crate::app::App;
use crate::app::totals::{Total, totals};
use crate::domain::Money;

/// Lines that [`draw`] needs; at least one.
pub fn rows(app: &App) -> u16 {
    let most = if app.is_wide() { 3 } else { 2 };
    let currencies = totals(&app.accounts.lines, app.today()).len();
    u16::try_from(currencies).unwrap_or(most).clamp(1, most)
}

pub fn draw(canvas: &mut Canvas, app: &App) {
    let totals = totals(&app.accounts.lines, app.today());
    if totals.is_empty() {
        let label = if canvas.look.wide { "NET WORTH —" } else { "NET —" };
        canvas.put(1, 0, label, Role::Muted);
        let end = canvas.width().saturating_sub(1);
        let text = if app.accounts.loaded { "no balances yet" } else { "" };
        canvas.put_right(end, 0, text, Role::Muted);
        return;
    }
    let rows = usize::from(canvas.height());
    for (index, total) in totals.iter().enumerate().take(rows) {
        let y = u16::try_from(index).unwrap_or(u16::MAX);
        if index + 1 == rows && totals.len() > rows {
            draw_rest(canvas, y, &totals[index..]);
        } else {
            draw_total(canvas, app, y, total);
        }
    }
}

fn draw_total(canvas: &mut Canvas, app: &App, y: u16, total: &Total) {
    let wide = canvas.look.wide;
    let label = if wide { "NET WORTH" } else { "NET" };
    let mut x = canvas.put(1, y, label, Role::Muted) + 1;
    let known = total.unknown < total.accounts;
    let net = if known { canvas.look.money(total.net()) } else { "—".to_owned() };
    x = canvas.put(x, y, &net, Role::Strong) + 1;
    x = canvas.put(x, y, total.currency.code(), Role::Muted);
    if let Some(change) = total.change.filter(|_| known) {
        x = draw_change(canvas, app, (x, y), change);
    }
    if let Some(banks) = total.banks.filter(|_| wide) {
        x = canvas.put(x + 4, y, &format!("Bank {}", canvas.look.money(banks)), Role::Text);
    }
    if total.unknown > 0 {
        let text = format!("without {} unknown", total.unknown);
        x = canvas.put(x + 2, y, &text, Role::Warn);
    }
    draw_month(canvas, app, (x, y), total);
}

/// `▲ 1,204.55 since Nov 1`; the sign tells the direction, and hides it with the amounts.
fn draw_change(canvas: &mut Canvas, app: &App, (x, y): (u16, u16), change: Money) -> u16 {
    let (sign, role) = match change.minor {
        _ if canvas.look.hidden => ("▲", Role::Muted),
        0 => ("▲", Role::Muted),
        ..0 => ("▼", Role::Text),
        _ => ("▲", Role::In),
    };
    let amount = canvas.look.money(Money { minor: change.minor.saturating_abs(), ..change });
    if canvas.look.wide {
        let x = canvas.put(x + 2, y, &format!("{sign} {amount}"), role);
        canvas.put(x + 1, y, &app.today().format("since %b 1").to_string(), Role::Muted)
    } else {
        canvas.put(x + 1, y, &format!("{sign}{amount}"), role)
    }
}

/// This month's in, out and net, on the right; only as much as fits beside the rest.
fn draw_month(canvas: &mut Canvas, app: &App, (from, y): (u16, u16), total: &Total) {
    let Some(month) = app.accounts.overview.month.get(&total.currency) else { return };
    let money = |minor: i64| Money::new(minor, total.currency);
    let look = canvas.look;
    let net = format!("net {:>9}", look.signed(money(month.net())));
    let out = look.money(money(month.money_out.saturating_neg()));
    let name = app.today().format("%b").to_string();
    let gap = if look.wide { "  " } else { " " };
    let flows = format!("{name}{gap}in {:>8}  out {out:>8}", look.money(money(month.money_in)));
    let end = canvas.width().saturating_sub(1);
    let columns = |text: &str| u16::try_from(super::text::width(text)).unwrap_or(u16::MAX);
    let gap = if look.wide { 4 } else { 2 };
    let mut end = end;
    if end < from + gap + columns(&net) {
        return;
    }
    end = canvas.put_right(end, y, &net, look.money_role(money(month.net())));
    if end >= from + 2 * gap + columns(&flows) {
        canvas.put_right(end - gap, y, &flows, Role::Text);
    } else if end >= from + gap + 1 + columns(&name) {
        canvas.put_right(end - 1, y, &name, Role::Muted);
    }
}

/// The currencies that have no line of their own.
fn draw_rest(canvas: &mut Canvas, y: u16, totals: &[Total]) {
    let mut x = canvas.put(1, y, "and", Role::Muted);
    for total in totals {
        x = canvas.put(x + 2, y, &canvas.look.money(total.net()), Role::Strong);
        x = canvas.put(x + 1, y, total.currency.code(), Role::Muted);
    }
}
