//! Joining what repairs have asked for, once it can be joined.

use color_eyre::Result;
use color_eyre::eyre::WrapErr as _;

use super::MergeError;
use crate::domain::{AccountId, EnrollmentId, Joined};
use crate::store::Store;
use crate::store::engine::with_db;

impl Store {
    /// Joins what repairs have asked for and what can be joined by now.
    pub async fn join_repaired(&self) -> Result<Vec<Joined>> {
        const READY: &str = "
            select a.id, a.duplicate_of, a.enrollment_id from pb_accounts a
                join pb_sync_state s on s.account_id = a.id and s.done
            where a.duplicate_of is not null and a.merged_into is null
                and exists (select 1 from pb_repairs r
                    where r.enrollment_id = a.enrollment_id and r.undone_at is null)
            order by a.id";
        let ready: Vec<(AccountId, AccountId, EnrollmentId)> =
            with_db!(self, |db| sqlx::query_as(READY).fetch_all(db).await)
                .wrap_err("looking for accounts to join")?;
        let mut joined = Vec::new();
        for (new, old, enrollment) in ready {
            if !self.is_asked(&enrollment, &old, &new).await? {
                continue;
            }
            // Boxed: rare, and large within what every sync carries along.
            match Box::pin(self.merge_account(&new)).await {
                Ok(done) => joined.push(done),
                // Another passbook is at it, or it was answered otherwise.
                Err(MergeError::Store(report)) => return Err(report),
                Err(error) => tracing::info!(%error, "joining an account later"),
            }
        }
        Ok(joined)
    }

    async fn is_asked(
        &self,
        enrollment: &EnrollmentId,
        old: &AccountId,
        new: &AccountId,
    ) -> Result<bool> {
        let repairs = self.load_repairs(enrollment).await?;
        Ok(repairs.iter().any(|repair| repair.moves.joins(old, new)))
    }
}
