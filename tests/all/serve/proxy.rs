//! A way to a server that can be cut, blocked and mended while the server knows nothing of it.

use std::net::SocketAddr;

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    Open,
    /// Connections are taken, and nothing moves.
    Blocked,
    /// Nobody listens; what was connected is reset.
    Cut,
}

pub struct Proxy {
    pub address: SocketAddr,
    way: watch::Sender<Way>,
}

impl Proxy {
    pub async fn start(server: SocketAddr, way: Way) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let listener = (way != Way::Cut).then_some(listener);
        let (sender, receiver) = watch::channel(way);
        tokio::spawn(listen(listener, address, server, receiver));
        Self { address, way: sender }
    }

    pub fn set(&self, way: Way) {
        self.way.send_replace(way);
    }
}

async fn listen(
    mut listener: Option<TcpListener>,
    address: SocketAddr,
    server: SocketAddr,
    mut way: watch::Receiver<Way>,
) {
    loop {
        if *way.borrow_and_update() == Way::Cut {
            listener = None;
        } else if listener.is_none() {
            listener = TcpListener::bind(address).await.ok();
        }
        let accepted = async {
            match &listener {
                Some(listener) => listener.accept().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            changed = way.changed() => if changed.is_err() { return },
            accepted = accepted => if let Ok((client, _)) = accepted {
                tokio::spawn(carry(client, server, way.clone()));
            },
        }
    }
}

async fn carry(mut client: TcpStream, server: SocketAddr, mut way: watch::Receiver<Way>) {
    let Ok(mut server) = TcpStream::connect(server).await else { return };
    let copy = tokio::io::copy_bidirectional(&mut client, &mut server);
    tokio::pin!(copy);
    loop {
        let now = *way.borrow_and_update();
        tokio::select! {
            _ = &mut copy, if now == Way::Open => return,
            changed = way.changed(), if now != Way::Cut => if changed.is_err() { return },
            else => return,
        }
    }
}
