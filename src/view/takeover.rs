//! A database that another program made: what is inside, what becomes of it, and the choices.

use super::canvas::Canvas;
use super::status::footer_rows;
use super::text::{pad, wrap};
use super::theme::Role;
use super::words::day;
use crate::app::action::Action;
use crate::app::takeover::{Takeover, WAYS, Way, report, tokens};
use crate::app::{App, FoundPlace};
use crate::domain::{SafeText, Survey, size};

/// Rows that a sentence may take.
const LONGEST: usize = 3;

pub fn draw(canvas: &mut Canvas, app: &App, takeover: &Takeover) {
    let (width, wide) = (canvas.width(), canvas.look.wide);
    let end = width.saturating_sub(1);
    canvas.put(1, 0, "passbook", Role::Strong);
    let what = if wide { "open an existing database    " } else { "open a database · " };
    let state = if takeover.taking.is_some() { "working" } else { "nothing written yet" };
    canvas.put_right(end, 0, &format!("{what}{state}"), Role::Muted);
    canvas.rule(0, 1, width, '─');
    let facts = takeover.survey.as_deref().map(|survey| facts(app, survey)).unwrap_or_default();
    let start = canvas.put_right(end, 2, &facts, Role::Muted);
    canvas.put_outside(2, 2, start.saturating_sub(4), &takeover.found.shown, Role::Strong);
    canvas.rule(0, 3, width, '─');
    let rows = canvas.height().saturating_sub(4 + footer_rows(canvas));
    let mut body = canvas.part(0, 4, width, rows);
    match (&takeover.survey, takeover.report) {
        (Some(survey), Some(top)) => draw_report(&mut body, survey, top),
        (Some(survey), None) => draw_survey(&mut body, app, takeover, survey),
        (None, _) => draw_unread(&mut body, takeover),
    }
}

fn facts(app: &App, survey: &Survey) -> String {
    let size = survey.bytes.map(|bytes| format!(", {}", size(bytes))).unwrap_or_default();
    let changed = survey
        .changed_at
        .map(|at| format!(", last changed {}", day(app.setup.zone.day(at), app.today())));
    format!("{}{size}{}", survey.engine, changed.unwrap_or_default())
}

fn draw_unread(canvas: &mut Canvas, takeover: &Takeover) {
    let (text, role) = match &takeover.failure {
        Some(sentence) => (&**sentence, Role::Warn),
        None => ("Reading it …", Role::Muted),
    };
    // What differs is told a line each.
    let room = usize::from(canvas.width().saturating_sub(4));
    let lines = text.lines().flat_map(|line| wrap(&SafeText::new(line), room));
    for (line, y) in lines.zip(1..) {
        canvas.put(2, y, &line, role);
    }
}

fn draw_report(canvas: &mut Canvas, survey: &Survey, top: usize) {
    let room = canvas.width().saturating_sub(3);
    for (line, y) in report(survey).iter().skip(top).zip(0..canvas.height()) {
        canvas.put_cut(2, y, room, line, Role::Text);
    }
}

fn draw_survey(canvas: &mut Canvas, app: &App, takeover: &Takeover, survey: &Survey) {
    let wide = canvas.look.wide;
    let gap = u16::from(wide);
    let head = labelled(canvas, "WHAT IT IS", survey.sentence);
    let mut below = labelled(canvas, "MONEY CHECK", &survey.money());
    below.extend(labelled(canvas, "TIMES", &survey.times()));
    let message = message(canvas, takeover, survey);
    let offer = u16::from(takeover.offers_by_hand());
    let ways = u16::try_from(WAYS.len()).unwrap_or(0) + 2 * gap + offer;
    let kept = rows(&below) + rows(&message) + ways + 1 + 2 * gap;
    let y = put_labelled(canvas, 0, &head) + gap;
    let room = canvas.height().saturating_sub(y + kept);
    let width = canvas.width();
    let y = y + draw_inside(&mut canvas.part(0, y, width, room), survey) + gap;
    let y = put_labelled(canvas, y, &below);
    canvas.rule(2, y, width.saturating_sub(4), '┄');
    let y = draw_ways(canvas, app, takeover, y + 1);
    for ((line, role), y) in message.iter().zip(y + gap..) {
        canvas.put(2, y, line, *role);
    }
}

fn rows<T>(lines: &[T]) -> u16 {
    u16::try_from(lines.len()).unwrap_or(u16::MAX)
}

/// A sentence beside its label, a line each.
fn labelled(canvas: &Canvas, label: &'static str, text: &str) -> Vec<(&'static str, String)> {
    let room = usize::from(canvas.width().saturating_sub(second(canvas) + 1));
    let lines = wrap(&SafeText::new(text), room).into_iter().take(LONGEST);
    lines.enumerate().map(|(row, line)| (if row == 0 { label } else { "" }, line)).collect()
}

fn put_labelled(canvas: &mut Canvas, mut y: u16, lines: &[(&str, String)]) -> u16 {
    for (label, line) in lines {
        canvas.put(2, y, label, Role::Muted);
        canvas.put(second(canvas), y, line, Role::Text);
        y += 1;
    }
    y
}

/// Where the second column begins.
fn second(canvas: &Canvas) -> u16 {
    if canvas.look.wide { 34 } else { 16 }
}

/// As many lines as there is room for, under a heading; returns how many rows that took.
fn draw_inside(canvas: &mut Canvas, survey: &Survey) -> u16 {
    let wide = canvas.look.wide;
    let (end, x) = if wide { (52, 55) } else { (38, 40) };
    canvas.put(2, 0, "WHAT IS INSIDE", Role::Muted);
    canvas.put_right(end, 0, "ROWS", Role::Muted);
    canvas.put(x, 0, "WHAT BECOMES OF IT", Role::Muted);
    let inside = survey.inside();
    let room = usize::from(canvas.height().saturating_sub(1));
    let fit = if inside.len() <= room { inside.len() } else { room.saturating_sub(1) };
    for (line, y) in inside.iter().take(fit).zip(1..) {
        let indent = 4 + 2 * u16::try_from(line.depth).unwrap_or(0);
        canvas.put_outside(indent, y, end.saturating_sub(indent + 8), &line.what, Role::Text);
        canvas.put_right(end, y, &line.rows.to_string(), Role::Text);
        let room = canvas.width().saturating_sub(x + 1);
        canvas.put_cut(x, y, room, line.becomes, Role::Text);
    }
    let fitted = u16::try_from(fit).unwrap_or(u16::MAX);
    if fit == inside.len() {
        return 1 + fitted;
    }
    let more = format!("and {} more, in the full report", inside.len() - fit);
    canvas.put(4, 1 + fitted, &more, Role::Muted);
    2 + fitted
}

fn draw_ways(canvas: &mut Canvas, app: &App, takeover: &Takeover, mut y: u16) -> u16 {
    if canvas.look.wide {
        canvas.put(2, y, "CHOOSE", Role::Muted);
        y += 1;
    }
    for (index, way) in WAYS.into_iter().enumerate() {
        let (action, title, why, short) = words(way, takeover);
        let key = app.setup.keymap.labels(action).first().cloned().unwrap_or_default();
        canvas.line_target(y, index);
        if index == takeover.selected {
            canvas.put(4, y, "▌", Role::Accent);
        }
        let x = canvas.put(6, y, &pad(&key, 3), Role::Accent);
        canvas.put(x, y, title, Role::Strong);
        let room = canvas.width().saturating_sub(52);
        if canvas.look.wide {
            canvas.put_cut(52, y, room, why, Role::Muted);
        } else {
            canvas.put_right(canvas.width().saturating_sub(1), y, short, Role::Muted);
        }
        y += 1;
    }
    if takeover.offers_by_hand() {
        let key = app.setup.keymap.labels(Action::TakeByHand).first().cloned().unwrap_or_default();
        let x = canvas.put(6, y, &pad(&key, 3), Role::Accent);
        let answer = if takeover.by_hand { "yes" } else { "no" };
        canvas.put(x, y, &format!("Also what was kept by hand: {answer}"), Role::Text);
        y += 1;
    }
    y
}

/// Its key, its name and what speaks for it, also in few words.
fn words(way: Way, takeover: &Takeover) -> (Action, &'static str, &'static str, &'static str) {
    match (way, &takeover.found.place) {
        (Way::Copy, FoundPlace::File(_)) => (
            Action::CopyOver,
            "Copy into passbook, original untouched",
            "safest: the Python app keeps its own file",
            "safest",
        ),
        (Way::Copy, FoundPlace::Own) => (
            Action::CopyOver,
            "Copy into a file, original untouched",
            "safest: onto this computer, as it stands now",
            "safest",
        ),
        (Way::InPlace, FoundPlace::File(_)) => (
            Action::UseInPlace,
            "Use this file in place",
            "full backup first; only pb_ tables added, nothing changed",
            "backup first, pb_ tables added",
        ),
        (Way::InPlace, FoundPlace::Own) => (
            Action::UseInPlace,
            "Use it in place",
            "adds tables named pb_, touches no existing one",
            "pb_ tables added",
        ),
        (Way::View, _) => {
            (Action::JustView, "Just view it", "nothing is written anywhere", "nothing is written")
        }
    }
}

/// What is going on or went wrong; else, where there is room, where the tokens are.
fn message(canvas: &Canvas, takeover: &Takeover, survey: &Survey) -> Vec<(String, Role)> {
    let (text, role) = match (&takeover.failure, takeover.taking) {
        (_, Some(Way::Copy)) => ("Copying it into passbook …", Role::Accent),
        (_, Some(Way::InPlace)) => ("Adding passbook's tables and taking it over …", Role::Accent),
        (_, Some(Way::View)) => ("Reading all of it into memory …", Role::Accent),
        (Some(sentence), None) => (&**sentence, Role::Warn),
        (None, None) if canvas.look.wide => (tokens(survey), Role::Muted),
        (None, None) => return Vec::new(),
    };
    let room = usize::from(canvas.width().saturating_sub(4));
    let lines = wrap(&SafeText::new(text), room).into_iter().take(LONGEST);
    lines.map(|line| (line, role)).collect()
}
