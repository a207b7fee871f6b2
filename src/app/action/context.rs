//! Where the keys go.

/// Where the keys go: the overlay on top, else the screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Context {
    FirstRun,
    /// A file that another program made.
    Takeover,
    Opening,
    Accounts,
    Transactions,
    /// Rows put together by what they have in common.
    Groups,
    Insights,
    Recurring,
    /// The line of a search: letters go into it.
    Find,
    Detail,
    Raw,
    Sync,
    Help,
    Problems,
    /// Everything passbook stands on.
    Checks,
    /// What a withdrawn row may have become.
    Matching,
    /// The rows that could not be read.
    Aside,
    Settings,
    /// A passphrase is being typed.
    Passphrase,
    /// Nothing shows until the passphrase is given.
    Locked,
    /// A filter in the making: letters go into it.
    Builder,
    /// Something is about to be said of some rows.
    Editing,
    /// A note is being typed: letters and new lines go into it.
    Note,
    /// A question before several rows are changed.
    Confirm,
    Rules,
    /// What a rule would change.
    Preview,
    /// Rows that look alike.
    Duplicates,
    /// The tree of categories.
    Categories,
    /// Why something derived is here.
    Why,
    /// What goes out, how and where to.
    Export,
    /// Lines to fill in: letters go into them.
    Form,
    /// The columns to choose from.
    Columns,
    /// A bank is being linked.
    Connecting,
}

impl Context {
    pub const ALL: [Self; 33] = [
        Self::FirstRun,
        Self::Takeover,
        Self::Opening,
        Self::Accounts,
        Self::Transactions,
        Self::Groups,
        Self::Insights,
        Self::Recurring,
        Self::Find,
        Self::Detail,
        Self::Raw,
        Self::Sync,
        Self::Help,
        Self::Problems,
        Self::Checks,
        Self::Matching,
        Self::Aside,
        Self::Settings,
        Self::Passphrase,
        Self::Locked,
        Self::Why,
        Self::Builder,
        Self::Form,
        Self::Editing,
        Self::Note,
        Self::Confirm,
        Self::Rules,
        Self::Preview,
        Self::Categories,
        Self::Duplicates,
        Self::Export,
        Self::Columns,
        Self::Connecting,
    ];

    /// Heads the help: "Keys for: Accounts".
    pub fn title(self) -> &'static str {
        match self {
            Self::FirstRun => "First run",
            Self::Takeover => "A database that was found",
            Self::Opening => "Opening",
            Self::Accounts => "Accounts",
            Self::Transactions => "Transactions",
            Self::Groups => "Groups",
            Self::Insights => "Insights",
            Self::Recurring => "Recurring",
            Self::Find => "Search",
            Self::Detail => "Transaction",
            Self::Raw => "Raw record",
            Self::Sync => "Sync",
            Self::Help => "Help",
            Self::Problems => "Problems",
            Self::Checks => "Checks",
            Self::Matching => "Match by hand",
            Self::Aside => "Kept aside",
            Self::Settings => "Settings",
            Self::Passphrase => "Passphrase",
            Self::Locked => "Locked",
            Self::Why => "Why it is here",
            Self::Builder => "Filter",
            Self::Form => "Fill in",
            Self::Editing => "Your words",
            Self::Note => "A note",
            Self::Confirm => "A question",
            Self::Rules => "Rules",
            Self::Preview => "What a rule would change",
            Self::Categories => "Categories",
            Self::Duplicates => "Rows that look alike",
            Self::Export => "Export",
            Self::Columns => "Columns",
            Self::Connecting => "Connect a bank",
        }
    }
}
