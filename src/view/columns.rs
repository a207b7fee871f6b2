//! The columns to choose from: a small list above the rows.

use super::canvas::Canvas;
use super::status;
use super::theme::Role;
use crate::app::App;
use crate::app::columns::Column;

pub fn draw(canvas: &mut Canvas, app: &App, selected: usize) {
    let (width, height) = (canvas.width(), canvas.height());
    let columns = 54.min(width.saturating_sub(2));
    let rows = u16::try_from(Column::ALL.len()).unwrap_or(u16::MAX).saturating_add(4);
    let rows = rows.min(height.saturating_sub(4 + status::footer_rows(canvas)));
    let mut area = canvas.part((width - columns) / 2, 3, columns, rows);
    let mut inside = area.framed("Columns", "enter shows or leaves out · esc closes");
    for ((place, column), y) in Column::ALL.into_iter().enumerate().zip(0..) {
        let sign = if app.columns.has(column) { "✓" } else { " " };
        inside.put(2, y, sign, Role::Ok);
        inside.put(4, y, column.word(), Role::Text);
        let room = inside.width().saturating_sub(15);
        inside.put_cut(14, y, room, column.help(), Role::Muted);
        inside.line_target(y, place);
        if place == selected {
            inside.select(y, true);
        }
    }
    let y = inside.height().saturating_sub(1);
    inside.put(2, y, "A narrow screen leaves out what does not fit.", Role::Muted);
}
