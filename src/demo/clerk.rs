//! The clerk who answers requests: who may ask, what for, and Teller's answer.

use std::sync::Arc;

use chrono::NaiveDate;
use serde_json::{Value, json};

use super::book::{Book, Row};
use super::books::Books;
use super::call::Call;
use super::edits::{Edit, NewRow};
use super::faults::Fault;
use super::household::Slot;
use super::random::Random;
use super::reply::{JSON, Reply};
use super::wire;
use crate::domain::{Status, TransactionId};

/// One request being answered.
pub struct Clerk<'a> {
    pub books: &'a mut Books,
    /// The bank's own address, for links.
    pub base: &'a str,
    pub call: &'a Call,
    /// Those that strike this request.
    pub faults: &'a [Fault],
    /// The request's number.
    pub serial: i64,
}

impl Clerk<'_> {
    pub fn answer(&mut self) -> Reply {
        let segments = self.call.segments();
        let method = self.call.method.as_str();
        if (method, segments.as_slice()) == ("GET", &["institutions"]) {
            return Reply::json(200, &wire::institutions());
        }
        let Some(token) = &self.call.token else {
            return Reply::error(401, "unauthorized", "An access token is required");
        };
        let enrollment = self.books.enrollment_of(token);
        let Some(enrollment) = enrollment.filter(|index| !self.books.is_revoked(*index)) else {
            return Reply::forbidden();
        };
        match (method, segments.as_slice()) {
            ("GET", []) => {
                let accounts = format!("{}/accounts", self.base);
                Reply::json(200, &json!({ "links": { "accounts": accounts } }))
            }
            ("GET", ["accounts"]) => self.each_account(enrollment, wire::account),
            ("GET", ["identity"]) => self.each_account(enrollment, wire::identity),
            ("DELETE", ["accounts"]) => {
                self.books.revoke(enrollment);
                Reply::new(204, JSON, "")
            }
            (_, ["accounts", id, below @ ..]) => {
                let slot = self.books.slot(id).filter(|s| s.spec().enrollment == enrollment);
                let reply = slot.map_or_else(Reply::not_found, |slot| self.account(slot, below));
                reply.with("teller-enrollment-status", "healthy")
            }
            _ => Reply::not_found(),
        }
    }

    fn each_account(&self, enrollment: usize, tell: fn(&str, &Books, Slot) -> Value) -> Reply {
        let accounts: Value = Slot::EVERY
            .into_iter()
            .filter(|slot| slot.spec().enrollment == enrollment && !self.books.is_deleted(*slot))
            .map(|slot| tell(self.base, self.books, slot))
            .collect();
        Reply::json(200, &accounts)
    }

    fn account(&mut self, slot: Slot, below: &[&str]) -> Reply {
        if self.books.is_deleted(slot) {
            return Reply::forbidden();
        }
        let id = self.books.account_id(slot);
        match (self.call.method.as_str(), below) {
            ("DELETE", []) => {
                self.books.delete(slot);
                return Reply::new(204, JSON, "");
            }
            ("GET", _) => {}
            _ => return Reply::not_found(),
        }
        if let Some(reason) = self.books.closed(slot) {
            return Reply::closed(reason);
        }
        match below {
            [] => Reply::json(200, &wire::account(self.base, self.books, slot)),
            ["details"] if !slot.is_card() => {
                Reply::json(200, &wire::details(self.base, id.as_str(), slot))
            }
            ["balances"] => {
                let book = self.books.book(slot);
                Reply::json(200, &wire::balances(self.base, id.as_str(), &book))
            }
            ["transactions"] => self.transactions(slot, id.as_str()),
            ["transactions", row] => {
                let book = self.books.book(slot);
                book.place(row).map_or_else(Reply::not_found, |place| {
                    let body = wire::one_transaction(self.base, id.as_str(), &book.rows[place]);
                    Reply::new(200, JSON, body)
                })
            }
            _ => Reply::not_found(),
        }
    }

    fn transactions(&mut self, slot: Slot, account_id: &str) -> Reply {
        let book: Arc<Book> = self.books.book(slot);
        let page = match self.page(&book) {
            Ok(page) => page,
            Err(refusal) => return refusal,
        };
        if self.struck_by(&Fault::NewRowAfter) {
            let row = self.surprise();
            self.books.edit(slot, Edit::Insert(row));
        }
        Reply::new(200, JSON, wire::transactions(self.base, account_id, &page))
    }

    fn page<'b>(&self, book: &'b Book) -> Result<Vec<&'b Row>, Reply> {
        let since = self.date("start_date")?.unwrap_or(NaiveDate::MIN);
        let until = self.date("end_date")?.unwrap_or(NaiveDate::MAX);
        let count = self.count()?;
        let older = self.older_than_cursor(book)?;
        let mut page: Vec<&Row> =
            older.filter(|row| (since..=until).contains(&row.date)).take(count).collect();
        if self.struck_by(&Fault::Shuffle) {
            Random::of(0, "shuffle", self.serial).shuffle(&mut page);
        }
        Ok(page)
    }

    /// `from_id` itself is excluded; newer rows are out of reach.
    fn older_than_cursor<'b>(
        &self,
        book: &'b Book,
    ) -> Result<Box<dyn Iterator<Item = &'b Row> + 'b>, Reply> {
        let from_id = self.call.parameter("from_id");
        let from_id = from_id.filter(|_| !self.struck_by(&Fault::IgnoreFromId));
        let first = match from_id.map(|id| book.place(id)) {
            None => 0,
            Some(Some(place)) => place + 1,
            Some(None) if self.struck_by(&Fault::ForgiveFromId) => book.rows.len(),
            Some(None) => return Err(Reply::not_found()),
        };
        if !self.struck_by(&Fault::PendingFirst) {
            return Ok(Box::new(book.rows[first..].iter()));
        }
        let pending = book.rows.iter().filter(|row| row.is_pending());
        let posted = book.rows.iter().filter(|row| !row.is_pending());
        let passed = first.checked_sub(1).and_then(|place| book.rows.get(place));
        let mut rows = pending.chain(posted);
        if let Some(passed) = passed {
            rows.by_ref().find(|row| row.id == passed.id);
        }
        Ok(Box::new(rows))
    }

    fn date(&self, name: &str) -> Result<Option<NaiveDate>, Reply> {
        let Some(text) = self.call.parameter(name) else {
            return Ok(None);
        };
        // chrono reads "2026-3-1" as well.
        let date = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok().filter(|_| text.len() == 10);
        date.map(Some).ok_or_else(|| unprocessable(name))
    }

    fn count(&self) -> Result<usize, Reply> {
        let asked = match self.call.parameter("count") {
            None => usize::MAX,
            Some(text) => text.parse().map_err(|_| unprocessable("count"))?,
        };
        let caps = self.faults.iter().filter_map(|fault| match fault {
            Fault::Short(cap) => Some(*cap),
            _ => None,
        });
        Ok(caps.fold(asked, usize::min))
    }

    fn struck_by(&self, fault: &Fault) -> bool {
        self.faults.contains(fault)
    }

    fn surprise(&self) -> NewRow {
        NewRow {
            id: TransactionId(format!("txn_surprise{:012}", self.serial)),
            date: self.books.today(),
            amount: -100 - self.serial,
            description: format!("SURPRISE {}", self.serial),
            status: Status::Pending,
        }
    }
}

fn unprocessable(name: &str) -> Reply {
    Reply::error(422, "unprocessable_entity", &format!("{name} is malformed"))
}
