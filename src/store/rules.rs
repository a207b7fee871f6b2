//! The user's rules as they are kept, ready to be applied to every row that is derived.

use crate::domain::{Rule, RuleId};

#[derive(Debug, sqlx::FromRow)]
pub(super) struct RuleRow {
    id: RuleId,
    position: i64,
    query: String,
    category: Option<String>,
    name: Option<String>,
    tag: Option<String>,
    paused: bool,
}

impl From<RuleRow> for Rule {
    fn from(row: RuleRow) -> Self {
        let RuleRow { id, position, query, category, name, tag, paused } = row;
        Self { id, position, query, category, name, tag, paused }
    }
}

pub(super) const LIST: &str =
    "select id, position, query, category, name, tag, paused from pb_rules order by position, id";

pub(super) const RENAMED: &str = "select name, becomes from pb_category_names";

pub(super) const MERGED: &str =
    "select id, merged_into from pb_accounts where merged_into is not null";

/// Every rule, and what categories and accounts became, ready to be applied. Works on a bare connection, too.
macro_rules! load {
    ($tx:ident) => {{
        let rules = sqlx::query_as($crate::store::rules::LIST).persistent(false);
        let rules: Vec<$crate::store::rules::RuleRow> = rules.fetch_all(&mut *$tx).await?;
        let renamed = sqlx::query_as($crate::store::rules::RENAMED).persistent(false);
        let renamed: Vec<(String, String)> = renamed.fetch_all(&mut *$tx).await?;
        let rules = rules.into_iter().map($crate::domain::Rule::from).collect();
        let rules = $crate::domain::Rules::new(rules).renaming(renamed.into_iter().collect());
        if rules.look_at_accounts() { $crate::store::rules::follow!($tx, rules) } else { rules }
    }};
}

/// With the accounts that became others.
macro_rules! follow {
    ($tx:ident, $rules:expr) => {{
        let merged = sqlx::query_as($crate::store::rules::MERGED).persistent(false);
        let merged: Vec<(String, String)> = merged.fetch_all(&mut *$tx).await?;
        $rules.following(merged.into_iter().collect())
    }};
}
pub(super) use {follow, load};
