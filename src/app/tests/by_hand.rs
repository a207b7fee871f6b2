//! Matches made and undone by a person, and the rows that could not be read.

use super::fake::{Fake, setup};
use super::{key, notice, press, selected};
use crate::app::action::Context;
use crate::app::overlay::Overlay;
use crate::app::{App, Effect, Event, Load, Setup};
use crate::domain::{Life, QuarantinedRow, Retried, StoredTransaction, TransactionKey};

/// Ten rows, of which the bank withdrew the fourth.
fn withdrawn() -> Fake {
    let mut fake = Fake::new(&["a"], 10);
    fake.rows[3].life = Life::Gone;
    fake
}

fn candidates(fake: &Fake, gone: &TransactionKey) -> Event {
    Event::PairCandidatesLoaded { gone: gone.clone(), rows: fake.rows[..3].to_vec() }
}

#[test]
fn a_withdrawn_row_is_matched_with_the_chosen_one_and_u_undoes_it() {
    let fake = withdrawn();
    let mut app = fake.start(setup());
    press(&fake, &mut app, "l w j j j");
    assert_eq!(selected(&app), "row 3");
    let gone = fake.rows[3].key();
    assert_eq!(app.update(key("M")), [Effect::LoadPairCandidates(gone.clone())]);
    assert_eq!(app.context(), Context::Matching);
    assert_eq!(app.update(key("enter")), [], "nothing is known yet");
    app.update(candidates(&fake, &gone));
    app.update(key("j"));
    let came = fake.rows[1].key();
    let pair = Effect::MakePair { gone, came: came.clone() };
    assert_eq!(app.update(key("enter")), [pair]);
    assert_eq!(app.context(), Context::Accounts, "the list stays usable while it is written");

    let effects = app.update(Event::PairMade { came: came.clone() });
    assert!(notice(&app).contains("u undoes it"), "{}", notice(&app));
    assert!(effects.iter().any(|effect| matches!(effect, Effect::LoadTransactions(_))));
    fake.answer(&mut app, effects);
    assert_eq!(app.update(key("u")), [Effect::PartPair(came)]);
    app.update(Event::PairParted { gone: fake.rows[3].key() });
    assert_eq!(app.update(key("u")), [Effect::Undo], "once");
}

#[test]
fn a_match_is_made_in_the_detail_and_undone_on_either_side() {
    let mut fake = withdrawn();
    let mut app = fake.start(setup());
    press(&fake, &mut app, "l w j j j enter M");
    let gone = fake.rows[3].key();
    app.update(candidates(&fake, &gone));
    let came = fake.rows[0].key();
    let pair = Effect::MakePair { gone: gone.clone(), came: came.clone() };
    assert_eq!(app.update(key("enter")), [pair]);

    fake.rows[3].life = Life::Replaced;
    fake.rows[3].replaced_by = Some(came.id.clone());
    let effects = app.update(Event::PairMade { came: came.clone() });
    assert!(effects.contains(&Effect::LoadDetail(gone)));
    fake.answer(&mut app, effects);
    assert_eq!(app.detail.as_ref().unwrap().row.life, Life::Replaced);
    assert_eq!(app.update(key("u")), [Effect::PartPair(came)]);
}

#[test]
fn only_a_withdrawn_row_is_matched_and_only_where_one_may_write() {
    let mut fake = withdrawn();
    fake.rows[4].life = Life::Replaced;
    let mut app = fake.start(setup());
    for (keys, why) in [
        ("l w M", "The bank still lists this row"),
        ("j j j j M", "This row has its match already"),
    ] {
        assert_eq!(press(&fake, &mut app, keys), []);
        assert!(app.overlay.is_none() && notice(&app).starts_with(why), "{}", notice(&app));
    }
    let mut app = fake.start(Setup { read_only: true, ..setup() });
    assert_eq!(press(&fake, &mut app, "l w j j j M"), []);
    assert!(app.overlay.is_none() && notice(&app).starts_with("Read-only"));
}

#[test]
fn candidates_of_another_row_are_dropped_and_a_failed_read_closes_the_overlay() {
    let fake = withdrawn();
    let mut app = fake.start(setup());
    press(&fake, &mut app, "l w j j j M");
    app.update(candidates(&fake, &fake.rows[0].key()));
    let Some(Overlay::Matching(matching)) = &app.overlay else { panic!("it is open") };
    assert_eq!(matching.candidates, None);
    let what = Load::PairCandidates(fake.rows[3].key());
    app.update(Event::LoadFailed { what, message: "the database is locked".to_owned() });
    assert!(app.overlay.is_none() && app.failed_reads.is_empty());
    assert!(app.notice.as_ref().unwrap().warning);
    press(&fake, &mut app, "M");
    let gone = fake.rows[3].key();
    app.update(Event::PairCandidatesLoaded { gone, rows: Vec::new() });
    assert_eq!(app.update(key("enter")), [], "there is nothing to choose");
    assert!(app.overlay.is_some());
    press(&fake, &mut app, "esc");
    assert!(app.overlay.is_none());
}

fn aside(digest: &str) -> QuarantinedRow {
    let row = super::fake::row("a", 0);
    QuarantinedRow {
        account_id: "a".into(),
        digest: digest.to_owned(),
        transaction_id: Some(row.transaction.id),
        reason: "amount: not a decimal number".to_owned(),
        raw: format!(
            "{{\"id\":\"{digest}\",\"numbers\":[{}],\"text\":\"{}\"}}",
            ["1"; 60].join(","),
            "long ".repeat(100)
        ),
        first_seen_at: row.first_seen_at,
        last_seen_at: row.first_seen_at,
    }
}

/// The overlay with these rows in it.
fn shown(fake: &Fake, setup: Setup, digests: &[&str]) -> App {
    let mut app = fake.start(setup);
    let asked = press(fake, &mut app, "5 a");
    assert!(matches!(asked[..], [Effect::LoadQuarantine { .. }]), "{asked:?}");
    app.update(Event::QuarantineLoaded(digests.iter().map(|digest| aside(digest)).collect()));
    app
}

fn open_aside(app: &App) -> &crate::app::overlay::Aside {
    let Some(Overlay::Aside(aside)) = &app.overlay else { panic!("it is open") };
    aside
}

#[test]
fn an_unreadable_row_is_looked_at_raw_and_scrolled_to_its_end() {
    let fake = withdrawn();
    let mut app = shown(&fake, setup(), &["one", "two"]);
    press(&fake, &mut app, "j enter");
    assert!(open_aside(&app).raw_lines()[1].contains("two"));
    assert!(open_aside(&app).raw_lines().iter().all(|line| line.chars().count() <= 70));
    press(&fake, &mut app, "G");
    let lines = open_aside(&app).raw_lines().len();
    assert!((20..lines).contains(&open_aside(&app).raw.unwrap()));
    press(&fake, &mut app, "esc");
    assert_eq!((open_aside(&app).raw, open_aside(&app).selected), (None, 1));
    press(&fake, &mut app, "a");
    assert!(app.overlay.is_none(), "the key that opens it closes it too");
    assert_eq!(app.context(), Context::Sync);
}

#[test]
fn unreadable_rows_are_tried_again_once_at_a_time_and_the_result_is_told() {
    let fake = withdrawn();
    let mut app = shown(&fake, setup(), &["one", "two", "three"]);
    press(&fake, &mut app, "j");
    assert_eq!(press(&fake, &mut app, "t t"), [Effect::RetryQuarantine]);
    let retried = Retried { read: 1, overtaken: 2, unreadable: 0, busy: 1 };
    let effects = app.update(Event::QuarantineRetried(retried));
    let told = "Tried again: 1 stored, 2 overtaken, 1 waiting for a sync.";
    assert_eq!(notice(&app), told);
    assert!(effects.iter().any(|effect| matches!(effect, Effect::LoadQuarantine { .. })));
    assert!(effects.iter().any(|effect| matches!(effect, Effect::LoadOverview { .. })));
    app.update(Event::QuarantineLoaded(vec![aside("zero"), aside("one"), aside("two")]));
    assert_eq!(open_aside(&app).selected, 2, "the same row stays selected");
    assert_eq!(press(&fake, &mut app, "t"), [Effect::RetryQuarantine]);
    app.update(Event::EditFailed("the database is locked".to_owned()));
    assert_eq!(press(&fake, &mut app, "t"), [Effect::RetryQuarantine], "it may be tried again");
}

#[test]
fn nothing_is_tried_where_there_is_nothing_or_one_may_not_write() {
    let fake = withdrawn();
    let mut app = shown(&fake, setup(), &[]);
    assert_eq!(press(&fake, &mut app, "t enter"), []);
    let mut app = shown(&fake, Setup { read_only: true, ..setup() }, &["one"]);
    assert_eq!(press(&fake, &mut app, "t"), []);
    assert!(notice(&app).starts_with("Read-only"));
}

/// Every third of so many withdrawn rows has a note.
fn gone(rows: u64) -> (Fake, Vec<String>) {
    let mut fake = Fake::new(&["a"], rows);
    for row in &mut fake.rows {
        row.life = Life::Gone;
    }
    fake.rows.iter_mut().step_by(3).for_each(|row| row.noted = true);
    let name = |row: &StoredTransaction| row.transaction.description.clone();
    let (noted, others): (Vec<_>, Vec<_>) = fake.rows.iter().partition(|row| row.noted);
    let order = noted.into_iter().chain(others).map(name).collect();
    (fake, order)
}

#[test]
fn the_list_of_withdrawn_rows_has_those_with_a_note_first_however_long_it_is() {
    let (fake, order) = gone(1_000);
    let mut app = fake.start(setup());
    press(&fake, &mut app, "l W");
    let place = |app: &App| app.list().unwrap().place();
    for (index, name) in order.iter().enumerate() {
        assert_eq!((selected(&app), place(&app)), (name.clone(), Some(index as u64 + 1)));
        press(&fake, &mut app, "j");
    }
    press(&fake, &mut app, "end");
    for (index, name) in order.iter().enumerate().rev() {
        assert_eq!((selected(&app), place(&app)), (name.clone(), Some(index as u64 + 1)));
        press(&fake, &mut app, "k");
    }
    // Deep in the list its place is counted anew.
    press(&fake, &mut app, "end ctrl-u ctrl-u ctrl-u ctrl-u");
    let here = selected(&app);
    let effects = app.update(Event::SyncFailed(String::new()));
    fake.answer(&mut app, effects);
    let index = order.iter().position(|name| *name == here).unwrap();
    assert_eq!((selected(&app), place(&app)), (here, Some(index as u64 + 1)));
    press(&fake, &mut app, "W");
    assert_eq!(app.list().unwrap().rows().len(), 0, "the bank lists none of them");
}

#[test]
fn months_are_jumped_over_among_rows_with_a_note_and_then_among_the_others() {
    let (fake, order) = gone(240);
    let mut app = fake.start(setup());
    press(&fake, &mut app, "l W");
    let mut seen = vec![selected(&app)];
    for _ in 0..9 {
        press(&fake, &mut app, "[");
        seen.push(selected(&app));
    }
    seen.dedup();
    let places: Vec<_> =
        seen.iter().map(|name| order.iter().position(|other| other == name).unwrap()).collect();
    assert!(places.is_sorted() && places.contains(&80), "{places:?}");
    assert_eq!(places.len(), 6, "three months of each kind: {places:?}");
    press(&fake, &mut app, "]");
    assert_eq!(selected(&app), seen[4]);
}
