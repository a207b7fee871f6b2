//! passbook: your bank accounts, in your terminal, on your own disk.
//!
//! Five storeys; imports only go down.
//!
//! ```text
//! main        flags → config → one of the modes
//! tui  serve  commands     the screen, the headless mode, the words for scripts
//! app  view   sync  bank   state and pictures; one pass Teller → store; which bank this process asks
//! doctor      what passbook stands on, looked at piece by piece
//! connect  linking         the page that links a bank; from it to the accounts found
//! export      rows in the words of other programs
//! chart       figures as pictures
//! enroll                   a fresh token: whose it is, what it opens, how it is kept
//! store  teller  demo      the database, the bank's API, the built-in bank
//! vault                    the key, and what it seals
//! domain  clock  secret    the words of the trade
//! ```

pub mod domain;

pub mod clock;
pub mod database;
pub mod exit;
pub mod fail_point;
pub mod files;
pub mod mutant;
pub mod secret;

pub mod cli;
pub mod config;
pub mod log;

pub mod demo;
pub mod store;
pub mod teller;
pub mod vault;

pub mod bank;
pub mod chart;
pub mod connect;
pub mod doctor;
pub mod enroll;
pub mod export;
pub mod linking;
pub mod sync;

pub mod app;
pub mod view;

pub mod commands;
pub mod serve;
pub mod tui;
