//! A store of plain rows, answering what the screen asks.

use chrono::{DateTime, Days, NaiveDate, Utc};

use crate::app::feel::Feel;
use crate::app::theme::Theme;
use crate::app::{App, Effect, Event, Keymap, Setup};
use crate::domain::insight::{Flows, Patterns};
use crate::domain::query::{AccountName, Facts, Names};
use crate::domain::{
    Account, AccountId, AccountKind, AccountOverview, AccountStatus, Anchor, Annotation, Balance,
    Categories, Currency, GroupQuery, Groups, Hand, Institution, Life, Money, Overview, Rule, Said,
    Scope, Search, Snapshot, SortKey, Status, StoredTransaction, Summary, Transaction,
    TransactionDetail, TransactionKey, TransactionQuery, TransactionWindow, Zone, search_words,
};

pub fn now() -> DateTime<Utc> {
    "2026-11-22T09:45:00Z".parse().unwrap()
}

pub fn setup() -> Setup {
    Setup {
        now: now(),
        zone: Zone::UTC,
        store_label: String::new(),
        opened: true,
        demo: false,
        offline: false,
        read_only: false,
        can_sync: true,
        sync_on_start: false,
        ascii: false,
        theme: Theme::dark(),
        feel: Feel::default(),
        colour: true,
        size: (80, 24),
        first_run: None,
        keymap: Keymap::default(),
        keymap_problems: Vec::new(),
    }
}

/// The `number`-th row of an account: three a day, 0 the newest.
pub fn row(account: &str, number: u64) -> StoredTransaction {
    let date = NaiveDate::from_ymd_opt(2026, 11, 22).unwrap() - Days::new(number / 3);
    let transaction = Transaction {
        id: format!("txn_{number:06}").as_str().into(),
        account_id: account.into(),
        date,
        amount: Money::new(-100 - number.cast_signed(), Currency::USD),
        description: format!("row {number}"),
        status: Status::Posted,
        kind: "card_payment".to_owned(),
        running_balance: None,
        category: None,
        counterparty: None,
        counterparty_type: None,
        processing_status: None,
    };
    StoredTransaction {
        shown: transaction.shown(),
        transaction,
        sequence: 1_000_000 - number.cast_signed(),
        life: Life::Live,
        replaced_by: None,
        first_seen_at: now(),
        gone_at: None,
        noted: false,
        account_rank: 0,
        computed_balance: None,
    }
}

#[derive(Clone, Default)]
pub struct Fake {
    pub accounts: Vec<&'static str>,
    pub hidden: Vec<&'static str>,
    pub hands: Vec<Hand>,
    pub rows: Vec<StoredTransaction>,
    pub patterns: Patterns,
    pub searches: Vec<Search>,
    pub categories: Categories,
    pub rules: Vec<Rule>,
}

impl Fake {
    pub fn new(accounts: &[&'static str], rows: u64) -> Self {
        let all = accounts.iter().flat_map(|account| (0..rows).map(|number| row(account, number)));
        Self { accounts: accounts.to_vec(), rows: all.collect(), ..Self::default() }
    }

    pub fn overview(&self) -> Overview {
        let account = |id: &&'static str| AccountOverview {
            account: Account {
                id: AccountId::from(*id),
                enrollment_id: "enr".into(),
                institution: Institution { id: "bank".to_owned(), name: "Bank".to_owned() },
                name: (*id).to_owned(),
                kind: AccountKind::Depository,
                subtype: None,
                currency: Currency::USD,
                last_four: None,
                status: AccountStatus::Open,
                has_balances: true,
                has_transactions: true,
            },
            bank_name: None,
            hidden: self.hidden.contains(id),
            hand: None,
            latest: Some(Snapshot {
                account_id: AccountId::from(*id),
                observed_at: now(),
                balance: Balance {
                    ledger: Some(Money::new(5_000, Currency::USD)),
                    available: None,
                },
            }),
            snapshots: Vec::new(),
            flows: Vec::new(),
            reach: None,
            pending: 0,
            complete: true,
            synced_at: Some(now()),
            currency_assumed: false,
            possible_duplicate: false,
        };
        let hands = self.hands.iter().map(|it| AccountOverview::by_hand(it.clone(), false));
        Overview {
            accounts: self.accounts.iter().map(account).chain(hands).collect(),
            ..Overview::default()
        }
    }

    pub fn start(&self, setup: Setup) -> App {
        let (mut app, effects) = App::start(setup);
        self.answer(&mut app, effects);
        app
    }

    /// Answers all reads; returns the effects that are none.
    pub fn answer(&self, app: &mut App, mut effects: Vec<Effect>) -> Vec<Effect> {
        let mut others = Vec::new();
        while let Some(effect) = effects.pop() {
            match self.reply(&effect) {
                Some(event) => effects.extend(app.update(event)),
                None => others.push(effect),
            }
        }
        others
    }

    pub fn reply(&self, effect: &Effect) -> Option<Event> {
        Some(match effect {
            Effect::LoadOverview { .. } => Event::OverviewLoaded(Box::new(self.overview())),
            Effect::LoadTransactions(query) => {
                Event::TransactionsLoaded { query: query.clone(), window: self.window(query) }
            }
            Effect::CountTransactions(query) => {
                let mut rows = self.matching(query);
                if let Anchor::Newer(place) = &query.anchor {
                    rows.retain(|row| query.sort.is_above(&query.sort.position(row), place));
                }
                let count = rows.len() as u64;
                Event::CountLoaded { query: query.clone(), count }
            }
            Effect::LoadDetail(key) => {
                Event::DetailLoaded { key: key.clone(), detail: self.detail(key) }
            }
            Effect::LoadSummary(query) => {
                let summary = Summary::of(&self.matching(query));
                Event::SummaryLoaded { query: query.clone(), summary }
            }
            Effect::LoadGroups(query) => {
                Event::GroupsLoaded { query: query.clone(), groups: self.groups(query) }
            }
            Effect::LoadNames => Event::NamesLoaded(self.names()),
            Effect::LoadRules => Event::RulesLoaded(self.rules.clone()),
            Effect::LoadCategories => Event::CategoriesLoaded(self.categories.clone()),
            Effect::LoadSearches => Event::SearchesLoaded(self.searches.clone()),
            Effect::LoadRuns { .. } => Event::RunsLoaded(Vec::new()),
            Effect::LoadPatterns { .. } => Event::PatternsLoaded(Box::new(self.patterns.clone())),
            Effect::LoadInsights(query) => Event::InsightsLoaded {
                query: *query,
                overview: Box::new(self.overview()),
                flows: Flows::default(),
            },
            _ => return None,
        })
    }

    pub fn detail(&self, key: &TransactionKey) -> Option<Box<TransactionDetail>> {
        let stored = self.rows.iter().find(|row| row.key() == *key)?.clone();
        let raw = Some(format!("{{\"id\":\"{}\"}}", stored.transaction.id));
        Some(Box::new(TransactionDetail {
            stored,
            annotation: Annotation::default(),
            changes: Vec::new(),
            raw,
            alike: Vec::new(),
            alike_months: Vec::new(),
            predecessor: None,
            twin: None,
        }))
    }

    fn groups(&self, query: &GroupQuery) -> Groups {
        let mut groups = Groups::of(&self.matching(&query.rows), query.by, Currency::USD);
        let at_end = groups.len() <= query.limit as usize;
        groups.truncate(query.limit as usize);
        Groups { groups, at_end }
    }

    fn rank(&self, id: &AccountId) -> u32 {
        let place = self.accounts.iter().position(|account| *account == id.as_str());
        place.and_then(|place| place.try_into().ok()).unwrap_or_default()
    }

    pub fn names(&self) -> Names {
        let account = |id: &&'static str| AccountName {
            id: AccountId::from(*id),
            name: (*id).to_owned(),
            last_four: None,
            also: Vec::new(),
            currency: Currency::USD,
        };
        Names { accounts: self.accounts.iter().map(account).collect(), ..Names::default() }
    }

    fn matching(&self, query: &TransactionQuery) -> Vec<StoredTransaction> {
        let of_account = |row: &&StoredTransaction| {
            query.account.as_ref().is_none_or(|id| row.transaction.account_id == *id)
        };
        let since = |row: &&StoredTransaction| {
            query.since.is_none_or(|since| row.transaction.date >= since)
        };
        let until = |row: &&StoredTransaction| {
            query.until.is_none_or(|until| row.transaction.date <= until)
        };
        let in_scope = |row: &&StoredTransaction| match query.scope {
            Scope::Live => row.life == Life::Live,
            Scope::All => true,
            Scope::Gone => row.life == Life::Gone,
        };
        let matches = |row: &&StoredTransaction| {
            let own = Annotation::default();
            let words = search_words(row.transaction.words(), &own, &Said::default());
            query.filter.matches(&Facts::of(row, &own, &words, false))
        };
        let rows = self.rows.iter().filter(of_account).filter(since).filter(until).filter(in_scope);
        let rows = rows.filter(matches);
        let mut rows: Vec<StoredTransaction> = rows.cloned().collect();
        for row in &mut rows {
            row.noted &= query.scope == Scope::Gone && query.sort.is_by_date();
        }
        if query.sort.key == SortKey::Account && query.account.is_none() {
            for row in &mut rows {
                row.account_rank = self.rank(&row.transaction.account_id);
            }
        }
        query.sort.arrange(&mut rows);
        rows
    }

    pub fn window(&self, query: &TransactionQuery) -> TransactionWindow {
        let rows = self.matching(query);
        let limit = query.limit as usize;
        let from = match &query.anchor {
            Anchor::Newest => 0,
            Anchor::Oldest => rows.len().saturating_sub(limit),
            Anchor::Older(place) => {
                rows.partition_point(|row| !query.sort.is_above(place, &query.sort.position(row)))
            }
            Anchor::Newer(place) => rows
                .partition_point(|row| query.sort.is_above(&query.sort.position(row), place))
                .saturating_sub(limit),
        };
        let until = match &query.anchor {
            Anchor::Newer(place) => {
                rows.partition_point(|row| query.sort.is_above(&query.sort.position(row), place))
            }
            _ => (from + limit).min(rows.len()),
        };
        let at_end = match query.anchor {
            Anchor::Newest | Anchor::Older(_) => until == rows.len(),
            Anchor::Oldest | Anchor::Newer(_) => from == 0,
        };
        TransactionWindow { rows: rows[from..until].to_vec(), at_end }
    }
}
