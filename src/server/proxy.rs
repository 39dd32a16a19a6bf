//! The proxy: `CONNECT host:port` on the same port as everything else. Hosts that the mock stands in
//! for end here, and what comes through the tunnel is read as if the client had reached them; other
//! hosts are refused, or dialled where the operator allowed it.
//!
//! The user name that a client gives the proxy names the world (`HTTPS_PROXY=http://blue@127.0.0.1:4580`).
//! Requests in absolute form (`GET https://host/…`) are ordinary requests; [`app`](super::app) answers
//! them. Which host is whose is told by [`Hosts`].

use std::io;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};

use super::hosts::{Destination, Hosts};
use crate::api::request::host_of;

/// The word that a tunnel begins with.
const CONNECT: &[u8] = b"CONNECT ";
/// Largest head of a CONNECT request, in bytes.
const LARGEST_HEAD: usize = 16 * 1024;
/// How long a client that sends the word letter by letter is left alone before it is asked again.
const PAUSE: Duration = Duration::from_millis(5);
/// How long a host that is let through may take to accept.
const DIAL_TIMEOUT: Duration = Duration::from_secs(10);
/// The port when a client names none.
const DEFAULT_PORT: u16 = 443;

/// What became of a tunnel.
pub(super) enum Tunnel {
    /// It ends here, with the user name that the client gave, if any. The next byte belongs to the
    /// host that was named.
    Here(Option<Box<str>>),
    /// It was refused, or it led elsewhere and is over.
    Over,
}

/// Whether a connection begins with a CONNECT request. Its bytes stay unread.
pub(super) async fn is_wanted(socket: &TcpStream) -> io::Result<bool> {
    let mut begin = [0; CONNECT.len()];
    loop {
        let seen = socket.peek(&mut begin).await?;
        if seen == 0 || !CONNECT.starts_with(&begin[..seen]) {
            return Ok(false);
        }
        if seen == CONNECT.len() {
            return Ok(true);
        }
        sleep(PAUSE).await;
    }
}

/// Answers a CONNECT request and, for a host that is let through, carries its bytes to the end.
pub(super) async fn open(
    socket: &mut TcpStream,
    hosts: &Hosts,
    patience: Duration,
) -> io::Result<Tunnel> {
    let Some(head) = timeout(patience, read_head(socket)).await?? else {
        let says = "the head of CONNECT is longer than 16 KiB";
        let refusal = Refusal::new(431, "Request Header Fields Too Large", says);
        return refusal.send(socket, "HTTP/1.1").await;
    };
    let Some(asked) = Asked::read(&head) else {
        let refusal = Refusal::new(400, "Bad Request", "write `CONNECT host:port HTTP/1.1`");
        return refusal.send(socket, "HTTP/1.1").await;
    };
    let Asked { host, port, version } = asked;
    match hosts.destination(host, port, socket.local_addr()?) {
        Destination::Here => {
            accept(socket, version).await?;
            Ok(Tunnel::Here(std::str::from_utf8(&head).ok().and_then(user_in)))
        }
        Destination::Elsewhere => {
            let dialled = timeout(DIAL_TIMEOUT, TcpStream::connect((host, port))).await;
            let mut other = match dialled.unwrap_or_else(|late| Err(late.into())) {
                Ok(other) => other,
                Err(error) => {
                    tracing::warn!(host, port, %error, "the proxy does not reach a host");
                    let says = format!("{host}:{port} does not answer: {error}");
                    return Refusal::new(502, "Bad Gateway", says).send(socket, version).await;
                }
            };
            accept(socket, version).await?;
            tokio::io::copy_bidirectional(socket, &mut other).await?;
            Ok(Tunnel::Over)
        }
        Destination::Refused => {
            tracing::warn!(
                host,
                port,
                "the proxy refused a host that the mock does not stand in for"
            );
            let says = refusal_text(host);
            // Many clients show the reason and never the body.
            let reason = "Forbidden: not a host of the mock, see --proxy-passthrough";
            Refusal::new(403, reason, says).send(socket, version).await
        }
    }
}

/// Why a host is refused, and what can be done.
pub(super) fn refusal_text(host: &str) -> String {
    let host: String = host.chars().filter(|c| !c.is_control()).take(100).collect();
    let address = host == "localhost" || host.parse::<std::net::IpAddr>().is_ok();
    let way_out = if address {
        format!("keep it from the proxy with NO_PROXY={host}")
    } else {
        format!(
            "start pcmock with --proxy-passthrough {host} to let it through, or with --allow-host {host} to have it answered here"
        )
    };
    format!(
        "`{host}` is not a host that the mock stands in for, and nothing was sent there; {way_out}"
    )
}

async fn accept(socket: &mut TcpStream, version: &str) -> io::Result<()> {
    socket.write_all(format!("{version} 200 Connection Established\r\n\r\n").as_bytes()).await
}

/// The head up to its empty line, and nothing after it; `None` when it is too long.
async fn read_head(socket: &mut TcpStream) -> io::Result<Option<Vec<u8>>> {
    let mut head = Vec::with_capacity(512);
    let mut ahead = [0; 2048];
    loop {
        let seen = socket.peek(&mut ahead).await?;
        if seen == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        // The end may lie across what was read before and what is ahead.
        let before = head.len();
        head.extend_from_slice(&ahead[..seen]);
        let end = end_of_head(&head, before.saturating_sub(3));
        head.truncate(end.unwrap_or(head.len()));
        socket.read_exact(&mut ahead[..head.len() - before]).await?;
        if end.is_some() {
            return Ok(Some(head));
        }
        if head.len() > LARGEST_HEAD {
            return Ok(None);
        }
    }
}

fn end_of_head(bytes: &[u8], from: usize) -> Option<usize> {
    const END: &[u8] = b"\r\n\r\n";
    let found = bytes[from..].windows(END.len()).position(|window| window == END);
    found.map(|at| from + at + END.len())
}

/// The user name in the head of a request to a proxy.
fn user_in(head: &str) -> Option<Box<str>> {
    head.lines()
        .filter_map(|line| line.split_once(':'))
        .find(|(name, _)| name.eq_ignore_ascii_case("proxy-authorization"))
        .and_then(|(_, value)| user_of(value))
}

/// The user name of a `Proxy-Authorization` header; its password means nothing.
pub(super) fn user_of(header: &str) -> Option<Box<str>> {
    let (scheme, encoded) = header.trim().split_once(' ')?;
    let decoded = STANDARD.decode(encoded.trim()).ok()?;
    let text = std::str::from_utf8(&decoded).ok()?;
    let user = text.split(':').next().filter(|user| !user.is_empty())?;
    scheme.eq_ignore_ascii_case("basic").then(|| user.into())
}

/// What a CONNECT request asks for.
#[derive(Debug, PartialEq, Eq)]
struct Asked<'a> {
    host: &'a str,
    port: u16,
    /// As the client wrote it: those of HTTP/1.0 get an answer of HTTP/1.0.
    version: &'a str,
}

impl<'a> Asked<'a> {
    fn read(head: &'a [u8]) -> Option<Self> {
        let line = head.split(|byte| *byte == b'\r').next()?;
        let mut words = std::str::from_utf8(line).ok()?.strip_prefix("CONNECT ")?.split(' ');
        let (authority, version) = (words.next()?, words.next()?);
        let known = matches!(version, "HTTP/1.0" | "HTTP/1.1") && words.next().is_none();
        let host = host_of(authority);
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._:".contains(&byte);
        if !known || host.is_empty() || host.len() > 255 || !host.bytes().all(plain) {
            return None;
        }
        let rest = authority.trim_start_matches('[').strip_prefix(host)?.trim_start_matches(']');
        let port = match rest.strip_prefix(':') {
            Some(port) => port.parse().ok().filter(|port| *port != 0)?,
            None if rest.is_empty() => DEFAULT_PORT,
            None => return None,
        };
        Some(Self { host, port, version })
    }
}

/// A tunnel that is not opened.
struct Refusal {
    status: u16,
    reason: &'static str,
    says: String,
}

impl Refusal {
    fn new(status: u16, reason: &'static str, says: impl Into<String>) -> Self {
        Self { status, reason, says: says.into() }
    }

    async fn send(self, socket: &mut TcpStream, version: &str) -> io::Result<Tunnel> {
        let Self { status, reason, says } = self;
        let length = says.len() + 1;
        let answer = format!(
            "{version} {status} {reason}\r\ncontent-type: text/plain; charset=utf-8\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{says}\n"
        );
        socket.write_all(answer.as_bytes()).await?;
        socket.shutdown().await?;
        Ok(Tunnel::Over)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tunnel_is_asked_for_in_both_versions_of_http() {
        let asked = |host, port, version| Some(Asked { host, port, version });
        for (line, expected) in [
            ("CONNECT a.example:443 HTTP/1.1", asked("a.example", 443, "HTTP/1.1")),
            ("CONNECT a.example:8443 HTTP/1.0", asked("a.example", 8443, "HTTP/1.0")),
            ("CONNECT a.example HTTP/1.1", asked("a.example", 443, "HTTP/1.1")),
            ("CONNECT [::1]:4580 HTTP/1.1", asked("::1", 4580, "HTTP/1.1")),
            ("CONNECT 127.0.0.1:1 HTTP/1.1", asked("127.0.0.1", 1, "HTTP/1.1")),
            ("CONNECT a.example:443", None),
            ("CONNECT a.example:443 HTTP/2", None),
            ("CONNECT a.example:443 HTTP/1.1 x", None),
            ("CONNECT a.example:0 HTTP/1.1", None),
            ("CONNECT a.example:70000 HTTP/1.1", None),
            ("CONNECT a.example: HTTP/1.1", None),
            ("CONNECT :443 HTTP/1.1", None),
            ("CONNECT https://a.example/ HTTP/1.1", None),
            ("CONNECT a\u{e9}.example:443 HTTP/1.1", None),
            ("CONNECT  HTTP/1.1", None),
        ] {
            let head = format!("{line}\r\nHost: x\r\n\r\n");
            assert_eq!(Asked::read(head.as_bytes()), expected, "{line}");
        }
    }

    #[test]
    fn the_user_name_is_taken_and_the_password_left() {
        let head = |line: &str| format!("CONNECT a:1 HTTP/1.1\r\nHost: a\r\n{line}\r\n\r\n");
        for (line, expected) in [
            ("Proxy-Authorization: Basic Ymx1ZTp4", Some("blue")),
            ("proxy-authorization:basic Ymx1ZTo=", Some("blue")),
            ("Proxy-Authorization: Basic Ymx1ZQ==", Some("blue")),
            ("Proxy-Authorization: Basic OngK", None),
            ("Proxy-Authorization: Bearer Ymx1ZTp4", None),
            ("Proxy-Authorization: Basic !", None),
            ("Authorization: Basic Ymx1ZTp4", None),
        ] {
            assert_eq!(user_in(&head(line)).as_deref(), expected, "{line}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_head_panics(line in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..60)) {
            let mut head = b"CONNECT ".to_vec();
            head.extend(line);
            let _ = Asked::read(&head);
        }
    }
}
