//! Signals and a vanished terminal, told to the event loop, and enforced if the loop is stuck.

use std::io;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::task::AbortHandle;

/// How long the loop may take to leave once it was told to.
const GRACE: Duration = Duration::from_secs(2);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signal {
    /// Leave, with this signal's number.
    End(u8),
    /// `kill -TSTP`.
    Suspend,
    /// Back in the foreground.
    Continue,
}

/// SIGHUP: the terminal is gone.
pub const HUP: u8 = 1;

/// Whether reading or writing failed because there is no terminal any more.
pub fn is_hang_up(error: &io::Error) -> bool {
    const EIO: i32 = 5;
    error.raw_os_error() == Some(EIO)
        || matches!(error.kind(), io::ErrorKind::UnexpectedEof | io::ErrorKind::BrokenPipe)
}

pub struct Signals {
    inbox: mpsc::Receiver<Signal>,
    watch: AbortHandle,
}

impl Signals {
    /// Must be called within a runtime of several threads: the watch outlives a stuck loop.
    pub fn install() -> io::Result<Self> {
        let mut sources = Sources::install()?;
        let (tell, inbox) = mpsc::channel(8);
        let watch = tokio::spawn(async move {
            loop {
                let signal = sources.next().await;
                // A full inbox holds what matters already.
                let told = tell.try_send(signal);
                if let Signal::End(number) = signal {
                    // crossterm's reader spins for ever on a terminal that hung up, so the loop
                    // may never hear of it.
                    tokio::time::sleep(GRACE).await;
                    super::terminal::restore();
                    std::process::exit(128 + i32::from(number));
                }
                if let Err(mpsc::error::TrySendError::Closed(_)) = told {
                    return;
                }
            }
        });
        Ok(Self { inbox, watch: watch.abort_handle() })
    }

    pub async fn next(&mut self) -> Signal {
        match self.inbox.recv().await {
            Some(signal) => signal,
            None => std::future::pending().await,
        }
    }
}

impl Drop for Signals {
    fn drop(&mut self) {
        self.watch.abort();
    }
}

#[cfg(unix)]
mod unix {
    use std::{io, thread};

    use rustix::event::{PollFd, PollFlags, poll};
    use rustix::process;
    use tokio::signal::unix::{Signal as Stream, SignalKind, signal};
    use tokio_util::sync::CancellationToken;

    use super::{HUP, Signal};

    const INT: u8 = 2;
    const TERM: u8 = 15;

    pub struct Sources {
        hang_up: Stream,
        interrupt: Stream,
        terminate: Stream,
        suspend: Stream,
        resume: Stream,
        /// Tells a hang-up even where SIGHUP is ignored, as under nohup.
        gone: CancellationToken,
    }

    impl Sources {
        pub fn install() -> io::Result<Self> {
            let from = |number: process::Signal| signal(SignalKind::from_raw(number.as_raw()));
            Ok(Self {
                hang_up: signal(SignalKind::hangup())?,
                interrupt: signal(SignalKind::interrupt())?,
                terminate: signal(SignalKind::terminate())?,
                suspend: from(process::Signal::TSTP)?,
                resume: from(process::Signal::CONT)?,
                gone: watch_terminal(),
            })
        }

        pub async fn next(&mut self) -> Signal {
            tokio::select! {
                _ = self.hang_up.recv() => Signal::End(HUP),
                _ = self.interrupt.recv() => Signal::End(INT),
                _ = self.terminate.recv() => Signal::End(TERM),
                _ = self.suspend.recv() => Signal::Suspend,
                _ = self.resume.recv() => Signal::Continue,
                () = self.gone.cancelled() => Signal::End(HUP),
            }
        }
    }

    /// A token that is cancelled when the terminal hangs up.
    fn watch_terminal() -> CancellationToken {
        let gone = CancellationToken::new();
        let hung_up = gone.clone();
        // Asked for nothing, poll sleeps until there is no terminal any more.
        thread::spawn(move || {
            let stdin = io::stdin();
            let mut terminal = [PollFd::new(&stdin, PollFlags::empty())];
            while let Err(rustix::io::Errno::INTR) = poll(&mut terminal, None) {}
            if terminal[0].revents().intersects(PollFlags::HUP | PollFlags::ERR) {
                hung_up.cancel();
            }
        });
        gone
    }

    /// Stops this process until SIGCONT. As ctrl-z in a cooked terminal would, it takes the whole
    /// job along, a wrapper such as `cargo run` included.
    pub fn stop() -> io::Result<()> {
        Ok(process::kill_current_process_group(process::Signal::STOP)?)
    }

    /// Whether a shell in this session could wake a stopped job: otherwise it would sleep for ever.
    pub fn can_stop() -> bool {
        let session = process::getsid(None).ok();
        let parents = process::getppid().and_then(|parent| process::getsid(Some(parent)).ok());
        session.is_some() && session == parents
    }
}

#[cfg(unix)]
use unix::Sources;
#[cfg(unix)]
pub use unix::{can_stop, stop};

#[cfg(not(unix))]
struct Sources;

#[cfg(not(unix))]
impl Sources {
    #[expect(clippy::unnecessary_wraps, reason = "the same signature on every system")]
    fn install() -> io::Result<Self> {
        Ok(Self)
    }

    async fn next(&mut self) -> Signal {
        std::future::pending().await
    }
}

#[cfg(not(unix))]
pub fn stop() -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

#[cfg(not(unix))]
pub fn can_stop() -> bool {
    false
}
