//! `passbook connect` as typed.

use clap::Args;

#[derive(Args, Clone, Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub struct ConnectArgs {
    /// Skip the list of banks: Teller's id of the bank, such as chase
    #[arg(long, value_name = "ID", conflicts_with = "repair")]
    pub institution: Option<String>,
    /// Sign in again to a bank that is linked already: the enrollment's id, or its bank's name
    #[arg(long, value_name = "ENROLLMENT")]
    pub repair: Option<String>,
    /// Port of the page, to forward it from another computer; default: any that is free
    #[arg(long, value_name = "N")]
    pub port: Option<u16>,
    /// Only print the address of the page
    #[arg(long)]
    pub no_browser: bool,
    /// Sync at once when it is done
    #[arg(long, conflicts_with = "no_sync")]
    pub sync: bool,
    /// Do not sync, and do not ask
    #[arg(long)]
    pub no_sync: bool,
    /// Link it though a bank of that name is linked already
    #[arg(long)]
    pub yes: bool,
}
