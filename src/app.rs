//! All that the screen shows, and how what happens changes it: no I/O, no clock, no async.

pub mod accounts;
mod act;
pub mod action;
mod adjusting;
mod answers;
pub mod builder;
pub mod by_hand;
pub mod categories;
pub mod checks;
mod choosing;
pub mod columns;
pub mod connecting;
mod copy;
pub mod deed;
pub mod detail;
pub mod doubles;
mod doubling;
pub mod editing;
mod edits;
mod enrollments;
pub mod event;
pub mod exporting;
pub mod feel;
pub mod field;
mod filing;
pub mod find;
mod finding;
pub mod form;
pub mod grouping;
pub mod help;
pub mod hidden;
pub mod insights;
mod json;
mod keeping;
pub mod keymap;
mod late;
pub mod levels;
pub mod linking;
pub mod list;
pub mod lock;
mod locking;
mod looking;
pub mod mouse;
mod moving;
mod ordering;
pub mod overlay;
pub mod pad;
pub mod picked;
mod pointing;
pub mod previewing;
pub mod problems;
mod ruling;
pub mod settings;
pub mod setup;
pub mod sync;
pub mod takeover;
mod taking_out;
pub mod theme;
pub mod totals;

#[cfg(test)]
mod tests;

use std::time::Duration;

use chrono::{DateTime, NaiveDate, Utc};
use crossterm::event::{KeyCode, KeyEvent, KeyEventKind};

use accounts::Accounts;
use action::Context;
use columns::Columns;
use deed::Deed;
use detail::Detail;
use editing::What;
pub use event::{Effect, Event, Load, Opened};
use field::Typed;
use find::Find;
use insights::Insights;
pub use keymap::Keymap;
use keymap::{Found as Pressed, Key};
use levels::{Level, Levels};
use list::TransactionList;
use lock::Lock;
use overlay::{Checks, Overlay};
use picked::Picked;
pub use setup::{Choice, FirstRun, Found, FoundPlace, Setup};
use sync::Sync;
use takeover::Takeover;

use crate::domain::{AccountId, Anchor, Replica, Standing, TransactionKey};
use crate::exit::Exit;

/// Runs shown on the sync screen.
const RUNS: u32 = 20;

/// What fills the terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Screen {
    FirstRun,
    /// A database that another program made.
    Takeover,
    Opening,
    Accounts,
    Transactions,
    Insights,
    Recurring,
    Sync,
}

/// A fault or fact told in the bottom line, until the next key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    pub text: String,
    pub warning: bool,
}

#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
pub struct App {
    pub setup: Setup,
    pub screen: Screen,
    pub overlay: Option<Overlay>,
    /// What the overlay lies on, and gives back when it is closed.
    under: Option<Box<Overlay>>,
    pub accounts: Accounts,
    pub detail: Option<Detail>,
    pub sync: Sync,
    pub insights: Insights,
    pub notice: Option<Notice>,
    /// Amounts are masked.
    pub hidden: bool,
    /// First run: the choice that enter takes.
    pub choice: usize,
    /// First run: what was chosen of that which was found.
    pub takeover: Option<Takeover>,
    /// How far opening the store has come, or why it cannot be opened.
    pub opening: Notice,
    /// How the process ends when the store cannot be opened and the screen is left.
    pub exit: Exit,
    /// Of everything passbook stands on.
    pub checks: Checks,
    /// How the read replica stands; `Unknown` where there is none.
    pub replica: Replica,
    pub standing: Standing,
    /// Reads that went wrong since the last that went well: what, and why.
    pub failed_reads: Vec<(String, String)>,
    pub lock: Lock,
    /// Where the line between the panes stands, in thousandths, if the user has drawn it.
    divider: Option<u16>,
    /// The button is held down on that line.
    dragging: bool,
    /// Those that lists of transactions have.
    pub columns: Columns,
    pub find: Find,
    /// The rows of all accounts, once they have been asked for.
    all: Option<TransactionList>,
    /// What was opened over a list or a figure.
    pub levels: Levels,
    /// The overlay that they were asked for in.
    drilled_over: Option<Overlay>,
    pressed: Vec<Key>,
    following_shown: bool,
    overview_asked: Asked,
    sync_due: bool,
    copy_json_of: Option<TransactionKey>,
    /// Rows that the next edit is for.
    pub picked: Picked,
    /// What was done in this session and not yet undone, the last at the end.
    deeds: Vec<Deed>,
    /// To be opened once it is loaded.
    jump_to: Option<TransactionKey>,
    /// Enter was pressed before there were rows.
    opens_late: bool,
    /// To link a bank so far.
    attempts: u32,
    /// First run: a bank is to be linked as soon as the store is open.
    connect_due: bool,
}

/// Whether an answer is awaited, and whether it will be stale by then.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Asked {
    #[default]
    No,
    Once,
    Again,
}

impl App {
    /// The screen as it stands before anything has happened, and what to begin with.
    pub fn start(setup: Setup) -> (Self, Vec<Effect>) {
        let screen = match (&setup.first_run, setup.opened) {
            (Some(_), _) => Screen::FirstRun,
            (None, false) => Screen::Opening,
            (None, true) => Screen::Accounts,
        };
        let mut app = Self {
            screen,
            overlay: None,
            under: None,
            accounts: Accounts::default(),
            detail: None,
            sync: Sync::default(),
            insights: Insights::default(),
            notice: None,
            hidden: setup.feel.is_hidden_at_start(),
            choice: 0,
            takeover: None,
            opening: Notice { text: String::new(), warning: false },
            exit: Exit::Fine,
            checks: Checks::default(),
            replica: Replica::Unknown,
            standing: Standing::default(),
            failed_reads: Vec::new(),
            lock: Lock::default(),
            divider: None,
            dragging: false,
            columns: Columns::default(),
            find: Find::default(),
            all: None,
            levels: Levels::default(),
            drilled_over: None,
            pressed: Vec::new(),
            following_shown: false,
            overview_asked: Asked::No,
            sync_due: setup.sync_on_start,
            copy_json_of: None,
            picked: Picked::default(),
            deeds: Vec::new(),
            jump_to: None,
            opens_late: false,
            attempts: 0,
            connect_due: false,
            setup,
        };
        if let Some(problem) = app.setup.keymap_problems.first() {
            let more = app.setup.keymap_problems.len() - 1;
            let rest = if more > 0 { format!(", and {more} more: press !") } else { String::new() };
            app.warn(format!("{problem}{rest}"));
        }
        let effects = if screen == Screen::Accounts { app.load_overview() } else { Vec::new() };
        (app, effects)
    }

    /// Takes in what happened, and says what is to be done about it.
    pub fn update(&mut self, event: Event) -> Vec<Effect> {
        let mut effects = self.take_in(event);
        effects.extend(self.open_late());
        effects
    }

    fn take_in(&mut self, event: Event) -> Vec<Effect> {
        if self.overlay.is_none() {
            self.under = None;
        }
        match event {
            Event::Key(key) => return self.key(key),
            Event::Paste(text) => return self.paste(&text),
            Event::Mouse(_) if self.is_locked() => {}
            Event::Mouse(mouse) => {
                self.touch();
                return self.mouse(mouse);
            }
            Event::Resize(width, height) => return self.resize(width, height),
            Event::Tick(now) => return self.tick(now),
            Event::Resumed { now } => {
                let mut effects = self.tick(now);
                effects.push(Effect::Redraw);
                return effects;
            }
            Event::Opening(text) => self.opening = Notice { text, warning: false },
            Event::OpenFailed { sentence, exit } => return self.open_failed(sentence, exit),
            Event::Checked(checked) => return self.checks_told(checked),
            Event::Offered(first_run) => self.offered(*first_run),
            Event::Surveyed { place, survey } => self.surveyed(&place, survey),
            Event::TakeOverFailed(text) => self.not_taken_over(text),
            Event::Opened(opened) => return self.opened(opened),
            Event::OverviewLoaded(overview) => return self.overview_loaded(*overview),
            Event::TransactionsLoaded { query, window } => {
                self.read_well("Transactions");
                let (mut jumped, mut effects) = (false, Vec::new());
                for list in self.lists(query.account.as_ref()).filter(|list| list.holds(&query)) {
                    jumped |= list.is_jumping();
                    effects.extend(list.answer(&query, window.clone()));
                }
                if query.account.is_none() && query.anchor == Anchor::Newest {
                    effects.extend(self.sum_up());
                }
                return if jumped { self.follow(effects) } else { effects };
            }
            Event::SummaryLoaded { query, summary } => self.summed(&query, summary),
            Event::GroupsLoaded { query, groups } => return self.groups_loaded(&query, &groups),
            Event::NamesLoaded(names) => return self.names_loaded(names),
            Event::SearchesLoaded(searches) => return self.searches_loaded(searches),
            Event::CountLoaded { query, count } => {
                self.count_all(&query, count);
                let lists = self.lists(query.account.as_ref()).filter(|list| list.holds(&query));
                return lists.flat_map(|list| list.counted(&query, count)).collect();
            }
            Event::DetailLoaded { key, detail } => return self.detail_loaded(&key, detail),
            Event::RunsLoaded(runs) => {
                self.read_well("Last runs");
                self.sync.show_runs(runs);
                self.sync.arrange(&self.accounts);
            }
            Event::LoadFailed { what, message } => self.load_failed(&what, message),
            Event::InsightsLoaded { query, overview, flows } => {
                self.read_well("Insights");
                self.insights.show(&query, &overview, flows, self.setup.zone);
            }
            Event::PatternsLoaded(patterns) => {
                self.read_well("Patterns");
                self.insights.show_patterns(*patterns);
            }
            Event::TwinLoaded { key, twin, go } => return self.twin_loaded(&key, twin, go),
            Event::PairCandidatesLoaded { gone, rows } => self.candidates_loaded(&gone, rows),
            Event::QuarantineLoaded(rows) => self.aside_loaded(rows),
            Event::PairMade { came } => return self.pair_made(came),
            Event::PairParted { gone } => return self.pair_parted(&gone),
            Event::QuarantineRetried(retried) => return self.retried(retried),
            Event::PassphraseChecked(right) => self.passphrase_checked(right),
            Event::PassphraseSet(set) => self.passphrase_set(set),
            Event::SettingWritten { name, written } => self.setting_written(name, written),
            Event::EditFailed(message) => self.edit_failed(&message),
            Event::Edited { how, edited } => return self.edited(how, edited),
            Event::PickedLoaded { query, rows } => self.picked_loaded(&query, rows),
            Event::RulesLoaded(rules) => self.rules_loaded(rules),
            Event::CategoriesLoaded(known) => self.categories_loaded(known),
            Event::RulePreviewed { rule, preview } => self.rule_previewed(&rule, preview),
            Event::RuleCounted { rule, rows } => self.rule_counted(&rule, rows),
            Event::Exported { path, outcome } => self.exported(&path, outcome),
            Event::Sync(event) => return self.synced(event),
            Event::SyncFailed(message) => {
                self.sync.end();
                self.warn(format!("The sync ended early: {message}"));
                let mut effects = self.reload(None);
                effects.push(Effect::LoadRuns { limit: RUNS });
                return effects;
            }
            Event::Connect { attempt, told } => return self.linking_told(attempt, told),
            Event::Replica(replica) => self.replica_told(replica),
            Event::Standing(standing) => self.standing = standing,
            Event::EnrollmentChanged { deed, told } => {
                return self.enrollment_changed(&deed, told);
            }
            Event::Notice(text) => self.tell(text),
        }
        Vec::new()
    }

    /// How long until something on the screen moves by itself; `None`: nothing does.
    pub fn animating(&self) -> Option<Duration> {
        self.moving().into_iter().chain(self.lock_due()).min()
    }

    fn moving(&self) -> Option<Duration> {
        if self.is_locked() {
            let wait = self.lock_wait()?.to_std().ok()?;
            return Some(if self.setup.feel.calm {
                wait
            } else {
                wait.min(Duration::from_secs(1))
            });
        }
        if !self.pressed.is_empty() && !self.following_shown {
            return Some(Duration::from_millis(300));
        }
        if self.sync.running && !self.setup.feel.calm {
            return Some(Duration::from_secs(1));
        }
        let age = self.now() - self.accounts.last_synced()?;
        // "4 min ago" changes with the minute, "3 h ago" hardly.
        let seconds = if age.num_hours() < 1 { 60 - age.num_seconds().rem_euclid(60) } else { 900 };
        Some(Duration::from_secs(seconds.unsigned_abs()))
    }

    pub fn now(&self) -> DateTime<Utc> {
        self.setup.now
    }

    pub fn today(&self) -> NaiveDate {
        self.setup.zone.day(self.setup.now)
    }

    /// Where the keys go.
    pub fn context(&self) -> Context {
        if self.is_locked() {
            return Context::Locked;
        }
        match &self.overlay {
            Some(Overlay::Help(_)) => Context::Help,
            Some(Overlay::Problems { .. }) => Context::Problems,
            Some(Overlay::Checks { .. }) => Context::Checks,
            Some(Overlay::Matching(_)) => Context::Matching,
            Some(Overlay::Aside(_)) => Context::Aside,
            Some(Overlay::Settings(_)) => Context::Settings,
            Some(Overlay::Passphrase(_)) => Context::Passphrase,
            Some(Overlay::Why(_)) => Context::Why,
            Some(Overlay::Builder(_)) => Context::Builder,
            Some(Overlay::Form(_)) => Context::Form,
            Some(Overlay::Editing(editing)) if editing.what == What::Note => Context::Note,
            Some(Overlay::Editing(_)) => Context::Editing,
            Some(Overlay::Confirm(_)) => Context::Confirm,
            Some(Overlay::Rules { .. }) => Context::Rules,
            Some(Overlay::Categories(_)) => Context::Categories,
            Some(Overlay::Preview(_)) => Context::Preview,
            Some(Overlay::Duplicates(_)) => Context::Duplicates,
            Some(Overlay::Export(_)) => Context::Export,
            Some(Overlay::Columns { .. }) => Context::Columns,
            Some(Overlay::Connecting(_)) => Context::Connecting,
            None => self.context_below(),
        }
    }

    /// Where the keys go once the overlay is closed.
    pub fn context_below(&self) -> Context {
        let raw = self.detail.as_ref().map(|detail| detail.raw.is_some());
        match (self.screen, raw) {
            (Screen::FirstRun, _) => Context::FirstRun,
            (Screen::Takeover, _) => Context::Takeover,
            (Screen::Opening, _) => Context::Opening,
            (Screen::Sync, _) => Context::Sync,
            (Screen::Insights, None) => Context::Insights,
            (Screen::Recurring, None) => Context::Recurring,
            (_, Some(true)) => Context::Raw,
            (_, Some(false)) => Context::Detail,
            (Screen::Accounts, None) => Context::Accounts,
            (Screen::Transactions, None) if self.levels.groups().is_some() => Context::Groups,
            (Screen::Transactions, None) if self.find.is_typing() => Context::Find,
            (Screen::Transactions, None) => Context::Transactions,
        }
    }

    /// The list that the screen shows.
    pub fn list(&self) -> Option<&TransactionList> {
        match self.screen {
            Screen::Accounts => self.accounts.list(),
            Screen::Transactions => self.transactions(),
            _ => None,
        }
    }

    /// What may follow the keys pressed so far, once they have been held back for a moment.
    pub fn following(&self) -> Option<Vec<(String, action::Action)>> {
        let wanted = self.following_shown && !self.pressed.is_empty();
        wanted.then(|| self.setup.keymap.following(&self.pressed, self.context()))
    }

    fn list_mut(&mut self) -> Option<&mut TransactionList> {
        match self.screen {
            Screen::Accounts => self.accounts.list_mut(),
            Screen::Transactions => match self.levels.top_mut() {
                Some(Level::Rows(list)) => Some(list),
                Some(Level::Groups(_)) => None,
                None => self.all.as_mut(),
            },
            _ => None,
        }
    }

    /// What the screen of transactions shows: what was opened over a list, or all.
    fn transactions(&self) -> Option<&TransactionList> {
        match self.levels.top() {
            Some(Level::Rows(list)) => Some(list),
            Some(Level::Groups(_)) => None,
            None => self.all.as_ref(),
        }
    }

    fn all_lists(&mut self) -> impl Iterator<Item = &mut TransactionList> {
        self.accounts.lists_mut().chain(&mut self.all).chain(self.levels.lists_mut())
    }

    /// The lists of this account, or those of all: each answers only to its own question.
    fn lists(&mut self, account: Option<&AccountId>) -> impl Iterator<Item = &mut TransactionList> {
        self.all_lists().filter(move |list| list.account() == account)
    }

    /// Opens something on top of what is open.
    fn lay_over(&mut self, overlay: Overlay) {
        self.under = self.overlay.replace(overlay).map(Box::new);
    }

    /// Closes what is open; what it lay on comes back.
    fn lift(&mut self) -> bool {
        let open = self.overlay.take().is_some();
        self.overlay = self.under.take().map(|under| *under);
        open
    }

    fn tell(&mut self, text: impl Into<String>) {
        self.notice = Some(Notice { text: text.into(), warning: false });
    }

    fn warn(&mut self, text: impl Into<String>) {
        self.notice = Some(Notice { text: text.into(), warning: true });
    }

    fn key(&mut self, event: KeyEvent) -> Vec<Effect> {
        if event.kind == KeyEventKind::Release {
            return Vec::new();
        }
        self.touch();
        if self.is_locked() {
            return self.lock_key(event);
        }
        self.notice = None;
        let typed = match &mut self.overlay {
            Some(Overlay::Help(help)) => help.key(event),
            Some(Overlay::Passphrase(changing)) => changing.line_mut().key(event),
            Some(Overlay::Builder(builder)) => builder.key(event) != Typed::No,
            Some(Overlay::Form(form)) => form.key(event) != Typed::No,
            Some(Overlay::Editing(editing)) => editing.key(event) != Typed::No,
            _ => false,
        };
        if typed {
            return Vec::new();
        }
        if self.type_into_export(event) {
            return Vec::new();
        }
        if self.context() == Context::Find
            && let Some(effects) = self.type_into_find(event)
        {
            return effects;
        }
        if self.screen == Screen::FirstRun
            && self.overlay.is_none()
            && let KeyCode::Char(letter) = event.code
            && let Some(choice) = "123456789".find(letter)
            && let Some(first_run) = &self.setup.first_run
            && choice < first_run.choices().len()
        {
            self.choice = choice;
            return self.choose();
        }
        self.pressed.push(event.into());
        match self.setup.keymap.find(&self.pressed, self.context()) {
            Pressed::Action(action) => {
                self.pressed.clear();
                self.following_shown = false;
                self.act(action)
            }
            Pressed::Prefix => Vec::new(),
            Pressed::Nothing => {
                self.pressed.clear();
                self.following_shown = false;
                Vec::new()
            }
        }
    }

    fn paste(&mut self, text: &str) -> Vec<Effect> {
        if self.is_locked() {
            self.lock_paste(text);
            return Vec::new();
        }
        let in_find = self.context() == Context::Find;
        match &mut self.overlay {
            Some(Overlay::Help(help)) => help.paste(text),
            Some(Overlay::Passphrase(changing)) => changing.line_mut().paste(text),
            Some(Overlay::Form(form)) => form.paste(text),
            Some(Overlay::Editing(editing)) => editing.paste(text),
            Some(Overlay::Export(exporting)) => exporting.paste(text),
            _ if in_find => {
                self.find.paste(text);
                return self.read_find();
            }
            _ => {}
        }
        Vec::new()
    }

    fn resize(&mut self, width: u16, height: u16) -> Vec<Effect> {
        self.setup.size = (width, height);
        self.all_lists().flat_map(|list| list.set_height(usize::from(height))).collect()
    }

    fn tick(&mut self, now: DateTime<Utc>) -> Vec<Effect> {
        let yesterday = self.today();
        self.setup.now = now;
        self.following_shown = !self.pressed.is_empty();
        self.lock_if_idle();
        if self.today() != yesterday && self.accounts.loaded {
            let mut effects = self.load_overview();
            effects.extend(self.read_find());
            return effects;
        }
        Vec::new()
    }
}
