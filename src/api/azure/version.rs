//! `api-version`: demanded by every operation of Azure Resource Manager, and read leniently: a version
//! that is not known is served as the newest one and reported
//! (contract: azure-reservations.md §1, azure-identity.md §4).

use super::headers::NOTICE;
use crate::api::call::Call;
use crate::api::operation::Operation;
use crate::api::refusal::Refusal;
use crate::api::reply::Reply;
use crate::api::request::{Query, Request};

/// Versions of Microsoft.Capacity.
pub const CAPACITY: &[&str] = &[
    "2022-11-01",
    "2022-04-01",
    "2022-03-01",
    "2021-07-01",
    "2020-10-01-preview",
    "2020-06-01",
    "2019-04-01",
    "2018-06-01",
    "2017-11-01",
];

/// Versions of Microsoft.Support.
pub const SUPPORT: &[&str] = &[
    "2026-06-01",
    "2025-06-01-preview",
    "2024-04-01",
    "2022-09-01-preview",
    "2020-04-01",
    "2019-05-01-preview",
];
/// Those from which on it has tickets of a directory, chats and files.
pub const SUPPORT_OF_TENANT: &[&str] = SUPPORT.split_at(4).0;

/// Whether the text has the form of a version: a date, with or without `-preview` and the like.
fn is_version(text: &str) -> bool {
    let bytes = text.as_bytes();
    let digits = |range: std::ops::Range<usize>| {
        bytes.get(range).is_some_and(|part| part.iter().all(u8::is_ascii_digit))
    };
    let suffix_fits = |rest: &[u8]| {
        rest.is_empty()
            || rest[0] == b'-'
                && rest.len() > 1
                && rest.len() <= 20
                && rest.iter().all(|b| b.is_ascii_alphanumeric() || *b == b'-' || *b == b'.')
    };
    digits(0..4)
        && bytes.get(4) == Some(&b'-')
        && digits(5..7)
        && bytes.get(7) == Some(&b'-')
        && digits(8..10)
        && suffix_fits(&bytes[10..])
}

/// Refuses a request without a version, or with something that is none.
pub fn check(request: &Request<'_>) -> Result<(), Refusal> {
    let query = Query::parse(request.query);
    match query.get("api-version") {
        None => Err(Refusal::ApiVersionMissing),
        Some(version) if is_version(version) => Ok(()),
        Some(other) => Err(Refusal::ApiVersionInvalid(other.chars().take(40).collect())),
    }
}

/// The version that a request names, when the operation does not know it.
fn unknown<'q>(query: &'q Query<'_>, operation: &Operation) -> Option<&'q str> {
    let is_known = |sent: &str| operation.versions.iter().any(|it| it.eq_ignore_ascii_case(sent));
    query.get("api-version").filter(|sent| !is_known(sent))
}

/// Refuses a version that the operation does not know, as the service does.
pub fn check_known(request: &Request<'_>, operation: &Operation) -> Result<(), Refusal> {
    let query = Query::parse(request.query);
    unknown(&query, operation).map_or(Ok(()), |sent| {
        Err(Refusal::ApiVersionUnknown {
            sent: sent.chars().take(40).collect(),
            known: operation.versions,
        })
    })
}

/// Tells the client when the operation does not know its version.
pub fn report(reply: &mut Reply, operation: &Operation, request: &Request<'_>) {
    let Some(newest) = operation.versions.first() else { return };
    let query = Query::parse(request.query);
    let Some(version) = unknown(&query, operation) else { return };
    let text = format!("api-version {version} is not one this mock knows; answered as {newest}");
    tracing::warn!(operation = operation.id, "{text}");
    if let Ok(value) = actix_web::http::header::HeaderValue::from_str(&text) {
        reply.headers.push((NOTICE.clone(), value));
    }
}

/// The version of a call, as it was sent.
pub fn of<'c>(call: &'c Call<'_>) -> &'c str {
    call.query().get("api-version").unwrap_or(call.operation.versions.first().unwrap_or(&""))
}

/// Whether the version of a call is `first` or later. Versions are dates and sort as text.
pub fn is_from(call: &Call<'_>, first: &str) -> bool {
    of(call) >= first
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_dates() {
        for good in ["2022-11-01", "2020-10-01-preview", "2099-01-01"] {
            assert!(is_version(good), "{good}");
        }
        for bad in
            ["", "latest", "2022-11", "2022/11/01", "2022-11-01-", "2022-11-01 x", "2022-11-0é"]
        {
            assert!(!is_version(bad), "{bad}");
        }
    }
}
