//! Whether the user is asked how to begin, and what there is to begin with.

use std::path::PathBuf;

use passbook::app::{FirstRun, Found, FoundPlace};
use passbook::config::{Config, Place, Source};
use passbook::database::Database;
use passbook::store::adopt::Legacy;

/// Nothing was chosen and nothing is there: the user is asked before anything is created.
pub fn before_opening(config: &Config, place: &Place) -> Option<FirstRun> {
    let Database::Sqlite { path } = &config.database.value else { return None };
    let untouched = config.database.source == Source::Default && !path.exists();
    (untouched && may_be_asked(config)).then(|| first_run(config, place, nearby(place))).flatten()
}

/// Passbook keeps nothing yet where it was told to. Something may stand beside its tables, or in a file
/// nearby: then a copy of it was refused or left.
pub async fn of_unused(config: &Config, place: &Place) -> Option<FirstRun> {
    let found = if is_of_python_app(&config.database.value).await {
        vec![Found { place: FoundPlace::Own, shown: shown(config, place) }]
    } else if config.database.source == Source::Default {
        nearby(place)
    } else {
        Vec::new()
    };
    if found.is_empty() { None } else { first_run(config, place, found) }
}

/// Made-up data and a database that may only be read are no beginning.
pub fn may_be_asked(config: &Config) -> bool {
    !config.demo.value && !config.read_only.value
}

async fn is_of_python_app(database: &Database) -> bool {
    match Legacy::open(database).await {
        Ok(legacy) => legacy.state.can_be_adopted(),
        Err(error) => {
            // Opening it tells what is the matter.
            tracing::warn!("{error}");
            false
        }
    }
}

fn nearby(place: &Place) -> Vec<Found> {
    let found = |path: PathBuf| Found { shown: place.show(&path), place: FoundPlace::File(path) };
    place.python_apps().into_iter().map(found).collect()
}

pub fn shown(config: &Config, place: &Place) -> String {
    match &config.database.value {
        Database::Sqlite { path } => place.show(path),
        database => database.masked(),
    }
}

/// `None` where there is no home to keep anything in.
fn first_run(config: &Config, place: &Place, found: Vec<Found>) -> Option<FirstRun> {
    let settings = config.config_file.as_ref()?;
    Some(FirstRun {
        database: shown(config, place),
        postgres: matches!(config.database.value, Database::Postgres(_)),
        config: place.show(&settings.path.value),
        log: config.dirs.as_ref().map(|dirs| place.show(&dirs.state)),
        token: !config.access_tokens.value.is_empty(),
        found,
        bank_host: config.teller_url.value.host_str().unwrap_or_default().to_owned(),
    })
}
