//! The exit codes that scripts may rely on.

/// Why the process ends, as a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
    Fine = 0,
    Internal = 1,
    Usage = 2,
    DatabaseUnreachable = 3,
    PartialFailure = 4,
    BankUnreachable = 5,
    NewerDatabase = 6,
    Locked = 7,
    PortTaken = 8,
    /// 128 and the number of SIGINT, as a shell reports it.
    Interrupted = 130,
    /// The same of SIGTERM.
    Terminated = 143,
}

impl From<Exit> for std::process::ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}
