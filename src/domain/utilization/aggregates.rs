//! The percentages beside a reservation: its last day, week and month
//! (contract: azure-reservation-utilization.md §1).

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;

use super::period::last_whole_days;
use super::reserved::Reserved;
use super::summaries::share;

/// How many days each aggregate covers.
pub const GRAINS: [u32; 3] = [1, 7, 30];

/// Where the use is going \[choice: the official meaning is not documented\].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trend {
    /// The last day lies more than half a point above the last week.
    Up,
    /// It lies more than half a point below.
    Down,
    /// Neither.
    Same,
}

impl Trend {
    /// Word on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Self::Up => "UP",
            Self::Down => "DOWN",
            Self::Same => "SAME",
        }
    }
}

/// The percentages of the last 1, 7 and 30 days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Aggregates {
    /// Where the use is going, judged by the percentages as shown.
    pub trend: Trend,
    /// One per entry of [`GRAINS`], one decimal.
    pub values: [Decimal; 3],
}

/// The aggregates at `now`, over the last days that are over and that the reservation covers whole;
/// nothing for one that has no such day yet and for one that is cancelled, returned, split or merged.
pub fn aggregates(reserved: &Reserved, now: DateTime<Utc>) -> Option<Aggregates> {
    if reserved.cancelled_at.is_some() {
        return None;
    }
    let quantity = u64::from(reserved.quantity);
    let values = GRAINS.map(|days| {
        let (mut units, mut hours) = (0, 0);
        for date in last_whole_days(reserved, u64::from(days), now) {
            units += reserved.used_on(date).iter().sum::<u64>();
            hours += 24 * quantity;
        }
        (hours > 0).then(|| share(units, hours, 1))
    });
    let [Some(day), Some(week), Some(month)] = values else { return None };
    let half = Decimal::new(5, 1);
    let trend = if day - week > half {
        Trend::Up
    } else if week - day > half {
        Trend::Down
    } else {
        Trend::Same
    };
    Some(Aggregates { trend, values: [day, week, month] })
}
