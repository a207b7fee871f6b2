//! The sync's stories: the real client asks the built-in bank over HTTP and writes into each engine.

mod explained;
mod clocks;
mod faults;
mod life;
mod long_stories;
mod model;
mod odd_banks;
mod odd_rows;
mod world;
