//! What a client is told before its first request, and which addresses it may be told.

use std::path::PathBuf;

use url::Url;

use super::retry::Pacing;
use super::{Error, Result};
use crate::domain::is_this_computer;

/// The application's client certificate and its key, both PEM.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    pub cert: PathBuf,
    pub key: PathBuf,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientOptions {
    pub base_url: Url,
    pub identity: Option<Identity>,
    /// Outside sandbox: no identity is then an error before any request.
    pub certificate_required: bool,
    /// An extra root beside the public ones.
    pub ca: Option<PathBuf>,
    pub pacing: Pacing,
}

impl Default for ClientOptions {
    fn default() -> Self {
        Self {
            base_url: Url::parse("https://api.teller.io").expect("it is a URL"),
            identity: None,
            certificate_required: false,
            ca: None,
            pacing: Pacing::default(),
        }
    }
}

/// Whether the URL is plain http, which only this machine itself may be asked by.
pub(super) fn check_base(url: &Url) -> Result<bool> {
    let wrong = |what: &str| {
        let shown = host(url);
        Err(Error::Configuration(format!("the address of Teller ({shown}) {what}")))
    };
    if !url.username().is_empty() || url.password().is_some() {
        return wrong("must not hold a name or a password");
    }
    if url.query().is_some() || url.fragment().is_some() {
        return wrong("must end before any ? or #");
    }
    match (url.scheme(), is_this_computer(url)) {
        ("https", _) => Ok(false),
        ("http", true) => Ok(true),
        ("http", false) => wrong("must be https: plain http is for this machine only"),
        _ => wrong("must begin with https://"),
    }
}

/// As it may be shown: no credentials, no path.
pub(super) fn host(url: &Url) -> String {
    let name = url.host_str().unwrap_or("no host");
    url.port().map_or_else(|| name.to_owned(), |port| format!("{name}:{port}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(url: &str) -> Result<bool> {
        check_base(&Url::parse(url).unwrap())
    }

    #[test]
    fn plain_http_is_for_this_machine_only() {
        for url in
            ["http://127.0.0.1:8001", "http://[::1]", "http://localhost/", "http://127.8.8.8"]
        {
            assert_eq!(check(url), Ok(true), "{url}");
        }
        for url in ["http://api.teller.io", "http://127.0.0.1.bank.test", "http://localhost.bank"] {
            let error = check(url).unwrap_err();
            assert!(error.to_string().contains("must be https"), "{error}");
        }
        assert_eq!(check("https://api.teller.io"), Ok(false));
    }

    #[test]
    fn an_address_that_cannot_be_asked_is_refused_without_its_secrets() {
        for url in [
            "ftp://bank.test",
            "data:text/plain,hello",
            "https://name:hidden@bank.test",
            "https://bank.test/?token=hidden",
            "https://bank.test/#hidden",
        ] {
            let error = check(url).unwrap_err();
            assert!(matches!(error, Error::Configuration(_)));
            assert!(!error.to_string().contains("hidden"), "{error}");
        }
    }
}
