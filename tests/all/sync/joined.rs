//! An account that is linked anew: the user says whether it is one that was there already.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use passbook::cli::MergeArgs;
use passbook::commands;
use passbook::demo::Edit;
use passbook::domain::rule::{RuleDraft, accounts, book};
use passbook::domain::{AccountId, Rule, StoredTransaction};
use passbook::exit::Exit;
use passbook::store::MergeError;

use super::world::{World, worlds};

/// The everyday account under its old id and its new one; the bank lists the five oldest rows no
/// more, and with `anew` has given the others new ids.
async fn linked_anew(world: &World, anew: bool) -> (AccountId, AccountId) {
    let old = world.bank.account_ids().remove(0);
    world.sync().await;
    for row in world.stored(&old, false).await {
        let note = format!(
            "insert into pb_annotations (account_id, transaction_id, note, edited_at)
            values ('{old}', '{}', '{}', '2026-11-22T10:00:00+00:00')",
            row.transaction.id,
            facts(&row).replace('\'', "''")
        );
        world.test.at.run(note).await;
    }
    world.bank.enroll_again(0);
    let new = world.bank.account_ids().remove(0);
    if anew {
        world.bank.edit(&new, Edit::ReissueIds);
    }
    for row in world.bank.truth(&new).into_iter().rev().take(5) {
        world.bank.edit(&new, Edit::Withdraw(row.id));
    }
    world.sync().await;
    (old, new)
}

fn facts(row: &StoredTransaction) -> String {
    let row = &row.transaction;
    format!("{} {} {} {}", row.date, row.amount, row.status, row.description)
}

/// How many rows there are of each kind, and what is noted on them.
async fn rows(world: &World, account: &AccountId) -> BTreeMap<String, usize> {
    let mut rows = BTreeMap::new();
    for row in world.stored(account, false).await {
        let detail = world.store().load_detail(&row.key()).await.unwrap().unwrap();
        assert_eq!(
            detail.annotation.note.as_deref(),
            Some(&*facts(&row)),
            "the note of another row"
        );
        *rows.entry(facts(&row)).or_default() += 1;
    }
    rows
}

fn join(id: &AccountId) -> MergeArgs {
    MergeArgs { id: id.to_string(), no: false }
}

#[tokio::test]
async fn a_joined_account_has_every_row_once_and_every_word() {
    for anew in [false, true] {
        for world in worlds().await {
            let old = world.bank.account_ids().remove(0);
            world.sync().await;
            let sum = world.store().load_posted_sum(&old).await.unwrap();
            let (old, new) = linked_anew(&world, anew).await;
            let before = rows(&world, &old).await;
            let first_balance = world.store().load_snapshots(Some(&old), None).await.unwrap();
            let mut out = Vec::new();
            commands::merge(world.store(), &join(&new), &mut out).await.unwrap();
            let told = String::from_utf8(out).unwrap();
            assert!(
                told.contains(&format!("standing once: {};", before_len(&before) - 5)),
                "{told}"
            );
            for _ in 0..4 {
                world.later(TimeDelta::hours(7));
                world.full_sync().await;
                assert_eq!(rows(&world, &new).await, before, "{}", world.test.at.engine);
            }
            assert_eq!(world.store().load_posted_sum(&new).await.unwrap(), sum);
            assert!(world.stored(&old, true).await.is_empty(), "no list has the others");
            let accounts = world.store().load_accounts().await.unwrap();
            assert!(accounts.iter().all(|account| account.id != old));
            let balances = world.store().load_snapshots(Some(&new), None).await.unwrap();
            let oldest = |rows: &[passbook::domain::Snapshot]| rows.last().unwrap().observed_at;
            assert_eq!(oldest(&balances), oldest(&first_balance), "the line goes on");
            let overview = world.store().load_overview(world.bank.today(), 90).await.unwrap();
            let joined = overview.accounts.iter().find(|a| a.account.id == new).unwrap();
            assert!(!joined.possible_duplicate);
            let again = commands::merge(world.store(), &join(&new), &mut Vec::new()).await;
            assert_eq!(again.unwrap_err().exit(), Exit::Usage);
        }
    }
}

fn before_len(rows: &BTreeMap<String, usize>) -> usize {
    rows.values().sum()
}

/// A charge that was pending under the old id settles under the new one: its note finds it.
#[tokio::test]
async fn a_charge_that_settled_in_between_takes_its_note_along() {
    for world in worlds().await {
        let old = world.bank.account_ids().remove(0);
        let pending = |row: &StoredTransaction| row.transaction.status.as_str() == "pending";
        world.sync().await;
        let noted: Vec<_> = world.stored(&old, false).await.into_iter().filter(pending).collect();
        assert!(!noted.is_empty());
        let (old, new) = linked_anew(&world, true).await;
        world.advance(4);
        world.sync().await;
        commands::merge(world.store(), &join(&new), &mut Vec::new()).await.unwrap();
        world.full_sync().await;
        let kept = world.stored(&new, true).await;
        let mut found = Vec::new();
        for row in &kept {
            let detail = world.store().load_detail(&row.key()).await.unwrap().unwrap();
            found.extend(detail.annotation.note.clone());
        }
        for row in noted {
            assert!(found.contains(&facts(&row)), "{} of {old}", facts(&row));
        }
    }
}

/// How many rows of an account have a tag, and how many have none.
async fn tagged(world: &World, account: &AccountId) -> (usize, usize) {
    let rows = world.stored(account, false).await;
    let tagged = rows.iter().filter(|row| !row.shown.tags.is_empty()).count();
    (tagged, rows.len() - tagged)
}

#[tokio::test]
async fn a_rule_for_an_account_goes_along_with_it_and_back() {
    for world in worlds().await {
        let old = world.bank.account_ids().remove(0);
        world.sync().await;
        let names = world.store().load_names().await.unwrap();
        let account = names.account_name(old.as_str()).unwrap();
        let tag = "ours".to_owned();
        let draft = RuleDraft { accounts: account.clone(), tag, ..RuleDraft::default() };
        let rule = draft.rule(&Rule::default(), &names).unwrap();
        assert_eq!(rule.query, format!("acct:{old}"));
        world.store().edit(&book::save(rule.clone(), &[], &names)).await.unwrap();
        let (all, none) = tagged(&world, &old).await;
        assert!(all > 5 && none == 0, "{all} {none}");
        let (old, new) = linked_anew(&world, true).await;
        assert_eq!(tagged(&world, &new).await, (0, all - 5), "not asked yet");
        commands::merge(world.store(), &join(&new), &mut Vec::new()).await.unwrap();
        assert_eq!(tagged(&world, &new).await, (all, 0), "{}", world.test.at.engine);
        let names = world.store().load_names().await.unwrap();
        let told = accounts::told(&rule.query, &names);
        assert_eq!(accounts::kept(&told, &names).unwrap(), format!("acct:{new}"));
        world.advance(6);
        world.full_sync().await;
        let (more, none) = tagged(&world, &new).await;
        assert!(more > all && none == 0, "rows to come, too: {more} {none}");
        let enrollment = world.store().load_enrollment_with(&new).await.unwrap().unwrap();
        world.store().undo_repair(&enrollment).await.unwrap();
        assert_eq!(tagged(&world, &old).await.1, 0);
        assert_eq!(tagged(&world, &new).await.0, 0);
        assert!(tagged(&world, &old).await.0 > 5);
    }
}

#[tokio::test]
async fn accounts_kept_apart_count_both_and_are_not_asked_about_again() {
    for world in worlds().await {
        let (old, new) = linked_anew(&world, false).await;
        let no = MergeArgs { no: true, ..join(&new) };
        commands::merge(world.store(), &no, &mut Vec::new()).await.unwrap();
        world.full_sync().await;
        let overview = world.store().load_overview(world.bank.today(), 90).await.unwrap();
        for id in [&old, &new] {
            let account = overview.accounts.iter().find(|a| a.account.id == *id).unwrap();
            assert!(!account.possible_duplicate);
        }
        assert!(!world.stored(&old, false).await.is_empty());
    }
}

#[tokio::test]
async fn two_accounts_are_not_joined_blindly() {
    for world in worlds().await {
        let (old, new) = linked_anew(&world, false).await;
        let store = world.store();
        let unknown = store.merge_account(&"acc_nobody".into()).await;
        assert!(matches!(unknown, Err(MergeError::Unknown(_))), "{unknown:?}");
        let not_asked = store.merge_account(&old).await;
        assert!(matches!(not_asked, Err(MergeError::NotAsked(_))), "{not_asked:?}");
        let enrollment = store.load_enrollment_with(&new).await.unwrap().unwrap();
        let lease = store.take_lease(enrollment.as_str(), "run").await.unwrap().unwrap();
        let busy = store.merge_account(&new).await;
        assert!(matches!(busy, Err(MergeError::Busy)), "{busy:?}");
        store.release_lease(&lease).await.unwrap();
        world
            .test
            .at
            .run(format!("update pb_sync_state set done = false where account_id = '{new}'"))
            .await;
        let unread = store.merge_account(&new).await;
        assert!(matches!(unread, Err(MergeError::Unread(_))), "{unread:?}");
        assert!(!world.stored(&old, false).await.is_empty(), "nothing was changed");
    }
}
