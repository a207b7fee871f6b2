//! The operating system's keyring. Its calls block, and one that is locked asks the user first.

use super::key::Key;
use crate::secret::Secret;

/// What the keyring says.
#[cfg_attr(not(feature = "keyring"), expect(dead_code, reason = "then there is none"))]
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Reading {
    Keys(Vec<Key>),
    /// It answers, and holds no key of passbook's.
    Empty,
    /// There is none, or it does not let us in: why.
    Absent(String),
}

/// The keyring of this user, or none.
#[derive(Clone)]
pub(super) struct Keyring(Door);

#[derive(Clone)]
enum Door {
    Closed(&'static str),
    #[cfg(feature = "keyring")]
    Open(fn() -> keyring_core::Result<std::sync::Arc<keyring_core::api::CredentialStore>>),
}

impl Keyring {
    pub(super) fn of_system() -> Self {
        #[cfg(feature = "keyring")]
        let door = Door::Open(system::store);
        #[cfg(not(feature = "keyring"))]
        let door = Door::Closed("this passbook was built without it");
        Self(door)
    }

    pub(super) fn unused() -> Self {
        Self(Door::Closed("the settings say not to use it"))
    }

    #[cfg_attr(
        not(feature = "keyring"),
        expect(clippy::unused_async, reason = "the same with a keyring and without")
    )]
    pub(super) async fn read(&self) -> Reading {
        match self.0 {
            Door::Closed(why) => Reading::Absent(why.to_owned()),
            #[cfg(feature = "keyring")]
            Door::Open(store) => {
                in_time(move || Ok(system::read(&store()?))).await.unwrap_or_else(Reading::Absent)
            }
        }
    }

    /// Puts the keys where the old ones were.
    #[cfg_attr(
        not(feature = "keyring"),
        expect(clippy::unused_async, reason = "the same with a keyring and without")
    )]
    pub(super) async fn write(&self, text: Secret) -> Result<(), String> {
        match self.0 {
            Door::Closed(why) => {
                drop(text);
                Err(why.to_owned())
            }
            #[cfg(feature = "keyring")]
            Door::Open(store) => in_time(move || system::write(&store()?, &text)).await,
        }
    }
}

/// A person may have to type the keyring's password.
#[cfg(feature = "keyring")]
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(30);

#[cfg(feature = "keyring")]
async fn in_time<T: Send + 'static>(
    work: impl FnOnce() -> keyring_core::Result<T> + Send + 'static,
) -> Result<T, String> {
    let work = tokio::task::spawn_blocking(work);
    match tokio::time::timeout(PATIENCE, work).await {
        Ok(Ok(Ok(done))) => Ok(done),
        Ok(Ok(Err(error))) => Err(system::words(&error)),
        Ok(Err(_)) => Err("it failed without a word".to_owned()),
        Err(_) => Err(format!("it did not answer within {} s", PATIENCE.as_secs())),
    }
}

#[cfg(feature = "keyring")]
mod system {
    use std::sync::Arc;

    use keyring_core::api::CredentialStore;
    use keyring_core::{Entry, Error, Result};
    use zeroize::Zeroizing;

    use super::super::key::Key;
    use super::Reading;
    use crate::secret::Secret;

    const SERVICE: &str = "passbook";
    const USER: &str = "key";

    #[cfg(target_os = "linux")]
    pub(super) fn store() -> Result<Arc<CredentialStore>> {
        let store = zbus_secret_service_keyring_store::Store::new()?;
        Ok(store)
    }

    #[cfg(target_os = "macos")]
    pub(super) fn store() -> Result<Arc<CredentialStore>> {
        let store = apple_native_keyring_store::keychain::Store::new()?;
        Ok(store)
    }

    #[cfg(windows)]
    pub(super) fn store() -> Result<Arc<CredentialStore>> {
        let store = windows_native_keyring_store::Store::new()?;
        Ok(store)
    }

    #[cfg(not(any(target_os = "linux", target_os = "macos", windows)))]
    pub(super) fn store() -> Result<Arc<CredentialStore>> {
        Err(Error::NoDefaultStore)
    }

    pub(super) fn read(store: &Arc<CredentialStore>) -> Reading {
        let entry = Entry::new_in_store(store, SERVICE, USER);
        match entry.and_then(|entry| entry.get_password()) {
            Ok(text) => match Key::parse_list(&Zeroizing::new(text)) {
                Ok(keys) if !keys.is_empty() => Reading::Keys(keys),
                _ => Reading::Absent("what it holds for passbook is no key".to_owned()),
            },
            Err(Error::NoEntry) => Reading::Empty,
            Err(error) => Reading::Absent(words(&error)),
        }
    }

    pub(super) fn write(store: &Arc<CredentialStore>, text: &Secret) -> Result<()> {
        Entry::new_in_store(store, SERVICE, USER)?.set_password(text.expose())
    }

    /// Without what it may have read.
    pub(super) fn words(error: &Error) -> String {
        match error {
            Error::PlatformFailure(cause) => cause.to_string(),
            Error::NoStorageAccess(cause) => format!("it is locked or refuses ({cause})"),
            Error::NoDefaultStore => "this system has none".to_owned(),
            Error::Ambiguous(_) => "it holds several keys of passbook".to_owned(),
            _ => "what it holds for passbook cannot be read".to_owned(),
        }
    }
}

#[cfg(test)]
#[cfg(feature = "keyring")]
mod tests {
    use std::sync::{Arc, LazyLock};

    use keyring_core::api::CredentialStore;

    use super::*;

    static MOCK: LazyLock<Arc<CredentialStore>> =
        LazyLock::new(|| keyring_core::mock::Store::new().unwrap());

    #[tokio::test]
    async fn a_keyring_that_answers_keeps_keys() {
        let keyring = Keyring(Door::Open(|| Ok(Arc::clone(&MOCK))));
        assert_eq!(keyring.read().await, Reading::Empty);
        let keys = [Key::new_random(), Key::new_random()];
        let text = keys.each_ref().map(|key| key.text().expose().to_owned()).join("\n");
        keyring.write(Secret::new(text)).await.unwrap();
        assert_eq!(keyring.read().await, Reading::Keys(keys.to_vec()));
    }

    #[tokio::test]
    async fn one_that_is_not_there_or_not_wanted_says_why() {
        let keyring = Keyring(Door::Open(|| Err(keyring_core::Error::NoDefaultStore)));
        assert_eq!(keyring.read().await, Reading::Absent("this system has none".to_owned()));
        assert!(keyring.write(Secret::new("secret")).await.is_err());
        let Reading::Absent(why) = Keyring::unused().read().await else { panic!() };
        assert!(why.contains("settings"), "{why}");
    }

    #[tokio::test]
    async fn a_call_that_panics_is_no_panic_of_ours() {
        let keyring = Keyring(Door::Open(|| panic!("as a call inside async does")));
        assert!(matches!(keyring.read().await, Reading::Absent(_)));
    }
}
