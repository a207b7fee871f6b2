//! A read replica: when a read may be asked of it, and the looks that decide that.
//!
//! No read pays for that. It goes to the replica while a look not older than [`STALE`] has found it
//! well, and on it every write that this program had ended until then; to the primary otherwise. A
//! look is taken beside the reads, while there are any: an idle program asks nobody.

mod course;
mod facts;
mod looker;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::FutureExt as _;
use sqlx::{Connection as _, Postgres};
use tokio::sync::watch;
use tokio::time::{Instant, sleep, timeout};

use super::attempts::timed_out;
use super::meter::Meter;
use super::pool::{Connect, Lent, Member, Pool};
use crate::domain::{self, Unfit};
use looker::Looker;
pub(super) use looker::Primary;

const CONNECTIONS: u32 = 5;
/// What an older look has found does not count.
const STALE: Duration = Duration::from_secs(10);
/// How long a read waits for a look where only the last one is too old.
const GRACE: Duration = Duration::from_millis(150);
/// A read that takes longer has the replica looked at beside it, again and again.
const LONG: Duration = Duration::from_secs(1);

const WHILE_WELL: Duration = Duration::from_secs(2);
const WHILE_CATCHING_UP: Duration = Duration::from_millis(100);
const WHILE_UNFIT: Duration = Duration::from_secs(5);
/// One that is well when looked at and fails when asked is left alone for longer each time.
const LONGEST_REST: Duration = Duration::from_mins(5);

/// How the replica's server is reached.
pub(super) struct Way {
    pub connect: Connect<Postgres>,
    /// A few words, without the password.
    pub explain: Box<dyn Fn(sqlx::Error) -> String + Send + Sync>,
}

pub(crate) struct Replica {
    pool: Pool<Postgres>,
    way: Arc<Way>,
    /// Counts what is written.
    meter: Arc<Meter>,
    standing: watch::Sender<Standing>,
    /// For people: changes less often.
    told: watch::Sender<domain::Replica>,
    stumbles: Mutex<Stumbles>,
    /// Held while the replica is looked at.
    looker: Arc<tokio::sync::Mutex<Looker>>,
}

/// What the last look has found.
#[derive(Clone, Copy)]
struct Standing {
    at: Option<Instant>,
    /// How many ended writes of this program the replica is known to hold; `None`: it is not asked.
    covers: Option<u64>,
    next_look: Instant,
}

#[derive(Default)]
struct Stumbles {
    count: u32,
    last: Option<Instant>,
}

impl Standing {
    fn is_fresh(&self) -> bool {
        self.at.is_some_and(|at| at.elapsed() <= STALE)
    }

    fn holds(&self, writes: u64) -> bool {
        self.covers.is_some_and(|covered| covered >= writes)
    }

    fn is_due(&self, writes: u64) -> bool {
        let written = self.covers.is_some() && !self.holds(writes);
        let soon = self.at.is_some_and(|at| at.elapsed() >= WHILE_CATCHING_UP);
        self.next_look <= Instant::now() || (written && soon)
    }
}

impl Replica {
    pub fn new(way: Way, primary: Primary, meter: Arc<Meter>) -> Self {
        let way = Arc::new(way);
        let server: Arc<Mutex<Option<String>>> = Arc::default();
        let pool = Pool::new(CONNECTIONS, same_server(Arc::clone(&way), Arc::clone(&server)));
        let next_look = Instant::now();
        Self {
            looker: Arc::new(tokio::sync::Mutex::new(Looker::new(primary, server))),
            pool,
            way,
            meter,
            standing: watch::Sender::new(Standing { at: None, covers: None, next_look }),
            told: watch::Sender::new(domain::Replica::Unknown),
            stumbles: Mutex::default(),
        }
    }

    pub fn watch(&self) -> watch::Receiver<domain::Replica> {
        self.told.subscribe()
    }

    pub fn usage(&self) -> (u32, u32) {
        self.pool.usage()
    }

    /// Whether a read that begins now may be asked of it.
    pub async fn answers(self: &Arc<Self>) -> bool {
        let writes = self.meter.writes_ended();
        let standing = *self.standing.borrow();
        if !standing.holds(writes) || standing.is_fresh() {
            if standing.is_due(writes) {
                self.look_soon();
            }
            return standing.holds(writes);
        }
        // Idle for a while: one look, and not for long.
        let mut looks = self.standing.subscribe();
        self.look_soon();
        let looked = timeout(GRACE, looks.changed()).await.is_ok();
        looked && self.standing.borrow().holds(writes)
    }

    /// Looks until it is known whether the replica answers, for who asks once and then ends.
    pub async fn settle(self: &Arc<Self>, patience: Duration) {
        let decided = async {
            loop {
                let mut looks = self.standing.subscribe();
                self.look_soon();
                if looks.changed().await.is_err() || self.told.borrow().unfit().is_some() {
                    return;
                }
                if looks.borrow().holds(self.meter.writes_ended()) {
                    return;
                }
                sleep(WHILE_CATCHING_UP / 4).await;
            }
        };
        if timeout(patience, decided).await.is_err() {
            tracing::debug!("the read replica is not ready yet");
        }
    }

    pub async fn borrow(&self) -> sqlx::Result<Lent<Postgres>> {
        self.pool.borrow().await
    }

    /// A network that goes silent is noticed by the looks, and the read given up.
    pub async fn attend<T>(
        self: &Arc<Self>,
        unit: impl Future<Output = sqlx::Result<T>>,
    ) -> sqlx::Result<T> {
        let lost = async {
            loop {
                sleep(LONG).await;
                let mut looks = self.standing.subscribe();
                self.look_soon();
                if looks.changed().await.is_err() || self.told.borrow().unfit().is_some() {
                    return;
                }
            }
        };
        tokio::select! {
            outcome = unit => outcome,
            () = lost => Err(timed_out()),
        }
    }

    /// A read failed here and is asked of the primary. Some failures are the replica's own.
    pub fn stumble(&self, failure: sqlx::Error) {
        match &failure {
            // Its own replay got in the way of a long read.
            sqlx::Error::Database(error)
                if error.code().is_some_and(|code| matches!(&*code, "40001" | "40P01")) =>
            {
                tracing::debug!(%failure, "a read of the replica is asked again");
                return;
            }
            sqlx::Error::Io(_)
            | sqlx::Error::Tls(_)
            | sqlx::Error::Protocol(_)
            | sqlx::Error::Database(_) => {}
            // The primary has the same rows, and will say the same.
            _ => return,
        }
        self.pool.drop_idle();
        let rest = self.stumbles.lock().unwrap_or_else(PoisonError::into_inner).rest();
        self.standing.send_modify(|standing| {
            standing.covers = None;
            standing.next_look = Instant::now() + rest;
        });
        self.tell(domain::Replica::Unused(Unfit::Failing((self.way.explain)(failure))));
    }

    /// In a task of its own, unless one is under way.
    fn look_soon(self: &Arc<Self>) {
        if let Ok(mut looker) = Arc::clone(&self.looker).try_lock_owned() {
            let this = Arc::clone(self);
            tokio::spawn(async move { this.look(&mut looker).await });
        }
    }

    async fn look(&self, looker: &mut Looker) {
        let was_well = self.standing.borrow().is_fresh() && self.told.borrow().unfit().is_none();
        let found = looker.look(&self.way, &self.meter, was_well).await;
        if looker.found_another_server() {
            self.pool.drop_idle();
        }
        let now = Instant::now();
        let (told, covers, pause) = match found {
            Ok(course) => {
                let pause = if course.is_awaiting() { WHILE_CATCHING_UP } else { WHILE_WELL };
                (domain::Replica::Used { behind: course.behind }, course.covers, pause)
            }
            Err(unfit) => (domain::Replica::Unused(unfit), None, WHILE_UNFIT),
        };
        self.tell(told);
        // Last: who waits for it reads what was told.
        self.standing.send_replace(Standing { at: Some(now), covers, next_look: now + pause });
    }

    fn tell(&self, told: domain::Replica) {
        self.told.send_if_modified(|known| {
            if let (Some(unfit), false) = (told.unfit(), known.unfit().is_some()) {
                tracing::warn!("{unfit}: reading from the primary");
            } else if known.unfit().is_some() && told.unfit().is_none() {
                tracing::info!("the read replica is well again: reading from it");
            }
            let changed = *known != told;
            *known = told;
            changed
        });
    }

    pub async fn close(&self) {
        self.pool.close().await;
        if let Ok(mut looker) = self.looker.try_lock() {
            looker.close().await;
        }
    }
}

impl Stumbles {
    /// How long the replica is left alone now.
    fn rest(&mut self) -> Duration {
        let recent = self.last.is_some_and(|last| last.elapsed() < 2 * LONGEST_REST);
        self.count = if recent { self.count + 1 } else { 0 };
        self.last = Some(Instant::now());
        (WHILE_UNFIT * 2_u32.saturating_pow(self.count.min(8))).min(LONGEST_REST)
    }
}

/// Behind one name there may be several servers, of which the looks see one.
fn same_server(way: Arc<Way>, server: Arc<Mutex<Option<String>>>) -> Connect<Postgres> {
    Box::new(move || {
        let (way, server) = (Arc::clone(&way), Arc::clone(&server));
        async move {
            let mut member: Member<Postgres> = (way.connect)().await?;
            let found = facts::server(&mut member.connection).await?;
            let known = server.lock().unwrap_or_else(PoisonError::into_inner).clone();
            if known.as_ref() == Some(&found) {
                return Ok(member);
            }
            member.connection.close().await?;
            Err(sqlx::Error::Protocol("another server answers under its name".to_owned()))
        }
        .boxed()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_that_fails_again_and_again_is_left_alone_for_longer() {
        let mut stumbles = Stumbles::default();
        let rests: Vec<u64> = (0..8).map(|_| stumbles.rest().as_secs()).collect();
        assert_eq!(rests, [5, 10, 20, 40, 80, 160, 300, 300]);
    }

    #[test]
    fn it_is_asked_only_where_it_holds_every_write() {
        let now = Instant::now();
        let standing = |covers| Standing { at: Some(now), covers, next_look: now + WHILE_WELL };
        assert!(standing(Some(3)).holds(3) && !standing(Some(3)).holds(4));
        assert!(!standing(None).holds(0));
        assert!(!standing(Some(3)).is_due(3));
    }
}
