//! A database filled from a stream: all of it, or nothing.

use sqlx::migrate::MigrateError;
use sqlx::{AssertSqlSafe, Connection as _, Row as _};
use tokio::sync::mpsc;

use super::export::page;
use super::layout::{self, Table};
use super::tally::Tally;
use super::value::{Kind, Row, Value, bind, get};
use super::{BackupError, Header, Manifest, Part, Passed};
use crate::database::Database;
use crate::store::StoreOptions;
use crate::store::migrate::{self, Direction, MIGRATOR};
use crate::store::open::Place;
use crate::store::postgres;

/// SQLite takes 32,766 values a statement, Postgres twice as many.
const MOST_VALUES: usize = 30_000;
const MOST_ROWS: usize = 500;

/// Fills the tables of the sender's version, inside the caller's transaction.
macro_rules! fill {
    ($tx:expr, $header:expr, $tables:expr, $parts:expr, $passed:expr) => {{
        let tables: &[Table] = $tables;
        MIGRATOR.undo(&mut *$tx, 0).await.map_err(refused)?;
        MIGRATOR.run_direct(Some($header.version), &mut *$tx, false).await.map_err(refused)?;
        for table in tables.iter().rev() {
            let sql = AssertSqlSafe(format!("delete from {}", table.name));
            sqlx::query(sql).execute(&mut *$tx).await?;
        }
        let mut sent = Tally::default();
        let mut current: Option<&Table> = None;
        let mut done = 0;
        let told = loop {
            match ($parts.recv().await, current) {
                (Some(Part::Table(table)), _) => {
                    sent.start(&table);
                    current =
                        Some(tables.iter().find(|known| **known == table).ok_or_else(|| {
                            BackupError::Differs { what: format!("{} is unknown", table.name) }
                        })?);
                }
                (Some(Part::Rows(mut rows)), Some(table)) => {
                    sent.add(&rows);
                    done += rows.len() as u64;
                    while !rows.is_empty() {
                        let most = (MOST_VALUES / table.columns.len()).min(MOST_ROWS);
                        let rest = rows.split_off(most.min(rows.len()));
                        let mut sql = sqlx::QueryBuilder::new("insert into ");
                        sql.push(&table.name).push(" (").push(table.list()).push(") ");
                        sql.push_values(rows, |mut cells, row| {
                            for value in row {
                                bind!(cells, push_bind, value);
                            }
                        });
                        sql.build().execute(&mut *$tx).await?;
                        rows = rest;
                    }
                    $passed(done, $header.rows);
                }
                (Some(Part::End(told)), _) => break told,
                _ => return Err(BackupError::CutOff),
            }
        };
        let mut kept = Tally::default();
        for table in tables {
            kept.start(table);
            let mut last: Option<Row> = None;
            loop {
                let page = page!($tx, table, last.as_ref());
                let Some(end) = page.last() else { break };
                last = Some(end.clone());
                kept.add(&page);
            }
        }
        for found in [sent.manifest(), kept.manifest()] {
            if let Some(what) = told.difference(&found) {
                return Err(BackupError::Differs { what });
            }
        }
        told
    }};
}

fn refused(error: MigrateError) -> BackupError {
    match migrate::explain(error) {
        Ok(refusal) => BackupError::Open(refusal),
        Err(error) => BackupError::Database(error),
    }
}

/// Replaces everything that passbook keeps in a database, as the migrations of the sender's version
/// made it, compares what arrived, and then brings it up to date. Nobody else sees any of it before
/// it is whole.
pub(super) async fn import(
    target: &StoreOptions,
    mut parts: mpsc::Receiver<Part>,
    passed: &Passed<'_>,
) -> Result<Manifest, BackupError> {
    if target.database == Database::Memory {
        return Err(BackupError::InMemory);
    }
    let Some(Part::Header(header)) = parts.recv().await else { return Err(BackupError::CutOff) };
    let tables = known_tables(&header).await?;
    match Place::of(&target.database)? {
        Place::File(file) => {
            file.check(false)?;
            let mut connection = file.connect_to_change().await?;
            let mut tx = connection.begin_with("begin immediate").await?;
            let manifest = fill!(tx, header, &tables, parts, passed);
            migrate::move_on_sqlite(Direction::Up(None), &mut tx).await?;
            tx.commit().await?;
            connection.close().await?;
            Ok(manifest)
        }
        Place::Server(server) => {
            let mut connection = server.connect_to_change().await?;
            let mut tx = connection.begin().await?;
            postgres::lock_for_change(&mut tx).await?;
            let manifest = fill!(tx, header, &tables, parts, passed);
            migrate::move_on_postgres(Direction::Up(None), &mut tx).await?;
            postgres::forget_statements(&mut tx).await?;
            tx.commit().await?;
            connection.close().await?;
            Ok(manifest)
        }
    }
}

/// The tables of the sender's version, which this program must know.
pub(super) async fn known_tables(header: &Header) -> Result<Vec<Table>, BackupError> {
    let known =
        header.version == 0 || MIGRATOR.iter().any(|migration| migration.version == header.version);
    if !known {
        return Err(BackupError::Newer { made_by: header.made_by.clone() });
    }
    Ok(layout::tables(header.version).await?)
}
