//! What the handles of a bank and its server have in common.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::books::Books;
use super::faults::{FaultId, Faults};
use super::gate::Gate;
use super::requests::Log;

pub struct Shared {
    pub url: String,
    pub faults: Faults,
    pub log: Log,
    pub gate: Arc<Gate>,
    /// The faults that a login has brought, by enrollment.
    pub broken: Mutex<HashMap<usize, FaultId>>,
    pub(super) books: Mutex<Books>,
}

impl Shared {
    pub fn books(&self) -> MutexGuard<'_, Books> {
        self.books.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
