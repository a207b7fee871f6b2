//! Sealing and opening: `XChaCha20-Poly1305`, bound to the row that holds the text.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chacha20poly1305::aead::{Aead as _, Payload};
use chacha20poly1305::{KeyInit as _, XChaCha20Poly1305, XNonce};
use rand::RngCore as _;
use zeroize::Zeroize as _;

use super::key::Key;
use crate::domain::{EnrollmentId, Sealed};
use crate::secret::Secret;

/// The first form of sealed text; another would begin otherwise.
const FORM: &str = "pb1.";
const NONCE: usize = 24;

/// Not sealed by this key for this row, or not whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Unopened;

pub(super) fn seal(key: &Key, token: &Secret, id: &EnrollmentId, environment: &str) -> Sealed {
    let mut sealed = vec![0; NONCE];
    rand::rng().fill_bytes(&mut sealed);
    let nonce = XNonce::try_from(sealed.as_slice()).expect("a nonce has 24 bytes");
    let aad = row(id, environment);
    let payload = Payload { msg: token.expose().as_bytes(), aad: aad.as_bytes() };
    let text = cipher(key).encrypt(&nonce, payload).expect("a token is no gigabytes long");
    sealed.extend_from_slice(&text);
    let text = format!("{FORM}{}", URL_SAFE_NO_PAD.encode(&sealed));
    Sealed { text, key_digest: key.digest() }
}

pub(super) fn open(
    key: &Key,
    text: &str,
    id: &EnrollmentId,
    environment: &str,
) -> Result<Secret, Unopened> {
    let text = text.strip_prefix(FORM).ok_or(Unopened)?;
    let sealed = URL_SAFE_NO_PAD.decode(text).map_err(|_| Unopened)?;
    let (nonce, sealed) = sealed.split_at_checked(NONCE).ok_or(Unopened)?;
    let nonce = XNonce::try_from(nonce).map_err(|_| Unopened)?;
    let aad = row(id, environment);
    let opened = cipher(key)
        .decrypt(&nonce, Payload { msg: sealed, aad: aad.as_bytes() })
        .map_err(|_| Unopened)?;
    String::from_utf8(opened).map(Secret::new).map_err(|error| {
        error.into_bytes().zeroize();
        Unopened
    })
}

fn cipher(key: &Key) -> XChaCha20Poly1305 {
    XChaCha20Poly1305::new(key.bytes().into())
}

/// What the text is for: put into another row it does not open. No environment holds a line's end.
fn row(id: &EnrollmentId, environment: &str) -> String {
    format!("passbook access token\n{environment}\n{id}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(text: &str) -> EnrollmentId {
        EnrollmentId(text.to_owned())
    }

    #[test]
    fn only_its_own_key_row_and_environment_open_a_token() {
        let (key, token) = (Key::new_random(), Secret::new("token_hidden"));
        let sealed = seal(&key, &token, &id("enr_a"), "sandbox");
        assert_eq!(open(&key, &sealed.text, &id("enr_a"), "sandbox"), Ok(token));
        let other = Key::new_random();
        for (key, row, environment) in [
            (&other, "enr_a", "sandbox"),
            (&key, "enr_b", "sandbox"),
            (&key, "enr_a", "development"),
        ] {
            assert_eq!(open(key, &sealed.text, &id(row), environment), Err(Unopened));
        }
    }

    #[test]
    fn the_same_token_is_never_sealed_to_the_same_text() {
        let (key, token) = (Key::new_random(), Secret::new("token_hidden"));
        let [one, two] = [(); 2].map(|()| seal(&key, &token, &id("enr_a"), "sandbox"));
        assert_ne!(one.text, two.text);
        assert_eq!(one.key_digest, two.key_digest);
        assert!(!one.text.contains("hidden"));
    }

    #[test]
    fn text_that_was_touched_does_not_open() {
        let key = Key::new_random();
        let sealed = seal(&key, &Secret::new("token_hidden"), &id("enr_a"), "sandbox").text;
        for place in 0..sealed.len() {
            let mut touched = sealed.clone().into_bytes();
            touched[place] = if touched[place] == b'A' { b'B' } else { b'A' };
            let touched = String::from_utf8(touched).unwrap();
            assert_eq!(open(&key, &touched, &id("enr_a"), "sandbox"), Err(Unopened), "{place}");
        }
        for text in ["", FORM, "pb1.AAAA", "pb2.AAAA", &sealed[..sealed.len() - 4]] {
            assert_eq!(open(&key, text, &id("enr_a"), "sandbox"), Err(Unopened));
        }
    }
}
