//! Connections that cannot crowd out a health check: each is small, short, and the oldest gives way.

use std::collections::VecDeque;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::{CancellationToken, DropGuard};

/// Open at once; one more makes the oldest give way.
const MAX_CONNECTIONS: usize = 128;
/// From accept to the last byte of the answer.
const DEADLINE: Duration = Duration::from_secs(5);
/// Request line, headers and body together, where no body is expected.
pub const SMALL_REQUEST: usize = 16 * 1024;

pub struct BoundedListener {
    listener: TcpListener,
    /// Of one connection.
    max_bytes: usize,
    /// Oldest first; a closed connection has cancelled its own token.
    open: VecDeque<CancellationToken>,
}

impl BoundedListener {
    pub fn new(listener: TcpListener, max_bytes: usize) -> Self {
        Self { listener, max_bytes, open: VecDeque::new() }
    }

    fn admit(&mut self) -> CancellationToken {
        self.open.retain(|token| !token.is_cancelled());
        if self.open.len() >= MAX_CONNECTIONS
            && let Some(oldest) = self.open.pop_front()
        {
            oldest.cancel();
        }
        let token = CancellationToken::new();
        self.open.push_back(token.clone());
        token
    }
}

impl axum::serve::Listener for BoundedListener {
    type Io = Connection;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Connection, SocketAddr) {
        let (stream, peer) = axum::serve::Listener::accept(&mut self.listener).await;
        (Connection::new(stream, self.max_bytes, self.admit()), peer)
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }
}

/// A stream that fails once its time, its bytes or its place are used up.
pub struct Connection {
    stream: TcpStream,
    /// `None` once it has come.
    end: Option<Pin<Box<dyn Future<Output = ()> + Send>>>,
    bytes_left: usize,
    _open: DropGuard,
}

impl Connection {
    fn new(stream: TcpStream, max_bytes: usize, token: CancellationToken) -> Self {
        let evicted = token.clone().cancelled_owned();
        let end = Box::pin(async move {
            // Timed out or evicted: the connection ends the same way.
            tokio::time::timeout(DEADLINE, evicted).await.unwrap_or_default();
        });
        Self { stream, end: Some(end), bytes_left: max_bytes, _open: token.drop_guard() }
    }

    fn check_end(&mut self, context: &mut Context<'_>) -> io::Result<()> {
        if self.end.as_mut().is_some_and(|end| end.as_mut().poll(context).is_pending()) {
            return Ok(());
        }
        self.end = None;
        Err(io::ErrorKind::TimedOut.into())
    }
}

impl AsyncRead for Connection {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.check_end(context)?;
        let before = buffer.filled().len();
        ready!(Pin::new(&mut self.stream).poll_read(context, buffer))?;
        let read = buffer.filled().len() - before;
        self.bytes_left = self.bytes_left.checked_sub(read).ok_or(io::ErrorKind::InvalidData)?;
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Connection {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.check_end(context)?;
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.check_end(context)?;
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    use super::*;

    #[tokio::test]
    async fn a_connection_that_gave_way_fails_as_often_as_it_is_asked() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let client = TcpStream::connect(listener.local_addr().unwrap());
        let (client, accepted) = tokio::join!(client, listener.accept());
        let token = CancellationToken::new();
        let mut connection = Connection::new(accepted.unwrap().0, SMALL_REQUEST, token.clone());
        token.cancel();
        for _ in 0..2 {
            let read = connection.read_u8().await;
            assert_eq!(read.unwrap_err().kind(), io::ErrorKind::TimedOut);
            let written = connection.write_u8(0).await;
            assert_eq!(written.unwrap_err().kind(), io::ErrorKind::TimedOut);
        }
        drop(client);
    }
}
