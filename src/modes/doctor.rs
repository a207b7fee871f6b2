//! `passbook doctor`: it runs whatever is wrong, the settings included.

use passbook::cli::{Cli, DoctorArgs};
use passbook::commands;
use passbook::config::{Config, ConfigError, Environment, Place};
use passbook::doctor::{self, Subject};
use passbook::exit::Exit;

use super::client_options;
use super::own_files::OwnFiles;
use crate::failure::Failure;

pub async fn run(
    cli: &Cli,
    args: &DoctorArgs,
    config: Result<Config, ConfigError>,
    place: &Place,
) -> Result<Exit, Failure> {
    let report = args.report.as_deref().map(commands::create_report).transpose()?;
    let mut environment = Environment::of_process();
    if !cli.options.no_dotenv {
        // Where it cannot be read, the check of the settings says so.
        environment.read_dot_env(&place.working_dir).ok();
    }
    let teller = config.as_ref().ok().filter(|config| !config.demo.value).map(client_options);
    let (secrets, settings) = match &config {
        Ok(config) => (doctor::secrets_of(config), config.listing()),
        Err(_) => (Vec::new(), Vec::new()),
    };
    let subject = Subject {
        config,
        environment,
        dirs: place.dirs.clone(),
        working_dir: place.working_dir.clone(),
        own_files: OwnFiles::read(place.dirs.as_ref()).for_doctor(),
        teller,
    };
    let findings = doctor::examine(&subject).await;
    if let Some(file) = report {
        commands::write_report_of_checks(&findings, &settings, &secrets, file)?;
    }
    let out = &mut super::command::stdout();
    Ok(commands::doctor(&findings, &secrets, args.format.json, out)?)
}
