//! What the client sends, and what it tells whoever watches.

use chrono::NaiveDate;
use passbook::secret::Secret;
use passbook::teller::{Client, Error, Observation, PageQuery};

use super::bank::{Answer, Bank, observed};
use super::{checking, token};

fn line(bank: &Bank, number: usize) -> String {
    bank.asked()[number].head.lines().next().unwrap().to_owned()
}

async fn ask_everything(client: &Client) {
    let (account, token) = (checking(), token());
    let query = PageQuery {
        count: Some(500),
        from_id: Some("txn_&?/1".into()),
        start_date: NaiveDate::from_ymd_opt(2026, 1, 2),
        end_date: NaiveDate::from_ymd_opt(2026, 3, 4),
    };
    assert!(client.list_accounts(&token).await.is_ok());
    assert!(client.list_identity(&token).await.is_ok());
    assert!(client.list_institutions().await.is_ok());
    assert!(client.list_transactions(&token, &account, &query).await.is_ok());
    assert!(client.list_transactions(&token, &account, &PageQuery::default()).await.is_ok());
    client.get_account(&token, &"acc_1".into()).await.unwrap_err();
    client.get_balances(&token, &account).await.unwrap_err();
    client.get_details(&token, &account).await.unwrap_err();
    client.get_transaction(&token, &account, &"txn_9".into()).await.unwrap_err();
    client.delete_account(&token, &"acc_1".into()).await.unwrap();
    client.delete_enrollment(&token).await.unwrap();
}

#[tokio::test]
async fn each_endpoint_has_its_path_and_query() {
    let bank = Bank::saying(Answer::json("[]")).await;
    ask_everything(&bank.client()).await;
    let lines: Vec<_> = (0..bank.requests()).map(|n| line(&bank, n)).collect();
    assert_eq!(
        lines,
        [
            "GET /accounts HTTP/1.1",
            "GET /identity HTTP/1.1",
            "GET /institutions HTTP/1.1",
            "GET /accounts/acc_1/transactions?count=500&from_id=txn_%26%3F%2F1\
             &start_date=2026-01-02&end_date=2026-03-04 HTTP/1.1",
            "GET /accounts/acc_1/transactions HTTP/1.1",
            "GET /accounts/acc_1 HTTP/1.1",
            "GET /accounts/acc_1/balances HTTP/1.1",
            "GET /accounts/acc_1/details HTTP/1.1",
            "GET /accounts/acc_1/transactions/txn_9 HTTP/1.1",
            "DELETE /accounts/acc_1 HTTP/1.1",
            "DELETE /accounts HTTP/1.1",
        ]
    );
}

#[tokio::test]
async fn each_request_names_version_program_and_token_but_institutions_need_none() {
    let bank = Bank::saying(Answer::json("[]")).await;
    ask_everything(&bank.client()).await;
    let agent = concat!("user-agent: passbook/", env!("CARGO_PKG_VERSION"), "\r\n");
    for asked in bank.asked().iter() {
        let head = asked.head.to_lowercase();
        for header in ["teller-version: 2020-10-12\r\n", "accept-encoding: gzip\r\n", agent] {
            assert!(head.contains(header), "{head}");
        }
        let open = head.starts_with("get /institutions ");
        // base64 of `test_token_planted:`
        let basic = "authorization: basic dgvzdf90b2tlbl9wbgfudgvkog==\r\n";
        assert_eq!(head.contains(basic), !open, "{head}");
        assert_eq!(head.contains("authorization"), !open, "{head}");
    }
}

#[tokio::test]
async fn an_observer_sees_each_try_and_each_wait_without_whole_ids() {
    let row = r#"[{"id":"txn_1","date":"2026-01-01","amount":"1"},7]"#;
    let bank = Bank::open(move |number, _| match number {
        0 => Answer::error(502, "bad_gateway"),
        _ => Answer::json(row),
    })
    .await;
    let (client, seen) = observed(&bank.client());
    let query = PageQuery { from_id: Some("txn_123456".into()), ..PageQuery::default() };
    let mut account = checking();
    account.id = "acc_hidden0417".into();
    client.list_transactions(&token(), &account, &query).await.unwrap();
    let seen = seen.lock().unwrap();
    let label = "/accounts/…0417/transactions?from_id=…3456";
    match &seen[..] {
        [
            Observation::Request {
                method: "GET", path: first, status: Some(502), rows: None, ..
            },
            Observation::Waiting { reason: Error::Unavailable { status: 502, .. }, .. },
            Observation::Request { path: last, status: Some(200), rows: Some(2), .. },
        ] => assert_eq!((first.as_str(), last.as_str()), (label, label)),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn an_application_id_is_not_sent_as_a_token() {
    let bank = Bank::saying(Answer::json("[]")).await;
    let error = bank.client().list_accounts(&Secret::new("app_123")).await.unwrap_err();
    assert!(matches!(&error, Error::Configuration(what) if what.contains("application id")));
    assert_eq!(bank.requests(), 0);
}

#[tokio::test]
async fn whether_teller_is_there_is_asked_once_and_without_a_token() {
    for (answer, there) in [
        (Answer::json(r#"{"links":{}}"#), true),
        (Answer::error(401, "unauthorized"), true),
        (Answer::error(404, "not_found"), true),
        (Answer::status(503, "", "{}"), false),
        (Answer::status(200, "content-type: text/html\r\n", "<html>sign in</html>"), false),
    ] {
        let bank = Bank::saying(answer).await;
        assert_eq!(bank.client().reach().await.is_ok(), there);
        assert_eq!(bank.requests(), 1);
        let head = &bank.asked()[0].head;
        assert!(head.starts_with("GET / ") && !head.to_lowercase().contains("authorization"));
    }
}
