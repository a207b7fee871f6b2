//! Carries out what the screen asks for, in tasks; every answer comes back through [`Effects::next`].

mod keeping;
mod work;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::future::BoxFuture;
use tokio::sync::{mpsc, watch};
use tokio::task::{AbortHandle, Id, JoinError, JoinSet};
use tokio_util::sync::CancellationToken;

use self::work::Work;
use super::asking::{ask, is_count, is_typed_over, load_of, notice};
use super::connecting::{Connector, Linker, Outcome};
use super::enrollments;
use super::loads::Loads;
use crate::app::connecting::{Told, Wish};
use crate::app::event::EnrollmentDeed;
use crate::app::settings::Name;
use crate::app::takeover::Way;
use crate::app::{Effect, Event, FirstRun, FoundPlace, Load, Opened};
use crate::bank::Bank;
use crate::domain::{AccountId, Checked, Extent, Replica, Survey, SyncEvent};
use crate::fail_point;
use crate::store::adopt::AdoptError;
use crate::store::{OpenError, Progress, Store};
use crate::sync::SyncRequest;

/// A burst of this many sync events is told without making the sync wait.
const TOLD_AT_ONCE: usize = 256;
/// How long a running sync may take to finish its open transaction when the screen leaves.
const LAST_TRANSACTION: Duration = Duration::from_millis(1500);
/// How long what the user has said may take to be kept then; a signal waits no longer than above.
const LAST_EDIT: Duration = Duration::from_secs(10);

/// How long closing the database may take then: a signal must end the program within two seconds.
const LAST_GOODBYE: Duration = Duration::from_millis(400);

/// Live rows. With fewer a search takes the database some thirty milliseconds at most.
const PREPARED_FROM: i64 = 200_000;

/// The settings that remember where the line between the panes stands, and which columns lists have.
pub const DIVIDER: &str = "screen.divider";
pub const COLUMNS: &str = "screen.columns";

/// Opens the store and makes the bank that belongs to it, whatever stands there already; where the
/// user is still to be asked, what was found may be offered instead.
pub type Opening =
    Box<dyn Fn(Ask, Progress) -> BoxFuture<'static, Result<Start, OpenError>> + Send>;

/// Tells what another program left there.
pub type Surveying =
    Box<dyn Fn(FoundPlace) -> BoxFuture<'static, Result<Survey, AdoptError>> + Send>;

/// Takes over what another program left there, with what was kept by hand or without, and opens what
/// came of it.
pub type TakingOver = Box<
    dyn Fn(FoundPlace, Way, bool, Progress) -> BoxFuture<'static, Result<Session, AdoptError>>
        + Send,
>;

/// Whether the user may be asked how to begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ask {
    IfNothingIsKept,
    /// They have been asked.
    No,
}

/// What opening comes to.
pub enum Start {
    Ready(Session),
    /// Passbook keeps nothing there, and there is something to begin with.
    Offer(Box<FirstRun>),
}

/// Looks at everything passbook stands on.
pub type Checks = Box<dyn Fn(Extent) -> BoxFuture<'static, Checked> + Send>;

/// Writes a setting into the config file, and says where it stands there.
pub type Writing = Box<dyn Fn(Name, &str) -> BoxFuture<'static, Result<String, String>> + Send>;

/// An open store, the bank a sync asks, and what the screen is told about both.
pub struct Session {
    pub store: Store,
    pub bank: Bank,
    pub opened: Opened,
}

/// What came back.
#[expect(clippy::large_enum_variant, reason = "nearly every answer is an event, moved once")]
pub enum Answer {
    Event(Event),
    OpenFailed(OpenError),
}

enum Done {
    Answer(Event),
    Opened(Result<Start, OpenError>),
    TakenOver(Result<Session, AdoptError>),
    /// The number of the attempt; `None` where it was left.
    Connected(u32, Option<Result<Outcome, String>>),
    /// The engine has told everything itself.
    Silent,
}

pub struct Effects {
    store: Option<Store>,
    /// How its read replica stands, where it has one.
    replica: Option<watch::Receiver<Replica>>,
    bank: Option<Bank>,
    tasks: JoinSet<Done>,
    works: HashMap<Id, (Work, AbortHandle)>,
    loads: Loads,
    sync: Option<CancellationToken>,
    pub connector: Connector,
    tell_sync: mpsc::Sender<SyncEvent>,
    sync_events: mpsc::Receiver<SyncEvent>,
    tell_opening: mpsc::Sender<String>,
    opening_lines: mpsc::Receiver<String>,
}

impl Effects {
    pub fn new() -> Self {
        let (tell_sync, sync_events) = mpsc::channel(TOLD_AT_ONCE);
        let (tell_opening, opening_lines) = mpsc::channel(8);
        Self {
            store: None,
            replica: None,
            bank: None,
            tasks: JoinSet::new(),
            works: HashMap::new(),
            loads: Loads::default(),
            sync: None,
            connector: Connector::default(),
            tell_sync,
            sync_events,
            tell_opening,
            opening_lines,
        }
    }

    /// Nothing that the first picture needs is still on its way; counts may come later.
    pub fn is_settled(&self) -> bool {
        !self.works.values().any(|(work, _)| work.is_needed())
            && self.loads.waiting().iter().all(is_count)
    }

    /// The next answer. Safe to drop: nothing is lost.
    pub async fn next(&mut self) -> Answer {
        loop {
            let joined = tokio::select! {
                biased;
                Some(line) = self.opening_lines.recv() => {
                    return Answer::Event(Event::Opening(line));
                }
                Some(event) = self.sync_events.recv() => {
                    return Answer::Event(Event::Sync(event));
                }
                event = self.connector.next() => return Answer::Event(event),
                replica = changed(&mut self.replica) => {
                    return Answer::Event(Event::Replica(replica));
                }
                Some(joined) = self.tasks.join_next_with_id() => joined,
            };
            if let Some(answer) = self.finish(joined) {
                return answer;
            }
        }
    }

    pub fn open(&mut self, opening: &Opening, ask: Ask) {
        let opened = opening(ask, self.progress());
        self.spawn(Work::Open, async move { Done::Opened(opened.await) });
    }

    pub fn survey(&mut self, surveying: &Surveying, place: FoundPlace) {
        let survey = surveying(place.clone());
        self.spawn(Work::Survey(place.clone()), async move {
            let survey = survey.await.map(Box::new).map_err(|error| error.to_string());
            Done::Answer(Event::Surveyed { place, survey })
        });
    }

    pub fn take_over(&mut self, taking: &TakingOver, place: FoundPlace, way: Way, by_hand: bool) {
        let taken = taking(place, way, by_hand, self.progress());
        self.spawn(Work::TakeOver, async move { Done::TakenOver(taken.await) });
    }

    pub fn check(&mut self, checks: &Checks, extent: Extent) {
        let checked = checks(extent);
        self.spawn(Work::Check, async move { Done::Answer(Event::Checked(checked.await)) });
    }

    fn progress(&self) -> Progress {
        let tell = self.tell_opening.clone();
        // A line that finds the channel full is old news already.
        Arc::new(move |line: &str| drop(tell.try_send(line.to_owned())))
    }

    /// Asks the store, the most urgent question first.
    pub fn load(&mut self, questions: Vec<Effect>) {
        self.cut_short(&questions);
        self.loads.ask(questions);
        self.start_loads();
    }

    /// Ends what is asked of a search that was typed over.
    fn cut_short(&mut self, questions: &[Effect]) {
        let outdated = |load: &Load| questions.iter().any(|newer| is_typed_over(load, newer));
        self.loads.drop_if(|waiting| load_of(waiting).is_some_and(|load| outdated(&load)));
        // Elsewhere it would cost a connection, and the server would go on all the same: worth it
        // only where the newer question has to wait.
        let stops = self.store.as_ref().is_some_and(Store::stops_what_is_dropped);
        if !stops && !self.loads.is_full() {
            return;
        }
        for (work, task) in self.works.values() {
            if matches!(work, Work::Load(load) if outdated(load)) {
                task.abort();
            }
        }
    }

    fn start_loads(&mut self) {
        let Some(store) = self.store.clone() else { return };
        while let Some(question) = self.loads.start() {
            let Some(load) = load_of(&question) else {
                self.loads.ended();
                continue;
            };
            let answer = ask(store.reader(), question, load.clone());
            self.spawn(Work::Load(load), async move { Done::Answer(answer.await) });
        }
    }

    pub fn start_sync(&mut self, full: bool, account: Option<AccountId>, trigger: &'static str) {
        let (Some(store), Some(bank)) = (self.store.clone(), self.bank.clone()) else { return };
        if self.sync.is_some() {
            return;
        }
        let token = CancellationToken::new();
        self.sync = Some(token.clone());
        let tell = self.tell_sync.clone();
        self.spawn(Work::Sync, async move {
            let request = SyncRequest { full, account, enrollment: None, trigger };
            match bank.sync(&store, &request, tell, token).await {
                Ok(_) => Done::Silent,
                Err(report) => Done::Answer(Event::SyncFailed(notice(&report))),
            }
        });
    }

    /// Beside the screen: a locked keyring asks the user first.
    fn look_at_standing(&mut self) {
        let (Some(store), Some(bank)) = (self.store.clone(), self.bank.clone()) else { return };
        self.spawn(Work::Standing, async move {
            match bank.standing(&store).await {
                Ok(standing) => Done::Answer(Event::Standing(standing)),
                Err(report) => {
                    tracing::warn!("{report:#}");
                    Done::Silent
                }
            }
        });
    }

    pub fn enrollment(&mut self, deed: EnrollmentDeed) {
        let (Some(store), Some(bank)) = (self.store.clone(), self.bank.clone()) else { return };
        self.spawn(Work::Enrollment, async move {
            let told = enrollments::carry_out(&store, &bank, &deed).await;
            Done::Answer(Event::EnrollmentChanged { deed, told })
        });
    }

    /// Links a bank while the screen goes on.
    pub fn connect(&mut self, linker: &Linker, wish: Wish) {
        let (Some(store), Some(bank)) = (self.store.clone(), self.bank.clone()) else { return };
        let attempt = wish.attempt;
        let (watcher, cancel) = self.connector.begin(attempt);
        let task = linker(store, bank, wish, watcher);
        self.spawn(Work::Connect(attempt), async move {
            Done::Connected(attempt, cancel.run_until_cancelled_owned(task).await)
        });
    }

    /// Not worth a word where it fails: searches find the same without, only later.
    pub fn prepare_search(&mut self) {
        let Some(store) = self.store.as_ref().map(Store::reader) else { return };
        self.spawn(Work::PrepareSearch, async move {
            match store.prepare_search(PREPARED_FROM).await {
                Ok(months) => tracing::debug!(months, "search prepared"),
                Err(report) => tracing::warn!("{report:#}"),
            }
            Done::Silent
        });
    }

    /// After the page that is being read.
    pub fn stop_sync(&self) {
        if let Some(token) = &self.sync {
            token.cancel();
        }
    }

    /// Ends every task: a sync finishes its open transaction first, if that doesn't take long, and what
    /// the user has said is kept. Returns what could not be, in words.
    pub async fn shut_down(mut self, hurry: bool) -> Option<String> {
        self.stop_sync();
        // A sync that waits to tell something must not wait for a reader who has left.
        self.sync_events.close();
        let (begun, patience) = (Instant::now(), if hurry { LAST_TRANSACTION } else { LAST_EDIT });
        let lost = self.finish_edits(patience).await;
        if self.sync.is_some() {
            let ended = async {
                while self.sync.is_some() {
                    let Some(joined) = self.tasks.join_next_with_id().await else { return };
                    self.finish(joined);
                }
            };
            let left = LAST_TRANSACTION.saturating_sub(begun.elapsed());
            if tokio::time::timeout(left, ended).await.is_err() {
                tracing::warn!("the running sync was cut short; its open page is rolled back");
            }
        }
        self.tasks.shutdown().await;
        // SQLite then folds its log into the one file that people copy.
        if let Some(store) = self.store.take()
            && tokio::time::timeout(LAST_GOODBYE, store.close()).await.is_err()
        {
            tracing::warn!("the database was still busy; its log is folded in at the next start");
        }
        lost
    }

    async fn finish_edits(&mut self, patience: Duration) -> Option<String> {
        let mut failed = None;
        let ended = async {
            while self.works.values().any(|(work, _)| work.is_the_users()) {
                let joined = self.tasks.join_next_with_id().await?;
                if let Some(Answer::Event(Event::EditFailed(why))) = self.finish(joined) {
                    failed = Some(format!("The last edit was not kept: {why}"));
                }
            }
            Some(())
        };
        if tokio::time::timeout(patience, ended).await.is_err() {
            let lost = "The last edit was not kept: the database did not answer in time.";
            tracing::warn!("{lost}");
            failed = Some(lost.to_owned());
        }
        failed
    }

    fn spawn(&mut self, work: Work, task: impl Future<Output = Done> + Send + 'static) {
        let task = async {
            fail_point::pass(fail_point::Kind::Task);
            task.await
        };
        let task = self.tasks.spawn(task);
        self.works.insert(task.id(), (work, task));
    }

    fn finish(&mut self, joined: Result<(Id, Done), JoinError>) -> Option<Answer> {
        let (id, done) = match joined {
            Ok((id, done)) => (id, Ok(done)),
            Err(error) => (error.id(), Err(error)),
        };
        let (work, _) = self.works.remove(&id)?;
        match &work {
            Work::Open
            | Work::Survey(_)
            | Work::TakeOver
            | Work::Check
            | Work::Edit
            | Work::CheckPassphrase
            | Work::SetPassphrase
            | Work::WriteSetting(_)
            | Work::Remember
            | Work::PrepareSearch
            | Work::Standing
            | Work::Export(_) => {}
            // A key may have been made, or a token be gone that did not open.
            Work::Enrollment | Work::Connect(_) => self.look_at_standing(),
            Work::Sync => self.sync = None,
            Work::Load(_) => {
                self.loads.ended();
                self.start_loads();
            }
        }
        match done {
            Ok(Done::Answer(event)) => Some(Answer::Event(event)),
            Ok(Done::Opened(Ok(Start::Offer(first_run)))) => {
                Some(Answer::Event(Event::Offered(first_run)))
            }
            Ok(Done::Opened(Ok(Start::Ready(session))) | Done::TakenOver(Ok(session))) => {
                self.replica = session.store.watch_replica();
                self.store = Some(session.store);
                self.bank = Some(session.bank);
                self.look_at_standing();
                Some(Answer::Event(Event::Opened(session.opened)))
            }
            Ok(Done::Opened(Err(error))) => Some(Answer::OpenFailed(error)),
            Ok(Done::TakenOver(Err(error))) => {
                tracing::warn!("{error}");
                Some(Answer::Event(Event::TakeOverFailed(error.to_string())))
            }
            Ok(Done::Connected(attempt, ended)) => {
                let told = self.connected(ended?);
                Some(Answer::Event(Event::Connect { attempt, told }))
            }
            Ok(Done::Silent) => None,
            Err(error) if error.is_cancelled() => None,
            Err(_) => Some(Answer::Event(work.panicked())),
        }
    }

    /// From now on a sync asks the bank that came of it.
    fn connected(&mut self, ended: Result<Outcome, String>) -> Told {
        match ended {
            Ok(Outcome::Missing(missing)) => Told::Missing(missing),
            Ok(Outcome::Linked(linked, bank)) => {
                self.bank = Some(bank);
                Told::Linked(linked)
            }
            Err(why) => Told::Failed(why),
        }
    }
}

/// What the replica stands like once that is another than before.
async fn changed(replica: &mut Option<watch::Receiver<Replica>>) -> Replica {
    if let Some(replica) = replica
        && replica.changed().await.is_ok()
    {
        return replica.borrow_and_update().clone();
    }
    std::future::pending().await
}
