//! Answers without an end: what comes after the limit is not even taken off the wire.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use passbook::teller::{Client, ClientOptions, Error, PageQuery};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use super::{checking, token};

const PROMISED: usize = 200 << 20;
/// The limit of a body, and room for what both systems buffer on the way.
const TAKEN_AT_MOST: usize = 64 << 20;

#[tokio::test]
async fn of_two_hundred_megabytes_no_more_than_the_limit_is_taken() {
    let length = format!("content-length: {PROMISED}\r\n");
    for (headers, requests) in [(length, 1), (String::new(), 1)] {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base_url = format!("http://{}", listener.local_addr().unwrap()).parse().unwrap();
        let sent = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&sent);
        let bank = tokio::spawn(async move {
            let mut asked = 0;
            while let Ok((mut stream, _)) = listener.accept().await {
                asked += 1;
                assert!(asked <= requests, "it is not asked for again");
                let mut head = [0; 4096];
                let _head_length = stream.read(&mut head).await.unwrap();
                let head =
                    format!("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n{headers}\r\n[");
                stream.write_all(head.as_bytes()).await.unwrap();
                let blanks = vec![b' '; 64 << 10];
                while count.load(Ordering::Relaxed) < PROMISED
                    && stream.write_all(&blanks).await.is_ok()
                {
                    count.fetch_add(blanks.len(), Ordering::Relaxed);
                }
            }
        });
        let client = Client::new(ClientOptions { base_url, ..ClientOptions::default() }).unwrap();
        let page = client.list_transactions(&token(), &checking(), &PageQuery::default()).await;
        let error = page.unwrap_err();
        assert!(matches!(&error, Error::Unexpected { what, .. } if what.contains("more than")));
        assert!(!bank.is_finished(), "the bank was asked once");
        let sent = sent.load(Ordering::Relaxed);
        assert!(sent < TAKEN_AT_MOST, "{sent} bytes were taken");
        bank.abort();
    }
}
