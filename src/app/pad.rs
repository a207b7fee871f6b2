//! A few lines to type in, one below the other: enter begins a new one, and the usual keys edit.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::field::{Field, Typed};

/// Lines kept at most: what is pasted by mistake may be a whole file.
const MOST_LINES: usize = 200;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pad {
    /// Never empty.
    lines: Vec<Field>,
    /// Always below the number of lines.
    at: usize,
    /// The text when it was opened.
    was: String,
}

impl Pad {
    /// With the cursor at its end.
    pub fn new(text: &str) -> Self {
        let mut pad = Self { lines: vec![Field::default()], at: 0, was: String::new() };
        pad.paste(text);
        pad.was = pad.text();
        pad
    }

    pub fn text(&self) -> String {
        self.lines.iter().map(Field::text).collect::<Vec<_>>().join("\n")
    }

    pub fn lines(&self) -> &[Field] {
        &self.lines
    }

    /// The line with the cursor.
    pub fn at(&self) -> usize {
        self.at
    }

    pub fn is_changed(&self) -> bool {
        self.text() != self.was
    }

    pub fn is_empty(&self) -> bool {
        self.lines.iter().all(Field::is_empty)
    }

    /// Takes the key if it types, edits or moves.
    pub fn key(&mut self, key: KeyEvent) -> Typed {
        let plain = !key.modifiers.intersects(KeyModifiers::CONTROL | KeyModifiers::ALT);
        match key.code {
            KeyCode::Enter => self.split(),
            KeyCode::Up => self.go(self.at.saturating_sub(1)),
            KeyCode::Down => self.go(self.at + 1),
            KeyCode::PageUp => self.go(0),
            KeyCode::PageDown => self.go(self.lines.len() - 1),
            KeyCode::Backspace if self.lines[self.at].column() == 0 => self.join(self.at),
            KeyCode::Delete if self.lines[self.at].at_end() => self.join(self.at + 1),
            KeyCode::Left if plain && self.lines[self.at].column() == 0 => self.step_back(),
            KeyCode::Right if plain && self.lines[self.at].at_end() => self.step_on(),
            _ => self.lines[self.at].key(key),
        }
    }

    /// Its lines stay lines.
    pub fn paste(&mut self, text: &str) {
        for (index, line) in text.lines().take(MOST_LINES).enumerate() {
            if index > 0 {
                self.split();
            }
            self.lines[self.at].paste(line);
        }
    }

    fn split(&mut self) -> Typed {
        if self.lines.len() >= MOST_LINES {
            return Typed::Moved;
        }
        let line = &self.lines[self.at];
        let (before, after) = line.text().split_at(line.cursor());
        let (before, mut after) = (Field::new(before), Field::new(after));
        after.go_to(0);
        self.lines[self.at] = before;
        self.at += 1;
        self.lines.insert(self.at, after);
        Typed::Changed
    }

    /// The line becomes the end of the one above it.
    fn join(&mut self, line: usize) -> Typed {
        if line == 0 || line >= self.lines.len() {
            return Typed::Moved;
        }
        let below = self.lines.remove(line);
        self.at = line - 1;
        let above = &self.lines[self.at];
        let place = above.text().chars().count();
        let mut joined = Field::new(&format!("{}{}", above.text(), below.text()));
        joined.go_to(place);
        self.lines[self.at] = joined;
        Typed::Changed
    }

    /// The cursor keeps its column where the line is as long.
    fn go(&mut self, line: usize) -> Typed {
        let column = self.lines[self.at].column();
        self.at = line.min(self.lines.len() - 1);
        self.lines[self.at].go_to(column);
        Typed::Moved
    }

    fn step_back(&mut self) -> Typed {
        if self.at > 0 {
            self.at -= 1;
            self.lines[self.at].go_to(usize::MAX);
        }
        Typed::Moved
    }

    fn step_on(&mut self) -> Typed {
        if self.at + 1 < self.lines.len() {
            self.at += 1;
            self.lines[self.at].go_to(0);
        }
        Typed::Moved
    }
}

impl Default for Pad {
    fn default() -> Self {
        Self::new("")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn press(pad: &mut Pad, code: KeyCode) {
        pad.key(KeyEvent::new(code, KeyModifiers::NONE));
    }

    fn typed(pad: &mut Pad, text: &str) {
        for letter in text.chars() {
            press(pad, KeyCode::Char(letter));
        }
    }

    #[test]
    fn lines_are_split_and_joined_where_the_cursor_is() {
        let mut pad = Pad::new("half is for Sam\nask");
        assert!(!pad.is_changed());
        press(&mut pad, KeyCode::Up);
        assert_eq!((pad.at(), pad.lines()[0].column()), (0, 3), "in the same column");
        press(&mut pad, KeyCode::Enter);
        typed(&mut pad, "f");
        assert_eq!(pad.text(), "hal\nff is for Sam\nask");
        press(&mut pad, KeyCode::Home);
        press(&mut pad, KeyCode::Backspace);
        assert_eq!(pad.text(), "halff is for Sam\nask");
        press(&mut pad, KeyCode::End);
        press(&mut pad, KeyCode::Delete);
        typed(&mut pad, " ");
        assert_eq!(pad.text(), "halff is for Sam ask");
        assert!(pad.is_changed());
    }

    #[test]
    fn arrows_go_from_line_to_line_and_words_are_jumped() {
        let mut pad = Pad::new("one two\ncafe\u{301}");
        press(&mut pad, KeyCode::Home);
        press(&mut pad, KeyCode::Left);
        typed(&mut pad, "!");
        press(&mut pad, KeyCode::Right);
        typed(&mut pad, "?");
        assert_eq!(pad.text(), "one two!\n?cafe\u{301}");
        press(&mut pad, KeyCode::Up);
        press(&mut pad, KeyCode::End);
        pad.key(KeyEvent::new(KeyCode::Left, KeyModifiers::CONTROL));
        typed(&mut pad, "a");
        assert_eq!(pad.lines()[0].text(), "one atwo!");
        for code in [KeyCode::PageUp, KeyCode::Home, KeyCode::Left, KeyCode::Backspace] {
            press(&mut pad, code);
        }
        assert_eq!(pad.at(), 0, "the beginning is the beginning");
    }

    #[test]
    fn what_is_pasted_keeps_its_lines_and_has_an_end() {
        let mut pad = Pad::new("a");
        pad.paste("b\r\nc\u{1b}[2J");
        assert_eq!(pad.text(), "ab\nc[2J");
        pad.paste(&"x\n".repeat(100_000));
        assert!(pad.lines().len() <= MOST_LINES);
    }
}
