//! `.env` files, read literally: no shell and no expansion, so that a `$` in a password survives.

use std::collections::BTreeMap;

/// Lines count from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DotEnvError {
    pub line: usize,
    pub problem: &'static str,
}

/// Reads `NAME=value` lines. The last of two equal names wins; lines of any other shape are some
/// other program's business.
///
/// A value ends with its line, or at a `#` after a space. In single quotes it is taken as it
/// stands; in double quotes `\n`, `\r`, `\t`, `\"` and `\\` are read. Quoted values may span lines.
pub fn parse(text: &str) -> Result<BTreeMap<String, String>, DotEnvError> {
    let mut values = BTreeMap::new();
    let mut rest = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut number = 1;
    while !rest.is_empty() {
        let line = first_line(rest);
        let mut end = line.len();
        if let Some((name, value)) = assignment(line) {
            let start = line.len() - value.len();
            let error = |problem| DotEnvError { line: number, problem };
            let value = if value.starts_with(['\'', '"']) {
                let (value, length) =
                    quoted(&rest[start..]).ok_or(error("a quote is not closed"))?;
                let tail = first_line(&rest[start + length..]);
                if !matches!(tail.trim_start().chars().next(), None | Some('#')) {
                    return Err(error("something follows the closing quote"));
                }
                end = start + length + tail.len();
                value
            } else {
                unquoted(value).to_owned()
            };
            values.insert(name.to_owned(), value);
        }
        number += rest[..end].matches('\n').count() + 1;
        rest = rest[end..].strip_prefix('\n').unwrap_or_default();
    }
    Ok(values)
}

fn first_line(text: &str) -> &str {
    text.split('\n').next().unwrap_or_default()
}

/// The name, and the value as a suffix of the line.
fn assignment(line: &str) -> Option<(&str, &str)> {
    let (name, value) = line.split_once('=')?;
    let name = name.trim();
    let name = match name.split_once(char::is_whitespace) {
        Some(("export", name)) => name.trim_start(),
        _ => name,
    };
    let is_name = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    is_name.then(|| (name, value.trim_start()))
}

fn unquoted(value: &str) -> &str {
    let comment = value
        .match_indices('#')
        .map(|(at, _)| at)
        .find(|&at| value[..at].chars().next_back().is_none_or(char::is_whitespace));
    value[..comment.unwrap_or(value.len())].trim_end()
}

/// The text between the quote it starts with and its twin, and the length of all of it.
fn quoted(text: &str) -> Option<(String, usize)> {
    let mut chars = text.char_indices();
    let (_, quote) = chars.next()?;
    let mut value = String::new();
    while let Some((at, c)) = chars.next() {
        match c {
            _ if c == quote => return Some((value, at + 1)),
            '\\' if quote == '"' => match chars.next()?.1 {
                'n' => value.push('\n'),
                'r' => value.push('\r'),
                't' => value.push('\t'),
                escaped @ ('"' | '\\') => value.push(escaped),
                other => value.extend(['\\', other]),
            },
            _ => value.push(c),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn values_are_taken_literally() {
        for (line, value) in [
            ("A=plain", "plain"),
            ("  export A = spaced out  ", "spaced out"),
            ("export\tA=tab", "tab"),
            ("A=pa$$w0rd$HOME${X}`id`", "pa$$w0rd$HOME${X}`id`"),
            ("A=p#w", "p#w"),
            ("A=word # comment", "word"),
            ("A=# comment", ""),
            ("A=", ""),
            ("A=x=y==", "x=y=="),
            ("A=it's", "it's"),
            ("A='single $x \\n # kept' # comment", "single $x \\n # kept"),
            (r#"A="double $x \"q\" \\ \n \d""#, "double $x \"q\" \\ \n \\d"),
            ("A=\"two\nlines\"", "two\nlines"),
            ("A=windows\r\nB=x\r", "windows"),
            ("A='windows'\r\nB=x", "windows"),
            ("\u{feff}A=marked", "marked"),
            ("A=first\nA=last", "last"),
            ("# A=comment\n\nnonsense\n1A=x\nA B=x\nA=last", "last"),
        ] {
            assert_eq!(parse(line).unwrap().get("A").map(String::as_str), Some(value), "{line}");
        }
    }

    #[test]
    fn names_after_a_value_of_several_lines_are_read() {
        let values = parse("A='1\n2\n3' # c\nB=4").unwrap();
        assert_eq!(values["A"], "1\n2\n3");
        assert_eq!(values["B"], "4");
    }

    #[test]
    fn a_broken_quote_names_its_line() {
        let error = |line, problem| Err(DotEnvError { line, problem });
        assert_eq!(parse("A=1\nB='2\n3\nC=4"), error(2, "a quote is not closed"));
        assert_eq!(parse("A='1\n'\n\nB=\"2\"3"), error(4, "something follows the closing quote"));
        assert_eq!(parse("A=\"1\\"), error(1, "a quote is not closed"));
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "[A-B='\"\\\\#\n\r é]*") {
            let _ = parse(&text);
        }

        #[test]
        fn single_quotes_keep_anything_but_themselves(value in "[^']*") {
            let values = parse(&format!("X=1\nA='{value}'\nB=2")).unwrap();
            prop_assert_eq!(&values["A"], &value);
            prop_assert_eq!(&values["B"], "2");
        }
    }
}
