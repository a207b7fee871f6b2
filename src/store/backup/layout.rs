//! The tables of a schema's version, as its own migrations make them.

use sqlx::{Connection as _, SqliteConnection};

use super::value::Kind;
use crate::store::migrate::MIGRATOR;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Table {
    pub name: String,
    pub columns: Vec<Column>,
    /// Places of the columns of the primary key, in its order.
    pub key: Vec<usize>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Column {
    pub name: String,
    pub kind: Kind,
}

const LIST_TABLES: &str = "
    select name from sqlite_master
    where type = 'table' and name like 'pb\\_%' escape '\\' and name <> 'pb_migrations'
    order by rowid";
const LIST_COLUMNS: &str = "select name, type, pk from pragma_table_info($1) order by cid";

/// What stands at this version, in the order in which the tables were made: what a foreign key
/// names comes first.
pub(super) async fn tables(version: i64) -> sqlx::Result<Vec<Table>> {
    let mut model = SqliteConnection::connect("sqlite::memory:").await?;
    MIGRATOR.run_direct(Some(version), &mut model, false).await?;
    let names: Vec<String> = sqlx::query_scalar(LIST_TABLES).fetch_all(&mut model).await?;
    let mut tables = Vec::new();
    for name in names {
        let found: Vec<(String, String, i64)> =
            sqlx::query_as(LIST_COLUMNS).bind(&name).fetch_all(&mut model).await?;
        tables.push(table(name, found)?);
    }
    model.close().await?;
    Ok(tables)
}

fn table(name: String, found: Vec<(String, String, i64)>) -> sqlx::Result<Table> {
    let mut key: Vec<(i64, usize)> = found
        .iter()
        .enumerate()
        .filter(|(_, (_, _, place))| *place > 0)
        .map(|(index, (_, _, place))| (*place, index))
        .collect();
    key.sort_unstable();
    let columns = found
        .into_iter()
        .map(|(name, declared, _)| {
            let kind = Kind::of(&declared.to_ascii_lowercase()).ok_or_else(|| {
                sqlx::Error::Protocol(format!("{name} is of the unknown type {declared}"))
            })?;
            Ok(Column { name, kind })
        })
        .collect::<sqlx::Result<_>>()?;
    Ok(Table { name, columns, key: key.into_iter().map(|(_, index)| index).collect() })
}

impl Table {
    /// The place of a column.
    pub fn place(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| column.name == name)
    }

    pub fn column_names(&self) -> Vec<&str> {
        self.columns.iter().map(|column| column.name.as_str()).collect()
    }

    /// The columns, as SQL lists them.
    pub fn list(&self) -> String {
        self.column_names().join(", ")
    }

    pub fn key_list(&self) -> String {
        let names: Vec<&str> =
            self.key.iter().map(|index| self.columns[*index].name.as_str()).collect();
        names.join(", ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn every_version_of_the_schema_can_be_read_and_has_keys() {
        let versions: Vec<i64> = MIGRATOR.iter().map(|migration| migration.version).collect();
        for version in versions {
            let tables = tables(version).await.unwrap();
            assert!(tables.iter().all(|table| !table.key.is_empty()), "{tables:?}");
            assert!(tables.iter().any(|table| table.name == "pb_transactions"));
        }
        assert_eq!(tables(0).await.unwrap(), []);
    }

    #[tokio::test]
    async fn a_newer_version_has_what_it_added() {
        let has = |tables: &[Table]| {
            let accounts = tables.iter().find(|table| table.name == "pb_accounts").unwrap();
            accounts.place("merged_into").is_some()
        };
        assert!(!has(&tables(2).await.unwrap()));
        assert!(has(&tables(3).await.unwrap()));
    }
}
