//! Connections that break, stall, drip, flood, or are not there.

use std::time::Duration;

use passbook::teller::{Client, ClientOptions, Error, Pacing, Page, PageQuery, Result};

use super::bank::{Answer, Bank};
use super::{checking, gzip, token};

const PAGE: &str = r#"[{"id":"txn_1","date":"2026-01-01","amount":"1"}]"#;

async fn page(client: &Client) -> Result<Page> {
    client.list_transactions(&token(), &checking(), &PageQuery::default()).await
}

#[tokio::test]
async fn a_page_cut_or_reset_at_any_byte_is_asked_for_again() {
    let whole = Answer::json(PAGE);
    for at in 0..whole.len() {
        for broken in [whole.clone().cut(at), whole.clone().cut(at).reset()] {
            let whole = whole.clone();
            let script = move |n, _: &str| if n == 0 { broken.clone() } else { whole.clone() };
            let bank = Bank::open(script).await;
            let page = page(&bank.client()).await;
            assert_eq!(page.map(|page| page.rows.len()), Ok(1), "at byte {at}");
            assert_eq!(bank.requests(), 2, "at byte {at}");
        }
    }
}

#[tokio::test]
async fn a_page_cut_to_the_end_is_no_answer_and_a_reset_is_no_connection() {
    let whole = Answer::json(PAGE);
    let bank = Bank::saying(whole.clone().cut(whole.len() - 1)).await;
    let error = page(&bank.client()).await.unwrap_err();
    assert_eq!(
        error,
        Error::Unexpected {
            what: "the answer broke off".to_owned(),
            request_id: Some("req_7".to_owned())
        }
    );
    for at in [20, whole.len() - 1] {
        let bank = Bank::saying(whole.clone().cut(at).reset()).await;
        let error = page(&bank.client()).await.unwrap_err();
        assert_eq!(error.code(), "offline", "{error}");
        assert!(error.concerns_enrollment());
    }
}

#[tokio::test]
async fn a_page_without_a_length_that_is_cut_is_broken_json() {
    let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n";
    let cut = PAGE.len() - 1;
    let bank = Bank::saying(Answer::raw(format!("{head}{}", &PAGE[..cut]))).await;
    let error = page(&bank.client()).await.unwrap_err();
    assert_eq!(error.to_string(), "not Teller's answer: broken JSON");
    assert_eq!(bank.requests(), 5);
}

#[tokio::test]
async fn silence_ends_a_request_before_and_within_its_answer() {
    let whole = Answer::json(PAGE);
    for at in [0, 10, whole.len() - 1] {
        let bank = Bank::saying(whole.clone().cut(at).stall()).await;
        let client = bank.client_with(|pacing| {
            pacing.idle = Duration::from_millis(30);
            pacing.tries = 2;
        });
        let error = page(&client).await.unwrap_err();
        assert_eq!(error.code(), "offline", "{error}");
        assert!(error.to_string().ends_with("cannot be reached: no answer in time"), "{error}");
        assert_eq!(bank.requests(), 2);
    }
}

#[tokio::test]
async fn an_answer_that_drips_for_ever_is_ended_by_the_whole_limit() {
    let dripping = Answer::raw(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 999999\r\n\r\n[",
    );
    let bank = Bank::saying(dripping.drip()).await;
    let client = bank.client_with(|pacing| {
        pacing.whole = Duration::from_millis(150);
        pacing.tries = 1;
    });
    let error = page(&client).await.unwrap_err();
    assert!(error.to_string().contains("no answer in time"), "{error}");
}

#[tokio::test]
async fn nobody_at_the_address_is_offline() {
    // Bound, so that no other test gets the port, and never listening.
    let socket = tokio::net::TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let address = socket.local_addr().unwrap();
    let pacing = Pacing { base: Duration::from_millis(1), ..Pacing::default() };
    let base_url = format!("http://{address}").parse().unwrap();
    let options = ClientOptions { base_url, pacing, ..ClientOptions::default() };
    let error = page(&Client::new(options).unwrap()).await.unwrap_err();
    assert_eq!(error.code(), "offline");
    assert!(error.to_string().contains(&address.to_string()), "{error}");
    assert!(error.to_string().to_lowercase().contains("refused"), "{error}");
}

#[tokio::test]
async fn a_body_over_the_limit_is_refused_at_once() {
    let bank = Bank::saying(Answer::json(PAGE)).await;
    let exactly = bank.client_with(|pacing| pacing.body = PAGE.len());
    assert!(page(&exactly).await.is_ok());
    let less = bank.client_with(|pacing| pacing.body = PAGE.len() - 1);
    let error = page(&less).await.unwrap_err();
    assert!(matches!(&error, Error::Unexpected { what, .. } if what.contains("more than")));
    assert_eq!(bank.requests(), 2);
}

#[tokio::test]
async fn a_bomb_is_measured_after_it_is_unpacked() {
    let packed = gzip::bomb(64 << 20);
    assert!(packed.len() < 1 << 20);
    let bank = Bank::saying(gzipped(&packed)).await;
    let error = page(&bank.client()).await.unwrap_err();
    assert!(matches!(&error, Error::Unexpected { what, .. } if what.contains("33554432")));
    assert_eq!(bank.requests(), 1);
}

#[tokio::test]
async fn packed_pages_are_read_and_cut_ones_are_not() {
    let packed = gzip::stored(PAGE.as_bytes());
    let bank = Bank::saying(gzipped(&packed)).await;
    assert_eq!(page(&bank.client()).await.map(|page| page.rows.len()), Ok(1));
    for cut in [packed.len() - 1, packed.len() - 12] {
        let bank = Bank::saying(gzipped(&packed[..cut])).await;
        let error = page(&bank.client()).await.unwrap_err();
        assert!(error.to_string().contains("broke off"), "{error}");
        assert_eq!(bank.requests(), 5);
    }
}

fn gzipped(packed: &[u8]) -> Answer {
    let mut bytes = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-encoding: gzip\r\n\
         content-length: {}\r\nconnection: close\r\n\r\n",
        packed.len()
    )
    .into_bytes();
    bytes.extend_from_slice(packed);
    Answer::raw(bytes)
}
