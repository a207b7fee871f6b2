//! The user's rules told, and what each would find.

use color_eyre::Result;
use color_eyre::eyre::WrapErr as _;

use super::Store;
use super::engine::{with_db, with_snapshot};
use super::rules::{LIST, RuleRow};
use super::shown::{SOURCES, Source, like};
use crate::domain::{Rule, Rules};

/// Rows looked at together when a rule's are counted.
const BATCH: i64 = 5_000;

impl Store {
    /// In the order in which they speak.
    pub async fn load_rules(&self) -> Result<Vec<Rule>> {
        let rows: Vec<RuleRow> = with_db!(self, |db| sqlx::query_as(LIST).fetch_all(db).await)
            .wrap_err("loading rules")?;
        Ok(rows.into_iter().map(Rule::from).collect())
    }

    /// How many live rows the rule finds, said by hand or not.
    pub async fn count_rule(&self, rule: &Rule) -> Result<u64> {
        let rules = Rules::new(vec![rule.clone()]);
        with_snapshot!(self, sqlx::Result<u64>, |db| {
            let (mut found, mut last) = (0, (String::new(), String::new()));
            loop {
                let mut sql = sqlx::QueryBuilder::new(SOURCES);
                sql.push("t.life = 'live' and (t.account_id, t.id) > (").push_bind(&last.0);
                sql.push(", ").push_bind(&last.1).push(")");
                for text in rules.texts().into_iter().flatten() {
                    sql.push(" and t.words like ").push_bind(like(text)).push(" escape '!'");
                }
                sql.push(" order by t.account_id, t.id limit ").push_bind(BATCH);
                let rows: Vec<Source> =
                    sql.build_query_as().persistent(false).fetch_all(&mut *db).await?;
                let Some(row) = rows.last() else { break };
                last = (row.account_id.0.clone(), row.id.0.clone());
                found += rows.iter().filter(|row| row.is_found(&rules)).count() as u64;
            }
            Ok(found)
        })
        .wrap_err("counting what a rule finds")
    }
}
