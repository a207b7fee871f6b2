//! The words of `passbook rules`.

use clap::{Args, Subcommand};

use super::Format;

#[derive(Args, Clone, Debug, Default)]
#[command(args_conflicts_with_subcommands = true)]
pub struct RulesArgs {
    #[command(flatten)]
    pub format: Format,
    #[command(subcommand)]
    pub command: Option<RulesCommand>,
}

/// A rule is named by its number in the list.
#[derive(Clone, Debug, Subcommand)]
pub enum RulesCommand {
    /// List the rules in the order in which they speak; the default
    List(Format),
    /// Say what rows that a query finds are called, now and from now on
    Add(NewRuleArgs),
    /// Show which rows a rule would change, and how; changes nothing
    Preview(PreviewArgs),
    /// Let a rule speak earlier or later: the first with a word for a row wins
    Move(MoveRuleArgs),
    /// Silence a rule
    Off(RuleArgs),
    /// Let a silenced rule speak again
    On(RuleArgs),
    /// Remove a rule; what it said goes, what you said by hand stays
    Remove(RuleArgs),
}

#[derive(Args, Clone, Debug, Default)]
pub struct NewRuleArgs {
    /// Words, "phrases", -word, acct: amt: in: out: and is:in or is:out, as for / on the screen
    #[arg(value_name = "QUERY", allow_hyphen_values = true)]
    pub query: String,
    #[arg(long, value_name = "NAME")]
    pub category: Option<String>,
    /// Who it is
    #[arg(long, value_name = "NAME")]
    pub name: Option<String>,
    #[arg(long, value_name = "TAG")]
    pub tag: Option<String>,
}

#[derive(Args, Clone, Debug, Default)]
pub struct PreviewArgs {
    #[command(flatten)]
    pub rule: NewRuleArgs,
    #[command(flatten)]
    pub format: Format,
}

#[derive(Args, Clone, Debug)]
pub struct RuleArgs {
    #[arg(value_name = "N")]
    pub number: usize,
}

#[derive(Args, Clone, Debug)]
pub struct MoveRuleArgs {
    #[arg(value_name = "N")]
    pub number: usize,
    #[arg(value_name = "TO")]
    pub to: usize,
}

impl RulesArgs {
    pub fn writes(&self) -> bool {
        let reads =
            matches!(&self.command, None | Some(RulesCommand::List(_) | RulesCommand::Preview(_)));
        !reads
    }
}
