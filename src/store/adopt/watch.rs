//! The Python app may go on writing: at each launch what it has added is taken too.

use std::path::PathBuf;

use color_eyre::Result;
use color_eyre::eyre::WrapErr as _;

use super::source::Legacy;
use super::state::State;
use super::{AdoptOptions, Seen};
use crate::database::Database;
use crate::domain::Adopted;
use crate::store::Store;
use crate::store::engine::with_db;

#[derive(sqlx::FromRow)]
struct Taken {
    source: String,
    reached: String,
    state: String,
    zone: String,
    test_rows: bool,
    seen: String,
}

impl Taken {
    fn seen(&self) -> Seen {
        serde_json::from_str(&self.seen).unwrap_or_default()
    }
}

impl Store {
    /// Takes what has come since to sources that can be reached without asking: a file that is still
    /// there, and tables in `own`, this store's own database. Where nothing was ever taken this is one
    /// question.
    pub async fn take_in_new(&self, own: &Database) -> Result<Adopted> {
        const SQL: &str = "
            select source, reached, state, zone, test_rows, seen from pb_adoptions order by adopted_at, id";
        let mut sum = Adopted::default();
        let taken: Vec<Taken> = with_db!(self, |db| sqlx::query_as(SQL).fetch_all(db).await)
            .wrap_err("loading adoptions")?;
        // The last word on each source.
        let mut sources: Vec<Taken> = Vec::new();
        for adoption in taken {
            sources.retain(|earlier| earlier.source != adoption.source);
            sources.push(adoption);
        }
        for adoption in sources {
            let database = match adoption.reached.as_str() {
                "here" if self.holds_nothing_new(&adoption).await => continue,
                "here" => own.clone(),
                "file" => Database::Sqlite { path: PathBuf::from(&adoption.source) },
                _ => continue,
            };
            match self.take_in(&database, own, &adoption).await {
                Ok(adopted) => {
                    sum.accounts += adopted.accounts;
                    sum.balances += adopted.balances;
                    sum.transactions += adopted.transactions;
                    sum.set_aside += adopted.set_aside;
                }
                // What was taken before is there all the same.
                Err(error) => tracing::warn!("new rows of the Python app: {error}"),
            }
        }
        Ok(sum)
    }

    /// Asked in one question on a connection that is open already: a start waits for it.
    async fn holds_nothing_new(&self, adoption: &Taken) -> bool {
        const SQL: &str = "
            select (select count(*) from accounts), (select count(*) from balance_snapshots),
                (select cast(coalesce(max(id), 0) as bigint) from balance_snapshots),
                (select count(*) from transactions)";
        if adoption.state == State::Rewrite.code() {
            return false;
        }
        let counts: sqlx::Result<(i64, i64, i64, i64)> =
            with_db!(self, |db| sqlx::query_as(SQL).fetch_one(db).await);
        match counts {
            Ok((accounts, balances, newest, transactions)) => {
                adoption.seen() == Seen::of(accounts, balances, newest, transactions)
            }
            // The tables may have gone since: then there is nothing to take.
            Err(error) => {
                tracing::debug!(%error, "looking at the Python app's tables");
                true
            }
        }
    }

    async fn take_in(
        &self,
        database: &Database,
        own: &Database,
        adoption: &Taken,
    ) -> Result<Adopted, super::AdoptError> {
        if let Database::Sqlite { path } = database
            && !path.exists()
        {
            return Ok(Adopted::default());
        }
        let mut legacy = Legacy::open(database).await?;
        if !legacy.state.can_be_adopted() {
            return Ok(Adopted::default());
        }
        if legacy.seen().await? == adoption.seen() {
            return Ok(Adopted::default());
        }
        let options = AdoptOptions {
            zone: Some(adoption.zone.clone()),
            test_rows: adoption.test_rows,
            by_hand: false,
        };
        self.adopt(&mut legacy, own, &options).await
    }
}
