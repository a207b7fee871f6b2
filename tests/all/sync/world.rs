//! A bank, a store and a clock that move together.

use std::time::Duration;

use chrono::{Days, NaiveDate, TimeDelta, Utc};
use passbook::clock::Clock;
use passbook::demo::{Bank, BankOptions};
use passbook::domain::{
    AccountId, AccountResult, Anchor, Scope, StoredTransaction, SyncReport, TransactionQuery,
};
use passbook::store::Store;
use passbook::sync::{self, Access, SyncRequest, Ways};
use passbook::teller::{Client, ClientOptions, Pacing};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::support::{self, TestStore};

pub struct World {
    pub bank: Bank,
    pub test: TestStore,
    pub clock: Clock,
    client: Client,
}

/// The first day of the household: two months of history are plenty for a story.
const HISTORY: u64 = 60;

/// One world for each engine.
pub async fn worlds() -> Vec<World> {
    let mut worlds = Vec::new();
    for at in support::databases().await {
        worlds.push(World::new(at, HISTORY, 0).await);
    }
    worlds
}

impl World {
    pub async fn new(at: support::TestDatabase, history: u64, extra_rows: usize) -> Self {
        let clock = Clock::default();
        let today = NaiveDate::from_ymd_opt(2026, 11, 22).unwrap();
        let bank = Bank::start(BankOptions {
            seed: 7,
            first_day: today - Days::new(history),
            today,
            extra_rows,
        });
        let options = passbook::store::StoreOptions { clock: clock.clone(), ..at.options() };
        let store = Store::open(options).await.unwrap();
        let bank = bank.await.unwrap();
        let client = client(&bank.url());
        let world = Self { bank, test: TestStore { store, at }, clock, client };
        world.align();
        world
    }

    pub fn store(&self) -> &Store {
        &self.test.store
    }

    pub fn client(&self) -> Client {
        self.client.clone()
    }

    /// As another program on the same database has it.
    pub async fn another_store(&self) -> Store {
        let options =
            passbook::store::StoreOptions { clock: self.clock.clone(), ..self.test.at.options() };
        Store::open(options).await.unwrap()
    }

    /// Everything's clock shows noon of the bank's day.
    fn align(&self) {
        let noon = self.bank.today().and_hms_opt(12, 0, 0).unwrap().and_utc();
        self.clock.set_offset(noon - Utc::now());
    }

    pub fn advance(&self, days: u64) {
        self.bank.advance(days);
        self.align();
    }

    pub fn later(&self, step: TimeDelta) {
        self.clock.advance(step);
    }

    pub fn accesses(&self) -> Vec<Access> {
        let access = |token| Access {
            client: self.client.clone(),
            token,
            environment: "sandbox".to_owned(),
            enrollment: None,
        };
        self.bank.tokens().into_iter().map(access).collect()
    }

    pub async fn sync(&self) -> SyncReport {
        self.run(&SyncRequest { trigger: "command", ..SyncRequest::default() }).await
    }

    pub async fn full_sync(&self) -> SyncReport {
        self.run(&SyncRequest { full: true, trigger: "command", ..SyncRequest::default() }).await
    }

    pub async fn run(&self, request: &SyncRequest) -> SyncReport {
        self.try_run(request).await.unwrap()
    }

    /// An error means that the store failed.
    pub async fn try_run(&self, request: &SyncRequest) -> color_eyre::Result<SyncReport> {
        let ways = Ways { open: self.accesses(), shut: Vec::new() };
        self.try_run_ways(ways, request).await
    }

    pub async fn run_ways(&self, ways: Ways, request: &SyncRequest) -> SyncReport {
        self.try_run_ways(ways, request).await.unwrap()
    }

    async fn try_run_ways(
        &self,
        ways: Ways,
        request: &SyncRequest,
    ) -> color_eyre::Result<SyncReport> {
        let (events, mut inbox) = mpsc::channel(64);
        let drain = tokio::spawn(async move { while inbox.recv().await.is_some() {} });
        let cancel = CancellationToken::new();
        let report = sync::run_ways(self.store(), ways, request, events, cancel).await;
        drain.await.unwrap();
        report
    }

    /// The stored rows of one account in the order of all lists.
    pub async fn stored(&self, account: &AccountId, gone: bool) -> Vec<StoredTransaction> {
        let scope = if gone { Scope::All } else { Scope::Live };
        let mut query =
            TransactionQuery { scope, ..TransactionQuery::newest(Some(account.clone()), 1000) };
        let mut rows: Vec<StoredTransaction> = Vec::new();
        loop {
            let window = self.store().load_transactions(&query).await.unwrap();
            rows.extend(window.rows);
            if window.at_end {
                return rows;
            }
            query.anchor = Anchor::Older(rows.last().unwrap().position());
        }
    }

    /// The live rows are the bank's, in its order and in our sign.
    pub async fn assert_agrees(&self) {
        for account in self.bank.account_ids() {
            self.assert_account_agrees(&account).await;
        }
    }

    pub async fn assert_account_agrees(&self, account: &AccountId) {
        let card = self.is_card(account).await;
        let truth: Vec<String> = self
            .bank
            .truth(account)
            .into_iter()
            .map(|row| {
                let amount = if card { turned(&row.amount) } else { row.amount };
                format!("{} {} {amount} {} {}", row.id, row.date, row.status, row.description)
            })
            .collect();
        let stored: Vec<String> = self
            .stored(account, false)
            .await
            .into_iter()
            .map(|row| row.transaction)
            .map(|row| {
                format!("{} {} {} {} {}", row.id, row.date, row.amount, row.status, row.description)
            })
            .collect();
        let by_day = |mut rows: Vec<String>| {
            rows.sort();
            rows
        };
        assert_eq!(
            by_day(stored),
            by_day(truth),
            "{account} on {} at {}",
            self.test.at.engine,
            self.bank.today()
        );
    }

    pub async fn is_card(&self, account: &AccountId) -> bool {
        let accounts = self.store().load_accounts().await.unwrap();
        accounts.iter().any(|a| a.id == *account && a.kind.as_str() == "credit")
    }

    pub async fn count(&self, table: &str) -> String {
        self.test.at.ask(format!("select cast(count(*) as text) from {table}")).await.remove(0)
    }
}

/// One whose retries are quick.
fn client(url: &str) -> Client {
    Client::new(ClientOptions {
        base_url: url.parse().unwrap(),
        pacing: Pacing {
            base: Duration::from_millis(1),
            cap: Duration::from_millis(5),
            idle: Duration::from_secs(5),
            ..Pacing::default()
        },
        ..ClientOptions::default()
    })
    .unwrap()
}

fn turned(amount: &str) -> String {
    match amount.strip_prefix('-') {
        Some(digits) => digits.to_owned(),
        None if amount.bytes().all(|b| matches!(b, b'0' | b'.')) => amount.to_owned(),
        None => format!("-{amount}"),
    }
}

pub fn result<'a>(report: &'a SyncReport, account: &AccountId) -> &'a AccountResult {
    report.run.results.iter().find(|result| result.account_id == *account).unwrap()
}
