//! Which hosts a server answers for. A server on loopback that answered for any host could be
//! reached by a web page through a name of the page's own (DNS rebinding).

use std::net::IpAddr;

use crate::api::hosts::surface_of_host;

/// The hosts this server answers for.
#[derive(Debug, Clone, Default)]
pub struct Hosts {
    any: bool,
    further: Vec<String>,
}

impl Hosts {
    /// Any host: for a server that is not on loopback.
    pub fn any() -> Self {
        Self { any: true, further: Vec::new() }
    }

    /// Loopback names, addresses, the real service's names, names under top-level domains that
    /// nobody can register, and `further`.
    pub fn loopback(further: Vec<String>) -> Self {
        Self { any: false, further }
    }

    /// Whether requests to `host` are answered.
    pub fn allows(&self, host: &str) -> bool {
        const RESERVED: [&str; 6] =
            [".localhost", ".test", ".example", ".internal", ".invalid", ".local"];
        self.any
            || host.is_empty()
            || host.eq_ignore_ascii_case("localhost")
            || host.parse::<IpAddr>().is_ok()
            || surface_of_host(host).is_some()
            || self.further.iter().any(|known| known.eq_ignore_ascii_case(host))
            || {
                let host = host.to_ascii_lowercase();
                RESERVED.iter().any(|suffix| host.ends_with(suffix))
            }
    }
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
    fn only_pages_of_this_machine_get_cross_origin_answers() {
        assert!(is_loopback_origin("http://localhost:3000"));
        assert!(is_loopback_origin("https://127.0.0.1"));
        assert!(!is_loopback_origin("https://evil.com"));
        assert!(!is_loopback_origin("null"));
    }
}
