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
mod lists;
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
mod typing;

#[cfg(test)]
mod tests;

use std::time::Duration;

use chrono::{DateTime, NaiveDate, Utc};

use accounts::Accounts;
use columns::Columns;
use deed::Deed;
use detail::Detail;
use editing::Editing;
pub use event::{Effect, Event, Load, Opened};
use find::Find;
use insights::Insights;
use keymap::Key;
pub use keymap::Keymap;
use levels::Levels;
use list::TransactionList;
use lock::Lock;
use overlay::{Checks, Overlay};
use picked::Picked;
pub use setup::{Choice, FirstRun, Found, FoundPlace, Setup};
use sync::Sync;
use takeover::Takeover;

use crate::domain::{Replica, Standing, TransactionKey};
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
    /// What was typed and is being kept: it comes back where that fails.
    typed: Option<Box<Editing>>,
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
            typed: None,
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
                return self.transactions_loaded(&query, &window);
            }
            Event::SummaryLoaded { query, summary } => self.summed(&query, summary),
            Event::GroupsLoaded { query, groups } => return self.groups_loaded(&query, &groups),
            Event::NamesLoaded(names) => return self.names_loaded(names),
            Event::SearchesLoaded(searches) => return self.searches_loaded(searches),
            Event::CountLoaded { query, count } => return self.counted(&query, count),
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
            Event::SyncFailed(message) => return self.sync_failed(&message),
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
