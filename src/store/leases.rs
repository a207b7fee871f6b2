//! Who may sync an enrollment: one row each, on the database's clock only.
//!
//! No session lock: a transaction pooler would lose it. Idempotent writes keep the data right even
//! if a lease fails; the fence keeps a sleeper that wakes up from writing over its successor.

use std::sync::PoisonError;

use chrono::{DateTime, TimeDelta};
use color_eyre::Result;
use color_eyre::eyre::WrapErr;

use super::engine::with_tx;
use super::{Store, holder};

/// Longer than a page takes, shorter than a person waits for a crashed passbook's turn to end.
const TERM: TimeDelta = TimeDelta::seconds(90);

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lease {
    pub scope: String,
    pub holder: String,
    /// Rises with each holder, whatever the scope: an account may come under another enrollment,
    /// and its rows must not outrank the new holder for ever.
    pub fence: i64,
}

/// Lasts as long as the work does. Dropped, it frees the scope for this program's next sync, also
/// where the lease could not be given back: on a full disk, by a panic.
pub struct Tenure<'a> {
    store: &'a Store,
    lease: &'a Lease,
}

impl Drop for Tenure<'_> {
    fn drop(&mut self) {
        let forsaken = &self.store.shared.forsaken;
        let mut forsaken = forsaken.lock().unwrap_or_else(PoisonError::into_inner);
        forsaken.insert(self.lease.scope.clone(), self.lease.holder.clone());
    }
}

/// Another passbook has taken over: roll back and stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("another passbook has taken over this bank's sync")]
pub struct LeaseLost;

/// Renews a lease inside the transaction it protects, or leaves with [`LeaseLost`].
///
/// An expired lease whose fence still stands was taken by nobody, so it may be renewed: a slow
/// bank costs no pass.
macro_rules! renew {
    ($tx:ident, $lease:expr) => {{
        let lease: &$crate::store::leases::Lease = $lease;
        let expires_at = $tx.now().await? + $crate::store::leases::term();
        let renewed = sqlx::query(
            "update pb_leases set expires_at = $4 where scope = $1 and holder = $2 and fence = $3",
        )
        .bind(&lease.scope)
        .bind(&lease.holder)
        .bind(lease.fence)
        .bind(expires_at)
        .execute(&mut *$tx)
        .await?;
        if renewed.rows_affected() == 0 {
            return Err($crate::store::leases::LeaseLost.into());
        }
    }};
}
pub(super) use renew;

pub(super) fn term() -> TimeDelta {
    TERM
}

impl Store {
    /// `None` while somebody else holds it. A holder of this machine that died holds nothing.
    pub async fn take_lease(&self, scope: &str, run_id: &str) -> Result<Option<Lease>> {
        const SQL: &str = "
            insert into pb_leases (scope, holder, fence, expires_at)
            values ($1, $2, (select coalesce(max(fence), 0) + 1 from pb_leases), $3)
            on conflict (scope) do update
            set holder = excluded.holder, fence = excluded.fence, expires_at = excluded.expires_at
            where pb_leases.expires_at < $4 or pb_leases.expires_at > $6 or pb_leases.holder = $5
            returning fence";
        const HOLDER: &str = "select holder from pb_leases where scope = $1";
        let holder = holder::name(run_id);
        let fence: Option<i64> = with_tx!(self, |tx| {
            let now = tx.now().await?;
            let before: Option<String> =
                sqlx::query_scalar(HOLDER).bind(scope).fetch_optional(&mut *tx).await?;
            let dead = before
                .filter(|holder| holder::has_died(holder) || self.has_forsaken(scope, holder));
            let taken = sqlx::query_scalar(SQL).bind(scope).bind(&holder).bind(now + TERM);
            // Nobody takes a lease for that long: the clock has been set back since.
            let absurd = now + TERM * 2;
            Ok(taken.bind(now).bind(dead).bind(absurd).fetch_optional(&mut *tx).await?)
        })
        .wrap_err("taking the lease")?;
        Ok(fence.map(|fence| Lease { scope: scope.to_owned(), holder, fence }))
    }

    pub fn hold<'a>(&'a self, lease: &'a Lease) -> Tenure<'a> {
        Tenure { store: self, lease }
    }

    fn has_forsaken(&self, scope: &str, holder: &str) -> bool {
        let forsaken = self.shared.forsaken.lock().unwrap_or_else(PoisonError::into_inner);
        forsaken.get(scope).is_some_and(|forsaken| forsaken == holder)
    }

    /// Gives a lease back at once; does nothing if it was lost.
    pub async fn release_lease(&self, lease: &Lease) -> Result<()> {
        const SQL: &str = "
            update pb_leases set expires_at = $4 where scope = $1 and holder = $2 and fence = $3";
        with_tx!(self, |tx| {
            let released = sqlx::query(SQL).bind(&lease.scope).bind(&lease.holder);
            // Long ago on every clock, one that is set back tomorrow included.
            released.bind(lease.fence).bind(DateTime::UNIX_EPOCH).execute(&mut *tx).await?;
            Ok(())
        })
        .wrap_err("giving the lease back")
    }
}
