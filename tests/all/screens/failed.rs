//! A start that failed, and the checks of what passbook stands on.

use passbook::app::{App, Event, Setup};
use passbook::domain::{Check, Checked, Judgement};
use passbook::exit::Exit;

use super::press;
use super::sample::{Sample, household, setup};

/// The page once everything is known, after these keys.
pub fn start(size: (u16, u16), keys: &str) -> App {
    let (mut app, _) = App::start(Setup { opened: false, ..setup(size.0, size.1) });
    for _ in 0..2 {
        press(&Sample::default(), &mut app, keys);
        let sentence =
            "db.example.com:5432 refuses the password of passbook: set DATABASE_URL again";
        let sentence = sentence.to_owned();
        app.update(Event::OpenFailed { sentence, exit: Exit::DatabaseUnreachable });
        app.update(Event::Checked(checked()));
    }
    app
}

/// The page with all checks asked for before the first ones are over.
pub fn waiting(size: (u16, u16)) -> App {
    let (mut app, _) = App::start(Setup { opened: false, ..setup(size.0, size.1) });
    let sentence = "/home/ann/passbook.db is not a SQLite database".to_owned();
    app.update(Event::OpenFailed { sentence, exit: Exit::DatabaseUnreachable });
    press(&Sample::default(), &mut app, "d");
    app
}

/// Over the accounts.
pub fn checks(size: (u16, u16), keys: &str) -> App {
    let sample = household();
    let mut app = sample.start(setup(size.0, size.1));
    press(&sample, &mut app, "! d");
    app.update(Event::Checked(checked()));
    press(&sample, &mut app, keys);
    app
}

fn checked() -> Checked {
    use Judgement::{Failed, Fine, NotLookedAt, Warning};
    let check = |(name, judgement, what): (&'static str, _, &str)| Check {
        name,
        judgement,
        what: what.to_owned(),
        cause: (judgement == Failed).then(|| {
            "the password was changed where the database is kept, or the URL names another server"
                .to_owned()
        }),
        remedy: matches!(judgement, Failed | Warning)
            .then(|| "copy the new URL and set DATABASE_URL again".to_owned()),
    };
    let checks = [
        ("configuration", Fine, "~/.config/passbook/config.toml was read"),
        ("environment", Warning, "TELER_ACCESS_TOKEN is read by nobody"),
        ("data directory", Fine, "/home/ann/.local/share/passbook is the user's alone"),
        ("server", Fine, "got past it"),
        ("encryption", Fine, "got past it"),
        ("sign-in", Failed, "refused for \u{1b}[31mpassbook: password authentication failed"),
        ("database", NotLookedAt, "see above"),
        ("integrity", NotLookedAt, "there is no database to ask"),
        ("clock", NotLookedAt, "there is no database to ask"),
        ("rights", NotLookedAt, "there is no database to ask"),
        ("bank", Fine, "api.teller.io answered"),
        ("terminal", Fine, "120×36, 256 colours, Unicode"),
    ];
    Checked { checks: checks.map(check).to_vec(), report: None }
}
