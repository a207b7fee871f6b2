//! The faults that tests ask for by name.

use super::faults::Fault;
use super::reply::{JSON, Reply};

impl Fault {
    /// 429; `retry_after` is the header's text: seconds or a date.
    pub fn rate_limited(retry_after: Option<&str>) -> Self {
        let reply = Reply::error(429, "too_many_requests", "Slow down");
        Self::Answer(match retry_after {
            Some(text) => reply.with("retry-after", text),
            None => reply,
        })
    }

    /// Teller's error body with this status and code.
    pub fn error(status: u16, code: &str) -> Self {
        Self::Answer(Reply::error(status, code, "Something went wrong"))
    }

    /// A proxy's page: with a 5xx, or as a captive portal with 200.
    pub fn html(status: u16) -> Self {
        let page = "<!DOCTYPE html><html><head><title>Sign in</title></head><body></body></html>";
        Self::Answer(Reply::new(status, "text/html", page))
    }

    /// Any text as a 200 that claims to be JSON: empty, malformed, or of another shape.
    pub fn body(text: &str) -> Self {
        Self::Answer(Reply::new(200, JSON, text))
    }

    /// 404 with `enrollment.disconnected`, and `.reason` where it is not empty.
    pub fn disconnected(reason: &str) -> Self {
        let status = match reason {
            "" => "disconnected".to_owned(),
            reason => format!("disconnected.{reason}"),
        };
        let reply = Reply::error(404, &format!("enrollment.{status}"), "Enrollment is not healthy");
        Self::Answer(reply.with("teller-enrollment-status", status))
    }

    /// 403, as for a token that was revoked or belongs to another certificate.
    pub fn revoked() -> Self {
        Self::Answer(Reply::forbidden())
    }

    /// 400, as outside the sandbox without a client certificate.
    pub fn certificate_missing() -> Self {
        let message = "Missing certificate: send the application's client certificate.";
        Self::Answer(Reply::error(400, "bad_request", message))
    }

    /// 410 with `account.closed`, and `.reason` where it is not empty.
    pub fn closed(reason: &str) -> Self {
        Self::Answer(Reply::closed(reason))
    }
}
