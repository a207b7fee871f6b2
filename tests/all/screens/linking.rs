//! A bank that is being linked, in each of its states.

use passbook::app::connecting::{Repair, Told};
use passbook::app::{App, Event};
use passbook::domain::linking::{Browser, Doubt, LinkedBank, Linking, Missing, Place, Question};

use super::sample::household;
use super::{app, check};

const ADDRESS: &str = "http://127.0.0.1:40771/Zk3m9Xr0b1a0s7QpVt5cYh2LwE8uNf4oGd6Jx1KqRs";

fn place(browser: Browser) -> Told {
    let address = ADDRESS.to_owned();
    Told::Step(Linking::Waiting(Place { address, port: 40771, browser }))
}

fn told(size: (u16, u16), all: &[Told]) -> App {
    let mut app = app(&household(), size, "B");
    for told in all {
        app.update(Event::Connect { attempt: 1, told: told.clone() });
    }
    app
}

fn steps(size: (u16, u16), steps: &[Linking]) -> App {
    let steps = steps.iter().cloned().map(Told::Step);
    let all: Vec<Told> = [place(Browser::Opened)].into_iter().chain(steps).collect();
    told(size, &all)
}

#[test]
fn the_way_from_the_page_to_the_bank() {
    check("connecting_waiting", |size| steps(size, &[]));
    check("connecting_started", |size| steps(size, &[Linking::Opened, Linking::Started]));
    check("connecting_blocked", |size| steps(size, &[Linking::Opened, Linking::Blocked]));
    check("connecting_exited", |size| steps(size, &[Linking::Exited]));
    check("connecting_checking", |size| {
        steps(size, &[Linking::Checking("Harbor Credit Union".to_owned())])
    });
}

#[test]
fn a_computer_without_a_browser_says_how_to_reach_the_page() {
    check("connecting_no_display", |size| told(size, &[place(Browser::NoDisplay)]));
    check("connecting_no_browser", |size| {
        let failed = Browser::Failed("No such file or directory (os error 2)".to_owned());
        let spent = "12 of the 100 development enrollments you will ever have are spent, as far as \
                     this database knows.";
        told(size, &[Told::Beware(vec![spent.to_owned()]), place(failed)])
    });
}

#[test]
fn a_doubt_waits_for_an_answer() {
    check("connecting_doubt", |size| {
        told(size, &[Told::Doubt(Doubt::Unsigned("Harbor Credit Union".to_owned()))])
    });
    check("connecting_not_asked", |size| {
        let why = "api.teller.io cannot be reached: timed out";
        told(size, &[Told::Doubt(Doubt::NotAsked(why.to_owned()))])
    });
    check("connecting_same_account", |size| {
        let doubt = Doubt::SameAccount {
            listed: "Everyday Checking ·4821".to_owned(),
            known: "Everyday ·4821".to_owned(),
            compared: 12,
            same: 9,
        };
        told(size, &[Told::Doubt(doubt)])
    });
}

#[test]
fn a_bank_that_was_linked_lists_its_accounts() {
    check("connecting_linked", |size| {
        let household = household();
        let accounts = household.overview.accounts.iter().take(3);
        let bank = LinkedBank {
            enrollment: "enr_new".into(),
            institution: "Harbor Credit Union".to_owned(),
            accounts: accounts.map(|overview| overview.account.clone()).collect(),
            known: false,
            open: 1,
            told: vec!["A key was made for it, in the system's key store.".to_owned()],
        };
        told(size, &[Told::Linked(Box::new(bank))])
    });
    check("connecting_failed", |size| {
        let why = "nobody signed in within five minutes, and the page has expired; nothing was \
                   changed. Start again";
        told(size, &[Told::Failed(why.to_owned())])
    });
}

#[test]
fn what_is_missing_is_asked() {
    let missing = |wrong| {
        let questions = [
            (Question::ApplicationId, ""),
            (Question::Environment, "sandbox"),
            (Question::Certificate, ""),
            (Question::Key, ""),
        ];
        let questions = questions.map(|(asked, known)| (asked, known.to_owned())).to_vec();
        Told::Missing(Missing { questions, wrong })
    };
    check("connecting_asks", |size| told(size, &[missing(None)]));
    check("connecting_wrong", |size| {
        let why = "must be an application id, app_…, as teller.io/settings/application shows it";
        told(size, &[missing(Some((Question::ApplicationId, why.to_owned())))])
    });
}

#[test]
fn a_repair_names_its_bank() {
    check("connecting_repair", |size| {
        let mut app = app(&household(), size, "B");
        let Some(passbook::app::overlay::Overlay::Connecting(connecting)) = &mut app.overlay else {
            panic!("{:?}", app.overlay)
        };
        let institution = "Northwind Bank".to_owned();
        connecting.repair = Some(Repair { enrollment: "enr_northwind".into(), institution });
        app.update(Event::Connect { attempt: 1, told: place(Browser::Opened) });
        app
    });
}
