//! All the bank knows: its day, its accounts, what tests did to them, who may still ask.

use std::sync::Arc;

use chrono::{Months, NaiveDate};

use super::archive::older_rows;
use super::book::{Book, Row, rows_of, signed};
use super::edits::Edit;
use super::household::{INSTITUTIONS, Slot};
use super::quiet;
use super::random::Random;
use super::simulation::Simulation;
use crate::domain::{AccountId, EnrollmentId};
use crate::secret::Secret;

/// What a bank is made from: the same options, the same bank.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BankOptions {
    pub seed: u64,
    /// The household's first day; its openings are of the evening before.
    pub first_day: NaiveDate,
    pub today: NaiveDate,
    /// So many posted rows more in the first account, all of them older.
    pub extra_rows: usize,
}

impl BankOptions {
    /// What `--demo` shows: two years of life up to today.
    pub fn two_years(seed: u64, today: NaiveDate) -> Self {
        Self { seed, first_day: today - Months::new(24), today, extra_rows: 0 }
    }
}

pub struct Books {
    seed: u64,
    today: NaiveDate,
    first_day: NaiveDate,
    simulation: Simulation,
    /// Oldest first, all of the everyday account.
    archive: Vec<Row>,
    accounts: [AccountState; Slot::EVERY.len()],
    enrollments: [EnrollmentState; INSTITUTIONS.len()],
}

#[derive(Default)]
struct EnrollmentState {
    /// Deleted, so its token is refused.
    revoked: bool,
    /// Counts how often the user linked it.
    generation: i64,
    /// Counts the tokens that it had under the same id.
    renewals: i64,
}

#[derive(Default)]
struct AccountState {
    /// Numbered, so that taking one back leaves the ids that others made.
    edits: Vec<(u32, Edit)>,
    numbered: u32,
    closed: Option<String>,
    /// Access was deleted.
    deleted: bool,
    /// Counts the account's ids.
    generation: i64,
    /// Valid for today and these edits.
    book: Option<Arc<Book>>,
}

impl Books {
    pub fn new(options: &BankOptions) -> Self {
        Self {
            seed: options.seed,
            today: options.today,
            first_day: options.first_day,
            simulation: Simulation::new(options.seed, options.first_day),
            archive: older_rows(options.seed, options.first_day, options.extra_rows),
            accounts: Default::default(),
            enrollments: Default::default(),
        }
    }

    pub fn today(&self) -> NaiveDate {
        self.today
    }

    pub fn set_today(&mut self, today: NaiveDate) {
        self.today = today;
        self.accounts.iter_mut().for_each(|account| account.book = None);
    }

    pub fn token(&self, enrollment: usize) -> Secret {
        let EnrollmentState { generation, renewals, .. } = self.enrollments[enrollment];
        let number = generation + 100 * renewals;
        Secret::new(format!("test_token_{}", self.word("token", number, enrollment)))
    }

    pub fn enrollment_id(&self, enrollment: usize) -> EnrollmentId {
        self.enrollment_id_of(enrollment, self.enrollments[enrollment].generation)
    }

    fn enrollment_id_of(&self, enrollment: usize, generation: i64) -> EnrollmentId {
        EnrollmentId(format!("enr_{}", self.word("enrollment", generation, enrollment)))
    }

    /// The enrollment that has this id, or had it before it was linked anew.
    pub fn enrollment_once(&self, id: &str) -> Option<usize> {
        (0..INSTITUTIONS.len()).find(|enrollment| {
            (0..=self.enrollments[*enrollment].generation)
                .any(|generation| self.enrollment_id_of(*enrollment, generation).as_str() == id)
        })
    }

    pub fn renew_token(&mut self, enrollment: usize) {
        self.enrollments[enrollment].renewals += 1;
    }

    pub fn account_id(&self, slot: Slot) -> AccountId {
        let generation = self.accounts[slot.index()].generation;
        AccountId(format!("acc_{}", self.word("account", generation, slot.index())))
    }

    pub fn slot(&self, account_id: &str) -> Option<Slot> {
        Slot::EVERY.into_iter().find(|slot| self.account_id(*slot).as_str() == account_id)
    }

    /// The enrollment that a token opens; known but deleted is `Some` all the same.
    pub fn enrollment_of(&self, token: &str) -> Option<usize> {
        (0..INSTITUTIONS.len()).find(|index| self.token(*index).expose() == token)
    }

    pub fn is_revoked(&self, enrollment: usize) -> bool {
        self.enrollments[enrollment].revoked
    }

    pub fn revoke(&mut self, enrollment: usize) {
        self.enrollments[enrollment].revoked = true;
    }

    pub fn enroll_again(&mut self, enrollment: usize) {
        let EnrollmentState { generation, renewals, .. } = self.enrollments[enrollment];
        let generation = generation + 1;
        self.enrollments[enrollment] = EnrollmentState { revoked: false, generation, renewals };
        for slot in Slot::EVERY.into_iter().filter(|slot| slot.spec().enrollment == enrollment) {
            let account = &mut self.accounts[slot.index()];
            account.generation += 1;
            account.deleted = false;
        }
    }

    pub fn is_deleted(&self, slot: Slot) -> bool {
        self.accounts[slot.index()].deleted
    }

    pub fn delete(&mut self, slot: Slot) {
        self.accounts[slot.index()].deleted = true;
    }

    /// Why, where it is closed: may be empty.
    pub fn closed(&self, slot: Slot) -> Option<&str> {
        self.accounts[slot.index()].closed.as_deref()
    }

    /// Panics where the row is not listed, or not withdrawn: a test that edits nothing proves
    /// nothing.
    pub fn edit(&mut self, slot: Slot, edit: Edit) {
        if let Some(id) = edit.needs() {
            let listed = self.book(slot).place(id.as_str()).is_some();
            assert!(listed, "no row {id} to edit");
        }
        let account = &mut self.accounts[slot.index()];
        match edit {
            Edit::Restore(id) => {
                let withdrawal = Edit::Withdraw(id);
                let edits = account.edits.len();
                account.edits.retain(|(_, edit)| *edit != withdrawal);
                assert!(account.edits.len() < edits, "no row to restore");
            }
            Edit::ReissueAccount => account.generation += 1,
            Edit::Close { reason } => account.closed = Some(reason),
            edit => {
                account.numbered += 1;
                account.edits.push((account.numbered, edit));
            }
        }
        account.book = None;
    }

    pub fn book(&mut self, slot: Slot) -> Arc<Book> {
        if let Some(book) = &self.accounts[slot.index()].book {
            return Arc::clone(book);
        }
        let book = Arc::new(self.write_book(slot));
        self.accounts[slot.index()].book = Some(Arc::clone(&book));
        book
    }

    fn write_book(&mut self, slot: Slot) -> Book {
        let archive: &[Row] = if slot == Slot::Everyday { &self.archive } else { &[] };
        let opening = signed(slot, slot.spec().opening);
        let opening = opening - archive.iter().map(|row| row.amount).sum::<i64>();
        let mut rows = archive.to_vec();
        let quiet = quiet::events(self.seed, self.first_day, self.today);
        let events = self.simulation.events(self.today).iter().chain(&quiet);
        let own = events.filter(|event| event.movement.slot == slot);
        rows.extend(own.flat_map(|event| rows_of(event, self.today)));
        for (number, edit) in &self.accounts[slot.index()].edits {
            edit.apply(*number, &mut rows);
        }
        Book::new(slot, opening, rows)
    }

    fn word(&self, topic: &str, generation: i64, index: usize) -> String {
        let number = generation * 1_000 + i64::try_from(index).expect("a handful");
        Random::of(self.seed, topic, number).word(21)
    }
}
