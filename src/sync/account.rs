//! One pass over one account: balance, walk, judgement, back-fill.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};

use super::SyncRequest;
use super::evidence::{Facts, absent, in_reach, last_day};
use super::judge::{Judgement, judge};
use super::pair::Candidate;
use super::pass::{Pass, Stop, count};
use super::reissue::{edited, twins};
use super::walk::{self, OVERLAP, Reading, Walk};
use crate::domain::{
    Balance, FullBecause, Goal, Life, Outcome, Pair, Stage, Status, StoredTransaction, SyncStep,
    TransactionId,
};
use crate::mutant::{self, Mutant};
use crate::store::ledger::{KnownRow, SyncState};
use crate::teller;

/// How often a whole history is compared with the bank's, in days.
const AUDIT_EVERY: i64 = 7;
/// Pendings this many days older than the oldest one known still fall into the window.
const PENDING_MARGIN: u64 = 3;

/// What a walk and its judgement leave to be done.
#[derive(Default)]
struct Read {
    to_end: bool,
    /// Posted rows had new ids.
    reissued: bool,
}

impl Pass<'_> {
    pub async fn run(&mut self, request: &SyncRequest) -> Result<(), Stop> {
        let balance = self.balance().await?;
        if !self.account.has_transactions {
            return self.keep_balance(balance).await;
        }
        let state = self.store.load_sync_state(&self.account.id).await?;
        let goal = self.goal(&state, request).await?;
        let resumed = state.cursor.is_some();
        let mut read = self.read(goal, state).await?;
        if read.reissued && !read.to_end {
            // Of a list that holds so many days, the oldest rows may be listed for the last time
            // today: tomorrow nobody could tell which old id had become which new one.
            let state = self.store.load_sync_state(&self.account.id).await?;
            read = self.read(Goal::Full { because: FullBecause::Reissued }, state).await?;
        }
        let audited = read.to_end;
        self.keep_balance(balance).await?;
        self.back_fill(resumed).await?;
        self.check_sum(audited).await
    }

    /// Walks down to the goal and judges what the walk proves.
    async fn read(&mut self, goal: Goal, state: SyncState) -> Result<Read, Stop> {
        let begun = self.store.now().await?;
        self.steps.push(SyncStep::Goal(goal.clone()));
        match walk::walk(self, &goal).await? {
            Reading::Whole(walk) => {
                let reissued = self.judge(&walk, state).await?;
                if walk.proven && self.result.outcome == Outcome::Ok {
                    self.store.resolve_unlisted(self.lease, &self.account.id, begun).await?;
                }
                Ok(Read { to_end: walk.to_end, reissued })
            }
            Reading::Partial { reason, oldest_posted } => {
                self.unjudged(reason);
                if !state.done && state.cursor.is_none() && oldest_posted.is_some() {
                    let state = SyncState { cursor: oldest_posted, ..state };
                    self.store.write_sync_state(self.lease, &self.account.id, &state).await?;
                }
                Ok(Read::default())
            }
        }
    }

    /// Posted rows and ledger must differ by the same opening for ever. Where they don't, a row
    /// outside the window came, went or changed: a hint to read everything next time, no error.
    async fn check_sum(&mut self, audited: bool) -> Result<(), Stop> {
        let (Outcome::Ok, Some(ledger)) = (&self.result.outcome, self.result.ledger) else {
            return Ok(());
        };
        let id = &self.account.id.clone();
        let mut state = self.store.load_sync_state(id).await?;
        let posted = self.store.load_posted_sum(id).await?;
        let opening = ledger.minor.saturating_sub(posted);
        if !state.done || state.opening == Some(opening) {
            return Ok(());
        }
        if audited || state.opening.is_none() {
            // The bank has been heard out: this is how it is.
            state.opening = Some(opening);
        } else {
            state.audit_due = true;
            self.steps.push(SyncStep::SumDiffers);
        }
        Ok(self.store.write_sync_state(self.lease, id, &state).await?)
    }

    /// A list that holds rows without an id is judged all the same, but for what they may be.
    fn tell_of_nameless(&mut self, count: usize) {
        if count > 0 {
            let rows = if count == 1 { "1 row".to_owned() } else { format!("{count} rows") };
            // What went wrong before weighs more.
            self.result.reason.get_or_insert(format!(
                "the bank lists {rows} without an id: kept aside, and nothing is concluded about what \
                 they may be"
            ));
        }
    }

    fn unjudged(&mut self, reason: String) {
        self.steps.push(SyncStep::Unjudged { reason: reason.clone() });
        self.result.outcome = Outcome::Unjudged;
        self.result.reason = Some(reason);
    }

    /// A balance that cannot be had is told, and stops nothing unless the enrollment is at fault.
    async fn balance(&mut self) -> Result<Option<(Balance, String)>, Stop> {
        if !self.account.has_balances {
            return Ok(None);
        }
        self.tell(Stage::Balances);
        let asking = self.client.get_balances(self.token, self.account);
        match self.cancel.run_until_cancelled(asking).await.ok_or(Stop::Cancelled)? {
            Ok(balance) => Ok(Some(balance)),
            Err(error) if error.concerns_enrollment() => Err(error.into()),
            Err(error @ teller::Error::AccountClosed { .. }) => Err(error.into()),
            Err(error) => {
                self.result.code = Some(error.code().to_owned());
                self.result.reason = Some(format!("its balance could not be read: {error}"));
                self.result.outcome = Outcome::Failed;
                Ok(None)
            }
        }
    }

    async fn keep_balance(&mut self, balance: Option<(Balance, String)>) -> Result<(), Stop> {
        if let Some((balance, raw)) = balance {
            self.result.ledger = balance.ledger;
            let account = &self.account;
            self.store
                .write_snapshot(self.lease, &account.id, account.currency, balance, &raw)
                .await?;
        }
        Ok(())
    }

    async fn goal(&self, state: &SyncState, request: &SyncRequest) -> Result<Goal, Stop> {
        let now = self.store.now().await?;
        // One in the far future was noted under a wrong clock, and must not be the last one.
        let old = |full: DateTime<Utc>| (now - full).abs() >= TimeDelta::days(AUDIT_EVERY);
        let audit_old = state.full_at.is_none_or(old);
        let because = if request.full {
            Some(FullBecause::Asked)
        } else if state.suspect_since.is_some() {
            Some(FullBecause::Suspect)
        } else if state.audit_due {
            Some(FullBecause::Due)
        } else {
            (state.cursor.is_none() && state.head.is_some() && audit_old)
                .then_some(FullBecause::Weekly)
        };
        if let Some(because) = because {
            return Ok(Goal::Full { because });
        }
        let Some(head) = state.head else { return Ok(Goal::First) };
        if mutant::is(Mutant::NoOverlap) {
            return Ok(Goal::Window { until: head });
        }
        let mut lowest = head - Days::new(OVERLAP);
        if let Some(pending) = self.store.load_oldest_unsettled(&self.account.id).await? {
            lowest = lowest.min(pending - Days::new(PENDING_MARGIN));
        }
        Ok(Goal::Window { until: lowest })
    }

    /// Rows that the list no longer reaches, but did when it was listed under new ids: while it was
    /// read, or in a pass that was cut off.
    async fn reissued_below(
        &self,
        last_day: NaiveDate,
        audited: Option<DateTime<Utc>>,
        followed: usize,
    ) -> Result<Vec<Pair>, Stop> {
        let rows = self.store.load_posted_below(&self.account.id, last_day).await?;
        let new = |row: &StoredTransaction| {
            self.came.contains(&row.transaction.id)
                || audited.is_some_and(|audited| row.first_seen_at > audited)
        };
        let (came, went): (Vec<_>, Vec<_>) = rows.into_iter().partition(new);
        let (went, came) = (candidates(&went, |_| false), candidates(&came, |_| true));
        let mut pairs = twins(&went, &came);
        pairs.extend(edited(&went, &came, &pairs, followed));
        Ok(pairs)
    }

    /// Rows that came pending after the last judgement, from the first day on that misses a row.
    async fn came_pending(
        &self,
        missing: &HashSet<&TransactionId>,
        known: &[KnownRow],
        judged: Option<DateTime<Utc>>,
    ) -> Result<Vec<Candidate>, Stop> {
        let days = known.iter().filter(|row| missing.contains(&row.id)).map(|row| row.date);
        let Some(first) = days.min() else { return Ok(Vec::new()) };
        let judged = judged.unwrap_or(DateTime::UNIX_EPOCH);
        let mut rows = self.store.load_born_pending(&self.account.id, first, judged).await?;
        // In the second of the judgement either may have been first.
        rows.retain(|row| row.first_seen_at > judged || self.came.contains(&row.transaction.id));
        rows.extend(self.load_returned(Status::Pending).await?);
        Ok(candidates(&rows, |_| true))
    }

    /// Rows that this pass has found listed again, and that are live.
    async fn load_returned(&self, status: Status) -> Result<Vec<StoredTransaction>, Stop> {
        let ids: Vec<TransactionId> = self.returned.iter().cloned().collect();
        let mut rows = self.store.load_rows(&self.account.id, &ids).await?;
        rows.retain(|row| row.life == Life::Live && row.transaction.status == status);
        Ok(rows)
    }

    /// How many posted rows were followed to new ids since everything was last read: by this pass, or
    /// by one that was cut off.
    async fn followed(&self, state: &SyncState) -> Result<usize, Stop> {
        let since = state.full_at.unwrap_or(DateTime::UNIX_EPOCH);
        let earlier = self.store.count_followed(&self.account.id, since).await?;
        Ok(earlier.max(self.followed))
    }

    /// Whether posted rows had new ids.
    async fn judge(&mut self, walk: &Walk, state: SyncState) -> Result<bool, Stop> {
        self.tell(Stage::Judging);
        let id = &self.account.id;
        let now = self.store.now().await?;
        let known = self.store.load_known(id, walk.since).await?;
        let last_day = last_day(&known, walk);
        let known = in_reach(known, walk);
        let missing = absent(&known, walk).ids();
        let newest = walk.newest_posted(now.date_naive() + Days::new(7)).or(state.head);
        let rows = self.store.load_pairable(id, &missing, newest, walk.since).await?;
        let missing: HashSet<&TransactionId> = missing.iter().collect();
        let mut gone = candidates(&rows.gone, |row| missing.contains(&row.transaction.id));
        // What is missed only now was listed when the list was judged before.
        for row in gone.iter_mut().filter(|row| row.this_walk) {
            row.listed_until = state.judged_at;
        }
        // What came since the list was last judged has come with this walk, as far as that tells.
        let judged = state.judged_at.unwrap_or(DateTime::UNIX_EPOCH);
        let new = |row: &StoredTransaction| {
            self.came.contains(&row.transaction.id) || row.first_seen_at > judged
        };
        let mut came = candidates(&rows.came, new);
        if !missing.is_empty() {
            let known: HashSet<TransactionId> = came.iter().map(|row| row.id.clone()).collect();
            let returned = self.load_returned(Status::Posted).await?;
            let returned = candidates(&returned, |_| true);
            came.extend(returned.into_iter().filter(|row| !known.contains(&row.id)));
            came.iter_mut()
                .filter(|row| self.returned.contains(&row.id))
                .for_each(|row| row.this_walk = true);
        }
        let idle = missing.is_empty() && !state.audit_due;
        let followed = if idle { 0 } else { self.followed(&state).await? };
        let came_pending = self.came_pending(&missing, &known, state.judged_at).await?;
        let facts = Facts {
            known: &known,
            state: &state,
            rechecks: &rows.rechecks,
            gone: &gone,
            came: &came,
            came_pending: &came_pending,
            followed,
            parted: &rows.parted,
            now,
        };
        match judge(&facts, walk) {
            Judgement::Judged(mut verdict) => {
                self.followed += verdict.reissued;
                self.tell_of_nameless(walk.nameless.len());
                if let Some(last_day) = last_day
                    && (verdict.reissued > 0 || state.audit_due)
                {
                    let followed = followed.max(self.followed);
                    let aged = self.reissued_below(last_day, state.full_at, followed).await?;
                    let parted =
                        |pair: &Pair| rows.parted.contains(&(pair.gone.clone(), pair.came.clone()));
                    verdict.pairs.extend(aged.into_iter().filter(|pair| !parted(pair)));
                }
                let pairs = self.store.apply_verdict(self.lease, id, self.run_id, &verdict).await?;
                let gone = unpaired(&verdict.gone, &pairs);
                self.result.gone += count(gone.len() + unpaired(&verdict.withdrawn, &pairs).len());
                self.result.paired += count(pairs.len());
                self.result.settled += settled_by_pairs(&pairs, &known);
                // A pair is one charge: what came under the new id is not new money.
                let renamed = pairs.iter().filter(|pair| self.came.contains(&pair.came));
                self.result.new -= count(renamed.count());
                self.steps.push(SyncStep::Judged {
                    known: known.len(),
                    listed: known.len() - missing.len(),
                    gone,
                    struck: verdict.struck,
                    withdrawn: verdict.withdrawn,
                    excused: verdict.excused,
                });
                self.steps.extend(
                    pairs.into_iter().map(|Pair { gone, came, tier }| SyncStep::Paired {
                        gone,
                        came,
                        tier,
                    }),
                );
                Ok(verdict.reissued > 0)
            }
            Judgement::Unjudged { reason, state } => {
                self.unjudged(reason);
                self.store.write_sync_state(self.lease, id, &state).await?;
                Ok(false)
            }
        }
    }
}

fn candidates(
    rows: &[StoredTransaction],
    this_walk: impl Fn(&StoredTransaction) -> bool,
) -> Vec<Candidate> {
    rows.iter().map(|row| Candidate::new(row, this_walk(row))).collect()
}

/// Rows that went without a successor.
fn unpaired(gone: &[TransactionId], pairs: &[Pair]) -> Vec<TransactionId> {
    let paired: HashSet<&TransactionId> = pairs.iter().map(|pair| &pair.gone).collect();
    gone.iter().filter(|id| !paired.contains(id)).cloned().collect()
}

/// Pairs of a pending row and a posted one: a charge that settled under a new id.
fn settled_by_pairs(pairs: &[Pair], known: &[KnownRow]) -> i64 {
    let known: HashMap<&TransactionId, bool> =
        known.iter().map(|row| (&row.id, row.posted)).collect();
    let posted = |id: &TransactionId| known.get(id).copied();
    // Of those unknown here, a pending vanished in an earlier pass; only a posted row below the
    // list's last day has a new id.
    let was_posted = |pair: &Pair| posted(&pair.gone).unwrap_or(pair.tier == 0);
    let settled = |pair: &&Pair| !was_posted(pair) && posted(&pair.came) != Some(false);
    count(pairs.iter().filter(settled).count())
}
