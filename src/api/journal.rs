//! What was asked of a world and what it answered: a ring of entries, the oldest forgotten first.
//! Writing an entry copies what is short and shares what is not; it is read into any form only when
//! somebody asks.

mod filter;
mod redact;
mod view;

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use actix_web::http::header::{AUTHORIZATION, HeaderName, HeaderValue};
use actix_web::http::{Method, StatusCode};
use bytes::Bytes;
use chrono::{DateTime, Utc};
use tokio::sync::broadcast;

use super::delivery::Form;
use super::dispatch::Outcome;
use super::near_miss::NearMiss;
use super::operation::{Operation, Surface};
use super::request::Request;
use crate::identity::token::Token;
use crate::world::{Limits, World};

pub use filter::{Filter, StatusFilter, customer_of};
pub use redact::{HIDDEN, hide_signatures, in_query, in_text, in_value, is_credential};
pub use view::{BodyView, EntryView, HeaderView, TokenView};

/// Entries that a slow listener may fall behind.
const LISTENERS_LAG: usize = 256;

/// What the pipeline found out on the way, for explanations.
#[derive(Debug, Default)]
pub struct Trace {
    /// What chose the world.
    pub chosen_by: &'static str,
    /// The token that was sent, good or not.
    pub token: Option<Arc<Token>>,
    /// Whether the answer is that of an earlier call with the same `MS-RequestId`.
    pub repeated: bool,
    /// Why the call was refused before any operation looked at it.
    pub stopped: Option<Box<str>>,
    /// Paths of members of the body that the operation does not know.
    pub unknown: Vec<String>,
    /// The fault that struck, by the name of its rule, and what it did.
    pub fault: Option<String>,
    /// What the budget said, where there is one.
    pub budget: Option<String>,
    /// Operations that come close, where none was found.
    pub near_misses: Vec<NearMiss>,
}

/// A body as far as it is kept.
#[derive(Debug, Clone)]
pub struct KeptBody {
    /// Its beginning.
    pub bytes: Bytes,
    /// How long it was, in bytes.
    pub length: usize,
}

impl KeptBody {
    fn of(body: &Bytes, most: usize, shares: bool) -> Self {
        let kept = &body[..body.len().min(most)];
        let bytes = if shares && kept.len() == body.len() {
            body.clone()
        } else {
            Bytes::copy_from_slice(kept)
        };
        Self { bytes, length: body.len() }
    }

    /// Whether the end is missing.
    pub fn is_truncated(&self) -> bool {
        self.bytes.len() < self.length
    }
}

/// A request and its answer.
#[derive(Debug)]
pub struct Entry {
    /// Number of the call in its world, from 1.
    pub number: u64,
    /// Wall time of the answer.
    pub at: DateTime<Utc>,
    /// How long it took to make the answer.
    pub took: Duration,
    /// The API that was addressed.
    pub surface: Surface,
    /// The operation, when one was found.
    pub operation: Option<&'static Operation>,
    /// Method.
    pub method: Method,
    /// Base URL that was addressed, with the world's prefix.
    pub base: Box<str>,
    /// Path.
    pub path: Box<str>,
    /// Query, without `?`.
    pub query: Box<str>,
    /// Header lines as sent, but for the token: `name: value` and a line feed each.
    request_headers: Box<str>,
    /// Body.
    pub request_body: KeptBody,
    /// Status.
    pub status: StatusCode,
    /// The surface's error code.
    pub code: Option<Box<str>>,
    /// Headers of the answer.
    pub response_headers: Vec<(HeaderName, HeaderValue)>,
    /// Body of the answer.
    pub response_body: KeptBody,
    /// Whether a fault kept the answer, or its end, from the client.
    pub is_lost: bool,
    /// World time of the answer.
    pub world_time: DateTime<Utc>,
    /// Number of the state before the call.
    pub version: u64,
    /// Number of the state after it; with calls at once it may show what another one changed.
    pub version_after: u64,
    /// What was found out on the way.
    pub trace: Trace,
}

impl Entry {
    /// What can be said of a request and its answer by themselves.
    pub(super) fn new(
        request: &Request<'_>,
        surface: Surface,
        outcome: &Outcome,
        trace: Trace,
        limits: &Limits,
    ) -> Self {
        let most = if limits.journal == 0 { 0 } else { limits.journal_body };
        let mut headers = String::with_capacity(512);
        for (name, value) in request.headers {
            // The token is kept as what it says.
            if name != AUTHORIZATION || trace.token.is_none() {
                headers.push_str(name.as_str());
                headers.push_str(": ");
                headers.push_str(&String::from_utf8_lossy(value.as_bytes()));
                headers.push('\n');
            }
        }
        Self {
            number: 0,
            at: DateTime::UNIX_EPOCH,
            took: Duration::ZERO,
            surface,
            operation: outcome.operation,
            method: request.method.clone(),
            base: request.origin.url("").into(),
            path: request.path.into(),
            query: request.query.into(),
            request_headers: headers.into(),
            // Shared, it would keep the buffer of its connection alive.
            request_body: KeptBody::of(&request.body, most, false),
            status: outcome.reply.status,
            code: outcome.reply.code.clone(),
            response_headers: outcome.reply.headers.clone(),
            response_body: KeptBody::of(&outcome.reply.body, most, true),
            is_lost: matches!(outcome.delivery.form, Form::Reset | Form::Truncated(_)),
            world_time: DateTime::UNIX_EPOCH,
            version: 0,
            version_after: 0,
            trace,
        }
    }

    /// The same with its place in the world: number of the call, when it began, and the
    /// number of the state before it.
    pub(super) fn ended(self, number: u64, began: Instant, version: u64, world: &World) -> Self {
        let at = world.wall_time();
        let took = began.elapsed();
        let (version_after, world_time) = world.moment(at);
        Self { number, at, took, world_time, version, version_after, ..self }
    }

    /// The headers as sent, names in lower case, the token with its signature left out.
    pub fn request_headers(&self) -> impl Iterator<Item = (&str, &str)> {
        self.request_headers.lines().filter_map(|line| line.split_once(": "))
    }

    /// A header as sent.
    pub fn request_header(&self, name: &str) -> Option<&str> {
        self.request_headers().find(|(other, _)| other.eq_ignore_ascii_case(name)).map(|(_, v)| v)
    }

    /// A header of the answer.
    pub fn response_header(&self, name: &str) -> Option<&str> {
        let found = self.response_headers.iter().find(|(other, _)| other.as_str() == name);
        found.and_then(|(_, value)| value.to_str().ok())
    }
}

/// The entries of a world.
#[derive(Debug, Default)]
pub struct Journal {
    ring: Mutex<Ring>,
    listeners: OnceLock<broadcast::Sender<Arc<Entry>>>,
}

#[derive(Debug, Default)]
struct Ring {
    entries: VecDeque<Arc<Entry>>,
    forgotten: u64,
}

impl Journal {
    /// Adds an entry, and forgets the oldest when the ring is full.
    pub(super) fn record(&self, limits: &Limits, entry: Arc<Entry>) {
        if limits.journal == 0 {
            return;
        }
        if let Some(listeners) = self.listeners.get() {
            let _ = listeners.send(Arc::clone(&entry));
        }
        let mut ring = self.ring.lock().unwrap_or_else(PoisonError::into_inner);
        let mut forgotten = None;
        if ring.entries.len() >= limits.journal {
            forgotten = ring.entries.pop_front();
            ring.forgotten += 1;
        }
        ring.entries.push_back(entry);
        // Taking an entry apart is longer than all of this: others need not wait for it.
        drop(ring);
        drop(forgotten);
    }

    /// The entries that are kept, in the order they were answered.
    pub fn entries(&self) -> Vec<Arc<Entry>> {
        let ring = self.ring.lock().unwrap_or_else(PoisonError::into_inner);
        ring.entries.iter().cloned().collect()
    }

    /// The entry of a number, while it is kept.
    pub fn find(&self, number: u64) -> Option<Arc<Entry>> {
        let ring = self.ring.lock().unwrap_or_else(PoisonError::into_inner);
        ring.entries.iter().rev().find(|entry| entry.number == number).cloned()
    }

    /// How many were forgotten because the ring was full or cleared.
    pub fn forgotten(&self) -> u64 {
        self.ring.lock().unwrap_or_else(PoisonError::into_inner).forgotten
    }

    /// Forgets all.
    pub fn clear(&self) {
        let mut ring = self.ring.lock().unwrap_or_else(PoisonError::into_inner);
        ring.forgotten += ring.entries.len() as u64;
        ring.entries.clear();
    }

    /// What is answered from now on, as it is.
    pub fn listen(&self) -> broadcast::Receiver<Arc<Entry>> {
        self.listeners.get_or_init(|| broadcast::channel(LISTENERS_LAG).0).subscribe()
    }
}
