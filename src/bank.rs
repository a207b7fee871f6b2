//! Which bank this process asks: Teller with the user's tokens, or the built-in one.

mod ending;
mod ways;

use std::collections::HashMap;
use std::sync::Arc;

use chrono::{Days, NaiveDate, TimeDelta};
use color_eyre::Result;
use color_eyre::eyre::WrapErr;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::clock::Clock;
use crate::demo;
use crate::domain::{AccountId, EnrollmentId, Standing, SyncEvent, SyncReport};
use crate::secret::Secret;
use crate::store::Store;
use crate::sync::{self, Access, SyncRequest, Ways};
use crate::teller::{self, Client, ClientOptions};
use crate::vault::Vault;
pub use ending::{EndError, Ended};
pub use ways::Holding;
use ways::Teller;

/// The same household for everybody who tries the demo.
const DEMO_SEED: u64 = 20_201_012;
/// How much history the built-in bank starts with, in days.
const DEMO_DAYS: u64 = 730;
const DEMO_FIRST_DAY: &str = "demo.first_day";
const DEMO_OFFSET: &str = "demo.offset_seconds";

/// Cheap to clone.
#[derive(Clone)]
pub struct Bank(Arc<Kind>);

enum Kind {
    Nobody,
    Teller(Teller),
    Demo { bank: demo::Bank, clock: Clock },
}

/// A sync that could not begin.
#[derive(Debug, thiserror::Error)]
pub enum SyncError {
    #[error(transparent)]
    Bank(#[from] teller::Error),
    #[error("no bank is connected: `passbook connect` connects one; what is stored stays readable")]
    NoToken,
}

impl Bank {
    /// Nothing is opened or asked before the first sync.
    pub fn teller(
        options: ClientOptions,
        tokens: Vec<Secret>,
        environment: &str,
        vault: Vault,
    ) -> Self {
        let (options, environment) = (Box::new(options), environment.to_owned());
        Self(Arc::new(Kind::Teller(Teller { options, tokens, environment, vault })))
    }

    /// Whatever tokens there are.
    pub fn nobody() -> Self {
        Self(Arc::new(Kind::Nobody))
    }

    /// Starts the built-in bank where this store's demo left it.
    pub async fn demo(store: &Store, clock: Clock) -> Result<Self> {
        if let Some(seconds) = store.load_setting(DEMO_OFFSET).await? {
            clock.set_offset(TimeDelta::seconds(
                seconds.parse().wrap_err("reading the demo's clock from the database")?,
            ));
        }
        let today = clock.now().date_naive();
        let first_day = if let Some(day) = store.load_setting(DEMO_FIRST_DAY).await? {
            day.parse().wrap_err("reading the demo's first day from the database")?
        } else {
            let first_day: NaiveDate = today - Days::new(DEMO_DAYS);
            if !store.is_read_only() {
                store.save_setting(DEMO_FIRST_DAY, &first_day.to_string()).await?;
            }
            first_day
        };
        let bank = demo::Bank::start(demo::BankOptions {
            seed: DEMO_SEED,
            first_day,
            today,
            extra_rows: 0,
        })
        .await
        .wrap_err("starting the built-in bank")?;
        Ok(Self(Arc::new(Kind::Demo { bank, clock })))
    }

    /// The built-in bank's own script for enrolling there.
    pub fn connect_script(&self) -> Option<String> {
        match &*self.0 {
            Kind::Nobody | Kind::Teller(_) => None,
            Kind::Demo { bank, .. } => Some(bank.connect_script()),
        }
    }

    /// Gives an empty demo its first sync before anybody looks: it has something to show.
    pub async fn fill_demo(&self, store: &Store) -> Result<()> {
        let demo = matches!(&*self.0, Kind::Demo { .. });
        if demo && !store.is_read_only() && store.load_accounts().await?.is_empty() {
            let request = SyncRequest { trigger: "start", ..SyncRequest::default() };
            // Nobody listens yet: the channel is closed, and events are dropped.
            let (events, _) = mpsc::channel(1);
            self.sync(store, &request, events, CancellationToken::new()).await?;
        }
        Ok(())
    }

    /// Whether there is anything to sync with, be it under a key that is missing here.
    pub async fn can_sync(&self, store: &Store) -> Result<bool> {
        match &*self.0 {
            Kind::Nobody => Ok(false),
            Kind::Teller(teller) if !teller.tokens.is_empty() => Ok(true),
            Kind::Teller(_) => Ok(!store.load_sealed_tokens().await?.is_empty()),
            Kind::Demo { .. } => Ok(true),
        }
    }

    /// What stands in the way of syncs, and what soon will. May ask the keyring.
    pub async fn standing(&self, store: &Store) -> Result<Standing> {
        let Kind::Teller(teller) = &*self.0 else { return Ok(Standing::default()) };
        let locked = teller.locked(store).await?;
        let locked = locked.into_iter().map(|(id, error)| (id, error.to_string())).collect();
        let identity = teller.options.identity.as_ref();
        let certificate_until =
            identity.and_then(|identity| teller::certificate_expiry(identity).ok().flatten());
        Ok(Standing { locked, certificate_until })
    }

    /// One sync. In the demo a day passes first, but for the very first time.
    pub async fn sync(
        &self,
        store: &Store,
        request: &SyncRequest,
        events: mpsc::Sender<SyncEvent>,
        cancel: CancellationToken,
    ) -> Result<SyncReport> {
        if let Kind::Demo { bank, clock } = &*self.0 {
            if store.load_setting(DEMO_OFFSET).await?.is_some() {
                clock.advance(TimeDelta::days(1));
            }
            let offset = clock.offset().num_seconds().to_string();
            store.save_setting(DEMO_OFFSET, &offset).await?;
            bank.set_today(clock.now().date_naive());
        }
        let ways = self.ways(store, request.account.as_ref()).await?;
        if ways.open.is_empty() && ways.shut.is_empty() {
            return Err(SyncError::NoToken.into());
        }
        sync::run_ways(store, ways, request, events, cancel).await
    }

    /// All logins there are, or those that an account may need.
    async fn ways(&self, store: &Store, only: Option<&AccountId>) -> Result<Ways> {
        match &*self.0 {
            Kind::Nobody => Ok(Ways::default()),
            Kind::Teller(teller) => teller.ways(store, only).await,
            Kind::Demo { bank, .. } => {
                let client = demo_client(bank).map_err(SyncError::Bank)?;
                let access = |(id, token)| Access {
                    client: client.clone(),
                    token,
                    environment: "sandbox".to_owned(),
                    enrollment: Some(id),
                };
                let tokens = ways::of_demo(store, bank).await?;
                Ok(Ways { open: tokens.into_iter().map(access).collect(), shut: Vec::new() })
            }
        }
    }

    /// How the token of each enrollment is held.
    pub async fn holdings(&self, store: &Store) -> Result<HashMap<EnrollmentId, Holding>> {
        match &*self.0 {
            Kind::Nobody => Ok(HashMap::new()),
            Kind::Teller(teller) => teller.holdings(store).await,
            Kind::Demo { bank, .. } => {
                let tokens = ways::of_demo(store, bank).await?;
                Ok(tokens.into_iter().map(|(id, _)| (id, Holding::BuiltIn)).collect())
            }
        }
    }

    /// For what is asked outside a sync, in this environment of Teller's.
    pub fn client(&self, environment: &str) -> Result<Client, teller::Error> {
        match &*self.0 {
            Kind::Nobody => {
                Err(teller::Error::Configuration("offline, as asked: no bank is called".to_owned()))
            }
            Kind::Teller(teller) => Client::new(ways::options_for(&teller.options, environment)),
            Kind::Demo { bank, .. } => demo_client(bank),
        }
    }
}

fn demo_client(bank: &demo::Bank) -> Result<Client, teller::Error> {
    let base_url = bank.url().parse().expect("the built-in bank's address is a URL");
    Client::new(ClientOptions { base_url, ..ClientOptions::default() })
}
