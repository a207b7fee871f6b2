//! The tree of categories with its counts, or the bank's words and what they mean.

use super::canvas::Canvas;
use super::status;
use super::theme::Role;
use super::words::number;
use crate::app::categories::{Choosing, Line, Putting, Tree};
use crate::domain::category::CategoryLine;
use crate::domain::{SafeText, counted};

pub fn draw(canvas: &mut Canvas, tree: &Tree) {
    let (width, height) = (canvas.width(), canvas.height());
    let columns = 78.min(width.saturating_sub(2));
    let rows = height.saturating_sub(4 + status::footer_rows(canvas));
    let mut area = canvas.part((width - columns) / 2, 3, columns, rows);
    let (title, hint) = heading(tree);
    let mut inside = area.framed(&SafeText::new(&title), hint);
    let (columns, height) = (inside.width(), inside.height());
    head(&mut inside, tree);
    inside.rule(0, 1, columns, '┄');
    let mut list = inside.part(0, 2, columns, height.saturating_sub(2));
    if tree.known.is_none() {
        list.put(2, 0, "…", Role::Muted);
        return;
    }
    let (lines, height) = (tree.lines(), usize::from(list.height()));
    let first = tree.selected().saturating_sub(height / 2).min(lines.len().saturating_sub(height));
    for ((index, line), y) in lines.iter().enumerate().skip(first).take(height).zip(0..) {
        draw_line(&mut list, y, tree, line);
        list.line_target(y, index);
        if index == tree.selected() {
            list.select(y, true);
        }
    }
}

fn heading(tree: &Tree) -> (String, &'static str) {
    let Some(Choosing { what, name }) = &tree.choosing else {
        return if tree.words {
            ("Categories: the bank's words".to_owned(), "enter says what one means · tab tree")
        } else {
            ("Categories".to_owned(), "tab the bank's words · esc closes")
        };
    };
    match what {
        Putting::Below => (format!("{name} stands below …"), "enter puts it there · esc does not"),
        Putting::Into => (format!("{name} becomes part of …"), "enter joins them · esc does not"),
        Putting::Meaning => (format!("The bank's {name} means …"), "enter says so · esc does not"),
    }
}

fn head(canvas: &mut Canvas, tree: &Tree) {
    let end = canvas.width().saturating_sub(1);
    if tree.words && tree.choosing.is_none() {
        canvas.put(2, 0, "THE BANK SAYS", Role::Muted);
        canvas.put(24, 0, "ITS ROWS SHOW UNDER", Role::Muted);
        return;
    }
    canvas.put(2, 0, "CATEGORY", Role::Muted);
    let end = canvas.put_right(end, 0, "ROWS", Role::Muted);
    canvas.put_right(end.saturating_sub(6), 0, "WITH ALL BELOW", Role::Muted);
}

fn draw_line(canvas: &mut Canvas, y: u16, tree: &Tree, line: &Line) {
    match line {
        Line::None => {
            let meaning = tree.choosing.as_ref().is_some_and(|it| it.what == Putting::Meaning);
            let text = if meaning { "itself" } else { "at the top of the tree" };
            canvas.put(2, y, text, Role::Muted);
        }
        Line::Word(word, to) => {
            canvas.put(2, y, word, Role::Text);
            let (text, role) = if word == to { ("—", Role::Muted) } else { (*to, Role::Strong) };
            canvas.put_outside(24, y, canvas.width().saturating_sub(25), text, role);
        }
        Line::Category(line) => draw_category(canvas, y, line),
    }
}

fn draw_category(canvas: &mut Canvas, y: u16, line: &CategoryLine) {
    let end = canvas.width().saturating_sub(1);
    let count = |rows: u64| if rows == 0 { String::new() } else { number(rows) };
    canvas.put_right(end, y, &count(line.rows), Role::Text);
    if line.all_rows != line.rows {
        canvas.put_right(end.saturating_sub(10), y, &count(line.all_rows), Role::Muted);
    }
    let room = end.saturating_sub(22);
    let x = 2 + 2 * u16::try_from(line.depth).unwrap_or(0);
    let role = if line.depth == 0 { Role::Strong } else { Role::Text };
    let x = canvas.put_outside(x, y, room.saturating_sub(x), line.name, role);
    let mut told = Vec::new();
    if line.bank {
        told.push("bank".to_owned());
    }
    match line.also[..] {
        [] => {}
        [one] => told.push(format!("also {one}")),
        [one, ..] => {
            let more = counted(line.also.len() as u64 - 1, "more name");
            told.push(format!("also {one} and {more}"));
        }
    }
    let told = told.join(", ");
    canvas.put_outside(x + 2, y, room.saturating_sub(x + 2), &told, Role::Muted);
}
