//! How long something takes: world time, a number of questions, or until a test says so.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::clock;
use super::duration::IsoDuration;
use super::words::text_form;

/// Most questions that a delay may take.
const MOST_POLLS: u32 = 10_000;

/// How long a transition takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Delay {
    /// World time. Zero is over by the next call.
    After(IsoDuration),
    /// Until a client has asked about it so many times and been told that it is not done. Time alone
    /// does not end it.
    Polls(u32),
    /// Until it is released.
    Manual,
}

impl Delay {
    /// No delay.
    pub const NONE: Self = Self::After(IsoDuration::ZERO);

    /// Whether what is begun is over at once.
    pub fn is_none(self) -> bool {
        self == Self::NONE || self == Self::Polls(0)
    }

    /// When what begins at `start` is over. Where time alone does not end it, that is the end of
    /// world time.
    pub fn due(self, start: DateTime<Utc>) -> DateTime<Utc> {
        match self {
            Self::After(duration) => duration.after(start).unwrap_or(start),
            Self::Polls(0) => start,
            Self::Polls(_) | Self::Manual => clock::LATEST,
        }
    }

    /// Whether it ends by something else than time.
    pub fn is_held(self) -> bool {
        matches!(self, Self::Polls(1..) | Self::Manual)
    }
}

impl Default for Delay {
    fn default() -> Self {
        Self::NONE
    }
}

impl From<IsoDuration> for Delay {
    fn from(duration: IsoDuration) -> Self {
        Self::After(duration)
    }
}

/// The text is no delay.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is not a delay: write an ISO 8601 duration such as PT30S, a number of polls such as 3polls (at most 10000), or manual"
)]
pub struct NotADelay(String);

impl FromStr for Delay {
    type Err = NotADelay;

    fn from_str(text: &str) -> Result<Self, NotADelay> {
        let refuse = || NotADelay(text.chars().take(40).collect());
        let word = text.trim().to_ascii_lowercase();
        if word == "manual" {
            return Ok(Self::Manual);
        }
        if let Some(count) = word.strip_suffix("polls").or_else(|| word.strip_suffix("poll")) {
            let count: u32 = count.trim_end().parse().map_err(|_| refuse())?;
            return if count <= MOST_POLLS { Ok(Self::Polls(count)) } else { Err(refuse()) };
        }
        let duration: IsoDuration = word.parse().map_err(|_| refuse())?;
        if duration.is_negative() { Err(refuse()) } else { Ok(Self::After(duration)) }
    }
}

impl fmt::Display for Delay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::After(duration) => duration.fmt(f),
            Self::Polls(1) => f.write_str("1poll"),
            Self::Polls(count) => write!(f, "{count}polls"),
            Self::Manual => f.write_str("manual"),
        }
    }
}

text_form!(Delay, NotADelay);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delays_are_written_as_they_are_read() {
        for text in ["PT30S", "P1DT2H", "3polls", "1poll", "manual", "PT0S"] {
            let delay: Delay = text.parse().unwrap();
            assert_eq!(delay.to_string(), text);
        }
        for (text, delay) in [
            ("3 polls", Delay::Polls(3)),
            (" Manual ", Delay::Manual),
            ("pt5m", "PT5M".parse().unwrap()),
        ] {
            assert_eq!(text.parse(), Ok(delay), "{text}");
        }
        for text in ["", "polls", "-1polls", "10001polls", "3", "-PT5S", "never"] {
            assert!(text.parse::<Delay>().is_err(), "{text}");
        }
        assert!(Delay::Polls(0).is_none() && !Delay::Polls(1).is_none());
    }
}
