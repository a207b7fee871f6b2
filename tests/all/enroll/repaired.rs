//! A repair whose accounts come back under other ids: matched by what they are and by their rows,
//! joined when the history is read, and undone to the last bit.

use std::collections::BTreeMap;

use passbook::demo::Edit;
use passbook::domain::AccountId;
use passbook::enroll::{EnrollError, Found, Fresh, Kind, Verdict};

use super::{Desk, desks};
use crate::support::TestDatabase;

/// Everything that is kept about these accounts, but for what only says when it was read.
async fn picture(at: &TestDatabase, accounts: &[&AccountId]) -> BTreeMap<String, Vec<String>> {
    let list = accounts.iter().map(|id| format!("'{id}'")).collect::<Vec<_>>().join(", ");
    let mut picture = BTreeMap::new();
    for (name, sql) in [
        (
            "rows",
            "select account_id || ' ' || id || ' ' || life || ' ' || coalesce(replaced_by, '')
                || ' ' || coalesce(merged_from, '') || ' ' || cast(recheck as text)
                || ' ' || coalesce(cast(gone_at as text), '') || ' ' || coalesce(words, '')
            from pb_transactions where account_id in (LIST) order by 1",
        ),
        (
            "notes",
            "select account_id || ' ' || transaction_id || ' ' || coalesce(note, '')
            from pb_annotations where account_id in (LIST) order by 1",
        ),
        (
            "tags",
            "select account_id || ' ' || transaction_id || ' ' || tag
            from pb_tags where account_id in (LIST) order by 1",
        ),
        (
            "balances",
            "select account_id || ' ' || cast(observed_at as text)
            from pb_balance_snapshots where account_id in (LIST) order by 1",
        ),
        (
            "days",
            "select account_id || ' ' || cast(day as text) || ' ' || cast(entries as text)
                || ' ' || cast(posted as text)
            from pb_days where account_id in (LIST) order by 1",
        ),
        (
            "names",
            "select account_id || ' ' || coalesce(name, '')
            from pb_account_words where account_id in (LIST) order by 1",
        ),
        (
            "accounts",
            "select id || ' ' || coalesce(duplicate_of, '') || ' ' || coalesce(merged_into, '')
            from pb_accounts where id in (LIST) order by 1",
        ),
        (
            "replies",
            "select account_id || ' ' || kind || ' ' || id
            from pb_raw_replies where account_id in (LIST) order by 1",
        ),
    ] {
        picture.insert(name.to_owned(), at.ask(sql.replace("LIST", &list)).await);
    }
    picture
}

/// What the user has said of every row of an account, and its own name.
async fn speak(desk: &Desk, account: &AccountId) {
    for row in desk.world.stored(account, false).await {
        let id = &row.transaction.id;
        desk.world
            .test
            .at
            .run(format!(
                "insert into pb_annotations (account_id, transaction_id, note, edited_at)
                    values ('{account}', '{id}', 'about {id}', '2026-11-22T10:00:00+00:00');
                insert into pb_tags (account_id, transaction_id, tag, edited_at)
                    values ('{account}', '{id}', 'mine', '2026-11-22T10:00:00+00:00')"
            ))
            .await;
    }
    desk.world
        .test
        .at
        .run(format!(
            "insert into pb_account_words (account_id, name, hidden, edited_at)
            values ('{account}', 'Our money', false, '2026-11-22T10:00:00+00:00')"
        ))
        .await;
}

impl Desk {
    /// Linked, synced and spoken about; then the bank gives all accounts new ids.
    async fn broken(&self) -> (Fresh, Vec<AccountId>) {
        let kept = self.link(0).await;
        self.sync().await;
        let old: Vec<AccountId> = self.world.bank.account_ids().into_iter().take(3).collect();
        speak(self, &old[0]).await;
        self.world.bank.enroll_again(0);
        self.world.bank.edit(&self.world.bank.account_ids()[0], Edit::ReissueIds);
        (Fresh { repairs: Some(kept.enrollment), ..self.fresh(0) }, old)
    }

    async fn rows_of(&self, account: &AccountId) -> usize {
        self.world.stored(account, false).await.len()
    }
}

fn sure(found: &Found) -> Vec<AccountId> {
    let sure = found.matches.iter().filter_map(|found| match &found.verdict {
        Verdict::Sure(old) => Some(old.clone()),
        _ => None,
    });
    sure.collect()
}

#[tokio::test]
async fn accounts_that_come_back_under_new_ids_keep_everything_and_a_repair_is_undone() {
    for desk in desks().await {
        let (fresh, old) = desk.broken().await;
        let before = picture(&desk.world.test.at, &[&old[0]]).await;
        let rows = desk.rows_of(&old[0]).await;

        let found = desk.look(fresh).await.unwrap();
        assert!(matches!(found.kind, Kind::Replaces(_)));
        assert_eq!(sure(&found), old, "all three by their rows");
        let kept = desk.keep(found).await;
        assert_eq!((kept.to_join.len(), kept.open), (3, 0));
        assert!(kept.retired.is_some(), "nothing is left for the old one to bring");
        assert_eq!(desk.rows_of(&old[0]).await, rows, "nothing moves before the history is read");

        desk.sync().await;
        let new = desk.world.bank.account_ids().remove(0);
        assert_eq!(desk.rows_of(&old[0]).await, 0);
        assert_eq!(desk.rows_of(&new).await, rows, "no row twice, none lost");
        for row in desk.world.stored(&new, false).await {
            let detail = desk.world.store().load_detail(&row.key()).await.unwrap().unwrap();
            assert!(detail.annotation.note.is_some() && detail.annotation.tags == ["mine"]);
        }
        let named = desk.world.store().load_accounts().await.unwrap();
        assert!(named.iter().any(|account| account.id == new && account.name == "Our money"));
        let shown = desk.world.store().load_enrollments().await.unwrap();
        assert_eq!(shown.len(), 1, "the old enrollment is told no more");

        let undone = desk.world.store().undo_repair(&kept.enrollment).await.unwrap();
        assert_eq!((undone.accounts.len(), !undone.back.is_empty()), (3, true));
        assert_eq!(picture(&desk.world.test.at, &[&old[0]]).await, before);
        for row in desk.world.stored(&new, false).await {
            let detail = desk.world.store().load_detail(&row.key()).await.unwrap().unwrap();
            assert!(detail.annotation.note.is_none() && detail.annotation.tags.is_empty());
        }
        let overview = desk.world.store().load_overview(desk.world.bank.today(), 90).await.unwrap();
        let asked = overview.accounts.iter().find(|account| account.account.id == new).unwrap();
        assert!(asked.possible_duplicate, "the question is open again");
        assert!(desk.world.store().undo_repair(&kept.enrollment).await.is_err(), "only once");
    }
}

#[tokio::test]
async fn what_the_user_writes_after_a_repair_survives_undoing_it() {
    for desk in desks().await {
        let (fresh, _) = desk.broken().await;
        let kept = desk.keep(desk.look(fresh).await.unwrap()).await;
        desk.sync().await;
        let new = desk.world.bank.account_ids().remove(0);
        let row = desk.world.stored(&new, false).await.remove(0);
        desk.world
            .test
            .at
            .run(format!(
                "update pb_annotations set note = 'written later'
                where account_id = '{new}' and transaction_id = '{}'",
                row.transaction.id
            ))
            .await;
        desk.world.store().undo_repair(&kept.enrollment).await.unwrap();
        let detail = desk.world.store().load_detail(&row.key()).await.unwrap().unwrap();
        assert_eq!(detail.annotation.note.as_deref(), Some("written later"));
    }
}

#[tokio::test]
async fn a_match_that_rows_do_not_prove_is_asked_and_nothing_moves() {
    for desk in desks().await {
        let (fresh, old) = desk.broken().await;
        // Of what is stored, nothing is as the bank lists it now.
        desk.world
            .test
            .at
            .run(format!(
                "update pb_transactions set amount = amount - 1 where account_id = '{}'",
                old[0]
            ))
            .await;
        let found = desk.look(fresh).await.unwrap();
        assert_eq!(found.questions().count(), 1);
        assert_eq!(sure(&found), old[1..]);
        let kept = desk.keep(found).await;
        assert_eq!((kept.to_join.len(), kept.open), (2, 1));
        assert!(kept.retired.is_none(), "an account of it waits for an answer");
        let rows = desk.rows_of(&old[0]).await;
        desk.sync().await;
        assert_eq!(desk.rows_of(&old[0]).await, rows);
    }
}

#[tokio::test]
async fn the_users_answer_wins_over_what_looks_sure() {
    for desk in desks().await {
        let (fresh, old) = desk.broken().await;
        let found = desk.look(fresh).await.unwrap();
        let new = desk.world.bank.account_ids().remove(0);
        let answers = [(new.clone(), None)];
        let store = desk.world.store();
        let kept = passbook::enroll::keep(store, &desk.vault, found, &answers).await.unwrap();
        assert_eq!(kept.to_join.len(), 2);
        desk.sync().await;
        assert!(desk.rows_of(&old[0]).await > 0);
        let overview = store.load_overview(desk.world.bank.today(), 90).await.unwrap();
        let apart = overview.accounts.iter().find(|account| account.account.id == new).unwrap();
        assert!(!apart.possible_duplicate, "it was answered");
    }
}

#[tokio::test]
async fn a_token_of_another_bank_repairs_nothing() {
    for desk in desks().await {
        let kept = desk.link(0).await;
        let fresh = Fresh { repairs: Some(kept.enrollment), ..desk.fresh(1) };
        let error = desk.look(fresh).await.unwrap_err();
        assert!(matches!(error, EnrollError::OtherBank { .. }), "{error}");
        assert_eq!(desk.world.store().load_every_enrollment().await.unwrap().len(), 1);
    }
}

#[tokio::test]
async fn a_repair_with_the_same_ids_only_changes_the_token() {
    for desk in desks().await {
        let kept = desk.link(0).await;
        desk.sync().await;
        desk.world
            .test
            .at
            .run(
                "update pb_enrollments set state = 'disconnected', reason = 'enrollment.disconnected'"
                    .to_owned(),
            )
            .await;
        let fresh = Fresh { repairs: Some(kept.enrollment.clone()), ..desk.fresh(0) };
        let found = desk.look(fresh).await.unwrap();
        assert_eq!((&found.kind, found.matches.len()), (&Kind::Known, 0));
        desk.keep(found).await;
        let enrollment = desk.world.store().load_enrollments().await.unwrap().remove(0);
        assert_eq!((enrollment.state.as_str(), enrollment.reason), ("healthy", None));
    }
}
