//! Teller's endpoints, one method each, over one connection pool.

use std::fmt;
use std::sync::Arc;
use std::time::Instant;

use backon::Retryable;
use reqwest::{Method, redirect};
use url::Url;

use crate::domain::{Account, AccountId, Balance, TransactionId};
use crate::fail_point;
use crate::secret::Secret;

use super::observe::{Counted, Observation, Observer};
use super::options::{ClientOptions, check_base, host};
use super::request::{self, Call};
use super::retry::{Failure, Pacing};
use super::{
    AccountList, Details, Error, Listing, Offer, Ownership, Page, PageQuery, Result, Row, tls,
    transport, wire,
};

/// Clones share their connections.
#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    base: Url,
    host: Arc<str>,
    pacing: Pacing,
    observer: Option<Observer>,
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("host", &self.host).finish_non_exhaustive()
    }
}

impl Client {
    /// Reads the files it is given; all that is wrong with them is told here.
    pub fn new(options: ClientOptions) -> Result<Self> {
        let ClientOptions { base_url, identity, certificate_required, ca, pacing } = options;
        let plain = check_base(&base_url)?;
        if certificate_required && identity.is_none() {
            return Err(Error::Configuration(
                "outside sandbox Teller demands its client certificate: give --cert and --cert-key"
                    .to_owned(),
            ));
        }
        let mut builder = reqwest::Client::builder()
            .tls_backend_preconfigured(tls::configure(identity.as_ref(), ca.as_deref())?)
            .user_agent(concat!("passbook/", env!("CARGO_PKG_VERSION")))
            .redirect(redirect::Policy::none())
            .https_only(!plain)
            .connect_timeout(pacing.connect)
            .read_timeout(pacing.idle)
            .timeout(pacing.whole);
        if plain {
            // A proxy from the environment would carry the token out of this machine.
            builder = builder.no_proxy();
        }
        let http = builder.build().map_err(|error| {
            Error::Configuration(format!("the HTTP client cannot start: {}", error.without_url()))
        })?;
        Ok(Self { http, host: host(&base_url).into(), base: base_url, pacing, observer: None })
    }

    /// The same client, watched.
    #[must_use]
    pub fn with_observer(&self, observer: Observer) -> Self {
        Self { observer: Some(observer), ..self.clone() }
    }

    /// Whether anybody answers there as Teller does. Needs no token, and asks once.
    pub async fn reach(&self) -> Result<()> {
        let call = Call::new(Method::GET, &self.base, None);
        match self.attempt(&call, wire::read_anything).await.map_err(|failure| failure.error) {
            // It knows us too little to say more: that is an answer.
            Err(Error::TokenRefused { .. } | Error::NotFound { .. } | Error::Rejected { .. }) => {
                Ok(())
            }
            other => other,
        }
    }

    pub async fn list_accounts(&self, token: &Secret) -> Result<AccountList> {
        self.get(self.call(Method::GET, token)?.word("accounts"), wire::read_accounts).await
    }

    /// The account and its own bytes.
    pub async fn get_account(&self, token: &Secret, id: &AccountId) -> Result<(Account, String)> {
        let call = self.call(Method::GET, token)?.word("accounts").id(id.as_str());
        self.get(call, |body| wire::read_account(body, id)).await
    }

    /// The balance and its own bytes.
    pub async fn get_balances(
        &self,
        token: &Secret,
        account: &Account,
    ) -> Result<(Balance, String)> {
        let call = self.call_account(token, account)?.word("balances");
        self.get(call, |body| wire::read_balances(body, account)).await
    }

    pub async fn list_transactions(
        &self,
        token: &Secret,
        account: &Account,
        query: &PageQuery,
    ) -> Result<Page> {
        let mut call = self.call_account(token, account)?.word("transactions");
        if let Some(count) = query.count {
            call = call.query("count", &count.to_string());
        }
        if let Some(id) = &query.from_id {
            call = call.query_id("from_id", id.as_str());
        }
        if let Some(date) = query.start_date {
            call = call.query("start_date", &date.to_string());
        }
        if let Some(date) = query.end_date {
            call = call.query("end_date", &date.to_string());
        }
        self.get(call, |body| wire::read_page(body, account)).await
    }

    pub async fn get_transaction(
        &self,
        token: &Secret,
        account: &Account,
        id: &TransactionId,
    ) -> Result<Row> {
        let call = self.call_account(token, account)?.word("transactions").id(id.as_str());
        self.get(call, |body| wire::read_transaction(body, account, id)).await
    }

    /// Account and routing numbers: for a person who asks, never for a sync.
    pub async fn get_details(&self, token: &Secret, account: &Account) -> Result<Details> {
        let call = self.call_account(token, account)?.word("details");
        self.get(call, |body| wire::read_details(body, account)).await
    }

    pub async fn list_identity(&self, token: &Secret) -> Result<Listing<Ownership>> {
        self.get(self.call(Method::GET, token)?.word("identity"), wire::read_identity).await
    }

    /// Needs no token.
    pub async fn list_institutions(&self) -> Result<Listing<Offer>> {
        let call = Call::new(Method::GET, &self.base, None).word("institutions");
        self.get(call, wire::read_institutions).await
    }

    /// Ends Teller's access to one account. One that is already gone is a success. So may be a
    /// `TokenRefused` after an answer that was lost, for the token dies with its last account:
    /// only the caller knows.
    pub async fn delete_account(&self, token: &Secret, id: &AccountId) -> Result<()> {
        self.delete(self.call(Method::DELETE, token)?.word("accounts").id(id.as_str())).await
    }

    /// Ends Teller's access to the whole enrollment; see [`Client::delete_account`].
    pub async fn delete_enrollment(&self, token: &Secret) -> Result<()> {
        self.delete(self.call(Method::DELETE, token)?.word("accounts")).await
    }

    fn call<'a>(&self, method: Method, token: &'a Secret) -> Result<Call<'a>> {
        if token.expose().starts_with("app_") {
            return Err(Error::Configuration(
                "app_… is Teller's application id, not an access token".to_owned(),
            ));
        }
        Ok(Call::new(method, &self.base, Some(token)))
    }

    fn call_account<'a>(&self, token: &'a Secret, account: &Account) -> Result<Call<'a>> {
        Ok(self.call(Method::GET, token)?.word("accounts").id(account.id.as_str()))
    }

    async fn get<T: Counted>(
        &self,
        call: Call<'_>,
        read: impl Fn(&[u8]) -> Result<T>,
    ) -> Result<T> {
        (|| self.attempt(&call, &read))
            .retry(self.pacing.waits())
            .adjust(|failure: &Failure, wait| failure.pause(wait, self.pacing.longest_wait))
            .notify(|failure, delay| {
                self.observe(|| Observation::Waiting {
                    path: call.label.clone(),
                    delay,
                    reason: failure.error.clone(),
                });
            })
            .await
            .map_err(|failure| failure.error)
    }

    /// Sent once: a repetition could not tell its own success from an earlier one.
    async fn delete(&self, call: Call<'_>) -> Result<()> {
        match self.attempt(&call, |_| Ok(())).await.map_err(|failure| failure.error) {
            Err(Error::NotFound { .. } | Error::AccountClosed { .. }) => Ok(()),
            other => other,
        }
    }

    async fn attempt<T: Counted>(
        &self,
        call: &Call<'_>,
        read: impl Fn(&[u8]) -> Result<T>,
    ) -> Result<T, Failure> {
        let started = Instant::now();
        let mut status = None;
        let result = async {
            fail_point::pass(fail_point::Kind::Step);
            let sent = call.build(&self.http).send().await;
            let response = sent.map_err(|error| transport::no_answer(error, &self.host))?;
            status = Some(response.status().as_u16());
            request::receive(response, self.pacing.body, &self.host).await?.read(read)
        }
        .await;
        self.observe(|| Observation::Request {
            method: if call.method == Method::DELETE { "DELETE" } else { "GET" },
            path: call.label.clone(),
            status,
            elapsed: started.elapsed(),
            rows: result.as_ref().ok().and_then(Counted::rows),
        });
        result
    }

    fn observe(&self, observation: impl FnOnce() -> Observation) {
        if let Some(observer) = &self.observer {
            observer(observation());
        }
    }
}
