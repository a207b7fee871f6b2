//! One transaction: what the bank says, what the user says, and what the bank changed when.

use super::canvas::Canvas;
use super::raw;
use super::rows::{self, Shape};
use super::sparkline;
use super::text::{width, wrap};
use super::theme::Role;
use super::words::{account_name, day, instant, plain, title};
use crate::app::App;
use crate::app::action::Action;
use crate::app::by_hand::posted_of_match;
use crate::app::detail::Detail;
use crate::domain::{
    Change, Day, DayKind, History, Life, Money, SafeText, Status, StoredTransaction,
    TransactionDetail,
};

/// The list on the left keeps so many columns.
pub const LIST_COLUMNS: u16 = 52;

/// The list that the transaction was opened from, beside it.
pub fn draw_list(canvas: &mut Canvas, app: &App) {
    let Some(list) = app.list() else { return };
    let shape = Shape { balance: list.account().is_some(), focused: true, ..Shape::default() };
    let shape = shape.chosen(app, Some(list));
    rows::heading(canvas, list, shape);
    let (width, height) = (canvas.width(), canvas.height());
    let mut part = canvas.part(0, 1, width, height.saturating_sub(1));
    rows::draw(&mut part, app, list, shape);
}

pub fn draw(canvas: &mut Canvas, app: &App, detail: &Detail) {
    let row = &detail.row;
    let mut y = head(canvas, app, row);
    y = rule(canvas, y);
    y = facts(canvas, app, detail, y);
    y = rule(canvas, y);
    let Some(loaded) = &detail.loaded else {
        let text = if detail.missing { "This row is no longer in the database." } else { "…" };
        canvas.put(2, y, text, Role::Muted);
        return;
    };
    y = told(canvas, app, loaded, y);
    if !loaded.alike.is_empty() && y + 1 < canvas.height() {
        y = rule(canvas, y);
        if canvas.look.wide {
            alike(canvas, app, loaded, y);
        } else {
            alike_short(canvas, app, loaded, y);
        }
    }
}

fn rule(canvas: &mut Canvas, y: u16) -> u16 {
    canvas.rule(0, y, canvas.width(), '┄');
    y + 1
}

fn head(canvas: &mut Canvas, app: &App, row: &StoredTransaction) -> u16 {
    let end = canvas.width().saturating_sub(1);
    let transaction = &row.transaction;
    let amount = transaction.amount;
    let text = format!("{} {}", canvas.look.signed(amount), amount.currency);
    let start = canvas.put_right(end, 0, &text, canvas.look.money_role(amount));
    canvas.put_outside(1, 0, start.saturating_sub(2), title(row), Role::Strong);
    let (state, role) = match (&row.life, &transaction.status) {
        (Life::Gone, _) => ("withdrawn by the bank".to_owned(), Role::Warn),
        (Life::Replaced, _) => ("replaced".to_owned(), Role::Muted),
        (_, Status::Posted) => ("posted ✓".to_owned(), Role::Ok),
        (_, Status::Pending) => {
            let days = transaction.long_pending(app.today());
            let days = days.map(|days| format!(" {days} days")).unwrap_or_default();
            (format!("~ pending{days}"), Role::Warn)
        }
        (_, Status::Other(word)) => (plain(word), Role::Muted),
    };
    let start = canvas.put_right(end, 1, &SafeText::new(&state), role);
    let category = row.shown.category.iter().map(|category| plain(category));
    let mut date = transaction.date.format("%A, %b %d %Y").to_string();
    if transaction.is_misdated(app.today()) {
        date.push_str(" (a mistake?)");
    }
    let left_out = row.shown.left_out.then(|| "left out of insights".to_owned());
    let facts: Vec<String> =
        category.chain([plain(&transaction.kind), date]).chain(left_out).collect();
    canvas.put_outside(1, 1, start.saturating_sub(2), &facts.join(" · "), Role::Muted);
    2
}

/// Labelled lines: the bank's own, then the user's where there are any.
fn facts(canvas: &mut Canvas, app: &App, detail: &Detail, y: u16) -> u16 {
    let transaction = &detail.row.transaction;
    let mut lines: Vec<(&str, String)> = vec![("Bank text", transaction.description.clone())];
    if let Some(name) = transaction.counterparty.as_ref().filter(|_| canvas.look.wide) {
        let kind = transaction.counterparty_type.as_ref();
        let kind = kind.map(|kind| format!(" ({})", plain(kind))).unwrap_or_default();
        lines.push(("Counterparty", format!("{name}{kind}")));
    }
    let balance = transaction.running_balance.map(|balance| canvas.look.money(balance));
    let computed = detail.row.computed_balance;
    let balance =
        balance.or_else(|| computed.map(|balance| format!("≈ {}", canvas.look.money(balance))));
    if canvas.look.wide {
        let balance = balance.map(|text| format!(", balance after {text}")).unwrap_or_default();
        let name = account_name(app, &transaction.account_id);
        lines.push(("Account", format!("{name}{balance}")));
    } else {
        lines.extend(balance.map(|text| ("Balance", format!("{text} after it"))));
    }
    lines.push(("Category", category(detail)));
    if let Some(annotation) = detail.loaded.as_ref().map(|loaded| &loaded.annotation) {
        lines.extend(annotation.note.iter().map(|note| ("Note", note.clone())));
    }
    if !detail.row.shown.tags.is_empty() {
        lines.push(("Tags", detail.row.shown.tags.join(", ")));
    }
    lines.push(("Teller id", transaction.id.to_string()));
    if let Some(id) = &detail.row.replaced_by {
        lines.push(("Replaced by", id.to_string()));
    }
    let value = if canvas.look.wide { 17 } else { 15 };
    let mut y = y;
    for (label, text) in lines {
        canvas.put(2, y, label, Role::Muted);
        let end = canvas.width().saturating_sub(1);
        let hint = edit_hint(app, label);
        let end = hint.map_or(end + 2, |hint| canvas.put_right(end, y, &hint, Role::Accent));
        let room = end.saturating_sub(value + 2);
        let text = SafeText::new(&text);
        for part in wrap(&text, usize::from(room)).iter().take(2) {
            canvas.put(value, y, part, Role::Text);
            y += 1;
        }
        if text.is_empty() {
            y += 1;
        }
    }
    y
}

/// `c change`, behind what the user may say otherwise.
fn edit_hint(app: &App, label: &str) -> Option<String> {
    let (action, word) = match label {
        "Category" => (Action::SetCategory, "change"),
        "Note" => (Action::SetNote, "edit"),
        "Tags" => (Action::SetTag, "edit"),
        _ => return None,
    };
    let key = app.setup.keymap.labels(action).into_iter().next()?;
    Some(format!("{key} {word}"))
}

fn category(detail: &Detail) -> String {
    let row = &detail.row;
    let own = detail.loaded.as_ref().is_some_and(|it| it.annotation.category.is_some());
    let shown = row.shown.category.as_deref().map(plain);
    let bank = row.transaction.category.as_deref().map(plain);
    match (shown, bank) {
        (Some(shown), bank) if bank.as_ref() == Some(&shown) => shown,
        (Some(shown), bank) => {
            let by = if own { "" } else { "by your rules; " };
            format!("{shown}   ({by}bank said: {})", bank.unwrap_or_else(|| "nothing".to_owned()))
        }
        (None, _) => "none yet".to_owned(),
    }
}

fn told(canvas: &mut Canvas, app: &App, loaded: &TransactionDetail, y: u16) -> u16 {
    canvas.put(1, y, "WHAT THE BANK TOLD US", Role::Muted);
    let end = canvas.width().saturating_sub(1);
    let by_hand = by_hand(app, loaded);
    let below = by_hand.is_some() && canvas.look.wide;
    match &by_hand {
        Some(text) if !below => canvas.put_right(end, y, text, Role::Accent),
        _ => canvas.put_right(end, y, "kept by passbook", Role::Muted),
    };
    let mut y = y + 1;
    let room = usize::from(canvas.height().saturating_sub(y + u16::from(below))).max(1);
    let hidden = loaded.changes.len().saturating_sub(room);
    // The first sight stays; of many changes the latest are shown.
    let shown = loaded.changes.iter().take(1).chain(loaded.changes.iter().skip(1 + hidden));
    for change in shown {
        let x = canvas.put(2, y, &instant(app, change.changed_at), Role::Muted).max(15);
        let (what, facts) = sentence(canvas, change, loaded);
        let x = canvas.put_outside(x + 1, y, 22, &what, Role::Text).max(x + 1 + 22);
        let left = canvas.width().saturating_sub(x + 1);
        canvas.put_outside(x, y, left, &facts, Role::Text);
        y += 1;
    }
    if let Some(text) = by_hand.filter(|_| below) {
        canvas.put_right(end, y, &text, Role::Accent);
        y += 1;
    }
    y
}

/// `u undo this match`, or what else a person may say about a match.
fn by_hand(app: &App, loaded: &TransactionDetail) -> Option<String> {
    let row = &loaded.stored;
    let action = match posted_of_match(row, loaded.predecessor.as_ref()) {
        Some(_) => (Action::Undo, "undo this match"),
        None if row.life == Life::Gone => (Action::MatchByHand, Action::MatchByHand.entry().help),
        None => return None,
    };
    let (action, help) = action;
    let key = app.setup.keymap.labels(action).into_iter().next()?;
    Some(format!("{key} {help}"))
}

/// What changed, and from what to what.
fn sentence(canvas: &Canvas, change: &Change, loaded: &TransactionDetail) -> (String, String) {
    let money = |text: &Option<String>| {
        text.as_deref().map(|text| amount(canvas, text, loaded)).unwrap_or_default()
    };
    let word = |text: &Option<String>| text.as_deref().map(plain).unwrap_or_default();
    let (old, new) = (&change.old, &change.new);
    match change.field.as_str() {
        "first_seen" => {
            // `pending -12.82`: how it stood when it came.
            let (status, money) =
                new.as_deref().unwrap_or_default().split_once(' ').unwrap_or_default();
            (format!("first seen, {}", plain(status)), amount(canvas, money, loaded))
        }
        "amount" | "running_balance" => (
            format!("{} changed", plain(&change.field)),
            format!("{} → {}", money(old), money(new)),
        ),
        "status" => (word(new), format!("was {}", word(old))),
        "description" => {
            ("text changed".to_owned(), format!("was \"{}\"", old.clone().unwrap_or_default()))
        }
        "id" => ("new id".to_owned(), format!("was {}", old.clone().unwrap_or_default())),
        "parted" => ("match undone".to_owned(), format!("was {}", old.clone().unwrap_or_default())),
        "gone" => ("withdrawn".to_owned(), "the bank no longer lists it".to_owned()),
        "back" => ("listed again".to_owned(), String::new()),
        field => {
            let (old, new) = (word(old), word(new));
            let from = if old.is_empty() { "none".to_owned() } else { old };
            (format!("{} changed", plain(field)), format!("{from} → {new}"))
        }
    }
}

/// An amount of the change log, as people read it.
fn amount(canvas: &Canvas, text: &str, loaded: &TransactionDetail) -> String {
    let currency = loaded.stored.transaction.amount.currency;
    match Money::parse(text, currency) {
        Ok(money) => canvas.look.signed(money),
        Err(_) if canvas.look.hidden => canvas.look.money(Money::new(0, currency)),
        Err(_) => text.to_owned(),
    }
}

/// The same counterparty over all accounts: twelve months, and the latest rows.
fn alike(canvas: &mut Canvas, app: &App, loaded: &TransactionDetail, y: u16) {
    let end = canvas.width().saturating_sub(1);
    let name = SafeText::new(title(&loaded.stored)).to_uppercase();
    let start = canvas.put_right(end, y, "all accounts", Role::Muted);
    let heading = format!("{name}, LAST 12 MONTHS");
    canvas.put_outside(1, y, start.saturating_sub(3), &heading, Role::Muted);
    bars(canvas, (2, y + 1), 2, &loaded.alike_months);
    let column = 28;
    let facts = alike_facts(canvas, loaded);
    canvas.put(column, y + 1, &facts, Role::Text);
    for (row, y) in loaded.alike.iter().zip(y + 2..canvas.height()) {
        let transaction = &row.transaction;
        canvas.put(column, y, &day(transaction.date, app.today()), Role::Muted);
        let text = canvas.look.signed(transaction.amount);
        let here = row.key() == loaded.stored.key();
        canvas.put_right(column + 25, y, &text, canvas.look.money_role(transaction.amount));
        if here {
            canvas.put(column + 27, y, "◂ this one", Role::Muted);
        }
    }
}

/// The same in two lines.
fn alike_short(canvas: &mut Canvas, app: &App, loaded: &TransactionDetail, y: u16) {
    let end = canvas.width().saturating_sub(1);
    let facts = alike_facts(canvas, loaded);
    let start = canvas.put_right(end, y, &facts, Role::Text);
    let name = SafeText::new(title(&loaded.stored)).to_uppercase();
    let x = canvas.put_outside(1, y, start.saturating_sub(28), &name, Role::Muted);
    let x = canvas.put(x, y, ", 12 MONTHS", Role::Muted);
    bars(&mut canvas.part(x, y, start.saturating_sub(x), 1), (2, 0), 1, &loaded.alike_months);
    let mut x = 2;
    for row in &loaded.alike {
        let transaction = &row.transaction;
        let date = day(transaction.date, app.today());
        let text = format!("{date} {}", canvas.look.signed(transaction.amount));
        if x + u16::try_from(width(&text)).unwrap_or(end) > end {
            break;
        }
        x = canvas.put(x, y + 1, &text, Role::Text) + 3;
    }
}

/// `41 times  avg 78.90  sum 3,234.90`, without a sign: the row above tells the direction.
fn alike_facts(canvas: &Canvas, loaded: &TransactionDetail) -> String {
    let months = &loaded.alike_months;
    let times: i64 = months.iter().map(|(_, count, _)| count).sum();
    let sum = months.iter().fold(0_i64, |sum, (_, _, minor)| sum.saturating_add(*minor));
    let sum = sum.saturating_abs();
    let currency = loaded.stored.transaction.amount.currency;
    let average = Money::new(sum.checked_div(times).unwrap_or(0), currency);
    let (average, sum) = (canvas.look.money(average), canvas.look.money(Money::new(sum, currency)));
    format!("{times} times  avg {average}  sum {sum}")
}

/// What moved in each month; with room between the columns, the months' letters below.
fn bars(
    canvas: &mut Canvas,
    (x, y): (u16, u16),
    step: u16,
    months: &[(chrono::NaiveDate, i64, i64)],
) {
    let day = |(date, count, minor): &(chrono::NaiveDate, i64, i64)| Day {
        date: *date,
        value: (*count > 0).then_some(minor.saturating_abs()),
        kind: if *count > 0 { DayKind::Measured } else { DayKind::Unknown },
    };
    let places = (x..).step_by(usize::from(step));
    for (month, x) in months.iter().rev().take(12).rev().zip(places).filter(|_| step > 1) {
        let letter = month.0.format("%b").to_string();
        canvas.put(x, y + 1, letter.get(..1).unwrap_or_default(), Role::Muted);
    }
    let history = History { days: months.iter().rev().take(12).rev().map(day).collect() };
    sparkline::spaced(canvas, (x, y), step, &history);
}

/// The raw record, line by line.
pub fn draw_raw(canvas: &mut Canvas, detail: &Detail) {
    let lines = detail.raw_lines();
    if lines.is_empty() {
        let text = if detail.loaded.is_some() { "No raw record was kept." } else { "…" };
        canvas.put(2, 1, text, Role::Muted);
        return;
    }
    raw::draw(canvas, lines, detail.raw.unwrap_or(0));
}
