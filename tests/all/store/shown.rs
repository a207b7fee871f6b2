//! What derives from the bank's facts and the user's words follows both.

use passbook::store::Store;

use crate::support::{self, TestDatabase, ledger};

/// Three rows as a passbook before version 5 wrote them, one with words of the user's.
async fn older(at: &TestDatabase) {
    Store::migrate_up(&at.options(), Some(4)).await.unwrap().close().await;
    ledger::account(at, "acc_1").await;
    at.run(
        "insert into pb_transactions (account_id, id, date, seq, amount, currency, description,
            status, type, life, counterparty, category, born, first_seen_at, first_run, recheck,
            strikes, fence, digest)
         values ('acc_1', 'txn_1', '2026-11-20', 0, -450, 'USD', 'CAFÉ Łódź #12', 'posted',
                'card_payment', 'live', null, 'dining', 'posted', '2026-11-20T12:00:00+00:00',
                'run_1', 0, 0, 0, 0),
            ('acc_1', 'txn_2', '2026-11-20', 1, -450, 'USD', 'ROWAN MKT', 'posted',
                'card_payment', 'live', 'Rowan Market', null, 'posted',
                '2026-11-20T12:00:00+00:00', 'run_1', 0, 0, 0, 0),
            ('acc_1', 'txn_3', '2026-11-20', 2, -450, 'USD', 'OLD', 'pending', 'card_payment',
                'gone', null, null, 'pending', '2026-11-20T12:00:00+00:00', 'run_1', 0, 0, 0, 0);
         insert into pb_annotations (account_id, transaction_id, note, category, name, edited_at)
         values ('acc_1', 'txn_2', 'für Sam', 'groceries', 'Rowan''s',
            '2026-11-22T10:00:00+00:00');
         insert into pb_tags (account_id, transaction_id, tag, edited_at)
         values ('acc_1', 'txn_2', 'trip', '2026-11-22T10:00:00+00:00'),
            ('acc_1', 'txn_2', 'Ümit', '2026-11-22T10:00:00+00:00')",
    )
    .await;
}

const DERIVED: &str = "
    select id || '|' || words || '|' || coalesce(shown_category, '') || '|' || merchant || '|'
        || coalesce(tags, '')
    from pb_transactions order by id";

#[tokio::test]
async fn rows_of_an_older_version_are_derived_by_the_update() {
    for at in support::databases().await {
        older(&at).await;
        Store::open(at.options()).await.unwrap().close().await;
        assert_eq!(
            at.ask(DERIVED).await,
            [
                "txn_1|cafe lodz #12|dining|CAFÉ Łódź|",
                "txn_2|rowan mkt\nrowan market\nrowan's\nfur sam\ntrip\numit|groceries|Rowan's|\
                 \ntrip\nÜmit\n",
                "txn_3|old||OLD|",
            ],
            "{}",
            at.engine
        );
    }
}

#[tokio::test]
async fn taking_the_columns_back_leaves_the_users_words() {
    for at in support::databases().await {
        older(&at).await;
        Store::open(at.options()).await.unwrap().close().await;
        Store::migrate_down(&at.options(), 4).await.unwrap();
        let notes = at.ask("select note || name from pb_annotations").await;
        assert_eq!(notes, ["für SamRowan's"], "{}", at.engine);
        Store::open(at.options()).await.unwrap().close().await;
        assert_eq!(at.ask(DERIVED).await.len(), 3);
    }
}
