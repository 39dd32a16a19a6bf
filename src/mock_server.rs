//! The mock inside a Rust program: a server on a free port, gone when dropped, with worlds and clock
//! as methods.

use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener};
use std::path::PathBuf;
use std::sync::{Arc, mpsc};
use std::thread;

use actix_server::ServerHandle;
use actix_web::App;
use chrono::{DateTime, Utc};

use crate::api::dispatch::Outcome;
use crate::api::request::Request;
use crate::api::service::{Options, Service};
use crate::domain::clock::Pace;
use crate::domain::duration::IsoDuration;
use crate::domain::error::Error;
use crate::domain::settings::{Profile, Settings, Transition};
use crate::domain::state::State;
use crate::fixtures::{self, FixtureError, Start};
use crate::identity::issue::{ClientKind, Subject, access_token};
use crate::identity::jws::SigningKey;
use crate::identity::token::AuthLevel;
use crate::server::app::{Shared, configure};
use crate::server::hosts::Hosts;
use crate::server::listener;
use crate::server::tls::TlsSource;
use crate::world::{Fired, Limits, Registry, World, system_wall_clock};

/// Audience of tokens for Partner Center.
pub const PARTNER_CENTER: &str = "https://api.partnercenter.microsoft.com";

/// Why a server does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The fixtures are refused.
    #[error("fixtures refused: {0}")]
    Fixtures(#[from] FixtureError),
    /// The address cannot be listened on.
    #[error("cannot listen on {address}: {source}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// Why.
        source: std::io::Error,
    },
    /// The signing key cannot be used.
    #[error("the signing key cannot be used: {0}")]
    SigningKey(String),
    /// The server's thread did not come up.
    #[error("the server did not start: {0}")]
    Thread(String),
}

/// Where a world's content comes from.
#[derive(Debug, Clone, Default)]
pub enum Content {
    /// The fixtures in the binary.
    #[default]
    Default,
    /// The partner of the default fixtures, and nothing else.
    Empty,
    /// A fixture file, or a folder of them.
    Path(PathBuf),
}

/// Puts a [`MockServer`] together.
#[derive(Debug, Clone)]
pub struct Builder {
    address: SocketAddr,
    workers: usize,
    content: Content,
    settings: Settings,
    options: Options,
    limits: Limits,
    seed: Option<u64>,
    time: Option<DateTime<Utc>>,
    frozen: bool,
    tls: Option<TlsSource>,
    hosts: Vec<String>,
    signing_key: Option<String>,
    log_requests: bool,
}

impl Default for Builder {
    fn default() -> Self {
        Self {
            address: SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0),
            workers: 1,
            content: Content::Default,
            settings: Settings::default(),
            options: Options::default(),
            limits: Limits::default(),
            seed: None,
            time: None,
            frozen: false,
            tls: None,
            hosts: Vec::new(),
            signing_key: None,
            log_requests: false,
        }
    }
}

impl Builder {
    /// Listens on this address; port 0 takes a free one.
    #[must_use]
    pub fn address(mut self, address: SocketAddr) -> Self {
        self.address = address;
        self
    }

    /// Number of worker threads.
    #[must_use]
    pub fn workers(mut self, workers: usize) -> Self {
        self.workers = workers.max(1);
        self
    }

    /// What the worlds hold at the start.
    #[must_use]
    pub fn content(mut self, content: Content) -> Self {
        self.content = content;
        self
    }

    /// Production or sandbox.
    #[must_use]
    pub fn profile(mut self, profile: Profile) -> Self {
        self.settings.profile = profile;
        self
    }

    /// How long a transition takes in world time.
    #[must_use]
    pub fn delay(mut self, transition: Transition, delay: IsoDuration) -> Self {
        self.settings.set_delay(transition, delay);
        self
    }

    /// All settings of the worlds.
    #[must_use]
    pub fn settings(mut self, settings: Settings) -> Self {
        self.settings = settings;
        self
    }

    /// How closely tokens are looked at.
    #[must_use]
    pub fn auth(mut self, level: AuthLevel) -> Self {
        self.options.auth = level;
        self
    }

    /// All settings of the server.
    #[must_use]
    pub fn options(mut self, options: Options) -> Self {
        self.options = options;
        self
    }

    /// Most worlds at once.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Seed of all identifiers.
    #[must_use]
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = Some(seed);
        self
    }

    /// World time at the start; the present when not set.
    #[must_use]
    pub fn starting_at(mut self, time: DateTime<Utc>) -> Self {
        self.time = Some(time);
        self
    }

    /// World time stands still until it is advanced.
    #[must_use]
    pub fn frozen(mut self) -> Self {
        self.frozen = true;
        self
    }

    /// Certificates; an authority in memory when not set.
    #[must_use]
    pub fn tls(mut self, tls: TlsSource) -> Self {
        self.tls = Some(tls);
        self
    }

    /// Further host names to answer for.
    #[must_use]
    pub fn allow_hosts(mut self, hosts: Vec<String>) -> Self {
        self.hosts = hosts;
        self
    }

    /// A private key in PEM that signs tokens, instead of the public test key.
    #[must_use]
    pub fn signing_key(mut self, pem: String) -> Self {
        self.signing_key = Some(pem);
        self
    }

    /// Logs a line per request.
    #[must_use]
    pub fn log_requests(mut self, log: bool) -> Self {
        self.log_requests = log;
        self
    }

    /// The state every world starts from.
    pub fn state(&self) -> Result<State, FixtureError> {
        let wall = system_wall_clock();
        let start = Start {
            wall,
            time: self.time.unwrap_or(wall),
            pace: if self.frozen { Pace::Frozen } else { Pace::Running { scale: 1.0 } },
            settings: self.settings.clone(),
            seed: self.seed,
        };
        match &self.content {
            Content::Default => fixtures::default_state(&start),
            Content::Empty => fixtures::empty_state(&start),
            Content::Path(path) => fixtures::state_from(path, &start),
        }
    }

    /// The service without a socket.
    pub fn service(&self, tls: &TlsSource) -> Result<Service, StartError> {
        let key = match &self.signing_key {
            Some(pem) => SigningKey::from_pem(pem),
            None => SigningKey::embedded(),
        }
        .map_err(|error| StartError::SigningKey(error.to_string()))?;
        let worlds = Registry::new(self.state()?, self.limits, system_wall_clock);
        let tls = tls.clone();
        let ca_pem = Box::new(move || tls.ca_pem().ok().flatten().map(str::to_owned));
        Ok(Service::new(worlds, Arc::new(key), self.options.clone(), ca_pem))
    }

    /// Starts the server in a thread of its own and waits until it answers.
    pub fn start_blocking(self) -> Result<MockServer, StartError> {
        let tls = self.tls.clone().unwrap_or_else(TlsSource::ephemeral);
        let service = self.service(&tls)?;
        let listener = listen(self.address)?;
        let address = listener
            .local_addr()
            .map_err(|source| StartError::Listen { address: self.address, source })?;
        let hosts = if address.ip().is_loopback() {
            Hosts::loopback(self.hosts.clone())
        } else {
            Hosts::any()
        };
        let shared = Arc::new(Shared { service, hosts, log_requests: self.log_requests });
        let app = configure(Arc::clone(&shared));
        let (started, wait) = mpsc::channel();
        let (source, workers) = (tls.clone(), self.workers);
        let thread = thread::Builder::new()
            .name("pcmock".to_owned())
            .spawn(move || {
                actix_rt::System::new().block_on(async move {
                    let factory = move || App::new().configure(app.clone());
                    match listener::serve(listener, workers, source, factory) {
                        Ok(server) => {
                            let _ = started.send(Ok(server.handle()));
                            let _ = server.await;
                        }
                        Err(error) => {
                            let _ = started.send(Err(error.to_string()));
                        }
                    }
                });
            })
            .map_err(|error| StartError::Thread(error.to_string()))?;
        let handle = wait
            .recv()
            .map_err(|error| StartError::Thread(error.to_string()))?
            .map_err(StartError::Thread)?;
        Ok(MockServer { address, shared, tls, handle, thread: Some(thread) })
    }

    /// Starts the server; the same as [`Self::start_blocking`], for asynchronous tests. Starting takes
    /// a few milliseconds.
    #[allow(clippy::unused_async)] // asynchronous tests expect to await a start
    pub async fn start(self) -> Result<MockServer, StartError> {
        self.start_blocking()
    }
}

fn listen(address: SocketAddr) -> Result<TcpListener, StartError> {
    TcpListener::bind(address).map_err(|source| StartError::Listen { address, source })
}

/// A running mock. It stops when dropped.
///
/// ```
/// use partner_center_mock::MockServer;
///
/// let mock = MockServer::start_blocking()?;
/// let customers = format!("{}/v1/customers", mock.base_url());
/// let authorization = format!("Bearer {}", mock.token());
/// # assert!(customers.starts_with("http://127.0.0.1:"));
/// # assert!(authorization.len() > 100);
/// # Ok::<(), partner_center_mock::StartError>(())
/// ```
#[derive(Debug)]
pub struct MockServer {
    address: SocketAddr,
    shared: Arc<Shared>,
    tls: TlsSource,
    handle: ServerHandle,
    thread: Option<thread::JoinHandle<()>>,
}

impl MockServer {
    /// Begins to put a server together.
    pub fn builder() -> Builder {
        Builder::default()
    }

    /// A server with the default fixtures on a free port.
    pub async fn start() -> Result<Self, StartError> {
        Self::builder().start().await
    }

    /// A server with the default fixtures on a free port.
    pub fn start_blocking() -> Result<Self, StartError> {
        Self::builder().start_blocking()
    }

    /// The address it listens on.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Base URL for plain HTTP, without trailing slash.
    pub fn base_url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Base URL for TLS on the same port, without trailing slash.
    pub fn https_url(&self) -> String {
        format!("https://{}", self.address)
    }

    /// The certificate authority's certificate in PEM.
    pub fn ca_pem(&self) -> Option<String> {
        self.tls.ca_pem().ok().flatten().map(str::to_owned)
    }

    /// An app+user token of the partner's first user, for the default world.
    pub fn token(&self) -> String {
        self.default_world().token()
    }

    /// An app-only token of the partner's first client, for the default world.
    pub fn app_token(&self) -> String {
        self.default_world().app_token()
    }

    /// The world that answers when a request chooses none.
    pub fn default_world(&self) -> WorldHandle<'_> {
        WorldHandle { server: self, world: Arc::clone(self.shared.service.worlds.default_world()) }
    }

    /// The world of that name; made from the seed when it is new.
    pub fn world(&self, name: &str) -> Result<WorldHandle<'_>, Error> {
        let world = self.shared.service.worlds.find_or_create(name)?;
        Ok(WorldHandle { server: self, world })
    }

    /// The service behind the socket.
    pub fn service(&self) -> &Service {
        &self.shared.service
    }

    /// Waits until the server has stopped, for whatever reason.
    pub fn join(mut self) {
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }

    /// What stops the server from elsewhere.
    pub fn stopper(&self) -> Stopper {
        Stopper(self.handle.clone())
    }
}

/// Stops a server.
#[derive(Debug, Clone)]
pub struct Stopper(ServerHandle);

impl Stopper {
    /// Lets requests in progress finish, then stops.
    pub fn stop(&self) {
        // Sending the command is enough; whoever joins the server waits for the end.
        drop(self.0.stop(true));
    }
}

impl Drop for MockServer {
    fn drop(&mut self) {
        // Sending the command frees the port; nobody needs to await the end.
        drop(self.handle.stop(false));
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// A world of a running mock.
#[derive(Debug, Clone)]
pub struct WorldHandle<'s> {
    server: &'s MockServer,
    world: Arc<World>,
}

impl WorldHandle<'_> {
    /// Its name.
    pub fn name(&self) -> &str {
        self.world.name()
    }

    /// Base URL that leads to this world whatever the token says.
    pub fn base_url(&self) -> String {
        format!("{}/w/{}", self.server.base_url(), self.world.name())
    }

    /// The world itself.
    pub fn world(&self) -> &Arc<World> {
        &self.world
    }

    /// An app+user token of the partner's first user, for Partner Center.
    pub fn token(&self) -> String {
        self.mint(true, PARTNER_CENTER)
    }

    /// An app-only token of the partner's first client, for Partner Center.
    pub fn app_token(&self) -> String {
        self.mint(false, PARTNER_CENTER)
    }

    fn mint(&self, delegated: bool, audience: &str) -> String {
        let state = self.world.published();
        let partner = &state.partner;
        let tenant = partner.id.to_string();
        let client = partner.clients.first();
        let subject = Subject {
            tenant: &tenant,
            client_id: client.map_or("00000000-0000-0000-0000-000000000001", |c| c.id.as_str()),
            client_kind: ClientKind::Secret,
            service_principal: client.map(|c| c.object_id.0),
            user: partner.users.first().filter(|_| delegated),
        };
        let service = &self.server.shared.service;
        access_token(
            service.tokens.key(),
            subject,
            audience,
            Some(self.world.name()),
            self.world.wall_time(),
            service.options.token_lifetime,
        )
    }

    /// World time.
    pub fn now(&self) -> DateTime<Utc> {
        self.world.view().now
    }

    /// Moves world time on, an ISO 8601 duration such as `P1M`, and runs what falls due.
    pub fn advance(&self, by: &str) -> Result<Vec<Fired>, Error> {
        let by: IsoDuration =
            by.parse().map_err(|error| Error::invalid("by", format!("{error}")))?;
        advance(&self.world, by).map(|(_, fired)| fired)
    }

    /// Puts everything back to the start.
    pub fn reset(&self) {
        self.world.reset(None);
    }
}

/// Moves the clock of a world on and runs what falls due.
pub(crate) fn advance(
    world: &World,
    by: IsoDuration,
) -> Result<(DateTime<Utc>, Vec<Fired>), Error> {
    if by.is_negative() {
        return Err(Error::invalid("by", "must not be negative; set the clock to go back"));
    }
    world.adjust_clock(|clock, wall| {
        let time = by
            .after(clock.now(wall))
            .ok_or_else(|| Error::invalid("by", "reaches beyond the range of dates"))?;
        Ok(clock.set(wall, time))
    })
}

/// Sends a request to a service without a socket.
pub fn answer(service: &Service, request: &mut Request<'_>) -> Outcome {
    crate::api::dispatch::answer(service, request)
}
