//! Ctrl-C and SIGTERM, as a command in the foreground takes them.

use std::io;

#[cfg(unix)]
use tokio::signal::unix;
use tokio::sync::oneshot;
use tokio_util::sync::CancellationToken;

use crate::exit::Exit;

/// Tells the first signal and asks to stop; the second one ends the process. A signal that comes as
/// soon as this has returned is heard.
pub(super) fn watch(
    cancel: CancellationToken,
    stopped: oneshot::Sender<Exit>,
) -> impl Future<Output = ()> + Send {
    let signals = Signals::install();
    async move {
        let Ok(mut signals) = signals else { return };
        let signal = signals.next().await;
        // Nobody listens when it is over already.
        let _ = stopped.send(signal);
        cancel.cancel();
        std::process::exit(signals.next().await as i32);
    }
}

#[cfg(unix)]
struct Signals {
    interrupt: unix::Signal,
    terminate: unix::Signal,
}

#[cfg(unix)]
impl Signals {
    fn install() -> io::Result<Self> {
        Ok(Self {
            interrupt: unix::signal(unix::SignalKind::interrupt())?,
            terminate: unix::signal(unix::SignalKind::terminate())?,
        })
    }

    async fn next(&mut self) -> Exit {
        tokio::select! {
            _ = self.interrupt.recv() => Exit::Interrupted,
            _ = self.terminate.recv() => Exit::Terminated,
        }
    }
}

#[cfg(not(unix))]
struct Signals;

#[cfg(not(unix))]
impl Signals {
    #[expect(clippy::unnecessary_wraps, reason = "the same signature on every system")]
    fn install() -> io::Result<Self> {
        Ok(Self)
    }

    async fn next(&mut self) -> Exit {
        match tokio::signal::ctrl_c().await {
            Ok(()) => Exit::Interrupted,
            Err(_) => std::future::pending().await,
        }
    }
}
