//! What may happen to a bank and its passbooks.

use chrono::{Days, TimeDelta};
use passbook::demo::{Alteration, Edit, Fault, FaultId, Match, NewRow, Times};
use passbook::domain::{AccountId, Outcome, Status, TransactionId};
use passbook::fail_point;
use passbook::sync::{self, SyncRequest};
use serde_json::json;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::{Case, world};

impl Case {
    /// Nothing fails: what the window covers is what the bank says.
    pub(super) async fn good_sync(&mut self, full: bool) {
        let firm = self.firm().await;
        self.world.bank.clear_requests();
        let report = if full { self.world.full_sync().await } else { self.world.sync().await };
        assert_eq!(report.run.outcome, Outcome::Ok, "{report:#?}\n{:#?}", self.log);
        self.assert_requests_are_few(&report);
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

    /// Dropped where it stands, as a killed process would be: at a statement or a request.
    pub(super) async fn killed_sync(&mut self) {
        let step = 1 + self.dice.roll(700) as u64;
        self.log.push(format!("killed at step {step}"));
        let world = &self.world;
        let (events, mut inbox) = mpsc::channel(64);
        let drain = tokio::spawn(async move { while inbox.recv().await.is_some() {} });
        let accesses = world.accesses();
        let request = SyncRequest { trigger: "key", ..SyncRequest::default() };
        let killed = CancellationToken::new();
        let blow = killed.clone();
        fail_point::at_step_of_thread(step, move || blow.cancel());
        let running =
            sync::run(world.store(), &accesses, &request, events, CancellationToken::new());
        tokio::select! {
            biased;
            () = killed.cancelled() => {}
            ended = running => drop(ended.unwrap()),
        }
        fail_point::at_step_of_thread(u64::MAX, || {});
        drain.abort();
        world.later(TimeDelta::seconds(91));
    }

    /// Asleep in a request until its lease is another's: what it wakes up with changes nothing.
    pub(super) async fn suspended_sync(&mut self) {
        let pass = self.dice.roll(30);
        self.log.push(format!("asleep after {pass} requests"));
        let world = &self.world;
        let asleep =
            world.bank.faults().add(Match::any(), Fault::Stall, Times::After { pass, then: 1 });
        let other = self.world.another_store().await;
        let accesses = world.accesses();
        let request = SyncRequest { trigger: "key", ..SyncRequest::default() };
        let (events, mut inbox) = mpsc::channel(64);
        let drain = tokio::spawn(async move { while inbox.recv().await.is_some() {} });
        let first = async {
            sync::run(&other, &accesses, &request, events, CancellationToken::new()).await.unwrap();
        };
        let second = async {
            world.bank.faults().stalled(1).await;
            world.later(TimeDelta::seconds(91));
            world.bank.faults().remove(asleep);
            let report = world.sync().await;
            world.bank.faults().release();
            report
        };
        let mut first = std::pin::pin!(first);
        let report = tokio::select! {
            () = &mut first => None,
            report = second => {
                first.await;
                Some(report)
            }
        };
        drain.await.unwrap();
        other.close().await;
        self.calm();
        let Some(report) = report else { return };
        for result in report.run.results.iter().filter(|result| result.outcome == Outcome::Ok) {
            self.assert_window_agrees(&result.account_id).await;
        }
    }

    /// Words on all that is pending, days in which it settles, and a sync that has to carry them.
    pub(super) async fn settle(&mut self) {
        for key in self.pending().await {
            self.write_words_on(&key).await;
        }
        self.world.advance(1 + self.dice.roll(3) as u64);
        self.good_sync(false).await;
    }

    /// One enrollment is refused; the others get all that is theirs.
    pub(super) async fn refused_sync(&mut self) {
        let token = self.dice.roll(self.world.bank.tokens().len());
        self.log.push(format!("enrollment {token} is refused"));
        let which = Match::any().token(token);
        self.world.bank.faults().add(which, Fault::disconnected(""), Times::Always);
        let report = self.world.sync().await;
        self.calm();
        let refused: Vec<_> = report.failures.iter().map(|f| f.enrollment_id.clone()).collect();
        assert_eq!(refused.len(), 1, "{report:#?}\n{:#?}", self.log);
        let accounts = self.world.store().load_accounts().await.unwrap();
        for account in accounts.iter().filter(|a| !refused.contains(&Some(a.enrollment_id.clone())))
        {
            let result = world::result(&report, &account.id);
            assert_eq!(result.outcome, Outcome::Ok, "{result:?}\n{:#?}", self.log);
            self.assert_window_agrees(&account.id).await;
        }
    }

    pub(super) async fn two_syncs(&mut self) {
        let world = &self.world;
        let other = world.another_store().await;
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
        let before = self.bodies_aside(&account).await;
        let report = self.world.sync().await;
        let after = self.bodies_aside(&account).await;
        let told = world::result(&report, &account).quarantined;
        // Not the other way round: a row aside that one page lists well and the next badly again
        // is told too, though in the end the same rows are aside.
        let more = after.difference(&before).count();
        assert!(told > 0 || more == 0, "{more} {report:#?}\n{:#?}", self.log);
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
