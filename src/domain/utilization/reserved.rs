//! The reservation as the figures see it: what is reserved from when to when, and where its hours
//! come from.

use std::ops::Range;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::period;
use super::series::Series;
use super::usage::{Elsewhere, Usage};
use crate::domain::catalogue::ReservedResourceType;
use crate::domain::ids::{AzureSubscriptionId, ReservationId, ReservationOrderId};

/// Ten thousandths of an instance-hour, the unit that use is counted in: a hundredth of a percent of
/// one instance for one hour.
pub(super) const UNITS_PER_HOUR: u64 = 10_000;

/// Where the generated series of a reservation begins. A reservation that was split or merged from
/// another goes on with that one's series (contract: azure-reservation-utilization.md §5).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Origin {
    /// The reservation that was bought.
    pub reservation: ReservationId,
    /// When its benefit started.
    pub benefit_start: DateTime<Utc>,
}

/// What the figures of a reservation are made from.
#[derive(Debug, Clone, PartialEq)]
pub struct Reserved {
    /// The reservation.
    pub reservation: ReservationId,
    /// Its order.
    pub order: ReservationOrderId,
    /// How many instances are reserved.
    pub quantity: u32,
    /// When the benefit starts. Clock hours count whole: the hour it starts in is covered, the hour it
    /// ends in is not \[choice\], so that what follows on a split neither overlaps nor leaves a gap.
    pub benefit_start: DateTime<Utc>,
    /// End of the term.
    pub expiry: DateTime<Utc>,
    /// When it was cancelled, returned, split or merged.
    pub cancelled_at: Option<DateTime<Utc>>,
    /// ARM name of the size.
    pub sku_name: String,
    /// What kind of resource uses it.
    pub resource_type: ReservedResourceType,
    /// The group within which sizes stand in for each other; none where there is none.
    pub flexibility_group: Option<String>,
    /// What one instance counts for in that group.
    pub flexibility_ratio: String,
    /// Whose resources use it, from when on, oldest first; the first holds for the time before too.
    /// A change of scope adds an entry and rewrites no history.
    pub subscriptions: Vec<(DateTime<Utc>, AzureSubscriptionId)>,
    /// Where the generated series begins.
    pub origin: Origin,
    /// Where the hours come from.
    pub usage: Usage,
}

impl Reserved {
    /// When the benefit ends: with the term or before.
    pub fn end(&self) -> DateTime<Utc> {
        self.cancelled_at.map_or(self.expiry, |at| at.min(self.expiry))
    }

    /// The covered hours, counted from 1970-01-01T00:00Z.
    pub(super) fn hours(&self) -> Range<i64> {
        period::hour_of(self.benefit_start)..period::hour_of(self.end())
    }

    /// The hours of `date` that are covered.
    pub(super) fn hours_on(&self, date: NaiveDate) -> Range<i64> {
        let (all, day) = (self.hours(), period::hours_of_day(date));
        all.start.max(day.start)..all.end.min(day.end)
    }

    /// The subscription whose resources use the reservation on a day.
    pub(super) fn subscription_on(&self, date: NaiveDate) -> Option<AzureSubscriptionId> {
        let in_force = self.subscriptions.iter().rev().find(|(from, _)| from.date_naive() <= date);
        in_force.or_else(|| self.subscriptions.first()).map(|(_, subscription)| *subscription)
    }

    /// The use of every covered hour of a day, in order, in units.
    pub(super) fn used_on(&self, date: NaiveDate) -> Vec<u64> {
        let hours = self.hours_on(date);
        let quantity = u64::from(self.quantity);
        let constant = |points: u16| hours.clone().map(|_| u64::from(points) * quantity).collect();
        let generated = || {
            let start = period::hour_of(self.origin.benefit_start);
            let series = Series::new(self.origin.reservation.0, start);
            hours.clone().map(|hour| series.percent(hour) * 100 * quantity).collect()
        };
        match &self.usage {
            Usage::Generated => generated(),
            Usage::Constant(percentage) => constant(percentage.basis_points()),
            Usage::Days { days, elsewhere } => match (days.get(&date), elsewhere) {
                (Some(percentage), _) | (None, Elsewhere::Constant(percentage)) => {
                    constant(percentage.basis_points())
                }
                (None, Elsewhere::Generated) => generated(),
            },
            Usage::Instances(instances) => (0_u64..)
                .zip(hours)
                .map(|(nth, _)| {
                    let running: u64 =
                        instances.iter().map(|it| run_in(it.hours.hundredths(), nth)).sum();
                    running.min(quantity * UNITS_PER_HOUR)
                })
                .collect(),
        }
    }
}

/// How long a resource that runs `hundredths` of an hour a day runs in the `nth` hour, in units.
pub(super) fn run_in(hundredths: u16, nth: u64) -> u64 {
    u64::from(hundredths).saturating_sub(nth * 100).min(100) * (UNITS_PER_HOUR / 100)
}
