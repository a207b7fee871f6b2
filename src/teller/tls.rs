//! TLS towards the bank: which roots are trusted, who we say we are, and what a refusal means.

use std::path::Path;
use std::sync::Arc;

use rustls::crypto::ring;
use rustls::{AlertDescription, CertificateError, ClientConfig, RootCertStore};

use super::options::Identity;
use super::{Error, Result, pem};

/// The public roots that ship with the program, and the user's own beside them.
pub(super) fn configure(identity: Option<&Identity>, ca: Option<&Path>) -> Result<ClientConfig> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(webpki_root_certs::TLS_SERVER_ROOT_CERTS.iter().cloned());
    if let Some(file) = ca {
        for certificate in pem::read_certificates(file)? {
            roots.add(certificate).map_err(|error| unusable(file, &error))?;
        }
    }
    let provider = ring::default_provider();
    let builder = ClientConfig::builder_with_provider(Arc::new(provider))
        .with_safe_default_protocol_versions()
        .map_err(|error| Error::Configuration(format!("TLS cannot be set up: {error}")))?
        .with_root_certificates(roots);
    let Some(identity) = identity else { return Ok(builder.with_no_client_auth()) };
    let (chain, key) = pem::read_identity(identity)?;
    builder.with_client_auth_cert(chain, key).map_err(|error| unusable(&identity.cert, &error))
}

fn unusable(file: &Path, error: &rustls::Error) -> Error {
    let file = file.display();
    Error::Configuration(format!("{file} holds a certificate that cannot be used: {error}"))
}

/// What a person can do about a TLS fault; `None` where it may pass by itself.
pub(super) fn explain(error: &rustls::Error, host: &str) -> Option<String> {
    use AlertDescription as Alert;
    match error {
        rustls::Error::AlertReceived(alert) => match alert {
            Alert::CertificateRequired | Alert::NoCertificate | Alert::HandshakeFailure => {
                Some(format!(
                    "{host} demands a client certificate: give --cert and --cert-key ({alert:?})"
                ))
            }
            Alert::CertificateExpired => Some(format!(
                "{host} says that the client certificate has expired: get a new one, or check \
                 this computer's clock"
            )),
            Alert::BadCertificate
            | Alert::UnsupportedCertificate
            | Alert::CertificateRevoked
            | Alert::CertificateUnknown
            | Alert::UnknownCA
            | Alert::AccessDenied
            | Alert::DecryptError => {
                Some(format!("{host} refused the client certificate ({alert:?}): see --cert"))
            }
            _ => None,
        },
        rustls::Error::InvalidCertificate(reason) => Some(distrusted(reason, host)),
        rustls::Error::InvalidMessage(rustls::InvalidMessage::InvalidContentType) => {
            Some(format!("{host} does not answer in TLS: see --teller-url"))
        }
        _ => None,
    }
}

fn distrusted(reason: &CertificateError, host: &str) -> String {
    use CertificateError as Reason;
    match reason {
        Reason::Expired
        | Reason::ExpiredContext { .. }
        | Reason::NotValidYet
        | Reason::NotValidYetContext { .. } => format!(
            "the certificate of {host} is not valid today: check this computer's clock first"
        ),
        Reason::UnknownIssuer | Reason::BadSignature => format!(
            "the certificate of {host} is signed by nobody passbook trusts: sign in to the \
             network first, or give a proxy's root with --teller-ca"
        ),
        Reason::NotValidForName | Reason::NotValidForNameContext { .. } => format!(
            "whoever answers for {host} shows another name's certificate: sign in to the network \
             first, or see --teller-url"
        ),
        other => format!("the certificate of {host} cannot be trusted: {other:?}"),
    }
}
