//! Rows whose ids change at the worst moment: on the last day of the list, or unseen.

use std::collections::BTreeMap;

use chrono::{NaiveDate, TimeDelta};
use passbook::demo::{Alteration, Edit, Fault, FaultId, Match, NewRow, Times};
use passbook::domain::{AccountId, Outcome, Status, StoredTransaction, TransactionId};
use serde_json::json;

use super::world::{World, result, worlds};

type Charges = BTreeMap<(NaiveDate, i64, String), usize>;

/// How often each charge stands there, whatever its id.
fn charges(rows: &[StoredTransaction]) -> Charges {
    let mut charges = BTreeMap::new();
    for row in rows.iter().map(|row| &row.transaction) {
        *charges.entry((row.date, row.amount.minor, row.description.clone())).or_default() += 1;
    }
    charges
}

/// The bank's list ends a day later than it did.
fn age_out_the_last_day(world: &World, account: &AccountId) {
    let truth = world.bank.truth(account);
    let last = truth.last().unwrap().date;
    for row in truth.iter().filter(|row| row.date == last) {
        world.bank.edit(account, Edit::Withdraw(row.id.clone()));
    }
}

/// The bank's list ends a day later than it did; no charge is lost, doubled or told as settled.
async fn assert_the_last_day_ages_out(world: &World, account: &AccountId, charged: &Charges) {
    age_out_the_last_day(world, account);
    for _ in 0..3 {
        world.later(TimeDelta::hours(7));
        let told = world.full_sync().await;
        assert_eq!(result(&told, account).settled, 0);
        assert_eq!(charges(&world.stored(account, false).await), *charged);
    }
}

async fn note(world: &World, account: &AccountId, id: &TransactionId, words: &str) {
    let insert = format!(
        "insert into pb_annotations (account_id, transaction_id, note, edited_at)
        values ('{account}', '{id}', '{words}', '2026-11-22T10:00:00+00:00')"
    );
    world.test.at.run(insert).await;
    for tag in ["keep", "family"] {
        let insert = format!(
            "insert into pb_tags (account_id, transaction_id, tag, edited_at)
            values ('{account}', '{id}', '{tag}', '2026-11-22T10:00:00+00:00')"
        );
        world.test.at.run(insert).await;
    }
}

/// The live rows with this note, and the tags that came with it.
async fn noted(world: &World, account: &AccountId, note: &str) -> Vec<(String, Status)> {
    let rows = world.stored(account, false).await;
    let words = world.store().load_words(&rows).await.unwrap();
    let has = |row: &&StoredTransaction| {
        words.get(&row.key()).is_some_and(|words| {
            words.note.as_deref() == Some(note) && words.tags == ["family", "keep"]
        })
    };
    let noted = rows.iter().filter(has).map(|row| &row.transaction);
    noted.map(|row| (row.description.clone(), row.status.clone())).collect()
}

fn replace(world: &World, account: &AccountId, pointer: &str, value: serde_json::Value) -> FaultId {
    let fault = Fault::Replace { pointer: pointer.to_owned(), value };
    world.bank.faults().add(Match::transactions().account(account), fault, Times::Always)
}

fn hide_an_id(world: &World, account: &AccountId) -> FaultId {
    replace(world, account, "/9/id", json!(null))
}

/// One that might be any row.
fn hide_a_row(world: &World, account: &AccountId) -> FaultId {
    replace(world, account, "/9", json!({}))
}

fn new_row(id: &str, date: NaiveDate, description: &str, status: Status) -> Edit {
    let (id, description) = (id.into(), description.to_owned());
    Edit::Insert(NewRow { id, date, amount: -4321, description, status })
}

#[tokio::test]
async fn ids_issued_anew_are_followed_on_the_last_day_of_the_list() {
    for world in worlds().await {
        world.sync().await;
        let everyday = world.bank.account_ids()[0].clone();
        let before = charges(&world.stored(&everyday, false).await);
        world.bank.edit(&everyday, Edit::ReissueIds);
        let told = world.sync().await;
        assert_eq!(result(&told, &everyday).new, 0, "the same rows");
        assert_the_last_day_ages_out(&world, &everyday, &before).await;
    }
}

/// The pass that stores the last day under new ids is cut off, and the day is listed no more.
#[tokio::test]
async fn ids_issued_anew_are_followed_though_their_list_was_cut_off_and_moved_on() {
    for world in worlds().await {
        world.sync().await;
        let everyday = world.bank.account_ids()[0].clone();
        let before = charges(&world.stored(&everyday, false).await);
        world.bank.edit(&everyday, Edit::ReissueIds);
        world.later(TimeDelta::seconds(2));
        let cut = Match::transactions().account(&everyday).with("start_date");
        let fault = world.bank.faults().add(cut, Fault::html(500), Times::Always);
        let told = world.full_sync().await;
        assert_eq!(result(&told, &everyday).outcome, Outcome::Failed);
        world.bank.faults().remove(fault);
        assert_the_last_day_ages_out(&world, &everyday, &before).await;
    }
}

/// The bank edits a text and issues ids anew, and then lists the row no more: nothing but the moment
/// tells that the two are one charge.
#[tokio::test]
async fn a_text_edited_as_ids_are_issued_anew_is_one_charge_with_its_note() {
    for world in worlds().await {
        world.sync().await;
        let everyday = world.bank.account_ids()[0].clone();
        let edited = world.bank.truth(&everyday).last().unwrap().id.clone();
        note(&world, &everyday, &edited, "the first").await;
        let description = Some("RENAMED BY THE BANK".to_owned());
        world.bank.edit(
            &everyday,
            Edit::Alter(edited.clone(), Alteration { description, ..Alteration::default() }),
        );
        world.bank.edit(&everyday, Edit::ReissueIds);
        let before = world.stored(&everyday, false).await.len();
        let told = world.sync().await;
        assert_eq!(result(&told, &everyday).new, 0, "the same rows");
        let stored = world.stored(&everyday, false).await;
        assert_eq!(stored.len(), before);
        let after = charges(&stored);
        assert_the_last_day_ages_out(&world, &everyday, &after).await;
        let expected = [("RENAMED BY THE BANK".to_owned(), Status::Posted)];
        assert_eq!(noted(&world, &everyday, "the first").await, expected);
    }
}

#[tokio::test]
async fn a_row_without_an_id_is_kept_aside_and_let_go() {
    for world in worlds().await {
        let everyday = world.bank.account_ids()[0].clone();
        world.sync().await;
        let fault = hide_a_row(&world, &everyday);
        let told = world.sync().await;
        let told = result(&told, &everyday);
        assert_eq!((&told.outcome, told.quarantined), (&Outcome::Unjudged, 1));
        let aside = world.store().load_quarantine(10).await.unwrap();
        assert_eq!(aside.iter().map(|row| &row.transaction_id).collect::<Vec<_>>(), [&None]);
        world.bank.faults().remove(fault);
        world.later(TimeDelta::seconds(2));
        world.full_sync().await;
        assert_eq!(world.store().load_quarantine(10).await.unwrap(), []);
        world.assert_account_agrees(&everyday).await;
    }
}

/// A list is judged though a row of it has no id: but for the rows that this one might be.
#[tokio::test]
async fn a_charge_that_settles_beside_a_row_without_an_id_counts_once() {
    for world in worlds().await {
        let everyday = world.bank.account_ids()[0].clone();
        let today = world.bank.today();
        let pending = new_row("txn_pending", today, "POS WILLOW GROCERY", Status::Pending);
        world.bank.edit(&everyday, pending);
        world.sync().await;
        note(&world, &everyday, &"txn_pending".into(), "food").await;
        let before = charges(&world.stored(&everyday, false).await);

        world.bank.edit(&everyday, Edit::Withdraw("txn_pending".into()));
        let posted = new_row("txn_posted", today, "POS WILLOW GROCERY", Status::Posted);
        world.bank.edit(&everyday, posted);
        let fault = hide_an_id(&world, &everyday);
        world.later(TimeDelta::seconds(2));
        for _ in 0..3 {
            let told = world.full_sync().await;
            let told = result(&told, &everyday);
            assert_eq!(told.outcome, Outcome::Ok, "{:?}", told.reason);
            assert_eq!(world.store().load_quarantine(10).await.unwrap().len(), 1);
            assert_eq!(charges(&world.stored(&everyday, false).await), before);
        }
        let expected = [("POS WILLOW GROCERY".to_owned(), Status::Posted)];
        assert_eq!(noted(&world, &everyday, "food").await, expected);
        world.bank.faults().remove(fault);
        world.full_sync().await;
        world.assert_account_agrees(&everyday).await;
    }
}

#[tokio::test]
async fn words_follow_a_pending_whose_new_id_came_with_a_list_that_was_not_judged() {
    for world in worlds().await {
        let everyday = world.bank.account_ids()[0].clone();
        let today = world.bank.today();
        world.bank.edit(&everyday, new_row("txn_old", today, "HARBOR BOOKS", Status::Pending));
        world.sync().await;
        note(&world, &everyday, &"txn_old".into(), "a present").await;
        world.bank.edit(&everyday, Edit::Withdraw("txn_old".into()));
        world.bank.edit(&everyday, new_row("txn_new", today, "HARBOR BOOKS", Status::Pending));
        let fault = hide_a_row(&world, &everyday);
        world.later(TimeDelta::seconds(2));
        let told = world.sync().await;
        assert_eq!(result(&told, &everyday).outcome, Outcome::Unjudged);
        world.bank.faults().remove(fault);
        world.sync().await;
        let expected = [("HARBOR BOOKS".to_owned(), Status::Pending)];
        assert_eq!(noted(&world, &everyday, "a present").await, expected);
    }
}

#[tokio::test]
async fn words_follow_a_charge_that_settled_unseen_and_then_got_another_id() {
    for world in worlds().await {
        let everyday = world.bank.account_ids()[0].clone();
        let today = world.bank.today();
        let pending = new_row("txn_pending", today, "POS WILLOW GROCERY", Status::Pending);
        world.bank.edit(&everyday, pending);
        world.sync().await;
        note(&world, &everyday, &"txn_pending".into(), "a chain").await;
        world.bank.edit(&everyday, Edit::Withdraw("txn_pending".into()));
        let posted = new_row("txn_posted", today, "WILLOW GROCERY", Status::Posted);
        world.bank.edit(&everyday, posted);
        let fault = hide_a_row(&world, &everyday);
        world.later(TimeDelta::seconds(2));
        let told = world.sync().await;
        assert_eq!(result(&told, &everyday).outcome, Outcome::Unjudged);
        world.bank.faults().remove(fault);
        world.bank.edit(&everyday, Edit::ReissueIds);
        world.sync().await;
        let expected = [("WILLOW GROCERY".to_owned(), Status::Posted)];
        assert_eq!(noted(&world, &everyday, "a chain").await, expected);
    }
}

/// The bank takes back the new id and lists the old one again.
#[tokio::test]
async fn a_bank_that_goes_back_to_earlier_ids_doubles_nothing_and_notes_go_back_too() {
    for world in worlds().await {
        let everyday = world.bank.account_ids()[0].clone();
        let today = world.bank.today();
        let posted = |id: &str| new_row(id, today, "WILLOW GROCERY", Status::Posted);
        world.bank.edit(&everyday, posted("txn_a"));
        world.sync().await;
        let before = charges(&world.stored(&everyday, false).await);
        world.later(TimeDelta::hours(1));
        world.bank.edit(&everyday, Edit::Withdraw("txn_a".into()));
        world.bank.edit(&everyday, posted("txn_b"));
        world.sync().await;
        assert_eq!(charges(&world.stored(&everyday, false).await), before);
        note(&world, &everyday, &"txn_b".into(), "written on b").await;
        for _ in 0..2 {
            for (went, came) in [("txn_b", "txn_a"), ("txn_a", "txn_b")] {
                world.later(TimeDelta::hours(1));
                world.bank.edit(&everyday, Edit::Withdraw(went.into()));
                world.bank.edit(&everyday, Edit::Restore(came.into()));
                let told = world.sync().await;
                assert_eq!(result(&told, &everyday).new, 0);
                assert_eq!(charges(&world.stored(&everyday, false).await), before, "{came}");
                let expected = [("WILLOW GROCERY".to_owned(), Status::Posted)];
                assert_eq!(noted(&world, &everyday, "written on b").await, expected, "{came}");
            }
        }
    }
}

/// A charge that settled under its first id, got another one, and has its first one again.
#[tokio::test]
async fn earlier_ids_are_gone_back_to_also_where_a_charge_settled_under_them() {
    for world in worlds().await {
        let everyday = world.bank.account_ids()[0].clone();
        let today = world.bank.today();
        let row = |id: &str, status| new_row(id, today, "WILLOW GROCERY", status);
        world.bank.edit(&everyday, row("txn_pending", Status::Pending));
        world.sync().await;
        note(&world, &everyday, &"txn_pending".into(), "food").await;
        let expected = [("WILLOW GROCERY".to_owned(), Status::Posted)];
        let mut listed = "txn_pending";
        for (came, is_new) in [("txn_a", true), ("txn_b", true), ("txn_a", false)] {
            world.later(TimeDelta::hours(1));
            world.bank.edit(&everyday, Edit::Withdraw(listed.into()));
            let edit = if is_new { row(came, Status::Posted) } else { Edit::Restore(came.into()) };
            world.bank.edit(&everyday, edit);
            listed = came;
            world.sync().await;
            assert_eq!(noted(&world, &everyday, "food").await, expected, "{came}");
            world.assert_account_agrees(&everyday).await;
        }
    }
}

#[tokio::test]
async fn two_new_ids_before_a_list_could_be_judged_are_one_charge_with_its_note() {
    for status in [Status::Posted, Status::Pending] {
        for world in worlds().await {
            let everyday = world.bank.account_ids()[0].clone();
            let today = world.bank.today();
            let row = |id: &str| new_row(id, today, "WILLOW GROCERY", status.clone());
            world.bank.edit(&everyday, row("txn_a"));
            world.sync().await;
            note(&world, &everyday, &"txn_a".into(), "food").await;
            let before = charges(&world.stored(&everyday, false).await);
            world.later(TimeDelta::seconds(2));
            world.bank.edit(&everyday, Edit::Withdraw("txn_a".into()));
            world.bank.edit(&everyday, row("txn_b"));
            let fault = hide_a_row(&world, &everyday);
            let told = world.sync().await;
            assert_eq!(result(&told, &everyday).outcome, Outcome::Unjudged);
            world.bank.faults().remove(fault);
            world.later(TimeDelta::seconds(2));
            world.bank.edit(&everyday, Edit::Withdraw("txn_b".into()));
            world.bank.edit(&everyday, row("txn_c"));
            world.sync().await;
            assert_eq!(charges(&world.stored(&everyday, false).await), before);
            let expected = [("WILLOW GROCERY".to_owned(), status.clone())];
            assert_eq!(noted(&world, &everyday, "food").await, expected);
        }
    }
}

/// The pass that finds the new ids is cut off before it has read everything: what was edited at that
/// moment is still known by elimination.
#[tokio::test]
async fn an_edited_row_is_followed_also_where_the_rest_was_followed_by_an_earlier_pass() {
    let worlds = worlds().await.into_iter().map(|world| (world, false));
    for (world, aged_out) in
        worlds.chain(self::worlds().await.into_iter().map(|world| (world, true)))
    {
        world.sync().await;
        let everyday = world.bank.account_ids()[0].clone();
        let oldest = world.bank.truth(&everyday).last().unwrap().id.clone();
        note(&world, &everyday, &oldest, "the first").await;
        let description = Some("RENAMED BY THE BANK".to_owned());
        let alteration = Alteration { description, ..Alteration::default() };
        world.bank.edit(&everyday, Edit::Alter(oldest, alteration));
        world.bank.edit(&everyday, Edit::ReissueIds);
        world.later(TimeDelta::seconds(2));
        let before = world.stored(&everyday, false).await.len();
        let cut = Match::transactions().account(&everyday).with("start_date");
        let fault = world.bank.faults().add(cut, Fault::html(500), Times::Always);
        let told = world.sync().await;
        assert_eq!(result(&told, &everyday).outcome, Outcome::Failed);
        assert!(result(&told, &everyday).paired > 10, "the window was judged");
        world.bank.faults().remove(fault);
        if aged_out {
            age_out_the_last_day(&world, &everyday);
        }
        world.later(TimeDelta::hours(1));
        world.sync().await;
        assert_eq!(world.stored(&everyday, false).await.len(), before, "aged out: {aged_out}");
        let expected = [("RENAMED BY THE BANK".to_owned(), Status::Posted)];
        assert_eq!(noted(&world, &everyday, "the first").await, expected);
    }
}

#[tokio::test]
async fn ids_issued_anew_beside_a_row_without_one_are_followed() {
    for world in worlds().await {
        world.sync().await;
        let everyday = world.bank.account_ids()[0].clone();
        let noted_row = world.bank.truth(&everyday)[12].clone();
        note(&world, &everyday, &noted_row.id, "mine").await;
        let before = charges(&world.stored(&everyday, false).await);
        world.bank.edit(&everyday, Edit::ReissueIds);
        let fault = hide_an_id(&world, &everyday);
        for _ in 0..2 {
            world.later(TimeDelta::hours(1));
            let told = world.sync().await;
            assert_eq!(result(&told, &everyday).outcome, Outcome::Ok);
            assert_eq!(charges(&world.stored(&everyday, false).await), before);
        }
        world.bank.faults().remove(fault);
        for _ in 0..2 {
            world.later(TimeDelta::hours(1));
            world.sync().await;
            assert_eq!(charges(&world.stored(&everyday, false).await), before);
        }
        world.assert_account_agrees(&everyday).await;
        let expected = [(noted_row.description.clone(), Status::Posted)];
        assert_eq!(noted(&world, &everyday, "mine").await, expected);
    }
}

/// Below it there is nothing to go on from.
#[tokio::test]
async fn the_oldest_row_without_an_id_stops_no_judgement() {
    for world in worlds().await {
        world.sync().await;
        let everyday = world.bank.account_ids()[0].clone();
        let last = world.bank.truth(&everyday).len() - 1;
        let fault = |query: Match, pointer: &str| {
            let hide = Fault::Replace { pointer: pointer.to_owned(), value: json!(null) };
            world.bank.faults().add(query, hide, Times::Always)
        };
        let all = Match::transactions().account(&everyday);
        fault(all.clone(), &format!("/{last}/id"));
        fault(all.with("from_id"), "/0/id");
        for _ in 0..2 {
            world.later(TimeDelta::hours(1));
            let told = world.full_sync().await;
            let told = result(&told, &everyday);
            assert_eq!((&told.outcome, told.gone), (&Outcome::Ok, 0), "{:?}", told.reason);
            assert!(told.reason.as_ref().unwrap().contains("1 row without an id"));
            world.assert_account_agrees(&everyday).await;
        }
    }
}

/// One fare without an id says nothing about the fares of other days.
#[tokio::test]
async fn a_row_without_an_id_keeps_no_other_charge_of_its_amount_from_settling() {
    for world in worlds().await {
        let everyday = world.bank.account_ids()[0].clone();
        let today = world.bank.today();
        world.bank.edit(&everyday, new_row("txn_fare", today, "CITY FARE", Status::Posted));
        world.sync().await;
        let named = world.bank.truth(&everyday);
        let place = named.iter().position(|row| row.id.as_str() == "txn_fare").unwrap();
        let fault = replace(&world, &everyday, &format!("/{place}/id"), json!(null));
        // Older, so that the place of the one without an id stays.
        let day = today - chrono::Days::new(3);
        let row = |id: &str, status| new_row(id, day, "CITY FARE", status);
        world.bank.edit(&everyday, row("txn_p", Status::Pending));
        world.later(TimeDelta::hours(1));
        world.sync().await;
        note(&world, &everyday, &"txn_p".into(), "to work").await;
        let before = charges(&world.stored(&everyday, false).await);
        world.bank.edit(&everyday, Edit::Withdraw("txn_p".into()));
        world.bank.edit(&everyday, row("txn_q", Status::Posted));
        world.later(TimeDelta::hours(1));
        let told = world.sync().await;
        assert_eq!(result(&told, &everyday).outcome, Outcome::Ok);
        assert_eq!(charges(&world.stored(&everyday, false).await), before);
        let expected = [("CITY FARE".to_owned(), Status::Posted)];
        assert_eq!(noted(&world, &everyday, "to work").await, expected);
        world.bank.faults().remove(fault);
        world.later(TimeDelta::hours(1));
        world.sync().await;
        world.assert_account_agrees(&everyday).await;
    }
}
