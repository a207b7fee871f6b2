//! An imaginary household, the same at every run, and a store that holds nothing else.
#![expect(clippy::unwrap_used, reason = "helpers of tests, which clippy does not see as such")]

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};
use passbook::app::feel::Feel;
use passbook::app::theme::Theme;
use passbook::app::{App, Effect, Event, Keymap, Setup};
use passbook::domain::insight::{Flows, Patterns};
use passbook::domain::query::{AccountName, CategoryName, Facts, Names};
use passbook::domain::{
    Account, AccountId, AccountKind, AccountOverview, AccountStatus, Anchor, Annotation, Balance,
    Categories, Change, Currency, Enrollment, EnrollmentState, Flow, GroupQuery, Groups,
    Institution, Life, Money, MonthTotals, Overview, QuarantinedRow, Said, Scope, Search, Snapshot,
    SortKey, Status, StoredTransaction, Summary, SyncRun, Transaction, TransactionDetail,
    TransactionQuery, TransactionWindow, Zone, fold, search_words,
};

pub fn now() -> DateTime<Utc> {
    "2026-11-22T09:45:20Z".parse().unwrap()
}

fn date(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

pub fn usd(text: &str) -> Money {
    Money::parse(text, Currency::USD).unwrap()
}

pub fn setup(width: u16, height: u16) -> Setup {
    Setup {
        now: now(),
        zone: Zone::UTC,
        store_label: "SQLite · this computer".to_owned(),
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
        size: (width, height),
        first_run: None,
        keymap: Keymap::default(),
        keymap_problems: Vec::new(),
    }
}

/// All that the store holds.
#[derive(Clone, Default)]
pub struct Sample {
    pub overview: Overview,
    pub rows: Vec<StoredTransaction>,
    pub runs: Vec<SyncRun>,
    /// What any withdrawn row may have become.
    pub candidates: Vec<StoredTransaction>,
    pub aside: Vec<QuarantinedRow>,
    pub patterns: Patterns,
    pub flows: Flows,
    pub searches: Vec<Search>,
    pub categories: Categories,
}

impl Sample {
    /// Starts the screen and answers until it asks for nothing more.
    pub fn start(&self, setup: Setup) -> App {
        let (mut app, effects) = App::start(setup);
        self.answer(&mut app, effects);
        app
    }

    pub fn send(&self, app: &mut App, event: Event) -> Vec<Effect> {
        let effects = app.update(event);
        self.answer(app, effects)
    }

    /// Answers every read, those that answers lead to included; returns the other effects.
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

    fn reply(&self, effect: &Effect) -> Option<Event> {
        Some(match effect {
            Effect::LoadOverview { .. } => Event::OverviewLoaded(Box::new(self.overview.clone())),
            Effect::LoadTransactions(query) => {
                Event::TransactionsLoaded { query: query.clone(), window: self.window(query) }
            }
            Effect::CountTransactions(query) => {
                let count = self.matching(query).len() as u64;
                Event::CountLoaded { query: query.clone(), count }
            }
            Effect::LoadDetail(key) => {
                let row = self.rows.iter().find(|row| row.key() == *key);
                Event::DetailLoaded { key: key.clone(), detail: row.map(|row| self.detail(row)) }
            }
            Effect::LoadSummary(query) => {
                let filter = &query.filter;
                let mut summary = Summary::of(&self.matching(query));
                let anyway = Arc::new(filter.on_any_day());
                let rows = self.matching(&TransactionQuery { filter: anyway, ..query.clone() });
                let rows_where = |on: &dyn Fn(NaiveDate) -> bool| {
                    rows.iter().filter(|row| on(row.transaction.date)).map(|_| 1_i64).sum()
                };
                let (since, until) = filter.days();
                summary.before = rows_where(&|day| since.is_some_and(|since| day < since));
                summary.after = rows_where(&|day| until.is_some_and(|until| day > until));
                Event::SummaryLoaded { query: query.clone(), summary }
            }
            Effect::LoadGroups(query) => {
                Event::GroupsLoaded { query: query.clone(), groups: self.groups(query) }
            }
            Effect::LoadNames => Event::NamesLoaded(self.names()),
            Effect::LoadCategories => Event::CategoriesLoaded(self.categories.clone()),
            Effect::LoadSearches => Event::SearchesLoaded(self.searches.clone()),
            Effect::LoadRuns { .. } => Event::RunsLoaded(self.runs.clone()),
            Effect::LoadPatterns { .. } => Event::PatternsLoaded(Box::new(self.patterns.clone())),
            Effect::LoadInsights(query) => Event::InsightsLoaded {
                query: *query,
                overview: Box::new(self.overview.clone()),
                flows: self.flows.clone(),
            },
            Effect::LoadPairCandidates(gone) => {
                Event::PairCandidatesLoaded { gone: gone.clone(), rows: self.candidates.clone() }
            }
            Effect::LoadQuarantine { .. } => Event::QuarantineLoaded(self.aside.clone()),
            _ => return None,
        })
    }

    fn groups(&self, query: &GroupQuery) -> Groups {
        let mut groups = Groups::of(&self.matching(&query.rows), query.by, Currency::USD);
        let at_end = groups.len() <= query.limit as usize;
        groups.truncate(query.limit as usize);
        Groups { groups, at_end }
    }

    /// By name, as the store sorts accounts.
    fn rank(&self, id: &AccountId) -> u32 {
        let mut names: Vec<_> = self
            .overview
            .accounts
            .iter()
            .map(|it| (fold(&it.account.name), &it.account.id))
            .collect();
        names.sort();
        let place = names.iter().position(|(_, account)| *account == id);
        place.and_then(|place| place.try_into().ok()).unwrap_or_default()
    }

    fn names(&self) -> Names {
        let account = |line: &AccountOverview| AccountName {
            id: line.account.id.clone(),
            name: line.account.name.clone(),
            last_four: line.account.last_four.clone(),
            also: vec![line.account.institution.name.clone()],
            currency: line.account.currency,
        };
        let mut categories: Vec<String> =
            self.rows.iter().filter_map(|row| row.shown.category.clone()).collect();
        categories.sort();
        categories.dedup();
        let category = |name: String| CategoryName { name, parent: None, also: Vec::new() };
        Names {
            accounts: self.overview.accounts.iter().map(account).collect(),
            categories: categories.into_iter().map(category).collect(),
            tags: vec!["shared".to_owned()],
            synced_at: Some(now()),
        }
    }

    fn matching(&self, query: &TransactionQuery) -> Vec<StoredTransaction> {
        let mut rows: Vec<_> = self
            .rows
            .iter()
            .filter(|row| query.account.as_ref().is_none_or(|id| row.transaction.account_id == *id))
            .filter(|row| match query.scope {
                Scope::Live => row.life == Life::Live,
                Scope::All => true,
                Scope::Gone => row.life == Life::Gone,
            })
            .filter(|row| query.since.is_none_or(|since| row.transaction.date >= since))
            .filter(|row| query.until.is_none_or(|until| row.transaction.date <= until))
            .filter(|row| {
                let own = Annotation::default();
                let words = search_words(row.transaction.words(), &own, &Said::default());
                query.filter.matches(&Facts::of(row, &own, &words, false))
            })
            .cloned()
            .collect();
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

    fn window(&self, query: &TransactionQuery) -> TransactionWindow {
        let rows = self.matching(query);
        let limit = query.limit as usize;
        let (from, until) = match &query.anchor {
            Anchor::Newest => (0, rows.len()),
            Anchor::Oldest => (rows.len().saturating_sub(limit), rows.len()),
            Anchor::Older(place) => (
                rows.partition_point(|row| !query.sort.is_above(place, &query.sort.position(row))),
                rows.len(),
            ),
            Anchor::Newer(place) => {
                let end = rows
                    .partition_point(|row| query.sort.is_above(&query.sort.position(row), place));
                (end.saturating_sub(limit), end)
            }
        };
        let kept = &rows[from..until.min(from + limit)];
        let at_end = match query.anchor {
            Anchor::Newest | Anchor::Older(_) => from + kept.len() == rows.len(),
            Anchor::Oldest | Anchor::Newer(_) => from == 0,
        };
        TransactionWindow { rows: kept.to_vec(), at_end }
    }

    fn detail(&self, row: &StoredTransaction) -> Box<TransactionDetail> {
        let name = &row.transaction.counterparty;
        let mut alike: Vec<_> = self
            .rows
            .iter()
            .filter(|other| other.transaction.counterparty == *name)
            .cloned()
            .collect();
        alike.sort_by_key(|row| std::cmp::Reverse(row.position()));
        let mut months: BTreeMap<NaiveDate, (i64, i64)> = BTreeMap::new();
        for other in &alike {
            let date = other.transaction.date;
            let first = NaiveDate::from_ymd_opt(
                chrono::Datelike::year(&date),
                chrono::Datelike::month(&date),
                1,
            );
            let month = months.entry(first.unwrap()).or_default();
            month.0 += 1;
            month.1 = i64::saturating_add(month.1, other.transaction.amount.minor);
        }
        let change = |at: &str, field: &str, old: Option<&str>, new: Option<&str>| Change {
            changed_at: at.parse().unwrap(),
            field: field.to_owned(),
            old: old.map(str::to_owned),
            new: new.map(str::to_owned),
        };
        let raw = format!(
            r#"{{"id":"{}","account_id":"{}","amount":"{}","date":"{}","details":{{"category":"groceries","processing_status":"complete"}},"status":"posted","links":{{}}}}"#,
            row.transaction.id,
            row.transaction.account_id,
            row.transaction.amount,
            row.transaction.date
        );
        Box::new(TransactionDetail {
            stored: row.clone(),
            annotation: Annotation {
                note: Some("weekly shop, half is for Sam".to_owned()),
                tags: vec!["shared".to_owned()],
                ..Annotation::default()
            },
            changes: vec![
                change("2026-11-18T19:02:00Z", "first_seen", None, Some("pending -85.00")),
                change("2026-11-20T06:10:00Z", "amount", Some("-85.00"), Some("-86.46")),
                change("2026-11-20T06:10:00Z", "status", Some("pending"), Some("posted")),
                change("2026-11-20T06:10:00Z", "id", Some("txn_old"), Some("txn_new")),
                change(
                    "2026-11-20T06:10:00Z",
                    "description",
                    Some("ROWAN MKT PENDING"),
                    Some("ROWAN MKT #0221"),
                ),
            ],
            raw: Some(raw),
            predecessor: (row.life == Life::Live).then(|| "txn_old".into()),
            alike: alike.into_iter().take(12).collect(),
            alike_months: months
                .into_iter()
                .map(|(month, (count, sum))| (month, count, sum))
                .collect(),
        })
    }
}

/// The household at its best, but for one bank that wants a new login.
pub fn household() -> Sample {
    let rows = checking_rows();
    let specs = [
        (
            "harbor",
            "Harbor Credit Union",
            "acc_everyday",
            "Everyday Checking",
            "4821",
            "4286.13",
            Some("4227.28"),
        ),
        (
            "harbor",
            "Harbor Credit Union",
            "acc_rainy",
            "Rainy Day Savings",
            "9034",
            "18250.00",
            Some("18250.00"),
        ),
        (
            "platypus",
            "First Platypus",
            "acc_platinum",
            "Platinum Card",
            "1177",
            "-1942.68",
            Some("8057.32"),
        ),
        (
            "platypus",
            "First Platypus",
            "acc_travel",
            "Travel Card",
            "3390",
            "-312.40",
            Some("4687.60"),
        ),
        (
            "northwind",
            "Northwind Bank",
            "acc_joint",
            "Joint Checking",
            "6605",
            "2731.94",
            Some("2731.94"),
        ),
        ("northwind", "Northwind Bank", "acc_cd", "12-month CD", "0088", "25000.00", None),
    ];
    let accounts =
        specs.iter().enumerate().map(|(index, spec)| account(index, *spec, &rows)).collect();
    let enrollment =
        |id: &str, name: &str, state: EnrollmentState, reason: Option<&str>| Enrollment {
            state,
            reason: reason.map(str::to_owned),
            last_success_at: Some(now() - TimeDelta::minutes(4)),
            ..Enrollment::healthy(format!("enr_{id}").as_str().into(), institution(id, name))
        };
    let month = MonthTotals { money_in: 613_112, money_out: -492_657 };
    let overview = Overview {
        accounts,
        enrollments: vec![
            enrollment("harbor", "Harbor Credit Union", EnrollmentState::Healthy, None),
            enrollment("platypus", "First Platypus", EnrollmentState::Healthy, None),
            Enrollment {
                last_success_at: Some("2026-11-16T08:11:00Z".parse().unwrap()),
                ..enrollment(
                    "northwind",
                    "Northwind Bank",
                    EnrollmentState::Disconnected,
                    Some("enrollment.disconnected"),
                )
            },
        ],
        month: BTreeMap::from([(Currency::USD, month)]),
        last_run: None,
        quarantined: 0,
    };
    Sample { overview, rows, ..Sample::default() }
}

/// The household once the bank has withdrawn a few rows, and listed others ill.
pub fn spoilt() -> Sample {
    let mut sample = household();
    for (index, life) in
        [(1, Life::Gone), (3, Life::Replaced), (8, Life::Gone), (16, Life::Gone), (23, Life::Gone)]
    {
        sample.rows[index].life = life;
        sample.rows[index].noted = index > 8;
    }
    sample.candidates = [2, 9, 10, 14, 17, 20, 11].map(|index| sample.rows[index].clone()).to_vec();
    let aside = |id: &str, account: &str, reason: &str, amount: &str| QuarantinedRow {
        account_id: account.into(),
        digest: id.to_owned(),
        transaction_id: Some(id.into()),
        reason: reason.to_owned(),
        raw: format!(
            "{{\"id\":\"{id}\",\"amount\":{amount},\"date\":\"2026-11-20\",\"description\":\
             \"ROWAN MKT \\u001b[31m#0221\u{9b}31m, {}\",\"details\":{{\"category\":\"groceries\",\
             \"counterparty\":{{\"name\":\"Rowan Market\",\"type\":\"organization\"}},\
             \"processing_status\":\"complete\"}},\"links\":{{\"self\":\"/transactions/{id}\",\
             \"account\":\"/accounts/{account}\"}},\"running_balance\":null,\"status\":\"posted\",\
             \"type\":\"card_payment\"}}",
            "as long as banks like it ".repeat(4)
        ),
        first_seen_at: now() - TimeDelta::days(3),
        last_seen_at: now() - TimeDelta::minutes(4),
    };
    sample.aside = vec![
        aside("txn_odd_1", "acc_travel", "amount: not a decimal number", "\"86.46e2\""),
        aside("txn_odd_2", "acc_everyday", "amount: more decimals than USD has", "\"-86.465\""),
        aside("txn_odd_3", "acc_gone", "date: not a day of the calendar", "\"-86.46\""),
    ];
    sample.overview.quarantined = 3;
    sample
}

pub fn institution(id: &str, name: &str) -> Institution {
    Institution { id: id.to_owned(), name: name.to_owned() }
}

type Spec = (
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    Option<&'static str>,
);

fn account(index: usize, spec: Spec, rows: &[StoredTransaction]) -> AccountOverview {
    let (bank, bank_name, id, name, last_four, ledger, available) = spec;
    let ledger = usd(ledger);
    let account_id = AccountId::from(id);
    let last = if bank == "northwind" { 6 } else { 0 };
    let synced_at = now() - TimeDelta::days(last) - TimeDelta::minutes(4);
    let mut flows: BTreeMap<NaiveDate, i64> = BTreeMap::new();
    for row in rows.iter().filter(|row| row.transaction.account_id == account_id) {
        if row.transaction.status == Status::Posted {
            *flows.entry(row.transaction.date).or_default() += row.transaction.amount.minor;
        }
    }
    if flows.is_empty() && id != "acc_cd" {
        // A few made-up movements, so that no two sparklines look the same.
        for step in 0..12_i64 {
            let day =
                now().date_naive() - Days::new(u64::try_from(step).unwrap() * 7 + index as u64);
            flows.insert(day, ((step * 37 + index.cast_signed() as i64 * 53) % 90 - 40) * 1_000);
        }
    }
    let measured_days = 58;
    let mut value = ledger.minor;
    let mut snapshots = Vec::new();
    for back in 0..measured_days {
        let at = synced_at - TimeDelta::days(back);
        let balance = Balance {
            ledger: Some(Money::new(value, Currency::USD)),
            available: available.map(usd),
        };
        snapshots.push(Snapshot { account_id: account_id.clone(), observed_at: at, balance });
        value -= flows.get(&at.date_naive()).copied().unwrap_or(0);
    }
    snapshots.reverse();
    AccountOverview {
        account: Account {
            id: account_id.clone(),
            enrollment_id: format!("enr_{bank}").as_str().into(),
            institution: institution(bank, bank_name),
            name: name.to_owned(),
            kind: if name.ends_with("Card") {
                AccountKind::Credit
            } else {
                AccountKind::Depository
            },
            subtype: None,
            currency: Currency::USD,
            last_four: Some(last_four.to_owned()),
            status: AccountStatus::Open,
            has_balances: true,
            has_transactions: true,
        },
        bank_name: None,
        hidden: false,
        hand: None,
        latest: snapshots.last().cloned(),
        snapshots,
        flows: flows.into_iter().map(|(date, minor)| Flow { date, minor }).collect(),
        reach: Some(date("2026-07-01")),
        pending: if id == "acc_everyday" { -5_885 } else { 0 },
        complete: true,
        synced_at: Some(synced_at),
        currency_assumed: false,
        possible_duplicate: false,
    }
}

/// One row; the later in the list, the older within its day.
pub fn row(
    account: &str,
    index: usize,
    (day, name, category, amount): (&str, &str, &str, &str),
    running: Option<i64>,
) -> StoredTransaction {
    let pending = running.is_none();
    let transfer = category == "transfer";
    let transaction = Transaction {
        id: format!("txn_{account}{index:04}").as_str().into(),
        account_id: account.into(),
        date: date(day),
        amount: usd(amount),
        description: format!("{} PORTLAND OR", name.to_uppercase()),
        status: if pending { Status::Pending } else { Status::Posted },
        kind: if transfer { "transfer" } else { "card_payment" }.to_owned(),
        running_balance: running.map(|minor| Money::new(minor, Currency::USD)),
        category: Some(category.to_owned()),
        counterparty: Some(name.to_owned()),
        counterparty_type: Some("organization".to_owned()),
        processing_status: Some("complete".to_owned()),
    };
    StoredTransaction {
        shown: transaction.shown(),
        transaction,
        sequence: 10_000 - i64::try_from(index).unwrap(),
        life: Life::Live,
        replaced_by: None,
        first_seen_at: now(),
        gone_at: None,
        noted: false,
        account_rank: 0,
        computed_balance: None,
    }
}

fn checking_rows() -> Vec<StoredTransaction> {
    let lines = [
        ("2026-11-22", "Blue Bottle Coffee", "dining", "-6.75"),
        ("2026-11-21", "Shell 0443", "fuel", "-52.10"),
        ("2026-11-20", "Rowan Market", "groceries", "-86.46"),
        ("2026-11-20", "Rainy Day Savings ·9034", "transfer", "-500.00"),
        ("2026-11-19", "City Water & Power", "utilities", "-118.03"),
        ("2026-11-18", "Netflix", "entertainment", "-15.49"),
        ("2026-11-15", "Acme Corp payroll", "income", "2610.00"),
        ("2026-11-14", "Lumen Fiber", "phone", "-70.00"),
        ("2026-11-13", "Rowan Market", "groceries", "-64.20"),
        ("2026-11-12", "Corner Pharmacy", "health", "-23.18"),
        ("2026-11-10", "ATM withdrawal", "general", "-80.00"),
        ("2026-11-09", "Paper & Ink", "software", "-12.00"),
        ("2026-11-07", "Harbor CU mortgage", "loan", "-1482.00"),
        ("2026-11-05", "Kestrel Gym", "sport", "-39.00"),
        ("2026-11-03", "Rowan Market", "groceries", "-91.77"),
        ("2026-11-01", "Interest paid", "income", "1.12"),
        ("2026-10-29", "Shell 0443", "fuel", "-48.30"),
        ("2026-10-23", "Rowan Market", "groceries", "-58.90"),
        ("2026-10-20", "Rainy Day Savings ·9034", "transfer", "-500.00"),
        ("2026-10-15", "Acme Corp payroll", "income", "2610.00"),
        ("2026-10-12", "Rowan Market", "groceries", "-102.33"),
        ("2026-10-07", "Harbor CU mortgage", "loan", "-1482.00"),
        ("2026-10-05", "Kestrel Gym", "sport", "-39.00"),
        ("2026-10-04", "Rowan Market", "groceries", "-69.08"),
        ("2026-10-02", "Lumen Fiber", "phone", "-70.00"),
        ("2026-09-15", "Acme Corp payroll", "income", "2610.00"),
        ("2026-09-07", "Harbor CU mortgage", "loan", "-1482.00"),
        ("2026-09-03", "Rowan Market", "groceries", "-77.15"),
    ];
    let mut running = 428_613;
    let mut rows: Vec<_> = lines
        .into_iter()
        .enumerate()
        .map(|(index, line)| {
            let pending = index < 2;
            let row = row("acc_everyday", index, line, (!pending).then_some(running));
            if !pending {
                running -= row.transaction.amount.minor;
            }
            row
        })
        .collect();
    rows.push(row(
        "acc_platinum",
        0,
        ("2026-11-20", "Harborview Inn", "accommodation", "-540.00"),
        Some(-194_268),
    ));
    rows.push(row(
        "acc_joint",
        0,
        ("2026-11-14", "Rowan Market", "groceries", "-83.41"),
        Some(273_194),
    ));
    rows
}
