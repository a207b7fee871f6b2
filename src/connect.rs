//! Linking a bank in the browser: one page on loopback, and the one answer taken from it.

mod answer;
mod browser;
mod door;
mod page;
mod script;
mod server;
mod signature;

use chrono::TimeDelta;

pub use browser::open;
pub use script::{Script, ScriptError};
pub use server::{Happened, Listener, Verdict, listen};
pub use signature::{KeyError, SigningKey, Variant};

use crate::clock::Clock;
use crate::secret::Secret;

/// How long the page is served: long enough to sign in at a bank, too short to be forgotten.
pub const LIFE: TimeDelta = TimeDelta::minutes(5);

/// What Connect is asked to offer. Nothing that would show account numbers.
pub const PRODUCTS: [&str; 2] = ["transactions", "balance"];

/// What the page says and asks for. Nothing in it is secret.
#[derive(Clone, Debug)]
pub struct Attempt {
    pub application_id: String,
    /// `sandbox`, `development`, `production`.
    pub environment: String,
    pub products: Vec<String>,
    /// Skips the list of banks.
    pub institution: Option<String>,
    pub repair: Option<Repair>,
    pub script: Script,
    /// Where the token will be kept, as people read it.
    pub kept_in: String,
    /// 0: any that is free.
    pub port: u16,
    pub clock: Clock,
}

/// An enrollment whose login is made anew.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Repair {
    pub enrollment_id: String,
    /// The bank's name, as it was told before.
    pub institution: String,
}

/// What Connect handed over. The token has been on no disk, in no URL and in no log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Linked {
    pub token: Secret,
    pub user_id: String,
    pub enrollment_id: String,
    pub institution_name: String,
    pub institution_id: Option<String>,
    pub signatures: Vec<String>,
    /// Made here for this attempt; what the signatures begin with.
    pub nonce: String,
}

/// What the signatures say of who handed over the token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trust {
    /// No signing key is configured: nobody can tell.
    Unasked,
    Signed(Variant),
    /// There is a key, and no signature that it made.
    Unsigned,
}

impl Linked {
    pub fn trust(&self, key: Option<&SigningKey>, environment: &str) -> Trust {
        let Some(key) = key else { return Trust::Unasked };
        let said = [
            self.nonce.as_str(),
            self.token.expose(),
            &self.user_id,
            &self.enrollment_id,
            environment,
        ];
        let said = Secret::new(said.join("."));
        match key.verify(said.expose(), &self.signatures) {
            Some(variant) => Trust::Signed(variant),
            None => Trust::Unsigned,
        }
    }
}
