//! The fuzz targets' bodies on seeds, on near-valid texts and on arbitrary bytes.

#[path = "../bodies.rs"]
mod bodies;

use std::fs;
use std::path::Path;

use proptest::prelude::*;

type Body = fn(&[u8]);

const TARGETS: [(&str, Body); 8] = [
    ("money", bodies::money),
    ("safe_text", bodies::safe_text),
    ("accounts", bodies::accounts),
    ("balances", bodies::balances),
    ("transactions", bodies::transactions),
    ("database_url", bodies::database_url),
    ("config_file", bodies::config_file),
    ("dot_env", bodies::dot_env),
];

#[test]
fn every_seed_holds() {
    let seeds = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/seeds");
    for (target, body) in TARGETS {
        let files = fs::read_dir(seeds.join(target)).unwrap();
        let mut count = 0;
        for file in files {
            body(&fs::read(file.unwrap().path()).unwrap());
            count += 1;
        }
        assert!(count > 0, "{target} has no seeds");
    }
}

/// Pieces that make a text of the right kind about as often as not.
fn pieces(pieces: &'static [&'static str]) -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        9 => prop::sample::select(pieces).prop_map(str::to_owned),
        1 => any::<char>().prop_map(String::from),
    ];
    prop::collection::vec(piece, 0..16).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn any_bytes_hold(data in prop::collection::vec(any::<u8>(), 0..300)) {
        for (_, body) in TARGETS {
            body(&data);
        }
    }

    #[test]
    fn decimals_hold(text in "[-+]?[0-9]{0,17}(\\.[0-9]{0,5}0{0,3})?(e5|NaN)?") {
        bodies::money(text.as_bytes());
    }

    #[test]
    fn the_worst_characters_hold(text in pieces(&[
        "a", " ", "\u{1b}[2J", "\u{9b}", "\0", "\u{202e}", "\u{200b}", "\u{200d}", "\u{301}",
        "\u{fe0f}", "👨", "🏽", "❤", "\u{ad}", "\u{e0041}", "가", "\u{2028}",
    ]), times in 1..80_usize) {
        bodies::safe_text(text.repeat(times).as_bytes());
    }

    #[test]
    fn lists_hold(text in pieces(&[
        "[", "]", "{", "}", ",", r#""id":"a","#, r#""id":1,"#, r#""amount":"-1.50","#,
        r#""date":"2026-01-01","#, r#""x":null"#, r#"{"id":"a"}"#, r#""ledger":"1.00""#, "\\ud800",
    ])) {
        for body in [bodies::accounts, bodies::balances, bodies::transactions] {
            body(text.as_bytes());
            body(format!("[{text}]").as_bytes());
            body(format!("{{{text}}}").as_bytes());
        }
    }

    #[test]
    fn urls_hold(text in pieces(&[
        "postgres://", "postgresql+asyncpg://", "sqlite:", "///", "/", ":", "@", "?", "#", "%2F",
        "%40", "user", "db.example.com", "localhost", "[::1]", "5432", "host=", "&", "dbname=",
        "sslmode=", "require", "disable", "sslrootcert=", "application_name=", ".", "..", ".db",
    ])) {
        bodies::database_url(text.as_bytes());
        bodies::database_url(format!("postgres://{text}").as_bytes());
    }

    #[test]
    fn settings_hold(text in pieces(&[
        "\n", " = ", "=", "\"", "'", "#", "@", "database_url", "theme = \"dark\"\n", "port = 8001\n",
        "bind", "offline = true\n", "[", "]", "{", "}", ".", "1", "A=1\n", "export ", "\\",
    ])) {
        bodies::config_file(text.as_bytes());
        bodies::dot_env(text.as_bytes());
    }
}
