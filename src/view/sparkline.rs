//! A balance history in a few cells, and as a chart: gaps stay gaps, debts lie lower than money.

use chrono::Datelike;

use super::canvas::Canvas;
use super::text::width;
use super::theme::Role;
use crate::domain::{DayKind, History, Money};

const BLOCKS: [&str; 8] = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"];

/// One column: the last known day of those it stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Column {
    value: i64,
    measured: bool,
}

fn columns(history: &History, count: usize) -> Vec<Option<Column>> {
    let days = &history.days;
    (0..count)
        .map(|column| {
            let from = column * days.len() / count;
            let to = ((column + 1) * days.len() / count).max(from + 1).min(days.len());
            let day = days.get(from..to)?.iter().rev().find(|day| day.kind != DayKind::Unknown)?;
            Some(Column { value: day.value?, measured: day.kind == DayKind::Measured })
        })
        .collect()
}

/// From 1 at the lowest value to `levels` at the highest; 1 when all are the same.
fn level(value: i64, (low, high): (i64, i64), levels: u16) -> u16 {
    let span = i128::from(high) - i128::from(low);
    if span == 0 {
        return 1;
    }
    let above = i128::from(value) - i128::from(low);
    let steps = i128::from(levels - 1);
    u16::try_from((above * steps + span / 2) / span + 1).unwrap_or(levels)
}

/// One row: measured days stand out, rebuilt ones step back.
pub fn draw(canvas: &mut Canvas, (x, y): (u16, u16), columns_wide: u16, history: &History) {
    let Some(range) = history.range() else { return };
    for (column, at) in columns(history, usize::from(columns_wide)).iter().zip(x..) {
        if let Some(column) = column {
            let role = if column.measured { Role::Text } else { Role::Muted };
            canvas.put(at, y, BLOCKS[usize::from(level(column.value, range, 8) - 1)], role);
        }
    }
}

/// One bar each, `step` columns apart and from nothing up: for sums, not balances.
pub fn spaced(canvas: &mut Canvas, (x, y): (u16, u16), step: u16, history: &History) {
    let high = history.range().map_or(0, |(_, high)| high);
    for (day, at) in history.days.iter().zip((x..).step_by(usize::from(step))) {
        if let Some(value) = day.value {
            canvas.put(at, y, BLOCKS[usize::from(level(value, (0, high), 8) - 1)], Role::Accent);
        }
    }
}

/// The days as a chart with its scale at the right and the months below.
pub fn chart(canvas: &mut Canvas, history: &History, money: impl Fn(i64) -> Money) {
    let rows = canvas.height().saturating_sub(1);
    let Some((low, high)) = history.range().filter(|_| rows > 0) else {
        canvas.put(1, rows / 2, "no balance known yet", Role::Muted);
        return;
    };
    if canvas.look.plain {
        let shown = [low, high].map(|value| canvas.look.money(money(value)));
        let text = format!("90 days: lowest {}, highest {}", shown[0], shown[1]);
        canvas.put(1, 0, &text, Role::Text);
        return;
    }
    let middle = low.midpoint(high);
    let shown = |canvas: &Canvas, value| canvas.look.money(money(value));
    let label = [low, middle, high].map(|value| width(&shown(canvas, value)));
    let label = u16::try_from(label.into_iter().max().unwrap_or(0)).unwrap_or(0);
    // The line of months ends with a legend, whatever room the scale needs.
    let wide = canvas.width().saturating_sub((label + 3).max(13));
    for (column, x) in columns(history, usize::from(wide)).into_iter().zip(1..) {
        if let Some(column) = column {
            bar(canvas, x, rows, column, (low, high));
        }
    }
    if !canvas.look.hidden {
        for (y, value) in [(0, high), (rows / 2, middle), (rows - 1, low)] {
            let text = shown(canvas, value);
            canvas.put_right(canvas.width() - 1, y, &text, Role::Muted);
        }
    }
    months(canvas, rows, wide, history);
}

fn bar(canvas: &mut Canvas, x: u16, rows: u16, column: Column, range: (i64, i64)) {
    let level = level(column.value, range, rows * 8);
    // Rebuilt days are drawn in whole cells: their shade has no heights.
    let level = if column.measured { level } else { level.div_ceil(8) * 8 };
    for row in 0..rows {
        let below = (rows - 1 - row) * 8;
        let part = level.saturating_sub(below).min(8);
        match (part, column.measured) {
            (0, _) => {}
            (_, false) => {
                canvas.put(x, row, "░", Role::Muted);
            }
            (part, true) => {
                canvas.put(x, row, BLOCKS[usize::from(part - 1)], Role::Accent);
            }
        }
    }
}

fn months(canvas: &mut Canvas, y: u16, wide: u16, history: &History) {
    let (Some(first), Some(last)) = (history.days.first(), history.days.last()) else { return };
    let estimated = history.days.iter().any(|day| day.kind == DayKind::Rebuilt);
    let end = wide + 1;
    let from = canvas.put(1, y, &first.date.format("%b %d").to_string(), Role::Muted) + 1;
    let until =
        canvas.put_right(end.max(from + 6), y, &last.date.format("%b %d").to_string(), Role::Muted);
    let mut free = from;
    for (index, day) in history.days.iter().enumerate().filter(|(_, day)| day.date.day() == 1) {
        let x = 1 + index * usize::from(wide) / history.days.len().max(1);
        let x = u16::try_from(x).unwrap_or(u16::MAX);
        if x >= free && x + 4 < until {
            free = canvas.put(x, y, &day.date.format("%b").to_string(), Role::Muted) + 1;
        }
    }
    let legend = "░ estimate";
    if estimated && end.max(from + 6) + 1 + 10 < canvas.width() {
        canvas.put_right(canvas.width().saturating_sub(1), y, legend, Role::Muted);
    }
}

#[cfg(test)]
mod tests {
    use chrono::{Days, NaiveDate};

    use super::*;
    use crate::domain::Day;

    fn history(values: &[Option<i64>]) -> History {
        let first = NaiveDate::from_ymd_opt(2026, 11, 1).unwrap();
        let day = |(index, value): (usize, &Option<i64>)| Day {
            date: first + Days::new(index as u64),
            value: *value,
            kind: if value.is_some() { DayKind::Measured } else { DayKind::Unknown },
        };
        History { days: values.iter().enumerate().map(day).collect() }
    }

    #[test]
    fn the_lowest_and_the_highest_day_use_the_whole_height() {
        assert_eq!(level(-500, (-500, 300), 8), 1);
        assert_eq!(level(300, (-500, 300), 8), 8);
        assert_eq!(level(7, (7, 7), 8), 1);
        assert_eq!(level(i64::MAX, (i64::MIN, i64::MAX), 40), 40);
    }

    #[test]
    fn a_column_shows_the_last_known_of_its_days() {
        let history = history(&[Some(1), None, None, None, Some(2), Some(3)]);
        let values: Vec<_> = columns(&history, 3).iter().map(|c| c.map(|c| c.value)).collect();
        assert_eq!(values, [Some(1), None, Some(3)]);
    }

    #[test]
    fn more_columns_than_days_repeat_a_day() {
        let history = history(&[Some(1), Some(2)]);
        let values: Vec<_> = columns(&history, 4).iter().map(|c| c.map(|c| c.value)).collect();
        assert_eq!(values, [Some(1), Some(1), Some(2), Some(2)]);
    }
}
