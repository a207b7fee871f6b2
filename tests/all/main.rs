//! One binary for all integration tests: linking is what they cost most.

#![expect(clippy::unwrap_used, reason = "in a test a failure is the message")]

mod cli;
mod config;
mod connect;
mod demo;
mod deploy;
mod documents;
mod enroll;
mod export;
mod faults;
mod fuzz;
mod insight;
mod layers;
mod program;
mod pty;
mod screens;
mod serve;
mod store;
mod support;
mod sync;
mod teller;
