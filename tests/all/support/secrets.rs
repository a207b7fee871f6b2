//! Known secrets, and every form in which they may have been written down.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use passbook::vault::Key;

pub struct Secrets(Vec<(&'static str, Vec<u8>)>);

impl Secrets {
    pub fn of_key(key: &Key) -> Self {
        let text = key.text();
        let bytes = text.expose().trim_start_matches("passbook_key_");
        let raw = URL_SAFE_NO_PAD.decode(bytes).unwrap();
        let mut secrets = Self(Vec::new());
        secrets.add("the key", bytes);
        for form in [hex::encode(&raw).into_bytes(), STANDARD.encode(&raw).into_bytes(), raw] {
            secrets.0.push(("the key", form));
        }
        secrets
    }

    pub fn add(&mut self, what: &'static str, secret: &str) {
        self.0.extend(forms(secret).map(|form| (what, form.into_bytes())));
    }

    pub fn assert_absent(&self, place: &str, bytes: &[u8]) {
        for (what, form) in &self.0 {
            let found = bytes.windows(form.len()).any(|window| window == form);
            assert!(!found, "{what} is in {place}");
        }
    }
}

/// Itself, its longest telling part, in a header, in base64 and in hex.
fn forms(secret: &str) -> [String; 5] {
    [
        secret.to_owned(),
        secret[secret.len() / 2..].to_owned(),
        STANDARD.encode(format!("{secret}:")).trim_end_matches('=').to_owned(),
        URL_SAFE_NO_PAD.encode(secret),
        hex::encode(secret),
    ]
}
