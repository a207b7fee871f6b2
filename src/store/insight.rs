//! What insights read and keep: transfers found, rows to find patterns in, sums by month.

mod facts;
mod flows;
mod transfers;

use std::collections::BTreeSet;

use chrono::NaiveDate;
use color_eyre::Result;
use color_eyre::eyre::WrapErr as _;

use super::Store;
use super::engine::with_db;
use crate::domain::insight::{Finding, LOOKED_THROUGH, Patterns};

pub use transfers::Twin;

impl Store {
    /// Series and what is worth a look, from the last two years: takes its time, and is to run
    /// beside the screen.
    pub async fn load_patterns(&self, today: NaiveDate) -> Result<Patterns> {
        let facts = self.load_facts(today - LOOKED_THROUGH).await?;
        let dismissed = self.load_dismissed().await?;
        // Seconds of thinking at a million rows: not on a thread that others wait for.
        tokio::task::spawn_blocking(move || Patterns::find(&facts, &dismissed, today))
            .await
            .wrap_err("looking for patterns")
    }

    async fn load_dismissed(&self) -> Result<BTreeSet<String>> {
        const SQL: &str = "select subject from pb_dismissals where kind = $1";
        let subjects: Vec<String> = with_db!(self, |db| sqlx::query_scalar(SQL)
            .bind(Finding::DISMISSED)
            .fetch_all(db)
            .await)
        .wrap_err("loading what was dismissed")?;
        Ok(subjects.into_iter().collect())
    }
}
