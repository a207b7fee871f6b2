//! Documents keep their word: every test they name exists.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Those with tables whose last column names tests.
const DOCUMENTS: [&str; 3] = ["docs/export.md", "docs/faults.md", "docs/sync.md"];

#[test]
fn every_test_a_document_names_exists() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let functions = functions(root);
    let mut missing = Vec::new();
    for document in DOCUMENTS {
        let text = fs::read_to_string(root.join(document)).unwrap();
        let names = test_names(&text);
        assert!(!names.is_empty(), "{document} has no table of tests");
        for name in names {
            let exists = match name.split_once("::") {
                Some(_) => module_exists(root, name),
                None => functions.contains(name),
            };
            if !exists {
                missing.push(format!("{document}: {name}"));
            }
        }
    }
    assert!(missing.is_empty(), "no such tests:\n{}", missing.join("\n"));
}

/// What stands in code quotes in the last column of tables headed "tests" or "tested by".
fn test_names(document: &str) -> Vec<&str> {
    let mut names = Vec::new();
    let mut in_table = false;
    for line in document.lines() {
        let Some(cells) = line.strip_prefix('|').and_then(|line| line.strip_suffix('|')) else {
            in_table = false;
            continue;
        };
        let last = cells.rsplit('|').next().unwrap_or_default().trim();
        if matches!(last, "tests" | "tested by") {
            in_table = true;
        } else if in_table {
            names.extend(last.split('`').skip(1).step_by(2));
        }
    }
    names
}

/// `sync::model` is `sync/model.rs` among the tests or in the program.
fn module_exists(root: &Path, name: &str) -> bool {
    let file = name.replace("::", "/") + ".rs";
    ["tests/all", "src"].iter().any(|floor| root.join(floor).join(&file).is_file())
}

/// The names of all functions in the program and its tests.
fn functions(root: &Path) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for file in sources(&root.join("tests")).into_iter().chain(sources(&root.join("src"))) {
        for line in fs::read_to_string(file).unwrap().lines() {
            if let Some((_, name)) = line.split_once("fn ") {
                let word = |c: char| c.is_ascii_alphanumeric() || c == '_';
                names.insert(name.chars().take_while(|c| word(*c)).collect());
            }
        }
    }
    names
}

fn sources(directory: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files
}

#[test]
fn only_the_column_of_tests_is_read() {
    let document = "\
| fault | tests |
| --- | --- |
| `a` | `b`, `c::d` |

`e`

| other | table |
| --- | --- |
| f | `g` |
";
    assert_eq!(test_names(document), ["b", "c::d"]);
}
