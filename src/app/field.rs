//! A line to type in: every printable key is a letter of it, and the usual keys edit.

use crossterm::event::{Event as Input, KeyEvent, KeyEventKind};
use tui_input::backend::crossterm::to_input_request;
use tui_input::{Input as Line, InputRequest};
use unicode_segmentation::UnicodeSegmentation as _;

/// Characters kept at most: what is pasted by mistake may be a whole file.
const LONGEST: usize = 1000;

/// What a key did to the line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Typed {
    /// It is none of the line's.
    No,
    /// The cursor moved, or could not.
    Moved,
    Changed,
}

#[derive(Clone, Debug, Default)]
pub struct Field {
    line: Line,
}

impl Field {
    /// With the cursor at its end.
    pub fn new(text: &str) -> Self {
        let mut field = Self::default();
        field.paste(text);
        field
    }

    pub fn text(&self) -> &str {
        self.line.value()
    }

    pub fn is_empty(&self) -> bool {
        self.text().is_empty()
    }

    /// In bytes; always between two graphemes.
    pub fn cursor(&self) -> usize {
        let text = self.text();
        text.char_indices().nth(self.line.cursor()).map_or(text.len(), |(at, _)| at)
    }

    /// In letters, as the line below has them.
    pub fn column(&self) -> usize {
        self.line.cursor()
    }

    /// So many letters from its beginning, or to its end.
    pub fn go_to(&mut self, column: usize) {
        let column = column.min(self.text().chars().count());
        self.line.handle(InputRequest::SetCursor(column));
    }

    /// The grapheme under the cursor; `None` at the end.
    pub fn under_cursor(&self) -> Option<&str> {
        self.text()[self.cursor()..].graphemes(true).next()
    }

    pub fn at_end(&self) -> bool {
        self.cursor() == self.text().len()
    }

    /// Takes the key if it types or edits: letters always, `backspace` on an empty line never.
    pub fn key(&mut self, key: KeyEvent) -> Typed {
        // A key held down types on.
        let key = KeyEvent { kind: KeyEventKind::Press, ..key };
        let Some(request) = to_input_request(&Input::Key(key)) else { return Typed::No };
        match request {
            InputRequest::DeletePrevChar if self.is_empty() => return Typed::No,
            InputRequest::InsertChar(letter) => return self.insert(letter),
            _ => {}
        }
        match self.line.handle(request) {
            Some(changed) if changed.value => Typed::Changed,
            _ => Typed::Moved,
        }
    }

    /// Line ends and tabs become blanks; other control characters are left out.
    pub fn paste(&mut self, text: &str) {
        for letter in text.chars().take(LONGEST) {
            self.insert(if letter.is_whitespace() { ' ' } else { letter });
        }
    }

    fn insert(&mut self, letter: char) -> Typed {
        if letter.is_control() || self.text().chars().count() >= LONGEST {
            return Typed::Moved;
        }
        self.line.handle(InputRequest::InsertChar(letter));
        Typed::Changed
    }
}

impl PartialEq for Field {
    /// What was cut out before is no part of it.
    fn eq(&self, other: &Self) -> bool {
        self.text() == other.text() && self.cursor() == other.cursor()
    }
}

impl Eq for Field {}

#[cfg(test)]
mod tests {
    use crossterm::event::{KeyCode, KeyModifiers};

    use super::*;

    fn press(field: &mut Field, code: KeyCode) -> Typed {
        field.key(KeyEvent::new(code, KeyModifiers::NONE))
    }

    #[test]
    fn every_printable_key_is_a_letter() {
        let mut field = Field::default();
        let printable: String = (' '..='~').chain("äß€日👍".chars()).collect();
        for letter in printable.chars() {
            assert_eq!(press(&mut field, KeyCode::Char(letter)), Typed::Changed, "{letter:?}");
        }
        assert_eq!(field.text(), printable);
        let shifted = KeyEvent::new(KeyCode::Char('G'), KeyModifiers::SHIFT);
        assert_eq!(field.key(shifted), Typed::Changed);
    }

    #[test]
    fn other_keys_are_left_to_the_screen() {
        let mut field = Field::default();
        for code in [KeyCode::Enter, KeyCode::Esc, KeyCode::Tab, KeyCode::Up, KeyCode::Down] {
            assert_eq!(press(&mut field, code), Typed::No, "{code:?}");
        }
        assert_eq!(press(&mut field, KeyCode::Backspace), Typed::No, "nothing to erase");
        for letter in "cszlp1".chars() {
            for modifiers in [KeyModifiers::CONTROL, KeyModifiers::ALT] {
                let key = KeyEvent::new(KeyCode::Char(letter), modifiers);
                assert_eq!(field.key(key), Typed::No, "{key:?}");
            }
        }
        assert_eq!(field.text(), "");
    }

    #[test]
    fn what_a_reader_sees_as_one_letter_is_erased_at_once() {
        let mut field = Field::new("cafe\u{301}👨‍👩‍👧");
        press(&mut field, KeyCode::Backspace);
        assert_eq!(field.text(), "cafe\u{301}");
        press(&mut field, KeyCode::Left);
        assert_eq!((field.cursor(), field.under_cursor()), (3, Some("e\u{301}")));
        press(&mut field, KeyCode::Char('f'));
        assert_eq!(field.text(), "caffe\u{301}");
    }

    #[test]
    fn a_pasted_text_becomes_one_line_of_bounded_length() {
        let mut field = Field::new("a\r\nb\tc\u{7}\u{1b}[2Jd");
        assert_eq!(field.text(), "a  b c[2Jd");
        field.paste(&"x".repeat(1_000_000));
        assert_eq!(field.text().chars().count(), LONGEST);
        assert!(field.at_end());
    }
}
