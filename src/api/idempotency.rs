//! Answers kept so that a repeated call is answered again instead of carried out again: same world,
//! method, path, `MS-RequestId` and body (contract: partner-center-conventions.md §9 [choice]).

use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::sync::{Arc, Mutex, PoisonError};

use actix_web::http::header::HeaderName;
use chrono::{DateTime, TimeDelta, Utc};
use dashmap::DashMap;

use super::reply::Reply;
use super::request::Request;

/// Header that identifies a call.
static REQUEST_ID: HeaderName = HeaderName::from_static("ms-requestid");

/// How long an answer is kept, in wall time.
const KEPT: TimeDelta = TimeDelta::hours(24);
/// Most answers kept by a world.
const MOST_KEPT: usize = 10_000;

/// Identifies a call. The body goes in as its hash: a client context may send one id on different
/// calls, and those must not be taken for repeats.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Key {
    id: Box<str>,
    target: Box<str>,
    body: [u64; 2],
}

impl Key {
    /// The key of a request, when it carries an id.
    pub fn of(request: &Request<'_>) -> Option<Self> {
        let id = request.header(&REQUEST_ID).filter(|id| !id.is_empty() && id.len() <= 128)?;
        let hash = |salt: u64| {
            let mut hasher = DefaultHasher::new();
            salt.hash(&mut hasher);
            request.body.hash(&mut hasher);
            hasher.finish()
        };
        let target = format!("{} {}?{}", request.method, request.path, request.query);
        Some(Self { id: id.into(), target: target.into(), body: [hash(0), hash(1)] })
    }
}

type Slot = Arc<Mutex<Option<(Reply, DateTime<Utc>)>>>;

/// The answers that one world keeps.
#[derive(Debug, Default)]
pub struct Replays {
    slots: DashMap<Key, Slot>,
}

impl Replays {
    /// The kept answer of `key`, or what `carry_out` answers, kept if it is final. Equal calls at the
    /// same time wait for the first.
    pub fn answer(
        &self,
        key: Key,
        wall: DateTime<Utc>,
        carry_out: impl FnOnce() -> Reply,
    ) -> Reply {
        if self.slots.len() >= MOST_KEPT {
            self.make_room(wall);
        }
        let slot = Arc::clone(&self.slots.entry(key).or_default());
        let mut kept = slot.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((reply, at)) = &*kept
            && wall - *at < KEPT
        {
            return reply.clone();
        }
        let reply = carry_out();
        let status = reply.status.as_u16();
        if status < 500 && status != 429 {
            *kept = Some((reply.clone(), wall));
        }
        reply
    }

    /// Drops what has been kept long enough, or everything when that is nothing. Slots in use stay
    /// alive through their own handles.
    fn make_room(&self, wall: DateTime<Utc>) {
        self.slots.retain(|_, slot| {
            slot.try_lock().is_ok_and(|kept| kept.as_ref().is_some_and(|(_, at)| wall - *at < KEPT))
        });
        if self.slots.len() >= MOST_KEPT {
            self.slots.clear();
        }
    }
}
