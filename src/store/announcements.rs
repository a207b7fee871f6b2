//! What the bank announced: each event once, and what became of it.

use color_eyre::Result;
use color_eyre::eyre::WrapErr as _;

use super::Store;
use super::engine::{with_db, with_tx};
use crate::domain::{Announcement, EnrollmentId, News};

/// What is to be done about an announcement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Announced {
    /// It was delivered before.
    Again,
    /// Its enrollment wants a sync.
    ToDo,
    /// Nothing more; this is what became of it.
    Done(&'static str),
}

impl Store {
    /// Keeps an announcement, and what it says about its enrollment, in one transaction.
    pub async fn keep_announcement(&self, announcement: &Announcement) -> Result<Announced> {
        const INSERT: &str = "
            insert into pb_webhooks (id, type, enrollment_id, happened_at, received_at)
            values ($1, $2, $3, $4, $5) on conflict (id) do nothing";
        const KNOWN: &str = "
            select count(*) from pb_enrollments where id = $1 and removed_at is null";
        // One that was synced since has been repaired meanwhile.
        const DISCONNECT: &str = "
            update pb_enrollments set state = 'disconnected', reason = $2
            where id = $1 and (last_success_at is null or last_success_at <= $3)";
        let enrollment = announcement.news.enrollment();
        with_tx!(self, |tx| {
            let now = tx.now().await?;
            let inserted = sqlx::query(INSERT)
                .bind(&announcement.id)
                .bind(name(&announcement.news))
                .bind(enrollment)
                .bind(announcement.happened_at)
                .bind(now)
                .execute(&mut *tx)
                .await?;
            if inserted.rows_affected() == 0 {
                return Ok(Announced::Again);
            }
            let known: i64 = match enrollment {
                Some(id) => sqlx::query_scalar(KNOWN).bind(id).fetch_one(&mut *tx).await?,
                None => 0,
            };
            let outcome = match &announcement.news {
                News::Test => "a test",
                News::Other(_) => "nothing to do here",
                News::NewTransactions(_) | News::Disconnected { .. } if known == 0 => {
                    "no such enrollment here"
                }
                News::NewTransactions(_) => return Ok(Announced::ToDo),
                News::Disconnected { enrollment, code } => {
                    let update = sqlx::query(DISCONNECT).bind(enrollment).bind(code);
                    let since = announcement.happened_at.unwrap_or(now).min(now);
                    match update.bind(since).execute(&mut *tx).await?.rows_affected() {
                        0 => "it was synced since",
                        _ => "marked as disconnected",
                    }
                }
            };
            let done = sqlx::query(DONE).bind(&announcement.id).bind(now).bind(outcome);
            done.execute(&mut *tx).await?;
            Ok(Announced::Done(outcome))
        })
        .wrap_err("keeping what the bank announced")
    }

    /// The oldest announcements of new transactions that still want a sync, with whose they are.
    pub async fn load_announced(&self) -> Result<Vec<(EnrollmentId, String)>> {
        const SQL: &str = "
            select enrollment_id, id from pb_webhooks
            where handled_at is null and enrollment_id is not null
            order by received_at, id limit $1";
        with_db!(self, |db| sqlx::query_as(SQL).bind(AT_ONCE).fetch_all(db).await)
            .wrap_err("loading what the bank announced")
    }

    pub async fn finish_announced(&self, announcements: &[String], outcome: &str) -> Result<()> {
        with_tx!(self, |tx| {
            let now = tx.now().await?;
            for id in announcements {
                let done = sqlx::query(DONE).bind(id).bind(now).bind(outcome);
                done.execute(&mut *tx).await?;
            }
            Ok(())
        })
        .wrap_err("keeping what became of an announcement")
    }
}

/// A sync answers them all; more wait for the next one.
const AT_ONCE: i64 = 500;

const DONE: &str = "update pb_webhooks set handled_at = $2, outcome = $3 where id = $1";

fn name(news: &News) -> &str {
    match news {
        News::NewTransactions(_) => "transactions.processed",
        News::Disconnected { .. } => "enrollment.disconnected",
        News::Test => "webhook.test",
        News::Other(name) => name,
    }
}
