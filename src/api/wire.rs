//! Values that several surfaces write the same way: moments, amounts.

use std::borrow::Cow;
use std::fmt;

use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use serde::de::{self, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, SchemaFormat, Type};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

/// A moment: written in UTC with seven fraction digits and `Z`, as .NET writes it; read with or
/// without zone, as a date alone, or as year 1, which means unset
/// (contract: partner-center-conventions.md §4 and §5).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Timestamp(pub DateTime<Utc>);

impl Timestamp {
    /// The moment, unless it is the year 1 that stands for unset.
    pub fn set(self) -> Option<DateTime<Utc>> {
        use chrono::Datelike;
        (self.0.year() > 1).then_some(self.0)
    }

    /// Reads the forms that clients send.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if text.len() > 40 {
            return None;
        }
        if let Ok(moment) = DateTime::parse_from_rfc3339(text) {
            return Some(Self(moment.with_timezone(&Utc)));
        }
        for form in ["%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%dT%H:%M"] {
            if let Ok(moment) = NaiveDateTime::parse_from_str(text, form) {
                return Some(Self(moment.and_utc()));
            }
        }
        let date = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?;
        Some(Self(date.and_hms_opt(0, 0, 0)?.and_utc()))
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use chrono::{Datelike, Timelike};
        let moment = &self.0;
        let hundred_nanos = (moment.nanosecond() % 1_000_000_000) / 100;
        write!(
            f,
            "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{hundred_nanos:07}Z",
            moment.year(),
            moment.month(),
            moment.day(),
            moment.hour(),
            moment.minute(),
            moment.second()
        )
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<str>::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| {
            de::Error::custom("must be a date and time such as 2026-01-31T09:30:00Z")
        })
    }
}

impl PartialSchema for Timestamp {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::DateTime)))
            .into()
    }
}

impl ToSchema for Timestamp {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed("Timestamp")
    }
}

/// An amount of money, written as a JSON number. The currency stands beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Amount(pub Decimal);

impl Serialize for Amount {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        // Amounts have at most six decimals and fit a double's fifteen digits.
        serializer.serialize_f64(self.0.to_f64().unwrap_or_default())
    }
}

impl<'de> Deserialize<'de> for Amount {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Number;

        impl Visitor<'_> for Number {
            type Value = Amount;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an amount such as 1060.80")
            }

            fn visit_f64<E: de::Error>(self, value: f64) -> Result<Amount, E> {
                Decimal::try_from(value)
                    .map(Amount)
                    .map_err(|_| E::custom("is too large for an amount"))
            }
        }

        deserializer.deserialize_f64(Number)
    }
}

impl PartialSchema for Amount {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::Number)
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::Double)))
            .into()
    }
}

impl ToSchema for Amount {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed("Amount")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_read_in_every_form_that_clients_send() {
        for (text, written) in [
            ("2021-03-09T18:42:11.5240137Z", "2021-03-09T18:42:11.5240137Z"),
            ("2021-03-09T18:42:11", "2021-03-09T18:42:11.0000000Z"),
            ("2021-03-09T18:42:11+02:00", "2021-03-09T16:42:11.0000000Z"),
            ("2021-03-09", "2021-03-09T00:00:00.0000000Z"),
            ("9999-12-10T00:00:00Z", "9999-12-10T00:00:00.0000000Z"),
        ] {
            assert_eq!(Timestamp::parse(text).unwrap().to_string(), written);
        }
        assert_eq!(Timestamp::parse("0001-01-01T00:00:00").unwrap().set(), None);
        for text in ["", "yesterday", "2021-13-01", "2021-02-30T00:00:00Z"] {
            assert_eq!(Timestamp::parse(text), None, "{text}");
        }
    }
}
