//! What a database of the Python app may hold, and the first run that finds it.

use std::path::PathBuf;

use passbook::app::{App, Event, FirstRun, Found, FoundPlace, Setup};
use passbook::domain::{OtherTable, Survey};

use super::press;
use super::sample::{Sample, setup};

fn place(number: usize) -> FoundPlace {
    let path = format!("/home/ann/devin_teller/python/{number}/devin_teller.db");
    FoundPlace::File(PathBuf::from(path))
}

/// So many files were found.
pub fn first_run(size: (u16, u16), files: usize, keys: &str) -> App {
    let found = (0..files).map(|number| {
        let shown = format!("~/devin_teller/python/{number}/devin_teller.db");
        Found { place: place(number), shown }
    });
    let first_run = FirstRun {
        database: "~/.local/share/passbook/passbook.db".to_owned(),
        postgres: false,
        config: "~/.config/passbook/config.toml".to_owned(),
        log: Some("~/.local/state/passbook".to_owned()),
        token: false,
        bank_host: "api.teller.io".to_owned(),
        found: found.collect(),
    };
    let first_run = Some(first_run);
    let mut app = App::start(Setup { first_run, opened: false, ..setup(size.0, size.1) }).0;
    press(&Sample::default(), &mut app, keys);
    app
}

/// The first file, told.
pub fn told(size: (u16, u16), keys: &str) -> App {
    let mut app = first_run(size, 1, "2");
    app.update(Event::Surveyed { place: place(0), survey: Ok(Box::new(survey())) });
    press(&Sample::default(), &mut app, keys);
    app
}

pub fn unreadable(size: (u16, u16)) -> App {
    let mut app = first_run(size, 1, "2");
    let sentence = "~/devin_teller.db holds tables of these names that are another program's; \
                    nothing was changed:\n  accounts has no column id\n  \u{1b}[31mred";
    app.update(Event::Surveyed { place: place(0), survey: Err(sentence.to_owned()) });
    app
}

fn survey() -> Survey {
    Survey {
        place: "/home/ann/devin_teller/python/0/devin_teller.db".to_owned(),
        engine: "SQLite",
        bytes: Some(1_430_000),
        changed_at: Some("2025-10-09T14:00:00Z".parse().unwrap()),
        state: "app",
        sentence: "Made by the Python app: its tables were built directly, without Alembic.",
        accounts: 2,
        balances: 214,
        unknown_ledgers: 9,
        transactions: 1032,
        first_day: Some("2025-09-01".parse().unwrap()),
        last_day: Some("2025-10-09".parse().unwrap()),
        pending: 17,
        orphans: 3,
        test_rows: 3,
        compared: 1032,
        others: ["llc_accounts", "llc_members", "llc_rent_totals"]
            .map(|table| OtherTable { table: table.to_owned(), rows: 12 })
            .to_vec(),
        ..Survey::default()
    }
}
