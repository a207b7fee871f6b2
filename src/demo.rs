//! The built-in bank: a household's accounts behind Teller's API on loopback, for `--demo` and tests.

mod archive;
mod book;
mod books;
mod call;
mod clerk;
mod connect;
mod counterparties;
mod delivery;
mod edits;
mod event;
mod faults;
mod gate;
mod household;
mod outages;
mod quiet;
mod random;
mod reply;
mod requests;
mod server;
mod shared;
mod simulation;
mod spending;
mod spoil;
mod standing;
mod truth;
mod wire;

use std::fmt;
use std::io;
use std::sync::Arc;

use chrono::{Days, NaiveDate};

pub use books::BankOptions;
pub use edits::{Alteration, Edit, NewRow};
pub use event::Meaning;
pub use faults::{Fault, FaultId, Faults, Match, Times};
pub use reply::Reply;
pub use requests::Request;
pub use truth::{TruthBalance, TruthRow};

use crate::domain::{AccountId, EnrollmentId};
use crate::secret::Secret;
use gate::Gate;
use household::{ENROLLED, INSTITUTIONS, Slot};
use shared::Shared;

/// A running bank. Clones are handles of the same one; it closes with the last of them.
#[derive(Clone)]
pub struct Bank {
    shared: Arc<Shared>,
    /// The server holds `shared` too, but not this.
    _door: Arc<Door>,
}

struct Door(Arc<Gate>);

impl fmt::Debug for Bank {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bank").field("url", &self.shared.url).finish_non_exhaustive()
    }
}

impl Drop for Door {
    fn drop(&mut self) {
        self.0.close();
    }
}

impl Bank {
    /// Serves from the runtime it is called in.
    pub async fn start(options: BankOptions) -> io::Result<Self> {
        let shared = server::start(&options).await?;
        let door = Arc::new(Door(Arc::clone(&shared.gate)));
        Ok(Self { shared, _door: door })
    }

    /// Takes no more connections, and returns when all have ended.
    pub async fn stop(&self) {
        self.shared.gate.close();
        self.shared.gate.closed().await;
    }

    /// After [`Bank::stop`]: serves again at the same address, as if nothing had been.
    pub async fn reopen(&self) -> io::Result<()> {
        server::reopen(&self.shared).await
    }

    pub fn url(&self) -> String {
        self.shared.url.clone()
    }

    /// Of the script with which a page lets a user enrol here, as with Teller's own.
    pub fn connect_script(&self) -> String {
        format!("{}/connect/connect.js", self.shared.url)
    }

    /// One per enrollment that the household has from the start.
    pub fn tokens(&self) -> Vec<Secret> {
        let books = self.shared.books();
        (0..ENROLLED).map(|enrollment| books.token(enrollment)).collect()
    }

    /// In the order of the tokens.
    pub fn enrollment_ids(&self) -> Vec<EnrollmentId> {
        let books = self.shared.books();
        (0..ENROLLED).map(|enrollment| books.enrollment_id(enrollment)).collect()
    }

    /// Of the enrollment that is yet to be made, too.
    pub fn every_token(&self) -> Vec<(EnrollmentId, Secret)> {
        let books = self.shared.books();
        let all = 0..INSTITUTIONS.len();
        all.map(|enrollment| (books.enrollment_id(enrollment), books.token(enrollment))).collect()
    }

    /// Everyday checking, savings, card, then the second bank's joint checking, card and deposit.
    pub fn account_ids(&self) -> Vec<AccountId> {
        let books = self.shared.books();
        Slot::ALL.into_iter().map(|slot| books.account_id(slot)).collect()
    }

    /// The user links the bank anew: another token, enrollment id and account ids for the same
    /// money. The old token is refused from now on.
    pub fn enroll_again(&self, enrollment: usize) {
        self.shared.books().enroll_again(enrollment);
    }

    /// Another token for the same enrollment and accounts; the old one is refused from now on.
    pub fn renew_token(&self, enrollment: usize) {
        self.shared.books().renew_token(enrollment);
    }

    pub fn today(&self) -> NaiveDate {
        self.shared.books().today()
    }

    pub fn set_today(&self, today: NaiveDate) {
        self.shared.books().set_today(today);
    }

    pub fn advance(&self, days: u64) {
        let mut books = self.shared.books();
        let today = books.today() + Days::new(days);
        books.set_today(today);
    }

    pub fn faults(&self) -> &Faults {
        &self.shared.faults
    }

    /// Changes the bank's own books. Panics for an account or row that the bank does not list.
    pub fn edit(&self, account_id: &AccountId, edit: Edit) {
        let mut books = self.shared.books();
        let slot = books.slot(account_id.as_str()).expect("an account of this bank");
        books.edit(slot, edit);
    }

    /// What the list endpoint would answer now, faults aside, in its order. Panics for an account
    /// of another bank.
    pub fn truth(&self, account_id: &AccountId) -> Vec<TruthRow> {
        let mut books = self.shared.books();
        let slot = books.slot(account_id.as_str()).expect("an account of this bank");
        books.book(slot).rows.iter().map(TruthRow::from).collect()
    }

    /// What each row of [`Bank::truth`] is, in its order. Panics for an account of another bank.
    pub fn meanings(&self, account_id: &AccountId) -> Vec<Meaning> {
        let mut books = self.shared.books();
        let slot = books.slot(account_id.as_str()).expect("an account of this bank");
        books.book(slot).rows.iter().map(|row| row.meaning).collect()
    }

    /// What the balances endpoint would answer now. Panics for an account of another bank.
    pub fn balance(&self, account_id: &AccountId) -> TruthBalance {
        let mut books = self.shared.books();
        let slot = books.slot(account_id.as_str()).expect("an account of this bank");
        TruthBalance::from(&*books.book(slot))
    }

    /// All requests since the last clearing, oldest first.
    pub fn requests(&self) -> Vec<Request> {
        self.shared.log.requests()
    }

    pub fn clear_requests(&self) {
        self.shared.log.clear();
    }
}
