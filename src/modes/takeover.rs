//! Taking over what the Python app left, for the screen: into which database, and how it goes on.

use passbook::app::takeover::Way;
use passbook::app::{FoundPlace, Opened};
use passbook::clock::Clock;
use passbook::config::Config;
use passbook::database::Database;
use passbook::domain::Adopted;
use passbook::store::adopt::{AdoptError, AdoptOptions, Legacy};
use passbook::store::{Progress, Store, StoreOptions};
use passbook::tui::{self, Session};

use super::{
    Shared, bank_or_none, can_sync, columns, create_data_dir, divider, has_passphrase, no_bank,
    now, settle, store_options,
};

pub fn surveying(config: Config) -> tui::Surveying {
    Box::new(move |place| {
        let source = source(&config, place);
        Box::pin(async move {
            let mut legacy = Legacy::open(&source).await?;
            legacy.expect_adoptable()?;
            legacy.survey(&AdoptOptions::default()).await
        })
    })
}

pub fn taking_over(config: Shared, clock: Clock) -> tui::TakingOver {
    Box::new(move |place, way, by_hand, progress| {
        let (config, clock) = (config.clone(), clock.clone());
        let wanted = AdoptOptions { by_hand, ..AdoptOptions::default() };
        Box::pin(async move {
            match way {
                Way::View => view(&now(&config), place, &clock, (&wanted, progress)).await,
                Way::Copy => copy(&now(&config), place, &clock, (&wanted, progress)).await,
                Way::InPlace => use_in_place(&config, place, &clock, (&wanted, progress)).await,
            }
        })
    })
}

fn source(config: &Config, place: FoundPlace) -> Database {
    match place {
        FoundPlace::File(path) => Database::Sqlite { path },
        FoundPlace::Own => config.database.value.clone(),
    }
}

async fn view(
    config: &Config,
    place: FoundPlace,
    clock: &Clock,
    (wanted, progress): (&AdoptOptions, Progress),
) -> Result<Session, AdoptError> {
    let options = StoreOptions {
        clock: clock.clone(),
        progress: Some(progress),
        ..StoreOptions::new(Database::Memory)
    };
    let (store, _) = take_into(&options, &source(config, place), wanted).await?;
    let opened = Opened {
        store_label: "only viewed".to_owned(),
        read_only: true,
        notice: Some("Nothing was written: this is gone when you leave.".to_owned()),
        ..Opened::default()
    };
    Ok(Session { store, bank: no_bank(), opened })
}

/// Into passbook's own file, also where another database is named for it.
async fn copy(
    config: &Config,
    place: FoundPlace,
    clock: &Clock,
    (wanted, progress): (&AdoptOptions, Progress),
) -> Result<Session, AdoptError> {
    let named = place == FoundPlace::Own;
    let own = Some(config.clone());
    let own = if named { own.and_then(Config::into_own_file) } else { own };
    let own = own.unwrap_or_else(|| config.clone());
    create_data_dir(&own)?;
    let options = StoreOptions { progress: Some(progress), ..store_options(&own, clock) };
    if named && let Some(store) = Store::open_if_used(&options).await? {
        store.close().await;
        return Err(AdoptError::Occupied { place: own.database.value.masked() });
    }
    let (store, adopted) = take_into(&options, &source(config, place), wanted).await?;
    let mut notice = adopted.sentence();
    if named {
        // First, for a line may be too short for all of it.
        let origin = &config.database.origin;
        notice = format!("{origin} names the other one: start without it for this copy. {notice}");
    }
    Ok(session(&own, store, clock, notice).await)
}

/// That file becomes passbook's database, for now and for the next start.
async fn use_in_place(
    config: &Shared,
    place: FoundPlace,
    clock: &Clock,
    (wanted, progress): (&AdoptOptions, Progress),
) -> Result<Session, AdoptError> {
    let mut own = now(config);
    let database = source(&own, place.clone());
    let options = StoreOptions { database, progress: Some(progress), ..store_options(&own, clock) };
    let (store, adopted) = Store::adopt_in_place(&options, wanted).await?;
    let mut notice = adopted.sentence();
    if let FoundPlace::File(path) = place {
        let first = match own.settle_on(&path) {
            Ok(()) => "Used from now on; a copy from before lies beside it.",
            Err(error) => {
                tracing::warn!("the choice of database was not kept: {error}");
                "Name this file with --database-url next time: the choice was not kept."
            }
        };
        notice = format!("{first} {notice}");
        settle(config, &own);
    }
    Ok(session(&own, store, clock, notice).await)
}

async fn take_into(
    options: &StoreOptions,
    source: &Database,
    wanted: &AdoptOptions,
) -> Result<(Store, Adopted), AdoptError> {
    let mut legacy = Legacy::open(source).await?;
    legacy.expect_adoptable()?;
    let store = Store::open(options.clone()).await?;
    match store.adopt(&mut legacy, &options.database, wanted).await {
        Ok(adopted) => Ok((store, adopted)),
        Err(error) => {
            store.close().await;
            Err(error)
        }
    }
}

async fn session(config: &Config, store: Store, clock: &Clock, notice: String) -> Session {
    let bank = bank_or_none(config, &store, clock.clone()).await;
    let opened = Opened {
        store_label: config.database.value.label(),
        passphrase: has_passphrase(&store).await,
        divider: divider(&store).await,
        columns: columns(&store).await,
        can_sync: can_sync(&bank, &store).await,
        notice: Some(notice),
        ..Opened::default()
    };
    Session { store, bank, opened }
}
