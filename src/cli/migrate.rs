//! The words of `passbook migrate`.

use clap::{Args, Subcommand, value_parser};

use super::Format;

#[derive(Clone, Debug, Subcommand)]
pub enum MigrateCommand {
    /// Say where the database is, at which version, and what is still to come
    Status(Format),
    /// List the steps that brought it there, in the order in which they were applied
    History(Format),
    /// Bring it up to date, as every launch does
    Up(UpArgs),
    /// Go back to an older version: says what would be lost, and asks
    Down(DownArgs),
    /// Compare its tables with those that passbook expects; status 1 where they differ
    Check(Format),
    /// Print what a Postgres role must be granted
    Grants(GrantsArgs),
}

#[derive(Args, Clone, Debug, Default)]
pub struct UpArgs {
    /// No further than this version; the next launch goes on
    #[arg(long, value_name = "VERSION", value_parser = value_parser!(i64).range(1..))]
    pub to: Option<i64>,
    /// Also make the indexes that are missing
    #[arg(long, conflicts_with = "to")]
    pub repair_indexes: bool,
    #[command(flatten)]
    pub format: Format,
}

#[derive(Args, Clone, Debug, Default)]
pub struct DownArgs {
    /// The version to go back to; 0 leaves nothing of passbook
    #[arg(long, value_name = "VERSION", value_parser = value_parser!(i64).range(0..))]
    pub to: i64,
    /// Do not ask
    #[arg(long)]
    pub yes: bool,
    #[command(flatten)]
    pub format: Format,
}

#[derive(Args, Clone, Debug, Default)]
pub struct GrantsArgs {
    /// The role that is to be granted them
    #[arg(long, value_name = "NAME", default_value = "passbook")]
    pub role: String,
    #[command(flatten)]
    pub format: Format,
}
