//! A world: one isolated Partner Center. Holds the published state, the one writer, and what lives
//! beside the state. Reading waits for nobody; writing is all or nothing.

mod registry;

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use chrono::{DateTime, Utc};

use crate::domain::audit::Actor;
use crate::domain::clock::Clock;
use crate::domain::error::{Error, Result};
use crate::domain::state::State;
use crate::domain::timers::Timer;
use crate::domain::transaction::Transaction;

pub use registry::{DEFAULT_WORLD, Limits, Registry, WorldError};

/// Where wall time comes from.
pub type WallClock = fn() -> DateTime<Utc>;

/// The system's clock. The only place that reads it for worlds.
#[allow(clippy::disallowed_methods)] // this is the one source of wall time
pub fn system_wall_clock() -> DateTime<Utc> {
    Utc::now()
}

/// Most timers that one call runs; what remains runs with the next.
const MOST_TIMERS_AT_ONCE: usize = 1_000_000;

/// A timer that fired.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fired {
    /// When it was due, in world time.
    pub at: DateTime<Utc>,
    /// What it was.
    pub timer: Timer,
}

/// The state at one moment, for reading.
#[derive(Debug, Clone)]
pub struct View {
    /// The state.
    pub state: Arc<State>,
    /// World time.
    pub now: DateTime<Utc>,
}

/// One isolated Partner Center.
pub struct World {
    name: Arc<str>,
    published: RwLock<Arc<State>>,
    /// Serialises writers. Nothing awaits while it is held.
    writer: Mutex<()>,
    seed: Arc<State>,
    wall: WallClock,
    calls: AtomicU64,
    /// What lives beside the state, by the layers above; cleared by a reset.
    attachments: Attachments,
}

/// Room for what belongs to a world but is not state: answers kept for repeated requests and the
/// like. The layers above put their own type in.
type Attachments = Mutex<Vec<Arc<dyn std::any::Any + Send + Sync>>>;

impl std::fmt::Debug for World {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("World").field("name", &self.name).finish_non_exhaustive()
    }
}

impl World {
    /// A world that starts as a copy of `seed` and returns to it on reset.
    pub fn fork(name: &str, seed: Arc<State>, wall: WallClock) -> Self {
        Self {
            name: Arc::from(name),
            published: RwLock::new(Arc::clone(&seed)),
            writer: Mutex::new(()),
            seed,
            wall,
            calls: AtomicU64::new(0),
            attachments: Mutex::default(),
        }
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Wall time as this world sees it.
    pub fn wall_time(&self) -> DateTime<Utc> {
        (self.wall)()
    }

    /// Counts a call and returns its number, from 1.
    pub fn count_call(&self) -> u64 {
        self.calls.fetch_add(1, Ordering::Relaxed) + 1
    }

    /// How many calls there have been since the start or the last reset.
    pub fn calls(&self) -> u64 {
        self.calls.load(Ordering::Relaxed)
    }

    /// The state as published last, without running timers.
    pub fn published(&self) -> Arc<State> {
        Arc::clone(&self.published.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// The state of this moment: timers that are due run first.
    pub fn view(&self) -> View {
        let wall = (self.wall)();
        let state = self.published();
        let now = state.clock.now(wall);
        if state.next_due().is_none_or(|due| due > now) {
            return View { state, now };
        }
        let _writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        let mut state = State::clone(&self.published());
        run_due(&mut state, now, &mut Vec::new());
        View { state: self.publish(state), now }
    }

    /// Runs `change` on a draft, by the system.
    pub fn write<T>(&self, change: impl FnOnce(&mut Transaction) -> Result<T>) -> Result<T> {
        self.write_by(Actor::default(), change)
    }

    /// Runs `change` on a draft, by somebody: published whole when it answers `Ok`, dropped whole when it answers
    /// `Err` or panics. Timers that are due run first and stay run either way.
    pub fn write_by<T>(
        &self,
        actor: Actor,
        change: impl FnOnce(&mut Transaction) -> Result<T>,
    ) -> Result<T> {
        let _writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        let wall = (self.wall)();
        let base = self.published();
        let now = base.clock.now(wall);
        let base = if base.next_due().is_some_and(|due| due <= now) {
            let mut state = State::clone(&base);
            run_due(&mut state, now, &mut Vec::new());
            self.publish(state)
        } else {
            base
        };
        let mut transaction = Transaction::begin(&base, now).by(actor);
        let answer = change(&mut transaction)?;
        self.publish(transaction.finish());
        Ok(answer)
    }

    /// Changes the clock, then runs what falls due up to the new time, each at its own time.
    pub fn adjust_clock(
        &self,
        adjust: impl FnOnce(Clock, DateTime<Utc>) -> Result<Clock>,
    ) -> Result<(DateTime<Utc>, Vec<Fired>)> {
        let _writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        let wall = (self.wall)();
        let mut state = State::clone(&self.published());
        let mut fired = Vec::new();
        let before = state.clock.now(wall);
        run_due(&mut state, before, &mut fired);
        state.clock = adjust(state.clock, wall)?;
        if !state.clock.is_in_range() {
            let reason = "world time lies between 1970-01-01 and 9900-01-01";
            return Err(Error::invalid("clock", reason));
        }
        let now = state.clock.now(wall);
        run_due(&mut state, now, &mut fired);
        self.publish(state);
        Ok((now, fired))
    }

    /// Puts everything back to the seed, or replaces it by `state`.
    pub fn reset(&self, state: Option<State>) {
        let _writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        match state {
            Some(state) => self.publish(state),
            None => self.publish(State::clone(&self.seed)),
        };
        self.calls.store(0, Ordering::Relaxed);
        self.attachments.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// The state the world started from.
    pub fn seed(&self) -> &Arc<State> {
        &self.seed
    }

    /// The value of type `T` that lives beside the state, made on first use and gone after a reset.
    pub fn attachment<T: Default + Send + Sync + 'static>(&self) -> Arc<T> {
        let mut attachments = self.attachments.lock().unwrap_or_else(PoisonError::into_inner);
        for attachment in attachments.iter() {
            if let Ok(found) = Arc::clone(attachment).downcast::<T>() {
                return found;
            }
        }
        let made = Arc::new(T::default());
        attachments.push(Arc::clone(&made) as Arc<dyn std::any::Any + Send + Sync>);
        made
    }

    fn publish(&self, state: State) -> Arc<State> {
        let state = Arc::new(state);
        *self.published.write().unwrap_or_else(PoisonError::into_inner) = Arc::clone(&state);
        state
    }
}

/// Runs the timers that are due at `now`, each in a change of its own dated at its due time. One that
/// fails leaves no trace.
pub fn run_due(state: &mut State, now: DateTime<Utc>, fired: &mut Vec<Fired>) {
    for _ in 0..MOST_TIMERS_AT_ONCE {
        let Some((at, timer)) = state.timers.take_due(now) else { return };
        let mut transaction = Transaction::begin(state, at);
        match timer.fire(&mut transaction) {
            Ok(()) => *state = transaction.finish(),
            Err(error) => tracing::error!(%error, timer = timer.name(), "a timer failed"),
        }
        fired.push(Fired { at, timer });
    }
}

impl From<WorldError> for Error {
    fn from(error: WorldError) -> Self {
        Self::invalid("world", error.to_string())
    }
}
