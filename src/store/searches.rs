//! Searches that were made, and those kept under a key.

use color_eyre::Result;
use color_eyre::eyre::WrapErr as _;

use super::Store;
use super::engine::{with_db, with_tx};
use crate::domain::Search;

/// Searches without a key that are remembered.
const REMEMBERED: i64 = 200;

type SearchRow = (String, Option<String>, Option<i64>);

impl Store {
    /// Latest first.
    pub async fn load_searches(&self) -> Result<Vec<Search>> {
        const SQL: &str =
            "select query, name, slot from pb_searches order by used_at desc, query limit 1000";
        let rows: Vec<SearchRow> = with_db!(self, |db| sqlx::query_as(SQL).fetch_all(db).await)
            .wrap_err("loading searches")?;
        let search = |(query, name, slot)| Search { query, name, slot };
        Ok(rows.into_iter().map(search).collect())
    }

    /// Remembers it as made now. Whatever held its key before is only remembered from then on.
    pub async fn keep_search(&self, search: &Search) -> Result<()> {
        const FREE: &str = "update pb_searches set slot = null, name = null where slot = $1";
        const KEEP: &str = "insert into pb_searches (query, name, slot, used_at) \
             values ($1, $2, $3, $4) on conflict (query) do update \
             set name = excluded.name, slot = excluded.slot, used_at = excluded.used_at";
        const FORGET: &str = "delete from pb_searches where slot is null and query not in (
            select query from pb_searches where slot is null
            order by used_at desc, query limit $1)";
        with_tx!(self, |tx| {
            let now = tx.now().await?;
            sqlx::query(FREE).bind(search.slot).execute(&mut *tx).await?;
            let keep = sqlx::query(KEEP).bind(&search.query).bind(&search.name);
            keep.bind(search.slot).bind(now).execute(&mut *tx).await?;
            sqlx::query(FORGET).bind(REMEMBERED).execute(&mut *tx).await?;
            Ok(())
        })
        .wrap_err("keeping a search")
    }
}
