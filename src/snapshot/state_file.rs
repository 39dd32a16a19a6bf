//! The file that keeps all worlds of a server from one run to the next: read at the start, written now
//! and then and at the end. States that came of one another are written as what changed, so that a
//! thousand worlds of one seed take little more room than what happened in them.

use std::collections::HashMap;
use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use uuid::Uuid;

use super::place::Text;
use super::written::{self, Stated, States};
use super::{Head, SnapshotError, VERSION, read_file, this_program, write_whole};
use crate::domain::catalogue::Catalogue;
use crate::domain::state::State;
use crate::store::shared;
use crate::world::snapshot::Snapshot;
use crate::world::{DEFAULT_WORLD, Limits, Registry, WallClock};

/// What the file says it is.
const FORMAT: &str = "pcmock-state";

/// A file that keeps the worlds of one server, and of no other at the same time.
#[derive(Debug)]
pub struct StateFile {
    file: PathBuf,
    /// Held as long as the server runs; the system lets go of it when the process ends.
    _lock: File,
    /// What the file holds, so that it is written only when something is new.
    saved: Mutex<Vec<Seen>>,
}

/// What can change about a server, compared by pointers. Holding on to the states keeps their
/// addresses from being used again.
#[derive(Debug, Clone)]
enum Seen {
    World { name: String, seed: Arc<State>, state: Arc<State>, keys: Vec<String> },
    Snapshot { name: String, state: Arc<State> },
}

impl PartialEq for Seen {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (
                Self::World { name, seed, state, keys },
                Self::World { name: name_b, seed: seed_b, state: state_b, keys: keys_b },
            ) => {
                name == name_b
                    && keys == keys_b
                    && Arc::ptr_eq(seed, seed_b)
                    && Arc::ptr_eq(state, state_b)
            }
            (Self::Snapshot { name, state }, Self::Snapshot { name: name_b, state: state_b }) => {
                name == name_b && Arc::ptr_eq(state, state_b)
            }
            _ => false,
        }
    }
}

/// The file as it is written.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Written<'a> {
    format: &'static str,
    version: u64,
    made_by: String,
    saved_at: DateTime<Utc>,
    catalogue: Uuid,
    states: Vec<Stated<'a>>,
    worlds: Vec<WrittenWorld>,
    snapshots: Vec<WrittenSnapshot>,
}

/// The file as it is read.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Read<'a> {
    #[serde(rename = "format")]
    _format: String,
    #[serde(rename = "version")]
    _version: u64,
    #[serde(rename = "madeBy")]
    _made_by: String,
    #[serde(rename = "savedAt")]
    _saved_at: DateTime<Utc>,
    #[serde(rename = "catalogue")]
    _catalogue: Uuid,
    #[serde(borrow)]
    states: Vec<&'a RawValue>,
    worlds: Vec<WrittenWorld>,
    snapshots: Vec<WrittenSnapshot>,
}

/// A world: where it began and where it is, by the places of its states.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct WrittenWorld {
    name: String,
    seed: usize,
    state: usize,
    calls: u64,
    registered: Vec<String>,
}

/// A snapshot under its name.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct WrittenSnapshot {
    name: String,
    made_by: String,
    world: String,
    taken_at: DateTime<Utc>,
    state: usize,
}

/// The states of a file, each once.
struct Places {
    states: States,
    known: HashMap<*const State, usize>,
    wall: DateTime<Utc>,
}

impl Places {
    fn of(&mut self, state: &Arc<State>, base: Option<usize>) -> usize {
        let now = state.clock.now(self.wall);
        self.at(state, now, base)
    }

    fn at(&mut self, state: &Arc<State>, now: DateTime<Utc>, base: Option<usize>) -> usize {
        let states = &mut self.states;
        *self.known.entry(Arc::as_ptr(state)).or_insert_with(|| states.add(state, now, base))
    }
}

impl StateFile {
    /// Takes the file, which need not exist yet. Refused where another server has it.
    pub fn take(file: impl Into<PathBuf>) -> Result<Self, SnapshotError> {
        let file = file.into();
        let mut name = file.file_name().unwrap_or_default().to_owned();
        name.push(".lock");
        let beside = file.with_file_name(name);
        let fault = |error: std::io::Error| {
            SnapshotError::File(format!("cannot be locked by {}: {error}", beside.display()))
        };
        let lock = File::create(&beside).map_err(fault)?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { file, _lock: lock, saved: Mutex::default() }),
            Err(TryLockError::WouldBlock) => Err(SnapshotError::File(
                "keeps the worlds of another server that is running; stop it, or name another file"
                    .to_owned(),
            )),
            Err(TryLockError::Error(error)) => Err(fault(error)),
        }
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.file
    }

    /// The worlds in the file; none where there is no file yet. Their clocks go on from where they were
    /// when it was written.
    pub fn load(
        &self,
        catalogue: &Arc<Catalogue>,
        limits: Limits,
        wall: WallClock,
    ) -> Result<Option<Registry>, SnapshotError> {
        if !self.file.try_exists().map_err(|error| SnapshotError::File(error.to_string()))? {
            return Ok(None);
        }
        read(&read_file(&self.file)?, catalogue, limits, wall).map(Some)
    }

    /// Writes all worlds. Where nothing has changed since the last time, it only does so when `always`.
    /// Tells whether it did. Waits for no world and holds none up.
    pub fn save(&self, worlds: &Registry, always: bool) -> Result<bool, SnapshotError> {
        let mut saved = self.saved.lock().unwrap_or_else(PoisonError::into_inner);
        let seen = seen(worlds);
        if !always && *saved == seen {
            return Ok(false);
        }
        write_all(worlds, &self.file)?;
        *saved = seen;
        Ok(true)
    }
}

fn seen(registry: &Registry) -> Vec<Seen> {
    let worlds = registry.list().into_iter().map(|world| Seen::World {
        name: world.name().to_owned(),
        seed: Arc::clone(world.seed()),
        state: world.published(),
        keys: registry.keys_of(&world),
    });
    let snapshots = registry.snapshots().list().into_iter();
    let snapshots =
        snapshots.map(|(name, it)| Seen::Snapshot { name, state: Arc::clone(&it.state) });
    worlds.chain(snapshots).collect()
}

fn write_all(registry: &Registry, file: &Path) -> Result<(), SnapshotError> {
    let wall = registry.default_world().wall_time();
    let mut places = Places { states: States::default(), known: HashMap::new(), wall };
    // The seed of all worlds comes first: what others are written as changes of.
    let root = places.of(registry.seed(), None);
    let mut worlds = Vec::new();
    for world in registry.list() {
        let seed = places.of(world.seed(), Some(root));
        worlds.push(WrittenWorld {
            name: world.name().to_owned(),
            seed,
            state: places.of(&world.published(), Some(seed)),
            calls: world.calls(),
            registered: registry.keys_of(&world),
        });
    }
    let mut snapshots = Vec::new();
    for (name, kept) in registry.snapshots().list() {
        snapshots.push(WrittenSnapshot {
            name,
            made_by: kept.made_by.clone(),
            world: kept.world.clone(),
            taken_at: kept.taken_at,
            // A world may be in the very same state; the clock is what `taken_at` says all the same.
            state: places.at(&kept.state, kept.taken_at, Some(root)),
        });
    }
    places.states.write(|states| {
        let written = Written {
            format: FORMAT,
            version: VERSION,
            made_by: this_program(),
            saved_at: wall,
            catalogue: registry.seed().catalogue.fingerprint(),
            states,
            worlds,
            snapshots,
        };
        write_whole(file, &written)
    })
}

fn read(
    text: &str,
    catalogue: &Arc<Catalogue>,
    limits: Limits,
    wall: WallClock,
) -> Result<Registry, SnapshotError> {
    let text = Text::new(text);
    Head::check(&text, FORMAT, catalogue)?;
    let read: Read<'_> = text.read().map_err(|error| text.misfit(&error))?;
    let states = shared::reading(|| written::read(&text, &read.states, catalogue, wall()))?;
    let refuse =
        |path: String, reason: String| SnapshotError::Misfit { path, line: 0, column: 0, reason };
    let state = |path: String, at: usize| {
        let missing = || refuse(path, format!("there is no state {at}"));
        states.get(at).map(Arc::clone).ok_or_else(missing)
    };
    // The first state is what new worlds begin as.
    let seed = state("states".to_owned(), 0)?;
    if read.worlds.len() > limits.worlds {
        let reason =
            format!("there are {} worlds; start with --max-worlds above that", read.worlds.len());
        return Err(refuse("worlds".to_owned(), reason));
    }
    let registry = Registry::of(seed, limits, wall);
    for (index, written) in read.worlds.into_iter().enumerate() {
        let at = |member: &str| format!("worlds[{index}].{member}");
        let (seed, now) = (state(at("seed"), written.seed)?, state(at("state"), written.state)?);
        if written.name == DEFAULT_WORLD && !Arc::ptr_eq(&seed, registry.seed()) {
            return Err(refuse(at("seed"), "the default world begins as state 0".to_owned()));
        }
        let world = registry
            .adopt(&written.name, seed)
            .map_err(|error| refuse(at("name"), error.to_string()))?;
        world.begin(now, written.calls);
        for key in &written.registered {
            registry.register(key, &world);
        }
    }
    for (index, written) in read.snapshots.into_iter().enumerate() {
        let state = state(format!("snapshots[{index}].state"), written.state)?;
        let WrittenSnapshot { name, made_by, world, taken_at, .. } = written;
        let snapshot = Snapshot { made_by, world, taken_at, state };
        let kept = registry.snapshots().keep(&name, snapshot);
        kept.map_err(|error| refuse(format!("snapshots[{index}].name"), error.to_string()))?;
    }
    Ok(registry)
}
