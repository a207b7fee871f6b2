//! The bank's own record, line by line, made harmless.

use super::canvas::Canvas;
use super::text::width;
use super::theme::Role;
use crate::domain::SafeText;

/// From this line on, each with its number.
pub fn draw(canvas: &mut Canvas, lines: &[String], first: usize) {
    let height = usize::from(canvas.height());
    let first = first.min(lines.len().saturating_sub(height));
    let numbers = width(&lines.len().to_string());
    let left = u16::try_from(numbers).unwrap_or(0) + 2;
    for ((line, number), y) in lines.iter().zip(1..).skip(first).take(height).zip(0..) {
        canvas.put_right(left - 1, y, &format!("{number}"), Role::Muted);
        let indent = line.len() - line.trim_start().len();
        let x = left + 1 + u16::try_from(indent).unwrap_or(0);
        let room = canvas.width().saturating_sub(x + 1);
        let text = SafeText::new(line);
        let hidden = canvas.look.hidden && is_amount(&text);
        let shown = if hidden { mask(&text) } else { text.to_string() };
        canvas.put_cut(x, y, room, &shown, Role::Text);
    }
}

/// Lines of the record that hold an amount: hidden amounts are hidden here, too.
fn is_amount(line: &str) -> bool {
    ["\"amount\"", "\"running_balance\"", "\"ledger\"", "\"available\""]
        .iter()
        .any(|name| line.starts_with(name))
}

fn mask(line: &str) -> String {
    let (name, _) = line.split_once(':').unwrap_or((line, ""));
    let comma = if line.ends_with(',') { "," } else { "" };
    format!("{name}: \"•••.••\"{comma}")
}
