//! What the keys do with rows that look alike.

use std::sync::Arc;

use super::App;
use super::by_hand::READ_ONLY;
use super::doubles::{Doubles, OpenDouble};
use super::editing::leave_out;
use super::event::Effect;
use super::looking::only;
use super::overlay::Overlay;
use crate::domain::TransactionQuery;

/// Rows of one group, and far more than any has.
const MOST_ROWS: u32 = 100;

impl App {
    pub(super) fn show_duplicates(&mut self) -> Vec<Effect> {
        self.overlay = Some(Overlay::Duplicates(Box::default()));
        if self.insights.patterns.is_some() || self.accounts.lines.is_empty() {
            return Vec::new();
        }
        self.insights.ask_patterns(self.today())
    }

    /// The rows of the selected group, side by side.
    pub(super) fn open_double(&mut self, mut doubles: Box<Doubles>) -> Vec<Effect> {
        let group = self.insights.duplicates().get(doubles.selected);
        let query = group.filter(|_| doubles.open.is_none()).map(|group| TransactionQuery {
            since: group.rows.first().map(|(date, _)| *date),
            until: group.rows.last().map(|(date, _)| *date),
            filter: Arc::new(only(group.rows.iter().map(|(_, key)| key))),
            ..TransactionQuery::newest(None, MOST_ROWS)
        });
        if let Some(query) = &query {
            doubles.open = Some(OpenDouble { query: query.clone(), rows: None, at: 0 });
        }
        self.overlay = Some(Overlay::Duplicates(doubles));
        query.map(|query| Effect::LoadPicked { query, ends: None }).into_iter().collect()
    }

    /// The group is none, for good; or, where its rows are open, one of them leaves the insights.
    pub(super) fn settle_double(&mut self) -> Vec<Effect> {
        if self.setup.read_only {
            self.tell(READ_ONLY);
            return Vec::new();
        }
        let Some(Overlay::Duplicates(doubles)) = &self.overlay else { return Vec::new() };
        if doubles.open.is_some() {
            let row = doubles.row().cloned();
            return row.map(|row| Effect::Edit(leave_out(&[row]))).into_iter().collect();
        }
        let gone = self.insights.dismiss_duplicate(doubles.selected);
        if let Some(Overlay::Duplicates(doubles)) = &mut self.overlay {
            doubles.move_by(0, self.insights.duplicates().len());
        }
        gone.map(|gone| Effect::Edit(gone.dismissal())).into_iter().collect()
    }

    /// Asks again for the rows that are open, after an edit.
    pub(super) fn reload_double(&self) -> Option<Effect> {
        let Some(Overlay::Duplicates(doubles)) = &self.overlay else { return None };
        let query = doubles.open.as_ref()?.query.clone();
        Some(Effect::LoadPicked { query, ends: None })
    }
}
