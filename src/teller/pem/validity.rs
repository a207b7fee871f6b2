//! From when until when a certificate is valid: the two dates of RFC 5280, 4.1.2.5, and no more.

use chrono::{DateTime, NaiveDateTime, Utc};

const SEQUENCE: u8 = 0x30;
const EXPLICIT_VERSION: u8 = 0xa0;
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;

/// Why a certificate is of no use today; `None` also where its dates cannot be read, for then the
/// bank shall judge.
pub(super) fn objection(certificate: &[u8]) -> Option<String> {
    let (not_before, not_after) = dates(certificate)?;
    judge(not_before, not_after, Utc::now())
}

pub(super) fn until(certificate: &[u8]) -> Option<DateTime<Utc>> {
    dates(certificate).map(|(_, not_after)| not_after)
}

fn judge(from: DateTime<Utc>, until: DateTime<Utc>, now: DateTime<Utc>) -> Option<String> {
    if now > until {
        let day = until.date_naive();
        Some(format!("expired on {day}: get a new one from Teller, or check this computer's clock"))
    } else if now < from {
        let day = from.date_naive();
        Some(format!("is valid from {day} on only: check this computer's clock"))
    } else {
        None
    }
}

fn dates(certificate: &[u8]) -> Option<(DateTime<Utc>, DateTime<Utc>)> {
    let (outer, _) = expect(certificate, SEQUENCE)?;
    let (mut fields, _) = expect(outer, SEQUENCE)?;
    if fields.first() == Some(&EXPLICIT_VERSION) {
        fields = element(fields)?.2;
    }
    for _serial_algorithm_issuer in 0..3 {
        fields = element(fields)?.2;
    }
    let (validity, _) = expect(fields, SEQUENCE)?;
    let (_, _, second) = element(validity)?;
    Some((time(validity)?, time(second)?))
}

fn time(der: &[u8]) -> Option<DateTime<Utc>> {
    let (tag, content, _) = element(der)?;
    let text = std::str::from_utf8(content).ok()?;
    let full = match tag {
        // Two digits of the year: 50 to 99 are of the last century.
        UTC_TIME if text.get(..2)? >= "50" => format!("19{text}"),
        UTC_TIME => format!("20{text}"),
        GENERALIZED_TIME => text.to_owned(),
        _ => return None,
    };
    Some(NaiveDateTime::parse_from_str(&full, "%Y%m%d%H%M%SZ").ok()?.and_utc())
}

fn expect(der: &[u8], tag: u8) -> Option<(&[u8], &[u8])> {
    let (found, content, rest) = element(der)?;
    (found == tag).then_some((content, rest))
}

/// The first element: tag, content, and what follows it.
fn element(der: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (&tag, rest) = der.split_first()?;
    let (&first, mut rest) = rest.split_first()?;
    let mut length = usize::from(first & 0x7f);
    if first & 0x80 != 0 {
        let (bytes, after) = rest.split_at_checked(length)?;
        if bytes.len() > 4 {
            return None;
        }
        length = bytes.iter().fold(0, |sum, byte| sum << 8 | usize::from(*byte));
        rest = after;
    }
    let (content, rest) = rest.split_at_checked(length)?;
    Some((tag, content, rest))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn the_dates_of_a_certificate_are_found() {
        let mut params = rcgen::CertificateParams::new(vec!["passbook.test".to_owned()]).unwrap();
        params.not_before = rcgen::date_time_ymd(1999, 2, 3);
        params.not_after = rcgen::date_time_ymd(2061, 4, 5);
        let key = rcgen::KeyPair::generate().unwrap();
        let certificate = params.self_signed(&key).unwrap();
        let expected = (at("1999-02-03T00:00:00Z"), at("2061-04-05T00:00:00Z"));
        assert_eq!(dates(certificate.der()), Some(expected));
    }

    #[test]
    fn only_a_day_outside_the_dates_is_an_objection() {
        let (from, until) = (at("2025-01-01T00:00:00Z"), at("2026-01-01T00:00:00Z"));
        assert_eq!(judge(from, until, at("2025-06-01T00:00:00Z")), None);
        let late = judge(from, until, at("2026-01-01T00:00:01Z")).unwrap();
        assert!(late.starts_with("expired on 2026-01-01") && late.contains("clock"));
        let early = judge(from, until, at("2024-12-31T00:00:00Z")).unwrap();
        assert!(early.contains("from 2025-01-01") && early.contains("clock"));
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = dates(&bytes);
        }
    }
}
