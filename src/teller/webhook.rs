//! Teller's webhooks: whether a request is Teller's, and what it announces.
//!
//! Source: <https://teller.io/docs/api/webhooks>. That the signature is hexadecimal and that the
//! secret is used as the dashboard shows it are what every public reader of them relies on.

use chrono::{DateTime, Utc};
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde::Deserialize;
use sha2::Sha256;

use crate::domain::{Announcement, EnrollmentId, News};
use crate::secret::Secret;

/// The header that holds time and signatures: `t=<unix seconds>,v1=<hex>[,v1=<hex>…]`.
pub const SIGNATURE: &str = "teller-signature";
/// How far a signature's time may be from ours, either way, in seconds.
const TOLERANCE: i64 = 180;
/// Teller signs once for each secret that has not expired; no rotation needs so many.
const MOST_SIGNATURES: usize = 8;
/// Ids become keys and are shown in logs.
const LONGEST_ID: usize = 100;

/// Why a request is not believed. None says anything about a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("it is not signed as Teller signs")]
    Unsigned,
    #[error("its signature is older than three minutes, or from the future")]
    Stale,
    #[error("no secret of ours made its signature")]
    Forged,
}

/// Checks a signature over the body as it arrived. Without a secret nothing is believed.
pub fn verify(
    header: &str,
    body: &[u8],
    secrets: &[Secret],
    now: DateTime<Utc>,
) -> Result<(), Refusal> {
    let signed = Signed::parse(header).ok_or(Refusal::Unsigned)?;
    // All are tried, so that time tells nothing about which one matched.
    let matching = secrets
        .iter()
        .flat_map(|secret| signed.signatures.iter().map(move |signature| (secret, signature)))
        .filter(|(secret, signature)| signed.is_by(secret, signature, body))
        .count();
    if matching == 0 {
        return Err(Refusal::Forged);
    }
    let seconds: i64 = signed.time.parse().map_err(|_| Refusal::Stale)?;
    if now.timestamp().abs_diff(seconds) > TOLERANCE.unsigned_abs() {
        return Err(Refusal::Stale);
    }
    Ok(())
}

struct Signed<'a> {
    /// As received: these digits are signed.
    time: &'a str,
    signatures: Vec<Vec<u8>>,
}

impl<'a> Signed<'a> {
    fn parse(header: &'a str) -> Option<Self> {
        let (mut time, mut signatures) = (None, Vec::new());
        for part in header.split(',') {
            match part.trim().split_once('=')? {
                ("t", digits) => {
                    let plain =
                        !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
                    if !plain || time.replace(digits).is_some() {
                        return None;
                    }
                }
                ("v1", signature) => signatures.push(hex::decode(signature).ok()?),
                _ => {}
            }
        }
        let few = (1..=MOST_SIGNATURES).contains(&signatures.len());
        few.then_some(Self { time: time?, signatures })
    }

    fn is_by(&self, secret: &Secret, signature: &[u8], body: &[u8]) -> bool {
        let mut mac = Hmac::<Sha256>::new_from_slice(secret.expose().as_bytes())
            .expect("a key of any length");
        mac.update(self.time.as_bytes());
        mac.update(b".");
        mac.update(body);
        mac.verify_slice(signature).is_ok()
    }
}

#[derive(Deserialize)]
struct Event {
    id: String,
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    timestamp: Option<String>,
    #[serde(default)]
    payload: Option<Payload>,
}

/// Of the payloads of all types, what is read.
#[derive(Default, Deserialize)]
struct Payload {
    enrollment_id: Option<String>,
    reason: Option<String>,
}

/// Reads a body that [`verify`] has believed; the error says what is wrong with it, without its
/// text.
pub fn parse(body: &[u8]) -> Result<Announcement, &'static str> {
    let event: Event =
        serde_json::from_slice(body).map_err(|_| "it is no event with an id and a type")?;
    if event.id.is_empty() || event.id.len() > LONGEST_ID || event.kind.len() > LONGEST_ID {
        return Err("its id or its type is empty or too long");
    }
    let payload = event.payload.unwrap_or_default();
    let enrollment = payload
        .enrollment_id
        .filter(|id| !id.is_empty() && id.len() <= LONGEST_ID)
        .map(EnrollmentId);
    let news = match (event.kind.as_str(), enrollment) {
        ("transactions.processed", Some(enrollment)) => News::NewTransactions(enrollment),
        ("enrollment.disconnected", Some(enrollment)) => {
            News::Disconnected { enrollment, code: code(payload.reason.as_deref()) }
        }
        ("webhook.test", _) => News::Test,
        _ => News::Other(event.kind),
    };
    let happened_at = event
        .timestamp
        .and_then(|text| DateTime::parse_from_rfc3339(&text).ok())
        .map(|instant| instant.to_utc());
    Ok(Announcement { id: event.id, happened_at, news })
}

/// A webhook's reason is the code of the error, without its first word.
fn code(reason: Option<&str>) -> String {
    let plain = |text: &&str| {
        text.len() <= LONGEST_ID
            && text.bytes().all(|byte| byte.is_ascii_lowercase() || matches!(byte, b'_' | b'.'))
    };
    let reason = reason.filter(plain).filter(|text| text.starts_with("disconnected"));
    format!("enrollment.{}", reason.unwrap_or("disconnected"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIRST: &str = "example-signing-secret-1";
    const SECOND: &str = "example-signing-secret-2";
    const AT: i64 = 1_767_225_600;
    const DISCONNECTED: &[u8] = br#"{"id":"wh_pa7q2k4m9xv3t8b1w0000","payload":{"enrollment_id":"enr_pa7q2k4m9xv3t8b1e0000","reason":"disconnected.user_action.mfa_required"},"timestamp":"2026-01-01T00:00:00Z","type":"enrollment.disconnected"}"#;
    const TEST: &[u8] = br#"{"id":"wh_pa7q2k4m9xv3t8b1w0001","payload":{},"timestamp":"2026-01-01T00:00:00Z","type":"webhook.test"}"#;
    /// Computed by two other programs (Python's hmac and openssl).
    const VECTORS: [(&[u8], &str, &str); 4] = [
        (DISCONNECTED, FIRST, "8920c460244fb6fc09a24120cd1493a0c83befdcfdcc6b2ffb3d29e4f7d380df"),
        (DISCONNECTED, SECOND, "be175ebbd9449c6a4bf47d04ea5533380f21b5d28665bc01c26ae155fd84a89e"),
        (TEST, FIRST, "26159d0397c75cf8be169c6ab03ced552d71a182d25b6fdaf8df31ad390b5287"),
        (TEST, SECOND, "829233808e2b8f027003b54089e3fb0ed3b402e150350ea0befcee76c254070e"),
    ];

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(seconds, 0).unwrap()
    }

    fn check(header: &str, body: &[u8], secrets: &[&str], now: i64) -> Result<(), Refusal> {
        let secrets: Vec<Secret> = secrets.iter().map(|text| Secret::new(*text)).collect();
        verify(header, body, &secrets, at(now))
    }

    #[test]
    fn worked_signatures_are_believed_with_their_secret_only() {
        for (body, secret, signature) in VECTORS {
            let header = format!("t={AT},v1={signature}");
            assert_eq!(check(&header, body, &[secret], AT), Ok(()));
            assert_eq!(check(&header, body, &["another"], AT), Err(Refusal::Forged));
            assert_eq!(check(&header, body, &[], AT), Err(Refusal::Forged));
            let mut altered = body.to_vec();
            altered.push(b'\n');
            assert_eq!(check(&header, &altered, &[secret], AT), Err(Refusal::Forged));
        }
    }

    #[test]
    fn while_secrets_are_changed_one_match_is_enough() {
        let [(body, _, first), (_, _, second), ..] = VECTORS;
        let header = format!("t={AT}, v1={second}, v1={first}, v0=else");
        for secrets in [&[FIRST][..], &[SECOND], &["old", FIRST], &[FIRST, SECOND]] {
            assert_eq!(check(&header, body, secrets, AT), Ok(()), "{secrets:?}");
        }
    }

    #[test]
    fn three_minutes_either_way_are_borne() {
        let [(body, secret, signature), ..] = VECTORS;
        let header = format!("t={AT},v1={signature}");
        for away in [-180, 0, 180] {
            assert_eq!(check(&header, body, &[secret], AT + away), Ok(()), "{away}");
        }
        for away in [-181, 181, 86_400] {
            assert_eq!(check(&header, body, &[secret], AT + away), Err(Refusal::Stale), "{away}");
        }
    }

    #[test]
    fn a_header_of_another_make_is_no_signature() {
        let [(body, secret, signature), ..] = VECTORS;
        let many = format!("t={AT}{}", format!(",v1={signature}").repeat(MOST_SIGNATURES + 1));
        for header in [
            "",
            "t",
            &format!("t={AT}"),
            &format!("v1={signature}"),
            &format!("t=,v1={signature}"),
            &format!("t=-1,v1={signature}"),
            &format!("t={AT},t={AT},v1={signature}"),
            &format!("t={AT},v1=zz"),
            &many,
        ] {
            assert_eq!(check(header, body, &[secret], AT), Err(Refusal::Unsigned), "{header}");
        }
        let huge = format!("t={},v1={signature}", "9".repeat(40));
        assert_eq!(check(&huge, body, &[secret], AT), Err(Refusal::Forged));
    }

    #[test]
    fn events_say_what_they_are_about() {
        let enrollment = EnrollmentId::from("enr_pa7q2k4m9xv3t8b1e0000");
        let code = "enrollment.disconnected.user_action.mfa_required".to_owned();
        let read = parse(DISCONNECTED).unwrap();
        assert_eq!(read.news, News::Disconnected { enrollment, code });
        assert_eq!(read.happened_at, Some(at(AT)));
        assert_eq!(parse(TEST).unwrap().news, News::Test);
        let other = br#"{"id":"wh_1","type":"payment.settled","payload":{"amount":1}}"#;
        assert_eq!(parse(other).unwrap().news, News::Other("payment.settled".to_owned()));
        let without = br#"{"id":"wh_1","type":"transactions.processed"}"#;
        let other = News::Other("transactions.processed".to_owned());
        assert_eq!(parse(without).unwrap().news, other);
    }

    #[test]
    fn a_reason_of_another_make_is_a_plain_disconnect() {
        for reason in [None, Some("because\u{1b}[31m"), Some("account.closed"), Some("")] {
            assert_eq!(super::code(reason), "enrollment.disconnected", "{reason:?}");
        }
    }

    #[test]
    fn what_is_no_event_is_refused_without_its_text() {
        let long = format!(r#"{{"id":"{}","type":"a"}}"#, "x".repeat(LONGEST_ID + 1));
        for body in ["", "[]", "{}", r#"{"id":1,"type":"a"}"#, r#"{"id":"","type":"a"}"#, &long] {
            assert!(parse(body.as_bytes()).is_err(), "{body}");
        }
    }
}
