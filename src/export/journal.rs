//! Double-entry books: each row an entry, with what stood before and what was measured.

mod balances;
mod beancount;
mod entry;
mod names;
mod plain;
mod text;

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::io::{self, Write};

use chrono::NaiveDate;

use super::Request;
use crate::domain::{
    AccountId, Currency, ExportFormat, Frame, Life, Money, OtherHalf, OutgoingAccount, OutgoingRow,
    Status, TransactionKey, ValuedAccount, Zone,
};
use balances::{Balance, Proven};
use beancount::Beancount;
use entry::{Declared, Dialect, Entry, Proof, readable};
use names::Names;
use plain::Plain;

pub struct Journal<W> {
    out: W,
    dialect: Box<dyn Dialect + Send>,
    scope: Scope,
    names: Names,
    balances: BTreeMap<AccountId, Balance>,
    /// Entries that are no rows, each for the time when the rows of its day pass.
    waiting: Vec<(NaiveDate, String)>,
    day: Option<NaiveDate>,
    /// Rows of this day that stand in the entry of their twin.
    written: HashSet<TransactionKey>,
}

/// What the books are about.
struct Scope {
    account: Option<AccountId>,
    days: (Option<NaiveDate>, Option<NaiveDate>),
    /// Rows in between may be missing: nothing can be said of balances.
    partial: bool,
    zone: Zone,
}

impl<W: Write> Journal<W> {
    pub fn new(request: &Request, out: W) -> Self {
        let dialect: Box<dyn Dialect + Send> = match request.format {
            ExportFormat::Beancount => Box::new(Beancount),
            format => Box::new(Plain { ledger: format == ExportFormat::Ledger }),
        };
        let query = &request.query;
        let scope = Scope {
            account: query.account.clone(),
            days: (query.since, query.until),
            partial: request.is_partial(),
            zone: request.zone,
        };
        let (names, balances) = (Names::default(), BTreeMap::new());
        Self {
            out,
            dialect,
            scope,
            names,
            balances,
            waiting: Vec::new(),
            day: None,
            written: HashSet::new(),
        }
    }

    fn put(&mut self, text: &str) -> io::Result<()> {
        self.out.write_all(text.as_bytes())
    }

    /// What stood in each account before its first row.
    fn openings(&self) -> Vec<(NaiveDate, String)> {
        let opening = |(id, balance): (&AccountId, &Balance)| {
            let (account, (day, money)) = self.names.own(id).zip(balance.opening)?;
            let entry = Entry::of_ours(day, "Opening balance", (account, names::OPENING, money));
            (money.minor != 0).then(|| (day, self.dialect.entry(&entry)))
        };
        self.balances.iter().filter_map(opening).collect()
    }

    /// Each value that was given by hand, as the change since the one before.
    fn values(&self, account: &ValuedAccount) -> Vec<(NaiveDate, String)> {
        let Some(name) = self.names.own(&account.id) else { return Vec::new() };
        let (since, until) = self.scope.days;
        let mut before: Option<Money> = None;
        let values = account.values.iter().filter(|(day, _)| until.is_none_or(|it| *day <= it));
        let changes = values.map(|(day, value)| {
            let last = before.map_or(0, |before| before.minor);
            let change = Money::new(value.minor.saturating_sub(last), value.currency);
            let from = if before.is_none() { names::OPENING } else { names::VALUATIONS };
            let day = since.map_or(*day, |since| since.max(*day));
            before = Some(*value);
            let entry = Entry::of_ours(day, "Valued by hand", (name, from, change));
            (day, self.dialect.entry(&entry))
        });
        changes.collect()
    }

    /// All rows of the days before this one, or all there are, have passed: what else is dated up
    /// to then is written in the order of its days, and what that proves.
    fn turn_to(&mut self, day: Option<NaiveDate>) -> io::Result<()> {
        let is_due = |(due, _): &(NaiveDate, String)| day.is_none_or(|day| *due <= day);
        let due = self.waiting.iter().take_while(|it| is_due(it)).count();
        let mut texts: Vec<(NaiveDate, String)> = self.waiting.drain(..due).collect();
        for (id, balance) in &mut self.balances {
            let proven = match day {
                Some(day) => balance.before(day),
                None => balance.end(self.day),
            };
            let Some(account) = self.names.own(id) else { continue };
            for Proven { date, posted, pending } in proven {
                let minor = posted.minor.saturating_add(pending.minor);
                let balance = Money::new(minor, posted.currency);
                let proof = Proof { date, account, balance, pending };
                texts.push((date, self.dialect.proof(&proof)));
            }
        }
        // Stable: a proof stays behind the entries of its day.
        texts.sort_by_key(|(date, _)| *date);
        self.day = day;
        self.written.clear();
        texts.iter().try_for_each(|(_, text)| self.put(text))
    }

    fn move_money(&mut self, row: &OutgoingRow) -> io::Result<()> {
        let transaction = &row.stored.transaction;
        if self.written.remove(&row.stored.key()) {
            return Ok(());
        }
        let whole = self.scope.account.is_none() && !self.scope.partial;
        // The first of the two rows is the entry of both.
        let first = |twin: &&OtherHalf| is_one_entry(row, twin) && twin.key > row.stored.key();
        let joined = row.twin.as_ref().filter(|twin| whole && first(twin));
        self.written.extend(joined.map(|twin| twin.key.clone()));
        let unknown = format!("Assets:Other:{}", text::code(transaction.account_id.as_str()));
        let category = row.stored.shown.category.as_deref();
        let twin = joined.and_then(|twin| self.names.own(&twin.key.account_id)).map(str::to_owned);
        let other = match (twin, &row.twin) {
            (Some(name), _) => name,
            (None, Some(_)) => names::TRANSFERS.to_owned(),
            (None, None) => self.names.category(category, transaction.amount.minor > 0).to_owned(),
        };
        let own = self.names.own(&transaction.account_id).unwrap_or(&unknown);
        let entry = Entry {
            date: transaction.date,
            pending: transaction.status != Status::Posted,
            id: Some(transaction.id.as_str()),
            payee: &row.stored.shown.merchant,
            narration: &transaction.description,
            notes: notes(row),
            tags: &row.own.tags,
            postings: vec![(own, transaction.amount), (&other, -transaction.amount)],
        };
        let text = self.dialect.entry(&entry);
        self.put(&text)
    }
}

impl<W: Write> Journal<W> {
    pub fn start(&mut self, frame: &Frame) -> io::Result<()> {
        self.names = Names::new(frame);
        let chosen = |id: &AccountId| self.scope.account.as_ref().is_none_or(|only| only == id);
        let accounts: Vec<_> = frame.accounts.iter().filter(|it| chosen(&it.account.id)).collect();
        let by_hand: Vec<_> = frame.by_hand.iter().filter(|it| chosen(&it.id)).collect();
        let mut head = HEAD.to_owned();
        if self.scope.partial {
            head.push_str(PARTIAL);
        }
        head.push('\n');
        let currencies = currencies(&accounts, &by_hand);
        let tags: BTreeSet<String> = frame.tags.iter().filter_map(|tag| text::tag(tag)).collect();
        let tags = tags.into_iter().collect();
        let declared = Declared { accounts: self.names.all(), currencies, tags };
        head.push_str(&self.dialect.head(&declared));
        self.put(&head)?;
        if self.scope.partial {
            return Ok(());
        }
        let balance = |it: &&OutgoingAccount| {
            let balance = Balance::new(it, self.scope.days, self.scope.zone);
            (it.account.id.clone(), balance)
        };
        self.balances = accounts.iter().map(balance).collect();
        let values = by_hand.into_iter().flat_map(|account| self.values(account));
        let mut waiting: Vec<_> = self.openings().into_iter().chain(values).collect();
        waiting.sort_by_key(|(day, _)| *day);
        self.waiting = waiting;
        Ok(())
    }

    pub fn row(&mut self, row: &OutgoingRow) -> io::Result<()> {
        let transaction = &row.stored.transaction;
        // What the bank withdrew is no money.
        if row.stored.life != Life::Live {
            return Ok(());
        }
        if self.day != Some(transaction.date) {
            self.turn_to(Some(transaction.date))?;
        }
        if let Some(balance) = self.balances.get_mut(&transaction.account_id) {
            balance.add(transaction);
        }
        self.move_money(row)
    }

    pub fn finish(&mut self) -> io::Result<()> {
        self.turn_to(None)?;
        self.out.flush()
    }
}

const HEAD: &str = "; Made by passbook. Entries marked ! are pending.\n";
const PARTIAL: &str = "; Only some rows: no opening balances, and nothing is said of balances.\n";

impl<'a> Entry<'a> {
    /// Not a row of the bank's.
    fn of_ours(
        date: NaiveDate,
        narration: &'a str,
        (to, from, money): (&'a str, &'a str, Money),
    ) -> Self {
        Self {
            date,
            pending: false,
            id: None,
            payee: "passbook",
            narration,
            notes: Vec::new(),
            tags: &[],
            postings: vec![(to, money), (from, -money)],
        }
    }
}

fn currencies(accounts: &[&OutgoingAccount], by_hand: &[&ValuedAccount]) -> Vec<Currency> {
    let of_account = |it: &&OutgoingAccount| {
        let latest = it.latest().map(|(_, money)| money.currency);
        let sums = it.sums.iter().map(|sum| sum.currency);
        sums.chain(latest).chain([it.account.currency]).collect::<Vec<_>>()
    };
    let valued = by_hand.iter().flat_map(|it| it.values.iter().map(|(_, money)| money.currency));
    let currencies: BTreeSet<Currency> =
        accounts.iter().flat_map(of_account).chain(valued).collect();
    currencies.into_iter().collect()
}

/// Both halves on one day, so that each account is right on every day.
fn is_one_entry(row: &OutgoingRow, twin: &OtherHalf) -> bool {
    let transaction = &row.stored.transaction;
    twin.date == transaction.date
        && twin.amount == -transaction.amount
        && twin.status == transaction.status
        && twin.key.account_id != transaction.account_id
}

fn notes(row: &OutgoingRow) -> Vec<(&'static str, String)> {
    let transaction = &row.stored.transaction;
    let mut notes = Vec::new();
    if text::code(transaction.id.as_str()) != transaction.id.as_str() {
        notes.push(("teller-id", transaction.id.to_string()));
    }
    if readable(transaction.date) != transaction.date {
        notes.push(("bank-date", transaction.date.to_string()));
    }
    if let Some(note) = &row.own.note {
        notes.push(("note", note.clone()));
    }
    if row.stored.shown.left_out {
        notes.push(("left-out", "yes".to_owned()));
    }
    if let Some(twin) = &row.twin {
        notes.push(("twin-id", twin.key.id.to_string()));
    }
    notes
}
