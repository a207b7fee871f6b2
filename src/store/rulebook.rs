//! The user's rules told, and what each would find.

use color_eyre::Result;
use color_eyre::eyre::WrapErr as _;

use super::Store;
use super::engine::{with_db, with_snapshot};
use super::rules::{LIST, RuleRow, follow, load};
use super::shown::{SOURCES, Source, within};
use crate::domain::rule::{RuleChange, RulePreview};
use crate::domain::{Rule, Rules};

/// Rows looked at together when a rule's are counted.
const BATCH: i64 = 5_000;
/// Of the rows that change, shown.
const SHOWN: usize = 200;

impl Store {
    /// In the order in which they speak.
    pub async fn load_rules(&self) -> Result<Vec<Rule>> {
        let rows: Vec<RuleRow> = with_db!(self, |db| sqlx::query_as(LIST).fetch_all(db).await)
            .wrap_err("loading rules")?;
        Ok(rows.into_iter().map(Rule::from).collect())
    }

    /// How many live rows the rule finds, said by hand or not.
    pub async fn count_rule(&self, rule: &Rule) -> Result<u64> {
        Ok(self.preview_rule(rule).await?.found)
    }

    /// What the rule would do among the others: nothing is written.
    pub async fn preview_rule(&self, rule: &Rule) -> Result<RulePreview> {
        let alone = Rules::new(vec![Rule { paused: false, ..rule.clone() }]);
        with_snapshot!(self, sqlx::Result<RulePreview>, |db| {
            let (now, alone) = (load!(db), follow!(db, alone));
            let then = now.with(rule);
            let (mut preview, mut last) = (RulePreview::default(), (String::new(), String::new()));
            loop {
                let mut sql = sqlx::QueryBuilder::new(SOURCES);
                sql.push("t.life = 'live' and (t.account_id, t.id) > (").push_bind(&last.0);
                sql.push(", ").push_bind(&last.1).push(")");
                for reach in alone.reach() {
                    within!(sql, reach);
                }
                sql.push(" order by t.account_id, t.id limit ").push_bind(BATCH);
                let rows: Vec<Source> =
                    sql.build_query_as().persistent(false).fetch_all(&mut *db).await?;
                let Some(row) = rows.last() else { break };
                last = (row.account_id.0.clone(), row.id.0.clone());
                let found = rows.iter().filter(|row| row.is_found(&alone));
                found.for_each(|row| add(&mut preview, row, (&now, &then)));
                preview.rows.sort_by_key(|change| std::cmp::Reverse(change.date));
                preview.rows.truncate(SHOWN);
            }
            Ok(preview)
        })
        .wrap_err("looking at what a rule would change")
    }
}

fn add(preview: &mut RulePreview, row: &Source, (now, then): (&Rules, &Rules)) {
    preview.found += 1;
    let (before, after) = (row.shown(now), row.shown(then));
    if before != after {
        preview.changed += 1;
        preview.rows.push(RuleChange { date: row.date, amount: row.amount(), before, after });
    }
}
