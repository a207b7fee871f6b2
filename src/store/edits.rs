//! The user's edits: each is one transaction with its entry in the journal, and can be taken back.

pub(super) mod rows;
mod things;
mod transfers;

use chrono::{DateTime, Utc};
use color_eyre::Result;
use color_eyre::eyre::WrapErr as _;
use uuid::Uuid;

use super::Store;
use super::engine::{with_db, with_tx};
use crate::domain::edit::Change;
use crate::domain::{Edit, Edited, Field, Target, TransactionKey};
use rows::{follow, set_rows};
use things::set_thing;
use transfers::set_pair;

/// What a thing must be now to be set.
#[derive(Clone, Debug)]
enum Expected {
    Anything,
    Exactly(Option<String>),
}

/// One thing to be set.
#[derive(Clone, Debug)]
struct Set {
    target: Target,
    expected: Expected,
    to: Option<String>,
}

/// The same of a transaction.
#[derive(Clone, Debug)]
struct RowSet {
    key: TransactionKey,
    field: Field,
    expected: Expected,
    to: Option<String>,
}

/// What came of some sets.
#[derive(Debug, Default)]
struct Applied {
    changes: Vec<Change>,
    kept: usize,
}

/// Rows of one account are read and written together; everything else one by one.
macro_rules! apply {
    ($tx:ident, $sets:expr, $now:expr) => {{
        let mut applied = Applied::default();
        let mut row_sets = Vec::new();
        for set in $sets {
            let Set { target, expected, to } = set;
            match target {
                Target::Row { key, field } => {
                    row_sets.push(RowSet { key, field, expected, to });
                }
                Target::Transfer { key, twin } => {
                    set_pair!($tx, applied, ([key, twin], expected, to), $now);
                }
                target => set_thing!($tx, applied, (target, expected, to), $now),
            }
        }
        set_rows!($tx, applied, row_sets, $now);
        applied
    }};
}

#[derive(sqlx::FromRow)]
struct Entry {
    id: String,
    sentence: String,
    changes: String,
}

impl Entry {
    fn changes(&self) -> Result<Vec<Change>> {
        serde_json::from_str(&self.changes).wrap_err("reading the journal of edits")
    }
}

const INSERT: &str = "insert into pb_edits (id, made_at, sentence, changes, undone) \
     values ($1, $2, $3, $4, false)";
const LAST_DONE: &str = "
    select id, sentence, changes from pb_edits where not undone order by id desc limit 1";
/// Of those undone after the last that is done: a new edit leaves nothing to be redone.
const FIRST_UNDONE: &str = "
    select id, sentence, changes from pb_edits
    where undone and id > coalesce((select max(id) from pb_edits where not undone), '')
    order by id limit 1";
const MARK: &str = "update pb_edits set undone = $2 where id = $1";
const REMEMBER: &str = "update pb_edits set changes = $2 where id = $1";

impl Store {
    /// Sets what the edit says, and remembers what was there. One that changes nothing leaves no
    /// entry.
    pub async fn edit(&self, edit: &Edit) -> Result<Edited> {
        with_tx!(self, |tx| {
            let now: DateTime<Utc> = tx.now().await?;
            let sets = edit.sets.iter().cloned();
            let sets = sets.map(|(target, to)| Set { target, expected: Expected::Anything, to });
            let applied = apply!(tx, sets, now);
            if !applied.changes.is_empty() {
                let changes = serde_json::to_string(&applied.changes)?;
                sqlx::query(INSERT)
                    .bind(Uuid::now_v7().to_string())
                    .bind(now)
                    .bind(&edit.sentence)
                    .bind(changes)
                    .execute(&mut *tx)
                    .await?;
            }
            Ok(applied.told(&edit.sentence))
        })
        .wrap_err("keeping what you changed")
    }

    /// Takes the last edit back, whoever made it in whatever session; `None` when there is none.
    pub async fn undo(&self) -> Result<Option<Edited>> {
        self.step(LAST_DONE, true).await.wrap_err("undoing the last edit")
    }

    /// Makes the edit again that was taken back last.
    pub async fn redo(&self) -> Result<Option<Edited>> {
        self.step(FIRST_UNDONE, false).await.wrap_err("redoing an edit")
    }

    async fn step(&self, which: &'static str, undo: bool) -> Result<Option<Edited>> {
        with_tx!(self, |tx| {
            let entry: Option<Entry> = sqlx::query_as(which).fetch_optional(&mut *tx).await?;
            let Some(entry) = entry else { return Ok(None) };
            let now: DateTime<Utc> = tx.now().await?;
            let mut changes = entry.changes()?;
            if undo {
                changes.reverse();
            }
            let sets = changes.into_iter().map(|Change { target, before, after }| {
                let (expected, to) = if undo { (after, before) } else { (before, after) };
                Set { target, expected: Expected::Exactly(expected), to }
            });
            let applied = apply!(tx, sets, now);
            sqlx::query(MARK).bind(&entry.id).bind(undo).execute(&mut *tx).await?;
            if !undo {
                // Rows may have other ids by now, and some may have been left.
                let changes = serde_json::to_string(&applied.changes)?;
                sqlx::query(REMEMBER).bind(&entry.id).bind(changes).execute(&mut *tx).await?;
            }
            Ok(Some(applied.told(&entry.sentence)))
        })
    }

    /// What [`Store::undo`] and [`Store::redo`] would tell.
    pub async fn load_undo(&self) -> Result<(Option<String>, Option<String>)> {
        with_db!(self, |db| {
            let undo: Option<Entry> = sqlx::query_as(LAST_DONE).fetch_optional(&mut *db).await?;
            let redo: Option<Entry> = sqlx::query_as(FIRST_UNDONE).fetch_optional(db).await?;
            Ok((undo.map(|entry| entry.sentence), redo.map(|entry| entry.sentence)))
        })
        .wrap_err("reading the journal of edits")
    }
}

impl Applied {
    fn told(&self, sentence: &str) -> Edited {
        let changed = self.changes.len();
        Edited { sentence: sentence.to_owned(), changed, kept: self.kept }
    }

    /// Whether the thing is to be changed from what it is now.
    fn wants(&mut self, now: Option<&str>, expected: &Expected, to: Option<&str>) -> bool {
        let changed_since = match expected {
            Expected::Anything => false,
            Expected::Exactly(expected) => expected.as_deref() != now,
        };
        if changed_since && now != to {
            self.kept += 1;
        }
        !changed_since && now != to
    }
}
