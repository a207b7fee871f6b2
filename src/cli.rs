//! The command line as typed: names, help and shapes, no behaviour.
#![expect(clippy::doc_markdown, reason = "the docs of fields are what --help prints")]
#![allow(rustdoc::bare_urls, reason = "the same")]

mod accounts;
mod categories;
mod connect;
mod enrollments;
mod migrate;
mod moving;
mod report;
mod rows;
mod rules;

use std::path::PathBuf;

use clap::builder::PossibleValuesParser;
use clap::error::ErrorKind;
use clap::{Args, CommandFactory, Parser, Subcommand};
use clap_complete::Shell;

pub use accounts::{
    AccountArgs, AccountsArgs, AccountsCommand, AddArgs, OrderArgs, RemoveArgs, RenameArgs,
    ValueArgs,
};
pub use categories::{CategoriesArgs, CategoriesCommand, RemoveCategoryArgs};
pub use connect::ConnectArgs;
pub use enrollments::{
    AddTokenArgs, EnrollmentsArgs, EnrollmentsCommand, KeyCommand, ListArgs, RemoveEnrollmentArgs,
    RenameEnrollmentArgs, RepairArgs, RotateArgs, ShowKeyArgs,
};
pub use migrate::{DownArgs, GrantsArgs, MigrateCommand, UpArgs};
pub use moving::{AdoptArgs, BackupArgs, CopyArgs, RestoreArgs};
pub use report::{CashFlowArgs, NetWorthArgs, ReportArgs, ReportCommand, SpendingArgs};
pub use rows::{BalancesArgs, ExportArgs, QuarantineArgs, TransactionsArgs};
pub use rules::{NewRuleArgs, RuleArgs, RulesArgs, RulesCommand};

const AFTER_HELP: &str = "\
An option wins over the environment, that over the config file, that over the default; `passbook \
where` shows what decided. Access tokens are kept sealed; those of TELLER_ACCESS_TOKEN (several \
separated by commas) win over them and are not kept; none is taken as an option. The key that \
seals them is PASSBOOK_KEY, else in the system's keyring (PASSBOOK_KEYRING=off leaves that alone), \
else in a file; see `passbook key`. Without DATABASE_URL, POSTGRES_USER, \
POSTGRES_PASSWORD and POSTGRES_DB (POSTGRES_HOST, POSTGRES_PORT) name a Postgres database. \
PASSBOOK_READ_URL names a read replica of it, which screens and lists are then read from. With \
TELLER_WEBHOOK_SECRETS (separated by commas) --serve listens to Teller's webhooks. A .env \
file in the working directory is read unless --no-dotenv is given.

Exit status: 0 fine, 1 internal error, 2 usage, 3 database unreachable, 4 partial failure, 5 bank \
unreachable, 6 database newer than this program, 7 locked, 8 port taken, 130 interrupted, 143 \
terminated.";

/// Your bank accounts, in your terminal, on your own disk. Without a command it opens the screen.
#[derive(Clone, Debug, Default, Parser)]
#[command(name = "passbook", version, after_help = AFTER_HELP, max_term_width = 100)]
pub struct Cli {
    #[command(flatten)]
    pub options: Options,
    #[command(flatten)]
    pub serve: ServeOptions,
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// Values stay text here: `config` reads them together with those of the environment and the file.
#[derive(Args, Clone, Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub struct Options {
    /// Where everything is kept; default: passbook.db in the data directory [env: DATABASE_URL]
    ///
    /// sqlite:///relative.db, sqlite:////absolute.db, a path ending in .db or .sqlite,
    /// sqlite::memory:, or postgres://user:password@host:5432/name. A password is better kept in
    /// the environment: options show in the process list.
    #[arg(long, global = true, value_name = "URL", help_heading = "Database")]
    pub database_url: Option<String>,
    /// Browse only, write nothing
    #[arg(long, global = true, help_heading = "Database")]
    pub read_only: bool,

    /// Teller environment; default: sandbox [env: TELLER_ENVIRONMENT]
    #[arg(long, global = true, value_name = "NAME", help_heading = "Bank")]
    #[arg(value_parser = PossibleValuesParser::new(["sandbox", "development", "production"]))]
    pub environment: Option<String>,
    /// Client certificate, PEM; needed outside sandbox [env: TELLER_CERT_PATH]
    #[arg(long, global = true, value_name = "FILE", help_heading = "Bank")]
    pub cert: Option<String>,
    /// Private key of the certificate, PEM [env: TELLER_KEY_PATH]
    #[arg(long, global = true, value_name = "FILE", help_heading = "Bank")]
    pub cert_key: Option<String>,
    /// Default: https://api.teller.io [env: TELLER_API_URL]
    #[arg(long, global = true, value_name = "URL", help_heading = "Bank")]
    pub teller_url: Option<String>,
    /// One more root certificate to trust for the bank, PEM [env: TELLER_CA_PATH]
    #[arg(long, global = true, value_name = "FILE", help_heading = "Bank")]
    pub teller_ca: Option<String>,
    /// Use the built-in bank and a database of its own: no account, no configuration
    #[arg(long, global = true, help_heading = "Bank")]
    pub demo: bool,
    /// Never call the bank, whatever is pressed [env: PASSBOOK_OFFLINE]
    #[arg(long, global = true, help_heading = "Bank")]
    pub offline: bool,

    /// Colours of the screen; default: dark
    ///
    /// dark, light, terminal (the terminal's own palette), high-contrast, colour-blind-safe, or
    /// the name of a file in the themes directory beside the config file.
    #[arg(long, global = true, value_name = "THEME", help_heading = "Screen")]
    pub theme: Option<String>,
    /// Draw with ASCII characters only
    #[arg(long, global = true, help_heading = "Screen")]
    pub ascii: bool,
    /// Write lines of words instead of drawing, for screen readers; default where TERM is dumb
    #[arg(long, global = true, help_heading = "Screen")]
    pub plain: bool,

    /// Settings, TOML; default: config.toml in the config directory [env: PASSBOOK_CONFIG]
    #[arg(long, global = true, value_name = "FILE", help_heading = "General")]
    pub config: Option<String>,
    /// Do not read .env
    #[arg(long, global = true, help_heading = "General")]
    pub no_dotenv: bool,
    /// error, warn, info, debug, trace or off; default: info [env: LOG_LEVEL]
    #[arg(long, global = true, value_name = "LEVEL", help_heading = "General")]
    pub log_level: Option<String>,
}

#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "Headless")]
pub struct ServeOptions {
    /// Run without a screen: sync on a schedule, answer health checks
    #[arg(long)]
    pub serve: bool,
    /// Address to listen on; default: 127.0.0.1, or 0.0.0.0 when PORT is set
    #[arg(long, value_name = "ADDR", requires = "serve")]
    pub bind: Option<String>,
    /// Port to listen on; default: 8001 [env: PORT]
    #[arg(long, value_name = "N", requires = "serve")]
    pub port: Option<String>,
    /// Time between two syncs, such as 30m or 6h; default: 6h
    #[arg(long, value_name = "DURATION", requires = "serve")]
    pub sync_every: Option<String>,
    /// Also answer /metrics, for Prometheus [env: PASSBOOK_METRICS]
    #[arg(long, requires = "serve")]
    pub metrics: bool,
}

#[derive(Clone, Debug, Subcommand)]
pub enum Command {
    /// Link a bank in your browser, or sign in again to one that is linked
    Connect(ConnectArgs),
    /// Sync once, in the foreground
    Sync(SyncArgs),
    /// List the banks that are connected, how each fares; name, repair or remove one
    Enrollments(EnrollmentsArgs),
    /// See, move and change the key that seals the access tokens
    #[command(subcommand)]
    Key(KeyCommand),
    /// List the accounts with their latest balances; name, order or hide them, keep some by hand
    Accounts(AccountsArgs),
    /// List transactions, newest first
    Transactions(TransactionsArgs),
    /// List the tree of categories with its rows; add, rename, move, join or remove some
    Categories(CategoriesArgs),
    /// List the rules; make one after a look at what it would change, move or remove some
    Rules(RulesArgs),
    /// Write transactions for a spreadsheet, a script or double-entry books, oldest first
    Export(ExportArgs),
    /// Figures of net worth, cash flow, spending or what recurs, also as a chart
    #[command(subcommand)]
    Report(ReportCommand),
    /// List the balances as they were measured
    Balances(BalancesArgs),
    /// List the rows that could not be read, kept as the bank sent them
    Quarantine(QuarantineArgs),
    /// Say for good that a charge which vanished became this posted one
    Pair(PairArgs),
    /// Undo for good a pairing of two charges that have nothing to do with each other
    Part(PartArgs),
    /// Say that an account is one you had already, under a new id: join the two
    Merge(MergeArgs),
    /// Write everything to one compressed file, from either engine and for either
    Backup(BackupArgs),
    /// Put a backup in the place of what the database holds
    Restore(RestoreArgs),
    /// Put everything into another database: from SQLite to Postgres, or back
    Copy(CopyArgs),
    /// Take over what the Python app has stored; its database is only read
    Adopt(AdoptArgs),
    /// See and move the version of the database's tables
    #[command(subcommand)]
    Migrate(MigrateCommand),
    /// Look at everything passbook stands on, piece by piece, and say what to do
    Doctor(DoctorArgs),
    /// Set or remove the passphrase of the screen; it does not encrypt the database
    #[command(subcommand)]
    Lock(LockCommand),
    /// Look after the database itself
    #[command(subcommand)]
    Db(DbCommand),
    /// Say which files and which database are used, and what decided
    Where(Format),
    /// Print what a shell needs to complete passbook's words
    Completions(CompletionsArgs),
    /// Print the manual page, or write those of all commands to a directory
    Man(ManArgs),
}

#[derive(Args, Clone, Copy, Debug, Default)]
pub struct Format {
    /// Print one JSON document instead of a table
    #[arg(long)]
    pub json: bool,
}

#[derive(Args, Clone, Debug)]
pub struct CompletionsArgs {
    #[arg(value_name = "SHELL")]
    pub shell: Shell,
}

#[derive(Args, Clone, Debug, Default)]
pub struct ManArgs {
    /// Write one page for each command into this directory
    #[arg(long, value_name = "DIR")]
    pub output: Option<PathBuf>,
}

#[derive(Args, Clone, Debug, Default)]
pub struct DoctorArgs {
    /// Also write what was found to a new file that may be sent on: no secret, no amount of money
    #[arg(long, value_name = "FILE")]
    pub report: Option<PathBuf>,
    #[command(flatten)]
    pub format: Format,
}

#[derive(Args, Clone, Debug, Default)]
pub struct SyncArgs {
    /// Read the whole history again, not only the recent past
    #[arg(long)]
    pub full: bool,
    /// Only this account
    #[arg(long, value_name = "ID")]
    pub account: Option<String>,
    /// Say what the last sync read and concluded, and why; asks no bank
    #[arg(long, conflicts_with = "full")]
    pub explain: bool,
    #[command(flatten)]
    pub format: Format,
}

#[derive(Args, Clone, Debug, Default)]
pub struct PairArgs {
    /// The transaction that vanished
    #[arg(value_name = "GONE")]
    pub gone: String,
    /// The posted one that it became
    #[arg(value_name = "CAME")]
    pub came: String,
    /// Their account, where several have a transaction of that id
    #[arg(long, value_name = "ID")]
    pub account: Option<String>,
}

#[derive(Args, Clone, Debug, Default)]
pub struct PartArgs {
    /// The posted transaction
    #[arg(value_name = "ID")]
    pub id: String,
    /// Its account, where several have a transaction of that id
    #[arg(long, value_name = "ID")]
    pub account: Option<String>,
}

#[derive(Args, Clone, Debug, Default)]
pub struct MergeArgs {
    /// The account under its new id, marked as a possible duplicate
    #[arg(value_name = "ID")]
    pub id: String,
    /// They are two accounts: keep them apart, count both, and ask no more
    #[arg(long)]
    pub no: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Subcommand)]
pub enum LockCommand {
    /// Set or change it; read from standard input, a line each, where there is no terminal
    Set,
    /// Ask for none any more
    Remove,
    /// Say whether there is one
    Status,
}

#[derive(Clone, Debug, Subcommand)]
pub enum DbCommand {
    /// Thin what nobody can ask for any more, and give the room back; facts always stay
    Tidy(TidyArgs),
}

#[derive(Args, Clone, Debug, Default)]
pub struct TidyArgs {
    /// Only say what would go and what would stay
    #[arg(long)]
    pub dry_run: bool,
    /// Go on without asking
    #[arg(long)]
    pub yes: bool,
    #[command(flatten)]
    pub format: Format,
}

impl Cli {
    /// Prints help or a usage error and ends the process where there is nothing to run.
    pub fn read() -> Self {
        let cli = Self::parse();
        if cli.serve.serve && cli.command.is_some() {
            let message = "--serve runs by itself and takes no command";
            Self::command().error(ErrorKind::ArgumentConflict, message).exit();
        }
        let days = match &cli.command {
            Some(Command::Transactions(args)) => args.since.zip(args.until),
            Some(Command::Export(args)) => args.since.zip(args.until),
            _ => None,
        };
        if let Some((since, until)) = days
            && since > until
        {
            let message = format!("--since {since} is after --until {until}: no day lies between");
            Self::command().error(ErrorKind::ValueValidation, message).exit();
        }
        cli
    }
}
