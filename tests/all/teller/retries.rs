//! What is asked again, how often, and never too early.

use std::time::{Duration, SystemTime};

use futures_util::future::join_all;
use passbook::teller::{Client, Error, Observation, Page, PageQuery, Result};

use super::bank::{Answer, Bank, observed};
use super::{checking, token};

async fn page(client: &Client) -> Result<Page> {
    client.list_transactions(&token(), &checking(), &PageQuery::default()).await
}

#[tokio::test]
async fn a_storm_of_server_errors_ends_after_five_tries() {
    for status in [500, 502, 503, 504, 599] {
        let bank = Bank::saying(Answer::error(status, "x")).await;
        let error = page(&bank.client()).await.unwrap_err();
        let request_id = Some("req_7".to_owned());
        assert_eq!(error, Error::Unavailable { status, request_id });
        assert_eq!(bank.requests(), 5);
    }
}

#[tokio::test]
async fn a_server_error_is_one_even_as_a_web_page_or_without_its_body() {
    let page_of_html = Answer::status(502, "content-type: text/html\r\n", "<html></html>");
    let cut = page_of_html.clone().cut(page_of_html.len() - 5);
    for answer in [page_of_html, cut.clone(), cut.reset()] {
        let bank = Bank::saying(answer).await;
        let error = page(&bank.client()).await.unwrap_err();
        assert!(matches!(error, Error::Unavailable { status: 502, .. }), "{error}");
    }
}

#[tokio::test]
async fn whatever_may_pass_is_asked_again_and_then_answered() {
    let good = Answer::json("[]");
    for bad in [
        Answer::error(429, "slow_down"),
        Answer::error(503, "x"),
        Answer::json("[{\"id\":"),
        Answer::json(""),
        good.clone().cut(good.len() - 1),
        Answer::raw(""),
        Answer::raw("").reset(),
        Answer::raw("not http at all"),
    ] {
        let good = good.clone();
        let bank = Bank::open(move |n, _| if n < 4 { bad.clone() } else { good.clone() }).await;
        assert_eq!(page(&bank.client()).await, Ok(Page::default()));
        assert_eq!(bank.requests(), 5);
    }
}

#[tokio::test]
async fn a_rate_limit_to_the_end_is_told_with_its_pause() {
    let bank = Bank::saying(Answer::status(429, "retry-after: 0\r\n", "")).await;
    let error = page(&bank.client()).await.unwrap_err();
    let request_id = Some("req_7".to_owned());
    assert_eq!(error, Error::RateLimited { retry_after: Some(Duration::ZERO), request_id });
    assert_eq!(bank.requests(), 5);
}

#[tokio::test]
async fn nothing_is_asked_before_the_pause_is_over() {
    let second = Duration::from_secs(1);
    // On the server's clock, which is a year off.
    let then = SystemTime::now() - Duration::from_hours(365 * 24);
    let [date, until] = [then, then + second].map(httpdate::fmt_http_date);
    join_all([
        asked_after_a_second(429, "retry-after: 1\r\n".to_owned()),
        asked_after_a_second(503, "retry-after: 1\r\n".to_owned()),
        asked_after_a_second(429, format!("date: {date}\r\nretry-after: {until}\r\n")),
    ])
    .await;
}

async fn asked_after_a_second(status: u16, headers: String) {
    let bank = Bank::open(move |n, _| match n {
        0 => Answer::status(status, &headers, ""),
        _ => Answer::json("[]"),
    })
    .await;
    let (client, seen) = observed(&bank.client());
    page(&client).await.unwrap();
    let asked = bank.asked();
    assert_eq!(asked.len(), 2);
    assert!(asked[1].at - asked[0].at >= Duration::from_secs(1));
    let told = seen.lock().unwrap().iter().any(|observation| {
        matches!(observation, Observation::Waiting { delay, .. } if delay.as_secs() == 1)
    });
    assert!(told);
}

#[tokio::test]
async fn a_pause_longer_than_we_wait_ends_the_request_at_once() {
    let bank = Bank::saying(Answer::status(429, "retry-after: 301\r\n", "")).await;
    let error = page(&bank.client()).await.unwrap_err();
    let retry_after = Some(Duration::from_secs(301));
    assert_eq!(error, Error::RateLimited { retry_after, request_id: Some("req_7".to_owned()) });
    assert_eq!(bank.requests(), 1);

    let bank = Bank::saying(Answer::status(503, "retry-after: 86400\r\n", "")).await;
    let error = page(&bank.client()).await.unwrap_err();
    assert!(matches!(error, Error::Unavailable { status: 503, .. }));
    assert_eq!(bank.requests(), 1);
}

#[tokio::test]
async fn one_try_means_one_request() {
    let bank = Bank::saying(Answer::error(502, "x")).await;
    page(&bank.client_with(|pacing| pacing.tries = 1)).await.unwrap_err();
    assert_eq!(bank.requests(), 1);
}
