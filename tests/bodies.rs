//! What must hold for any bytes at all: shared by the property tests and the fuzz targets.

use std::collections::HashSet;
use std::fs;

use clap::Parser as _;
use passbook::cli::Cli;
use passbook::config::{Config, ConfigError, Dirs, Environment, Place};
use passbook::database::Database;
use passbook::domain::{
    Account, AccountKind, AccountStatus, Currency, Institution, Money, SafeText,
};
use passbook::teller::wire;
use serde_json::value::RawValue;
use tempfile::TempDir;
use unicode_segmentation::UnicodeSegmentation;

/// Stands where a password or a token would, and must show up nowhere.
const PLANTED: &str = "zqplantedqz";

const GOOD: &str = r#"{"id":"txn_good","account_id":"acc_1","date":"2026-03-13","amount":"-12.40","description":"CAFE","status":"posted","type":"card_payment","details":{},"links":{}}"#;

pub fn money(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    for code in ["USD", "JPY", "KWD", "CLF", "QQQ"] {
        let currency = Currency::parse(code).expect("three letters");
        let exponent = currency.exponent() as usize;
        let fitting = decimal(&text).filter(|(_, whole, fraction)| {
            let beyond = fraction.get(exponent..).unwrap_or_default();
            whole.len() <= 15 && beyond.bytes().all(|b| b == b'0')
        });
        match Money::parse(&text, currency) {
            Ok(money) => {
                assert!(fitting.is_some(), "{text:?} is no {code}");
                let shown = money.to_string();
                assert_eq!(plainest(&shown), plainest(&text), "{code}");
                assert_eq!(Money::parse(&shown, currency), Ok(money));
                assert_eq!(money.grouped().replace(',', ""), shown);
                assert_eq!(-(-money), money);
            }
            // With four decimals, fifteen digits before the point are too large.
            Err(_) => assert!(fitting.is_none() || exponent > 3, "{text:?} is {code}"),
        }
    }
}

/// Sign, digits before the point and digits after it, of a plain decimal.
fn decimal(text: &str) -> Option<(bool, &str, &str)> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let plain = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    (plain(whole) && plain(fraction)).then_some((text.starts_with('-'), whole, fraction))
}

/// The same for every spelling of the same number.
fn plainest(text: &str) -> (bool, &str, &str) {
    let (negative, whole, fraction) = decimal(text).expect("a plain decimal");
    let (whole, fraction) = (whole.trim_start_matches('0'), fraction.trim_end_matches('0'));
    (negative && !(whole.is_empty() && fraction.is_empty()), whole, fraction)
}

pub fn safe_text(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let safe = SafeText::new(&text);
    for c in safe.chars() {
        assert!(!c.is_control(), "{c:?} of {text:?}");
        let hidden = matches!(c,
            '\u{ad}' | '\u{61c}' | '\u{200b}' | '\u{200c}' | '\u{200e}' | '\u{200f}'
            | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}'
            | '\u{e0000}'..='\u{e0fff}');
        assert!(!hidden, "{c:?} of {text:?}");
    }
    assert!(safe.graphemes(true).count() <= 512, "{text:?}");
    assert!(safe.len() <= 8 * 512 * 4 + 4, "{} bytes are left", safe.len());
    assert!(!safe.contains("  ") && safe.trim() == &*safe, "{safe:?}");
    assert_eq!(SafeText::new(&safe), safe, "{text:?}");
}

pub fn accounts(data: &[u8]) {
    let Ok(list) = wire::read_accounts(data) else { return };
    assert_eq!(list.length, list.accounts.len() + list.rejected.len());
    let ids: HashSet<_> = list.accounts.iter().map(|(account, _)| &account.id).collect();
    assert_eq!(ids.len(), list.accounts.len());
    let raws = list.accounts.iter().map(|(_, raw)| raw);
    same_elements(data, raws.chain(list.rejected.iter().map(|row| &row.raw)));
}

pub fn balances(data: &[u8]) {
    for kind in [AccountKind::Depository, AccountKind::Credit] {
        let Ok((balance, raw)) = wire::read_balances(data, &account(kind)) else { continue };
        assert_eq!(raw, std::str::from_utf8(data).expect("read as text").trim_ascii());
        for money in [balance.ledger, balance.available].into_iter().flatten() {
            assert_eq!(money.currency, Currency::USD);
            assert_eq!(Money::parse(&money.to_string(), money.currency), Ok(money));
        }
    }
}

/// As a whole list, and as one more element of a list that is good.
pub fn transactions(data: &[u8]) {
    for kind in [AccountKind::Depository, AccountKind::Credit] {
        let account = account(kind);
        page(data, &account);
        let among = [b"[", GOOD.as_bytes(), b",", data, b"]"].concat();
        page(&among, &account);
        if serde_json::from_slice::<&RawValue>(data).is_ok() {
            let page = wire::read_page(&among, &account).expect("a list");
            assert_eq!(page.length, 2);
            assert_eq!(page.rows[0].raw, GOOD);
        }
    }
}

fn page(data: &[u8], account: &Account) {
    let Ok(page) = wire::read_page(data, account) else {
        let elements = serde_json::from_slice::<Vec<&RawValue>>(data);
        assert!(elements.is_err() || elements.is_ok_and(|list| list.len() > 100_000));
        return;
    };
    assert_eq!(page.length, page.rows.len() + page.rejected.len());
    for row in &page.rows {
        let amount = row.transaction.amount;
        assert_eq!(amount.currency, Currency::USD);
        assert_eq!(Money::parse(&amount.to_string(), amount.currency), Ok(amount));
    }
    let raws = page.rows.iter().map(|row| &row.raw);
    same_elements(data, raws.chain(page.rejected.iter().map(|row| &row.raw)));
}

/// Each element of the list is there once, byte by byte.
fn same_elements<'a>(data: &[u8], raws: impl Iterator<Item = &'a String>) {
    let text = String::from_utf8_lossy(data);
    let list: Vec<&RawValue> = serde_json::from_str(&text).expect("a list");
    let mut there: Vec<&str> = list.iter().map(|raw| raw.get()).collect();
    let mut kept: Vec<&str> = raws.map(String::as_str).collect();
    there.sort_unstable();
    kept.sort_unstable();
    assert_eq!(kept, there);
}

/// As it stands, and as what follows a password in a URL.
pub fn database_url(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let here = std::path::Path::new("/srv/passbook");
    if let Ok(database) = Database::parse(&text, here) {
        if let Database::Postgres(postgres) = &database {
            let again = Database::parse(postgres.url.expose(), here);
            assert_eq!(again.as_ref(), Ok(&database), "{text:?}");
        }
        let _ = (database.label(), database.masked());
    }
    if text.contains(PLANTED) {
        return;
    }
    for url in [
        format!("postgres://owner:{PLANTED}{text}@db.example.com/home"),
        format!("postgres://owner:{PLANTED}@{text}"),
        format!("postgresql+psycopg2://db.example.com/home?password={PLANTED}{text}"),
    ] {
        let told = match Database::parse(&url, here) {
            Ok(database) => {
                format!("{} {} {database:?}", database.masked(), database.label())
            }
            Err(error) => format!("{error} {error:?}"),
        };
        assert!(!told.contains(PLANTED), "{url:?} tells {told}");
    }
}

pub fn config_file(data: &[u8]) {
    let desk = Desk::new();
    let read = |text: &[u8]| desk.read("config.toml", text);
    let alone = read(data);
    // A byte order mark may stand at the start and nowhere else.
    let data = data.strip_prefix("\u{feff}".as_bytes()).unwrap_or(data);
    let unknown = read(&[b"zq_unknown = 1\n", data].concat()).expect_err("an unknown key");
    if alone.is_ok() {
        assert!(unknown.problem.contains("zq_unknown"), "{unknown}");
    }
    let line = format!("database_url = \"postgres://owner:{PLANTED}");
    hides(data, &read(&[line.as_bytes(), data].concat()));
    hides(data, &read(&[line.as_bytes(), b"@db/home\"\n", data].concat()));
}

pub fn dot_env(data: &[u8]) {
    let desk = Desk::new();
    let read = |text: &[u8]| desk.read(".env", text);
    drop(read(data));
    for line in ["DATABASE_URL=postgres://owner:", "TELLER_ACCESS_TOKEN=token_"] {
        let line = format!("{line}{PLANTED}");
        hides(data, &read(&[line.as_bytes(), data].concat()));
    }
}

fn hides(data: &[u8], config: &Result<Config, ConfigError>) {
    let told = match config {
        Ok(config) => format!("{config:?}"),
        Err(error) => format!("{error} {error:?}"),
    };
    let given = String::from_utf8_lossy(data);
    assert!(given.contains(PLANTED) || !told.contains(PLANTED), "{given:?} tells {told}");
}

/// A directory with one file in it.
struct Desk(TempDir);

impl Desk {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("a directory to test in"))
    }

    fn read(&self, name: &str, text: &[u8]) -> Result<Config, ConfigError> {
        let home = self.0.path();
        fs::write(home.join(name), text).expect("a writable directory");
        let dirs = Dirs { config: home.into(), data: home.into(), state: home.into() };
        let place = Place {
            working_dir: home.into(),
            home: Some("/home/me".into()),
            dirs: Some(dirs),
            postgres_socket: None,
        };
        Config::resolve(
            &Cli::parse_from(["passbook"]),
            Environment::new([] as [(&str, &str); 0]),
            &place,
        )
    }
}

fn account(kind: AccountKind) -> Account {
    Account {
        id: "acc_1".into(),
        enrollment_id: "enr_1".into(),
        institution: Institution { id: "bank".to_owned(), name: "Bank".to_owned() },
        name: "Checking".to_owned(),
        kind,
        subtype: None,
        currency: Currency::USD,
        last_four: None,
        status: AccountStatus::Open,
        has_balances: true,
        has_transactions: true,
    }
}
