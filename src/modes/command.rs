//! One command, its output and its exit code.

use std::io::{self, BufWriter, Write};

use passbook::cli::{
    AccountsCommand, Command, ConnectArgs, DbCommand, EnrollmentsArgs, EnrollmentsCommand,
    KeyCommand, LockCommand, MigrateCommand, SyncArgs,
};
use passbook::clock::Clock;
use passbook::commands::{self, Sources};
use passbook::config::{Config, Place};
use passbook::domain::linking::Answers;
use passbook::exit::Exit;
use passbook::store::backup::Shelf;
use passbook::store::{Store, StoreOptions};
use passbook::vault::Vault;

use super::connecting::{self, Wanted};
use super::{
    bank, client_options, create_data_dir, open_store, store_options, take_in_new, telling,
};
use crate::failure::Failure;

#[expect(clippy::too_many_lines, reason = "a flat list, an arm a command")]
pub async fn run(command: &Command, config: &Config, place: &Place) -> Result<Exit, Failure> {
    let out = &mut stdout();
    if let Command::Where(format) = command {
        commands::whereabouts(&config.listing(), format.json, out)?;
        return Ok(Exit::Fine);
    }
    if matches!(command, Command::Key(KeyCommand::New)) {
        commands::new_key(out)?;
        return Ok(Exit::Fine);
    }
    if matches!(command, Command::Sync(args) if !args.explain)
        || matches!(command, Command::Connect(_))
    {
        allow_sync(config)?;
    }
    if let Command::Restore(args) = command
        && args.dry_run
    {
        commands::check_backup(args, out).await?;
        return Ok(Exit::Fine);
    }
    let sources = || Sources {
        own: config.database.value.clone(),
        named: config.other_database.as_ref().map(|setting| setting.value.clone()),
        nearby: place.python_apps(),
    };
    if let Command::Adopt(args) = command
        && (args.dry_run || args.export.is_some())
    {
        commands::look(&sources(), args, out).await?;
        return Ok(Exit::Fine);
    }
    let writes = changes_enrollments(command)
        || matches!(
            command,
            Command::Pair(_)
                | Command::Part(_)
                | Command::Merge(_)
                | Command::Restore(_)
                | Command::Adopt(_)
                | Command::Migrate(MigrateCommand::Up(_) | MigrateCommand::Down(_))
        )
        || matches!(command, Command::Quarantine(args) if args.retry)
        || matches!(command, Command::Accounts(args) if args.command.as_ref().is_some_and(keeps))
        || matches!(command, Command::Categories(args) if args.writes())
        || matches!(command, Command::Rules(args) if args.writes())
        || matches!(command, Command::Lock(LockCommand::Set | LockCommand::Remove))
        || matches!(command, Command::Db(DbCommand::Tidy(args)) if !args.dry_run);
    if writes && config.read_only.value {
        let origin = config.read_only.origin.clone();
        return Err(commands::Error::ReadOnly { origin }.into());
    }
    let clock = Clock::default();
    if let Command::Migrate(command) = command {
        return migrate(command, config, &clock, out).await;
    }
    let store = open_store(config, &clock).await?;
    take_in_new(config, &store).await;
    if config.demo.value && !config.offline.value && !matches!(command, Command::Sync(_)) {
        fill_demo(config, &store, clock.clone()).await?;
    }
    let shelf = Shelf::new(config.backup_dir.value.clone());
    let reader = if only_reads(command) { store.settled_reader().await } else { store.clone() };
    let ended = match command {
        Command::Adopt(args) if args.forget => {
            commands::forget(&store, &shelf, args, out).await.map(|()| Exit::Fine)
        }
        Command::Adopt(args) => {
            commands::adopt(&store, &sources(), &shelf, args, out).await.map(|()| Exit::Fine)
        }
        Command::Backup(args) => {
            commands::backup(&store, &shelf, args, out).await.map(|()| Exit::Fine)
        }
        Command::Restore(args) => {
            let target = store_options(config, &clock);
            commands::restore(&store, &target, &shelf, args, out).await.map(|()| Exit::Fine)
        }
        Command::Copy(args) => {
            let other = config.other_database.as_ref().expect("--to is required");
            let target = StoreOptions { clock, ..StoreOptions::new(other.value.clone()) };
            commands::copy(&store, &target, &shelf, args, out).await.map(|()| Exit::Fine)
        }
        Command::Connect(args) => Box::pin(connect(args, config, place, &store, clock, out)).await,
        Command::Sync(args) if args.explain => {
            commands::explain(&reader, args, out).await.map(|()| Exit::Fine)
        }
        Command::Sync(args) => sync(args, config, &store, clock, out).await,
        Command::Accounts(args) => match &args.command {
            None => commands::accounts(&reader, args, out).await,
            Some(word) if keeps(word) => commands::keep(&store, word, out).await,
            Some(word) => commands::keep(&reader, word, out).await,
        }
        .map(|()| Exit::Fine),
        Command::Transactions(args) => {
            commands::transactions(&reader, args, out).await.map(|()| Exit::Fine)
        }
        Command::Categories(args) => {
            let store = if args.writes() { &store } else { &reader };
            commands::categories(store, args, out).await.map(|()| Exit::Fine)
        }
        Command::Rules(args) => {
            let store = if args.writes() { &store } else { &reader };
            commands::rules(store, args, out).await.map(|()| Exit::Fine)
        }
        Command::Balances(args) => {
            commands::balances(&reader, args, out).await.map(|()| Exit::Fine)
        }
        Command::Report(command) => {
            commands::report(&reader, command, out).await.map(|()| Exit::Fine)
        }
        Command::Export(args) => commands::export(&reader, args, out).await.map(|()| Exit::Fine),
        Command::Quarantine(args) => {
            commands::quarantine(&reader, args, out).await.map(|()| Exit::Fine)
        }
        Command::Pair(args) => commands::pair(&store, args, out).await.map(|()| Exit::Fine),
        Command::Part(args) => commands::part(&store, args, out).await.map(|()| Exit::Fine),
        Command::Enrollments(args) => enrollments(args, config, &store, clock, &shelf, out).await,
        Command::Key(command) => {
            let vault = Vault::new(config.vault());
            commands::key(&store, &vault, command, out).await.map(|()| Exit::Fine)
        }
        Command::Merge(args) => commands::merge(&store, args, out).await.map(|()| Exit::Fine),
        Command::Lock(command) => commands::lock(&store, *command, out).await.map(|()| Exit::Fine),
        Command::Db(DbCommand::Tidy(args)) => {
            commands::tidy(&store, args, out).await.map(|()| Exit::Fine)
        }
        Command::Doctor(_)
        | Command::Migrate(_)
        | Command::Where(_)
        | Command::Completions(_)
        | Command::Man(_) => unreachable!("answered without this store"),
    };
    store.close().await;
    Ok(ended?)
}

async fn enrollments(
    args: &EnrollmentsArgs,
    config: &Config,
    store: &Store,
    clock: Clock,
    shelf: &Shelf,
    out: &mut impl Write,
) -> commands::Result<Exit> {
    let (bank, vault) = (bank(config, store, clock).await?, Vault::new(config.vault()));
    let teller = (!config.demo.value).then(|| client_options(config));
    let desk = commands::Desk {
        store,
        vault: &vault,
        bank: &bank,
        shelf,
        teller: teller.as_ref(),
        environment: config.environment.value.as_str(),
    };
    commands::enrollments(&desk, &args.list, args.command.as_ref(), out).await?;
    Ok(Exit::Fine)
}

/// Whether tokens, names or keys are written.
fn changes_enrollments(command: &Command) -> bool {
    match command {
        Command::Enrollments(args) => {
            !matches!(args.command, None | Some(EnrollmentsCommand::List(_)))
        }
        Command::Key(command) => matches!(command, KeyCommand::Rotate(_)),
        _ => false,
    }
}

/// Whether it writes what the user says of accounts.
fn keeps(command: &AccountsCommand) -> bool {
    !matches!(command, AccountsCommand::Value(args) if args.only_lists())
}

/// What a replica may answer as well.
fn only_reads(command: &Command) -> bool {
    match command {
        Command::Categories(args) => !args.writes(),
        Command::Rules(args) => !args.writes(),
        Command::Accounts(args) => !args.command.as_ref().is_some_and(keeps),
        Command::Transactions(_)
        | Command::Balances(_)
        | Command::Export(_)
        | Command::Report(_) => true,
        Command::Quarantine(args) => !args.retry,
        Command::Sync(args) => args.explain,
        _ => false,
    }
}

/// It opens the database in ways of its own.
async fn migrate(
    command: &MigrateCommand,
    config: &Config,
    clock: &Clock,
    out: &mut impl Write,
) -> Result<Exit, Failure> {
    if matches!(command, MigrateCommand::Up(_)) {
        create_data_dir(config)?;
    }
    let name = config.database.value.masked();
    let target = commands::Target { options: telling(config, clock), name };
    Ok(commands::migrate(command, &target, out).await?)
}

async fn fill_demo(config: &Config, store: &Store, clock: Clock) -> commands::Result<()> {
    Ok(bank(config, store, clock).await?.fill_demo(store).await?)
}

fn allow_sync(config: &Config) -> commands::Result<()> {
    for (setting, name) in [(&config.offline, "offline"), (&config.read_only, "read_only")] {
        if setting.value {
            return Err(commands::Error::Forbidden { name, origin: setting.origin.clone() });
        }
    }
    Ok(())
}

async fn connect(
    args: &ConnectArgs,
    config: &Config,
    place: &Place,
    store: &Store,
    clock: Clock,
    out: &mut impl Write,
) -> commands::Result<Exit> {
    let mut config = config.clone();
    let mut wanted = Wanted {
        institution: args.institution.clone(),
        port: args.port.unwrap_or(0),
        open_browser: !args.no_browser,
        repair: None,
    };
    if let Some(named) = &args.repair {
        let known =
            connecting::enrollment(store, named).await.map_err(commands::Error::NotReady)?;
        config = connecting::in_environment(config, &known);
        wanted.repair = Some(connecting::again(&known));
    }
    let mut answers = Answers::default();
    let config = loop {
        match connecting::answered(&config, &answers, place) {
            Ok(config) => break config,
            Err(missing) => answers = commands::ask_to_connect(&missing)?,
        }
    };
    let beware = connecting::beware(store, &config, &wanted).await;
    let again_at = connecting::linked_at(store, &config, args.institution.as_deref()).await;
    if !commands::warn_of_linking(&beware, again_at.as_deref(), args.yes)? {
        return Ok(Exit::Fine);
    }
    let bank = bank(&config, store, clock.clone()).await?;
    let ready = connecting::prepare(&config, place, store, &bank, clock, wanted);
    let ready = ready.map_err(commands::Error::NotReady)?;
    Box::pin(commands::connect(ready, &bank, args, out)).await
}

async fn sync(
    args: &SyncArgs,
    config: &Config,
    store: &Store,
    clock: Clock,
    out: &mut impl Write,
) -> commands::Result<Exit> {
    let bank = bank(config, store, clock).await?;
    commands::sync(&bank, store, args, out).await
}

/// In blocks: a line a write would be slow for a long list.
pub fn stdout() -> BufWriter<io::StdoutLock<'static>> {
    BufWriter::with_capacity(64 * 1024, io::stdout().lock())
}
