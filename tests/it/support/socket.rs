//! A client that is nothing but a socket, to see how a connection ends.

use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::time::Duration;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};

use super::Mock;

/// How a connection ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// In order.
    Closed,
    /// By a reset.
    Reset,
}

/// What came back.
#[derive(Debug)]
pub struct Heard {
    pub text: String,
    pub end: End,
}

impl Heard {
    /// The status, when there is a head.
    pub fn status(&self) -> Option<u16> {
        self.text.split(' ').nth(1)?.parse().ok()
    }

    /// What followed the head.
    pub fn body(&self) -> &str {
        self.text.split_once("\r\n\r\n").map_or("", |(_, body)| body)
    }

    /// How long the head says that the body is.
    pub fn length(&self) -> usize {
        let head = self.text.to_ascii_lowercase();
        let line = head.lines().find_map(|line| line.strip_prefix("content-length: "));
        line.unwrap().trim().parse().unwrap()
    }
}

/// Sends a request of a world over a connection of its own, encrypted or not, and listens to the end.
pub fn ask(
    mock: &Mock,
    tls: bool,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> Heard {
    let token = mock.handle().token();
    let mut request = format!(
        "{method} {path} HTTP/1.1\r\nhost: localhost\r\nx-mock-world: {}\r\nauthorization: Bearer {token}\r\n\
         connection: close\r\ncontent-type: application/json\r\ncontent-length: {}\r\n",
        mock.world,
        body.len()
    );
    for (name, value) in headers {
        request.extend([name, ": ", value, "\r\n"]);
    }
    request.push_str("\r\n");
    request.push_str(body);
    let stream = TcpStream::connect(mock.server.address()).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    if !tls {
        return listen(stream, &request);
    }
    let mut roots = rustls::RootCertStore::empty();
    let pem = mock.server.ca_pem().unwrap();
    roots.add(CertificateDer::from_pem_slice(pem.as_bytes()).unwrap()).unwrap();
    let config =
        rustls::ClientConfig::builder_with_provider(partner_center_mock::server::tls::provider())
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
    let name = ServerName::try_from("localhost").unwrap();
    let session = rustls::ClientConnection::new(Arc::new(config), name).unwrap();
    listen(rustls::StreamOwned::new(session, stream), &request)
}

fn listen(mut stream: impl Read + Write, request: &str) -> Heard {
    stream.write_all(request.as_bytes()).unwrap();
    let mut heard = Vec::new();
    let mut piece = [0; 4096];
    let end = loop {
        match stream.read(&mut piece) {
            Ok(0) => break End::Closed,
            Ok(length) => heard.extend_from_slice(&piece[..length]),
            Err(error) if error.kind() == ErrorKind::ConnectionReset => break End::Reset,
            Err(error) => panic!("{error} after {}", String::from_utf8_lossy(&heard)),
        }
    };
    Heard { text: String::from_utf8(heard).unwrap(), end }
}
