//! Taking steps back: what would be lost, the copy before, and the way itself.

use std::path::PathBuf;

use color_eyre::Result;
use color_eyre::eyre::WrapErr as _;
use sqlx::AssertSqlSafe;

use super::engine::{Engine, with_db};
use super::error::OpenError;
use super::migrate::{Direction, Schema};
use super::open::Place;
use super::options::StoreOptions;
use super::shape::Shape;
use super::steps::applied_versions;
use super::{Store, model};

/// What one step less means: a table, or a column of one that stays.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Loss {
    pub table: String,
    pub column: Option<String>,
    /// Rows of the table; of a column, those in which it says something.
    pub rows: i64,
}

impl Store {
    /// What the database holds that it would not at the version `to`.
    pub async fn load_losses(&self, to: i64) -> Result<Vec<Loss>> {
        let applied = applied_versions(&self.load_steps().await?);
        let before = model::after(|version| applied.contains(&version)).await;
        let before = before.wrap_err("making a model of the tables")?;
        let after = model::after(|version| version <= to && applied.contains(&version)).await;
        let after = after.wrap_err("making a model of the older tables")?;
        with_db!(self, |db| {
            let found = db.shape().await?;
            let mut losses = Vec::new();
            for (table, column) in lost(&before, &after, &found) {
                let counted = column.as_ref().map_or_else(|| "*".to_owned(), |it| quote(it));
                // Safe: both names are out of the migrations themselves.
                let sql = AssertSqlSafe(format!("select count({counted}) from {}", quote(&table)));
                let rows = sqlx::query_scalar(sql).fetch_one(&mut *db).await?;
                losses.push(Loss { table, column, rows });
            }
            Ok(losses)
        })
        .wrap_err("counting what would be lost")
    }

    /// Takes back every step above the version `to`, in one transaction, and says where the copy
    /// is that was made before; 0 leaves nothing of passbook. Touches no other program's tables.
    pub async fn migrate_down(
        options: &StoreOptions,
        to: i64,
    ) -> Result<Option<PathBuf>, OpenError> {
        let (store, place) = Self::connect(options).await?;
        let copy = before_down(&store, &place, options).await;
        store.close().await;
        let copy = copy?;
        match &place {
            Place::File(file) => file.migrate(options, Direction::Down(to)).await?,
            Place::Server(server) => server.migrate(Direction::Down(to)).await?,
        }
        Ok(copy)
    }

    /// Brings the tables up to the version `to`, or to the newest, as a launch does.
    pub async fn migrate_up(options: &StoreOptions, to: Option<i64>) -> Result<Self, OpenError> {
        Self::open_at(options, to).await
    }

    /// Whether [`Store::migrate_down`] puts aside what was there.
    pub fn is_kept_first(&self, options: &StoreOptions) -> bool {
        matches!(self.engine(), Engine::Sqlite(_)) || options.shelf.is_some()
    }

    /// Why this database is left as it is, if it is: a newer passbook's, or made of other steps.
    pub async fn refusal(&self) -> Result<Option<OpenError>> {
        Ok(match self.schema().await? {
            Schema::Current | Schema::Behind(_) => None,
            Schema::Newer => Some(self.newer_error().await),
            Schema::Changed(name) => Some(OpenError::ChangedMigration { name }),
        })
    }
}

/// The one place where what is about to be lost is put aside: of a file, the dated copy that also
/// an update makes; of a server's database a backup, where there is a shelf for it.
async fn before_down(
    store: &Store,
    place: &Place,
    options: &StoreOptions,
) -> Result<Option<PathBuf>, OpenError> {
    let version = store.load_version().await.map_err(|error| place.explain(error))?;
    match (place, &options.shelf) {
        (Place::File(file), _) => {
            options.tell("copying the database before it is changed");
            file.copy(version).await
        }
        (Place::Server(_), Some(shelf)) => {
            options.tell("backing up the database before it is changed");
            let kept = shelf.keep(store, "down", &|_, _| {}).await;
            let made = kept.map_err(|error| OpenError::Copy { reason: error.to_string() })?;
            Ok(Some(made.path))
        }
        (Place::Server(_), None) => Ok(None),
    }
}

/// Whole tables first, then single columns; only those that are really there.
fn lost(before: &Shape, after: &Shape, found: &Shape) -> Vec<(String, Option<String>)> {
    let tables = before.tables.keys().filter(|table| !after.tables.contains_key(*table));
    let tables = tables.filter(|table| found.tables.contains_key(*table));
    let columns = before.columns_not_in(after).filter(|(table, column)| {
        after.tables.contains_key(*table) && found.has_column(table, column)
    });
    let columns = columns.map(|(table, column)| (table.to_owned(), Some(column.to_owned())));
    tables.map(|table| (table.clone(), None)).chain(columns).collect()
}

/// A name as both engines take it whatever it is; ours hold no quotes.
fn quote(name: &str) -> String {
    format!("\"{name}\"")
}
