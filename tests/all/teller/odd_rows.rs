//! Transactions as no documentation promises them: each costs itself at most.

use passbook::domain::{Account, Currency, Money, Status, Transaction};
use passbook::teller::{Charge, Page, wire};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::{account, card, checking};

const GOOD: &str = r#"{"id":"txn_good","account_id":"acc_1","date":"2026-03-13","amount":"-12.40",
    "description":"CAFE","status":"posted","type":"card_payment","running_balance":"891.07",
    "details":{"processing_status":"complete","category":"dining",
        "counterparty":{"name":"CAFE","type":"organization"}},"links":{}}"#;

fn read(body: &str, account: &Account) -> Page {
    wire::read_page(body.as_bytes(), account).unwrap()
}

/// A good row with this member in place of its own.
fn with(pointer: &str, value: Value) -> String {
    let mut row: Value = serde_json::from_str(GOOD).unwrap();
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    row.pointer_mut(parent).unwrap().as_object_mut().unwrap().insert(name.to_owned(), value);
    row.to_string()
}

fn without(pointer: &str) -> String {
    let mut row: Value = serde_json::from_str(GOOD).unwrap();
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    row.pointer_mut(parent).unwrap().as_object_mut().unwrap().remove(name).unwrap();
    row.to_string()
}

fn accepted(row: &str) -> Transaction {
    let page = read(&format!("[{row}]"), &checking());
    assert_eq!(page.rejected, [], "{row}");
    assert_eq!(page.rows[0].raw, row);
    page.rows.into_iter().next().unwrap().transaction
}

/// The id and the reason of a row that was not accepted, between two that were.
fn rejected(row: &str) -> (Option<String>, String) {
    let page = read(&format!("[{GOOD},\n {row} ,{GOOD}]"), &checking());
    assert_eq!((page.length, page.rows.len(), page.rejected.len()), (3, 2, 1), "{row}");
    let rejected = page.rejected.into_iter().next().unwrap();
    assert_eq!(rejected.raw, row);
    (rejected.id.map(|id| id.0), rejected.reason)
}

#[test]
fn a_good_row_is_read_whole() {
    let row = accepted(GOOD);
    assert_eq!(row.id.as_str(), "txn_good");
    assert_eq!(row.date.to_string(), "2026-03-13");
    assert_eq!(row.amount, Money::new(-1240, Currency::USD));
    assert_eq!(row.running_balance, Some(Money::new(89_107, Currency::USD)));
    assert_eq!((row.status, row.kind.as_str()), (Status::Posted, "card_payment"));
    assert_eq!(row.category.as_deref(), Some("dining"));
    assert_eq!(row.counterparty.as_deref(), Some("CAFE"));
    assert_eq!(row.processing_status.as_deref(), Some("complete"));
}

#[test]
fn a_card_counts_from_the_other_side_and_unknown_kinds_as_a_deposit() {
    for (account, amount, balance) in [
        (checking(), -1240, 89_107),
        (card(), 1240, -89_107),
        (account("mortgage".into()), -1240, 89_107),
    ] {
        let row = &read(&format!("[{GOOD}]"), &account).rows[0].transaction;
        assert_eq!(row.amount.minor, amount, "{}", account.kind);
        assert_eq!(row.running_balance.unwrap().minor, balance);
    }
}

#[test]
fn what_documents_promise_may_be_missing_or_null() {
    for pointer in [
        "/account_id",
        "/description",
        "/status",
        "/type",
        "/running_balance",
        "/links",
        "/details",
        "/details/category",
        "/details/processing_status",
        "/details/counterparty",
        "/details/counterparty/name",
        "/details/counterparty/type",
    ] {
        assert_eq!(accepted(&without(pointer)), accepted(&with(pointer, Value::Null)), "{pointer}");
    }
    let bare = accepted(r#"{"id":"t","date":"2026-01-01","amount":"1"}"#);
    assert_eq!((bare.status.as_str(), bare.kind.as_str()), ("unknown", "unknown"));
    assert_eq!((bare.description.as_str(), bare.counterparty, bare.category), ("", None, None));
}

#[test]
fn members_nobody_knows_are_passed_over() {
    accepted(&with("/links", json!(7)));
    accepted(&with("/new", json!({"a": [null, {"b": true}]})));
    accepted(&with("/details/new", json!([])));
    // Not even their flaws cost anything.
    accepted(r#"{"id":"t","date":"2026-01-01","amount":"1","x":1,"x":2,"y":"\ud800"}"#);
}

#[test]
fn words_of_open_sets_are_kept_as_they_came() {
    assert_eq!(accepted(&with("/status", json!("held"))).status, Status::Other("held".to_owned()));
    assert_eq!(accepted(&with("/type", json!("zelle"))).kind, "zelle");
    let category = accepted(&with("/details/category", json!("crypto"))).category;
    assert_eq!(category.as_deref(), Some("crypto"));
    let british = with("/details/counterparty/type", json!("organisation"));
    assert_eq!(accepted(&british).counterparty_type.as_deref(), Some("organization"));
}

#[test]
fn a_row_without_an_id_still_says_which_charges_it_cannot_be() {
    let charge = |row: &str, account: &Account| {
        let page = read(&format!("[{row}]"), account);
        assert_eq!(page.rejected[0].id, None);
        page.rejected[0].charge.clone()
    };
    let day = "2026-03-13".parse().unwrap();
    let row = without("/id");
    let known = |minor| {
        let amount = Money::new(minor, Currency::USD);
        Some(Charge { date: day, amount, description: "CAFE".to_owned(), posted: true })
    };
    assert_eq!(charge(&row, &checking()), known(-1240));
    assert_eq!(charge(&row, &card()), known(1240));
    let mut undated: Value = serde_json::from_str(&row).unwrap();
    undated["date"] = json!(null);
    assert_eq!(charge(&undated.to_string(), &checking()), None);
    assert_eq!(charge("7", &checking()), None);
}

#[test]
fn an_amount_is_exact_or_the_row_is_rejected() {
    for (amount, minor) in [
        (r#""5""#, 500),
        (r#""-0.00""#, 0),
        (r#""12.400""#, 1240),
        (r#""999999999999999.99""#, 99_999_999_999_999_999),
        ("96.95", 9695),
        ("-7", -700),
        ("0.1", 10),
        ("999999999999999.99", 99_999_999_999_999_999),
    ] {
        let row = format!(r#"{{"id":"t","date":"2026-01-01","amount":{amount}}}"#);
        assert_eq!(accepted(&row).amount.minor, minor, "{amount}");
    }
    for amount in [
        "null",
        "true",
        "[]",
        "{}",
        r#""""#,
        r#""1e5""#,
        "1e5",
        r#""NaN""#,
        r#""+5""#,
        r#""1,000""#,
        r#"" 5""#,
        r#""1.005""#,
        "1.005",
        r#""1000000000000000""#,
        "1000000000000000",
        r#""--1""#,
    ] {
        let row = format!(r#"{{"id":"t","date":"2026-01-01","amount":{amount}}}"#);
        let (id, reason) = rejected(&row);
        assert_eq!(id.as_deref(), Some("t"));
        assert!(reason.starts_with("`amount`"), "{amount}: {reason}");
    }
    let (_, reason) = rejected(&with("/running_balance", json!("1.2.3")));
    assert!(reason.starts_with("`running_balance`"), "{reason}");
}

#[test]
fn decimals_are_the_currencys_own() {
    let mut yen = checking();
    yen.currency = Currency::parse("JPY").unwrap();
    let page = read(
        r#"[{"id":"a","date":"2026-01-01","amount":"1200"},
            {"id":"b","date":"2026-01-01","amount":"12.5"}]"#,
        &yen,
    );
    assert_eq!(page.rows[0].transaction.amount, Money::new(1200, yen.currency));
    assert_eq!(page.rejected[0].reason, "`amount`: more decimals than JPY has");
}

#[test]
fn dates_are_days_of_the_calendar() {
    for date in ["1970-01-01", "2099-12-31", "2024-02-29"] {
        assert_eq!(accepted(&with("/date", json!(date))).date.to_string(), date);
    }
    for date in ["", "2026-02-29", "2026-13-01", "2026-3-4", "13/03/2026", "2026-03-13T00:00:00Z"] {
        let (id, reason) = rejected(&with("/date", json!(date)));
        assert_eq!(
            (id.as_deref(), reason.as_str()),
            (Some("txn_good"), "`date` is no calendar date")
        );
    }
    assert_eq!(rejected(&without("/date")).1, "`date` is missing");
    assert_eq!(rejected(&with("/date", json!(20_260_313))).1, "`date` is a number, not text");
}

#[test]
fn a_row_of_wrong_types_is_rejected_with_its_id() {
    for (pointer, value) in [
        ("/description", json!(7)),
        ("/description", json!({"text": "x"})),
        ("/status", json!(true)),
        ("/type", json!([])),
        ("/details", json!("none")),
        ("/details", json!([])),
        ("/details/category", json!(7)),
        ("/details/counterparty", json!("CAFE")),
        ("/details/counterparty/name", json!(false)),
        ("/running_balance", json!(false)),
        ("/account_id", json!(1)),
        ("/account_id", json!("acc_2")),
    ] {
        let (id, reason) = rejected(&with(pointer, value));
        assert_eq!(id.as_deref(), Some("txn_good"), "{pointer}");
        assert!(reason.contains(pointer.rsplit('/').next().unwrap()), "{pointer}: {reason}");
    }
}

#[test]
fn repeated_members_and_half_characters_cost_their_row_only() {
    for (row, reason) in [
        (r#"{"id":"t","date":"2026-01-01","amount":"1","amount":"2"}"#, "`amount` is there twice"),
        (
            r#"{"id":"t","date":"2026-01-01","amount":"1","details":{"category":"a","category":"b"}}"#,
            "`category` is there twice",
        ),
        (
            r#"{"id":"t","date":"2026-01-01","amount":"1","description":"\ud800"}"#,
            "`description` holds half a character",
        ),
        (
            r#"{"id":"t","date":"2026-01-01","amount":"1","description":"\udc00\ud800"}"#,
            "`description` holds half a character",
        ),
    ] {
        assert_eq!(rejected(row), (Some("t".to_owned()), reason.to_owned()));
    }
    let whole = r#"{"id":"t","date":"2026-01-01","amount":"1","description":"\ud83d\ude00"}"#;
    assert_eq!(accepted(whole).description, "😀");
}

#[test]
fn a_row_without_a_usable_id_is_rejected_without_one() {
    let long = "x".repeat(256);
    for id in
        [json!(null), json!(7), json!(""), json!("."), json!(".."), json!("a\0b"), json!(long)]
    {
        assert_eq!(rejected(&with("/id", id)).0, None);
    }
    for row in [
        &without("/id"),
        r#"{"id":"a","id":"b","date":"2026-01-01","amount":"1"}"#,
        r#"{"id":"\ud800","date":"2026-01-01","amount":"1"}"#,
        r#"{"\ud800":1,"id":"t"}"#,
        "null",
        "7",
        "[]",
        r#""text""#,
        "{}",
    ] {
        assert_eq!(rejected(row).0, None, "{row}");
    }
}

#[test]
fn a_nul_is_replaced_where_it_is_shown_and_kept_where_it_is_raw() {
    let row =
        r#"{"id":"t","date":"2026-01-01","amount":"1","description":"a\u0000b","type":"\u0000"}"#;
    let read = accepted(row);
    assert_eq!((read.description.as_str(), read.kind.as_str()), ("a\u{FFFD}b", "\u{FFFD}"));
}

#[test]
fn bytes_that_are_no_text_cost_their_row_only() {
    let mut body = br#"[{"id":"a","date":"2026-01-01","amount":"1","description":""#.to_vec();
    body.extend(b"caf\xe9\"},");
    body.extend(r#"{"id":"b","date":"2026-01-01","amount":"1","description":"café"}]"#.as_bytes());
    let page = wire::read_page(&body, &checking()).unwrap();
    assert_eq!(page.rows[0].transaction.description, "café");
    assert_eq!(page.rejected[0].id, Some("a".into()));
    assert_eq!(page.rejected[0].reason, "it holds bytes that are no UTF-8");
}

#[test]
fn rows_keep_the_banks_order_and_its_repetitions() {
    let row = |id: &str| format!(r#"{{"id":"{id}","date":"2026-01-01","amount":"1"}}"#);
    let page = read(&format!("[{},{},{},{}]", row("c"), row("a"), row("c"), row("b")), &checking());
    let ids: Vec<_> = page.rows.iter().map(|row| row.transaction.id.as_str()).collect();
    assert_eq!(ids, ["c", "a", "c", "b"]);
    assert_eq!(read(" [ ] ", &checking()), Page::default());
}

#[test]
fn nesting_as_deep_as_the_body_does_no_harm() {
    let deep = 1_000_000;
    let nested = format!("{}{}", "[".repeat(deep), "]".repeat(deep));
    for row in [nested.clone(), format!(r#"{{"id":"t","details":{nested}}}"#)] {
        rejected(&row);
    }
    accepted(&format!(r#"{{"id":"t","date":"2026-01-01","amount":"1","x":{nested}}}"#));
    wire::read_page("[".repeat(deep).as_bytes(), &checking()).unwrap_err();
    wire::read_page(r#"{"a":"#.repeat(deep).as_bytes(), &checking()).unwrap_err();
}

#[test]
fn millions_of_tiny_elements_are_not_kept() {
    let list = |length: usize| format!("[0{}]", ",0".repeat(length - 1));
    let page = read(&list(100_000), &checking());
    assert_eq!((page.length, page.rejected.len()), (100_000, 100_000));
    let error = wire::read_page(list(1_000_000).as_bytes(), &checking()).unwrap_err();
    assert!(error.to_string().contains("without end"), "{error}");
    let members = format!("{{{}\"id\":\"t\"}}", "\"\":0,".repeat(1_000_000));
    assert_eq!(rejected(&members).0, None);
}

#[test]
fn a_body_that_is_no_list_is_no_page() {
    for (body, what) in [
        (r#"{"rows":[]}"#, "not a list"),
        ("null", "not a list"),
        ("", "broken JSON"),
        ("[", "broken JSON"),
        ("[{}] trailing", "broken JSON"),
        ("[{},]", "broken JSON"),
        ("<html>", "broken JSON"),
        ("\u{FEFF}[]", "broken JSON"),
    ] {
        let error = wire::read_page(body.as_bytes(), &checking()).unwrap_err();
        assert_eq!(error.to_string(), format!("not Teller's answer: {what}"), "{body}");
    }
}

/// Rows that mutate around the real shape, where arbitrary bytes would hardly ever come.
fn any_row() -> impl Strategy<Value = String> {
    let name = prop::sample::select(vec![
        "id",
        "account_id",
        "date",
        "amount",
        "description",
        "status",
        "type",
        "running_balance",
        "details",
        "counterparty",
        "category",
        "name",
        "x",
    ]);
    let scalar = prop_oneof![
        Just("null".to_owned()),
        Just("true".to_owned()),
        Just(r#""2026-01-01""#.to_owned()),
        Just(r#""\ud800""#.to_owned()),
        Just(r#""acc_1""#.to_owned()),
        any::<f64>().prop_map(|n| json!(n).to_string()),
        any::<i64>().prop_map(|n| n.to_string()),
        any::<String>().prop_map(|text| json!(text).to_string()),
    ];
    scalar.prop_recursive(3, 24, 10, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4)
                .prop_map(|list| format!("[{}]", list.join(","))),
            prop::collection::vec((name.clone(), inner), 0..10).prop_map(|members| {
                let members: Vec<_> = members
                    .into_iter()
                    .map(|(name, value)| format!(r#""{name}":{value}"#))
                    .collect();
                format!("{{{}}}", members.join(","))
            }),
        ]
    })
}

proptest! {
    #[test]
    fn arbitrary_bytes_never_make_a_page_panic(body in prop::collection::vec(any::<u8>(), 0..400)) {
        let _ = wire::read_page(&body, &card());
        let _ = wire::read_accounts(&body);
        let _ = wire::read_balances(&body, &card());
        let _ = wire::read_identity(&body);
    }

    #[test]
    fn every_element_is_a_row_or_rejected(rows in prop::collection::vec(any_row(), 0..6)) {
        let body = format!("[{}]", rows.join(","));
        let page = read(&body, &card());
        prop_assert_eq!(page.length, rows.len());
        prop_assert_eq!(page.rows.len() + page.rejected.len(), rows.len());
        let raws = page.rows.iter().map(|r| &r.raw).chain(page.rejected.iter().map(|r| &r.raw));
        for raw in raws {
            prop_assert!(rows.contains(raw));
        }
    }

    #[test]
    fn bad_rows_cost_only_themselves(
        bad in prop::collection::vec((any::<prop::sample::Index>(), any_row()), 0..5),
        good in 0..5_usize,
    ) {
        let mut rows = vec![GOOD.to_owned(); good];
        for (place, row) in bad {
            let place = place.index(rows.len() + 1);
            rows.insert(place, format!("[{row}]"));
        }
        let page = read(&format!("[{}]", rows.join(",")), &checking());
        prop_assert_eq!(page.rows.len(), good);
        prop_assert_eq!(page.rejected.len(), rows.len() - good);
    }

    #[test]
    fn a_decimal_is_the_same_as_text_and_as_a_number(minor in -99_999_999_999_999_i64..99_999_999_999_999) {
        let money = Money::new(minor, Currency::USD);
        for amount in [format!("{money}"), format!("\"{money}\"")] {
            let row = format!(r#"{{"id":"t","date":"2026-01-01","amount":{amount}}}"#);
            prop_assert_eq!(accepted(&row).amount, money);
        }
    }
}
