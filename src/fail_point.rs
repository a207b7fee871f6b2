//! Where a test can make the program fail, by number. Release builds have no such place.
//!
//! `PASSBOOK_FAIL_POINT=step:17:kill` ends a debug build as `kill -9` would, right before the 17th
//! step of the process; counting up until the program ends by itself visits every step there is.

/// What is counted; each kind for itself, from 1, over the whole process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A statement, the begin or end of a transaction, or a request to the bank. Between two of
    /// them nothing lasting happens, so right before one is right after the one before.
    Step,
    /// A picture about to be drawn.
    Frame,
    /// Work that the screen does in a task.
    Task,
}

/// Fails here if the environment says so.
#[cfg(not(debug_assertions))]
#[inline]
pub const fn pass(_: Kind) {}

#[cfg(debug_assertions)]
pub use armed::{at_step_of_thread, pass};

#[cfg(debug_assertions)]
mod armed {
    use std::cell::RefCell;
    use std::sync::OnceLock;
    use std::sync::atomic::{AtomicU64, Ordering};

    use super::Kind;

    #[derive(Debug)]
    enum Blow {
        Kill,
        Stop,
        Panic,
    }

    #[derive(Debug)]
    struct Plan {
        kind: Kind,
        number: u64,
        blow: Blow,
    }

    type Here = Option<(u64, Box<dyn FnOnce()>)>;

    thread_local! {
        static HERE: RefCell<Here> = const { RefCell::new(None) };
    }

    /// Calls `blow` right before the step with this number of those that the calling thread takes
    /// from now on; replaces what was asked for before. For tests that run side by side in one process.
    pub fn at_step_of_thread(number: u64, blow: impl FnOnce() + 'static) {
        HERE.set(Some((number, Box::new(blow))));
    }

    fn pass_here() {
        let blow = HERE.with_borrow_mut(|here| match here {
            Some((number, _)) if *number > 1 => {
                *number -= 1;
                None
            }
            _ => here.take(),
        });
        if let Some((_, blow)) = blow {
            blow();
        }
    }

    static PLAN: OnceLock<Option<Plan>> = OnceLock::new();
    static PASSED: AtomicU64 = AtomicU64::new(0);

    /// Fails here if the environment says so.
    ///
    /// # Panics
    ///
    /// When that is what was asked for, or when what was asked for cannot be read.
    pub fn pass(kind: Kind) {
        if kind == Kind::Step {
            pass_here();
        }
        let plan = PLAN.get_or_init(|| std::env::var("PASSBOOK_FAIL_POINT").ok().map(|t| read(&t)));
        let Some(plan) = plan.as_ref().filter(|plan| plan.kind == kind) else { return };
        if PASSED.fetch_add(1, Ordering::SeqCst) + 1 == plan.number {
            strike(&plan.blow);
        }
    }

    fn read(text: &str) -> Plan {
        let mut words = text.split(':');
        let mut word = || words.next().unwrap_or_default();
        let kind = match word() {
            "step" => Kind::Step,
            "frame" => Kind::Frame,
            "task" => Kind::Task,
            other => panic!("PASSBOOK_FAIL_POINT: no kind {other}"),
        };
        let number = word().parse().expect("PASSBOOK_FAIL_POINT: a number after the kind");
        let blow = match word() {
            "kill" => Blow::Kill,
            "stop" => Blow::Stop,
            "panic" => Blow::Panic,
            other => panic!("PASSBOOK_FAIL_POINT: no blow {other}"),
        };
        Plan { kind, number, blow }
    }

    fn strike(blow: &Blow) {
        #[cfg(unix)]
        let signal = |signal| {
            use rustix::process::{getpid, kill_process};
            kill_process(getpid(), signal).expect("a process may signal itself");
        };
        match blow {
            #[cfg(unix)]
            Blow::Kill => {
                signal(rustix::process::Signal::KILL);
                loop {
                    std::thread::park();
                }
            }
            #[cfg(unix)]
            Blow::Stop => signal(rustix::process::Signal::STOP),
            #[cfg(not(unix))]
            Blow::Kill | Blow::Stop => std::process::abort(),
            Blow::Panic => panic!("asked for by PASSBOOK_FAIL_POINT"),
        }
    }
}
