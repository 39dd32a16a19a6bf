//! An answer before it is put on the wire.

use actix_web::http::StatusCode;
use actix_web::http::header::{CONTENT_TYPE, HeaderName, HeaderValue};
use bytes::Bytes;
use serde::Serialize;

use super::delivery::Opening;

/// Content type of JSON answers.
pub const JSON: HeaderValue = HeaderValue::from_static("application/json; charset=utf-8");

/// An answer: status, headers, body.
#[derive(Debug, Clone)]
pub struct Reply {
    /// HTTP status.
    pub status: StatusCode,
    /// Headers beyond the ones every answer of the surface carries.
    pub headers: Vec<(HeaderName, HeaderValue)>,
    /// Body; empty for none.
    pub body: Bytes,
    /// The surface's error code, when it is an error.
    pub code: Option<Box<str>>,
    /// The body that comes about while it is written, in place of `body`.
    pub streamed: Option<Opening>,
}

impl Reply {
    /// An answer without body.
    pub fn empty(status: StatusCode) -> Self {
        Self { status, headers: Vec::new(), body: Bytes::new(), code: None, streamed: None }
    }

    /// An answer with a JSON body that is rendered already.
    pub fn json_bytes(status: StatusCode, body: Bytes) -> Self {
        // Room for what the surface adds: growing would copy.
        let mut headers = Vec::with_capacity(8);
        headers.push((CONTENT_TYPE, JSON));
        Self { status, headers, body, code: None, streamed: None }
    }

    /// An answer with a JSON body.
    pub fn json<T: Serialize + ?Sized>(status: StatusCode, body: &T) -> Self {
        let mut bytes = Vec::with_capacity(2048);
        match serde_json::to_writer(&mut bytes, body) {
            Ok(()) => Self::json_bytes(status, Bytes::from(bytes)),
            Err(error) => {
                tracing::error!(%error, "an answer could not be rendered");
                Self::empty(StatusCode::INTERNAL_SERVER_ERROR)
            }
        }
    }

    /// 200 with a JSON body.
    pub fn ok<T: Serialize + ?Sized>(body: &T) -> Self {
        Self::json(StatusCode::OK, body)
    }

    /// 201 with a JSON body.
    pub fn created<T: Serialize + ?Sized>(body: &T) -> Self {
        Self::json(StatusCode::CREATED, body)
    }

    /// An answer with a body of another type.
    pub fn content(status: StatusCode, content_type: &'static str, body: impl Into<Bytes>) -> Self {
        let headers = vec![(CONTENT_TYPE, HeaderValue::from_static(content_type))];
        Self { status, headers, body: body.into(), code: None, streamed: None }
    }

    /// An answer whose body comes about while it is written.
    pub fn streamed(content_type: &'static str, opening: Opening) -> Self {
        Self {
            streamed: Some(opening),
            ..Self::content(StatusCode::OK, content_type, Bytes::new())
        }
    }

    /// The same answer with one more header. A value that no header can carry is left out.
    #[must_use]
    pub fn with(mut self, name: HeaderName, value: &str) -> Self {
        if let Ok(value) = HeaderValue::from_str(value) {
            self.headers.push((name, value));
        }
        self
    }

    /// The value of a header.
    pub fn header(&self, name: &HeaderName) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n == name).and_then(|(_, v)| v.to_str().ok())
    }
}
