//! The key: 32 bytes, how they are written down, and the name they can be told by.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use rand::RngCore as _;
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use crate::secret::Secret;

const PREFIX: &str = "passbook_key_";
const LENGTH: usize = 32;
/// Letters of a digest: enough to tell keys apart, and nothing about the key.
const DIGEST_BYTES: usize = 8;

/// Wiped when dropped. `Debug` shows its digest.
#[derive(Clone, PartialEq, Eq)]
pub struct Key(Zeroizing<[u8; LENGTH]>);

/// Repeats nothing of the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be 32 bytes as `passbook key show` prints them, or in base64 or hex")]
pub struct KeyError;

impl Key {
    pub fn new_random() -> Self {
        let mut bytes = Zeroizing::new([0; LENGTH]);
        rand::rng().fill_bytes(&mut *bytes);
        Self(bytes)
    }

    /// As [`Key::text`] writes it; hex and base64 too, as other programs make such keys.
    pub fn parse(text: &str) -> Result<Self, KeyError> {
        let text = text.trim();
        let text = text.strip_prefix(PREFIX).unwrap_or(text).trim_end_matches('=');
        let mut bytes = Zeroizing::new(Vec::with_capacity(2 * LENGTH));
        if text.len() == 2 * LENGTH {
            *bytes = hex::decode(text).map_err(|_| KeyError)?;
        } else {
            URL_SAFE_NO_PAD
                .decode_vec(text, &mut bytes)
                .or_else(|_| {
                    bytes.clear();
                    STANDARD_NO_PAD.decode_vec(text, &mut bytes)
                })
                .map_err(|_| KeyError)?;
        }
        let mut key = Self(Zeroizing::new([0; LENGTH]));
        if bytes.len() != LENGTH {
            return Err(KeyError);
        }
        key.0.copy_from_slice(&bytes);
        Ok(key)
    }

    /// Several, separated by commas, blanks or lines; each once. The first one seals.
    pub fn parse_list(text: &str) -> Result<Vec<Self>, KeyError> {
        let separates = |letter: char| letter == ',' || letter.is_whitespace();
        let mut keys: Vec<Self> = Vec::new();
        for part in text.split(separates).filter(|part| !part.is_empty()) {
            let key = Self::parse(part)?;
            if !keys.contains(&key) {
                keys.push(key);
            }
        }
        Ok(keys)
    }

    /// For keeping it, and for the one command that prints it.
    pub fn text(&self) -> Secret {
        let mut text = String::with_capacity(PREFIX.len() + 2 * LENGTH);
        text.push_str(PREFIX);
        URL_SAFE_NO_PAD.encode_string(*self.0, &mut text);
        Secret::new(text)
    }

    /// A name that says nothing about it.
    pub fn digest(&self) -> String {
        let mut hash = Sha256::new();
        hash.update(b"passbook key\n");
        hash.update(*self.0);
        hex::encode(&hash.finalize()[..DIGEST_BYTES])
    }

    pub(super) fn bytes(&self) -> &[u8; LENGTH] {
        &self.0
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Key({})", self.digest())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_key_is_read_back_in_every_way_of_writing_it() {
        for _ in 0..50 {
            let key = Key::new_random();
            let bytes = *key.0;
            let text = key.text();
            let ways = [
                text.expose().to_owned(),
                text.expose().trim_start_matches(PREFIX).to_owned(),
                hex::encode(bytes),
                hex::encode_upper(bytes),
                base64::engine::general_purpose::STANDARD.encode(bytes),
                format!(" {}\n", text.expose()),
            ];
            for way in ways {
                assert_eq!(Key::parse(&way), Ok(key.clone()));
            }
        }
    }

    #[test]
    fn what_is_no_key_is_refused_and_not_repeated() {
        for text in ["", "hunter2", "passbook_key_", &"a".repeat(42), &"g".repeat(64)] {
            let error = Key::parse(text).unwrap_err().to_string();
            assert!(text.is_empty() || !error.contains(text), "{error}");
        }
    }

    #[test]
    fn a_list_keeps_its_order_and_each_key_once() {
        let (new, old) = (Key::new_random(), Key::new_random());
        let text =
            format!("{},{}\n{}\n", new.text().expose(), old.text().expose(), new.text().expose());
        assert_eq!(Key::parse_list(&text), Ok(vec![new, old]));
        assert_eq!(Key::parse_list(" ,\n"), Ok(Vec::new()));
    }

    #[test]
    fn a_key_never_shows_itself() {
        let key = Key::new_random();
        let shown = format!("{key:?}");
        assert_eq!(shown, format!("Key({})", key.digest()));
        assert!(!shown.contains(&hex::encode(&key.0[..4])));
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "\\PC*") {
            let _ = (Key::parse(&text), Key::parse_list(&text));
        }
    }
}
