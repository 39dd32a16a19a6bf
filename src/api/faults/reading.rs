//! From JSON to a rule: members one by one, so that every refusal names its place and the way out.
//! Whether the rule can strike at all is judged in [`super::possible`].

use std::time::Duration;

use chrono::DateTime;
use serde_json::{Map, Number, Value};

use super::rule::{Amount, Answer, Effect, LONGEST_WAIT, Latency, Trigger, Wire};
use crate::api::json::same_word;
use crate::api::near_miss::letters_alike;
use crate::domain::duration::IsoDuration;
use crate::domain::error::{Error, Result};

/// Longest name of a rule.
const LONGEST_ID: usize = 64;
/// Largest number of calls that a rule counts to.
const MOST_CALLS: u64 = 1_000_000_000;

/// The members of an object, taken by name in any casing; `null` stands for absent.
#[derive(Debug)]
pub(super) struct Members<'v> {
    at: String,
    all: &'v Map<String, Value>,
    known: Vec<&'static str>,
    given: Map<String, Value>,
}

impl<'v> Members<'v> {
    /// The members of the object at a place.
    pub(super) fn of(at: &str, value: &'v Value) -> Result<Self> {
        let Value::Object(members) = value else {
            let place = if at.is_empty() { "the rule" } else { at };
            return Err(Error::invalid(place, format!("must be an object, not {}", shown(value))));
        };
        Ok(Self { at: at.to_owned(), all: members, known: Vec::new(), given: Map::new() })
    }

    /// The place of a member.
    pub(super) fn place(&self, name: &str) -> String {
        if self.at.is_empty() { name.to_owned() } else { format!("{}.{name}", self.at) }
    }

    /// The refusal of a member.
    pub(super) fn refuse(&self, name: &str, reason: impl Into<String>) -> Error {
        Error::invalid(self.place(name), reason)
    }

    /// A member.
    pub(super) fn take(&mut self, name: &'static str) -> Option<&'v Value> {
        self.known.push(name);
        let mut found = self.all.iter().rev().filter(|(key, _)| same_word(key, name));
        let value = found.next().map(|(_, value)| value).filter(|value| !value.is_null())?;
        self.given.insert(name.to_owned(), value.clone());
        Some(value)
    }

    /// A text.
    pub(super) fn text(&mut self, name: &'static str) -> Result<Option<&'v str>> {
        match self.take(name) {
            None => Ok(None),
            Some(Value::String(text)) if !text.trim().is_empty() => Ok(Some(text.trim())),
            Some(other) => Err(self.refuse(name, format!("must be a text, not {}", shown(other)))),
        }
    }

    /// A whole number within bounds.
    pub(super) fn count(
        &mut self,
        name: &'static str,
        bounds: std::ops::RangeInclusive<u64>,
    ) -> Result<Option<u64>> {
        let Some(value) = self.take(name) else { return Ok(None) };
        let number = value.as_u64().filter(|number| bounds.contains(number));
        let (least, most) = (bounds.start(), bounds.end());
        number.map(Some).ok_or_else(|| {
            let text =
                format!("must be a whole number from {least} to {most}, not {}", shown(value));
            self.refuse(name, text)
        })
    }

    /// A truth value; absent is `false`.
    fn flag(&mut self, name: &'static str) -> Result<bool> {
        match self.take(name) {
            None => Ok(false),
            Some(Value::Bool(flag)) => Ok(*flag),
            Some(other) => {
                Err(self.refuse(name, format!("must be true or false, not {}", shown(other))))
            }
        }
    }

    /// A span of time.
    fn wait(&mut self, name: &'static str) -> Result<Option<Duration>> {
        self.take(name).map(|value| wait(&self.place(name), value)).transpose()
    }

    /// What was taken; refused when there is more.
    pub(super) fn finish(self) -> Result<Map<String, Value>> {
        let is_known = |key: &str| self.known.iter().any(|name| same_word(key, name));
        let Some(unknown) = self.all.keys().find(|key| !is_known(key)) else {
            return Ok(self.given);
        };
        let nearest = self.known.iter().max_by_key(|name| letters_alike(unknown, name));
        let hint = match nearest {
            Some(name) if letters_alike(unknown, name) >= 50 => format!("did you mean `{name}`? "),
            _ => String::new(),
        };
        let unknown: String = unknown.chars().take(60).collect();
        let reason = format!("is unknown; {hint}Known are {}", self.known.join(", "));
        Err(self.refuse(&unknown, reason))
    }
}

/// A value as a refusal quotes it.
pub(super) fn shown(value: &Value) -> String {
    let text = value.to_string();
    let short: String = text.chars().take(40).collect();
    if short.len() < text.len() { format!("{short}…") } else { short }
}

/// A span of time, longer than none.
fn wait(place: &str, value: &Value) -> Result<Duration> {
    let refuse = |reason: String| Err(Error::invalid(place, reason));
    let Value::String(text) = value else {
        return refuse(format!("must be a duration such as \"PT0.5S\", not {}", shown(value)));
    };
    let span = match text.trim().parse::<IsoDuration>() {
        Ok(span) => span,
        Err(error) => return refuse(error.to_string()),
    };
    let epoch = DateTime::UNIX_EPOCH;
    match span.after(epoch).and_then(|end| (end - epoch).to_std().ok()) {
        Some(wait) if wait > LONGEST_WAIT => {
            refuse(format!("is longer than {} minutes", LONGEST_WAIT.as_secs() / 60))
        }
        Some(wait) => Ok(wait),
        None => refuse("must not be negative".to_owned()),
    }
}

fn positive(place: &str, wait: Duration) -> Result<Duration> {
    if wait.is_zero() {
        return Err(Error::invalid(place, "must be longer than no time at all"));
    }
    Ok(wait)
}

/// The name of a rule, which goes into a header and a path.
pub(super) fn id(members: &mut Members<'_>) -> Result<Option<Box<str>>> {
    let Some(id) = members.text("id")? else { return Ok(None) };
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    if id.len() > LONGEST_ID || !id.chars().all(fits) || id.starts_with('.') {
        let reason = format!(
            "must be up to {LONGEST_ID} letters, digits, `-`, `_` and `.`, and not begin with `.`"
        );
        return Err(members.refuse("id", reason));
    }
    Ok(Some(id.into()))
}

/// When the rule strikes.
pub(super) fn trigger(members: &mut Members<'_>) -> Result<Trigger> {
    let mut chosen: Vec<(&str, Trigger)> = Vec::new();
    if let Some(count) = members.count("first", 1..=MOST_CALLS)? {
        chosen.push(("first", Trigger::First(count)));
    }
    if let Some(step) = members.count("every", 1..=MOST_CALLS)? {
        chosen.push(("every", Trigger::Every(step)));
    }
    if let Some(count) = members.count("after", 1..=MOST_CALLS)? {
        chosen.push(("after", Trigger::After(count)));
    }
    if let Some(value) = members.take("probability") {
        let share = value.as_f64().filter(|share| *share > 0.0 && *share <= 1.0);
        let share = share.ok_or_else(|| {
            let reason = format!("must be a number above 0 and up to 1, not {}", shown(value));
            members.refuse("probability", reason)
        })?;
        chosen.push(("probability", Trigger::Probability(share)));
    }
    match chosen.as_slice() {
        [] => Ok(Trigger::Always),
        [(_, trigger)] => Ok(*trigger),
        [(one, _), (other, _), ..] => {
            let reason = format!(
                "contradicts `{one}`; a rule has one of first, every, after and probability"
            );
            Err(members.refuse(other, reason))
        }
    }
}

/// Most times that the rule strikes.
pub(super) fn times(members: &mut Members<'_>) -> Result<Option<u64>> {
    members.count("times", 1..=MOST_CALLS)
}

/// What the rule does.
pub(super) fn effect(members: &mut Members<'_>) -> Result<Effect> {
    let code = error(members)?;
    let status = members.count("status", 400..=599)?.and_then(|it| u16::try_from(it).ok());
    let retry_after =
        members.count("retryAfter", 0..=86_400)?.and_then(|it| u32::try_from(it).ok());
    let latency = latency(members)?;
    let late = members.wait("late")?;
    let reset = members.flag("reset")?;
    let truncate = truncate(members)?;
    let drip = drip(members)?;
    let lose = lose(members)?;
    let ends_without_answer = if reset { Some("reset") } else { lose.as_ref().map(|_| "lose") };
    for (name, is_given) in [
        ("error", code.is_some()),
        ("status", status.is_some()),
        ("retryAfter", retry_after.is_some()),
        ("truncate", truncate.is_some()),
        ("drip", drip.is_some()),
        ("late", late.is_some()),
    ] {
        if let (Some(other), true) = (ends_without_answer, is_given) {
            let reason =
                format!("contradicts `{other}`, after which there is no answer; leave one out");
            return Err(members.refuse(name, reason));
        }
    }
    let contradiction = [
        ("reset", "lose", reset && lose.is_some()),
        ("truncate", "drip", truncate.is_some() && drip.is_some()),
        ("late", "error", late.is_some() && code.is_some()),
        ("late", "status", late.is_some() && status.is_some()),
        ("late", "latency", late.is_some() && latency.is_some()),
    ];
    if let Some((one, other, _)) = contradiction.into_iter().find(|(.., is_given)| *is_given) {
        return Err(members.refuse(one, format!("contradicts `{other}`; leave one of them out")));
    }
    if retry_after.is_some() && code.is_none() && !matches!(status, Some(429 | 503)) {
        // Clients wait and repeat whatever carries it (contract: azure-identity.md §4.1).
        let reason = "goes with status 429 or 503 only; add `\"status\": 429`";
        return Err(members.refuse("retryAfter", reason));
    }
    let wire = match (truncate, drip) {
        (Some(amount), _) => Wire::Truncated(amount),
        (None, Some((piece, pause))) => Wire::Dripping(piece, pause),
        (None, None) => Wire::Whole,
    };
    let answer = match (code, status, lose, reset) {
        (Some(code), status, ..) => Answer::Error { code, status },
        (None, Some(status), ..) => Answer::Status(status),
        (None, None, Some(lost), _) => lost,
        (None, None, None, true) => Answer::LostRequest,
        (None, None, None, false) => Answer::Own,
    };
    let latency = latency.or(late.map(Latency::Fixed));
    if answer == Answer::Own && latency.is_none() && wire == Wire::Whole {
        let reason =
            "does nothing; add one of error, status, latency, late, reset, truncate, drip and lose";
        let place = if members.at.is_empty() { "the rule" } else { &members.at };
        return Err(Error::invalid(place, reason));
    }
    Ok(Effect { answer, retry_after, latency, wire })
}

fn error(members: &mut Members<'_>) -> Result<Option<String>> {
    match members.take("error") {
        None => Ok(None),
        Some(Value::String(code)) if !code.trim().is_empty() && code.len() <= 100 => {
            Ok(Some(code.trim().to_owned()))
        }
        Some(Value::Number(number)) if number.is_u64() => Ok(Some(number.to_string())),
        Some(other) => {
            let reason = format!(
                "must be a code such as 900278, \"ReservationOrderNotFound\" or \"AADSTS7000215\", not {}",
                shown(other)
            );
            Err(members.refuse("error", reason))
        }
    }
}

fn latency(members: &mut Members<'_>) -> Result<Option<Latency>> {
    let place = members.place("latency");
    let Some(value) = members.take("latency") else { return Ok(None) };
    if !value.is_object() {
        return Ok(Some(Latency::Fixed(positive(&place, wait(&place, value)?)?)));
    }
    let mut inner = Members::of(&place, value)?;
    let (from, to) = (inner.wait("from")?, inner.wait("to")?);
    let (mean, deviation) = (inner.wait("mean")?, inner.wait("deviation")?);
    inner.finish()?;
    match (from, to, mean, deviation) {
        (from, Some(to), None, None) => {
            let from = from.unwrap_or_default();
            if from > to {
                return Err(Error::invalid(place, "`from` must not be longer than `to`"));
            }
            Ok(Some(Latency::Uniform(from, positive(&place, to)?)))
        }
        (None, None, Some(mean), deviation) => {
            Ok(Some(Latency::Normal(positive(&place, mean)?, deviation.unwrap_or_default())))
        }
        _ => Err(Error::invalid(
            place,
            "must be a duration, or have `from` and `to`, or have `mean` and `deviation`",
        )),
    }
}

fn truncate(members: &mut Members<'_>) -> Result<Option<Amount>> {
    let Some(value) = members.take("truncate") else { return Ok(None) };
    let share = |share: f64| (share > 0.0 && share < 1.0).then_some(Amount::Share(share));
    let amount = match value {
        Value::Bool(true) => Some(Amount::Share(0.5)),
        Value::Number(number) if number.is_u64() => {
            number.as_u64().and_then(|bytes| usize::try_from(bytes).ok()).map(Amount::Bytes)
        }
        Value::Number(number) => number.as_f64().and_then(share),
        Value::String(text) => text
            .trim()
            .strip_suffix('%')
            .and_then(|percent| percent.trim().parse::<f64>().ok())
            .and_then(|percent| share(percent / 100.0)),
        _ => None,
    };
    amount.map(Some).ok_or_else(|| {
        let reason = format!(
            "must be the number of bytes that arrive, or their share such as \"50%\", not {}",
            shown(value)
        );
        members.refuse("truncate", reason)
    })
}

fn drip(members: &mut Members<'_>) -> Result<Option<(usize, Duration)>> {
    let place = members.place("drip");
    let Some(value) = members.take("drip") else { return Ok(None) };
    let empty = Value::Object(Map::new());
    let value = if value == &Value::Bool(true) { &empty } else { value };
    let mut inner = Members::of(&place, value)?;
    let bytes = inner.count("bytes", 1..=1 << 30)?.and_then(|it| usize::try_from(it).ok());
    let pause = inner.wait("pause")?.map(|it| positive(&inner.place("pause"), it)).transpose()?;
    inner.finish()?;
    Ok(Some((bytes.unwrap_or(16), pause.unwrap_or(Duration::from_millis(100)))))
}

fn lose(members: &mut Members<'_>) -> Result<Option<Answer>> {
    match members.text("lose")? {
        None => Ok(None),
        Some(word) if word.eq_ignore_ascii_case("request") => Ok(Some(Answer::LostRequest)),
        Some(word) if word.eq_ignore_ascii_case("answer") => Ok(Some(Answer::LostAnswer)),
        Some(word) => {
            let word: String = word.chars().take(40).collect();
            let reason = format!(
                "must be \"request\" (nothing is carried out) or \"answer\" (all is), not `{word}`"
            );
            Err(members.refuse("lose", reason))
        }
    }
}

/// A span of time as rules write it.
pub(super) fn written(wait: Duration) -> Value {
    Value::String(format!("PT{}.{:03}S", wait.as_secs(), wait.subsec_millis()))
}

/// A share as rules write it.
pub(super) fn share(share: f64) -> Value {
    Number::from_f64(share).map_or(Value::Null, Value::Number)
}
