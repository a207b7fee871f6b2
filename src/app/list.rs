//! A list of transactions of any length: the rows around the selected one, and what is asked next.

use std::sync::Arc;

use chrono::{Datelike, NaiveDate};

use super::event::Effect;
use crate::domain::query::Filter;
use crate::domain::{
    AccountId, Anchor, Lead, Position, Scope, Sort, StoredTransaction, TransactionId,
    TransactionKey, TransactionQuery, TransactionWindow,
};

mod window;

/// Screens asked for at once, and kept on either side of the selected row.
const SCREENS: usize = 3;

/// In any order. The window moves with the selected row; the rows beyond it are in the store.
#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own about the rows")]
pub struct TransactionList {
    account: Option<AccountId>,
    /// First and last day, where it holds no others.
    span: Option<(NaiveDate, NaiveDate)>,
    filter: Arc<Filter>,
    scope: Scope,
    sort: Sort,
    rows: Vec<StoredTransaction>,
    /// Always below `rows.len()`; 0 when there are none.
    selected: usize,
    /// No row stands above those here, none below: newer and older ones in a list by date.
    at_newest: bool,
    at_oldest: bool,
    loaded: bool,
    /// Rows on one screen, roughly: how far a page goes and how much is asked for.
    height: usize,
    count: Option<u64>,
    count_due: bool,
    /// Rows in the store above the first one here.
    above: Option<u64>,
    place_due: bool,
    newer: Option<TransactionQuery>,
    older: Option<TransactionQuery>,
    fresh: Option<Fresh>,
    /// Reload once the fresh window is in: the rows changed after it was asked for.
    again: bool,
    counting: Option<TransactionQuery>,
    /// The rows newer than the day of this row are being counted.
    placing: Option<(TransactionQuery, TransactionKey)>,
}

/// A window that will take the place of the present one.
#[derive(Clone, Debug)]
struct Fresh {
    /// The rows from a place on downwards, or from one end of the list.
    main: (TransactionQuery, Option<TransactionWindow>),
    /// Those above that place.
    above: Option<(TransactionQuery, Option<TransactionWindow>)>,
    landing: Landing,
    /// Moves made while waiting.
    moved: isize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Landing {
    /// On the row that is selected when the answer comes, or where it would stand.
    Same,
    /// On the first row of the main window.
    Top,
    Last,
}

impl TransactionList {
    /// The list of one account, or of all, and the question for its newest rows.
    pub fn open(account: Option<AccountId>, height: usize) -> (Self, Vec<Effect>) {
        Self::opened(account, None, Arc::default(), height)
    }

    /// The same of these days alone, and of what the filter means.
    pub fn open_within(
        account: Option<AccountId>,
        span: (NaiveDate, NaiveDate),
        filter: Filter,
        height: usize,
    ) -> (Self, Vec<Effect>) {
        Self::opened(account, Some(span), Arc::new(filter), height)
    }

    /// The list of all rows that a question means, whatever its anchor and limit.
    pub fn open_all_of(rows: &TransactionQuery, height: usize) -> (Self, Vec<Effect>) {
        let (account, filter) = (rows.account.clone(), Arc::clone(&rows.filter));
        let (mut list, _) = Self::opened(account, rows.since.zip(rows.until), filter, height);
        (list.scope, list.sort) = (rows.scope, rows.sort);
        let effects = list.replace(Anchor::Newest, None, Landing::Top);
        (list, effects)
    }

    /// Whether a question may be one of this list's: counts narrow the first day further.
    pub fn holds(&self, query: &TransactionQuery) -> bool {
        self.account == query.account
            && self.span.map(|(_, until)| until) == query.until
            && self.filter == query.filter
    }

    fn opened(
        account: Option<AccountId>,
        span: Option<(NaiveDate, NaiveDate)>,
        filter: Arc<Filter>,
        height: usize,
    ) -> (Self, Vec<Effect>) {
        let mut list = Self {
            account,
            span,
            filter,
            scope: Scope::Live,
            sort: Sort::default(),
            rows: Vec::new(),
            selected: 0,
            at_newest: false,
            at_oldest: false,
            loaded: false,
            height: height.max(10),
            count: None,
            count_due: true,
            above: None,
            place_due: false,
            newer: None,
            older: None,
            fresh: None,
            again: false,
            counting: None,
            placing: None,
        };
        let effects = list.replace(Anchor::Newest, None, Landing::Top);
        (list, effects)
    }

    pub fn account(&self) -> Option<&AccountId> {
        self.account.as_ref()
    }

    /// The question for every row that the list means, the newest so many.
    pub fn every_row(&self, limit: u32) -> TransactionQuery {
        TransactionQuery { limit, ..self.query(Anchor::Newest, 0) }
    }

    pub fn scope(&self) -> Scope {
        self.scope
    }

    pub fn sort(&self) -> Sort {
        self.sort
    }

    /// Puts the rows into another order, once they are there. The selected row stays selected, but
    /// for the first one: who has not moved wants to see what comes first now.
    pub fn sort_by(&mut self, sort: Sort) -> Vec<Effect> {
        let moved = self.selected > 0 || !self.at_newest;
        (self.sort, self.again, self.above) = (sort, false, None);
        match self.selected_position() {
            Some(position) if moved => self.around(sort.right_above(&position), Landing::Same),
            _ => self.replace(Anchor::Newest, None, Landing::Top),
        }
    }

    fn selected_position(&self) -> Option<Position> {
        self.selected().map(|row| self.sort.position(row))
    }

    pub fn filter(&self) -> &Arc<Filter> {
        &self.filter
    }

    /// Holds other rows from now on; begins at the first.
    pub fn show(&mut self, scope: Scope) -> Vec<Effect> {
        self.find(Arc::clone(&self.filter), scope)
    }

    /// Holds the rows that match, once they are there; until then those that it has.
    pub fn find(&mut self, filter: Arc<Filter>, scope: Scope) -> Vec<Effect> {
        (self.filter, self.scope, self.again) = (filter, scope, false);
        (self.count, self.count_due, self.counting) = (None, true, None);
        self.above = None;
        self.replace(Anchor::Newest, None, Landing::Top)
    }

    /// All that it holds, from wherever on.
    pub fn question(&self) -> TransactionQuery {
        let newest = TransactionQuery::newest(self.account.clone(), 0);
        TransactionQuery { filter: Arc::clone(&self.filter), scope: self.scope, ..newest }
    }

    pub fn rows(&self) -> &[StoredTransaction] {
        &self.rows
    }

    pub fn selected_index(&self) -> usize {
        self.selected
    }

    pub fn selected(&self) -> Option<&StoredTransaction> {
        self.rows.get(self.selected)
    }

    /// False until the first answer.
    pub fn is_loaded(&self) -> bool {
        self.loaded
    }

    /// All rows that the filters match.
    pub fn count(&self) -> Option<u64> {
        self.count
    }

    /// The selected row's place among all, from 1.
    pub fn place(&self) -> Option<u64> {
        self.selected()?;
        self.above.map(|above| above + self.selected as u64 + 1)
    }

    /// No row stands above those that are here.
    pub fn is_at_newest(&self) -> bool {
        self.loaded && self.at_newest
    }

    /// No row stands below those that are here.
    pub fn is_at_oldest(&self) -> bool {
        self.loaded && self.at_oldest
    }

    /// Every row that there is, is here.
    pub fn is_whole(&self) -> bool {
        self.loaded && self.at_newest && self.at_oldest
    }

    /// Whether every row of the month that holds `date` is here.
    pub fn holds_month(&self, date: NaiveDate) -> bool {
        let month = month_of(date);
        let other = |row: &StoredTransaction| month_of(row.transaction.date) != month;
        (self.at_newest || self.rows.first().is_some_and(other))
            && (self.at_oldest || self.rows.last().is_some_and(other))
    }

    /// A taller screen may show more rows than are here.
    pub fn set_height(&mut self, height: usize) -> Vec<Effect> {
        self.height = height.max(10);
        if self.loaded { self.ask() } else { Vec::new() }
    }

    /// The selected row is about to become another one.
    pub fn is_jumping(&self) -> bool {
        self.fresh.as_ref().is_some_and(|fresh| fresh.landing != Landing::Same)
    }

    /// Moves the selected row, as far as rows are loaded.
    pub fn move_by(&mut self, rows: isize) -> Vec<Effect> {
        if self.is_jumping()
            && let Some(fresh) = &mut self.fresh
        {
            fresh.moved = fresh.moved.saturating_add(rows);
            return Vec::new();
        }
        self.step(rows);
        self.ask()
    }

    /// Half a screen before an end that is only the end of what is loaded, a move stops: so the
    /// picture stays put until more rows come.
    fn step(&mut self, rows: isize) {
        let (lowest, highest) = self.reach();
        self.selected = self.selected.saturating_add_signed(rows).clamp(lowest, highest);
    }

    fn reach(&self) -> (usize, usize) {
        let last = self.rows.len().saturating_sub(1);
        let margin = self.height / 2 + 1;
        let lowest = if self.at_newest { 0 } else { margin.min(self.selected) };
        let highest = if self.at_oldest { last } else { last.saturating_sub(margin) };
        (lowest, highest.max(self.selected))
    }

    pub fn first(&mut self) -> Vec<Effect> {
        if self.at_newest && self.fresh.is_none() {
            self.selected = 0;
            return self.ask();
        }
        self.replace(Anchor::Newest, None, Landing::Top)
    }

    pub fn last(&mut self) -> Vec<Effect> {
        if self.at_oldest && self.fresh.is_none() {
            self.selected = self.rows.len().saturating_sub(1);
            return self.ask();
        }
        self.replace(Anchor::Oldest, None, Landing::Last)
    }

    /// To the newest row of the month before the selected row's, or of the one after.
    pub fn jump_month(&mut self, newer: bool) -> Vec<Effect> {
        let Some(selected) = self.selected() else { return Vec::new() };
        let (date, noted) = (selected.transaction.date, selected.noted);
        if self.sort.reversed {
            return self.jump_month_down(date, newer);
        }
        let month = month_of(date);
        let after =
            |row: &&StoredTransaction| row.noted == noted && month_of(row.transaction.date) > month;
        // The first day after the month to go to.
        let end = if newer {
            let above = self.rows[..self.selected].iter().rfind(after);
            month_after(above.map_or_else(|| month_after(date), |row| row.transaction.date))
        } else {
            date.with_day(1).unwrap_or(date)
        };
        let place = before_day(end, noted);
        let target = self.rows.partition_point(|row| row.position() > place);
        let (lowest, highest) = self.reach();
        if self.fresh.is_none() && (lowest..=highest).contains(&target) {
            self.selected = target;
            return self.ask();
        }
        if self.at_oldest && target >= self.rows.len() {
            return Vec::new();
        }
        self.around(place, Landing::Top)
    }

    /// The same in a list that begins with the oldest row: to the oldest one of that month.
    fn jump_month_down(&mut self, date: NaiveDate, newer: bool) -> Vec<Effect> {
        let first = date.with_day(1).unwrap_or(date);
        let start = if newer {
            month_after(date)
        } else {
            let above = self.rows[..self.selected].iter().rfind(|row| row.transaction.date < first);
            let before = above.map_or_else(|| first.pred_opt(), |row| Some(row.transaction.date));
            before.and_then(|day| day.with_day(1)).unwrap_or(first)
        };
        let target = self.rows.partition_point(|row| row.transaction.date < start);
        let (lowest, highest) = self.reach();
        if self.fresh.is_none() && (lowest..=highest).contains(&target) {
            self.selected = target;
            return self.ask();
        }
        if self.at_oldest && target >= self.rows.len() {
            return Vec::new();
        }
        self.around(before_day(start, false), Landing::Top)
    }

    /// Asks again for the rows shown, because the store has changed. The selected row stays.
    pub fn reload(&mut self, recount: bool) -> Vec<Effect> {
        self.count_due |= recount;
        if self.fresh.is_some() {
            self.again = true;
            return Vec::new();
        }
        let near = self.at_newest && self.selected < SCREENS * self.height;
        match self.selected_position() {
            Some(position) if !near => self.around(self.sort.right_above(&position), Landing::Same),
            _ => self.replace(Anchor::Newest, None, Landing::Same),
        }
    }

    /// Takes in an answer. One to a question no longer asked changes nothing.
    pub fn answer(&mut self, query: &TransactionQuery, window: TransactionWindow) -> Vec<Effect> {
        if self.older.as_ref() == Some(query) {
            self.older = None;
            self.at_oldest = window.at_end;
            self.rows.extend(window.rows);
            self.trim();
        } else if self.newer.as_ref() == Some(query) {
            self.newer = None;
            self.prepend(window);
        } else if !self.complete_fresh(query, window) {
            return Vec::new();
        }
        self.ask()
    }

    /// Takes in a count; a late one changes nothing.
    pub fn counted(&mut self, query: &TransactionQuery, count: u64) -> Vec<Effect> {
        if self.counting.as_ref() == Some(query) {
            self.counting = None;
            self.count = Some(count);
            self.place_end();
        } else if let Some((_, key)) = self.placing.take_if(|(asked, _)| asked == query) {
            let index = self.rows.iter().position(|row| row.key() == key);
            if let Some(above) = index.and_then(|index| count.checked_sub(index as u64)) {
                self.above = Some(above);
                self.place_due = false;
            }
        }
        // The rows may have changed since this was asked.
        if self.loaded { self.ask_counts() } else { Vec::new() }
    }

    /// A question went wrong: it may be asked again at the next move.
    pub fn failed(&mut self, query: &TransactionQuery) {
        self.newer.take_if(|asked| asked == query);
        self.older.take_if(|asked| asked == query);
        self.count_due |= self.counting.take_if(|asked| asked == query).is_some();
        self.placing.take_if(|(asked, _)| asked == query);
        let asked = |fresh: &mut Fresh| {
            let mut parts = std::iter::once(&fresh.main).chain(&fresh.above);
            parts.any(|(asked, _)| asked == query)
        };
        self.fresh.take_if(asked);
    }
}

/// Year and month, in one number that orders as they do.
pub fn month_of(date: NaiveDate) -> (i32, u32) {
    (date.year(), date.month())
}

fn month_after(date: NaiveDate) -> NaiveDate {
    let first = date.with_day(1).unwrap_or(date);
    first.checked_add_months(chrono::Months::new(1)).unwrap_or(NaiveDate::MAX)
}

/// Above every row of the day before, below every row of the day.
fn before_day(day: NaiveDate, noted: bool) -> Position {
    Position {
        noted,
        lead: Lead::None,
        date: day,
        account_id: AccountId::default(),
        sequence: i64::MIN,
        id: TransactionId::default(),
    }
}
