//! Net worth, cash flow, spending and what is worth a look: all of it derived, and said so.

use chrono::{Datelike as _, NaiveDate};

use super::canvas::Canvas;
use super::sparkline;
use super::text::width;
use super::theme::Role;
use crate::app::App;
use crate::app::insights::Part;
use crate::app::mouse::Target;
use crate::domain::insight::{
    Against, Finding, FindingKind, LookAhead, NetWorth, SpendingBy, SpendingLine,
};
use crate::domain::{DayKind, Money, MonthTotals, SafeText};

/// Findings in sight.
const FINDINGS: u16 = 4;

pub fn facts(app: &App) -> String {
    let worth = &app.insights.worth;
    let currencies: Vec<&str> = worth.iter().map(|worth| worth.currency.code()).collect();
    match currencies.as_slice() {
        [] => String::new(),
        [one] => {
            format!(
                "Estimated values are drawn ░ and never counted as measured.  One currency: {one}."
            )
        }
        all => format!("Currencies are never added: {}.  $ shows the other.", all.join(", ")),
    }
}

pub fn draw(canvas: &mut Canvas, app: &App) {
    let (width, height) = (canvas.width(), canvas.height());
    let chart = if canvas.look.wide { 7 } else { 4 };
    title(canvas, app);
    draw_chart(&mut canvas.part(0, 1, width, chart), app);
    let top = 1 + chart;
    let below = height.saturating_sub(FINDINGS + if canvas.look.wide { 2 } else { 1 });
    let rows = below.saturating_sub(top + 1);
    canvas.rule(0, top, width, '─');
    canvas.rule(0, below, width, '─');
    let left = if canvas.look.wide { 57 } else { 39 };
    super::divide(canvas, left, (top + 1, rows));
    cash_flow(&mut canvas.part(0, top + 1, left, rows), app);
    spending(&mut canvas.part(left + 1, top + 1, width - left - 1, rows), app);
    findings(&mut canvas.part(0, below + 1, width, height.saturating_sub(below + 1)), app);
}

fn title(canvas: &mut Canvas, app: &App) {
    let wide = canvas.look.wide;
    let label = if wide { "NET WORTH" } else { "NET" };
    let x = canvas.put(1, 0, label, Role::Muted) + 1;
    let end = canvas.width().saturating_sub(1);
    let range = format!("t {} ◂ ▸", app.insights.range.words());
    let end = canvas.put_right(end, 0, &range, Role::Muted);
    let Some(worth) = app.insights.shown_worth() else {
        let text = if app.insights.loaded { "—  no balances yet" } else { "…" };
        canvas.put(x, 0, text, Role::Muted);
        return;
    };
    let money = |minor| Money::new(minor, worth.currency);
    let net =
        worth.history.last().map_or_else(|| "—".to_owned(), |net| canvas.look.money(money(net)));
    let x = canvas.put(x, 0, &net, Role::Strong) + 1;
    let x = canvas.put(x, 0, worth.currency.code(), Role::Muted);
    let x = change(canvas, (x, app), worth);
    let note = if worth.unknown > 0 {
        format!("without {} unknown", worth.unknown)
    } else {
        "all accounts".to_owned()
    };
    if wide && usize::from(x) + width(&note) + 4 < usize::from(end) {
        let role = if worth.unknown > 0 { Role::Warn } else { Role::Muted };
        canvas.put_right(end - 3, 0, &note, role);
    }
}

/// `▲ 8,552.82 in 12 months (5.2%)`: since the first day known in that time.
fn change(canvas: &mut Canvas, (x, app): (u16, &App), worth: &NetWorth) -> u16 {
    let Some(change) = worth.change() else { return x };
    let look = canvas.look;
    let (sign, role) = match change {
        _ if look.hidden => ("▲", Role::Muted),
        ..0 => ("▼", Role::Text),
        0 => ("▲", Role::Muted),
        _ => ("▲", Role::In),
    };
    let amount = look.money(Money::new(change.saturating_abs(), worth.currency));
    let gap = if look.wide { 2 } else { 1 };
    let x = canvas.put(x + gap, 0, &format!("{sign} {amount}"), role);
    let first = worth.history.days.iter().find(|day| day.value.is_some());
    let whole = first.map(|day| day.date) == worth.history.days.first().map(|day| day.date);
    let since = match first {
        Some(day) if !whole => format!("since {}", day.date.format("%b %-d %Y")),
        _ => format!("in {}", app.insights.range.words()),
    };
    let growth = worth.growth().filter(|_| !look.hidden).map_or_else(String::new, |tenths| {
        format!(
            " ({}{}.{}%)",
            if tenths < 0 { "-" } else { "" },
            tenths.abs() / 10,
            tenths.abs() % 10
        )
    });
    canvas.put(x + 1, 0, &format!("{since}{growth}"), Role::Muted)
}

fn draw_chart(canvas: &mut Canvas, app: &App) {
    let Some(worth) = app.insights.shown_worth() else { return };
    let money = |minor| Money::new(minor, worth.currency);
    if !canvas.look.wide {
        sparkline::chart(canvas, &worth.history, money);
        return;
    }
    let legend = 27;
    let columns = canvas.width().saturating_sub(legend);
    let height = canvas.height();
    sparkline::chart(&mut canvas.part(1, 0, columns, height), &worth.history, money);
    let x = columns + 2;
    let mut y = 0;
    for (name, minor) in [("assets", worth.assets), ("owed", worth.owed)] {
        canvas.put(x, y, name, Role::Muted);
        let text = canvas.look.money(money(minor));
        canvas.put_right(canvas.width() - 1, y, &text, Role::Text);
        y += 1;
    }
    let estimated = worth.history.days.iter().any(|day| day.kind == DayKind::Rebuilt);
    let missing = worth.history.days.iter().filter(|day| day.kind == DayKind::Unknown).count();
    if let Some(since) = worth.measured_since().filter(|_| estimated) {
        canvas.put(x, y + 1, &since.format("░ before %b %-d: rebuilt").to_string(), Role::Muted);
        canvas.put(x, y + 2, "from transactions", Role::Muted);
    }
    if missing > 0 {
        canvas.put(x, y + 3, &format!("{missing} days missing"), Role::Muted);
    }
}

fn cash_flow(canvas: &mut Canvas, app: &App) {
    let wide = canvas.look.wide;
    let end = canvas.width().saturating_sub(1);
    canvas.put(1, 0, "CASH FLOW", Role::Muted);
    canvas.put_right(end, 0, if wide { "transfers left out" } else { "no transfers" }, Role::Muted);
    let Some(flow) = app.insights.flow() else {
        let text = if app.insights.loaded { "nothing came in or went out" } else { "…" };
        canvas.put(2, 2, text, Role::Muted);
        return;
    };
    let mut y = 1;
    if wide {
        canvas.put(2, y, "MONTH", Role::Muted);
        for (end, name) in [(22, "IN"), (35, "OUT"), (48, "NET")] {
            canvas.put_right(end, y, name, Role::Muted);
        }
        y += 1;
    }
    let shown = app.insights.month(app.today());
    let from = flow.months.iter().position(|(month, _)| *month == shown).unwrap_or(0);
    let from = from.min(flow.months.len().saturating_sub(6));
    let months = &flow.months[from..(from + 6).min(flow.months.len())];
    let most = months.iter().map(|(_, sums)| sums.net().saturating_abs()).max().unwrap_or(0);
    for (month, sums) in months {
        let name = month_name(*month, app.today(), wide);
        flow_line(canvas, y, &name, *sums, flow.currency);
        if wide {
            net_bar(canvas, y, sums.net(), most);
        }
        if *month == shown {
            canvas.select(y, app.insights.part == Part::Flow);
        }
        y += 1;
    }
    if wide {
        canvas.rule(2, y, 46, '·');
        y += 1;
    }
    let name = if wide { format!("{} months", flow.months.len()) } else { "all".to_owned() };
    flow_line(canvas, y, &name, flow.total(), flow.currency);
    y += 1;
    if let Some(saved) = flow.saved().filter(|_| wide && !canvas.look.hidden) {
        canvas.put(2, y, "saved", Role::Muted);
        let sign = if saved < 0 { "-" } else { "" };
        let text = format!("{sign}{}.{}%", saved.abs() / 10, saved.abs() % 10);
        canvas.put_right(48, y, &text, Role::Text);
        y += 1;
    }
    if wide {
        ahead(&mut canvas.part(0, y + 1, end + 1, 4), app);
    }
}

fn month_name(month: NaiveDate, today: NaiveDate, wide: bool) -> String {
    let this = (month.year(), month.month()) == (today.year(), today.month());
    let year = if month.year() == today.year() { "%b" } else { "%b %y" };
    let name = month.format(year).to_string();
    if this && wide { format!("{name} so far") } else { name }
}

fn flow_line(
    canvas: &mut Canvas,
    y: u16,
    name: &str,
    sums: MonthTotals,
    currency: crate::domain::Currency,
) {
    let look = canvas.look;
    let money = |minor| Money::new(minor, currency);
    let ends = if look.wide { (22, 35, 48) } else { (15, 26, 38) };
    canvas.put(2, y, name, Role::Text);
    canvas.put_right(ends.0, y, &look.money(money(sums.money_in)), Role::Text);
    canvas.put_right(ends.1, y, &look.money(money(sums.money_out)), Role::Text);
    let net = money(sums.net());
    canvas.put_right(ends.2, y, &look.signed(net), look.money_role(net));
}

/// As long as the month's net is large; shaded where it is negative.
fn net_bar(canvas: &mut Canvas, y: u16, net: i64, most: i64) {
    if most == 0 || canvas.look.hidden {
        return;
    }
    let cells = i128::from(net.saturating_abs()) * 7 / i128::from(most) + 1;
    let cells = u16::try_from(cells.min(7)).unwrap_or(0);
    let (sign, role) = if net < 0 { ("▒", Role::Muted) } else { ("█", Role::In) };
    canvas.put(49, y, &sign.repeat(usize::from(cells)), role);
}

/// Where known items alone would bring the accounts that are spent from.
fn ahead(canvas: &mut Canvas, app: &App) {
    let ahead = tightest(app);
    let (Some(ahead), true) = (ahead, canvas.height() >= 2) else { return };
    canvas.put(1, 0, "AHEAD", Role::Muted);
    let end = canvas.width().saturating_sub(1);
    canvas.put_right(end, 0, "known bills and pay only", Role::Muted);
    let x = canvas.put(2, 1, &ahead.end_on.format("%b %d").to_string(), Role::Text);
    let x = canvas.put(x + 2, 1, &format!("≈ {}", canvas.look.money(ahead.end)), Role::Text);
    let name = account_name(app, &ahead);
    let lowest =
        format!("lowest ≈ {} {}", canvas.look.money(ahead.lowest), ahead.lowest_on.format("%b %d"));
    let start = canvas.put_right(end, 1, &lowest, Role::Muted);
    canvas.put_outside(x + 1, 1, start.saturating_sub(x + 2), &name, Role::Muted);
}

/// The account that money is paid from most often, as known items have it.
pub fn tightest(app: &App) -> Option<LookAhead> {
    let ahead =
        app.insights.ahead(&app.accounts.overview, app.today(), crate::app::insights::AHEAD);
    ahead.into_iter().max_by_key(|ahead| ahead.items)
}

pub fn account_name(app: &App, ahead: &LookAhead) -> String {
    let line = app.accounts.find(&ahead.account);
    line.map_or_else(String::new, |line| line.overview.account.name.clone())
}

fn spending(canvas: &mut Canvas, app: &App) {
    let wide = canvas.look.wide;
    let end = canvas.width().saturating_sub(1);
    let month = app.insights.month(app.today()).format("%b").to_string().to_uppercase();
    let x = canvas.put(1, 0, &format!("SPENDING, {month}"), Role::Muted);
    let lines = app.insights.spending_lines();
    let opened = app.insights.opened();
    let by = match app.insights.by {
        SpendingBy::Category if opened.is_some() => String::new(),
        SpendingBy::Category if wide => "against your 3-month average".to_owned(),
        SpendingBy::Category => "vs 3-mo avg".to_owned(),
        by => format!("by {}", by.word()),
    };
    canvas.put_right(end, 0, &by, Role::Muted);
    let Some(spending) = app.insights.spending() else {
        let text = if app.insights.loaded { "nothing was spent" } else { "…" };
        canvas.put(2, 2, text, Role::Muted);
        return;
    };
    let total = lines.iter().fold(0, |sum: i64, line| sum.saturating_add(line.spent));
    let total = canvas.look.money(Money::new(total, spending.currency));
    let x = canvas.put(x + if wide { 3 } else { 1 }, 0, &total, Role::Text);
    if let Some(opened) = opened {
        let room = end.saturating_sub(x + u16::try_from(by.len()).unwrap_or(0) + 2);
        canvas.put_outside(x + 1, 0, room, &format!("▸ {opened}"), Role::Strong);
    }
    let rows = usize::from(canvas.height().saturating_sub(1));
    let first = app.insights.line.saturating_sub(rows.saturating_sub(1));
    let most = lines.first().map_or(0, |line| line.spent);
    for (index, line) in lines.iter().enumerate().skip(first).take(rows) {
        let y = u16::try_from(index - first + 1).unwrap_or(u16::MAX);
        spending_line(canvas, app, (y, most), line, spending.currency);
        let width = canvas.width();
        canvas.target((0, y), (width, 1), Target::Insight(Part::Spending, index));
        if index == app.insights.line && app.insights.part == Part::Spending {
            canvas.select(y, true);
        }
    }
}

fn spending_line(
    canvas: &mut Canvas,
    app: &App,
    (y, most): (u16, i64),
    line: &SpendingLine,
    currency: crate::domain::Currency,
) {
    let look = canvas.look;
    let money = |minor| Money::new(minor, currency);
    let end = canvas.width().saturating_sub(1);
    let column = if look.wide { 28 } else { 27 };
    let start = canvas.put_right(column, y, &look.money(money(line.spent)), Role::Text);
    let sign = if line.opens { " ▸" } else { "" };
    let room = start.saturating_sub(3 + u16::try_from(width(sign)).unwrap_or(0));
    let x = canvas.put_outside(2, y, room, &name_of(app, line), Role::Text);
    canvas.put(x, y, sign, Role::Muted);
    if look.wide && most > 0 && line.spent > 0 && !look.hidden {
        let cells = i128::from(line.spent) * 18 / i128::from(most);
        let cells = usize::try_from(cells.max(1)).unwrap_or(18);
        canvas.put(column + 1, y, &"█".repeat(cells), Role::Accent);
    }
    let (text, role) = match line.against() {
        Against::Usual => ("usual".to_owned(), Role::Muted),
        Against::New => ("new".to_owned(), Role::Warn),
        // More is no good news: never in the colour of money that comes in.
        Against::Off(off) => (look.signed(money(off)), Role::Text),
    };
    canvas.put_right(end, y, &text, role);
}

fn name_of(app: &App, line: &SpendingLine) -> String {
    match app.insights.by {
        SpendingBy::Account => {
            let id = crate::domain::AccountId(line.name.clone());
            app.accounts
                .find(&id)
                .map_or(line.name.clone(), |line| line.overview.account.name.clone())
        }
        _ if line.name.trim().is_empty() => "(none)".to_owned(),
        _ => line.name.clone(),
    }
}

fn findings(canvas: &mut Canvas, app: &App) {
    let wide = canvas.look.wide;
    let mut top = 0;
    if wide {
        canvas.put(1, 0, "WORTH A LOOK", Role::Muted);
        let hint = "enter opens it   x not interesting   e why";
        canvas.put_right(canvas.width().saturating_sub(1), 0, hint, Role::Muted);
        top = 1;
    }
    let found = app.insights.findings();
    if found.is_empty() {
        let text = if app.insights.looked_through(&app.accounts) {
            "Nothing out of the ordinary."
        } else {
            "…"
        };
        canvas.put(2, top, text, Role::Muted);
        return;
    }
    let rows = usize::from(canvas.height() - top);
    let first = app.insights.finding.saturating_sub(rows.saturating_sub(1));
    for (index, finding) in found.iter().enumerate().skip(first).take(rows) {
        let y = top + u16::try_from(index - first).unwrap_or(u16::MAX);
        finding_line(canvas, y, finding);
        let width = canvas.width();
        canvas.target((0, y), (width, 1), Target::Insight(Part::Findings, index));
        if index == app.insights.finding && app.insights.part == Part::Findings {
            canvas.select(y, true);
        }
    }
}

fn finding_line(canvas: &mut Canvas, y: u16, finding: &Finding) {
    let look = canvas.look;
    let x = if look.wide { 11 } else { 10 };
    canvas.put(2, y, finding.kind.word(), Role::Warn);
    let size = |money: Money| look.money(Money { minor: money.minor.saturating_abs(), ..money });
    let on = |date: NaiveDate| date.format("%b %-d").to_string();
    let amount = size(finding.amount);
    let (told, aside) = match finding.kind {
        FindingKind::PriceRise { from, to, next } => (
            format!("went from {} to {}", size(from), size(to)),
            format!("next charge {}", on(next)),
        ),
        FindingKind::Twice => {
            let days: Vec<String> = finding.rows.iter().map(|(date, _)| on(*date)).collect();
            (
                format!("{amount} charged on {}", days.join(" and ")),
                "same amount, same merchant".to_owned(),
            )
        }
        FindingKind::Fee if finding.rows.len() > 1 => (
            format!("{amount} in {}", finding.date.format("%b")),
            format!("{} fees", finding.rows.len()),
        ),
        FindingKind::Fee => (format!("{amount} on {}", on(finding.date)), "a fee".to_owned()),
        FindingKind::New => (format!("{amount}, never seen before"), on(finding.date)),
    };
    let end = canvas.width().saturating_sub(1);
    let room = if look.wide {
        canvas.put_right(end, y, &aside, Role::Muted).saturating_sub(2)
    } else {
        end
    };
    let told_width = u16::try_from(width(&told)).unwrap_or(0);
    let name = SafeText::new(&finding.merchant);
    let columns = room.saturating_sub(x + told_width + 1);
    let x = canvas.put_cut(x, y, columns, &name, Role::Strong);
    canvas.put_cut(x + 1, y, room.saturating_sub(x + 1), &told, Role::Text);
}
