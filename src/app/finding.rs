//! What the keys of a search do: typing, narrowing, keeping, and bringing back.

use std::sync::Arc;

use crossterm::event::KeyEvent;

use super::builder::{Builder, Choice};
use super::event::Effect;
use super::field::{Field, Typed};
use super::find::Part;
use super::list::TransactionList;
use super::overlay::Overlay;
use super::{App, Screen};
use crate::domain::query::Names;
use crate::domain::{Scope, Search, Summary, TransactionQuery};

impl App {
    /// The line of the transactions of all accounts, from wherever the user is.
    pub(super) fn start_finding(&mut self) -> Vec<Effect> {
        self.overlay = None;
        let mut effects = self.show(Screen::Transactions);
        self.find.part = Part::Line;
        effects.extend(self.prepare_finding());
        if !self.find.is_summed() {
            effects.extend(self.sum_up_anyway());
        }
        effects.push(Effect::PrepareSearch);
        effects
    }

    /// What a search needs to know, asked for once.
    pub(super) fn prepare_finding(&mut self) -> Vec<Effect> {
        if self.find.names.is_some() {
            return Vec::new();
        }
        let all = TransactionQuery::newest(None, 0);
        vec![Effect::LoadNames, Effect::LoadSearches, Effect::CountTransactions(all)]
    }

    /// Every row there is, whatever is looked for.
    pub(super) fn count_all(&mut self, query: &TransactionQuery, count: u64) {
        if *query == TransactionQuery::newest(None, 0) {
            self.find.all_rows = Some(count);
        }
    }

    /// Letters go into the line; every other key is an action's.
    pub(super) fn type_into_find(&mut self, key: KeyEvent) -> Option<Vec<Effect>> {
        match self.find.key(key) {
            Typed::No => None,
            Typed::Changed if self.find.naming.is_none() => Some(self.read_find()),
            Typed::Moved | Typed::Changed => Some(Vec::new()),
        }
    }

    /// Asks for what the line means now. The rows shown stay until the new ones are there.
    pub(super) fn read_find(&mut self) -> Vec<Effect> {
        if !self.find.read(self.today()) {
            return Vec::new();
        }
        let filter = Arc::clone(self.find.filter());
        let scope = self.all.as_ref().map_or(Scope::Live, TransactionList::scope);
        let scope = match (filter.wants_gone(), scope) {
            (true, Scope::Live) => Scope::Gone,
            (false, Scope::Gone) if self.find.scoped => Scope::Live,
            (_, scope) => scope,
        };
        self.find.scoped = filter.wants_gone();
        self.all.as_mut().map(|list| list.find(filter, scope)).unwrap_or_default()
    }

    /// The rows of a search are there: now what they come to.
    pub(super) fn sum_up(&mut self) -> Vec<Effect> {
        let shown = self.all.as_ref().is_some_and(|list| list.filter() == self.find.filter());
        if shown && !self.find.is_idle() { self.sum_up_anyway() } else { Vec::new() }
    }

    fn sum_up_anyway(&self) -> Vec<Effect> {
        let asked = self.all.as_ref().map(TransactionList::all);
        asked.map(Effect::LoadSummary).into_iter().collect()
    }

    /// The rows have changed, and with `names` what they can be found by.
    pub(super) fn refresh_find(&mut self, names: bool) -> Vec<Effect> {
        if self.find.is_idle() {
            self.find.forget_sums();
        }
        let mut effects = self.sum_up();
        if self.find.names.is_some() {
            effects.push(Effect::CountTransactions(TransactionQuery::newest(None, 0)));
            effects.extend(names.then_some(Effect::LoadNames));
        }
        effects
    }

    pub(super) fn summed(&mut self, query: &TransactionQuery, summary: Summary) {
        self.read_well("Sums");
        if self.all.as_ref().is_some_and(|list| list.all() == *query) {
            self.find.summed(summary);
        }
    }

    pub(super) fn searches_loaded(&mut self, searches: Vec<Search>) -> Vec<Effect> {
        self.read_well("Searches");
        self.find.remembered(searches);
        self.find.recalling.take().map(|slot| self.recall(slot)).unwrap_or_default()
    }

    pub(super) fn names_loaded(&mut self, names: Names) -> Vec<Effect> {
        self.read_well("Names");
        self.find.names = Some(names);
        self.read_find()
    }

    /// The filter stays, and the keys go to its rows.
    pub(super) fn keep_find(&mut self) -> Vec<Effect> {
        if let Some(name) = self.find.naming.take() {
            return self.save_search(name.text().trim());
        }
        self.find.part = Part::Rows;
        self.remember_search()
    }

    fn remember_search(&mut self) -> Vec<Effect> {
        let search = self.find.remember();
        let kept = search.filter(|_| !self.setup.read_only);
        kept.map(Effect::KeepSearch).into_iter().collect()
    }

    /// One step out: of the name, of the narrowing list, of the search.
    pub(super) fn leave_find(&mut self) -> Vec<Effect> {
        if self.find.naming.take().is_some() {
            return Vec::new();
        }
        if self.find.part == Part::Narrow {
            self.find.part = Part::Rows;
            return Vec::new();
        }
        self.find.part = Part::Rows;
        self.find.set("");
        self.read_find()
    }

    pub(super) fn drop_word(&mut self) -> Vec<Effect> {
        if self.find.naming.is_some() {
            return Vec::new();
        }
        self.find.drop_word();
        self.read_find()
    }

    /// From the line or the rows to what narrows them down, and back.
    pub(super) fn switch_part(&mut self) -> Vec<Effect> {
        if self.find.naming.is_some() {
            return Vec::new();
        }
        self.find.part = match self.find.part {
            Part::Narrow => Part::Rows,
            Part::Line | Part::Rows => Part::Narrow,
        };
        let mut effects = self.prepare_finding();
        if !self.find.is_summed() {
            effects.extend(self.sum_up());
        }
        effects
    }

    /// Adds the chosen word; the keys stay where they are.
    pub(super) fn narrow(&mut self) -> Vec<Effect> {
        let Some(chosen) = self.find.chosen() else { return Vec::new() };
        self.find.add_word(&chosen.term);
        let mut effects = self.read_find();
        effects.extend(self.remember_search());
        effects
    }

    /// On the line: an older search, or a newer one; below the newest, the rows.
    pub(super) fn browse_or_enter(&mut self, rows: isize) -> Vec<Effect> {
        if self.find.naming.is_some() {
            return Vec::new();
        }
        if self.find.browse(rows < 0) {
            return self.read_find();
        }
        if rows > 0 { self.keep_find() } else { Vec::new() }
    }

    /// Asks for a name; one that is kept already may get another, or with none be forgotten.
    pub(super) fn name_search(&mut self) -> Vec<Effect> {
        if self.setup.read_only {
            self.tell("Read-only: a search cannot be kept. Start without --read-only.");
        } else if self.find.field.is_empty() {
            self.tell("There is no search to keep: press / and type one.");
        } else {
            let name = self.find.kept().map_or("", |search| search.title()).to_owned();
            self.find.naming = Some(Field::new(&name));
        }
        Vec::new()
    }

    fn save_search(&mut self, name: &str) -> Vec<Effect> {
        let Some(search) = self.find.remember() else { return Vec::new() };
        let kept = search.slot;
        if name.is_empty() && kept.is_none() {
            self.tell("Not kept: a search under a key needs a name.");
            return Vec::new();
        }
        let Some(slot) = kept.or_else(|| self.find.free_slot()) else {
            self.tell("All nine keys are taken: bring one back, press ctrl-s and empty its name.");
            return Vec::new();
        };
        let forget = name.is_empty();
        self.tell(if forget {
            format!("Key {slot} is free again.")
        } else {
            format!("Kept: alt-{slot} brings it back.")
        });
        let search = Search {
            name: (!forget).then(|| name.to_owned()),
            slot: (!forget).then_some(slot),
            ..search
        };
        vec![Effect::KeepSearch(search)]
    }

    /// A list of what to filter by.
    pub(super) fn build_filter(&mut self) -> Vec<Effect> {
        self.overlay = Some(Overlay::Builder(Builder::default()));
        let mut effects = self.show_list();
        effects.extend(self.prepare_finding());
        if !self.find.is_summed() {
            effects.extend(self.sum_up_anyway());
        }
        effects
    }

    pub(super) fn move_in_builder(&mut self, rows: isize) -> Vec<Effect> {
        let today = self.today();
        if let Some(Overlay::Builder(builder)) = &mut self.overlay {
            let last = builder.lines(&self.find, today).len().saturating_sub(1);
            builder.move_by(rows, last);
        }
        Vec::new()
    }

    /// From what to filter by to its values; from a value to the rows.
    pub(super) fn build_on(&mut self, mut builder: Builder) -> Vec<Effect> {
        let chosen = builder.lines(&self.find, self.today()).into_iter().nth(builder.selected());
        match chosen.map(|line| line.choice) {
            Some(Choice::Word(term)) => {
                let mut effects = self.show(Screen::Transactions);
                self.find.add_word(&term);
                effects.extend(self.read_find());
                effects.extend(self.remember_search());
                return effects;
            }
            Some(Choice::Kind(kind)) => builder.choose(kind),
            None => {}
        }
        self.overlay = Some(Overlay::Builder(builder));
        Vec::new()
    }

    /// Brings back the search kept under a key.
    pub(super) fn recall(&mut self, slot: u8) -> Vec<Effect> {
        if !self.find.knows_searches() {
            self.find.recalling = Some(slot);
            return self.prepare_finding();
        }
        let Some(search) = self.find.saved_under(slot.into()).map(|it| it.query.clone()) else {
            self.tell(format!("No search is kept under {slot}: ctrl-s keeps the one on the line."));
            return Vec::new();
        };
        let mut effects = self.show(Screen::Transactions);
        self.find.part = Part::Rows;
        self.find.set(&search);
        effects.extend(self.read_find());
        effects.push(Effect::PrepareSearch);
        effects
    }
}
