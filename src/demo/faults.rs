//! What can be made to go wrong on the wire: which requests, what happens to them, how often.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde_json::Value;

use super::call::Call;
use super::gate::Gate;
use super::reply::Reply;
use crate::domain::AccountId;

/// One thing that goes wrong.
#[derive(Clone, Debug, PartialEq)]
pub enum Fault {
    /// This instead of Teller's answer. Of several, the first one still in force counts.
    Answer(Reply),

    /// Pages hold at most so many rows, whatever `count` says.
    Short(usize),
    /// Every page starts at the top.
    IgnoreFromId,
    /// `[]` for a `from_id` that is not listed, where this bank says 404: Teller does not tell.
    ForgiveFromId,
    /// Pending rows before all posted ones, however old they are.
    PendingFirst,
    /// The rows of a page in another order each time.
    Shuffle,
    /// A pending row appears on top as soon as the page is answered.
    NewRowAfter,

    /// Another value at a place in the answer, as in `/3/amount`.
    Replace { pointer: String, value: Value },
    /// No such member, or row.
    Remove { pointer: String },
    /// The row at this index stands in the page twice.
    Repeat(usize),
    /// Another text wherever this one stands: for what no JSON value can express.
    Rewrite { from: String, to: String },

    /// Nothing is answered until [`Faults::release`].
    Stall,
    /// So many bytes of the body, then silence until [`Faults::release`].
    StallAfter(usize),
    /// The connection is closed without an answer.
    Hangup,
    /// The connection is closed after so many bytes of a body that was promised longer.
    Cut(usize),
    /// So many bytes at a time with a pause before each.
    Drip { bytes: usize, pause: Duration },
    /// The body goes on with blanks, up to so many bytes.
    Flood(usize),
}

/// Which requests. All that is said has to fit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Match {
    path: Option<String>,
    account: Option<AccountId>,
    token: Option<usize>,
    with: Option<&'static str>,
    without: Option<&'static str>,
}

/// How often.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Times {
    /// Until cleared.
    Always,
    /// The next so many matching requests.
    Next(usize),
    /// As many matching requests pass first.
    After { pass: usize, then: usize },
}

/// Names a switch that was turned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FaultId(usize);

/// The switches of one bank.
pub struct Faults {
    switches: Mutex<Vec<Switch>>,
    gate: Arc<Gate>,
}

struct Switch {
    id: FaultId,
    which: Match,
    fault: Fault,
    times: Times,
    matched: usize,
    hits: usize,
    on: bool,
}

impl Faults {
    pub(super) fn new(gate: Arc<Gate>) -> Self {
        Self { switches: Mutex::default(), gate }
    }

    pub fn add(&self, which: Match, fault: Fault, times: Times) -> FaultId {
        let mut switches = self.switches();
        let id = FaultId(switches.len());
        switches.push(Switch { id, which, fault, times, matched: 0, hits: 0, on: true });
        id
    }

    pub fn remove(&self, id: FaultId) {
        self.switches().iter_mut().filter(|s| s.id == id).for_each(|s| s.on = false);
    }

    /// Switches everything off and lets go of what is stalled.
    pub fn clear(&self) {
        self.switches().iter_mut().for_each(|switch| switch.on = false);
        self.release();
    }

    /// How many requests it has struck.
    pub fn hits(&self, id: FaultId) -> usize {
        self.switches().iter().find(|switch| switch.id == id).map_or(0, |switch| switch.hits)
    }

    /// Lets go of every request that is stalled now. Later ones stall again.
    pub fn release(&self) {
        self.gate.release();
    }

    /// Waits until at least so many requests are stalled.
    pub async fn stalled(&self, requests: usize) {
        self.gate.stalled(requests).await;
    }

    /// The faults that strike this request, in the order they were added; each is counted.
    pub(super) fn strike(&self, call: &Call, token: Option<usize>) -> Vec<Fault> {
        let mut answered = false;
        let mut struck = Vec::new();
        for switch in self.switches().iter_mut() {
            let is_answer = matches!(switch.fault, Fault::Answer(_));
            if (is_answer && answered) || !switch.strikes(call, token) {
                continue;
            }
            answered |= is_answer;
            struck.push(switch.fault.clone());
        }
        struck
    }

    fn switches(&self) -> MutexGuard<'_, Vec<Switch>> {
        self.switches.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Switch {
    fn strikes(&mut self, call: &Call, token: Option<usize>) -> bool {
        if !self.on || !self.which.fits(call, token) {
            return false;
        }
        self.matched += 1;
        let strikes = match self.times {
            Times::Always => true,
            Times::Next(count) => self.matched <= count,
            Times::After { pass, then } => self.matched > pass && self.matched - pass <= then,
        };
        self.hits += usize::from(strikes);
        strikes
    }
}

impl Match {
    pub fn any() -> Self {
        Self::default()
    }

    /// `*` stands for one segment, `**` at the end for one or more: `/accounts/*/transactions`.
    pub fn path(pattern: &str) -> Self {
        Self { path: Some(pattern.to_owned()), ..Self::default() }
    }

    /// Lists of transactions.
    pub fn transactions() -> Self {
        Self::path("/accounts/*/transactions")
    }

    pub fn balances() -> Self {
        Self::path("/accounts/*/balances")
    }

    /// Whatever is asked about this account.
    #[must_use]
    pub fn account(mut self, id: &AccountId) -> Self {
        self.account = Some(id.clone());
        self
    }

    /// The enrollment at this index of `Bank::tokens`.
    #[must_use]
    pub fn token(mut self, index: usize) -> Self {
        self.token = Some(index);
        self
    }

    /// Only where this parameter is there: `from_id` means later pages.
    #[must_use]
    pub fn with(mut self, parameter: &'static str) -> Self {
        self.with = Some(parameter);
        self
    }

    #[must_use]
    pub fn without(mut self, parameter: &'static str) -> Self {
        self.without = Some(parameter);
        self
    }

    fn fits(&self, call: &Call, token: Option<usize>) -> bool {
        let segments = call.segments();
        self.path.as_ref().is_none_or(|pattern| path_fits(pattern, &segments))
            && self.account.as_ref().is_none_or(|id| segments.get(1) == Some(&id.as_str()))
            && self.token.is_none_or(|index| token == Some(index))
            && self.with.is_none_or(|name| call.parameter(name).is_some())
            && self.without.is_none_or(|name| call.parameter(name).is_none())
    }
}

fn path_fits(pattern: &str, segments: &[&str]) -> bool {
    let (pattern, open) = match pattern.strip_suffix("**") {
        Some(start) => (start, true),
        None => (pattern, false),
    };
    let parts: Vec<&str> = pattern.split('/').filter(|part| !part.is_empty()).collect();
    let long_enough =
        if open { segments.len() > parts.len() } else { segments.len() == parts.len() };
    long_enough && parts.iter().zip(segments).all(|(part, segment)| *part == "*" || part == segment)
}
