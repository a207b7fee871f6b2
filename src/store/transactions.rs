//! Windows of the one list of transactions, by keyset: as quick at the end as at the start.

mod balances;
mod by_account;
mod filter;
mod groups;
mod names;
mod outgoing;
#[cfg(test)]
mod plans;
mod sorted;
mod sql;
mod summary;

use std::collections::HashMap;

use color_eyre::Result;
use color_eyre::eyre::WrapErr as _;

use super::Store;
use super::arena::narrowed;
use super::engine::with_db;
use super::rows::ROWS_A_STATEMENT;
use super::transaction_row::{TransactionRow, select_rows};
use crate::domain::{
    AccountId, Anchor, Annotation, Position, SortKey, StoredTransaction, TransactionId,
    TransactionKey, TransactionQuery, TransactionWindow,
};
use by_account::{CALLED, Called, Part, is_by_account, parts, ranked};
pub use outgoing::Outgoing;
use sql::{Rows, Sql};

/// Rows read together when many are picked.
const PICKED_AT_ONCE: u32 = 1_000;

/// A statement that joins the keys of these rows as `asked`.
macro_rules! asking {
    ($rows:expr, $select:expr) => {{
        let mut sql = sqlx::QueryBuilder::new("with asked (account_id, id) as (");
        sql.push_values($rows, |mut bind, row| {
            bind.push_bind(&row.transaction.account_id).push_bind(&row.transaction.id);
        });
        sql.push(")").push($select);
        sql
    }};
}

/// The user's words about these rows.
macro_rules! words_of {
    ($db:ident, $rows:expr) => {{
        use $crate::store::transactions::{ANNOTATIONS, TAGS, Words};
        let mut found: HashMap<TransactionKey, Annotation> = HashMap::new();
        for chunk in $rows.chunks(ROWS_A_STATEMENT) {
            let words: Vec<Words> =
                asking!(chunk, ANNOTATIONS).build_query_as().fetch_all(&mut *$db).await?;
            for (account_id, id, note, category, name, left_out) in words {
                let words = Annotation { note, category, name, left_out, ..Annotation::default() };
                found.insert(TransactionKey { account_id, id }, words);
            }
            let tags: Vec<(AccountId, TransactionId, String)> =
                asking!(chunk, TAGS).build_query_as().fetch_all(&mut *$db).await?;
            for (account_id, id, tag) in tags {
                found.entry(TransactionKey { account_id, id }).or_default().tags.push(tag);
            }
        }
        found
    }};
}
pub(super) use {asking, words_of};

type Words = (AccountId, TransactionId, Option<String>, Option<String>, Option<String>, bool);

const ANNOTATIONS: &str = "
    select a.account_id, a.transaction_id, a.note, a.category, a.name, a.left_out
    from asked join pb_annotations a
        on a.account_id = asked.account_id and a.transaction_id = asked.id";

const TAGS: &str = "
    select t.account_id, t.transaction_id, t.tag
    from asked join pb_tags t
        on t.account_id = asked.account_id and t.transaction_id = asked.id
    where not t.removed
    order by t.tag";

/// Rows by date from the anchor on, nearest first, one more than the limit or more.
macro_rules! dated {
    ($db:ident, $query:expr, $kinds:expr) => {{
        let query: &TransactionQuery = $query;
        let mut rows: Vec<StoredTransaction> = Vec::new();
        for &kind in $kinds {
            let mut sql = Sql::window(query, kind);
            let found: Vec<TransactionRow> = sql.build_query_as().fetch_all(&mut *$db).await?;
            let noted = kind == Rows::Noted;
            rows.extend(found.into_iter().map(|row| StoredTransaction { noted, ..row.into() }));
        }
        if $kinds.len() > 1 {
            rows.sort_by_cached_key(StoredTransaction::position);
            if !query.anchor.is_upwards() {
                rows.reverse();
            }
        }
        rows
    }};
}

/// The parts of a list that is sorted by account.
macro_rules! parts_of {
    ($db:ident, $query:expr) => {{
        let called: Vec<Called> = sqlx::query_as(CALLED).fetch_all(&mut *$db).await?;
        parts($query, &ranked(called))
    }};
}

/// Rows from the anchor on, nearest first, one more than the limit or more.
macro_rules! nearest {
    ($db:ident, $query:expr) => {{
        let query: &TransactionQuery = $query;
        let kinds = Rows::of(query);
        if is_by_account(query) {
            let mut rows: Vec<StoredTransaction> = Vec::new();
            for Part { rank, query: mut part } in parts_of!($db, query) {
                part.limit = query.limit - u32::try_from(rows.len()).unwrap_or(query.limit);
                let found = dated!($db, &part, kinds);
                let ranked = |row| StoredTransaction { account_rank: rank, ..row };
                rows.extend(found.into_iter().map(ranked));
                if rows.len() > query.limit as usize {
                    break;
                }
            }
            rows
        } else if matches!(query.sort.key, SortKey::Date | SortKey::Account) {
            dated!($db, query, kinds)
        } else {
            let found: Vec<TransactionRow> =
                Sql::sorted(query).build_query_as().fetch_all(&mut *$db).await?;
            found.into_iter().map(Into::into).collect()
        }
    }};
}

impl Store {
    /// Neighbouring rows from the anchor on, in the order of the list.
    pub async fn load_transactions(&self, query: &TransactionQuery) -> Result<TransactionWindow> {
        let natural = query.natural();
        let rows: Vec<StoredTransaction> = with_db!(self, |db| {
            let narrow = narrowed!(self, db, &natural);
            let rows = nearest!(db, &narrow);
            Ok(rows)
        })
        .wrap_err("loading transactions")?;
        let mut window = window(rows, query);
        self.fill_balances(query, &mut window.rows).await?;
        Ok(window)
    }

    /// Every row of the query, at most its limit; with `ends` those from the upper to the lower place
    /// of its list, both included.
    pub async fn load_picked(
        &self,
        query: &TransactionQuery,
        ends: Option<&(Position, Position)>,
    ) -> Result<Vec<StoredTransaction>> {
        let (most, sort) = (query.limit as usize, query.sort);
        let mut anchor =
            ends.map_or(Anchor::Newest, |(upper, _)| Anchor::Older(sort.right_above(upper)));
        let is_inside = |row: &StoredTransaction| {
            ends.is_none_or(|(_, lower)| !sort.is_above(lower, &sort.position(row)))
        };
        let mut picked: Vec<StoredTransaction> = Vec::new();
        loop {
            let page = TransactionQuery { anchor, limit: PICKED_AT_ONCE, ..query.clone() };
            let window = self.load_transactions(&page).await?;
            let (read, at_end) = (window.rows.len(), window.at_end);
            let before = picked.len();
            picked.extend(window.rows.into_iter().take_while(is_inside));
            let whole = picked.len() - before == read;
            let Some(last) = picked.last().filter(|_| whole && !at_end) else { break };
            if picked.len() >= most {
                break;
            }
            anchor = Anchor::Older(sort.position(last));
        }
        picked.truncate(most);
        Ok(picked)
    }

    /// These rows of one account, newest first in each few hundred; ids that are not stored have none.
    pub async fn load_rows(
        &self,
        account: &AccountId,
        ids: &[TransactionId],
    ) -> Result<Vec<StoredTransaction>> {
        let rows: Vec<TransactionRow> = with_db!(self, |db| {
            let rows = select_rows!(db, account, ids);
            Ok(rows)
        })
        .wrap_err("loading transactions")?;
        Ok(rows.into_iter().map(Into::into).collect())
    }

    /// The user's words about these rows; a row without any has none.
    pub async fn load_words(
        &self,
        rows: &[StoredTransaction],
    ) -> Result<HashMap<TransactionKey, Annotation>> {
        with_db!(self, |db| {
            let found = words_of!(db, rows);
            Ok(found)
        })
        .wrap_err("loading the user's words")
    }

    /// All rows that the query means, whatever its anchor and limit.
    pub async fn count_transactions(&self, query: &TransactionQuery) -> Result<i64> {
        with_db!(self, |db| {
            let query = narrowed!(self, db, query);
            Sql::count(&query, None).build_query_scalar().fetch_one(db).await
        })
        .wrap_err("counting transactions")
    }

    /// How many rows of the query stand above this position of its list.
    pub async fn count_newer(&self, query: &TransactionQuery, position: &Position) -> Result<i64> {
        let anchor = Anchor::Newer(position.clone());
        let query = TransactionQuery { anchor, ..query.clone() }.natural();
        with_db!(self, |db| {
            let query = narrowed!(self, db, &query);
            if is_by_account(&query) {
                let mut count = 0;
                for part in parts_of!(db, &query) {
                    let mut sql = Sql::count_beyond(&part.query);
                    let of_part: i64 = sql.build_query_scalar().fetch_one(&mut *db).await?;
                    count += of_part;
                }
                return Ok(count);
            }
            Sql::count_beyond(&query).build_query_scalar().fetch_one(db).await
        })
        .wrap_err("counting the transactions above one")
    }
}

/// Cuts the rows to the limit and puts them into the order of the list. One row more than that was
/// asked for, to learn whether the list goes on.
fn window(mut rows: Vec<StoredTransaction>, query: &TransactionQuery) -> TransactionWindow {
    let limit = query.limit as usize;
    let at_end = rows.len() <= limit;
    rows.truncate(limit);
    if query.anchor.is_upwards() {
        rows.reverse();
    }
    TransactionWindow { rows, at_end }
}

#[cfg(test)]
mod tests {
    use sqlx::{Execute as _, Row as _};

    use super::*;
    use crate::database::Database;
    use std::sync::Arc;

    use crate::domain::query::parse;
    use crate::domain::{Lead, Scope, Status};
    use crate::store::StoreOptions;
    use crate::store::engine::Engine;

    /// SQLite's plan, a line a step.
    pub(super) async fn plan(store: &Store, mut sql: Sql<sqlx::Sqlite>) -> Vec<String> {
        let Engine::Sqlite(engine) = store.engine() else { panic!("opened in memory") };
        let mut explain = sqlx::QueryBuilder::with_arguments(
            format!("explain query plan {}", sql.sql().as_str()),
            sql.build().take_arguments().unwrap().unwrap(),
        );
        let mut session = engine.read().await.unwrap();
        let rows = explain.build().fetch_all(&mut session).await.unwrap();
        rows.iter().map(|row| row.get("detail")).collect()
    }

    #[tokio::test]
    async fn every_window_is_a_search_in_one_index_without_sorting() {
        let store = Store::open(StoreOptions::new(Database::Memory)).await.unwrap();
        let position = Position {
            noted: false,
            lead: Lead::None,
            date: "2026-11-22".parse().unwrap(),
            account_id: "acc_1".into(),
            sequence: 1,
            id: "txn_1".into(),
        };
        for (account, index) in [
            (None, "pb_transactions_by_date"),
            (Some("acc_1".into()), "pb_transactions_by_account"),
        ] {
            for anchor in [
                Anchor::Newest,
                Anchor::Oldest,
                Anchor::Older(position.clone()),
                Anchor::Newer(position.clone()),
            ] {
                for status in [None, Some(Status::Posted)] {
                    let newest = TransactionQuery::newest(account.clone(), 50);
                    let query = TransactionQuery { anchor: anchor.clone(), status, ..newest };
                    let plan = plan(&store, Sql::window(&query, Rows::Live)).await;
                    assert_eq!(plan.len(), 1, "{query:?} {plan:?}");
                    assert!(plan[0].contains(index), "{query:?} {plan:?}");
                    if matches!(anchor, Anchor::Older(_) | Anchor::Newer(_)) {
                        assert!(plan[0].starts_with("SEARCH"), "{query:?} {plan:?}");
                    }
                }
            }
        }
    }

    #[tokio::test]
    async fn pending_and_withdrawn_rows_have_small_indexes_of_their_own() {
        let store = Store::open(StoreOptions::new(Database::Memory)).await.unwrap();
        for account in [None, Some("acc_1".into())] {
            let mut query = TransactionQuery::newest(account, 50);
            let withdrawn = plan(&store, Sql::window(&query, Rows::Withdrawn)).await;
            let has = |plan: &[String], name: &str| plan.iter().any(|step| step.contains(name));
            assert!(has(&withdrawn, "pb_transactions_withdrawn"), "{query:?} {withdrawn:?}");
            query.status = Some(Status::Pending);
            let pending = plan(&store, Sql::window(&query, Rows::Live)).await;
            assert!(has(&pending, "pb_transactions_pending"), "{query:?} {pending:?}");
            let count = plan(&store, Sql::count(&query, None)).await;
            assert!(has(&count, "pb_transactions_pending"), "{query:?} {count:?}");
        }
    }

    /// Of all rows that there are, only those withdrawn are looked at, and their notes by key.
    #[tokio::test]
    async fn gone_rows_are_found_by_the_small_index_whether_noted_or_not() {
        let store = Store::open(StoreOptions::new(Database::Memory)).await.unwrap();
        for account in [None, Some("acc_1".into())] {
            let newest = TransactionQuery::newest(account, 50);
            let query = TransactionQuery { scope: Scope::Gone, ..newest };
            for &rows in Rows::of(&query) {
                let plan = plan(&store, Sql::window(&query, rows)).await;
                let of = |table: &str| plan.iter().find(|step| step.contains(table));
                assert!(of("pb_transactions_withdrawn").is_some(), "{query:?} {plan:?}");
                let notes = of("pb_annotations").map_or("", String::as_str);
                assert!(notes.starts_with("SEARCH") && notes.contains('?'), "{plan:?}");
            }
            let count = plan(&store, Sql::count(&query, None)).await;
            let scans = count.iter().filter(|step| step.starts_with("SCAN"));
            assert!(
                scans.clone().all(|step| step.contains("withdrawn") || step.contains("CONSTANT")),
                "{count:?}"
            );
        }
    }

    pub(super) fn search(text: &str) -> TransactionQuery {
        let names = crate::domain::query::Names::default();
        let filter = parse(text, "2026-11-22".parse().unwrap()).resolve(&names);
        TransactionQuery { filter: Arc::new(filter), ..TransactionQuery::newest(None, 50) }
    }

    #[tokio::test]
    async fn a_search_reads_one_index_in_its_order_and_only_the_rows_it_shows() {
        let store = Store::open(StoreOptions::new(Database::Memory)).await.unwrap();
        for text in ["rowan", "-rowan \"two words\"", "amt:>50 is:out", "-has:tag -is:transfer"] {
            let plan = plan(&store, Sql::window(&search(text), Rows::Live)).await;
            let found = plan.iter().position(|step| step == "SCAN found").unwrap_or_default();
            let inside = plan[..found].join("; ");
            assert!(inside.contains("USING COVERING INDEX pb_transactions_by_date"), "{plan:?}");
            assert!(!inside.contains("TEMP B-TREE"), "{plan:?}");
            let rows = &plan[found + 1];
            assert!(rows.starts_with("SEARCH pb_transactions USING"), "{plan:?}");
            assert!(rows.contains("account_id=? AND id=?"), "{plan:?}");
        }
    }

    #[tokio::test]
    async fn days_are_added_up_in_the_order_of_the_index() {
        let store = Store::open(StoreOptions::new(Database::Memory)).await.unwrap();
        let plan = plan(&store, Sql::sums_by_day(&search("rowan amt:>50"))).await;
        assert_eq!(plan.len(), 1, "{plan:?}");
        assert!(plan[0].contains("USING COVERING INDEX pb_transactions_by_date"), "{plan:?}");
    }

    #[tokio::test]
    async fn a_plain_count_never_looks_at_the_rows() {
        let store = Store::open(StoreOptions::new(Database::Memory)).await.unwrap();
        for account in [None, Some("acc_1".into())] {
            let query = TransactionQuery::newest(account, 50);
            let plan = plan(&store, Sql::count(&query, None)).await;
            assert!(plan.iter().all(|step| !step.contains("pb_transactions")), "{plan:?}");
        }
    }
}
