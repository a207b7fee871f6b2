//! A line to type in, with its cursor, and with what is wrong in it marked.

use std::ops::Range;

use ratatui::style::Modifier;
use unicode_segmentation::UnicodeSegmentation;

use super::canvas::Canvas;
use super::text::width;
use super::theme::Role;
use crate::app::field::Field;

/// The part of the line around the cursor that fits so many columns; returns the column after it.
/// Without `typing` there is no cursor.
pub fn draw(
    canvas: &mut Canvas,
    (x, y): (u16, u16),
    columns: u16,
    field: &Field,
    typing: bool,
    wrong: &[Range<usize>],
) -> u16 {
    let text = field.text();
    let cursor = if typing { field.cursor() } else { 0 };
    // One column stays for the cursor behind the last letter.
    let room = usize::from(columns.saturating_sub(1));
    let start = start(text, cursor, room);
    let mut column = x;
    for (at, grapheme) in text.grapheme_indices(true).skip_while(|(at, _)| *at < start) {
        let wide = width(grapheme);
        if usize::from(column - x) + wide > room {
            break;
        }
        let marked = wrong.iter().any(|range| range.contains(&at));
        let mut style = canvas.style(if marked { Role::Warn } else { Role::Strong });
        if marked {
            style = style.add_modifier(Modifier::UNDERLINED);
        }
        if typing && at == cursor {
            style = style.add_modifier(Modifier::REVERSED);
        }
        column = canvas.put_styled(column, y, grapheme, style);
    }
    if typing && field.at_end() {
        column = canvas.put(column, y, "▏", Role::Accent);
    }
    column
}

/// Where the shown part begins, so that the cursor is in it.
fn start(text: &str, cursor: usize, room: usize) -> usize {
    let mut used = 0;
    let mut start = cursor;
    let under = text[cursor..].graphemes(true).next().map_or(0, width);
    for (at, grapheme) in text[..cursor].grapheme_indices(true).rev() {
        used += width(grapheme);
        if used + under > room {
            break;
        }
        start = at;
    }
    start
}
