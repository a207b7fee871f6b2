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
}

impl From<RuleRow> for Rule {
    fn from(row: RuleRow) -> Self {
        let RuleRow { id, position, query, category, name, tag } = row;
        Self { id, position, query, category, name, tag }
    }
}

pub(super) const LIST: &str =
    "select id, position, query, category, name, tag from pb_rules order by position, id";

/// Every rule, ready to be applied. Works on a bare connection, too.
macro_rules! load {
    ($tx:ident) => {{
        let rules = sqlx::query_as($crate::store::rules::LIST).persistent(false);
        let rules: Vec<$crate::store::rules::RuleRow> = rules.fetch_all(&mut *$tx).await?;
        $crate::domain::Rules::new(rules.into_iter().map($crate::domain::Rule::from).collect())
    }};
}
pub(super) use load;
