//! A bank that is being linked, in a task: what it tells, what it asks, and how it is left.

use std::sync::Arc;

use futures_util::future::BoxFuture;
use tokio::sync::{mpsc, watch};
use tokio_util::sync::CancellationToken;

use crate::app::Event;
use crate::app::connecting::{Told, Wish};
use crate::bank::Bank;
use crate::domain::linking::{Doubt, LinkedBank, Linking, Missing};
use crate::linking::Person;
use crate::store::Store;

/// Links a bank while somebody watches.
pub type Linker =
    Box<dyn Fn(Store, Bank, Wish, Watcher) -> BoxFuture<'static, Result<Outcome, String>> + Send>;

/// How an attempt ends, if not with a sentence of why not.
pub enum Outcome {
    /// This has to be answered first.
    Missing(Missing),
    /// With the bank that a sync asks from now on.
    Linked(Box<LinkedBank>, Bank),
}

/// The screen, as the attempt sees it.
#[derive(Clone)]
pub struct Watcher {
    attempt: u32,
    tell: mpsc::Sender<Event>,
    /// The user's last answer, and how many there have been.
    decisions: watch::Receiver<(usize, bool)>,
}

/// What the screen holds of the attempt.
pub struct Connector {
    told: mpsc::Receiver<Event>,
    tell: mpsc::Sender<Event>,
    cancel: CancellationToken,
    decide: Arc<watch::Sender<(usize, bool)>>,
}

impl Default for Connector {
    fn default() -> Self {
        let (tell, told) = mpsc::channel(64);
        let decide = Arc::new(watch::Sender::new((0, false)));
        Self { told, tell, cancel: CancellationToken::new(), decide }
    }
}

impl Connector {
    /// A new attempt: the last one, if it still goes on, is left.
    pub fn begin(&mut self, attempt: u32) -> (Watcher, CancellationToken) {
        self.stop();
        self.cancel = CancellationToken::new();
        let decisions = self.decide.subscribe();
        (Watcher { attempt, tell: self.tell.clone(), decisions }, self.cancel.clone())
    }

    pub fn stop(&self) {
        self.cancel.cancel();
    }

    pub fn decide(&self, yes: bool) {
        self.decide.send_modify(|(count, answer)| {
            *count += 1;
            *answer = yes;
        });
    }

    /// Safe to drop: nothing is lost.
    pub async fn next(&mut self) -> Event {
        match self.told.recv().await {
            Some(event) => event,
            None => std::future::pending().await,
        }
    }
}

impl Watcher {
    /// A full channel means that nobody has drawn for long: what matters comes at the end.
    pub fn tell(&self, told: Told) {
        drop(self.tell.try_send(Event::Connect { attempt: self.attempt, told }));
    }
}

impl Person for Watcher {
    fn told(&mut self, linking: Linking) {
        self.tell(Told::Step(linking));
    }

    async fn agrees(&mut self, doubt: Doubt) -> bool {
        self.decisions.mark_unchanged();
        self.tell(Told::Doubt(doubt));
        // Without a screen nobody answers.
        self.decisions.changed().await.is_ok() && self.decisions.borrow_and_update().1
    }
}
