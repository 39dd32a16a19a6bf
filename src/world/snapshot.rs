//! What is kept of worlds under names: a snapshot is a state and the world time at which it was taken.
//! How one becomes a document is in [`crate::snapshot`].

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, Utc};

use super::World;
use super::registry::is_name;
use crate::domain::state::State;

/// Most snapshots that a server keeps.
pub const MOST_SNAPSHOTS: usize = 1_000;

/// This program, for what it takes.
fn this_program() -> String {
    format!("partner-center-mock {}", env!("CARGO_PKG_VERSION"))
}

/// Why a snapshot cannot be kept or had.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeepError {
    /// No name for a snapshot.
    #[error("`{0}` is no name for a snapshot: use 1 to 64 letters, digits, `-`, `_` or `.`")]
    BadName(String),
    /// The server is full.
    #[error(
        "this server keeps {MOST_SNAPSHOTS} snapshots already; DELETE some of GET /_mock/snapshots"
    )]
    TooMany,
    /// No snapshot of that name.
    #[error("there is no snapshot named `{0}`; GET /_mock/snapshots lists them")]
    Unknown(String),
}

/// A world at one moment.
#[derive(Debug, Clone)]
pub struct Snapshot {
    /// The program that took it.
    pub made_by: String,
    /// Name of the world it was taken of.
    pub world: String,
    /// World time at which it was taken.
    pub taken_at: DateTime<Utc>,
    /// What it holds. Its clock stands in relation to the wall time of then; see [`Self::state_at`].
    pub state: Arc<State>,
}

impl Snapshot {
    /// The world as it is now.
    pub fn of(world: &World) -> Self {
        let view = world.view();
        Self {
            made_by: this_program(),
            world: world.name().to_owned(),
            taken_at: view.now,
            state: view.state,
        }
    }

    /// The state for a world that goes on from here: its clock shows the time of the snapshot at wall
    /// time `wall`.
    pub fn state_at(&self, wall: DateTime<Utc>) -> State {
        let mut state = State::clone(&self.state);
        state.clock = state.clock.set(wall, self.taken_at);
        state
    }
}

/// The snapshots that a server keeps, by name, for all its worlds.
#[derive(Debug, Default)]
pub struct Snapshots {
    kept: Mutex<BTreeMap<String, Arc<Snapshot>>>,
}

impl Snapshots {
    fn kept(&self) -> std::sync::MutexGuard<'_, BTreeMap<String, Arc<Snapshot>>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps a snapshot, instead of the one that had the name before.
    pub fn keep(&self, name: &str, snapshot: Snapshot) -> Result<Arc<Snapshot>, KeepError> {
        if !is_name(name) {
            return Err(KeepError::BadName(name.chars().take(64).collect()));
        }
        let mut kept = self.kept();
        if kept.len() >= MOST_SNAPSHOTS && !kept.contains_key(name) {
            return Err(KeepError::TooMany);
        }
        let snapshot = Arc::new(snapshot);
        kept.insert(name.to_owned(), Arc::clone(&snapshot));
        Ok(snapshot)
    }

    /// The snapshot of that name.
    pub fn find(&self, name: &str) -> Result<Arc<Snapshot>, KeepError> {
        let unknown = || KeepError::Unknown(name.chars().take(64).collect());
        self.kept().get(name).map(Arc::clone).ok_or_else(unknown)
    }

    /// Forgets a snapshot.
    pub fn forget(&self, name: &str) -> Result<(), KeepError> {
        let unknown = || KeepError::Unknown(name.chars().take(64).collect());
        self.kept().remove(name).map(drop).ok_or_else(unknown)
    }

    /// All of them, by name.
    pub fn list(&self) -> Vec<(String, Arc<Snapshot>)> {
        self.kept().iter().map(|(name, it)| (name.clone(), Arc::clone(it))).collect()
    }
}
