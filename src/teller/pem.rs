//! Certificate and key files: what is in them, and what is wrong with them, in words.

mod validity;

use std::fs::File;
use std::io::Read;
use std::path::Path;

use chrono::{DateTime, Utc};
use rustls::crypto::ring;
use rustls::pki_types::pem::{self, SectionKind};
use rustls::pki_types::{
    CertificateDer, PrivateKeyDer, PrivatePkcs1KeyDer, PrivatePkcs8KeyDer, PrivateSec1KeyDer,
};
use rustls::sign::CertifiedKey;
use zeroize::Zeroizing;

use super::options::Identity;
use super::{Error, Result};

/// Far beyond any chain of certificates: whoever gives /dev/zero gets an answer, too.
const LARGEST_FILE: u64 = 1 << 20;

/// The certificate chain, leaf first, and the key that belongs to the leaf.
pub(super) fn read_identity(
    identity: &Identity,
) -> Result<(Vec<CertificateDer<'static>>, PrivateKeyDer<'static>)> {
    let chain = read_certificates(&identity.cert)?;
    let key = read_key(&identity.key)?;
    let (cert_file, key_file) = (identity.cert.display(), identity.key.display());
    check_match(&chain, &key).map_err(|error| {
        let what = match error {
            rustls::Error::InconsistentKeys(_) => {
                format!("the key in {key_file} is not the one of the certificate in {cert_file}")
            }
            rustls::Error::InvalidCertificate(_) => {
                format!("{cert_file} holds a certificate that cannot be read ({error})")
            }
            _ => format!("{key_file} holds a private key of an unknown kind ({error})"),
        };
        Error::Configuration(what)
    })?;
    if let Some(what) = chain.first().and_then(|leaf| validity::objection(leaf)) {
        return Err(Error::Configuration(format!("the certificate in {cert_file} {what}")));
    }
    Ok((chain, key))
}

/// Until when the leaf is valid; `None` where its dates cannot be read. Whatever is wrong with the
/// two files is told here, as before a request.
pub fn certificate_expiry(identity: &Identity) -> Result<Option<DateTime<Utc>>> {
    let (chain, _) = read_identity(identity)?;
    Ok(chain.first().and_then(|leaf| validity::until(leaf)))
}

fn check_match(
    chain: &[CertificateDer<'static>],
    key: &PrivateKeyDer<'static>,
) -> Result<(), rustls::Error> {
    CertifiedKey::from_der(chain.to_vec(), key.clone_key(), &ring::default_provider()).map(drop)
}

/// All certificates of a file, which must hold one.
pub(super) fn read_certificates(file: &Path) -> Result<Vec<CertificateDer<'static>>> {
    let text = read(file)?;
    let mut found = sections(file, &text)?;
    found.retain(|(kind, _)| *kind == SectionKind::Certificate);
    if found.is_empty() {
        return Err(wrong(
            file,
            if contains(&text, "PRIVATE KEY-----") {
                "holds a private key, not a certificate: were two files swapped?"
            } else {
                "holds no certificate: a line `-----BEGIN CERTIFICATE-----` is expected"
            },
        ));
    }
    Ok(found.into_iter().map(|(_, der)| CertificateDer::from(der.to_vec())).collect())
}

fn read_key(file: &Path) -> Result<PrivateKeyDer<'static>> {
    let text = read(file)?;
    let sections = sections(file, &text)?;
    let key = sections.into_iter().find_map(|(kind, der)| match kind {
        SectionKind::PrivateKey => Some(PrivatePkcs8KeyDer::from(der.to_vec()).into()),
        SectionKind::EcPrivateKey => Some(PrivateSec1KeyDer::from(der.to_vec()).into()),
        SectionKind::RsaPrivateKey => Some(PrivatePkcs1KeyDer::from(der.to_vec()).into()),
        _ => None,
    });
    key.ok_or_else(|| wrong(file, missing_key(&text)))
}

fn missing_key(text: &[u8]) -> &'static str {
    if contains(text, "BEGIN ENCRYPTED PRIVATE KEY-----") {
        ENCRYPTED
    } else if contains(text, "PUBLIC KEY-----") {
        "holds a public key; the private one is needed"
    } else if contains(text, "BEGIN CERTIFICATE-----") {
        "holds a certificate, not a private key: were two files swapped?"
    } else {
        "holds no private key: a line `-----BEGIN PRIVATE KEY-----` or the like is expected"
    }
}

const ENCRYPTED: &str = "holds a key under a passphrase: store it decrypted, as Teller gave it";

fn contains(text: &[u8], words: &str) -> bool {
    text.windows(words.len()).any(|window| window == words.as_bytes())
}

/// Windows editors put it before the first line.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

type Section = (SectionKind, Zeroizing<Vec<u8>>);

/// The blocks of a known kind; others, as `EC PARAMETERS`, are passed over.
fn sections(file: &Path, text: &[u8]) -> Result<Vec<Section>> {
    let mut text = text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text);
    let mut sections = Vec::new();
    while !text.is_empty() {
        let mut lines = text;
        match pem::from_buf(&mut lines) {
            Ok(Some((kind, der))) => sections.push((kind, Zeroizing::new(der))),
            Ok(None) => break,
            // Its header lines make a block unreadable, and say why.
            Err(_) if contains(text, "Proc-Type: 4,ENCRYPTED") => {
                return Err(wrong(file, ENCRYPTED));
            }
            Err(_) => return Err(wrong(file, "is a damaged PEM file")),
        }
        text = lines;
    }
    Ok(sections)
}

fn read(file: &Path) -> Result<Zeroizing<Vec<u8>>> {
    let mut text = Zeroizing::new(Vec::new());
    File::open(file)
        .and_then(|opened| opened.take(LARGEST_FILE).read_to_end(&mut text))
        .map_err(|error| wrong(file, &format!("cannot be read: {error}")))?;
    Ok(text)
}

fn wrong(file: &Path, what: &str) -> Error {
    Error::Configuration(format!("{} {what}", file.display()))
}
