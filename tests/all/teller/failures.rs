//! Every refusal that Teller documents, and what it becomes.

use passbook::teller::{Client, Error, PageQuery, Result};

use super::bank::{Answer, Bank};
use super::{checking, token};

async fn page(client: &Client) -> Result<passbook::teller::Page> {
    client.list_transactions(&token(), &checking(), &PageQuery::default()).await
}

/// The error of one GET, which must have been sent once.
async fn refusal(answer: Answer) -> Error {
    let bank = Bank::saying(answer).await;
    let error = page(&bank.client()).await.unwrap_err();
    assert_eq!(bank.requests(), 1, "{error}");
    error
}

fn request_id() -> String {
    "req_7".to_owned()
}

#[tokio::test]
async fn each_enrollment_code_is_kept_and_told_in_its_own_words() {
    let mut sentences = std::collections::HashSet::new();
    for reason in [
        "",
        ".account_locked",
        ".credentials_invalid",
        ".enrollment_inactive",
        ".user_action.captcha_required",
        ".user_action.contact_information_required",
        ".user_action.insufficient_permissions",
        ".user_action.mfa_required",
        ".user_action.web_login_required",
    ] {
        let code = format!("enrollment.disconnected{reason}");
        let error = refusal(Answer::error(404, &code)).await;
        assert!(sentences.insert(error.to_string()), "{error} is not its own");
        assert!(error.to_string().contains("sign in again"), "{error}");
        assert!(error.concerns_enrollment());
        assert_eq!(error, Error::Disconnected { code, request_id: Some(request_id()) });
    }
}

#[tokio::test]
async fn refusals_are_told_apart_by_status_and_code() {
    for status in [401, 403] {
        let error = refusal(Answer::error(status, "forbidden")).await;
        assert_eq!(error, Error::TokenRefused { request_id: Some(request_id()) });
    }
    for code in ["account.closed", "account.closed.access_lost.by_user"] {
        let error = refusal(Answer::error(410, code)).await;
        assert_eq!(
            error,
            Error::AccountClosed { code: code.to_owned(), request_id: Some(request_id()) }
        );
        assert!(!error.concerns_enrollment());
    }
    for code in ["not_found", "account_number_verification_pending"] {
        let error = refusal(Answer::error(404, code)).await;
        assert_eq!(
            error,
            Error::NotFound { code: code.to_owned(), request_id: Some(request_id()) }
        );
    }
    for (status, code) in [(400, "bad_request"), (409, "conflict"), (422, "unprocessable_entity")] {
        let error = refusal(Answer::error(status, code)).await;
        let code = code.to_owned();
        assert_eq!(error, Error::Rejected { status, code, request_id: Some(request_id()) });
    }
}

#[tokio::test]
async fn a_missing_certificate_is_told_as_a_matter_of_configuration() {
    let body = r#"{"error":{"code":"bad_request","message":"Missing certificate: send one."}}"#;
    let error = refusal(Answer::status(400, "", body)).await;
    assert!(matches!(&error, Error::Configuration(what) if what.contains("--cert")), "{error}");
}

#[tokio::test]
async fn an_error_body_of_another_shape_leaves_the_status_to_speak() {
    for body in ["", "{}", "[]", "null", r#"{"error":"no"}"#, r#"{"error":{"code":null}}"#] {
        let error = refusal(Answer::status(404, "", body)).await;
        let code = "unknown".to_owned();
        assert_eq!(error, Error::NotFound { code, request_id: Some(request_id()) }, "{body}");
    }
}

#[tokio::test]
async fn a_web_page_is_told_as_one_whatever_its_status() {
    for status in [200, 302, 401, 403, 404, 410] {
        let headers = "content-type: text/html; charset=utf-8\r\n";
        let error = refusal(Answer::status(status, headers, "<html>Sign in</html>")).await;
        assert!(matches!(&error, Error::Unexpected { what, .. } if what.contains("text/html")));
    }
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let elsewhere = Bank::saying(Answer::json("[]")).await;
    let address = elsewhere.client();
    let location = format!("location: http://{}/accounts\r\n", shown_host(&address));
    for status in [301, 302, 303, 307, 308] {
        let error = refusal(Answer::status(status, &location, "")).await;
        assert!(matches!(&error, Error::Unexpected { what, .. } if what.contains("redirect")));
    }
    assert_eq!(elsewhere.requests(), 0);
}

/// The one thing a client's `Debug` tells.
fn shown_host(client: &Client) -> String {
    let shown = format!("{client:?}");
    shown.split('"').nth(1).unwrap().to_owned()
}

#[tokio::test]
async fn a_reply_of_another_shape_is_not_asked_for_again() {
    for body in [r#"{"id":"txn_1"}"#, "null", "7", r#""text""#, "{}"] {
        let error = refusal(Answer::json(body)).await;
        assert_eq!(
            error,
            Error::Unexpected { what: "not a list".to_owned(), request_id: Some(request_id()) }
        );
    }
}

#[tokio::test]
async fn another_account_than_asked_for_is_no_answer() {
    let body = r#"{"id":"acc_2","enrollment_id":"enr_1"}"#;
    let bank = Bank::saying(Answer::json(body)).await;
    let error = bank.client().get_account(&token(), &"acc_1".into()).await.unwrap_err();
    assert!(matches!(error, Error::Unexpected { .. }));

    let body = r#"{"account_id":"acc_2","ledger":"1"}"#;
    let bank = Bank::saying(Answer::json(body)).await;
    let error = bank.client().get_balances(&token(), &checking()).await.unwrap_err();
    assert!(matches!(error, Error::Unexpected { .. }));

    let body = r#"{"id":"txn_2","date":"2026-01-01","amount":"1"}"#;
    let bank = Bank::saying(Answer::json(body)).await;
    let asked = bank.client().get_transaction(&token(), &checking(), &"txn_1".into()).await;
    assert!(matches!(asked, Err(Error::Unexpected { .. })));
    let asked = bank.client().get_transaction(&token(), &checking(), &"txn_2".into()).await;
    assert_eq!(asked.unwrap().raw, body);
}

#[tokio::test]
async fn what_is_already_gone_counts_as_deleted() {
    for answer in [
        Answer::status(204, "", ""),
        Answer::error(404, "not_found"),
        Answer::error(410, "account.closed"),
    ] {
        let bank = Bank::saying(answer).await;
        let client = bank.client();
        assert_eq!(client.delete_account(&token(), &"acc_1".into()).await, Ok(()));
        assert_eq!(client.delete_enrollment(&token()).await, Ok(()));
    }
}

#[tokio::test]
async fn a_delete_is_sent_once_and_never_taken_for_done() {
    for (answer, code) in [
        (Answer::error(403, "forbidden"), "forbidden"),
        (Answer::error(404, "enrollment.disconnected"), "enrollment.disconnected"),
        (Answer::error(502, "bad_gateway"), "unavailable"),
        (Answer::error(429, "slow_down"), "rate_limited"),
        (Answer::raw("").reset(), "offline"),
    ] {
        let bank = Bank::saying(answer).await;
        let error = bank.client().delete_enrollment(&token()).await.unwrap_err();
        assert_eq!((error.code(), bank.requests()), (code, 1));
    }
}
