//! An account that is kept by hand: every value it was given, and what changed from one to the next.

use super::canvas::Canvas;
use super::theme::Role;
use super::words::day;
use crate::app::App;
use crate::app::accounts::{AccountLine, Pane};
use crate::app::action::Action;
use crate::domain::{Hand, HandValue, Money};

pub fn draw(canvas: &mut Canvas, app: &App, hand: &Hand) {
    let wide = canvas.look.wide;
    let end = canvas.width().saturating_sub(1);
    // Where values and changes end.
    let columns = (end.saturating_sub(if wide { 20 } else { 16 }), end);
    let heading = u16::from(wide);
    if wide {
        canvas.put(1, 0, "DATE", Role::Muted);
        canvas.put_right(columns.0, 0, "VALUE", Role::Muted);
        canvas.put_right(columns.1, 0, "CHANGE", Role::Muted);
    }
    let (width, height) = (canvas.width(), canvas.height().saturating_sub(heading));
    let mut rows = canvas.part(0, heading, width, height);
    if hand.values.is_empty() {
        let key = app.setup.keymap.labels(Action::EditValue).first().cloned().unwrap_or_default();
        rows.put(3, 1, "No value yet.", Role::Text);
        rows.put(3, 3, &format!("{key} adds what it was worth on a day."), Role::Muted);
        return;
    }
    let (selected, _) = app.accounts.value().unwrap_or((0, hand.values[0]));
    let height = usize::from(rows.height());
    let first = selected.saturating_sub(height / 2).min(hand.values.len().saturating_sub(height));
    let newest_first = hand.values.iter().enumerate().rev();
    for ((place, (index, value)), y) in newest_first.enumerate().skip(first).take(height).zip(0..) {
        let before = index.checked_sub(1).map(|index| hand.values[index]);
        draw_value(&mut rows, app, y, (hand, *value, before), columns);
        if place == selected {
            rows.select(y, app.accounts.pane == Pane::Transactions);
        }
    }
}

fn draw_value(
    canvas: &mut Canvas,
    app: &App,
    y: u16,
    (hand, value, before): (&Hand, HandValue, Option<HandValue>),
    (value_end, change_end): (u16, u16),
) {
    let money = |minor| Money::new(minor, hand.currency());
    let to_come = value.day > app.today();
    let role = if to_come { Role::Muted } else { Role::Text };
    let x = canvas.put(1, y, &day(value.day, app.today()), role);
    if to_come && canvas.look.wide {
        canvas.put(x + 2, y, "to come", Role::Muted);
    }
    let worth = canvas.look.money(money(value.minor));
    canvas.put_right(value_end, y, &worth, role);
    match before {
        Some(before) => {
            let change = money(value.minor.saturating_sub(before.minor));
            let role = canvas.look.money_role(change);
            let text = canvas.look.signed(change);
            canvas.put_right(change_end, y, &text, role);
        }
        None => {
            canvas.put_right(change_end, y, "first", Role::Muted);
        }
    }
}

/// `1 of 4`, of the values.
pub fn place(app: &App, line: &AccountLine) -> Option<String> {
    let count = line.hand()?.values.len();
    app.accounts.value().map(|(place, _)| format!("{} of {count}", place + 1))
}
