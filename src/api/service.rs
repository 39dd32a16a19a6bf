//! What all requests of one server share: its worlds, its keys, its settings.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::faults::Faults;
use super::throttle::Throttling;
use crate::domain::state::State;
use crate::identity::jws::SigningKey;
use crate::identity::token::{AuthLevel, TokenReader};
use crate::world::Registry;

/// Largest body in bytes, unless a server is told otherwise: room for a chunk of 2.5 MB of a support
/// file in base64 (contract: azure-support.md §5).
pub const LARGEST_BODY: usize = 4 << 20;

/// Settings of a server, as opposed to those of a world.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Options {
    /// How closely tokens are looked at.
    pub auth: AuthLevel,
    /// Largest body in bytes.
    pub max_body: usize,
    /// Refuse members of bodies that the service does not know, instead of reporting them.
    pub strict: bool,
    /// Lifetime of issued access tokens in seconds.
    pub token_lifetime: i64,
    /// Public base URL to use in absolute links, instead of what the request says.
    pub public_url: Option<String>,
    /// Whether words in requests stand for faults.
    pub magic_faults: bool,
    /// How worlds throttle until they are told otherwise.
    pub throttling: Throttling,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            auth: AuthLevel::Standard,
            max_body: LARGEST_BODY,
            strict: false,
            token_lifetime: 3599,
            public_url: None,
            magic_faults: true,
            throttling: Throttling::default(),
        }
    }
}

/// What a new world holds, where it differs from the server's seed.
#[derive(Debug, Clone, Default)]
pub struct NewState {
    /// What it holds.
    pub content: NewContent,
    /// Seed of its identifiers.
    pub seed: Option<u64>,
    /// World time at its start.
    pub time: Option<DateTime<Utc>>,
    /// Whether its clock stands still.
    pub frozen: Option<bool>,
}

/// What a new world holds.
#[derive(Debug, Clone, Default)]
pub enum NewContent {
    /// What the server's other worlds began with.
    #[default]
    Seed,
    /// The partner and nothing else.
    Empty,
    /// What fixtures tell, in JSON.
    Fixtures(String),
}

/// Makes the state of a new world, or says why not.
pub type MakeState = Box<dyn Fn(&NewState) -> Result<State, String> + Send + Sync>;

/// Customers to be made up.
#[derive(Debug, Clone, Copy)]
pub struct Growth {
    /// How many.
    pub customers: u64,
    /// What tells them from others.
    pub seed: u64,
    /// Number of the first.
    pub first: u64,
}

/// Lets made up customers come into a state at a moment, or says why not.
pub type GrowState = fn(&mut State, DateTime<Utc>, Growth) -> Result<(), String>;

/// Gives the certificate authority's certificate in PEM.
pub type CaPem = Box<dyn Fn() -> Option<String> + Send + Sync>;

/// A server without its socket.
pub struct Service {
    /// The worlds.
    pub worlds: Registry,
    /// Reads and signs tokens.
    pub tokens: TokenReader,
    /// Settings.
    pub options: Options,
    /// Faults that are armed for every world.
    pub faults: Faults,
    /// The certificate authority's certificate, when the server has its own.
    pub ca_pem: CaPem,
    /// Makes states of new worlds.
    pub make_state: MakeState,
    /// Makes customers up.
    pub grow: GrowState,
}

impl std::fmt::Debug for Service {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Service").field("options", &self.options).finish_non_exhaustive()
    }
}

impl Service {
    /// A service over `worlds`.
    pub fn new(
        worlds: Registry,
        key: Arc<SigningKey>,
        options: Options,
        ca_pem: CaPem,
        make_state: MakeState,
        grow: GrowState,
    ) -> Self {
        Self {
            worlds,
            tokens: TokenReader::new(key),
            options,
            faults: Faults::default(),
            ca_pem,
            make_state,
            grow,
        }
    }
}
