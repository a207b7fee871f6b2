//! The Python app's rows in passbook's own terms: signs, cents, and what the saved records say.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use serde_json::Value as Json;
use sha2::{Digest as _, Sha256};

use super::source::{AccountRow, BalanceRow, TransactionRow};
use crate::domain::{AccountKind, Currency, Money, ParseMoneyError};

/// What its storage scripts leave behind in a real database.
const TEST_ACCOUNTS: [&str; 2] = ["acc_test_storage_123", "test_account_123"];
const TEST_TRANSACTIONS: [&str; 3] = ["txn_test_1", "txn_test_2", "test_txn_456"];

/// The account of rows that name none.
pub(super) const NO_ACCOUNT: &str = "python-app:no-account";

/// Accounts with what decides how their amounts are read.
#[derive(Default)]
pub(super) struct Accounts(HashMap<String, (AccountKind, Currency)>);

impl Accounts {
    pub fn add(&mut self, account: &str, kind: &str, currency: Currency) {
        self.0.insert(account.to_owned(), (AccountKind::from(kind), currency));
    }

    pub fn knows(&self, account: &str) -> bool {
        self.0.contains_key(account)
    }

    pub fn currency(&self, account: &str) -> Currency {
        self.0.get(account).map_or(Currency::USD, |(_, currency)| *currency)
    }

    /// Hundredths as minor units of the account's currency.
    fn minor(&self, account: &str, cents: i64) -> i64 {
        match self.currency(account).exponent() {
            0 => cents / 100,
            3 => cents * 10,
            _ => cents,
        }
    }

    /// The same in our sign. Teller signs a card's amounts from the card's side.
    fn turned(&self, account: &str, cents: i64) -> i64 {
        let is_card = self.0.get(account).is_some_and(|(kind, _)| *kind == AccountKind::Credit);
        let minor = self.minor(account, cents);
        if is_card { -minor } else { minor }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Transaction {
    pub account_id: String,
    pub id: String,
    pub date: NaiveDate,
    /// Minor units, in our sign.
    pub amount: i64,
    pub currency: Currency,
    pub description: String,
    pub status: String,
    pub kind: String,
    pub running_balance: Option<i64>,
    pub category: Option<String>,
    pub counterparty: Option<String>,
    pub counterparty_type: Option<String>,
    pub processing_status: Option<String>,
    pub raw: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Balance {
    pub account_id: String,
    pub measured: DateTime<Utc>,
    /// Minor units, in our sign.
    pub ledger: Option<i64>,
    pub available: Option<i64>,
    pub currency: Currency,
    /// The row says 0 where the bank said nothing.
    pub was_zero: bool,
    pub raw: Option<String>,
}

/// A row that lacks what a row needs, as it stood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Aside {
    pub account_id: String,
    pub id: Option<String>,
    pub reason: &'static str,
    pub body: String,
}

pub(super) fn is_test_account(id: &str) -> bool {
    TEST_ACCOUNTS.contains(&id)
}

pub(super) fn is_test_row(row: &TransactionRow) -> bool {
    row.id.as_deref().is_some_and(|id| TEST_TRANSACTIONS.contains(&id))
        || row.account_id.as_deref().is_some_and(is_test_account)
}

pub(super) fn currency(account: &AccountRow) -> Currency {
    account.currency.as_deref().and_then(Currency::parse).unwrap_or(Currency::USD)
}

/// `YYYY-MM-DD HH:MM:SS`, with or without a fraction.
pub(super) fn instant(text: Option<&str>) -> Option<DateTime<Utc>> {
    let text = text?;
    let naive = NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S%.f").ok()?;
    Some(naive.and_utc())
}

/// The saved record of a row; SQLAlchemy writes `null` where there is none.
pub(super) fn record(raw: Option<&str>) -> Option<Json> {
    serde_json::from_str(raw?).ok().filter(Json::is_object)
}

/// Whether the saved record gives the amount in cents, and another one.
pub(super) fn contradicts(cents: i64, record: &Json) -> bool {
    match said(record, "amount") {
        Some(Ok(money)) => money.minor != cents,
        _ => false,
    }
}

fn said(record: &Json, field: &str) -> Option<Result<Money, ParseMoneyError>> {
    let text = match record.get(field)? {
        Json::String(text) => text.clone(),
        Json::Number(number) => number.to_string(),
        _ => return None,
    };
    Some(Money::parse(&text, Currency::USD))
}

fn text(record: &Json, pointer: &str) -> Option<String> {
    record.pointer(pointer)?.as_str().filter(|text| !text.is_empty()).map(plain)
}

/// Postgres cannot keep U+0000.
fn plain(text: &str) -> String {
    text.replace('\0', "\u{FFFD}")
}

pub(super) fn transaction(row: TransactionRow, accounts: &Accounts) -> Result<Transaction, Aside> {
    let account_id = row.account_id.as_deref().map_or_else(|| NO_ACCOUNT.to_owned(), plain);
    let date = row.date.as_deref().and_then(|date| date.parse().ok());
    let reason = match (&row.id, row.cents, date) {
        (None, ..) => "taken over from the Python app: it has no id",
        (_, None, _) => "taken over from the Python app: it has no amount",
        (.., None) => "taken over from the Python app: it has no date",
        (Some(id), Some(cents), Some(date)) => {
            let record = record(row.raw.as_deref()).unwrap_or_default();
            let counterparty = text(&record, "/details/counterparty/name");
            let description = row.description.as_deref().map(plain);
            let named = description.filter(|description| !description.trim().is_empty());
            return Ok(Transaction {
                id: plain(id),
                date,
                amount: accounts.turned(&account_id, cents),
                currency: accounts.currency(&account_id),
                description: named.or_else(|| counterparty.clone()).unwrap_or_default(),
                status: text(&record, "/status").unwrap_or_else(|| "posted".to_owned()),
                kind: text(&record, "/type").unwrap_or_else(|| "unknown".to_owned()),
                running_balance: said(&record, "running_balance")
                    .and_then(Result::ok)
                    .map(|money| accounts.turned(&account_id, money.minor)),
                category: text(&record, "/details/category"),
                counterparty,
                counterparty_type: text(&record, "/details/counterparty/type"),
                processing_status: text(&record, "/details/processing_status"),
                raw: row.raw.filter(|_| record.is_object()),
                account_id,
            });
        }
    };
    let body = row.raw.filter(|raw| record(Some(raw)).is_some()).unwrap_or_else(|| {
        serde_json::json!({
            "id": row.id, "account_id": row.account_id, "date": row.date,
            "description": row.description,
        })
        .to_string()
    });
    Err(Aside { account_id, id: row.id, reason, body })
}

pub(super) fn balance(row: BalanceRow, accounts: &Accounts) -> Result<Balance, Aside> {
    let account_id = row.account_id.as_deref().map_or_else(|| NO_ACCOUNT.to_owned(), plain);
    let record = record(row.raw.as_deref());
    // Where the bank named no amount, the Python app wrote 0.
    let named = |field: &str| {
        record.as_ref().is_none_or(|record| record.get(field).is_some_and(|said| !said.is_null()))
    };
    let ledger = row.ledger.filter(|_| named("ledger"));
    let available = row.available.filter(|_| named("available"));
    let Some(measured) = instant(row.measured.as_deref()) else {
        let body = row
            .raw
            .unwrap_or_else(|| serde_json::json!({ "account_id": row.account_id }).to_string());
        let reason = "taken over from the Python app: a balance without a time";
        return Err(Aside { account_id, id: None, reason, body });
    };
    Ok(Balance {
        ledger: ledger.map(|cents| accounts.turned(&account_id, cents)),
        available: available.map(|cents| accounts.minor(&account_id, cents)),
        currency: accounts.currency(&account_id),
        was_zero: ledger.is_none() && row.ledger.is_some(),
        measured,
        raw: row.raw.filter(|_| record.is_some()),
        account_id,
    })
}

/// Sums over transactions, to compare what stands at two places.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Tally {
    pub months: BTreeMap<(String, String), (i64, i64)>,
    pub days: Option<(NaiveDate, NaiveDate)>,
    ids: u128,
}

impl Tally {
    pub fn add(&mut self, account: &str, id: &str, date: NaiveDate, amount: i64) {
        let month = (account.to_owned(), date.format("%Y-%m").to_string());
        let sums = self.months.entry(month).or_default();
        *sums = (sums.0 + 1, sums.1 + amount);
        let (first, last) = self.days.unwrap_or((date, date));
        self.days = Some((first.min(date), last.max(date)));
        let digest = Sha256::digest(format!("{account}\n{id}"));
        let half = digest[..16].try_into().expect("a digest has 32 bytes");
        self.ids = self.ids.wrapping_add(u128::from_be_bytes(half));
    }

    /// The first thing in which another one differs, in words.
    pub fn difference(&self, other: &Self) -> Option<String> {
        let months = self.months.keys().chain(other.months.keys());
        for key in months {
            let of = |tally: &Self| tally.months.get(key).copied().unwrap_or_default();
            if of(self) != of(other) {
                return Some(format!("{} of {}", key.1, key.0));
            }
        }
        if self.days != other.days {
            return Some("the first or the last day".to_owned());
        }
        (self.ids != other.ids).then(|| "the ids".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RAW: &str = r#"{"status": "pending", "type": "card_payment", "amount": "12.40",
        "running_balance": "100.00", "details": {"category": "dining", "processing_status": "complete",
        "counterparty": {"name": "Caf\u00e9", "type": "organization"}}}"#;

    fn row() -> TransactionRow {
        let text = |text: &str| Some(text.to_owned());
        TransactionRow {
            id: text("txn_1"),
            account_id: text("acc_1"),
            date: text("2025-10-09"),
            description: None,
            cents: Some(1240),
            odd: false,
            raw: text(RAW),
        }
    }

    fn accounts(kind: &str) -> Accounts {
        let mut accounts = Accounts::default();
        accounts.add("acc_1", kind, Currency::USD);
        accounts
    }

    #[test]
    fn a_row_says_what_its_saved_record_knows() {
        let row = transaction(row(), &accounts("depository")).unwrap();
        assert_eq!((row.amount, row.running_balance), (1240, Some(10000)));
        assert_eq!((row.status.as_str(), row.kind.as_str()), ("pending", "card_payment"));
        assert_eq!(row.description, "Café", "for want of a text of its own");
        assert_eq!(row.category.as_deref(), Some("dining"));
    }

    #[test]
    fn a_cards_amounts_are_turned() {
        let turned = transaction(row(), &accounts("credit")).unwrap();
        assert_eq!((turned.amount, turned.running_balance), (-1240, Some(-10000)));
        let balance = balance(
            BalanceRow {
                account_id: Some("acc_1".to_owned()),
                ledger: Some(5000),
                available: Some(100),
                measured: Some("2025-10-09 10:00:00".to_owned()),
                raw: None,
            },
            &accounts("credit"),
        );
        let balance = balance.unwrap();
        assert_eq!((balance.ledger, balance.available), (Some(-5000), Some(100)));
    }

    #[test]
    fn a_zero_that_the_bank_never_said_is_unknown() {
        for (raw, ledger) in [
            (r#"{"available": "1.00"}"#, None),
            (r#"{"ledger": null, "available": "1.00"}"#, None),
            (r#"{"ledger": "0.00", "available": "1.00"}"#, Some(0)),
            ("null", Some(0)),
        ] {
            let row = BalanceRow {
                account_id: Some("acc_1".to_owned()),
                ledger: Some(0),
                available: Some(100),
                measured: Some("2025-10-09 10:00:00.123456".to_owned()),
                raw: Some(raw.to_owned()),
            };
            let balance = balance(row, &Accounts::default()).unwrap();
            assert_eq!((balance.ledger, balance.available), (ledger, Some(100)), "{raw}");
        }
    }

    #[test]
    fn what_lacks_an_id_an_amount_or_a_date_is_kept_aside_as_it_stood() {
        let without_id = TransactionRow { id: None, ..row() };
        let without_amount = TransactionRow { cents: None, ..row() };
        let without_date = TransactionRow { date: Some("soon".to_owned()), raw: None, ..row() };
        for row in [without_id, without_amount] {
            assert_eq!(transaction(row, &Accounts::default()).unwrap_err().body, RAW);
        }
        let aside = transaction(without_date, &Accounts::default()).unwrap_err();
        assert!(aside.body.contains("soon"), "{aside:?}");
    }

    #[test]
    fn an_amount_is_compared_with_the_record_where_both_are_cents() {
        let contradicts = |raw: &str| contradicts(1240, &record(Some(raw)).unwrap());
        assert!(!contradicts(r#"{"amount": "12.40"}"#));
        assert!(!contradicts(r#"{"amount": 12.4}"#));
        assert!(contradicts(r#"{"amount": "12.41"}"#));
        assert!(!contradicts(r#"{"amount": "12.401"}"#), "no whole cents: told, not compared");
        assert!(!contradicts("{}"));
    }
}
