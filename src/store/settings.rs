//! Single values that the program remembers in the database.

use color_eyre::Result;
use color_eyre::eyre::WrapErr as _;

use super::Store;
use super::engine::{with_db, with_tx};

impl Store {
    pub async fn load_setting(&self, name: &str) -> Result<Option<String>> {
        const SQL: &str = "select value from pb_settings where name = $1";
        with_db!(self, |db| sqlx::query_scalar(SQL).bind(name).fetch_optional(db).await)
            .wrap_err_with(|| format!("loading the setting {name}"))
    }

    pub async fn forget_setting(&self, name: &str) -> Result<()> {
        const SQL: &str = "delete from pb_settings where name = $1";
        with_tx!(self, |tx| {
            sqlx::query(SQL).bind(name).execute(tx).await?;
            Ok(())
        })
        .wrap_err_with(|| format!("forgetting the setting {name}"))
    }

    pub async fn save_setting(&self, name: &str, value: &str) -> Result<()> {
        const SQL: &str = "insert into pb_settings (name, value) values ($1, $2) \
             on conflict (name) do update set value = excluded.value";
        with_tx!(self, |tx| {
            sqlx::query(SQL).bind(name).bind(value).execute(tx).await?;
            Ok(())
        })
        .wrap_err_with(|| format!("saving the setting {name}"))
    }
}
