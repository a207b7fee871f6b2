//! Why something that passbook derived is there.

use super::canvas::Canvas;
use super::text::wrap;
use super::theme::Role;
use crate::domain::SafeText;

pub fn draw(canvas: &mut Canvas, what: &str, why: &[String]) {
    let columns = canvas.width().saturating_sub(8).min(76);
    let room = usize::from(columns.saturating_sub(6));
    let lines: Vec<String> =
        why.iter().flat_map(|sentence| wrap(&SafeText::new(sentence), room)).collect();
    let wanted = u16::try_from(lines.len()).unwrap_or(u16::MAX).saturating_add(4);
    let rows = wanted.min(canvas.height());
    let (x, y) = ((canvas.width() - columns) / 2, (canvas.height() - rows) / 3);
    let title = format!("Why is this here: {}", SafeText::new(what));
    let mut part = canvas.part(x, y, columns, rows);
    let mut inside = part.framed(&title, "derived by passbook · esc closes");
    for (line, y) in lines.iter().zip(1..) {
        inside.put(2, y, line, Role::Text);
    }
}
