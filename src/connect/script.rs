//! Where Connect's own script comes from, and what the page may therefore load.

use url::{Host, Url};

const TELLER: &str = "https://cdn.teller.io/connect/connect.js";
const TELLER_FRAME: &str = "https://teller.io";

/// A script and the frame that it opens: what the page's policy lets in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Script {
    url: Url,
    frame: String,
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "must be Teller's https://cdn.teller.io/… or an address of this computer: any other script \
     would see the access token"
)]
pub struct ScriptError;

impl Script {
    /// The built-in bank's, a test's, or Teller's own.
    pub fn parse(text: &str) -> Result<Self, ScriptError> {
        let url = Url::parse(text.trim()).map_err(|_| ScriptError)?;
        let of_teller = url.as_str().starts_with("https://cdn.teller.io/") && url.port().is_none();
        let frame = if of_teller {
            TELLER_FRAME.to_owned()
        } else if url.scheme() == "http" && is_loopback(&url) && url.username().is_empty() {
            url.origin().ascii_serialization()
        } else {
            return Err(ScriptError);
        };
        // The policy is a list parted by blanks and semicolons.
        if url.as_str().contains([';', ',', ' ', '\'', '"']) {
            return Err(ScriptError);
        }
        Ok(Self { url, frame })
    }

    pub fn url(&self) -> &str {
        self.url.as_str()
    }

    /// From where the script may be loaded.
    pub fn origin(&self) -> String {
        self.url.origin().ascii_serialization()
    }

    /// What may be framed.
    pub fn frame(&self) -> &str {
        &self.frame
    }

    /// As the page calls it where it cannot be reached.
    pub fn host(&self) -> &str {
        self.url.host_str().unwrap_or_default()
    }
}

impl Default for Script {
    fn default() -> Self {
        Self::parse(TELLER).expect("Teller's own script is allowed")
    }
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_script_comes_from_teller_or_from_this_computer() {
        let script = Script::default();
        assert_eq!(script.origin(), "https://cdn.teller.io");
        assert_eq!(script.frame(), "https://teller.io");
        let own = Script::parse("http://127.0.0.1:4000/connect/connect.js").unwrap();
        assert_eq!((own.origin().as_str(), own.frame()), ("http://127.0.0.1:4000", own.frame()));
        assert_eq!(own.frame(), "http://127.0.0.1:4000");
        for text in [
            "https://cdn.teller.io.evil.test/connect.js",
            "https://cdn.teller.io:444/connect.js",
            "https://evil.test/connect.js",
            "http://cdn.teller.io/connect.js",
            "http://192.168.1.4/connect.js",
            "http://127.0.0.1.evil.test/connect.js",
            "http://name@127.0.0.1:1/connect.js",
            "https://127.0.0.1/connect.js",
            "http://127.0.0.1:1/a;script-src",
            "data:text/javascript,1",
            "connect.js",
        ] {
            assert_eq!(Script::parse(text), Err(ScriptError), "{text}");
        }
    }
}
