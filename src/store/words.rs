//! The user's own words as they are kept: read and written by row, a few hundred at once.

use std::collections::HashMap;

use crate::domain::{Annotation, TransactionId};

/// What one statement returns of an annotation.
#[derive(Debug, sqlx::FromRow)]
pub(super) struct WordsRow {
    transaction_id: TransactionId,
    note: Option<String>,
    category: Option<String>,
    name: Option<String>,
    left_out: bool,
}

#[derive(Debug, sqlx::FromRow)]
pub(super) struct TagRow {
    transaction_id: TransactionId,
    tag: String,
    removed: bool,
}

/// Rows without any words have no entry.
pub(super) fn collect(
    words: Vec<WordsRow>,
    tags: Vec<TagRow>,
) -> HashMap<TransactionId, Annotation> {
    let mut found: HashMap<TransactionId, Annotation> = HashMap::new();
    for row in words {
        let WordsRow { transaction_id, note, category, name, left_out } = row;
        let words = Annotation { note, category, name, left_out, ..Annotation::default() };
        found.insert(transaction_id, words);
    }
    for row in tags {
        let words = found.entry(row.transaction_id).or_default();
        if row.removed { words.untagged.push(row.tag) } else { words.tags.push(row.tag) }
    }
    for words in found.values_mut() {
        // The engines differ in how they sort text.
        words.tags.sort_unstable();
        words.untagged.sort_unstable();
    }
    found
}

/// The words about these rows of one account.
macro_rules! load {
    ($tx:ident, $account:expr, $ids:expr) => {{
        let (mut words, mut tags) = (Vec::new(), Vec::new());
        for chunk in $ids.chunks($crate::store::rows::ROWS_A_STATEMENT) {
            macro_rules! ask {
                ($select:literal) => {{
                    let mut sql = sqlx::QueryBuilder::new($select);
                    sql.push_bind($account).push(" and transaction_id in (");
                    let mut list = sql.separated(", ");
                    for id in chunk {
                        list.push_bind(id);
                    }
                    sql.push(")");
                    sql.build_query_as().fetch_all(&mut *$tx).await?
                }};
            }
            let of_chunk: Vec<$crate::store::words::WordsRow> = ask!(
                "select transaction_id, note, category, name, left_out
                from pb_annotations where account_id = "
            );
            words.extend(of_chunk);
            let of_chunk: Vec<$crate::store::words::TagRow> =
                ask!("select transaction_id, tag, removed from pb_tags where account_id = ");
            tags.extend(of_chunk);
        }
        $crate::store::words::collect(words, tags)
    }};
}

/// Of one row.
macro_rules! of {
    ($tx:ident, $account:expr, $id:expr) => {{
        let ids = std::slice::from_ref($id);
        $crate::store::words::load!($tx, $account, ids).remove($id).unwrap_or_default()
    }};
}

/// Keeps what is said about rows of one account now, `(id, before, after)` each, and derives the
/// rows anew.
macro_rules! save {
    ($tx:ident, $account:expr, $rows:expr, $now:expr) => {{
        let rows: Vec<(
            &$crate::domain::TransactionId,
            &$crate::domain::Annotation,
            &$crate::domain::Annotation,
        )> = $rows;
        let rows: Vec<_> = rows.into_iter().filter(|(_, before, after)| before != after).collect();
        let texts: Vec<_> = rows
            .iter()
            .filter(|(_, before, after)| {
                (&before.note, &before.category, &before.name, before.left_out)
                    != (&after.note, &after.category, &after.name, after.left_out)
            })
            .collect();
        $crate::store::rows::insert_rows!(
            $tx,
            "insert into pb_annotations
                (account_id, transaction_id, note, category, name, edited_at, left_out) ",
            texts,
            |bind, row| bind
                .push_bind($account)
                .push_bind(row.0)
                .push_bind(&row.2.note)
                .push_bind(&row.2.category)
                .push_bind(&row.2.name)
                .push_bind($now)
                .push_bind(row.2.left_out),
            " on conflict (account_id, transaction_id) do update set
                note = excluded.note, category = excluded.category, name = excluded.name,
                edited_at = excluded.edited_at, left_out = excluded.left_out"
        );
        let tags: Vec<_> = rows
            .iter()
            .filter(|(_, b, a)| (&b.tags, &b.untagged) != (&a.tags, &a.untagged))
            .collect();
        for chunk in tags.chunks($crate::store::rows::ROWS_A_STATEMENT) {
            let mut sql = sqlx::QueryBuilder::new("delete from pb_tags where account_id = ");
            sql.push_bind($account).push(" and transaction_id in (");
            let mut list = sql.separated(", ");
            for (id, _, _) in chunk {
                list.push_bind(*id);
            }
            sql.push(")").build().execute(&mut *$tx).await?;
        }
        let tags: Vec<_> = tags
            .iter()
            .flat_map(|(id, _, after)| {
                let own = after.tags.iter().map(move |tag| (*id, tag, false));
                own.chain(after.untagged.iter().map(move |tag| (*id, tag, true)))
            })
            .collect();
        $crate::store::rows::insert_rows!(
            $tx,
            "insert into pb_tags (account_id, transaction_id, tag, edited_at, removed) ",
            tags,
            |bind, row| bind
                .push_bind($account)
                .push_bind(row.0)
                .push_bind(row.1)
                .push_bind($now)
                .push_bind(row.2),
            ""
        );
        let ids: Vec<_> = rows.iter().map(|(id, _, _)| (*id).clone()).collect();
        $crate::store::shown::refresh!($tx, $account, ids);
    }};
}

/// Of one row.
macro_rules! write {
    ($tx:ident, $account:expr, $id:expr, $before:expr, $words:expr, $now:expr) => {{
        let row: (_, &$crate::domain::Annotation, &$crate::domain::Annotation) =
            ($id, $before, $words);
        $crate::store::words::save!($tx, $account, vec![row], $now);
    }};
}
pub(super) use {load, of, save, write};
