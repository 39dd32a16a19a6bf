//! What is to come: timers by their time, and timers that are held until they were asked after often
//! enough or are released.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::Timer;
use crate::domain::ids::CustomerId;
use crate::domain::settings::Transition;
use crate::domain::state::State;
use crate::store::Table;

/// Most timers that a snapshot can say were set; far from where counting on would overflow.
const MOST_SET: u64 = 1 << 53;

/// A timer that no time ends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Held {
    /// What takes so long.
    pub transition: Transition,
    /// What happens at its end.
    pub timer: Timer,
    /// Since when, in world time.
    pub since: DateTime<Utc>,
    /// How many more times a client that asks is told that it is not done; none where it waits to be
    /// released.
    pub polls_left: Option<u32>,
}

/// The timers of a world.
#[derive(Debug, Clone, Default)]
pub struct Timers {
    pub(in crate::domain) due: Table<(DateTime<Utc>, u64), Timer>,
    pub(in crate::domain) held: Table<u64, Held>,
    pub(in crate::domain) set: u64,
}

impl Timers {
    /// Sets a timer. Timers of one moment fire in the order they were set.
    pub fn set(&mut self, due: DateTime<Utc>, timer: Timer) {
        self.set += 1;
        self.due.put((due, self.set), timer);
    }

    /// How many timers were set or held so far.
    pub fn set_so_far(&self) -> u64 {
        self.set
    }

    /// Makes the next timer follow as many as `set`, and all that stand here.
    pub fn go_on_from(&mut self, set: u64) {
        let due = self.due.iter().map(|((_, number), _)| *number).max();
        let held = self.held.last().map(|(number, _)| *number);
        self.set = set.max(due.unwrap_or(0)).max(held.unwrap_or(0)).min(MOST_SET);
    }

    /// Holds a timer that no time ends.
    pub fn hold(&mut self, held: Held) {
        self.set += 1;
        self.held.put(self.set, held);
    }

    /// When the next one falls due.
    pub fn next_due(&self) -> Option<DateTime<Utc>> {
        self.due.first().map(|((due, _), _)| *due)
    }

    /// Takes the first timer that is due at `now`.
    pub fn take_due(&mut self, now: DateTime<Utc>) -> Option<(DateTime<Utc>, Timer)> {
        let (key, row) = self.due.first()?;
        if key.0 > now {
            return None;
        }
        let (key, timer) = (*key, Timer::clone(row));
        self.due.remove(&key);
        Some((key.0, timer))
    }

    /// Whether nothing is held.
    pub fn holds_nothing(&self) -> bool {
        self.held.is_empty()
    }

    /// What is held, in the order it began, with its number.
    pub fn held(&self) -> impl Iterator<Item = (u64, &Held)> {
        self.held.iter().map(|(number, row)| (*number, &***row))
    }

    /// Takes a held timer out.
    pub fn take_held(&mut self, number: u64) -> Option<Held> {
        self.held.remove(&number).map(|row| Held::clone(&row))
    }

    /// Counts one question about a held timer that counts them. Gives it when it was asked after often
    /// enough before.
    pub fn count_poll(&mut self, number: u64) -> Option<Held> {
        let held = Held::clone(self.held.get(&number)?);
        match held.polls_left {
            None => None,
            Some(0) => self.take_held(number),
            Some(left) => {
                self.held.put(number, Held { polls_left: Some(left - 1), ..held });
                None
            }
        }
    }

    /// Drops the timers of a customer that is gone.
    pub fn forget(&mut self, customer: CustomerId) {
        let of_customer = |timer: &Timer| timer.customer() == Some(customer);
        let due: Vec<_> =
            self.due.iter().filter(|(_, row)| of_customer(row)).map(|(key, _)| *key).collect();
        for key in due {
            self.due.remove(&key);
        }
        let held: Vec<_> =
            self.held().filter(|(_, held)| of_customer(&held.timer)).map(|(key, _)| key).collect();
        for key in held {
            self.held.remove(&key);
        }
    }

    /// All timers in the order they fall due.
    pub fn iter(&self) -> impl Iterator<Item = (DateTime<Utc>, &Timer)> {
        self.due.iter().map(|((due, _), row)| (*due, &***row))
    }
}

/// The numbers of the held timers that count questions and that a read of `path` asks about.
pub fn asked_by(state: &State, path: &str) -> Vec<u64> {
    let counts = |held: &Held| held.polls_left.is_some();
    if state.timers.held().all(|(_, held)| !counts(held)) {
        return Vec::new();
    }
    let path = path.to_lowercase();
    let asked = |held: &Held| counts(held) && held.timer.is_asked_by(state, &path);
    state.timers.held().filter(|(_, held)| asked(held)).map(|(number, _)| number).collect()
}
