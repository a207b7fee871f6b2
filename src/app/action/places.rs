//! Sets of places in which an action means something.

use super::context::Context;
use Context as C;

pub const EVERYWHERE: &[Context] = &Context::ALL;
pub const SCREENS: &[Context] = &[
    C::Accounts,
    C::Transactions,
    C::Groups,
    C::Insights,
    C::Recurring,
    C::Detail,
    C::Raw,
    C::Sync,
];
pub const OPENED: &[Context] = &[
    C::Accounts,
    C::Transactions,
    C::Groups,
    C::Insights,
    C::Recurring,
    C::Find,
    C::Detail,
    C::Raw,
    C::Sync,
    C::Help,
    C::Problems,
    C::Checks,
    C::Matching,
    C::Aside,
    C::Settings,
    C::Why,
    C::Builder,
    C::Editing,
    C::Note,
    C::Confirm,
    C::Rules,
    C::Preview,
    C::Categories,
    C::Duplicates,
    C::Export,
    C::Columns,
];
pub const BACK: &[Context] = &[
    C::Takeover,
    C::Accounts,
    C::Transactions,
    C::Groups,
    C::Insights,
    C::Recurring,
    C::Find,
    C::Detail,
    C::Raw,
    C::Sync,
    C::Help,
    C::Problems,
    C::Checks,
    C::Matching,
    C::Aside,
    C::Settings,
    C::Passphrase,
    C::Why,
    C::Builder,
    C::Form,
    C::Editing,
    C::Note,
    C::Confirm,
    C::Rules,
    C::Preview,
    C::Categories,
    C::Duplicates,
    C::Export,
    C::Columns,
    C::Connecting,
];
pub const MOVES: &[Context] = &[
    C::FirstRun,
    C::Takeover,
    C::Accounts,
    C::Transactions,
    C::Groups,
    C::Insights,
    C::Recurring,
    C::Find,
    C::Detail,
    C::Raw,
    C::Sync,
    C::Help,
    C::Problems,
    C::Checks,
    C::Matching,
    C::Aside,
    C::Settings,
    C::Builder,
    C::Editing,
    C::Confirm,
    C::Rules,
    C::Preview,
    C::Categories,
    C::Duplicates,
    C::Export,
    C::Columns,
];
pub const CHOICES: &[Context] = &[
    C::FirstRun,
    C::Takeover,
    C::Accounts,
    C::Transactions,
    C::Groups,
    C::Insights,
    C::Recurring,
    C::Find,
    C::Detail,
    C::Sync,
    C::Help,
    C::Problems,
    C::Matching,
    C::Aside,
    C::Settings,
    C::Passphrase,
    C::Builder,
    C::Form,
    C::Editing,
    C::Confirm,
    C::Rules,
    C::Preview,
    C::Categories,
    C::Duplicates,
    C::Export,
    C::Columns,
    C::Connecting,
];
pub const FOUND: &[Context] = &[C::Takeover];
pub const REPORTS: &[Context] = &[C::Takeover, C::Opening, C::Checks, C::Connecting];
pub const SYNCS: &[Context] = &[
    C::Accounts,
    C::Transactions,
    C::Insights,
    C::Recurring,
    C::Detail,
    C::Raw,
    C::Sync,
    C::Connecting,
];
pub const ACCOUNTS: &[Context] = &[C::Accounts];
pub const LISTS: &[Context] = &[C::Accounts, C::Transactions];
pub const CHOOSABLE: &[Context] = &[C::Accounts, C::Transactions, C::Columns];
pub const GROUPED: &[Context] = &[C::Accounts, C::Transactions, C::Groups];
pub const PANES: &[Context] =
    &[C::Accounts, C::Transactions, C::Find, C::Insights, C::Export, C::Settings, C::Categories];
pub const FINDS: &[Context] = &[C::Transactions, C::Find];
pub const BUILDS: &[Context] = &[C::Accounts, C::Transactions, C::Detail];
pub const RECALLS: &[Context] = &[C::Accounts, C::Transactions, C::Find, C::Sync];
/// Whose order is the user's.
pub const MOVED: &[Context] = &[C::Accounts, C::Rules];
pub const KEPT: &[Context] = &[C::Accounts, C::Sync, C::Categories];
/// Where a name can be given.
pub const NAMED: &[Context] = &[C::Accounts, C::Transactions, C::Detail, C::Sync, C::Categories];
/// Where what the user said can be taken back.
pub const UNDONE: &[Context] = &[
    C::Accounts,
    C::Transactions,
    C::Insights,
    C::Recurring,
    C::Detail,
    C::Raw,
    C::Sync,
    C::Rules,
    C::Categories,
    C::Duplicates,
];
pub const TO_TREE: &[Context] = &[
    C::Accounts,
    C::Transactions,
    C::Insights,
    C::Recurring,
    C::Detail,
    C::Raw,
    C::Sync,
    C::Settings,
    C::Editing,
];
pub const MONTHS: &[Context] = &[C::Accounts, C::Transactions, C::Detail];
pub const EXPORTS: &[Context] =
    &[C::Accounts, C::Transactions, C::Detail, C::Sync, C::Insights, C::Recurring];
pub const BY_MONTH: &[Context] = &[C::Accounts, C::Transactions, C::Detail, C::Insights];
pub const DERIVED: &[Context] =
    &[C::Accounts, C::Transactions, C::Detail, C::Insights, C::Recurring];
pub const INSIGHTS: &[Context] = &[C::Insights];
pub const DISMISSED: &[Context] = &[C::Insights, C::Duplicates];
pub const ROWS: &[Context] = &[C::Accounts, C::Transactions, C::Detail, C::Raw];
