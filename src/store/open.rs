//! Opening a store: the engine first, then the comparison of versions, then what is pending.

use std::sync::Arc;

use super::Store;
use super::engine::{Engine, PostgresEngine};
use super::error::OpenError;
use super::migrate::{Direction, Schema};
use super::options::StoreOptions;
use super::postgres::Server;
use super::replica::{Primary, Replica};
use super::sqlite::File;
use crate::database::Database;

/// Where the database is, with all that its engine needs to know.
pub(super) enum Place {
    File(File),
    Server(Box<Server>),
}

impl Place {
    pub fn of(database: &Database) -> Result<Self, OpenError> {
        Ok(match database {
            Database::Memory => Self::File(File::in_memory()),
            Database::Sqlite { path } => Self::File(File::at(path)),
            Database::Postgres(postgres) => Self::Server(Box::new(Server::new(postgres)?)),
        })
    }

    pub fn explain(&self, error: sqlx::Error) -> OpenError {
        match self {
            Self::File(file) => file.explain(error),
            Self::Server(server) => server.explain(error),
        }
    }
}

/// Nothing is asked of it yet: a replica that is away delays no start.
fn replica_of(
    engine: &PostgresEngine,
    options: &StoreOptions,
) -> Result<Option<Arc<Replica>>, OpenError> {
    let Some(Database::Postgres(postgres)) = &options.replica else { return Ok(None) };
    let server = Server::new(postgres)?;
    let primary = Primary { pool: engine.pool.clone(), pooler: engine.pooler };
    Ok(Some(Arc::new(Replica::new(server.way(), primary, Arc::clone(&engine.meter)))))
}

impl Store {
    /// Opens the database and brings its tables up to date, unless opened read-only.
    pub async fn open(options: StoreOptions) -> Result<Self, OpenError> {
        Self::open_at(&options, None).await
    }

    /// As [`Store::open`], but runs no step beyond the version `to`.
    pub(super) async fn open_at(
        options: &StoreOptions,
        to: Option<i64>,
    ) -> Result<Self, OpenError> {
        let (store, place) = Self::connect(options).await?;
        let opened = async {
            let schema = store.load_schema().await.map_err(|error| place.explain(error))?;
            store.bring_up_to_date(schema, &place, options, to).await
        };
        match opened.await {
            Ok(()) => Ok(store),
            Err(error) => {
                store.close().await;
                Err(error)
            }
        }
    }

    /// As [`Store::open`], where anything of the user's is kept; `None`, and no table is made, where
    /// nothing is.
    pub async fn open_if_used(options: &StoreOptions) -> Result<Option<Self>, OpenError> {
        let (store, place) = Self::connect(options).await?;
        let explain = |error| place.explain(error);
        let opened = async {
            match store.load_schema().await.map_err(explain)? {
                Schema::Behind(0) => Ok(false),
                schema => {
                    store.bring_up_to_date(schema, &place, options, None).await?;
                    store.is_used().await.map_err(explain)
                }
            }
        };
        match opened.await {
            Ok(true) => Ok(Some(store)),
            unused => {
                store.close().await;
                unused.map(|_| None)
            }
        }
    }

    /// Opens the database as it is, at whatever version: for who looks at the tables themselves.
    pub async fn open_as_is(options: StoreOptions) -> Result<Self, OpenError> {
        let (store, place) = Self::connect(&options).await?;
        // SQLite touches the file only when asked something.
        match store.load_schema().await {
            Ok(_) => Ok(store),
            Err(error) => {
                store.close().await;
                Err(place.explain(error))
            }
        }
    }

    pub(super) async fn connect(options: &StoreOptions) -> Result<(Self, Place), OpenError> {
        let place = Place::of(&options.database)?;
        let engine = match &place {
            Place::File(file) => Engine::Sqlite(file.open(options).await?),
            Place::Server(server) => {
                let mut engine = server.open(options).await?;
                engine.replica = replica_of(&engine, options)?;
                Engine::Postgres(engine)
            }
        };
        Ok((Self::new(engine, options.clock.clone(), options.read_only), place))
    }

    async fn bring_up_to_date(
        &self,
        schema: Schema,
        place: &Place,
        options: &StoreOptions,
        to: Option<i64>,
    ) -> Result<(), OpenError> {
        let explain = |error| place.explain(error);
        match schema {
            Schema::Current => self.settle(place).await,
            Schema::Changed(name) => Err(OpenError::ChangedMigration { name }),
            Schema::Newer
                if options.read_only && self.has_our_columns().await.map_err(explain)? =>
            {
                Ok(())
            }
            Schema::Newer => Err(self.newer_error().await),
            Schema::Behind(_) if options.read_only => Err(OpenError::Outdated),
            Schema::Behind(version) => {
                options.tell(&match version {
                    0 => "setting up the database".to_owned(),
                    version => format!("bringing the database up to date from version {version}"),
                });
                match place {
                    Place::File(file) => file.migrate(options, Direction::Up(to)).await,
                    Place::Server(server) => {
                        if let Some(shelf) = options.shelf.as_ref().filter(|_| version > 0) {
                            options.tell("backing up the database before its update");
                            let kept = shelf.keep(self, "update", &|_, _| {}).await;
                            kept.map_err(|error| OpenError::Copy { reason: error.to_string() })?;
                        }
                        server.migrate(Direction::Up(to)).await
                    }
                }
            }
        }
    }

    /// A file that came back from a copy has lost its write-ahead mode.
    async fn settle(&self, place: &Place) -> Result<(), OpenError> {
        match (place, self.engine()) {
            (Place::File(file), Engine::Sqlite(engine)) => file.use_write_ahead_log(engine).await,
            _ => Ok(()),
        }
    }
}
