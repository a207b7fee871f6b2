//! In place: passbook's tables come to stand beside the other program's, in the very same database.

use super::source::Legacy;
use super::{AdoptError, AdoptOptions};
use crate::domain::Adopted;
use crate::store::migrate::Direction;
use crate::store::open::Place;
use crate::store::{OpenError, Store, StoreOptions};

impl Store {
    /// Opens the database in which the Python app's tables stand, and takes them over there. A file
    /// is copied in full before its first table of ours; where nothing can be taken, it has none.
    pub async fn adopt_in_place(
        target: &StoreOptions,
        options: &AdoptOptions,
    ) -> Result<(Self, Adopted), AdoptError> {
        // Before anything is written; closed again, for a reader would keep SQLite from its log.
        Legacy::open(&target.database).await?.expect_takeable(options).await?;
        copy_what_no_update_copies(target).await?;
        let store = Self::open(target.clone()).await?;
        match adopt_here(&store, target, options).await {
            Ok(adopted) => Ok((store, adopted)),
            Err(error) => {
                let used = store.is_used().await;
                store.close().await;
                if matches!(used, Ok(false))
                    && let Err(error) = take_tables_away(target).await
                {
                    // Empty ones: they are in nobody's way.
                    tracing::warn!("passbook's own tables stay: {error}");
                }
                Err(error)
            }
        }
    }
}

async fn adopt_here(
    store: &Store,
    target: &StoreOptions,
    options: &AdoptOptions,
) -> Result<Adopted, AdoptError> {
    let mut legacy = Legacy::open(&target.database).await?;
    store.adopt(&mut legacy, &target.database, options).await
}

/// Opening copies a file only where it has tables of ours to make.
async fn copy_what_no_update_copies(target: &StoreOptions) -> Result<(), OpenError> {
    let Place::File(file) = Place::of(&target.database)? else { return Ok(()) };
    let (store, place) = Store::connect(target).await?;
    let version = store.load_version().await;
    store.close().await;
    match version.map_err(|error| place.explain(error))? {
        0 => Ok(()),
        version => file.copy(version).await.map(drop),
    }
}

async fn take_tables_away(target: &StoreOptions) -> Result<(), OpenError> {
    match Place::of(&target.database)? {
        Place::File(file) => file.migrate(target, Direction::Down(0)).await,
        Place::Server(server) => server.migrate(Direction::Down(0)).await,
    }
}
