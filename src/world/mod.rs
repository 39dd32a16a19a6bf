//! A world: one isolated Partner Center. Holds the published state, the one writer, and what lives
//! beside the state. Reading waits for nobody; writing is all or nothing.

mod history;
pub mod marks;
mod registry;
pub mod snapshot;

use std::cell::Cell;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use chrono::{DateTime, Utc};

use crate::domain::audit::Actor;
use crate::domain::clock::{Clock, Pace};
use crate::domain::duration::IsoDuration;
use crate::domain::error::{Error, Result};
use crate::domain::state::State;
use crate::domain::timers::{Held, Timer, asked_by};
use crate::domain::transaction::Transaction;
use history::History;
use snapshot::Snapshot;

pub use history::Version;
pub use registry::{DEFAULT_WORLD, Limits, Origin, Registry, WorldError};

/// Where wall time comes from.
pub type WallClock = Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>;

/// The system's clock. The only place that reads it for worlds.
#[allow(clippy::disallowed_methods)] // this is the one source of wall time
pub fn system_wall_clock() -> DateTime<Utc> {
    Utc::now()
}

thread_local! {
    /// Wall time that this thread sees standing still.
    static HELD: Cell<Option<DateTime<Utc>>> = const { Cell::new(None) };
}

/// Does something at one moment of wall time: whatever worlds are asked meanwhile, by this thread, it
/// is that moment. Nested, the outer moment counts. So a call happens at one instant, and can be
/// played again at the same.
pub fn at_wall_time<T>(moment: DateTime<Utc>, work: impl FnOnce() -> T) -> T {
    struct Release(Option<DateTime<Utc>>);
    impl Drop for Release {
        fn drop(&mut self) {
            HELD.set(self.0);
        }
    }
    let before = HELD.get();
    let _release = Release(before);
    HELD.set(Some(before.unwrap_or(moment)));
    work()
}

/// Most world seconds that pass in a wall second.
const FASTEST: f64 = 1_000_000.0;

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

/// How a world began.
#[derive(Debug, Clone)]
pub struct Beginning {
    /// With this state.
    pub state: Arc<State>,
    /// At this wall time.
    pub wall: DateTime<Utc>,
    /// After so many calls.
    pub calls: u64,
}

/// One isolated Partner Center.
pub struct World {
    name: Arc<str>,
    published: RwLock<Version>,
    /// Serialises writers. Nothing awaits while it is held.
    writer: Mutex<()>,
    history: Mutex<History>,
    beginning: Mutex<Beginning>,
    seed: Arc<State>,
    wall: WallClock,
    calls: AtomicU64,
    /// Wall time of the last call, in seconds since 1970.
    used: AtomicI64,
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
    /// A world that starts as a copy of `seed` and returns to it on reset. It remembers `versions` of
    /// its past.
    pub fn fork(name: &str, seed: Arc<State>, versions: usize, wall: WallClock) -> Self {
        let moment = HELD.get().unwrap_or_else(|| wall());
        let beginning = Beginning { state: Arc::clone(&seed), wall: moment, calls: 0 };
        let used = AtomicI64::new(moment.timestamp());
        let since = seed.clock.now(moment);
        Self {
            name: Arc::from(name),
            published: RwLock::new(Version { number: 0, since, state: Arc::clone(&seed) }),
            writer: Mutex::new(()),
            history: Mutex::new(History::keeping(versions)),
            beginning: Mutex::new(beginning),
            seed,
            wall,
            calls: AtomicU64::new(0),
            used,
            attachments: Mutex::default(),
        }
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Wall time as this world sees it.
    pub fn wall_time(&self) -> DateTime<Utc> {
        HELD.get().unwrap_or_else(|| (self.wall)())
    }

    /// Counts a call and returns its number, from 1.
    pub fn count_call(&self) -> u64 {
        self.used.store(self.wall_time().timestamp(), Ordering::Relaxed);
        self.calls.fetch_add(1, Ordering::Relaxed) + 1
    }

    /// How many calls there have been since the start or the last reset.
    pub fn calls(&self) -> u64 {
        self.calls.load(Ordering::Relaxed)
    }

    /// Wall time of the last call, or of the making of the world, in seconds since 1970.
    pub fn last_used(&self) -> i64 {
        self.used.load(Ordering::Relaxed)
    }

    /// The state as published last, without running timers.
    pub fn published(&self) -> Arc<State> {
        Arc::clone(&self.published.read().unwrap_or_else(PoisonError::into_inner).state)
    }

    /// World time while a version is the present one. Calls that overlap may come in another order than
    /// they began: world time does not go back for that.
    fn now_of(&self, version: &Version) -> DateTime<Utc> {
        version.state.clock.now(self.wall_time()).max(version.since)
    }

    fn present(&self) -> Version {
        self.published.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The number of the state as published last: 0 is the start, and every change makes another.
    pub fn version(&self) -> u64 {
        self.published.read().unwrap_or_else(PoisonError::into_inner).number
    }

    /// The number of the state as published last, and world time when the wall shows `wall`.
    pub fn moment(&self, wall: DateTime<Utc>) -> (u64, DateTime<Utc>) {
        let published = self.published.read().unwrap_or_else(PoisonError::into_inner);
        (published.number, published.state.clock.now(wall))
    }

    /// The past that is still kept, the oldest first, with the present as its last.
    pub fn history(&self) -> Vec<Version> {
        let history = self.history.lock().unwrap_or_else(PoisonError::into_inner);
        history.iter().cloned().chain([self.present()]).collect()
    }

    /// The state under a number, while it is kept.
    pub fn at_version(&self, number: u64) -> Option<Arc<State>> {
        let history = self.history.lock().unwrap_or_else(PoisonError::into_inner);
        let present = self.present();
        if present.number == number {
            return Some(present.state);
        }
        history.find(number).map(|version| Arc::clone(&version.state))
    }

    /// What the world was at a moment of its past, with what fell due until then; none where that is
    /// not kept any more, or has not come.
    pub fn at_time(&self, moment: DateTime<Utc>) -> Option<View> {
        let mut history = self.history();
        if moment > self.now_of(history.last()?) {
            return None;
        }
        // Clocks can be set back: the newest state that had begun by then counts.
        let at = history.iter().rposition(|version| version.since <= moment)?;
        let mut state = State::clone(&history.swap_remove(at).state);
        run_due(&mut state, moment, &mut Vec::new());
        Some(View { state: Arc::new(state), now: moment })
    }

    /// The state of this moment: timers that are due run first.
    pub fn view(&self) -> View {
        let present = self.present();
        let now = self.now_of(&present);
        if present.state.next_due().is_none_or(|due| due > now) {
            return View { state: present.state, now };
        }
        let _writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        let present = self.present();
        let now = self.now_of(&present);
        let mut state = State::clone(&present.state);
        run_due(&mut state, now, &mut Vec::new());
        View { state: self.publish(state, now), now }
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
        let present = self.present();
        let now = self.now_of(&present);
        let base = present.state;
        let base = if base.next_due().is_some_and(|due| due <= now) {
            let mut state = State::clone(&base);
            run_due(&mut state, now, &mut Vec::new());
            self.publish(state, now)
        } else {
            base
        };
        let mut transaction = Transaction::begin(&base, now).by(actor);
        let answer = change(&mut transaction)?;
        self.publish(transaction.finish(), now);
        Ok(answer)
    }

    /// Counts a client's read of `path` as a question about what is under way, and ends what was asked
    /// after often enough.
    pub fn count_poll(&self, path: &str) {
        let state = self.published();
        if state.timers.holds_nothing() || asked_by(&state, path).is_empty() {
            return;
        }
        self.end_held(|state| {
            let asked = asked_by(state, path);
            asked.into_iter().filter_map(|number| state.timers.count_poll(number)).collect()
        });
    }

    /// Ends what is held and `chosen`, in the order it began. Gives world time and what happened.
    pub fn release(&self, chosen: impl Fn(u64, &Held) -> bool) -> (DateTime<Utc>, Vec<Fired>) {
        self.end_held(|state| {
            let held = state.timers.held().filter(|(number, held)| chosen(*number, held));
            let numbers: Vec<u64> = held.map(|(number, _)| number).collect();
            numbers.into_iter().filter_map(|number| state.timers.take_held(number)).collect()
        })
    }

    fn end_held(&self, take: impl FnOnce(&mut State) -> Vec<Held>) -> (DateTime<Utc>, Vec<Fired>) {
        let _writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        let present = self.present();
        let now = self.now_of(&present);
        let mut state = State::clone(&present.state);
        run_due(&mut state, now, &mut Vec::new());
        let mut fired = Vec::new();
        for held in take(&mut state) {
            fire(&mut state, now, held.timer, &mut fired);
        }
        // What ends may have set timers that are due at once.
        run_due(&mut state, now, &mut fired);
        self.publish(state, now);
        (now, fired)
    }

    /// Moves world time on by a duration and runs what falls due.
    pub fn advance(&self, by: IsoDuration) -> Result<(DateTime<Utc>, Vec<Fired>)> {
        if by.is_negative() {
            return Err(Error::invalid("by", "must not be negative; set the clock to go back"));
        }
        self.adjust_clock(|clock, wall| {
            let time = by
                .after(clock.now(wall))
                .ok_or_else(|| Error::invalid("by", "reaches beyond the range of dates"))?;
            Ok(clock.set(wall, time))
        })
    }

    /// Moves world time on to a moment and runs what falls due.
    pub fn advance_to(&self, to: DateTime<Utc>) -> Result<(DateTime<Utc>, Vec<Fired>)> {
        self.adjust_clock(|clock, wall| {
            if to < clock.now(wall) {
                return Err(Error::invalid("to", "lies in the past; set the clock to go back"));
            }
            Ok(clock.set(wall, to))
        })
    }

    /// Sets world time, or how it passes, or both, and runs what falls due. Going back undoes nothing.
    pub fn set_clock(
        &self,
        time: Option<DateTime<Utc>>,
        pace: Option<Pace>,
    ) -> Result<(DateTime<Utc>, Vec<Fired>)> {
        if let Some(Pace::Running { scale }) = pace
            && !(scale > 0.0 && scale <= FASTEST)
        {
            return Err(Error::invalid("scale", "must be above 0 and at most 1000000"));
        }
        self.adjust_clock(|clock, wall| {
            let clock = time.map_or(clock, |time| clock.set(wall, time));
            Ok(pace.map_or(clock, |pace| clock.paced(wall, pace)))
        })
    }

    /// Moves the clock on to the next event and lets it happen, with all others of that moment. None
    /// where nothing is due ever.
    pub fn step(&self) -> Option<(DateTime<Utc>, Vec<Fired>)> {
        let _writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        let wall = self.wall_time();
        let mut state = State::clone(&self.published());
        let next = state.next_due()?;
        let before = state.clock.now(wall);
        if next > before {
            state.clock = state.clock.set(wall, next);
        }
        let mut fired = Vec::new();
        run_due(&mut state, next, &mut fired);
        let now = state.clock.now(wall);
        self.publish(state, now);
        Some((now, fired))
    }

    /// Changes the clock, then runs what falls due up to the new time, each at its own time.
    pub fn adjust_clock(
        &self,
        adjust: impl FnOnce(Clock, DateTime<Utc>) -> Result<Clock>,
    ) -> Result<(DateTime<Utc>, Vec<Fired>)> {
        let _writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        let wall = self.wall_time();
        let mut state = State::clone(&self.published());
        let mut fired = Vec::new();
        let before = state.clock.now(wall);
        run_due(&mut state, before, &mut fired);
        state.clock = adjust(state.clock, wall)?;
        if !state.clock.is_in_range() {
            return Err(Error::invalid("clock", CLOCK_RANGE));
        }
        let now = state.clock.now(wall);
        run_due(&mut state, now, &mut fired);
        self.publish(state, now);
        Ok((now, fired))
    }

    /// Puts everything back to the seed, or replaces it by `state`.
    pub fn reset(&self, state: Option<State>) {
        self.begin(state.map_or_else(|| Arc::clone(&self.seed), Arc::new), 0);
    }

    /// Puts the world back to a snapshot; its clock goes on from the time of the snapshot.
    pub fn restore(&self, snapshot: &Snapshot) {
        self.reset(Some(snapshot.state_at(self.wall_time())));
    }

    /// Begins anew with a state, after so many calls.
    pub fn begin(&self, state: Arc<State>, calls: u64) {
        let _writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        let wall = self.wall_time();
        let since = state.clock.now(wall);
        self.history.lock().unwrap_or_else(PoisonError::into_inner).clear();
        *self.beginning.lock().unwrap_or_else(PoisonError::into_inner) =
            Beginning { state: Arc::clone(&state), wall, calls };
        *self.published.write().unwrap_or_else(PoisonError::into_inner) =
            Version { number: 0, since, state };
        self.calls.store(calls, Ordering::Relaxed);
        self.attachments.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// How it began, or began anew.
    pub fn beginning(&self) -> Beginning {
        self.beginning.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Goes on counting calls after this number, to play recorded ones again.
    pub fn set_calls(&self, calls: u64) {
        self.calls.store(calls, Ordering::Relaxed);
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

    /// Publishes what is so from `since` on. Only for who holds the writer's lock.
    fn publish(&self, state: State, since: DateTime<Utc>) -> Arc<State> {
        let state = Arc::new(state);
        let mut history = self.history.lock().unwrap_or_else(PoisonError::into_inner);
        let mut published = self.published.write().unwrap_or_else(PoisonError::into_inner);
        let next = Version { number: published.number + 1, since, state: Arc::clone(&state) };
        let past = std::mem::replace(&mut *published, next);
        drop(published);
        history.push(past);
        state
    }
}

/// The same state with another clock, and what fell due until its time.
pub fn started(
    base: &State,
    wall: DateTime<Utc>,
    time: Option<DateTime<Utc>>,
    frozen: Option<bool>,
) -> Result<State> {
    let mut state = State::clone(base);
    if let Some(time) = time {
        state.clock = state.clock.set(wall, time);
    }
    match frozen {
        Some(true) => state.clock = state.clock.paced(wall, Pace::Frozen),
        Some(false) => state.clock = state.clock.paced(wall, Pace::Running { scale: 1.0 }),
        None => {}
    }
    if !state.clock.is_in_range() {
        return Err(Error::invalid("time", CLOCK_RANGE));
    }
    let now = state.clock.now(wall);
    run_due(&mut state, now, &mut Vec::new());
    Ok(state)
}

/// What is said of a clock out of its range.
const CLOCK_RANGE: &str = "world time lies between 1970-01-01 and 9900-01-01";

/// Runs the timers that are due at `now`, each in a change of its own dated at its due time. One that
/// fails leaves no trace.
pub fn run_due(state: &mut State, now: DateTime<Utc>, fired: &mut Vec<Fired>) {
    for _ in 0..MOST_TIMERS_AT_ONCE {
        let Some((at, timer)) = state.timers.take_due(now) else { return };
        fire(state, at, timer, fired);
    }
}

/// Lets something happen at `at`; where it fails it leaves no trace.
fn fire(state: &mut State, at: DateTime<Utc>, timer: Timer, fired: &mut Vec<Fired>) {
    let mut transaction = Transaction::begin(state, at);
    match timer.fire(&mut transaction) {
        Ok(()) => *state = transaction.finish(),
        Err(error) => tracing::error!(%error, timer = timer.name(), "a timer failed"),
    }
    fired.push(Fired { at, timer });
}

impl From<WorldError> for Error {
    fn from(error: WorldError) -> Self {
        Self::invalid("world", error.to_string())
    }
}
