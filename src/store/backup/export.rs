//! A database read from end to end as it stands at one instant.

use sqlx::{AssertSqlSafe, Row as _};
use tokio::sync::mpsc;

use super::layout::{self, Table};
use super::tally::Tally;
use super::value::{Kind, Value, bind, get};
use super::{BackupError, FORMAT, Header, Part, Passed};
use crate::store::Store;
use crate::store::engine::{Engine, with_snapshot};
use crate::store::migrate::{MADE_BY, MIGRATOR};

/// Rows read at a time: what a bank keeps about one is seldom more than a kilobyte.
pub(super) const PAGE: usize = 1000;

/// The rows after a key, in its order; from the first one on where there is no key.
macro_rules! page {
    ($db:expr, $table:expr, $after:expr) => {{
        let (table, after): (&Table, Option<&Vec<Value>>) = ($table, $after);
        let mut sql = sqlx::QueryBuilder::new("select ");
        sql.push(table.list()).push(" from ").push(&table.name);
        if let Some(after) = after {
            sql.push(" where (").push(table.key_list()).push(") > (");
            let mut keys = sql.separated(", ");
            for place in &table.key {
                bind!(keys, push_bind, after[*place].clone());
            }
            sql.push(")");
        }
        sql.push(" order by ").push(table.key_list()).push(" limit ");
        sql.push(crate::store::backup::export::PAGE);
        let found = sql.build().fetch_all(&mut *$db).await?;
        let mut rows: Vec<Vec<Value>> = Vec::with_capacity(found.len());
        for row in &found {
            let mut cells = Vec::with_capacity(table.columns.len());
            for (index, column) in table.columns.iter().enumerate() {
                cells.push(get!(row, index, column.kind));
            }
            rows.push(cells);
        }
        rows
    }};
}
pub(super) use page;

/// Sends everything. Where nobody listens any more, it stops.
pub(super) async fn export(
    store: &Store,
    parts: mpsc::Sender<Part>,
    passed: &Passed<'_>,
) -> Result<(), BackupError> {
    let engine = match store.engine() {
        Engine::Sqlite(_) => "SQLite",
        Engine::Postgres(_) => "Postgres",
    };
    let version = store.load_version().await?;
    if version > 0 && !MIGRATOR.iter().any(|migration| migration.version == version) {
        return Err(BackupError::Newer { made_by: format!("its tables are of version {version}") });
    }
    let tables = layout::tables(version).await?;
    let send = async |part| parts.send(part).await.map_err(|_| BackupError::CutOff);
    with_snapshot!(store, Result<(), BackupError>, |db| {
        let mut rows: u64 = 0;
        for table in &tables {
            let count = AssertSqlSafe(format!("select count(*) from {}", table.name));
            let count: i64 = sqlx::query_scalar(count).fetch_one(&mut *db).await?;
            rows += count.unsigned_abs();
        }
        let (made_by, engine) = (MADE_BY.to_owned(), engine.to_owned());
        let made_at = db.now().await?;
        send(Part::Header(Header { format: FORMAT, made_by, made_at, engine, version, rows }))
            .await?;
        let mut tally = Tally::default();
        let mut done = 0;
        for table in &tables {
            send(Part::Table(table.clone())).await?;
            tally.start(table);
            let mut last: Option<Vec<Value>> = None;
            loop {
                let page = page!(db, table, last.as_ref());
                let Some(end) = page.last() else { break };
                last = Some(end.clone());
                tally.add(&page);
                done += page.len() as u64;
                send(Part::Rows(page)).await?;
                passed(done, rows);
            }
        }
        send(Part::End(tally.manifest())).await
    })
}
