//! The keys, printed from the table of actions: searchable, and enter runs the chosen one. The
//! palette is the same list in one column, without headings.

use super::canvas::Canvas;
use super::field;
use super::text::width;
use super::theme::Role;
use crate::app::App;
use crate::app::action::{Entry, Group};
use crate::app::help::Help;

/// A line of a column.
enum Line {
    Title(Group),
    Entry(usize, &'static Entry),
    Blank,
}

pub fn draw(canvas: &mut Canvas, app: &App, help: &Help) {
    let wide = canvas.look.wide;
    let (width, height) = (canvas.width(), canvas.height());
    let (margin, top) = match (help.palette, wide) {
        (true, true) => (width.saturating_sub(66) / 2, 3),
        (_, true) => (8.max(width.saturating_sub(110) / 2), 3),
        _ => (1, 1),
    };
    let bottom = if wide { 4 } else { 1 };
    let columns = width.saturating_sub(2 * margin);
    let mut area = canvas.part(margin, top, columns, height.saturating_sub(top + bottom));
    let title = match (help.palette, wide) {
        (true, _) => "Commands".to_owned(),
        (_, true) => format!("Keys for: {}", app.context_below().title()),
        _ => "Keys".to_owned(),
    };
    let mut inside = area.framed(&title, "type to search · enter runs it · esc closes");
    let matches = help.matches(&app.setup.keymap, app.context_below());
    draw_search(&mut inside, help, matches.len());
    let (columns, height) = (inside.width(), inside.height());
    inside.rule(0, 1, columns, '┄');
    let mut list = inside.part(0, 2, columns, height.saturating_sub(2));
    draw_matches(&mut list, app, help, &matches);
}

fn draw_search(canvas: &mut Canvas, help: &Help, matches: usize) {
    let y = 0;
    if help.search.is_empty() {
        canvas.put(1, y, "▏", Role::Accent);
        canvas.put(3, y, "search keys and commands", Role::Muted);
    } else {
        field::draw(canvas, (3, y), canvas.width().saturating_sub(20), &help.search, true, &[]);
    }
    let end = canvas.width().saturating_sub(2);
    canvas.put_right(end, y, &crate::domain::counted(matches, "action"), Role::Muted);
}

fn draw_matches(canvas: &mut Canvas, app: &App, help: &Help, matches: &[&'static Entry]) {
    let height = usize::from(canvas.height());
    if height == 0 {
        return;
    }
    if matches.is_empty() {
        canvas.put(2, 0, "Nothing is called that.", Role::Muted);
    }
    let mut lines = lines(matches, help.search.is_empty() && canvas.look.wide && !help.palette);
    let columns =
        if !help.palette && !canvas.look.plain && canvas.width() >= 70 && lines.len() > height {
            2
        } else {
            1
        };
    // The last row says which page it is, where there are several.
    let height = if lines.len() > height * columns { (height - 1).max(1) } else { height };
    if columns == 2 {
        break_at_title(&mut lines, height);
    }
    let selected = lines
        .iter()
        .position(|line| matches!(line, Line::Entry(index, _) if *index == help.selected));
    let page = height * columns;
    let first = selected.unwrap_or(0) / page * page;
    let wide = canvas.width() / u16::try_from(columns).unwrap_or(1);
    for (place, line) in lines.iter().skip(first).take(page).enumerate() {
        let column = u16::try_from(place / height).unwrap_or(0);
        let y = u16::try_from(place % height).unwrap_or(0);
        let mut part = canvas.part(column * wide, y, wide, 1);
        draw_line(&mut part, app, line, help.selected);
    }
    let pages = lines.len().div_ceil(page);
    if pages > 1 {
        let text = format!("page {} of {pages}", first / page + 1);
        let end = canvas.width().saturating_sub(1);
        canvas.put_right(end, canvas.height() - 1, &text, Role::Muted);
    }
}

fn lines(matches: &[&'static Entry], headings: bool) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut group = None;
    for (index, entry) in matches.iter().enumerate() {
        if headings && group != Some(entry.group) {
            group = Some(entry.group);
            lines.push(Line::Title(entry.group));
        }
        lines.push(Line::Entry(index, entry));
    }
    lines
}

/// The second column begins with a group, if both then hold all.
fn break_at_title(lines: &mut Vec<Line>, height: usize) {
    let shown = lines.len().min(height + 1);
    let last = lines[..shown].iter().rposition(|line| matches!(line, Line::Title(_)));
    if let Some(at) = last
        && lines.len() - at <= height
    {
        lines.splice(at..at, (at..height).map(|_| Line::Blank));
    }
}

fn draw_line(canvas: &mut Canvas, app: &App, line: &Line, selected: usize) {
    match line {
        Line::Title(group) => {
            canvas.put(2, 0, group.title(), Role::Strong);
        }
        Line::Blank => {}
        Line::Entry(index, entry) => {
            let here = entry.applies(app.context_below());
            let keys = app.setup.keymap.labels(entry.action).join("  ");
            let indent = if canvas.look.wide { 4 } else { 2 };
            let column = indent + 15;
            canvas.put_cut(indent, 0, 14, &keys, if here { Role::Accent } else { Role::Muted });
            let x = column.max(indent + u16::try_from(width(&keys).min(14)).unwrap_or(0) + 1);
            let room = canvas.width().saturating_sub(x + 1);
            canvas.put_cut(x, 0, room, entry.help, if here { Role::Text } else { Role::Muted });
            canvas.line_target(0, *index);
            if *index == selected {
                canvas.select(0, true);
            }
        }
    }
}
