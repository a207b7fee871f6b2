//! The Teller client against recorded replies, odd rows, broken networks and real certificates.
#![expect(clippy::unwrap_used, reason = "what a test cannot set up shall end it")]

pub mod authority;
mod bank;
mod failures;
mod files;
mod floods;
mod gzip;
mod mutual_tls;
mod odd_accounts;
mod odd_rows;
mod recorded;
mod requests;
mod retries;
mod secrecy;
mod transport;

use passbook::domain::{Account, AccountKind, AccountStatus, Currency, Institution};
use passbook::secret::Secret;

const TOKEN: &str = "test_token_planted";

fn token() -> Secret {
    Secret::new(TOKEN)
}

fn account(kind: AccountKind) -> Account {
    Account {
        id: "acc_1".into(),
        enrollment_id: "enr_1".into(),
        institution: Institution { id: "bank".to_owned(), name: "Bank".to_owned() },
        name: "Checking".to_owned(),
        kind,
        subtype: None,
        currency: Currency::USD,
        last_four: None,
        status: AccountStatus::Open,
        has_balances: true,
        has_transactions: true,
    }
}

fn checking() -> Account {
    account(AccountKind::Depository)
}

fn card() -> Account {
    account(AccountKind::Credit)
}
