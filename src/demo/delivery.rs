//! How an answer goes over the wire, or does not.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::{HeaderName, HeaderValue, Response, StatusCode, header};
use futures_util::stream;

use super::faults::Fault;
use super::gate::Gate;
use super::random::Random;
use super::reply::Reply;

/// A body that does not simply arrive.
struct Journey {
    steps: Vec<Step>,
    /// Content-Length; chunked without.
    promised: Option<usize>,
}

enum Step {
    Send(Bytes),
    Pause(Duration),
    Stall,
    /// Lets hyper write out what it holds.
    Yield,
    /// Closes the connection.
    Break,
}

pub fn deliver(reply: Reply, faults: &[Fault], serial: i64, gate: &Arc<Gate>) -> Response<Body> {
    let request_id = format!("F{}", Random::of(0, "request", serial).word(19));
    let status = StatusCode::from_u16(reply.status).expect("a status that a test may send");
    let own = [
        ("server", "Teller API".to_owned()),
        ("cache-control", "max-age=0, private, must-revalidate".to_owned()),
        ("x-request-id", request_id),
        ("content-type", reply.content_type.to_owned()),
    ];
    let bare = reply.is_bare();
    let own = own.into_iter().filter(|(name, _)| *name != "content-type" || !bare);
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    for (name, value) in own.chain(reply.headers) {
        let value = HeaderValue::try_from(value).expect("a header that a test may send");
        response.headers_mut().insert(HeaderName::from_static(name), value);
    }
    let body = Bytes::from(reply.body);
    let Some(journey) = faults.iter().find_map(|fault| Journey::of(fault, &body)) else {
        *response.body_mut() = Body::from(body);
        return response;
    };
    if let Some(promised) = journey.promised {
        response.headers_mut().insert(header::CONTENT_LENGTH, promised.into());
    }
    *response.body_mut() = journey.into_body(Arc::clone(gate));
    response
}

impl Journey {
    fn of(fault: &Fault, body: &Bytes) -> Option<Self> {
        let whole = body.len();
        let split = |at: usize| (body.slice(..at.min(whole)), body.slice(at.min(whole)..));
        Some(match *fault {
            // hyper drops the headers it holds when the body breaks at its first byte.
            Fault::Hangup => Self { steps: vec![Step::Break], promised: Some(whole.max(1)) },
            Fault::Cut(after) => Self {
                steps: vec![Step::Send(split(after).0), Step::Yield, Step::Break],
                promised: Some(whole.max(after + 1)),
            },
            Fault::StallAfter(after) => {
                let (before, rest) = split(after);
                let steps = vec![Step::Send(before), Step::Stall, Step::Send(rest)];
                Self { steps, promised: Some(whole) }
            }
            Fault::Drip { bytes, pause } => {
                let piece = |start: usize| body.slice(start..(start + bytes.max(1)).min(whole));
                let starts = (0..whole).step_by(bytes.max(1));
                let steps = starts.flat_map(|start| [Step::Pause(pause), Step::Send(piece(start))]);
                Self { steps: steps.collect(), promised: Some(whole) }
            }
            Fault::Flood(total) => {
                let blanks = Bytes::from(vec![b' '; 64 * 1024]);
                let times = total.saturating_sub(whole).div_ceil(blanks.len());
                let mut steps = vec![Step::Send(body.clone())];
                steps.extend((0..times).map(|_| Step::Send(blanks.clone())));
                Self { steps, promised: None }
            }
            _ => return None,
        })
    }

    fn into_body(self, gate: Arc<Gate>) -> Body {
        let start = (self.steps.into_iter(), gate);
        Body::from_stream(stream::unfold(start, async |(mut steps, gate)| {
            loop {
                match steps.next()? {
                    Step::Send(bytes) if bytes.is_empty() => {}
                    Step::Send(bytes) => return Some((Ok(bytes), (steps, gate))),
                    Step::Pause(pause) => gate.pause(pause).await,
                    Step::Stall => gate.stall().await,
                    Step::Yield => tokio::task::yield_now().await,
                    Step::Break => {
                        let broken = io::Error::from(io::ErrorKind::ConnectionAborted);
                        return Some((Err(broken), (steps, gate)));
                    }
                }
            }
        }))
    }
}
