//! Playing a run again: the same calls at the same instants on a world that begins the same, and
//! whether every answer is the same, byte for byte.

use std::sync::Arc;

use actix_web::http::Method;
use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};
use bytes::Bytes;
use chrono::{DateTime, Utc};

use super::{Answer, Bundle, BundleError, Call};
use crate::api::dispatch::{WORLD_HEADER, answer};
use crate::api::reply::Reply;
use crate::api::request::{Origin, Request};
use crate::api::service::Service;
use crate::world::{DEFAULT_WORLD, Origin as WorldOrigin, at_wall_time};

/// Bytes of differing bodies that are shown.
const SHOWN: usize = 120;

/// A call that is answered otherwise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// Number of the call.
    pub number: u64,
    /// Method and path.
    pub call: String,
    /// What differs: recorded first, then played.
    pub what: String,
}

/// What came of playing a run again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replayed {
    /// Calls that were played.
    pub calls: usize,
    /// Those that were answered otherwise.
    pub differences: Vec<Difference>,
}

impl Replayed {
    /// Whether every answer was the same.
    pub fn is_identical(&self) -> bool {
        self.differences.is_empty()
    }
}

impl Bundle {
    /// Plays the run again on the service that `make` makes of the beginning of the default world, and
    /// reports after each call.
    pub fn replay(
        &self,
        make: impl FnOnce(crate::domain::state::State) -> Service,
        mut report: impl FnMut(usize),
    ) -> Result<Replayed, BundleError> {
        let start = self.beginning()?;
        let state = start.state_at(self.wall);
        let (service, world) = at_wall_time(self.wall, || {
            let service = make(state);
            let world = match &*self.world {
                DEFAULT_WORLD => Ok(Arc::clone(service.worlds.default_world())),
                name => service.worlds.create(name, WorldOrigin::Seed),
            };
            (service, world)
        });
        let world = world.map_err(|error| BundleError::Unreadable(error.to_string()))?;
        let mut differences = Vec::new();
        for (index, call) in self.calls.iter().enumerate() {
            world.set_calls(call.number.saturating_sub(1));
            let refuse = |reason| BundleError::Call { number: call.number, reason };
            let played = play(call, &service, &self.world).map_err(refuse)?;
            if let Some(what) = difference(&call.answer, &played).map_err(refuse)? {
                let call_text = format!("{} {}", call.method, call.path);
                differences.push(Difference { number: call.number, call: call_text, what });
            }
            report(index + 1);
        }
        Ok(Replayed { calls: self.calls.len(), differences })
    }
}

/// Sends a recorded call at its instant.
fn play(call: &Call, service: &Service, world: &str) -> Result<Reply, String> {
    let method: Method = call.method.parse().map_err(|_| "the method is none".to_owned())?;
    let (scheme, rest) = call.base.split_once("://").ok_or("the base is no URL")?;
    let (authority, prefix) = match rest.find('/') {
        Some(at) => rest.split_at(at),
        None => (rest, ""),
    };
    let mut headers = HeaderMap::new();
    for (name, value) in &call.headers {
        let name: HeaderName = name.parse().map_err(|_| format!("`{name}` is no header"))?;
        let value = HeaderValue::from_str(value).map_err(|_| format!("{name} has no value"))?;
        headers.append(name, value);
    }
    // Whatever chose the world then need not be known to this server.
    if prefix.is_empty() && !headers.contains_key(&WORLD_HEADER) {
        let name = HeaderValue::from_str(world).map_err(|error| error.to_string())?;
        headers.insert(WORLD_HEADER.clone(), name);
    }
    let path = format!("{prefix}{}", call.path);
    let body = match &call.body {
        Some(content) => Bytes::from(content.bytes()?),
        None => Bytes::new(),
    };
    let mut request = Request {
        method,
        path: &path,
        query: &call.query,
        headers: &headers,
        body,
        origin: Origin {
            scheme: if scheme == "https" { "https" } else { "http" },
            authority: authority.to_owned(),
            prefix: String::new(),
        },
        proxy_user: None,
    };
    let at: DateTime<Utc> = call.at;
    Ok(at_wall_time(at, || answer(service, &mut request)).reply)
}

/// What differs between the answer that was recorded and the one that was played.
fn difference(recorded: &Answer, played: &Reply) -> Result<Option<String>, String> {
    if recorded.status != played.status.as_u16() {
        return Ok(Some(format!("status {} and {}", recorded.status, played.status.as_u16())));
    }
    let headers: Vec<(String, String)> = played
        .headers
        .iter()
        .map(|(name, value)| {
            (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned())
        })
        .collect();
    if headers != recorded.headers {
        let other = recorded.headers.iter().find(|header| !headers.contains(header));
        let other = other.or_else(|| headers.iter().find(|it| !recorded.headers.contains(it)));
        let name = other.map_or("their order", |(name, _)| name);
        let of = |list: &[(String, String)]| {
            list.iter().find(|(known, _)| known == name).map_or_else(String::new, |it| it.1.clone())
        };
        let (then, now) = (of(&recorded.headers), of(&headers));
        return Ok(Some(format!("header {name}: `{then}` and `{now}`")));
    }
    let body = match &recorded.body {
        Some(content) => content.bytes()?,
        None => Vec::new(),
    };
    if recorded.length == played.body.len() && played.body.starts_with(&body) {
        return Ok(None);
    }
    let at = body.iter().zip(&*played.body).take_while(|(a, b)| a == b).count();
    let from = at.saturating_sub(SHOWN / 3);
    let part = |bytes: &[u8]| {
        let part = bytes.get(from..).unwrap_or_default();
        String::from_utf8_lossy(&part[..part.len().min(SHOWN)]).into_owned()
    };
    Ok(Some(format!("body, from byte {at} on: `…{}` and `…{}`", part(&body), part(&played.body))))
}
