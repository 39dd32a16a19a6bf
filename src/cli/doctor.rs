//! `pcmock doctor`: the usual reasons why a client does not reach the server, looked at one by one.

mod leading;
mod trusting;

use std::net::{SocketAddr, TcpStream, ToSocketAddrs};
use std::time::Duration;

use anstyle::{AnsiColor, Style};
use chrono::{DateTime, Utc};
use clap::Args;
use reqwest::Method;
use serde_json::{Value, json};

use leading::Way;

use super::remote::{Remote, block_on, client, proxied_client, text, whole_reason};

/// How far clocks may be apart before tokens are refused.
const MOST_SKEW_SECONDS: i64 = 300;
/// How long the server may take to answer.
const PATIENCE: Duration = Duration::from_secs(5);
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

impl Finding {
    fn new(what: &'static str, verdict: Verdict, says: impl Into<String>) -> Self {
        Self { what, verdict, says: says.into() }
    }
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
        let variable = |name: &str| std::env::var(name).ok();
        let base = self.remote.base();
        let mut findings = Vec::new();
        let (verdict, says) = self.server();
        findings.push(Finding { what: "server", verdict, says });
        let (proxied, proxy) = leading::proxy(base, &variable);
        if verdict == Verdict::Well {
            let ca = self.remote.ask(Method::GET, "/_mock/ca.pem", None).ok();
            for (what, (verdict, says)) in
                [("clock", self.clock()), ("tls", self.tls(ca.as_deref()))]
            {
                findings.push(Finding { what, verdict, says });
            }
            findings.extend(trusting::findings(ca.as_deref(), &variable));
            if proxied == Way::Here {
                let (verdict, says) = self.tunnel(ca.as_deref());
                findings.push(Finding { what: "tunnel", verdict, says });
            }
        }
        let file =
            if cfg!(windows) { r"C:\Windows\System32\drivers\etc\hosts" } else { "/etc/hosts" };
        let hosts = std::fs::read_to_string(file).unwrap_or_default();
        let (led, hosts) = leading::hosts_file(&hosts, || {
            let loopback = SocketAddr::from(([127, 0, 0, 1], 443));
            TcpStream::connect_timeout(&loopback, PATIENCE).is_ok()
        });
        let is_led = proxied == Way::Here || led == Way::Here;
        let authority = variable("AZURE_AUTHORITY_HOST");
        findings.extend([proxy, hosts, leading::authority(base, authority.as_deref(), is_led)]);
        findings
    }

    /// Whether a client with this proxy gets to a real host name here, and nowhere else.
    fn tunnel(&self, ca: Option<&str>) -> (Verdict, String) {
        const ASKED: &str =
            "https://management.azure.com/metadata/endpoints?api-version=2022-09-01";
        let asked = block_on(async {
            let client = proxied_client(ca.unwrap_or("").as_bytes(), self.remote.base(), PATIENCE)?;
            let answer = client.get(ASKED).send().await;
            answer.map(|answer| answer.status()).map_err(|error| whole_reason(&error))
        });
        match asked {
            Ok(status) if status.is_success() => {
                (Verdict::Well, "management.azure.com ends here, over TLS".to_owned())
            }
            Ok(status) => {
                (Verdict::Wrong, format!("management.azure.com answers {status} by this proxy"))
            }
            Err(error) => (
                Verdict::Wrong,
                format!("management.azure.com is not reached by this proxy: {error}"),
            ),
        }
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
