//! A request, as far as the bank and its faults look at it.

use axum::http::{HeaderMap, Method, Uri, header};

#[derive(Clone, Debug)]
pub struct Call {
    pub method: Method,
    pub path: String,
    pub query: Vec<(String, String)>,
    /// `None`: no Basic authentication at all.
    pub token: Option<String>,
}

impl Call {
    pub fn new(method: Method, uri: &Uri, headers: &HeaderMap) -> Self {
        let query = uri.query().unwrap_or_default();
        Self {
            method,
            path: uri.path().to_owned(),
            query: url::form_urlencoded::parse(query.as_bytes()).into_owned().collect(),
            token: headers.get(header::AUTHORIZATION).and_then(|v| basic_user(v.to_str().ok()?)),
        }
    }

    /// The last value wins, as with most servers.
    pub fn parameter(&self, name: &str) -> Option<&str> {
        self.query.iter().rev().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    pub fn segments(&self) -> Vec<&str> {
        self.path.split('/').filter(|segment| !segment.is_empty()).collect()
    }
}

/// The user name is the token; any password is ignored. `Bearer` is nothing to Teller.
fn basic_user(authorization: &str) -> Option<String> {
    let (scheme, encoded) = authorization.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let decoded = String::from_utf8(from_base64(encoded.trim())?).ok()?;
    let (user, _) = decoded.split_once(':')?;
    (!user.is_empty()).then(|| user.to_owned())
}

fn from_base64(text: &str) -> Option<Vec<u8>> {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let (mut bits, mut held) = (0_u32, 0);
    let mut bytes = Vec::new();
    for letter in text.trim_end_matches('=').bytes() {
        let value = ALPHABET.iter().position(|known| *known == letter)?;
        bits = bits << 6 | u32::try_from(value).ok()?;
        held += 6;
        if held >= 8 {
            held -= 8;
            bytes.push(u8::try_from(bits >> held & 0xff).ok()?);
        }
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_token_is_the_basic_user_whatever_the_password() {
        let user = |text: &str| basic_user(text);
        assert_eq!(user("Basic dGVzdF90b2tlbl9hYmMxMjM6").as_deref(), Some("test_token_abc123"));
        assert_eq!(
            user("basic dGVzdF90b2tlbl9hYmMxMjM6eA==").as_deref(),
            Some("test_token_abc123")
        );
        for other in
            ["Bearer test_token_abc123", "Basic", "Basic !", "Basic Og==", "Basic dGVzdA=="]
        {
            assert_eq!(user(other), None, "{other}");
        }
    }
}
