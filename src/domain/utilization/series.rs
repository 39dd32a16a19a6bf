//! The generated series: how many percent of the quantity are used in an hour. A pure function of an
//! id and the hour, made of whole numbers, so that any hour can be had without those before it.

use uuid::Uuid;

/// Added between draws, so that neighbouring hours have nothing in common.
const STEP: u64 = 0x9e37_79b9_7f4a_7c15;

/// Hours from the start of the benefit until the full level is reached: two weeks.
const RAMP: i64 = 14 * 24;

/// Where the ramp begins, in percent of the full level.
const RAMP_FROM: i64 = 40;

/// Percentage points above or below the level, by hour of a working day (UTC). Sums to zero.
const DAY_SHAPE: [i64; 24] =
    [-8, -8, -9, -9, -8, -7, -4, 0, 4, 7, 8, 8, 6, 7, 8, 8, 7, 5, 2, 0, -2, -4, -5, -6];

/// Percentage points below the level on Saturdays and Sundays.
const WEEKEND: i64 = -5;

/// Percentages by hour since 1970-01-01T00:00Z.
#[derive(Debug, Clone, Copy)]
pub(super) struct Series {
    seed: u64,
    level: i64,
    start: i64,
}

impl Series {
    /// The series of an id whose benefit starts in the hour `start`. On the average of a week in full
    /// use it lies between 75 and 98 percent \[choice\].
    pub fn new(id: Uuid, start: i64) -> Self {
        let (high, low) = id.as_u64_pair();
        let seed = mixed(high ^ mixed(low.wrapping_add(STEP)));
        Self { seed, level: 79 + below(mixed(seed), 20), start }
    }

    /// Percent of the quantity used in an hour, 0 to 100.
    pub fn percent(&self, hour: i64) -> u64 {
        let at = self.seed.wrapping_add(hour.cast_unsigned().wrapping_mul(STEP));
        let noise = below(mixed(at), 7) - 3;
        // 1970-01-01 was a Thursday.
        let weekday = (hour.div_euclid(24) + 3).rem_euclid(7);
        let shape = if weekday >= 5 {
            WEEKEND
        } else {
            usize::try_from(hour.rem_euclid(24)).map_or(0, |hour| DAY_SHAPE[hour % 24])
        };
        let age = hour.saturating_sub(self.start).clamp(0, RAMP);
        let grown = RAMP_FROM * RAMP + (100 - RAMP_FROM) * age;
        let percent = (self.level + shape + noise) * grown / (100 * RAMP);
        percent.clamp(0, 100).unsigned_abs()
    }
}

/// A number from 0 to `limit` − 1 made of mixed bits.
fn below(bits: u64, limit: i64) -> i64 {
    (i64::from((bits >> 40) as u32) * limit) >> 24
}

/// Spreads every bit of the input over the output; distinct inputs stay distinct.
pub(super) fn mixed(mut bits: u64) -> u64 {
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ (bits >> 31)
}
