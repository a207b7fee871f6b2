//! The bank's door: a server on a loopback port that speaks HTTP as Teller does.

use std::io;
use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::Response;
use axum::serve::ListenerExt;
use tokio::net::TcpListener;

use super::books::{BankOptions, Books};
use super::call::Call;
use super::clerk::Clerk;
use super::connect;
use super::delivery::deliver;
use super::faults::{Fault, Faults};
use super::gate::Gate;
use super::requests::Log;
use super::shared::Shared;
use super::spoil::spoil;

/// On a port that is free.
pub async fn start(options: &BankOptions) -> io::Result<Arc<Shared>> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let gate = Arc::new(Gate::default());
    let shared = Arc::new(Shared {
        url: format!("http://{}", listener.local_addr()?),
        faults: Faults::new(Arc::clone(&gate)),
        log: Log::default(),
        gate,
        broken: Mutex::default(),
        books: Mutex::new(Books::new(options)),
    });
    serve(listener, &shared);
    Ok(shared)
}

/// On the port it had.
pub async fn reopen(shared: &Arc<Shared>) -> io::Result<()> {
    let address = shared.url.trim_start_matches("http://");
    let listener = TcpListener::bind(address).await?;
    shared.gate.open();
    serve(listener, shared);
    Ok(())
}

/// Until the gate closes.
fn serve(listener: TcpListener, shared: &Arc<Shared>) {
    let bank = Router::new()
        .nest("/connect", connect::router())
        .fallback(answer)
        .with_state(Arc::clone(shared));
    let gate = Arc::clone(&shared.gate);
    // Answers are small and many: waiting to fill a packet would cost 40 ms each.
    let listener = listener.tap_io(|stream| drop(stream.set_nodelay(true)));
    tokio::spawn(async move {
        let closing = Arc::clone(&gate);
        let serving = axum::serve(listener, bank)
            .with_graceful_shutdown(async move { closing.closing().await });
        // Never an error: a connection that fails concerns its client alone.
        drop(serving.await);
        gate.mark_closed();
    });
}

async fn answer(State(shared): State<Arc<Shared>>, request: Request) -> Response<Body> {
    let call = Call::new(request.method().clone(), request.uri(), request.headers());
    let token_index = call.token.as_deref().and_then(|t| shared.books().enrollment_of(t));
    let serial = shared.log.arrived(&call, token_index);
    let faults = shared.faults.strike(&call, token_index);
    if faults.contains(&Fault::Stall) {
        shared.gate.stall().await;
    }
    let instead = faults.iter().find_map(|fault| match fault {
        Fault::Answer(reply) => Some(reply.clone()),
        _ => None,
    });
    let mut reply = instead.unwrap_or_else(|| {
        let (base, mut books) = (shared.url.as_str(), shared.books());
        Clerk { books: &mut books, base, call: &call, faults: &faults, serial }.answer()
    });
    spoil(&mut reply, &faults);
    shared.log.answered(serial, reply.status);
    deliver(reply, &faults, serial, &shared.gate)
}
