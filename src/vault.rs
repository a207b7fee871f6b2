//! The key to the access tokens: where it is kept, and what it seals and opens.
//!
//! Three places in this order: `PASSBOOK_KEY`, the operating system's keyring, a file that only its
//! owner reads. The first that holds a key is in use; a token that another of them sealed opens, too.
//! A place may hold several keys: the first seals, and those behind it open what they sealed before.

mod file;
mod key;
mod keyring;
mod seal;

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use tokio::sync::Mutex;

pub use file::FileError;
pub use key::{Key, KeyError};

use crate::domain::{EnrollmentId, Sealed};
use crate::fail_point;
use crate::secret::Secret;
use keyring::{Keyring, Reading};

/// Where keys may be.
#[derive(Clone, Debug, Default)]
pub struct VaultOptions {
    /// What `PASSBOOK_KEY` holds.
    pub given: Vec<Key>,
    pub use_keyring: bool,
    /// `None` where there is no directory for it.
    pub file: Option<PathBuf>,
}

/// Where a key is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    Given,
    Keyring,
    File(PathBuf),
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Given => f.write_str("PASSBOOK_KEY"),
            Self::Keyring => f.write_str("the system's keyring"),
            Self::File(path) => write!(f, "the file {}", path.display()),
        }
    }
}

/// Why something was not sealed or opened.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VaultError {
    #[error(
        "its access token is sealed, and the key {digest} is not on this computer: set PASSBOOK_KEY \
         to what `passbook key show` prints where the bank was connected, or connect it here again"
    )]
    NoKey { digest: String },
    #[error(
        "its sealed access token cannot be opened: the row was altered; connect the bank again"
    )]
    Damaged,
    #[error(
        "there is nowhere to keep a key: no keyring ({keyring}) and no home directory; set \
         PASSBOOK_KEY to a key that `passbook key new` prints"
    )]
    Nowhere { keyring: String },
    #[error(transparent)]
    File(#[from] FileError),
    #[error("the system's keyring did not keep the key: {0}")]
    Keyring(String),
    #[error(
        "PASSBOOK_KEY holds the key, and only you can change it: put a new one that `passbook key \
         new` prints before it, as in PASSBOOK_KEY=NEW,OLD, and rotate again"
    )]
    Given,
}

type Result<T, E = VaultError> = std::result::Result<T, E>;

/// What a look at all places found. Without `Debug` beyond digests: `Key` sees to it.
#[derive(Clone, Debug, Default)]
pub struct Keys {
    /// In the order in which they are asked; only those that hold a key.
    pub places: Vec<(Place, Vec<Key>)>,
    /// Why the keyring was no help.
    pub keyring_absent: Option<String>,
    /// Why the file was not used.
    pub file_refused: Option<FileError>,
}

/// The key that seals, and how it came to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InUse {
    pub place: Place,
    pub digest: String,
    /// It was made just now.
    pub made: bool,
    /// Why it is not in the keyring, where one was wanted.
    pub keyring_absent: Option<String>,
}

impl Keys {
    pub fn in_use(&self) -> Option<(&Place, &Key)> {
        self.places.iter().find_map(|(place, keys)| Some((place, keys.first()?)))
    }

    pub fn holds(&self, digest: &str) -> bool {
        self.named(digest).is_some()
    }

    fn named(&self, digest: &str) -> Option<&Key> {
        self.places.iter().flat_map(|(_, keys)| keys).find(|key| key.digest() == digest)
    }

    pub fn open(&self, sealed: &Sealed, id: &EnrollmentId, environment: &str) -> Result<Secret> {
        let key = self.named(&sealed.key_digest).ok_or_else(|| match &self.file_refused {
            Some(refused) => VaultError::File(refused.clone()),
            None => VaultError::NoKey { digest: sealed.key_digest.clone() },
        })?;
        seal::open(key, &sealed.text, id, environment).map_err(|_| VaultError::Damaged)
    }

    /// With the key in use.
    pub fn seal(&self, token: &Secret, id: &EnrollmentId, environment: &str) -> Option<Sealed> {
        let (_, key) = self.in_use()?;
        Some(seal::seal(key, token, id, environment))
    }
}

/// Cheap to clone. Nothing is read before the first question.
#[derive(Clone)]
pub struct Vault(Arc<Inner>);

struct Inner {
    given: Vec<Key>,
    keyring: Keyring,
    file: Option<PathBuf>,
    found: Mutex<Option<Keys>>,
}

impl fmt::Debug for Vault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Vault").finish_non_exhaustive()
    }
}

impl Vault {
    pub fn new(options: VaultOptions) -> Self {
        let keyring = if options.use_keyring { Keyring::of_system() } else { Keyring::unused() };
        Self::with(options, keyring)
    }

    fn with(options: VaultOptions, keyring: Keyring) -> Self {
        let VaultOptions { given, file, .. } = options;
        Self(Arc::new(Inner { given, keyring, file, found: Mutex::default() }))
    }

    /// All places, asked anew.
    pub async fn look(&self) -> Keys {
        let mut found = self.0.found.lock().await;
        let keys = self.0.read().await;
        *found = Some(keys.clone());
        keys
    }

    /// For opening these: asks again only where a key is missing.
    pub async fn keys_for(&self, digests: &[&str]) -> Keys {
        let known = self.0.found.lock().await.clone();
        match known {
            Some(keys) if digests.iter().all(|digest| keys.holds(digest)) => keys,
            // With what is given there is no need to ask the keyring, which may ask the user.
            None if !self.0.given.is_empty() => {
                let keys =
                    Keys { places: vec![(Place::Given, self.0.given.clone())], ..Keys::default() };
                if digests.iter().all(|digest| keys.holds(digest)) {
                    keys
                } else {
                    self.look().await
                }
            }
            _ => self.look().await,
        }
    }

    pub async fn open(
        &self,
        sealed: &Sealed,
        id: &EnrollmentId,
        environment: &str,
    ) -> Result<Secret> {
        self.keys_for(&[&sealed.key_digest]).await.open(sealed, id, environment)
    }

    /// Where there is no key yet, one is made.
    pub async fn seal(
        &self,
        token: &Secret,
        id: &EnrollmentId,
        environment: &str,
    ) -> Result<(Sealed, InUse)> {
        let (keys, made) = self.ready().await?;
        let (place, key) = keys.in_use().expect("ready means that there is one");
        let in_use = InUse {
            place: place.clone(),
            digest: key.digest(),
            made,
            keyring_absent: keys.keyring_absent.clone(),
        };
        Ok((seal::seal(key, token, id, environment), in_use))
    }

    /// A key before all others in the place in use. Those stay behind it, so that whatever they
    /// sealed opens, in this database or another.
    pub async fn renew(&self) -> Result<Keys> {
        let _lock = self.0.lock().await?;
        let keys = self.look().await;
        let Some((place, held)) = keys.places.first() else {
            self.0.make(&keys).await?;
            return Ok(self.look().await);
        };
        match place {
            // The first of several is the new one: the user has put it there.
            Place::Given if held.len() > 1 => return Ok(keys),
            Place::Given => return Err(VaultError::Given),
            Place::Keyring | Place::File(_) => {}
        }
        let renewed: Vec<Key> =
            std::iter::once(Key::new_random()).chain(held.iter().cloned()).collect();
        self.0.write(place, &renewed).await?;
        Ok(self.look().await)
    }

    /// Only the key in use stays in its place. Returns how many went.
    pub async fn forget_older(&self) -> Result<usize> {
        let _lock = self.0.lock().await?;
        let keys = self.look().await;
        let Some((place, held)) = keys.places.first() else { return Ok(0) };
        if held.len() < 2 || *place == Place::Given {
            return Ok(0);
        }
        self.0.write(place, &held[..1]).await?;
        self.look().await;
        Ok(held.len() - 1)
    }

    async fn ready(&self) -> Result<(Keys, bool)> {
        let keys = self.keys_for(&[]).await;
        if keys.in_use().is_some() {
            return Ok((keys, false));
        }
        let _lock = self.0.lock().await?;
        // Another passbook may have made one meanwhile.
        let keys = self.look().await;
        if keys.in_use().is_some() {
            return Ok((keys, false));
        }
        self.0.make(&keys).await?;
        let keys = self.look().await;
        match keys.in_use() {
            Some(_) => Ok((keys, true)),
            None => Err(VaultError::Keyring("it does not give back what it took".to_owned())),
        }
    }
}

impl Inner {
    async fn read(&self) -> Keys {
        let mut keys = Keys::default();
        if !self.given.is_empty() {
            keys.places.push((Place::Given, self.given.clone()));
        }
        match self.keyring.read().await {
            Reading::Keys(held) => keys.places.push((Place::Keyring, held)),
            Reading::Empty => {}
            Reading::Absent(why) => keys.keyring_absent = Some(why),
        }
        if let Some(path) = &self.file {
            match file::read(path) {
                Ok(Some(held)) => keys.places.push((Place::File(path.clone()), held)),
                Ok(None) => {}
                Err(error) => keys.file_refused = Some(error),
            }
        }
        keys
    }

    /// Under the lock, and where `keys` says that there is none.
    async fn make(&self, keys: &Keys) -> Result<()> {
        // It may hold the key that this database needs.
        if let Some(error) = &keys.file_refused {
            return Err(error.clone().into());
        }
        let new = [Key::new_random()];
        let keyring = match &keys.keyring_absent {
            Some(why) => why.clone(),
            None => match self.write(&Place::Keyring, &new).await {
                Err(VaultError::Keyring(why)) => why,
                other => return other,
            },
        };
        match &self.file {
            Some(path) => self.write(&Place::File(path.clone()), &new).await,
            None => Err(VaultError::Nowhere { keyring }),
        }
    }

    async fn write(&self, place: &Place, keys: &[Key]) -> Result<()> {
        let text = lines(keys);
        fail_point::pass(fail_point::Kind::Step);
        match place {
            Place::Given => Err(VaultError::Given),
            Place::Keyring => self.keyring.write(text).await.map_err(VaultError::Keyring),
            Place::File(path) => Ok(file::write(path, &text)?),
        }
    }

    /// Keys are made and changed by one passbook at a time, where there is a directory to lock in.
    async fn lock(&self) -> Result<Option<std::fs::File>> {
        let Some(path) = self.file.clone() else { return Ok(None) };
        let locked = tokio::task::spawn_blocking(move || file::lock(&path)).await;
        Ok(Some(locked.expect("locking does not panic")?))
    }
}

fn lines(keys: &[Key]) -> Secret {
    let texts: Vec<Secret> = keys.iter().map(Key::text).collect();
    let length = texts.iter().map(|text| text.expose().len() + 1).sum();
    // Grown, it would leave copies behind that nobody wipes.
    let mut lines = String::with_capacity(length);
    for text in &texts {
        if !lines.is_empty() {
            lines.push('\n');
        }
        lines.push_str(text.expose());
    }
    Secret::new(lines)
}

#[cfg(test)]
mod tests;
