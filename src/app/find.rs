//! What is being looked for: the line as it is typed, what it means, and what narrows it down.

use std::sync::Arc;

use chrono::NaiveDate;
use crossterm::event::KeyEvent;

use super::field::{Field, Typed};
use crate::domain::query::{self, Filter, Mark, Mistake, Names, Period, Term, Word};
use crate::domain::{AccountId, Search, Sum, Summary};

/// Which part of the screen has the keys.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Part {
    #[default]
    Rows,
    /// The line: letters go into it.
    Line,
    Narrow,
}

/// Lines of each kind offered to narrow a search down.
const OFFERED: usize = 12;

#[derive(Clone, Debug, Default)]
pub struct Find {
    pub field: Field,
    pub part: Part,
    /// The name under which the search is about to be kept.
    pub naming: Option<Field>,
    /// `None` until they have been asked for and told.
    pub names: Option<Names>,
    /// What the line means, without the words that cannot be understood.
    filter: Arc<Filter>,
    mistakes: Vec<Mistake>,
    /// Of the newest question answered.
    summary: Option<(Arc<Filter>, Summary)>,
    /// Latest first; those under a key among them. `None` until they have been told.
    searches: Option<Vec<Search>>,
    /// A key that was pressed before that.
    pub recalling: Option<u8>,
    /// Which search the line shows, and what was typed before.
    browsing: Option<(usize, String)>,
    selected: usize,
    pub(super) all_rows: Option<u64>,
    /// The line asked for withdrawn rows: without it, they go.
    pub scoped: bool,
}

/// A word that would narrow the search down, with what would be left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Narrowing {
    pub heading: &'static str,
    pub label: String,
    pub term: Term,
    pub sum: Sum,
}

impl Find {
    pub fn filter(&self) -> &Arc<Filter> {
        &self.filter
    }

    pub fn mistakes(&self) -> &[Mistake] {
        &self.mistakes
    }

    /// Nothing is looked for, and nothing is being typed.
    pub fn is_idle(&self) -> bool {
        self.field.is_empty() && self.part == Part::Rows
    }

    /// How many rows there are whatever is looked for.
    pub fn all_rows(&self) -> Option<u64> {
        self.all_rows
    }

    /// Letters go into the search, or into its name.
    pub fn is_typing(&self) -> bool {
        self.part == Part::Line || self.naming.is_some()
    }

    pub fn summary(&self) -> Option<&Summary> {
        self.summary.as_ref().map(|(_, summary)| summary)
    }

    /// Whether the sums are those of the rows that are asked for now.
    pub fn is_summed(&self) -> bool {
        self.summary.as_ref().is_some_and(|(filter, _)| *filter == self.filter)
    }

    pub fn summed(&mut self, summary: Summary) {
        self.summary = Some((Arc::clone(&self.filter), summary));
        self.selected = self.selected.min(self.narrowings().len().saturating_sub(1));
    }

    /// They are of rows that are no longer so, or of another search than the one that failed.
    pub fn forget_sums(&mut self) {
        self.summary = None;
    }

    /// Reads the line anew; whether other rows are meant now.
    pub fn read(&mut self, today: NaiveDate) -> bool {
        let mut parsed = query::parse(self.field.text(), today);
        let Some(names) = &self.names else {
            // What names mean is not known yet: the rest must wait for it, or wrong rows would show.
            let waits = parsed.query.terms.iter().any(|term| needs_names(&term.word));
            self.mistakes = std::mem::take(&mut parsed.mistakes);
            return !waits && self.take(parsed.resolve(&Names::default()));
        };
        let filter = parsed.resolve(names);
        self.mistakes = parsed.mistakes;
        self.take(filter)
    }

    fn take(&mut self, filter: Filter) -> bool {
        let other = *self.filter != filter;
        if other {
            self.filter = Arc::new(filter);
        }
        other
    }

    pub fn key(&mut self, key: KeyEvent) -> Typed {
        let field = self.naming.as_mut().unwrap_or(&mut self.field);
        let typed = field.key(key);
        if typed == Typed::Changed && self.naming.is_none() {
            self.browsing = None;
        }
        typed
    }

    pub fn paste(&mut self, text: &str) {
        self.naming.as_mut().unwrap_or(&mut self.field).paste(text);
    }

    /// Puts another search into the line.
    pub fn set(&mut self, text: &str) {
        self.field = Field::new(text);
    }

    pub fn drop_word(&mut self) {
        let left = query::without_last(self.field.text()).to_owned();
        self.set(&left);
    }

    pub fn add_word(&mut self, term: &Term) {
        let with = query::with_word(self.field.text(), term);
        self.set(&with);
    }

    pub fn knows_searches(&self) -> bool {
        self.searches.is_some()
    }

    fn searches(&self) -> impl Iterator<Item = &Search> {
        self.searches.iter().flatten()
    }

    /// Those kept under a key, in the order of the keys.
    pub fn saved(&self) -> Vec<&Search> {
        let mut saved: Vec<&Search> =
            self.searches().filter(|search| search.slot.is_some()).collect();
        saved.sort_by_key(|search| search.slot);
        saved
    }

    pub fn saved_under(&self, slot: i64) -> Option<&Search> {
        self.searches().find(|search| search.slot == Some(slot))
    }

    /// The line as it is kept already.
    pub fn kept(&self) -> Option<&Search> {
        let text = self.field.text().trim();
        self.searches().find(|search| search.query == text && search.slot.is_some())
    }

    /// The first key that is free.
    pub fn free_slot(&self) -> Option<i64> {
        (1..=9).find(|slot| self.saved_under(*slot).is_none())
    }

    pub fn remembered(&mut self, searches: Vec<Search>) {
        self.searches = Some(searches);
        self.browsing = None;
    }

    /// The line as a search that was made now; `None` if there is nothing to remember.
    pub fn remember(&mut self) -> Option<Search> {
        let text = self.field.text().trim();
        if text.is_empty() {
            return None;
        }
        let searches = self.searches.get_or_insert_default();
        let place = searches.iter().position(|search| search.query == text);
        let search = place.map_or_else(|| Search::made(text), |place| searches.remove(place));
        searches.insert(0, search.clone());
        Some(search)
    }

    /// An older search into the line, or a newer one; past the newest, what was typed.
    pub fn browse(&mut self, older: bool) -> bool {
        let (place, typed) = match self.browsing.take() {
            None if older => (0, self.field.text().to_owned()),
            None => return false,
            Some((place, typed)) if older => (place + 1, typed),
            Some((0, typed)) => {
                self.set(&typed);
                return true;
            }
            Some((place, typed)) => (place - 1, typed),
        };
        let place = place.min(self.searches().count().saturating_sub(1));
        let Some(search) = self.searches().nth(place).map(|search| search.query.clone()) else {
            return false;
        };
        self.set(&search);
        self.browsing = Some((place, typed));
        true
    }

    pub fn selected(&self) -> usize {
        self.selected
    }

    pub fn move_by(&mut self, lines: isize) {
        let last = self.narrowings().len().saturating_sub(1);
        self.selected = self.selected.saturating_add_signed(lines).min(last);
    }

    pub fn chosen(&self) -> Option<Narrowing> {
        self.narrowings().into_iter().nth(self.selected)
    }

    /// What would be left by account, by month and by category.
    pub fn narrowings(&self) -> Vec<Narrowing> {
        let Some(summary) = self.summary() else { return Vec::new() };
        let accounts = summary.accounts.iter().filter_map(|(id, sum)| self.by_account(id, *sum));
        let months = summary.months.iter().map(|(first, sum)| by_month(*first, *sum));
        let categories =
            summary.categories.iter().map(|(name, sum)| by_category(name.as_ref(), *sum));
        let kinds = [offered(accounts), offered(months), offered(categories)];
        kinds.into_iter().flatten().collect()
    }

    /// Nothing before its name is known: an id tells nobody anything.
    fn by_account(&self, id: &AccountId, sum: Sum) -> Option<Narrowing> {
        let names = self.names.as_ref()?;
        let label = names.accounts.iter().find(|account| account.id == *id)?.shown();
        let term = Term { negated: false, word: names.account_word(id) };
        Some(Narrowing { heading: "By account", label, term, sum })
    }
}

fn offered(lines: impl Iterator<Item = Narrowing>) -> Vec<Narrowing> {
    lines.take(OFFERED).collect()
}

fn by_month(first: NaiveDate, sum: Sum) -> Narrowing {
    let term = Term { negated: false, word: Word::Month(Period::Month(first)) };
    Narrowing { heading: "By month", label: first.format("%b %Y").to_string(), term, sum }
}

fn by_category(name: Option<&String>, sum: Sum) -> Narrowing {
    let (negated, word, label) = match name {
        Some(name) => (false, Word::Category(name.clone()), name.clone()),
        None => (true, Word::Has(Mark::Category), "none yet".to_owned()),
    };
    Narrowing { heading: "By category", label, term: Term { negated, word }, sum }
}

fn needs_names(word: &Word) -> bool {
    use query::State;
    matches!(
        word,
        Word::Account(_)
            | Word::Category(_)
            | Word::Tag(_)
            | Word::Amount(_)
            | Word::Is(State::New)
    )
}
