//! The steps by which a database came to its version, and those still to come.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use chrono::{DateTime, Utc};
use color_eyre::Result;
use color_eyre::eyre::WrapErr as _;
use sqlx::migrate::Migration;

use super::Store;
use super::engine::with_db;
use super::migrate::{self, APPLIED_BY, MIGRATOR};

/// One migration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    pub version: i64,
    /// As its file is called.
    pub name: String,
    /// What it is about, in a sentence.
    pub sentence: String,
    /// Hexadecimal, whole; of the text that ran, or that is going to.
    pub checksum: String,
    pub state: StepState,
    /// `None` where it is still to come.
    pub applied: Option<AppliedStep>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StepState {
    Applied,
    Pending,
    /// It was another one when it ran.
    Changed,
    /// A newer passbook ran it.
    Unknown,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AppliedStep {
    pub at: DateTime<Utc>,
    /// Measured by the engine's driver; `None` where nobody did.
    pub took: Option<Duration>,
    /// Not remembered by the first versions.
    pub by: Option<String>,
}

#[derive(sqlx::FromRow)]
struct Row {
    version: i64,
    description: String,
    checksum: Vec<u8>,
    success: bool,
    installed_on: DateTime<Utc>,
    execution_time: i64,
}

const LIST: &str = "select version, description, checksum, success, installed_on, execution_time \
     from pb_migrations";
const LIST_MAKERS: &str = "select name, value from pb_settings where name like 'migrated!_by.%' \
     escape '!'";

impl StepState {
    /// A word for machines and tables alike.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Applied => "applied",
            Self::Pending => "pending",
            Self::Changed => "changed",
            Self::Unknown => "unknown",
        }
    }
}

impl Step {
    /// Every step of this program, as for a database that it has never been in.
    pub fn all_pending() -> Vec<Self> {
        compose(Vec::new(), &HashMap::new())
    }
}

impl Store {
    /// Every step that this program or the database knows, by version.
    pub async fn load_steps(&self) -> Result<Vec<Step>> {
        let (rows, makers) = with_db!(self, |db| {
            let mut rows: Vec<Row> = Vec::new();
            let mut makers: Vec<(String, String)> = Vec::new();
            if db.has_table(migrate::TABLE).await? {
                rows = sqlx::query_as(LIST).fetch_all(&mut *db).await?;
            }
            if db.has_table("pb_settings").await? {
                makers = sqlx::query_as(LIST_MAKERS).fetch_all(db).await?;
            }
            Ok((rows, makers))
        })
        .wrap_err("reading the steps of the database")?;
        Ok(compose(rows, &makers.into_iter().collect()))
    }
}

/// Of the steps that the database has been through.
pub(super) fn applied_versions(steps: &[Step]) -> Vec<i64> {
    steps.iter().filter(|step| step.applied.is_some()).map(|step| step.version).collect()
}

fn compose(rows: Vec<Row>, makers: &HashMap<String, String>) -> Vec<Step> {
    let mut steps: BTreeMap<i64, Step> = MIGRATOR
        .iter()
        .filter(|migration| migration.migration_type.is_up_migration())
        .map(|migration| (migration.version, pending(migration)))
        .collect();
    for row in rows {
        let checksum = hex::encode(&row.checksum);
        let step = steps.entry(row.version).or_insert_with(|| Step {
            version: row.version,
            name: format!("{:04}_{}", row.version, row.description.replace(' ', "_")),
            sentence: row.description.clone(),
            checksum: checksum.clone(),
            state: StepState::Unknown,
            applied: None,
        });
        if step.state != StepState::Unknown {
            let same = step.checksum == checksum && row.success;
            step.state = if same { StepState::Applied } else { StepState::Changed };
        }
        step.checksum = checksum;
        step.applied = Some(AppliedStep {
            at: row.installed_on,
            // Below 0: sqlx was cut short before it wrote it down.
            took: u64::try_from(row.execution_time).ok().map(Duration::from_nanos),
            by: makers.get(&format!("{APPLIED_BY}{}", row.version)).cloned(),
        });
    }
    steps.into_values().collect()
}

fn pending(migration: &Migration) -> Step {
    Step {
        version: migration.version,
        name: migrate::name(migration),
        sentence: sentence(migration.sql.as_str(), &migration.description),
        checksum: hex::encode(&migration.checksum),
        state: StepState::Pending,
        applied: None,
    }
}

/// The first sentence of the comment that a migration starts with; without one its name.
fn sentence(sql: &str, description: &str) -> String {
    let lines = sql.lines().map_while(|line| line.strip_prefix("--"));
    let comment = lines.map(str::trim).collect::<Vec<_>>().join(" ");
    let end = comment.find(". ").map_or(comment.len(), |end| end + 1);
    match comment[..end].trim() {
        "" => description.to_owned(),
        sentence => sentence.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_is_told_by_the_first_sentence_of_its_comment() {
        for (sql, told) in [
            ("-- One thing. And another.\ncreate table a (b text);", "One thing."),
            ("-- It goes on\n-- below, v1.2 too. Here not.\n", "It goes on below, v1.2 too."),
            ("-- Without an end\n\n-- Another comment.", "Without an end"),
            ("create table a (b text);\n-- Late.", "name of it"),
            ("", "name of it"),
        ] {
            assert_eq!(sentence(sql, "name of it"), told, "{sql}");
        }
    }
}
