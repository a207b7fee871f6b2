//! Real handshakes with a bank that demands the application's certificate.

use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use passbook::teller::{AccountList, Client, ClientOptions, Error, Identity, Pacing, Result};
use rcgen::{KeyPair, date_time_ymd};
use rustls::crypto::ring;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::server::{ServerConfig, WebPkiClientVerifier};
use rustls::{RootCertStore, SupportedProtocolVersion};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use super::authority::{Authority, Files, Issued};
use super::token;

const BOTH: [&SupportedProtocolVersion; 2] = [&rustls::version::TLS12, &rustls::version::TLS13];

struct Bank {
    port: u16,
    connections: Arc<AtomicUsize>,
}

impl Bank {
    /// Shows `shown`, and lets in whom `clients` signed; everybody when there is none.
    async fn open(
        shown: &Issued,
        clients: Option<&Authority>,
        version: &'static SupportedProtocolVersion,
    ) -> Self {
        let acceptor = TlsAcceptor::from(Arc::new(server(shown, clients, version)));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let connections = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&connections);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                count.fetch_add(1, Ordering::SeqCst);
                let acceptor = acceptor.clone();
                tokio::spawn(async move {
                    match acceptor.accept(stream).into_fallible().await {
                        Ok(stream) => answer(stream).await,
                        // Closing over unread bytes would reset the connection under the alert.
                        Err((_, mut stream)) => drop(stream.read_to_end(&mut Vec::new()).await),
                    }
                });
            }
        });
        Self { port, connections }
    }

    async fn ask(&self, ca: Option<&Authority>, identity: Option<Identity>) -> Result<AccountList> {
        let files = Files::new();
        let options = ClientOptions {
            base_url: format!("https://127.0.0.1:{}", self.port).parse().unwrap(),
            identity,
            ca: ca.map(|authority| files.write("ca.pem", authority.root.pem())),
            pacing: Pacing { base: Duration::from_millis(1), ..Pacing::default() },
            ..ClientOptions::default()
        };
        Client::new(options)?.list_accounts(&token()).await
    }

    /// The message of a failure that was not tried again.
    async fn refusal(&self, ca: Option<&Authority>, identity: Option<Identity>) -> String {
        let error = self.ask(ca, identity).await.unwrap_err();
        assert!(matches!(error, Error::Configuration(_)), "{error:?}");
        assert_eq!(self.connections.load(Ordering::SeqCst), 1, "{error}");
        error.to_string()
    }
}

fn server(
    shown: &Issued,
    clients: Option<&Authority>,
    version: &'static SupportedProtocolVersion,
) -> ServerConfig {
    let provider = Arc::new(ring::default_provider());
    let builder = ServerConfig::builder_with_provider(Arc::clone(&provider))
        .with_protocol_versions(&[version])
        .unwrap();
    let builder = match clients {
        None => builder.with_no_client_auth(),
        Some(authority) => {
            let mut roots = RootCertStore::empty();
            roots.add(authority.root.der().clone()).unwrap();
            let verifier =
                WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider).build();
            builder.with_client_cert_verifier(verifier.unwrap())
        }
    };
    let key = PrivatePkcs8KeyDer::from(shown.key.serialize_der());
    let chain = vec![shown.certificate.der().clone()];
    builder.with_single_cert(chain, PrivateKeyDer::from(key)).unwrap()
}

async fn answer(mut stream: tokio_rustls::server::TlsStream<tokio::net::TcpStream>) {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let Ok(byte) = stream.read_u8().await else { return };
        head.push(byte);
    }
    let reply = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\n[]";
    stream.write_all(reply).await.unwrap();
    let _closed_by_the_client = stream.shutdown().await;
}

#[tokio::test]
async fn a_certificate_opens_the_door_with_a_key_of_either_dress() {
    let (authority, files) = (Authority::new(), Files::new());
    let (bank_cert, ours) = (authority.issue("127.0.0.1"), authority.issue("passbook.test"));
    for version in BOTH {
        let bank = Bank::open(&bank_cert, Some(&authority), version).await;
        for key in [ours.pkcs8(), ours.sec1()] {
            let identity = files.identity(ours.pem(), key);
            let list = bank.ask(Some(&authority), Some(identity)).await;
            assert_eq!(list, Ok(AccountList::default()), "{version:?}");
        }
    }
}

#[tokio::test]
async fn an_rsa_key_in_pkcs1_opens_it_too() {
    let Some((pkcs8, pkcs1)) = rsa_key() else {
        eprintln!("SKIPPED: no `openssl` program to make an RSA key with");
        return;
    };
    assert!(pkcs1.contains("BEGIN RSA PRIVATE KEY"), "{}", pkcs1.lines().next().unwrap());
    let (authority, files) = (Authority::new(), Files::new());
    let key = KeyPair::from_pem(&pkcs8).unwrap();
    let ours = authority.issue_for("passbook.test", key, |_| ());
    let bank_cert = authority.issue("127.0.0.1");
    let bank = Bank::open(&bank_cert, Some(&authority), &rustls::version::TLS13).await;
    for key in [pkcs8, pkcs1] {
        let identity = files.identity(ours.pem(), key);
        bank.ask(Some(&authority), Some(identity)).await.unwrap();
    }
}

/// The same new key in PKCS#8 and in PKCS#1.
fn rsa_key() -> Option<(String, String)> {
    let openssl = |arguments: &[&str]| {
        let output = Command::new("openssl").args(arguments).output().ok()?;
        output.status.success().then(|| String::from_utf8(output.stdout).unwrap())
    };
    let files = Files::new();
    let pkcs8 = openssl(&["genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"])?;
    let path = files.write("rsa.pem", &pkcs8);
    let pkcs1 = openssl(&["rsa", "-traditional", "-in", path.to_str().unwrap()])?;
    Some((pkcs8, pkcs1))
}

#[tokio::test]
async fn a_missing_certificate_is_told_and_never_tried_again() {
    let authority = Authority::new();
    let bank_cert = authority.issue("127.0.0.1");
    for version in BOTH {
        let bank = Bank::open(&bank_cert, Some(&authority), version).await;
        let message = bank.refusal(Some(&authority), None).await;
        assert!(message.contains("demands a client certificate"), "{message}");
    }
}

#[tokio::test]
async fn a_certificate_of_another_authority_is_told_and_never_tried_again() {
    let (authority, files) = (Authority::new(), Files::new());
    let (bank_cert, foreign) = (authority.issue("127.0.0.1"), Authority::new().issue("x.test"));
    for version in BOTH {
        let bank = Bank::open(&bank_cert, Some(&authority), version).await;
        let identity = files.identity(foreign.pem(), foreign.pkcs8());
        let message = bank.refusal(Some(&authority), Some(identity)).await;
        assert!(message.contains("refused the client certificate"), "{message}");
    }
}

#[tokio::test]
async fn a_bank_that_nobody_vouches_for_is_not_asked() {
    let authority = Authority::new();
    let bank_cert = authority.issue("127.0.0.1");
    let others = Authority::new();
    for ca in [None, Some(&others)] {
        let bank = Bank::open(&bank_cert, None, &rustls::version::TLS13).await;
        let message = bank.refusal(ca, None).await;
        assert!(message.contains("--teller-ca"), "{message}");
    }
    let bank = Bank::open(&bank_cert, None, &rustls::version::TLS13).await;
    bank.ask(Some(&authority), None).await.unwrap();
}

#[tokio::test]
async fn a_certificate_of_another_day_makes_one_think_of_the_clock() {
    let authority = Authority::new();
    for (from, until) in [(2001, 2002), (2190, 2191)] {
        let key = KeyPair::generate().unwrap();
        let bank_cert = authority.issue_for("127.0.0.1", key, |params| {
            params.not_before = date_time_ymd(from, 1, 1);
            params.not_after = date_time_ymd(until, 1, 1);
        });
        let bank = Bank::open(&bank_cert, None, &rustls::version::TLS13).await;
        let message = bank.refusal(Some(&authority), None).await;
        assert!(message.contains("clock"), "{message}");
    }
}

#[tokio::test]
async fn a_certificate_of_another_name_is_refused() {
    let authority = Authority::new();
    let bank = Bank::open(&authority.issue("bank.test"), None, &rustls::version::TLS13).await;
    let message = bank.refusal(Some(&authority), None).await;
    assert!(message.contains("another name"), "{message}");
}

#[tokio::test]
async fn https_to_a_plain_server_is_told_as_what_it_is() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await.unwrap();
        let _closed_by_the_client = stream.read_to_end(&mut Vec::new()).await;
    });
    let bank = Bank { port, connections: Arc::new(AtomicUsize::new(1)) };
    let message = bank.refusal(None, None).await;
    assert!(message.contains("does not answer in TLS"), "{message}");
}

#[tokio::test]
async fn a_wrong_an_expired_a_mismatched_and_a_missing_pair_each_have_words_of_their_own() {
    let (authority, files) = (Authority::new(), Files::new());
    let bank_cert = authority.issue("127.0.0.1");
    let bank = Bank::open(&bank_cert, Some(&authority), &rustls::version::TLS13).await;
    let [ours, other] = [(); 2].map(|()| authority.issue("passbook.test"));
    let foreign = Authority::new().issue("passbook.test");
    let expired = authority.issue_for("passbook.test", KeyPair::generate().unwrap(), |params| {
        params.not_after = date_time_ymd(2002, 3, 4);
        params.not_before = date_time_ymd(2001, 2, 3);
    });
    let mut told = std::collections::BTreeSet::new();
    for (pair, words) in [
        (Some((foreign.pem(), foreign.pkcs8())), "refused the client certificate"),
        (Some((expired.pem(), expired.pkcs8())), "expired on 2002-03-04"),
        (Some((ours.pem(), other.pkcs8())), "is not the one of"),
        (None, "demands a client certificate"),
    ] {
        let identity = pair.map(|(cert, key)| files.identity(cert, key));
        let message = bank.ask(Some(&authority), identity).await.unwrap_err().to_string();
        assert!(message.contains(words), "{message}");
        told.insert(message);
    }
    assert_eq!(told.len(), 4);
}
