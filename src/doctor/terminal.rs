//! The terminal, as far as it can be told without drawing on it.

use std::io::{self, IsTerminal as _};

use super::finding::Verdict;
use crate::config::Environment;

/// The smallest that the screen draws on.
const SMALLEST: (u16, u16) = (60, 15);

/// What the surroundings say of a terminal.
#[derive(Clone, Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is seen or not")]
struct Seen {
    is_terminal: bool,
    /// Columns and rows.
    size: Option<(u16, u16)>,
    term: String,
    program: String,
    true_colour: bool,
    no_colour: bool,
    locale: String,
    in_tmux: bool,
}

pub(super) fn look(environment: &Environment) -> Verdict {
    let text = |name: &str| environment.process(name).unwrap_or_default().to_owned();
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().find_map(|it| environment.process(it));
    judge(&Seen {
        is_terminal: io::stdin().is_terminal() && io::stdout().is_terminal(),
        size: size(),
        term: text("TERM"),
        program: text("TERM_PROGRAM"),
        true_colour: matches!(text("COLORTERM").as_str(), "truecolor" | "24bit"),
        no_colour: environment.process("NO_COLOR").is_some(),
        locale: locale.unwrap_or_default().to_owned(),
        in_tmux: environment.process("TMUX").is_some(),
    })
}

#[cfg(unix)]
fn size() -> Option<(u16, u16)> {
    let size = rustix::termios::tcgetwinsize(io::stdout()).ok()?;
    (size.ws_col > 0).then_some((size.ws_col, size.ws_row))
}

#[cfg(not(unix))]
fn size() -> Option<(u16, u16)> {
    None
}

fn judge(seen: &Seen) -> Verdict {
    if !seen.is_terminal {
        return Verdict::skipped("doctor runs without one");
    }
    let size = seen.size.map_or_else(
        || "of unknown size".to_owned(),
        |(columns, rows)| format!("{columns}×{rows}"),
    );
    let term = if seen.term.is_empty() { "TERM is not set" } else { &seen.term };
    let what = format!(
        "{term}, {size}, {}, {}, clipboard {}",
        colours(seen),
        if is_unicode(&seen.locale) { "Unicode" } else { "no Unicode" },
        clipboard(seen)
    );
    if seen.term == "dumb" || seen.term.is_empty() {
        return Verdict::warning(what)
            .because("the terminal says that it can draw nothing")
            .so("set TERM to what the terminal is, such as xterm-256color");
    }
    if seen.size.is_some_and(|(columns, rows)| columns < SMALLEST.0 || rows < SMALLEST.1) {
        return Verdict::warning(what)
            .because(format!("the screen needs {}×{} cells", SMALLEST.0, SMALLEST.1))
            .so("make the window larger");
    }
    if !is_unicode(&seen.locale) {
        return Verdict::warning(what)
            .because("the locale is not one of UTF-8")
            .so("set LANG to one that is, such as C.UTF-8, or use --ascii");
    }
    Verdict::fine(what)
}

fn colours(seen: &Seen) -> &'static str {
    if seen.no_colour {
        "no colours (NO_COLOR)"
    } else if seen.true_colour {
        "all colours"
    } else if seen.term.contains("256color") {
        "256 colours"
    } else {
        "few colours"
    }
}

fn is_unicode(locale: &str) -> bool {
    let locale = locale.to_ascii_lowercase();
    locale.contains("utf-8") || locale.contains("utf8")
}

/// Whether it takes what is copied (OSC 52): a guess, for none can be asked.
fn clipboard(seen: &Seen) -> &'static str {
    const TAKE_IT: [&str; 7] =
        ["kitty", "alacritty", "foot", "wezterm", "ghostty", "iterm", "xterm"];
    let (term, program) = (seen.term.to_ascii_lowercase(), seen.program.to_ascii_lowercase());
    if program == "apple_terminal" || term == "linux" {
        "unlikely"
    } else if seen.in_tmux || term.starts_with("tmux") || term.starts_with("screen") {
        "with tmux's set-clipboard on"
    } else if TAKE_IT.iter().any(|name| term.contains(name) || program.contains(name)) {
        "likely"
    } else {
        "unknown"
    }
}

#[cfg(test)]
mod tests {
    use super::super::finding::Outcome;
    use super::*;

    fn healthy() -> Seen {
        Seen {
            is_terminal: true,
            size: Some((120, 36)),
            term: "xterm-256color".to_owned(),
            locale: "en_GB.UTF-8".to_owned(),
            ..Seen::default()
        }
    }

    #[test]
    fn each_thing_that_a_terminal_lacks_is_named() {
        assert_eq!(judge(&healthy()).outcome, Outcome::Fine);
        let nobody = Seen { is_terminal: false, ..healthy() };
        assert_eq!(judge(&nobody).outcome, Outcome::Skipped);
        for (seen, told) in [
            (Seen { term: "dumb".to_owned(), ..healthy() }, "set TERM"),
            (Seen { size: Some((59, 24)), ..healthy() }, "larger"),
            (Seen { size: Some((80, 14)), ..healthy() }, "larger"),
            (Seen { locale: "C".to_owned(), ..healthy() }, "--ascii"),
        ] {
            let found = judge(&seen);
            assert_eq!(found.outcome, Outcome::Warning, "{seen:?}");
            assert!(found.remedy.unwrap().contains(told), "{seen:?}");
        }
    }

    #[test]
    fn colours_and_clipboard_are_guessed_from_what_is_set() {
        let told = |seen: Seen| judge(&seen).what;
        assert!(told(Seen { true_colour: true, ..healthy() }).contains("all colours"));
        assert!(told(Seen { no_colour: true, ..healthy() }).contains("no colours"));
        assert!(told(healthy()).contains("256 colours, Unicode, clipboard likely"));
        assert!(told(Seen { in_tmux: true, ..healthy() }).contains("set-clipboard"));
        let apple = Seen { program: "Apple_Terminal".to_owned(), ..healthy() };
        assert!(told(apple).contains("clipboard unlikely"));
    }
}
