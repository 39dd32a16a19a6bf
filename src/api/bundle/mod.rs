//! A run as a document: how a world began, and every call to it with its answer, so that the run can be
//! played again somewhere else. What a program did to the world by other ways than calls is not in it.

mod replay;

use std::sync::Arc;

use actix_web::http::header::AUTHORIZATION;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::instruments::Instruments;
use super::journal::{Entry, KeptBody};
use super::service::{Options, Service};
use crate::domain::catalogue::Catalogue;
use crate::snapshot::SnapshotError;
use crate::world::snapshot::Snapshot;
use crate::world::{Beginning, World};

pub use replay::{Difference, Replayed};

/// What a bundle says it is.
const FORMAT: &str = "pcmock-bundle";

/// The form of the document that this program writes and reads.
const VERSION: u64 = 1;

/// Why a bundle cannot be made or used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BundleError {
    /// The journal does not reach back to the beginning of the world.
    #[error(
        "the journal has forgotten {0} calls, so the run cannot be played again; start the server with a larger --journal, or reset the world before the run"
    )]
    Forgotten(u64),
    /// The body of a call was not kept whole.
    #[error(
        "the body of call {0} is longer than what the journal keeps; start the server with a larger --journal-body"
    )]
    Truncated(u64),
    /// No bundle.
    #[error("is no bundle: {0}")]
    Unreadable(String),
    /// The form is another one.
    #[error(
        "has version {found} of its format, and this program reads version {VERSION}; read it with {made_by}"
    )]
    OtherVersion {
        /// Its version.
        found: u64,
        /// What wrote it.
        made_by: String,
    },
    /// The beginning of the world is refused.
    #[error("start: {0}")]
    Start(#[from] SnapshotError),
    /// A call that cannot be sent.
    #[error("call {number}: {reason}")]
    Call {
        /// Its number.
        number: u64,
        /// Why not.
        reason: String,
    },
}

/// A body: as text where it is text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
enum Content {
    Text(String),
    Base64(String),
}

impl Content {
    fn of(body: &KeptBody) -> Option<Self> {
        match std::str::from_utf8(&body.bytes) {
            _ if body.bytes.is_empty() => None,
            Ok(text) => Some(Self::Text(text.to_owned())),
            Err(_) => Some(Self::Base64(STANDARD.encode(&body.bytes))),
        }
    }

    fn bytes(&self) -> Result<Vec<u8>, String> {
        match self {
            Self::Text(text) => Ok(text.clone().into_bytes()),
            Self::Base64(text) => STANDARD.decode(text).map_err(|error| error.to_string()),
        }
    }
}

/// A call and its answer.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Call {
    number: u64,
    at: DateTime<Utc>,
    method: String,
    base: String,
    path: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    query: String,
    headers: Vec<(String, String)>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    body: Option<Content>,
    answer: Answer,
}

/// An answer, as far as it was kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    status: u16,
    headers: Vec<(String, String)>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    body: Option<Content>,
    /// Bytes of the whole body; what is kept may be its beginning only.
    length: usize,
}

impl Answer {
    fn of(entry: &Entry) -> Self {
        Self {
            status: entry.status.as_u16(),
            headers: entry
                .response_headers
                .iter()
                .map(|(name, value)| {
                    let value = String::from_utf8_lossy(value.as_bytes());
                    (name.as_str().to_owned(), value.into_owned())
                })
                .collect(),
            body: Content::of(&entry.response_body),
            length: entry.response_body.length,
        }
    }
}

impl Call {
    fn of(entry: &Entry) -> Result<Self, BundleError> {
        if entry.request_body.is_truncated() {
            return Err(BundleError::Truncated(entry.number));
        }
        let mut headers: Vec<(String, String)> = entry
            .request_headers()
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect();
        if let Some(token) = &entry.trace.token {
            let value = String::from_utf8_lossy(token.header()).into_owned();
            headers.push((AUTHORIZATION.as_str().to_owned(), value));
        }
        Ok(Self {
            number: entry.number,
            at: entry.at,
            method: entry.method.to_string(),
            base: entry.base.to_string(),
            path: entry.path.to_string(),
            query: entry.query.to_string(),
            headers,
            body: Content::of(&entry.request_body),
            answer: Answer::of(entry),
        })
    }
}

/// A run that can be played again.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Bundle {
    format: String,
    version: u64,
    made_by: String,
    /// Name of the world.
    pub world: String,
    /// Settings of the server.
    pub options: Options,
    /// Wall time at which the world began.
    wall: DateTime<Utc>,
    /// Calls to it before that.
    calls_before: u64,
    start: Box<RawValue>,
    calls: Vec<Call>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Head {
    format: Option<String>,
    version: Option<u64>,
    made_by: Option<String>,
}

impl Bundle {
    /// The run of a world since it began, or was reset.
    ///
    /// It holds what clients sent, tokens and passwords included.
    pub fn of(service: &Service, world: &World) -> Result<Self, BundleError> {
        let journal = &world.attachment::<Instruments>().journal;
        if journal.forgotten() > 0 {
            return Err(BundleError::Forgotten(journal.forgotten()));
        }
        let Beginning { state, wall, calls } = world.beginning();
        let made_by = format!("partner-center-mock {}", env!("CARGO_PKG_VERSION"));
        let taken_at = state.clock.now(wall);
        let start =
            Snapshot { made_by: made_by.clone(), world: world.name().to_owned(), taken_at, state };
        let mut entries = journal.entries();
        entries.sort_by_key(|entry| entry.number);
        let recorded: Result<Vec<Call>, BundleError> =
            entries.iter().map(|entry| Call::of(entry)).collect();
        Ok(Self {
            format: FORMAT.to_owned(),
            version: VERSION,
            made_by,
            world: world.name().to_owned(),
            options: service.options.clone(),
            wall,
            calls_before: calls,
            start: RawValue::from_string(start.to_json()?)
                .map_err(|error| BundleError::Unreadable(error.to_string()))?,
            calls: recorded?,
        })
    }

    /// How many calls it holds.
    pub fn len(&self) -> usize {
        self.calls.len()
    }

    /// Whether it holds no call.
    pub fn is_empty(&self) -> bool {
        self.calls.is_empty()
    }

    /// The document.
    pub fn to_json(&self) -> Result<String, BundleError> {
        serde_json::to_string_pretty(self)
            .map_err(|error| BundleError::Unreadable(error.to_string()))
    }

    /// Reads a document.
    pub fn from_json(text: &str) -> Result<Self, BundleError> {
        let unreadable = |error: serde_json::Error| BundleError::Unreadable(error.to_string());
        let head: Head = serde_json::from_str(text).map_err(unreadable)?;
        if head.format.as_deref() != Some(FORMAT) {
            let found: String = head.format.unwrap_or_default().chars().take(60).collect();
            let reason = format!("its format is `{found}`, not `{FORMAT}`");
            return Err(BundleError::Unreadable(reason));
        }
        let found = head.version.unwrap_or(0);
        if found != VERSION {
            let made_by = head.made_by.unwrap_or_default().chars().take(60).collect();
            return Err(BundleError::OtherVersion { found, made_by });
        }
        serde_json::from_str(text).map_err(unreadable)
    }

    /// How the world began.
    fn beginning(&self) -> Result<Snapshot, BundleError> {
        let catalogue: Arc<Catalogue> = Catalogue::embedded();
        Ok(Snapshot::from_json(self.start.get(), &catalogue, self.wall)?)
    }
}
