//! An answer in the making: Teller's, or one that a test wants instead.

use serde_json::{Value, json};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    pub status: u16,
    pub content_type: &'static str,
    /// Beside those that every answer of Teller has; the same name, in lower case, replaces.
    pub headers: Vec<(&'static str, String)>,
    pub body: Vec<u8>,
}

pub const JSON: &str = "application/json; charset=utf-8";

impl Reply {
    pub fn new(status: u16, content_type: &'static str, body: impl Into<Vec<u8>>) -> Self {
        Self { status, content_type, headers: Vec::new(), body: body.into() }
    }

    pub fn json(status: u16, body: &Value) -> Self {
        Self::new(status, JSON, body.to_string())
    }

    /// Teller's way of saying no.
    pub fn error(status: u16, code: &str, message: &str) -> Self {
        Self::json(status, &json!({ "error": { "code": code, "message": message } }))
    }

    pub fn not_found() -> Self {
        Self::error(404, "not_found", "The requested resource was not found.")
    }

    pub fn forbidden() -> Self {
        Self::error(403, "forbidden", "Authorization token is invalid")
    }

    /// `reason` may be empty.
    pub fn closed(reason: &str) -> Self {
        let code = ["account.closed", reason].join(".");
        Self::error(410, code.trim_end_matches('.'), "The requested account is closed")
    }

    /// Has no body and says so.
    pub fn is_bare(&self) -> bool {
        self.status == 204
    }

    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }
}
