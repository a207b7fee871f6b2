//! Keys to actions: the embedded file, overridden by the user's own.

use std::fmt::Write as _;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use toml::de::{DeTable, DeValue};

use super::action::{ACTIONS, Action, Context, Group};

const EMBEDDED: &str = include_str!("../../assets/keymap.toml");

/// One key with what is held down; shift is told by the letter itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Key {
    pub code: KeyCode,
    pub modifiers: KeyModifiers,
}

impl Key {
    /// A single character stands for itself; longer names are `ctrl-d`, `pagedown`, `f5`.
    fn parse(word: &str) -> Option<Self> {
        let mut letters = word.chars();
        if let (Some(letter), None) = (letters.next(), letters.next()) {
            return Some(Self { code: KeyCode::Char(letter), modifiers: KeyModifiers::NONE });
        }
        let combination = crokey::parse(word).ok()?;
        let crokey::OneToThree::One(code) = combination.codes else { return None };
        Some(Self::new(code, combination.modifiers))
    }

    fn new(code: KeyCode, modifiers: KeyModifiers) -> Self {
        let told_by_code = matches!(code, KeyCode::Char(_) | KeyCode::BackTab);
        let modifiers = if told_by_code { modifiers - KeyModifiers::SHIFT } else { modifiers };
        Self { code, modifiers }
    }

    /// As help shows it: `ctrl-d`, `↓`, `esc`.
    fn label(self) -> String {
        let code = match self.code {
            KeyCode::Char(' ') => "space".to_owned(),
            KeyCode::Char(letter) => letter.to_string(),
            KeyCode::Down => "↓".to_owned(),
            KeyCode::Up => "↑".to_owned(),
            KeyCode::Left => "←".to_owned(),
            KeyCode::Right => "→".to_owned(),
            KeyCode::BackTab => "shift-tab".to_owned(),
            KeyCode::PageDown => "PgDn".to_owned(),
            KeyCode::PageUp => "PgUp".to_owned(),
            KeyCode::F(number) => format!("F{number}"),
            other => format!("{other:?}"),
        };
        let plain = match self.code {
            KeyCode::Enter | KeyCode::Esc | KeyCode::Tab | KeyCode::Backspace | KeyCode::Delete => {
                code.to_lowercase()
            }
            _ => code,
        };
        let control = if self.modifiers.contains(KeyModifiers::CONTROL) { "ctrl-" } else { "" };
        let alt = if self.modifiers.contains(KeyModifiers::ALT) { "alt-" } else { "" };
        format!("{control}{alt}{plain}")
    }
}

impl From<KeyEvent> for Key {
    fn from(event: KeyEvent) -> Self {
        Self::new(event.code, event.modifiers)
    }
}

/// Keys pressed one after the other.
pub type Sequence = Vec<Key>;

fn parse_sequence(text: &str) -> Option<Sequence> {
    let keys: Option<Sequence> = text.split_whitespace().map(Key::parse).collect();
    keys.filter(|keys| !keys.is_empty() && keys.len() <= 2)
}

fn label(sequence: &[Key]) -> String {
    sequence.iter().map(|key| key.label()).collect::<Vec<_>>().join(" ")
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    Action(Action),
    /// The beginning of a longer sequence.
    Prefix,
    Nothing,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Keymap {
    /// In the order of the table.
    bindings: Vec<(Action, Vec<Sequence>)>,
}

impl Default for Keymap {
    fn default() -> Self {
        let mut keymap =
            Self { bindings: ACTIONS.iter().map(|entry| (entry.action, Vec::new())).collect() };
        let problems = keymap.read(EMBEDDED);
        assert!(problems.is_empty(), "the embedded keymap parses: {problems:?}");
        keymap
    }
}

impl Keymap {
    /// The default keys with those of `text` instead, and a line for everything in it that was
    /// left out. A key given to one action is taken from whichever had it by default.
    pub fn with_user_keys(text: &str) -> (Self, Vec<String>) {
        let mut keymap = Self::default();
        let problems = keymap.read(text);
        (keymap, problems)
    }

    fn read(&mut self, text: &str) -> Vec<String> {
        let mut problems = Problems::default();
        let text = readable(text, &mut problems);
        let line = |offset: usize| line_of(&text, offset);
        let table = DeTable::parse(&text).map(toml::Spanned::into_inner).unwrap_or_default();
        let mut taken: Vec<(Sequence, Action)> = Vec::new();
        let mut entries: Vec<_> = table.iter().collect();
        entries.sort_by_key(|(name, _)| name.span().start);
        for (name, value) in entries {
            let at = line(name.span().start);
            let Some(action) = Action::named(name.get_ref()) else {
                problems.tell(at, format!("no action is called {}", name.get_ref()));
                continue;
            };
            let mut sequences = Vec::new();
            for (word, offset) in words(value) {
                let at = offset.map_or(at, line);
                let Some(sequence) = word.and_then(parse_sequence) else {
                    problems.tell(at, format!("{:?} is no key", word.unwrap_or("that")));
                    continue;
                };
                match taken.iter().find_map(|(other, owner)| {
                    let (one, two) = ((&**other, *owner), (&*sequence, action));
                    clash(one, two).then(|| quarrel(one, two))
                }) {
                    Some(quarrel) => problems.tell(at, quarrel),
                    None => {
                        taken.push((sequence.clone(), action));
                        sequences.push(sequence);
                    }
                }
            }
            self.bind(action, &sequences);
        }
        problems.into_lines()
    }

    fn bind(&mut self, action: Action, sequences: &[Sequence]) {
        for (owner, theirs) in &mut self.bindings {
            if *owner == action {
                *theirs = sequences.to_vec();
            } else {
                let clashes = |other: &Sequence, s: &Sequence| clash((other, *owner), (s, action));
                theirs.retain(|other| !sequences.iter().any(|s| clashes(other, s)));
            }
        }
    }

    /// What the keys pressed so far mean here.
    pub fn find(&self, pressed: &[Key], context: Context) -> Found {
        let mut prefix = false;
        for (action, sequences) in self.here(context) {
            for sequence in sequences {
                if sequence == pressed {
                    return Found::Action(*action);
                }
                prefix |= sequence.starts_with(pressed);
            }
        }
        if prefix { Found::Prefix } else { Found::Nothing }
    }

    /// What may follow a prefix: the next keys and the action they lead to.
    pub fn following(&self, pressed: &[Key], context: Context) -> Vec<(String, Action)> {
        let mut following = Vec::new();
        for (action, sequences) in self.here(context) {
            for sequence in sequences.iter().filter(|sequence| sequence.starts_with(pressed)) {
                following.push((label(&sequence[pressed.len()..]), *action));
            }
        }
        following
    }

    /// `j`, `↓`: every key of an action, as help shows it.
    pub fn labels(&self, action: Action) -> Vec<String> {
        let of = |(owner, sequences): &(Action, Vec<Sequence>)| {
            (*owner == action).then(|| sequences.iter().map(|s| label(s)).collect())
        };
        self.bindings.iter().find_map(of).unwrap_or_default()
    }

    fn here(&self, context: Context) -> impl Iterator<Item = &(Action, Vec<Sequence>)> {
        self.bindings.iter().filter(move |(action, _)| action.entry().applies(context))
    }

    /// The key file with every default in it.
    pub fn print_defaults() -> String {
        let mut text = String::from(
            "# passbook's keys. Your own file needs only the lines you change: a line replaces all keys\n\
             # of its action. A space parts the keys of a sequence; [] leaves an action without a key.\n",
        );
        for group in Group::ALL {
            let _ = writeln!(text, "\n# {}", group.title().to_lowercase()); // a String takes all
            for entry in ACTIONS.iter().filter(|entry| entry.group == group) {
                let keys: Vec<String> = entry.keys.iter().map(|key| format!("{key:?}")).collect();
                let binding = format!("{} = [{}]", entry.name, keys.join(", "));
                let _ = writeln!(text, "{binding:<38} # {}", entry.help); // a String takes all
            }
        }
        text
    }
}

/// What was left out of a key file, by line.
#[derive(Default)]
struct Problems(Vec<(usize, String)>);

impl Problems {
    fn tell(&mut self, line: usize, what: String) {
        self.0.push((line, what));
    }

    fn into_lines(mut self) -> Vec<String> {
        self.0.sort_by_key(|(line, _)| *line);
        self.0.into_iter().map(|(line, what)| format!("keys, line {line}: {what}")).collect()
    }
}

fn line_of(text: &str, offset: usize) -> usize {
    text.as_bytes()[..offset.min(text.len())].iter().filter(|byte| **byte == b'\n').count() + 1
}

/// The text without the lines that are no TOML, so that the others still count.
fn readable(text: &str, problems: &mut Problems) -> String {
    let mut lines: Vec<&str> = text.lines().collect();
    loop {
        let text = lines.join("\n");
        let Err(error) = DeTable::parse(&text) else { return text };
        let line = error.span().map_or(1, |span| line_of(&text, span.start));
        problems.tell(line, error.message().to_owned());
        match lines.get_mut(line - 1) {
            Some(line) if !line.is_empty() => *line = "",
            // What began further up ends nowhere.
            _ => return String::new(),
        }
    }
}

/// `"j"` or `["j", "down"]`, each with where it stands; anything that is no text is `None`.
fn words<'a>(value: &'a toml::Spanned<DeValue<'_>>) -> Vec<(Option<&'a str>, Option<usize>)> {
    match value.get_ref() {
        DeValue::Array(values) => values
            .iter()
            .map(|value| (value.get_ref().as_str(), Some(value.span().start)))
            .collect(),
        other => vec![(other.as_str(), None)],
    }
}

/// Whether both could be meant at once: equal, or one begins the other, somewhere both apply.
fn clash((one, owner): (&[Key], Action), (other, action): (&[Key], Action)) -> bool {
    let overlap = one.starts_with(other) || other.starts_with(one);
    let together = || owner.entry().contexts.iter().any(|c| action.entry().applies(*c));
    // An action's own keys may repeat each other, but one must not hide another.
    overlap && if owner == action { one != other } else { together() }
}

/// Why the second cannot be had beside the first.
fn quarrel((one, owner): (&[Key], Action), (other, _): (&[Key], Action)) -> String {
    let (first, second, owner) = (label(one), label(other), owner.entry().name);
    if one == other {
        format!("{first} is bound to {owner} already")
    } else if other.starts_with(one) {
        format!("{second} could never be pressed: {first} alone is {owner} already")
    } else {
        format!("{second} would hide {first}, which is {owner} already")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(word: &str) -> Key {
        Key::parse(word).unwrap()
    }

    #[test]
    fn the_embedded_file_is_printed_from_the_table() {
        assert_eq!(EMBEDDED, Keymap::print_defaults());
    }

    #[test]
    fn every_action_has_a_help_line_a_key_and_a_place() {
        for entry in ACTIONS {
            assert!(!entry.help.is_empty(), "{}", entry.name);
            assert!(!entry.contexts.is_empty(), "{}", entry.name);
            assert_eq!(
                Keymap::default().labels(entry.action).len(),
                entry.keys.len(),
                "{}",
                entry.name
            );
        }
    }

    #[test]
    fn no_key_means_two_things_in_one_place() {
        let keymap = Keymap::default();
        for context in Context::ALL {
            let bound: Vec<_> = keymap
                .here(context)
                .flat_map(|(action, keys)| keys.iter().map(move |key| (key, action)))
                .collect();
            for (index, (one, owner)) in bound.iter().enumerate() {
                for (other, action) in &bound[index + 1..] {
                    let both = ((one.as_slice(), **owner), (other.as_slice(), **action));
                    assert!(!clash(both.0, both.1), "{owner:?} {action:?}");
                }
            }
        }
    }

    #[test]
    fn sequences_are_found_key_by_key() {
        let keymap = Keymap::default();
        assert_eq!(keymap.find(&[key("g")], Context::Accounts), Found::Prefix);
        let both = [key("g"), key("g")];
        assert_eq!(keymap.find(&both, Context::Accounts), Found::Action(Action::First));
        assert_eq!(keymap.find(&[key("g"), key("x")], Context::Accounts), Found::Nothing);
        assert_eq!(keymap.find(&[key("z")], Context::Sync), Found::Nothing);
    }

    #[test]
    fn terminals_that_report_shift_are_understood() {
        let typed = KeyEvent::new(KeyCode::Char('G'), KeyModifiers::SHIFT);
        let found = Keymap::default().find(&[typed.into()], Context::Accounts);
        assert_eq!(found, Found::Action(Action::Last));
        let typed = KeyEvent::new(KeyCode::BackTab, KeyModifiers::SHIFT);
        let found = Keymap::default().find(&[typed.into()], Context::Accounts);
        assert_eq!(found, Found::Action(Action::PreviousPane));
    }

    #[test]
    fn users_keys_take_the_place_of_the_defaults() {
        let (keymap, problems) = Keymap::with_user_keys("sync = \"s\"\nrow_down = [\"n\", \"r\"]");
        assert_eq!(problems, Vec::<String>::new());
        assert_eq!(keymap.labels(Action::Sync), ["s"]);
        assert_eq!(keymap.find(&[key("r")], Context::Accounts), Found::Action(Action::Down));
        assert_eq!(keymap.find(&[key("j")], Context::Accounts), Found::Nothing);
    }

    #[test]
    fn mistakes_are_named_by_line_and_the_rest_still_loads() {
        let text = "fly = \"f\"\nsync = [\"x\", 5, \"hyperspace\"]\n\nzoom = \"x\"\nquit = \"Q\"\n";
        let (keymap, problems) = Keymap::with_user_keys(text);
        assert_eq!(
            problems,
            [
                "keys, line 1: no action is called fly",
                "keys, line 2: \"that\" is no key",
                "keys, line 2: \"hyperspace\" is no key",
                "keys, line 4: x is bound to sync already",
            ]
        );
        assert_eq!(keymap.labels(Action::Quit), ["Q"]);
        let (keymap, problems) = Keymap::with_user_keys("sync = [");
        assert_eq!(problems.len(), 1);
        assert_eq!(keymap, Keymap::default());
    }

    #[test]
    fn a_sequence_that_a_single_key_hides_is_named_whichever_comes_first() {
        let (keymap, problems) = Keymap::with_user_keys(
            "zoom = [\n  \"x\",\n  \"x x\",\n]\nraw = \"x y\"\nsync = \"g\"",
        );
        assert_eq!(
            problems,
            [
                "keys, line 3: x x could never be pressed: x alone is zoom already",
                "keys, line 5: x y could never be pressed: x alone is zoom already",
            ]
        );
        assert_eq!(keymap.labels(Action::Zoom), ["x"]);
        assert_eq!(keymap.labels(Action::First), ["Home"], "g now syncs");
        let (_, problems) = Keymap::with_user_keys("raw = \"x y\"\nzoom = \"x\"");
        assert_eq!(problems, ["keys, line 2: x would hide x y, which is raw already"]);
    }

    #[test]
    fn a_line_that_is_no_toml_costs_only_itself() {
        let text = "sync = \"s\"\nzoom = \nsync = \"S\"\n??\nquit = \"Q\"";
        let (keymap, problems) = Keymap::with_user_keys(text);
        let lines: Vec<&str> = problems.iter().map(|it| &it[..it.find(':').unwrap()]).collect();
        assert_eq!(lines, ["keys, line 2", "keys, line 3", "keys, line 4"], "{problems:?}");
        assert_eq!(keymap.labels(Action::Sync), ["s"]);
        assert_eq!(keymap.labels(Action::Quit), ["Q"]);
    }
}
