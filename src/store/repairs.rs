//! Repairs that gave accounts new ids: what was asked for, and what it moved, so that it can be undone.

use color_eyre::Result;
use color_eyre::eyre::WrapErr as _;
use serde::{Deserialize, Serialize};

use super::Store;
use super::engine::with_db;
use super::retiring::Retired;
use super::trace::Trace;
use crate::domain::{AccountId, EnrollmentId};

/// What one repair does, as its row keeps it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Moves {
    pub joins: Vec<Join>,
    pub retired: Option<Retired>,
}

/// An old account and the one that it is now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Join {
    pub old: AccountId,
    pub new: AccountId,
    /// `None`: not done yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trace: Option<Trace>,
}

pub(super) struct Repair {
    pub id: String,
    pub enrollment: EnrollmentId,
    pub moves: Moves,
}

/// What taking a repair back did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Undone {
    /// Old and new: the question whether they are one is open again.
    pub accounts: Vec<(AccountId, AccountId)>,
    /// Rows that are under their old id again.
    pub rows: usize,
    /// Enrollments that had been replaced.
    pub back: Vec<EnrollmentId>,
}

impl Moves {
    pub fn is_nothing(&self) -> bool {
        *self == Self::default()
    }

    /// What it put away, itself or with one of its joins.
    pub fn retired(&self) -> impl Iterator<Item = &Retired> {
        let joins = self.joins.iter().filter_map(|join| join.trace.as_ref());
        self.retired.iter().chain(joins.filter_map(|trace| trace.retired.as_ref()))
    }

    pub fn joins(&self, old: &AccountId, new: &AccountId) -> bool {
        self.joins.iter().any(|join| join.is(old, new))
    }
}

impl Join {
    /// To be done once the new account's history is read to its end.
    pub fn asked(old: &AccountId, new: &AccountId) -> Self {
        Self { old: old.clone(), new: new.clone(), trace: None }
    }

    pub fn is(&self, old: &AccountId, new: &AccountId) -> bool {
        self.old == *old && self.new == *new && self.trace.is_none()
    }
}

/// Keeps what a join changed: in the repair that asked for it, else in one of its own.
macro_rules! record {
    ($tx:ident, $old:expr, $new:expr, $trace:expr, $now:expr) => {{
        let repairs: Vec<(String, String)> = sqlx::query_as($crate::store::repairs::OF_ACCOUNT)
            .bind($new)
            .fetch_all(&mut *$tx)
            .await?;
        let asked = repairs.into_iter().find_map(|(id, moves)| {
            let moves: $crate::store::repairs::Moves = serde_json::from_str(&moves).ok()?;
            moves.joins($old, $new).then_some((id, moves))
        });
        let (id, mut moves) = asked.unwrap_or_else(|| {
            let mut moves = $crate::store::repairs::Moves::default();
            moves.joins.push($crate::store::repairs::Join::asked($old, $new));
            (uuid::Uuid::now_v7().to_string(), moves)
        });
        let join = moves.joins.iter_mut().find(|join| join.is($old, $new));
        join.expect("it was looked for or put there").trace = Some($trace);
        let moves = serde_json::to_string(&moves)?;
        sqlx::query($crate::store::repairs::UPSERT)
            .bind(id)
            .bind($new)
            .bind($now)
            .bind(moves)
            .execute(&mut *$tx)
            .await?;
    }};
}
pub(super) use record;

pub(super) const OF_ACCOUNT: &str = "
    select r.id, r.moves from pb_repairs r
        join pb_accounts a on a.id = $1 and a.enrollment_id = r.enrollment_id
    where r.undone_at is null order by r.id desc";

pub(super) const UPSERT: &str = "
    insert into pb_repairs (id, enrollment_id, made_at, moves)
    select $1, a.enrollment_id, $3, $4 from pb_accounts a where a.id = $2
    on conflict (id) do update set moves = excluded.moves";

impl Store {
    /// The newest that can be undone.
    pub(super) async fn load_repair(&self, enrollment: &EnrollmentId) -> Result<Option<Repair>> {
        Ok(self.load_repairs(enrollment).await?.into_iter().next())
    }

    /// Newest first.
    pub(super) async fn load_repairs(&self, enrollment: &EnrollmentId) -> Result<Vec<Repair>> {
        const SQL: &str = "
            select id, enrollment_id, moves from pb_repairs
            where enrollment_id = $1 and undone_at is null order by id desc";
        let rows: Vec<(String, EnrollmentId, String)> =
            with_db!(self, |db| sqlx::query_as(SQL).bind(enrollment).fetch_all(db).await)
                .wrap_err("loading repairs")?;
        let read = |(id, enrollment, moves): (String, EnrollmentId, String)| {
            let moves = serde_json::from_str(&moves).wrap_err("reading a repair")?;
            Ok(Repair { id, enrollment, moves })
        };
        rows.into_iter().map(read).collect()
    }
}
