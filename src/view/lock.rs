//! The locked screen: it says nothing of what lies behind it.

use super::canvas::Canvas;
use super::theme::Role;
use crate::app::App;
use crate::app::lock::Locked;

pub fn draw(canvas: &mut Canvas, app: &App, locked: &Locked) {
    let (width, height) = (canvas.width(), canvas.height());
    canvas.put(1, 0, "passbook", Role::Strong);
    let state = if app.sync.running { "locked · a sync goes on" } else { "locked" };
    canvas.put_right(width.saturating_sub(1), 0, state, Role::Muted);
    canvas.rule(0, 1, width, '─');
    let x = width / 2 - 18.min(width / 2);
    let y = (height / 2).saturating_sub(3);
    canvas.put(x, y, "Locked. The passphrase, please:", Role::Strong);
    let shown = if locked.has_typed() { "••••••••" } else { "" };
    let end = canvas.put(x, y + 2, shown, Role::Strong);
    canvas.put(end, y + 2, "▏", Role::Accent);
    let room = width.saturating_sub(x + 1);
    let message = match (app.lock_wait(), &locked.message) {
        _ if locked.checking => "Looking …".to_owned(),
        (Some(left), message) => {
            let message = message.as_deref().unwrap_or_default();
            // A second that has begun is waited for, too.
            let seconds = (left.num_milliseconds() + 999) / 1000;
            format!("{message} Try again in {seconds} s.")
        }
        (None, Some(message)) => message.clone(),
        (None, None) => String::new(),
    };
    canvas.put_outside(x, y + 4, room, &message, Role::Warn);
    let below = height.saturating_sub(2);
    canvas.rule(0, below, width, '─');
    let hints = "enter opens   esc clears   ctrl-c quits";
    canvas.put_cut(1, below + 1, width.saturating_sub(2), hints, Role::Muted);
}
