//! The values that expressions compare.

use std::cmp::Ordering;

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use rust_decimal::Decimal;

use crate::api::wire::Timestamp;

/// A value of a property or in an expression. What is absent is no value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// Text; casing does not count in comparisons [choice].
    Text(String),
    /// A number.
    Number(Decimal),
    /// True or false.
    Bool(bool),
    /// A day, in UTC. Beside a moment it means its first moment.
    Date(NaiveDate),
    /// A moment.
    Moment(DateTime<Utc>),
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<u32> for Value {
    fn from(value: u32) -> Self {
        Self::Number(value.into())
    }
}

impl Value {
    /// Reads a word without quotes: a number, `true`, `false`, a date, a moment or a GUID.
    pub(super) fn bare(word: &str) -> Option<Self> {
        if word.eq_ignore_ascii_case("true") || word.eq_ignore_ascii_case("false") {
            return Some(Self::Bool(word.eq_ignore_ascii_case("true")));
        }
        if !word.starts_with(|c: char| c.is_ascii_alphanumeric() || "+-.{".contains(c)) {
            return None;
        }
        if let Some(number) = number(word) {
            return Some(Self::Number(number));
        }
        if crate::domain::ids::parse_guid(word).is_ok() {
            return Some(Self::Text(word.trim_matches(['{', '}']).to_owned()));
        }
        moment(word)
    }

    /// Reads what a typed literal such as `datetime'2026-01-31T00:00:00Z'` says.
    pub(super) fn typed(kind: &str, text: &str) -> Option<Self> {
        match kind.to_ascii_lowercase().as_str() {
            "date" | "datetime" | "datetimeoffset" => moment(text),
            "guid" => {
                crate::domain::ids::parse_guid(text).ok().map(|id| Self::Text(id.to_string()))
            }
            _ => None,
        }
    }

    /// Compares with a value that a client wrote, reading its text as this value's type. `None`:
    /// the two have nothing in common.
    pub(super) fn compare(&self, wanted: &Self) -> Option<Ordering> {
        match (self, wanted) {
            (Self::Text(a), Self::Text(b)) => Some(folded(a).cmp(folded(b))),
            (Self::Number(a), Self::Number(b)) => Some(a.cmp(b)),
            (Self::Bool(a), Self::Bool(b)) => Some(a.cmp(b)),
            (Self::Number(a), Self::Text(b)) => number(b).map(|b| a.cmp(&b)),
            (Self::Bool(a), Self::Text(b)) => {
                let b = Self::bare(b)?;
                if let Self::Bool(b) = b { Some(a.cmp(&b)) } else { None }
            }
            (Self::Date(_) | Self::Moment(_), Self::Text(text)) => self.compare(&moment(text)?),
            (Self::Text(a), Self::Number(b)) => number(a).map(|a| a.cmp(b)),
            (Self::Text(a), Self::Date(_) | Self::Moment(_)) => moment(a)?.compare(wanted),
            _ => Some(self.begins()?.cmp(&wanted.begins()?)),
        }
    }

    /// The order of values in a sorted list: by value within a type, types one after the other.
    pub(super) fn sort(&self, other: &Self) -> Ordering {
        let type_number = |value: &Self| match value {
            Self::Bool(_) => 0,
            Self::Number(_) => 1,
            Self::Date(_) | Self::Moment(_) => 2,
            Self::Text(_) => 3,
        };
        type_number(self)
            .cmp(&type_number(other))
            .then_with(|| self.compare(other).unwrap_or(Ordering::Equal))
    }

    fn begins(&self) -> Option<DateTime<Utc>> {
        match self {
            Self::Date(day) => Some(day.and_time(NaiveTime::MIN).and_utc()),
            Self::Moment(moment) => Some(*moment),
            _ => None,
        }
    }
}

/// The characters of a text without regard to casing.
pub(super) fn folded(text: &str) -> impl Iterator<Item = char> + '_ {
    text.chars().flat_map(char::to_lowercase)
}

fn number(text: &str) -> Option<Decimal> {
    // Python writes `50.0`, some clients a suffix such as `50L` or `1.5m`.
    let bare = text.trim_end_matches(['L', 'l', 'M', 'm', 'D', 'd', 'F', 'f']);
    let suffix = text.len() - bare.len();
    if suffix > 1 || !bare.ends_with(|c: char| c.is_ascii_digit()) || bare.contains('_') {
        return None;
    }
    bare.parse().or_else(|_| Decimal::from_scientific(bare)).ok()
}

fn moment(text: &str) -> Option<Value> {
    if let Ok(day) = NaiveDate::parse_from_str(text, "%Y-%m-%d") {
        return Some(Value::Date(day));
    }
    if !text.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    Timestamp::parse(text).map(|timestamp| Value::Moment(timestamp.0))
}
