//! What may happen to a bank and its passbooks.

use chrono::{Days, TimeDelta};
use passbook::demo::{Alteration, Edit, Fault, FaultId, Match, NewRow, Times};
use passbook::domain::{AccountId, Outcome, Status, TransactionId};
use passbook::sync::{self, SyncRequest};
use serde_json::json;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::Case;

impl Case {
    /// Nothing fails: what the window covers is what the bank says.
    pub(super) async fn good_sync(&mut self, full: bool) {
        let firm = self.firm().await;
        self.world.bank.clear_requests();
        let report = if full { self.world.full_sync().await } else { self.world.sync().await };
        assert_eq!(report.run.outcome, Outcome::Ok, "{report:#?}\n{:#?}", self.log);
        self.assert_requests_are_few();
        for result in report.run.results.iter().filter(|result| result.outcome == Outcome::Ok) {
            self.assert_window_agrees(&result.account_id).await;
        }
        self.assert_still_live(&firm).await;
    }

    pub(super) async fn faulty_sync(&mut self) {
        let switch = self.break_something();
        self.world.sync().await;
        self.world.bank.faults().remove(switch);
        self.calm();
    }

    fn break_something(&mut self) -> FaultId {
        let times = Times::After { pass: self.dice.roll(4), then: 1 + self.dice.roll(7) };
        let (which, fault) = match self.dice.roll(11) {
            0 => (Match::any(), Fault::Hangup),
            1 => (Match::transactions(), Fault::Cut(self.dice.roll(900))),
            2 => (Match::any(), Fault::html(502)),
            3 => (Match::any(), Fault::html(200)),
            4 => (Match::transactions(), Fault::rate_limited(None)),
            5 => (Match::transactions(), Fault::Short(1 + self.dice.roll(9))),
            6 => (Match::transactions(), Fault::body("[]")),
            7 => (Match::transactions().with("from_id"), Fault::NewRowAfter),
            8 => (Match::transactions(), Fault::IgnoreFromId),
            9 => (Match::balances(), Fault::disconnected("")),
            _ => (Match::path("/accounts"), Fault::body("[]")),
        };
        let times = if matches!(fault, Fault::Short(_) | Fault::IgnoreFromId) {
            Times::Always
        } else {
            times
        };
        self.log.push(format!("{fault:?} {times:?}"));
        self.world.bank.faults().add(which, fault, times)
    }

    /// Asked to stop while a request is on its way.
    pub(super) async fn stopped_sync(&mut self) {
        let pass = self.dice.roll(5);
        let world = &self.world;
        world.bank.faults().add(Match::any(), Fault::Stall, Times::After { pass, then: 1 });
        let cancel = CancellationToken::new();
        let (events, mut inbox) = mpsc::channel(64);
        let drain = tokio::spawn(async move { while inbox.recv().await.is_some() {} });
        let accesses = world.accesses();
        let request = SyncRequest { trigger: "key", ..SyncRequest::default() };
        let running = sync::run(world.store(), &accesses, &request, events, cancel.clone());
        let stall = async {
            world.bank.faults().stalled(1).await;
            cancel.cancel();
            std::future::pending::<()>().await;
        };
        tokio::select! {
            ended = running => drop(ended.unwrap()),
            () = stall => {}
        }
        drain.abort();
        self.calm();
        // Its lease runs out by itself.
        world.later(TimeDelta::seconds(91));
    }

    /// Dropped where it stands, as a killed process would be: in a request, or after one.
    pub(super) async fn killed_sync(&mut self) {
        let requests = self.dice.roll(60);
        let turns = 1_usize << self.dice.roll(12);
        self.log.push(format!("killed {turns} turns after {requests} requests"));
        let world = &self.world;
        world.bank.clear_requests();
        let (events, mut inbox) = mpsc::channel(64);
        let drain = tokio::spawn(async move { while inbox.recv().await.is_some() {} });
        let accesses = world.accesses();
        let request = SyncRequest { trigger: "key", ..SyncRequest::default() };
        let running =
            sync::run(world.store(), &accesses, &request, events, CancellationToken::new());
        let killer = async {
            while world.bank.requests().len() < requests {
                tokio::task::yield_now().await;
            }
            for _ in 0..turns {
                tokio::task::yield_now().await;
            }
        };
        tokio::select! {
            ended = running => drop(ended.unwrap()),
            () = killer => {}
        }
        drain.abort();
        world.later(TimeDelta::seconds(91));
    }

    pub(super) async fn two_syncs(&mut self) {
        let world = &self.world;
        let options =
            passbook::store::StoreOptions { clock: world.clock.clone(), ..world.test.at.options() };
        let other = passbook::store::Store::open(options).await.unwrap();
        let accesses = world.accesses();
        let request = SyncRequest { trigger: "command", ..SyncRequest::default() };
        let (events, mut inbox) = mpsc::channel(64);
        let drain = tokio::spawn(async move { while inbox.recv().await.is_some() {} });
        let second = sync::run(&other, &accesses, &request, events, CancellationToken::new());
        let (_, second) = tokio::join!(world.sync(), second);
        second.unwrap();
        drain.await.unwrap();
        other.close().await;
    }

    /// An empty list where rows were expected proves nothing.
    pub(super) async fn emptied_sync(&mut self) {
        let account = self.some_account();
        let firm = self.firm().await;
        let which = Match::transactions().account(&account);
        self.world.bank.faults().add(which, Fault::body("[]"), Times::Always);
        self.log.push(format!("{account} is listed empty"));
        let report = self.world.full_sync().await;
        for result in report.run.results.iter().filter(|result| result.account_id != account) {
            assert_eq!(result.outcome, Outcome::Ok, "{result:?}\n{:#?}", self.log);
            self.assert_window_agrees(&result.account_id).await;
        }
        self.assert_still_live(&firm).await;
        self.calm();
    }

    /// For one sync the bank says that a posted row is pending.
    pub(super) async fn slip(&mut self) {
        let account = self.some_account();
        let posted: Vec<TransactionId> = self
            .world
            .bank
            .truth(&account)
            .into_iter()
            .filter(|row| row.status == Status::Posted)
            .take(12)
            .map(|row| row.id)
            .collect();
        let Some(id) = self.dice.pick(&posted).cloned() else { return };
        self.log.push(format!("{id} slips back"));
        let says = |status| {
            let alteration = Alteration { status: Some(status), ..Alteration::default() };
            self.world.bank.edit(&account, Edit::Alter(id.clone(), alteration));
        };
        says(Status::Pending);
        self.world.sync().await;
        says(Status::Posted);
    }

    /// One row of each page cannot be read: it alone is missing, and kept aside.
    pub(super) async fn unreadable_sync(&mut self) {
        let account = self.some_account();
        let pointer = format!("/{}/amount", self.dice.roll(6));
        self.log.push(format!("{account} {pointer} cannot be read"));
        let fault = Fault::Replace { pointer, value: json!("1e5") };
        self.world.bank.faults().add(Match::transactions().account(&account), fault, Times::Always);
        self.world.sync().await;
        self.assert_rest_is_kept(&account).await;
        self.calm();
        // What is kept aside is told by the second.
        self.world.later(TimeDelta::seconds(2));
    }

    fn some_account(&mut self) -> AccountId {
        let accounts = self.world.bank.account_ids();
        self.dice.pick(&accounts).unwrap().clone()
    }

    pub(super) fn edit(&mut self) {
        let accounts = self.world.bank.account_ids();
        let account = self.dice.pick(&accounts).unwrap().clone();
        let rows = self.world.bank.truth(&account);
        let Some(row) = self.dice.pick(&rows).cloned() else { return };
        let edit = match self.dice.roll(6) {
            // An empty list withdraws nothing, so the last row stays.
            0 | 1 if rows.len() > 1 => {
                self.withdrawn.push((account.clone(), row.clone()));
                Edit::Withdraw(row.id)
            }
            0..=2 => {
                let Some((account, row)) = self.withdrawn.pop() else { return };
                self.world.bank.edit(&account, Edit::Restore(row.id));
                return;
            }
            3 => Edit::Insert(NewRow {
                id: format!("txn_late_{}", self.log.len()).as_str().into(),
                date: self.world.bank.today() - Days::new(self.dice.roll(60) as u64),
                amount: -100 - i64::try_from(self.dice.roll(9_000)).unwrap(),
                description: "LATE ARRIVAL".to_owned(),
                status: Status::Posted,
            }),
            4 => {
                let description = Some(format!("{} AGAIN", row.description));
                Edit::Alter(row.id, Alteration { description, ..Alteration::default() })
            }
            _ => {
                // The withdrawn rows have other ids then, and could not be restored.
                self.withdrawn.retain(|(owner, _)| *owner != account);
                Edit::ReissueIds
            }
        };
        self.log.push(format!("{account} {edit:?}"));
        self.world.bank.edit(&account, edit);
    }
}
