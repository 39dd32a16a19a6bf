#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

use std::{net::Ipv4Addr, sync::Arc, time::Instant};

use actix_server::ServerHandle;
use actix_web::{App, HttpRequest, HttpResponse, web};
use futures_util::future::join_all;
use rustls::{
    ClientConfig, RootCertStore,
    pki_types::{CertificateDer, ServerName, pem::PemObject},
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    sync::Notify,
};
use tokio_rustls::TlsConnector;

use super::*;
use crate::server::tls::provider;

const SLOW: Duration = Duration::from_secs(1);

/// Says what the handler sees of its connection.
async fn seen(request: HttpRequest) -> HttpResponse {
    let connection = request.conn_data::<Connection>().expect("every request has a connection");
    assert_eq!(request.peer_addr(), Some(connection.peer));
    HttpResponse::Ok().body(format!(
        "{} {} {}",
        connection.scheme(),
        connection.sni.as_deref().unwrap_or("-"),
        connection.local.port()
    ))
}

async fn echo(body: web::Bytes) -> HttpResponse {
    HttpResponse::Ok().body(body)
}

/// Takes [`SLOW`], after telling that it began.
async fn slow(began: web::Data<Notify>) -> HttpResponse {
    began.notify_one();
    tokio::time::sleep(SLOW).await;
    HttpResponse::Ok().body("done")
}

struct Running {
    address: SocketAddr,
    handle: ServerHandle,
    finished: actix_rt::task::JoinHandle<io::Result<()>>,
    tls: TlsSource,
    /// Whether `/slow` is at work.
    slow_began: web::Data<Notify>,
}

fn start() -> Running {
    let tls = TlsSource::ephemeral();
    let slow_began = web::Data::new(Notify::new());
    let app_data = slow_began.clone();
    let hosts = Arc::new(Hosts::loopback(Vec::new()));
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let address = listener.local_addr().unwrap();
    let server = serve(vec![listener], 1, tls.clone(), &hosts, move || {
        App::new()
            .app_data(app_data.clone())
            .route("/seen", web::get().to(seen))
            .route("/echo", web::post().to(echo))
            .route("/slow", web::get().to(slow))
    })
    .unwrap();
    let handle = server.handle();
    Running { address, handle, finished: actix_rt::spawn(server), tls, slow_began }
}

impl Running {
    async fn plain(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }

    fn connector(&self) -> TlsConnector {
        let mut roots = RootCertStore::empty();
        let pem = self.tls.ca_pem().unwrap().expect("the authority is our own");
        roots.add(CertificateDer::from_pem_slice(pem.as_bytes()).unwrap()).unwrap();
        let mut config = ClientConfig::builder_with_provider(provider())
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        TlsConnector::from(Arc::new(config))
    }

    async fn tls(&self, name: &str) -> tokio_rustls::client::TlsStream<TcpStream> {
        let name = ServerName::try_from(name.to_owned()).unwrap();
        self.connector().connect(name, self.plain().await).await.expect("handshake")
    }
}

/// One GET on an open connection; the answer's body.
async fn get<T: AsyncRead + AsyncWrite + Unpin>(stream: &mut T, path: &str) -> String {
    request(stream, &format!("GET {path} HTTP/1.1\r\nHost: x\r\n\r\n")).await
}

async fn request<T: AsyncRead + AsyncWrite + Unpin>(stream: &mut T, text: &str) -> String {
    stream.write_all(text.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&answer);
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            assert!(head.starts_with("HTTP/1.1 200"), "{head}");
            let length = head
                .lines()
                .find_map(|line| {
                    line.to_ascii_lowercase().strip_prefix("content-length: ")?.parse().ok()
                })
                .unwrap_or(0_usize);
            if body.len() >= length {
                return body.to_owned();
            }
        }
        assert_ne!(stream.read_buf(&mut answer).await.unwrap(), 0, "closed too early");
    }
}

/// Whether the other end closes the connection within a few seconds.
async fn is_closed<T: AsyncRead + Unpin>(stream: &mut T) -> bool {
    let mut rest = Vec::new();
    timeout(Duration::from_secs(5), stream.read_to_end(&mut rest)).await.is_ok()
}

#[actix_web::test]
async fn http_and_tls_share_a_port_and_handlers_know_which_is_which() {
    let server = start();
    let port = server.address.port();
    assert_eq!(get(&mut server.plain().await, "/seen").await, format!("http - {port}"));
    for name in ["localhost", "api.partnercenter.microsoft.com", "login.mock.test"] {
        let mut stream = server.tls(name).await;
        assert_eq!(get(&mut stream, "/seen").await, format!("https {name} {port}"));
        assert_eq!(stream.get_ref().1.alpn_protocol(), Some(&b"http/1.1"[..]));
    }
    let by_address = get(&mut server.tls("127.0.0.1").await, "/seen").await;
    assert_eq!(by_address, format!("https - {port}"));
}

#[actix_web::test]
async fn connections_are_kept_for_further_requests() {
    let server = start();
    let mut plain = server.plain().await;
    let mut tls = server.tls("localhost").await;
    for round in 0..3 {
        assert!(get(&mut plain, "/seen").await.starts_with("http "), "round {round}");
        assert!(get(&mut tls, "/seen").await.starts_with("https localhost"), "round {round}");
    }
}

#[actix_web::test]
async fn large_bodies_pass_both_ways() {
    let server = start();
    let body = "0123456789abcdef".repeat(10_000);
    let text =
        format!("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: {}\r\n\r\n{body}", body.len());
    assert_eq!(request(&mut server.plain().await, &text).await, body);
    assert_eq!(request(&mut server.tls("localhost").await, &text).await, body);
}

#[actix_web::test]
async fn fifty_tls_clients_at_once_are_served() {
    let server = start();
    let clients = (0..50).map(|number| {
        let server = &server;
        async move {
            let name = format!("client-{number}.mock.test");
            let mut stream = server.tls(&name).await;
            for _ in 0..2 {
                let expected = format!("https {name} {}", server.address.port());
                assert_eq!(get(&mut stream, "/seen").await, expected);
            }
        }
    });
    join_all(clients).await;
}

#[actix_web::test]
async fn garbage_silence_and_half_open_connections_hurt_nobody_else() {
    let server = start();
    let mut silent = Vec::new();
    for _ in 0..20 {
        silent.push(server.plain().await);
    }
    let mut half_a_greeting = server.plain().await;
    half_a_greeting.write_all(&[TLS_HANDSHAKE, 3, 1, 2, 0, 1]).await.unwrap();

    let mut bad_greeting = server.plain().await;
    bad_greeting.write_all(&[TLS_HANDSHAKE; 600]).await.unwrap();
    assert!(is_closed(&mut bad_greeting).await, "broken TLS is closed");

    for garbage in [&[0_u8; 100][..], &[0xff; 100], b"\x80\x2e\x01\x00\x02", b"GET\r\n\r\n"] {
        let mut stream = server.plain().await;
        stream.write_all(garbage).await.unwrap();
        stream.shutdown().await.unwrap();
        assert!(is_closed(&mut stream).await, "{garbage:.10?} ends its own connection");
    }
    drop(server.plain().await);
    let mut untrusting = server.plain().await;
    untrusting.write_all(&[TLS_HANDSHAKE]).await.unwrap();
    drop(untrusting);

    assert!(get(&mut server.plain().await, "/seen").await.starts_with("http "));
    assert!(get(&mut server.tls("localhost").await, "/seen").await.starts_with("https "));
    // One that was silent all the time is still welcome.
    assert!(get(&mut silent[0], "/seen").await.starts_with("http "));
    drop(half_a_greeting);
}

#[actix_web::test]
async fn a_client_that_never_finishes_its_start_is_dropped() {
    let patience =
        Patience { first_byte: Duration::from_millis(50), handshake: Duration::from_millis(50) };
    let listener = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    for bytes in [&[][..], &[TLS_HANDSHAKE, 3, 1], b"CONN", b"CONNECT a.example:443 HTTP/1.1"] {
        let mut client = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        let (socket, _) = listener.accept().await.unwrap();
        client.write_all(bytes).await.unwrap();
        let gate = Gate { tls: TlsSource::ephemeral(), hosts: Arc::default(), patience };
        let error = gate.accept(socket).await.err().expect("refused");
        assert_eq!(error.kind(), io::ErrorKind::TimedOut, "{bytes:?}");
        assert!(is_closed(&mut client).await);
    }
}

#[actix_web::test]
async fn a_graceful_stop_finishes_what_runs_and_closes_what_idles() {
    let server = start();
    let _silent = server.plain().await;
    let mut idle = server.tls("localhost").await;
    get(&mut idle, "/seen").await;
    let mut busy = server.tls("localhost").await;
    let (answer, ()) = tokio::join!(get(&mut busy, "/slow"), async {
        server.slow_began.notified().await;
        let before = Instant::now();
        server.handle.stop(true).await;
        assert!(before.elapsed() < Duration::from_secs(5), "{:?}", before.elapsed());
    });
    assert_eq!(answer, "done");
    assert!(is_closed(&mut idle).await);
    server.finished.await.unwrap().unwrap();
    assert!(TcpStream::connect(server.address).await.is_err(), "the port is free");
}

#[actix_web::test]
async fn a_forced_stop_does_not_wait() {
    let server = start();
    let mut busy = server.plain().await;
    busy.write_all(b"GET /slow HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
    server.slow_began.notified().await;
    let before = Instant::now();
    server.handle.stop(false).await;
    server.finished.await.unwrap().unwrap();
    assert!(before.elapsed() < SLOW, "{:?}", before.elapsed());
    assert!(is_closed(&mut busy).await);
}
