//! The clock of a world in the hands of a test.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::WorldHandle;
use crate::domain::clock::Pace;
use crate::domain::delay::Delay;
use crate::domain::duration::IsoDuration;
use crate::domain::error::Error;
use crate::domain::settings::{Settings, Transition};
use crate::domain::timers::{Held, Timer};
use crate::world::{Fired, World};

/// The clock of a world: what it shows, what falls due, what is held.
///
/// ```
/// use partner_center_mock::MockServer;
///
/// let mock = MockServer::start_blocking()?;
/// let world = mock.default_world();
/// world.clock().freeze()?;
/// let before = world.clock().now();
/// world.clock().advance("P1Y")?;
/// assert!(world.clock().now() > before);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct ClockHandle {
    world: Arc<World>,
}

impl WorldHandle<'_> {
    /// Its clock.
    pub fn clock(&self) -> ClockHandle {
        ClockHandle { world: Arc::clone(&self.world) }
    }

    /// Says how long a transition takes from now on.
    ///
    /// ```
    /// use partner_center_mock::MockServer;
    /// use partner_center_mock::domain::delay::Delay;
    /// use partner_center_mock::domain::settings::Transition;
    ///
    /// let mock = MockServer::start_blocking()?;
    /// let world = mock.default_world();
    /// world.set_delay(Transition::Refund, Delay::Manual)?;
    /// // … a client asks for a refund, and is told to wait …
    /// world.clock().release(Transition::Refund);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn set_delay(&self, transition: Transition, delay: Delay) -> Result<(), Error> {
        self.world.write(|tx| {
            let mut settings = Settings::clone(&tx.settings);
            settings.set_delay(transition, delay);
            tx.settings = Arc::new(settings);
            Ok(())
        })
    }
}

impl ClockHandle {
    /// World time.
    pub fn now(&self) -> DateTime<Utc> {
        self.world.view().now
    }

    /// Lets world time stand still.
    pub fn freeze(&self) -> Result<(), Error> {
        self.world.set_clock(None, Some(Pace::Frozen)).map(drop)
    }

    /// Lets world time pass as wall time does.
    pub fn run(&self) -> Result<(), Error> {
        self.scale(1.0)
    }

    /// Lets so many world seconds pass in a wall second, above 0 and at most 1,000,000.
    pub fn scale(&self, scale: f64) -> Result<(), Error> {
        self.world.set_clock(None, Some(Pace::Running { scale })).map(drop)
    }

    /// Sets world time and runs what falls due. Going back undoes nothing.
    pub fn set(&self, time: DateTime<Utc>) -> Result<Vec<Fired>, Error> {
        self.world.set_clock(Some(time), None).map(|(_, fired)| fired)
    }

    /// Moves world time on, an ISO 8601 duration such as `P1M`, and gives what happened on the way, in
    /// order.
    pub fn advance(&self, by: &str) -> Result<Vec<Fired>, Error> {
        let by: IsoDuration =
            by.parse().map_err(|error| Error::invalid("by", format!("{error}")))?;
        self.world.advance(by).map(|(_, fired)| fired)
    }

    /// Moves world time on to a moment, and gives what happened on the way, in order.
    pub fn advance_to(&self, to: DateTime<Utc>) -> Result<Vec<Fired>, Error> {
        self.world.advance_to(to).map(|(_, fired)| fired)
    }

    /// Moves world time on to the next event and lets everything of that moment happen. Gives nothing
    /// where nothing falls due.
    pub fn step(&self) -> Vec<Fired> {
        self.world.step().map_or_else(Vec::new, |(_, fired)| fired)
    }

    /// What falls due, soonest first.
    pub fn due(&self) -> Vec<(DateTime<Utc>, Timer)> {
        let state = self.world.view().state;
        state.timers.iter().map(|(at, timer)| (at, timer.clone())).collect()
    }

    /// What no time ends, in the order it began.
    pub fn held(&self) -> Vec<Held> {
        let state = self.world.view().state;
        state.timers.held().map(|(_, held)| held.clone()).collect()
    }

    /// Ends all that is held of a transition, in the order it began.
    pub fn release(&self, transition: Transition) -> Vec<Fired> {
        self.world.release(|_, held| held.transition == transition).1
    }

    /// Ends all that is held, in the order it began.
    pub fn release_all(&self) -> Vec<Fired> {
        self.world.release(|_, _| true).1
    }
}
