//! Details: what each resource used of a reservation in a day
//! (contract: azure-reservation-utilization.md §2.2).

use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;

use super::period::complete_days;
use super::reserved::{Reserved, UNITS_PER_HOUR, run_in};
use super::resources::Resources;
use super::summaries::{from_hundredths, to_hundredths};
use super::usage::Usage;

/// The use of one reservation by one resource in one day.
#[derive(Debug, Clone, PartialEq)]
pub struct Detail {
    /// The day.
    pub date: NaiveDate,
    /// ARM id of the resource.
    pub instance: Arc<str>,
    /// How many instances are reserved.
    pub quantity: u32,
    /// Quantity times covered hours of the day.
    pub reserved_hours: Decimal,
    /// Hours the resource used; those of all resources add up to the used hours of the day.
    pub used_hours: Decimal,
}

/// The details of one day; a resource that used nothing has none \[choice\].
pub fn details_of_day(reserved: &Reserved, date: NaiveDate) -> Vec<Detail> {
    let hours = reserved.used_on(date);
    let covered = u64::try_from(hours.len()).unwrap_or(0);
    let reserved_hours = Decimal::from(u64::from(reserved.quantity) * covered);
    let used = used_by_resource(reserved, date, hours);
    // Rounded sums instead of rounded parts, so that the parts add up to the rounded whole.
    let mut before = 0;
    let mut rows = Vec::new();
    for (instance, units) in used {
        let hundredths = to_hundredths(before + units) - to_hundredths(before);
        before += units;
        if hundredths > 0 {
            rows.push(Detail {
                date,
                instance,
                quantity: reserved.quantity,
                reserved_hours,
                used_hours: from_hundredths(hundredths),
            });
        }
    }
    rows
}

/// How many units each resource used of a day whose hours used `hours` units.
fn used_by_resource(reserved: &Reserved, date: NaiveDate, hours: Vec<u64>) -> Vec<(Arc<str>, u64)> {
    if let Usage::Instances(instances) = &reserved.usage {
        let mut left = vec![u64::from(reserved.quantity) * UNITS_PER_HOUR; hours.len()];
        let used = instances.iter().map(|instance| {
            let units = (0_u64..)
                .zip(&mut left)
                .map(|(nth, left)| take(left, run_in(instance.hours.hundredths(), nth)));
            (Arc::clone(&instance.instance), units.sum())
        });
        return used.collect();
    }
    let resources = Resources::of(reserved, date);
    let mut left = hours;
    let used = resources.iter().map(|(id, most)| {
        (id, left.iter_mut().map(|left| take(left, most * UNITS_PER_HOUR)).sum())
    });
    used.collect()
}

/// Takes up to `most` from what is left.
fn take(left: &mut u64, most: u64) -> u64 {
    let taken = most.min(*left);
    *left -= taken;
    taken
}

/// The details of every day from `from` to `to`, both included, that is over at `now`, ascending.
pub fn details(
    reserved: &Reserved,
    from: NaiveDate,
    to: NaiveDate,
    now: DateTime<Utc>,
) -> impl Iterator<Item = Detail> {
    complete_days(reserved, from, to, now).flat_map(|date| details_of_day(reserved, date))
}
