//! The ways into the banks: tokens of the environment, and those of the database, opened.

use std::collections::HashMap;

use color_eyre::Result;

use super::SyncError;
use crate::domain::{AccountId, Enrollment, EnrollmentFailure, EnrollmentId};
use crate::secret::Secret;
use crate::store::Store;
use crate::store::enrollments::SealedToken;
use crate::sync::{Access, Ways};
use crate::teller::{self, Client, ClientOptions};
use crate::vault::{Vault, VaultError};

/// How Teller is asked, and with what.
pub(super) struct Teller {
    pub options: Box<ClientOptions>,
    /// Of the environment. They win over what the database keeps.
    pub tokens: Vec<Secret>,
    /// That of those tokens.
    pub environment: String,
    pub vault: Vault,
}

/// The word by which a script knows that a key is missing.
const NO_KEY: &str = "no_key";

impl Teller {
    pub async fn ways(&self, store: &Store, only: Option<&AccountId>) -> Result<Ways> {
        let mut sealed = self.sealed(store).await?;
        if let Some(only) = only
            && let Some(owner) = store.load_enrollment_with(only).await?
        {
            sealed.retain(|token| token.id == owner);
        }
        let mut clients = Clients { options: &self.options, made: HashMap::new() };
        let mut ways = Ways::default();
        if !self.tokens.is_empty() {
            let client = clients.of(&self.environment).map_err(SyncError::Bank)?;
            ways.open.extend(self.tokens.iter().map(|token| Access {
                client: client.clone(),
                token: token.clone(),
                environment: self.environment.clone(),
                enrollment: None,
            }));
        }
        let digests: Vec<&str> = sealed.iter().map(|one| &*one.sealed.key_digest).collect();
        if digests.is_empty() {
            return Ok(ways);
        }
        let keys = self.vault.keys_for(&digests).await;
        for one in &sealed {
            let opened = keys.open(&one.sealed, &one.id, &one.environment);
            match (opened, clients.of(&one.environment)) {
                (Ok(token), Ok(client)) => ways.open.push(Access {
                    client,
                    token,
                    environment: one.environment.clone(),
                    enrollment: Some(one.id.clone()),
                }),
                (Err(error), _) => ways.shut.push(shut(one, code(&error), error.to_string())),
                (Ok(_), Err(error)) => {
                    ways.shut.push(shut(one, error.code(), error.to_string()));
                }
            }
        }
        Ok(ways)
    }

    /// Those of the database that the environment does not give as well.
    async fn sealed(&self, store: &Store) -> Result<Vec<SealedToken>> {
        let mut sealed = store.load_sealed_tokens().await?;
        sealed.retain(|one| !self.tokens.iter().any(|token| one.is_of(token)));
        Ok(sealed)
    }

    pub async fn holdings(&self, store: &Store) -> Result<HashMap<EnrollmentId, Holding>> {
        let mut holdings: HashMap<EnrollmentId, Holding> = HashMap::new();
        for one in store.load_sealed_tokens().await? {
            holdings.insert(one.id, Holding::Sealed);
        }
        for (id, error) in self.locked(store).await? {
            holdings.insert(id, Holding::Locked(error));
        }
        for token in &self.tokens {
            if let Some(known) = store.load_enrollment_of(token).await? {
                holdings.insert(known.id, Holding::Environment);
            }
        }
        Ok(holdings)
    }

    /// Enrollments whose token cannot be opened here, each with the reason.
    pub async fn locked(&self, store: &Store) -> Result<Vec<(EnrollmentId, VaultError)>> {
        let sealed = self.sealed(store).await?;
        let digests: Vec<&str> = sealed.iter().map(|one| &*one.sealed.key_digest).collect();
        if digests.is_empty() {
            return Ok(Vec::new());
        }
        let keys = self.vault.keys_for(&digests).await;
        let locked = sealed.iter().filter_map(|one| {
            let error = keys.open(&one.sealed, &one.id, &one.environment).err()?;
            Some((one.id.clone(), error))
        });
        Ok(locked.collect())
    }
}

/// How a token is held.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Holding {
    Sealed,
    /// In the environment, which wins over the database.
    Environment,
    /// Sealed, and it does not open here.
    Locked(VaultError),
    /// The built-in bank's.
    BuiltIn,
}

impl Holding {
    pub fn word(&self) -> &'static str {
        match self {
            Self::Sealed => "sealed",
            Self::Environment => "environment",
            Self::Locked(_) => "locked",
            Self::BuiltIn => "built in",
        }
    }
}

/// One for each of Teller's environments: outside the sandbox it demands our certificate.
struct Clients<'a> {
    options: &'a ClientOptions,
    made: HashMap<String, teller::Result<Client>>,
}

impl Clients<'_> {
    fn of(&mut self, environment: &str) -> teller::Result<Client> {
        let make = || Client::new(options_for(self.options, environment));
        self.made.entry(environment.to_owned()).or_insert_with(make).clone()
    }
}

pub(super) fn options_for(options: &ClientOptions, environment: &str) -> ClientOptions {
    ClientOptions { certificate_required: environment != "sandbox", ..options.clone() }
}

fn code(error: &VaultError) -> &'static str {
    match error {
        VaultError::Damaged => "damaged_token",
        _ => NO_KEY,
    }
}

fn shut(token: &SealedToken, code: &str, message: String) -> EnrollmentFailure {
    EnrollmentFailure {
        enrollment_id: Some(token.id.clone()),
        institution: Some(token.institution.name.clone()),
        code: code.to_owned(),
        message,
    }
}

/// The tokens of the built-in bank, but for enrollments that the user has ended or has yet to make.
pub(super) async fn of_demo(
    store: &Store,
    bank: &crate::demo::Bank,
) -> Result<Vec<(EnrollmentId, Secret)>> {
    let known = store.load_every_enrollment().await?;
    let find = |id: &EnrollmentId| known.iter().find(|one: &&Enrollment| one.id == *id);
    let from_the_start = bank.enrollment_ids();
    let is_open = |(id, _): &(EnrollmentId, Secret)| match find(id) {
        Some(one) => one.removed_at.is_none(),
        None => from_the_start.contains(id),
    };
    Ok(bank.every_token().into_iter().filter(is_open).collect())
}
