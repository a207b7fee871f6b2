//! The groups of a list's rows: the largest first, more of them as one goes down.

use super::event::Effect;
use crate::domain::{Anchor, Group, GroupBy, GroupKey, GroupQuery, Groups, TransactionQuery};

/// Groups asked for at first: more than a screen shows.
const AT_FIRST: u32 = 100;

#[derive(Clone, Debug)]
pub struct Grouping {
    query: GroupQuery,
    groups: Vec<Group>,
    at_end: bool,
    loaded: bool,
    asked: Option<GroupQuery>,
    /// Always below `groups.len()`; 0 when there are none.
    selected: usize,
    /// Reload once the answer is in: the rows changed after it was asked for.
    again: bool,
}

impl Grouping {
    /// The groups of all rows that the question means, whatever its anchor and limit.
    pub fn open(rows: TransactionQuery, by: GroupBy) -> (Self, Vec<Effect>) {
        let rows = TransactionQuery { anchor: Anchor::Newest, limit: 0, ..rows };
        let query = GroupQuery { rows, by, limit: AT_FIRST };
        let mut grouping = Self {
            query,
            groups: Vec::new(),
            at_end: false,
            loaded: false,
            asked: None,
            selected: 0,
            again: false,
        };
        let effects = grouping.ask();
        (grouping, effects)
    }

    pub fn by(&self) -> GroupBy {
        self.query.by
    }

    pub fn rows(&self) -> &TransactionQuery {
        &self.query.rows
    }

    pub fn groups(&self) -> &[Group] {
        &self.groups
    }

    pub fn is_loaded(&self) -> bool {
        self.loaded
    }

    /// Every group that there is, is here.
    pub fn is_whole(&self) -> bool {
        self.loaded && self.at_end
    }

    pub fn selected_index(&self) -> usize {
        self.selected
    }

    pub fn selected(&self) -> Option<&Group> {
        self.groups.get(self.selected)
    }

    pub fn move_by(&mut self, rows: isize) -> Vec<Effect> {
        let last = self.groups.len().saturating_sub(1);
        self.selected = self.selected.saturating_add_signed(rows).min(last);
        let near = self.selected + AT_FIRST as usize / 2 > last;
        if !near || self.at_end || !self.loaded || self.asked.is_some() {
            return Vec::new();
        }
        // The database adds all rows up again, whatever the limit: so ask seldom.
        self.query.limit = self.query.limit.saturating_mul(4);
        self.ask()
    }

    fn ask(&mut self) -> Vec<Effect> {
        self.asked = Some(self.query.clone());
        vec![Effect::LoadGroups(self.query.clone())]
    }

    /// Asks again, because the rows have changed. The selected group stays.
    pub fn reload(&mut self) -> Vec<Effect> {
        if self.asked.is_some() {
            self.again = true;
            return Vec::new();
        }
        self.ask()
    }

    /// Takes in an answer. One to a question no longer asked changes nothing.
    pub fn answer(&mut self, query: &GroupQuery, groups: &Groups) -> Vec<Effect> {
        if self.asked.take_if(|asked| asked == query).is_none() {
            return Vec::new();
        }
        let before = self.selected().map(|group| group.key.clone());
        self.groups.clone_from(&groups.groups);
        (self.at_end, self.loaded) = (groups.at_end, true);
        let same = |key: &GroupKey| self.groups.iter().position(|group| group.key == *key);
        let place = before.as_ref().and_then(same).unwrap_or(self.selected);
        self.selected = place.min(self.groups.len().saturating_sub(1));
        if std::mem::take(&mut self.again) { self.ask() } else { Vec::new() }
    }

    /// The question went wrong: it may be asked again.
    pub fn failed(&mut self, query: &GroupQuery) {
        self.asked.take_if(|asked| asked == query);
    }
}
