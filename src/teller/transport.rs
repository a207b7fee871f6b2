//! Why no whole answer came, told without a URL.

use std::error::Error as StdError;
use std::io;

use crate::domain::SafeText;

use super::retry::Failure;
use super::{Error, tls};

/// A fault before the first byte of the answer.
pub(super) fn no_answer(error: reqwest::Error, host: &str) -> Failure {
    let error = error.without_url();
    if let Some(found) = find::<rustls::Error>(&error)
        && let Some(explanation) = tls::explain(found, host)
    {
        return Failure::last(Error::Configuration(explanation));
    }
    if error.is_builder() {
        return Failure::last(Error::Configuration(SafeText::new(&root(&error)).to_string()));
    }
    let cause = match (error.is_timeout(), error.is_connect()) {
        (true, true) => "no connection in time".to_owned(),
        (true, false) => "no answer in time".to_owned(),
        _ => without_number(&SafeText::new(&root(&error))).to_owned(),
    };
    Failure::passing(Error::Unreachable { host: host.to_owned(), cause })
}

/// `Connection refused (os error 111)`: the number tells a person nothing.
fn without_number(cause: &str) -> &str {
    cause.split_once(" (os error ").map_or(cause, |(words, _)| words)
}

/// A fault within the body. `None`: the connection held, but the body ended early or could not be
/// decompressed.
pub(super) fn no_body(error: reqwest::Error, host: &str) -> Option<Failure> {
    let dropped = find::<io::Error>(&error).is_some_and(|error| {
        use io::ErrorKind::{BrokenPipe, ConnectionAborted, ConnectionReset, TimedOut};
        matches!(error.kind(), ConnectionReset | ConnectionAborted | BrokenPipe | TimedOut)
    });
    let told = error.is_timeout() || dropped || find::<rustls::Error>(&error).is_some();
    told.then(|| no_answer(error, host))
}

/// The first error of this type in the chain of causes. An `io::Error` holds another error that
/// its own `source` skips.
fn find<'a, E: StdError + 'static>(error: &'a (dyn StdError + 'static)) -> Option<&'a E> {
    let mut link = Some(error);
    while let Some(error) = link {
        if let Some(found) = error.downcast_ref::<E>() {
            return Some(found);
        }
        link = match error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
            Some(inner) => Some(inner),
            None => error.source(),
        };
    }
    None
}

fn root(error: &(dyn StdError + 'static)) -> String {
    let mut last = error;
    while let Some(source) = last.source() {
        last = source;
    }
    last.to_string()
}
