//! A rule: which calls it is about, when it strikes, what it does. How it is read from JSON is in
//! [`super::reading`], whether a call is meant in [`super::matching`].

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use serde_json::{Map, Value};
use uuid::Uuid;

use super::matching::Matcher;

/// Longest that an answer is held back.
pub const LONGEST_WAIT: Duration = Duration::from_secs(600);

/// When a rule strikes, by the number of the call among those it is about.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Trigger {
    /// With every call.
    Always,
    /// With the first so many.
    First(u64),
    /// With each that is a multiple.
    Every(u64),
    /// With all but the first so many.
    After(u64),
    /// With this share of the calls, drawn from the world's seed.
    Probability(f64),
}

/// How long an answer is held back.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Latency {
    /// Always the same.
    Fixed(Duration),
    /// Anything between two, equally likely.
    Uniform(Duration, Duration),
    /// Spread around a mean by a standard deviation, cut off at zero and at [`LONGEST_WAIT`].
    Normal(Duration, Duration),
}

/// What is answered.
#[allow(clippy::enum_variant_names, reason = "a lost answer is what it is called")]
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// What the operation answers.
    Own,
    /// A documented error of the operation, which is not carried out.
    Error {
        /// Its code.
        code: String,
        /// Its status, where the code has several.
        status: Option<u16>,
    },
    /// A status in the shape of the surface; the operation is not carried out.
    Status(u16),
    /// Nothing: the request is lost before anything is carried out.
    LostRequest,
    /// Nothing: the answer is lost after everything is carried out.
    LostAnswer,
}

/// How much of a body arrives.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Amount {
    /// So many bytes.
    Bytes(usize),
    /// This share of it.
    Share(f64),
}

/// How the body of the answer is written.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Wire {
    /// Whole.
    Whole,
    /// Only its beginning; then the connection is reset.
    Truncated(Amount),
    /// In pieces of so many bytes, with a pause before each.
    Dripping(usize, Duration),
}

/// What a fault does.
#[derive(Debug, Clone, PartialEq)]
pub struct Effect {
    /// What is answered.
    pub answer: Answer,
    /// Seconds of `Retry-After`.
    pub retry_after: Option<u32>,
    /// How long the answer is held back.
    pub latency: Option<Latency>,
    /// How its body is written.
    pub wire: Wire,
}

impl Default for Effect {
    fn default() -> Self {
        Self { answer: Answer::Own, retry_after: None, latency: None, wire: Wire::Whole }
    }
}

/// A rule that is armed.
#[derive(Debug)]
pub struct Rule {
    /// Its name.
    pub id: Box<str>,
    /// What it was made from, names as documented.
    pub given: Map<String, Value>,
    /// Which calls it is about.
    pub matcher: Matcher,
    /// When it strikes.
    pub trigger: Trigger,
    /// Most times that it strikes.
    pub times: Option<u64>,
    /// What it does.
    pub effect: Effect,
    /// Calls that it was held against.
    pub looked_at: AtomicU64,
    /// Calls that it is about.
    pub matched: AtomicU64,
    /// Calls that it struck.
    pub struck: AtomicU64,
}

impl Rule {
    /// Counts a call that the rule is about. Gives its number when it is to be struck.
    pub(super) fn pull(&self, seed: Uuid) -> Option<u64> {
        let number = self.matched.fetch_add(1, Ordering::Relaxed) + 1;
        let due = match self.trigger {
            Trigger::Always => true,
            Trigger::First(count) => number <= count,
            Trigger::Every(step) => number.is_multiple_of(step),
            Trigger::After(count) => number > count,
            Trigger::Probability(share) => drawn(seed, &self.id, number, 0) < share,
        };
        if !due {
            return None;
        }
        let most = self.times.unwrap_or(u64::MAX);
        let struck = |so_far: u64| (so_far < most).then_some(so_far + 1);
        self.struck
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, struck)
            .is_ok()
            .then_some(number)
    }
}

/// A number from 0 to below 1 that the seed of the world, the rule and the number of the call decide.
pub(super) fn drawn(seed: Uuid, rule: &str, number: u64, salt: u8) -> f64 {
    let bits = Uuid::new_v5(&seed, format!("fault/{rule}/{number}/{salt}").as_bytes()).as_u128();
    // The upper half has no fixed bits but four of the version; 53 bits below them fill a mantissa.
    #[allow(clippy::cast_precision_loss, reason = "53 bits fit")]
    let share = ((bits >> 75) as u64 & ((1 << 53) - 1)) as f64;
    #[allow(clippy::cast_precision_loss, reason = "a power of two")]
    let whole = (1_u64 << 53) as f64;
    share / whole
}

impl Latency {
    /// How long this call waits.
    pub(super) fn of(self, seed: Uuid, rule: &str, number: u64) -> Duration {
        let draw = |salt| drawn(seed, rule, number, salt);
        match self {
            Self::Fixed(wait) => wait,
            Self::Uniform(from, to) => from + to.saturating_sub(from).mul_f64(draw(1)),
            Self::Normal(mean, deviation) => {
                // Box and Muller's transformation; 1 - x keeps the logarithm finite.
                let radius = (-2.0 * (1.0 - draw(1)).ln()).sqrt();
                let spread = radius * (std::f64::consts::TAU * draw(2)).cos();
                let seconds = mean.as_secs_f64() + deviation.as_secs_f64() * spread;
                Duration::from_secs_f64(seconds.clamp(0.0, LONGEST_WAIT.as_secs_f64()))
            }
        }
    }
}

impl Effect {
    /// What it does, in words.
    pub fn words(&self) -> String {
        let mut words = match &self.answer {
            Answer::Own => "carried out".to_owned(),
            Answer::Error { code, status: Some(status) } => {
                format!("not carried out; answered {status} {code}")
            }
            Answer::Error { code, status: None } => format!("not carried out; answered {code}"),
            Answer::Status(status) => format!("not carried out; answered {status}"),
            Answer::LostRequest => "not carried out; connection reset".to_owned(),
            Answer::LostAnswer => "carried out; connection reset instead of an answer".to_owned(),
        };
        if self.latency.is_some() {
            words.push_str(", late");
        }
        match self.wire {
            Wire::Whole => {}
            Wire::Truncated(_) => words.push_str(", body cut off"),
            Wire::Dripping(..) => words.push_str(", body in drops"),
        }
        words
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn draws_are_even_and_repeat() {
        let seed = Uuid::from_u128(7);
        let draws: Vec<f64> = (0..4000).map(|n| drawn(seed, "a", n, 0)).collect();
        assert!(draws.iter().all(|draw| (0.0..1.0).contains(draw)));
        let below = draws.iter().filter(|draw| **draw < 0.2).count();
        assert!((700..900).contains(&below), "{below}");
        assert_eq!(draws[5].to_bits(), drawn(seed, "a", 5, 0).to_bits());
        assert_ne!(draws[5].to_bits(), drawn(seed, "b", 5, 0).to_bits());
    }

    #[test]
    fn waits_lie_where_they_should() {
        let seed = Uuid::from_u128(7);
        let (ten, twenty) = (Duration::from_millis(10), Duration::from_millis(20));
        for number in 0..500 {
            let even = Latency::Uniform(ten, twenty).of(seed, "a", number);
            assert!((ten..=twenty).contains(&even));
        }
        let normal: Vec<f64> = (0..2000)
            .map(|n| Latency::Normal(twenty, ten).of(seed, "a", n).as_secs_f64() * 1000.0)
            .collect();
        #[allow(clippy::cast_precision_loss, reason = "small")]
        let mean = normal.iter().sum::<f64>() / normal.len() as f64;
        assert!((19.0..21.5).contains(&mean), "{mean}");
        assert!(Latency::Normal(LONGEST_WAIT, LONGEST_WAIT).of(seed, "a", 3) <= LONGEST_WAIT);
    }
}
