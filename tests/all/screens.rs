//! Pictures of every screen, at both sizes, from one imaginary household.
#![expect(clippy::unwrap_used, reason = "helpers of tests, which clippy does not see as such")]

mod categories;
mod derived;
mod enrollments;
mod failed;
mod feel;
mod finding;
mod found;
mod keeping;
mod linking;
mod sample;
mod sorting;
mod syncing;

use std::collections::HashSet;
use std::fmt::Write as _;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use passbook::app::exporting::Exported;
use passbook::app::theme::Theme;
use passbook::app::{App, Event, FirstRun, Setup};
use passbook::domain::{
    AccountKind, EnrollmentState, Life, Outcome, Retried, Status, SyncEvent, SyncReport,
};
use passbook::exit::Exit;
use passbook::view;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Color, Modifier};

use sample::{Sample, household, now, setup, spoilt, usd};
use syncing::{failure, run, syncing};

fn draw(app: &App) -> Buffer {
    let (width, height) = app.setup.size;
    let mut buffer = Buffer::empty(Rect::new(0, 0, width, height));
    view::draw_on(&mut buffer, app);
    buffer
}

/// The letters of the screen, a line each, without blanks at their ends.
fn picture(app: &App) -> String {
    let buffer = draw(app);
    let mut text = String::new();
    for y in 0..buffer.area.height {
        let mut line = String::new();
        let mut skip = 0;
        for x in 0..buffer.area.width {
            if skip == 0 {
                let symbol = buffer[(x, y)].symbol();
                line.push_str(symbol);
                skip = view::text::width(symbol).saturating_sub(1);
            } else {
                skip -= 1;
            }
        }
        writeln!(text, "{}", line.trim_end()).unwrap();
    }
    text
}

fn press(sample: &Sample, app: &mut App, keys: &str) {
    for word in keys.split_whitespace() {
        let code = match word {
            "enter" => KeyCode::Enter,
            "esc" => KeyCode::Esc,
            "tab" => KeyCode::Tab,
            "down" => KeyCode::Down,
            "space" => KeyCode::Char(' '),
            _ => KeyCode::Char(word.chars().next().unwrap()),
        };
        sample.send(app, Event::Key(KeyEvent::new(code, KeyModifiers::NONE)));
    }
}

fn app(sample: &Sample, (width, height): (u16, u16), keys: &str) -> App {
    app_with(sample, setup(width, height), keys)
}

fn app_with(sample: &Sample, setup: Setup, keys: &str) -> App {
    let mut app = sample.start(setup);
    press(sample, &mut app, keys);
    app
}

const SIZES: [(u16, u16); 2] = [(120, 36), (80, 24)];

/// One picture a size.
fn check(name: &str, make: impl Fn((u16, u16)) -> App) {
    for (width, height) in SIZES {
        let picture = picture(&make((width, height)));
        insta::with_settings!({ prepend_module_to_snapshot => false, snapshot_path => "snapshots", omit_expression => true }, {
            insta::assert_snapshot!(format!("{name}_{width}x{height}"), picture);
        });
    }
}

#[test]
fn accounts() {
    check("accounts", |size| app(&household(), size, "l j j"));
}

#[test]
fn accounts_without_the_second_pane() {
    check("accounts_zoomed", |size| app(&household(), size, "j z"));
    for pane in ["", "tab"] {
        let app = app(&household(), (70, 20), pane);
        let name = if pane.is_empty() { "one_pane_left" } else { "one_pane_right" };
        insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
            insta::assert_snapshot!(name, picture(&app));
        });
    }
}

#[test]
fn accounts_masked() {
    check("masked", |size| app(&household(), size, "l j j p"));
}

#[test]
fn accounts_in_ascii() {
    check("ascii", |size| {
        app_with(&household(), Setup { ascii: true, ..setup(size.0, size.1) }, "l j j")
    });
}

#[test]
fn an_empty_store() {
    check("empty", |size| {
        Sample::default().start(Setup { can_sync: false, ..setup(size.0, size.1) })
    });
    check("empty_offline", |(width, height)| {
        let offline = Setup { can_sync: false, offline: true, ..setup(width, height) };
        app_with(&Sample::default(), offline, "r")
    });
    check("empty_syncing", |size| app(&Sample::default(), size, "r"));
}

#[test]
fn a_store_that_cannot_be_read() {
    check("failing", |size| {
        let (mut app, _) = App::start(setup(size.0, size.1));
        app.update(Event::LoadFailed {
            what: passbook::app::Load::Overview,
            message: "reading the accounts: the database is locked".to_owned(),
        });
        app
    });
}

#[test]
fn several_currencies_and_a_possible_duplicate() {
    check("currencies", |size| {
        let mut sample = household();
        let codes = ["USD", "USD", "JPY", "KWD", "EUR", "USD"];
        for (account, code) in sample.overview.accounts.iter_mut().zip(codes) {
            let currency = passbook::domain::Currency::parse(code).unwrap();
            account.account.currency = currency;
            for snapshot in account.snapshots.iter_mut().chain(&mut account.latest) {
                let balance = &mut snapshot.balance;
                for money in [&mut balance.ledger, &mut balance.available].into_iter().flatten() {
                    money.currency = currency;
                }
            }
        }
        sample.overview.accounts[1].possible_duplicate = true;
        sample.overview.accounts[5].latest.as_mut().unwrap().balance.ledger = None;
        app(&sample, size, "")
    });
}

#[test]
fn transactions_of_all_accounts() {
    check("transactions", |size| app(&household(), size, "2 j j"));
}

#[test]
fn rows_that_the_bank_withdrew() {
    check("gone", |size| {
        let mut sample = household();
        sample.rows[1].life = Life::Gone;
        sample.rows[3].life = Life::Replaced;
        app(&sample, size, "2 w j")
    });
}

#[test]
fn withdrawn_rows_show_only_while_asked_for() {
    let mut sample = household();
    sample.rows[1].life = Life::Gone;
    let mut app = app(&sample, (120, 36), "2");
    let all = sample.rows.len();
    for shown in [all - 1, all, all - 1] {
        assert_eq!(app.list().unwrap().rows().len(), shown);
        assert_eq!(app.list().unwrap().count(), Some(shown as u64));
        press(&sample, &mut app, "w");
    }
}

#[test]
fn withdrawn_rows_alone_with_those_first_that_have_a_note() {
    check("gone_only", |size| app(&spoilt(), size, "2 W j"));
    check("gone_only_of_an_account", |size| app(&spoilt(), size, "l W"));
    check("gone_only_none", |size| app(&household(), size, "2 W"));
}

#[test]
fn a_withdrawn_transaction() {
    check("gone_detail", |size| app(&spoilt(), size, "2 w j enter"));
}

#[test]
fn what_a_withdrawn_row_may_have_become() {
    check("matching", |size| app(&spoilt(), size, "2 w j M j"));
    check("matching_scrolled", |size| app(&spoilt(), size, "2 w j M G"));
    check("matching_none", |size| {
        app(&Sample { candidates: Vec::new(), ..spoilt() }, size, "2 w j M")
    });
    check("matching_masked", |size| app(&spoilt(), size, "p 2 w j M"));
    check("matched", |size| {
        let sample = spoilt();
        let mut app = app(&sample, size, "2 w j M enter");
        let came = sample.candidates[0].key();
        sample.send(&mut app, Event::PairMade { came });
        app
    });
}

#[test]
fn rows_that_could_not_be_read() {
    let synced = || {
        let mut sample = spoilt();
        let mut run = run(&sample, 4, Outcome::Ok);
        run.results.iter_mut().for_each(|result| result.outcome = Outcome::Ok);
        sample.runs.insert(0, run);
        sample
    };
    check("aside", |size| app(&synced(), size, "5 a j"));
    check("aside_raw", |size| app(&synced(), size, "5 a j enter j j"));
    check("aside_raw_masked", |size| app(&synced(), size, "p 5 a j enter"));
    check("aside_none", |size| app(&Sample { aside: Vec::new(), ..synced() }, size, "5 a"));
    check("aside_retried", |size| {
        let sample = synced();
        let mut app = app(&sample, size, "5 a t");
        let retried = Retried { read: 1, overtaken: 1, unreadable: 1, busy: 0 };
        let sample = Sample { aside: sample.aside[2..].to_vec(), ..sample };
        sample.send(&mut app, Event::QuarantineRetried(retried));
        app
    });
}

#[test]
fn a_transaction() {
    check("detail", |size| app(&household(), size, "l j j enter"));
}

#[test]
fn its_raw_record() {
    check("raw", |size| app(&household(), size, "l j j i"));
    check("raw_masked", |size| app(&household(), size, "p l j j i"));
}

#[test]
fn help() {
    check("help", |size| app(&household(), size, "l ?"));
    check("help_search", |size| app(&household(), size, "? c o p y down"));
}

#[test]
fn what_may_follow_a_prefix() {
    check("prefix", |size| {
        let mut app = app(&household(), size, "l y");
        app.update(Event::Tick(now()));
        app
    });
}

#[test]
fn what_goes_out() {
    check("export", |size| app(&household(), size, "l E down down"));
    check("export_in_the_way", |size| {
        let mut app = app(&household(), size, "2 E enter");
        let path = "~/passbook-2026-11-22.csv".to_owned();
        app.update(Event::Exported { path, outcome: Exported::InTheWay });
        app
    });
    check("export_failed", |size| {
        let mut app = app(&household(), size, "l E tab enter");
        let path = "~/passbook-2026-11-22.csv".to_owned();
        let why = "/home/me/passbook-2026-11-22.csv cannot be written (Permission denied); nothing was changed";
        app.update(Event::Exported { path, outcome: Exported::Failed(why.to_owned()) });
        app
    });
}

#[test]
fn problems() {
    check("problems", |size| app(&household(), size, "! j"));
}

#[test]
fn a_terminal_that_is_too_small() {
    for (width, height) in [(59, 24), (80, 14), (20, 3)] {
        let picture = picture(&app(&household(), (width, height), ""));
        insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
            insta::assert_snapshot!(format!("too_small_{width}x{height}"), picture);
        });
    }
}

#[test]
fn a_first_run() {
    for token in [false, true] {
        let first_run = FirstRun {
            database: "~/.local/share/passbook/passbook.db".to_owned(),
            postgres: false,
            config: "~/.config/passbook/config.toml".to_owned(),
            log: Some("~/.local/state/passbook/passbook.log".to_owned()),
            token,
            bank_host: "api.teller.io".to_owned(),
            found: Vec::new(),
        };
        check(if token { "first_run_token" } else { "first_run" }, |size| {
            let first_run = Some(first_run.clone());
            let setup = Setup { first_run, opened: false, ..setup(size.0, size.1) };
            let mut app = App::start(setup).0;
            press(&Sample::default(), &mut app, "j");
            app
        });
    }
}

#[test]
fn a_first_run_that_finds_what_the_python_app_left() {
    check("first_run_found", |size| found::first_run(size, 1, "j"));
    check("first_run_found_many", |size| found::first_run(size, 8, "G"));
}

#[test]
fn a_database_that_was_found() {
    check("found_reading", |size| found::first_run(size, 1, "2"));
    check("found", |size| found::told(size, ""));
    check("found_report", |size| found::told(size, "d"));
    check("found_taking", |size| found::told(size, "c"));
    check("found_unreadable", found::unreadable);
    check("found_failed", |size| {
        let mut app = found::told(size, "v");
        let sentence = "3 amounts differ from the bank's own records beside them, txn_1 for one: \
                        nothing was changed; look at these rows first";
        app.update(Event::TakeOverFailed(sentence.to_owned()));
        app
    });
}

#[test]
fn a_store_that_is_still_opening() {
    check("opening", |size| {
        let (mut app, _) = App::start(Setup { opened: false, ..setup(size.0, size.1) });
        app.update(Event::Opening("waiting for the server, 12 s".to_owned()));
        app
    });
    check("open_failed", |size| {
        let (mut app, _) = App::start(Setup { opened: false, ..setup(size.0, size.1) });
        let text = "The database was written by a newer passbook (version 7; this one knows 1).";
        let sentence = text.to_owned();
        app.update(Event::OpenFailed { sentence, exit: Exit::NewerDatabase });
        app
    });
    check("open_failed_checked", |size| failed::start(size, "t y"));
    check("open_failed_waiting", failed::waiting);
    check("checks", |size| failed::checks(size, "j"));
}

#[test]
fn a_sync_that_runs() {
    check("sync_running", |size| syncing(size).1);
    insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!("sync_running_60x20", picture(&syncing((60, 20)).1));
    });
    check("sync_behind_accounts", |size| {
        let (sample, mut app) = syncing(size);
        press(&sample, &mut app, "1");
        app
    });
}

#[test]
fn a_sync_that_failed_in_part() {
    check("sync_failed", |size| {
        let (mut sample, mut app) = syncing(size);
        let mut run = run(&sample, 0, Outcome::Partial);
        run.results[3].outcome = Outcome::Failed;
        run.results[3].reason =
            Some("too many requests: the bank asks to wait an hour.".to_owned());
        sample.runs.insert(0, run.clone());
        let report = SyncReport { run, failures: vec![failure()] };
        sample.send(&mut app, Event::Sync(SyncEvent::Finished(report)));
        app
    });
}

#[test]
fn a_sync_that_is_done() {
    check("sync_done", |size| {
        let (mut sample, _) = syncing(size);
        for one in &mut sample.overview.enrollments {
            one.state = EnrollmentState::Healthy;
        }
        let mut run = run(&sample, 1, Outcome::Ok);
        run.results.iter_mut().for_each(|result| result.outcome = Outcome::Ok);
        sample.runs.insert(0, run);
        app(&sample, size, "5")
    });
}

#[test]
fn dates_by_mistake_and_charges_that_stay_pending_are_marked() {
    let mut sample = household();
    // The dates of the first five rows, of which two are pending.
    let dates = ["2026-11-22", "2026-10-30", "2099-12-31", "1970-01-01", "2026-11-19"];
    for (row, date) in sample.rows.iter_mut().zip(dates) {
        row.transaction.date = date.parse().unwrap();
    }
    check("odd_dates", |size| app(&sample, size, "l"));
    check("odd_dates_all", |size| app(&sample, size, "2 j"));
    check("odd_dates_detail", |size| app(&sample, size, "l enter"));
    let held = (1..).map(|steps| "j ".repeat(steps)).find_map(|steps| {
        let picture = picture(&app(&sample, (120, 36), &format!("l {steps} enter")));
        picture.contains("pending 23 days").then_some(picture)
    });
    assert!(held.unwrap().contains("SHELL 0443"));
}

#[test]
fn words_of_the_bank_that_nobody_knows_are_shown_as_they_are() {
    check("unknown_words", |size| {
        let mut sample = household();
        for row in &mut sample.rows[..6] {
            row.transaction.kind = "quantum_swap".to_owned();
            row.transaction.status = Status::Other("on_hold".to_owned());
            row.transaction.counterparty_type = Some("robot".to_owned());
        }
        let account = &mut sample.overview.accounts[0].account;
        account.kind = AccountKind::Other("spaceship".to_owned());
        account.subtype = Some("lunar_lander".to_owned());
        app(&sample, size, "l j j enter")
    });
}

/// Text that breaks careless programs, in every place a bank fills.
fn nasty() -> Sample {
    let mut sample = spoilt();
    let texts = [
        "\u{1b}[31m\u{1b}]0;title\u{7}red".to_owned(),
        "東京ストア東京ストア東京ストア東京ストア".to_owned(),
        "\u{202e}desrever \u{2066}isolated".to_owned(),
        "Z\u{301}\u{302}\u{303}\u{304}\u{305}\u{306}algo".to_owned(),
        "x".repeat(2_000),
        "👨\u{200d}👩\u{200d}👧\u{200d}👦 family ❤\u{fe0f} שלום עולם".to_owned(),
        String::new(),
        "line\nbreak\ttab\0nul".to_owned(),
    ];
    for (index, row) in sample.rows.iter_mut().enumerate() {
        let text = texts[index % texts.len()].clone();
        row.transaction.counterparty = (index % 3 == 0).then(|| text.clone());
        row.transaction.category = Some(text.clone());
        row.transaction.description = text;
        row.shown = row.transaction.shown();
        row.transaction.amount.minor = [i64::MIN, i64::MAX, 0, -1][index % 4];
        row.transaction.running_balance = Some(usd("999999999999999.99"));
    }
    for (index, account) in sample.overview.accounts.iter_mut().enumerate() {
        account.account.name.clone_from(&texts[index % texts.len()]);
        account.account.institution.name.clone_from(&texts[(index + 1) % texts.len()]);
        account.account.last_four =
            (index % 2 == 0).then(|| texts[(index + 2) % texts.len()].clone());
        if let Some(latest) = &mut account.latest {
            latest.balance.ledger = Some(passbook::domain::Money::new(
                [i64::MIN, i64::MAX, 0][index % 3],
                passbook::domain::Currency::USD,
            ));
        }
        account.possible_duplicate = index == 5;
    }
    sample.candidates.clone_from(&sample.rows);
    for (index, row) in sample.aside.iter_mut().enumerate() {
        row.reason.clone_from(&texts[index]);
        row.raw.clone_from(&texts[index + 4]);
        row.transaction_id = (index > 0).then(|| texts[index + 2].as_str().into());
    }
    sample.overview.quarantined = i64::MAX;
    sample
}

#[test]
fn nasty_text_stays_in_its_columns() {
    check("nasty", |size| app(&nasty(), size, "l j j"));
    check("nasty_detail", |size| app(&nasty(), size, "l j j j j enter"));
}

#[test]
fn what_reads_from_right_to_left_is_isolated_and_the_columns_beside_it_stay() {
    let mut sample = household();
    let name = |sample: &mut Sample, text: &str| {
        for row in &mut sample.rows {
            row.transaction.counterparty = None;
            text.clone_into(&mut row.transaction.description);
            row.shown = row.transaction.shown();
        }
    };
    name(&mut sample, "abc 12");
    let plain = draw(&app(&sample, (120, 36), "2"));
    for text in ["שלום 12", "سلام 12", "東京 12", "cafe\u{301} 12", "👨\u{200d}👩\u{200d}👧 12"]
    {
        name(&mut sample, text);
        let drawn = draw(&app(&sample, (120, 36), "2"));
        let line = |buffer: &Buffer, from| {
            (from..120).map(|x| buffer[(x, 8)].symbol().to_owned()).collect::<String>()
        };
        assert_eq!(line(&drawn, 60), line(&plain, 60), "{text}");
        let whole = line(&drawn, 0);
        let turned = text.chars().any(view::text::is_right_to_left);
        assert_eq!(turned, whole.contains('\u{2068}') && whole.contains("2\u{2069}"), "{whole}");
    }
}

#[test]
fn no_size_and_no_text_makes_it_panic() {
    let screens = [
        "",
        "l j",
        "z",
        "l l",
        "l i",
        "2",
        "5",
        "?",
        "!",
        "2 l y",
        "2 W",
        "2 w j M",
        "5 a",
        "5 a enter",
    ];
    let large = [(300, 100), (300, 15), (60, 100), (u16::MAX, 1), (1, u16::MAX)];
    for sample in [household(), nasty(), Sample::default()] {
        for (index, keys) in screens.into_iter().enumerate() {
            let mut app = app(&sample, (80, 24), keys);
            // Every width and every height, crossed where the layout changes; a net between them.
            let first = 1 + u16::try_from(index % 13).unwrap();
            let net = (first..=130).step_by(13);
            let net = net.flat_map(|w| (first..=50).step_by(7).map(move |h| (w, h)));
            let widths = (1..=130).flat_map(|w| [14, 15, 24].map(|h| (w, h)));
            let heights = (1..=50).flat_map(|h| [59, 60, 79, 80, 109, 110].map(|w| (w, h)));
            let all = widths.chain(heights).filter(|_| index == 0);
            for (width, height) in all.chain(net).chain(large) {
                app.update(Event::Resize(width, height));
                draw(&app);
            }
        }
    }
}

#[test]
fn nothing_of_an_amount_shows_once_it_is_hidden() {
    let keys = ["p", "p l j j", "p l j j enter", "p l j j i", "p 2", "p 5"];
    for keys in keys.into_iter().chain(["p 2 w j M", "p 5 a enter", "p 5 a j enter"]) {
        for size in SIZES {
            let picture = picture(&app(&spoilt(), size, keys));
            for amount in ["4,286.13", "86.46", "52.10", "18,250", "1,942", "85.00", "6,131.12"] {
                assert!(!picture.contains(amount), "{keys}: {amount}\n{picture}");
            }
        }
    }
}

#[test]
fn no_colour_means_none_at_all() {
    for keys in ["", "l j", "l enter", "2", "5", "?", ":", ",", "!", "2 w j M", "5 a", "5 a enter"]
    {
        let sample = spoilt();
        let mut app = sample.start(Setup { colour: false, ..setup(120, 36) });
        press(&sample, &mut app, keys);
        for cell in draw(&app).content() {
            assert_eq!((cell.fg, cell.bg), (Color::Reset, Color::Reset), "{keys}");
        }
    }
}

#[test]
fn each_role_shows_where_it_belongs() {
    for theme in Theme::all() {
        let sample = household();
        let mut app = sample.start(Setup { theme, ..setup(120, 36) });
        press(&sample, &mut app, "l");
        let buffer = draw(&app);
        let cell = |text: &str| {
            let at = |y: u16| {
                (0..buffer.area.width).map(|x| buffer[(x, y)].symbol()).collect::<Vec<_>>()
            };
            let found = (0..buffer.area.height).find_map(|y| {
                let line = at(y);
                let x = (0..line.len()).find(|x| line[*x..].concat().starts_with(text))?;
                Some(buffer[(u16::try_from(x).unwrap(), y)].clone())
            });
            found.unwrap_or_else(|| panic!("{text} is not on the screen"))
        };
        let look = |text: &str| (cell(text).fg, cell(text).modifier);
        let plain = look("Rowan Market");
        assert_eq!(plain.1, Modifier::empty());
        assert_eq!(look("-64.20"), plain, "money out is plain text");
        assert_eq!(look("ATTENTION"), look("DESCRIPTION"));
        let looks =
            [look("[1 Accounts"), look("+2,610.00"), look("! Northwind"), look("ATTENTION"), plain];
        let different: HashSet<_> = looks.into_iter().collect();
        assert_eq!(different.len(), 5, "{looks:?}");
    }
}
