//! Replies that Teller's sandbox really gave, over a real connection.

use passbook::domain::{AccountKind, Money, Status};
use passbook::teller::{Error, PageQuery, wire};

use super::bank::{Answer, Bank};
use super::{checking, token};

const ACCOUNTS: &[u8] = include_bytes!("../../data/teller/accounts.http");
const ACCOUNT: &[u8] = include_bytes!("../../data/teller/account.http");
const BALANCES: &[u8] = include_bytes!("../../data/teller/balances.http");
const DETAILS: &[u8] = include_bytes!("../../data/teller/details-404.http");
const TRANSACTIONS: &[u8] = include_bytes!("../../data/teller/transactions.http");
const ROOT: &[u8] = include_bytes!("../../data/teller/root.http");

fn recording(path: &str) -> &'static [u8] {
    match path.split('/').collect::<Vec<_>>()[..] {
        ["", "accounts"] => ACCOUNTS,
        ["", "accounts", _] => ACCOUNT,
        ["", "accounts", _, "balances"] => BALANCES,
        ["", "accounts", _, "details"] => DETAILS,
        ["", "accounts", _, "transactions"] => TRANSACTIONS,
        _ => ROOT,
    }
}

async fn sandbox() -> Bank {
    Bank::open(|_, head| {
        let target = head.split(' ').nth(1).unwrap();
        Answer::raw(recording(target.split('?').next().unwrap()))
    })
    .await
}

fn body(recording: &'static [u8]) -> &'static str {
    let text = std::str::from_utf8(recording).unwrap();
    text.split_once("\r\n\r\n").unwrap().1.trim_end()
}

#[tokio::test]
async fn the_recorded_accounts_are_read_with_their_links_and_bytes() {
    let bank = sandbox().await;
    let list = bank.client().list_accounts(&token()).await.unwrap();
    assert_eq!((list.length, list.rejected.len()), (3, 0));
    let summary: Vec<_> = list
        .accounts
        .iter()
        .map(|(a, _)| format!("{} {} {} {:?}", a.name, a.kind, a.currency, a.last_four.as_deref()))
        .collect();
    assert_eq!(
        summary,
        [
            r#"Platinum Card credit USD Some("7857")"#,
            r#"My Checking depository USD Some("7346")"#,
            r#"Essential Savings depository USD Some("3528")"#,
        ]
    );
    assert!(list.accounts.iter().all(|(a, _)| a.has_balances && a.has_transactions));
    let raws: Vec<_> = list.accounts.iter().map(|(_, raw)| raw.as_str()).collect();
    assert_eq!(format!("[{}]", raws.join(",")), body(ACCOUNTS));
}

#[tokio::test]
async fn the_recorded_card_its_debt_and_its_purchases_are_in_our_sign() {
    let bank = sandbox().await;
    let client = bank.client();
    let (card, raw) =
        client.get_account(&token(), &"acc_oiin624kqjrg2mp2ea000".into()).await.unwrap();
    assert_eq!(card.kind, AccountKind::Credit);
    assert_eq!(raw, body(ACCOUNT));

    let (balance, raw) = client.get_balances(&token(), &card).await.unwrap();
    let usd = |minor| Some(Money::new(minor, card.currency));
    assert_eq!((balance.ledger, balance.available), (usd(-469_893), usd(30_107)));
    assert_eq!(raw, body(BALANCES));

    let query = PageQuery { count: Some(500), ..PageQuery::default() };
    let page = client.list_transactions(&token(), &card, &query).await.unwrap();
    assert_eq!((page.length, page.rows.len(), page.rejected.len()), (136, 136, 0));
    let newest = &page.rows[0].transaction;
    assert_eq!(newest.id.as_str(), "txn_oj0t0gfqpvj7favgn8000");
    assert_eq!(newest.status, Status::Pending);
    assert_eq!(newest.amount, Money::new(-9695, card.currency));
    assert_eq!(newest.counterparty.as_deref(), Some("WILLIAMS-SONOMA"));
    assert_eq!(newest.counterparty_type.as_deref(), Some("organization"));
    let pending = page.rows.iter().filter(|row| row.transaction.status == Status::Pending);
    assert_eq!(pending.count(), 1);
    assert!(page.rows.iter().all(|row| row.transaction.running_balance.is_none()));
    assert!(page.rows.windows(2).all(|w| w[0].transaction.date >= w[1].transaction.date));
    let raws: Vec<_> = page.rows.iter().map(|row| row.raw.as_str()).collect();
    assert_eq!(format!("[{}]", raws.join(",")), body(TRANSACTIONS));
}

#[tokio::test]
async fn the_recorded_refusal_of_details_keeps_its_code_and_request_id() {
    let bank = sandbox().await;
    let error = bank.client().get_details(&token(), &checking()).await.unwrap_err();
    let request_id = Some("F3SMyAceLKiHfL0APYgC".to_owned());
    assert_eq!(error, Error::NotFound { code: "not_found".to_owned(), request_id });
    assert!(error.to_string().contains("F3SMyAceLKiHfL0APYgC"));
}

#[test]
fn the_recorded_root_is_no_list() {
    let error = wire::read_accounts(body(ROOT).as_bytes()).unwrap_err();
    assert_eq!(error.to_string(), "not Teller's answer: not a list");
}
