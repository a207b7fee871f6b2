//! Imports only go down: the table of floors, and the check that `src/` keeps to it.

mod paths;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use paths::{NamedPath, named_paths};

/// Who may name whom. A floor may always name itself and the ground.
struct Floor {
    name: &'static str,
    may_use: &'static [&'static str],
    /// Crates and keywords; `crate::item` where only that item is forbidden.
    may_not_name: &'static [&'static str],
}

const GROUND: &[&str] = &["domain", "clock", "exit", "fail_point", "files", "mutant", "secret"];

const fn floor(
    name: &'static str,
    may_use: &'static [&'static str],
    may_not_name: &'static [&'static str],
) -> Floor {
    Floor { name, may_use, may_not_name }
}

const FLOORS: &[Floor] = &[
    floor("domain", &[], &["tokio", "sqlx", "ratatui", "crossterm", "reqwest", "axum", "async"]),
    floor("clock", &[], &["tokio", "sqlx", "ratatui", "crossterm", "reqwest", "axum"]),
    floor("exit", &[], &["tokio", "sqlx", "ratatui", "crossterm", "reqwest", "axum"]),
    floor("fail_point", &[], &["tokio", "sqlx", "ratatui", "crossterm", "reqwest", "axum"]),
    floor("files", &[], &["tokio", "sqlx", "ratatui", "crossterm", "reqwest", "axum"]),
    floor("mutant", &[], &["tokio", "sqlx", "ratatui", "crossterm", "reqwest", "axum"]),
    floor("secret", &[], &["tokio", "sqlx", "ratatui", "crossterm", "reqwest", "axum"]),
    floor("database", &[], &["tokio", "sqlx", "ratatui", "crossterm", "reqwest", "axum"]),
    floor("cli", &[], &["tokio", "sqlx", "ratatui", "crossterm", "reqwest", "axum"]),
    floor(
        "config",
        &["cli", "connect", "database", "vault"],
        &["tokio", "sqlx", "reqwest", "ratatui", "crossterm"],
    ),
    floor("log", &["config"], &["tokio", "sqlx", "reqwest", "ratatui", "crossterm", "axum"]),
    floor("store", &["database"], &["ratatui", "crossterm", "reqwest", "axum"]),
    floor("vault", &[], &["sqlx", "ratatui", "crossterm", "reqwest", "axum"]),
    floor("teller", &[], &["ratatui", "crossterm", "sqlx", "axum"]),
    floor(
        "enroll",
        &["store", "teller", "vault"],
        &["ratatui", "crossterm", "sqlx", "reqwest", "axum"],
    ),
    floor("demo", &[], &["ratatui", "crossterm", "sqlx", "reqwest"]),
    floor("sync", &["store", "teller"], &["ratatui", "crossterm", "sqlx", "reqwest", "axum"]),
    floor(
        "bank",
        &["store", "teller", "sync", "demo", "vault", "enroll"],
        &["ratatui", "crossterm", "sqlx", "reqwest", "axum"],
    ),
    floor(
        "doctor",
        &["config", "database", "store", "teller", "demo", "vault"],
        &["ratatui", "crossterm", "sqlx", "reqwest", "axum"],
    ),
    floor("export", &["store"], &["ratatui", "crossterm", "sqlx", "reqwest", "axum"]),
    floor("connect", &[], &["ratatui", "crossterm", "sqlx", "reqwest"]),
    floor(
        "linking",
        &["connect", "enroll", "store", "teller", "vault"],
        &["ratatui", "crossterm", "sqlx", "reqwest", "axum"],
    ),
    floor("chart", &[], &["async", "tokio", "sqlx", "ratatui", "crossterm", "reqwest", "axum"]),
    floor("app", &[], &["async", "tokio", "sqlx", "reqwest", "ratatui", "crossterm", "axum"]),
    floor("view", &["app"], &["async", "tokio", "sqlx", "reqwest", "crossterm", "axum"]),
    floor(
        "commands",
        &[
            "cli", "config", "database", "store", "sync", "bank", "linking", "doctor", "export",
            "chart", "vault", "enroll", "teller",
        ],
        &["ratatui", "crossterm", "sqlx", "reqwest", "axum"],
    ),
    floor(
        "serve",
        &["store", "sync", "teller", "bank"],
        &["ratatui", "crossterm", "reqwest", "sqlx"],
    ),
    floor(
        "tui",
        &[
            "store", "database", "teller", "demo", "sync", "bank", "linking", "export", "app",
            "view",
        ],
        &["sqlx", "reqwest", "axum"],
    ),
];

/// Named all the same: floor, path prefix.
const EXCEPTIONS: &[(&str, &str)] = &[
    ("app", "crossterm::event"),
    // Of sqlx, the ground floor derives how its words are kept.
    ("domain", "sqlx::Type"),
    ("domain", "sqlx::FromRow"),
];

/// The roof: they alone see every floor.
const ROOF: &[&str] = &["main", "failure", "modes", "lib"];

#[test]
fn every_floor_keeps_to_its_table() {
    let broken: Vec<String> =
        sources().iter().flat_map(|(path, text)| broken_rules(path, text)).collect();
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn no_two_files_import_each_other() {
    let pairs = mutual_imports(&sources());
    assert!(pairs.is_empty(), "{}", pairs.join("\n"));
}

#[test]
fn what_asks_and_what_keeps_knows_no_time_zone() {
    for (path, text) in sources() {
        let floor = module_of(&path).first().cloned().unwrap_or_default();
        if ["clock", "serve", "store", "sync", "teller"].contains(&floor.as_str()) {
            let zone = named_paths(&text).into_iter().find(|named| {
                named.segments.iter().any(|segment| segment == "Local" || segment == "Zone")
            });
            assert!(zone.is_none(), "{}: instants are UTC here", path.display());
        }
    }
}

#[test]
fn a_planted_line_is_caught() {
    for (path, line) in [
        ("src/store/accounts.rs", "use crate::app::App;"),
        ("src/store.rs", "use crate::{domain::Money, view::{self, theme}};"),
        ("src/sync/walk.rs", "let rows = sqlx::query(SQL);"),
        ("src/app/list.rs", "pub async fn load() {}"),
        ("src/app/keymap.rs", "use crossterm::{event::KeyEvent, terminal};"),
        ("src/view/text.rs", "fn f(store: &crate::store::Store) {}"),
        ("src/serve/health.rs", "use super::super::tui::run;"),
        ("src/attic.rs", "use crate::domain::Money;"),
    ] {
        assert!(!broken_rules(Path::new(path), line).is_empty(), "{path}: {line}");
    }
}

#[test]
fn what_is_allowed_is_not_caught() {
    for (path, line) in [
        ("src/app/keymap.rs", "use crossterm::event::{KeyCode, KeyEvent};"),
        ("src/store.rs", "// ratatui would not help\nuse sqlx::Row;\nuse crate::domain;"),
        ("src/domain/money.rs", "const NOTE: &str = \"tokio::spawn and crate::store\";"),
        ("src/view.rs", "use crate::app::{App, accounts::List};"),
        ("src/app.rs", "#[cfg(test)]\nmod tests {\n    use tokio::task;\n}\n"),
        ("src/main.rs", "use passbook::tui;"),
    ] {
        assert_eq!(broken_rules(Path::new(path), line), Vec::<String>::new(), "{path}");
    }
}

#[test]
fn planted_mutual_imports_are_caught() {
    let files = [
        ("src/sync.rs", "pub mod walk; pub mod judge;"),
        ("src/sync/walk.rs", "use super::judge::Verdict;"),
        ("src/sync/judge.rs", "use crate::sync::{walk::Walk};"),
    ]
    .map(|(path, text)| (PathBuf::from(path), text.to_owned()));
    assert_eq!(mutual_imports(&files), ["src/sync/judge.rs and src/sync/walk.rs"]);
    assert_eq!(mutual_imports(&files[..2]), Vec::<String>::new());
}

/// One sentence for each path or keyword in `text` that its floor may not name.
fn broken_rules(path: &Path, text: &str) -> Vec<String> {
    let module = module_of(path);
    let name = module.first().map_or("", String::as_str);
    if ROOF.contains(&name) {
        return Vec::new();
    }
    let Some(floor) = FLOORS.iter().find(|floor| floor.name == name) else {
        return vec![format!("{}: no floor of that name in the table", path.display())];
    };
    named_paths(text)
        .into_iter()
        .filter_map(|named| {
            let complaint = complaint(floor, &absolute(&module, &named))?;
            Some(format!("{}:{}: {complaint}", path.display(), named.line))
        })
        .collect()
}

fn complaint(floor: &Floor, path: &[String]) -> Option<String> {
    let first = path.first()?;
    if first == "crate" {
        let other = path.get(1)?;
        let known = FLOORS.iter().any(|floor| floor.name == other);
        let allowed = other == floor.name
            || GROUND.contains(&other.as_str())
            || floor.may_use.contains(&other.as_str());
        return (known && !allowed)
            .then(|| format!("{} may not use {other} ({})", floor.name, path.join("::")));
    }
    let excepted = EXCEPTIONS
        .iter()
        .any(|(name, prefix)| *name == floor.name && path.join("::").starts_with(prefix));
    (floor.may_not_name.contains(&first.as_str()) && !excepted)
        .then(|| format!("{} may not name {first}", floor.name))
}

/// Pairs of files that name each other. A parent and its own child are one thing in two files.
fn mutual_imports(files: &[(PathBuf, String)]) -> Vec<String> {
    let by_module: BTreeMap<Vec<String>, &PathBuf> =
        files.iter().map(|(path, _)| (module_of(path), path)).collect();
    let mut imports = BTreeSet::new();
    for (path, text) in files {
        let module = module_of(path);
        for named in named_paths(text) {
            let target = absolute(&module, &named);
            if target.first().is_some_and(|first| first == "crate")
                && let Some(owner) = owner(&by_module, &target[1..])
            {
                imports.insert((module.clone(), owner));
            }
        }
    }
    imports
        .iter()
        .filter(|(from, to)| from < to && !to.starts_with(from))
        .filter(|(from, to)| imports.contains(&(to.clone(), from.clone())))
        .map(|(from, to)| format!("{} and {}", by_module[from].display(), by_module[to].display()))
        .collect()
}

/// The file that a path leads to: the longest module along it.
fn owner(files: &BTreeMap<Vec<String>, &PathBuf>, path: &[String]) -> Option<Vec<String>> {
    (1..=path.len()).rev().map(|n| path[..n].to_vec()).find(|module| files.contains_key(module))
}

/// `super::` and `self::` spelled out from `module`; other crates' paths as they stand.
fn absolute(module: &[String], named: &NamedPath) -> Vec<String> {
    let mut base = module.to_vec();
    let mut rest = named.segments.as_slice();
    let mut relative = false;
    while let Some((first, others)) = rest.split_first() {
        match first.as_str() {
            "self" => {}
            "super" => {
                base.pop();
            }
            _ => break,
        }
        relative = true;
        rest = others;
    }
    if relative {
        std::iter::once("crate".to_owned()).chain(base).chain(rest.iter().cloned()).collect()
    } else {
        rest.to_vec()
    }
}

/// `src/store/accounts.rs` is `["store", "accounts"]`.
fn module_of(path: &Path) -> Vec<String> {
    path.strip_prefix("src")
        .expect("a source file lies in src")
        .with_extension("")
        .components()
        .map(|part| part.as_os_str().to_string_lossy().into_owned())
        .collect()
}

fn sources() -> Vec<(PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut folders = vec![root.join("src")];
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in folder.read_dir().expect("src can be listed") {
            let path = entry.expect("src can be listed").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = std::fs::read_to_string(&path).expect("sources are text");
                files.push((path.strip_prefix(root).expect("below root").to_owned(), text));
            }
        }
    }
    assert!(files.len() > 20, "src was not found");
    files
}
