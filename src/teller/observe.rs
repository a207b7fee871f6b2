//! What a client tells whoever watches it: each request, and each wait before the next try.

use std::sync::Arc;
use std::time::Duration;

use crate::domain::{Account, Balance};

use super::{AccountList, Details, Error, Listing, Page, Row};

/// Called from within the request's task: it must not block.
pub type Observer = Arc<dyn Fn(Observation) + Send + Sync>;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Observation {
    /// One try is over.
    Request {
        method: &'static str,
        /// With its query; of each id only the last four letters.
        path: String,
        /// `None`: no answer came.
        status: Option<u16>,
        elapsed: Duration,
        /// Elements of a readable list.
        rows: Option<usize>,
    },
    /// The request with this path follows again after the delay.
    Waiting { path: String, delay: Duration, reason: Error },
}

/// What a reply counts as in the log.
pub(super) trait Counted {
    fn rows(&self) -> Option<usize> {
        None
    }
}

impl Counted for AccountList {
    fn rows(&self) -> Option<usize> {
        Some(self.length)
    }
}

impl Counted for Page {
    fn rows(&self) -> Option<usize> {
        Some(self.length)
    }
}

impl<T> Counted for Listing<T> {
    fn rows(&self) -> Option<usize> {
        Some(self.items.len() + self.rejected.len())
    }
}

impl Counted for (Account, String) {}
impl Counted for (Balance, String) {}
impl Counted for Row {}
impl Counted for Details {}
impl Counted for () {}
