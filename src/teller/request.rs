//! One request: its URL, its label for the log, and its bounded answer.

use reqwest::{Method, RequestBuilder, Response};
use url::Url;

use crate::domain::SafeText;
use crate::secret::Secret;

use super::reply::{Head, Reply};
use super::retry::Failure;
use super::transport;

const VERSION: &str = "2020-10-12";

/// A method and a path; ids are shortened wherever the path is shown.
pub(super) struct Call<'a> {
    pub method: Method,
    pub label: String,
    url: Url,
    token: Option<&'a Secret>,
}

impl<'a> Call<'a> {
    pub fn new(method: Method, base: &Url, token: Option<&'a Secret>) -> Self {
        Self { method, label: String::new(), url: base.clone(), token }
    }

    pub fn word(self, word: &str) -> Self {
        self.segment(word, word)
    }

    /// An id is opaque: whatever it holds, it stays one segment of the path.
    pub fn id(self, id: &str) -> Self {
        self.segment(id, &shorten(id))
    }

    pub fn query(mut self, name: &str, value: &str) -> Self {
        self.pair(name, value, value);
        self
    }

    pub fn query_id(mut self, name: &str, id: &str) -> Self {
        self.pair(name, id, &shorten(id));
        self
    }

    fn segment(mut self, segment: &str, label: &str) -> Self {
        self.url
            .path_segments_mut()
            .expect("a base of http or https has a path")
            .pop_if_empty()
            .push(segment);
        self.label = format!("{}/{label}", self.label);
        self
    }

    fn pair(&mut self, name: &str, value: &str, label: &str) {
        let mark = if self.url.query().is_some() { '&' } else { '?' };
        self.url.query_pairs_mut().append_pair(name, value);
        self.label = format!("{}{mark}{name}={label}", self.label);
    }

    pub fn build(&self, http: &reqwest::Client) -> RequestBuilder {
        let request = http
            .request(self.method.clone(), self.url.clone())
            .header("teller-version", VERSION)
            .header(reqwest::header::ACCEPT, "application/json");
        match self.token {
            Some(token) => request.basic_auth(token.expose(), Some("")),
            None => request,
        }
    }
}

/// The last four letters of an id tell it from its neighbours and name nobody.
fn shorten(id: &str) -> String {
    let letters = id.chars().count();
    let tail: String = id.chars().skip(letters.saturating_sub(4)).collect();
    format!("…{}", SafeText::new(&tail))
}

/// Reads an answer to its end, or to the limit: counted after decompression, while it streams.
pub(super) async fn receive(
    mut response: Response,
    limit: usize,
    host: &str,
) -> Result<Reply, Failure> {
    let head = Head::new(response.status(), response.headers());
    let mut body = Vec::new();
    loop {
        match response.chunk().await {
            Ok(Some(chunk)) if body.len() + chunk.len() <= limit => body.extend_from_slice(&chunk),
            Ok(None) => return Ok(Reply { head, body }),
            _ if head.needs_no_body() => return Ok(Reply { head, body: Vec::new() }),
            Ok(Some(_)) => {
                let what = format!("an answer of more than {limit} bytes");
                return Err(Failure::last(head.unexpected(what)));
            }
            Err(error) => {
                return Err(transport::no_body(error, host)
                    .unwrap_or_else(|| Failure::passing(head.unexpected("the answer broke off"))));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(base: &str) -> Call<'static> {
        Call::new(Method::GET, &Url::parse(base).unwrap(), None)
    }

    #[test]
    fn an_id_stays_one_segment_and_is_shown_by_its_end() {
        let call = call("https://bank.test/v1/")
            .word("accounts")
            .id("acc/../é?x#1234")
            .word("transactions")
            .query("count", "500")
            .query_id("from_id", "txn_a&b=c 89");
        assert_eq!(
            call.url.as_str(),
            "https://bank.test/v1/accounts/acc%2F..%2F%C3%A9%3Fx%231234/transactions\
             ?count=500&from_id=txn_a%26b%3Dc+89"
        );
        assert_eq!(call.label, "/accounts/…1234/transactions?count=500&from_id=…c 89");
    }

    #[test]
    fn a_base_with_or_without_a_slash_is_the_same() {
        for base in ["https://bank.test", "https://bank.test/"] {
            assert_eq!(call(base).word("accounts").url.as_str(), "https://bank.test/accounts");
        }
    }
}
