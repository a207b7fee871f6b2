//! What is written of rows that no bank's demonstration has: odd texts, transfers, other currencies.

use std::collections::BTreeMap;
use std::fs;

use passbook::domain::{ExportFormat, TransactionQuery, Zone};
use passbook::export::{self, Request};
use passbook::store::Store;
use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};

use crate::support::books::{Balances, Program};
use crate::support::ledger::{self, Row, day};
use crate::support::{self, TestDatabase};

async fn written(store: &Store, format: ExportFormat) -> String {
    let query = TransactionQuery::newest(None, 1);
    let request = Request { query, format, zone: Zone::UTC };
    let mut out = Vec::new();
    export::write(store, &request, &mut out, &|_| {}).await.unwrap();
    String::from_utf8(out).unwrap()
}

/// Every program that is there takes the books; what they add up, if any is there.
async fn checked(store: &Store) -> Option<Balances> {
    let directory = tempfile::tempdir().unwrap();
    let mut told = None;
    for program in Program::installed() {
        let file = directory.path().join(program.format());
        let format = ExportFormat::named(program.format()).unwrap();
        fs::write(&file, written(store, format).await).unwrap();
        program.check(&file);
        let balances = program.balances(&file);
        assert_eq!(told.get_or_insert_with(|| balances.clone()), &balances, "{program:?}");
    }
    told
}

fn sql(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// What a bank, or somebody who sends money, may write to break a line, a quote or a book.
const NASTY: &[&str] = &[
    "\n2026-01-01 * \"x\" \"y\"\n  Assets:Bank  1 USD\n",
    "\"quoted\" and \\ and \\\"",
    "; a comment",
    "text ; note: [2026-01-01] more",
    "[=2026-13-45]",
    "(code) rest",
    "* ! | payee | note",
    "include /etc/passwd",
    "\r\ninclude /etc/passwd\r\n",
    "key:: eval(1/0)",
    "date:2020-01-01, date2:2020-01-01, a:b",
    ":tag:other:",
    "  two  spaces\tand a tab",
    "= 100.00 USD",
    "@ 5 EUR {1 USD}",
    "#tag ^link",
    "\u{202e}right to left\u{202c} \u{5d0}\u{5d1}",
    "👨‍👩‍👧 emoji ⚡",
    "\u{1b}[2J\u{7}\u{b}\u{c}\u{85}\u{2028}",
    "食料品 café e\u{301}",
    "%(account) {{x}} $(id) `id`",
    "P 2026-01-01 USD 5 EUR",
    "~ monthly",
    "",
    " ",
    "'",
    "-",
];

fn nasty(random: &mut StdRng) -> String {
    let pieces = random.random_range(1..4);
    let mut text: String =
        (0..pieces).map(|_| NASTY[random.random_range(0..NASTY.len())]).collect();
    if random.random_ratio(1, 4) {
        // No engine keeps U+0000.
        text.extend((0..20).map(|_| random.random::<char>()).filter(|letter| *letter != '\0'));
    }
    if random.random_ratio(1, 50) {
        text = text.repeat(3_000);
    }
    text
}

fn cut(text: &str, bytes: usize) -> &str {
    &text[..text.floor_char_boundary(bytes)]
}

#[tokio::test]
async fn no_text_breaks_the_books_or_changes_a_sum() {
    for test in support::stores().await {
        let mut random = StdRng::seed_from_u64(7);
        ledger::account(&test.at, "acc_1").await;
        let rows: Vec<Row> = (0..400)
            .map(|number| {
                let date = day("2026-01-01") + chrono::Days::new(number / 4);
                let amount = random.random_range(-100_000..100_000);
                let seq = i64::try_from(number).unwrap();
                Row { seq, amount, ..Row::new("acc_1", &format!("txn_{number:04}"), date) }
            })
            .collect();
        ledger::transactions(&test.at, &rows).await;
        let sum: i64 = rows.iter().map(|row| row.amount).sum();
        ledger::snapshot(&test.at, "acc_1", "2026-12-01T12:00:00+00:00", sum + 5_000).await;
        let (bank, name) = (sql(&nasty(&mut random)), sql(&nasty(&mut random)));
        test.at
            .run(format!("update pb_accounts set institution_name = {bank}, name = {name}"))
            .await;
        for row in &rows {
            let [description, note] = [(); 2].map(|()| sql(&nasty(&mut random)));
            // As long as the store lets them become: an index holds them.
            let [merchant, category, tag] =
                [240, 120, 200].map(|bytes| sql(cut(&nasty(&mut random), bytes)));
            let id = &row.id;
            test.at
                .run(format!(
                    "update pb_transactions set description = {description}, merchant = {merchant},
                        shown_category = {category}, left_out = {} where id = '{id}';
                     insert into pb_annotations (account_id, transaction_id, note, edited_at)
                     values ('acc_1', '{id}', {note}, '2026-11-22T10:00:00+00:00');
                     insert into pb_tags (account_id, transaction_id, tag, edited_at)
                     values ('acc_1', '{id}', {tag}, '2026-11-22T10:00:00+00:00')",
                    row.amount % 2 == 0
                ))
                .await;
        }
        let lines = written(&test.store, ExportFormat::JsonLines).await;
        assert_eq!(lines.lines().count(), rows.len());
        if let Some(balances) = checked(&test.store).await {
            let measured = passbook::domain::Money::new(sum + 5_000, USD).to_string();
            let expected = support::books::plain(&measured);
            let numbers: Vec<&str> = balances.values().map(String::as_str).collect();
            assert_eq!(numbers, [expected], "{}", test.at.engine);
        }
    }
}

const USD: passbook::domain::Currency = passbook::domain::Currency::USD;

/// Two accounts with transfers between them, one of yen, one by hand.
async fn household(at: &TestDatabase) {
    for id in ["acc_1", "acc_2", "acc_3"] {
        ledger::account(at, id).await;
    }
    let row = |account: &str, id: &str, date: &str, amount: i64| Row {
        amount,
        ..Row::new(account, id, day(date))
    };
    let rows = [
        row("acc_1", "out_same", "2026-11-10", -50_000),
        row("acc_2", "in_same", "2026-11-10", 50_000),
        row("acc_1", "out_later", "2026-11-12", -20_000),
        row("acc_2", "in_later", "2026-11-14", 20_000),
        Row { status: "pending", ..row("acc_1", "pending", "2026-11-15", -999) },
        Row { life: "gone", ..row("acc_1", "gone", "2026-11-13", -77) },
        Row { currency: "JPY", ..row("acc_3", "yen", "2026-11-11", -1_500) },
        row("acc_1", "shop", "2026-11-16", -1_234),
    ];
    ledger::transactions(at, &rows).await;
    for (account, instant, minor) in [
        ("acc_1", "2026-11-11T12:00:00+00:00", 50_000),
        // The bank counted the row of the 12th a day later.
        ("acc_1", "2026-11-12T12:00:00+00:00", 50_000),
        ("acc_1", "2026-11-14T12:00:00+00:00", 30_000),
        ("acc_1", "2026-11-20T12:00:00+00:00", 28_766),
        ("acc_2", "2026-11-13T12:00:00+00:00", 60_000),
        ("acc_2", "2026-11-20T12:00:00+00:00", 80_000),
    ] {
        ledger::snapshot(at, account, instant, minor).await;
    }
    at.run(
        "insert into pb_balance_snapshots (account_id, observed_at, ledger, available, currency)
         values ('acc_3', '2026-11-20T12:00:00+00:00', 98500, null, 'JPY');
         update pb_accounts set currency = 'JPY' where id = 'acc_3';
         update pb_transactions set transfer = true
         where id in ('out_same', 'in_same', 'out_later', 'in_later');
         insert into pb_transfers (account_id, transaction_id, twin_account_id, twin_id, made_by,
            parted, made_at)
         values ('acc_1', 'out_same', 'acc_2', 'in_same', 'found', false,
                '2026-11-20T12:00:00+00:00'),
            ('acc_1', 'out_later', 'acc_2', 'in_later', 'found', false,
                '2026-11-20T12:00:00+00:00'),
            ('acc_1', 'shop', 'acc_2', 'in_same', 'found', true, '2026-11-20T12:00:00+00:00');
         insert into pb_hand_accounts (id, name, kind, currency, position, closed, made_at)
         values ('hand_1', 'House', 'asset', 'USD', 0, false, '2026-11-20T12:00:00+00:00'),
            ('hand_2', 'Mortgage', 'owed', 'USD', 1, false, '2026-11-20T12:00:00+00:00');
         insert into pb_hand_values (account_id, day, amount, edited_at)
         values ('hand_1', '2026-01-01', 40000000, '2026-11-20T12:00:00+00:00'),
            ('hand_1', '2026-11-13', 41200000, '2026-11-20T12:00:00+00:00'),
            ('hand_2', '2026-01-01', -28645017, '2026-11-20T12:00:00+00:00')",
    )
    .await;
}

#[tokio::test]
async fn books_of_a_household_are_as_they_were_once() {
    for test in support::stores().await {
        household(&test.at).await;
        for format in ExportFormat::ALL {
            let text = written(&test.store, format).await;
            insta::assert_snapshot!(format!("export_{}", format.name()), text);
        }
    }
}

#[tokio::test]
async fn transfers_yen_and_values_by_hand_add_up() {
    for test in support::stores().await {
        household(&test.at).await;
        let Some(balances) = checked(&test.store).await else { return };
        let balances: BTreeMap<String, String> = balances
            .into_iter()
            .map(|((account, currency), number)| (account, format!("{number} {currency}")))
            .collect();
        let expected = [
            ("Assets:Bank:Harbor-Credit-Union:Account-acc-1-0042", "287.66 USD"),
            ("Assets:Bank:Harbor-Credit-Union:Account-acc-2-0042", "800 USD"),
            ("Assets:Bank:Harbor-Credit-Union:Account-acc-3-0042", "98500 JPY"),
            ("Assets:Own:House", "412000 USD"),
            ("Liabilities:Own:Mortgage", "-286450.17 USD"),
        ];
        let expected: BTreeMap<String, String> =
            expected.map(|(name, number)| (name.to_owned(), number.to_owned())).into();
        assert_eq!(balances, expected, "{}", test.at.engine);
    }
}
