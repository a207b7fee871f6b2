//! What names in a query can mean, as things stand.

use chrono::{DateTime, Utc};
use color_eyre::Result;
use color_eyre::eyre::WrapErr as _;

use crate::domain::query::{AccountName, CategoryName, Names};
use crate::domain::{AccountId, Currency};
use crate::store::Store;
use crate::store::engine::with_db;

const ACCOUNTS: &str = "
    select a.id, a.name, w.name as own_name, a.last_four, a.institution_name, a.currency
    from pb_accounts a left join pb_account_words w on w.account_id = a.id
    order by a.institution_name, a.position, a.id";

/// Those that rows stand in, and those of the user's tree.
const CATEGORIES: &str = "
    select shown_category as name, cast(null as text) as parent from pb_transactions
    where life = 'live' and shown_category is not null group by shown_category
    union all select name, parent from pb_categories";

const TAGS: &str = "select distinct tag from pb_tags where not removed order by tag";

/// The last run that heard from a bank.
const SYNCED: &str = "
    select started_at from pb_sync_runs
    where finished_at is not null and outcome <> 'offline' and outcome <> 'failed'
    order by started_at desc, id desc limit 1";

#[derive(sqlx::FromRow)]
struct AccountRow {
    id: AccountId,
    name: String,
    own_name: Option<String>,
    last_four: Option<String>,
    institution_name: String,
    currency: String,
}

impl From<AccountRow> for AccountName {
    fn from(row: AccountRow) -> Self {
        let mut also = vec![row.institution_name];
        let name = match row.own_name {
            Some(own) => {
                also.push(row.name);
                own
            }
            None => row.name,
        };
        let currency = Currency::parse(&row.currency).unwrap_or(Currency::NONE);
        Self { id: row.id, name, last_four: row.last_four, also, currency }
    }
}

impl Store {
    pub async fn load_names(&self) -> Result<Names> {
        let (accounts, categories, tags, synced_at) = with_db!(self, |db| {
            let accounts: Vec<AccountRow> = sqlx::query_as(ACCOUNTS).fetch_all(&mut *db).await?;
            let categories: Vec<(String, Option<String>)> =
                sqlx::query_as(CATEGORIES).fetch_all(&mut *db).await?;
            let tags: Vec<String> = sqlx::query_scalar(TAGS).fetch_all(&mut *db).await?;
            let synced_at: Option<DateTime<Utc>> =
                sqlx::query_scalar(SYNCED).fetch_optional(&mut *db).await?;
            Ok((accounts, categories, tags, synced_at))
        })
        .wrap_err("loading the names of accounts, categories and tags")?;
        let accounts = accounts.into_iter().map(Into::into).collect();
        Ok(Names { accounts, categories: tree(categories), tags, synced_at })
    }
}

/// Each name once, with the parent that any row of the answer has for it.
fn tree(rows: Vec<(String, Option<String>)>) -> Vec<CategoryName> {
    let mut categories: Vec<CategoryName> = Vec::new();
    for (name, parent) in rows {
        match categories.iter_mut().find(|known| known.name == name) {
            Some(known) => known.parent = parent.or(known.parent.take()),
            None => categories.push(CategoryName { name, parent }),
        }
    }
    categories.sort_by(|one, other| one.name.cmp(&other.name));
    categories
}
