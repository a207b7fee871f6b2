//! The picture in words, line by line: for screen readers, and for terminals that draw nothing.

use std::borrow::Cow;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::text::width;
use crate::app::App;

/// What the words are laid out on, whatever the terminal's size: it wraps them itself.
pub const SIZE: (u16, u16) = (120, 36);

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// From top to bottom, without the chosen one.
    pub lines: Vec<String>,
    /// The line that the keys act on.
    pub chosen: Option<String>,
}

pub fn page(app: &App) -> Page {
    let mut buffer = Buffer::empty(Rect::new(0, 0, SIZE.0, SIZE.1));
    super::draw_on(&mut buffer, app);
    let mut page = Page::default();
    for y in 0..buffer.area.height {
        let line = line(&buffer, y);
        if line.contains(MARK) {
            page.chosen = Some(words(&line.replace(MARK, " ")));
        } else {
            page.lines.push(words(&line));
        }
    }
    page.lines.retain(|line| !line.is_empty());
    page
}

/// Stands in the chosen line; nothing else draws it.
const MARK: char = '▌';

fn line(buffer: &Buffer, y: u16) -> String {
    let mut line = String::new();
    let mut skip = 0;
    for x in 0..buffer.area.width {
        if skip == 0 {
            let symbol = buffer[(x, y)].symbol();
            line.push_str(symbol);
            skip = width(symbol).saturating_sub(1);
        } else {
            skip -= 1;
        }
    }
    line
}

/// Signs by what they say, columns parted by commas.
fn words(line: &str) -> String {
    let parts = line.split("  ").map(str::trim).filter(|part| !part.is_empty());
    let spoken = parts.map(|part| {
        let words = part.split(' ').map(spoken).filter(|word| !word.is_empty());
        words.collect::<Vec<_>>().join(" ")
    });
    spoken.filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ")
}

fn spoken(word: &str) -> Cow<'_, str> {
    // The cursor stands right behind what was typed.
    let word = word.trim_end_matches('▏');
    let told = match word {
        "~" => "pending",
        "⇄" => "transfer",
        "↻" => "recurring",
        "≈" => "about",
        "●" => "fresh",
        "◐" => "old",
        "○" => "never",
        "✓" => "done:",
        "✗" => "withdrawn",
        "!" => "attention:",
        "" | "◂" | "▸" | "·" | "|" => "",
        "•••.••" => "hidden",
        "••••••••" => "something typed",
        "→" => "right",
        "←" => "left",
        "↓" | "▼" => "down",
        "↑" | "▲" => "up",
        _ => {
            let drawn = |letter: char| matches!(letter, '▁'..='█' | '░' | '▏' | '│');
            return if word.contains(drawn) {
                Cow::Owned(word.replace(drawn, ""))
            } else {
                Cow::Borrowed(word)
            };
        }
    };
    Cow::Borrowed(told)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_become_words_and_columns_are_parted() {
        assert_eq!(
            words(" Nov 21  ~ Shell 0443      fuel      -52.10    pending "),
            "Nov 21, pending Shell 0443, fuel, -52.10, pending"
        );
        assert_eq!(words("   ▁▃▆▆▁   ░░  │ "), "");
        assert_eq!(
            words(" Harbor Credit Union     4 min ago ●"),
            "Harbor Credit Union, 4 min ago fresh"
        );
    }
}
