//! The keys by which rows become the user's own: picking, saying something of them, taking it back.

use super::App;
use super::by_hand::READ_ONLY;
use super::deed::{Deed, How};
use super::editing::{Editing, What, leave_out};
use super::event::Effect;
use super::overlay::Overlay;
use super::picked::MOST_PICKED;
use crate::domain::{Edited, Rule, StoredTransaction, TransactionQuery, counted};

impl App {
    /// Picks the selected row or lets go of it, and goes on to the next.
    pub(super) fn pick(&mut self) -> Vec<Effect> {
        if self.is_on_accounts() {
            self.tell("Rows are picked in their list: tab goes there.");
            return Vec::new();
        }
        let Some(row) = self.list().and_then(|list| list.selected()).cloned() else {
            return Vec::new();
        };
        self.picked.toggle(&row);
        self.move_by(1)
    }

    /// Begins a range at the selected row, or picks all rows from there to here.
    pub(super) fn pick_range(&mut self) -> Vec<Effect> {
        let Some(list) = self.list() else { return Vec::new() };
        let (Some(row), sort) = (list.selected().cloned(), list.sort()) else {
            return Vec::new();
        };
        let Some(start) = self.picked.start().cloned() else {
            self.picked.begin_range(&row, sort);
            self.tell("A range begins here: move, then v again picks all of it.");
            return Vec::new();
        };
        let end = sort.position(&row);
        let ends = if sort.is_above(&start, &end) { (start, end) } else { (end, start) };
        self.pick_between(Some(ends))
    }

    pub(super) fn pick_all(&mut self) -> Vec<Effect> {
        self.pick_between(None)
    }

    fn pick_between(
        &mut self,
        ends: Option<(crate::domain::Position, crate::domain::Position)>,
    ) -> Vec<Effect> {
        let Some(query) = self.list().map(|list| list.every_row(MOST_PICKED)) else {
            return Vec::new();
        };
        vec![Effect::LoadPicked { query, ends }]
    }

    pub(super) fn picked_loaded(&mut self, query: &TransactionQuery, rows: Vec<StoredTransaction>) {
        let rows = match &mut self.overlay {
            Some(Overlay::Duplicates(doubles)) => {
                doubles.show(query, rows);
                return;
            }
            _ => rows,
        };
        if self.list().map(|list| list.every_row(MOST_PICKED)).as_ref() != Some(query) {
            return;
        }
        let most = rows.len() >= MOST_PICKED as usize;
        self.picked.add(rows);
        if most {
            self.warn(format!(
                "Only the first {MOST_PICKED} rows are picked: a rule reaches more."
            ));
        }
    }

    /// The rows that an edit is for.
    fn chosen(&self) -> Vec<StoredTransaction> {
        if self.picked.rows().len() > 0 && self.detail.is_none() {
            return self.picked.rows().cloned().collect();
        }
        let opened = self.detail.as_ref().map(|detail| &detail.row);
        opened
            .or_else(|| self.list().and_then(|list| list.selected()))
            .cloned()
            .into_iter()
            .collect()
    }

    pub(super) fn start_editing(&mut self, what: What) -> Vec<Effect> {
        let rows = self.chosen();
        let Some(first) = rows.first() else { return Vec::new() };
        if self.setup.read_only {
            self.tell(READ_ONLY);
            return Vec::new();
        }
        let key = first.key();
        let mut effects = self.prepare_finding();
        effects.push(Effect::LoadRules);
        let mut editing = Editing::open(what, rows);
        if what == What::Note && editing.rows.len() == 1 {
            let known = self.detail.as_ref().and_then(|detail| detail.loaded.as_ref());
            match known {
                Some(loaded) => editing.note_was(loaded.annotation.note.as_deref()),
                None => effects.push(Effect::LoadDetail(key)),
            }
        }
        self.overlay = Some(Overlay::Editing(Box::new(editing)));
        effects
    }

    pub(super) fn rules_loaded(&mut self, rules: Vec<Rule>) {
        match &mut self.overlay {
            Some(Overlay::Editing(editing)) => editing.rules_told(rules),
            Some(Overlay::Rules { rules: shown, selected }) => {
                *selected = (*selected).min(rules.len().saturating_sub(1));
                *shown = Some(rules);
            }
            _ => {}
        }
    }

    /// These rows alone, or all alike.
    pub(super) fn toggle_alike(&mut self) -> Vec<Effect> {
        let Some(Overlay::Editing(editing)) = &mut self.overlay else { return Vec::new() };
        if !editing.may_be_rule() {
            self.tell("A note is about one row: no rule gives one.");
            return Vec::new();
        }
        editing.alike = !editing.alike;
        let draft = editing.draft().filter(|_| editing.alike && editing.alike_rows.is_none());
        draft.map(Effect::CountRule).into_iter().collect()
    }

    pub(super) fn rule_counted(&mut self, rule: &Rule, rows: u64) {
        if let Some(Overlay::Editing(editing)) = &mut self.overlay
            && editing.draft().as_ref() == Some(rule)
        {
            editing.alike_rows = Some(rows);
        }
    }

    /// Keeps what was typed or chosen.
    pub(super) fn finish_editing(&mut self, editing: Box<Editing>) -> Vec<Effect> {
        let names = self.find.names.clone().unwrap_or_default();
        let Some(edit) = editing.edit(&names) else {
            self.overlay = Some(Overlay::Editing(editing));
            return Vec::new();
        };
        self.typed = Some(editing);
        vec![Effect::Edit(edit)]
    }

    /// Out of every insight, or back into them; several only after a question.
    pub(super) fn leave_out(&mut self) -> Vec<Effect> {
        let rows = self.chosen();
        if self.setup.read_only {
            self.tell(READ_ONLY);
            return Vec::new();
        }
        match &rows[..] {
            [] => Vec::new(),
            [_] => vec![Effect::Edit(leave_out(&rows))],
            _ => {
                let edit = leave_out(&rows);
                self.overlay = Some(Overlay::Confirm(Box::new(edit)));
                Vec::new()
            }
        }
    }

    /// Takes the last thing back that was done: a match of this session, or the last edit in the
    /// journal; in an open transaction its match, when nothing newer was done.
    pub(super) fn undo(&mut self) -> Vec<Effect> {
        if self.setup.read_only {
            self.tell(READ_ONLY);
            return Vec::new();
        }
        match self.deeds.last() {
            Some(Deed::Edit) => vec![Effect::Undo],
            Some(Deed::Match(posted)) => vec![Effect::PartPair(posted.clone())],
            None => match self.match_of_detail() {
                Some(posted) => vec![Effect::PartPair(posted)],
                None => vec![Effect::Undo],
            },
        }
    }

    pub(super) fn redo(&mut self) -> Vec<Effect> {
        if self.setup.read_only {
            self.tell(READ_ONLY);
            return Vec::new();
        }
        vec![Effect::Redo]
    }

    pub(super) fn edited(&mut self, how: How, edited: Option<Edited>) -> Vec<Effect> {
        self.typed = None;
        let Some(edited) = edited else {
            self.tell(if how == How::Redone { "Nothing to redo." } else { "Nothing to undo." });
            return Vec::new();
        };
        match how {
            How::Made if edited.changed == 0 => {
                self.tell("Nothing to change: it is so already.");
                return Vec::new();
            }
            How::Made | How::Redone => self.deeds.push(Deed::Edit),
            How::Undone => {
                self.deeds.pop();
            }
        }
        let word = match how {
            How::Made => "Done",
            How::Undone => "Undone",
            How::Redone => "Done again",
        };
        let kept = match edited.kept {
            0 => String::new(),
            kept => format!(" {} changed since, and stayed.", counted(kept as u64, "thing")),
        };
        let key = if how == How::Undone { self.redo_hint() } else { self.undo_hint() };
        self.tell(format!("{word}: {}.{kept}{key}", edited.sentence));
        self.picked.clear();
        let mut effects = self.reload(None);
        if self.find.names.is_some() {
            effects.push(Effect::LoadNames);
        }
        effects.extend(self.reload_overlay());
        effects
    }
}

impl App {
    /// Reads again what the open overlay lists.
    fn reload_overlay(&self) -> Option<Effect> {
        match &self.overlay {
            Some(Overlay::Categories(_)) => Some(Effect::LoadCategories),
            Some(Overlay::Rules { .. }) => Some(Effect::LoadRules),
            Some(Overlay::Duplicates(_)) => self.reload_double(),
            _ => None,
        }
    }

    pub(super) fn undo_hint(&self) -> String {
        self.key_hint(super::action::Action::Undo, "undoes it")
    }

    fn redo_hint(&self) -> String {
        self.key_hint(super::action::Action::Redo, "does it again")
    }

    fn key_hint(&self, action: super::action::Action, what: &str) -> String {
        let key = self.setup.keymap.labels(action).into_iter().next();
        key.map(|key| format!(" {key} {what}.")).unwrap_or_default()
    }
}
