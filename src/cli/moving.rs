//! The words of the commands that bring everything from one place to another.

use std::path::PathBuf;

use clap::Args;

use super::Format;

#[derive(Args, Clone, Debug, Default)]
pub struct BackupArgs {
    /// A file that does not exist yet; default: a dated one in the data directory
    #[arg(value_name = "FILE")]
    pub file: Option<PathBuf>,
    #[command(flatten)]
    pub format: Format,
}

#[derive(Args, Clone, Debug, Default)]
pub struct RestoreArgs {
    /// A backup that passbook made
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// Replace what the database holds without asking; a backup of it is made all the same
    #[arg(long)]
    pub yes: bool,
    /// Only read the file, compare it with its own sums, and say what it holds
    #[arg(long)]
    pub dry_run: bool,
    #[command(flatten)]
    pub format: Format,
}

#[derive(Args, Clone, Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub struct AdoptArgs {
    /// Its database, a file or a URL; default: passbook's own, or what lies in this directory
    #[arg(value_name = "URL", conflicts_with = "forget")]
    pub from: Option<String>,
    /// Only say what is inside and what would become of it
    #[arg(long, conflicts_with = "forget")]
    pub dry_run: bool,
    /// Go on without asking
    #[arg(long)]
    pub yes: bool,
    /// Zone of a Postgres server's times, such as America/New_York; default: UTC if the server says so
    #[arg(long, value_name = "ZONE", conflicts_with = "forget")]
    pub zone: Option<String>,
    /// Also take the rows that its test scripts left behind
    #[arg(long, conflicts_with = "forget")]
    pub test_rows: bool,
    /// Also take what it kept by hand (llc_accounts, manual_…), each with its value, as accounts by hand
    #[arg(long, conflicts_with = "forget")]
    pub hand_accounts: bool,
    /// Write the tables that stay where they are (llc_…, manual_…) to this directory as CSV, and no more
    #[arg(long, value_name = "DIR", conflicts_with = "forget")]
    pub export: Option<PathBuf>,
    /// Remove again what adoption brought, after a backup, and nothing else
    #[arg(long)]
    pub forget: bool,
    #[command(flatten)]
    pub format: Format,
}

#[derive(Args, Clone, Debug, Default)]
pub struct CopyArgs {
    /// The other database, as for --database-url
    #[arg(long, value_name = "URL")]
    pub to: String,
    /// Replace what the other one holds without asking; a backup of it is made all the same
    #[arg(long)]
    pub yes: bool,
    #[command(flatten)]
    pub format: Format,
}
