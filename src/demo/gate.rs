//! Where requests wait when a test wants them to, and how everything learns that the bank closes.

use std::time::Duration;

use tokio::sync::watch;

#[derive(Default)]
pub struct Gate(watch::Sender<State>);

#[derive(Default)]
struct State {
    released: usize,
    waiting: usize,
    closing: bool,
    closed: bool,
}

impl Gate {
    /// Lets go of all that wait now.
    pub fn release(&self) {
        self.0.send_modify(|state| state.released += 1);
    }

    /// Things wait again.
    pub fn open(&self) {
        self.0.send_modify(|state| (state.closing, state.closed) = (false, false));
    }

    /// From now on nothing waits any more, and the server takes no more connections.
    pub fn close(&self) {
        self.0.send_modify(|state| state.closing = true);
    }

    /// The server has ended.
    pub fn mark_closed(&self) {
        self.0.send_modify(|state| state.closed = true);
    }

    pub async fn closing(&self) {
        self.until(|state| state.closing).await;
    }

    pub async fn closed(&self) {
        self.until(|state| state.closed).await;
    }

    /// Until at least so many wait.
    pub async fn stalled(&self, count: usize) {
        self.until(|state| state.waiting >= count).await;
    }

    /// Waits for the next release.
    pub async fn stall(&self) {
        let mut seen = 0;
        self.0.send_modify(|state| {
            state.waiting += 1;
            seen = state.released;
        });
        let _leaving = Leaving(self);
        self.until(|state| state.released > seen || state.closing).await;
    }

    /// So long, unless the bank closes.
    pub async fn pause(&self, pause: Duration) {
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = self.closing() => {}
        }
    }

    async fn until(&self, reached: impl FnMut(&State) -> bool) {
        self.0.subscribe().wait_for(reached).await.expect("the sender is in self");
    }
}

/// A client that gives up drops its request while it waits.
struct Leaving<'a>(&'a Gate);

impl Drop for Leaving<'_> {
    fn drop(&mut self) {
        self.0.0.send_modify(|state| state.waiting -= 1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn who_gives_up_waits_no_more() {
        let gate = Gate::default();
        tokio::select! {
            biased;
            () = gate.stall() => panic!("nothing has released it"),
            () = gate.stalled(1) => {}
        }
        assert_eq!(gate.0.borrow().waiting, 0);
    }

    #[tokio::test]
    async fn a_release_lets_go_of_those_who_wait_then_and_closing_of_all() {
        let gate = Gate::default();
        let first = async {
            gate.stall().await;
            gate.stall().await;
        };
        let second = async {
            gate.stalled(1).await;
            gate.release();
            gate.stalled(1).await;
            gate.close();
        };
        tokio::join!(first, second);
        gate.stall().await;
    }
}
