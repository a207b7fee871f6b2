//! What a person says against the sync: which row became which, and what to read once more.

use super::App;
use super::deed::Deed;
use super::event::Effect;
use super::overlay::{Aside, Matching, Overlay};
use crate::domain::{
    Life, QuarantinedRow, Retried, Scope, StoredTransaction, TransactionId, TransactionKey,
};

/// Unreadable rows shown at most: far more is a bank to be asked again, not a few odd rows.
const ASIDE: u32 = 500;
pub(super) const READ_ONLY: &str = "Read-only: this would write. Start without --read-only.";

impl App {
    /// Shows these rows, or with the key that showed them those of the bank's list again.
    pub(super) fn toggle_scope(&mut self, scope: Scope) -> Vec<Effect> {
        let Some(list) = self.list_mut() else { return Vec::new() };
        let scope = if list.scope() == scope { Scope::Live } else { scope };
        let effects = list.show(scope);
        self.tell(match scope {
            Scope::Live => "Only what the bank lists.",
            Scope::All => "Rows that the bank withdrew or replaced show too; no sum counts them.",
            Scope::Gone => "Only rows that the bank withdrew, those with your note first.",
        });
        effects
    }

    /// Offers what the withdrawn row may have become.
    pub(super) fn match_by_hand(&mut self) -> Vec<Effect> {
        let opened = self.detail.as_ref().map(|detail| &detail.row);
        let Some(row) = opened.or_else(|| self.list().and_then(|list| list.selected())).cloned()
        else {
            return Vec::new();
        };
        let refusal = match row.life {
            _ if self.setup.read_only => READ_ONLY,
            Life::Gone => {
                let key = row.key();
                self.overlay = Some(Overlay::Matching(Box::new(Matching::of(row))));
                return vec![Effect::LoadPairCandidates(key)];
            }
            Life::Replaced => "This row has its match already: open it to undo that first.",
            _ => "The bank still lists this row: only a withdrawn one became another.",
        };
        self.tell(refusal);
        Vec::new()
    }

    pub(super) fn candidates_loaded(
        &mut self,
        gone: &TransactionKey,
        rows: Vec<StoredTransaction>,
    ) {
        if let Some(Overlay::Matching(matching)) = &mut self.overlay
            && matching.gone.key() == *gone
        {
            matching.candidates = Some(rows);
        }
    }

    pub(super) fn make_match(&mut self, matching: Box<Matching>) -> Vec<Effect> {
        let Some(came) = matching.chosen().map(StoredTransaction::key) else {
            self.overlay = Some(Overlay::Matching(matching));
            return Vec::new();
        };
        vec![Effect::MakePair { gone: matching.gone.key(), came }]
    }

    pub(super) fn pair_made(&mut self, came: TransactionKey) -> Vec<Effect> {
        let undo = self.undo_hint();
        self.tell(format!("Matched; your words have followed the charge.{undo}"));
        let effects = self.reload(Some(&came.account_id));
        self.deeds.push(Deed::Match(came));
        effects
    }

    /// The posted row of the open transaction's match, if it has one.
    pub(super) fn match_of_detail(&self) -> Option<TransactionKey> {
        let detail = self.detail.as_ref()?;
        let loaded = detail.loaded.as_ref()?;
        posted_of_match(&detail.row, loaded.predecessor.as_ref())
    }

    pub(super) fn pair_parted(&mut self, gone: &TransactionKey) -> Vec<Effect> {
        self.deeds.pop_if(|deed| matches!(deed, Deed::Match(_)));
        self.tell("Match undone: words that came with it went back. No sync makes it again.");
        self.reload(Some(&gone.account_id))
    }

    pub(super) fn toggle_aside(&mut self) -> Vec<Effect> {
        if matches!(self.overlay, Some(Overlay::Aside(_))) {
            self.overlay = None;
            return Vec::new();
        }
        self.overlay = Some(Overlay::Aside(Aside::default()));
        vec![Effect::LoadQuarantine { limit: ASIDE }]
    }

    pub(super) fn aside_loaded(&mut self, rows: Vec<QuarantinedRow>) {
        if let Some(Overlay::Aside(aside)) = &mut self.overlay {
            aside.show(rows);
        }
    }

    pub(super) fn retry_aside(&mut self) -> Vec<Effect> {
        let Some(Overlay::Aside(aside)) = &mut self.overlay else { return Vec::new() };
        if aside.retrying || aside.chosen().is_none() {
            return Vec::new();
        }
        if self.setup.read_only {
            self.tell(READ_ONLY);
            return Vec::new();
        }
        aside.retrying = true;
        self.tell("Reading them once more; no bank is asked.");
        vec![Effect::RetryQuarantine]
    }

    pub(super) fn retried(&mut self, retried: Retried) -> Vec<Effect> {
        let Retried { read, overtaken, unreadable, busy } = retried;
        let facts = [
            (read, "stored"),
            (overtaken, "overtaken"),
            (unreadable, "unreadable still"),
            (busy, "waiting for a sync"),
        ];
        let facts = facts.into_iter().filter(|(count, _)| *count > 0);
        let facts: Vec<String> = facts.map(|(count, what)| format!("{count} {what}")).collect();
        self.tell(format!("Tried again: {}.", facts.join(", ")));
        let mut effects = self.reload(None);
        if let Some(Overlay::Aside(aside)) = &mut self.overlay {
            aside.retrying = false;
            effects.push(Effect::LoadQuarantine { limit: ASIDE });
        }
        effects
    }

    pub(super) fn edit_failed(&mut self, message: &str) {
        if let Some(Overlay::Aside(aside)) = &mut self.overlay {
            aside.retrying = false;
        }
        let typed = self.typed.take();
        let again = if typed.is_some() { ", and what was typed is still here" } else { "" };
        if let Some(typed) = typed {
            self.lay_over(Overlay::Editing(typed));
        }
        self.warn(format!("Nothing was changed{again}: {message}"));
    }
}

/// Which of a row and its match stands in the bank's list; `None` where there is no match.
pub fn posted_of_match(
    row: &StoredTransaction,
    predecessor: Option<&TransactionId>,
) -> Option<TransactionKey> {
    let became = row.replaced_by.clone().filter(|_| row.life == Life::Replaced);
    match became {
        Some(id) => Some(TransactionKey { id, ..row.key() }),
        None => predecessor.map(|_| row.key()),
    }
}
