//! Ending an enrollment at the bank, before it is forgotten here.

use color_eyre::Report;

use super::Bank;
use crate::domain::EnrollmentId;
use crate::secret::Secret;
use crate::store::Store;
use crate::teller::{self, Client};

/// What the bank said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    Now,
    /// The bank knows nothing of it any more.
    Before,
}

/// Why the bank could not be told. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum EndError {
    #[error("there is no access token for it here, so Teller cannot be told")]
    NoToken,
    /// The token does not open, or the bank may not be asked: why.
    #[error("{0}")]
    Shut(String),
    #[error("{0}")]
    Bank(teller::Error),
    #[error("{0:#}")]
    Store(#[from] Report),
}

impl Bank {
    /// Deletes Teller's access. One that is gone already is a success.
    pub async fn end(&self, store: &Store, id: &EnrollmentId) -> Result<Ended, EndError> {
        let (client, token) = self.way_to(store, id).await?;
        match client.delete_enrollment(&token).await {
            Ok(()) => Ok(Ended::Now),
            Err(teller::Error::TokenRefused { .. } | teller::Error::Disconnected { .. }) => {
                Ok(Ended::Before)
            }
            Err(error) => Err(EndError::Bank(error)),
        }
    }

    async fn way_to(&self, store: &Store, id: &EnrollmentId) -> Result<(Client, Secret), EndError> {
        let ways = self.ways(store, None).await?;
        for access in ways.open {
            let found = if let Some(enrollment) = &access.enrollment {
                enrollment == id
            } else {
                let known = store.load_enrollment_of(&access.token).await?;
                known.is_some_and(|known| known.id == *id)
            };
            if found {
                return Ok((access.client, access.token));
            }
        }
        let shut = ways.shut.into_iter().find(|shut| shut.enrollment_id.as_ref() == Some(id));
        Err(shut.map_or(EndError::NoToken, |shut| EndError::Shut(shut.message)))
    }
}
