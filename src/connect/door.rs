//! Who is let in: a browser that opened this very page, and nobody whom another page sent.

use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};

/// Only a page's own script can send it to us: other origins would be asked first, and refused.
pub(super) const OWN_HEADER: &str = "x-passbook";

/// What was bound: `127.0.0.1:4077`.
#[derive(Clone, Debug)]
pub(super) struct Door {
    host: String,
    origin: String,
}

impl Door {
    pub(super) fn new(host: String) -> Self {
        let origin = format!("http://{host}");
        Self { host, origin }
    }

    pub(super) fn origin(&self) -> &str {
        &self.origin
    }

    /// Why not, if not.
    pub(super) fn refusal(
        &self,
        method: &Method,
        uri: &Uri,
        headers: &HeaderMap,
    ) -> Option<StatusCode> {
        // A name that an attacker's DNS points here says so in `Host`.
        let is_host = |host: &str| host == self.host;
        let named = only(headers, header::HOST.as_str()).is_some_and(is_host);
        if !named || uri.authority().is_some_and(|it| !is_host(it.as_str())) {
            return Some(StatusCode::MISDIRECTED_REQUEST);
        }
        match *method {
            Method::GET | Method::HEAD if opens_page(headers) => None,
            Method::POST if self.is_own_script(headers) => unreadable(headers),
            Method::GET | Method::HEAD | Method::POST => Some(StatusCode::FORBIDDEN),
            _ => Some(StatusCode::METHOD_NOT_ALLOWED),
        }
    }

    fn is_own_script(&self, headers: &HeaderMap) -> bool {
        only(headers, header::ORIGIN.as_str()) == Some(&self.origin)
            && only(headers, OWN_HEADER) == Some("connect")
            && matches!(fetched(headers, "site"), None | Some("same-origin"))
    }
}

fn unreadable(headers: &HeaderMap) -> Option<StatusCode> {
    let kind = only(headers, header::CONTENT_TYPE.as_str()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    (!kind.eq_ignore_ascii_case("application/json")).then_some(StatusCode::UNSUPPORTED_MEDIA_TYPE)
}

/// A person's browser on its way to the page itself: a link may lead there, a frame or a script may
/// not. Browsers that say nothing of it are old, not evil.
fn opens_page(headers: &HeaderMap) -> bool {
    let own = matches!(fetched(headers, "site"), None | Some("none" | "same-origin"));
    own || (fetched(headers, "mode") == Some("navigate")
        && fetched(headers, "dest") == Some("document"))
}

fn fetched<'a>(headers: &'a HeaderMap, what: &str) -> Option<&'a str> {
    headers.get(format!("sec-fetch-{what}")).map(text)
}

/// A header that is there twice is nobody's.
fn only<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (Some(value), None) => Some(text(value)),
        _ => None,
    }
}

/// What is no text equals nothing that is looked for.
fn text(value: &HeaderValue) -> &str {
    value.to_str().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderName;

    use super::*;

    const POST: &[(&str, &str)] = &[
        ("host", "127.0.0.1:4077"),
        ("origin", "http://127.0.0.1:4077"),
        ("content-type", "application/json"),
        ("x-passbook", "connect"),
        ("sec-fetch-site", "same-origin"),
    ];

    fn asked(method: &Method, headers: &[(&str, &str)]) -> Option<u16> {
        let name = |name: &str| HeaderName::from_bytes(name.as_bytes()).unwrap();
        let value = |value: &str| HeaderValue::from_str(value).unwrap();
        // `collect` would let the second of two equal names replace the first.
        let mut map = HeaderMap::new();
        for (key, text) in headers {
            map.append(name(key), value(text));
        }
        let door = Door::new("127.0.0.1:4077".to_owned());
        door.refusal(method, &Uri::from_static("/secret/callback"), &map).map(|it| it.as_u16())
    }

    /// The usual request with one header as given; empty: without it.
    fn with(name: &'static str, value: &'static str) -> Option<u16> {
        let mut headers = POST.to_vec();
        headers.retain(|(known, _)| *known != name);
        if !value.is_empty() {
            headers.push((name, value));
        }
        asked(&Method::POST, &headers)
    }

    #[test]
    fn the_pages_own_script_may_post_and_nobody_else() {
        assert_eq!(asked(&Method::POST, POST), None);
        assert_eq!(with("sec-fetch-site", ""), None, "an old browser");
        assert_eq!(with("content-type", "application/json; charset=utf-8"), None);
        for host in ["evil.test:4077", "localhost:4077", "127.0.0.1", "127.0.0.1:4078", ""] {
            assert_eq!(with("host", host), Some(421), "{host}");
        }
        for origin in ["http://127.0.0.1:4078", "http://localhost:4077", "null", "https://x", ""] {
            assert_eq!(with("origin", origin), Some(403), "{origin}");
        }
        assert_eq!(with("sec-fetch-site", "same-site"), Some(403));
        assert_eq!(with("sec-fetch-site", "cross-site"), Some(403));
        assert_eq!(with("x-passbook", ""), Some(403));
        for kind in ["text/plain", "application/x-www-form-urlencoded", "application/jsonp", ""] {
            assert_eq!(with("content-type", kind), Some(415), "{kind}");
        }
        let twice = [POST, &[("origin", "http://evil.test")]].concat();
        assert_eq!(asked(&Method::POST, &twice), Some(403));
        assert_eq!(asked(&Method::OPTIONS, POST), Some(405));
        assert_eq!(asked(&Method::PUT, POST), Some(405));
    }

    #[test]
    fn a_link_may_lead_to_the_page_and_a_frame_may_not() {
        let host = ("host", "127.0.0.1:4077");
        let get = |headers: &[(&'static str, &'static str)]| {
            asked(&Method::GET, &[&[host], headers].concat())
        };
        assert_eq!(get(&[]), None);
        assert_eq!(get(&[("sec-fetch-site", "none")]), None);
        let from = ("sec-fetch-site", "cross-site");
        let mode = ("sec-fetch-mode", "navigate");
        assert_eq!(get(&[from, mode, ("sec-fetch-dest", "document")]), None);
        assert_eq!(get(&[from, mode, ("sec-fetch-dest", "iframe")]), Some(403));
        assert_eq!(get(&[from, ("sec-fetch-mode", "no-cors")]), Some(403));
        assert_eq!(asked(&Method::GET, &[("host", "rebound.test")]), Some(421));
    }
}
