//! One look at a replica beside its primary, on connections that no read waits for.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use sqlx::postgres::PgConnection;
use sqlx::{Connection as _, Postgres};
use tokio::time::{Instant, timeout};

use super::Way;
use super::course::{Course, Mark};
use super::facts::{self, HEAD, Head, Seen};
use crate::clock::Clock;
use crate::domain::Unfit;
use crate::store::attempts::{is_time_out, timed_out};
use crate::store::meter::{Meter, Work};
use crate::store::pool::Pool;
use crate::store::session::{Engine as _, Manner, Session};

/// For each of the two.
const PATIENCE: Duration = Duration::from_secs(2);

pub(in crate::store) struct Primary {
    pub pool: Pool<Postgres>,
    pub pooler: bool,
}

pub(super) struct Looker {
    primary: Primary,
    connection: Option<PgConnection>,
    course: Course,
    /// The one that the looks see, for new connections to compare.
    server: Arc<Mutex<Option<String>>>,
    changed: bool,
}

impl Looker {
    pub fn new(primary: Primary, server: Arc<Mutex<Option<String>>>) -> Self {
        Self { primary, connection: None, course: Course::default(), server, changed: false }
    }

    /// Whether the last look has seen another server than the one before.
    pub fn found_another_server(&mut self) -> bool {
        std::mem::take(&mut self.changed)
    }

    /// What was known before counts only where the replica `was_well` just now.
    pub async fn look(
        &mut self,
        way: &Way,
        meter: &Arc<Meter>,
        was_well: bool,
    ) -> Result<Course, Unfit> {
        if !was_well {
            self.course.covers = None;
        }
        let (since, writes) = (Instant::now(), meter.writes_ended());
        let head = self.head(meter).await;
        let seen = self.see(way).await?;
        seen.check()?;
        if let Some(head) = head {
            seen.compare(&head)?;
            self.course.add(Mark { head, writes, since });
        }
        let now = Instant::now();
        while let Some(mark) = self.course.take_reached(&seen) {
            if let Some(run) = &mark.head.run
                && !self.has_run(way, run).await?
            {
                return Err(Unfit::OtherDatabase);
            }
            self.course.cover(&mark, now);
        }
        self.course.measure(&seen, now)?;
        Ok(self.course.clone())
    }

    /// `None` where the primary does not answer, or has no tables yet: that is no fault of the
    /// replica, which goes on with what is known of it.
    async fn head(&self, meter: &Arc<Meter>) -> Option<Head> {
        let asked = timeout(PATIENCE, async {
            match self.ask_primary(HEAD[0], meter).await {
                Err(error) if facts::is_refused(&error) => self.ask_primary(HEAD[1], meter).await,
                outcome => outcome,
            }
        });
        match asked.await {
            Ok(Ok(head)) => Some(head),
            Ok(Err(error)) => {
                tracing::debug!(%error, "asking the primary how far it is");
                None
            }
            Err(_) => None,
        }
    }

    async fn ask_primary(&self, sql: &'static str, meter: &Arc<Meter>) -> sqlx::Result<Head> {
        let timer = meter.start(Work::Read);
        let manner = if self.primary.pooler { Manner::Unnamed } else { Manner::Plain };
        let lent = self.primary.pool.borrow().await?;
        let begin = Postgres::BEGIN_READ;
        let mut session = Session::start(lent, manner, begin, Clock::default(), timer).await?;
        let head = sqlx::query_as(sql).fetch_one(&mut session).await;
        session.end(head).await
    }

    /// An idle connection may have been cut: a second try is on a new one.
    async fn see(&mut self, way: &Way) -> Result<Seen, Unfit> {
        let kept = self.connection.is_some();
        let seen = match self.try_see(way).await {
            Err(error) if kept && !is_time_out(&error) => self.try_see(way).await,
            outcome => outcome,
        };
        let seen = seen.map_err(|error| Unfit::Unreachable((way.explain)(error)))?;
        let mut server = self.server.lock().unwrap_or_else(PoisonError::into_inner);
        if server.as_ref() != Some(&seen.server) {
            *server = Some(seen.server.clone());
            self.changed = true;
        }
        Ok(seen)
    }

    async fn try_see(&mut self, way: &Way) -> sqlx::Result<Seen> {
        // Comes back only if all went well.
        let connection = self.connection.take();
        let seen = timeout(PATIENCE, async {
            let mut connection = match connection {
                Some(connection) => connection,
                None => (way.connect)().await?.connection,
            };
            let seen = facts::see(&mut connection).await?;
            Ok::<_, sqlx::Error>((connection, seen))
        });
        let (connection, seen) = seen.await.map_err(|_| timed_out())??;
        self.connection = Some(connection);
        Ok(seen)
    }

    async fn has_run(&mut self, way: &Way, id: &str) -> Result<bool, Unfit> {
        let Some(connection) = &mut self.connection else { return Ok(false) };
        let asked = timeout(PATIENCE, facts::has_run(connection, id)).await;
        asked.unwrap_or_else(|_| Err(timed_out())).map_err(|error| {
            self.connection = None;
            Unfit::Failing((way.explain)(error))
        })
    }

    /// Without waiting for an answer for long.
    pub async fn close(&mut self) {
        if let Some(connection) = self.connection.take() {
            // Whether it was heard changes nothing here.
            timeout(PATIENCE, connection.close()).await.ok();
        }
    }
}
