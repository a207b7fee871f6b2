//! Shapes, authentication and paging, next to the documents and to the bank's own truth.

use std::collections::BTreeSet;

use passbook::demo::{BankOptions, TruthRow};
use passbook::domain::Status;
use serde_json::{Value, json};

use super::{Desk, cents, ids, refusal, text, today, truth_ids};

fn members(json: &Value) -> BTreeSet<&str> {
    json.as_object().unwrap().keys().map(String::as_str).collect()
}

#[tokio::test]
async fn every_answer_has_tellers_headers() {
    let desk = Desk::open().await;
    let account = format!("/accounts/{}", desk.everyday());
    let mut request_ids = BTreeSet::new();
    for (path, concerns_account) in
        [("/", false), ("/accounts", false), (account.as_str(), true), ("/accounts/acc_no", true)]
    {
        let response = desk.get(path).send().await.unwrap();
        let header = |name: &str| {
            response.headers().get(name).map(|value| value.to_str().unwrap().to_owned())
        };
        assert_eq!(header("server").as_deref(), Some("Teller API"));
        assert_eq!(header("cache-control").as_deref(), Some("max-age=0, private, must-revalidate"));
        assert_eq!(header("content-type").as_deref(), Some("application/json; charset=utf-8"));
        let status = header("teller-enrollment-status");
        assert_eq!(status.as_deref(), concerns_account.then_some("healthy"), "{path}");
        let request_id = header("x-request-id").unwrap();
        assert_eq!(request_id.len(), 20);
        assert!(request_ids.insert(request_id), "each request has its own id");
    }
}

#[tokio::test]
async fn accounts_have_the_documented_members() {
    let desk = Desk::open().await;
    let accounts = desk.json("/accounts").await;
    let [checking, _, card] = accounts.as_array().unwrap().as_slice() else {
        panic!("three accounts at the first bank: {accounts}")
    };
    let url = desk.bank.url();
    let own = format!("{url}/accounts/{}", desk.everyday());
    assert_eq!(
        *checking,
        json!({
            "id": desk.everyday(),
            "enrollment_id": desk.bank.enrollment_ids()[0],
            "institution": { "id": "harbor_cu", "name": "Harbor Credit Union" },
            "name": "Everyday Checking", "type": "depository", "subtype": "checking",
            "currency": "USD", "last_four": "4821", "status": "open",
            "links": {
                "self": own, "details": format!("{own}/details"),
                "balances": format!("{own}/balances"),
                "transactions": format!("{own}/transactions"),
            },
        })
    );
    assert_eq!(members(&card["links"]), BTreeSet::from(["self", "balances", "transactions"]));
    assert_eq!(
        (text(card, "/type"), text(card, "/subtype")),
        ("credit".into(), "credit_card".into())
    );
    assert_eq!(desk.json(&format!("/accounts/{}", desk.everyday())).await, *checking);
    assert_eq!(desk.json("/").await, json!({ "links": { "accounts": format!("{url}/accounts") } }));

    let deposit = desk.json(&format!("/accounts/{}", desk.bank.account_ids()[5])).await;
    assert_eq!(text(&deposit, "/subtype"), "certificate_of_deposit");
    assert_eq!(text(&deposit, "/last_four"), "0088");
}

#[tokio::test]
async fn the_other_endpoints_have_the_documented_members() {
    let desk = Desk::open().await;
    let account = desk.everyday();
    let balances = desk.json(&format!("/accounts/{account}/balances")).await;
    assert_eq!(members(&balances), BTreeSet::from(["account_id", "ledger", "available", "links"]));
    assert_eq!(members(&balances["links"]), BTreeSet::from(["self", "account"]));

    let details = desk.json(&format!("/accounts/{account}/details")).await;
    assert_eq!(
        members(&details),
        BTreeSet::from(["account_id", "account_number", "routing_numbers", "links"])
    );
    assert!(text(&details, "/account_number").ends_with("4821"));
    let of_card = format!("/accounts/{}/details", desk.card());
    assert_eq!(desk.refusal(&of_card).await, (404, "not_found".into()));

    let identity = desk.json("/identity").await;
    assert_eq!(identity.as_array().unwrap().len(), 3);
    assert_eq!(text(&identity, "/0/account/name"), "Everyday Checking");
    assert_eq!(text(&identity, "/0/owners/0/names/0/type"), "name");
    assert_eq!(identity.pointer("/0/owners/0/addresses/0/primary"), Some(&json!(true)));

    let open = desk.client.get(format!("{}/institutions", desk.bank.url())).send().await.unwrap();
    let institutions: Value = open.json().await.unwrap();
    assert_eq!(text(&institutions, "/1/name"), "Northwind Bank");
    assert_eq!(members(&institutions[0]), BTreeSet::from(["id", "name", "products"]));
}

#[tokio::test]
async fn tokens_decide_who_sees_what() {
    let desk = Desk::open().await;
    let accounts = format!("{}/accounts", desk.bank.url());
    let tokens = desk.bank.tokens();
    assert!(tokens.iter().all(|token| token.expose().starts_with("test_token_")));
    let token = tokens[0].expose();
    let get = |url: &str| desk.client.get(url);
    assert_eq!(refusal(get(&accounts)).await.0, 401);
    assert_eq!(refusal(get(&accounts).bearer_auth(token)).await.0, 401);
    let unknown = get(&accounts).basic_auth("test_token_unknown", Some(""));
    assert_eq!(refusal(unknown).await, (403, "forbidden".into()));
    let with_password = get(&accounts).basic_auth(token, Some("anything"));
    assert_eq!(with_password.send().await.unwrap().status(), 200);

    let foreign = format!("{accounts}/{}", desk.bank.account_ids()[3]);
    let foreign = get(&foreign).basic_auth(token, Some(""));
    assert_eq!(refusal(foreign).await, (404, "not_found".into()));
}

#[tokio::test]
async fn deleting_ends_access_and_nothing_else() {
    let desk = Desk::open().await;
    let account = format!("/accounts/{}", desk.everyday());
    let gone = desk.ask(reqwest::Method::DELETE, &account).send().await.unwrap();
    assert_eq!(gone.status(), 204);
    assert!(gone.bytes().await.unwrap().is_empty());
    assert_eq!(desk.refusal(&account).await, (403, "forbidden".into()));
    assert_eq!(desk.json("/accounts").await.as_array().unwrap().len(), 2);

    let gone = desk.ask(reqwest::Method::DELETE, "/accounts").send().await.unwrap();
    assert_eq!(gone.status(), 204);
    assert_eq!(desk.refusal("/accounts").await, (403, "forbidden".into()));
    assert!(desk.json(&format!("/accounts/{}", desk.bank.account_ids()[3])).await.is_object());
}

/// A listed row in the words of the bank's truth.
fn as_truth(row: &Value) -> TruthRow {
    let optional = |pointer: &str| {
        row.pointer(pointer).filter(|value| !value.is_null()).map(|_| text(row, pointer))
    };
    TruthRow {
        id: text(row, "/id").as_str().into(),
        date: text(row, "/date").parse().unwrap(),
        amount: text(row, "/amount"),
        description: text(row, "/description"),
        status: text(row, "/status").as_str().into(),
        kind: text(row, "/type"),
        running_balance: optional("/running_balance"),
        processing_status: text(row, "/details/processing_status"),
        category: optional("/details/category"),
        counterparty: optional("/details/counterparty/name"),
        counterparty_type: optional("/details/counterparty/type"),
    }
}

#[tokio::test]
async fn the_list_is_the_truth_in_tellers_shape() {
    let desk = Desk::open().await;
    for account in desk.bank.account_ids() {
        let rows = desk.list(&account, "").await;
        let listed: Vec<TruthRow> = rows.iter().map(as_truth).collect();
        assert_eq!(listed, desk.bank.truth(&account));
        for row in &rows {
            assert_eq!(
                members(row),
                BTreeSet::from([
                    "id",
                    "account_id",
                    "date",
                    "amount",
                    "description",
                    "status",
                    "type",
                    "running_balance",
                    "details",
                    "links",
                ])
            );
            let own = format!("{}/accounts/{account}", desk.bank.url());
            assert_eq!(text(row, "/links/account"), own);
            assert_eq!(
                text(row, "/links/self"),
                format!("{own}/transactions/{}", text(row, "/id"))
            );
        }
        assert!(listed.is_sorted_by(|newer, older| newer.date >= older.date), "newest first");
    }
    let account = desk.everyday();
    let first = &desk.list(&account, "count=1").await[0];
    let path = format!("/accounts/{account}/transactions/{}", text(first, "/id"));
    assert_eq!(desk.json(&path).await, *first);
    let unknown = format!("/accounts/{account}/transactions/txn_unknown");
    assert_eq!(desk.refusal(&unknown).await, (404, "not_found".into()));
}

#[tokio::test]
async fn paging_with_any_count_gives_the_whole_list_once() {
    let desk = Desk::open().await;
    let account = desk.everyday();
    let truth = truth_ids(&desk.bank.truth(&account));
    assert!(truth.len() > 500, "{} rows", truth.len());
    for count in [9, 10, 37, 100, truth.len() - 1, truth.len(), truth.len() + 1, 5_000] {
        assert_eq!(ids(&desk.walk(&account, count).await), truth, "count {count}");
    }
    let short = &desk.bank.account_ids()[5];
    for count in 1..30 {
        assert_eq!(ids(&desk.walk(short, count).await), truth_ids(&desk.bank.truth(short)));
    }
}

#[tokio::test]
async fn date_bounds_are_inclusive_and_go_together_with_paging() {
    let desk = Desk::open().await;
    let account = desk.everyday();
    let truth = desk.bank.truth(&account);
    let (until, since) = (truth[20].date, truth[120].date);
    let within: Vec<String> = truth
        .iter()
        .filter(|row| (since..=until).contains(&row.date))
        .map(|row| row.id.0.clone())
        .collect();
    let bounds = format!("start_date={since}&end_date={until}");
    assert_eq!(ids(&desk.list(&account, &bounds).await), within);
    let next = format!("{bounds}&count=7&from_id={}", within[4]);
    assert_eq!(ids(&desk.list(&account, &next).await), within[5..12]);
    let one_day = desk.list(&account, &format!("start_date={until}&end_date={until}")).await;
    assert!(!one_day.is_empty() && one_day.iter().all(|r| text(r, "/date") == until.to_string()));
    let reversed = format!("start_date={until}&end_date={since}");
    assert!(desk.list(&account, &reversed).await.is_empty());
    assert!(desk.list(&account, "count=0").await.is_empty());
    let unknown_names = "from_date=2026-01-01&page=3";
    assert_eq!(desk.list(&account, unknown_names).await.len(), truth.len());
}

#[tokio::test]
async fn queries_that_make_no_sense_are_refused() {
    let desk = Desk::open().await;
    let list = format!("/accounts/{}/transactions", desk.everyday());
    for query in ["start_date=2026-3-1", "end_date=yesterday", "start_date=", "count=many"] {
        let refused = desk.refusal(&format!("{list}?{query}")).await;
        assert_eq!(refused, (422, "unprocessable_entity".into()), "{query}");
    }
    let refused = desk.refusal(&format!("{list}?from_id=txn_never_seen")).await;
    assert_eq!(refused, (404, "not_found".into()));
}

#[tokio::test]
async fn a_hundred_thousand_older_rows_change_nothing_above_them() {
    let options = BankOptions::two_years(1, today());
    let small = Desk::open().await;
    let large = Desk::with(BankOptions { extra_rows: 100_000, ..options }).await;
    let account = large.everyday();
    let (usual, truth) = (small.bank.truth(&account), large.bank.truth(&account));
    assert_eq!(truth.len(), usual.len() + 100_000);
    assert_eq!(truth[..usual.len()], usual);
    assert_eq!(large.bank.balance(&account), small.bank.balance(&account));
    assert!(truth.is_sorted_by(|newer, older| newer.date >= older.date));
    assert_eq!(truth_ids(&truth).into_iter().collect::<BTreeSet<_>>().len(), truth.len());
    let balance = |row: &TruthRow| cents(row.running_balance.as_deref().unwrap());
    let posted = truth.iter().filter(|row| row.status == Status::Posted);
    assert!(posted.map(balance).all(|cents| (-50_000..1_500_000).contains(&cents)));

    let middle = &truth[60_000].id;
    let page = large.list(&account, &format!("count=500&from_id={middle}")).await;
    assert_eq!(ids(&page), truth_ids(&truth[60_001..60_501]));
}
