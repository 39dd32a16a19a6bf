//! What one world remembers of codes it gave out: which were used, and how often a device asked.
//! Bounded: the oldest entries go first, long after their codes expired in any ordinary use.

use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, Utc};

/// Most codes remembered by a world.
const MOST_CODES: usize = 10_000;
/// How often a device is told to ask again before its sign-in is taken for done \[choice\].
const PENDING_POLLS: u32 = 1;

#[derive(Debug, Default)]
struct Seen {
    times: HashMap<String, u32>,
    order: VecDeque<String>,
}

/// The memory of one world.
#[derive(Debug, Default)]
pub struct Ledger {
    serial: AtomicU64,
    redeemed: Mutex<Seen>,
    polled: Mutex<Seen>,
}

impl Seen {
    /// Counts one more time; gives how often it was seen before.
    fn count(&mut self, id: &str) -> u32 {
        if let Some(times) = self.times.get_mut(id) {
            *times = times.saturating_add(1);
            return *times - 1;
        }
        if self.order.len() >= MOST_CODES
            && let Some(oldest) = self.order.pop_front()
        {
            self.times.remove(&oldest);
        }
        self.times.insert(id.to_owned(), 1);
        self.order.push_back(id.to_owned());
        0
    }
}

impl Ledger {
    /// An id for a new grant.
    pub fn next_id(&self, wall: DateTime<Utc>) -> String {
        format!("{}-{}", wall.timestamp_micros(), self.serial.fetch_add(1, Ordering::Relaxed))
    }

    /// Uses a code; `false` when it was used before.
    pub fn redeem(&self, id: &str) -> bool {
        self.redeemed.lock().unwrap_or_else(PoisonError::into_inner).count(id) == 0
    }

    /// Counts a device's question; `true` when the sign-in is done.
    pub fn poll(&self, id: &str) -> bool {
        self.polled.lock().unwrap_or_else(PoisonError::into_inner).count(id) >= PENDING_POLLS
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_good_once_and_devices_wait_once() {
        let ledger = Ledger::default();
        assert!(ledger.redeem("a"));
        assert!(!ledger.redeem("a"));
        assert!(!ledger.poll("d"));
        assert!(ledger.poll("d"));
        let wall = DateTime::<Utc>::UNIX_EPOCH;
        assert_ne!(ledger.next_id(wall), ledger.next_id(wall));
    }

    #[test]
    fn memory_is_bounded() {
        let mut seen = Seen::default();
        for number in 0..MOST_CODES + 10 {
            seen.count(&number.to_string());
        }
        assert_eq!((seen.order.len(), seen.times.len()), (MOST_CODES, MOST_CODES));
        assert_eq!(seen.count("0"), 0, "the oldest was forgotten");
    }
}
