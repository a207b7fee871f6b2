//! Transactions: what the bank lists, what passbook keeps of it, and how the store is asked for it.

use std::cmp::{Ordering, Reverse};
use std::sync::Arc;

use chrono::{DateTime, Datelike as _, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::account::AccountId;
use super::money::Money;
use super::query::Filter;
use super::said::{Annotation, BankWords, Said};
use super::shown::Shown;
use super::sort::{Lead, Sort};
use super::words::{id, open_set};

id! {
    /// Teller's `txn_…`: opaque, unique together with its account's id only.
    TransactionId
}

open_set! {
    Status { Pending = "pending", Posted = "posted" }
}

open_set! {
    /// Whether the bank still lists a row. Nothing is ever deleted.
    Life { Live = "live", Gone = "gone", Replaced = "replaced" }
}

/// A row as the bank lists it, in our sign.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transaction {
    pub id: TransactionId,
    pub account_id: AccountId,
    /// The bank's own calendar day, without a zone.
    pub date: NaiveDate,
    pub amount: Money,
    /// As the bank wrote it, U+0000 replaced: unsafe to print before `SafeText`.
    pub description: String,
    pub status: Status,
    /// Teller's `type`, an open set: `card_payment`, `transfer`, `fee` …
    pub kind: String,
    pub running_balance: Option<Money>,
    pub category: Option<String>,
    pub counterparty: Option<String>,
    pub counterparty_type: Option<String>,
    /// Teller's enrichment state, not settlement: `pending` or `complete`.
    pub processing_status: Option<String>,
}

/// A charge that is pending for longer deserves a second look.
const LONG_PENDING: i64 = 7;
/// Banks post a few days ahead, over a weekend or a holiday.
const AHEAD: i64 = 7;
/// Older than any list that a bank gives out.
const EARLIEST_YEAR: i32 = 1980;

impl Transaction {
    /// Whether its date can only be a mistake, such as 1970 or 2099.
    pub fn is_misdated(&self, today: NaiveDate) -> bool {
        self.date.year() < EARLIEST_YEAR || (self.date - today).num_days() > AHEAD
    }

    pub fn words(&self) -> BankWords<'_> {
        BankWords {
            account: self.account_id.as_str(),
            description: &self.description,
            counterparty: self.counterparty.as_deref(),
            category: self.category.as_deref(),
            amount: self.amount,
        }
    }

    /// As it is shown where the user has said nothing about it.
    pub fn shown(&self) -> Shown {
        Shown::of(self.words(), &Annotation::default(), &Said::default())
    }

    /// For how many days it has been pending, once these are more than usual.
    pub fn long_pending(&self, today: NaiveDate) -> Option<i64> {
        let days = (today - self.date).num_days();
        let long = self.status == Status::Pending && days > LONG_PENDING;
        (long && !self.is_misdated(today)).then_some(days)
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct TransactionKey {
    pub account_id: AccountId,
    pub id: TransactionId,
}

/// The place of a row in the order of its list: what the list is sorted by, then date, account,
/// sequence and id, each descending. A list begins with the highest place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Position {
    /// Stands above all that are not: see [`StoredTransaction::noted`].
    pub noted: bool,
    pub lead: Lead,
    pub date: NaiveDate,
    pub account_id: AccountId,
    /// Place within the bank's own order of that day, oldest lowest.
    pub sequence: i64,
    pub id: TransactionId,
}

impl Position {
    /// Higher than this row, lower than any that stands above it under another sequence.
    #[must_use]
    pub fn right_above(&self) -> Self {
        let sequence = self.sequence.saturating_add(1);
        Self { sequence, id: TransactionId::default(), ..self.clone() }
    }

    /// Lower than this row, higher than any that stands below it under another sequence.
    #[must_use]
    pub fn right_below(&self) -> Self {
        Self { id: TransactionId::default(), ..self.clone() }
    }
}

impl Position {
    fn in_order(&self) -> impl Ord {
        let ties = (self.date, &self.account_id, self.sequence, &self.id);
        (self.noted, Reverse(&self.lead), ties)
    }
}

impl Ord for Position {
    fn cmp(&self, other: &Self) -> Ordering {
        self.in_order().cmp(&other.in_order())
    }
}

impl PartialOrd for Position {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// A row as passbook keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredTransaction {
    pub transaction: Transaction,
    pub shown: Shown,
    pub sequence: i64,
    pub life: Life,
    pub replaced_by: Option<TransactionId>,
    pub first_seen_at: DateTime<Utc>,
    pub gone_at: Option<DateTime<Utc>>,
    /// In the list of withdrawn rows alone, which those with the user's note head; elsewhere false.
    pub noted: bool,
    /// Its account's place among all, by name, in a list that is sorted by account; elsewhere 0.
    pub account_rank: u32,
    /// What its account held after it, where the bank does not say and it could be reckoned.
    pub computed_balance: Option<Money>,
}

impl StoredTransaction {
    pub fn key(&self) -> TransactionKey {
        TransactionKey {
            account_id: self.transaction.account_id.clone(),
            id: self.transaction.id.clone(),
        }
    }

    /// The user's own name for who it went to or came from.
    pub fn own_name(&self) -> Option<&str> {
        let merchant = &self.shown.merchant;
        let named = !merchant.is_empty() && *merchant != self.transaction.shown().merchant;
        named.then_some(&*self.shown.merchant)
    }

    /// In a list by date: see [`Sort::position`] for others.
    pub fn position(&self) -> Position {
        Position {
            noted: self.noted,
            lead: Lead::None,
            date: self.transaction.date,
            account_id: self.transaction.account_id.clone(),
            sequence: self.sequence,
            id: self.transaction.id.clone(),
        }
    }
}

/// Which rows a list holds, by whether the bank still lists them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Scope {
    #[default]
    Live,
    /// Those the bank withdrew or replaced, too, each in its place.
    All,
    /// Those the bank withdrew alone, and that became no other row: by date those with the user's
    /// note first.
    Gone,
}

/// Which rows, in which order, and from where on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TransactionQuery {
    pub account: Option<AccountId>,
    pub since: Option<NaiveDate>,
    pub until: Option<NaiveDate>,
    pub status: Option<Status>,
    /// What was typed, beside all that.
    pub filter: Arc<Filter>,
    pub scope: Scope,
    pub sort: Sort,
    pub anchor: Anchor,
    /// Rows at most.
    pub limit: u32,
}

impl TransactionQuery {
    /// The newest `limit` live rows of one account, or of all.
    pub fn newest(account: Option<AccountId>, limit: u32) -> Self {
        Self {
            account,
            since: None,
            until: None,
            status: None,
            filter: Arc::default(),
            scope: Scope::Live,
            sort: Sort::default(),
            anchor: Anchor::Newest,
            limit,
        }
    }

    /// The same rows, from the same place on, as the list that is not reversed has them.
    #[must_use]
    pub fn natural(&self) -> Self {
        if !self.sort.reversed {
            return self.clone();
        }
        let anchor = match self.anchor.clone() {
            Anchor::Newest => Anchor::Oldest,
            Anchor::Oldest => Anchor::Newest,
            Anchor::Older(position) => Anchor::Newer(position),
            Anchor::Newer(position) => Anchor::Older(position),
        };
        Self { anchor, sort: Sort { reversed: false, ..self.sort }, ..self.clone() }
    }
}

/// Where a window starts, in the words of a list by date. Whatever the anchor, the rows come back in
/// the order of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Anchor {
    /// The first rows of the list.
    Newest,
    /// The last ones.
    Oldest,
    /// The rows right below this one, itself excluded.
    Older(Position),
    /// The rows right above this one, itself excluded.
    Newer(Position),
}

impl Anchor {
    /// Whether the rows are read from the place upwards.
    pub fn is_upwards(&self) -> bool {
        matches!(self, Self::Oldest | Self::Newer(_))
    }
}

/// Neighbouring rows, in the order of their list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TransactionWindow {
    pub rows: Vec<StoredTransaction>,
    /// No row stands beyond this window in the direction that was asked.
    pub at_end: bool,
}

/// One fact that the bank changed on a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    pub changed_at: DateTime<Utc>,
    /// `amount`, `status`, `date`, `description`, `id`, `gone`, `back`, `category` …; also
    /// `first_seen`, which is derived and always first.
    pub field: String,
    pub old: Option<String>,
    pub new: Option<String>,
}

/// All that is kept about one row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TransactionDetail {
    pub stored: StoredTransaction,
    pub annotation: Annotation,
    /// Oldest first; the first one is `first_seen`. Those of a row it replaced come before its own.
    pub changes: Vec<Change>,
    /// The bank's reply for this row, byte for byte.
    pub raw: Option<String>,
    /// Latest live rows of the same counterparty over all accounts, newest first, at most 12.
    pub alike: Vec<StoredTransaction>,
    /// Live rows of the same counterparty in the 12 months up to this row's date: count and sum
    /// per month, oldest month first, in this row's currency.
    pub alike_months: Vec<(NaiveDate, i64, i64)>,
    /// The row that this one took the place of.
    pub predecessor: Option<TransactionId>,
    /// The other half of a transfer.
    pub twin: Option<Box<StoredTransaction>>,
}
