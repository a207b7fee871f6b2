//! Postgres URLs as SQLAlchemy, libpq and hosting services write them, made into the one form sqlx reads.

use std::net::Ipv6Addr;
use std::path::PathBuf;
use std::time::Duration;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use url::Url;

use super::tls::{self, SslMode};
use super::{DatabaseUrlError, Surroundings};
use crate::secret::Secret;

/// Everything decided: where the server is and how the way there is protected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Postgres {
    /// `postgres://…` with nothing in it that sqlx does not know, and every part spelled out.
    pub url: Secret,
    /// A name, an address without brackets, or the directory of a unix socket.
    pub host: String,
    pub port: u16,
    pub database: String,
    pub user: Option<String>,
    pub ssl_mode: SslMode,
    pub ssl_root_cert: Option<PathBuf>,
    /// How long a server may take to answer a call; `None`: as long as passbook thinks right.
    pub connect_timeout: Option<Duration>,
}

/// libpq's `PGHOST` and so on: they fill what a URL leaves open.
#[derive(Clone, Debug, Default)]
pub struct PostgresDefaults {
    pub host: Option<String>,
    pub port: Option<u16>,
    pub database: Option<String>,
    pub user: Option<String>,
    pub password: Option<Secret>,
    pub ssl_mode: Option<String>,
    pub ssl_root_cert: Option<String>,
}

/// A URL taken apart and percent-decoded.
#[derive(Default)]
struct Parts {
    host: Option<String>,
    host_address: Option<String>,
    port: Option<u16>,
    database: Option<String>,
    user: Option<String>,
    password: Option<Secret>,
    ssl_mode: Option<SslMode>,
    ssl_switch: Option<SslMode>,
    ssl_root_cert: Option<String>,
    connect_timeout: Option<Duration>,
    /// Parameters that sqlx understands and nothing here decides on.
    kept: Vec<(String, String)>,
}

/// Reads what follows `postgres://`.
pub(super) fn parse(rest: &str, surroundings: &Surroundings) -> Result<Postgres, DatabaseUrlError> {
    let mut parts = Parts::read(rest)?;
    let defaults = surroundings.postgres.clone();
    let named = parts.host.take().or(parts.host_address.take()).or(defaults.host);
    let host = named.unwrap_or_else(|| "localhost".to_owned());
    check_host(&host)?;
    let environment = defaults.ssl_mode.as_deref().map(str::parse).transpose();
    let environment = environment.map_err(|()| DatabaseUrlError::UnknownSslMode("PGSSLMODE"))?;
    let mut asked = parts.ssl_mode.or(parts.ssl_switch).or(environment);
    let mut root = parts.ssl_root_cert.take().or(defaults.ssl_root_cert);
    // To libpq it means the public roots, which are what sqlx uses when no file is named; sqlx
    // would look for a file of that name.
    if root.as_deref() == Some("system") {
        root = None;
        asked = Some(SslMode::VerifyFull);
    }
    let user = parts.user.take().or(defaults.user);
    let database = parts.database.take().or(defaults.database).or_else(|| user.clone());
    let database = database.unwrap_or_default();
    // In a URL's path they are steps and no names, however they are encoded.
    if matches!(database.as_str(), "." | "..") {
        return Err(DatabaseUrlError::MalformedPostgres("the database's name"));
    }
    let mut postgres = Postgres {
        url: Secret::new(""),
        port: parts.port.or(defaults.port).unwrap_or(5432),
        database,
        ssl_mode: tls::decide(&host, asked, root.is_some())?,
        ssl_root_cert: root.map(|path| surroundings.absolute(&path)).transpose()?,
        connect_timeout: parts.connect_timeout,
        host,
        user,
    };
    let password = parts.password.or(defaults.password).map(|text| encode(text.expose()));
    postgres.url = Secret::new(postgres.compose(password.as_deref(), &parts.kept));
    Ok(postgres)
}

impl Postgres {
    /// Through the loopback or a unix socket.
    pub fn is_on_this_computer(&self) -> bool {
        tls::is_this_computer(&self.host)
    }

    pub fn is_at_render(&self) -> bool {
        tls::is_render(&self.host)
    }

    /// The password as it stands in the URL, and as it is meant.
    pub fn passwords(&self) -> Vec<Secret> {
        let Ok(url) = Url::parse(self.url.expose()) else { return Vec::new() };
        let Some(encoded) = url.password() else { return Vec::new() };
        let meant = decode(encoded).ok().map(Secret::new);
        std::iter::once(Secret::new(encoded)).chain(meant).collect()
    }

    pub(super) fn masked(&self) -> String {
        self.compose(self.has_password().then_some("•••"), &[])
    }

    pub(super) fn has_password(&self) -> bool {
        Url::parse(self.url.expose()).is_ok_and(|url| url.password().is_some())
    }

    /// The URL, with a password that is encoded already.
    fn compose(&self, password: Option<&str>, kept: &[(String, String)]) -> String {
        let user = self.user.as_deref().map(encode).unwrap_or_default();
        let at = match password {
            Some(password) => format!("{user}:{password}@"),
            None if user.is_empty() => String::new(),
            None => format!("{user}@"),
        };
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        // A socket's directory has no place in front of the port.
        let socket = tls::is_socket(&self.host);
        let host = match self.host.as_str() {
            _ if socket => "localhost".to_owned(),
            host if host.contains(':') => format!("[{host}]"),
            host => host.to_owned(),
        };
        if socket {
            query.append_pair("host", &self.host);
        }
        query.append_pair("sslmode", self.ssl_mode.as_str());
        if let Some(path) = &self.ssl_root_cert {
            query.append_pair("sslrootcert", &path.to_string_lossy());
        }
        let query = query.extend_pairs(kept).finish();
        format!("postgres://{at}{host}:{}/{}?{query}", self.port, encode(&self.database))
    }
}

impl Parts {
    fn read(rest: &str) -> Result<Self, DatabaseUrlError> {
        use DatabaseUrlError::MalformedPostgres;
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
        let place = authority.rfind('@').map_or(0, |at| at + 1);
        let hostless = authority[place..].is_empty() || authority[place..].starts_with(':');
        // libpq takes user@/name?host=/run/postgresql; the URL standard wants a host after an @.
        let filler = if hostless { "localhost" } else { "" };
        let full = format!("postgres://{}{filler}{}", &rest[..place], &rest[place..]);
        let url = Url::parse(&full).map_err(|_| MalformedPostgres("host or port"))?;

        // Signs of a reserved character in the password that cut the URL short.
        let path = url.path().trim_start_matches('/');
        if url.fragment().is_some() || path.contains(['@', '/']) {
            return Err(MalformedPostgres("what follows the host"));
        }
        let mut parts = Self {
            host: if hostless { None } else { url.host_str().map(decode).transpose()? },
            port: url.port(),
            database: Some(decode(path)?),
            user: Some(decode(url.username())?),
            password: url.password().map(decode).transpose()?.map(Secret::new),
            ..Self::default()
        };
        for (key, value) in url.query_pairs() {
            if key.contains('@') {
                return Err(MalformedPostgres("what follows the host"));
            }
            parts.take_parameter(&key, value.into_owned())?;
        }
        parts.settle()
    }

    fn take_parameter(&mut self, key: &str, value: String) -> Result<(), DatabaseUrlError> {
        use DatabaseUrlError::{MalformedPostgres, UnknownSslMode};
        match key {
            "host" => self.host = Some(value),
            "hostaddr" => self.host_address = Some(value),
            "port" => self.port = Some(value.parse().map_err(|_| MalformedPostgres("port"))?),
            "dbname" => self.database = Some(value),
            "user" => self.user = Some(value),
            "password" => self.password = Some(Secret::new(value)),
            "sslmode" | "ssl-mode" => {
                self.ssl_mode = Some(value.parse().map_err(|()| UnknownSslMode("sslmode"))?);
            }
            "ssl" => {
                let switch = tls::parse_switch(&value).map_err(|()| UnknownSslMode("ssl"))?;
                self.ssl_switch = Some(switch);
            }
            "sslrootcert" | "ssl-root-cert" | "ssl-ca" => self.ssl_root_cert = Some(value),
            // As libpq has it: nought and less stand for its own idea of it.
            "connect_timeout" => {
                let seconds: i32 =
                    value.trim().parse().map_err(|_| MalformedPostgres("connect_timeout"))?;
                let seconds = u64::try_from(seconds).ok().filter(|seconds| *seconds > 0);
                self.connect_timeout = seconds.map(Duration::from_secs);
            }
            "sslcert" | "ssl-cert" | "sslkey" | "ssl-key" | "application_name" => {
                self.kept.push((key.to_owned(), value));
            }
            // sqlx would log a parameter it does not know, value and all; session `options` break
            // behind a pooler, and other time-outs are the store's own.
            _ => {}
        }
        Ok(())
    }

    /// Empty is unset; brackets go; control characters are nobody's host or name.
    fn settle(mut self) -> Result<Self, DatabaseUrlError> {
        for part in [&mut self.host, &mut self.host_address] {
            *part = part.take().map(|host| host.trim_matches(['[', ']']).to_owned());
        }
        let parts = [
            &mut self.host,
            &mut self.host_address,
            &mut self.database,
            &mut self.user,
            &mut self.ssl_root_cert,
        ];
        for part in parts {
            if part.as_ref().is_some_and(|text| text.contains(char::is_control)) {
                return Err(DatabaseUrlError::MalformedPostgres("control characters"));
            }
            *part = part.take().filter(|text| !text.is_empty());
        }
        Ok(self)
    }
}

fn check_host(host: &str) -> Result<(), DatabaseUrlError> {
    let is_name = || host.chars().all(|c| c.is_alphanumeric() || "-._".contains(c));
    if host.contains(',') {
        Err(DatabaseUrlError::SeveralHosts)
    } else if tls::is_socket(host) || is_name() || host.parse::<Ipv6Addr>().is_ok() {
        Ok(())
    } else {
        Err(DatabaseUrlError::MalformedPostgres("host or port"))
    }
}

/// All but the characters that RFC 3986 calls unreserved.
const RESERVED: AsciiSet = NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

pub(crate) fn encode(text: &str) -> String {
    utf8_percent_encode(text, &RESERVED).to_string()
}

fn decode(text: &str) -> Result<String, DatabaseUrlError> {
    let text = percent_decode_str(text).decode_utf8();
    text.map(Into::into).map_err(|_| DatabaseUrlError::MalformedPostgres("not UTF-8"))
}
