//! The screen, and what it has to be told before it starts.

use std::fs;
use std::io;
use std::process::ExitCode;

use passbook::app::takeover::Way;
use passbook::app::{self, FirstRun, FoundFile, Keymap, Opened, ThemeName};
use passbook::clock::Clock;
use passbook::config::{Config, Place, Source, Theme};
use passbook::database::Database;
use passbook::domain::Zone;
use passbook::exit::Exit;
use passbook::store::adopt::{AdoptOptions, Legacy};
use passbook::store::{Store, StoreOptions};
use passbook::tui::{self, Leave, Session};

use super::checks::checks;
use super::{bank, create_data_dir, no_bank, store_options, take_in_new};
use crate::failure::Failure;

pub async fn run(mut config: Config, place: &Place) -> Result<ExitCode, Failure> {
    loop {
        let clock = Clock::default();
        let setup = tui::Setup {
            app: app_setup(&config, place, &clock),
            clock: clock.clone(),
            checks: checks(config.clone(), place.clone()),
            taking_over: taking_over(config.clone(), clock.clone()),
            opening: opening(config.clone(), clock),
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
        first_run: first_run(config, place),
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

/// Nothing was chosen and nothing is there: the user is asked before anything is created.
fn first_run(config: &Config, place: &Place) -> Option<FirstRun> {
    let (Database::Sqlite { path }, Some(dirs)) = (&config.database.value, &config.dirs) else {
        return None;
    };
    let untouched = config.database.source == Source::Default && !path.exists();
    (untouched && !config.demo.value && !config.read_only.value).then(|| FirstRun {
        database: place.show(path),
        postgres: false,
        config: place.show(&dirs.config.join("config.toml")),
        log: Some(place.show(&dirs.state)),
        token: !config.access_tokens.value.is_empty(),
        found: found(place),
        bank_host: config.teller_url.value.host_str().unwrap_or_default().to_owned(),
    })
}

fn found(place: &Place) -> Vec<FoundFile> {
    let files = place.python_apps().into_iter();
    files.map(|path| FoundFile { shown: place.show(&path), path }).collect()
}

fn opening(config: Config, clock: Clock) -> tui::Opening {
    Box::new(move |progress| {
        let (config, clock) = (config.clone(), clock.clone());
        Box::pin(async move {
            create_data_dir(&config)?;
            let options =
                StoreOptions { progress: Some(progress), ..store_options(&config, &clock) };
            let store = Store::open(options).await?;
            take_in_new(&config, &store).await;
            let bank = bank(&config, &store, clock).await.unwrap_or_else(|report| {
                // What is stored can be browsed all the same.
                tracing::error!("{report:#}");
                no_bank()
            });
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
            Ok(Session { store, bank, opened })
        })
    })
}

fn taking_over(config: Config, clock: Clock) -> tui::TakingOver {
    Box::new(move |path, way, progress| {
        let (config, clock) = (config.clone(), clock.clone());
        Box::pin(async move {
            let source = Database::Sqlite { path };
            let mut legacy = Legacy::open(&source).await?;
            legacy.expect_adoptable()?;
            let options = match way {
                Way::Copy => {
                    create_data_dir(&config)?;
                    store_options(&config, &clock)
                }
                Way::View => {
                    StoreOptions { clock: clock.clone(), ..StoreOptions::new(Database::Memory) }
                }
            };
            let own = options.database.clone();
            let store = Store::open(StoreOptions { progress: Some(progress), ..options }).await?;
            let adopted = match store.adopt(&mut legacy, &own, &AdoptOptions::default()).await {
                Ok(adopted) => adopted,
                Err(error) => {
                    store.close().await;
                    return Err(error);
                }
            };
            let viewed = way == Way::View;
            let bank = match way {
                Way::Copy => bank(&config, &store, clock).await.unwrap_or_else(|report| {
                    tracing::error!("{report:#}");
                    no_bank()
                }),
                Way::View => no_bank(),
            };
            let opened = Opened {
                store_label: if viewed { "only viewed".to_owned() } else { own.label() },
                read_only: viewed,
                can_sync: bank.can_sync(),
                notice: Some(if viewed {
                    "Nothing was written: this is gone when you leave.".to_owned()
                } else {
                    adopted.sentence()
                }),
                ..Opened::default()
            };
            Ok(Session { store, bank, opened })
        })
    })
}
