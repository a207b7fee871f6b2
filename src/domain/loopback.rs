//! Which addresses lead nowhere but to this computer.

use url::{Host, Url};

/// Whether plain http can carry a secret there: nobody else hears it.
pub fn is_this_computer(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.to_canonical().is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_only_begins_like_this_computers_is_another() {
        let is_here = |text: &str| is_this_computer(&Url::parse(text).unwrap());
        for here in ["http://127.0.0.1:1", "http://127.8.8.8", "http://[::1]/", "http://localhost"]
        {
            assert!(is_here(here), "{here}");
        }
        for there in ["http://127.0.0.1.bank.test", "http://localhost.bank", "data:text/plain,x"] {
            assert!(!is_here(there), "{there}");
        }
        assert!(is_here("http://[::ffff:127.0.0.1]"));
    }
}
