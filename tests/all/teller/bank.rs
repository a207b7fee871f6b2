//! A bank of raw bytes: it answers whatever the test scripts, and remembers what it was asked.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use passbook::teller::{Client, ClientOptions, Observation, Pacing};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// What is written, and what becomes of the connection then.
#[derive(Clone)]
pub struct Answer {
    bytes: Vec<u8>,
    then: Then,
}

#[derive(Clone, Copy)]
enum Then {
    Close,
    Reset,
    Stall,
    /// One byte now and then from here on, for ever.
    Drip,
}

impl Answer {
    pub fn json(body: &str) -> Self {
        Self::status(200, "", body)
    }

    /// `headers` is empty, or lines that each end in CRLF.
    pub fn status(status: u16, headers: &str, body: &str) -> Self {
        let mut kind = "content-type: application/json\r\n";
        if headers.contains("content-type") {
            kind = "";
        }
        Self::raw(format!(
            "HTTP/1.1 {status} Of The Bank\r\n{kind}{headers}x-request-id: req_7\r\n\
             content-length: {}\r\nconnection: close\r\n\r\n{body}",
            body.len()
        ))
    }

    pub fn error(status: u16, code: &str) -> Self {
        Self::status(status, "", &format!(r#"{{"error":{{"code":"{code}","message":"no"}}}}"#))
    }

    pub fn raw(bytes: impl Into<Vec<u8>>) -> Self {
        Self { bytes: bytes.into(), then: Then::Close }
    }

    pub fn len(&self) -> usize {
        self.bytes.len()
    }

    pub fn cut(mut self, at: usize) -> Self {
        self.bytes.truncate(at);
        self
    }

    pub fn reset(self) -> Self {
        Self { then: Then::Reset, ..self }
    }

    pub fn stall(self) -> Self {
        Self { then: Then::Stall, ..self }
    }

    pub fn drip(self) -> Self {
        Self { then: Then::Drip, ..self }
    }
}

pub struct Asked {
    pub at: Instant,
    /// Request line and headers.
    pub head: String,
}

pub struct Bank {
    address: std::net::SocketAddr,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl Bank {
    /// Asks `script` for each answer: it is given the request's number, from 0, and its head.
    pub async fn open(script: impl Fn(usize, &str) -> Answer + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let bank = Self { address: listener.local_addr().unwrap(), asked: Arc::default() };
        let (asked, script) = (Arc::clone(&bank.asked), Arc::new(script));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (asked, script) = (Arc::clone(&asked), Arc::clone(&script));
                tokio::spawn(async move {
                    let mut stream = stream;
                    let Some(head) = read_head(&mut stream).await else { return };
                    let number = {
                        let mut asked = asked.lock().unwrap();
                        asked.push(Asked { at: Instant::now(), head: head.clone() });
                        asked.len() - 1
                    };
                    serve(stream, script(number, &head)).await;
                });
            }
        });
        bank
    }

    /// A bank that gives this one answer to everything.
    pub async fn saying(answer: Answer) -> Self {
        Self::open(move |_, _| answer.clone()).await
    }

    /// A client with hardly any pause between its tries.
    pub fn client(&self) -> Client {
        self.client_with(|_| ())
    }

    pub fn client_with(&self, change: impl FnOnce(&mut Pacing)) -> Client {
        let mut pacing = Pacing {
            base: Duration::from_millis(1),
            cap: Duration::from_millis(4),
            ..Pacing::default()
        };
        change(&mut pacing);
        let base_url = format!("http://{}", self.address).parse().unwrap();
        Client::new(ClientOptions { base_url, pacing, ..ClientOptions::default() }).unwrap()
    }

    pub fn asked(&self) -> std::sync::MutexGuard<'_, Vec<Asked>> {
        self.asked.lock().unwrap()
    }

    pub fn requests(&self) -> usize {
        self.asked().len()
    }
}

async fn read_head(stream: &mut TcpStream) -> Option<String> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.ok()?);
    }
    String::from_utf8(head).ok()
}

async fn serve(mut stream: TcpStream, answer: Answer) {
    if stream.write_all(&answer.bytes).await.is_err() {
        return;
    }
    match answer.then {
        Then::Close => drop(stream.shutdown().await),
        Then::Reset => stream.set_zero_linger().unwrap(),
        // Held until the client hangs up.
        Then::Stall => drop(stream.read_u8().await),
        Then::Drip => {
            while stream.write_all(b" ").await.is_ok() {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        }
    }
}

/// A client that notes what it is observed to do.
pub fn observed(client: &Client) -> (Client, Arc<Mutex<Vec<Observation>>>) {
    let seen: Arc<Mutex<Vec<Observation>>> = Arc::default();
    let notes = Arc::clone(&seen);
    let client = client.with_observer(Arc::new(move |observation| {
        notes.lock().unwrap().push(observation);
    }));
    (client, seen)
}
