//! What can happen to the screen, and what it can ask to be done about it.

use chrono::{DateTime, NaiveDate, Utc};
use crossterm::event::KeyEvent;

use super::columns::Columns;
use super::connecting::{Told, Wish};
use super::deed::How;
use super::exporting::{Export, Exported};
use super::mouse::Mouse;
use super::settings::Name;
use super::setup::{FirstRun, FoundPlace};
use super::takeover::Way;
use crate::domain::insight::{Flows, InsightsQuery, Patterns};
use crate::domain::query::Names;
use crate::domain::{
    AccountId, Checked, EnrollmentId, Extent, Overview, QuarantinedRow, Replica, Retried, Standing,
    StoredTransaction, Survey, SyncEvent, SyncRun, TransactionDetail, TransactionKey,
    TransactionQuery, TransactionWindow,
};
use crate::domain::{
    Categories, Edit, Edited, GroupQuery, Groups, Position, Rule, RulePreview, Search, Summary,
};
use crate::exit::Exit;
use crate::secret::Secret;

/// What happened. An answer carries its question, so that a late one can be told apart.
#[derive(Clone, Debug)]
pub enum Event {
    Key(KeyEvent),
    Paste(String),
    Mouse(Mouse),
    /// Columns and rows.
    Resize(u16, u16),
    /// The time of day. Comes while [`App::animating`](super::App::animating) asks for it.
    Tick(DateTime<Utc>),

    /// How far opening the store has come, in one line: "waiting for the server, 12 s".
    Opening(String),
    Opened(Opened),
    /// The store cannot be opened, after the screen is up.
    OpenFailed {
        sentence: String,
        /// With which the process will end.
        exit: Exit,
    },
    /// What was looked at, and what was found.
    Checked(Checked),
    /// Opening found nothing of passbook's own, but something to begin with.
    Offered(Box<FirstRun>),
    /// What the Python app left there, or why that cannot be told.
    Surveyed {
        place: FoundPlace,
        survey: Result<Box<Survey>, String>,
    },
    /// Nothing was taken over, and why.
    TakeOverFailed(String),

    OverviewLoaded(Box<Overview>),
    TransactionsLoaded {
        query: TransactionQuery,
        window: TransactionWindow,
    },
    /// How many rows the filters of `query` match; above its anchor, if that is a newer one.
    CountLoaded {
        query: TransactionQuery,
        count: u64,
    },
    /// What the rows of all accounts that match come to.
    SummaryLoaded {
        query: TransactionQuery,
        summary: Summary,
    },
    GroupsLoaded {
        query: GroupQuery,
        groups: Groups,
    },
    /// What names in a search can mean.
    NamesLoaded(Names),
    /// Latest first.
    SearchesLoaded(Vec<Search>),
    /// `None`: the row is no longer there.
    DetailLoaded {
        key: TransactionKey,
        detail: Option<Box<TransactionDetail>>,
    },
    /// Newest first.
    RunsLoaded(Vec<SyncRun>),
    InsightsLoaded {
        query: InsightsQuery,
        overview: Box<Overview>,
        flows: Flows,
    },
    PatternsLoaded(Box<Patterns>),
    /// The other half of a transfer, and why the two are one.
    TwinLoaded {
        key: TransactionKey,
        twin: Option<(TransactionKey, Vec<String>)>,
        /// To be shown, not only explained.
        go: bool,
    },
    /// What a withdrawn row may have become, the likeliest first.
    PairCandidatesLoaded {
        gone: TransactionKey,
        rows: Vec<StoredTransaction>,
    },
    /// The rows that could not be read.
    QuarantineLoaded(Vec<QuarantinedRow>),
    /// A read went wrong; the screen keeps what it has.
    LoadFailed {
        what: Load,
        message: String,
    },

    /// The row took the place of another; now each stands for itself again.
    PairParted {
        gone: TransactionKey,
    },
    /// This row is from now on what a withdrawn one became.
    PairMade {
        came: TransactionKey,
    },
    /// The rows that could not be read were read once more.
    QuarantineRetried(Retried),
    /// Whether it was the right one, or why nobody can tell.
    PassphraseChecked(Result<bool, String>),
    /// Whether there is one now, or why all stays as it was.
    PassphraseSet(Result<bool, String>),
    /// Where in the config file it stands now, or why it does not.
    SettingWritten {
        name: Name,
        written: Result<String, String>,
    },
    /// What the user asked to have written was not.
    EditFailed(String),
    /// `None`: there was nothing to undo or redo.
    Edited {
        how: How,
        edited: Option<Edited>,
    },
    PickedLoaded {
        query: TransactionQuery,
        rows: Vec<StoredTransaction>,
    },
    RulesLoaded(Vec<Rule>),
    CategoriesLoaded(Categories),
    RulePreviewed {
        rule: Rule,
        preview: RulePreview,
    },
    /// How many rows the rule finds.
    RuleCounted {
        rule: Rule,
        rows: u64,
    },
    /// What became of a file, by the path that was typed.
    Exported {
        path: String,
        outcome: Exported,
    },

    Sync(SyncEvent),
    /// The sync task ended without a report.
    SyncFailed(String),

    /// What stands in the way of syncs.
    Standing(Standing),
    /// What became of it, or why nothing did: a sentence.
    EnrollmentChanged {
        deed: EnrollmentDeed,
        told: Result<String, String>,
    },
    /// Of an attempt to link a bank.
    Connect {
        attempt: u32,
        told: Told,
    },

    /// The read replica of the database stands otherwise than before.
    Replica(Replica),

    /// Anything else worth a line at the bottom.
    Notice(String),
    /// Back from the shell after `ctrl-z`.
    Resumed {
        now: DateTime<Utc>,
    },
}

/// A store that is ready to be read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
pub struct Opened {
    /// `SQLite · this computer`.
    pub store_label: String,
    pub demo: bool,
    pub read_only: bool,
    /// Whether any enrollment or token is known, so that `r` has somebody to ask.
    pub can_sync: bool,
    /// The screen is locked until its passphrase is given.
    pub passphrase: bool,
    /// Where the user has drawn the line between the panes, in thousandths.
    pub divider: Option<u16>,
    /// Those that the user has chosen.
    pub columns: Option<Columns>,
    /// What was done on the way.
    pub notice: Option<String>,
}

/// A read that can fail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Load {
    Overview,
    Transactions(TransactionQuery),
    Count(TransactionQuery),
    Summary(TransactionQuery),
    Groups(GroupQuery),
    Names,
    Searches,
    Detail(TransactionKey),
    Runs,
    Insights(InsightsQuery),
    Patterns,
    Twin(TransactionKey),
    PairCandidates(TransactionKey),
    Quarantine,
    Picked(TransactionQuery),
    Rules,
    RuleCount(Rule),
    RulePreview(Rule),
    Categories,
}

/// What is to be done outside; its answer comes back as an [`Event`].
/// What is done to an enrollment beyond its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EnrollmentDeed {
    /// At Teller first, then here; its history stays.
    End(EnrollmentId),
    UndoRepair(EnrollmentId),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Everything the accounts screen shows for the `days` days up to `today`.
    LoadOverview {
        today: NaiveDate,
        days: usize,
    },
    LoadTransactions(TransactionQuery),
    /// Counts what the filters match: all of it, or with `Anchor::Newer` what stands above that row.
    CountTransactions(TransactionQuery),
    /// What the rows of all accounts that match come to.
    LoadSummary(TransactionQuery),
    LoadGroups(GroupQuery),
    LoadNames,
    /// Read what searches look into ahead of them, or what of it has changed since.
    PrepareSearch,
    LoadSearches,
    /// Remember this search, under its key if it has one.
    KeepSearch(Search),
    LoadDetail(TransactionKey),
    /// Every row of the query, or those between an upper and a lower place of its list.
    LoadPicked {
        query: TransactionQuery,
        ends: Option<(Position, Position)>,
    },
    LoadRules,
    LoadCategories,
    CountRule(Rule),
    /// What it would change.
    PreviewRule(Rule),
    /// The latest so many runs.
    LoadRuns {
        limit: u32,
    },
    /// Net worth, cash flow and spending.
    LoadInsights(InsightsQuery),
    /// Series and what is worth a look: takes its time.
    LoadPatterns {
        today: NaiveDate,
    },
    /// The other half of a transfer.
    LoadTwin {
        key: TransactionKey,
        go: bool,
    },
    /// Posted rows that this withdrawn one may have become.
    LoadPairCandidates(TransactionKey),
    /// So many of the rows that could not be read.
    LoadQuarantine {
        limit: u32,
    },
    /// Keep what the user says.
    Edit(Edit),
    /// Take the last edit back; make it again.
    Undo,
    Redo,
    /// Say for good that one became the other.
    MakePair {
        gone: TransactionKey,
        came: TransactionKey,
    },
    /// Read once more what could not be read; asks no bank.
    RetryQuarantine,
    /// Part this row from the one it took the place of, for good.
    PartPair(TransactionKey),
    StartSync {
        /// Fetch everything again, not only a window.
        full: bool,
        /// All accounts when `None`.
        account: Option<AccountId>,
    },
    /// Stop after the page that is being read.
    StopSync,
    Enrollment(EnrollmentDeed),
    /// Link a bank in the browser.
    Connect(Wish),
    /// Yes or no, to what the attempt asks.
    DecideConnect(bool),
    /// Leave the attempt; the page is closed.
    StopConnect,
    /// Write a file.
    Export(Export),
    /// Into the terminal's clipboard. Never bank text as control sequences: OSC 52 carries base64.
    Copy(String),
    CheckPassphrase(Secret),
    /// Without a new one there is none any more. The old one must be right, where there is one.
    SetPassphrase {
        old: Option<Secret>,
        new: Option<Secret>,
    },
    /// Into the config file.
    WriteSetting {
        name: Name,
        value: String,
    },
    /// Where the line between the panes stands, in thousandths.
    KeepDivider {
        share: u16,
    },
    /// Which columns lists have.
    KeepColumns(Columns),
    /// Clicks and the wheel are passbook's, or the terminal's.
    CaptureMouse(bool),
    Suspend,
    /// Clear the terminal and draw everything again.
    Redraw,
    Quit,
    /// First run: the built-in bank and its own database.
    OpenDemo,
    /// The database that the configuration names: on the first run, or once more.
    OpenDefault,
    /// Look at everything passbook stands on.
    Check(Extent),
    /// First run: read what stands there.
    Survey(FoundPlace),
    /// First run: take it over, and open what came of it.
    TakeOver {
        place: FoundPlace,
        way: Way,
        /// With what was kept by hand there.
        by_hand: bool,
    },
}
