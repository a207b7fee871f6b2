//! Which paths a piece of Rust source names: enough of the grammar to hold it to a layering.

/// `crate::domain::Money` as its segments, and the line it stands on, counted from 1.
#[derive(Debug, PartialEq, Eq)]
pub struct NamedPath {
    pub segments: Vec<String>,
    pub line: usize,
}

/// Every path in the code, `use` trees spread out, and the words `async` and `await` by themselves.
/// Comments and strings name nothing; a trailing `#[cfg(test)] mod` is not looked into.
pub fn named_paths(source: &str) -> Vec<NamedPath> {
    let tokens = tokens(source);
    let mut paths = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        if starts_test_module(&tokens[at..]) {
            break;
        }
        at = if tokens[at].text == "use" {
            use_tree(&tokens, at + 1, &[], &mut paths)
        } else {
            chain(&tokens, at, &mut paths)
        };
    }
    paths
}

struct Token {
    text: String,
    line: usize,
}

fn starts_test_module(tokens: &[Token]) -> bool {
    let words = ["#", "[", "cfg", "(", "test", ")", "]", "mod"];
    tokens.len() >= words.len() && words.iter().zip(tokens).all(|(word, token)| token.text == *word)
}

/// Reads one path outside of a `use`; returns where to go on.
fn chain(tokens: &[Token], start: usize, paths: &mut Vec<NamedPath>) -> usize {
    let mut segments = Vec::new();
    let mut at = start;
    while let Some(token) = tokens.get(at).filter(|token| is_word(&token.text)) {
        segments.push(token.text.clone());
        at += 1;
        if tokens.get(at).is_none_or(|token| token.text != "::") {
            break;
        }
        at += 1;
    }
    let keyword = |word: &String| word == "async" || word == "await";
    if segments.len() > 1 || segments.first().is_some_and(keyword) {
        let first = segments.first_mut().expect("just looked at");
        if first == "await" {
            "async".clone_into(first);
        }
        paths.push(NamedPath { segments, line: tokens[start].line });
    }
    at.max(start + 1)
}

/// Reads one branch of a `use` tree below `prefix`; returns where to go on.
fn use_tree(
    tokens: &[Token],
    start: usize,
    prefix: &[String],
    paths: &mut Vec<NamedPath>,
) -> usize {
    let mut segments = prefix.to_vec();
    let mut at = start;
    while let Some(token) = tokens.get(at) {
        match token.text.as_str() {
            "{" => {
                at += 1;
                while tokens.get(at).is_some_and(|token| token.text != "}") {
                    at = use_tree(tokens, at, &segments, paths);
                    if tokens.get(at).is_some_and(|token| token.text == ",") {
                        at += 1;
                    }
                }
                return at + 1;
            }
            "," | "}" | ";" => break,
            "as" => at += 1,
            "self" if !segments.is_empty() => {}
            word if is_word(word) => segments.push(word.to_owned()),
            _ => {}
        }
        at += 1;
    }
    if let Some(token) = tokens.get(start) {
        paths.push(NamedPath { segments, line: token.line });
    }
    at.max(start + usize::from(tokens.get(start).is_some_and(|token| token.text == ";")))
}

fn is_word(text: &str) -> bool {
    text.starts_with(|c: char| c.is_alphabetic() || c == '_')
}

/// Words, `::`, and other marks one by one; comments and literals left out.
fn tokens(source: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut rest = source;
    while let Some(c) = rest.chars().next() {
        let line = 1 + source[..source.len() - rest.len()].matches('\n').count();
        let (length, text) = if rest.starts_with("//") {
            (rest.find('\n').unwrap_or(rest.len()), None)
        } else if rest.starts_with("::") {
            (2, Some("::"))
        } else if let Some(length) = literal(rest) {
            (length, None)
        } else if is_word(rest) {
            let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
            (end, Some(&rest[..end]))
        } else if c.is_whitespace() {
            (c.len_utf8(), None)
        } else {
            (c.len_utf8(), Some(&rest[..c.len_utf8()]))
        };
        tokens.extend(text.map(|text| Token { text: text.to_owned(), line }));
        rest = &rest[length..];
    }
    tokens
}

/// The length of the string or character literal that `text` starts with.
fn literal(text: &str) -> Option<usize> {
    if let Some(raw) = text.strip_prefix('r') {
        let hashes = raw.len() - raw.trim_start_matches('#').len();
        if raw[hashes..].starts_with('"') {
            let close = format!("\"{}", "#".repeat(hashes));
            let start = 2 + hashes;
            return Some(
                text[start..].find(&close).map_or(text.len(), |n| start + n + close.len()),
            );
        }
        return None;
    }
    if text.starts_with('"') {
        return Some(quoted(text, '"'));
    }
    // A lifetime has no closing quote right after one character.
    let mut characters = text.strip_prefix('\'')?.chars();
    match (characters.next()?, characters.next()?) {
        ('\\', _) => Some(quoted(text, '\'')),
        (c, '\'') => Some(2 + c.len_utf8()),
        _ => None,
    }
}

/// The length of a literal with backslash escapes.
fn quoted(text: &str, mark: char) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            c if c == mark => return at + c.len_utf8(),
            _ => {}
        }
    }
    text.len()
}

#[test]
fn use_trees_are_spread_out_and_text_is_ignored() {
    let source =
        "use a::{b, c::{self, d as e}};\n// f::g\nlet x: h::I<'a> = \"j::k\"; 'q' '\\''\nl().await";
    let found: Vec<String> = named_paths(source)
        .iter()
        .map(|path| format!("{}:{}", path.line, path.segments.join("::")))
        .collect();
    assert_eq!(found, ["1:a::b", "1:a::c", "1:a::c::d", "3:h::I", "4:async"]);
}
