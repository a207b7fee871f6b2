//! The log of what was asked, for tests to read.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use super::call::Call;

/// One request as it arrived.
#[derive(Clone, Debug)]
pub struct Request {
    pub method: String,
    pub path: String,
    pub query: Vec<(String, String)>,
    /// 0 until the answer starts.
    pub status: u16,
    /// Whose token; `None` for none or an unknown one.
    pub token_index: Option<usize>,
    pub at: Instant,
    serial: i64,
}

impl Request {
    pub fn parameter(&self, name: &str) -> Option<&str> {
        self.query.iter().rev().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

/// A demo may run for weeks: older requests are forgotten.
const KEPT: usize = 20_000;

#[derive(Default)]
pub struct Log(Mutex<Pages>);

#[derive(Default)]
struct Pages {
    requests: VecDeque<Request>,
    counted: i64,
}

impl Log {
    pub fn requests(&self) -> Vec<Request> {
        self.pages().requests.iter().cloned().collect()
    }

    pub fn clear(&self) {
        self.pages().requests.clear();
    }

    /// The request's number, counted from 1.
    pub fn arrived(&self, call: &Call, token_index: Option<usize>) -> i64 {
        let mut pages = self.pages();
        pages.counted += 1;
        let serial = pages.counted;
        if pages.requests.len() == KEPT {
            pages.requests.pop_front();
        }
        pages.requests.push_back(Request {
            method: call.method.to_string(),
            path: call.path.clone(),
            query: call.query.clone(),
            status: 0,
            token_index,
            at: Instant::now(),
            serial,
        });
        serial
    }

    pub fn answered(&self, serial: i64, status: u16) {
        let mut pages = self.pages();
        let request = pages.requests.iter_mut().rev().find(|request| request.serial == serial);
        if let Some(request) = request {
            request.status = status;
        }
    }

    fn pages(&self) -> MutexGuard<'_, Pages> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
