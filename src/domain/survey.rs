//! What another program's database holds, and what became of it.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::hand::HandKind;
use super::money::{Currency, Money};
use super::size::counted;

/// Counts are rows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Survey {
    /// A path, or a URL without its password.
    pub place: String,
    pub engine: &'static str,
    /// Of a file.
    pub bytes: Option<u64>,
    pub changed_at: Option<DateTime<Utc>>,
    pub state: &'static str,
    pub sentence: &'static str,
    /// What `alembic_version` says.
    pub revision: Vec<String>,
    pub accounts: i64,
    pub balances: i64,
    /// Balances whose 0 the bank never said.
    pub unknown_ledgers: i64,
    pub transactions: i64,
    pub first_day: Option<NaiveDate>,
    pub last_day: Option<NaiveDate>,
    pub pending: i64,
    /// Transactions without a saved record that can be read.
    pub without_record: i64,
    /// Transactions of an account that is not there.
    pub orphans: i64,
    /// Rows left behind by test scripts.
    pub test_rows: i64,
    /// Rows without an id, an amount, a date or a time.
    pub incomplete: i64,
    /// Amounts that are no whole cents.
    pub odd_amounts: i64,
    /// Amounts that were compared with the saved record.
    pub compared: i64,
    /// Ids of those that differ.
    pub differing: Vec<String>,
    /// Tables that stay where they are.
    pub others: Vec<OtherTable>,
    /// What could become accounts kept by hand.
    pub by_hand: Vec<FoundByHand>,
    /// Access tokens that stand there in plain text.
    pub tokens: i64,
    pub zone: SurveyZone,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OtherTable {
    pub table: String,
    pub rows: i64,
}

/// Something that the other program kept by hand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FoundByHand {
    /// Where it stands there.
    #[serde(skip)]
    pub key: String,
    pub name: String,
    pub kind: HandKind,
    /// The exact decimal.
    pub value: String,
    #[serde(skip)]
    pub minor: i64,
    pub currency: Currency,
    /// Since when it is worth that, where it says so.
    pub day: Option<NaiveDate>,
}

impl FoundByHand {
    pub fn new(
        key: String,
        name: String,
        kind: HandKind,
        value: Money,
        day: Option<NaiveDate>,
    ) -> Self {
        let Money { minor, currency } = value;
        Self { key, name, kind, value: value.to_string(), minor, currency, day }
    }

    /// `House (house): 412,000.00 USD since 2025-10-01`.
    pub fn sentence(&self) -> String {
        let value = Money::new(self.minor, self.currency).grouped();
        let since = self.day.map(|day| format!(" since {day}")).unwrap_or_default();
        format!("{} ({}): {value} {}{since}", self.name, self.kind.title(), self.currency)
    }
}

/// In which zone its times were written.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(tag = "known", content = "zone", rename_all = "snake_case")]
pub enum SurveyZone {
    #[default]
    Utc,
    /// As the user said.
    Said(String),
    /// The server's own, which may have been that of its sessions.
    Guessed(String),
}

impl SurveyZone {
    pub fn name(&self) -> &str {
        match self {
            Self::Utc => "UTC",
            Self::Said(zone) | Self::Guessed(zone) => zone,
        }
    }
}

/// What an adoption has taken; what was known before is not counted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Adopted {
    pub accounts: u64,
    pub balances: u64,
    pub transactions: u64,
    /// Rows that passbook had already.
    pub known: u64,
    /// Rows without what a row needs: kept aside, as they stood.
    pub set_aside: u64,
    /// Rows of test scripts, left where they are.
    pub left_out: u64,
    /// Accounts that are kept by hand from now on.
    #[serde(default)]
    pub by_hand: u64,
}

impl Adopted {
    pub fn is_nothing(&self) -> bool {
        self.accounts + self.balances + self.transactions + self.set_aside + self.by_hand == 0
    }

    /// What was taken over, for a person.
    pub fn sentence(&self) -> String {
        if self.is_nothing() {
            return "passbook has all of it already: nothing was changed.".to_owned();
        }
        let mut sentence = format!(
            "Taken over and compared: {} of {}, {}.",
            counted(self.transactions, "transaction"),
            counted(self.accounts, "account"),
            counted(self.balances, "balance")
        );
        if self.by_hand > 0 {
            sentence = format!("{sentence} {} by hand.", counted(self.by_hand, "account"));
        }
        for (count, what) in [
            (self.known, "had already"),
            (self.set_aside, "kept aside, see `passbook quarantine`"),
            (self.left_out, "left out, of test scripts"),
        ] {
            if count > 0 {
                sentence = format!("{sentence} {}: {what}.", counted(count, "row"));
            }
        }
        sentence
    }
}

impl Survey {
    /// What is inside, how many rows of it, and what becomes of them. Lines without rows are left
    /// out, but for the three that everybody looks for.
    pub fn inside(&self) -> Vec<Inside> {
        let always = |what: &str, rows, becomes| Some(Inside::new(0, what, rows, becomes));
        let some =
            |what: &str, rows, becomes| (rows > 0).then(|| Inside::new(1, what, rows, becomes));
        let others = self.others.iter().map(|other| {
            Some(Inside::new(0, &other.table, other.rows, "stays where it is, untouched"))
        });
        let lines = [
            always("accounts", self.accounts, "keep; bank and currency come with the next sync"),
            always("balances", self.balances, "keep every one, drawn as measured points"),
            some(
                "of these, no ledger amount",
                self.unknown_ledgers,
                "keep, shown as unknown instead of 0.00",
            ),
            always(
                "transactions",
                self.transactions,
                "keep; status, category, merchant from the saved record",
            ),
            some("still marked pending", self.pending, "settle or retire when the bank is asked"),
            some("account missing", self.orphans, "keep under \"Unknown\""),
            some("without a saved record", self.without_record, "keep what the row itself says"),
            some("without id, amount or date", self.incomplete, "keep aside, as they stand"),
            some("not whole cents", self.odd_amounts, "keep, rounded to the cent"),
            some(
                "kept there by hand",
                i64::try_from(self.by_hand.len()).unwrap_or(i64::MAX),
                "accounts by hand, if you want them",
            ),
            some("left by test scripts", self.test_rows, "leave out; --test-rows takes them too"),
        ];
        lines.into_iter().chain(others).flatten().collect()
    }

    /// Whether the amounts are what the bank said.
    pub fn money(&self) -> String {
        format!(
            "{} compared with the saved bank records: {} differ.",
            counted(self.compared.unsigned_abs(), "amount"),
            self.differing.len()
        )
    }

    /// How its times are read.
    pub fn times(&self) -> String {
        match &self.zone {
            SurveyZone::Utc if self.engine == "SQLite" => {
                "Balance times have no zone. SQLite wrote them in UTC, so they are read as UTC."
                    .to_owned()
            }
            SurveyZone::Utc => {
                "Balance times have no zone. The server works in UTC, so they are read as UTC."
                    .to_owned()
            }
            SurveyZone::Said(zone) => {
                format!("Balance times have no zone. They are read as of {zone}.")
            }
            SurveyZone::Guessed(zone) => format!(
                "Balance times have no zone. The server keeps its log in {zone}: say whether they \
                 are, with --zone."
            ),
        }
    }
}

/// A line of [`Survey::inside`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inside {
    /// 1 where it is a part of the line above.
    pub depth: usize,
    pub what: String,
    pub rows: i64,
    pub becomes: &'static str,
}

impl Inside {
    fn new(depth: usize, what: &str, rows: i64, becomes: &'static str) -> Self {
        Self { depth, what: what.to_owned(), rows, becomes }
    }
}
