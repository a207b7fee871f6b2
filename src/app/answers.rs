//! What answers from outside change: the store's, and those of a running sync.

use super::accounts::DAYS;
use super::detail::Detail;
use super::event::{Effect, Load};
use super::list::TransactionList;
use super::overlay::Overlay;
use super::problems::outcome_word;
use super::{App, Asked, RUNS, Screen};
use crate::domain::{
    AccountId, AccountResult, Anchor, Outcome, Overview, Replica, SyncEvent, SyncReport,
    TransactionDetail, TransactionKey, TransactionQuery, TransactionWindow,
};

impl App {
    /// One question at a time: two answers could arrive in the wrong order.
    pub(super) fn load_overview(&mut self) -> Vec<Effect> {
        if self.overview_asked != Asked::No {
            self.overview_asked = Asked::Again;
            return Vec::new();
        }
        self.overview_asked = Asked::Once;
        vec![Effect::LoadOverview { today: self.today(), days: DAYS }]
    }

    pub(super) fn overview_loaded(&mut self, overview: Overview) -> Vec<Effect> {
        self.read_well("Accounts");
        let rows = usize::from(self.setup.size.1);
        let mut effects = self.accounts.show(overview, self.today(), self.setup.zone, rows);
        self.sync.know(&self.accounts.overview.enrollments);
        if std::mem::take(&mut self.overview_asked) == Asked::Again {
            effects.extend(self.load_overview());
        }
        if self.insights.patterns.is_none() && !self.accounts.lines.is_empty() {
            effects.extend(self.insights.ask_patterns(self.today()));
        }
        if std::mem::take(&mut self.sync_due) {
            effects.extend(self.start_sync(false));
        }
        effects
    }

    pub(super) fn transactions_loaded(
        &mut self,
        query: &TransactionQuery,
        window: &TransactionWindow,
    ) -> Vec<Effect> {
        self.read_well("Transactions");
        let (mut jumped, mut effects) = (false, Vec::new());
        for list in self.lists(query.account.as_ref()).filter(|list| list.holds(query)) {
            jumped |= list.is_jumping();
            effects.extend(list.answer(query, window.clone()));
        }
        if query.account.is_none() && query.anchor == Anchor::Newest {
            effects.extend(self.sum_up());
        }
        if jumped { self.follow(effects) } else { effects }
    }

    pub(super) fn counted(&mut self, query: &TransactionQuery, count: u64) -> Vec<Effect> {
        self.count_all(query, count);
        let lists = self.lists(query.account.as_ref()).filter(|list| list.holds(query));
        lists.flat_map(|list| list.counted(query, count)).collect()
    }

    pub(super) fn detail_loaded(
        &mut self,
        key: &TransactionKey,
        loaded: Option<Box<TransactionDetail>>,
    ) -> Vec<Effect> {
        let mut effects = Vec::new();
        if self.copy_json_of.take_if(|wanted| wanted == key).is_some() {
            let raw = loaded.as_ref().and_then(|detail| detail.raw.clone());
            effects.extend(self.copy(raw, "the record"));
        }
        if let Some(Overlay::Editing(editing)) = &mut self.overlay
            && let [row] = &editing.rows[..]
            && row.key() == *key
        {
            editing.note_was(loaded.as_ref().and_then(|loaded| loaded.annotation.note.as_deref()));
        }
        if self.jump_to.take_if(|wanted| wanted == key).is_some()
            && let Some(loaded) = &loaded
        {
            self.detail = Some(Detail::open(loaded.stored.clone()));
        }
        if let Some(detail) = self.detail.as_mut().filter(|detail| detail.key() == *key) {
            detail.show(loaded);
        }
        effects
    }

    pub(super) fn load_failed(&mut self, what: &Load, message: String) {
        self.opens_late = false;
        let subject = match what {
            Load::Overview => {
                self.overview_asked = Asked::No;
                "Accounts"
            }
            Load::Transactions(query) | Load::Count(query) => {
                if query.account.is_none() {
                    self.find.forget_sums();
                }
                self.lists(query.account.as_ref()).for_each(|list| list.failed(query));
                "Transactions"
            }
            Load::Summary(_) => {
                self.find.forget_sums();
                "Sums"
            }
            Load::Groups(query) => {
                self.groups_failed(query);
                "Groups"
            }
            Load::Names => "Names",
            Load::Searches => "Searches",
            Load::Detail(_) => "The transaction",
            Load::Runs => "Last runs",
            Load::Insights(_) => {
                self.insights.failed();
                "Insights"
            }
            Load::Patterns => {
                self.insights.failed();
                "What recurs"
            }
            Load::Twin(_) => "The other half",
            // Asked for by a key that can be pressed again.
            Load::Picked(_) | Load::RuleCount(_) | Load::RulePreview(_) => "Rows",
            Load::Rules => "Rules",
            Load::Categories => "Categories",
            Load::PairCandidates(_) | Load::Quarantine => {
                self.overlay = None;
                self.warn(message);
                return;
            }
        };
        self.read_well(subject);
        self.warn(format!("{subject}: {message}"));
        self.failed_reads.push((subject.to_owned(), message));
    }

    pub(super) fn read_well(&mut self, subject: &str) {
        self.failed_reads.retain(|(failed, _)| failed != subject);
    }

    /// Told once when it is no longer read from, and once when it is again.
    pub(super) fn replica_told(&mut self, replica: Replica) {
        match (self.replica.unfit(), replica.unfit()) {
            (Some(before), Some(now)) if before.is_like(now) => {}
            (_, Some(unfit)) => self.warn(format!("{unfit}: reading from the primary.")),
            (Some(_), None) => self.tell("The read replica is well again: reading from it."),
            (None, None) => {}
        }
        self.replica = replica;
    }

    pub(super) fn synced(&mut self, event: SyncEvent) -> Vec<Effect> {
        let effects = match &event {
            // The bank's clock may run ahead of the last tick.
            SyncEvent::Started { started_at, .. } => self.tick((*started_at).max(self.now())),
            SyncEvent::AccountDone(result) => self.reload(Some(&result.account_id)),
            SyncEvent::Finished(report) => {
                self.tell_report(report);
                let mut effects = self.reload(None);
                effects.push(Effect::LoadRuns { limit: RUNS });
                effects
            }
            _ => Vec::new(),
        };
        let listing = matches!(
            event,
            SyncEvent::Listed { .. } | SyncEvent::EnrollmentFailed(_) | SyncEvent::Finished(_)
        );
        self.sync.happened(event);
        if listing {
            self.sync.arrange(&self.accounts);
        }
        effects
    }

    pub(super) fn sync_failed(&mut self, message: &str) -> Vec<Effect> {
        self.sync.end();
        self.warn(format!("The sync ended early: {message}"));
        let mut effects = self.reload(None);
        effects.push(Effect::LoadRuns { limit: RUNS });
        effects
    }

    fn tell_report(&mut self, report: &SyncReport) {
        let sum = |of: fn(&AccountResult) -> i64| report.run.results.iter().map(of).sum::<i64>();
        let (new, settled) = (sum(|result| result.new), sum(|result| result.settled));
        let facts = format!("{new} new, {settled} settled");
        match &report.run.outcome {
            Outcome::Ok => self.tell(format!("Synced: {facts}.")),
            Outcome::Stopped => self.tell(format!("Sync stopped: {facts}.")),
            Outcome::Offline => {
                let text = "The bank could not be reached; nothing was changed. Press ! for more.";
                self.warn(text.to_owned());
            }
            Outcome::Failed => {
                let text = "The sync failed; what was saved before stays. Press ! for more.";
                self.warn(text.to_owned());
            }
            outcome => {
                let word = outcome_word(outcome);
                self.warn(format!("Sync {word}: {facts}. Press ! to see what needs you."));
            }
        }
    }

    /// Reads again what the screen shows: everything, or what one account's pass has touched.
    pub(super) fn reload(&mut self, account: Option<&AccountId>) -> Vec<Effect> {
        let mut effects = self.load_overview();
        let touched = |list: &&mut TransactionList| {
            account.is_none() || list.account().is_none() || list.account() == account
        };
        let lists = self.all_lists().filter(touched);
        effects.extend(lists.flat_map(|list| list.reload(true)).collect::<Vec<_>>());
        effects.extend(self.levels.reload_groups());
        if let Some(detail) = &self.detail {
            effects.push(Effect::LoadDetail(detail.key()));
        }
        effects.extend(self.refresh_find(account.is_none()));
        if account.is_none() {
            if self.screen == Screen::Insights {
                effects.extend(self.insights.ask(self.today()));
            }
            if self.insights.patterns.is_some() {
                effects.extend(self.insights.ask_patterns(self.today()));
            }
        }
        effects
    }
}
