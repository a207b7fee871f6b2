//! What a sync tells of each request its client makes.

use std::sync::Arc;

use super::{Access, Events};
use crate::clock::Clock;
use crate::domain::{Account, RequestTry, Stage, SyncEvent};
use crate::teller::{self, Observation};

/// The client of one enrollment, its requests told for the log.
pub fn observed(access: &Access, events: &Events, clock: &Clock) -> teller::Client {
    let (events, clock) = (events.clone(), clock.clone());
    access.client.with_observer(Arc::new(move |seen| events.tell(logged(seen, &clock))))
}

/// The same for one account, which also shows that it waits.
pub fn observed_for(
    access: &Access,
    events: &Events,
    clock: &Clock,
    account: &Account,
) -> teller::Client {
    let (events, clock) = (events.clone(), clock.clone());
    let account_id = account.id.clone();
    access.client.with_observer(Arc::new(move |seen| {
        if let Observation::Waiting { delay, .. } = &seen {
            let stage = Stage::Pausing(delay.as_secs());
            events.tell(SyncEvent::Progress { account_id: account_id.clone(), stage, new: 0 });
        }
        events.tell(logged(seen, &clock));
    }))
}

fn logged(seen: Observation, clock: &Clock) -> SyncEvent {
    match seen {
        Observation::Request { method, path, status, elapsed, rows } => {
            let ended_at = clock.now();
            SyncEvent::Request(RequestTry {
                ended_at,
                method,
                path,
                status,
                elapsed,
                rows,
                pause: None,
            })
        }
        Observation::Waiting { path, delay, .. } => SyncEvent::Retrying { path, delay },
    }
}
