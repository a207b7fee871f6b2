//! Who signed an enrollment: Teller's Ed25519 key over the words that Connect handed over.
//!
//! Teller's text says "with a SHA-256 digest", and public programs read that in two ways. Both are
//! tried, in both encodings.

use std::fmt;

use base64::Engine as _;
use base64::alphabet::{STANDARD, URL_SAFE};
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use ring::digest::{SHA256, digest};
use ring::signature::{ED25519, UnparsedPublicKey};

/// Of an Ed25519 key in its public envelope (RFC 8410): what stands before the key itself.
const ENVELOPE: [u8; 12] = [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];
const KEY: usize = 32;
const SIGNATURE: usize = 64;

/// The token signing key of the dashboard. It is public.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SigningKey([u8; KEY]);

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "must be Teller's token signing key: 32 bytes in PEM, base64 or hex, from the dashboard of \
     teller.io"
)]
pub struct KeyError;

/// What the signature was made over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Variant {
    /// The SHA-256 digest of the words.
    Digest,
    /// The words themselves.
    Words,
}

impl SigningKey {
    /// A variable has no line breaks: `\n` in a PEM stands for one.
    pub fn parse(text: &str) -> Result<Self, KeyError> {
        let text = text.replace("\\n", "\n");
        let lines = text.lines().map(str::trim).filter(|line| !line.starts_with("-----"));
        let bytes = decoded(&lines.collect::<String>()).ok_or(KeyError)?;
        let key = bytes.strip_prefix(&ENVELOPE[..]).unwrap_or(&bytes);
        key.try_into().map(Self).map_err(|_| KeyError)
    }

    /// How one of the signatures was made, if this key made any.
    pub fn verify(&self, words: &str, signatures: &[String]) -> Option<Variant> {
        let key = UnparsedPublicKey::new(&ED25519, self.0);
        let hash = digest(&SHA256, words.as_bytes());
        let made = |signature: &Vec<u8>| {
            if key.verify(hash.as_ref(), signature).is_ok() {
                return Some(Variant::Digest);
            }
            key.verify(words.as_bytes(), signature).is_ok().then_some(Variant::Words)
        };
        let signatures = signatures.iter().filter_map(|text| decoded(text));
        signatures.filter(|bytes| bytes.len() == SIGNATURE).find_map(|bytes| made(&bytes))
    }
}

impl Variant {
    /// As it is kept for the next time.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Digest => "digest",
            Self::Words => "words",
        }
    }
}

impl fmt::Display for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&hex::encode(self.0))
    }
}

/// Hex where it can be: no key or signature in base64 has such a length and only such letters.
fn decoded(text: &str) -> Option<Vec<u8>> {
    const EITHER: GeneralPurposeConfig =
        GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
    let text = text.trim();
    if let Ok(bytes) = hex::decode(text) {
        return Some(bytes);
    }
    let alphabet = if text.contains(['-', '_']) { &URL_SAFE } else { &STANDARD };
    GeneralPurpose::new(alphabet, EITHER).decode(text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEX: &str = "03a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b8";
    const BASE64: &str = "A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg=";
    const WORDS: &str = "n0nce-7f3a91.token_examplevalue0001.usr_pa7q2k4m9xv3t8b1u0000.\
                         enr_pa7q2k4m9xv3t8b1e0000.sandbox";
    const OVER_DIGEST: &str =
        "895HXEVjFP1UC7yoS6AaQolmOgxxcVNKnfqrMHJnZm2GsevTCWi3wqzRtUxN1PjxSV1PuLx2Ezf00Ol7mbFCCw==";
    const OVER_WORDS: &str =
        "w3h7CvKRZjnldU6ErdAS1Mg4XM36w7y9fVy/xMzyf7KMZ3hAEMpSHk3ZI2t3CZ3cJjElw2vx2HdIjabIzuwVBA==";

    fn key() -> SigningKey {
        SigningKey::parse(HEX).unwrap()
    }

    fn in_hex(text: &str) -> String {
        hex::encode(decoded(text).unwrap())
    }

    #[test]
    fn both_ways_of_signing_verify_in_both_encodings() {
        for (signature, variant) in [(OVER_DIGEST, Variant::Digest), (OVER_WORDS, Variant::Words)] {
            let url_safe = signature.replace('+', "-").replace('/', "_").replace('=', "");
            for text in [signature.to_owned(), in_hex(signature), url_safe] {
                assert_eq!(key().verify(WORDS, &[text]), Some(variant));
            }
        }
    }

    #[test]
    fn one_right_signature_among_others_is_enough() {
        let others = ["", "no base64!", "AAAA", BASE64, OVER_WORDS];
        let signatures = others.map(str::to_owned);
        assert_eq!(key().verify(WORDS, &signatures), Some(Variant::Words));
        assert_eq!(key().verify(WORDS, &signatures[..4]), None);
        assert_eq!(key().verify(WORDS, &[]), None);
    }

    #[test]
    fn a_single_changed_word_breaks_it() {
        for changed in [WORDS.replace("sandbox", "production"), WORDS.replace("0001", "0002")] {
            assert_eq!(key().verify(&changed, &[OVER_DIGEST.to_owned()]), None);
        }
        let other = SigningKey([7; KEY]);
        assert_eq!(other.verify(WORDS, &[OVER_DIGEST.to_owned()]), None);
    }

    #[test]
    fn a_key_is_read_in_every_form_a_dashboard_may_show() {
        let envelope = [&ENVELOPE[..], &key().0].concat();
        let der = base64::engine::general_purpose::STANDARD.encode(envelope);
        let pem = format!("-----BEGIN PUBLIC KEY-----\n{der}\n-----END PUBLIC KEY-----\n");
        let one_line = pem.replace('\n', "\\n");
        for text in [HEX, &HEX.to_uppercase(), BASE64, &der, &pem, &one_line] {
            assert_eq!(SigningKey::parse(text), Ok(key()), "{text}");
        }
        for text in ["", "abc", &HEX[2..], "token_examplevalue0001"] {
            assert_eq!(SigningKey::parse(text), Err(KeyError), "{text}");
        }
    }
}
