//! What each setting may be, read from the text that a person wrote.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr};
use std::path::Path;
use std::time::Duration;

use tracing::level_filters::LevelFilter;
use url::Url;

use crate::domain::is_this_computer;
use crate::secret::Secret;

/// Which of Teller's worlds a token belongs to; outside sandbox a certificate is needed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TellerEnvironment {
    #[default]
    Sandbox,
    Development,
    Production,
}

/// The colours of the screen, by the name of a theme.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Theme(String);

/// How long without a key; `None`: however long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IdleTime(pub Option<Duration>);

impl TellerEnvironment {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Sandbox => "sandbox",
            Self::Development => "development",
            Self::Production => "production",
        }
    }

    /// As Teller writes it.
    pub fn named(name: &str) -> Option<Self> {
        Self::parse(name).ok()
    }

    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let all = [Self::Sandbox, Self::Development, Self::Production];
        one_of(text, all, Self::as_str)
    }
}

impl Theme {
    /// Those that need no file.
    pub const BUILT_IN: [&str; 5] =
        ["dark", "light", "terminal", "high-contrast", "colour-blind-safe"];

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// One of passbook's own, or the name of a file in the user's `directory` of themes.
    pub(super) fn parse(text: &str, directory: Option<&Path>) -> Result<Self, String> {
        let name = text.trim().to_ascii_lowercase();
        let safe = !name.is_empty()
            && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'));
        let file = directory.map(|directory| directory.join(format!("{name}.toml")));
        if Self::BUILT_IN.contains(&name.as_str()) || (safe && file.is_some_and(|it| it.is_file()))
        {
            return Ok(Self(name));
        }
        let known = Self::BUILT_IN.join(", ");
        let own = directory.map_or(String::new(), |directory| {
            format!(" or the name of a file in {}", directory.display())
        });
        Err(format!("must be {known}{own}, not {}", quote(text)))
    }
}

impl Default for Theme {
    fn default() -> Self {
        Self(Self::BUILT_IN[0].to_owned())
    }
}

impl IdleTime {
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        match text.trim() {
            "never" => Ok(Self(None)),
            text => duration(text).map(|time| Self(Some(time))),
        }
    }
}

impl Default for IdleTime {
    fn default() -> Self {
        Self(Some(Duration::from_mins(10)))
    }
}

impl fmt::Display for IdleTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0.map_or_else(|| "never".to_owned(), show_duration))
    }
}

impl fmt::Display for TellerEnvironment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Display for Theme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// Teller's id of the user's application. It is public.
pub(super) fn application_id(text: &str) -> Result<String, String> {
    let id = text.trim();
    if id.starts_with("token_") || id.starts_with("test_token_") {
        return Err("is an access token, and must be the application id: app_…".to_owned());
    }
    let rest = id.strip_prefix("app_").unwrap_or_default();
    if rest.is_empty() || !rest.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        let place = "teller.io/settings/application";
        return Err(format!("must be an application id, app_…, as {place} shows it"));
    }
    Ok(id.to_owned())
}

/// What Connect is asked to offer, parted by commas.
pub(super) fn products(text: &str) -> Result<Vec<String>, String> {
    const KNOWN: [&str; 5] = ["transactions", "balance", "identity", "verify", "verify.instant"];
    let products: Vec<String> = text.split(',').map(|it| it.trim().to_owned()).collect();
    match products.iter().find(|product| !KNOWN.contains(&product.as_str())) {
        Some(unknown) => {
            let known = KNOWN.join(", ");
            Err(format!("must be some of {known}, with commas between, not {}", quote(unknown)))
        }
        None => Ok(products),
    }
}

pub(super) fn switch(text: &str) -> Result<bool, String> {
    match text.trim().to_ascii_lowercase().as_str() {
        "1" | "true" | "yes" | "on" => Ok(true),
        "0" | "false" | "no" | "off" => Ok(false),
        _ => Err(format!("must be true or false, not {}", quote(text))),
    }
}

pub(super) fn port(text: &str) -> Result<u16, String> {
    text.trim().parse().map_err(|_| format!("must be a port, 0 to 65535, not {}", quote(text)))
}

pub(super) fn address(text: &str) -> Result<IpAddr, String> {
    match text.trim() {
        "localhost" => Ok(Ipv4Addr::LOCALHOST.into()),
        text => text.trim_matches(['[', ']']).parse().map_err(|_| {
            format!("must be an address such as 127.0.0.1, 0.0.0.0 or ::1, not {}", quote(text))
        }),
    }
}

/// Python's names of the levels are understood too.
pub(super) fn log_level(text: &str) -> Result<LevelFilter, String> {
    match text.trim().to_ascii_lowercase().as_str() {
        "off" => Ok(LevelFilter::OFF),
        "error" | "critical" | "fatal" => Ok(LevelFilter::ERROR),
        "warn" | "warning" => Ok(LevelFilter::WARN),
        "info" => Ok(LevelFilter::INFO),
        "debug" => Ok(LevelFilter::DEBUG),
        "trace" => Ok(LevelFilter::TRACE),
        _ => Err(format!("must be error, warn, info, debug, trace or off, not {}", quote(text))),
    }
}

/// Reads `90s`, `30m`, `6h`, `2d` and sums such as `1h30m`; from one second to a year.
pub(super) fn duration(text: &str) -> Result<Duration, String> {
    let error = || format!("must be a time such as 30m, 6h or 1d, not {}", quote(text));
    let mut seconds = 0_u64;
    let mut rest = text.trim();
    while !rest.is_empty() {
        let (number, unit) =
            rest.split_at(rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len()));
        let unit_seconds = match unit.bytes().next() {
            Some(b's') => 1,
            Some(b'm') => 60,
            Some(b'h') => 3600,
            Some(b'd') => 86_400,
            _ => return Err(error()),
        };
        let part = number.parse::<u64>().ok().and_then(|n| n.checked_mul(unit_seconds));
        seconds = part.and_then(|part| seconds.checked_add(part)).ok_or_else(error)?;
        rest = &unit[1..];
    }
    match seconds {
        1..=31_536_000 => Ok(Duration::from_secs(seconds)),
        _ => Err(error()),
    }
}

/// `6h`, `1h30m`: what [`duration`] reads back.
pub(super) fn show_duration(duration: Duration) -> String {
    let mut seconds = duration.as_secs();
    let mut shown = String::new();
    for (unit, size) in [("d", 86_400), ("h", 3600), ("m", 60), ("s", 1)] {
        if seconds >= size {
            shown += &(seconds / size).to_string();
            shown.push_str(unit);
            seconds %= size;
        }
    }
    shown
}

/// The bank's address. Tokens travel there, so plain http is for this computer alone.
pub(super) fn teller_url(text: &str) -> Result<Url, &'static str> {
    let url = Url::parse(text.trim()).map_err(|_| "is not a URL such as https://api.teller.io")?;
    match url.scheme() {
        "https" => {}
        "http" if is_this_computer(&url) => {}
        "http" => return Err("must be https: plain http is for loopback addresses only"),
        _ => return Err("must be https"),
    }
    let has_password = !url.username().is_empty() || url.password().is_some();
    if has_password || url.query().is_some() || url.fragment().is_some() {
        return Err("must be a scheme, a host and perhaps a port and a path, nothing else");
    }
    Ok(url)
}

/// Access tokens, separated by commas.
pub(super) fn access_tokens(text: &str) -> Result<Vec<Secret>, &'static str> {
    let mut tokens: Vec<Secret> = Vec::new();
    for token in text.split(',').map(str::trim).filter(|token| !token.is_empty()) {
        if token.starts_with("app_") {
            return Err("holds an application id (app_…), which is not an access token: \
                the token comes from enrolling with Teller Connect and starts with token_ or \
                test_token_");
        }
        // The colon ends the user name in HTTP's basic authentication.
        if !token.bytes().all(|b| b.is_ascii_graphic() && b != b':') {
            return Err("holds characters that no access token has");
        }
        let token = Secret::new(token);
        if !tokens.contains(&token) {
            tokens.push(token);
        }
    }
    Ok(tokens)
}

/// Signing secrets, separated by commas: during a change of secrets there are two.
pub(super) fn webhook_secrets(text: &str) -> Result<Vec<Secret>, &'static str> {
    let secrets = text.split(',').map(str::trim).filter(|secret| !secret.is_empty());
    let secrets: Vec<Secret> = secrets.map(Secret::new).collect();
    if secrets.iter().any(|secret| secret.expose().starts_with("token_")) {
        return Err(
            "holds an access token, which signs nothing: the signing secret stands beside the \
            webhook's address in Teller's dashboard",
        );
    }
    Ok(secrets)
}

fn one_of<T: Copy>(text: &str, all: [T; 3], name: impl Fn(T) -> &'static str) -> Result<T, String> {
    let found = all.into_iter().find(|&word| name(word).eq_ignore_ascii_case(text.trim()));
    found.ok_or_else(|| {
        let [first, second, third] = all.map(name);
        format!("must be {first}, {second} or {third}, not {}", quote(text))
    })
}

/// Short and harmless: the text may be anything, a secret in the wrong place included.
fn quote(text: &str) -> String {
    if text.chars().count() <= 16 && !text.contains("token") {
        format!("{text:?}")
    } else {
        "what is given".to_owned()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn switches_are_read_in_any_usual_spelling() {
        for text in ["1", "true", "YES", "On"] {
            assert_eq!(switch(text), Ok(true), "{text}");
        }
        for text in ["0", "false", "No", "off"] {
            assert_eq!(switch(text), Ok(false), "{text}");
        }
        assert!(switch("maybe").is_err());
    }

    #[test]
    fn durations_are_sums_of_units() {
        for (text, seconds) in
            [("1s", 1), ("30m", 1800), ("6h", 21_600), ("1d", 86_400), ("1h30m", 5400)]
        {
            assert_eq!(duration(text).map(|d| d.as_secs()), Ok(seconds), "{text}");
        }
        for text in
            ["", "6", "h", "0s", "6x", "-1h", "1.5h", "6 h", "366d", "99999999999999999999d", "1é"]
        {
            assert!(duration(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_theme_is_one_of_passbooks_own_or_a_file_of_that_name() {
        assert_eq!(Theme::parse("High-Contrast", None).unwrap().as_str(), "high-contrast");
        let home = tempfile::tempdir().unwrap();
        std::fs::write(home.path().join("sepia.toml"), "").unwrap();
        assert_eq!(Theme::parse("sepia", Some(home.path())).unwrap().as_str(), "sepia");
        for text in ["neon", "", "../sepia", "sepia.toml"] {
            assert!(Theme::parse(text, Some(home.path())).is_err(), "{text}");
        }
    }

    #[test]
    fn the_time_until_it_locks_may_be_never() {
        assert_eq!(IdleTime::parse("never"), Ok(IdleTime(None)));
        assert_eq!(IdleTime::parse("5m").unwrap().to_string(), "5m");
        assert!(IdleTime::parse("soon").is_err());
    }

    #[test]
    fn plain_http_is_for_loopback_only() {
        for text in [
            "https://api.teller.io",
            "https://proxy.example:8443/teller",
            "http://127.0.0.1:4000",
            "http://localhost:4000",
            "http://[::1]:4000",
        ] {
            assert!(teller_url(text).is_ok(), "{text}");
        }
        for text in [
            "http://api.teller.io",
            "http://127.0.0.1.example.com",
            "http://10.0.0.1",
            "ftp://api.teller.io",
            "api.teller.io",
            "https://token@api.teller.io",
            "https://api.teller.io/?a=b",
        ] {
            assert!(teller_url(text).is_err(), "{text}");
        }
    }

    #[test]
    fn tokens_are_a_list_and_an_application_id_is_none() {
        let tokens = access_tokens(" token_a,, test_token_b ,token_a,").unwrap();
        let exposed: Vec<&str> = tokens.iter().map(Secret::expose).collect();
        assert_eq!(exposed, ["token_a", "test_token_b"]);
        assert!(access_tokens("token_a,app_b").unwrap_err().contains("application id"));
        for text in ["token a", "token:a", "tökén", "token\u{7}"] {
            assert!(access_tokens(text).is_err(), "{text}");
        }
        assert_eq!(access_tokens(" , "), Ok(Vec::new()));
    }

    #[test]
    fn signing_secrets_are_a_list_and_an_access_token_is_none() {
        assert_eq!(webhook_secrets(" a, ,b ").unwrap().len(), 2);
        assert!(webhook_secrets("a,token_b").unwrap_err().contains("access token"));
    }

    #[test]
    fn python_level_names_are_understood() {
        assert_eq!(log_level("WARNING"), Ok(LevelFilter::WARN));
        assert_eq!(log_level("Critical"), Ok(LevelFilter::ERROR));
        assert!(log_level("loud").is_err());
    }

    proptest! {
        #[test]
        fn what_is_shown_of_a_duration_reads_back(seconds in 1_u64..=31_536_000) {
            let shown = show_duration(Duration::from_secs(seconds));
            prop_assert_eq!(duration(&shown), Ok(Duration::from_secs(seconds)), "{}", shown);
        }

        #[test]
        fn no_text_makes_a_reader_panic(text in "\\PC*") {
            let _ = (duration(&text), teller_url(&text), access_tokens(&text), address(&text));
        }
    }
}
