//! What names in a query can mean, as things stand.

use chrono::{DateTime, Utc};
use color_eyre::Result;
use color_eyre::eyre::WrapErr as _;

use crate::domain::CategoryTree;
use crate::domain::category::Renamed;
use crate::domain::query::{AccountName, CategoryName, Names};
use crate::domain::{AccountId, Currency};
use crate::store::Store;
use crate::store::categories::load_tree;
use crate::store::engine::with_db;

const ACCOUNTS: &str = "
    select a.id, a.name, w.name as own_name, a.last_four, a.institution_name, a.currency,
        a.merged_into
    from pb_accounts a left join pb_account_words w on w.account_id = a.id
    order by a.institution_name, a.position, a.id";

/// Those that rows stand in: a bank may have words of its own.
const CATEGORIES: &str = "
    select shown_category from pb_transactions
    where life = 'live' and shown_category is not null group by shown_category";

/// The user's, and those that rules give.
const TAGS: &str = "
    select tag from pb_tags where not removed
    union select tag from pb_rules where tag is not null";

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
    merged_into: Option<AccountId>,
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

/// An account that was joined with another is found as that one.
fn accounts(rows: Vec<AccountRow>) -> Vec<AccountName> {
    let merged = |row: &AccountRow| Some((row.id.0.clone(), row.merged_into.clone()?.0));
    let merged: Renamed = rows.iter().filter_map(merged).collect();
    let mut accounts: Vec<AccountName> =
        rows.into_iter().filter(|row| row.merged_into.is_none()).map(Into::into).collect();
    for old in merged.names() {
        let is_new = |account: &&mut AccountName| account.id.as_str() == merged.resolve(old);
        if let Some(new) = accounts.iter_mut().find(is_new) {
            new.also.push(old.to_owned());
        }
    }
    accounts
}

impl Store {
    pub async fn load_names(&self) -> Result<Names> {
        let (accounts, categories, tags, synced_at) = with_db!(self, |db| {
            let accounts: Vec<AccountRow> = sqlx::query_as(ACCOUNTS).fetch_all(&mut *db).await?;
            let tree = load_tree!(db);
            let used: Vec<String> = sqlx::query_scalar(CATEGORIES).fetch_all(&mut *db).await?;
            let categories = categories(&tree.knowing(used.iter().map(String::as_str)));
            let mut tags: Vec<String> = sqlx::query_scalar(TAGS).fetch_all(&mut *db).await?;
            tags.sort_unstable();
            let synced_at: Option<DateTime<Utc>> =
                sqlx::query_scalar(SYNCED).fetch_optional(&mut *db).await?;
            Ok((accounts, categories, tags, synced_at))
        })
        .wrap_err("loading the names of accounts, categories and tags")?;
        Ok(Names { accounts: self::accounts(accounts), categories, tags, synced_at })
    }
}

fn categories(tree: &CategoryTree) -> Vec<CategoryName> {
    let place = |(name, parent): (&str, Option<&str>)| CategoryName {
        name: name.to_owned(),
        parent: parent.map(str::to_owned),
        also: tree.also(name).map(str::to_owned).collect(),
    };
    tree.iter().map(place).collect()
}
