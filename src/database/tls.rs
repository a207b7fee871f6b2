//! How well a connection to Postgres is protected: asked for, or decided by where the server stands.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use super::DatabaseUrlError;

/// libpq's `sslmode`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SslMode {
    Disable,
    Allow,
    Prefer,
    Require,
    VerifyCa,
    VerifyFull,
}

impl SslMode {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Disable => "disable",
            Self::Allow => "allow",
            Self::Prefer => "prefer",
            Self::Require => "require",
            Self::VerifyCa => "verify-ca",
            Self::VerifyFull => "verify-full",
        }
    }

    /// The connection may end up unencrypted.
    fn permits_plain_text(self) -> bool {
        matches!(self, Self::Disable | Self::Allow | Self::Prefer)
    }
}

impl fmt::Display for SslMode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for SslMode {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let modes = [
            Self::Disable,
            Self::Allow,
            Self::Prefer,
            Self::Require,
            Self::VerifyCa,
            Self::VerifyFull,
        ];
        modes.into_iter().find(|mode| mode.as_str().eq_ignore_ascii_case(text)).ok_or(())
    }
}

/// What `ssl=…` of other drivers means: a switch, or one of the modes.
pub(super) fn parse_switch(text: &str) -> Result<SslMode, ()> {
    match text.to_ascii_lowercase().as_str() {
        "true" | "1" | "on" | "yes" => Ok(SslMode::Require),
        "false" | "0" | "off" | "no" => Ok(SslMode::Disable),
        other => other.parse(),
    }
}

/// `asked` is what the URL or the environment says, `has_root` whether a root certificate is given.
pub(super) fn decide(
    host: &str,
    asked: Option<SslMode>,
    has_root: bool,
) -> Result<SslMode, DatabaseUrlError> {
    if is_socket(host) {
        return Ok(SslMode::Disable);
    }
    let near = is_this_computer(host) || is_private_name(host);
    match asked.unwrap_or(if near { SslMode::Prefer } else { SslMode::Require }) {
        mode if mode.permits_plain_text() && is_render(host) => {
            Err(DatabaseUrlError::PlainTextRefused { host: host.to_owned() })
        }
        // As libpq does; sqlx would not check the certificate at all.
        SslMode::Require if has_root => Ok(SslMode::VerifyCa),
        mode => Ok(mode),
    }
}

/// A loopback address or a unix socket.
pub(super) fn is_this_computer(host: &str) -> bool {
    let name = host.trim_end_matches('.').to_ascii_lowercase();
    is_socket(host)
        || name == "localhost"
        || name.ends_with(".localhost")
        || host.parse::<IpAddr>().is_ok_and(|address| address.to_canonical().is_loopback())
}

pub(super) fn is_socket(host: &str) -> bool {
    host.starts_with('/')
}

/// A name that only a private network resolves, such as `db` or Render's internal `dpg-…-a`.
fn is_private_name(host: &str) -> bool {
    // A lone number is an address too: resolvers read 134744072 as 8.8.8.8.
    let hexadecimal = host.to_ascii_lowercase().starts_with("0x");
    let numeric = hexadecimal || host.bytes().all(|b| b.is_ascii_digit());
    !numeric && !host.contains(['.', ':'])
}

pub(super) fn is_render(host: &str) -> bool {
    let host = host.trim_end_matches('.').to_ascii_lowercase();
    host == "render.com" || host.ends_with(".render.com")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_silent_url_is_encrypted_beyond_this_computer_and_private_names() {
        for (host, mode) in [
            ("/var/run/postgresql", SslMode::Disable),
            ("localhost", SslMode::Prefer),
            ("127.0.0.9", SslMode::Prefer),
            ("::1", SslMode::Prefer),
            ("::ffff:127.0.0.1", SslMode::Prefer),
            ("db", SslMode::Prefer),
            ("dpg-abc123-a", SslMode::Prefer),
            ("db.example.com", SslMode::Require),
            ("localhost.example.com", SslMode::Require),
            ("10.0.0.7", SslMode::Require),
            ("fd00::7", SslMode::Require),
            ("134744072", SslMode::Require),
            ("0x08080808", SslMode::Require),
            ("dpg-abc.oregon-postgres.render.com", SslMode::Require),
        ] {
            assert_eq!(decide(host, None, false), Ok(mode), "{host}");
        }
    }

    #[test]
    fn what_is_asked_for_is_honoured() {
        for mode in [SslMode::Disable, SslMode::Allow, SslMode::Prefer, SslMode::VerifyFull] {
            assert_eq!(decide("db.example.com", Some(mode), false), Ok(mode));
        }
    }

    #[test]
    fn a_root_certificate_makes_require_check_it() {
        let decided = |asked| decide("db.example.com", asked, true);
        assert_eq!(decided(Some(SslMode::Require)), Ok(SslMode::VerifyCa));
        assert_eq!(decided(None), Ok(SslMode::VerifyCa));
        assert_eq!(decided(Some(SslMode::VerifyFull)), Ok(SslMode::VerifyFull));
    }

    #[test]
    fn plain_text_to_render_is_refused_in_any_spelling() {
        for host in ["x.render.com", "X.RENDER.COM", "x.render.com.", "render.com"] {
            for mode in [SslMode::Disable, SslMode::Allow, SslMode::Prefer] {
                assert!(decide(host, Some(mode), false).is_err(), "{host} {mode}");
            }
            assert!(decide(host, Some(SslMode::Require), false).is_ok(), "{host}");
        }
        assert!(decide("notrender.com", Some(SslMode::Disable), false).is_ok());
    }
}
