//! The mock inside a Rust program: a server on a free port, gone when dropped, with worlds and clock
//! as methods.

mod builder;
mod clock;
mod faults;
mod journal;
mod keeper;
mod marks;
mod replay;
mod snapshots;
mod worlds;

use std::net::SocketAddr;
use std::sync::Arc;
use std::thread;

use actix_server::ServerHandle;
use chrono::{DateTime, Utc};
use rust_decimal::Decimal;

use crate::api::service::Service;
use crate::domain::error::Error;
use crate::domain::ids::ReservationId;
use crate::domain::support::agent::{Decision, decide};
use crate::domain::support::find_called;
use crate::domain::utilization::{self, Percentage, Usage};
use crate::identity::issue::{ClientKind, Subject, access_token};
use crate::server::app::Shared;
use crate::server::tls::TlsSource;
use crate::world::{Fired, World};

pub(crate) use builder::grow;
pub use builder::{Builder, Content, StartError};
pub use clock::ClockHandle;
pub use journal::{Called, NotVerified};
pub use worlds::NewWorld;

/// Audience of tokens for Partner Center.
pub const PARTNER_CENTER: &str = "https://api.partnercenter.microsoft.com";
/// Audience of tokens for Azure Resource Manager.
pub const AZURE: &str = "https://management.azure.com";
/// Audience of tokens for Microsoft Graph.
pub const GRAPH: &str = "https://graph.microsoft.com";

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
    https_port: Option<u16>,
    shared: Arc<Shared>,
    tls: TlsSource,
    handle: ServerHandle,
    thread: Option<thread::JoinHandle<()>>,
    /// Dropped last, when nothing changes any more.
    _keeper: Option<keeper::Keeper>,
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

    /// The second port it listens on, where one was asked for ([`Builder::https_port`]).
    pub fn https_port(&self) -> Option<u16> {
        self.https_port
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

    /// An app+user token of the partner's first user for Azure Resource Manager, in the tenant of a
    /// customer (or any other tenant id).
    pub fn azure_token(&self, tenant: &str) -> String {
        self.mint_in(tenant, true, AZURE)
    }

    /// An app-only token of the partner's first client for Azure Resource Manager, in the tenant of a
    /// customer (or any other tenant id).
    pub fn azure_app_token(&self, tenant: &str) -> String {
        self.mint_in(tenant, false, AZURE)
    }

    /// An app+user token of the partner's first user for Microsoft Graph, in the tenant of the partner or
    /// of a customer.
    pub fn graph_token(&self, tenant: &str) -> String {
        self.mint_in(tenant, true, GRAPH)
    }

    /// An app-only token of the partner's first client for Microsoft Graph.
    pub fn graph_app_token(&self, tenant: &str) -> String {
        self.mint_in(tenant, false, GRAPH)
    }

    fn mint(&self, delegated: bool, audience: &str) -> String {
        let tenant = self.world.published().partner.id.to_string();
        self.mint_in(&tenant, delegated, audience)
    }

    fn mint_in(&self, tenant: &str, delegated: bool, audience: &str) -> String {
        let state = self.world.published();
        let partner = &state.partner;
        let client = partner.clients.first();
        let subject = Subject {
            tenant,
            client_id: client.map_or("00000000-0000-0000-0000-000000000001", |c| c.id.as_str()),
            client_kind: ClientKind::Secret,
            service_principal: client
                .zip(tenant.parse().ok())
                .map(|(client, tenant)| partner.service_principal(client, tenant).0),
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
        self.clock().advance(by)
    }

    /// Lays down how much of a reservation is used: percent of its quantity in every hour, past days
    /// included. Days and resources can be laid down through `/_mock/reservations/{id}/utilization`.
    ///
    /// ```
    /// use partner_center_mock::MockServer;
    ///
    /// let mock = MockServer::start_blocking()?;
    /// let reservation = "c4f1d2a7-5b6e-4a08-9f37-2d1e6c8b0a95";
    /// mock.default_world().set_utilization(reservation, 40)?;
    /// # let refused = mock.default_world().set_utilization(reservation, 101);
    /// # assert!(refused.unwrap_err().to_string().contains("percent: must be 0 to 100"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn set_utilization(
        &self,
        reservation: &str,
        percent: impl Into<Decimal>,
    ) -> Result<(), Error> {
        let id: ReservationId = reservation
            .parse()
            .map_err(|error| Error::invalid("reservation", format!("{error}")))?;
        let usage = Usage::Constant(Percentage::of("percent", percent.into())?);
        self.world.write(|tx| utilization::set(tx, id, usage))
    }

    /// Decides on a support case as a person at the desk would; `case` is its name in Azure, its ticket
    /// id or its service request id.
    pub fn decide(&self, case: &str, decision: Decision) -> Result<(), Error> {
        self.world.write(|tx| {
            let id = find_called(tx, case)?;
            decide(tx, id, decision)
        })
    }

    /// Puts everything back to the start.
    pub fn reset(&self) {
        self.world.reset(None);
    }
}
