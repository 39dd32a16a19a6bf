//! Putting a server together: what its worlds hold, how it behaves, where it listens.

use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener};
use std::path::PathBuf;
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::Duration;

use actix_web::App;
use chrono::{DateTime, Utc};

use super::MockServer;
use super::keeper::{Keeper, Keeping};
use crate::api::bundle::{Bundle, BundleError, Replayed};
use crate::api::service::{Growth, NewContent, NewState, Options, Service};
use crate::domain::catalogue::Catalogue;
use crate::domain::clock::Pace;
use crate::domain::delay::Delay;
use crate::domain::settings::{Profile, Settings, Transition};
use crate::domain::state::State;
use crate::fixtures::{self, FixtureError, Generation, Start};
use crate::identity::jws::SigningKey;
use crate::identity::token::AuthLevel;
use crate::server::app::{Shared, configure};
use crate::server::hosts::{Hosts, Pattern};
use crate::server::listener;
use crate::server::tls::TlsSource;
use crate::snapshot::{SnapshotError, StateFile};
use crate::world::{Limits, Registry, system_wall_clock};

/// How often idle worlds are looked for.
const EXPIRY_CHECK: Duration = Duration::from_secs(5);

/// Shortest time between two writes of the state file.
const SHORTEST_INTERVAL: Duration = Duration::from_millis(50);

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
    /// The state file cannot be used. It was not touched.
    #[error("the state file {} {reason}", file.display())]
    StateFile {
        /// The file.
        file: PathBuf,
        /// Why.
        reason: String,
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

/// Lets made up customers come.
pub(crate) fn grow(state: &mut State, now: DateTime<Utc>, growth: Growth) -> Result<(), String> {
    let Growth { customers, seed, first } = growth;
    let generation = Generation { customers, seed, first, past: false };
    fixtures::grow(state, now, generation).map_err(|error| error.to_string())
}

/// What the builder was told about the states of worlds.
#[derive(Debug)]
struct Plan {
    content: Content,
    settings: Settings,
    seed: Option<u64>,
    customers: u64,
    time: Option<DateTime<Utc>>,
    frozen: bool,
}

impl Plan {
    fn state(&self, wish: &NewState) -> Result<State, FixtureError> {
        let wall = system_wall_clock();
        let frozen = wish.frozen.unwrap_or(self.frozen);
        let start = Start {
            wall,
            time: wish.time.or(self.time).unwrap_or(wall),
            pace: if frozen { Pace::Frozen } else { Pace::Running { scale: 1.0 } },
            settings: self.settings.clone(),
            seed: wish.seed.or(self.seed),
            customers: if matches!(wish.content, NewContent::Seed) { self.customers } else { 0 },
        };
        match (&wish.content, &self.content) {
            (NewContent::Empty, _) | (NewContent::Seed, Content::Empty) => {
                fixtures::empty_state(&start)
            }
            (NewContent::Fixtures(text), _) => fixtures::state_of_text("fixtures", text, &start),
            (NewContent::Seed, Content::Default) => fixtures::default_state(&start),
            (NewContent::Seed, Content::Path(path)) => fixtures::state_from(path, &start),
        }
    }
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
    customers: u64,
    time: Option<DateTime<Utc>>,
    frozen: bool,
    tls: Option<TlsSource>,
    hosts: Vec<String>,
    passthrough: Vec<Pattern>,
    https_port: Option<u16>,
    signing_key: Option<String>,
    log_requests: bool,
    keeping: Option<Keeping>,
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
            customers: 0,
            time: None,
            frozen: false,
            tls: None,
            hosts: Vec::new(),
            passthrough: Vec::new(),
            https_port: None,
            signing_key: None,
            log_requests: false,
            keeping: None,
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

    /// How long a transition takes: `"PT30S".parse()`, `Delay::Polls(3)` or `Delay::Manual`.
    #[must_use]
    pub fn delay(mut self, transition: Transition, delay: Delay) -> Self {
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

    /// So many customers made up from the seed, with a past, beside those of the fixtures.
    #[must_use]
    pub fn customers(mut self, customers: u64) -> Self {
        self.customers = customers;
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

    /// Hosts that the proxy lets through. By default it refuses every host that the mock does not stand
    /// in for; those of the real service are answered here, whatever is let through.
    #[must_use]
    pub fn proxy_passthrough(mut self, hosts: Vec<Pattern>) -> Self {
        self.passthrough = hosts;
        self
    }

    /// Listens on a second port of the same address, for clients that were led here by a hosts file and
    /// know port 443 only.
    #[must_use]
    pub fn https_port(mut self, port: u16) -> Self {
        self.https_port = Some(port);
        self
    }

    /// A private key in PEM that signs tokens, instead of the public test key.
    #[must_use]
    pub fn signing_key(mut self, pem: String) -> Self {
        self.signing_key = Some(pem);
        self
    }

    /// Keeps all worlds in a file: they are read at the start, where the file exists, and written at the
    /// end and every so often when something changed. What the file holds counts, whatever content and
    /// settings were named here.
    #[must_use]
    pub fn state_file(mut self, file: impl Into<PathBuf>, every: Duration) -> Self {
        self.keeping = Some(Keeping { file: file.into(), every: every.max(SHORTEST_INTERVAL) });
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
        self.content_plan().state(&NewState::default())
    }

    fn content_plan(&self) -> Plan {
        Plan {
            content: self.content.clone(),
            settings: self.settings.clone(),
            seed: self.seed,
            customers: self.customers,
            time: self.time,
            frozen: self.frozen,
        }
    }

    /// The service without a socket, with new worlds.
    pub fn service(&self, tls: &TlsSource) -> Result<Service, StartError> {
        let worlds = Registry::new(self.state()?, self.limits, Arc::new(system_wall_clock));
        self.service_of(worlds, tls)
    }

    fn service_of(&self, worlds: Registry, tls: &TlsSource) -> Result<Service, StartError> {
        let key = self.key()?;
        let tls = tls.clone();
        let ca_pem = Box::new(move || tls.ca_pem().ok().flatten().map(str::to_owned));
        let plan = self.content_plan();
        let make_state =
            Box::new(move |wish: &NewState| plan.state(wish).map_err(|error| error.to_string()));
        Ok(Service::new(worlds, key, self.options.clone(), ca_pem, make_state, grow))
    }

    /// The service with the worlds of the state file, where one is named, and the file.
    fn kept_service(&self, tls: &TlsSource) -> Result<(Option<StateFile>, Service), StartError> {
        let Some(keeping) = &self.keeping else { return Ok((None, self.service(tls)?)) };
        let fault = |error: SnapshotError| StartError::StateFile {
            file: keeping.file.clone(),
            reason: error.to_string(),
        };
        let file = StateFile::take(&keeping.file).map_err(fault)?;
        let wall = Arc::new(system_wall_clock);
        let kept = file.load(&Catalogue::embedded(), self.limits, wall).map_err(fault)?;
        let service = match kept {
            Some(worlds) => self.service_of(worlds, tls)?,
            None => self.service(tls)?,
        };
        Ok((Some(file), service))
    }

    /// Plays a recorded run again, without a socket, and says which answers differ; `report` is told
    /// how many calls were played. The run brings its own settings; what counts here is the signing
    /// key.
    ///
    /// ```
    /// use partner_center_mock::MockServer;
    ///
    /// let mock = MockServer::start_blocking()?;
    /// // … the calls of a client …
    /// let bundle = mock.default_world().bundle()?;
    /// let replayed = MockServer::builder().replay(&bundle, |_| {})?;
    /// assert!(replayed.is_identical());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn replay(
        self,
        bundle: &Bundle,
        report: impl FnMut(usize),
    ) -> Result<Replayed, BundleError> {
        let key = self.key().map_err(|error| BundleError::Unreadable(error.to_string()))?;
        let plan = self.content_plan();
        let options = bundle.options.clone();
        let limits = self.limits;
        let make = move |state: State| {
            let worlds = Registry::new(state, limits, Arc::new(system_wall_clock));
            let make_state = Box::new(move |wish: &NewState| {
                plan.state(wish).map_err(|error| error.to_string())
            });
            Service::new(worlds, key, options, Box::new(|| None), make_state, grow)
        };
        bundle.replay(make, report)
    }

    fn key(&self) -> Result<Arc<SigningKey>, StartError> {
        let key = match &self.signing_key {
            Some(pem) => SigningKey::from_pem(pem),
            None => SigningKey::embedded(),
        };
        key.map(Arc::new).map_err(|error| StartError::SigningKey(error.to_string()))
    }

    /// Starts the server in a thread of its own and waits until it answers.
    pub fn start_blocking(self) -> Result<MockServer, StartError> {
        let tls = self.tls.clone().unwrap_or_else(TlsSource::ephemeral);
        let (kept, service) = self.kept_service(&tls)?;
        let listener = listen(self.address)?;
        let address = listener
            .local_addr()
            .map_err(|source| StartError::Listen { address: self.address, source })?;
        let hosts = if address.ip().is_loopback() {
            Hosts::loopback(self.hosts.clone())
        } else {
            Hosts::any().and(self.hosts.clone())
        };
        let hosts = Arc::new(hosts.letting_through(self.passthrough.clone()));
        let mut listeners = vec![listener];
        let mut https_port = None;
        if let Some(port) = self.https_port {
            let listener = listen(SocketAddr::new(self.address.ip(), port))?;
            https_port = listener.local_addr().ok().map(|address| address.port());
            listeners.push(listener);
        }
        let shared = Arc::new(Shared {
            service,
            hosts: Arc::clone(&hosts),
            log_requests: self.log_requests,
        });
        let app = configure(Arc::clone(&shared));
        let expiring = self.limits.idle.map(|_| Arc::clone(&shared));
        let (started, wait) = mpsc::channel();
        let (source, workers) = (tls.clone(), self.workers);
        let thread = thread::Builder::new()
            .name("pcmock".to_owned())
            .spawn(move || {
                actix_rt::System::new().block_on(async move {
                    let factory = move || App::new().configure(app.clone());
                    match listener::serve(listeners, workers, source, &hosts, factory) {
                        Ok(server) => {
                            let _ = started.send(Ok(server.handle()));
                            if let Some(shared) = expiring {
                                actix_rt::spawn(expire(shared));
                            }
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
        let every = self.keeping.as_ref().map_or(SHORTEST_INTERVAL, |keeping| keeping.every);
        let keeper = kept.map(|file| Keeper::start(file, every, Arc::clone(&shared)));
        let keeper = keeper.transpose().map_err(|error| StartError::Thread(error.to_string()))?;
        Ok(MockServer {
            address,
            https_port,
            shared,
            tls,
            handle,
            thread: Some(thread),
            _keeper: keeper,
        })
    }

    /// Starts the server; the same as [`Self::start_blocking`], for asynchronous tests. Starting takes
    /// a few milliseconds.
    #[allow(clippy::unused_async)] // asynchronous tests expect to await a start
    pub async fn start(self) -> Result<MockServer, StartError> {
        self.start_blocking()
    }
}

/// Takes worlds away that nobody calls, for as long as the server runs.
async fn expire(shared: Arc<Shared>) {
    let mut tick = actix_rt::time::interval(EXPIRY_CHECK);
    loop {
        tick.tick().await;
        for name in shared.service.worlds.expire() {
            tracing::info!(world = %name, "a world was not called for too long and is gone");
        }
    }
}

fn listen(address: SocketAddr) -> Result<TcpListener, StartError> {
    TcpListener::bind(address).map_err(|source| StartError::Listen { address, source })
}
