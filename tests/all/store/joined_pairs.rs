//! Transfers of an account that is joined with another, and pairs that the user parted: they follow the
//! rows, and go back with them.

use passbook::domain::TransactionKey;
use passbook::store::Store;

use crate::support::{
    self, TestDatabase,
    ledger::{self, Row, day},
};

/// One account under two ids, and one that money goes to.
///
/// Each row of the old account is called by what the new one has of it: `moved_…` it lacks, `twin_…` it
/// has under another id, `same_…` under the same.
async fn fill(at: &TestDatabase) {
    for account in ["old", "new", "far"] {
        ledger::account(at, account).await;
    }
    let mut rows = Vec::new();
    for (kind, place) in [("moved", 1), ("twin", 2), ("same", 3)] {
        for (which, place) in [("found", place), ("parted", place + 3)] {
            let date = day(&format!("2026-11-{place:02}"));
            let amount = -100 * place;
            let row = |account: &str, id: &str| Row {
                amount: if account == "far" { -amount } else { amount },
                counterparty: Some("Transfer".to_owned()),
                ..Row::new(account, id, date)
            };
            let id = format!("{kind}_{which}");
            rows.push(row("old", &id));
            rows.push(row("far", &format!("to_{id}")));
            match kind {
                "twin" => rows.push(row("new", &format!("its_{id}"))),
                "same" => rows.push(row("new", &id)),
                _ => {}
            }
        }
    }
    ledger::transactions(at, &rows).await;
    at.run(
        "update pb_transactions set type = 'ach', description = replace(description, 'its_', '');
        insert into pb_transfers (account_id, transaction_id, twin_account_id, twin_id, made_by,
            parted, reason, made_at)
        select 'old', id, 'far', 'to_' || id,
            case when id like '%parted' then 'hand' else 'found' end, id like '%parted', 'why',
            '2026-11-20T10:00:00+00:00'
        from pb_transactions where account_id = 'old';
        -- Found under the new id, for nobody said of that one that it is none.
        insert into pb_transfers (account_id, transaction_id, twin_account_id, twin_id, made_by,
            parted, reason, made_at)
        values ('far', 'to_twin_parted', 'new', 'its_twin_parted', 'found', false, 'why',
            '2026-11-21T10:00:00+00:00');
        insert into pb_links (account_id, pending_id, posted_id, made_by, parted, made_at)
        values ('old', 'moved_parted', 'twin_found', 'hand', true, '2026-11-20T10:00:00+00:00'),
            ('old', 'moved_parted', 'same_found', 'hand', true, '2026-11-20T10:00:00+00:00');
        update pb_transactions set transfer = true
        where account_id <> 'new' and id like '%found'
            or id in ('to_twin_parted', 'its_twin_parted');
        update pb_accounts set duplicate_of = 'old' where id = 'new';
        insert into pb_sync_state (account_id, done, empty_seen, audit_due)
        values ('new', true, false, false)",
    )
    .await;
}

const PAIRS: &str = "
    select account_id || '/' || transaction_id || ' ' || twin_account_id || '/' || twin_id || ' '
        || case when parted then 'none' else 'transfer' end || ' ' || made_by
    from pb_transfers order by 1";
const LINKS: &str = "
    select account_id || '/' || pending_id || ' ' || posted_id from pb_links where parted order by 1";
const MARKED: &str = "
    select account_id || '/' || id from pb_transactions
    where transfer and life = 'live' order by 1";

async fn picture(at: &TestDatabase) -> Vec<Vec<String>> {
    let mut picture = Vec::new();
    for sql in [PAIRS, LINKS, MARKED] {
        picture.push(at.ask(sql).await);
    }
    picture
}

async fn twin(store: &Store, account: &str, id: &str) -> Option<String> {
    let key = TransactionKey { account_id: account.into(), id: id.into() };
    store
        .load_twin(&key)
        .await
        .unwrap()
        .map(|twin| format!("{}/{}", twin.key.account_id, twin.key.id))
}

#[tokio::test]
async fn pairs_follow_the_rows_of_a_joined_account_and_go_back_with_them() {
    for at in support::databases().await {
        let test = at.open().await;
        fill(&test.at).await;
        let before = picture(&test.at).await;
        test.store.merge_account(&"new".into()).await.unwrap();
        assert_eq!(
            test.at.ask(PAIRS).await,
            [
                "new/its_twin_found far/to_twin_found transfer found",
                "new/its_twin_parted far/to_twin_parted none hand",
                "new/moved_found far/to_moved_found transfer found",
                "new/moved_parted far/to_moved_parted none hand",
                "new/same_found far/to_same_found transfer found",
                "new/same_parted far/to_same_parted none hand",
            ],
            "{}",
            test.at.engine
        );
        assert_eq!(
            test.at.ask(LINKS).await,
            ["new/moved_parted its_twin_found", "new/moved_parted same_found"]
        );
        let found = |account: &str, ids: [&str; 3]| ids.map(|id| format!("{account}/{id}"));
        let mut marked =
            found("far", ["to_moved_found", "to_same_found", "to_twin_found"]).to_vec();
        marked.extend(found("new", ["its_twin_found", "moved_found", "same_found"]));
        assert_eq!(test.at.ask(MARKED).await, marked);
        assert_eq!(twin(&test.store, "far", "to_moved_found").await.unwrap(), "new/moved_found");

        // A sync finds what it found, and nothing that the user parted.
        let joined = picture(&test.at).await;
        test.store.forget_setting("transfers_seen").await.unwrap();
        assert!(!test.store.refresh_transfers().await.unwrap(), "{:?}", picture(&test.at).await);
        assert_eq!(picture(&test.at).await, joined);

        test.store.undo_repair(&"enr_1".into()).await.unwrap();
        assert_eq!(picture(&test.at).await, before);
    }
}

#[tokio::test]
async fn a_row_that_has_had_another_id_since_gives_its_pair_back_too() {
    for at in support::databases().await {
        let test = at.open().await;
        fill(&test.at).await;
        test.store.merge_account(&"new".into()).await.unwrap();
        let again = Row { amount: -500, ..Row::new("new", "again", day("2026-11-05")) };
        ledger::transactions(&test.at, &[again]).await;
        test.at
            .run(
                "update pb_transactions set life = 'replaced', replaced_by = 'again'
                where account_id = 'new' and id = 'its_twin_parted'",
            )
            .await;
        test.store.forget_setting("transfers_seen").await.unwrap();
        test.store.refresh_transfers().await.unwrap();
        let pairs = test.at.ask(PAIRS).await;
        assert!(pairs.contains(&"new/again far/to_twin_parted none hand".to_owned()), "{pairs:?}");
        test.store.undo_repair(&"enr_1".into()).await.unwrap();
        let pairs = test.at.ask(PAIRS).await;
        let back = "old/twin_parted far/to_twin_parted none hand".to_owned();
        assert!(pairs.contains(&back), "{}: {pairs:?}", test.at.engine);
        assert!(!pairs.iter().any(|pair| pair.starts_with("new/again")), "{pairs:?}");
    }
}
