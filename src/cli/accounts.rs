//! The words of `passbook accounts`.

use clap::builder::PossibleValuesParser;
use clap::{Args, Subcommand};

use super::Format;

#[derive(Args, Clone, Debug, Default)]
#[command(args_conflicts_with_subcommands = true)]
pub struct AccountsArgs {
    /// Also those that you have hidden
    #[arg(long)]
    pub all: bool,
    #[command(flatten)]
    pub format: Format,
    #[command(subcommand)]
    pub command: Option<AccountsCommand>,
}

/// An account is named by its id or by its name.
#[derive(Clone, Debug, Subcommand)]
pub enum AccountsCommand {
    /// Add an account that you keep by hand: a house, a loan, cash
    Add(AddArgs),
    /// List what an account kept by hand was worth, or say what it is worth from a day on
    Value(ValueArgs),
    /// Call an account by a name of your own; without one as its bank does
    Rename(RenameArgs),
    /// Take an account out of lists and totals; a search still finds its rows
    Hide(AccountArgs),
    /// Show a hidden account again
    Show(AccountArgs),
    /// Put these accounts first, in this order; those of one bank stay together
    Order(OrderArgs),
    /// Remove an account kept by hand with all its values
    Remove(RemoveArgs),
}

#[derive(Args, Clone, Debug, Default)]
pub struct AddArgs {
    #[arg(value_name = "NAME")]
    pub name: String,
    /// What it is; a loan and what is owed count as debts
    #[arg(long, value_name = "KIND")]
    #[arg(value_parser = PossibleValuesParser::new(["house", "car", "cash", "asset", "loan", "owed"]))]
    pub kind: String,
    /// What it is worth, such as 412,000.00; of a debt, what is owed
    #[arg(long, value_name = "AMOUNT", allow_negative_numbers = true)]
    pub value: String,
    /// Three letters
    #[arg(long, value_name = "CODE", default_value = "USD")]
    pub currency: String,
    /// Since when, as people write days: 2026-09-01, 30d, yesterday; default: today
    #[arg(long, value_name = "DAY")]
    pub on: Option<String>,
}

#[derive(Args, Clone, Debug, Default)]
pub struct ValueArgs {
    #[arg(value_name = "ACCOUNT")]
    pub account: String,
    /// Without one, and without --remove, its values are listed
    #[arg(value_name = "AMOUNT", allow_negative_numbers = true)]
    pub amount: Option<String>,
    /// Of which day; default: today
    #[arg(long, value_name = "DAY")]
    pub on: Option<String>,
    /// Remove the value of that day
    #[arg(long, requires = "on", conflicts_with = "amount")]
    pub remove: bool,
    #[command(flatten)]
    pub format: Format,
}

impl ValueArgs {
    pub fn only_lists(&self) -> bool {
        self.amount.is_none() && !self.remove
    }
}

#[derive(Args, Clone, Debug, Default)]
pub struct RenameArgs {
    #[arg(value_name = "ACCOUNT")]
    pub account: String,
    #[arg(value_name = "NAME")]
    pub name: Option<String>,
}

#[derive(Args, Clone, Debug, Default)]
pub struct AccountArgs {
    #[arg(value_name = "ACCOUNT")]
    pub account: String,
}

#[derive(Args, Clone, Debug, Default)]
pub struct OrderArgs {
    #[arg(value_name = "ACCOUNT", required = true)]
    pub accounts: Vec<String>,
}

#[derive(Args, Clone, Debug, Default)]
pub struct RemoveArgs {
    #[arg(value_name = "ACCOUNT")]
    pub account: String,
    /// Go on without asking
    #[arg(long)]
    pub yes: bool,
}
