//! The requests of the sync: when, which, how they ended.

use super::canvas::Canvas;
use super::text::width;
use super::theme::Role;
use super::words::tally;
use crate::app::App;
use crate::domain::{RequestTry, SafeText};

/// Where the request itself begins.
const REQUEST: u16 = 12;
/// What stands behind it: status, time taken, and a few words.
const BEHIND: u16 = 39;

/// A heading and the latest requests that fit below it.
pub fn draw(canvas: &mut Canvas, app: &App) {
    if app.sync.log.is_empty() || canvas.height() < 3 {
        return;
    }
    canvas.put(1, 1, "LOG", Role::Muted);
    let (columns, rows) = (canvas.width(), canvas.height() - 2);
    draw_lines(&mut canvas.part(0, 2, columns, rows), app);
}

/// The latest request alone, without a heading.
pub fn draw_latest(canvas: &mut Canvas, app: &App) {
    draw_lines(canvas, app);
}

fn draw_lines(canvas: &mut Canvas, app: &App) {
    let log = &app.sync.log;
    let tries = || log.iter().skip(log.len().saturating_sub(usize::from(canvas.height())));
    let wide = canvas.look.wide;
    let longest = tries().map(|tried| width(&request(tried, wide))).max().unwrap_or(0);
    // In one pane the words at the end give way to the request.
    let behind = if canvas.width() < 80 { BEHIND / 2 } else { BEHIND };
    let room = canvas.width().saturating_sub(REQUEST + behind);
    let columns = u16::try_from(longest).unwrap_or(u16::MAX).clamp(room.min(32), room.max(1));
    for (tried, y) in tries().zip(0..) {
        draw_try(canvas, app, y, tried, columns);
    }
}

fn draw_try(canvas: &mut Canvas, app: &App, y: u16, tried: &RequestTry, columns: u16) {
    let at = app.setup.zone.at(tried.ended_at).format("%H:%M:%S").to_string();
    canvas.put(2, y, &at, Role::Muted);
    let text = request(tried, canvas.look.wide);
    canvas.put_outside(REQUEST, y, columns, &text, Role::Muted);
    let (status, role) = match tried.status {
        Some(status @ 200..300) => (status.to_string(), Role::Muted),
        Some(status) => (status.to_string(), Role::Warn),
        None => ("—".to_owned(), Role::Warn),
    };
    let x = REQUEST + columns + 2;
    canvas.put(x, y, &status, role);
    let elapsed = i64::try_from(tried.elapsed.as_millis()).unwrap_or(i64::MAX);
    canvas.put_right(x + 14, y, &format!("{} ms", tally(elapsed)), Role::Muted);
    canvas.put(x + 17, y, &ending(tried), Role::Muted);
}

/// Method and path; in few columns only what tells one request from another.
fn request(tried: &RequestTry, wide: bool) -> SafeText {
    match tried.path.strip_prefix("/accounts/") {
        Some(path) if !wide && tried.method == "GET" => SafeText::new(path),
        _ => SafeText::new(&format!("{} {}", tried.method, tried.path)),
    }
}

fn ending(tried: &RequestTry) -> String {
    let answer = match (tried.status, tried.rows) {
        (None, _) => Some("no answer".to_owned()),
        (_, Some(1)) => Some("1 row".to_owned()),
        (_, Some(rows)) => Some(format!("{rows} rows")),
        _ => None,
    };
    let pause = tried.pause.map(|pause| format!("again in {:.1} s", pause.as_secs_f64()));
    answer.into_iter().chain(pause).collect::<Vec<_>>().join(", ")
}
