//! Tables that stay where they are, written out for whoever wants them: CSV, as RFC 4180 has it.

use std::fs;
use std::io::{self, BufWriter};
use std::path::{Path, PathBuf};

use futures_util::TryStreamExt as _;
use sqlx::{AssertSqlSafe, Row as _};

use super::AdoptError;
use super::source::{Legacy, on_source};
use super::state::is_other;
use crate::files;

/// Writes one row of text.
type Csv = csv::Writer<BufWriter<fs::File>>;

impl Legacy {
    /// One new file for each table, 0600, in a directory that is made if it has to be; with the rows of
    /// each. A file that is there already stops it.
    pub async fn export_others(
        &mut self,
        directory: &Path,
    ) -> Result<Vec<(PathBuf, u64)>, AdoptError> {
        let tables: Vec<(String, Vec<String>)> = self
            .tables
            .iter()
            .filter(|(name, _)| is_other(name))
            .map(|(name, columns)| (name.clone(), columns.iter().cloned().collect()))
            .collect();
        if !tables.is_empty() {
            files::ensure_private_dir(directory).map_err(|e| not_written(directory, &e))?;
        }
        let mut written = Vec::new();
        for (table, columns) in tables {
            let path = directory.join(format!("{table}.csv"));
            let file = files::create_private_file(&path).map_err(|e| not_written(&path, &e))?;
            let mut csv = csv::Writer::from_writer(BufWriter::new(file));
            let rows = self.export(&table, &columns, &path, &mut csv).await?;
            csv.flush().map_err(|error| not_written(&path, &error))?;
            written.push((path, rows));
        }
        Ok(written)
    }

    async fn export(
        &mut self,
        table: &str,
        columns: &[String],
        path: &Path,
        csv: &mut Csv,
    ) -> Result<u64, AdoptError> {
        let list: Vec<String> =
            columns.iter().map(|column| format!("cast({} as text)", quoted(column))).collect();
        let sql = format!("select {} from {}", list.join(", "), quoted(table));
        let put = |csv: &mut Csv, cells: &[String]| {
            csv.write_record(cells).map_err(|error| not_written(path, &io::Error::other(error)))
        };
        put(csv, columns)?;
        let mut rows = 0;
        on_source!(self, |db| {
            let mut found = sqlx::query(AssertSqlSafe(sql)).fetch(&mut *db);
            while let Some(row) = found.try_next().await.map_err(AdoptError::Source)? {
                let mut cells: Vec<String> = Vec::with_capacity(columns.len());
                for index in 0..columns.len() {
                    let cell: Option<String> = row.try_get(index).map_err(AdoptError::Source)?;
                    cells.push(cell.unwrap_or_default());
                }
                put(csv, &cells)?;
                rows += 1;
            }
        });
        Ok(rows)
    }
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

fn not_written(path: &Path, error: &io::Error) -> AdoptError {
    AdoptError::NotWritten { path: path.to_owned(), reason: error.to_string() }
}
