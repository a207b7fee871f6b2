//! Crashes, damage and rivals: what the real program leaves in its database.

pub mod crashes;
mod damage;
mod middle;
mod servers;
mod upgrades;
