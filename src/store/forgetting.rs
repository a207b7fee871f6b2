//! Removing what an ended enrollment has brought: its accounts with everything that is kept of them.

use color_eyre::Result;
use color_eyre::eyre::WrapErr as _;

use super::Store;
use super::engine::with_tx;
use crate::domain::EnrollmentId;

/// Those that were joined with one of its accounts hold rows that stand there too.
macro_rules! own_accounts {
    () => {
        "(select id from pb_accounts where enrollment_id = $1 or merged_into in
            (select id from pb_accounts where enrollment_id = $1))"
    };
}

macro_rules! forget {
    ($table:literal) => {
        forget!($table, "account_id")
    };
    ($table:literal, $column:literal) => {
        concat!("delete from ", $table, " where ", $column, " in ", own_accounts!())
    };
}

const FORGET: [&str; 18] = [
    forget!("pb_annotations"),
    forget!("pb_tags"),
    forget!("pb_links"),
    forget!("pb_transfers"),
    forget!("pb_transfers", "twin_account_id"),
    forget!("pb_transaction_changes"),
    forget!("pb_raw_replies"),
    forget!("pb_quarantine"),
    forget!("pb_days"),
    forget!("pb_balance_snapshots"),
    forget!("pb_sync_state"),
    forget!("pb_sync_results"),
    forget!("pb_sync_explanations"),
    forget!("pb_account_words"),
    forget!("pb_transactions"),
    concat!("update pb_accounts set duplicate_of = null where duplicate_of in ", own_accounts!()),
    "delete from pb_repairs where enrollment_id = $1",
    "delete from pb_enrollment_words where enrollment_id = $1",
];

const ACCOUNTS: &str = concat!("delete from pb_accounts where id in ", own_accounts!());

impl Store {
    /// Returns how many accounts went. The enrollment's own row stays: it says that one was spent.
    pub async fn forget_history(&self, id: &EnrollmentId) -> Result<u64> {
        let accounts = with_tx!(self, |tx| {
            for sql in FORGET {
                sqlx::query(sql).bind(id).execute(&mut *tx).await?;
            }
            let gone = sqlx::query(ACCOUNTS).bind(id).execute(&mut *tx).await?;
            Ok(gone.rows_affected())
        })
        .wrap_err("removing what an enrollment has brought")?;
        // Found anew with the next sync where it fails.
        if let Err(report) = self.refresh_transfers().await {
            tracing::warn!("{report:#}");
        }
        Ok(accounts)
    }
}
