//! The database: accounts, balances, transactions and runs, on SQLite or Postgres alike.

mod accounts;
pub mod adopt;
mod announcements;
mod arena;
mod attempts;
pub mod backup;
mod carry;
mod categories;
mod contents;
mod days;
mod detail;
mod down;
mod drift;
mod edits;
pub(crate) mod engine;
pub mod enrollments;
mod error;
mod forgetting;
mod frozen;
mod grants;
mod hand;
mod holder;
mod insight;
pub mod judging;
pub mod leases;
pub mod ledger;
pub mod listing;
mod merge;
mod meter;
mod migrate;
mod model;
mod open;
mod options;
mod overview;
mod packed;
mod page;
mod pairs;
mod passphrase;
mod pool;
mod postgres;
mod probe;
mod quarantine;
mod reader;
mod repairs;
mod replica;
mod retiring;
mod rows;
mod rulebook;
mod rules;
mod runs;
mod searches;
mod session;
mod settings;
mod shape;
mod shown;
mod snapshots;
mod sqlite;
mod stamps;
mod steps;
mod sync_log;
mod tidy;
mod trace;
mod transaction_row;
mod transactions;
mod trouble;
mod verdicts;
mod vitals;
mod words;

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex};

use chrono::{DateTime, Utc};
use color_eyre::Result;
use color_eyre::eyre::WrapErr as _;

pub use announcements::Announced;
pub use contents::Contents;
pub use down::Loss;
pub use drift::{Difference, Drift};
pub use error::OpenError;
pub use grants::{Grant, Purpose};
pub use insight::Twin;
pub use merge::MergeError;
pub use meter::WorkTimes;
pub use migrate::Schema;
pub use options::{Progress, StoreOptions};
pub use pairs::PairError;
pub use passphrase::PassphraseError;
pub use probe::{Clocks, Encryption, Rights, ServerFacts};
pub use repairs::Undone;
pub use steps::{AppliedStep, Step, StepState};
pub use tidy::Tidied;
pub use transactions::Outgoing;
pub use trouble::{Trouble, explain};
pub use vitals::{Extent, Usage, Vitals};

use crate::clock::Clock;
use arena::Arena;
use engine::{Engine, Reads, with_db};
use meter::Meter;

/// An open database at the right version. Clones share its connections.
#[derive(Clone)]
pub struct Store {
    shared: Arc<Shared>,
    reads: Reads,
}

struct Shared {
    engine: Engine,
    clock: Clock,
    read_only: bool,
    arena: Arena,
    /// Who of this program no longer holds the lease of a scope, given back or not.
    forsaken: Mutex<HashMap<String, String>>,
}

impl Store {
    fn new(engine: Engine, clock: Clock, read_only: bool) -> Self {
        let (arena, forsaken) = (Arena::default(), Mutex::default());
        let shared = Shared { engine, clock, read_only, arena, forsaken };
        Self { shared: Arc::new(shared), reads: Reads::Primary }
    }

    /// Whether a question that nobody waits for any more ends at once. A server reads on, and the
    /// connection is lost with it.
    pub fn stops_what_is_dropped(&self) -> bool {
        matches!(self.engine(), Engine::Sqlite(_))
    }

    pub(crate) fn engine(&self) -> &Engine {
        &self.shared.engine
    }

    pub(crate) fn reads(&self) -> Reads {
        self.reads
    }

    fn arena(&self) -> &Arena {
        &self.shared.arena
    }

    fn meter(&self) -> &Meter {
        match self.engine() {
            Engine::Sqlite(sqlite) => &sqlite.meter,
            Engine::Postgres(postgres) => &postgres.meter,
        }
    }

    pub fn clock(&self) -> &Clock {
        &self.shared.clock
    }

    pub fn is_read_only(&self) -> bool {
        self.shared.read_only
    }

    /// The database's own clock, moved on as the program's is: several machines may share it.
    pub async fn now(&self) -> Result<DateTime<Utc>> {
        with_db!(self, |db| db.now().await).wrap_err("reading the database's clock")
    }

    /// Whether the database answers at all.
    pub async fn ping(&self) -> Result<()> {
        with_db!(self, |db| sqlx::query("select 1").execute(db).await.map(drop))
            .wrap_err("asking the database for a sign of life")
    }

    /// How the tables compare with those this program was built for, as they are now.
    pub async fn schema(&self) -> Result<Schema> {
        self.load_schema().await.wrap_err("reading the schema's version")
    }

    /// Whether the tables are exactly those this program was built for.
    pub async fn schema_is_current(&self) -> Result<bool> {
        Ok(self.schema().await? == Schema::Current)
    }

    /// As people call it.
    fn engine_name(&self) -> &'static str {
        match self.engine() {
            Engine::Sqlite(_) => "SQLite",
            Engine::Postgres(_) => "Postgres",
        }
    }

    /// Closes every connection; what still runs gets a moment to end.
    pub async fn close(&self) {
        match self.engine() {
            Engine::Sqlite(sqlite) => sqlite.close().await,
            Engine::Postgres(postgres) => postgres.close().await,
        }
    }
}

/// Neither the file's path nor the server's name: it would end up in logs.
impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Store").field("engine", &self.engine_name()).finish_non_exhaustive()
    }
}
