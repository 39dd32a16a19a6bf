//! The worlds of a server by name, and which client or tenant leads to which.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use chrono::TimeDelta;
use dashmap::DashMap;
use dashmap::mapref::entry::Entry;

use super::snapshot::Snapshots;
use super::{WallClock, World};
use crate::domain::state::State;

/// The world that answers when a request chooses none.
pub const DEFAULT_WORLD: &str = "default";

/// How much a server takes.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Most worlds at once.
    pub worlds: usize,
    /// How long in wall time a world other than the default one stays without being called; for ever
    /// when absent.
    pub idle: Option<TimeDelta>,
    /// How many past states each world keeps for diffs and reads of the past.
    pub history: usize,
    /// How many requests each world remembers.
    pub journal: usize,
    /// Bytes of a body that are remembered; the rest is counted.
    pub journal_body: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { worlds: 10_000, idle: None, history: 200, journal: 1_000, journal_body: 16 << 10 }
    }
}

/// Where a new world begins.
#[derive(Debug, Clone)]
pub enum Origin {
    /// As all worlds begin.
    Seed,
    /// As a world is now.
    World(String),
    /// As a state that was kept or made.
    State(Arc<State>),
}

/// Whether a world or a snapshot can have this name: a path, a header and a client id can carry it.
pub(super) fn is_name(name: &str) -> bool {
    (1..=64).contains(&name.len())
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b))
}

/// Why a world cannot be had.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WorldError {
    /// The name has characters that a path, header or client id cannot carry.
    #[error("`{0}` is no name for a world: use 1 to 64 letters, digits, `-`, `_` or `.`")]
    BadName(String),
    /// The server is full.
    #[error("this server holds {0} worlds already; delete some or raise --max-worlds")]
    TooMany(usize),
    /// A world of that name exists.
    #[error("a world named `{0}` exists already")]
    Exists(String),
    /// No world of that name exists.
    #[error("there is no world named `{0}`")]
    Unknown(String),
    /// The default world stays.
    #[error("the world `default` cannot be deleted; reset it instead")]
    Permanent,
}

/// All worlds of a server.
pub struct Registry {
    worlds: DashMap<Arc<str>, Arc<World>>,
    /// World by client id or tenant, lower-case.
    registered: DashMap<String, Arc<str>>,
    registrations: AtomicUsize,
    count: AtomicUsize,
    default: Arc<World>,
    seed: Arc<State>,
    limits: Limits,
    wall: WallClock,
    snapshots: Snapshots,
}

impl std::fmt::Debug for Registry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Registry").field("limits", &self.limits).finish_non_exhaustive()
    }
}

impl Registry {
    /// A registry whose worlds all start as copies of `seed`.
    pub fn new(seed: State, limits: Limits, wall: WallClock) -> Self {
        Self::of(Arc::new(seed), limits, wall)
    }

    /// The same, where the seed is shared.
    pub fn of(seed: Arc<State>, limits: Limits, wall: WallClock) -> Self {
        let default = World::fork(DEFAULT_WORLD, Arc::clone(&seed), limits.history, wall.clone());
        let default = Arc::new(default);
        let worlds = DashMap::new();
        worlds.insert(Arc::from(DEFAULT_WORLD), Arc::clone(&default));
        Self {
            worlds,
            registered: DashMap::new(),
            registrations: AtomicUsize::new(0),
            count: AtomicUsize::new(1),
            default,
            seed,
            limits,
            wall,
            snapshots: Snapshots::default(),
        }
    }

    /// The world that answers when none is chosen.
    pub fn default_world(&self) -> &Arc<World> {
        &self.default
    }

    /// The state that new worlds start from.
    pub fn seed(&self) -> &Arc<State> {
        &self.seed
    }

    /// The world of that name, if there is one.
    pub fn find(&self, name: &str) -> Option<Arc<World>> {
        if name == DEFAULT_WORLD {
            return Some(Arc::clone(&self.default));
        }
        self.worlds.get(name).map(|entry| Arc::clone(&entry))
    }

    /// The world of that name, forked from the seed when it is new.
    pub fn find_or_create(&self, name: &str) -> Result<Arc<World>, WorldError> {
        match self.find(name) {
            Some(world) => Ok(world),
            None => match self.create(name, Origin::Seed) {
                Err(WorldError::Exists(_)) => {
                    self.find(name).ok_or_else(|| WorldError::Unknown(name.to_owned()))
                }
                other => other,
            },
        }
    }

    /// What was kept of worlds under names.
    pub fn snapshots(&self) -> &Snapshots {
        &self.snapshots
    }

    /// How much this server takes.
    pub fn limits(&self) -> Limits {
        self.limits
    }

    /// Takes away the worlds that nobody has called for too long. Gives their names.
    pub fn expire(&self) -> Vec<Arc<str>> {
        let Some(idle) = self.limits.idle else { return Vec::new() };
        let oldest = (self.default.wall_time() - idle).timestamp();
        let expired = |world: &World| world.name() != DEFAULT_WORLD && world.last_used() < oldest;
        let names: Vec<Arc<str>> = self
            .worlds
            .iter()
            .filter(|entry| expired(entry))
            .map(|entry| Arc::clone(entry.key()))
            .collect();
        // Whoever calls in between keeps the world.
        let gone =
            |name: &Arc<str>| self.worlds.remove_if(name, |_, world| expired(world)).is_some();
        let names: Vec<Arc<str>> = names.into_iter().filter(gone).collect();
        self.forget(&names);
        names
    }

    /// Forgets what led to worlds that were taken away.
    fn forget(&self, gone: &[Arc<str>]) {
        self.count.fetch_sub(gone.len(), Ordering::Relaxed);
        if !gone.is_empty() {
            self.registered.retain(|_, world| !gone.contains(world));
            self.registrations.store(self.registered.len(), Ordering::Relaxed);
        }
    }

    /// A new world.
    pub fn create(&self, name: &str, origin: Origin) -> Result<Arc<World>, WorldError> {
        if !is_name(name) {
            return Err(WorldError::BadName(name.chars().take(64).collect()));
        }
        let state = match origin {
            Origin::Seed => Arc::clone(&self.seed),
            Origin::World(from) => self.find(&from).ok_or(WorldError::Unknown(from))?.published(),
            Origin::State(state) => state,
        };
        match self.worlds.entry(Arc::from(name)) {
            Entry::Occupied(_) => Err(WorldError::Exists(name.to_owned())),
            Entry::Vacant(vacant) => {
                let count = self.count.fetch_add(1, Ordering::Relaxed);
                if count >= self.limits.worlds {
                    self.count.fetch_sub(1, Ordering::Relaxed);
                    return Err(WorldError::TooMany(count));
                }
                let wall = self.wall.clone();
                let world = Arc::new(World::fork(name, state, self.limits.history, wall));
                vacant.insert(Arc::clone(&world));
                Ok(world)
            }
        }
    }

    /// A world that begins as `seed` and was there before; the default world is there already.
    pub fn adopt(&self, name: &str, seed: Arc<State>) -> Result<Arc<World>, WorldError> {
        if name == DEFAULT_WORLD {
            return Ok(Arc::clone(&self.default));
        }
        self.create(name, Origin::State(seed))
    }

    /// Takes a world away with all it holds.
    pub fn delete(&self, name: &str) -> Result<(), WorldError> {
        if name == DEFAULT_WORLD {
            return Err(WorldError::Permanent);
        }
        let (removed, _) =
            self.worlds.remove(name).ok_or_else(|| WorldError::Unknown(name.to_owned()))?;
        self.forget(&[removed]);
        Ok(())
    }

    /// How many worlds there are.
    pub fn len(&self) -> usize {
        self.count.load(Ordering::Relaxed)
    }

    /// Never: the default world is always there.
    pub fn is_empty(&self) -> bool {
        false
    }

    /// All worlds in the order of their names.
    pub fn list(&self) -> Vec<Arc<World>> {
        let mut worlds: Vec<_> = self.worlds.iter().map(|entry| Arc::clone(&entry)).collect();
        worlds.sort_by(|a, b| a.name().cmp(b.name()));
        worlds
    }

    /// Makes a client id or tenant lead to a world.
    pub fn register(&self, key: &str, world: &World) {
        self.registered.insert(key.to_ascii_lowercase(), Arc::from(world.name()));
        self.registrations.store(self.registered.len(), Ordering::Relaxed);
    }

    /// The world a client id or tenant leads to: registered, or named as `{id}@{world}`.
    pub fn world_of(&self, key: &str) -> Result<Option<Arc<World>>, WorldError> {
        if let Some((_, name)) = key.split_once('@') {
            return self.find_or_create(name).map(Some);
        }
        // Counted apart, because asking the map itself locks all of its parts.
        if self.registrations.load(Ordering::Relaxed) == 0 {
            return Ok(None);
        }
        let name = self.registered.get(&key.to_ascii_lowercase()).map(|n| Arc::clone(&n));
        Ok(name.and_then(|name| self.find(&name)))
    }

    /// The client ids and tenants that lead to a world.
    pub fn keys_of(&self, world: &World) -> Vec<String> {
        let mut keys: Vec<_> = self
            .registered
            .iter()
            .filter(|entry| **entry.value() == *world.name())
            .map(|entry| entry.key().clone())
            .collect();
        keys.sort();
        keys
    }
}
