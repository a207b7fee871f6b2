//! The bank's own bytes on indented lines: order, numbers and spelling stay as they came.

use serde::de::IgnoredAny;

/// Indents JSON; anything else comes back line by line.
pub fn indented(text: &str) -> Vec<String> {
    if serde_json::from_str::<IgnoredAny>(text).is_err() {
        return text.lines().map(str::to_owned).collect();
    }
    let mut writer = Writer::default();
    let mut characters = text.chars().filter(|c| !c.is_control()).peekable();
    while let Some(character) = characters.next() {
        match character {
            '"' => {
                writer.line.push('"');
                while let Some(inside) = characters.next() {
                    writer.line.push(inside);
                    match inside {
                        '\\' => writer.line.extend(characters.next()),
                        '"' => break,
                        _ => {}
                    }
                }
            }
            '{' | '[' => {
                while characters.next_if(|next| next.is_whitespace()).is_some() {}
                writer.open(character, characters.next_if(|next| matches!(next, '}' | ']')));
            }
            '}' | ']' => writer.close(character),
            ',' => {
                writer.line.push(',');
                writer.end_line();
            }
            ':' => writer.line.push_str(": "),
            blank if blank.is_whitespace() => {}
            other => writer.line.push(other),
        }
    }
    writer.end_line();
    writer.lines
}

#[derive(Default)]
struct Writer {
    lines: Vec<String>,
    line: String,
    depth: usize,
}

impl Writer {
    fn open(&mut self, bracket: char, closed_at_once: Option<char>) {
        self.line.push(bracket);
        if let Some(bracket) = closed_at_once {
            self.line.push(bracket);
        } else {
            self.end_line();
            self.depth += 1;
        }
    }

    fn close(&mut self, bracket: char) {
        self.end_line();
        self.depth = self.depth.saturating_sub(1);
        self.line.push(bracket);
    }

    fn end_line(&mut self) {
        if !self.line.is_empty() {
            // Deep nesting is cut short: the line must stay readable.
            let indent = "  ".repeat(self.depth.min(20));
            self.lines.push(format!("{indent}{}", std::mem::take(&mut self.line)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_moved_to_lines_but_never_changed() {
        let text = r#"{"b":1.50,"a":[], "s":"x, \"y\": {z}","n":{"k":null}}"#;
        assert_eq!(
            indented(text),
            [
                "{",
                "  \"b\": 1.50,",
                "  \"a\": [],",
                "  \"s\": \"x, \\\"y\\\": {z}\",",
                "  \"n\": {",
                "    \"k\": null",
                "  }",
                "}",
            ]
        );
    }

    #[test]
    fn what_is_no_json_is_shown_as_it_is() {
        assert_eq!(indented("<html>\noops"), ["<html>", "oops"]);
        assert_eq!(indented(""), Vec::<String>::new());
        assert_eq!(indented("7"), ["7"]);
    }
}
