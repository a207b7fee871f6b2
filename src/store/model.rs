//! What this program's migrations make: the model that a database is compared with.

use sqlx::migrate::Migrator;
use sqlx::{Connection as _, Sqlite, SqliteConnection};

use super::Store;
use super::engine::with_db;
use super::migrate::{MIGRATOR, TABLE};
use super::session::Engine as _;
use super::shape::Shape;

/// The tables after the steps whose versions are `wanted`. The migrations are run on a database in
/// memory: the words they are written in mean the same to both engines.
pub(super) async fn after(wanted: impl Fn(i64) -> bool) -> sqlx::Result<Shape> {
    let steps = MIGRATOR
        .iter()
        .filter(|step| step.migration_type.is_up_migration() && wanted(step.version));
    let mut migrator = Migrator::with_migrations(steps.cloned().collect());
    migrator.dangerous_set_table_name(TABLE);
    let mut model = SqliteConnection::connect("sqlite::memory:").await?;
    migrator.run_direct(None, &mut model, false).await?;
    let columns = sqlx::query_as(Sqlite::DESCRIBE_COLUMNS).fetch_all(&mut model).await?;
    let indexes = sqlx::query_as(Sqlite::DESCRIBE_INDEXES).fetch_all(&mut model).await?;
    model.close().await?;
    let mut shape = Shape::of(columns, indexes);
    // sqlx makes it, with other words on each engine.
    shape.tables.remove(TABLE);
    shape.indexes.retain(|_, index| index.table != TABLE);
    Ok(shape)
}

impl Store {
    /// Whether a newer database still has every column that this program reads. What they mean
    /// cannot be checked; a version that changes that must rename them.
    pub(super) async fn has_our_columns(&self) -> sqlx::Result<bool> {
        let ours = after(|_| true).await?;
        let theirs = with_db!(self, |db| db.shape().await)?;
        Ok(ours.columns_not_in(&theirs).next().is_none())
    }
}
