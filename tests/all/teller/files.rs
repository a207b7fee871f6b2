//! Certificate, key and CA files as people really give them: told before any request.

use std::path::PathBuf;

use passbook::teller::{Client, ClientOptions, Error, Identity, certificate_expiry};
use rcgen::{KeyPair, date_time_ymd};

use super::authority::{Authority, Files, block};

fn client(identity: Identity) -> Result<Client, String> {
    let options = ClientOptions { identity: Some(identity), ..ClientOptions::default() };
    told(Client::new(options))
}

/// The message, which must be one of configuration.
fn told(made: Result<Client, Error>) -> Result<Client, String> {
    made.map_err(|error| {
        assert!(matches!(error, Error::Configuration(_)));
        error.to_string()
    })
}

#[track_caller]
fn refused(identity: Identity, file: &str, what: &str) {
    let message = client(identity).unwrap_err();
    assert!(message.contains(file) && message.contains(what), "{message}");
}

#[test]
fn keys_of_every_dress_are_taken() {
    let (files, authority) = (Files::new(), Authority::new());
    let issued = authority.issue("passbook.test");
    let chain = format!("{}{}", issued.pem(), authority.root.pem());
    let windows = format!("\u{FEFF}{}", issued.pem().replace('\n', "\r\n"));
    let chatty = format!("Bag Attributes\n  friendlyName: x\n{}", issued.pem());
    let unknown = format!("{}{}", block("DH PARAMETERS", b"nothing known"), issued.pkcs8());
    for (cert, key) in [
        (&issued.pem(), &issued.pkcs8()),
        (&issued.pem(), &issued.sec1()),
        (&chain, &issued.pkcs8()),
        (&windows, &issued.pkcs8().replace('\n', "\r\n")),
        (&chatty, &unknown),
    ] {
        client(files.identity(cert, key)).unwrap();
    }
    let both = files.write("both.pem", format!("{}{}", issued.sec1(), issued.pem()));
    client(Identity { cert: both.clone(), key: both }).unwrap();
}

#[test]
fn a_file_that_is_not_there_is_named() {
    let (files, issued) = (Files::new(), Authority::new().issue("passbook.test"));
    let good = files.identity(issued.pem(), issued.pkcs8());
    let gone = files.path("gone.pem");
    refused(Identity { cert: gone.clone(), ..good.clone() }, "gone.pem", "cannot be read");
    refused(Identity { key: gone.clone(), ..good.clone() }, "gone.pem", "cannot be read");
    let directory: PathBuf = gone.parent().unwrap().to_owned();
    let shown = directory.display().to_string();
    refused(Identity { key: directory, ..good }, &shown, "cannot be read");
    let options = ClientOptions { ca: Some(gone), ..ClientOptions::default() };
    assert!(told(Client::new(options)).unwrap_err().contains("gone.pem"));
}

#[test]
fn a_file_of_the_wrong_kind_is_told_as_what_it_is() {
    let (files, issued) = (Files::new(), Authority::new().issue("passbook.test"));
    let (cert, key) = (issued.pem(), issued.pkcs8());
    let encrypted = block("ENCRYPTED PRIVATE KEY", b"who knows");
    let old = key.replace("KEY-----\nM", "KEY-----\nProc-Type: 4,ENCRYPTED\n\nM");
    assert_ne!(old, key);
    let public = block("PUBLIC KEY", b"everybody knows");
    refused(files.identity(&key, &cert), "cert.pem", "swapped");
    refused(files.identity(&cert, &cert), "key.pem", "swapped");
    refused(files.identity("", &key), "cert.pem", "no certificate");
    refused(files.identity("hello", &key), "cert.pem", "no certificate");
    refused(files.identity(issued.certificate.der(), &key), "cert.pem", "no certificate");
    refused(files.identity(&cert, ""), "key.pem", "no private key");
    refused(files.identity(&cert, &encrypted), "key.pem", "passphrase");
    refused(files.identity(&cert, &old), "key.pem", "passphrase");
    refused(files.identity(&cert, &public), "key.pem", "public key");
}

#[test]
fn damaged_blocks_and_strange_keys_are_told() {
    let (files, issued) = (Files::new(), Authority::new().issue("passbook.test"));
    let (cert, key) = (issued.pem(), issued.pkcs8());
    let half = &cert[..cert.len() / 2];
    refused(files.identity(half, &key), "cert.pem", "damaged");
    refused(files.identity(&cert, &key[..key.len() / 2]), "key.pem", "damaged");
    let no_certificate = block("CERTIFICATE", b"not a certificate");
    refused(files.identity(no_certificate, &key), "cert.pem", "cannot be read");
    let no_key = block("PRIVATE KEY", b"not a key");
    refused(files.identity(&cert, no_key), "key.pem", "unknown kind");
}

#[test]
fn a_key_of_another_certificate_is_told_with_both_files() {
    let (files, authority) = (Files::new(), Authority::new());
    let (one, other) = (authority.issue("passbook.test"), authority.issue("passbook.test"));
    refused(files.identity(one.pem(), other.pkcs8()), "key.pem", "is not the one of");
    refused(files.identity(one.pem(), other.sec1()), "cert.pem", "is not the one of");
}

#[test]
fn a_certificate_out_of_its_days_is_told_with_the_day() {
    let (files, authority) = (Files::new(), Authority::new());
    let dated = |from, until| {
        authority.issue_for("passbook.test", KeyPair::generate().unwrap(), |params| {
            (params.not_before, params.not_after) = (from, until);
        })
    };
    let old = dated(date_time_ymd(2001, 2, 3), date_time_ymd(2002, 3, 4));
    refused(files.identity(old.pem(), old.pkcs8()), "cert.pem", "expired on 2002-03-04");
    let early = dated(date_time_ymd(2190, 2, 3), date_time_ymd(2191, 3, 4));
    refused(files.identity(early.pem(), early.pkcs8()), "cert.pem", "from 2190-02-03");
}

#[test]
fn outside_sandbox_a_certificate_is_demanded_at_once() {
    let options = ClientOptions { certificate_required: true, ..ClientOptions::default() };
    let message = told(Client::new(options)).unwrap_err();
    assert!(message.contains("--cert and --cert-key"), "{message}");
}

#[test]
fn a_ca_file_without_a_certificate_is_refused() {
    let files = Files::new();
    for text in ["", "hello", &block("CERTIFICATE", b"not a certificate")] {
        let ca = Some(files.write("ca.pem", text));
        let options = ClientOptions { ca, ..ClientOptions::default() };
        let message = told(Client::new(options)).unwrap_err();
        assert!(message.contains("ca.pem"), "{message}");
    }
}

#[test]
fn no_message_holds_a_key() {
    let (files, issued) = (Files::new(), Authority::new().issue("passbook.test"));
    let secret = issued.pkcs8().lines().nth(1).unwrap().to_owned();
    let other = Authority::new().issue("passbook.test");
    for (cert, key) in [
        (issued.pkcs8(), issued.pkcs8()),
        (other.pem(), issued.pkcs8()),
        (issued.pem(), issued.pkcs8().replace("-----END", "----END")),
    ] {
        let message = client(files.identity(cert, key)).unwrap_err();
        assert!(!message.contains(&secret[..8]), "{message}");
    }
}

#[test]
fn a_certificate_says_until_when_it_is_good() {
    let (files, authority) = (Files::new(), Authority::new());
    let dated =
        |params: &mut rcgen::CertificateParams| params.not_after = date_time_ymd(2061, 4, 5);
    let issued = authority.issue_for("passbook.test", KeyPair::generate().unwrap(), dated);
    let until = certificate_expiry(&files.identity(issued.pem(), issued.pkcs8())).unwrap();
    assert_eq!(until.unwrap().to_string(), "2061-04-05 00:00:00 UTC");
    let gone = Identity { cert: files.path("gone.pem"), key: files.path("gone.pem") };
    assert!(matches!(certificate_expiry(&gone), Err(Error::Configuration(_))));
}
