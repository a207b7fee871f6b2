//! What an answer means: its status, its headers, its body.

use std::time::{Duration, SystemTime};

use reqwest::StatusCode;
use reqwest::header::{CONTENT_TYPE, DATE, HeaderMap, HeaderName, RETRY_AFTER};
use serde::Deserialize;
use serde::de::IgnoredAny;

use super::retry::{Again, Failure};
use super::{Error, trace};

/// An answer with its body, decompressed.
pub(super) struct Reply {
    pub head: Head,
    pub body: Vec<u8>,
}

/// All of an answer that is known before its body.
pub(super) struct Head {
    pub status: StatusCode,
    pub request_id: Option<String>,
    html: bool,
    retry_after: Option<Duration>,
}

impl Head {
    pub fn new(status: StatusCode, headers: &HeaderMap) -> Self {
        Self {
            status,
            request_id: text(headers, &HeaderName::from_static("x-request-id")).and_then(tidy),
            html: text(headers, &CONTENT_TYPE).is_some_and(|kind| kind.contains("html")),
            retry_after: retry_after(headers),
        }
    }

    /// The status says all there is to know, whatever becomes of the body.
    pub fn needs_no_body(&self) -> bool {
        self.status == StatusCode::TOO_MANY_REQUESTS || self.status.is_server_error()
    }

    pub fn unexpected(&self, what: impl Into<String>) -> Error {
        Error::Unexpected { what: what.into(), request_id: self.request_id.clone() }
    }
}

impl Reply {
    /// What a success says. JSON that is cut or broken may come whole the next time; JSON of
    /// another shape will not.
    pub fn read<T>(&self, read: impl Fn(&[u8]) -> Result<T, Error>) -> Result<T, Failure> {
        let body = self.success()?;
        read(body).map_err(|error| {
            let error = match error {
                Error::Unexpected { what, .. } => self.head.unexpected(what),
                other => other,
            };
            match serde_json::from_slice::<IgnoredAny>(body) {
                Ok(_) => Failure::last(error),
                Err(_) => Failure::passing(error),
            }
        })
    }

    /// The body of a success; anything else as the failure it stands for.
    fn success(&self) -> Result<&[u8], Failure> {
        let head = &self.head;
        let request_id = head.request_id.clone();
        let pause = Again::After(head.retry_after.unwrap_or_default());
        let status = head.status.as_u16();
        match status {
            429 => {
                let error = Error::RateLimited { retry_after: head.retry_after, request_id };
                Err(Failure { error, again: pause })
            }
            500.. => {
                Err(Failure { error: Error::Unavailable { status, request_id }, again: pause })
            }
            _ if head.html => Err(Failure::last(
                head.unexpected(format!("a web page (text/html, status {status})")),
            )),
            200..=299 => Ok(&self.body),
            400.. => Err(Failure::last(self.refusal(status, request_id))),
            _ => Err(Failure::last(head.unexpected(format!("a redirect (status {status})")))),
        }
    }

    fn refusal(&self, status: u16, request_id: Option<String>) -> Error {
        let ErrorBody { code, message } = ErrorBody::read(&self.body);
        match status {
            // The one failure whose code, `bad_request`, does not tell it from others.
            400 if message.starts_with("Missing certificate") => Error::Configuration(format!(
                "Teller got no client certificate, which this access token needs: give --cert and \
                 --cert-key{}",
                trace(request_id.as_deref())
            )),
            401 | 403 => Error::TokenRefused { request_id },
            404 if is_or_extends(&code, "enrollment.disconnected") => {
                Error::Disconnected { code, request_id }
            }
            404 => Error::NotFound { code, request_id },
            410 => Error::AccountClosed { code, request_id },
            _ => Error::Rejected { status, code, request_id },
        }
    }
}

fn is_or_extends(code: &str, family: &str) -> bool {
    code.strip_prefix(family).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

/// `{"error": {"code": …, "message": …}}`, or as much of it as is there.
struct ErrorBody {
    code: String,
    message: String,
}

impl ErrorBody {
    fn read(body: &[u8]) -> Self {
        #[derive(Deserialize)]
        struct Wire {
            error: Inner,
        }
        #[derive(Deserialize)]
        struct Inner {
            code: Option<String>,
            message: Option<String>,
        }
        let inner = serde_json::from_slice(body).ok().map(|Wire { error }| error);
        let (code, message) = inner.map_or((None, None), |inner| (inner.code, inner.message));
        Self {
            code: code.as_deref().and_then(tidy).unwrap_or_else(|| "unknown".to_owned()),
            message: message.unwrap_or_default(),
        }
    }
}

/// A short machine word as it came; anything longer or odder is not shown to anyone.
fn tidy(word: &str) -> Option<String> {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"._-".contains(&b);
    ((1..=100).contains(&word.len()) && word.bytes().all(plain)).then(|| word.to_owned())
}

fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

/// Whatever a bank may ask for: by then one may ask again.
const LONGEST_PAUSE: Duration = Duration::from_hours(24);

/// Seconds, or a date. A date is held against the server's own clock where it tells it: ours may
/// be wrong.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let value = text(headers, &RETRY_AFTER)?.trim();
    if !value.is_empty() && value.bytes().all(|b| b.is_ascii_digit()) {
        let seconds = value.parse().unwrap_or(u64::MAX);
        return Some(Duration::from_secs(seconds).min(LONGEST_PAUSE));
    }
    let until = httpdate::parse_http_date(value).ok()?;
    let now = text(headers, &DATE).and_then(|date| httpdate::parse_http_date(date).ok());
    let pause = until.duration_since(now.unwrap_or_else(SystemTime::now)).unwrap_or_default();
    Some(pause.min(LONGEST_PAUSE))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reply(status: u16, headers: &[(&'static str, &str)], body: &str) -> Reply {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.insert(*name, value.parse().unwrap());
        }
        let status = StatusCode::from_u16(status).unwrap();
        Reply { head: Head::new(status, &map), body: body.as_bytes().to_vec() }
    }

    fn error(status: u16, code: &str) -> Error {
        let body = format!(r#"{{"error":{{"message":"m","code":"{code}"}}}}"#);
        reply(status, &[], &body).success().unwrap_err().error
    }

    #[test]
    fn a_disconnect_is_told_from_other_codes_of_404() {
        for code in ["enrollment.disconnected", "enrollment.disconnected.account_locked"] {
            assert!(matches!(error(404, code), Error::Disconnected { code: c, .. } if c == code));
        }
        for code in ["not_found", "enrollment.disconnectedly", "enrollment"] {
            assert!(matches!(error(404, code), Error::NotFound { code: c, .. } if c == code));
        }
    }

    #[test]
    fn codes_that_are_no_plain_words_are_not_shown() {
        for code in ["", "a b", "\\u001b[31m", &"x".repeat(101)] {
            assert!(matches!(error(404, code), Error::NotFound { code, .. } if code == "unknown"));
        }
        let bare = reply(404, &[("x-request-id", "a\u{9b}b")], "").success().unwrap_err().error;
        assert_eq!(bare, Error::NotFound { code: "unknown".to_owned(), request_id: None });
    }

    #[test]
    fn a_page_of_html_is_never_a_refusal() {
        for status in [200, 403, 404, 410] {
            let html = reply(status, &[("content-type", "text/html; charset=utf-8")], "<html>");
            let failure = html.success().unwrap_err();
            assert!(failure.error.to_string().contains("text/html"), "{status}");
            assert_eq!(failure.again, Again::Never);
        }
    }

    #[test]
    fn a_pause_is_read_as_seconds_or_as_a_date_on_the_servers_clock() {
        let date = ("date", "Sun, 23 Jul 2023 16:19:07 GMT");
        for (value, seconds) in [
            ("7", Some(7)),
            (" 7 ", Some(7)),
            ("Sun, 23 Jul 2023 16:19:37 GMT", Some(30)),
            ("Sun, 23 Jul 2023 16:00:00 GMT", Some(0)),
            ("86401", Some(86_400)),
            ("99999999999999999999999", Some(86_400)),
            ("Fri, 23 Jul 2500 16:19:37 GMT", Some(86_400)),
            ("", None),
            ("soon", None),
            ("-3", None),
        ] {
            let head = reply(429, &[("retry-after", value), date], "").head;
            assert_eq!(head.retry_after, seconds.map(Duration::from_secs), "{value}");
        }
    }
}
