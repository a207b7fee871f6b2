//! Enrollments made, repaired and ended, on both engines.

mod canary;
mod cut_short;
mod keyring;
mod linked;
mod merged;
pub mod program;
mod repaired;

use std::path::Path;

use passbook::enroll::{self, EnrollError, Found, Fresh, Kept};
use passbook::secret::Secret;
use passbook::sync::{Access, SyncRequest, Ways};
use passbook::vault::{Vault, VaultOptions};
use tempfile::TempDir;

use crate::sync::world::{World, worlds};

/// A world with a key of its own.
struct Desk {
    world: World,
    vault: Vault,
    home: TempDir,
}

async fn desks() -> Vec<Desk> {
    let desk = |world| {
        let home = tempfile::tempdir().unwrap();
        Desk { world, vault: vault_at(&home.path().join("key")), home }
    };
    worlds().await.into_iter().map(desk).collect()
}

/// Keys in a file: no test asks the keyring of whoever runs it.
fn vault_at(file: &Path) -> Vault {
    let file = Some(file.to_owned());
    Vault::new(VaultOptions { given: Vec::new(), use_keyring: false, file })
}

impl Desk {
    fn token(&self, enrollment: usize) -> Secret {
        self.world.bank.tokens().remove(enrollment)
    }

    fn fresh(&self, enrollment: usize) -> Fresh {
        Fresh::read(self.token(enrollment).expose(), "sandbox").unwrap()
    }

    async fn look(&self, fresh: Fresh) -> Result<Found, EnrollError> {
        enroll::look(&self.world.client(), self.world.store(), fresh).await
    }

    async fn keep(&self, found: Found) -> Kept {
        enroll::keep(self.world.store(), &self.vault, found, &[]).await.unwrap()
    }

    async fn link(&self, enrollment: usize) -> Kept {
        self.keep(self.look(self.fresh(enrollment)).await.unwrap()).await
    }
    /// With the tokens that the database keeps, as the program does.
    async fn sync(&self) {
        let mut ways = Ways::default();
        for one in self.world.store().load_sealed_tokens().await.unwrap() {
            ways.open.push(Access {
                client: self.world.client(),
                token: self.vault.open(&one.sealed, &one.id, &one.environment).await.unwrap(),
                environment: one.environment,
                enrollment: Some(one.id),
            });
        }
        let request = SyncRequest { trigger: "command", ..SyncRequest::default() };
        self.world.run_ways(ways, &request).await;
    }
}
