//! Text from outside made harmless for any terminal: screen, commands, messages, logs.

use std::fmt;
use std::ops::Deref;

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthChar;

/// Graphemes kept at most, the closing `…` of a cut text included.
const LONGEST: usize = 512;
/// Characters looked at: a megabyte of marks or blanks costs no more than this.
const SCANNED: usize = 8 * LONGEST;
/// Combining marks left on one base.
const MARKS: usize = 4;
/// Emoji joined into one at most; the longest in use are families of four with skin tones.
const JOINS: usize = 8;

/// One line of printable text: no control, escape, bidi or invisible character, bounded length.
///
/// What is taken out leaves a visible sign: control characters become control pictures, other
/// unprintable ones U+FFFD. Blanks of all kinds become single spaces, none at either end.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SafeText(String);

impl SafeText {
    pub fn new(text: &str) -> Self {
        if is_plain(text) {
            return Self(text.to_owned());
        }
        let mut line = Line::default();
        let mut characters = text.chars().take(SCANNED).peekable();
        while let Some(character) = characters.next() {
            line.push(character, characters.peek().copied());
        }
        Self(shortened(line.text))
    }

    pub fn into_string(self) -> String {
        self.0
    }
}

impl Deref for SafeText {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for SafeText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// Short printable ASCII with single spaces inside: what nearly all bank text is.
fn is_plain(text: &str) -> bool {
    text.len() <= LONGEST
        && text.bytes().all(|byte| (b' '..=b'~').contains(&byte))
        && !text.starts_with(' ')
        && !text.ends_with(' ')
        && !text.contains("  ")
}

fn shortened(mut text: String) -> String {
    let mut starts = text.grapheme_indices(true).map(|(start, _)| start).skip(LONGEST - 1);
    if let (Some(cut), Some(_)) = (starts.next(), starts.next()) {
        text.truncate(cut);
        text.truncate(text.trim_end().len());
        text.push('…');
    }
    text
}

#[derive(Default)]
struct Line {
    text: String,
    /// The last character with a width of its own.
    base: Option<char>,
    marks: usize,
    joins: usize,
    blank: bool,
}

impl Line {
    fn push(&mut self, character: char, next: Option<char>) {
        if character.is_whitespace() {
            self.blank = true;
            return;
        }
        let in_emoji = self.base.is_some_and(is_emoji) && !self.blank;
        match character {
            '\u{200d}' if in_emoji && next.is_some_and(is_joined) && self.joins < JOINS => {
                self.text.push(character);
                self.joins += 1;
            }
            '\u{fe0e}' | '\u{fe0f}' | '\u{1f3fb}'..='\u{1f3ff}' if in_emoji => {
                self.mark(character);
            }
            _ if is_hidden(character) => self.base('\u{2426}'),
            '\0'..='\u{1f}' => self.base(picture(0x2400 + u32::from(character))),
            '\u{7f}' => self.base('\u{2421}'),
            // No picture shows a C1 control; this is the block's own sign for "something was here".
            '\u{80}'..='\u{9f}' => self.base('\u{2426}'),
            _ if character.width() == Some(0) => self.mark(character),
            _ => self.base(character),
        }
    }

    fn base(&mut self, character: char) {
        if self.blank && !self.text.is_empty() {
            self.text.push(' ');
        }
        self.blank = false;
        if !self.text.ends_with('\u{200d}') {
            self.joins = 0;
        }
        self.text.push(character);
        self.base = Some(character);
        self.marks = 0;
    }

    fn mark(&mut self, character: char) {
        // Without a letter before it, a mark would land on whatever stands left of the text.
        if self.base.is_none() || self.blank {
            self.base('\u{2426}');
        } else if self.marks < MARKS {
            self.text.push(character);
            self.marks += 1;
        }
    }
}

fn picture(code: u32) -> char {
    char::from_u32(code).unwrap_or('\u{2426}')
}

/// Invisible, or meant to steer the layout: soft hyphens, joiners, bidi controls, fillers, tags.
fn is_hidden(character: char) -> bool {
    matches!(character,
        '\u{ad}'
        | '\u{34f}'
        | '\u{61c}'
        | '\u{115f}'..='\u{1160}'
        | '\u{17b4}'..='\u{17b5}'
        | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}'
        | '\u{2800}'
        | '\u{3164}'
        | '\u{fe00}'..='\u{fe0f}'
        | '\u{feff}'
        | '\u{ffa0}'
        | '\u{fff0}'..='\u{fffb}'
        | '\u{1bca0}'..='\u{1bca3}'
        | '\u{1d173}'..='\u{1d17a}'
        | '\u{e0000}'..='\u{e0fff}')
}

/// What may follow a joiner. A skin tone goes with the emoji before it: left out there, it would
/// leave its joiner behind.
fn is_joined(character: char) -> bool {
    is_emoji(character) && !matches!(character, '\u{1f3fb}'..='\u{1f3ff}')
}

/// Roughly Unicode's `Extended_Pictographic`: good enough to know where a joiner belongs.
fn is_emoji(character: char) -> bool {
    matches!(character,
        '\u{a9}'
        | '\u{ae}'
        | '\u{203c}'
        | '\u{2049}'
        | '\u{2122}'
        | '\u{2139}'
        | '\u{2194}'..='\u{21aa}'
        | '\u{231a}'..='\u{23ff}'
        | '\u{25aa}'..='\u{27bf}'
        | '\u{2934}'..='\u{2935}'
        | '\u{2b05}'..='\u{2b55}'
        | '\u{3030}'
        | '\u{303d}'
        | '\u{3297}'
        | '\u{3299}'
        | '\u{1f000}'..='\u{1faff}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn nasty_text_is_made_harmless() {
        for (text, safe) in [
            ("Rowan Market", "Rowan Market"),
            ("", ""),
            ("  two   words \t\r\n here  ", "two words here"),
            ("a\u{1b}[31mred\u{7}", "a␛[31mred␇"),
            ("nul\0del\u{7f}csi\u{9b}2J", "nul␀del␡csi␦2J"),
            ("line\u{2028}para\u{2029}nel\u{85}end", "line para nel end"),
            ("pay\u{202e}lap\u{2066}x\u{200f}", "pay␦lap␦x␦"),
            ("so\u{ad}ft\u{feff}\u{200b}", "so␦ft␦␦"),
            ("tag\u{e0041}", "tag␦"),
            ("\u{301}lone", "␦lone"),
            ("a \u{301}b", "a ␦b"),
            ("e\u{301}\u{302}\u{303}\u{304}\u{305}\u{306}x", "e\u{301}\u{302}\u{303}\u{304}x"),
            ("👨\u{200d}👩\u{200d}👧 family", "👨\u{200d}👩\u{200d}👧 family"),
            ("heart ❤\u{fe0f}!", "heart ❤\u{fe0f}!"),
            ("a\u{200d}b\u{fe0f}", "a␦b␦"),
            ("👍\u{200d}x", "👍␦x"),
            ("👍\u{200d}🏽", "👍␦🏽"),
            ("\u{3164}\u{115f}\u{2800}", "␦␦␦"),
            ("東京ストア", "東京ストア"),
            ("שלום עולם", "שלום עולם"),
        ] {
            assert_eq!(&*SafeText::new(text), safe, "{text:?}");
        }
    }

    #[test]
    fn joiners_and_skin_tones_without_end_leave_none_hanging() {
        for unit in ["\u{200d}🏽", "👍\u{200d}🏽", "👍🏽\u{200d}", "👨\u{200d}👩🏽\u{fe0f}"]
        {
            let safe = SafeText::new(&unit.repeat(20));
            assert_eq!(SafeText::new(&safe), safe, "{unit:?}");
        }
    }

    #[test]
    fn long_text_is_cut_with_a_sign() {
        let long = SafeText::new(&"é ".repeat(600));
        assert!(long.graphemes(true).count() <= LONGEST);
        assert!(long.ends_with('…'));
        assert_eq!(SafeText::new(&"x".repeat(512)).len(), 512);
        assert_eq!(SafeText::new(&"x".repeat(513)).chars().count(), 512);
    }

    #[test]
    fn a_megabyte_costs_no_more_than_a_few_thousand_characters() {
        for unit in ["x", "\u{301}", " ", "\u{1b}", "👨\u{200d}", "\u{202e}"] {
            let safe = SafeText::new(&unit.repeat(1_000_000 / unit.len()));
            assert!(safe.len() <= SCANNED * 4, "{unit:?} left {}", safe.len());
        }
    }

    proptest! {
        #[test]
        fn whatever_comes_is_one_harmless_line(text in any::<String>()) {
            let safe = SafeText::new(&text);
            let harmful = |c: char| c.is_control() || (is_hidden(c) && !matches!(c, '\u{200d}' | '\u{fe0e}' | '\u{fe0f}'));
            prop_assert!(!safe.chars().any(harmful), "{:?}", safe);
            prop_assert!(safe.graphemes(true).count() <= LONGEST);
            prop_assert_eq!(&SafeText::new(&safe), &safe);
        }

        #[test]
        fn so_are_the_worst_characters(text in "[a \\x00-\\x1f\\x7f-\\x9f\u{300}-\u{310}\u{200b}-\u{200f}\u{202a}-\u{202e}👨❤\u{fe0f}\u{ad}]{0,700}") {
            let safe = SafeText::new(&text);
            prop_assert!(!safe.chars().any(char::is_control));
            prop_assert!(safe.graphemes(true).count() <= LONGEST);
            prop_assert_eq!(&SafeText::new(&safe), &safe);
        }
    }
}
