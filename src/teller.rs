//! What Teller can answer and how it can fail, as a sync needs to know it.

pub mod client;
mod observe;
mod options;
mod pem;
mod reply;
mod request;
mod retry;
mod tls;
mod transport;
pub mod webhook;
pub mod wire;

use std::time::Duration;

use chrono::NaiveDate;

use crate::domain::{
    Account, AccountId, Ailment, Institution, Money, Transaction, TransactionId, disconnected,
};
use crate::secret::Secret;

pub use client::Client;
pub use observe::{Observation, Observer};
pub use options::{ClientOptions, Identity};
pub use pem::certificate_expiry;
pub use retry::Pacing;

/// The failures a sync decides on. Each message says what happened and what the reader can do;
/// none holds a URL with an id, a token or a body.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// Certificate, key, CA file or URL: found out before or during the handshake, never retried.
    #[error("{0}")]
    Configuration(String),
    /// 401 or 403: the token is invalid, revoked, or belongs to another application's certificate.
    #[error("Teller refused the access token: it is wrong, revoked, or was made for another application's certificate{}", trace(.request_id.as_deref()))]
    TokenRefused { request_id: Option<String> },
    /// 404 with `enrollment.disconnected…`: the whole enrollment waits for the user.
    #[error("{}{}", disconnected_sentence(.code), trace(.request_id.as_deref()))]
    Disconnected { code: String, request_id: Option<String> },
    /// 410 with `account.closed…`.
    #[error("the bank closed this account, or Teller can no longer see it{}", trace(.request_id.as_deref()))]
    AccountClosed { code: String, request_id: Option<String> },
    /// Any other 404: absent, or not offered by this bank.
    #[error("Teller has no such resource ({code}){}", trace(.request_id.as_deref()))]
    NotFound { code: String, request_id: Option<String> },
    /// 429 to the end of all tries, or a wait longer than a sync may take.
    #[error("too many requests: Teller asks to wait{}", trace(.request_id.as_deref()))]
    RateLimited { retry_after: Option<Duration>, request_id: Option<String> },
    /// 5xx to the end of all tries.
    #[error("the bank or Teller is out of order (status {status}); try again later{}", trace(.request_id.as_deref()))]
    Unavailable { status: u16, request_id: Option<String> },
    /// No answer: no network, no name, refused, reset, timed out. The cause names no URL.
    #[error("{host} cannot be reached: {cause}")]
    Unreachable { host: String, cause: String },
    /// An answer that is not Teller's: HTML, cut or malformed JSON, too large, another shape.
    #[error("not Teller's answer: {what}{}", trace(.request_id.as_deref()))]
    Unexpected { what: String, request_id: Option<String> },
    /// Any other 4xx.
    #[error("Teller refused the request (status {status}, {code}){}", trace(.request_id.as_deref()))]
    Rejected { status: u16, code: String, request_id: Option<String> },
}

pub type Result<T, E = Error> = std::result::Result<T, E>;

/// One page of `GET …/transactions`, read row by row.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// In the bank's order, newest first. Ids may repeat.
    pub rows: Vec<Row>,
    /// Rows that could not be read, in no order.
    pub rejected: Vec<Rejected>,
    /// Elements of the reply, readable or not: 0 is an empty page.
    pub length: usize,
}

/// A readable row and its own bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    pub transaction: Transaction,
    pub raw: String,
}

/// What is known of a transaction whose id could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Charge {
    pub date: NaiveDate,
    /// In our sign.
    pub amount: Money,
    /// Empty where it could not be read.
    pub description: String,
    pub posted: bool,
}

/// A row that costs itself and nothing else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rejected<Id = TransactionId> {
    /// `None`: not even the id could be read.
    pub id: Option<Id>,
    /// Of a transaction, if day and amount could be read.
    pub charge: Option<Charge>,
    /// Names the field and what is wrong with it, never its value.
    pub reason: String,
    pub raw: String,
}

/// What `GET /accounts` lists.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AccountList {
    /// In the bank's order, each id once, each with its own bytes.
    pub accounts: Vec<(Account, String)>,
    pub rejected: Vec<Rejected<AccountId>>,
    /// Elements of the reply, readable or not.
    pub length: usize,
}

/// What `GET …/details` says. Never asked for by a sync.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Details {
    pub account_number: Secret,
    pub ach: Option<Secret>,
    pub wire: Option<Secret>,
    pub bacs: Option<Secret>,
}

/// One element of `GET /identity`: an account and the people it belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ownership {
    pub account: Account,
    pub owners: Vec<Owner>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Owner {
    /// `person`, `organization`, `unknown`.
    pub kind: String,
    pub names: Vec<String>,
    /// Each as the lines of an envelope.
    pub addresses: Vec<Vec<String>>,
    pub phone_numbers: Vec<String>,
    pub emails: Vec<String>,
}

/// One element of `GET /institutions`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    pub institution: Institution,
    /// `balance`, `transactions`, `identity` …
    pub products: Vec<String>,
}

/// A list whose unreadable elements cost themselves only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listing<T> {
    pub items: Vec<T>,
    pub rejected: Vec<Rejected<String>>,
}

/// The query of one page. All bounds are inclusive; `from_id` is exclusive and goes backwards.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PageQuery {
    pub count: Option<u32>,
    pub from_id: Option<TransactionId>,
    pub start_date: Option<NaiveDate>,
    pub end_date: Option<NaiveDate>,
}

impl Error {
    /// A word for machines: Teller's code where there is one.
    pub fn code(&self) -> &str {
        match self {
            Self::Configuration(_) => "configuration",
            Self::TokenRefused { .. } => "forbidden",
            Self::Disconnected { code, .. }
            | Self::AccountClosed { code, .. }
            | Self::NotFound { code, .. }
            | Self::Rejected { code, .. } => code,
            Self::RateLimited { .. } => "rate_limited",
            Self::Unavailable { .. } => "unavailable",
            Self::Unreachable { .. } => "offline",
            Self::Unexpected { .. } => "unexpected_answer",
        }
    }

    /// Nobody said no: the same question may be answered a minute later.
    pub fn may_pass(&self) -> bool {
        matches!(
            self,
            Self::RateLimited { .. }
                | Self::Unavailable { .. }
                | Self::Unreachable { .. }
                | Self::Unexpected { .. }
        )
    }

    /// It concerns every account of the enrollment: asking for the next one is pointless.
    pub fn concerns_enrollment(&self) -> bool {
        matches!(
            self,
            Self::Configuration(_)
                | Self::TokenRefused { .. }
                | Self::Disconnected { .. }
                | Self::RateLimited { .. }
                | Self::Unreachable { .. }
        )
    }
}

fn trace(request_id: Option<&str>) -> String {
    request_id.map(|id| format!(" (request {id})")).unwrap_or_default()
}

fn disconnected_sentence(code: &str) -> String {
    let Ailment { what, remedy, .. } = disconnected(code);
    format!("{what}: {remedy}")
}
