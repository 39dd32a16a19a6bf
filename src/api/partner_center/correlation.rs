//! The headers that every answer of Partner Center carries
//! (contract: partner-center-conventions.md §3).

use actix_web::http::header::{HeaderName, HeaderValue};

use crate::api::correlation::{guid, mix};
use crate::api::reply::Reply;
use crate::api::request::Request;

static REQUEST_ID: HeaderName = HeaderName::from_static("ms-requestid");
/// What groups the calls of a client.
pub static CORRELATION_ID: HeaderName = HeaderName::from_static("ms-correlationid");
static VECTOR: HeaderName = HeaderName::from_static("ms-cv");
static SERVER_ID: HeaderName = HeaderName::from_static("ms-serverid");
static CONTEXT: HeaderName = HeaderName::from_static("request-context");
static LOCALE: HeaderName = HeaderName::from_static("x-locale");

/// Adds the headers. Ids that the client did not send are made from the number of the call, so that
/// the same calls to the same world get the same ids.
pub fn stamp(reply: &mut Reply, request: &Request<'_>, call: u64) {
    let mut push = |name: &HeaderName, sent: Option<&HeaderValue>, salt: u64| {
        let value = sent.filter(|v| v.len() <= 128).cloned().unwrap_or_else(|| {
            HeaderValue::from_bytes(&guid(call, salt)).unwrap_or(HeaderValue::from_static(""))
        });
        reply.headers.push((name.clone(), value));
    };
    push(&REQUEST_ID, request.headers.get(&REQUEST_ID), 1);
    push(&CORRELATION_ID, request.headers.get(&CORRELATION_ID), 2);
    reply.headers.push((VECTOR.clone(), vector(call)));
    reply.headers.push((SERVER_ID.clone(), HeaderValue::from_static("0000104C")));
    let context = HeaderValue::from_static("appId=cid-v1:1e0f7c52-6a4b-4d38-9c11-7f2a5b8d6e90");
    reply.headers.push((CONTEXT.clone(), context));
    if let Some(locale) = request.headers.get(&LOCALE).filter(|v| v.len() <= 20) {
        reply.headers.push((LOCALE.clone(), locale.clone()));
    }
}

/// Sixteen characters and `.0`.
fn vector(call: u64) -> HeaderValue {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = *b"................\0\0";
    let mut bits = u128::from(mix(call)) << 64 | u128::from(mix(!call));
    for place in &mut text[..16] {
        *place = ALPHABET[(bits & 63) as usize];
        bits >>= 6;
    }
    text[16..].copy_from_slice(b".0");
    HeaderValue::from_bytes(&text).unwrap_or(HeaderValue::from_static(""))
}
