//! What the modes share: the store and the bank that a `Config` asks for.

mod checks;
pub mod command;
mod connecting;
pub mod doctor;
mod first_run;
pub mod headless;
mod own_files;
pub mod screen;
mod takeover;

use std::io::{self, IsTerminal as _, Write as _};
use std::sync::{Arc, Mutex, PoisonError};

use passbook::bank::Bank;
use passbook::clock::Clock;
use passbook::config::{Config, TellerEnvironment};
use passbook::database::Database;
use passbook::files::ensure_private_dir;
use passbook::store::backup::Shelf;
use passbook::store::{OpenError, Store, StoreOptions};
use passbook::teller::{ClientOptions, Identity};
use passbook::vault::Vault;

/// What the screen may change its mind about: which database is passbook's.
type Shared = Arc<Mutex<Config>>;

/// As it stands now.
fn now(config: &Shared) -> Config {
    config.lock().unwrap_or_else(PoisonError::into_inner).clone()
}

fn settle(config: &Shared, new: &Config) {
    config.lock().unwrap_or_else(PoisonError::into_inner).clone_from(new);
}

/// Whether the screen opens locked. Where that cannot be read it does: nothing is shown by mistake.
async fn has_passphrase(store: &Store) -> bool {
    store.has_passphrase().await.unwrap_or_else(|report| {
        tracing::error!("{report:#}");
        true
    })
}

/// Where the user has drawn the line between the panes.
async fn divider(store: &Store) -> Option<u16> {
    let kept = store.load_setting(passbook::tui::DIVIDER).await.ok()??;
    kept.parse().ok()
}

/// Which columns the user has chosen for lists of transactions.
async fn columns(store: &Store) -> Option<passbook::app::columns::Columns> {
    let kept = store.load_setting(passbook::tui::COLUMNS).await.ok()??;
    Some(passbook::app::columns::Columns::parse(&kept))
}

/// For a command.
pub async fn open_store(config: &Config, clock: &Clock) -> Result<Store, OpenError> {
    create_data_dir(config)?;
    Store::open(telling(config, clock)).await
}

/// What takes long is told on a terminal's stderr.
fn telling(config: &Config, clock: &Clock) -> StoreOptions {
    let mut options = store_options(config, clock);
    if io::stderr().is_terminal() {
        options.progress = Some(Arc::new(|line| {
            // When stderr is gone there is nobody to tell.
            let _ = writeln!(io::stderr(), "{line}");
        }));
    }
    options
}

pub fn store_options(config: &Config, clock: &Clock) -> StoreOptions {
    if let Some(sentence) = config.unused_read_url() {
        tracing::warn!("{sentence}");
    }
    StoreOptions {
        replica: config.replica().cloned(),
        read_only: config.read_only.value,
        clock: clock.clone(),
        shelf: Some(Shelf::new(config.backup_dir.value.clone())),
        ..StoreOptions::new(config.database.value.clone())
    }
}

/// Only passbook's own directory: one that the user names must exist.
pub fn create_data_dir(config: &Config) -> Result<(), OpenError> {
    let (Database::Sqlite { path }, Some(dirs)) = (&config.database.value, &config.dirs) else {
        return Ok(());
    };
    if config.read_only.value || path.parent() != Some(&dirs.data) {
        return Ok(());
    }
    ensure_private_dir(&dirs.data).map_err(|error| OpenError::NotWritable {
        path: dirs.data.clone(),
        reason: error.to_string(),
    })
}

pub async fn bank(config: &Config, store: &Store, clock: Clock) -> color_eyre::Result<Bank> {
    if config.demo.value {
        return Bank::demo(store, clock).await;
    }
    if config.offline.value {
        return Ok(no_bank());
    }
    let environment = config.environment.value.as_str();
    let tokens = config.access_tokens.value.clone();
    let vault = Vault::new(config.vault());
    Ok(Bank::teller(client_options(config), tokens, environment, vault))
}

/// For the screen: what is stored can be browsed all the same.
async fn bank_or_none(config: &Config, store: &Store, clock: Clock) -> Bank {
    bank(config, store, clock).await.unwrap_or_else(|report| {
        tracing::error!("{report:#}");
        no_bank()
    })
}

/// Whether there is a bank to sync with, as far as that can be read.
async fn can_sync(bank: &Bank, store: &Store) -> bool {
    bank.can_sync(store).await.unwrap_or_else(|report| {
        tracing::error!("{report:#}");
        false
    })
}

/// How Teller is asked.
pub fn client_options(config: &Config) -> ClientOptions {
    let identity = config
        .certificate
        .as_ref()
        .map(|pair| Identity { cert: pair.cert.value.clone(), key: pair.key.value.clone() });
    ClientOptions {
        base_url: config.teller_url.value.clone(),
        identity,
        certificate_required: config.environment.value != TellerEnvironment::Sandbox,
        ca: config.teller_ca.as_ref().map(|ca| ca.value.clone()),
        ..ClientOptions::default()
    }
}

/// The Python app may have gone on writing where its data was taken over from.
pub async fn take_in_new(config: &Config, store: &Store) {
    if store.is_read_only() {
        return;
    }
    match store.take_in_new(&config.database.value).await {
        Ok(adopted) if adopted.is_nothing() => {}
        Ok(adopted) => tracing::info!(
            transactions = adopted.transactions,
            balances = adopted.balances,
            "took over what the Python app has added"
        ),
        // What is stored can be browsed all the same.
        Err(report) => tracing::error!("{report:#}"),
    }
}

/// Nobody is asked, whatever tokens there are.
pub fn no_bank() -> Bank {
    Bank::nobody()
}
