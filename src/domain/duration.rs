//! ISO 8601 durations (`P1Y2M3DT4H5M6S`, `P2W`, `-P20D`) as calendar steps: months and years follow
//! the calendar, everything below is exact time.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Months, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::words::text_form;

/// A signed ISO 8601 duration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct IsoDuration {
    months: i32,
    exact: TimeDelta,
}

/// The text is not an ISO 8601 duration.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not an ISO 8601 duration; write for example PT30S, P20D, P1M or P1Y")]
pub struct NotADuration(String);

impl IsoDuration {
    /// No time at all.
    pub const ZERO: Self = Self { months: 0, exact: TimeDelta::zero() };

    /// An exact span.
    pub const fn exact(exact: TimeDelta) -> Self {
        Self { months: 0, exact }
    }

    /// Whether the duration points into the past.
    pub fn is_negative(self) -> bool {
        self.months < 0 || self.exact < TimeDelta::zero()
    }

    /// The same span in the other direction.
    #[must_use]
    pub fn negated(self) -> Self {
        Self { months: -self.months, exact: -self.exact }
    }

    /// The moment this far after `start`; `None` beyond the range of dates.
    pub fn after(self, start: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let months = Months::new(self.months.unsigned_abs());
        let moved = if self.months < 0 {
            start.checked_sub_months(months)
        } else {
            start.checked_add_months(months)
        }?;
        moved.checked_add_signed(self.exact)
    }
}

impl FromStr for IsoDuration {
    type Err = NotADuration;

    fn from_str(text: &str) -> Result<Self, NotADuration> {
        let refuse = || NotADuration(text.chars().take(40).collect());
        let (negative, rest) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let rest = rest.strip_prefix(['P', 'p']).ok_or_else(refuse)?;
        if rest.is_empty() || rest.len() > 60 {
            return Err(refuse());
        }
        let mut months: i64 = 0;
        let mut millis: i64 = 0;
        let mut in_time = false;
        let mut parts = 0;
        let mut number = String::new();
        for symbol in rest.chars() {
            match symbol.to_ascii_uppercase() {
                'T' if !in_time && number.is_empty() => in_time = true,
                '0'..='9' | '.' => number.push(symbol),
                unit => {
                    let value: f64 = number.parse().map_err(|_| refuse())?;
                    let whole: i64 =
                        number.split('.').next().unwrap_or("").parse().map_err(|_| refuse())?;
                    let fraction_allowed = in_time && unit == 'S';
                    if number.contains('.') && !fraction_allowed {
                        return Err(refuse());
                    }
                    let scaled = |factor: i64| whole.checked_mul(factor).ok_or_else(refuse);
                    match (in_time, unit) {
                        (false, 'Y') => months += scaled(12)?,
                        (false, 'M') => months += whole,
                        (false, 'W') => millis += scaled(7 * 86_400_000)?,
                        (false, 'D') => millis += scaled(86_400_000)?,
                        (true, 'H') => millis += scaled(3_600_000)?,
                        (true, 'M') => millis += scaled(60_000)?,
                        #[allow(clippy::cast_possible_truncation)] // bounded by the check below
                        (true, 'S') if value < 1e12 => millis += (value * 1000.0).round() as i64,
                        _ => return Err(refuse()),
                    }
                    number.clear();
                    parts += 1;
                    if months > 120_000 || millis > 10_000 * 366 * 86_400_000 {
                        return Err(refuse());
                    }
                }
            }
        }
        if parts == 0 || !number.is_empty() {
            return Err(refuse());
        }
        let months = i32::try_from(months).map_err(|_| refuse())?;
        let duration = Self { months, exact: TimeDelta::milliseconds(millis) };
        Ok(if negative { duration.negated() } else { duration })
    }
}

impl fmt::Display for IsoDuration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = if self.is_negative() { self.negated() } else { *self };
        if self.is_negative() {
            f.write_str("-")?;
        }
        f.write_str("P")?;
        let (years, months) = (shown.months / 12, shown.months % 12);
        if years != 0 {
            write!(f, "{years}Y")?;
        }
        if months != 0 {
            write!(f, "{months}M")?;
        }
        let days = shown.exact.num_days();
        if days != 0 {
            write!(f, "{days}D")?;
        }
        let millis = shown.exact.num_milliseconds() - days * 86_400_000;
        if millis != 0 || (shown.months == 0 && days == 0) {
            f.write_str("T")?;
            let (hours, minutes) = (millis / 3_600_000, millis / 60_000 % 60);
            if hours != 0 {
                write!(f, "{hours}H")?;
            }
            if minutes != 0 {
                write!(f, "{minutes}M")?;
            }
            let rest = millis % 60_000;
            if rest % 1000 != 0 {
                write!(f, "{}.{:03}S", rest / 1000, rest % 1000)?;
            } else if rest != 0 || millis == 0 {
                write!(f, "{}S", rest / 1000)?;
            }
        }
        Ok(())
    }
}

text_form!(IsoDuration, NotADuration);

/// `#[serde(with = "crate::domain::duration::exact")]`, for spans of exact time: a duration in text.
pub mod exact {
    use chrono::TimeDelta;
    use serde::de::Error;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use super::IsoDuration;

    /// Writes the span.
    pub fn serialize<S: Serializer>(span: &TimeDelta, to: S) -> Result<S::Ok, S::Error> {
        IsoDuration::exact(*span).serialize(to)
    }

    /// Reads a span; months and years are none.
    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<TimeDelta, D::Error> {
        let duration = IsoDuration::deserialize(from)?;
        if duration.months != 0 {
            return Err(D::Error::custom(format!(
                "`{duration}` has months or years, which differ in length; write days, for example P30D"
            )));
        }
        Ok(duration.exact)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn steps_follow_the_calendar() {
        let start: DateTime<Utc> = "2024-01-31T10:00:00Z".parse().unwrap();
        for (text, expected) in [
            ("P1M", "2024-02-29T10:00:00Z"),
            ("P1Y", "2025-01-31T10:00:00Z"),
            ("P2W", "2024-02-14T10:00:00Z"),
            ("-P20D", "2024-01-11T10:00:00Z"),
            ("PT1H30M0.5S", "2024-01-31T11:30:00.500Z"),
            ("P1DT1S", "2024-02-01T10:00:01Z"),
        ] {
            let duration: IsoDuration = text.parse().unwrap();
            assert_eq!(
                duration.after(start).unwrap(),
                expected.parse::<DateTime<Utc>>().unwrap(),
                "{text}"
            );
        }
    }

    #[test]
    fn what_is_no_duration_is_refused() {
        for text in [
            "",
            "P",
            "PT",
            "1D",
            "P1",
            "P1.5D",
            "PD",
            "P1H",
            "PT1D",
            "P99999999999999999999Y",
            "PTT1S",
        ] {
            assert!(text.parse::<IsoDuration>().is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn printing_and_reading_agree(months in 0..5000_i32, millis in 0..4_000_000_000_i64) {
            let duration = IsoDuration { months, exact: TimeDelta::milliseconds(millis) };
            prop_assert_eq!(duration.to_string().parse::<IsoDuration>().unwrap(), duration);
        }

        #[test]
        fn any_text_is_answered(text in ".{0,80}") {
            let _ = text.parse::<IsoDuration>().map(|d| d.after(DateTime::UNIX_EPOCH));
        }
    }
}
