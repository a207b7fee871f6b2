//! The sync's stories: the real client asks the built-in bank over HTTP and writes into each engine.

mod adopted;
mod by_hand;
mod clocks;
mod disks;
mod explained;
mod faults;
mod followed;
mod joined;
mod life;
mod long_stories;
mod model;
mod odd_banks;
mod odd_rows;
mod quarantine;
mod restarts;
pub mod world;
