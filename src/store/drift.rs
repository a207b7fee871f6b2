//! Where a database's tables are not what this program expects.

use std::fmt;

use color_eyre::Result;
use color_eyre::eyre::WrapErr as _;

use super::engine::{with_db, with_tx};
use super::migrate::TABLE;
use super::shape::{Column, Shape};
use super::steps::{Step, StepState, applied_versions};
use super::{Store, model};

/// What was compared, and what was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Drift {
    /// The tables that this program expects after the steps that the database has been through.
    pub tables: Vec<String>,
    pub differences: Vec<Difference>,
}

/// One place where the database is not as expected. Nothing of it is ever mended by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Difference {
    PendingStep {
        name: String,
    },
    ChangedStep {
        name: String,
    },
    UnknownStep {
        name: String,
    },
    MissingTable {
        table: String,
    },
    /// Named as passbook's are, but not one of this version's.
    UnknownTable {
        table: String,
    },
    MissingColumn {
        table: String,
        column: String,
    },
    ExtraColumn {
        table: String,
        column: String,
    },
    OtherType {
        table: String,
        column: String,
        expected: String,
        found: String,
    },
    OtherNull {
        table: String,
        column: String,
        nullable: bool,
    },
    MissingIndex {
        table: String,
        index: String,
    },
    OtherIndex {
        table: String,
        index: String,
    },
    /// Another program's: none of passbook's business.
    OtherProgram {
        table: String,
    },
}

impl Drift {
    /// Whether anything of passbook's own is not as it should be.
    pub fn found(&self) -> bool {
        self.differences.iter().any(Difference::is_drift)
    }
}

impl Difference {
    pub fn is_drift(&self) -> bool {
        !matches!(self, Self::OtherProgram { .. })
    }

    /// Whether it is the tables themselves that differ, not the list of what made them.
    pub fn is_in_tables(&self) -> bool {
        self.is_drift() && self.table() != TABLE
    }

    /// A word for machines.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::PendingStep { .. } => "missing_migration",
            Self::ChangedStep { .. } => "changed_migration",
            Self::UnknownStep { .. } => "unknown_migration",
            Self::MissingTable { .. } => "missing_table",
            Self::UnknownTable { .. } => "unknown_table",
            Self::MissingColumn { .. } => "missing_column",
            Self::ExtraColumn { .. } => "extra_column",
            Self::OtherType { .. } => "other_type",
            Self::OtherNull { .. } => "other_nullability",
            Self::MissingIndex { .. } => "missing_index",
            Self::OtherIndex { .. } => "other_index",
            Self::OtherProgram { .. } => "other_program",
        }
    }

    pub fn table(&self) -> &str {
        match self {
            Self::PendingStep { .. } | Self::ChangedStep { .. } | Self::UnknownStep { .. } => TABLE,
            Self::MissingTable { table }
            | Self::UnknownTable { table }
            | Self::MissingColumn { table, .. }
            | Self::ExtraColumn { table, .. }
            | Self::OtherType { table, .. }
            | Self::OtherNull { table, .. }
            | Self::MissingIndex { table, .. }
            | Self::OtherIndex { table, .. }
            | Self::OtherProgram { table } => table,
        }
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::PendingStep { name } => write!(f, "the migration {name} is still to come"),
            Self::ChangedStep { name } => {
                write!(f, "the migration {name} was another one when it ran")
            }
            Self::UnknownStep { name } => {
                write!(f, "the migration {name} is a newer passbook's")
            }
            Self::MissingTable { .. } => f.write_str("the table is missing"),
            Self::UnknownTable { .. } => {
                f.write_str("named as passbook's tables are, but not one of this version's")
            }
            Self::MissingColumn { column, .. } => write!(f, "the column {column} is missing"),
            Self::ExtraColumn { column, .. } => write!(f, "the column {column} is not passbook's"),
            Self::OtherType { column, expected, found, .. } => {
                write!(f, "the column {column} is {found} instead of {expected}")
            }
            Self::OtherNull { column, nullable: true, .. } => {
                write!(f, "the column {column} may be null and should not")
            }
            Self::OtherNull { column, .. } => {
                write!(f, "the column {column} may not be null and should")
            }
            Self::MissingIndex { index, .. } => write!(f, "the index {index} is missing"),
            Self::OtherIndex { index, .. } => {
                write!(f, "the index {index} is over other columns or other rows")
            }
            Self::OtherProgram { .. } => f.write_str("another program's; left alone"),
        }
    }
}

impl Store {
    /// Compares every table with what the migrations make that the database has been through.
    pub async fn load_drift(&self) -> Result<Drift> {
        let steps = self.load_steps().await?;
        let (expected, found) = self.shapes(&steps).await?;
        let mut differences: Vec<_> = steps.into_iter().filter_map(of_step).collect();
        differences.extend(compare(&expected, &found));
        Ok(Drift { tables: expected.tables.into_keys().collect(), differences })
    }

    /// Makes every index that is missing, and tells which. One that is another than it should be is
    /// left alone.
    pub async fn repair_indexes(&self) -> Result<Vec<String>> {
        let (expected, found) = self.shapes(&self.load_steps().await?).await?;
        let missing: Vec<(String, String)> = expected
            .indexes
            .into_iter()
            .filter(|(name, index)| {
                !found.indexes.contains_key(name) && found.tables.contains_key(&index.table)
            })
            .filter_map(|(name, index)| Some((name, index.statement?)))
            .collect();
        with_tx!(self, |tx| {
            for (_, statement) in &missing {
                // Safe: the text is one of the migrations' own.
                let sql = sqlx::AssertSqlSafe(statement.clone());
                sqlx::query(sql).execute(&mut *tx).await?;
            }
            Ok(())
        })
        .wrap_err("making the missing indexes")?;
        Ok(missing.into_iter().map(|(name, _)| name).collect())
    }

    async fn shapes(&self, steps: &[Step]) -> Result<(Shape, Shape)> {
        let applied = applied_versions(steps);
        let expected = model::after(|version| applied.contains(&version)).await;
        let expected = expected.wrap_err("making a model of the tables")?;
        let found = with_db!(self, |db| db.shape().await).wrap_err("reading the tables' shape")?;
        Ok((expected, found))
    }
}

fn of_step(step: Step) -> Option<Difference> {
    let name = step.name;
    match step.state {
        StepState::Applied => None,
        StepState::Pending => Some(Difference::PendingStep { name }),
        StepState::Changed => Some(Difference::ChangedStep { name }),
        StepState::Unknown => Some(Difference::UnknownStep { name }),
    }
}

fn compare(expected: &Shape, found: &Shape) -> Vec<Difference> {
    let mut differences = Vec::new();
    for (table, columns) in &expected.tables {
        if !found.tables.contains_key(table) {
            differences.push(Difference::MissingTable { table: table.clone() });
            continue;
        }
        for (name, column) in columns {
            let other = found.tables.get(table).and_then(|columns| columns.get(name));
            differences.extend(compare_column(table, name, column, other));
        }
        let indexes = expected.indexes.iter().filter(|(_, index)| index.table == *table);
        for (name, index) in indexes {
            let place = || (table.clone(), name.clone());
            match found.indexes.get(name) {
                None => {
                    let (table, index) = place();
                    differences.push(Difference::MissingIndex { table, index });
                }
                Some(other)
                    if other.table != index.table
                        || other.columns != index.columns
                        || other.partial != index.partial =>
                {
                    let (table, index) = place();
                    differences.push(Difference::OtherIndex { table, index });
                }
                Some(_) => {}
            }
        }
    }
    for (table, column) in found.columns_not_in(expected) {
        if expected.tables.contains_key(table) {
            let (table, column) = (table.to_owned(), column.to_owned());
            differences.push(Difference::ExtraColumn { table, column });
        }
    }
    for table in found.tables.keys().filter(|table| !expected.tables.contains_key(*table)) {
        let table = table.clone();
        if table == TABLE {
            // sqlx's own.
        } else if table.starts_with("pb_") {
            differences.push(Difference::UnknownTable { table });
        } else {
            differences.push(Difference::OtherProgram { table });
        }
    }
    differences
}

fn compare_column(
    table: &str,
    name: &str,
    expected: &Column,
    found: Option<&Column>,
) -> Vec<Difference> {
    let place = || (table.to_owned(), name.to_owned());
    let (table, column) = place();
    let Some(found) = found else { return vec![Difference::MissingColumn { table, column }] };
    let mut differences = Vec::new();
    if found.kind != expected.kind {
        let (expected, found) = (expected.kind.clone(), found.kind.clone());
        differences.push(Difference::OtherType { table, column, expected, found });
    }
    if found.nullable != expected.nullable {
        let ((table, column), nullable) = (place(), found.nullable);
        differences.push(Difference::OtherNull { table, column, nullable });
    }
    differences
}
