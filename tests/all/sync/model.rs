//! Random histories against the built-in bank: days, edits, faults, stops, two syncers and a user
//! who takes notes; after every step the promises hold, and in the end the store is the bank.
//!
//! `PASSBOOK_MODEL_CASES=500` tries more of them, `PASSBOOK_MODEL_SEED=17` one again.

use std::collections::{BTreeMap, HashMap, HashSet};

use chrono::{Days, TimeDelta};
use passbook::demo::{Alteration, Edit, Fault, FaultId, Match, NewRow, Times, TruthRow};
use passbook::domain::{AccountId, Life, Outcome, Status, StoredTransaction, TransactionKey};
use passbook::sync::{self, SyncRequest};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::world::World;
use crate::support;

const STEPS: usize = 18;
/// The history each case begins with, in days.
const HISTORY: u64 = 25;

#[tokio::test]
async fn every_promise_holds_on_sqlite() {
    for seed in seeds(24) {
        Case::play(seed, support::sqlite()).await;
    }
}

#[tokio::test]
async fn every_promise_holds_on_postgres() {
    for seed in seeds(4) {
        let Some(at) = support::postgres().await else { return };
        Case::play(seed, at).await;
    }
}

fn seeds(usual: u64) -> Vec<u64> {
    let number = |name: &str| std::env::var(name).ok().map(|text| text.parse().unwrap());
    match number("PASSBOOK_MODEL_SEED") {
        Some(seed) => vec![seed],
        None => (1..=number("PASSBOOK_MODEL_CASES").unwrap_or(usual)).collect(),
    }
}

/// splitmix64: the same choices on every machine.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((z ^ (z >> 31)) % sides as u64).unwrap()
    }

    fn pick<'a, T>(&mut self, items: &'a [T]) -> Option<&'a T> {
        (!items.is_empty()).then(|| &items[self.roll(items.len())])
    }
}

struct Case {
    world: World,
    dice: Dice,
    /// What was ever stored, and whether it was ever posted.
    seen: HashMap<TransactionKey, bool>,
    notes: Vec<(TransactionKey, String)>,
    withdrawn: Vec<(AccountId, TruthRow)>,
    log: Vec<String>,
}

impl Case {
    async fn play(seed: u64, at: support::TestDatabase) {
        eprintln!("model: seed {seed} on {}", at.engine);
        let mut case = Self {
            world: World::new(at, HISTORY, 0).await,
            dice: Dice(seed),
            seen: HashMap::new(),
            notes: Vec::new(),
            withdrawn: Vec::new(),
            log: Vec::new(),
        };
        for _ in 0..STEPS {
            case.step().await;
            case.check().await;
        }
        case.converge().await;
    }

    async fn step(&mut self) {
        let step = self.dice.roll(14);
        self.log.push(format!("step {step} on {}", self.world.bank.today()));
        match step {
            0..=2 => self.world.advance(1 + self.dice.roll(3) as u64),
            3..=5 => drop(self.world.sync().await),
            6 => drop(self.world.full_sync().await),
            7 | 8 => self.faulty_sync().await,
            9 => self.stopped_sync().await,
            10 => self.two_syncs().await,
            11 | 12 => self.edit(),
            _ => self.take_a_note().await,
        }
    }

    async fn faulty_sync(&mut self) {
        let switch = self.break_something();
        self.world.sync().await;
        self.world.bank.faults().remove(switch);
        self.world.bank.faults().clear();
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

    /// Stopped at a page boundary, or dropped where it stands as a killed process would be.
    async fn stopped_sync(&mut self) {
        let pass = self.dice.roll(5);
        let killed = self.dice.roll(2) == 0;
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
            if killed { None } else { std::future::pending::<Option<()>>().await }
        };
        tokio::select! {
            ended = running => drop(ended.unwrap()),
            _ = stall => {}
        }
        drain.abort();
        world.bank.faults().clear();
        // Its lease runs out by itself.
        world.later(TimeDelta::seconds(91));
    }

    async fn two_syncs(&mut self) {
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

    fn edit(&mut self) {
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

    async fn take_a_note(&mut self) {
        let rows: Vec<StoredTransaction> = self.all_rows().await;
        let live: Vec<_> = rows.iter().filter(|row| row.life == Life::Live).collect();
        let Some(row) = self.dice.pick(&live) else { return };
        let key = row.key();
        let note = format!("note {} on {}", self.log.len(), key.id);
        self.world
            .test
            .at
            .run(format!(
                "insert into pb_annotations (account_id, transaction_id, note, edited_at)
                values ('{}', '{}', '{note}', '2026-01-01T00:00:00+00:00')
                on conflict (account_id, transaction_id) do update
                set note = pb_annotations.note || ' / ' || excluded.note",
                key.account_id, key.id
            ))
            .await;
        self.notes.push((key, note));
    }

    async fn all_rows(&self) -> Vec<StoredTransaction> {
        let mut rows = Vec::new();
        for account in self.world.store().load_accounts().await.unwrap() {
            rows.extend(self.world.stored(&account.id, true).await);
        }
        rows
    }

    /// What must hold whatever happened.
    async fn check(&mut self) {
        let rows: BTreeMap<TransactionKey, StoredTransaction> =
            self.all_rows().await.into_iter().map(|row| (row.key(), row)).collect();
        for (key, posted) in &self.seen {
            let row = rows.get(key).unwrap_or_else(|| panic!("{key:?} was lost\n{:#?}", self.log));
            let now = row.transaction.status == Status::Posted;
            assert!(now || !posted, "{key:?} is pending again\n{:#?}", self.log);
        }
        for (key, row) in &rows {
            let posted = row.transaction.status == Status::Posted;
            *self.seen.entry(key.clone()).or_default() |= posted;
        }
        let mut successors = HashSet::new();
        for row in rows.values() {
            if let Some(next) = &row.replaced_by {
                let successor = (row.transaction.account_id.clone(), next.clone());
                let once = successors.insert(successor) || row.transaction.status == Status::Posted;
                assert!(once, "{next} has two pendings\n{:#?}", self.log);
            }
        }
        for (key, note) in &self.notes {
            let mut key = key.clone();
            while let Some(next) = rows[&key].replaced_by.clone() {
                key.id = next;
            }
            let detail = self.world.store().load_detail(&key).await.unwrap().unwrap();
            let kept = detail.annotation.note.unwrap_or_default();
            assert!(kept.contains(note), "{note} is not on {key:?}: {kept}\n{:#?}", self.log);
        }
        let falling = "select a.account_id from pb_balance_snapshots a
            join pb_balance_snapshots b on a.account_id = b.account_id
            where a.observed_at < b.observed_at and not exists (
                select 1 from pb_balance_snapshots c where c.account_id = a.account_id
                and c.observed_at > a.observed_at and c.observed_at < b.observed_at)
            and a.ledger = b.ledger and a.available = b.available
            and substr(cast(a.observed_at as text), 1, 10) = substr(cast(b.observed_at as text), 1, 10)";
        let repeated = self.world.test.at.ask(falling).await;
        assert_eq!(repeated, Vec::<String>::new(), "a snapshot repeats its neighbour");
    }

    /// Faults over and the bank still: a few syncs make the store what the bank says.
    async fn converge(&mut self) {
        self.world.bank.faults().clear();
        for _ in 0..4 {
            self.world.later(TimeDelta::hours(7));
            self.world.full_sync().await;
            self.check().await;
        }
        let report = self.world.sync().await;
        assert_eq!(report.run.outcome, Outcome::Ok, "{report:#?}\n{:#?}", self.log);
        eprintln!("  {} steps, {} notes", self.log.len(), self.notes.len());
        self.world.assert_agrees().await;
        for result in &report.run.results {
            let news = (result.new, result.settled, result.changed, result.gone, result.paired);
            assert_eq!(news, (0, 0, 0, 0, 0), "{result:?}\n{:#?}", self.log);
        }
    }
}
