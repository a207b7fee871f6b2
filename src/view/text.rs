//! Text in columns: its width, cut to one, and the ASCII that stands in for each sign we draw.

use std::borrow::Cow;
use std::ops::RangeInclusive;

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

pub fn width(text: &str) -> usize {
    if text.is_ascii() { text.len() } else { text.width() }
}

/// At most so many columns, with `…` where something was left out.
pub fn cut(text: &str, columns: usize) -> Cow<'_, str> {
    if width(text) <= columns {
        return Cow::Borrowed(text);
    }
    let Some(room) = columns.checked_sub(1) else { return Cow::Borrowed("") };
    let (kept, _) = fitting(text, room);
    Cow::Owned(format!("{}…", kept.trim_end()))
}

/// The longest beginning that fits, and its width. A wide letter at the edge is left out whole.
pub fn fitting(text: &str, columns: usize) -> (&str, usize) {
    if text.is_ascii() {
        let used = text.len().min(columns);
        return (&text[..used], used);
    }
    let mut used = 0;
    for (start, grapheme) in text.grapheme_indices(true) {
        let wide = width(grapheme);
        if used + wide > columns {
            return (&text[..start], used);
        }
        used += wide;
    }
    (text, used)
}

/// What every terminal draws in the columns that [`width`] counts, or in fewer: terminals disagree
/// about joined, coloured and flagged emoji, and one that is drawn wider spoils its line.
pub fn steady(grapheme: &str) -> Cow<'_, str> {
    const FLAG: RangeInclusive<char> = '\u{1f1e6}'..='\u{1f1ff}';
    let joins = |letter| matches!(letter, '\u{200d}' | '\u{fe0f}' | '\u{1f3fb}'..='\u{1f3ff}');
    let mut letters = grapheme.chars();
    match letters.next() {
        Some(first) if FLAG.contains(&first) => {
            let flags = grapheme.chars().filter(|letter| FLAG.contains(letter));
            let letter = |flag| char::from_u32(u32::from(flag) - 0x1f1e6 + u32::from('A'));
            Cow::Owned(flags.filter_map(letter).collect())
        }
        Some(first) if letters.any(joins) => Cow::Owned(first.to_string()),
        _ => Cow::Borrowed(grapheme),
    }
}

/// Hebrew, Arabic and their neighbours: a terminal may turn such text round.
pub fn is_right_to_left(letter: char) -> bool {
    matches!(u32::from(letter),
        0x590..=0x8ff | 0xfb1d..=0xfdff | 0xfe70..=0xfefe | 0x1_0800..=0x1_0fff | 0x1_e800..=0x1_efff)
}

/// Exactly so many columns, on the left.
pub fn pad(text: &str, columns: usize) -> String {
    let cut = cut(text, columns);
    let blank = columns - width(&cut).min(columns);
    format!("{cut}{:blank$}", "")
}

/// The words that fit, without a sign for the rest; the first word is cut if it must be.
pub fn words(text: &str, columns: usize) -> Cow<'_, str> {
    if width(text) <= columns {
        return Cow::Borrowed(text);
    }
    let (kept, _) = fitting(text, columns + 1);
    match kept.rfind(' ') {
        Some(end) if end > 0 => Cow::Borrowed(&text[..end]),
        _ => cut(text, columns),
    }
}

/// Lines of at most so many columns, broken at blanks where there are any.
pub fn wrap(text: &str, columns: usize) -> Vec<String> {
    let columns = columns.max(1);
    let mut lines = Vec::new();
    let mut line = String::new();
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        let mut word = word;
        if !line.is_empty() && width(&line) + 1 + width(word) > columns {
            lines.push(std::mem::take(&mut line));
        }
        if !line.is_empty() {
            line.push(' ');
        }
        while width(word) > columns {
            let (kept, _) = fitting(word, columns);
            if kept.is_empty() {
                break;
            }
            lines.push(kept.to_owned());
            word = &word[kept.len()..];
        }
        line.push_str(word);
    }
    if !line.is_empty() {
        lines.push(line);
    }
    lines
}

/// The sign of the ASCII set, one column for one column; letters stay what they are.
pub fn ascii(sign: char) -> char {
    match sign {
        '▌' | '▸' | '→' => '>',
        '◂' | '←' => '<',
        '⏎' => '/',

        '↻' => '@',
        '≈' => '~',
        '░' => ':',

        '◐' => 'o',
        '○' => ' ',
        '✓' | '↓' | '▼' => 'v',
        '▲' | '↑' => '^',
        '▁' => '_',
        '✗' => 'x',
        '▂' | '·' | '…' => '.',
        '▃' => ',',
        '▄' | '─' | '┄' | '—' => '-',
        '▅' | '⇄' => '=',
        '▆' | '◆' | '┬' | '┴' | '┼' | '╭' | '╮' | '╰' | '╯' => '+',
        '▇' | '●' | '•' => '*',
        '█' => '#',
        '│' | '▏' => '|',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn text_is_cut_at_whole_letters() {
        for (text, columns, shown) in [
            ("Rowan", 5, "Rowan"),
            ("Rowan", 4, "Row…"),
            ("Blue Bottle", 6, "Blue…"),
            ("東京", 3, "東…"),
            ("東京", 2, "…"),
            ("e\u{301}a", 1, "…"),
            ("abc", 0, ""),
        ] {
            assert_eq!(cut(text, columns), shown, "{text} in {columns}");
        }
    }

    #[test]
    fn emoji_are_drawn_without_what_terminals_disagree_about() {
        for (grapheme, drawn) in [
            ("👨\u{200d}👩\u{200d}👧", "👨"),
            ("👍🏽", "👍"),
            ("❤\u{fe0f}", "❤"),
            ("🇩🇪", "DE"),
            ("1\u{fe0f}\u{20e3}", "1"),
            ("e\u{301}", "e\u{301}"),
            ("東", "東"),
            ("👍", "👍"),
        ] {
            assert_eq!(steady(grapheme), drawn);
            assert!(width(drawn) <= width(grapheme), "{grapheme}");
        }
    }

    #[test]
    fn short_names_end_with_a_word() {
        assert_eq!(words("Everyday Checking", 9), "Everyday");
        assert_eq!(words("Rainy Day Savings", 9), "Rainy Day");
        assert_eq!(words("Internationalisation", 9), "Internat…");
        assert_eq!(words("CD", 9), "CD");
    }

    #[test]
    fn long_words_are_broken_and_nothing_is_lost() {
        assert_eq!(wrap("sign in again please", 8), ["sign in", "again", "please"]);
        assert_eq!(wrap("abcdefgh ij", 3), ["abc", "def", "gh", "ij"]);
        assert_eq!(wrap("", 3), Vec::<String>::new());
    }

    proptest! {
        #[test]
        fn padded_text_has_exactly_its_columns(text in "\\PC{0,40}", columns in 0usize..30) {
            prop_assert_eq!(width(&pad(&text, columns)), columns);
        }

        #[test]
        fn wrapped_lines_fit(text in "[a-z 東é]{0,60}", columns in 2usize..30) {
            prop_assert!(wrap(&text, columns).iter().all(|line| width(line) <= columns));
        }
    }
}
