//! Random histories against the built-in bank: days, edits, faults, stops, two syncers and a user
//! who writes about rows; after every step the promises hold, and in the end the store is the bank.
//!
//! `PASSBOOK_MODEL_CASES=500` tries more of them, `PASSBOOK_MODEL_SEED=17` one again. On Postgres
//! `PASSBOOK_MODEL_POSTGRES_CASES` counts.

mod promises;
mod steps;
mod user;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicU64, Ordering};

use chrono::TimeDelta;
use passbook::demo::{Fault, Match, Times, TruthRow};
use passbook::domain::{AccountId, Outcome, StoredTransaction, TransactionKey};

use super::world::{self, World};
use crate::support;
use user::Words;

const STEPS: usize = 18;
/// The history each case begins with, in days.
const HISTORY: u64 = 25;

#[test]
fn every_promise_holds_on_sqlite() {
    play_all(number("PASSBOOK_MODEL_CASES").unwrap_or(6), || async { Some(support::sqlite()) });
}

#[test]
fn every_promise_holds_on_postgres() {
    play_all(number("PASSBOOK_MODEL_POSTGRES_CASES").unwrap_or(2), support::postgres);
}

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|text| text.parse().unwrap())
}

/// Every seed once, as many at a time as there are processors.
fn play_all<Opening>(cases: u64, database: impl Fn() -> Opening + Sync)
where
    Opening: Future<Output = Option<support::TestDatabase>>,
{
    let (first, last) = match number("PASSBOOK_MODEL_SEED") {
        Some(seed) => (seed, seed),
        None => (1, cases),
    };
    let next = AtomicU64::new(first);
    let play = || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        loop {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if seed > last {
                return;
            }
            let case = async {
                let Some(at) = database().await else { return };
                Box::pin(Case::play(seed, at)).await;
            };
            let case = std::panic::AssertUnwindSafe(|| runtime.block_on(case));
            if let Err(panic) = std::panic::catch_unwind(case) {
                eprintln!("model: PASSBOOK_MODEL_SEED={seed} plays this case again");
                // The others need not be played any more.
                next.store(last + 1, Ordering::Relaxed);
                std::panic::resume_unwind(panic);
            }
        }
    };
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        let players: Vec<_> = (0..threads).map(|_| scope.spawn(play)).collect();
        for player in players {
            if let Err(panic) = player.join() {
                std::panic::resume_unwind(panic);
            }
        }
    });
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
    /// Pages hold at most so many rows; `None` for as many as are asked for.
    cap: Option<usize>,
    /// Every row ever stored, as it stood after the last step.
    seen: BTreeMap<TransactionKey, StoredTransaction>,
    /// Balances as they stood after the last step, oldest first.
    snapshots: BTreeMap<AccountId, Vec<String>>,
    /// Accounts whose history was whole after the last step.
    done: BTreeSet<String>,
    words: BTreeMap<TransactionKey, Words>,
    withdrawn: Vec<(AccountId, TruthRow)>,
    /// Rows that the bank lists from the first day on, under the ids they then had.
    from_the_start: BTreeMap<AccountId, BTreeSet<String>>,
    /// Ledger less posted rows, in the bank's sign.
    openings: BTreeMap<AccountId, i64>,
    log: Vec<String>,
}

impl Case {
    async fn play(seed: u64, at: support::TestDatabase) {
        let engine = at.engine;
        let started = std::time::Instant::now();
        let mut dice = Dice(seed);
        let cap = [None, Some(4), Some(7), Some(12), Some(25)][dice.roll(5)];
        let world = World::new(at, HISTORY, 0).await;
        let mut case = Self {
            openings: promises::openings(&world.bank),
            from_the_start: promises::listed(&world.bank),
            world,
            dice,
            cap,
            seen: BTreeMap::new(),
            snapshots: BTreeMap::new(),
            done: BTreeSet::new(),
            words: BTreeMap::new(),
            withdrawn: Vec::new(),
            log: vec![format!("seed {seed} on {engine}, pages of {cap:?}")],
        };
        case.calm();
        for _ in 0..case.dice.roll(4) {
            case.killed_sync().await;
            case.check().await;
        }
        for _ in 0..STEPS {
            case.step().await;
            case.check().await;
        }
        case.converge().await;
        eprintln!("model: seed {seed} on {engine}, {:.1?}", started.elapsed());
    }

    /// The bank is itself again.
    fn calm(&self) {
        let faults = self.world.bank.faults();
        faults.clear();
        if let Some(cap) = self.cap {
            faults.add(Match::transactions(), Fault::Short(cap), Times::Always);
        }
    }

    async fn step(&mut self) {
        let step = self.dice.roll(24);
        // Instants are stored by the second, and no two syncs of one bank end within one.
        self.world.later(TimeDelta::seconds(1));
        self.log.push(format!("step {step} on {}", self.world.bank.today()));
        match step {
            0..=2 => self.world.advance(1 + self.dice.roll(3) as u64),
            3..=5 => self.good_sync(false).await,
            6 => self.good_sync(true).await,
            7 | 8 => self.faulty_sync().await,
            9 => self.stopped_sync().await,
            10 | 11 => self.killed_sync().await,
            12 => self.two_syncs().await,
            13 => self.emptied_sync().await,
            14 => self.slip().await,
            15 | 16 => self.edit(),
            17 => self.unreadable_sync().await,
            18 | 19 => self.settle().await,
            20 => self.suspended_sync().await,
            21 => self.refused_sync().await,
            _ => self.write_words().await,
        }
    }

    /// Faults over and the bank still: a few syncs make the store what the bank says.
    async fn converge(&mut self) {
        self.calm();
        for _ in 0..4 {
            self.world.later(TimeDelta::hours(7));
            let report = self.world.full_sync().await;
            self.check().await;
            if report.run.outcome == Outcome::Ok {
                self.assert_nothing_is_missing().await;
            }
        }
        self.good_sync(false).await;
        self.check().await;
        let before = self.everything().await;
        self.good_sync(false).await;
        self.check().await;
        assert_eq!(self.everything().await, before, "a second sync changes nothing");
        self.assert_all_agrees().await;
        self.assert_money_is_right().await;
    }
}
