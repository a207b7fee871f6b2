//! The accounts by institution, each with its days and its balance; below them what needs you.

use super::canvas::Canvas;
use super::insights::account_name;
use super::recurring::due_line;
use super::sparkline;
use super::text::{cut, width, words};
use super::theme::Role;
use super::words::{age, digits, freshness_sign};
use crate::app::App;
use crate::app::accounts::{AccountLine, Pane};
use crate::app::action::Action;
use crate::app::mouse::Target;
use crate::app::problems::{Problem, Severity, problems};
use crate::app::totals::totals;
use crate::domain::{AccountStatus, Money, SafeText};

/// Columns of the pane when another stands beside it.
pub fn columns(width: u16, wide: bool) -> u16 {
    match (wide, width) {
        (false, _) => 30,
        (true, ..150) => 47,
        (true, _) => 57,
    }
}

#[derive(Clone, Copy)]
enum Line<'a> {
    Institution(&'a AccountLine),
    Account(usize, &'a AccountLine),
}

/// How balances stand: the most decimals of any, and whether each names its currency.
#[derive(Clone, Copy)]
struct Figures {
    decimals: u32,
    codes: bool,
}

impl Figures {
    fn of(app: &App) -> Self {
        let currencies = || app.accounts.lines.iter().map(|line| line.overview.account.currency);
        let first = currencies().next();
        Self {
            decimals: currencies().map(crate::domain::Currency::exponent).max().unwrap_or(2),
            codes: currencies().any(|currency| Some(currency) != first),
        }
    }
}

pub fn draw(canvas: &mut Canvas, app: &App) {
    if app.accounts.lines.is_empty() {
        draw_empty(canvas, app);
        return;
    }
    let (wide, height) = (canvas.look.wide, canvas.height());
    let figures = Figures::of(app);
    let heading = u16::from(wide);
    if wide {
        canvas.put(1, 0, "ACCOUNTS", Role::Muted);
        let end = balance_end(canvas, figures);
        canvas.put_right(end, 0, "balance", Role::Muted);
        canvas.put_right(end.saturating_sub(13), 0, "90 days", Role::Muted);
    }
    let problems = problems(app);
    let lines = lines(app);
    let count = u16::try_from(lines.len()).unwrap_or(u16::MAX);
    let sums = sum_rows(app, wide);
    let free = height.saturating_sub(heading.saturating_add(count).saturating_add(sums));
    let attention = attention_rows(&problems, wide).min(free.max(if height > 14 { 2 } else { 0 }));
    let attention = if attention < 2 { 0 } else { attention };
    let due = due_rows(app, wide, free.saturating_sub(attention));
    let room = height.saturating_sub(heading + sums + attention + due);
    let mut part = canvas.part(0, heading, canvas.width(), room);
    draw_lines(&mut part, app, &lines, figures);
    let below = heading + room.min(count);
    draw_sums(&mut canvas.part(0, below, canvas.width(), sums), app, figures);
    let (mut y, width) = (below + sums, canvas.width());
    if wide {
        draw_due(&mut canvas.part(0, y, width, due), app);
        y += due;
    } else {
        draw_due_line(&mut canvas.part(0, height - due, width, due), app);
    }
    let rest = height.saturating_sub(y + if wide { 0 } else { due });
    draw_attention(&mut canvas.part(0, y, width, rest), &problems);
}

fn lines(app: &App) -> Vec<Line<'_>> {
    let mut lines = Vec::new();
    let mut institution = None;
    for (index, line) in app.accounts.lines.iter().enumerate() {
        let id = &line.overview.account.institution.id;
        if institution != Some(id) {
            institution = Some(id);
            lines.push(Line::Institution(line));
        }
        lines.push(Line::Account(index, line));
    }
    lines
}

fn draw_lines(canvas: &mut Canvas, app: &App, lines: &[Line], figures: Figures) {
    let height = usize::from(canvas.height());
    let chosen = app.accounts.selected_index();
    let selected =
        lines.iter().position(|l| matches!(l, Line::Account(index, _) if *index == chosen));
    let first = selected.unwrap_or(0).saturating_sub(height / 2);
    let first = first.min(lines.len().saturating_sub(height));
    for (line, y) in lines.iter().skip(first).take(height).zip(0..) {
        match *line {
            Line::Institution(line) => draw_institution(canvas, app, y, line),
            Line::Account(index, line) => {
                draw_account(canvas, app, y, line, figures);
                let width = canvas.width();
                canvas.target((0, y), (width, 1), Target::Account(index));
                if index == chosen {
                    canvas.select(y, app.accounts.pane == Pane::Accounts && app.detail.is_none());
                }
            }
        }
    }
}

/// What tells how old the figures of an institution are: words, a sign, and its role.
fn age_of(canvas: &Canvas, app: &App, line: &AccountLine) -> (String, &'static str, Role) {
    if line.hand().is_none() {
        let freshness = app.accounts.freshness(&line.overview.account.institution.id);
        let (sign, role) = freshness_sign(app, freshness);
        let text = match freshness.at {
            _ if freshness.ended => "ended".to_owned(),
            Some(at) => age(app, at, !canvas.look.wide),
            None => "never".to_owned(),
        };
        return (text, sign, role);
    }
    let hands = || app.accounts.lines.iter().filter_map(AccountLine::hand);
    let text = app.accounts.oldest_value(app.today()).map(|day| day.format("%b %-d").to_string());
    let (sign, role) = if text.is_none() {
        ("○", Role::Muted)
    } else if hands().any(|hand| hand.days_old(app.today()).is_some()) {
        ("◐", Role::Muted)
    } else {
        ("●", Role::Ok)
    };
    (text.unwrap_or_default(), sign, role)
}

fn draw_institution(canvas: &mut Canvas, app: &App, y: u16, line: &AccountLine) {
    let institution = &line.overview.account.institution;
    let (text, sign, role) = age_of(canvas, app, line);
    let edge = u16::from(canvas.look.wide);
    let end = canvas.width().saturating_sub(edge);
    canvas.put_right(end, y, sign, role);
    let start = canvas.put_right(end.saturating_sub(2), y, &text, Role::Muted);
    canvas.put_outside(1, y, start.saturating_sub(2), &institution.name, Role::Strong);
}

fn balance_end(canvas: &Canvas, figures: Figures) -> u16 {
    let edge = u16::from(canvas.look.wide) + if figures.codes { 4 } else { 0 };
    canvas.width().saturating_sub(edge)
}

fn draw_account(canvas: &mut Canvas, app: &App, y: u16, line: &AccountLine, figures: Figures) {
    let end = balance_end(canvas, figures);
    let account = &line.overview.account;
    let (twin, hidden) = (line.overview.possible_duplicate, line.overview.hidden);
    let start = match line.ledger() {
        Some(ledger) => {
            let role =
                if twin || hidden || ledger.is_negative() { Role::Muted } else { Role::Text };
            let role = if canvas.look.hidden { Role::Text } else { role };
            let text = canvas.look.money(ledger);
            canvas.put_money(end, y, (&text, account.currency.exponent()), figures.decimals, role)
        }
        None => canvas.put_right(end, y, "unknown", Role::Warn),
    };
    if figures.codes {
        canvas.put(end + 1, y, account.currency.code(), Role::Muted);
    }
    let spark: u16 = if canvas.look.wide { 8 } else { 5 };
    let column = end.saturating_sub(if canvas.look.wide { 20 } else { 18 });
    let fits = column + spark < start && (canvas.look.wide || !figures.codes);
    let word = match account.status {
        _ if twin => Some(("twice?", Role::Warn)),
        _ if hidden => Some(("hidden", Role::Muted)),
        AccountStatus::Closed => Some(("closed", Role::Warn)),
        _ => None,
    };
    match word {
        Some((word, role)) if fits => {
            canvas.put_cut(column, y, spark, word, role);
        }
        None if fits => sparkline::draw(canvas, (column, y), spark, &line.history),
        _ => {}
    }
    // Wide: the digits keep their column, sparkline or not.
    let room = if fits {
        column
    } else if canvas.look.wide {
        column.min(start)
    } else {
        start
    };
    let room = room.saturating_sub(3);
    draw_name(canvas, app, y, room, line);
}

/// Wide: the name, and the digits in a column of their own. Compact: the words that fit, or the
/// digits where another account of the bank would read the same.
fn draw_name(canvas: &mut Canvas, app: &App, y: u16, room: u16, line: &AccountLine) {
    let account = &line.overview.account;
    let name = SafeText::new(&account.name);
    let role = if line.overview.hidden { Role::Muted } else { Role::Text };
    let digits = digits(account.last_four.as_deref());
    if canvas.look.wide {
        let left = room.saturating_sub(u16::try_from(width(&digits)).unwrap_or(room) + 1);
        canvas.put_cut(2, y, left, &name, role);
        canvas.put_right(2 + room, y, &digits, Role::Muted);
        return;
    }
    let (columns, room) = (room, usize::from(room));
    if width(&name) + 1 + width(&digits) <= room {
        canvas.put(2, y, &name, role);
        canvas.put_right(2 + columns, y, &digits, Role::Muted);
        return;
    }
    let short = words(&name, room);
    let same = |other: &AccountLine| {
        let theirs = SafeText::new(&other.overview.account.name);
        other.id() != line.id() && words(&theirs, room) == short
    };
    if app.accounts.lines.iter().any(same) && !digits.is_empty() {
        let left = room.saturating_sub(width(&digits));
        let text = format!("{}{digits}", cut(&name, left));
        canvas.put(2, y, &cut(&text, room), role);
    } else {
        canvas.put(2, y, &short, role);
    }
}

/// Currencies whose assets and debts are told apart; each has its line above.
fn most_sums(wide: bool) -> u16 {
    if wide { 3 } else { 1 }
}

fn sum_rows(app: &App, wide: bool) -> u16 {
    let currencies = totals(&app.accounts.lines, app.today()).len();
    let shown = u16::try_from(currencies).unwrap_or(u16::MAX).min(most_sums(wide));
    shown * if wide { 1 } else { 2 }
}

fn draw_sums(canvas: &mut Canvas, app: &App, figures: Figures) {
    let end = balance_end(canvas, figures);
    let mut y = 0;
    for total in totals(&app.accounts.lines, app.today())
        .iter()
        .take(usize::from(most_sums(canvas.look.wide)))
    {
        let exponent = total.currency.exponent();
        let put = |canvas: &mut Canvas, end: u16, y: u16, money: Money| {
            let text = canvas.look.money(money);
            canvas.put_money(end, y, (&text, exponent), figures.decimals, Role::Text)
        };
        if canvas.look.wide {
            let start = put(canvas, end, y, total.owed);
            let start = canvas.put_right(start.saturating_sub(1), y, "owed", Role::Muted);
            let x = canvas.put(2, y, "assets ", Role::Muted);
            let assets = canvas.look.money(total.assets);
            canvas.put_cut(x, y, start.saturating_sub(x + 1), &assets, Role::Text);
        } else {
            let start = put(canvas, end, y, total.assets);
            canvas.put_cut(1, y, start.saturating_sub(2), "assets", Role::Muted);
            y += 1;
            let start = put(canvas, end, y, total.owed);
            canvas.put_cut(1, y, start.saturating_sub(2), "owed", Role::Muted);
        }
        if figures.codes {
            canvas.put(end + 1, y, total.currency.code(), Role::Muted);
        }
        y += 1;
    }
}

/// Days that what is due soon reaches.
const SOON: u64 = 14;
const MOST_DUE: usize = 5;

/// Only room that nothing else wants. Wide: a rule, a heading, a line each, and where they lead.
fn due_rows(app: &App, wide: bool, free: u16) -> u16 {
    let due = app.insights.due(app.today(), SOON).len();
    match (due, wide) {
        (0, _) => 0,
        (_, false) => free.min(1),
        (due, true) => {
            let wanted = u16::try_from(due.min(MOST_DUE)).unwrap_or(5) + 3;
            if free < 5 { 0 } else { wanted.min(free) }
        }
    }
}

fn draw_due(canvas: &mut Canvas, app: &App) {
    if canvas.height() < 4 {
        return;
    }
    let (width, lines) = (canvas.width(), canvas.height() - 3);
    canvas.rule(1, 0, width - 1, '┄');
    canvas.put(1, 1, "DUE SOON", Role::Muted);
    let end = width.saturating_sub(1);
    canvas.put_right(end, 1, &format!("next {SOON} days, expected"), Role::Muted);
    for (due, y) in app.insights.due(app.today(), SOON).iter().take(usize::from(lines)).zip(2..) {
        due_line(canvas, app, y, due);
    }
    let ahead = app.insights.ahead(&app.accounts.overview, app.today(), SOON);
    let Some(ahead) = ahead.into_iter().max_by_key(|ahead| ahead.items) else { return };
    let y = lines + 2;
    let text = format!("≈ {}", canvas.look.money(ahead.end));
    let start = canvas.put_right(end, y, &text, Role::Text);
    let on = ahead.end_on.format("%b %-d");
    let name = format!("{} on {on}", account_name(app, &ahead));
    canvas.put_outside(2, y, start.saturating_sub(3), &name, Role::Muted);
}

/// What is due, out and in, in the currency of the first.
fn draw_due_line(canvas: &mut Canvas, app: &App) {
    let due = app.insights.due(app.today(), SOON);
    let Some(currency) = due.first().map(|due| due.amount.currency) else { return };
    let between =
        |due: &&crate::domain::insight::Due| due.twin.is_none() && due.amount.currency == currency;
    let sum = |out: bool| {
        let of = due.iter().filter(between).map(|due| due.amount.minor);
        let minor = of.filter(|minor| (*minor < 0) == out).fold(0, i64::saturating_add);
        canvas.look.signed(Money::new(minor, currency))
    };
    let (out, into) = (sum(true), sum(false));
    let end = canvas.width().saturating_sub(1);
    let start = canvas.put_right(end, 0, &into, Role::Text);
    let start = canvas.put_right(start.saturating_sub(1), 0, &out, Role::Text);
    canvas.put_cut(1, 0, start.saturating_sub(2), &format!("Due {SOON} d ≈"), Role::Muted);
}

/// A rule, a heading where there is room, and a line each.
fn attention_rows(problems: &[Problem], wide: bool) -> u16 {
    if problems.is_empty() {
        return 0;
    }
    let most = if wide { 6 } else { 3 };
    u16::try_from(problems.len()).unwrap_or(most).min(most) + 1 + u16::from(wide)
}

fn draw_attention(canvas: &mut Canvas, problems: &[Problem]) {
    if problems.is_empty() || canvas.height() < 2 {
        return;
    }
    let edge = u16::from(canvas.look.wide);
    canvas.rule(edge, 0, canvas.width() - edge, '┄');
    let mut y = 1;
    if canvas.look.wide && canvas.height() > 2 {
        canvas.put(1, 1, "ATTENTION", Role::Muted);
        y = 2;
    }
    let room = usize::from(canvas.height() - y);
    for (index, problem) in problems.iter().take(room).enumerate() {
        let x = 1 + edge;
        let left = canvas.width().saturating_sub(x + 2);
        if index + 1 == room && problems.len() > room {
            let rest = problems.len() - index;
            canvas.put_cut(x, y, left + 2, &format!("and {rest} more: press !"), Role::Muted);
            return;
        }
        let (sign, role) = severity(problem.severity);
        canvas.put(x, y, sign, role);
        let join = if canvas.look.wide { " " } else { ": " };
        let what = if canvas.look.wide {
            &problem.what
        } else {
            problem.what.strip_prefix("asks you to ").unwrap_or(&problem.what)
        };
        let text = format!("{}{join}{what}", short_subject(problem, canvas.look.wide));
        canvas.put_outside(x + 2, y, left, &text, Role::Text);
        y += 1;
    }
}

pub fn severity(severity: Severity) -> (&'static str, Role) {
    match severity {
        Severity::NeedsYou => ("!", Role::Warn),
        Severity::Note => ("◐", Role::Muted),
    }
}

fn short_subject(problem: &Problem, wide: bool) -> &str {
    if wide { &problem.subject } else { problem.subject.split(' ').next().unwrap_or_default() }
}

fn draw_empty(canvas: &mut Canvas, app: &App) {
    canvas.put(1, 0, "ACCOUNTS", Role::Muted);
    if !app.accounts.loaded {
        let failed = !app.failed_reads.is_empty();
        canvas.put(2, 2, if failed { "Could not be read." } else { "…" }, Role::Muted);
        return;
    }
    let all_hidden = !app.accounts.hidden.is_empty();
    canvas.put(2, 2, if all_hidden { "All are hidden." } else { "None yet." }, Role::Text);
    let first = match (app.sync.running, app.setup.can_sync) {
        _ if all_hidden => (Action::ShowHidden, "show them"),
        (true, _) => (Action::ShowSync, "watch the sync"),
        (_, true) => (Action::Sync, "fetch them"),
        _ => (Action::Help, "keys"),
    };
    let rest = [(Action::AddByHand, "add one by hand"), (Action::Quit, "quit")];
    for ((action, what), y) in std::iter::once(first).chain(rest).zip(4..) {
        let key = app.setup.keymap.labels(action).first().cloned().unwrap_or_default();
        canvas.put(2, y, &key, Role::Accent);
        canvas.put(5, y, what, Role::Text);
    }
}
