//! Commitment terms: their spellings on both surfaces and how long they last. What a term costs
//! is the catalogue's business, what is owed when is billing's.

use std::fmt;

use chrono::{DateTime, Months, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

/// How long a purchase commits the customer.
///
/// The five-year term of a few Azure products is not sold here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Term {
    /// One month.
    P1M,
    /// One year.
    P1Y,
    /// Three years.
    P3Y,
}

impl Term {
    /// Every term, shortest first.
    pub const ALL: [Self; 3] = [Self::P1M, Self::P1Y, Self::P3Y];

    /// The ISO 8601 duration, as in `termDuration` and ARM's `term`.
    pub const fn iso(self) -> &'static str {
        match self {
            Self::P1M => "P1M",
            Self::P1Y => "P1Y",
            Self::P3Y => "P3Y",
        }
    }

    /// Reads an ISO 8601 duration in any casing.
    pub fn from_iso(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|term| text.eq_ignore_ascii_case(term.iso()))
    }

    /// The word of a reservation SKU's `duration` attribute (partner-center-catalog, Sku).
    pub const fn duration_word(self) -> &'static str {
        match self {
            Self::P1M => "1Month",
            Self::P1Y => "1Year",
            Self::P3Y => "3Years",
        }
    }

    /// Reads a `provisioningContext.duration`, which clients spell `1Year`, `3Year`, `3Years` or
    /// `3years` (partner-center-carts-orders, RI provisioningContext): any casing, with or without
    /// the plural s.
    pub fn from_duration_word(text: &str) -> Option<Self> {
        let singular = text.strip_suffix(['s', 'S']).unwrap_or(text);
        Self::ALL
            .into_iter()
            .find(|term| singular.eq_ignore_ascii_case(term.duration_word().trim_end_matches('s')))
    }

    /// Length in calendar months.
    pub const fn months(self) -> u32 {
        match self {
            Self::P1M => 1,
            Self::P1Y => 12,
            Self::P3Y => 36,
        }
    }

    /// The moment a term that began at `start` ends: same calendar day and time of day, 29
    /// February becoming the 28th (reservation-business-rules §1 \[choice\]). At the end of the
    /// calendar's range the answer is the latest representable moment.
    pub fn end_from(self, start: DateTime<Utc>) -> DateTime<Utc> {
        start.checked_add_months(Months::new(self.months())).unwrap_or(DateTime::<Utc>::MAX_UTC)
    }

    /// [`Term::end_from`] for a plain date.
    pub fn end_date_from(self, start: NaiveDate) -> NaiveDate {
        start.checked_add_months(Months::new(self.months())).unwrap_or(NaiveDate::MAX)
    }
}

impl fmt::Display for Term {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.iso())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings() {
        for (text, expected) in [
            ("P1Y", Some(Term::P1Y)),
            ("p3y", Some(Term::P3Y)),
            ("P1M", Some(Term::P1M)),
            ("P5Y", None),
            ("", None),
            ("1Year", None),
        ] {
            assert_eq!(Term::from_iso(text), expected, "iso {text:?}");
        }
        for (text, expected) in [
            ("1Year", Some(Term::P1Y)),
            ("3Year", Some(Term::P3Y)),
            ("3Years", Some(Term::P3Y)),
            ("3years", Some(Term::P3Y)),
            ("3YEARS", Some(Term::P3Y)),
            ("5Years", None),
            ("P1Y", None),
            ("s", None),
            ("", None),
            ("年", None),
        ] {
            assert_eq!(Term::from_duration_word(text), expected, "word {text:?}");
        }
        for term in Term::ALL {
            assert_eq!(Term::from_iso(term.iso()), Some(term));
            assert_eq!(Term::from_duration_word(term.duration_word()), Some(term));
        }
    }

    #[test]
    fn ends_on_the_same_calendar_day() {
        for (start, term, end) in [
            ("2025-03-01", Term::P1Y, "2026-03-01"),
            ("2024-02-29", Term::P1Y, "2025-02-28"),
            ("2024-02-29", Term::P3Y, "2027-02-28"),
            ("2025-01-31", Term::P1M, "2025-02-28"),
            ("2025-12-15", Term::P1M, "2026-01-15"),
        ] {
            let date = |text: &str| text.parse::<NaiveDate>().unwrap();
            assert_eq!(term.end_date_from(date(start)), date(end), "{start} + {term}");
            let at = |text: &str| format!("{text}T08:30:11Z").parse::<DateTime<Utc>>().unwrap();
            assert_eq!(term.end_from(at(start)), at(end), "{start} + {term}");
        }
        assert_eq!(Term::P3Y.end_date_from(NaiveDate::MAX), NaiveDate::MAX);
    }
}
