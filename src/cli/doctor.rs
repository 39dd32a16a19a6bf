//! `pcmock doctor`: the usual reasons why a client does not reach the server, looked at one by one.

use std::net::{TcpStream, ToSocketAddrs};
use std::time::Duration;

use anstyle::{AnsiColor, Style};
use chrono::{DateTime, Utc};
use clap::Args;
use reqwest::Method;
use serde_json::{Value, json};

use super::remote::{Remote, block_on, client, text, whole_reason};

/// How far clocks may be apart before tokens are refused.
const MOST_SKEW_SECONDS: i64 = 300;
/// How long the server may take to answer.
const PATIENCE: Duration = Duration::from_secs(5);
/// Where clients of different makers look for certificates.
const CA_VARIABLES: [(&str, &str); 4] = [
    ("SSL_CERT_FILE", "OpenSSL, Go, Rust, Ruby, .NET on Linux"),
    ("REQUESTS_CA_BUNDLE", "Python requests and the Azure SDK for Python"),
    ("NODE_EXTRA_CA_CERTS", "Node.js"),
    ("CURL_CA_BUNDLE", "curl"),
];

/// `pcmock doctor`.
#[derive(Debug, Args)]
pub struct Doctor {
    #[command(flatten)]
    remote: Remote,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Well,
    Doubtful,
    Wrong,
}

/// What was looked at, and what came out.
struct Finding {
    what: &'static str,
    verdict: Verdict,
    says: String,
}

impl Verdict {
    fn word(self) -> &'static str {
        match self {
            Self::Well => "ok",
            Self::Doubtful => "warning",
            Self::Wrong => "wrong",
        }
    }

    fn style(self) -> Style {
        let colour = match self {
            Self::Well => AnsiColor::Green,
            Self::Doubtful => AnsiColor::Yellow,
            Self::Wrong => AnsiColor::Red,
        };
        colour.on_default()
    }
}

impl Doctor {
    /// Looks at everything; fails when something is wrong.
    pub fn run(&self) -> Result<(), String> {
        let findings = self.findings();
        if self.remote.json {
            let list: Vec<Value> = findings
                .iter()
                .map(
                    |it| json!({ "check": it.what, "verdict": it.verdict.word(), "says": it.says }),
                )
                .collect();
            println!("{}", json!({ "findings": list }));
        } else {
            for Finding { what, verdict, says } in &findings {
                let style = verdict.style();
                anstream::println!("{style}{:8}{style:#} {what:12} {says}", verdict.word());
            }
        }
        let wrong = findings.iter().filter(|it| it.verdict == Verdict::Wrong).count();
        if wrong == 0 {
            Ok(())
        } else {
            Err(format!("{wrong} of {} checks found something wrong", findings.len()))
        }
    }

    fn findings(&self) -> Vec<Finding> {
        let mut findings = Vec::new();
        let mut say = |what, (verdict, says): (Verdict, String)| {
            findings.push(Finding { what, verdict, says });
            verdict == Verdict::Well
        };
        if say("server", self.server()) {
            say("clock", self.clock());
            let ca = self.remote.ask(Method::GET, "/_mock/ca.pem", None).ok();
            say("tls", self.tls(ca.as_deref()));
            for (variable, reader) in CA_VARIABLES {
                let value = std::env::var(variable).ok();
                say("trust", trust(variable, reader, value.as_deref(), ca.as_deref()));
            }
        }
        say("proxy", proxy(&self.host(), &|name| std::env::var(name).ok()));
        say(
            "authority",
            authority(self.remote.base(), std::env::var("AZURE_AUTHORITY_HOST").ok().as_deref()),
        );
        findings
    }

    fn host(&self) -> String {
        let rest =
            self.remote.base().split_once("://").map_or(self.remote.base(), |(_, rest)| rest);
        let authority = rest.split('/').next().unwrap_or(rest);
        authority.rsplit_once(':').map_or(authority, |(host, _)| host).to_owned()
    }

    /// Whether pcmock answers, or something else does, or nothing.
    fn server(&self) -> (Verdict, String) {
        let base = self.remote.base();
        match self.remote.ask_json(Method::GET, "/_mock/health", None) {
            Ok(health) if health["status"] == "ok" => {
                let (theirs, ours) = (text(&health, "version"), env!("CARGO_PKG_VERSION"));
                if theirs == ours {
                    (Verdict::Well, format!("pcmock {theirs} answers at {base}"))
                } else {
                    (
                        Verdict::Doubtful,
                        format!("pcmock {theirs} answers at {base}, and this is {ours}"),
                    )
                }
            }
            Ok(_) => (
                Verdict::Wrong,
                format!(
                    "something else than pcmock answers at {base}; choose another port with --port"
                ),
            ),
            Err(error) => {
                let rest = base.split_once("://").map_or(base, |(_, rest)| rest);
                let listens = rest.to_socket_addrs().is_ok_and(|mut found| {
                    found.any(|address| TcpStream::connect_timeout(&address, PATIENCE).is_ok())
                });
                let says = if listens {
                    format!(
                        "the port of {base} is taken by something that is not pcmock ({error}); start pcmock with another --port"
                    )
                } else {
                    format!(
                        "nothing listens at {base}; start it with `pcmock`, or name another with --url"
                    )
                };
                (Verdict::Wrong, says)
            }
        }
    }

    /// Whether wall clocks agree, and how world time stands to them.
    fn clock(&self) -> (Verdict, String) {
        let ours = partner_center_mock::world::system_wall_clock();
        let base = format!("{}/_mock/health", self.remote.base());
        let sent = block_on(async {
            let answer = client(None, PATIENCE)?.get(&base).send().await;
            let answer = answer.map_err(|error| whole_reason(&error))?;
            let date = answer.headers().get("date").and_then(|date| date.to_str().ok());
            Ok(date.and_then(|date| DateTime::parse_from_rfc2822(date).ok()))
        });
        let skew = match sent {
            Ok(Some(theirs)) => (theirs.with_timezone(&Utc) - ours).num_seconds(),
            _ => 0,
        };
        if skew.abs() > MOST_SKEW_SECONDS {
            let says = format!(
                "the server's clock differs from this machine's by {skew} s, so tokens look expired or not valid yet; set the clocks right"
            );
            return (Verdict::Wrong, says);
        }
        match self.remote.ask_json(Method::GET, "/_mock/clock", None) {
            Ok(clock) => {
                (Verdict::Well, format!("clocks agree; world time is {}", text(&clock, "now")))
            }
            Err(error) => (Verdict::Doubtful, error),
        }
    }

    /// Whether TLS works with the authority that the server names.
    fn tls(&self, ca: Option<&str>) -> (Verdict, String) {
        let Some(ca) = ca else {
            return (
                Verdict::Doubtful,
                "the server uses a certificate that was brought along; its issuer must be trusted"
                    .to_owned(),
            );
        };
        let base = self.remote.base();
        let https = base.replacen("http://", "https://", 1);
        let asked = block_on(async {
            let client = client(Some(ca.as_bytes()), PATIENCE)?;
            let answer = client.get(format!("{https}/_mock/health")).send().await;
            answer.map(drop).map_err(|error| whole_reason(&error))
        });
        match asked {
            Ok(()) => (
                Verdict::Well,
                format!("{https} works with the certificate of {base}/_mock/ca.pem"),
            ),
            Err(error) => {
                (Verdict::Wrong, format!("{https} fails even with its own certificate: {error}"))
            }
        }
    }
}

/// Whether a variable leads a client to the certificate.
fn trust(variable: &str, reader: &str, value: Option<&str>, ca: Option<&str>) -> (Verdict, String) {
    let way_out = "`eval \"$(pcmock env)\"` sets it";
    let Some(ca) = ca else {
        return (Verdict::Well, format!("{variable} is up to you with your own certificate"));
    };
    let Some(file) = value.filter(|file| !file.is_empty()) else {
        return (
            Verdict::Doubtful,
            format!(
                "{variable} is not set: {reader} will not trust the server over TLS; {way_out}"
            ),
        );
    };
    match std::fs::read_to_string(file) {
        Err(error) => (
            Verdict::Wrong,
            format!("{variable} names {file}, which cannot be read ({error}); {way_out}"),
        ),
        Ok(held) if held.contains(ca.trim()) => {
            (Verdict::Well, format!("{variable} trusts the server ({reader})"))
        }
        Ok(_) => (
            Verdict::Wrong,
            format!(
                "{variable} names {file}, which does not hold this server's certificate: it may be that of an earlier start; {way_out}"
            ),
        ),
    }
}

/// Whether a proxy would stand between client and server.
fn proxy(host: &str, variable: &dyn Fn(&str) -> Option<String>) -> (Verdict, String) {
    let either = |name: &str| {
        variable(name).or_else(|| variable(&name.to_lowercase())).filter(|value| !value.is_empty())
    };
    let named = ["HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY"]
        .into_iter()
        .find_map(|name| Some((name, either(name)?)));
    let Some((name, proxy)) = named else {
        return (Verdict::Well, "no proxy is set".to_owned());
    };
    let excepted = either("NO_PROXY").unwrap_or_default();
    let covers = |rule: &str| {
        let rule = rule.trim().trim_start_matches('*').trim_start_matches('.');
        rule.eq_ignore_ascii_case(host) || (!rule.is_empty() && host.ends_with(&format!(".{rule}")))
    };
    if excepted.trim() == "*" || excepted.split(',').any(covers) {
        (Verdict::Well, format!("{name} is set, and NO_PROXY excepts {host}"))
    } else {
        (
            Verdict::Wrong,
            format!("{name} sends clients to {proxy} instead of {host}; add it: NO_PROXY={host}"),
        )
    }
}

/// Whether the Azure SDKs would sign in here.
fn authority(base: &str, value: Option<&str>) -> (Verdict, String) {
    let https = base.replacen("http://", "https://", 1);
    match value {
        None => (
            Verdict::Doubtful,
            format!(
                "AZURE_AUTHORITY_HOST is not set: the Azure SDKs sign in at Microsoft; AZURE_AUTHORITY_HOST={https}"
            ),
        ),
        Some(value) if value.trim_end_matches('/') == https => {
            (Verdict::Well, "AZURE_AUTHORITY_HOST leads here".to_owned())
        }
        Some(value) if value.starts_with("http://") => (
            Verdict::Wrong,
            format!("AZURE_AUTHORITY_HOST is {value}; the SDKs accept https only: {https}"),
        ),
        Some(value) => (Verdict::Doubtful, format!("AZURE_AUTHORITY_HOST is {value}, not {https}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proxy_in_between_is_wrong_unless_the_host_is_excepted() {
        let set = |pairs: &'static [(&'static str, &'static str)]| {
            move |name: &str| {
                pairs.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
            }
        };
        for (pairs, wanted) in [
            (&[][..], Verdict::Well),
            (&[("HTTPS_PROXY", "http://proxy:3128")][..], Verdict::Wrong),
            (
                &[("http_proxy", "http://proxy:3128"), ("no_proxy", "localhost,127.0.0.1")][..],
                Verdict::Well,
            ),
            (&[("HTTP_PROXY", "http://proxy:3128"), ("NO_PROXY", "*")][..], Verdict::Well),
            (
                &[("ALL_PROXY", "http://proxy:3128"), ("NO_PROXY", "example.com")][..],
                Verdict::Wrong,
            ),
        ] {
            assert_eq!(proxy("127.0.0.1", &set(pairs)).0, wanted, "{pairs:?}");
        }
    }

    #[test]
    fn a_stale_certificate_is_told_from_a_missing_one() {
        let file = std::env::temp_dir().join(format!("pcmock-doctor-{}.pem", std::process::id()));
        std::fs::write(&file, "-----BEGIN CERTIFICATE-----\nold\n").unwrap();
        let name = file.display().to_string();
        let of = |value, ca| trust("SSL_CERT_FILE", "OpenSSL", value, Some(ca)).0;
        assert_eq!(of(Some(&name), "new"), Verdict::Wrong);
        assert_eq!(of(Some(&name), "old"), Verdict::Well);
        assert_eq!(of(Some("/nowhere/at/all.pem"), "new"), Verdict::Wrong);
        assert_eq!(of(None, "new"), Verdict::Doubtful);
        std::fs::remove_file(file).unwrap();
    }

    #[test]
    fn an_authority_over_plain_http_is_wrong() {
        let base = "http://127.0.0.1:4580";
        assert_eq!(authority(base, Some("https://127.0.0.1:4580/")).0, Verdict::Well);
        assert_eq!(authority(base, Some("http://127.0.0.1:4580")).0, Verdict::Wrong);
        assert_eq!(authority(base, None).0, Verdict::Doubtful);
    }
}
