//! The built-in bank, asked over HTTP as any client would.

#![expect(clippy::unwrap_used, reason = "helpers of tests, which clippy does not see as such")]

mod api;
mod days;
mod edits;
mod faults;

use chrono::NaiveDate;
use passbook::demo::{Bank, BankOptions, TruthRow};
use passbook::domain::AccountId;
use serde_json::Value;

/// A bank and a plain HTTP client beside it.
struct Desk {
    bank: Bank,
    client: reqwest::Client,
}

fn today() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, 22).unwrap()
}

fn client() -> reqwest::Client {
    // Another test may have installed it already.
    drop(rustls::crypto::ring::default_provider().install_default());
    reqwest::Client::new()
}

impl Desk {
    async fn open() -> Self {
        Self::with(BankOptions::two_years(1, today())).await
    }

    async fn with(options: BankOptions) -> Self {
        Self { bank: Bank::start(options).await.unwrap(), client: client() }
    }

    fn everyday(&self) -> AccountId {
        self.bank.account_ids()[0].clone()
    }

    fn card(&self) -> AccountId {
        self.bank.account_ids()[2].clone()
    }

    /// `path` with the token of the account's own enrollment, or the first one's.
    fn get(&self, path: &str) -> reqwest::RequestBuilder {
        self.ask(reqwest::Method::GET, path)
    }

    fn ask(&self, method: reqwest::Method, path: &str) -> reqwest::RequestBuilder {
        let accounts = self.bank.account_ids();
        let of_second = accounts[3..].iter().any(|id| path.contains(id.as_str()));
        let tokens = self.bank.tokens();
        let token = tokens[usize::from(of_second)].expose().to_owned();
        let request = self.client.request(method, format!("{}{path}", self.bank.url()));
        request.basic_auth(token, Some(""))
    }

    async fn json(&self, path: &str) -> Value {
        let response = self.get(path).send().await.unwrap();
        assert_eq!(response.status(), 200, "{path}");
        response.json().await.unwrap()
    }

    async fn refusal(&self, path: &str) -> (u16, String) {
        refusal(self.get(path)).await
    }

    async fn list(&self, account: &AccountId, query: &str) -> Vec<Value> {
        let answer = self.json(&format!("/accounts/{account}/transactions?{query}")).await;
        answer.as_array().unwrap().clone()
    }

    /// The whole list, page by page, as the documents say.
    async fn walk(&self, account: &AccountId, count: usize) -> Vec<Value> {
        let mut rows: Vec<Value> = Vec::new();
        loop {
            let from = rows.last().map(|row| format!("&from_id={}", text(row, "/id")));
            let query = format!("count={count}{}", from.unwrap_or_default());
            let page = self.list(account, &query).await;
            assert!(page.len() <= count);
            if page.is_empty() {
                return rows;
            }
            rows.extend(page);
        }
    }
}

async fn refusal(request: reqwest::RequestBuilder) -> (u16, String) {
    let response = request.send().await.unwrap();
    let status = response.status().as_u16();
    let body: Value = response.json().await.unwrap();
    assert!(!text(&body, "/error/message").is_empty());
    (status, text(&body, "/error/code"))
}

fn text(json: &Value, pointer: &str) -> String {
    let value = json.pointer(pointer).unwrap_or_else(|| panic!("{pointer} in {json}"));
    value.as_str().unwrap_or_else(|| panic!("{pointer} is {value}")).to_owned()
}

fn ids(rows: &[Value]) -> Vec<String> {
    rows.iter().map(|row| text(row, "/id")).collect()
}

fn truth_ids(rows: &[TruthRow]) -> Vec<String> {
    rows.iter().map(|row| row.id.0.clone()).collect()
}

/// `-12.40` as -1240.
fn cents(amount: &str) -> i64 {
    let (whole, fraction) = amount.split_once('.').expect("two decimals");
    assert_eq!(fraction.len(), 2, "{amount}");
    format!("{whole}{fraction}").parse().expect("a number")
}
