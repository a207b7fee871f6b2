//! The screen, and what it has to be told before it starts.

use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError};

use passbook::app::feel::Feel;
use passbook::app::settings::{Decided, Name, Setting};
use passbook::app::theme::{Depth, Theme};
use passbook::app::{self, Opened};
use passbook::clock::Clock;
use passbook::config::{Config, Place, Source};
use passbook::domain::Zone;
use passbook::exit::Exit;
use passbook::store::{Store, StoreOptions};
use passbook::tui::{self, Ask, Leave, Session, Start};

use super::checks::checks;
use super::connecting;
use super::own_files::OwnFiles;
use super::takeover::{surveying, taking_over};
use super::{
    bank_or_none, can_sync, columns, create_data_dir, divider, first_run, has_passphrase,
    store_options, take_in_new,
};
use crate::failure::Failure;

pub async fn run(mut config: Config, place: &Place) -> Result<ExitCode, Failure> {
    loop {
        let clock = Clock::default();
        let shared = Arc::new(Mutex::new(config.clone()));
        let setup = tui::Setup {
            app: app_setup(&config, place, &clock),
            clock: clock.clone(),
            checks: checks(shared.clone(), place.clone()),
            writing: writing(config.clone(), place.clone()),
            surveying: surveying(config.clone()),
            linker: connecting::linker(shared.clone(), place.clone(), clock.clone()),
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
    let OwnFiles { keymap, themes, problems, .. } = OwnFiles::read(config.dirs.as_ref());
    let chosen = themes.iter().find(|theme| theme.name == config.theme.value.as_str());
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
        theme: chosen.cloned().unwrap_or_else(Theme::dark),
        feel: feel(config, themes),
        colour: !config.no_color.value,
        size: (0, 0),
        first_run: first_run::before_opening(config, place),
        keymap,
        keymap_problems: problems,
    }
}

fn feel(config: &Config, themes: Vec<Theme>) -> Feel {
    let text = |name: &str| std::env::var(name).ok();
    let (term, colour_term) = (text("TERM"), text("COLORTERM"));
    Feel {
        themes,
        depth: Depth::of(term.as_deref(), colour_term.as_deref()),
        plain: config.plain.value,
        calm: config.reduced_motion.value,
        mouse: config.mouse.value,
        lock_after: config.lock_after.value.0,
        settings: settings(config),
    }
}

/// What the settings screen offers, and what decided each.
fn settings(config: &Config) -> Vec<Setting> {
    let listing = config.listing();
    let row = |name: Name| {
        let entry = listing.iter().find(|entry| entry.name == name.key())?;
        let decided = match entry.source {
            Source::Default => Decided::Default,
            Source::File => Decided::File,
            Source::Flag | Source::Environment | Source::DotEnv => Decided::Outside,
        };
        let value = entry.value.clone()?;
        Some(Setting { name, value, decided, origin: entry.origin.clone() })
    };
    Name::ALL.into_iter().filter_map(row).collect()
}

fn writing(config: Config, place: Place) -> tui::Writing {
    let turn = Arc::new(Mutex::new(()));
    Box::new(move |name, value| {
        let (config, place, turn) = (config.clone(), place.clone(), turn.clone());
        let value = value.to_owned();
        Box::pin(async move {
            let write = move || {
                // Two keys in a row are two changes of one file.
                let _turn = turn.lock().unwrap_or_else(PoisonError::into_inner);
                config.write(name.key(), Some(&value)).map_err(|error| error.to_string())?;
                let path = config.config_file.as_ref().map(|file| place.show(&file.path.value));
                Ok(path.unwrap_or_default())
            };
            tokio::task::spawn_blocking(write).await.map_err(|error| error.to_string())?
        })
    })
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
                passphrase: has_passphrase(&store).await,
                divider: divider(&store).await,
                columns: columns(&store).await,
                demo: config.demo.value,
                read_only: config.read_only.value,
                can_sync: can_sync(&bank, &store).await,
                notice: config.unused_read_url(),
            };
            Ok(Start::Ready(Session { store, bank, opened }))
        })
    })
}
