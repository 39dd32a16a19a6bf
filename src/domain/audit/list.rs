//! Which audit records are shown (contract: partner-center-webhooks-audit.md, Part B).

use chrono::{DateTime, TimeDelta, Utc};

use super::{AuditRecord, AuditResource, KEPT_DAYS};
use crate::domain::ids::CustomerId;

/// Days that are listed when nobody says since when.
const LISTED_DAYS: i64 = 30;

/// A stretch of time, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AuditPeriod {
    /// Since when.
    pub from: DateTime<Utc>,
    /// Until when.
    pub to: DateTime<Utc>,
}

/// Why a stretch of time cannot be listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PeriodFault {
    /// It begins before anything is kept.
    #[error("is more than {KEPT_DAYS} days back; the earliest is {}", .0.format("%Y-%m-%d"))]
    TooOld(DateTime<Utc>),
    /// It ends before anything is kept, and nobody said where it begins.
    #[error("is more than {KEPT_DAYS} days back; the earliest is {}", .0.format("%Y-%m-%d"))]
    Over(DateTime<Utc>),
    /// It ends before it begins.
    #[error("lies after endDate, {}; exchange the two", .0.format("%Y-%m-%d"))]
    Backwards(DateTime<Utc>),
}

impl AuditPeriod {
    /// The stretch asked for at `now`: until the end of today and since 30 days before that,
    /// or before its end where that is over, unless the client says otherwise. What ends at midnight takes in the day that begins there [choice],
    /// because clients send dates without time that way.
    pub fn of(
        from: Option<DateTime<Utc>>,
        to: Option<DateTime<Utc>>,
        now: DateTime<Utc>,
    ) -> Result<Self, PeriodFault> {
        let earliest = back(midnight(now), KEPT_DAYS);
        let to = to.unwrap_or_else(|| midnight(now));
        if from.is_none() && to < earliest {
            return Err(PeriodFault::Over(earliest));
        }
        // An end far ahead must not leave out what has happened until now.
        let from = from.unwrap_or_else(|| back(midnight(to.min(now)), LISTED_DAYS).max(earliest));
        if from < earliest {
            return Err(PeriodFault::TooOld(earliest));
        }
        let end = if to == midnight(to) {
            let day = TimeDelta::days(1) - TimeDelta::nanoseconds(1);
            to.checked_add_signed(day).unwrap_or(to)
        } else {
            to
        };
        if from > end {
            return Err(PeriodFault::Backwards(to));
        }
        Ok(Self { from, to: end })
    }

    /// Whether a moment lies in it.
    pub fn holds(&self, time: DateTime<Utc>) -> bool {
        (self.from..=self.to).contains(&time)
    }
}

fn midnight(time: DateTime<Utc>) -> DateTime<Utc> {
    time.date_naive().and_time(chrono::NaiveTime::MIN).and_utc()
}

fn back(time: DateTime<Utc>, days: i64) -> DateTime<Utc> {
    time.checked_sub_signed(TimeDelta::days(days)).unwrap_or(DateTime::<Utc>::MIN_UTC)
}

/// Which records are wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AuditFilter {
    /// The name of the customer contains this, lower-case.
    CompanyName(String),
    /// The customer.
    Customer(CustomerId),
    /// The kind of resource; none for a kind that nothing is recorded of.
    Resource(Option<AuditResource>),
    /// Both hold.
    Both(Box<Self>, Box<Self>),
    /// At least one holds.
    Either(Box<Self>, Box<Self>),
}

impl AuditFilter {
    /// Whether it lets the record through.
    pub fn admits(&self, record: &AuditRecord) -> bool {
        match self {
            Self::CompanyName(part) => {
                record.customer_name().is_some_and(|name| name.to_lowercase().contains(part))
            }
            Self::Customer(id) => record.customer == Some(*id),
            Self::Resource(resource) => Some(record.subject.resource()) == *resource,
            Self::Both(a, b) => a.admits(record) && b.admits(record),
            Self::Either(a, b) => a.admits(record) || b.admits(record),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn days_are_whole_and_what_is_left_out_is_the_last_month() {
        let now = at("2026-03-01T12:00:00Z");
        let day = |text: &str| at(&format!("{text}T00:00:00Z"));
        let last = |text: &str| at(&format!("{text}T23:59:59.999999999Z"));
        for (from, to, expected) in [
            (None, None, Ok((day("2026-01-30"), last("2026-03-01")))),
            (None, Some(day("2026-02-10")), Ok((day("2026-01-11"), last("2026-02-10")))),
            (Some(day("2025-12-01")), None, Ok((day("2025-12-01"), last("2026-03-01")))),
            (
                Some(at("2026-02-01T09:00:00Z")),
                Some(at("2026-02-01T10:00:00Z")),
                Ok((at("2026-02-01T09:00:00Z"), at("2026-02-01T10:00:00Z"))),
            ),
            (
                Some(day("2026-03-01")),
                Some(day("2026-03-01")),
                Ok((day("2026-03-01"), last("2026-03-01"))),
            ),
            // A day that only just reaches back.
            (None, Some(day("2025-12-05")), Ok((day("2025-12-01"), last("2025-12-05")))),
            (Some(day("2025-11-30")), None, Err(PeriodFault::TooOld(day("2025-12-01")))),
            (
                Some(day("2026-02-10")),
                Some(day("2026-02-09")),
                Err(PeriodFault::Backwards(day("2026-02-09"))),
            ),
            (
                Some(day("2026-02-10")),
                Some(DateTime::<Utc>::MAX_UTC),
                Ok((day("2026-02-10"), DateTime::<Utc>::MAX_UTC)),
            ),
        ] {
            let period = AuditPeriod::of(from, to, now);
            let expected = expected.map(|(from, to)| AuditPeriod { from, to });
            assert_eq!(period, expected, "{from:?} {to:?}");
        }
    }
}
