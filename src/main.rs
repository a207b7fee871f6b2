//! passbook: flags → config → one of the modes; prints the one error that ends the process.

mod failure;
mod modes;

use std::io::{self, Write as _};
use std::panic;
use std::path::PathBuf;
use std::process::ExitCode;
use std::thread;

use color_eyre::config::HookBuilder;
use failure::Failure;
use modes::{command, doctor, headless, screen};
use passbook::cli::{Cli, Command, DoctorArgs};
use passbook::commands;
use passbook::config::{Config, ConfigError, Environment, Place, Source};
use passbook::exit::Exit;
use passbook::log::{self, Destination};
use tokio::runtime::Runtime;

fn main() -> ExitCode {
    harden();
    rustls::crypto::ring::default_provider()
        .install_default()
        .expect("no other TLS provider was installed before");
    HookBuilder::default()
        .display_env_section(false)
        .install()
        .expect("no other panic hook was installed before");
    run(&Cli::read()).unwrap_or_else(|failure| {
        if failure.exit != Exit::Fine {
            // When stderr is gone there is nobody to tell.
            let _ = writeln!(io::stderr(), "passbook: {}", failure.message);
        }
        failure.exit.into()
    })
}

/// Files are the user's alone from the moment they exist, and a crash leaves no tokens on disk.
fn harden() {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, getrlimit, setrlimit, umask};
        umask(rustix::fs::Mode::from_raw_mode(0o077));
        let maximum = getrlimit(Resource::Core).maximum;
        // Lowering one's own limit is always allowed; where it is not, the program is still right.
        let _ = setrlimit(Resource::Core, Rlimit { current: Some(0), maximum });
    }
    #[cfg(target_os = "linux")]
    {
        use rustix::process::{DumpableBehavior, set_dumpable_behavior};
        // No core file by way of a pipe either, and no other program of the user's reads the memory.
        let _ = set_dumpable_behavior(DumpableBehavior::NotDumpable);
    }
}

fn run(cli: &Cli) -> Result<ExitCode, Failure> {
    // Packagers run these where there is no home and there are no settings.
    match &cli.command {
        Some(Command::Completions(args)) => {
            return written(commands::completions(args, &mut command::stdout()));
        }
        Some(Command::Man(args)) => return written(commands::manual(args, &mut command::stdout())),
        _ => {}
    }
    let place = Place::of_process()
        .map_err(|error| Failure::new(Exit::Internal, format!("the working directory: {error}")))?;
    let config = Config::resolve(cli, Environment::of_process(), &place);
    if let Some(Command::Doctor(args)) = &cli.command {
        return examine(cli, args, config, &place);
    }
    let config = config?;
    let _log = start_log(cli, &config);
    warn_of_password(&config);
    let runtime = start_runtime()?;
    let ended = runtime.block_on(async {
        match &cli.command {
            Some(command) => command::run(command, &config, &place).await.map(ExitCode::from),
            None if cli.serve.serve => Box::pin(headless::run(config)).await,
            None => screen::run(config, &place).await,
        }
    });
    // A blocking call that still runs, such as a name look-up, must not hold the exit.
    runtime.shutdown_background();
    ended
}

fn written(outcome: commands::Result<()>) -> Result<ExitCode, Failure> {
    Ok(outcome.map(|()| Exit::Fine.into())?)
}

/// Whether or not there are settings: it says what is wrong with them.
fn examine(
    cli: &Cli,
    args: &DoctorArgs,
    config: Result<Config, ConfigError>,
    place: &Place,
) -> Result<ExitCode, Failure> {
    let _log = config.as_ref().map(|config| start_log(cli, config));
    let runtime = start_runtime()?;
    let ended = runtime.block_on(doctor::run(cli, args, config, place)).map(ExitCode::from);
    runtime.shutdown_background();
    ended
}

fn start_runtime() -> Result<Runtime, Failure> {
    Runtime::new()
        .map_err(|error| Failure::new(Exit::Internal, format!("starting threads: {error}")))
}

fn start_log(cli: &Cli, config: &Config) -> log::Guard {
    let level = config.log_level.value;
    match &cli.command {
        Some(_) => log::start(&Destination::Stderr, log::command_level(config)),
        None if cli.serve.serve => log::start(&Destination::JsonStdout, level),
        None => match &config.dirs {
            Some(dirs) => {
                tell_log_of_panics(dirs.state.clone());
                log::start(&Destination::Files(dirs.state.clone()), level)
            }
            None => log::Guard::default(),
        },
    }
}

/// A panic of this thread ends the screen: its report says where the log is. One of a task becomes
/// a notice, and a report would be written across the screen that shows it.
fn tell_log_of_panics(directory: PathBuf) {
    let report = panic::take_hook();
    let main = thread::current().id();
    panic::set_hook(Box::new(move |info| {
        let location = info.location().map(ToString::to_string);
        tracing::error!(location, message = info.payload_as_str(), "passbook panicked");
        if thread::current().id() == main {
            report(info);
            // When stderr is gone there is nobody to tell.
            let _ = writeln!(
                io::stderr(),
                "\npassbook has a fault here; what is stored is safe, and the log in {} says more.",
                directory.display()
            );
        }
    }));
}

fn warn_of_password(config: &Config) {
    if config.database.source == Source::Flag && config.database.value.has_password() {
        tracing::warn!("a password in --database-url shows in the process list: use DATABASE_URL");
    }
}
