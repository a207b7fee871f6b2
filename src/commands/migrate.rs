//! `passbook migrate`: the versions of the database's tables, seen and moved.

mod check;
mod down;
mod grants;
mod steps;
mod up;

use std::io::Write;

use super::{Error, Result};
use crate::cli::MigrateCommand;
use crate::exit::Exit;
use crate::store::{OpenError, Store, StoreOptions};

/// What the commands are told about the database; they open it themselves, each in its own way.
pub struct Target {
    pub options: StoreOptions,
    /// For people, without a password.
    pub name: String,
}

pub async fn migrate(
    command: &MigrateCommand,
    target: &Target,
    out: &mut impl Write,
) -> Result<Exit> {
    match command {
        MigrateCommand::Status(format) => steps::status(target, format.json, out).await,
        MigrateCommand::History(format) => steps::history(target, format.json, out).await,
        MigrateCommand::Up(args) => up::up(target, args, out).await,
        MigrateCommand::Down(args) => down::down(target, args, out).await,
        MigrateCommand::Check(format) => check::check(target, format.json, out).await,
        MigrateCommand::Grants(args) => grants::grants(target, args, out).await,
    }
}

/// The database as it is, changed in nothing; `None` where there is no file yet.
async fn look(target: &Target) -> Result<Option<Store>> {
    let options = StoreOptions { read_only: true, ..target.options.clone() };
    match Store::open_as_is(options).await {
        Ok(store) => Ok(Some(store)),
        Err(OpenError::Missing { .. }) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

async fn look_at_one_that_exists(target: &Target) -> Result<Store> {
    look(target).await?.ok_or_else(|| Error::NoDatabase { name: target.name.clone() })
}
