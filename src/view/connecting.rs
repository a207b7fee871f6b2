//! A bank that is being linked: where the page is, how far it is, and what came of it.

use super::canvas::Canvas;
use super::status;
use super::text::wrap;
use super::theme::Role;
use crate::app::connecting::{At, Connecting};
use crate::app::linking::outcome;
use crate::domain::linking::{LinkedBank, Linking, Place};
use crate::domain::{SafeText, counted, label};

/// The text's edge on either side.
const MARGIN: u16 = 2;

type Lines = Vec<(String, Role)>;

pub fn draw(canvas: &mut Canvas, connecting: &Connecting) {
    let (width, height) = (canvas.width(), canvas.height());
    let columns = 78.min(width.saturating_sub(2));
    let lines = lines(connecting, usize::from(columns - 2 - 2 * MARGIN));
    let most = height.saturating_sub(3 + status::footer_rows(canvas));
    let rows = u16::try_from(lines.len() + 4).unwrap_or(u16::MAX).min(most);
    let top = (height.saturating_sub(rows) / 3).max(2);
    let mut area = canvas.part((width - columns) / 2, top, columns, rows);
    let title = SafeText::new(&connecting.title());
    let mut inside = area.framed(&title, keys(connecting));
    for ((line, role), y) in lines.iter().zip(1..rows.saturating_sub(2)) {
        inside.put(MARGIN, y, line, *role);
    }
}

fn keys(connecting: &Connecting) -> &'static str {
    match &connecting.at {
        At::Doubt(_) => "enter yes · esc no",
        At::Linked(_) => "r sync now · esc later",
        At::Failed(_) => "enter tries again · esc closes",
        _ if connecting.place.is_some() => "y copies the address · esc cancels",
        _ => "esc cancels",
    }
}

fn lines(connecting: &Connecting, room: usize) -> Lines {
    let mut lines = Lines::new();
    match &connecting.at {
        At::Beginning => lines.push(("One moment …".to_owned(), Role::Muted)),
        At::Step(step) => {
            if let Some(place) = &connecting.place {
                page(&mut lines, place, room);
            }
            steps(&mut lines, step);
            for sentence in &connecting.beware {
                lines.push((String::new(), Role::Text));
                wrapped(&mut lines, sentence, room, Role::Warn);
            }
        }
        At::Doubt(doubt) => wrapped(&mut lines, &doubt.question(), room, Role::Warn),
        At::Linked(bank) => linked(&mut lines, bank, room),
        At::Failed(why) => {
            wrapped(&mut lines, &capital(why), room, Role::Warn);
        }
    }
    lines
}

fn page(lines: &mut Lines, place: &Place, room: usize) {
    wrapped(lines, &place.advice(), room, Role::Text);
    lines.push((String::new(), Role::Text));
    // It is copied as it stands, so it is never wrapped between words.
    let letters: Vec<char> = place.address.chars().collect();
    for piece in letters.chunks(room.max(1)) {
        lines.push((piece.iter().collect(), Role::Accent));
    }
    lines.push((String::new(), Role::Text));
}

/// What is done, what is going on, what comes.
fn steps(lines: &mut Lines, step: &Linking) {
    const ALL: [&str; 4] = ["page opened", "Connect loaded", "signed in", "accounts read"];
    let done = match step {
        Linking::Waiting(_) => 0,
        Linking::Opened | Linking::Blocked => 1,
        Linking::Ready | Linking::Started | Linking::Exited => 2,
        Linking::Checking(_) => 3,
    };
    for (index, name) in ALL.into_iter().enumerate() {
        let (sign, role) = match index {
            _ if index < done => ("✓", Role::Ok),
            _ if index > done => ("·", Role::Muted),
            _ if *step == Linking::Blocked => ("!", Role::Warn),
            _ => ("▸", Role::Accent),
        };
        let text = if index == done { step.sentence() } else { name.to_owned() };
        lines.push((format!("{sign} {text}"), role));
    }
}

fn linked(lines: &mut Lines, bank: &LinkedBank, room: usize) {
    wrapped(lines, &outcome(bank), room, Role::Ok);
    lines.push((String::new(), Role::Text));
    for account in &bank.accounts {
        let name = label(&account.name, account.last_four.as_deref());
        lines.push((format!("  {}", SafeText::new(&name)), Role::Text));
    }
    if bank.open > 0 {
        let which = counted(bank.open, "account");
        let text = format!(
            "{which} may be one you have already: left out of totals until you say so on the \
             accounts screen."
        );
        lines.push((String::new(), Role::Text));
        wrapped(lines, &text, room, Role::Warn);
    }
    for sentence in &bank.told {
        lines.push((String::new(), Role::Text));
        wrapped(lines, sentence, room, Role::Muted);
    }
    lines.push((String::new(), Role::Text));
    let kept = "The access token is encrypted in your database. Balances and transactions come \
                with the first sync.";
    wrapped(lines, kept, room, Role::Muted);
}

fn wrapped(lines: &mut Lines, text: &str, room: usize, role: Role) {
    let text = SafeText::new(text);
    lines.extend(wrap(&text, room).into_iter().map(|line| (line, role)));
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|letter| letter.to_uppercase().to_string());
    format!("{}{}.", first.unwrap_or_default(), letters.as_str().trim_end_matches('.'))
}
