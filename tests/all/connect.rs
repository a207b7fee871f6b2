//! The page that links a bank: in a real browser, and against requests that no browser would send.

pub mod browser;
mod forged;
mod linked;
mod page;

use std::time::Duration;

use chrono::NaiveDate;
use passbook::clock::Clock;
use passbook::connect::Verdict;
use passbook::connect::{self, Attempt, Happened, Linked, Listener, PRODUCTS, Repair, Script};
use passbook::demo::{Bank, BankOptions};

/// Far longer than anything here takes.
const PATIENCE: Duration = Duration::from_mins(1);

async fn bank() -> Bank {
    let today = NaiveDate::from_ymd_opt(2026, 11, 22).unwrap();
    Bank::start(BankOptions::two_years(1, today)).await.unwrap()
}

fn attempt(script: &str) -> Attempt {
    Attempt {
        application_id: "app_pa7q2k4m9xv3t8b1a0000".to_owned(),
        environment: "sandbox".to_owned(),
        products: PRODUCTS.map(str::to_owned).to_vec(),
        institution: None,
        repair: None,
        script: Script::parse(script).unwrap(),
        kept_in: "~/.local/share/passbook/passbook.db".to_owned(),
        port: 0,
        clock: Clock::default(),
    }
}

fn repair(bank: &Bank) -> Attempt {
    let enrollment_id = bank.enrollment_ids()[0].as_str().to_owned();
    let institution = "Harbor Credit Union".to_owned();
    let repair = Some(Repair { enrollment_id, institution });
    Attempt { repair, ..attempt(&bank.connect_script()) }
}

async fn listen(attempt: Attempt) -> Listener {
    connect::listen(attempt).await.unwrap()
}

/// Passes over what happens until this does.
async fn until(listener: &mut Listener, wanted: fn(&Happened) -> bool) -> Happened {
    let found = async {
        loop {
            let happened = listener.next().await;
            if wanted(&happened) {
                return happened;
            }
        }
    };
    tokio::time::timeout(PATIENCE, found).await.expect("it happens")
}

async fn linked(listener: &mut Listener) -> (Box<Linked>, Verdict) {
    match until(listener, |it| matches!(it, Happened::Linked(..))).await {
        Happened::Linked(linked, verdict) => (linked, verdict),
        other => panic!("{other:?}"),
    }
}
