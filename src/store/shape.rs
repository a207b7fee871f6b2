//! The tables and indexes of a database, in one form for both engines.

use std::collections::BTreeMap;

/// As a database is, or as the migrations make it.
#[derive(Debug, Default)]
pub(super) struct Shape {
    pub tables: BTreeMap<String, BTreeMap<String, Column>>,
    /// Primary keys too, under a name that both engines are given.
    pub indexes: BTreeMap<String, Index>,
}

#[derive(Debug)]
pub(super) struct Column {
    pub kind: String,
    pub nullable: bool,
}

#[derive(Debug)]
pub(super) struct Index {
    pub table: String,
    pub columns: String,
    /// It holds only the rows that a condition names.
    pub partial: bool,
    /// What makes it; none for a primary key, and none where Postgres was asked.
    pub statement: Option<String>,
}

#[derive(sqlx::FromRow)]
pub(super) struct ColumnRow {
    table_name: String,
    column_name: String,
    kind: String,
    nullable: bool,
}

#[derive(sqlx::FromRow)]
pub(super) struct IndexRow {
    name: String,
    table_name: String,
    /// An index over expressions names none.
    columns: Option<String>,
    partial: bool,
    statement: Option<String>,
}

impl Shape {
    pub fn of(columns: Vec<ColumnRow>, indexes: Vec<IndexRow>) -> Self {
        let mut shape = Self::default();
        for row in columns {
            let column = Column { kind: row.kind, nullable: row.nullable };
            shape.tables.entry(row.table_name).or_default().insert(row.column_name, column);
        }
        for row in indexes {
            let index = Index {
                table: row.table_name,
                columns: row.columns.unwrap_or_default(),
                partial: row.partial,
                statement: row.statement,
            };
            shape.indexes.insert(row.name, index);
        }
        shape
    }

    /// Table and column of each that the other lacks.
    pub fn columns_not_in<'a>(
        &'a self,
        other: &'a Self,
    ) -> impl Iterator<Item = (&'a str, &'a str)> {
        let all = self.tables.iter().flat_map(|(table, columns)| {
            columns.keys().map(move |column| (table.as_str(), column.as_str()))
        });
        all.filter(|(table, column)| !other.has_column(table, column))
    }

    pub fn has_column(&self, table: &str, column: &str) -> bool {
        self.tables.get(table).is_some_and(|columns| columns.contains_key(column))
    }
}
