//! A few connections, lent one borrower at a time.
//!
//! sqlx's own pool pings a connection each time it comes back, which is a second round trip for
//! every key, and waits there for a query whose asker has gone. Here a connection comes back only
//! from work that ended well; any other is thrown away, and what it was doing is cut short.

use std::ops::{Deref, DerefMut};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use futures_util::future::BoxFuture;
use sqlx::{Connection, Database};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

/// Waiting longer than this for a turn is a fault to tell, not to sit through.
const TURN: Duration = Duration::from_secs(30);
/// Idle for longer than this, a connection is tested before it is lent: a steady key press is not.
const TEST_AFTER: Duration = Duration::from_secs(5);
const TEST: Duration = Duration::from_secs(5);
const GOODBYE: Duration = Duration::from_secs(2);

/// A new connection with the switch that stops what it is doing, where the engine has one.
pub(super) struct Member<DB: Database> {
    pub connection: DB::Connection,
    pub stop: Option<Arc<AtomicBool>>,
}

pub(super) type Connect<DB> =
    Box<dyn Fn() -> BoxFuture<'static, sqlx::Result<Member<DB>>> + Send + Sync>;

/// Cheap to clone.
pub(super) struct Pool<DB: Database>(Arc<Shared<DB>>);

struct Shared<DB: Database> {
    connect: Connect<DB>,
    size: u32,
    turns: Arc<Semaphore>,
    idle: Mutex<Vec<(Member<DB>, Instant)>>,
}

impl<DB: Database> Clone for Pool<DB> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<DB: Database> Pool<DB> {
    /// Connects when first asked, at most `size` times.
    pub fn new(size: u32, connect: Connect<DB>) -> Self {
        let turns = Arc::new(Semaphore::new(size as usize));
        Self(Arc::new(Shared { connect, size, turns, idle: Mutex::default() }))
    }

    /// Takes in a connection that was opened elsewhere.
    pub fn adopt(&self, member: Member<DB>) {
        self.0.push(member);
    }

    /// How many connections there may be, and how many are lent.
    pub fn usage(&self) -> (u32, u32) {
        let free = u32::try_from(self.0.turns.available_permits()).unwrap_or(u32::MAX);
        (self.0.size, self.0.size.saturating_sub(free))
    }

    /// The next borrowers get new connections.
    pub fn drop_idle(&self) {
        while self.0.pop().is_some() {}
    }

    pub async fn borrow(&self) -> sqlx::Result<Lent<DB>> {
        let turn = timeout(TURN, Arc::clone(&self.0.turns).acquire_owned())
            .await
            .map_err(|_| sqlx::Error::PoolTimedOut)?
            .map_err(|_| sqlx::Error::PoolClosed)?;
        let member = match self.tested().await {
            Some(member) => member,
            None => (self.0.connect)().await?,
        };
        Ok(Lent { member: Some(member), pool: self.clone(), _turn: turn })
    }

    /// The connection used last, if one is alive.
    async fn tested(&self) -> Option<Member<DB>> {
        while let Some((mut member, since)) = self.0.pop() {
            if since.elapsed() < TEST_AFTER
                || matches!(timeout(TEST, member.connection.ping()).await, Ok(Ok(())))
            {
                return Some(member);
            }
        }
        None
    }

    /// Lets what is running end, for a moment, then closes every connection.
    pub async fn close(&self) {
        let all_back = timeout(GOODBYE, self.0.turns.acquire_many(self.0.size)).await;
        self.0.turns.close();
        drop(all_back);
        while let Some((member, _)) = self.0.pop() {
            say_goodbye(member).await;
        }
    }
}

impl<DB: Database> Shared<DB> {
    fn push(&self, member: Member<DB>) {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        idle.push((member, Instant::now()));
    }

    fn pop(&self) -> Option<(Member<DB>, Instant)> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop()
    }
}

/// Closing can hang on a server that is gone; its answer changes nothing.
async fn say_goodbye<DB: Database>(member: Member<DB>) {
    match timeout(GOODBYE, member.connection.close()).await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => tracing::debug!(%error, "closing a database connection"),
        Err(_) => tracing::debug!("closing a database connection took too long"),
    }
}

/// A connection on loan. Dropped without [`Lent::give_back`], it is thrown away.
pub(super) struct Lent<DB: Database> {
    /// `Some` until given back or thrown away.
    member: Option<Member<DB>>,
    pool: Pool<DB>,
    _turn: OwnedSemaphorePermit,
}

impl<DB: Database> Lent<DB> {
    pub fn give_back(mut self) {
        if let Some(member) = self.member.take().filter(|_| !self.pool.0.turns.is_closed()) {
            self.pool.0.push(member);
        }
    }

    /// The server may have gone, and with it the connections that wait: they are not tried.
    pub fn distrust_the_others(&self) {
        self.pool.drop_idle();
    }

    /// Closes it politely, so that an open transaction is rolled back when this returns.
    pub async fn throw_away(mut self) {
        if let Some(member) = self.member.take() {
            say_goodbye(member).await;
        }
    }
}

impl<DB: Database> Deref for Lent<DB> {
    type Target = DB::Connection;

    fn deref(&self) -> &DB::Connection {
        &self.member.as_ref().expect("lent until dropped").connection
    }
}

impl<DB: Database> DerefMut for Lent<DB> {
    fn deref_mut(&mut self) -> &mut DB::Connection {
        &mut self.member.as_mut().expect("lent until dropped").connection
    }
}

impl<DB: Database> Drop for Lent<DB> {
    fn drop(&mut self) {
        // Whoever asked has gone: SQLite would go on scanning for nobody.
        if let Some(stop) = self.member.as_ref().and_then(|member| member.stop.as_ref()) {
            stop.store(true, Ordering::Relaxed);
        }
    }
}
