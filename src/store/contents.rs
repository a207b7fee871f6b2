//! How much there is, and whether two stores are one.

use color_eyre::Result;
use color_eyre::eyre::WrapErr as _;
use uuid::Uuid;

use super::Store;
use super::engine::with_db;

/// What a person would miss.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Contents {
    pub accounts: usize,
    /// Withdrawn ones included.
    pub transactions: usize,
    enrollments: usize,
    words: usize,
}

impl Contents {
    pub fn is_empty(&self) -> bool {
        (self.accounts, self.transactions, self.enrollments, self.words) == (0, 0, 0, 0)
    }
}

impl Store {
    pub async fn count_contents(&self) -> Result<Contents> {
        const SQL: &str = "
            select (select count(*) from pb_accounts), (select count(*) from pb_transactions),
                (select count(*) from pb_enrollments),
                (select count(*) from pb_annotations) + (select count(*) from pb_tags)";
        let (accounts, transactions, enrollments, words): (i64, i64, i64, i64) =
            with_db!(self, |db| sqlx::query_as(SQL).fetch_one(db).await)
                .wrap_err("counting what is stored")?;
        let count = |rows| usize::try_from(rows).unwrap_or_default();
        Ok(Contents {
            accounts: count(accounts),
            transactions: count(transactions),
            enrollments: count(enrollments),
            words: count(words),
        })
    }

    /// Whether anything of the user's is kept here, be it without an account yet.
    pub(super) async fn is_used(&self) -> sqlx::Result<bool> {
        const SQL: &str = "
            select exists (select 1 from pb_accounts) or exists (select 1 from pb_enrollments)
                or exists (select 1 from pb_annotations) or exists (select 1 from pb_tags)";
        with_db!(self, |db| sqlx::query_scalar(SQL).fetch_one(db).await)
    }

    /// Whether both are one database, however it was named: what is written to the other one would
    /// be read here.
    pub async fn is_the_same_as(&self, other: &Self) -> Result<bool> {
        const NAME: &str = "same_as";
        let mark = Uuid::now_v7().to_string();
        other.save_setting(NAME, &mark).await?;
        let same = self.load_setting(NAME).await? == Some(mark);
        other.forget_setting(NAME).await?;
        Ok(same)
    }
}
