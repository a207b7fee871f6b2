//! A filter in the making: a small list above the rows.

use super::canvas::Canvas;
use super::field;
use super::status;
use super::theme::Role;
use super::words::number;
use crate::app::App;
use crate::app::builder::Builder;
use crate::domain::SafeText;

pub fn draw(canvas: &mut Canvas, app: &App, builder: &Builder) {
    let (width, height) = (canvas.width(), canvas.height());
    let columns = 44.min(width.saturating_sub(2));
    let rows = 18.min(height.saturating_sub(4 + status::footer_rows(canvas)));
    let mut area = canvas.part((width - columns) / 2, 3, columns, rows);
    let title = match builder.kind {
        Some(kind) => format!("Filter by {}", kind.title()),
        None => "Filter by".to_owned(),
    };
    let mut inside = area.framed(&title, "enter adds it · esc back");
    let (columns, height) = (inside.width(), inside.height());
    field::draw(&mut inside, (1, 0), columns.saturating_sub(2), &builder.field, true, &[]);
    inside.rule(0, 1, columns, '┄');
    let mut list = inside.part(0, 2, columns, height.saturating_sub(2));
    let lines = builder.lines(&app.find, app.today());
    if lines.is_empty() {
        list.put(2, 0, "nothing of that name", Role::Muted);
    }
    let height = usize::from(list.height());
    let first =
        builder.selected().saturating_sub(height / 2).min(lines.len().saturating_sub(height));
    for ((index, line), y) in lines.iter().enumerate().skip(first).take(height).zip(0..) {
        let count = line.rows.map(|rows| number(rows.unsigned_abs())).unwrap_or_default();
        let end = list.put_right(columns.saturating_sub(1), y, &count, Role::Muted);
        list.put_cut(2, y, end.saturating_sub(3), &SafeText::new(&line.label), Role::Text);
        list.line_target(y, index);
        if index == builder.selected() {
            list.select(y, true);
        }
    }
}
