//! A search: the line, what it means, what it comes to, and what narrows it down.

use std::ops::Range;

use chrono::Datelike as _;

use super::canvas::Canvas;
use super::field;
use super::rows;
use super::text::{cut, width, words};
use super::theme::Role;
use super::words::number;
use crate::app::App;
use crate::app::find::{Narrowing, Part};
use crate::app::list::TransactionList;
use crate::app::mouse::Target;
use crate::domain::query::{Form, KEYS};
use crate::domain::{SafeText, Sum, Summary};

/// What can be typed, in one line.
pub const WORDS: &str =
    "acct: cat: amt:>50 out: since: until: is:pending has:note tag: -word \"phrase\"";

/// Columns of the list that narrows a search down.
pub const SIDE: u16 = 34;

/// The line with what it comes to, and below it what it means.
pub fn head(canvas: &mut Canvas, app: &App) {
    let figures = Figures::of(app);
    let wide = canvas.look.wide;
    let (above, below) = if wide { (figures.all(), String::new()) } else { figures.split() };
    draw_line(canvas, app, &above);
    if let Some(name) = &app.find.naming {
        let x = canvas.put(3, 1, "keep it as ", Role::Muted);
        field::draw(canvas, (x, 1), canvas.width().saturating_sub(x + 1), name, true, &[]);
    } else {
        let end = canvas.width().saturating_sub(1);
        if let Some(text) = mistake(app) {
            let x = if wide { draw_meaning(canvas, app, end) + 4 } else { 3 };
            canvas.put_outside(x.max(3), 1, end.saturating_sub(x), &text, Role::Warn);
            return;
        }
        let hint = match (wide, app.find.field.is_empty()) {
            (true, false) => "ctrl-s save this search".to_owned(),
            _ => below,
        };
        let start = canvas.put_right(end, 1, &hint, Role::Muted);
        draw_meaning(canvas, app, start.saturating_sub(2));
    }
}

fn draw_line(canvas: &mut Canvas, app: &App, figures: &str) {
    let end = canvas.width().saturating_sub(1);
    let room = usize::from(end).saturating_sub(width(app.find.field.text()) + 6);
    let figures = if width(figures) <= room { figures } else { "" };
    let role = if app.find.is_summed() { Role::Text } else { Role::Muted };
    let start = canvas.put_right(end, 0, figures, role);
    let x = canvas.put(1, 0, "/ ", Role::Accent);
    let wrong: Vec<Range<usize>> =
        app.find.mistakes().iter().map(|mistake| mistake.span.clone()).collect();
    let typing = app.find.part == Part::Line && app.find.naming.is_none();
    field::draw(canvas, (x, 0), start.saturating_sub(x + 1), &app.find.field, typing, &wrong);
}

/// The first word that was left out, and why.
fn mistake(app: &App) -> Option<String> {
    let mistake = app.find.mistakes().first()?;
    let more = app.find.mistakes().len() - 1;
    let more = if more > 0 { format!(" (and {more} more)") } else { String::new() };
    Some(format!("! left out: {}{more}", mistake.sentence))
}

/// Returns the column after it.
fn draw_meaning(canvas: &mut Canvas, app: &App, end: u16) -> u16 {
    let (form, gap) = if canvas.look.wide { (Form::Long, "    ") } else { (Form::Short, " · ") };
    let parts = app.find.filter().meaning(form, app.today());
    let parts: Vec<String> = parts.iter().map(|part| SafeText::new(part).into_string()).collect();
    let text = match (parts.is_empty(), app.find.field.is_empty()) {
        (false, _) => parts.join(gap),
        (true, true) if form == Form::Long => "every transaction of all accounts".to_owned(),
        (true, true) => "everything".to_owned(),
        // Names are still to be learnt, or nothing was understood.
        (true, false) if app.find.mistakes().is_empty() => "…".to_owned(),
        (true, false) => "every transaction".to_owned(),
    };
    canvas.put_cut(3, 1, end.saturating_sub(3), &text, Role::Muted)
}

/// What the rows that match come to, in words.
struct Figures {
    count: String,
    sums: Vec<String>,
    averages: Vec<String>,
}

impl Figures {
    fn of(app: &App) -> Self {
        let look = super::canvas::Look::of(app);
        let Some(summary) = app.find.summary() else {
            return Self { count: String::new(), sums: Vec::new(), averages: Vec::new() };
        };
        let rows = number(summary.rows().unsigned_abs());
        let count = match app.find.all_rows() {
            Some(all) => format!("{rows} of {}", number(all)),
            None => rows,
        };
        let several = summary.total.len() > 1;
        let code = |sum: &Sum| {
            if several { format!(" {}", sum.currency) } else { String::new() }
        };
        let sums = summary.total.iter().flat_map(|sum| {
            let both = sum.money_in != 0 && sum.money_out != 0;
            let spent = format!("out {}{}", look.money(sum.spent()), code(sum));
            let received = format!("in {}{}", look.money(sum.received()), code(sum));
            let net = both.then(|| format!("net {}{}", look.signed(sum.net()), code(sum)));
            [Some(spent), Some(received), net].into_iter().flatten()
        });
        let average = |sum: &Sum| format!("{}{}", look.money(sum.average()), code(sum));
        Self {
            count,
            sums: sums.collect(),
            averages: summary.total.iter().filter(|sum| sum.rows > 0).map(average).collect(),
        }
    }

    /// `10 of 1,032    out 783.16    in 0.00    average 78.32`.
    fn all(&self) -> String {
        let averages = self.averages.iter().map(|average| format!("average {average}"));
        let parts: Vec<String> =
            std::iter::once(self.count.clone()).chain(self.sums.clone()).chain(averages).collect();
        parts.join("    ")
    }

    /// The count for the line, the rest for the one below.
    fn split(&self) -> (String, String) {
        let moved = self.sums.iter().filter(|sum| !sum.ends_with(" 0.00") && !sum.ends_with(" 0"));
        let averages = self.averages.iter().map(|average| format!("avg {average}"));
        let parts: Vec<String> = moved.cloned().chain(averages).collect();
        (self.count.clone(), parts.join("  "))
    }
}

/// Beside the rows: what would be left by account, by month, by category, and the words there are.
pub fn side(canvas: &mut Canvas, app: &App) {
    let focused = app.find.part == Part::Narrow;
    let role = if focused { Role::Accent } else { Role::Muted };
    canvas.put(1, 0, "NARROW IT DOWN", role);
    let end = canvas.width().saturating_sub(1);
    canvas.put_right(end, 0, "tab", Role::Muted);
    let height = canvas.height();
    let lines = narrowings(app, height, focused);
    let mut y = 1;
    for line in &lines {
        if y >= height {
            return;
        }
        draw_narrowing(canvas, app, y, line, focused);
        y += 1;
    }
    if focused || y + 3 > height {
        return;
    }
    y += u16::from(!lines.is_empty());
    canvas.put(1, y, "WORDS YOU CAN TYPE", Role::Muted);
    for ((word, what), y) in KEYS.iter().zip(y + 1..height) {
        canvas.put(2, y, word, Role::Text);
        canvas.put(18, y, what, Role::Muted);
    }
}

enum Line {
    Heading(&'static str),
    Choice(usize, Narrowing),
    Blank,
}

/// Few of each kind while they only inform; all of them, scrolled, once they are chosen from.
fn narrowings(app: &App, height: u16, focused: bool) -> Vec<Line> {
    let few = if focused { usize::MAX } else { 4 };
    let (mut lines, mut heading, mut shown, mut selected) = (Vec::new(), "", 0, 0);
    for (index, narrowing) in app.find.narrowings().into_iter().enumerate() {
        if narrowing.heading != heading {
            if !lines.is_empty() && !focused {
                lines.push(Line::Blank);
            }
            heading = narrowing.heading;
            shown = 0;
            lines.push(Line::Heading(heading));
        }
        shown += 1;
        if shown <= few {
            if index == app.find.selected() {
                selected = lines.len();
            }
            lines.push(Line::Choice(index, narrowing));
        }
    }
    let rows = usize::from(height.saturating_sub(1));
    if focused {
        let first = selected.saturating_sub(rows / 2).min(lines.len().saturating_sub(rows));
        lines.drain(..first);
    }
    lines
}

fn draw_narrowing(canvas: &mut Canvas, app: &App, y: u16, line: &Line, focused: bool) {
    let end = canvas.width().saturating_sub(1);
    let (index, narrowing) = match line {
        Line::Heading(heading) => {
            canvas.put(1, y, heading, Role::Muted);
            return;
        }
        Line::Blank => return,
        Line::Choice(index, narrowing) => (*index, narrowing),
    };
    let net = canvas.look.signed(narrowing.sum.net());
    let start = canvas.put_right(end, y, &net, Role::Text);
    let count = number(narrowing.sum.rows.unsigned_abs());
    let count_end = start.saturating_sub(2).min(end.saturating_sub(12));
    let start = canvas.put_right(count_end, y, &count, Role::Muted);
    let label = SafeText::new(&narrowing.label);
    let room = usize::from(start.saturating_sub(3));
    let fits = match label.rsplit_once(' ') {
        // The digits tell accounts apart: the name is cut before them.
        Some((name, digits)) if digits.starts_with('·') => {
            format!("{} {digits}", words(name, room.saturating_sub(width(digits) + 1)))
        }
        _ => cut(&label, room).into_owned(),
    };
    canvas.put(2, y, &fits, Role::Text);
    let columns = canvas.width();
    canvas.target((0, y), (columns, 1), Target::Narrowing(index));
    if focused && index == app.find.selected() {
        canvas.select(y, true);
    }
}

/// Below the last row: what does not show, and why.
pub fn hidden(canvas: &mut Canvas, app: &App, y: u16) {
    let Some(summary) = app.find.summary().filter(|_| app.find.is_summed()) else { return };
    let text = match hidden_by_date(app, summary) {
        Some(text) => format!("Nothing is hidden except {text}."),
        None => "Nothing else matches.".to_owned(),
    };
    canvas.put_cut(2, y, canvas.width().saturating_sub(3), &text, Role::Muted);
    let text = "backspace drops the last word, esc all of them.";
    canvas.put_cut(2, y + 1, canvas.width().saturating_sub(3), text, Role::Muted);
}

/// `14 transactions before Sep 1 2026`.
fn hidden_by_date(app: &App, summary: &Summary) -> Option<String> {
    let (since, until) = app.find.filter().days();
    let day = |day: chrono::NaiveDate| day.format("%b %-d %Y").to_string();
    let part = |rows: i64, side: &str, bound: Option<chrono::NaiveDate>| {
        let bound = bound.filter(|_| rows > 0)?;
        let noun = if rows == 1 { "transaction" } else { "transactions" };
        Some(format!("{} {noun} {side} {}", number(rows.unsigned_abs()), day(bound)))
    };
    let parts: Vec<String> =
        [part(summary.before, "before", since), part(summary.after, "after", until)]
            .into_iter()
            .flatten()
            .collect();
    (!parts.is_empty()).then(|| parts.join(" and "))
}

/// On a small screen below the rows: the months, and what is hidden.
pub fn foot(canvas: &mut Canvas, app: &App) {
    let Some(summary) = app.find.summary() else { return };
    rows::dots(canvas, 0);
    let mut x = 2;
    for (first, sum) in summary.months.iter().take(6) {
        let this_year = first.year() == app.today().year();
        let month = first.format(if this_year { "%b" } else { "%b %Y" });
        let text = format!(
            "{month} {}  {}",
            number(sum.rows.unsigned_abs()),
            canvas.look.signed(sum.net())
        );
        if usize::from(x) + width(&text) > usize::from(canvas.width()) {
            break;
        }
        x = canvas.put(x, 1, &text, Role::Muted) + 4;
    }
    if let Some(text) = hidden_by_date(app, summary) {
        canvas.put_cut(
            2,
            2,
            canvas.width().saturating_sub(3),
            &format!("Hidden: {text}"),
            Role::Muted,
        );
    }
}

/// `1 groceries   2 over 500`: the searches kept under keys.
pub fn saved(app: &App) -> String {
    let saved = app.find.saved();
    if saved.is_empty() {
        return String::new();
    }
    let line: Vec<String> = saved
        .iter()
        .map(|search| format!("{} {}", search.slot.unwrap_or_default(), cut(search.title(), 24)))
        .collect();
    format!("Saved:  {}", line.join("   "))
}

/// What an empty list of matches says.
pub fn nothing(app: &App, list: &TransactionList) -> Option<String> {
    let empty = list.is_loaded() && list.rows().is_empty() && !list.filter().is_empty();
    let hidden = || app.find.summary().and_then(|summary| hidden_by_date(app, summary));
    empty.then(|| match hidden() {
        Some(text) => format!("Nothing matches, but for {text}."),
        None => "Nothing matches. backspace drops the last word, esc all of them.".to_owned(),
    })
}
