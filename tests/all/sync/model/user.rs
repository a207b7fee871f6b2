//! A user who writes about rows, and what must be found of it later.

use std::collections::BTreeMap;

use passbook::domain::{Annotation, Life, Status, StoredTransaction, TransactionKey};

use super::Case;

/// What the user wrote on one row; every word only once in a case.
#[derive(Debug, Default)]
pub(super) struct Words {
    notes: Vec<String>,
    tags: Vec<String>,
    category: Option<String>,
    name: Option<String>,
}

impl Words {
    /// On the row itself, which keeps its own copy for ever.
    fn are_on(&self, kept: &Annotation) -> bool {
        self.are_carried_to(kept)
            && (self.category.is_none() || self.category == kept.category)
            && (self.name.is_none() || self.name == kept.name)
    }

    /// On the row it became, whose own category and name would win.
    fn are_carried_to(&self, kept: &Annotation) -> bool {
        let note = kept.note.as_deref().unwrap_or_default();
        self.notes.iter().all(|word| note.contains(word))
            && self.tags.iter().all(|tag| kept.tags.contains(tag))
            && (self.category.is_none() || kept.category.is_some())
            && (self.name.is_none() || kept.name.is_some())
    }
}

impl Case {
    pub(super) async fn write_words(&mut self) {
        let pending = self.pending().await;
        // Pending rows are those whose words have a way to go.
        let among = if pending.is_empty() || self.dice.roll(3) == 0 {
            let live = |row: &StoredTransaction| row.life == Life::Live;
            self.keys(live).await
        } else {
            pending
        };
        let Some(key) = self.dice.pick(&among).cloned() else { return };
        self.write_words_on(&key).await;
    }

    pub(super) async fn pending(&self) -> Vec<TransactionKey> {
        self.keys(|row| row.life == Life::Live && row.transaction.status == Status::Pending).await
    }

    async fn keys(&self, wanted: impl Fn(&StoredTransaction) -> bool) -> Vec<TransactionKey> {
        let rows = self.all_rows().await;
        rows.iter().filter(|row| wanted(row)).map(StoredTransaction::key).collect()
    }

    pub(super) async fn write_words_on(&mut self, key: &TransactionKey) {
        let word = format!("word {} on {}", self.log.len(), key.id);
        let words = self.words.entry(key.clone()).or_default();
        let values = format!(
            "values ('{}', '{}', '{word}', '2026-01-01T00:00:00+00:00')",
            key.account_id, key.id
        );
        let column = match self.dice.roll(4) {
            0 => {
                words.tags.push(word);
                let sql = format!(
                    "insert into pb_tags (account_id, transaction_id, tag, edited_at) {values}"
                );
                return self.world.test.at.run(sql).await;
            }
            1 => {
                words.category = Some(word);
                "category"
            }
            2 => {
                words.name = Some(word);
                "name"
            }
            _ => {
                words.notes.push(word);
                "note"
            }
        };
        let value = match column {
            "note" => "coalesce(pb_annotations.note || ' / ', '') || excluded.note".to_owned(),
            column => format!("excluded.{column}"),
        };
        let sql = format!(
            "insert into pb_annotations (account_id, transaction_id, {column}, edited_at) {values}
            on conflict (account_id, transaction_id) do update set {column} = {value}"
        );
        self.world.test.at.run(sql).await;
    }

    pub(super) async fn assert_words_are_kept(
        &self,
        rows: &BTreeMap<TransactionKey, StoredTransaction>,
    ) {
        for (key, words) in &self.words {
            let own = self.annotation(key).await;
            assert!(words.are_on(&own), "{words:?} not on {key:?}: {own:?}\n{:#?}", self.log);
            let mut end = key.clone();
            while let Some(next) = rows[&end].replaced_by.clone() {
                end.id = next;
                assert!(end != *key, "{key:?} was replaced by itself\n{:#?}", self.log);
            }
            let kept = self.annotation(&end).await;
            let carried = words.are_carried_to(&kept);
            assert!(carried, "{words:?} not carried to {end:?}: {kept:?}\n{:#?}", self.log);
        }
    }

    async fn annotation(&self, key: &TransactionKey) -> Annotation {
        self.world.store().load_detail(key).await.unwrap().unwrap().annotation
    }
}
