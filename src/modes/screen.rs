//! The screen, and what it has to be told before it starts.

use std::fs;
use std::io;
use std::process::ExitCode;
use std::sync::{Arc, Mutex};

use passbook::app::{self, Keymap, Opened, ThemeName};
use passbook::clock::Clock;
use passbook::config::{Config, Place, Theme};
use passbook::domain::Zone;
use passbook::exit::Exit;
use passbook::store::{Store, StoreOptions};
use passbook::tui::{self, Ask, Leave, Session, Start};

use super::checks::checks;
use super::takeover::{surveying, taking_over};
use super::{bank_or_none, create_data_dir, first_run, store_options, take_in_new};
use crate::failure::Failure;

pub async fn run(mut config: Config, place: &Place) -> Result<ExitCode, Failure> {
    loop {
        let clock = Clock::default();
        let shared = Arc::new(Mutex::new(config.clone()));
        let setup = tui::Setup {
            app: app_setup(&config, place, &clock),
            clock: clock.clone(),
            checks: checks(shared.clone(), place.clone()),
            surveying: surveying(config.clone()),
            taking_over: taking_over(shared, clock.clone()),
            opening: opening(config.clone(), place.clone(), clock),
        };
        match tui::run(setup).await? {
            Leave::Quit => return Ok(Exit::Fine.into()),
            Leave::OpenDemo => config = config.into_demo(),
            Leave::Failed(error) => return Err(error.into()),
            Leave::Signal(number) => return Ok(ExitCode::from(number.saturating_add(128))),
        }
    }
}

fn app_setup(config: &Config, place: &Place, clock: &Clock) -> app::Setup {
    let (keymap, keymap_problems) = keymap(config);
    app::Setup {
        now: clock.now(),
        zone: Zone::Local,
        store_label: String::new(),
        opened: false,
        demo: config.demo.value,
        offline: config.offline.value,
        read_only: config.read_only.value,
        can_sync: false,
        sync_on_start: config.sync_on_start.value,
        ascii: config.ascii.value,
        theme: match config.theme.value {
            Theme::Dark => ThemeName::Dark,
            Theme::Light => ThemeName::Light,
            Theme::Terminal => ThemeName::Terminal,
        },
        colour: !config.no_color.value,
        size: (0, 0),
        first_run: first_run::before_opening(config, place),
        keymap,
        keymap_problems,
    }
}

/// The user's keys lie beside the settings.
fn keymap(config: &Config) -> (Keymap, Vec<String>) {
    let Some(dirs) = &config.dirs else { return (Keymap::default(), Vec::new()) };
    let path = dirs.config.join("keys.toml");
    match fs::read_to_string(&path) {
        Ok(text) => Keymap::with_user_keys(&text),
        Err(error) if error.kind() == io::ErrorKind::NotFound => (Keymap::default(), Vec::new()),
        Err(error) => (Keymap::default(), vec![format!("{}: {error}", path.display())]),
    }
}

fn opening(config: Config, place: Place, clock: Clock) -> tui::Opening {
    Box::new(move |ask, progress| {
        let (config, place, clock) = (config.clone(), place.clone(), clock.clone());
        Box::pin(async move {
            create_data_dir(&config)?;
            let options =
                StoreOptions { progress: Some(progress), ..store_options(&config, &clock) };
            let used = match ask {
                Ask::IfNothingIsKept if first_run::may_be_asked(&config) => {
                    Store::open_if_used(&options).await?
                }
                _ => Some(Store::open(options.clone()).await?),
            };
            let store = match used {
                Some(store) => store,
                None => match first_run::of_unused(&config, &place).await {
                    Some(first_run) => return Ok(Start::Offer(Box::new(first_run))),
                    None => Store::open(options).await?,
                },
            };
            take_in_new(&config, &store).await;
            let bank = bank_or_none(&config, &store, clock).await;
            if !config.offline.value {
                bank.fill_demo(&store).await.unwrap_or_else(|report| tracing::error!("{report:#}"));
            }
            let opened = Opened {
                store_label: config.database.value.label(),
                demo: config.demo.value,
                read_only: config.read_only.value,
                can_sync: bank.can_sync(),
                notice: config.unused_read_url(),
            };
            Ok(Start::Ready(Session { store, bank, opened }))
        })
    })
}
