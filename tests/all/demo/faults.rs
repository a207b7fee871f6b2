//! Each switch, seen from the client's side of the wire.

use std::collections::BTreeSet;
use std::time::Duration;

use passbook::demo::{Fault, Match, Reply, Times};
use serde_json::{Value, json};

use super::{Desk, ids, refusal, text, truth_ids};

#[tokio::test]
async fn a_fault_strikes_as_often_as_it_is_told_and_only_where_it_fits() {
    let desk = Desk::open().await;
    let faults = desk.bank.faults();
    let (everyday, card) = (desk.everyday(), desk.card());
    let of_everyday = Match::transactions().account(&everyday);
    let id = faults.add(of_everyday, Fault::error(502, "bad_gateway"), Times::Next(2));
    let list = format!("/accounts/{everyday}/transactions?count=1");
    assert_eq!(desk.list(&card, "count=1").await.len(), 1, "another account");
    assert!(desk.json(&format!("/accounts/{everyday}/balances")).await.is_object());
    for _ in 0..2 {
        assert_eq!(desk.refusal(&list).await, (502, "bad_gateway".into()));
    }
    assert!(desk.json(&list).await.is_array(), "the third request is well");
    assert_eq!(faults.hits(id), 2);

    faults.add(Match::any().token(1), Fault::revoked(), Times::Always);
    assert!(desk.json(&list).await.is_array());
    let other = format!("/accounts/{}", desk.bank.account_ids()[3]);
    assert_eq!(desk.refusal(&other).await, (403, "forbidden".into()));
    faults.clear();
    assert!(desk.json(&other).await.is_object());

    let data = faults.add(Match::path("/accounts/**"), Fault::revoked(), Times::Always);
    assert_eq!(desk.refusal(&list).await.0, 403);
    assert!(desk.json("/accounts").await.is_array(), "only what is below");
    faults.remove(data);
    let from_third = Times::After { pass: 2, then: usize::MAX };
    faults.add(Match::path("/identity"), Fault::html(504), from_third);
    for status in [200, 200, 504, 504] {
        assert_eq!(desk.get("/identity").send().await.unwrap().status(), status);
    }

    let later = Times::After { pass: 1, then: 1 };
    let removed = faults.add(Match::path("/accounts"), Fault::html(503), Times::Always);
    faults.remove(removed);
    faults.add(Match::path("/accounts"), Fault::error(500, "oops"), later);
    let mut statuses = Vec::new();
    for _ in 0..3 {
        statuses.push(desk.get("/accounts").send().await.unwrap().status().as_u16());
    }
    assert_eq!(statuses, [200, 500, 200]);
}

#[tokio::test]
async fn answers_follow_one_another_in_the_order_they_were_added() {
    let desk = Desk::open().await;
    let faults = desk.bank.faults();
    faults.add(Match::any(), Fault::error(500, "first"), Times::Next(1));
    faults.add(Match::any(), Fault::error(503, "second"), Times::Next(2));
    let mut codes = Vec::new();
    for _ in 0..3 {
        codes.push(desk.refusal("/accounts").await.1);
    }
    assert_eq!(codes, ["first", "second", "second"]);
    assert!(desk.json("/accounts").await.is_array());
}

#[tokio::test]
async fn refusals_are_worded_as_tellers() {
    let desk = Desk::open().await;
    let next = |fault| desk.bank.faults().add(Match::any(), fault, Times::Next(1));
    for (retry_after, header) in [(Some("7"), Some("7")), (None, None)] {
        next(Fault::rate_limited(retry_after));
        let response = desk.get("/accounts").send().await.unwrap();
        assert_eq!(response.status(), 429);
        let told = response.headers().get("retry-after").map(|value| value.to_str().unwrap());
        assert_eq!(told, header);
    }
    next(Fault::closed(""));
    assert_eq!(desk.refusal("/accounts").await, (410, "account.closed".into()));
    next(Fault::certificate_missing());
    assert_eq!(desk.refusal("/accounts").await, (400, "bad_request".into()));
    next(Fault::disconnected(""));
    assert_eq!(desk.refusal("/accounts").await, (404, "enrollment.disconnected".into()));
    next(Fault::disconnected("user_action.mfa_required"));
    let response = desk.get("/accounts").send().await.unwrap();
    assert_eq!(
        response.headers()["teller-enrollment-status"],
        "disconnected.user_action.mfa_required"
    );
    let body: Value = response.json().await.unwrap();
    assert_eq!(text(&body, "/error/code"), "enrollment.disconnected.user_action.mfa_required");
}

#[tokio::test]
async fn bodies_can_be_anything() {
    let desk = Desk::open().await;
    let next = |fault| desk.bank.faults().add(Match::any(), fault, Times::Next(1));
    for (fault, status, kind, start) in [
        (Fault::html(200), 200, "text/html", "<!DOCTYPE html>"),
        (Fault::html(502), 502, "text/html", "<!DOCTYPE html>"),
        (Fault::body("[{\"id\":"), 200, "application/json; charset=utf-8", "[{\"id\":"),
        (Fault::body(""), 200, "application/json; charset=utf-8", ""),
    ] {
        next(fault);
        let response = desk.get("/accounts").send().await.unwrap();
        assert_eq!(response.status(), status);
        assert_eq!(response.headers()["content-type"], kind);
        assert!(response.text().await.unwrap().starts_with(start));
    }
    let reply = Reply::json(418, &json!([])).with("content-language", "en");
    next(Fault::Answer(reply));
    let response = desk.get("/accounts").send().await.unwrap();
    assert_eq!(
        (response.status().as_u16(), &response.headers()["content-language"]),
        (418, &"en".parse().unwrap())
    );
    next(Fault::body("[]"));
    assert_eq!(desk.json("/accounts").await, json!([]), "an empty list glitch");
}

#[tokio::test]
async fn pages_can_be_short_and_still_make_the_whole_list() {
    let desk = Desk::open().await;
    let account = desk.card();
    desk.bank.faults().add(Match::transactions(), Fault::Short(7), Times::Always);
    assert_eq!(desk.list(&account, "count=100").await.len(), 7);
    assert_eq!(ids(&desk.walk(&account, 100).await), truth_ids(&desk.bank.truth(&account)));
}

#[tokio::test]
async fn a_cursor_can_be_ignored_or_forgiven() {
    let desk = Desk::open().await;
    let account = desk.everyday();
    let truth = truth_ids(&desk.bank.truth(&account));
    let faults = desk.bank.faults();
    faults.add(Match::any().with("from_id"), Fault::IgnoreFromId, Times::Next(1));
    let second = format!("count=5&from_id={}", truth[4]);
    assert_eq!(ids(&desk.list(&account, &second).await), truth[..5]);
    assert_eq!(ids(&desk.list(&account, &second).await), truth[5..10]);
    faults.add(Match::any(), Fault::ForgiveFromId, Times::Next(1));
    assert!(desk.list(&account, "from_id=txn_unknown").await.is_empty());
}

#[tokio::test]
async fn pending_rows_can_come_first_at_any_count() {
    let desk = Desk::open().await;
    let account = desk.card();
    desk.bank.faults().add(Match::transactions(), Fault::PendingFirst, Times::Always);
    let rows = desk.walk(&account, 3).await;
    let statuses: Vec<String> = rows.iter().map(|row| text(row, "/status")).collect();
    let first_posted = statuses.iter().position(|status| status == "posted").unwrap();
    assert!(statuses[..first_posted].iter().all(|status| status == "pending"));
    assert!(statuses[first_posted..].iter().all(|status| status == "posted"));
    let sorted = |ids: Vec<String>| ids.into_iter().collect::<BTreeSet<_>>();
    assert_eq!(rows.len(), desk.bank.truth(&account).len());
    assert_eq!(sorted(ids(&rows)), sorted(truth_ids(&desk.bank.truth(&account))));
}

#[tokio::test]
async fn a_page_can_be_shuffled_anew_each_time() {
    let desk = Desk::open().await;
    let account = desk.everyday();
    desk.bank.faults().add(Match::transactions(), Fault::Shuffle, Times::Always);
    let pages =
        [ids(&desk.list(&account, "count=50").await), ids(&desk.list(&account, "count=50").await)];
    assert_ne!(pages[0], pages[1]);
    let truth = truth_ids(&desk.bank.truth(&account));
    let expected: BTreeSet<&String> = truth[..50].iter().collect();
    assert!(pages.iter().all(|page| page.iter().collect::<BTreeSet<_>>() == expected));
}

#[tokio::test]
async fn a_row_can_arrive_between_two_pages() {
    let desk = Desk::open().await;
    let account = desk.everyday();
    let first_page = Match::transactions().account(&account).without("from_id");
    desk.bank.faults().add(first_page, Fault::NewRowAfter, Times::Next(1));
    let before = truth_ids(&desk.bank.truth(&account));
    assert_eq!(ids(&desk.walk(&account, 200).await), before, "the walk has not met it");
    let after = truth_ids(&desk.bank.truth(&account));
    assert_eq!(after[1..], before);
}

#[tokio::test]
async fn single_values_can_be_spoiled_within_a_page() {
    let desk = Desk::open().await;
    let account = desk.everyday();
    let next = |fault| desk.bank.faults().add(Match::any(), fault, Times::Next(1));
    let at = |pointer: &str| pointer.to_owned();
    next(Fault::Replace { pointer: at("/2/amount"), value: json!("1e5") });
    next(Fault::Replace { pointer: at("/4"), value: json!(17) });
    next(Fault::Remove { pointer: at("/3/id") });
    next(Fault::Rewrite { from: at("\"posted\""), to: at("\"frozen\"") });
    let rows = desk.list(&account, "count=6").await;
    assert_eq!((text(&rows[2], "/amount"), &rows[4]), ("1e5".into(), &json!(17)));
    assert_eq!(rows[3].get("id"), None);
    assert!(rows.iter().any(|row| row["status"] == "frozen"));

    next(Fault::Repeat(1));
    let rows = desk.list(&account, "count=3").await;
    assert_eq!((rows.len(), &rows[1]), (4, &rows[2]));

    next(Fault::Remove { pointer: at("/0") });
    let truth = truth_ids(&desk.bank.truth(&account));
    assert_eq!(ids(&desk.list(&account, "count=3").await), truth[1..3]);

    desk.bank.faults().clear();
    desk.bank.faults().add(
        Match::balances(),
        Fault::Replace { pointer: at("/ledger"), value: Value::Null },
        Times::Always,
    );
    let balances = desk.json(&format!("/accounts/{account}/balances")).await;
    assert_eq!(balances["ledger"], Value::Null);
    assert!(balances["available"].is_string());
}

#[tokio::test]
async fn a_body_can_be_cut_after_any_byte() {
    let desk = Desk::open().await;
    let path = format!("/accounts/{}/balances", desk.everyday());
    let whole = desk.get(&path).send().await.unwrap().bytes().await.unwrap();
    for after in 0..=whole.len() {
        desk.bank.faults().add(Match::any(), Fault::Cut(after), Times::Next(1));
        let mut response = desk.get(&path).send().await.unwrap();
        let mut received = Vec::new();
        let error = loop {
            match response.chunk().await {
                Ok(Some(chunk)) => received.extend_from_slice(&chunk),
                Ok(None) => panic!("the end of a body that was cut after {after}"),
                Err(error) => break error,
            }
        };
        assert!(error.is_body() || error.is_decode(), "{error}");
        assert_eq!(received, whole[..after]);
    }
}

#[tokio::test]
async fn a_connection_can_end_without_an_answer() {
    let desk = Desk::open().await;
    // reqwest may try again by itself on a connection it had used before.
    desk.bank.faults().add(Match::any(), Fault::Hangup, Times::Always);
    let error = desk.get("/accounts").send().await.unwrap_err();
    assert!(error.is_request(), "{error:?}");
    desk.bank.faults().clear();
    assert!(desk.json("/accounts").await.is_array());
}

#[tokio::test]
async fn a_stalled_request_waits_for_the_release_and_others_do_not() {
    let desk = Desk::open().await;
    let faults = desk.bank.faults();
    faults.add(Match::path("/identity"), Fault::Stall, Times::Always);
    let stalled = tokio::spawn(desk.get("/identity").send());
    faults.stalled(1).await;
    assert!(desk.json("/accounts").await.is_array());
    assert_eq!(desk.bank.requests()[0].status, 0, "not answered yet");
    assert!(!stalled.is_finished());
    faults.release();
    assert_eq!(stalled.await.unwrap().unwrap().status(), 200);
    assert_eq!(desk.bank.requests()[0].status, 200);
}

#[tokio::test]
async fn a_body_can_stall_drip_and_flood() {
    let desk = Desk::open().await;
    let faults = desk.bank.faults();
    let next = |fault| faults.add(Match::any(), fault, Times::Next(1));
    let whole = desk.get("/accounts").send().await.unwrap().bytes().await.unwrap();
    next(Fault::StallAfter(10));
    let mut response = desk.get("/accounts").send().await.unwrap();
    let first = response.chunk().await.unwrap().unwrap();
    assert_eq!(first, whole[..10]);
    faults.stalled(1).await;
    faults.release();
    assert_eq!(response.bytes().await.unwrap(), whole[10..]);

    next(Fault::Drip { bytes: 100, pause: Duration::ZERO });
    let response = desk.get("/accounts").send().await.unwrap();
    assert_eq!(response.bytes().await.unwrap(), whole);

    next(Fault::Flood(1_000_000));
    let flood = desk.get("/accounts").send().await.unwrap().bytes().await.unwrap();
    assert!(flood.len() >= 1_000_000 && flood.starts_with(&whole));
    assert!(serde_json::from_slice::<Value>(&flood).is_ok());
}

#[tokio::test]
async fn requests_are_remembered_with_whose_they_were() {
    let desk = Desk::open().await;
    let account = desk.bank.account_ids()[4].clone();
    desk.list(&account, "count=2&from_date=x").await;
    let unknown = desk.client.get(desk.bank.url()).basic_auth("nobody", Some(""));
    assert_eq!(refusal(unknown).await.0, 403);
    let requests = desk.bank.requests();
    let [list, refused] = requests.as_slice() else { panic!("{requests:?}") };
    assert_eq!(list.method, "GET");
    assert_eq!(list.path, format!("/accounts/{account}/transactions"));
    assert_eq!((list.parameter("count"), list.parameter("from_date")), (Some("2"), Some("x")));
    assert_eq!((list.status, list.token_index), (200, Some(1)));
    assert_eq!((refused.status, refused.token_index), (403, None));
    assert!(list.at <= refused.at);
    desk.bank.clear_requests();
    assert!(desk.bank.requests().is_empty());
}

#[tokio::test]
async fn the_bank_closes_when_asked_and_with_its_last_handle() {
    let desk = Desk::open().await;
    desk.bank.faults().add(Match::any(), Fault::Stall, Times::Always);
    let stalled = tokio::spawn(desk.get("/accounts").send());
    desk.bank.faults().stalled(1).await;
    desk.bank.stop().await;
    assert_eq!(stalled.await.unwrap().unwrap().status(), 200, "what was asked is answered");
    assert!(desk.get("/accounts").send().await.unwrap_err().is_connect());
    desk.bank.faults().clear();
    desk.bank.reopen().await.unwrap();
    assert!(desk.json("/accounts").await.is_array(), "the same bank at the same address");

    let Desk { bank, client } = Desk::open().await;
    let (url, second) = (bank.url(), bank.clone());
    drop(bank);
    assert_eq!(client.get(&url).send().await.unwrap().status(), 401, "a handle is left");
    drop(second);
    while client.get(&url).send().await.is_ok() {
        tokio::task::yield_now().await;
    }
}
