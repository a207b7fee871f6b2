//! What passes is added up at both ends of a stream, so that they can be compared.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::layout::Table;
use super::value::{Row, Value, line};

/// Sums over everything; equal sums are equal databases.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    pub tables: BTreeMap<String, TableSum>,
    /// Of transactions that the bank lists.
    pub accounts: Vec<AccountSum>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableSum {
    pub rows: u64,
    /// The SHA-256 of every row, added up: in whichever order an engine lists them.
    pub digest: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountSum {
    pub account_id: String,
    pub currency: String,
    pub rows: u64,
    /// Minor units.
    pub sum: i64,
}

impl Manifest {
    pub fn rows(&self) -> u64 {
        self.tables.values().map(|table| table.rows).sum()
    }

    /// The rows of one table.
    pub fn count(&self, table: &str) -> u64 {
        self.tables.get(table).map_or(0, |sum| sum.rows)
    }

    /// The first thing in which another one differs, in words.
    pub fn difference(&self, other: &Self) -> Option<String> {
        for (name, sum) in &self.tables {
            let theirs = other.tables.get(name).cloned().unwrap_or_default();
            if sum.rows != theirs.rows {
                return Some(format!("{name}: {} rows became {}", sum.rows, theirs.rows));
            }
            if sum.digest != theirs.digest {
                return Some(format!("{name}: its rows are not the same"));
            }
        }
        if other.tables.len() != self.tables.len() {
            return Some("there are other tables".to_owned());
        }
        (self.accounts != other.accounts).then(|| "the sums of the accounts".to_owned())
    }
}

/// Adds up one table after the other.
#[derive(Default)]
pub(super) struct Tally {
    tables: BTreeMap<String, (u64, [u64; 4])>,
    accounts: BTreeMap<(String, String), (u64, i64)>,
    current: Option<Current>,
}

struct Current {
    name: String,
    /// Of the transactions: account, currency, amount, life.
    places: Option<[usize; 4]>,
}

impl Tally {
    pub fn start(&mut self, table: &Table) {
        self.tables.entry(table.name.clone()).or_default();
        let places = (table.name == "pb_transactions")
            .then(|| ["account_id", "currency", "amount", "life"].map(|name| table.place(name)));
        let places = places.and_then(|[account, currency, amount, life]| {
            Some([account?, currency?, amount?, life?])
        });
        self.current = Some(Current { name: table.name.clone(), places });
    }

    /// Takes the rows of the table started last.
    pub fn add(&mut self, rows: &[Row]) {
        let Some(current) = &self.current else { return };
        let (count, lanes) = self.tables.entry(current.name.clone()).or_default();
        for row in rows {
            *count += 1;
            let digest = Sha256::digest(line(row));
            for (lane, bytes) in lanes.iter_mut().zip(digest.chunks_exact(8)) {
                let bytes = bytes.try_into().expect("chunks of eight");
                *lane = lane.wrapping_add(u64::from_be_bytes(bytes));
            }
            let Some(places) = current.places else { continue };
            if let [
                Value::Text(Some(account)),
                Value::Text(Some(currency)),
                Value::Integer(Some(amount)),
                Value::Text(Some(life)),
            ] = places.map(|place| &row[place])
                && life == "live"
            {
                let sums = self.accounts.entry((account.clone(), currency.clone())).or_default();
                *sums = (sums.0 + 1, sums.1.saturating_add(*amount));
            }
        }
    }

    pub fn manifest(&self) -> Manifest {
        let digest = |lanes: &[u64; 4]| {
            lanes.iter().fold(String::new(), |text, lane| text + &format!("{lane:016x}"))
        };
        let tables = self.tables.iter().map(|(name, (rows, lanes))| {
            (name.clone(), TableSum { rows: *rows, digest: digest(lanes) })
        });
        let accounts = self.accounts.iter().map(|((account_id, currency), (rows, sum))| {
            let (account_id, currency) = (account_id.clone(), currency.clone());
            AccountSum { account_id, currency, rows: *rows, sum: *sum }
        });
        Manifest { tables: tables.collect(), accounts: accounts.collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::super::layout::Column;
    use super::super::value::Kind;
    use super::*;

    fn table() -> Table {
        let columns = [
            ("account_id", Kind::Text),
            ("currency", Kind::Text),
            ("amount", Kind::Integer),
            ("life", Kind::Text),
        ];
        let columns = columns.map(|(name, kind)| Column { name: name.to_owned(), kind });
        Table { name: "pb_transactions".to_owned(), columns: columns.into(), key: vec![0] }
    }

    fn row(account: &str, amount: i64, life: &str) -> Row {
        let text = |text: &str| Value::Text(Some(text.to_owned()));
        vec![text(account), text("USD"), Value::Integer(Some(amount)), text(life)]
    }

    fn manifest(rows: &[Row]) -> Manifest {
        let mut tally = Tally::default();
        tally.start(&table());
        rows.chunks(2).for_each(|rows| tally.add(rows));
        tally.manifest()
    }

    #[test]
    fn the_order_of_rows_does_not_matter_and_everything_else_does() {
        let rows = [row("a", -500, "live"), row("a", 700, "live"), row("b", -1, "gone")];
        let whole = manifest(&rows);
        let turned: Vec<Row> = rows.iter().rev().cloned().collect();
        assert_eq!(whole.difference(&manifest(&turned)), None);
        let sum = AccountSum {
            account_id: "a".to_owned(),
            currency: "USD".to_owned(),
            rows: 2,
            sum: 200,
        };
        assert_eq!(whole.accounts, [sum], "what the bank withdrew is not counted");

        let fewer = whole.difference(&manifest(&rows[..2])).unwrap();
        assert_eq!(fewer, "pb_transactions: 3 rows became 2");
        let mut other = rows.clone();
        other[2] = row("b", -2, "gone");
        let changed = whole.difference(&manifest(&other)).unwrap();
        assert_eq!(changed, "pb_transactions: its rows are not the same");
    }
}
