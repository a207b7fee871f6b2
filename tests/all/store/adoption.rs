//! Every state in which the Python app can have left a database, taken over on both engines.

use std::fs;

use passbook::database::Database;
use passbook::domain::{Adopted, Survey, SurveyZone};
use passbook::store::Store;
use passbook::store::adopt::{AdoptError, AdoptOptions, Legacy, State};

use crate::support::legacy::{self, FIRST, HEAD, LLC};
use crate::support::{self, TestDatabase, TestStore};

/// A source and a store on each pair of engines that people have: a file and a file, a server's
/// database beside passbook's own tables, and a server's database taken into a file.
struct Move {
    source: TestDatabase,
    target: TestStore,
}

async fn open(at: TestDatabase) -> TestStore {
    let store = Store::open(at.options()).await.unwrap();
    TestStore { store, at }
}

async fn sources() -> Vec<TestDatabase> {
    support::databases().await
}

async fn survey(at: &TestDatabase) -> Survey {
    Legacy::open(&at.database).await.unwrap().survey(&utc()).await.unwrap()
}

/// The test servers keep their log in whatever zone the machine has.
fn utc() -> AdoptOptions {
    AdoptOptions { zone: Some("UTC".to_owned()), test_rows: false, by_hand: false }
}

async fn adopt(
    source: &TestDatabase,
    target: &TestStore,
    options: &AdoptOptions,
) -> Result<Adopted, AdoptError> {
    let mut legacy = Legacy::open(&source.database).await?;
    target.store.adopt(&mut legacy, &target.at.database, options).await
}

/// Everything of the source, to see that nothing of it has changed.
async fn contents(at: &TestDatabase) -> Vec<String> {
    let mut found = Vec::new();
    for (table, value) in
        [("accounts", "name"), ("balance_snapshots", "ledger"), ("transactions", "amount")]
    {
        let sql = format!(
            "select cast(id as text) || coalesce(cast({value} as text), '?') from {table} order by 1"
        );
        found.extend(at.ask(sql).await);
    }
    found
}

async fn moves() -> Vec<Move> {
    let mut moves = Vec::new();
    for source in sources().await {
        moves.push(Move { source, target: open(support::sqlite()).await });
    }
    for source in sources().await {
        // In place: its tables stand beside passbook's own.
        let target = open(source.again()).await;
        moves.push(Move { source, target });
    }
    moves
}

#[tokio::test]
async fn every_row_comes_over_with_exact_cents_and_the_original_stays_as_it_was() {
    for Move { source, target } in moves().await {
        legacy::tables(&source).await;
        legacy::rows(&source).await;
        let before = contents(&source).await;
        let bytes = (source.engine == "SQLite" && source.url() != target.at.url())
            .then(|| fs::read(source.path()).unwrap());

        let told = survey(&source).await;
        assert_eq!((told.state, told.accounts, told.balances, told.transactions), ("S1", 4, 5, 10));
        assert_eq!((told.pending, told.orphans, told.test_rows), (1, 2, 1));
        assert_eq!(
            (told.unknown_ledgers, told.odd_amounts, told.incomplete),
            (2, i64::from(source.engine == "SQLite"), 2)
        );
        assert_eq!(told.differing, Vec::<String>::new());

        let adopted = adopt(&source, &target, &utc()).await.unwrap();
        assert_eq!((adopted.accounts, adopted.balances, adopted.transactions), (4, 4, 8));
        assert_eq!((adopted.set_aside, adopted.left_out), (2, 2));

        let at = &target.at;
        let amounts = at
            .ask("select id || ' ' || cast(amount as text) || ' ' || status from pb_transactions order by date, id")
            .await;
        let odd =
            if source.engine == "SQLite" { "txn_odd 100 posted" } else { "txn_odd 101 posted" };
        assert_eq!(
            amounts,
            [
                "txn_1 -1240 posted",
                "txn_2 10000 posted",
                "txn_card -4378 posted",
                "txn_large 99999999999999 posted",
                odd,
                "txn_bare 500 posted",
                "txn_orphan -777 posted",
                "txn_pending -2000 pending",
            ]
        );
        let texts = at
            .ask("select description || '|' || coalesce(category, '') from pb_transactions where id in ('txn_1', 'txn_2', 'txn_bare') order by id")
            .await;
        assert_eq!(texts, ["ROWAN MARKET|groceries", "Café|", "|"]);
        let balances = at
            .ask(
                "select account_id || ' ' || coalesce(cast(ledger as text), '?') || ' ' ||
                    coalesce(cast(available as text), '?')
                 from pb_balance_snapshots order by account_id, observed_at",
            )
            .await;
        assert_eq!(
            balances,
            ["acc_1 2857502 10000", "acc_1 ? 10000", "acc_1 ? ?", "acc_card -51233 250000"]
        );
        let names = at.ask("select name from pb_accounts order by id").await;
        assert_eq!(names, ["Café Kasse", "Account acc_bare", "Card", "Unknown (acc_gone)"]);
        let sums = at.ask("select cast(sum(entries) as text) from pb_days").await;
        assert_eq!(sums, ["8"]);
        let raw = at.ask("select body from pb_raw_replies where id = 'txn_card'").await;
        assert_eq!(raw, ["{\"status\": \"posted\", \"amount\": \"43.78\"}"]);

        assert_eq!(contents(&source).await, before);
        if let Some(bytes) = bytes {
            assert_eq!(fs::read(source.path()).unwrap(), bytes, "not a byte of the file");
        }
        // A second time there is nothing to take, and the record of the first one stays.
        let again = adopt(&source, &target, &utc()).await.unwrap();
        assert!(again.is_nothing(), "{again:?}");
        assert_eq!(target.store.count_adoptions().await.unwrap(), 1);
    }
}

#[tokio::test]
async fn every_state_is_known_by_its_tables() {
    for at in sources().await {
        let code = async |at: &TestDatabase| {
            Legacy::open(&at.database).await.unwrap().state.code().to_owned()
        };
        if at.engine == "SQLite" {
            fs::write(at.path(), "").unwrap();
        }
        assert_eq!(code(&at).await, "S0", "{}", at.engine);
        legacy::versions(&at, &[]).await;
        assert_eq!(code(&at).await, "S0", "an empty list of versions only: S7, as good as empty");
        let nothing = Legacy::open(&at.database).await.unwrap().expect_adoptable().unwrap_err();
        assert!(nothing.to_string().contains("nothing to take"), "{nothing}");
        legacy::tables(&at).await;
        assert_eq!(code(&at).await, "S2");
        for (version, llc, state) in [
            (FIRST, 0, "S3"),
            (HEAD, 0, "S5"),
            ("beefbeef", 0, "S9"),
            (LLC, 10, "S4"),
            (FIRST, 0, "S8"),
        ] {
            at.run("delete from alembic_version").await;
            at.run(format!("insert into alembic_version values ('{version}')")).await;
            if llc > 0 {
                legacy::llc_tables(&at, llc).await;
            }
            assert_eq!(code(&at).await, state, "{} {version}", at.engine);
        }
        at.run("insert into alembic_version values ('another')").await;
        assert_eq!(code(&at).await, "S9", "two versions");
        at.run("drop table alembic_version").await;
        assert_eq!(code(&at).await, "S6");
        at.run("create table manual_asset (slug varchar(20))").await;
        let others = survey(&at).await.others;
        assert_eq!(others.len(), 11, "S11: told, and left where they are");
        assert_eq!(others.iter().map(|other| other.rows).sum::<i64>(), 1);
    }
}

#[tokio::test]
async fn tables_of_another_program_are_refused_with_the_difference() {
    for at in sources().await {
        at.run("create table accounts (id integer, owner text); create table transactions (id integer)")
            .await;
        let target = open(support::sqlite()).await;
        let legacy = Legacy::open(&at.database).await.unwrap();
        assert!(matches!(legacy.state, State::Strange(_)), "{}", at.engine);
        let error = adopt(&at, &target, &utc()).await.unwrap_err().to_string();
        assert!(error.contains("accounts has no column institution_id"), "{error}");
        assert!(error.contains("nothing was changed"), "{error}");
        assert_eq!(target.store.count_adoptions().await.unwrap(), 0);
    }
}

#[tokio::test]
async fn the_rewrites_tables_come_over_in_their_own_currencies_and_its_token_does_not() {
    for source in sources().await {
        legacy::rewrite(&source).await;
        let target = open(support::sqlite()).await;
        let told = survey(&source).await;
        assert_eq!((told.state, told.tokens), ("S10", 1));
        let adopted = adopt(&source, &target, &utc()).await.unwrap();
        assert_eq!((adopted.accounts, adopted.balances, adopted.transactions), (2, 1, 2));
        let amounts = target
            .at
            .ask("select currency || ' ' || cast(amount as text) from pb_transactions order by id")
            .await;
        assert_eq!(amounts, ["USD -1240", "JPY -1200"]);
        let file = fs::read(target.at.path()).unwrap();
        let wal = fs::read(target.at.path().with_extension("db-wal")).unwrap_or_default();
        let text = String::from_utf8_lossy(&[file, wal].concat()).into_owned();
        assert!(!text.contains("token_never_seen"));
    }
}

#[tokio::test]
async fn an_amount_that_contradicts_the_banks_record_stops_everything() {
    for source in sources().await {
        legacy::tables(&source).await;
        legacy::rows(&source).await;
        source.run("update transactions set amount = -12.41 where id = 'txn_1'").await;
        let target = open(support::sqlite()).await;
        assert_eq!(survey(&source).await.differing, ["txn_1"]);
        let error = adopt(&source, &target, &utc()).await.unwrap_err();
        assert!(error.to_string().contains("txn_1"), "{error}");
        assert!(target.store.count_contents().await.unwrap().is_empty(), "{}", source.engine);
    }
}

#[tokio::test]
async fn what_passbook_knows_already_is_not_overwritten() {
    for source in sources().await {
        legacy::tables(&source).await;
        legacy::rows(&source).await;
        let target = open(support::sqlite()).await;
        support::ledger::account(&target.at, "acc_1").await;
        let mut row =
            support::ledger::Row::new("acc_1", "txn_1", support::ledger::day("2025-10-01"));
        row.amount = -1300;
        support::ledger::transactions(&target.at, &[row]).await;
        let adopted = adopt(&source, &target, &utc()).await.unwrap();
        assert_eq!((adopted.known, adopted.transactions), (2, 7));
        let kept =
            target.at.ask("select cast(amount as text) from pb_transactions where id = 'txn_1'");
        assert_eq!(kept.await, ["-1300"], "the bank's later word");
    }
}

#[tokio::test]
async fn two_halves_of_one_history_become_one() {
    let mut databases = Vec::new();
    for _ in 0..2 {
        let at = support::sqlite();
        legacy::tables(&at).await;
        legacy::rows(&at).await;
        databases.push(at);
    }
    databases[0].run("delete from transactions where id < 'txn_l'").await;
    databases[1].run("delete from transactions where id > 'txn_large'").await;
    let target = open(support::sqlite()).await;
    for half in &databases {
        adopt(half, &target, &utc()).await.unwrap();
    }
    let count = target.at.ask("select cast(count(*) as text) from pb_transactions").await;
    assert_eq!(count, ["8"]);
    assert_eq!(target.store.count_adoptions().await.unwrap(), 2);
}

#[tokio::test]
async fn new_rows_are_taken_in_at_each_launch_and_a_source_that_is_gone_is_no_trouble() {
    for Move { source, target } in moves().await {
        legacy::tables(&source).await;
        legacy::rows(&source).await;
        adopt(&source, &target, &utc()).await.unwrap();
        let own = &target.at.database;
        let at_launch = async || target.store.take_in_new(own).await.unwrap();
        assert!(at_launch().await.is_nothing());
        source
            .run(
                "insert into transactions values ('txn_new', 'acc_1', '2025-10-09', 'NEW', -1, null);
                 insert into balance_snapshots (account_id, available, ledger, as_of)
                    values ('acc_1', 1, 1, '2025-10-09 10:00:00')",
            )
            .await;
        let taken = at_launch().await;
        // Another server is only asked when the user says so.
        let reachable = source.engine == "SQLite" || source.url() == target.at.url();
        let expected = if reachable { (1, 1) } else { (0, 0) };
        assert_eq!((taken.transactions, taken.balances), expected, "{}", source.engine);
        assert!(at_launch().await.is_nothing());
        if source.engine == "SQLite" && source.url() != target.at.url() {
            fs::remove_file(source.path()).unwrap();
            assert!(at_launch().await.is_nothing());
        }
    }
}

#[tokio::test]
async fn forgetting_removes_what_came_and_nothing_else() {
    for Move { source, target } in moves().await {
        support::ledger::account(&target.at, "acc_mine").await;
        let mine =
            support::ledger::Row::new("acc_mine", "txn_mine", support::ledger::day("2026-01-01"));
        support::ledger::transactions(&target.at, &[mine]).await;
        support::ledger::snapshot(&target.at, "acc_mine", "2026-11-01T10:00:00+00:00", 1).await;
        legacy::tables(&source).await;
        legacy::rows(&source).await;
        let before = contents(&source).await;
        adopt(&source, &target, &utc()).await.unwrap();
        target
            .at
            .run(
                "insert into pb_annotations (account_id, transaction_id, note, edited_at)
                    values ('acc_1', 'txn_1', 'mine', '2026-11-22T10:00:00+00:00');
                 update pb_transactions set fence = 7 where id = 'txn_2'",
            )
            .await;
        let forgotten = target.store.forget_adopted().await.unwrap();
        assert_eq!((forgotten.transactions, forgotten.kept, forgotten.balances), (7, 1, 4));
        let left = target.at.ask("select id from pb_transactions order by id").await;
        assert_eq!(left, ["txn_2", "txn_mine"], "what a sync has met since is the bank's");
        assert_eq!(
            target.at.ask("select id from pb_accounts order by id").await,
            ["acc_1", "acc_mine"]
        );
        assert_eq!(target.at.ask("select note from pb_annotations").await, ["mine"]);
        let left = target.at.ask("select cast(count(*) as text) from pb_balance_snapshots").await;
        assert_eq!(left, ["1"]);
        let days = target.at.ask("select cast(sum(entries) as text) from pb_days").await;
        assert_eq!(days, ["2"]);
        assert_eq!(target.at.ask("select cast(count(*) as text) from pb_quarantine").await, ["0"]);
        assert_eq!(contents(&source).await, before);
        assert_eq!(target.store.count_adoptions().await.unwrap(), 0);
        // It can be taken again.
        assert_eq!(adopt(&source, &target, &utc()).await.unwrap().transactions, 7);
    }
}

#[tokio::test]
async fn rows_of_test_scripts_come_when_they_are_asked_for() {
    for source in sources().await {
        legacy::tables(&source).await;
        legacy::rows(&source).await;
        let target = open(support::sqlite()).await;
        let options = AdoptOptions { test_rows: true, ..utc() };
        let adopted = adopt(&source, &target, &options).await.unwrap();
        assert_eq!((adopted.transactions, adopted.left_out), (9, 0));
    }
}

#[tokio::test]
async fn times_of_a_server_in_another_zone_are_asked_about_and_read_right() {
    let Some(source) = support::postgres().await else { return };
    legacy::tables(&source).await;
    source
        .run(
            "insert into accounts (id) values ('acc_1');
             insert into balance_snapshots (account_id, available, ledger, as_of)
                values ('acc_1', 1, 1, '2025-10-01 05:02:00.123456')",
        )
        .await;
    let target = open(support::sqlite()).await;
    let zone =
        |zone: &str| AdoptOptions { zone: Some(zone.to_owned()), test_rows: false, by_hand: false };
    let error = adopt(&source, &target, &zone("Moon/Base")).await.unwrap_err();
    assert!(matches!(error, AdoptError::UnknownZone { .. }), "{error}");
    adopt(&source, &target, &zone("America/New_York")).await.unwrap();
    let snapshots = target.store.load_snapshots(None, None).await.unwrap();
    assert_eq!(snapshots[0].observed_at.to_rfc3339(), "2025-10-01T09:02:00.123456+00:00");
    let mut file = Legacy::open(&support::sqlite_with_app().await.database).await.unwrap();
    let error = file.survey(&zone("America/New_York")).await.unwrap_err();
    assert!(matches!(error, AdoptError::ZoneOfFile), "{error}");
    assert_eq!(file.survey(&AdoptOptions::default()).await.unwrap().zone, SurveyZone::Utc);
}

#[tokio::test]
async fn fifty_thousand_rows_come_over_whole() {
    for source in sources().await {
        legacy::tables(&source).await;
        legacy::rows(&source).await;
        legacy::many(&source, 50_000).await;
        let target = open(support::sqlite()).await;
        let adopted = adopt(&source, &target, &utc()).await.unwrap();
        assert_eq!(adopted.transactions, 50_008, "{}", source.engine);
    }
}

/// A read-only file in a read-only directory can be taken as well.
#[tokio::test]
async fn a_file_that_may_only_be_read_is_enough() {
    let source = support::sqlite_with_app().await;
    let mut permissions = fs::metadata(source.path()).unwrap().permissions();
    permissions.set_readonly(true);
    fs::set_permissions(source.path(), permissions).unwrap();
    let target = open(support::sqlite()).await;
    assert_eq!(adopt(&source, &target, &utc()).await.unwrap().transactions, 8);
    let error = Legacy::open(&Database::Sqlite { path: "/nowhere/app.db".into() }).await;
    assert!(error.is_err());
}

#[tokio::test]
async fn in_place_nothing_is_left_where_nothing_can_be_taken_and_all_stays_where_something_is_kept()
{
    let tables = |at: &TestDatabase| match at.engine {
        "SQLite" => "select name from sqlite_master where name like 'pb_%'",
        _ => {
            "select cast(table_name as text) from information_schema.tables
            where table_name like 'pb_%'"
        }
    };
    for source in sources().await {
        legacy::tables(&source).await;
        legacy::rows(&source).await;
        let before = contents(&source).await;
        source.run("update transactions set amount = 3 where id = 'txn_1'").await;
        let refused = Store::adopt_in_place(&source.options(), &utc()).await;
        assert!(matches!(refused, Err(AdoptError::Amounts { .. })));
        assert_eq!(source.ask(tables(&source)).await, Vec::<String>::new(), "{}", source.engine);

        source.run("update transactions set amount = -12.4 where id = 'txn_1'").await;
        let (store, adopted) = Store::adopt_in_place(&source.options(), &utc()).await.unwrap();
        assert_eq!(adopted.transactions, 8);
        store.close().await;
        assert_eq!(contents(&source).await, before);

        // Once something is kept there, a refusal takes nothing of it away.
        source.run("update transactions set amount = 3 where id = 'txn_1'").await;
        Store::adopt_in_place(&source.options(), &utc()).await.map(drop).unwrap_err();
        let kept = source.ask("select cast(count(*) as text) from pb_transactions").await;
        assert_eq!(kept, ["8"]);
    }
}

#[tokio::test]
async fn a_database_is_used_once_something_of_the_users_stands_there() {
    for at in support::databases().await {
        assert!(Store::open_if_used(&at.options()).await.unwrap().is_none(), "no tables");
        Store::open(at.options()).await.unwrap().close().await;
        assert!(Store::open_if_used(&at.options()).await.unwrap().is_none(), "no rows");
        at.run(
            "insert into pb_enrollments (id, institution_id, institution_name, environment, state,
                first_seen_at)
            values ('enr_1', 'harbor', 'Harbor', 'sandbox', 'healthy', '2026-11-01 10:00:00+00:00')",
        )
        .await;
        let store = Store::open_if_used(&at.options()).await.unwrap();
        store.expect("a bank is known").close().await;
    }
}

/// What the Python app kept by hand, in the columns that its tables are known to have.
async fn kept_by_hand(at: &TestDatabase) {
    let time = if at.engine == "SQLite" { "datetime" } else { "timestamp" };
    at.run(format!(
        "create table llc_accounts (account_id integer, slug varchar not null,
            name varchar not null, subtitle varchar, account_type varchar not null,
            current_balance numeric(14, 2), created_at {time}, updated_at {time});
         insert into llc_accounts values (1, 'rent', 'Rent Account', null, 'checking', 1250.5,
            '2025-09-30 10:00:00', '2025-10-04 10:00:00');
         insert into llc_accounts values (2, 'loan', 'Construction', null, 'Member Loan', 90000,
            '2025-09-30 10:00:00', null);
         insert into llc_accounts values (3, 'empty', 'Empty', null, 'checking', null, null, null);
         create table manual_liability (slug varchar, outstanding_balance numeric(14, 2),
            rate numeric(5, 2), updated_at {time});
         insert into manual_liability values ('roof_loan', 410.05, 4.5, '2025-10-01 08:00:00');
         create table manual_data (account_id varchar, rent_roll numeric(14, 2))"
    ))
    .await;
}

#[tokio::test]
async fn what_was_kept_by_hand_is_offered_taken_once_and_given_up_again() {
    for Move { source, target } in moves().await {
        legacy::tables(&source).await;
        legacy::rows(&source).await;
        kept_by_hand(&source).await;
        let told: Vec<String> = survey(&source)
            .await
            .by_hand
            .iter()
            .map(passbook::domain::FoundByHand::sentence)
            .collect();
        let mut sorted = told.clone();
        sorted.sort();
        assert_eq!(
            sorted,
            [
                "Construction (loan): -90,000.00 USD since 2025-09-30",
                "Rent Account (other asset): 1,250.50 USD since 2025-10-04",
                "Roof loan (loan): -410.05 USD since 2025-10-01",
            ],
            "{}",
            source.engine
        );
        let without = adopt(&source, &target, &utc()).await.unwrap();
        assert_eq!(without.by_hand, 0, "only when it is asked for");
        let wanted = AdoptOptions { by_hand: true, ..utc() };
        assert_eq!(adopt(&source, &target, &wanted).await.unwrap().by_hand, 3);
        assert_eq!(adopt(&source, &target, &wanted).await.unwrap().by_hand, 0);
        let at = &target.at;
        let mut values = at
            .ask(
                "select h.name || ' ' || h.kind || ' ' || cast(v.amount as text)
                 from pb_hand_accounts h join pb_hand_values v on v.account_id = h.id",
            )
            .await;
        values.sort();
        assert_eq!(
            values,
            ["Construction loan -9000000", "Rent Account asset 125050", "Roof loan loan -41005"]
        );
        at.run(
            "insert into pb_hand_values (account_id, day, amount, edited_at)
             values ('construction', '2030-01-01', -1, '2099-01-01T00:00:00+00:00')",
        )
        .await;
        assert_eq!(target.store.forget_adopted().await.unwrap().by_hand, 2);
        let left = at.ask("select id from pb_hand_accounts").await;
        assert_eq!(left, ["construction"], "{}: the user has said more since", source.engine);
    }
}
