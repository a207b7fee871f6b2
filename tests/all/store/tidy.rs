//! What goes and what stays when a database is tidied.

use chrono::{Duration, Utc};

use crate::support::{self, ledger};

/// Days ago, at a time of that day.
fn at(days: i64, time: &str) -> String {
    format!("{}T{time}+00:00", (Utc::now() - Duration::days(days)).date_naive())
}

#[tokio::test]
async fn only_what_nobody_can_ask_for_goes() {
    for test in support::stores().await {
        let database = &test.at;
        ledger::account(database, "acc_1").await;
        // Of a day long ago: equal, equal, equal, another one, equal to that.
        for (time, ledger) in
            [("08:00:00", 5), ("09:00:00", 5), ("10:00:00", 5), ("11:00:00", 6), ("12:00:00", 6)]
        {
            ledger::snapshot(database, "acc_1", &at(60, time), ledger).await;
        }
        // Each day has a balance of its own, and a young one is left alone.
        for days in [58, 57, 56] {
            ledger::snapshot(database, "acc_1", &at(days, "09:00:00"), 6).await;
        }
        for time in ["01:00:00", "02:00:00", "03:00:00"] {
            ledger::snapshot(database, "acc_1", &at(2, time), 7).await;
        }
        database
            .run(format!(
                "insert into pb_raw_replies (account_id, kind, id, body, received_at) values
                    ('acc_1', 'balance', 'between', '{{}}', '{between}'),
                    ('acc_1', 'balance', 'first', '{{}}', '{first}');
                 insert into pb_sync_runs (id, started_at, started_by, full_walk, outcome) values
                    ('idle', '{old}', 'key', false, 'ok'), ('found', '{old}', 'key', false, 'ok'),
                    ('failed', '{old}', 'key', false, 'failed'),
                    ('young', '{young}', 'key', false, 'ok');
                 insert into pb_sync_results (run_id, account_id, enrollment_id, institution_name,
                    account_name, outcome, new_rows, settled_rows, changed_rows, gone_rows,
                    paired_rows, quarantined_rows, pages)
                 select id, 'acc_1', 'enr_1', '', '', 'ok',
                    case when id = 'found' then 1 else 0 end, 0, 0, 0, 0, 0, 1 from pb_sync_runs;
                 insert into pb_sync_explanations (run_id, account_id, steps)
                 select id, 'acc_1', '[]' from pb_sync_runs;
                 insert into pb_transaction_changes (id, account_id, transaction_id, changed_at,
                    run_id, field, old_value, new_value) values
                    ('1', 'acc_1', 't', '{years}', 'found', 'running_balance', '1', '2'),
                    ('2', 'acc_1', 't', '{years}', 'found', 'amount', '1', '2'),
                    ('3', 'acc_1', 't', '{young}', 'found', 'running_balance', '1', '2');
                 insert into pb_webhooks (id, type, received_at, handled_at) values
                    ('old', 'webhook.test', '{old}', '{old}'),
                    ('to do', 'webhook.test', '{old}', null),
                    ('young', 'webhook.test', '{young}', '{young}')",
                between = at(60, "09:00:00"),
                first = at(60, "08:00:00"),
                old = at(100, "09:00:00"),
                young = at(3, "09:00:00"),
                years = at(400, "09:00:00"),
            ))
            .await;

        let untidy = test.store.count_untidy().await.unwrap();
        let counts = (untidy.equal_balances, untidy.idle_syncs, untidy.explanations);
        assert_eq!(counts, (1, 1, 3), "{}", database.engine);
        assert_eq!((untidy.changes, untidy.resolved, untidy.announcements), (1, 0, 1));
        assert_eq!(test.store.tidy().await.unwrap(), untidy);
        test.store.compact().await.unwrap();
        assert!(test.store.count_untidy().await.unwrap().is_nothing());

        let ask = async |sql: &str| database.ask(sql).await;
        assert_eq!(ask("select cast(count(*) as text) from pb_balance_snapshots").await, ["10"]);
        assert_eq!(ask("select id from pb_raw_replies").await, ["first"]);
        assert_eq!(
            ask("select id from pb_sync_runs order by id").await,
            ["failed", "found", "young"]
        );
        assert_eq!(ask("select id from pb_transaction_changes order by id").await, ["2", "3"]);
        assert_eq!(ask("select id from pb_webhooks order by id").await, ["to do", "young"]);
        assert_eq!(ask("select run_id from pb_sync_explanations").await, ["young"]);
    }
}
