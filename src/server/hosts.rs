//! Which hosts a server answers for, and which its proxy lets through. A server on loopback that
//! answered for any host could be reached by a web page through a name of the page's own (DNS
//! rebinding); a proxy that let any host through would let a test reach the real service.

use std::net::{IpAddr, SocketAddr};

use crate::api::hosts::{is_below_microsoft_host, surface_of_host};

/// The hosts this server answers for.
#[derive(Debug, Clone, Default)]
pub struct Hosts {
    any: bool,
    further: Vec<String>,
    passthrough: Vec<Pattern>,
}

/// Where the proxy leads a client that names a host.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Destination {
    /// To the mock itself.
    Here,
    /// To the host.
    Elsewhere,
    /// Nowhere.
    Refused,
}

/// Hosts that the proxy may let through.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Pattern {
    /// `*`: all but those of the real service.
    Any,
    /// `*.example.com`: those below a domain; kept with its dot.
    Below(String),
    /// One.
    One(String),
}

impl Pattern {
    /// Reads `*`, `*.example.com` or `host.example.com`.
    pub fn parse(text: &str) -> Result<Self, String> {
        let plain = |name: &str| {
            !name.is_empty()
                && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._:".contains(&b))
        };
        match text.strip_prefix("*.") {
            _ if text == "*" => Ok(Self::Any),
            Some(domain) if plain(domain) => {
                Ok(Self::Below(format!(".{domain}").to_ascii_lowercase()))
            }
            None if plain(text) => Ok(Self::One(text.to_owned())),
            _ => Err(format!("`{text}` is no host: write a name, *.domain, or * for all")),
        }
    }

    fn matches(&self, host: &str) -> bool {
        match self {
            Self::Any => true,
            Self::Below(domain) => host.to_ascii_lowercase().ends_with(domain.as_str()),
            Self::One(name) => name.eq_ignore_ascii_case(host),
        }
    }
}

impl Hosts {
    /// Any host: for a server that is not on loopback.
    pub fn any() -> Self {
        Self { any: true, ..Self::default() }
    }

    /// Loopback names, addresses, the real service's names, names under top-level domains that
    /// nobody can register, and `further`.
    pub fn loopback(further: Vec<String>) -> Self {
        Self { further, ..Self::default() }
    }

    /// Answers for `further` hosts, too; only the proxy needs them where any host is answered for.
    #[must_use]
    pub fn and(mut self, further: Vec<String>) -> Self {
        self.further.extend(further);
        self
    }

    /// Lets the proxy dial these hosts.
    #[must_use]
    pub fn letting_through(mut self, passthrough: Vec<Pattern>) -> Self {
        self.passthrough = passthrough;
        self
    }

    /// Whether requests to `host` are answered.
    pub fn allows(&self, host: &str) -> bool {
        self.any
            || host.is_empty()
            || host.eq_ignore_ascii_case("localhost")
            || host.parse::<IpAddr>().is_ok()
            || self.is_named(host)
            || is_reserved(host)
    }

    /// Where the proxy leads a client that arrived at `local` and names a host. The real service is
    /// never reached, whatever is let through.
    pub fn destination(&self, host: &str, port: u16, local: SocketAddr) -> Destination {
        if self.is_named(host) || (port == local.port() && is_own(host, local.ip())) {
            Destination::Here
        } else if is_below_microsoft_host(host) {
            Destination::Refused
        } else if self.passthrough.iter().any(|pattern| pattern.matches(host)) {
            Destination::Elsewhere
        } else if !self.any && is_reserved(host) {
            Destination::Here
        } else {
            Destination::Refused
        }
    }

    fn is_named(&self, host: &str) -> bool {
        surface_of_host(host).is_some()
            || self.further.iter().any(|known| known.eq_ignore_ascii_case(host))
    }
}

/// Whether a name is below a top-level domain that nobody can register.
fn is_reserved(host: &str) -> bool {
    const RESERVED: [&str; 6] =
        [".localhost", ".test", ".example", ".internal", ".invalid", ".local"];
    let host = host.to_ascii_lowercase();
    RESERVED.iter().any(|suffix| host.ends_with(suffix))
}

/// Whether a host names the machine that a connection arrived at.
fn is_own(host: &str, local: IpAddr) -> bool {
    let local = local.to_canonical();
    let own = |address: IpAddr| address == local || (local.is_loopback() && address.is_loopback());
    host.eq_ignore_ascii_case("localhost")
        || host.parse::<IpAddr>().is_ok_and(|address| own(address.to_canonical()))
}

/// Whether an `Origin` is a page served from this machine.
pub fn is_loopback_origin(origin: &str) -> bool {
    let Some((_, authority)) = origin.split_once("://") else { return false };
    let host = crate::api::request::host_of(authority);
    host.eq_ignore_ascii_case("localhost")
        || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_loopback_server_answers_for_names_that_no_page_can_own() {
        let hosts = Hosts::loopback(vec!["mock.corp.org".to_owned()]);
        for host in [
            "localhost",
            "127.0.0.1",
            "::1",
            "login.mock.test",
            "api.partnercenter.microsoft.com",
            "mock.corp.org",
        ] {
            assert!(hosts.allows(host), "{host}");
        }
        for host in ["evil.com", "localhost.evil.com", "127.0.0.1.evil.com"] {
            assert!(!hosts.allows(host), "{host}");
        }
        assert!(Hosts::any().allows("evil.com"));
    }

    #[test]
    fn the_proxy_reaches_the_real_service_never_and_others_where_it_may() {
        use Destination::{Elsewhere, Here, Refused};
        let local: SocketAddr = "127.0.0.1:4580".parse().unwrap();
        let patterns = |all: &[&str]| all.iter().map(|p| Pattern::parse(p).unwrap()).collect();
        let closed = Hosts::loopback(vec!["mock.corp.org".to_owned()]);
        let some = closed.clone().letting_through(patterns(&[
            "pypi.example",
            "*.corp.org",
            "*.management.azure.com",
            "management.azure.com.",
        ]));
        let all = closed.clone().letting_through(patterns(&["*"]));
        for (host, port, expected) in [
            ("management.azure.com", 443, [Here, Here, Here]),
            ("Login.MicrosoftOnline.com", 8443, [Here, Here, Here]),
            ("westeurope.management.azure.com", 443, [Refused, Refused, Refused]),
            ("management.azure.com.", 443, [Refused, Refused, Refused]),
            ("mock.corp.org", 443, [Here, Here, Here]),
            ("git.corp.org", 443, [Refused, Elsewhere, Elsewhere]),
            ("corp.org", 443, [Refused, Refused, Elsewhere]),
            ("pypi.example", 443, [Here, Elsewhere, Elsewhere]),
            ("login.mock.test", 443, [Here, Here, Elsewhere]),
            ("localhost", 4580, [Here, Here, Here]),
            ("127.0.0.1", 4580, [Here, Here, Here]),
            ("::1", 4580, [Here, Here, Here]),
            ("127.0.0.1", 5432, [Refused, Refused, Elsewhere]),
            ("10.0.0.7", 4580, [Refused, Refused, Elsewhere]),
        ] {
            let found = [&closed, &some, &all].map(|hosts| hosts.destination(host, port, local));
            assert_eq!(found, expected, "{host}:{port}");
        }
        let open = Hosts::any();
        assert_eq!(open.destination("evil.com", 443, local), Refused);
        assert_eq!(open.destination("db.internal", 443, local), Refused);
        assert!(Pattern::parse("*.").is_err() && Pattern::parse("http://a").is_err());
    }

    #[test]
    fn only_pages_of_this_machine_get_cross_origin_answers() {
        assert!(is_loopback_origin("http://localhost:3000"));
        assert!(is_loopback_origin("https://127.0.0.1"));
        assert!(!is_loopback_origin("https://evil.com"));
        assert!(!is_loopback_origin("null"));
    }
}
