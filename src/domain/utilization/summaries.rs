//! Daily and monthly summaries (contract: azure-reservation-utilization.md §2.1).

use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::{Decimal, RoundingStrategy};

use super::period::{bounds, complete_days, end_of_month, month_of, months};
use super::reserved::{Reserved, UNITS_PER_HOUR};

/// The use of one reservation in one day or month. Numbers have at most two decimals.
#[derive(Debug, Clone, PartialEq)]
pub struct Summary {
    /// The day, or the first day of the month.
    pub date: NaiveDate,
    /// How many instances are reserved.
    pub quantity: u32,
    /// Hours of the period that the reservation covers.
    pub covered_hours: u32,
    /// Quantity times covered hours.
    pub reserved_hours: Decimal,
    /// Hours used; of a month, the sum of its days.
    pub used_hours: Decimal,
    /// Lowest percentage of an hour.
    pub lowest: Decimal,
    /// Used hours in percent of the reserved ones.
    pub average: Decimal,
    /// Highest percentage of an hour.
    pub highest: Decimal,
}

impl Summary {
    /// How many instances were in use on average.
    pub fn used_quantity(&self) -> Decimal {
        let used = self.used_hours.checked_div(Decimal::from(self.covered_hours));
        let used = used.unwrap_or(Decimal::ZERO);
        used.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero).normalize()
    }

    /// How many instances were not.
    pub fn remaining_quantity(&self) -> Decimal {
        (Decimal::from(self.quantity) - self.used_quantity()).normalize()
    }
}

/// Sums over the hours of a day or a month.
#[derive(Debug, Clone, Copy)]
pub(super) struct Tally {
    quantity: u64,
    covered: u64,
    units: u64,
    hundredths: u64,
    lowest: u64,
    highest: u64,
}

impl Tally {
    fn new(reserved: &Reserved) -> Self {
        let quantity = u64::from(reserved.quantity);
        Self { quantity, covered: 0, units: 0, hundredths: 0, lowest: u64::MAX, highest: 0 }
    }

    /// Nothing for a day of which no hour is covered.
    pub fn of_day(reserved: &Reserved, date: NaiveDate) -> Option<Self> {
        let mut tally = Self::new(reserved);
        for units in reserved.used_on(date) {
            tally.covered += 1;
            tally.units += units;
            tally.lowest = tally.lowest.min(units);
            tally.highest = tally.highest.max(units);
        }
        tally.hundredths = to_hundredths(tally.units);
        (tally.covered > 0).then_some(tally)
    }

    fn add(self, other: Self) -> Self {
        Self {
            quantity: self.quantity,
            covered: self.covered + other.covered,
            units: self.units + other.units,
            hundredths: self.hundredths + other.hundredths,
            lowest: self.lowest.min(other.lowest),
            highest: self.highest.max(other.highest),
        }
    }

    /// `units` in hundredths of a percent of `hours` hours of the whole quantity.
    fn percentage(&self, units: u64, hours: u64) -> Decimal {
        share(units, self.quantity * hours, 2)
    }

    fn summary(&self, date: NaiveDate) -> Summary {
        Summary {
            date,
            quantity: u32::try_from(self.quantity).unwrap_or(u32::MAX),
            covered_hours: u32::try_from(self.covered).unwrap_or(u32::MAX),
            reserved_hours: Decimal::from(self.quantity * self.covered),
            used_hours: from_hundredths(self.hundredths),
            lowest: self.percentage(self.lowest, 1),
            average: self.percentage(self.units, self.covered),
            highest: self.percentage(self.highest, 1),
        }
    }
}

/// Units in hundredths of an hour, rounded.
pub(super) fn to_hundredths(units: u64) -> u64 {
    let unit = UNITS_PER_HOUR / 100;
    (units + unit / 2) / unit
}

/// Hours from hundredths of an hour.
pub(super) fn from_hundredths(hundredths: u64) -> Decimal {
    Decimal::from_i128_with_scale(i128::from(hundredths), 2).normalize()
}

/// `units` in percent of `hours` instance-hours, rounded to `decimals`; 0 when nothing is reserved.
pub(super) fn share(units: u64, hours: u64, decimals: u32) -> Decimal {
    let whole = u128::from(hours) * u128::from(UNITS_PER_HOUR);
    let scaled = u128::from(units) * 100 * 10_u128.pow(decimals);
    let rounded = (scaled + whole / 2).checked_div(whole).unwrap_or(0);
    Decimal::from_i128_with_scale(i128::try_from(rounded).unwrap_or(0), decimals).normalize()
}

/// The summary of one day; nothing when no hour of it is covered. Whether the day is over is for the
/// caller to know.
pub fn summary_of_day(reserved: &Reserved, date: NaiveDate) -> Option<Summary> {
    Tally::of_day(reserved, date).map(|tally| tally.summary(date))
}

/// One summary per day from `from` to `to`, both included, that is over at `now`, ascending.
pub fn daily(
    reserved: &Reserved,
    from: NaiveDate,
    to: NaiveDate,
    now: DateTime<Utc>,
) -> impl Iterator<Item = Summary> {
    complete_days(reserved, from, to, now).filter_map(|date| summary_of_day(reserved, date))
}

/// The summary of the month of `date`, over its days that are over at `now`; nothing when there is
/// none. A month is summed up whole, whatever part of it was asked for \[choice\]: its row is the same
/// in every answer.
pub fn summary_of_month(
    reserved: &Reserved,
    date: NaiveDate,
    now: DateTime<Utc>,
) -> Option<Summary> {
    complete_days(reserved, month_of(date), end_of_month(date), now)
        .filter_map(|date| Tally::of_day(reserved, date))
        .reduce(Tally::add)
        .map(|tally| tally.summary(month_of(date)))
}

/// One summary per month that has a day between `from` and `to`, ascending.
pub fn monthly(
    reserved: &Reserved,
    from: NaiveDate,
    to: NaiveDate,
    now: DateTime<Utc>,
) -> impl Iterator<Item = Summary> {
    months(bounds(reserved, from, to, now))
        .filter_map(move |month| summary_of_month(reserved, month, now))
}
