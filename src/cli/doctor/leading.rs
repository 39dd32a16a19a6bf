//! What leads clients to the server, or past it: endpoints, a proxy, the hosts file. Nothing here
//! connects to anything but this machine.

use partner_center_mock::api::hosts::microsoft_hosts;

use super::{Finding, Verdict};

/// The variables for a proxy.
const PROXIES: [&str; 3] = ["HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY"];
/// Hosts without which no client of the real service gets anywhere.
const NEEDED: [&str; 3] =
    ["login.microsoftonline.com", "api.partnercenter.microsoft.com", "management.azure.com"];

/// What was found out about a way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    /// It leads here.
    Here,
    /// It is not taken.
    None,
    /// It leads elsewhere.
    Elsewhere,
}

/// Whether a proxy stands between client and server, or is the server. `base` is the server's URL.
pub(super) fn proxy(base: &str, variable: &dyn Fn(&str) -> Option<String>) -> (Way, Finding) {
    let finding = |verdict, says| Finding::new("proxy", verdict, says);
    let either = |name: &str| {
        let (big, small) = (variable(name), variable(&name.to_lowercase()));
        let set = |value: Option<String>| value.filter(|value| !value.is_empty());
        (set(big), set(small))
    };
    let named = PROXIES.iter().find_map(|name| match either(name) {
        (None, None) => None,
        (big, small) => Some((*name, big, small)),
    });
    let Some((name, big, small)) = named else {
        return (Way::None, finding(Verdict::Well, "no proxy is set".to_owned()));
    };
    if let (Some(big), Some(small)) = (&big, &small)
        && big != small
    {
        let says = format!(
            "{name}={big}, but {}={small}: clients read one or the other; make them equal",
            name.to_lowercase()
        );
        return (Way::Elsewhere, finding(Verdict::Wrong, says));
    }
    let proxy = big.or(small).unwrap_or_default();
    let (big_list, small_list) = either("NO_PROXY");
    let excepted = big_list.or(small_list).unwrap_or_default();
    let excepts =
        |host: &str| excepted.trim() == "*" || excepted.split(',').any(|rule| covers(rule, host));
    let host = host_of(base);
    if address_of(&proxy) == address_of(base) {
        if let Some(past) = NEEDED.iter().find(|host| excepts(host)) {
            let says = format!(
                "{name} leads here, but NO_PROXY lets clients go past it to {past}: take it out of NO_PROXY"
            );
            return (Way::Elsewhere, finding(Verdict::Wrong, says));
        }
        if name == "HTTP_PROXY" {
            let says =
                "HTTP_PROXY leads here, but the real hosts are asked over https: set HTTPS_PROXY"
                    .to_owned();
            return (Way::None, finding(Verdict::Wrong, says));
        }
        return (Way::Here, finding(Verdict::Well, format!("{name} leads here")));
    }
    if excepts(host) {
        (
            Way::Elsewhere,
            finding(Verdict::Well, format!("{name} is set, and NO_PROXY excepts {host}")),
        )
    } else {
        let says =
            format!("{name} sends clients to {proxy} instead of {host}; add it: NO_PROXY={host}");
        (Way::Elsewhere, finding(Verdict::Wrong, says))
    }
}

fn covers(rule: &str, host: &str) -> bool {
    let rule = rule.trim().trim_start_matches('*').trim_start_matches('.');
    rule.eq_ignore_ascii_case(host) || (!rule.is_empty() && host.ends_with(&format!(".{rule}")))
}

/// Host and port of a URL.
fn address_of(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let rest = rest.split('/').next().unwrap_or(rest);
    rest.rsplit_once('@').map_or(rest, |(_, address)| address)
}

fn host_of(url: &str) -> &str {
    let address = address_of(url);
    address.rsplit_once(':').map_or(address, |(host, _)| host)
}

/// Whether a hosts file leads the real names to this machine. `is_open` tells whether port 443 answers.
pub(super) fn hosts_file(text: &str, is_open: impl Fn() -> bool) -> (Way, Finding) {
    let finding = |verdict, says| Finding::new("hosts", verdict, says);
    let led: Vec<&str> = text
        .lines()
        .map(|line| line.split('#').next().unwrap_or(""))
        .filter_map(|line| {
            let mut words = line.split_whitespace();
            let address: std::net::IpAddr = words.next()?.parse().ok()?;
            address.is_loopback().then_some(words)
        })
        .flatten()
        .filter(|name| microsoft_hosts().any(|(host, _)| host.eq_ignore_ascii_case(name)))
        .collect();
    if led.is_empty() {
        return (
            Way::None,
            finding(Verdict::Well, "the hosts file leads no real host name here".to_owned()),
        );
    }
    if let Some(missing) = NEEDED.iter().find(|host| !led.contains(host)) {
        let says =
            format!("the hosts file leads {} here, but not {missing}: add it", led.join(", "));
        return (Way::Elsewhere, finding(Verdict::Wrong, says));
    }
    if !is_open() {
        let says = "the hosts file leads the real host names here, but nothing listens on port 443; start pcmock with --https-port 443".to_owned();
        return (Way::Elsewhere, finding(Verdict::Wrong, says));
    }
    (Way::Here, finding(Verdict::Well, "the hosts file leads the real host names here".to_owned()))
}

/// Whether the Azure SDKs would sign in here. `is_led` tells that the real host names lead here anyway.
pub(super) fn authority(base: &str, value: Option<&str>, is_led: bool) -> Finding {
    let finding = |verdict, says| Finding::new("authority", verdict, says);
    let https = base.replacen("http://", "https://", 1);
    match value {
        None if is_led => finding(
            Verdict::Well,
            "AZURE_AUTHORITY_HOST is not set, and the real host names lead here".to_owned(),
        ),
        None => finding(
            Verdict::Doubtful,
            format!(
                "AZURE_AUTHORITY_HOST is not set: the Azure SDKs sign in at Microsoft; AZURE_AUTHORITY_HOST={https}, or be led by a proxy: `eval \"$(pcmock env --proxy)\"`"
            ),
        ),
        Some(value) if value.trim_end_matches('/') == https => {
            finding(Verdict::Well, "AZURE_AUTHORITY_HOST leads here".to_owned())
        }
        Some(value) if value.starts_with("http://") => finding(
            Verdict::Wrong,
            format!("AZURE_AUTHORITY_HOST is {value}; the SDKs accept https only: {https}"),
        ),
        Some(value) => {
            finding(Verdict::Doubtful, format!("AZURE_AUTHORITY_HOST is {value}, not {https}"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BASE: &str = "http://127.0.0.1:4580";

    /// Variables, and what is made of them.
    type Case = (&'static [(&'static str, &'static str)], Way, Verdict);

    #[test]
    fn a_proxy_in_between_is_wrong_unless_it_is_the_server_or_excepted() {
        let all: [Case; 9] = [
            (&[], Way::None, Verdict::Well),
            (&[("HTTPS_PROXY", "http://proxy:3128")], Way::Elsewhere, Verdict::Wrong),
            (
                &[("http_proxy", "http://proxy:3128"), ("no_proxy", "localhost,127.0.0.1")],
                Way::Elsewhere,
                Verdict::Well,
            ),
            (
                &[("HTTP_PROXY", "http://proxy:3128"), ("NO_PROXY", "*")],
                Way::Elsewhere,
                Verdict::Well,
            ),
            (
                &[("ALL_PROXY", "http://proxy:3128"), ("NO_PROXY", "example.com")],
                Way::Elsewhere,
                Verdict::Wrong,
            ),
            (&[("HTTPS_PROXY", "http://blue:x@127.0.0.1:4580")], Way::Here, Verdict::Well),
            (
                &[("HTTPS_PROXY", BASE), ("NO_PROXY", "localhost,.microsoft.com")],
                Way::Elsewhere,
                Verdict::Wrong,
            ),
            (
                &[("HTTPS_PROXY", BASE), ("https_proxy", "http://proxy:1")],
                Way::Elsewhere,
                Verdict::Wrong,
            ),
            (&[("HTTP_PROXY", BASE)], Way::None, Verdict::Wrong),
        ];
        for (pairs, way, verdict) in all {
            let variable = |name: &str| {
                pairs.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
            };
            let found = proxy(BASE, &variable);
            assert_eq!((found.0, found.1.verdict), (way, verdict), "{pairs:?}: {}", found.1.says);
        }
    }

    #[test]
    fn a_hosts_file_leads_all_that_is_needed_and_to_a_port_that_answers() {
        let all = "127.0.0.1 localhost\n127.0.0.1 login.microsoftonline.com api.partnercenter.microsoft.com # mock\n::1 management.azure.com\n";
        let some = "127.0.0.1 management.azure.com";
        let away = "10.1.2.3 management.azure.com\n#127.0.0.1 login.microsoftonline.com";
        assert_eq!(hosts_file(all, || true).0, Way::Here);
        assert_eq!(hosts_file(all, || false).1.verdict, Verdict::Wrong);
        assert_eq!(hosts_file(some, || true).1.verdict, Verdict::Wrong);
        assert_eq!(hosts_file(away, || true).0, Way::None);
    }

    #[test]
    fn an_authority_over_plain_http_is_wrong() {
        assert_eq!(authority(BASE, Some("https://127.0.0.1:4580/"), false).verdict, Verdict::Well);
        assert_eq!(authority(BASE, Some(BASE), false).verdict, Verdict::Wrong);
        assert_eq!(authority(BASE, None, false).verdict, Verdict::Doubtful);
        assert_eq!(authority(BASE, None, true).verdict, Verdict::Well);
    }
}
