//! A calendar month in UTC, which is what an invoice is about.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Datelike, Days, NaiveDate, NaiveTime, Utc};
use serde::{Deserialize, Serialize};

use crate::domain::words::text_form;

/// A calendar month.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Month(i32);

impl Month {
    /// The month in which a moment lies.
    pub fn of(time: DateTime<Utc>) -> Self {
        Self(time.year() * 12 + time.month0().cast_signed())
    }

    /// The month after this one.
    #[must_use]
    pub fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }

    /// The month before this one.
    #[must_use]
    pub fn previous(self) -> Self {
        Self(self.0.saturating_sub(1))
    }

    /// Its first day.
    pub fn first_day(self) -> NaiveDate {
        let month = self.0.rem_euclid(12).unsigned_abs() + 1;
        NaiveDate::from_ymd_opt(self.0.div_euclid(12), month, 1).unwrap_or(NaiveDate::MAX)
    }

    /// Its last day.
    pub fn last_day(self) -> NaiveDate {
        self.next().first_day().checked_sub_days(Days::new(1)).unwrap_or(NaiveDate::MAX)
    }

    /// The moment it begins.
    pub fn begin(self) -> DateTime<Utc> {
        self.first_day().and_time(NaiveTime::MIN).and_utc()
    }

    /// The moment it is over.
    pub fn end(self) -> DateTime<Utc> {
        self.next().begin()
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.0.div_euclid(12), self.0.rem_euclid(12) + 1)
    }
}

text_form!(Month, NotAMonth);

impl fmt::Debug for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Month({self})")
    }
}

/// The text is not a month such as 2026-03.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is not a month; a month has the form 2026-03")]
pub struct NotAMonth;

impl FromStr for Month {
    type Err = NotAMonth;

    fn from_str(text: &str) -> Result<Self, NotAMonth> {
        let (year, month) = text.split_once('-').ok_or(NotAMonth)?;
        let year: u16 = year.parse().map_err(|_| NotAMonth)?;
        let month: u8 = month.parse().map_err(|_| NotAMonth)?;
        if year > 9999 || !(1..=12).contains(&month) {
            return Err(NotAMonth);
        }
        Ok(Self(i32::from(year) * 12 + i32::from(month) - 1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_have_their_days() {
        for (time, name, last) in [
            ("2026-03-01T00:00:00Z", "2026-03", "2026-03-31"),
            ("2024-02-29T23:59:59Z", "2024-02", "2024-02-29"),
            ("2025-12-31T12:00:00Z", "2025-12", "2025-12-31"),
        ] {
            let month = Month::of(time.parse().unwrap());
            assert_eq!(month.to_string(), name);
            assert_eq!(name.parse(), Ok(month));
            assert_eq!(month.last_day().to_string(), last);
            assert_eq!(Month::of(month.begin()), month);
            assert_eq!(Month::of(month.end()), month.next());
        }
        for wrong in ["", "2026", "2026-0", "2026-13", "-1-1", "70000-01", "2026-03-01"] {
            assert!(wrong.parse::<Month>().is_err(), "{wrong}");
        }
    }
}
