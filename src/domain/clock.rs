//! The clock of a world: wall time moved, scaled or frozen. Reads no wall clock itself; whoever asks
//! brings the wall time along.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

/// How world time follows wall time.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub enum Pace {
    /// World time stands still until it is set or advanced.
    Frozen,
    /// World time runs `scale` times as fast as wall time; 1 is real time.
    Running {
        /// World seconds per wall second; positive and at most 1,000,000.
        scale: f64,
    },
}

/// Where world time ends: 9900-01-01. What begins then still ends in a year of four digits, which is
/// all that dates on the wire have.
pub const LATEST: DateTime<Utc> = match DateTime::from_timestamp(250_246_627_200, 0) {
    Some(latest) => latest,
    None => DateTime::<Utc>::MAX_UTC,
};

/// The relation between wall time and world time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Clock {
    wall_origin: DateTime<Utc>,
    world_origin: DateTime<Utc>,
    pace: Pace,
}

impl Clock {
    /// A clock that shows `start` at wall time `wall`.
    pub fn new(wall: DateTime<Utc>, start: DateTime<Utc>, pace: Pace) -> Self {
        Self { wall_origin: wall, world_origin: start, pace }
    }

    /// A clock that was written down: it shows `time` at wall time `wall`. None where such a clock
    /// cannot be set.
    pub fn restored(wall: DateTime<Utc>, time: DateTime<Utc>, pace: Pace) -> Option<Self> {
        let clock = Self::new(wall, time, pace);
        let runs = match pace {
            Pace::Frozen => true,
            Pace::Running { scale } => scale > 0.0 && scale <= 1_000_000.0,
        };
        (runs && clock.is_in_range()).then_some(clock)
    }

    /// World time at wall time `wall`.
    pub fn now(&self, wall: DateTime<Utc>) -> DateTime<Utc> {
        match self.pace {
            Pace::Frozen => self.world_origin.min(LATEST),
            Pace::Running { scale } => {
                let elapsed = wall - self.wall_origin;
                let step = if (scale - 1.0).abs() < f64::EPSILON {
                    elapsed
                } else {
                    #[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation)]
                    // milliseconds of any span a process lives fit a double exactly
                    TimeDelta::milliseconds((elapsed.num_milliseconds() as f64 * scale) as i64)
                };
                self.world_origin.checked_add_signed(step).map_or(LATEST, |now| now.min(LATEST))
            }
        }
    }

    /// Whether the clock was set to a time from 1970 until [`LATEST`].
    pub fn is_in_range(&self) -> bool {
        (DateTime::UNIX_EPOCH..=LATEST).contains(&self.world_origin)
    }

    /// How world time passes.
    pub fn pace(&self) -> Pace {
        self.pace
    }

    /// The same pace from another world time on.
    #[must_use]
    pub fn set(self, wall: DateTime<Utc>, time: DateTime<Utc>) -> Self {
        Self::new(wall, time, self.pace)
    }

    /// Another pace from the present world time on.
    #[must_use]
    pub fn paced(self, wall: DateTime<Utc>, pace: Pace) -> Self {
        Self::new(wall, self.now(wall), pace)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn world_time_runs_scales_and_stands_still() {
        let wall = at("2026-01-01T00:00:00Z");
        let later = at("2026-01-01T00:00:10Z");
        let start = at("2021-05-11T10:00:00Z");
        let clock = Clock::new(wall, start, Pace::Running { scale: 1.0 });
        assert_eq!(clock.now(later), at("2021-05-11T10:00:10Z"));
        let fast = clock.paced(wall, Pace::Running { scale: 60.0 });
        assert_eq!(fast.now(later), at("2021-05-11T10:10:00Z"));
        let frozen = fast.paced(later, Pace::Frozen);
        assert_eq!(frozen.now(at("2030-01-01T00:00:00Z")), at("2021-05-11T10:10:00Z"));
        assert_eq!(frozen.set(later, start).now(later), start);
    }

    #[test]
    fn world_time_ends_where_dates_can_still_be_written() {
        let wall = at("2026-01-01T00:00:00Z");
        assert_eq!(LATEST, at("9900-01-01T00:00:00Z"));
        for pace in [Pace::Frozen, Pace::Running { scale: 1.0 }, Pace::Running { scale: 1e6 }] {
            let clock = Clock::new(wall, LATEST, pace);
            assert!(clock.is_in_range());
            assert_eq!(clock.now(at("2027-01-01T00:00:00Z")), LATEST);
            assert!(!clock.set(wall, at("9900-01-01T00:00:01Z")).is_in_range());
            assert!(!clock.set(wall, at("0001-01-01T00:00:00Z")).is_in_range());
        }
    }
}
