//! The store as those use it who only look: a read replica may answer them.

use std::time::Duration;

use tokio::sync::watch;

use super::Store;
use super::engine::{Engine, Reads};
use crate::domain::Replica;

/// How long somebody waits who asks once and then ends.
const PATIENCE: Duration = Duration::from_secs(2);

impl Store {
    /// The same store for screens and lists. What this program has written is read back at once
    /// all the same. A read that decides on a write has no business here: it must see what is true
    /// now, so a store asks the primary unless told otherwise.
    #[must_use]
    pub fn reader(&self) -> Self {
        Self { shared: self.shared.clone(), reads: Reads::Replica }
    }

    /// As [`Store::reader`], once it is known whether the replica is fit.
    pub async fn settled_reader(&self) -> Self {
        if let Engine::Postgres(engine) = self.engine()
            && let Some(replica) = &engine.replica
        {
            replica.settle(PATIENCE).await;
        }
        self.reader()
    }

    /// How the replica stands, and each change of that; `None` where none was named.
    pub fn watch_replica(&self) -> Option<watch::Receiver<Replica>> {
        match self.engine() {
            Engine::Sqlite(_) => None,
            Engine::Postgres(engine) => engine.replica.as_ref().map(|replica| replica.watch()),
        }
    }
}
