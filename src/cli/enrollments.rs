//! The words of `passbook enrollments` and `passbook key`.

use clap::{Args, Subcommand};

use super::Format;

#[derive(Args, Clone, Debug, Default)]
#[command(args_conflicts_with_subcommands = true)]
pub struct EnrollmentsArgs {
    #[command(flatten)]
    pub list: ListArgs,
    #[command(subcommand)]
    pub command: Option<EnrollmentsCommand>,
}

#[derive(Args, Clone, Debug, Default)]
pub struct ListArgs {
    /// Also those that you have removed
    #[arg(long)]
    pub all: bool,
    #[command(flatten)]
    pub format: Format,
}

/// An enrollment is named by its id, by a name of yours, or by its bank's where that is enough.
#[derive(Clone, Debug, Subcommand)]
pub enum EnrollmentsCommand {
    /// List the banks that are connected, how each fares, and what to do
    List(ListArgs),
    /// Keep an access token from elsewhere; `passbook connect` links a bank in the browser
    Add(AddTokenArgs),
    /// Call one by a name of your own; without a name as its bank is called
    Rename(RenameEnrollmentArgs),
    /// Give one a fresh token, after its accounts were compared; or undo that
    Repair(RepairArgs),
    /// End one at Teller and wipe its token; what it has brought stays
    Remove(RemoveEnrollmentArgs),
}

#[derive(Args, Clone, Debug, Default)]
pub struct AddTokenArgs {
    /// Read the token from standard input, a line that is not shown
    #[arg(long)]
    pub token_stdin: bool,
    /// Go on without asking
    #[arg(long)]
    pub yes: bool,
    #[command(flatten)]
    pub format: Format,
}

#[derive(Args, Clone, Debug, Default)]
pub struct RenameEnrollmentArgs {
    #[arg(value_name = "ENROLLMENT")]
    pub enrollment: String,
    #[arg(value_name = "NAME")]
    pub name: Option<String>,
}

#[derive(Args, Clone, Debug, Default)]
pub struct RepairArgs {
    #[arg(value_name = "ENROLLMENT")]
    pub enrollment: String,
    /// Read the fresh token from standard input, a line that is not shown
    #[arg(long, conflicts_with = "undo")]
    pub token_stdin: bool,
    /// Take the last repair back: accounts and their rows are as they were before it
    #[arg(long)]
    pub undo: bool,
    /// That account under a new id is this old one, or `new`; may be given several times
    #[arg(long = "same", value_name = "NEW=OLD", conflicts_with = "undo")]
    pub same: Vec<String>,
    /// Go on without asking: what is not sure stays open
    #[arg(long)]
    pub yes: bool,
    #[command(flatten)]
    pub format: Format,
}

#[derive(Args, Clone, Debug, Default)]
pub struct RemoveEnrollmentArgs {
    #[arg(value_name = "ENROLLMENT")]
    pub enrollment: String,
    /// Go on without asking
    #[arg(long)]
    pub yes: bool,
    /// Also remove its accounts and all they hold, after a backup
    #[arg(long)]
    pub with_history: bool,
    /// Wipe its token although Teller could not be told: access stays until it ends by itself
    #[arg(long)]
    pub forget_anyway: bool,
    #[command(flatten)]
    pub format: Format,
}

#[derive(Clone, Debug, Subcommand)]
pub enum KeyCommand {
    /// Print the key that seals the access tokens: to be kept beside backups, and for other computers
    Show(ShowKeyArgs),
    /// Make a new key and seal every token with it; the old one stays behind it
    Rotate(RotateArgs),
    /// Say where keys are, which one is in use, and what it opens
    Where(Format),
    /// Print a new key and keep it nowhere: for PASSBOOK_KEY
    New,
}

#[derive(Args, Clone, Copy, Debug, Default)]
pub struct ShowKeyArgs {
    /// Go on without asking
    #[arg(long)]
    pub yes: bool,
}

#[derive(Args, Clone, Copy, Debug, Default)]
pub struct RotateArgs {
    /// Also drop the older keys: what they have sealed, here or in another database, opens no more
    #[arg(long)]
    pub forget_old: bool,
    #[command(flatten)]
    pub format: Format,
}
