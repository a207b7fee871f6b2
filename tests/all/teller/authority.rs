//! Certificates made for one test: an authority, what it signs, and the files they live in.

use std::path::PathBuf;

use passbook::teller::Identity;
use rcgen::{BasicConstraints, Certificate, CertificateParams, IsCa, Issuer, KeyPair};
use tempfile::TempDir;

pub struct Authority {
    issuer: Issuer<'static, KeyPair>,
    pub root: Certificate,
}

pub struct Issued {
    pub certificate: Certificate,
    pub key: KeyPair,
}

impl Authority {
    pub fn new() -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        let root = params.self_signed(&key).unwrap();
        Self { issuer: Issuer::new(params, key), root }
    }

    pub fn issue(&self, name: &str) -> Issued {
        self.issue_for(name, KeyPair::generate().unwrap(), |_| ())
    }

    pub fn issue_for(
        &self,
        name: &str,
        key: KeyPair,
        change: impl FnOnce(&mut CertificateParams),
    ) -> Issued {
        let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        change(&mut params);
        Issued { certificate: params.signed_by(&key, &self.issuer).unwrap(), key }
    }
}

impl Issued {
    pub fn pem(&self) -> String {
        self.certificate.pem()
    }

    pub fn pkcs8(&self) -> String {
        self.key.serialize_pem()
    }

    /// The key as `openssl ecparam` wrote it for years: SEC1, behind a block of parameters.
    pub fn sec1(&self) -> String {
        // The last 109 bytes of a P-256 key in PKCS#8 are that key in SEC1.
        let pkcs8 = self.key.serialize_der();
        let inner = &pkcs8[pkcs8.len() - 109..];
        format!(
            "{}{}",
            block("EC PARAMETERS", &[6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7]),
            block("EC PRIVATE KEY", inner)
        )
    }
}

pub fn block(label: &str, der: &[u8]) -> String {
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", base64(der))
}

/// A directory of PEM files that goes with the test.
pub struct Files(TempDir);

impl Files {
    pub fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub fn write(&self, name: &str, text: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        std::fs::write(&path, text).unwrap();
        path
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub fn identity(&self, cert: impl AsRef<[u8]>, key: impl AsRef<[u8]>) -> Identity {
        Identity { cert: self.write("cert.pem", cert), key: self.write("key.pem", key) }
    }
}

fn base64(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let word = chunk.iter().fold(0_usize, |word, byte| word << 8 | usize::from(*byte))
            << (8 * (3 - chunk.len()));
        for place in 0..4 {
            let known = place <= chunk.len();
            let letter = ALPHABET[word >> (18 - 6 * place) & 63];
            text.push(if known { char::from(letter) } else { '=' });
        }
    }
    text
}
