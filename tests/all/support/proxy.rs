//! A door in front of the test server that counts what goes through, or keeps callers waiting.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU16, AtomicU32, AtomicUsize, Ordering};

use passbook::database::Database;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

use super::{TestDatabase, parse};

pub struct Proxy {
    /// The same database, through the door.
    pub database: Database,
    /// How often a client spoke.
    pub spoken: Arc<AtomicUsize>,
}

/// A port on which the server behind offers no TLS.
pub async fn without_tls(at: &TestDatabase) -> u16 {
    let Database::Postgres(server) = &at.database else {
        panic!("there is no server to stand before")
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let behind = format!("{}:{}", server.host, server.port);
    tokio::spawn(async move {
        loop {
            let (caller, _) = listener.accept().await?;
            tokio::spawn(refuse_tls(caller, behind.clone()));
        }
        #[expect(unreachable_code, reason = "it names the type of the error above")]
        io::Result::Ok(())
    });
    port
}

/// As a server answers that was built or set up without.
async fn refuse_tls(mut caller: TcpStream, behind: String) -> io::Result<()> {
    const SSL_REQUEST: [u8; 8] = [0, 0, 0, 8, 4, 210, 22, 47];
    let mut first = [0; 8];
    caller.read_exact(&mut first).await?;
    let mut server = TcpStream::connect(behind).await?;
    if first == SSL_REQUEST {
        caller.write_all(b"N").await?;
    } else {
        server.write_all(&first).await?;
    }
    tokio::io::copy_bidirectional(&mut caller, &mut server).await.map(drop)
}

/// Tells the first `starting_up` callers that the server is starting up.
pub async fn before(at: &TestDatabase, starting_up: u32) -> Proxy {
    let Database::Postgres(server) = &at.database else {
        panic!("there is no server to stand before")
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut url = url::Url::parse(server.url.expose()).unwrap();
    url.set_port(Some(listener.local_addr().unwrap().port())).unwrap();
    let spoken = Arc::new(AtomicUsize::new(0));
    let proxy = Proxy { database: parse(url.as_str()), spoken: Arc::clone(&spoken) };
    let behind = format!("{}:{}", server.host, server.port);
    let refusals = AtomicU32::new(starting_up);
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            let count = |left: u32| left.checked_sub(1);
            if refusals.fetch_update(Ordering::SeqCst, Ordering::SeqCst, count).is_ok() {
                tokio::spawn(refuse(client));
            } else {
                tokio::spawn(pass_on(client, behind.clone(), Arc::clone(&spoken)));
            }
        }
    });
    proxy
}

async fn refuse(mut client: TcpStream) -> io::Result<()> {
    let mut greeting = [0; 1024];
    if client.read(&mut greeting).await? > 0 {
        let fields = b"SFATAL\0VFATAL\0C57P03\0Mthe database system is starting up\0\0";
        let length = u32::try_from(fields.len() + 4).unwrap();
        client.write_all(b"E").await?;
        client.write_all(&length.to_be_bytes()).await?;
        client.write_all(fields).await?;
    }
    client.shutdown().await
}

async fn pass_on(client: TcpStream, behind: String, spoken: Arc<AtomicUsize>) -> io::Result<()> {
    let server = TcpStream::connect(behind).await?;
    let (mut from_client, mut to_client) = client.into_split();
    let (mut from_server, mut to_server) = server.into_split();
    let answers = async move { tokio::io::copy(&mut from_server, &mut to_client).await.map(drop) };
    let questions = async move {
        let mut bytes = [0; 16 * 1024];
        loop {
            let length = from_client.read(&mut bytes).await?;
            if length == 0 {
                return to_server.shutdown().await;
            }
            spoken.fetch_add(1, Ordering::SeqCst);
            to_server.write_all(&bytes[..length]).await?;
        }
    };
    tokio::try_join!(answers, questions).map(drop)
}

/// An address that moves to another server, as a name does at a fail-over.
pub struct Door {
    /// What is behind it, by its lasting address.
    pub database: Database,
    behind: Arc<AtomicU16>,
    silent: watch::Sender<bool>,
}

impl Door {
    pub async fn before(at: &TestDatabase) -> Self {
        let mut url = url::Url::parse(&at.url()).unwrap();
        let behind = Arc::new(AtomicU16::new(url.port().unwrap()));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        url.set_port(Some(listener.local_addr().unwrap().port())).unwrap();
        let port = Arc::clone(&behind);
        let (silent, silence) = watch::channel(false);
        tokio::spawn(async move {
            while let Ok((mut client, _)) = listener.accept().await {
                let port = port.load(Ordering::SeqCst);
                let mut silence = silence.clone();
                tokio::spawn(async move {
                    let mut server = TcpStream::connect(("127.0.0.1", port)).await?;
                    let silenced = async {
                        if silence.wait_for(|silent| *silent).await.is_err() {
                            std::future::pending::<()>().await;
                        }
                    };
                    tokio::select! {
                        copied = tokio::io::copy_bidirectional(&mut client, &mut server) => copied,
                        // Both sides keep their connection, and hear nothing.
                        () = silenced => std::future::pending().await,
                    }
                });
            }
        });
        Self { database: parse(url.as_str()), behind, silent }
    }

    /// From now on nothing gets through, and nobody is told.
    pub fn fall_silent(&self) {
        self.silent.send_replace(true);
    }

    /// Who is connected stays where he is.
    pub fn lead_to(&self, port: u16) {
        self.behind.store(port, Ordering::SeqCst);
    }
}
