//! What a test may do to the bank's own books.

use chrono::NaiveDate;

use super::book::{Row, new_id};
use super::counterparties::Party;
use super::event::Meaning;
use crate::domain::{Status, TransactionId};

/// Above the numbers of what a charge settles as: an id issued anew is none that was ever in use.
const PARTS: i64 = 1_000;

/// A change to one account, in force from now on. Running balances and the ledger follow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Edit {
    /// The row is listed no more, whatever its status.
    Withdraw(TransactionId),
    /// Undoes the withdrawal: the row flickered.
    Restore(TransactionId),
    /// A row the household knows nothing of, on top of its day; back-dated if you like.
    Insert(NewRow),
    Alter(TransactionId, Alteration),
    /// Every row of this account, those to come included, has another id from now on.
    ReissueIds,
    /// The account itself has another id from now on; the old one is not found.
    ReissueAccount,
    /// 410 `account.closed`, followed by the reason where it is not empty.
    Close {
        reason: String,
    },
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewRow {
    pub id: TransactionId,
    pub date: NaiveDate,
    /// Minor units in Teller's sign: a purchase is negative, on a card positive.
    pub amount: i64,
    pub description: String,
    pub status: Status,
}

/// `None` leaves as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Alteration {
    pub date: Option<NaiveDate>,
    pub amount: Option<i64>,
    pub description: Option<String>,
    pub status: Option<Status>,
}

impl Edit {
    /// `number` tells the edits of an account apart.
    pub(super) fn apply(&self, number: u32, rows: &mut Vec<Row>) {
        match self {
            Self::Withdraw(id) => rows.retain(|row| row.id != id.as_str()),
            Self::Insert(new) => rows.push(new.row(number)),
            Self::Alter(id, alteration) => {
                rows.iter_mut()
                    .filter(|row| row.id == id.as_str())
                    .for_each(|row| alteration.apply(row));
            }
            Self::ReissueIds => {
                for row in rows {
                    row.id = new_id(&row.id, PARTS + i64::from(number));
                }
            }
            Self::Restore(_) | Self::ReissueAccount | Self::Close { .. } => {}
        }
    }

    /// The row that has to be listed for this edit to mean anything.
    pub(super) fn needs(&self) -> Option<&TransactionId> {
        match self {
            Self::Withdraw(id) | Self::Alter(id, _) => Some(id),
            _ => None,
        }
    }
}

impl NewRow {
    fn row(&self, number: u32) -> Row {
        Row {
            id: self.id.0.clone(),
            date: self.date,
            // Above everything of its day: no household row is of this date.
            order: (NaiveDate::MAX, number),
            amount: self.amount,
            description: self.description.clone(),
            status: self.status.clone(),
            kind: "card_payment",
            running_balance: None,
            enriched: true,
            category: Some("general"),
            party: Party::Absent,
            meaning: Meaning::default(),
        }
    }
}

impl Alteration {
    fn apply(&self, row: &mut Row) {
        row.date = self.date.unwrap_or(row.date);
        row.amount = self.amount.unwrap_or(row.amount);
        if let Some(description) = &self.description {
            row.description.clone_from(description);
        }
        if let Some(status) = &self.status {
            row.status = status.clone();
        }
    }
}
