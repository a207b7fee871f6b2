//! Databases as the Python app and its migrations left them, written from what they look like on disk.

use std::fmt::Write as _;

use super::TestDatabase;

pub const FIRST: &str = "e3cac1307792";
pub const LLC: &str = "llc_tables_001";
pub const HEAD: &str = "68872b39783c";

/// The three tables.
pub async fn tables(at: &TestDatabase) {
    let (serial, now) = if at.engine == "SQLite" {
        ("integer not null", "current_timestamp")
    } else {
        ("serial", "now()")
    };
    let time = if at.engine == "SQLite" { "datetime" } else { "timestamp" };
    let json = "json";
    at.run(format!(
        "create table accounts (id varchar not null, name varchar, institution_id varchar,
            type varchar, subtype varchar, last_four varchar, created_at {time} default ({now}),
            updated_at {time}, primary key (id));
         create table balance_snapshots (id {serial}, account_id varchar,
            available numeric(14, 2), ledger numeric(14, 2), as_of {time}, raw {json},
            primary key (id), constraint uq_bal_asof unique (account_id, as_of));
         create index ix_balance_snapshots_account_id on balance_snapshots (account_id);
         create index ix_balance_snapshots_as_of on balance_snapshots (as_of);
         create table transactions (id varchar not null, account_id varchar, date date,
            description varchar, amount numeric(14, 2), raw {json}, primary key (id));
         create index ix_transactions_account_id on transactions (account_id);
         create index ix_transactions_date on transactions (date);
         create index ix_txn_acct_date on transactions (account_id, date)"
    ))
    .await;
}

/// As `alembic_version` holds them.
pub async fn versions(at: &TestDatabase, versions: &[&str]) {
    at.run(
        "create table alembic_version (version_num varchar(32) not null,
            constraint alembic_version_pkc primary key (version_num))",
    )
    .await;
    for version in versions {
        at.run(format!("insert into alembic_version (version_num) values ('{version}')")).await;
    }
}

/// The business tables, with a row in the first.
pub async fn llc_tables(at: &TestDatabase, count: usize) {
    const NAMES: [&str; 10] = [
        "llc_accounts",
        "llc_members",
        "llc_account_transactions",
        "llc_financing_terms",
        "llc_financing_breakdown",
        "llc_member_loans",
        "llc_rent_tenants",
        "llc_rent_months",
        "llc_rent_records",
        "llc_rent_totals",
    ];
    for name in &NAMES[..count] {
        at.run(format!("create table {name} (id integer, name varchar(20))")).await;
    }
    at.run("insert into llc_accounts values (1, 'rent')").await;
}

/// The rewrite's four tables, with a token that nobody may ever see.
pub async fn rewrite(at: &TestDatabase) {
    let time = if at.engine == "SQLite" { "datetime" } else { "timestamp" };
    at.run(format!(
        "create table users (id varchar primary key, access_token varchar not null, name varchar,
            created_at {time}, updated_at {time});
         create table accounts (id varchar primary key, user_id varchar not null, name varchar,
            institution varchar, last_four varchar, type varchar, subtype varchar,
            currency varchar, raw json not null, created_at {time}, updated_at {time} not null);
         create table balances (account_id varchar primary key, available numeric(18, 2),
            ledger numeric(18, 2), currency varchar, raw json not null, cached_at {time});
         create table transactions (id varchar primary key, account_id varchar not null,
            description text, amount numeric(18, 2), date date, running_balance numeric(18, 2),
            type varchar, raw json not null, cached_at {time});
         insert into users values ('usr_1', 'token_never_seen', null, null, null);
         insert into accounts values ('acc_1', 'usr_1', 'Checking', 'harbor', '0042', 'depository',
            'checking', 'USD', '{{\"id\": \"acc_1\"}}', '2025-09-01 10:00:00',
            '2025-09-01 10:00:00');
         insert into accounts values ('acc_yen', 'usr_1', 'Yen', 'harbor', '0043', 'depository',
            'checking', 'JPY', '{{}}', '2025-09-01 10:00:00', '2025-09-01 10:00:00');
         insert into balances values ('acc_1', 10.5, 12.25, 'USD',
            '{{\"available\": \"10.50\", \"ledger\": \"12.25\"}}', '2025-10-01 10:00:00');
         insert into transactions values ('txn_r1', 'acc_1', 'CAFE', -12.4, '2025-10-01', null,
            'card_payment', '{{\"status\": \"posted\", \"amount\": \"-12.40\"}}',
            '2025-10-01 10:00:00');
         insert into transactions values ('txn_yen', 'acc_yen', 'RAMEN', -1200, '2025-10-02', null,
            'card_payment', '{{\"status\": \"posted\", \"amount\": \"-1200\"}}',
            '2025-10-01 10:00:00')"
    ))
    .await;
}

/// Rows with everything that real ones have: whole and broken amounts in one column, a null in every
/// column that may be null, a card, pending rows, balances that the bank never gave, text of all
/// kinds, and what test scripts leave.
pub async fn rows(at: &TestDatabase) {
    at.run(
        "insert into accounts (id, name, institution_id, type, subtype, last_four, created_at)
            values ('acc_1', 'Café Kasse', 'harbor', 'depository', 'checking', '0042',
                '2025-09-01 10:00:00');
         insert into accounts (id, name, institution_id, type, subtype, last_four, created_at)
            values ('acc_card', 'Card', 'harbor', 'credit', 'credit_card', '1177',
                '2025-09-01 10:00:00');
         insert into accounts (id) values ('acc_bare');
         insert into accounts (id, name) values ('acc_test_storage_123', 'Test');

         insert into balance_snapshots (account_id, available, ledger, as_of, raw)
            values ('acc_1', 100, 28575.02, '2025-10-01 10:00:00',
                '{\"available\": \"100.00\", \"ledger\": \"28575.02\"}');
         insert into balance_snapshots (account_id, available, ledger, as_of, raw)
            values ('acc_1', 100, 0, '2025-10-01 10:00:01', '{\"available\": \"100.00\"}');
         insert into balance_snapshots (account_id, available, ledger, as_of, raw)
            values ('acc_1', 0, 0, '2025-10-01 10:00:02', '{\"available\": null, \"ledger\": null}');
         insert into balance_snapshots (account_id, available, ledger, as_of, raw)
            values ('acc_card', 2500, 512.33, '2025-10-01 10:00:00',
                '{\"available\": \"2500.00\", \"ledger\": \"512.33\"}');
         insert into balance_snapshots (account_id, available, ledger, as_of, raw)
            values ('acc_1', null, null, null, null);

         insert into transactions values ('txn_1', 'acc_1', '2025-10-01', 'ROWAN MARKET', -12.4,
            '{\"status\": \"posted\", \"type\": \"card_payment\", \"amount\": \"-12.40\",
              \"running_balance\": \"28575.02\", \"details\": {\"category\": \"groceries\",
              \"processing_status\": \"complete\",
              \"counterparty\": {\"name\": \"Rowan\", \"type\": \"organization\"}}}');
         insert into transactions values ('txn_2', 'acc_1', '2025-10-02', null, 100,
            '{\"status\": \"posted\", \"type\": \"deposit\", \"amount\": \"100.00\",
              \"details\": {\"counterparty\": {\"name\": \"Caf\\u00e9\"}}}');
         insert into transactions values ('txn_pending', 'acc_1', '2025-10-08', 'HARBOR BOOKS', -20,
            '{\"status\": \"pending\", \"amount\": \"-20.00\", \"running_balance\": null}');
         insert into transactions values ('txn_card', 'acc_card', '2025-10-03', '東京 NOODLES', 43.78,
            '{\"status\": \"posted\", \"amount\": \"43.78\"}');
         insert into transactions values ('txn_large', 'acc_1', '2025-10-04', 'HOUSE',
            999999999999.99, '{\"status\": \"posted\", \"amount\": \"999999999999.99\"}');
         insert into transactions values ('txn_odd', 'acc_1', '2025-10-05', 'ODD', 1.005,
            '{\"status\": \"posted\", \"amount\": \"1.005\"}');
         insert into transactions values ('txn_bare', 'acc_bare', '2025-10-06', null, 5, null);
         insert into transactions values ('txn_nothing', null, null, null, null, null);
         insert into transactions values ('txn_test_1', 'acc_test_storage_123', '2025-10-06', 'T', 1,
            null);
         insert into transactions values ('txn_orphan', 'acc_gone', '2025-10-07', 'ORPHAN', -7.77,
            '{\"status\": \"posted\", \"amount\": \"-7.77\"}')",
    )
    .await;
}

/// Many rows, as after years.
pub async fn many(at: &TestDatabase, count: i64) {
    let mut sql = String::new();
    for number in 0..count {
        let start = if number % 500 == 0 { "; insert into transactions values " } else { ", " };
        let (day, cents) = (number % 28 + 1, number % 97);
        write!(
            sql,
            "{start}('txn_many_{number}', 'acc_1', '2024-{:02}-{day:02}', 'ROW', -{number}.{cents:02},
             '{{\"status\": \"posted\", \"amount\": \"-{number}.{cents:02}\"}}')",
            number % 12 + 1
        )
        .expect("writing to a string");
    }
    at.run(sql.trim_start_matches("; ").to_owned()).await;
}
