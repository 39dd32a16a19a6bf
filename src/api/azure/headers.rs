//! The headers that every answer of Azure Resource Manager carries
//! (contract: azure-identity.md §5).

use actix_web::http::Method;
use actix_web::http::header::{
    CACHE_CONTROL, EXPIRES, HeaderName, HeaderValue, PRAGMA, STRICT_TRANSPORT_SECURITY,
    X_CONTENT_TYPE_OPTIONS,
};
use chrono::{DateTime, Utc};

use crate::api::correlation::guid;
use crate::api::reply::Reply;
use crate::api::request::Request;

static REQUEST_ID: HeaderName = HeaderName::from_static("x-ms-request-id");
/// What groups the calls of a client.
pub static CORRELATION_ID: HeaderName = HeaderName::from_static("x-ms-correlation-request-id");
static ROUTING_ID: HeaderName = HeaderName::from_static("x-ms-routing-request-id");
static CLIENT_ID: HeaderName = HeaderName::from_static("x-ms-client-request-id");
static RETURN_CLIENT_ID: HeaderName = HeaderName::from_static("x-ms-return-client-request-id");
/// What the mock has to say about a call, beside its answer.
pub static NOTICE: HeaderName = HeaderName::from_static("x-mock-notice");
/// How many reads are left.
pub static READS: HeaderName = HeaderName::from_static("x-ms-ratelimit-remaining-tenant-reads");
/// How many writes are left.
pub static WRITES: HeaderName = HeaderName::from_static("x-ms-ratelimit-remaining-tenant-writes");

/// Adds the headers. Ids are made from the number of the call, so that the same calls to the same
/// world get the same ids. A budget that nobody counted is shown full [choice].
pub fn stamp(reply: &mut Reply, request: &Request<'_>, call: u64, wall: DateTime<Utc>) {
    let made = |salt: u64| {
        let text = guid(call, salt);
        HeaderValue::from_bytes(&text).unwrap_or(HeaderValue::from_static(""))
    };
    let echoed = |name: &HeaderName| request.headers.get(name).filter(|v| v.len() <= 128).cloned();
    let headers = &mut reply.headers;
    headers.push((REQUEST_ID.clone(), made(3)));
    headers.push((CORRELATION_ID.clone(), echoed(&CORRELATION_ID).unwrap_or_else(|| made(4))));
    let id = guid(call, 5);
    let routing = format!(
        "WESTEUROPE:{}:{}",
        wall.format("%Y%m%dT%H%M%SZ"),
        std::str::from_utf8(&id).unwrap_or_default()
    );
    if let Ok(value) = HeaderValue::from_str(&routing) {
        headers.push((ROUTING_ID.clone(), value));
    }
    let wants_echo =
        request.header(&RETURN_CLIENT_ID).is_some_and(|wish| wish.eq_ignore_ascii_case("true"));
    if let Some(id) = echoed(&CLIENT_ID).filter(|_| wants_echo) {
        headers.push((CLIENT_ID.clone(), id));
    }
    let is_read = request.method == Method::GET || request.method == Method::HEAD;
    let (budget, left) = if is_read { (&READS, "11999") } else { (&WRITES, "1199") };
    if !headers.iter().any(|(name, _)| name == budget) {
        headers.push((budget.clone(), HeaderValue::from_static(left)));
    }
    for (name, value) in [
        (CACHE_CONTROL, "no-cache"),
        (PRAGMA, "no-cache"),
        (EXPIRES, "-1"),
        (STRICT_TRANSPORT_SECURITY, "max-age=31536000; includeSubDomains"),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ] {
        headers.push((name, HeaderValue::from_static(value)));
    }
}
