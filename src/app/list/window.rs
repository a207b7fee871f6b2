//! How the rows that are kept follow the selected one: what is asked, and how answers join.

use std::sync::Arc;

use chrono::Days;

use super::{Fresh, Landing, SCREENS, TransactionList};
use crate::app::event::Effect;
use crate::domain::{
    Anchor, Position, Scope, Sort, StoredTransaction, TransactionKey, TransactionQuery,
    TransactionWindow,
};

impl TransactionList {
    pub(super) fn around(&mut self, place: Position, landing: Landing) -> Vec<Effect> {
        self.replace(Anchor::Older(place.clone()), Some(Anchor::Newer(place)), landing)
    }

    pub(super) fn replace(
        &mut self,
        main: Anchor,
        above: Option<Anchor>,
        landing: Landing,
    ) -> Vec<Effect> {
        let kept = if landing == Landing::Same { self.selected + self.height } else { 0 };
        let main = self.query(main, kept);
        let above = above.map(|anchor| self.query(anchor, 0));
        let effects = std::iter::once(&main).chain(&above).cloned().map(Effect::LoadTransactions);
        let effects = effects.collect();
        (self.newer, self.older, self.placing) = (None, None, None);
        self.fresh = Some(Fresh {
            main: (main, None),
            above: above.map(|query| (query, None)),
            landing,
            moved: 0,
        });
        effects
    }

    pub(super) fn query(&self, anchor: Anchor, at_least: usize) -> TransactionQuery {
        let limit = u32::try_from((SCREENS * self.height).max(at_least)).unwrap_or(u32::MAX);
        TransactionQuery { anchor, ..self.everything(limit) }
    }

    /// All rows of the list.
    fn everything(&self, limit: u32) -> TransactionQuery {
        let newest = TransactionQuery::newest(self.account.clone(), limit);
        let filter = Arc::clone(&self.filter);
        let (since, until) = self.span.unzip();
        let (scope, sort) = (self.scope, self.sort);
        TransactionQuery { since, until, filter, scope, sort, ..newest }
    }

    pub(super) fn prepend(&mut self, window: TransactionWindow) {
        let came = window.rows.len();
        self.at_newest = window.at_end;
        self.above = if window.at_end {
            Some(0)
        } else {
            self.above.map(|above| above.saturating_sub(came as u64))
        };
        self.place_due &= !self.at_newest;
        self.selected += came;
        self.rows.splice(0..0, window.rows);
        let kept = self.selected + 2 * SCREENS * self.height;
        if kept < self.rows.len() {
            self.rows.truncate(kept);
            self.at_oldest = false;
            self.older = None;
        }
    }

    /// Lets go of rows far above the selected one.
    pub(super) fn trim(&mut self) {
        let far = self.selected.saturating_sub(2 * SCREENS * self.height);
        if far > 0 {
            self.rows.drain(..far);
            self.selected -= far;
            self.at_newest = false;
            self.newer = None;
            self.above = self.above.map(|above| above + far as u64);
        }
    }

    /// Keeps one answer of a fresh window; once all are there, it takes the place of the old one.
    pub(super) fn complete_fresh(
        &mut self,
        query: &TransactionQuery,
        window: TransactionWindow,
    ) -> bool {
        let Some(fresh) = &mut self.fresh else { return false };
        let parts = std::iter::once(&mut fresh.main).chain(&mut fresh.above);
        let Some(part) = parts.into_iter().find(|(asked, _)| asked == query) else { return false };
        part.1 = Some(window);
        let complete =
            fresh.main.1.is_some() && fresh.above.as_ref().is_none_or(|(_, got)| got.is_some());
        if complete && let Some(fresh) = self.fresh.take() {
            self.land(fresh);
        }
        true
    }

    fn land(&mut self, fresh: Fresh) {
        let before = self.selected().map(|row| (row.key(), self.sort.position(row)));
        let place = self.place();
        let main = fresh.main.1.unwrap_or_default();
        let above = fresh.above.and_then(|(_, window)| window);
        let top = above.as_ref().map_or(0, |above| above.rows.len());
        if fresh.main.0.anchor == Anchor::Oldest {
            (self.at_newest, self.at_oldest) = (main.at_end, true);
        } else {
            self.at_newest = above.as_ref().is_none_or(|above| above.at_end);
            self.at_oldest = main.at_end;
        }
        let newer = above.map(|above| above.rows).unwrap_or_default();
        self.rows = newer.into_iter().chain(main.rows).collect();
        self.loaded = true;
        self.selected = match fresh.landing {
            Landing::Top => top,
            Landing::Last => self.rows.len(),
            Landing::Same => before.map_or(0, |(key, position)| self.place_of(&key, &position)),
        };
        self.selected = self.selected.min(self.rows.len().saturating_sub(1));
        self.above = match (self.at_newest, fresh.landing) {
            (true, _) => Some(0),
            // About where it was, until it is counted.
            (_, Landing::Same) => place.map(|place| place.saturating_sub(self.selected as u64 + 1)),
            _ => None,
        };
        self.place_due = !self.at_newest;
        self.place_end();
        self.step(fresh.moved);
    }

    /// The row of this key, or else the one that stands where it stood.
    fn place_of(&self, key: &TransactionKey, position: &Position) -> usize {
        let place = || {
            let above =
                |row: &StoredTransaction| self.sort.is_above(&self.sort.position(row), position);
            self.rows.partition_point(above)
        };
        self.rows.iter().position(|row| row.key() == *key).unwrap_or_else(place)
    }

    /// At the oldest row, the place of the first one follows from the count.
    pub(super) fn place_end(&mut self) {
        if self.place_due && self.at_oldest && !self.count_due && self.counting.is_none() {
            self.above = self.count.map(|count| count.saturating_sub(self.rows.len() as u64));
            self.place_due = self.above.is_none();
        }
    }

    /// What is missing: rows beyond an edge that comes near, the count, the place.
    pub(super) fn ask(&mut self) -> Vec<Effect> {
        if self.fresh.is_some() {
            return Vec::new();
        }
        if !self.loaded {
            return self.replace(Anchor::Newest, None, Landing::Top);
        }
        if std::mem::take(&mut self.again) {
            return self.reload(false);
        }
        let mut effects = Vec::new();
        let near = (SCREENS - 1) * self.height;
        if !self.at_oldest && self.older.is_none() && self.selected + near >= self.rows.len() {
            let position = self.rows.last().map(|row| self.sort.position(row));
            self.older = position.map(|position| self.query(Anchor::Older(position), 0));
            effects.extend(self.older.clone().map(Effect::LoadTransactions));
        }
        if !self.at_newest && self.newer.is_none() && self.selected < near {
            let position = self.rows.first().map(|row| self.sort.position(row));
            self.newer = position.map(|position| self.query(Anchor::Newer(position), 0));
            effects.extend(self.newer.clone().map(Effect::LoadTransactions));
        }
        effects.extend(self.ask_counts());
        effects
    }

    /// The question for every row that the list holds.
    pub fn all(&self) -> TransactionQuery {
        self.everything(0)
    }

    pub(super) fn ask_counts(&mut self) -> Vec<Effect> {
        let all = self.all();
        let mut effects = Vec::new();
        if self.count_due && self.counting.is_none() {
            self.count_due = false;
            effects.push(Effect::CountTransactions(all.clone()));
            self.counting = Some(all.clone());
        }
        if self.place_due
            && !self.at_oldest
            && self.placing.is_none()
            && let Some((query, key)) = self.place_question(all)
        {
            self.placing = Some((query.clone(), key));
            effects.push(Effect::CountTransactions(query));
        }
        effects
    }

    /// Which count tells a row's place, and which row's.
    fn place_question(&self, all: TransactionQuery) -> Option<(TransactionQuery, TransactionKey)> {
        if self.scope == Scope::Gone || self.sort != Sort::default() {
            // It is not newer days that stand above it.
            let row = self.rows.first()?;
            let anchor = Anchor::Newer(self.sort.position(row));
            return Some((TransactionQuery { anchor, ..all }, row.key()));
        }
        // The rows of newer days, if a new day begins at it.
        let mut pairs = self.rows.windows(2);
        let row = pairs.find_map(|pair| {
            let new_day = pair[0].transaction.date != pair[1].transaction.date;
            new_day.then_some(&pair[1])
        })?;
        let since = Some(row.transaction.date + Days::new(1));
        Some((TransactionQuery { since, ..all }, row.key()))
    }
}
