//! The passphrase of the screen: never itself, only what proves it, with how that was made.

use argon2::password_hash::{PasswordHash, PasswordHasher as _, PasswordVerifier as _, SaltString};
use argon2::{Algorithm, Argon2, Params, Version};
use color_eyre::eyre::{WrapErr as _, eyre};
use color_eyre::{Report, Result};
use rand::RngCore as _;

use super::Store;
use crate::secret::Secret;

const NAME: &str = "lock.passphrase";
/// KiB, rounds and lanes: about a fifth of a second. Others, of an older passbook, are read from
/// what is stored.
const COST: (u32, u32, u32) = (64 * 1024, 3, 1);

/// Why a passphrase was not set.
#[derive(Debug, thiserror::Error)]
pub enum PassphraseError {
    #[error("that is not the present passphrase")]
    Wrong,
    #[error(transparent)]
    Store(#[from] Report),
}

impl Store {
    pub async fn has_passphrase(&self) -> Result<bool> {
        Ok(self.load_setting(NAME).await?.is_some())
    }

    /// Without a passphrase everything is right.
    pub async fn check_passphrase(&self, given: Secret) -> Result<bool> {
        let Some(stored) = self.load_setting(NAME).await? else { return Ok(true) };
        slowly(move || proves(&stored, &given)).await
    }

    /// Sets, changes or, without a new one, removes it.
    pub async fn set_passphrase(
        &self,
        old: Option<Secret>,
        new: Option<Secret>,
    ) -> Result<(), PassphraseError> {
        let old = old.unwrap_or_else(|| Secret::new(""));
        if !self.check_passphrase(old).await? {
            return Err(PassphraseError::Wrong);
        }
        match new {
            Some(new) => {
                let proof = slowly(move || proof_of(&new)).await?;
                self.save_setting(NAME, &proof).await?;
            }
            None => self.forget_setting(NAME).await?,
        }
        Ok(())
    }
}

/// Away from the threads that answer keys.
async fn slowly<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    tokio::task::spawn_blocking(work).await.wrap_err("working on the passphrase")?
}

fn proof_of(passphrase: &Secret) -> Result<String> {
    let (memory, rounds, lanes) = COST;
    let params = Params::new(memory, rounds, lanes, None).map_err(|error| eyre!("{error}"))?;
    let mut salt = [0; 16];
    rand::rng().fill_bytes(&mut salt);
    let salt = SaltString::encode_b64(&salt).map_err(|error| eyre!("{error}"))?;
    let argon = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    let proof = argon.hash_password(passphrase.expose().as_bytes(), &salt);
    Ok(proof.map_err(|error| eyre!("{error}"))?.to_string())
}

fn proves(stored: &str, given: &Secret) -> Result<bool> {
    let proof = PasswordHash::new(stored)
        .map_err(|_| eyre!("what is stored of the passphrase cannot be read"))?;
    Ok(Argon2::default().verify_password(given.expose().as_bytes(), &proof).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_stored_says_how_it_was_made_and_nothing_else() {
        let secret = Secret::new("correct horse");
        let stored = proof_of(&secret).unwrap();
        assert!(stored.starts_with("$argon2id$v=19$m=65536,t=3,p=1$"), "{stored}");
        assert!(!stored.contains("horse"));
        assert!(proves(&stored, &secret).unwrap());
        assert!(!proves(&stored, &Secret::new("correct horse ")).unwrap());
        assert_ne!(stored, proof_of(&secret).unwrap(), "each has a salt of its own");
    }

    #[test]
    fn what_an_older_passbook_stored_is_read_by_its_own_cost() {
        let cheap = Argon2::new(
            Algorithm::Argon2id,
            Version::V0x13,
            Params::new(1024, 1, 1, None).unwrap(),
        );
        let salt = SaltString::encode_b64(&[7; 16]).unwrap();
        let stored = cheap.hash_password(b"old", &salt).unwrap().to_string();
        assert!(proves(&stored, &Secret::new("old")).unwrap());
        assert!(proves("nonsense", &Secret::new("old")).is_err());
    }
}
