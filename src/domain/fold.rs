//! Text as a search compares it: without case and diacritics, the same on every engine.

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::canonical_combining_class;

/// `Łódź  CAFÉ` as `lodz cafe`: compatibility forms resolved, marks dropped, case folded, runs of
/// white space one space. Folding twice changes nothing.
pub fn fold(text: &str) -> String {
    // Most bank text is plain: nothing to decompose, nothing to compose.
    if text.is_ascii() {
        return squeeze(text.chars().map(|letter| letter.to_ascii_lowercase()));
    }
    let once = bare(text).flat_map(case_fold);
    // Some letters, such as ŉ, come apart only when their case is folded.
    let folded: String = bare(&once.collect::<String>()).nfc().collect();
    squeeze(folded.chars())
}

/// The letters that are left when the text is taken apart.
fn bare(text: &str) -> impl Iterator<Item = char> {
    text.nfkd().filter(|letter| !is_diacritic(*letter)).flat_map(plain)
}

/// Points of Hebrew, Arabic and Syriac, and the marks that sit on Latin, Greek or Cyrillic letters.
/// Marks that make another letter of theirs, as in Japanese, Hindi or Thai, stay.
fn is_diacritic(letter: char) -> bool {
    matches!(canonical_combining_class(letter), 10..=36 | 202..=240)
}

/// Full case folding but for final sigma and sharp s, which `to_uppercase` brings together.
fn case_fold(letter: char) -> impl Iterator<Item = char> {
    letter.to_uppercase().flat_map(char::to_lowercase)
}

/// Letters that people type as others, though Unicode does not take them apart.
fn plain(letter: char) -> impl Iterator<Item = char> {
    let text = match letter {
        'ł' | 'Ł' => "l",
        'ø' | 'Ø' => "o",
        'đ' | 'Đ' | 'ð' | 'Ð' => "d",
        'ħ' | 'Ħ' => "h",
        'ŧ' | 'Ŧ' => "t",
        'ı' => "i",
        'æ' | 'Æ' => "ae",
        'œ' | 'Œ' => "oe",
        'þ' | 'Þ' => "th",
        '\u{2018}' | '\u{2019}' | '\u{2bc}' => "'",
        '\u{201c}' | '\u{201d}' => "\"",
        '\u{2010}'..='\u{2015}' | '\u{2212}' => "-",
        _ => "",
    };
    text.chars().chain(text.is_empty().then_some(letter))
}

fn squeeze(letters: impl Iterator<Item = char>) -> String {
    let mut text = String::new();
    for letter in letters {
        if !letter.is_whitespace() {
            text.push(letter);
        } else if !text.is_empty() && !text.ends_with(' ') {
            text.push(' ');
        }
    }
    text.truncate(text.trim_end().len());
    text
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn case_and_diacritics_fold_in_every_script() {
        for (text, folded) in [
            ("Café  CRÈME", "cafe creme"),
            ("Łódź", "lodz"),
            ("Straße", "strasse"),
            ("ΟΔΟΣ", "οδοσ"),
            ("οδός", "οδοσ"),
            ("Ёлка", "елка"),
            ("İstanbul", "istanbul"),
            ("ﬁne №5 ７", "fine no5 7"),
            ("שָׁלוֹם", "שלום"),
            ("กรุงเทพ", "กรุงเทพ"),
            ("が", "が"),
            ("한국", "한국"),
            ("Æsir’s – øl", "aesir's - ol"),
            ("  a\t\nb ", "a b"),
        ] {
            assert_eq!(fold(text), folded, "{text}");
        }
    }

    proptest! {
        #[test]
        fn folding_twice_changes_nothing(text in "\\PC*") {
            let once = fold(&text);
            prop_assert_eq!(fold(&once), once);
        }

        #[test]
        fn upper_and_lower_case_fold_alike(text in "[a-zA-ZÀ-žΑ-ωЀ-я ]*") {
            prop_assert_eq!(fold(&text.to_uppercase()), fold(&text));
            prop_assert_eq!(fold(&text.to_lowercase()), fold(&text));
        }
    }
}
