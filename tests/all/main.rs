//! One binary for all integration tests: linking is what they cost most.

#![expect(clippy::unwrap_used, reason = "in a test a failure is the message")]

mod config;
mod demo;
mod screens;
mod store;
mod support;
mod sync;
mod teller;
