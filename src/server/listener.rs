//! The listener: one port for HTTP, TLS and the proxy's tunnels, told apart by their first bytes,
//! feeding an actix-web app.
//!
//! actix-web's own server binds a port either to HTTP or to TLS. Here its parts are put together
//! anew: `actix-server` accepts and spreads connections over workers, [`accept`] turns a socket into
//! a [`ClientStream`], and `actix-http` speaks HTTP/1.1 over it. Certificates live in
//! [`tls`](super::tls); what requests mean lives in the app.

use std::{
    fmt,
    io::{self, IoSlice},
    net::{SocketAddr, TcpListener},
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll},
    time::Duration,
};

use actix_http::{HttpService, Request, Response, body::MessageBody};
use actix_server::{GracefulShutdownSignal, Server, ServerBuilder};
use actix_service::{
    IntoServiceFactory, Service, ServiceFactory, ServiceFactoryExt as _, fn_service, map_config,
};
use actix_web::dev::AppConfig;
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
    time::timeout,
};
use tokio_rustls::{TlsAcceptor, server::TlsStream};

use super::hosts::Hosts;
use super::proxy::{self, Tunnel};
use super::tls::TlsSource;

/// The first byte of a TLS connection: a record of type handshake. No HTTP request starts with it.
const TLS_HANDSHAKE: u8 = 0x16;
const PATIENCE: Patience =
    Patience { first_byte: Duration::from_secs(30), handshake: Duration::from_secs(10) };
/// For the head of a connection's first request; a client that drips bytes gets 408.
const REQUEST_HEAD_TIMEOUT: Duration = Duration::from_secs(30);
/// Longer than clients keep idle connections in their pools, so that it is the client that closes
/// and no request meets a connection that is just going away.
const KEEP_ALIVE: Duration = Duration::from_secs(120);
const DISCONNECT_TIMEOUT: Duration = Duration::from_secs(2);
/// Seconds that a graceful stop waits for requests in flight.
const SHUTDOWN_SECONDS: u64 = 10;

/// What is known of the connection that a request came over. Handlers and middleware read it with
/// `req.conn_data::<Connection>()`; it is there for every request of a server made by [`serve`].
///
/// actix-web's `ConnectionInfo::scheme` and `AppConfig` say nothing true here, because both are fixed
/// per app and one app serves both kinds of connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Connection {
    /// Whether the bytes came over TLS.
    pub is_tls: bool,
    /// The client's end.
    pub peer: SocketAddr,
    /// Our end: the address and port that the client reached.
    pub local: SocketAddr,
    /// The host name in the TLS greeting, if there was one.
    pub sni: Option<String>,
    /// The user name that the client gave the proxy, if it came through a tunnel.
    pub proxy_user: Option<Box<str>>,
    /// Breaks the connection.
    pub cut: Cut,
}

/// Tells answers without end that the server stops.
#[derive(Debug, Clone)]
pub struct Stopping(GracefulShutdownSignal);

impl Stopping {
    /// Comes when it does.
    pub async fn begun(self) {
        self.0.notified().await;
    }
}

/// Breaks a connection as a network does: nothing more is written, and the client sees a reset.
#[derive(Debug, Clone, Default)]
pub struct Cut(Arc<AtomicBool>);

impl Cut {
    /// Breaks it with the next byte that would be written.
    pub fn arm(&self) {
        self.0.store(true, Ordering::Release);
    }

    fn is_armed(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }
}

impl PartialEq for Cut {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for Cut {}

impl Connection {
    /// `https` or `http`, for absolute URLs.
    pub fn scheme(&self) -> &'static str {
        if self.is_tls { "https" } else { "http" }
    }
}

/// Serves the app that `factory` builds (once per worker) on all `listeners`, over HTTP, over TLS and
/// through tunnels alike.
///
/// The server runs when the returned [`Server`] is awaited or spawned; its handle stops it,
/// gracefully or at once. Signals are left to the caller. `workers` is kept between 1 and 512.
///
/// # Errors
/// When a listener is unusable (no local address, or it cannot be made non-blocking).
pub fn serve<F, I, S, B>(
    listeners: Vec<TcpListener>,
    workers: usize,
    tls: TlsSource,
    hosts: &Arc<Hosts>,
    factory: F,
) -> io::Result<Server>
where
    F: Fn() -> I + Send + Clone + 'static,
    I: IntoServiceFactory<S, Request>,
    S: ServiceFactory<Request, Config = AppConfig> + 'static,
    S::Error: Into<actix_web::Error> + 'static,
    S::InitError: fmt::Debug,
    S::Response: Into<Response<B>> + 'static,
    <S::Service as Service<Request>>::Future: 'static,
    S::Service: 'static,
    B: MessageBody + 'static,
{
    let mut builder = ServerBuilder::new()
        .workers(workers.clamp(1, 512))
        .shutdown_timeout(SHUTDOWN_SECONDS)
        .disable_signals();
    let stopping = builder.graceful_shutdown_signal();
    for listener in listeners {
        let address = listener.local_addr()?;
        let (stopping, tls, hosts) = (stopping.clone(), tls.clone(), Arc::clone(hosts));
        let factory = factory.clone();
        builder = builder.listen(format!("pcmock-{address}"), listener, move || {
            let app = factory().into_factory().map_err(|error| error.into().error_response());
            let signal = stopping.clone();
            let told = Stopping(stopping.clone());
            let http = HttpService::build()
                .keep_alive(KEEP_ALIVE)
                .client_request_timeout(REQUEST_HEAD_TIMEOUT)
                .client_disconnect_timeout(DISCONNECT_TIMEOUT)
                .local_addr(address)
                // As actix-web does it: without it, idle connections would hold up a graceful stop.
                .graceful_shutdown_signal(move || {
                    let signal = signal.clone();
                    async move { signal.notified().await }
                })
                .on_connect_ext(move |stream: &ClientStream, data| {
                    data.insert(stream.connection.clone());
                    data.insert(told.clone());
                })
                .h1(map_config(app, |()| AppConfig::default()));
            let stopping = stopping.clone();
            let gate = Gate { tls: tls.clone(), hosts: Arc::clone(&hosts), patience: PATIENCE };
            fn_service(move |socket| {
                let gate = gate.clone();
                until_stopped(async move { gate.accept(socket).await }, stopping.clone())
            })
            .map(|stream| {
                let peer = stream.connection.peer;
                (stream, Some(peer))
            })
            .map_err(|error| tracing::debug!(%error, "connection dropped before its first request"))
            .and_then(http.map_err(|error| tracing::debug!(%error, "connection ended")))
        })?;
    }
    Ok(builder.run())
}

/// A connection that has sent nothing yet must not hold up a graceful stop.
async fn until_stopped(
    accepting: impl Future<Output = io::Result<ClientStream>>,
    stopping: GracefulShutdownSignal,
) -> io::Result<ClientStream> {
    tokio::select! {
        accepted = accepting => accepted,
        () = stopping.notified() => Err(io::Error::other("the server is stopping")),
    }
}

/// How long a client may take before its first request.
#[derive(Debug, Clone, Copy)]
struct Patience {
    /// Until the first byte. Browsers and connection pools open sockets ahead of need.
    first_byte: Duration,
    /// For the TLS handshake.
    handshake: Duration,
}

/// What stands between a socket and HTTP.
#[derive(Debug, Clone)]
struct Gate {
    tls: TlsSource,
    hosts: Arc<Hosts>,
    patience: Patience,
}

impl Gate {
    /// Makes a socket ready for HTTP: looks at its first bytes, opens a tunnel where one is asked for,
    /// and, for TLS, shakes hands. Every error ends this connection only.
    async fn accept(&self, mut socket: TcpStream) -> io::Result<ClientStream> {
        // Answers are small and written whole; waiting to fill a packet would cost 40 ms each.
        socket.set_nodelay(true)?;
        let mut connection = Connection {
            is_tls: false,
            peer: socket.peer_addr()?,
            local: socket.local_addr()?,
            sni: None,
            proxy_user: None,
            cut: Cut::default(),
        };
        let mut first = self.first_byte(&socket).await?;
        let patience = self.patience.first_byte;
        if first == b'C' && timeout(patience, proxy::is_wanted(&socket)).await?? {
            match proxy::open(&mut socket, &self.hosts, patience).await? {
                Tunnel::Here(user) => connection.proxy_user = user,
                Tunnel::Over => return Err(io::Error::other("the proxy is done with it")),
            }
            // What is in the tunnel is again either TLS or HTTP.
            first = self.first_byte(&socket).await?;
        }
        if first != TLS_HANDSHAKE {
            return Ok(ClientStream { transport: Transport::Plain(socket), connection });
        }
        let config = self.tls.server_config(connection.local.ip()).map_err(|error| {
            tracing::error!(%error, "a TLS client was turned away");
            io::Error::other("TLS is not available")
        })?;
        let accepted = TlsAcceptor::from(config).accept(socket);
        let stream = timeout(self.patience.handshake, accepted).await??;
        connection.is_tls = true;
        connection.sni = stream.get_ref().1.server_name().map(str::to_owned);
        Ok(ClientStream { transport: Transport::Tls(Box::new(stream)), connection })
    }

    /// The first byte of what comes; it stays unread.
    async fn first_byte(&self, socket: &TcpStream) -> io::Result<u8> {
        let mut first = [0];
        if timeout(self.patience.first_byte, socket.peek(&mut first)).await?? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        Ok(first[0])
    }
}

/// An accepted connection: encrypted or not, HTTP does not see the difference.
struct ClientStream {
    transport: Transport,
    connection: Connection,
}

impl ClientStream {
    /// Fails once the connection is to break; dropping it then resets it.
    fn check(&self) -> io::Result<()> {
        if !self.connection.cut.is_armed() {
            return Ok(());
        }
        Err(io::ErrorKind::ConnectionReset.into())
    }
}

impl Drop for ClientStream {
    /// A connection that was cut is closed without linger: the client sees a reset, not an end.
    fn drop(&mut self) {
        if !self.connection.cut.is_armed() {
            return;
        }
        let socket = match &self.transport {
            Transport::Plain(stream) => stream,
            Transport::Tls(stream) => stream.get_ref().0,
        };
        if let Err(error) = socket.set_zero_linger() {
            tracing::debug!(%error, "a connection ends instead of being reset");
        }
    }
}

enum Transport {
    Plain(TcpStream),
    Tls(Box<TlsStream<TcpStream>>),
}

impl AsyncRead for ClientStream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match &mut self.transport {
            Transport::Plain(stream) => Pin::new(stream).poll_read(cx, buffer),
            Transport::Tls(stream) => Pin::new(stream).poll_read(cx, buffer),
        }
    }
}

impl AsyncWrite for ClientStream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.check()?;
        match &mut self.transport {
            Transport::Plain(stream) => Pin::new(stream).poll_write(cx, bytes),
            Transport::Tls(stream) => Pin::new(stream).poll_write(cx, bytes),
        }
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.check()?;
        match &mut self.transport {
            Transport::Plain(stream) => Pin::new(stream).poll_write_vectored(cx, slices),
            Transport::Tls(stream) => Pin::new(stream).poll_write_vectored(cx, slices),
        }
    }

    fn is_write_vectored(&self) -> bool {
        match &self.transport {
            Transport::Plain(stream) => stream.is_write_vectored(),
            Transport::Tls(stream) => stream.is_write_vectored(),
        }
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.check()?;
        match &mut self.transport {
            Transport::Plain(stream) => Pin::new(stream).poll_flush(cx),
            Transport::Tls(stream) => Pin::new(stream).poll_flush(cx),
        }
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        // A farewell, of TLS or of TCP, would make an orderly end of it.
        self.check()?;
        match &mut self.transport {
            Transport::Plain(stream) => Pin::new(stream).poll_shutdown(cx),
            Transport::Tls(stream) => Pin::new(stream).poll_shutdown(cx),
        }
    }
}

#[cfg(test)]
mod tests;
